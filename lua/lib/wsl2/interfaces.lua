-- SPDX-License-Identifier: GPL-2.0-or-later
-- Operations on Windows' interfaces: addresses, routes, metric, MTU, forwarding, adapters, DNS servers.

local addr = require("addr")
local check = require("wsl2.check")
local ip = require("wsl2.ip")
local room = require("wsl2.room")
local state = require("wsl2.state")

local interfaces = { ops = {} }

local function table_of(v) return type(v) == "table" and v or nil end
local alias = { check.name, true }

-- Routes -----------------------------------------------------------------------------------------------------------

local function reaches(iface, via)
  for _, a in ipairs(iface.addresses or {}) do
    if ip.inside(via, a.cidr) then return true end
  end
  return false
end

-- Could the kernel hold the route as things stand?
local function holds(node, r)
  local dev = r.dev and state.iface(node, r.dev)
  if dev and dev.up == false then return false end
  if not r.via or r.onlink or ip.family(r.via) ~= 4 then return true end
  for _, i in ipairs(node.ifaces) do
    if (not r.dev or i.name == r.dev) and i.up ~= false and reaches(i, r.via) then return true end
  end
  return false
end

-- Drops the routes the kernel would; those of an interface that is down come back with it.
function interfaces.settle(model, node)
  local h = state.hidden(model)
  h.lost = h.lost or {}
  node.routes = state.remove_where(node.routes, function(r)
    if holds(node, r) then return false end
    local dev = r.dev and state.iface(node, r.dev)
    if dev and dev.up == false then
      h.lost[r.dev] = h.lost[r.dev] or {}
      table.insert(h.lost[r.dev], r)
    end
    return true
  end)
end

local function same_route(a, b)
  return a.dst == b.dst and a.dev == b.dev and (a.via or "") == (b.via or "") and (a.ipv6 or false) == (b.ipv6 or false)
end

-- The kernel has one route for a destination and a metric; the later one moves back.
local function move_back(node, r)
  local taken = {}
  for _, other in ipairs(node.routes or {}) do
    local same = other ~= r and other.dst == r.dst and (other.ipv6 or false) == (r.ipv6 or false)
    if same then taken[other.metric or 0] = true end
  end
  while taken[r.metric] do r.metric = r.metric + 1 end
end

-- Puts a route into a node.
function interfaces.place(node, r)
  move_back(node, r)
  node.routes = node.routes or core.array({})
  table.insert(node.routes, r)
end

local function bring_back(model, node, dev)
  local h = state.hidden(model)
  for _, r in ipairs(h.lost and h.lost[dev] or {}) do
    if holds(node, r) then interfaces.place(node, r) end
  end
  if h.lost then h.lost[dev] = nil end
end

local function bad() state.fail("InvalidArgument", "The parameter is incorrect.") end

-- The broadcast address of an IPv4 "a.b.c.d/n"; "" where a network has none.
local function broadcast_of(cidr)
  local _, prefix, family = ip.split(cidr)
  if family ~= 4 or prefix > 30 then return "" end
  return addr.text(addr.number((ip.network(cidr):match("^[^/]+"))) + (1 << (32 - prefix)) - 1)
end

-- A neighbour is no group, no broadcast address of the PC's networks, and not the PC itself.
local function check_hop(node, hop)
  if not ip.of_host(hop) or hop:find("^127%.") or hop == "::1" then bad() end
  local digits = ip.digits(hop)
  for _, i in ipairs(node.ifaces) do
    for _, a in ipairs(i.addresses or {}) do
      if ip.digits((a.cidr:match("^[^/]+"))) == digits or broadcast_of(a.cidr) == hop or a.broadcast == hop then bad() end
    end
  end
end

local route_fields = { DestinationPrefix = { check.cidr, true }, InterfaceAlias = alias, NextHop = { check.text },
  RouteMetric = { check.integer(0, 65535) }, Persistent = { check.boolean } }

-- The route as the model has it, without its metric.
local function as_route(a, i)
  local _, prefix, family = ip.split(a.DestinationPrefix)
  local r = { dst = a.DestinationPrefix, dev = i.dev, protocol = "static", ipv6 = family == 6 or nil }
  if prefix == 0 then r.dst = "default" end
  local hop = a.NextHop or ""
  if hop ~= "" and hop ~= "0.0.0.0" and hop ~= "::" then
    if ip.family(hop) ~= family then bad() end
    r.via = hop
  end
  return r
end

local function find_route(node, wanted)
  for n, r in ipairs(node.routes or {}) do
    if same_route(r, wanted) then return r, n end
  end
end

local function remember(model, a, metric)
  model.windows.routes = state.remove_where(model.windows.routes, function(r)
    return r.DestinationPrefix == a.DestinationPrefix and r.InterfaceAlias == a.InterfaceAlias and r.NextHop == (a.NextHop or "0.0.0.0")
  end)
  if metric then
    table.insert(model.windows.routes, { DestinationPrefix = a.DestinationPrefix, NextHop = a.NextHop or "0.0.0.0",
      InterfaceAlias = a.InterfaceAlias, RouteMetric = metric })
  end
