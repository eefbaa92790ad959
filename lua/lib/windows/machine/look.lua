-- SPDX-License-Identifier: GPL-2.0-or-later
-- Live state as the objects that PowerShell's network cmdlets give.

local choose = require("windows.machine.choose")
local ip = require("windows.machine.ip")
local object = require("windows.object")

local look = {}

local infinite = "Infinite ([TimeSpan]::MaxValue)"

local function origin(i, a, family)
  if i.loopback then return "WellKnown", "WellKnown" end
  if a.scope == "link" or family == "inet" and ip.within(a.ip, "169.254.0.0", 16) then return "WellKnown", "Link" end
  if i.dhcp and family == "inet" then return "Dhcp", "Dhcp" end
  return "Manual", "Manual"
end

local function address_state(i, a)
  if a.duplicate then return "Duplicate" end
  if a.tentative or not i.connected then return "Tentative" end
  return a.deprecated and "Deprecated" or "Preferred"
end

local function address(i, a, family)
  local prefix_origin, suffix_origin = origin(i, a, family)
  local text = family == "inet6" and ip.zoned(a.ip, i.index) or a.ip
  return object.new("MSFT_NetIPAddress", {
    { "IPAddress", text }, { "InterfaceIndex", i.index }, { "InterfaceAlias", i.alias }, { "AddressFamily", choose.family_names[family] },
    { "Type", "Unicast" }, { "PrefixLength", a.length }, { "PrefixOrigin", prefix_origin }, { "SuffixOrigin", suffix_origin },
    { "AddressState", address_state(i, a) }, { "ValidLifetime", infinite }, { "PreferredLifetime", infinite }, { "SkipAsSource", false },
    { "PolicyStore", "ActiveStore" }, { "ifIndex", i.index }, { "ifAlias", i.alias }, { "Store", "ActiveStore" },
    { "IPv4Address", family == "inet" and text or nil }, { "IPv6Address", family == "inet6" and text or nil },
  })
end

