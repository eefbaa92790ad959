-- SPDX-License-Identifier: GPL-2.0-or-later
-- Addresses and routes: New-, Set-, Remove-NetIPAddress and -NetRoute; Set-NetIPInterface.

local change = require("windows.machine.change")
local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local named = require("windows.machine.named")
local registry = require("windows.registry")

local confirm = { { name = "WhatIf", type = "switch" }, { name = "Confirm", type = "switch" } }
local interface = {
  { name = "InterfaceAlias", type = "string[]", pipeline = "name", wildcard = true, aliases = { "ifAlias" } },
  { name = "InterfaceIndex", type = "int[]", pipeline = "name", aliases = { "ifIndex" } },
}
local piped = { { name = "InputObject", type = "object[]", pipeline = "value" } }
local store = { { name = "PolicyStore", type = "enum", values = { "ActiveStore", "PersistentStore" } } }

local function with(...)
  local out = {}
  for _, l in ipairs { ... } do
    for _, p in ipairs(l) do out[#out + 1] = p end
  end
  return out
end

local function invalid(ctx, cmdlet, class, text)
  change.cim_error(ctx, cmdlet, class, { code = "InvalidArgument", message = text })
end

-- What a New- or Set- command prints of an object is what its Get- prints; one that is gone again by then is not shown.
local function show(ctx, cmdlet, args)
  local quiet = setmetatable({ piped = false, input = function() end, fail = function() end }, { __index = ctx })
  registry.find(cmdlet).run(quiet, args)
end

-- ---- addresses ----

local address_class = "MSFT_NetIPAddress"
local address_effect = "the address is put on, or taken from, the namespace's interface"

registry.add {
  name = "New-NetIPAddress", kind = "cmdlet", effect = "changes",
  parameters = with({ { name = "IPAddress", type = "string", mandatory = true, position = 1 }, { name = "PrefixLength", type = "int" },
    { name = "DefaultGateway", type = "string" }, { name = "AddressFamily", type = "enum", values = { "IPv4", "IPv6" } },
    { name = "SkipAsSource", type = "bool" }, { name = "Type", type = "enum", values = { "Unicast", "Anycast" } } }, interface, store, confirm),
  synopsis = { en = "Gives an interface an address", ja = "インターフェイスにアドレスを付ける" },
  about = address_effect, lacks = "lifetimes and -SkipAsSource: taken, without effect",
  run = function(ctx, args)
    local cmdlet = "New-NetIPAddress"
    local i = named.interfaces(ctx, cmdlet, address_class, args)[1]
    if not i then
      if not (args.InterfaceAlias or args.InterfaceIndex) then invalid(ctx, cmdlet, address_class, "The parameter is incorrect. ") end
      return
    end
    local family = ip.family(args.IPAddress)
    local most = family == "inet" and 32 or 128
    local length = args.PrefixLength or most
    if not family or length < 0 or length > most or (args.DefaultGateway and ip.family(args.DefaultGateway) ~= family) then
      return invalid(ctx, cmdlet, address_class, "The parameter is incorrect. ")
    end
    if args.WhatIf then return end
    local _, err = change.try(ctx, "address.add", { InterfaceAlias = i.alias, IPAddress = args.IPAddress, PrefixLength = length,
      DefaultGateway = args.DefaultGateway or "" })
    if err then
      local text = err.message and err.message:lower():find("gateway", 1, true)
        and "Instance DefaultGateway already exists" or "The object already exists. "
      return change.cim_error(ctx, cmdlet, address_class, err, { Exists = text })
    end
    show(ctx, "Get-NetIPAddress", { IPAddress = { args.IPAddress } })
  end,
}

-- The addresses meant: { i, a } by -IPAddress, interface, or objects piped in.
local function addresses(ctx, cmdlet, args)
  local net, found = live.new(ctx.world), {}
  local function pick(wanted, alias, index)
    local hit = false
    for _, i in ipairs(net:interfaces()) do
      for _, list in ipairs { i.v4, i.v6 } do
        for _, a in ipairs(list) do
          local family = ip.family(a.ip) == "inet" and "IPv4" or "IPv6"
          local fits = (wanted == nil or a.ip == wanted) and change.any_like(alias, i.alias)
            and (index == nil or change.any_like(index, i.index)) and (args.AddressFamily == nil or args.AddressFamily == family)
          if fits then
            found[#found + 1], hit = { i = i, a = a }, true
          end
        end
      end
    end
    if not hit then
      if wanted then change.not_found(ctx, cmdlet, address_class, "IPAddress", wanted) else change.no_match(ctx, cmdlet, address_class) end
    end
  end
  local wanted = change.list(args.IPAddress)
  if #wanted == 0 and (args.InputObject ~= nil or (ctx.piped and not args.InterfaceAlias and not args.InterfaceIndex)) then
    change.each(ctx, args.InputObject, function(o)
      local address = tostring(o.IPAddress or o):gsub("%%.*$", "")
      pick(address, nil, o.InterfaceIndex)
    end)
  elseif #wanted == 0 then
    if args.InterfaceAlias or args.InterfaceIndex or args.AddressFamily then pick(nil, args.InterfaceAlias, args.InterfaceIndex) end
  else
    for _, w in ipairs(wanted) do pick(w, args.InterfaceAlias, args.InterfaceIndex) end
  end
  return found
end

local address_choose = with({ { name = "IPAddress", type = "string[]", position = 1 },
  { name = "AddressFamily", type = "enum", values = { "IPv4", "IPv6" } }, { name = "PassThru", type = "switch" } },
  { { name = "InterfaceAlias", type = "string[]", wildcard = true, aliases = { "ifAlias" } },
    { name = "InterfaceIndex", type = "int[]", aliases = { "ifIndex" } } }, piped, store, confirm)

registry.add {
  name = "Set-NetIPAddress", kind = "cmdlet", effect = "changes",
  parameters = with(address_choose, { { name = "PrefixLength", type = "int" }, { name = "SkipAsSource", type = "bool" },
    { name = "PreferredLifetime", type = "string" } }),
  synopsis = { en = "Changes an address", ja = "アドレスを変える" },
  about = address_effect .. "; -PreferredLifetime 00:00:00 makes it deprecated", lacks = "other lifetimes and -SkipAsSource: taken, without effect",
  run = function(ctx, args)
    for _, t in ipairs(addresses(ctx, "Set-NetIPAddress", args)) do
      local set = { PrefixLength = args.PrefixLength }
      if args.PreferredLifetime then set.Deprecated = not args.PreferredLifetime:find("[1-9]") end
      if next(set) and not args.WhatIf then
        local _, err = change.try(ctx, "address.set", { InterfaceAlias = t.i.alias, IPAddress = t.a.ip, set = set })
        if err then change.cim_error(ctx, "Set-NetIPAddress", address_class, err, { InvalidArgument = "The parameter is incorrect. " }) end
      end
      if args.PassThru then show(ctx, "Get-NetIPAddress", { IPAddress = { t.a.ip } }) end
    end
  end,
}

registry.add {
  name = "Remove-NetIPAddress", kind = "cmdlet", effect = "changes",
  parameters = with(address_choose, { { name = "DefaultGateway", type = "string" } }),
  synopsis = { en = "Takes an address from an interface", ja = "アドレスを外す" },
  about = address_effect, lacks = "-DefaultGateway is taken and not needed: routes go with the address, as in the kernel",
  run = function(ctx, args)
    local ask = change.asker(ctx, args)
    for _, t in ipairs(addresses(ctx, "Remove-NetIPAddress", args)) do
      local family = ip.family(t.a.ip) == "inet" and "IPv4" or "IPv6"
      if ask(('Performing operation "Remove" on Target "NetIPAddress -%sAddress %s -InterfaceIndex %d -Store Active"')
        :format(family, t.a.ip, t.i.index)) then
        local _, err = change.try(ctx, "address.remove", { InterfaceAlias = t.i.alias, IPAddress = t.a.ip })
        if err then change.cim_error(ctx, "Remove-NetIPAddress", address_class, err) end
      end
    end
  end,
}

-- ---- routes ----

local route_class = "MSFT_NetRoute"
local route_effect = "the route is put in, or taken from, the namespace's main table"

-- "10.0.0.0/8" as the kernel would write it; nil when it is no prefix.
local function prefix(s)
  local address, length = tostring(s):match("^(.-)/(%d+)$")
  local family = address and ip.family(address)
  if not family or tonumber(length) > (family == "inet" and 32 or 128) then return nil end
  return s, family
end

registry.add {
  name = "New-NetRoute", kind = "cmdlet", effect = "changes",
  parameters = with({ { name = "DestinationPrefix", type = "string", mandatory = true, position = 1 }, { name = "NextHop", type = "string" },
    { name = "RouteMetric", type = "int" }, { name = "AddressFamily", type = "enum", values = { "IPv4", "IPv6" } } }, interface, store, confirm),
  synopsis = { en = "Makes a route", ja = "経路を作る" },
  about = route_effect, lacks = "-Publish, lifetimes",
  run = function(ctx, args)
    local cmdlet = "New-NetRoute"
    local i = named.interfaces(ctx, cmdlet, route_class, args)[1]
    if not i then return end
    local dst, family = prefix(args.DestinationPrefix)
    local hop = args.NextHop or (family == "inet" and "0.0.0.0" or "::")
    if not dst or ip.family(hop) ~= family then return invalid(ctx, cmdlet, route_class, "The parameter is incorrect. ") end
    if args.WhatIf then return end
    local _, err = change.try(ctx, "route.add", { DestinationPrefix = dst, InterfaceAlias = i.alias, NextHop = hop,
      RouteMetric = args.RouteMetric or 256, Persistent = args.PolicyStore ~= "ActiveStore" })
    if err then return change.cim_error(ctx, cmdlet, route_class, err, { Exists = "Instance MSFT_NetRoute already exists" }) end
    show(ctx, "Get-NetRoute", { DestinationPrefix = { dst }, NextHop = { hop } })
  end,
}

-- The routes meant, by criteria or piped in.
local function routes(ctx, cmdlet, args)
  local net, found = live.new(ctx.world), {}
  local function pick(by)
    local hit = false
    for _, family in ipairs { "inet", "inet6" } do
      local name = family == "inet" and "IPv4" or "IPv6"
      for _, r in ipairs(net:routes(family)) do
        if change.any_like(by.DestinationPrefix, r.prefix) and change.any_like(by.NextHop, r.next_hop) and change.any_like(by.InterfaceAlias, r.i.alias)
          and change.any_like(by.InterfaceIndex, r.i.index) and (by.AddressFamily == nil or by.AddressFamily == name) then
          found[#found + 1], hit = r, true
        end
      end
    end
    if hit then return end
    local wanted = change.list(by.DestinationPrefix)[1]
    if wanted then change.not_found(ctx, cmdlet, route_class, "DestinationPrefix", wanted) else change.no_match(ctx, cmdlet, route_class) end
  end
  if args.DestinationPrefix or args.NextHop or args.InterfaceAlias or args.InterfaceIndex then
    pick(args)
  else
    change.each(ctx, args.InputObject, function(o)
      pick { DestinationPrefix = o.DestinationPrefix, NextHop = o.NextHop, InterfaceIndex = o.InterfaceIndex or o.ifIndex }
    end)
  end
  return found
end

local route_choose = with({ { name = "DestinationPrefix", type = "string[]", position = 1, wildcard = true },
  { name = "NextHop", type = "string[]", wildcard = true }, { name = "AddressFamily", type = "enum", values = { "IPv4", "IPv6" } },
  { name = "PassThru", type = "switch" }, { name = "InterfaceAlias", type = "string[]", wildcard = true, aliases = { "ifAlias" } },
  { name = "InterfaceIndex", type = "int[]", aliases = { "ifIndex" } } }, piped, store, confirm)

registry.add {
  name = "Set-NetRoute", kind = "cmdlet", effect = "changes",
  parameters = with(route_choose, { { name = "RouteMetric", type = "int" } }),
  synopsis = { en = "Changes a route's metric", ja = "経路のメトリックを変える" },
  about = route_effect, lacks = "-Publish, lifetimes",
  run = function(ctx, args)
    for _, r in ipairs(routes(ctx, "Set-NetRoute", args)) do
      if args.RouteMetric and not args.WhatIf then
        local _, err = change.try(ctx, "route.set", { DestinationPrefix = r.prefix, InterfaceAlias = r.i.alias, NextHop = r.next_hop,
          RouteMetric = args.RouteMetric })
        if err then change.cim_error(ctx, "Set-NetRoute", route_class, err) end
      end
      if args.PassThru then show(ctx, "Get-NetRoute", { DestinationPrefix = { r.prefix }, NextHop = { r.next_hop } }) end
    end
  end,
}

registry.add {
  name = "Remove-NetRoute", kind = "cmdlet", effect = "changes", parameters = route_choose,
  synopsis = { en = "Deletes routes", ja = "経路を消す" },
  about = route_effect, lacks = "-Publish",
  run = function(ctx, args)
    local ask = change.asker(ctx, args)
    for _, r in ipairs(routes(ctx, "Remove-NetRoute", args)) do
      if ask(('Performing operation "Remove" on Target "NetRoute -DestinationPrefix %s -InterfaceIndex %d -NextHop %s -Store Active"')
        :format(r.prefix, r.i.index, r.next_hop)) then
        local _, err = change.try(ctx, "route.remove", { DestinationPrefix = r.prefix, InterfaceAlias = r.i.alias, NextHop = r.next_hop })
        if err then change.cim_error(ctx, "Remove-NetRoute", route_class, err) end
      end
    end
  end,
}

-- ---- interfaces ----

local interface_class = "MSFT_NetIPInterface"
local on = { "Enabled", "Disabled" }

registry.add {
  name = "Set-NetIPInterface", kind = "cmdlet", effect = "changes",
  parameters = with({ { name = "InterfaceAlias", type = "string[]", position = 1, wildcard = true, aliases = { "ifAlias" } },
    { name = "InterfaceIndex", type = "int[]", aliases = { "ifIndex" } }, { name = "AddressFamily", type = "enum", values = { "IPv4", "IPv6" } },
    { name = "InterfaceMetric", type = "int", aliases = { "ifMetric" } }, { name = "NlMtuBytes", type = "int", aliases = { "NlMtu" } },
    { name = "Forwarding", type = "enum", values = on }, { name = "Dhcp", type = "enum", values = on },
    { name = "AutomaticMetric", type = "enum", values = on }, { name = "PassThru", type = "switch" } }, piped, store, confirm),
  synopsis = { en = "Changes an interface's metric, MTU, forwarding, DHCP", ja = "メトリック、MTU、転送、DHCP を変える" },
  about = "MTU and forwarding are the kernel's, the metric counts in each route's",
  lacks = "-AddressFamily: both families share metric and MTU; -AutomaticMetric",
  run = function(ctx, args)
    local cmdlet = "Set-NetIPInterface"
    if args.InputObject ~= nil or (ctx.piped and not args.InterfaceAlias and not args.InterfaceIndex) then
      local indexes, seen = {}, {}
      change.each(ctx, args.InputObject, function(o)
        local n = o.InterfaceIndex or o.ifIndex
        if n and not seen[n] then indexes[#indexes + 1] = n end
        seen[n or 0] = true
      end)
      args.InterfaceIndex = indexes
    end
    local set = { InterfaceMetric = args.InterfaceMetric, NlMtu = args.NlMtuBytes, Forwarding = args.Forwarding, Dhcp = args.Dhcp }
    for _, i in ipairs((named.interfaces(ctx, cmdlet, interface_class, args))) do
      if next(set) and not args.WhatIf then
        local _, err = change.try(ctx, "interface.set", { InterfaceAlias = i.alias, set = set })
        if err then change.cim_error(ctx, cmdlet, interface_class, err, { InvalidArgument = "The parameter is incorrect. " }) end
      end
      if args.PassThru then show(ctx, "Get-NetIPInterface", { InterfaceIndex = { i.index } }) end
    end
  end,
}