end

interfaces.ops["route.add"] = function(model, args)
  local a = check.fields(args, route_fields, "a route")
  local i, iface = state.interface(model, a.InterfaceAlias)
  local node, r = state.node(model, "windows"), as_route(a, i)
  if iface.up == false then state.fail("Failed", "The interface is not connected.") end
  if r.via then check_hop(node, r.via) end
  if find_route(node, r) then state.fail("Exists", "The object already exists.") end
  room.one_more("routes", node.routes)
  r.metric = (a.RouteMetric or 256) + i.InterfaceMetric
  if r.via and not reaches(iface, r.via) then r.onlink = true end
  interfaces.place(node, r)
  a.InterfaceAlias = i.InterfaceAlias
  if a.Persistent then remember(model, a, a.RouteMetric or 256) end
end

local function no_route(a)
  state.fail("NotFound", "No MSFT_NetRoute objects found with property 'DestinationPrefix' equal to '%s'.  "
    .. "Verify the value of the property and retry.", a.DestinationPrefix)
end

interfaces.ops["route.set"] = function(model, args)
  local a = check.fields(args, route_fields, "a route")
  local i = state.interface(model, a.InterfaceAlias)
  local node = state.node(model, "windows")
  local r, n = find_route(node, as_route(a, i))
  if not r then no_route(a) end
  if a.RouteMetric then
    state.drop(node.routes, n)
    r.metric = a.RouteMetric + i.InterfaceMetric
    interfaces.place(node, r)
  end
  a.InterfaceAlias = i.InterfaceAlias
  if a.Persistent then remember(model, a, r.metric - i.InterfaceMetric) end
end

interfaces.ops["route.remove"] = function(model, args)
  local a = check.fields(args, route_fields, "a route")
  local i = state.interface(model, a.InterfaceAlias)
  local node = state.node(model, "windows")
  local _, n = find_route(node, as_route(a, i))
  if not n then no_route(a) end
  state.drop(node.routes, n)
  a.InterfaceAlias = i.InterfaceAlias
  remember(model, a, nil)
end

-- Addresses --------------------------------------------------------------------------------------------------------

local function find_address(iface, address)
  for n, a in ipairs(iface.addresses or {}) do
    if ip.digits((a.cidr:match("^[^/]+"))) == ip.digits(address) then return a, n end
  end
end

local function prefix_for(address, prefix)
  if not prefix then return ip.family(address) == 4 and 32 or 128 end
  if ip.family(address) == 4 and prefix > 32 then bad() end
  return prefix
end

local v6_mtu = 1280 -- below it an interface has no IPv6 (RFC 8200)

-- Can the interface have the address?
local function check_address(address, i)
  local family = ip.family(address)
  if not ip.of_host(address) or address:find("^127%.") or ip.digits(address) == ("0"):rep(31) .. "1" then bad() end
  if family == 6 and i.NlMtu < v6_mtu then bad() end
end

local function no_address(address)
  state.fail("NotFound", "No MSFT_NetIPAddress objects found with property 'IPAddress' equal to '%s'.  "
    .. "Verify the value of the property and retry.", address)
end

interfaces.ops["address.add"] = function(model, args)
  local a = check.fields(args, { InterfaceAlias = alias, IPAddress = { check.address, true }, PrefixLength = { check.integer(1, 128) },
    DefaultGateway = { check.text } }, "an address")
  local i, iface = state.interface(model, a.InterfaceAlias)
  local node = state.node(model, "windows")
  check_address(a.IPAddress, i)
  room.one_more("addresses", iface.addresses)
  for _, other in ipairs(node.ifaces) do
    if find_address(other, a.IPAddress) then state.fail("Exists", "The object already exists.") end
  end
  iface.addresses = iface.addresses or core.array({})
  table.insert(iface.addresses, { cidr = a.IPAddress .. "/" .. prefix_for(a.IPAddress, a.PrefixLength) })
  if ip.family(a.IPAddress) == 4 then i.Dhcp = false end -- one by hand ends the lease's upkeep, as on Windows
  if (a.DefaultGateway or "") ~= "" then
    interfaces.ops["route.add"](model, { DestinationPrefix = ip.family(a.IPAddress) == 4 and "0.0.0.0/0" or "::/0",
      InterfaceAlias = a.InterfaceAlias, NextHop = a.DefaultGateway, RouteMetric = 256, Persistent = true })
  end
end

