-- SPDX-License-Identifier: GPL-2.0-or-later
-- tracert and pathping: the way to an address, one time to live after the other.

local echo = require("windows.machine.echo")
local names = require("windows.machine.names")
local registry = require("windows.registry")
local text = require("windows.format.program_text")

local usage = [[

Usage: tracert [-d] [-h maximum_hops] [-w timeout] [-4] [-6] target_name

Options:
    -d                 Do not resolve addresses to hostnames.
    -h maximum_hops    Maximum number of hops to search for target.
    -w timeout         Wait timeout milliseconds for each reply.
    -4                 Force using IPv4.
    -6                 Force using IPv6.]]

local ping_usage = [[

Usage: pathping [-h maximum_hops] [-n] [-p period] [-q num_queries]
                [-w timeout] [-4] [-6] target_name

Options:
    -h maximum_hops Maximum number of hops to search for target.
    -n              Do not resolve addresses to hostnames.
    -p period       Wait period milliseconds between pings.
    -q num_queries  Number of queries per hop.
    -w timeout      Wait timeout milliseconds for each reply.
    -4              Force using IPv4.
    -6              Force using IPv6.]]

-- spec: letter to { key, default } of those with a number; or to a key.
local function parse(args, spec)
  local q, n = {}, 1
  for _, s in pairs(spec) do
    if type(s) == "table" then q[s[1]] = s[2] end
  end
  while n <= #args do
    local letter = args[n]:match("^[-/](.+)$")
    local s = letter and spec[letter]
    if type(s) == "table" then
      local v = math.tointeger(tonumber(args[n + 1] or ""))
      if not v or v < 1 then return nil, ("Bad value for option %s."):format(args[n]) end
      q[s[1]], n = v, n + 1
    elseif s then
      q[s] = true
    elseif letter then
      return nil, ("%s is not a valid command option."):format(args[n])
    else
      q.target = args[n]
    end
    n = n + 1
  end
  if not q.target then return nil, "A target name or address must be specified." end
  q.family = q.inet and "inet" or q.inet6 and "inet6" or nil
  return q
end

local function shown(ctx, q, address)
  local name = not q.numeric and names.reverse(ctx.world, address)
  return name and ("%s [%s]"):format(name, address) or address
end

local function heading(ctx, q, what)
  local list, literal = names.lookup(ctx.world, q.target, q.family)
  local address = list[1]
  if not address then
    ctx.emit(("Unable to resolve target system name %s."):format(q.target))
    return nil
  end
  local name = not literal and q.target or not q.numeric and names.reverse(ctx.world, address)
  ctx.emit("")
  if name then
    ctx.emit(("Tracing route to %s [%s]"):format(name, address))
    ctx.emit(("over a maximum of %d hops:"):format(q.hops))
  else
    ctx.emit(("Tracing route to %s over a maximum of %d hops"):format(address, q.hops))
  end
  if what ~= "pathping" or not name then ctx.emit("") end
  return address
end

local function column(a)
  if a.kind == "timeout" then return "     *   " end
  local ms = echo.whole(a.ms)
  return ("%6s ms"):format(ms < 1 and "<1" or ms)
end

local unreachable = { host = "Destination host unreachable.", network = "Destination net unreachable.",
  port = "Destination port unreachable.", protocol = "Destination protocol unreachable.", prohibited = "Destination prohibited.",
  size = "Packet needs to be fragmented but DF set." }

-- Three tries with one time to live: the line's columns, who answered, and how it ends the trace ("reached", a refusal, nil).
local function hop(ctx, address, ttl, q)
  local columns, from, over = {}, nil, nil
  for try = 1, 3 do
    local a = echo.once(ctx.world, address, { size = 64, ttl = ttl, timeout = q.wait / 1000 })
    columns[try] = column(a)
    from = a.from or from
    if a.kind == "reply" then over = "reached" end
    if a.kind == "general" then return nil, nil, "general" end
    if unreachable[a.kind] then return columns, from, a.kind end
  end
  return table.concat(columns), from, over
end