-- MSFT_NetIPAddress: IPv6 first, highest interface first.
function look.addresses(l)
  local out = {}
  for _, family in ipairs({ "inet6", "inet" }) do
    for _, i in ipairs(choose.interfaces_down(l:interfaces())) do
      for _, a in ipairs(family == "inet" and i.v4 or i.v6) do
        if i.enabled then out[#out + 1] = address(i, a, family) end
      end
    end
  end
  return out
end

local function ip_interface(l, i, family)
  return object.new("MSFT_NetIPInterface", {
    { "ifIndex", i.index }, { "InterfaceIndex", i.index }, { "InterfaceAlias", i.alias }, { "ifAlias", i.alias },
    { "AddressFamily", choose.family_names[family] }, { "Forwarding", l:forwarding(i, family) }, { "NlMtu", i.mtu }, { "NlMtuBytes", i.mtu },
    { "InterfaceMetric", i.metric }, { "AutomaticMetric", i.conf.AutomaticMetric or "Enabled" },
    { "Dhcp", family == "inet" and i.dhcp and "Enabled" or "Disabled" },
    { "ConnectionState", i.connected and "Connected" or "Disconnected" }, { "PolicyStore", "ActiveStore" }, { "Store", "ActiveStore" },
    { "CompartmentId", 1 },
  })
end

-- MSFT_NetIPInterface: one an interface and family that the kernel has on it.
function look.ip_interfaces(l)
  local out = {}
  for _, family in ipairs({ "inet6", "inet" }) do
    for _, i in ipairs(choose.interfaces_down(l:interfaces())) do
      if i.enabled then out[#out + 1] = ip_interface(l, i, family) end
    end
  end
  return out
end

local protocols = { kernel = "Local", dhcp = "NetMgmt", static = "NetMgmt", boot = "NetMgmt", ra = "NetMgmt", redirect = "Icmp" }

function look.route(r)
  return object.new("MSFT_NetRoute", {
    { "ifIndex", r.i.index }, { "DestinationPrefix", r.prefix }, { "NextHop", r.next_hop }, { "RouteMetric", r.route_metric },
    { "ifMetric", r.i.metric }, { "InterfaceMetric", r.i.metric }, { "PolicyStore", "ActiveStore" }, { "InterfaceIndex", r.i.index },
    { "InterfaceAlias", r.i.alias }, { "ifAlias", r.i.alias }, { "AddressFamily", choose.family_names[r.family] },
    { "Protocol", protocols[r.protocol] or "NetMgmt" }, { "State", "Alive" }, { "Publish", "No" },
    { "TypeOfRoute", r.gateway and "AdminDefinedRoute" or "3" }, { "Store", "ActiveStore" }, { "CompartmentId", 1 },
    { "ValidLifetime", infinite }, { "PreferredLifetime", infinite },
  })
end

-- MSFT_NetRoute: each family from its highest destination down.
function look.routes(l)
  local out = {}
  for _, family in ipairs({ "inet", "inet6" }) do
    local list = { table.unpack(l:routes(family)) }
    table.sort(list, function(a, b)
      local c = ip.compare(a.address, b.address)
      if c ~= 0 then return c > 0 end
      if a.length ~= b.length then return a.length > b.length end
      if a.i.index ~= b.i.index then return a.i.index > b.i.index end
      if a.metric ~= b.metric then return a.metric < b.metric end
      return a.next_hop < b.next_hop
    end)
    for _, r in ipairs(list) do out[#out + 1] = look.route(r) end
  end
  return out
end

-- The routes that come back after a restart: what the user made so, and each connection's own are not among them.
function look.persistent_routes(l)
  local out = {}
  for _, r in ipairs(l:windows().routes or {}) do
    local i = l:by_alias(r.InterfaceAlias or "")
    out[#out + 1] = object.new("MSFT_NetRoute", {
      { "ifIndex", i and i.index }, { "DestinationPrefix", r.DestinationPrefix }, { "NextHop", r.NextHop }, { "RouteMetric", r.RouteMetric },
      { "ifMetric", i and i.metric }, { "InterfaceMetric", i and i.metric }, { "PolicyStore", "PersistentStore" }, { "InterfaceIndex", i and i.index },
      { "InterfaceAlias", r.InterfaceAlias }, { "AddressFamily", choose.family_names[ip.family((r.DestinationPrefix:gsub("/.*", ""))) or "inet"] },
      { "Protocol", "NetMgmt" }, { "Store", "PersistentStore" },
    })
  end
  return out
end

-- MSFT_NetNeighbor.
function look.neighbors(l)
  local list, out = l:neighbors(), {}
  table.sort(list, function(a, b)
    if a.family ~= b.family then return a.family > b.family end
    if a.i.index ~= b.i.index then return a.i.index > b.i.index end
    return ip.compare(a.ip, b.ip) > 0
  end)
  for _, n in ipairs(list) do
    out[#out + 1] = object.new("MSFT_NetNeighbor", {
      { "ifIndex", n.i.index }, { "IPAddress", n.ip }, { "LinkLayerAddress", n.mac }, { "State", n.state }, { "PolicyStore", "ActiveStore" },
      { "InterfaceIndex", n.i.index }, { "InterfaceAlias", n.i.alias }, { "ifAlias", n.i.alias }, { "AddressFamily", choose.family_names[n.family] },
      { "Store", "ActiveStore" },
    })
  end
  return out
end

-- DnsClientServerAddress of one interface and family.
function look.server_addresses(i, family)
  local list = {}
  for _, s in ipairs(i.conf.ServerAddresses or {}) do
    if ip.family(s) == family then list[#list + 1] = s end
  end
  return object.new("DnsClientServerAddress", {
    { "InterfaceAlias", i.alias }, { "InterfaceIndex", i.index }, { "AddressFamily", choose.family_names[family] }, { "ServerAddresses", list },
    { "ElementName", i.alias }, { "Name", tostring(i.index) },
  })
end

return look