interfaces.ops["address.set"] = function(model, args)
  local a = check.fields(args, { InterfaceAlias = alias, IPAddress = { check.address, true }, set = { table_of, true } }, "an address")
  local set = check.fields(a.set, { PrefixLength = { check.integer(1, 128) }, SkipAsSource = { check.boolean },
    Deprecated = { check.boolean } }, "an address")
  local _, iface = state.interface(model, a.InterfaceAlias)
  local found = find_address(iface, a.IPAddress)
  if not found then no_address(a.IPAddress) end
  if set.PrefixLength then
    found.cidr, found.broadcast = a.IPAddress .. "/" .. prefix_for(a.IPAddress, set.PrefixLength), nil
  end
  if set.Deprecated ~= nil then found.deprecated = set.Deprecated or nil end
  interfaces.settle(model, state.node(model, "windows"))
end

interfaces.ops["address.remove"] = function(model, args)
  local a = check.fields(args, { InterfaceAlias = alias, IPAddress = { check.address, true } }, "an address")
  local _, iface = state.interface(model, a.InterfaceAlias)
  local _, n = find_address(iface, a.IPAddress)
  if not n then no_address(a.IPAddress) end
  state.drop(iface.addresses, n)
  interfaces.settle(model, state.node(model, "windows"))
end

-- Interfaces and adapters ------------------------------------------------------------------------------------------

-- What the home router's DHCP server gives: the address the interface began with.
local function lease(model, i)
  local h = state.hidden(model)
  return h.leases and h.leases[i.dev]
end

local function by_dhcp(model, i, iface)
  local l = lease(model, i)
  if not l then return end
  local node = state.node(model, "windows")
  iface.addresses = core.array({ { cidr = l.cidr } })
  node.routes = state.remove_where(node.routes, function(r) return r.dev == i.dev and r.dst == "default" and not r.ipv6 end)
  interfaces.settle(model, node)
  interfaces.place(node, { dst = "default", via = l.gateway, dev = i.dev, protocol = "dhcp", metric = i.InterfaceMetric })
end

local function set_metric(node, i, metric)
  for _, r in ipairs(node.routes or {}) do
    if r.dev == i.dev then
      r.metric = math.max(0, (r.metric or 0) - i.InterfaceMetric) + metric
      move_back(node, r)
    end
  end
  i.InterfaceMetric = metric
end

interfaces.ops["interface.set"] = function(model, args)
  local a = check.fields(args, { InterfaceAlias = alias, set = { table_of, true } }, "an interface")
  local set = check.fields(a.set, { InterfaceMetric = { check.integer(1, 9999) }, NlMtu = { check.integer(352, 65535) },
    Forwarding = { check.boolean }, Dhcp = { check.boolean } }, "an interface")
  local i, iface = state.interface(model, a.InterfaceAlias)
  if set.InterfaceMetric then set_metric(state.node(model, "windows"), i, set.InterfaceMetric) end
  if set.NlMtu then
    for _, address in ipairs(set.NlMtu < v6_mtu and iface.addresses or {}) do
      if address.cidr:find(":", 1, true) then bad() end
    end
    i.NlMtu, iface.mtu = set.NlMtu, set.NlMtu
  end
  if set.Forwarding ~= nil then i.Forwarding = set.Forwarding end
  if set.Dhcp ~= nil then
    local renew = set.Dhcp and not i.Dhcp
    i.Dhcp = set.Dhcp
    if renew then by_dhcp(model, i, iface) end
  end
end

-- Down: its routes are the kernel's to drop. Up: they are back, and an interface with DHCP asks again.
interfaces.ops["adapter.set"] = function(model, args)
  local a = check.fields(args, { Name = alias, Status = { check.word("Up", "Disabled", "Restart"), true } }, "an adapter")
  local i, iface = state.interface(model, a.Name)
  local node = state.node(model, "windows")
  if a.Status == "Disabled" then
    iface.up, i.Status = false, "Disabled"
    interfaces.settle(model, node)
    return
  end
  if a.Status == "Restart" and i.Status == "Disabled" then state.fail("Failed", "The adapter is disabled.") end
  iface.up, i.Status = true, "Up"
  iface.mtu = i.NlMtu ~= 1500 and i.NlMtu or nil
  bring_back(model, node, i.dev)
  if i.Dhcp and not (lease(model, i) and find_address(iface, lease(model, i).cidr:match("^[^/]+"))) then by_dhcp(model, i, iface) end
  return nil, { servers = true }
end

interfaces.ops["dns.set"] = function(model, args)
  local a = check.fields(args, { InterfaceAlias = alias, ServerAddresses = { check.list(check.address) }, Reset = { check.boolean } },
    "DNS servers")
  local i = state.interface(model, a.InterfaceAlias)
  if a.Reset then
    i.ServerAddresses = core.array(i.Dhcp and i.DhcpServer and { i.DhcpServer } or {})
  elseif a.ServerAddresses then
    i.ServerAddresses = a.ServerAddresses
  else
    bad()
  end
  return nil, { servers = true }
end

return interfaces