local function trace(ctx, address, q)
  for ttl = 1, q.hops do
    local columns, from, over = hop(ctx, address, ttl, q)
    if over == "general" then return ctx.emit(("%3d  General failure."):format(ttl)) end
    if unreachable[over] then
      return ctx.emit(("%3d  %s reports: %s"):format(ttl, from and shown(ctx, q, from) .. " " or "", unreachable[over]))
    end
    ctx.emit(("%3d%s  %s"):format(ttl, columns, from and shown(ctx, q, from) .. " " or "Request timed out."))
    if over then return nil end
  end
end

registry.add {
  name = "tracert", kind = "program", effect = "reads",
  synopsis = { en = "Shows the way to an address", ja = "宛先までの経路をたどる" },
  options = { "-d", "-h", "-w", "-4", "-6" },
  about = "real ICMP with rising times to live; names come from the DNS server", lacks = "-j, -R, -S",
  run = function(ctx, args)
    local q, wrong = parse(args, { d = "numeric", h = { "hops", 30 }, w = { "wait", 4000 }, ["4"] = "inet", ["6"] = "inet6" })
    if not q then
      if #args > 0 and args[1] ~= "/?" then ctx.emit(wrong) end
      text.lines(ctx.emit, usage)
      return 1
    end
    local address = heading(ctx, q, "tracert")
    if not address then return 1 end
    trace(ctx, address, q)
    ctx.emit("")
    ctx.emit("Trace complete.")
    return 0
  end,
}

-- The hops of pathping's first part, this PC as number 0.
local function path(ctx, address, q)
  local hops = {}
  for ttl = 1, q.hops do
    local a = echo.once(ctx.world, address, { size = 64, ttl = ttl, timeout = q.wait / 1000 })
    if not a.from then
      ctx.emit(("%3d     *        *        *     "):format(ttl))
      break
    end
    hops[#hops + 1] = a.from
    ctx.emit(("%3d  %s "):format(ttl, shown(ctx, q, a.from)))
    if a.kind ~= "expired" then break end
  end
  return hops
end

local function measure(ctx, address, q)
  local lost, ms = 0, 0
  for _ = 1, q.queries do
    local a = echo.once(ctx.world, address, { size = 64, timeout = q.wait / 1000 })
    if a.kind == "reply" then ms = ms + (a.ms or 0) else lost = lost + 1 end
    ctx.world.sleep(q.period / 1000)
  end
  return lost, q.queries > lost and ms / (q.queries - lost) or nil
end

local function statistics(ctx, hops, q)
  ctx.emit("")
  ctx.emit(("Computing statistics for %d seconds..."):format(math.ceil(#hops * q.queries * q.period / 1000)))
  ctx.emit("            Source to Here")
  ctx.emit("Hop  RTT    Lost/Sent = Pct  Address")
  for n, address in ipairs(hops) do
    local lost, ms = measure(ctx, address, q)
    ctx.emit(("%3d %4s%s %5d/%4d =%3d%%  %s "):format(n, ms and echo.whole(ms) or "---", ms and "ms" or "  ", lost, q.queries,
      lost * 100 // q.queries, shown(ctx, q, address)))
  end
end

registry.add {
  name = "pathping", kind = "program", effect = "reads",
  synopsis = { en = "The way to an address and what is lost on it", ja = "経路と、その途中での損失を調べる" },
  options = { "-h", "-n", "-p", "-q", "-w", "-4", "-6" },
  about = "real ICMP to each hop", lacks = "the column of losses between hops; -g, -i",
  run = function(ctx, args)
    local q, wrong = parse(args, { n = "numeric", h = { "hops", 30 }, p = { "period", 250 }, q = { "queries", 100 }, w = { "wait", 3000 },
      ["4"] = "inet", ["6"] = "inet6" })
    if not q then
      if #args > 0 and args[1] ~= "/?" then ctx.emit(wrong) end
      text.lines(ctx.emit, ping_usage)
      return 1
    end
    local address = heading(ctx, q, "pathping")
    if not address then return 1 end
    local hops = path(ctx, address, q)
    if #hops > 0 then statistics(ctx, hops, q) end
    ctx.emit("")
    ctx.emit("Trace complete.")
    return 0
  end,
}
