-- SPDX-License-Identifier: GPL-2.0-or-later
-- route: print, add, delete, change.

local change = require("windows.machine.change")
local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local registry = require("windows.registry")
local route_table = require("windows.machine.route_table")
local text = require("windows.format.program_text")

local usage = [[

Manipulates network routing tables.

ROUTE [-f] [-p] [-4|-6] command [destination]
                  [MASK netmask]  [gateway] [METRIC metric]  [IF interface]

  -p           When used with the ADD command, makes a route persistent across
               boots of the system.
  -4           Force using IPv4.
  -6           Force using IPv6.

  command      One of these:
                 PRINT     Prints  a route
                 ADD       Adds    a route
                 DELETE    Deletes a route
                 CHANGE    Modifies an existing route
  destination  Specifies the host.
  MASK         Specifies that the next parameter is the 'netmask' value.
  netmask      Specifies a subnet mask value for this route entry.
               If not specified, it defaults to 255.255.255.255.
  gateway      Specifies gateway.
  interface    the interface number for the specified route.
  METRIC       specifies the metric, ie. cost for the destination.

Examples:

    > route PRINT
    > route PRINT -4
    > route PRINT 157*          .... Only prints those matching 157*
    > route ADD 157.0.0.0 MASK 255.0.0.0  157.55.80.1 METRIC 3 IF 2
    > route CHANGE 157.0.0.0 MASK 255.0.0.0 157.55.80.5 METRIC 2 IF 2
    > route DELETE 157.0.0.0]]

local flags = { p = "persistent", ["4"] = "inet", ["6"] = "inet6", f = "flush" }
local keyed = { mask = true, metric = true, ["if"] = true }

-- The words of a command line: what stands alone, and the values after mask, metric and if.
local function parse(args)
  local q, n = { words = {} }, 1
  while n <= #args do
    local word = args[n]
    local f = word:match("^[-/](%w)$")
    if f and flags[f:lower()] then
      q[flags[f:lower()]] = true
    elseif keyed[word:lower()] then
      q[word:lower()] = args[n + 1] or ""
      n = n + 1
    else
      q.words[#q.words + 1] = word
    end
    n = n + 1
  end
  q.verb = (table.remove(q.words, 1) or ""):lower()
  q.family = q.inet and "inet" or q.inet6 and "inet6" or nil
  return q
end

-- The destination of a line as prefix; nil and what is wrong with it.
local function prefix_of(q)
  local address, length = (q.words[1] or ""):match("^(.-)/(%d+)$")
  address = address or q.words[1] or ""
  local family = ip.family(address)
  if not family then return nil, ("route: bad destination address %s"):format(address) end
  if q.mask then
    length = ip.length(q.mask)
    if not length then return nil, ("route: bad netmask %s"):format(q.mask) end
  end
  length = tonumber(length) or family == "inet" and 32 or 128
  if address == "0.0.0.0" and not q.mask then length = 0 end
  if not ip.within(address, address, length) or length > (family == "inet" and 32 or 128) then return nil, "The parameter is incorrect." end
  return { family = family, address = address, length = length, text = address .. "/" .. length }
end

-- The bits of a destination outside its mask must be none.
local function clean(p)
  local bytes = ip.bytes(p.address)
  for n, b in ipairs(bytes) do
    local bits = math.max(0, math.min(8, p.length - (n - 1) * 8))
    if b & (0xff >> bits) ~= 0 then return false end
  end
  return true
end

local mask_error = "The route addition failed: The specified mask parameter is invalid. (Destination & Mask) != Destination."

local function interface_for(l, q, gateway)
  if q["if"] then
    local index = tonumber(q["if"]) or tonumber((q["if"]:gsub("^0[xX]", "")), 16)
    return l:by_index(index or -1)
  end
  local r = l:route_to(gateway)
  return r and r.i
end

local failed = { NotFound = "Element not found.", Exists = "The object already exists.", Denied = "The requested operation requires elevation." }

local function finish(ctx, what, op, args)
  local _, err = change.try(ctx, op, args)
  if not err then
    ctx.emit(" OK!")
    return 0
  end
  ctx.emit(("The route %s failed: %s"):format(what, failed[err.code] or err.message or "The parameter is incorrect."))
  ctx.emit("")
  return 1
end

local function refuse(ctx, message)
  ctx.emit(message)
  ctx.emit("")
  return 1
end

local function set(ctx, l, q, op, what)
  local p, wrong = prefix_of(q)
  if not p then return refuse(ctx, wrong) end
  if not clean(p) then return refuse(ctx, mask_error) end
  local gateway = q.words[2]
  if not gateway or ip.family(gateway) ~= p.family then return refuse(ctx, "route: bad gateway address " .. (gateway or "")) end
  local i = interface_for(l, q, gateway)
  if not i then return refuse(ctx, ("The route %s failed: The parameter is incorrect."):format(what)) end
  local owner = l:owner(gateway) -- an own address as gateway means: on this link
  return finish(ctx, what, op, { DestinationPrefix = p.text, InterfaceAlias = (owner or i).alias,
    NextHop = owner and (p.family == "inet" and "0.0.0.0" or "::") or gateway, RouteMetric = tonumber(q.metric) or 1,
    Persistent = q.persistent or false })
end

local function delete(ctx, l, q)
  local address = (q.words[1] or ""):match("^[^/]+") or ""
  local length = q.mask and ip.length(q.mask) or tonumber((q.words[1] or ""):match("/(%d+)$"))
  if not ip.family(address) and not address:find("[*?]") then return refuse(ctx, "route: bad destination address " .. address) end
  local found, status = false, 0
  for _, family in ipairs({ "inet", "inet6" }) do
    for _, r in ipairs(l:routes(family)) do
      local fits = text.like(address, r.address) and (not length or r.length == length) and (not q.words[2] or q.words[2] == r.gateway)
      if fits and r.protocol ~= "kernel" and r.kernel_metric then
        found = true
        status = finish(ctx, "deletion", "route.remove",
          { DestinationPrefix = r.prefix, InterfaceAlias = r.i.alias, NextHop = r.next_hop }) | status
      end
    end
  end
  if not found then return refuse(ctx, "The route deletion failed: Element not found.") end
  return status
end

local verbs = {
  print = function(ctx, l, q)
    route_table.write(l, ctx.emit, q.family, q.words[1])
    return 0
  end,
  add = function(ctx, l, q) return set(ctx, l, q, "route.add", "addition") end,
  change = function(ctx, l, q) return set(ctx, l, q, "route.set", "change") end,
  delete = delete,
}

registry.add {
  name = "route", kind = "program", effect = "changes",
  synopsis = { en = "Shows and changes the routing table", ja = "経路表を示し、変える" },
  options = { "print", "add", "delete", "change", "-4", "-6", "-p", "mask", "metric", "if" },
  about = "the kernel's routes; add, change and delete change them", lacks = "-f, names instead of addresses",
  run = function(ctx, args)
    local q = parse(args)
    local verb = verbs[q.verb]
    if verb and not q.flush then return verb(ctx, live.new(ctx.world), q) end
    text.lines(ctx.emit, usage)
    return 1
  end,
}
