-- SPDX-License-Identifier: GPL-2.0-or-later
-- netsh interface ipv4 and ipv6: what adds, sets and deletes.

local change = require("windows.machine.change")
local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local tree = require("windows.netsh.tree")

local ipset = {}

local no_such = "The filename, directory name, or volume label syntax is incorrect."
local incorrect = "The parameter is incorrect."

local function say(ctx, text, status)
  if text ~= "" then ctx.emit(text) end
  ctx.emit("")
  return status
end

local words = { NotFound = "Element not found.", Exists = "The object already exists.", InvalidArgument = incorrect,
  Denied = "The requested operation requires elevation (Run as administrator)." }

-- Asks; Windows' words for a refusal, `done` otherwise.
local function ask(ctx, op, args, done)
  local _, err = change.try(ctx, op, args)
  if err then return say(ctx, words[err.code] or err.message or incorrect, 1) end
  return say(ctx, done or "Ok.", 0)
end

local function find(ctx, word)
  local net = live.new(ctx.world)
  local index = math.tointeger(tonumber(word))
  local i = index and net:by_index(index) or net:by_alias(word)
  if not i then say(ctx, index and "Element not found." or no_such) end
  return i, net
end

-- A number in the range, or nil.
local function number(word, low, high)
  local n = math.tointeger(tonumber(word))
  return n and n >= low and n <= high and n or nil
end

local function subinterface(ctx, v, command)
  local i = find(ctx, v.subinterface)
  if not i then return 1 end
  local mtu = number(v.mtu, 1, 4294967295)
  if not mtu then return tree.wrong(ctx, command, incorrect) end
  return ask(ctx, "interface.set", { InterfaceAlias = i.alias, set = { NlMtu = mtu } })
end

local on = { enabled = "Enabled", enable = "Enabled", disabled = "Disabled", disable = "Disabled" }

local function interface(ctx, v, command)
  local i = find(ctx, v.interface)
  if not i then return 1 end
  local t = {}
  if v.metric then t.InterfaceMetric = number(v.metric, 0, 9999) end
  if v.mtu then t.NlMtu = number(v.mtu, 1, 4294967295) end
  if v.forwarding then t.Forwarding = on[v.forwarding:lower()] end
  if (v.metric and not t.InterfaceMetric) or (v.mtu and not t.NlMtu) or (v.forwarding and not t.Forwarding) then
    return tree.wrong(ctx, command, incorrect)
  end
  if not next(t) then return say(ctx, "netdojo: of set interface only metric, mtu and forwarding are available in this lab", 1) end
  return ask(ctx, "interface.set", { InterfaceAlias = i.alias, set = t })
end

-- "10.0.0.1/24", or an address and a mask; nil, nil when they don't fit.
local function with_length(word, mask, family)
  local address, length = (word or ""):match("^(.-)/(%d+)$")
  address = address or word
  if not address or ip.family(address) ~= family then return nil end
  local most = family == "inet" and 32 or 128
  length = tonumber(length) or (mask and (ip.length(mask) or -1)) or (family == "inet" and 24 or 64)
  return length >= 0 and length <= most and address or nil, length
end

local function put_address(ctx, i, v, family, done)
  local address, length = with_length(v.address, v.mask, family)
  local gateway = v.gateway and v.gateway:lower() ~= "none" and v.gateway or ""
  if not address or (gateway ~= "" and ip.family(gateway) ~= family) then return say(ctx, incorrect, 1) end
  return ask(ctx, "address.add", { InterfaceAlias = i.alias, IPAddress = address, PrefixLength = length, DefaultGateway = gateway }, done)
end

