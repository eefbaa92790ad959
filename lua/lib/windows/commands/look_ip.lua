-- SPDX-License-Identifier: GPL-2.0-or-later
-- Get-NetIPAddress, Get-NetIPInterface, Get-NetRoute, Find-NetRoute, Get-NetNeighbor, Get-NetIPConfiguration.

local choose = require("windows.machine.choose")
local change = require("windows.machine.change")
local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local look = require("windows.machine.look")
local object = require("windows.object")
local registry = require("windows.registry")
require("windows.format.views_net")

local origins = { "Other", "Manual", "WellKnown", "Dhcp", "RouterAdvertisement" }

-- A zone in what somebody typed means nothing for comparing.
local function same_address(value, wanted)
  local function bare(s) return (tostring(s):gsub("%%.*$", "")) end
  return change.like(bare(wanted), bare(value))
end

registry.add {
  name = "Get-NetIPAddress", kind = "cmdlet", effect = "reads",
  parameters = choose.parameters({ { name = "IPAddress", type = "string[]", position = 1, pipeline = "name", wildcard = true } }, choose.by_interface,
    { choose.families, { name = "PrefixLength", type = "int[]" }, { name = "PrefixOrigin", type = "enum[]", values = origins },
      { name = "AddressState", type = "enum[]", values = { "Invalid", "Tentative", "Duplicate", "Deprecated", "Preferred" } },
      { name = "PolicyStore", type = "enum", values = { "ActiveStore", "PersistentStore" } } }),
  synopsis = { en = "The IP addresses", ja = "IP アドレス" },
  about = "the kernel's addresses", lacks = "lifetimes, -AssociatedIPInterface, -SkipAsSource; the persistent store lists the same as the active one",
  run = function(ctx, args)
    local objects = {}
    for _, o in ipairs(look.addresses(live.new(ctx.world))) do objects[#objects + 1] = o end
    choose.emit(ctx, { cmdlet = "Get-NetIPAddress", class = "MSFT_NetIPAddress", criteria = {
      { name = "IPAddress", query = true, fits = same_address }, { name = "InterfaceAlias", query = true }, { name = "InterfaceIndex" },
      { name = "AddressFamily" }, { name = "PrefixLength" }, { name = "PrefixOrigin" }, { name = "AddressState" } } }, args, objects)
  end,
}

registry.add {
  name = "Get-NetIPInterface", kind = "cmdlet", effect = "reads",
  parameters = choose.parameters({ { name = "InterfaceAlias", type = "string[]", position = 1, aliases = { "ifAlias" }, wildcard = true, pipeline = "name" },
    choose.by_interface[2], choose.families, { name = "Forwarding", type = "enum[]", values = { "Enabled", "Disabled" } },
    { name = "Dhcp", type = "enum[]", values = { "Enabled", "Disabled" } },
    { name = "ConnectionState", type = "enum[]", values = { "Connected", "Disconnected" } },
    { name = "PolicyStore", type = "enum", values = { "ActiveStore", "PersistentStore" } } }),
  synopsis = { en = "IP settings of the interfaces", ja = "インターフェイスの IP 設定" },
  about = "MTU, link state and forwarding are the kernel's; metric and DHCP the model's", lacks = "router discovery, neighbour timers, weak host settings",
  run = function(ctx, args)
    choose.emit(ctx, { cmdlet = "Get-NetIPInterface", class = "MSFT_NetIPInterface", criteria = {
      { name = "InterfaceAlias", query = true }, { name = "InterfaceIndex" }, { name = "AddressFamily" }, { name = "Forwarding" },
      { name = "Dhcp" }, { name = "ConnectionState" } } }, args, look.ip_interfaces(live.new(ctx.world)))
  end,
}

registry.add {
  name = "Get-NetRoute", kind = "cmdlet", effect = "reads",
  parameters = choose.parameters({ { name = "DestinationPrefix", type = "string[]", position = 1, wildcard = true, pipeline = "name" } },
    choose.by_interface, { { name = "NextHop", type = "string[]", wildcard = true }, choose.families, { name = "RouteMetric", type = "int[]" },
      { name = "Protocol", type = "enum[]", values = { "NetMgmt", "Local", "Dhcp" } },
      { name = "PolicyStore", type = "enum", values = { "ActiveStore", "PersistentStore" } } }),
  synopsis = { en = "The routing table", ja = "経路表" },
  about = "the kernel's routes; a metric is the interface's and the route's together, as Windows counts",
  lacks = "-IncludeAllCompartments, -State, lifetimes",
  run = function(ctx, args)
    local l = live.new(ctx.world)
    local objects = args.PolicyStore == "PersistentStore" and look.persistent_routes(l) or look.routes(l)
    choose.emit(ctx, { cmdlet = "Get-NetRoute", class = "MSFT_NetRoute", criteria = {
      { name = "DestinationPrefix", query = true }, { name = "InterfaceAlias", query = true }, { name = "InterfaceIndex" },
      { name = "NextHop", query = true }, { name = "AddressFamily" }, { name = "RouteMetric" }, { name = "Protocol" } } }, args, objects)
  end,
}

local unreachable = "The network location cannot be reached. For information about network troubleshooting, see Windows Help."

registry.add {
  name = "Find-NetRoute", kind = "cmdlet", effect = "reads",
  parameters = { { name = "RemoteIPAddress", type = "string", position = 1, mandatory = true } },
  synopsis = { en = "The route and the source address to an address", ja = "宛先への経路と送信元アドレス" },
  about = "worked out from the kernel's routes", lacks = "-InterfaceIndex, -LocalIPAddress; policy routing",
  run = function(ctx, args)
    local l = live.new(ctx.world)
    local r = ip.family(args.RemoteIPAddress) and l:route_to(args.RemoteIPAddress)
    if not r then
      local reason = ip.family(args.RemoteIPAddress) and unreachable or "The parameter is incorrect."
      return ctx.fail(reason, { category = "NotSpecified", target = "MSFT_NetRoute", target_type = "ROOT/StandardCimv2/MSFT_NetRoute",
        exception = "CimException",
        id = "Windows System Error 1231,Find-NetRoute" })
    end
    local source = l:source_to(args.RemoteIPAddress, r)
    for _, o in ipairs(look.addresses(l)) do
      if same_address(o.IPAddress, source or "") then ctx.emit(o) end
    end
    ctx.emit(look.route(r))
  end,
}

registry.add {
  name = "Get-NetNeighbor", kind = "cmdlet", effect = "reads",
  parameters = choose.parameters({ { name = "IPAddress", type = "string[]", position = 1, pipeline = "name", wildcard = true } }, choose.by_interface,
    { { name = "LinkLayerAddress", type = "string[]", wildcard = true }, choose.families,
      { name = "State", type = "enum[]", values = { "Unreachable", "Incomplete", "Probe", "Delay", "Stale", "Reachable", "Permanent" } },
      { name = "PolicyStore", type = "enum", values = { "ActiveStore", "PersistentStore" } } }),
  synopsis = { en = "The neighbours' physical addresses", ja = "隣の機器の物理アドレス" },
  about = "the kernel's neighbours and their states", lacks = "the multicast entries of Windows' own services",
  run = function(ctx, args)
    choose.emit(ctx, { cmdlet = "Get-NetNeighbor", class = "MSFT_NetNeighbor", criteria = {
      { name = "IPAddress", query = true, fits = same_address }, { name = "InterfaceAlias", query = true }, { name = "InterfaceIndex" },
      { name = "LinkLayerAddress", query = true }, { name = "AddressFamily" }, { name = "State" } } }, args, look.neighbors(live.new(ctx.world)))
  end,
}

-- ---- Get-NetIPConfiguration ---------------------------------------------------------------------------------------------

local function addresses_of(all, i, family, near)
  local out = {}
  for _, o in ipairs(all) do
    local link = tostring(o.IPAddress):match("^fe80:") ~= nil
    if o.InterfaceIndex == i.index and o.AddressFamily == family and link == near then out[#out + 1] = o end
  end
  return out
end

local function gateways_of(l, i, family)
  local out = {}
  for _, r in ipairs(l:gateways(i, family)) do out[#out + 1] = look.route(r) end
  return out
end

local function interface_of(all, i, family)
  for _, o in ipairs(all) do
    if o.InterfaceIndex == i.index and o.AddressFamily == family then return o end
  end
end

local function servers_of(i)
  local out = {}
  for _, family in ipairs({ "inet", "inet6" }) do
    local o = look.server_addresses(i, family)
    if #o.ServerAddresses > 0 then out[#out + 1] = o end
  end
  return out
end

local function configuration(l, i, detailed)
  local all, interfaces = look.addresses(l), look.ip_interfaces(l)
  local known = #l:gateways(i, "inet") + #l:gateways(i, "inet6") > 0
  return object.new(detailed and "NetIPConfiguration#Detailed" or i.connected and "NetIPConfiguration" or "NetIPConfiguration#Disconnected", {
    { "Computername", l:windows().hostname }, { "InterfaceAlias", i.alias }, { "InterfaceIndex", i.index },
    { "InterfaceDescription", i.description }, { "CompartmentId", 1 },
    { "NetAdapter", object.new("MSFT_NetAdapter", { { "Name", i.alias }, { "Status", i.connected and "Up" or i.enabled and "Disconnected" or "Disabled" },
      { "LinkLayerAddress", i.mac }, { "MacAddress", i.mac } }) },
    { "NetIPv6Interface", interface_of(interfaces, i, "IPv6") }, { "NetIPv4Interface", interface_of(interfaces, i, "IPv4") },
    { "NetProfile", object.new("MSFT_NetConnectionProfile", { { "Name", known and (i.conf.NetworkName or "Network") or "Unidentified network" },
      { "NetworkCategory", i.conf.NetworkCategory } }) },
    { "AllIPAddresses", addresses_of(all, i, "IPv4", false) }, { "IPv6Address", addresses_of(all, i, "IPv6", false) },
    { "IPv6LinkLocalAddress", addresses_of(all, i, "IPv6", true) }, { "IPv4Address", addresses_of(all, i, "IPv4", false) },
    { "IPv6DefaultGateway", gateways_of(l, i, "inet6") }, { "IPv4DefaultGateway", gateways_of(l, i, "inet") },
    { "DNSServer", servers_of(i) },
  })
end

registry.add {
  name = "Get-NetIPConfiguration", kind = "cmdlet", effect = "reads", aliases = { "gip" },
  parameters = { { name = "InterfaceAlias", type = "string", position = 1, aliases = { "ifAlias" }, wildcard = true, pipeline = "name" },
    { name = "InterfaceIndex", type = "int", aliases = { "ifIndex" }, pipeline = "name" },
    { name = "All", type = "switch" }, { name = "Detailed", type = "switch" } },
  synopsis = { en = "Each interface's addresses, gateways, DNS servers", ja = "インターフェイスごとのアドレス、ゲートウェイ、DNS サーバー" },
  about = "addresses and gateways live, DNS servers from the model", lacks = "-AllCompartments, -CimSession",
  run = function(ctx, args)
    local l, found = live.new(ctx.world), false
    for _, i in ipairs(choose.interfaces_down(args.All and l:interfaces() or l:adapters())) do
      local fits = (not args.InterfaceAlias or change.like(args.InterfaceAlias, i.alias))
        and (not args.InterfaceIndex or args.InterfaceIndex == i.index) and (i.enabled or args.All or args.InterfaceAlias)
      if fits then
        found = true
        ctx.emit(configuration(l, i, args.Detailed))
      end
    end
    if not found and args.InterfaceAlias and not change.has_wildcard(args.InterfaceAlias) then
      change.not_found(ctx, "Get-NetIPInterface", "MSFT_NetIPInterface", "InterfaceAlias", args.InterfaceAlias)
    elseif not found and args.InterfaceIndex then
      change.not_found(ctx, "Get-NetIPInterface", "MSFT_NetIPInterface", "InterfaceIndex", tostring(args.InterfaceIndex))
    end
  end,
}