local function set_address(family)
  return function(ctx, v)
    local i, net = find(ctx, v.name)
    if not i then return 1 end
    local source = (v.source or (v.address and "static") or ""):lower()
    if source == "dhcp" then
      return ask(ctx, "interface.set", { InterfaceAlias = i.alias, set = { Dhcp = "Enabled" } }, "")
    end
    local address = with_length(v.address, v.mask, family)
    if source ~= "static" or not address then return say(ctx, incorrect, 1) end
    local gone, lease = {}, i.dhcp and family == "inet"
    if lease then change.try(ctx, "interface.set", { InterfaceAlias = i.alias, set = { Dhcp = "Disabled" } }) end
    for _, a in ipairs(family == "inet" and net:by_index(i.index).v4 or {}) do
      if change.try(ctx, "address.remove", { InterfaceAlias = i.alias, IPAddress = a.ip }) then gone[#gone + 1] = a end
    end
    local status = put_address(ctx, i, v, family, "")
    for _, a in ipairs(status ~= 0 and gone or {}) do -- refused: as it was
      change.try(ctx, "address.add", { InterfaceAlias = i.alias, IPAddress = a.ip, PrefixLength = a.length, DefaultGateway = "" })
    end
    if lease and status ~= 0 then change.try(ctx, "interface.set", { InterfaceAlias = i.alias, set = { Dhcp = "Enabled" } }) end
    return status
  end
end

local function delete_address(ctx, v)
  local i = find(ctx, v.name)
  if not i then return 1 end
  return ask(ctx, "address.remove", { InterfaceAlias = i.alias, IPAddress = (v.address or ""):gsub("/.*$", "") }, "")
end

local function route(op)
  return function(ctx, v)
    local i = find(ctx, v.interface)
    if not i then return 1 end
    local address = (v.prefix or ""):match("^(.-)/%d+$")
    local family = ip.family(address or "")
    if not family then return say(ctx, incorrect, 1) end
    local t = { DestinationPrefix = v.prefix, InterfaceAlias = i.alias, NextHop = v.nexthop or (family == "inet" and "0.0.0.0" or "::") }
    if op ~= "route.remove" then
      t.RouteMetric = number(v.metric or "256", 0, 9999)
      t.Persistent = (v.store or "persistent"):lower() ~= "active"
      if not t.RouteMetric then return say(ctx, incorrect, 1) end
    end
    return ask(ctx, op, t)
  end
end

-- The servers an interface has, of the family and of the other.
local function servers(i, family)
  local own, other = {}, {}
  for _, s in ipairs(i.conf.ServerAddresses or {}) do table.insert(ip.family(s) == family and own or other, s) end
  return own, other
end

local function set_servers(ctx, i, own, other, done)
  local all = {}
  for _, list in ipairs { own, other } do
    for _, s in ipairs(list) do all[#all + 1] = s end
  end
  if #all == 0 then return ask(ctx, "dns.set", { InterfaceAlias = i.alias, Reset = true }, done) end
  return ask(ctx, "dns.set", { InterfaceAlias = i.alias, ServerAddresses = all }, done)
end

local function dns_set(family)
  return function(ctx, v)
    local i = find(ctx, v.name)
    if not i then return 1 end
    if v.source:lower() == "dhcp" then return ask(ctx, "dns.set", { InterfaceAlias = i.alias, Reset = true }, "") end
    local _, other = servers(i, family)
    local own = {}
    if v.address and v.address:lower() ~= "none" then
      if ip.family(v.address) ~= family then return say(ctx, "The configured DNS server is incorrect or does not exist.", 1) end
      own[1] = v.address
    end
    return set_servers(ctx, i, own, other, "")
  end
end

local function dns_add(family)
  return function(ctx, v)
    local i = find(ctx, v.name)
    if not i then return 1 end
    if ip.family(v.address) ~= family then return say(ctx, incorrect, 1) end
    local own, other = servers(i, family)
    for _, s in ipairs(own) do
      if s == v.address then return say(ctx, "The object already exists.", 1) end
    end
    table.insert(own, math.min(number(v.index or "", 1, 99) or #own + 1, #own + 1), v.address)
    return set_servers(ctx, i, own, other, "")
  end
end

local function dns_delete(family)
  return function(ctx, v)
    local i = find(ctx, v.name)
    if not i then return 1 end
    local own, other = servers(i, family)
    local kept = {}
    for _, s in ipairs(own) do
      if (v.address or "all"):lower() ~= "all" and s ~= v.address then kept[#kept + 1] = s end
    end
    if #kept == #own then return say(ctx, "The system cannot find the file specified.", 1) end
    return set_servers(ctx, i, kept, other, "")
  end
end

local function dns(verb, family, make, need, tags)
  return { name = "dnsservers", help = verb .. " DNS server addresses.", tags = tags, need = need, run = make(family),
    usage = { ("Usage: %s dnsservers [name=]<string>%s"):format(verb:lower(), need[2] and (" [" .. need[2] .. "=]") or ""),
      "             [[address=]<IP address>]" } }
end

-- The commands of a family's context, without show.
function ipset.commands(family)
  local address_tags = family == "inet" and { "name", "address", "mask", "gateway", "gwmetric", "type", "store" } or { "name", "address", "type", "store" }
  local set_tags = family == "inet" and { "name", "source", "address", "mask", "gateway", "gwmetric", "type", "store" }
    or { "name", "address", "type", "store" }
  local route_tags = { "prefix", "interface", "nexthop", "siteprefixlength", "metric", "publish", "age", "validlifetime", "store" }
  local route_usage = { "Usage: add route [prefix=]<IP address>/<integer> [interface=]<string>", "             [[nexthop=]<IP address>] [[metric=]<integer>]",
    "             [[store=]active|persistent]" }
  return {
    { name = "add", help = "Adds a configuration entry to a table.", verb = true,
      { name = "address", help = "Adds a static IP address to the specified interface.", tags = address_tags, need = { "name", "address" },
        run = function(ctx, v)
          local i = find(ctx, v.name)
          if not i then return 1 end
          return put_address(ctx, i, v, family, "")
        end },
      dns("Adds", family, dns_add, { "name", "address" }, { "name", "address", "index", "validate" }),
      { name = "route", help = "Adds a route over an interface.", tags = route_tags, need = { "prefix", "interface" }, usage = route_usage,
        run = route("route.add") } },
    { name = "delete", help = "Deletes a configuration entry from a table.", verb = true,
      { name = "address", help = "Deletes an IP address from the specified interface.", tags = { "name", "address", "gateway", "store" },
        need = { "name", "address" }, run = delete_address },
      dns("Deletes", family, dns_delete, { "name" }, { "name", "address", "validate" }),
      { name = "route", help = "Deletes a route.", tags = { "prefix", "interface", "nexthop", "store" }, need = { "prefix", "interface" },
        run = route("route.remove") } },
    { name = "set", help = "Sets configuration information.", verb = true,
      { name = "address", help = "Sets the IP address or default gateway to an interface.", tags = set_tags, need = { "name" },
        run = set_address(family) },
      dns("Sets", family, dns_set, { "name", "source" }, { "name", "source", "address", "register", "validate" }),
      { name = "interface", help = "Changes interface configuration parameters.", need = { "interface" },
        tags = { "interface", "forwarding", "advertise", "mtu", "siteid", "siteprefixlength", "nud", "basereachabletime", "retransmittime",
          "dadtransmits", "metric", "store" }, run = interface },
      { name = "route", help = "Changes route configuration parameters.", tags = route_tags, need = { "prefix", "interface" },
        run = route("route.set") },
      { name = "subinterface", help = "Changes subinterface configuration parameters.", tags = { "subinterface", "mtu", "store" },
        need = { "subinterface", "mtu" }, usage = { "Usage: set subinterface [subinterface=]<string> [[mtu=]<integer>]",
          "             [[store=]active|persistent]", "", "Parameters:", "", "       Tag           Value",
          "       subinterface  - The interface's name or index.", "       mtu           - The MTU of this subinterface." },
        run = subinterface } },
  }
end

return ipset
