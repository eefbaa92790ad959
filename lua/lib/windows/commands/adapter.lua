-- SPDX-License-Identifier: GPL-2.0-or-later
-- Adapters and what is set on them: Enable-, Disable-, Restart-, Rename-NetAdapter, DNS servers, DNS cache, network category.

local change = require("windows.machine.change")
local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local named = require("windows.machine.named")
local registry = require("windows.registry")

local confirm = { { name = "WhatIf", type = "switch" }, { name = "Confirm", type = "switch" } }

local function with(...)
  local out = {}
  for _, l in ipairs { ... } do
    for _, p in ipairs(l) do out[#out + 1] = p end
  end
  return out
end

local class = "MSFT_NetAdapter"

-- The adapters meant by -Name, -InterfaceDescription, -InterfaceIndex, or piped in.
local function adapters(ctx, cmdlet, args)
  local net, found = live.new(ctx.world), {}
  local function pick(property, value, of)
    local hit = false
    for _, i in ipairs(net:adapters()) do
      if change.like(tostring(value), of(i)) then
        found[#found + 1], hit = i, true
      end
    end
    if not hit and not change.has_wildcard(tostring(value)) then change.not_found(ctx, cmdlet, class, property, tostring(value)) end
  end
  local alias = function(i) return i.alias end
  for _, n in ipairs(change.list(args.Name)) do pick("Name", n, alias) end
  for _, d in ipairs(change.list(args.InterfaceDescription)) do pick("InterfaceDescription", d, function(i) return i.description end) end
  if args.Name == nil and args.InterfaceDescription == nil then
    change.each(ctx, args.InputObject, function(o) pick("Name", o.InterfaceAlias or o.Name or "", alias) end)
  end
  return found
end

local choose = with({ { name = "Name", type = "string[]", position = 1, wildcard = true, aliases = { "ifAlias", "InterfaceAlias" } },
  { name = "InterfaceDescription", type = "string[]", wildcard = true, aliases = { "ifDesc" } },
  { name = "InputObject", type = "object[]", pipeline = "value" }, { name = "PassThru", type = "switch" },
  { name = "IncludeHidden", type = "switch" } }, confirm)

for _, t in ipairs {
  { "Enable", "Up", "Turns adapters on", "アダプターを有効にする" }, { "Disable", "Disabled", "Turns adapters off", "アダプターを無効にする" },
  { "Restart", "Restart", "Turns adapters off and on again", "アダプターを再起動する" },
} do
  local cmdlet, status = t[1] .. "-NetAdapter", t[2]
  registry.add {
    name = cmdlet, kind = "cmdlet", effect = "changes", parameters = choose, synopsis = { en = t[3], ja = t[4] },
    about = "the namespace's interface goes down or up; its routes go and come back with it", lacks = "-AsJob, -CimSession",
    run = function(ctx, args)
      local ask = change.asker(ctx, args, t[1] ~= "Disable")
      for _, i in ipairs(adapters(ctx, cmdlet, args)) do
        if ask(("%s '%s'"):format(cmdlet, i.alias)) then
          local _, err = change.try(ctx, "adapter.set", { Name = i.alias, Status = status })
          if err then change.cim_error(ctx, cmdlet, class, err) end
          local get = args.PassThru and not err and registry.find("Get-NetAdapter")
          if get then get.run(setmetatable({ piped = false }, { __index = ctx }), { Name = { i.alias } }) end
        end
      end
    end,
  }
end

registry.add {
  name = "Rename-NetAdapter", kind = "cmdlet", effect = "imitated",
  parameters = with({ { name = "Name", type = "string", position = 1 }, { name = "NewName", type = "string", mandatory = true, position = 2 },
    { name = "InputObject", type = "object[]", pipeline = "value" } }, confirm),
  synopsis = { en = "Gives an adapter another name", ja = "アダプターの名前を変える" },
  about = "refused with one line", lacks = "all",
  run = function(ctx)
    change.cim_error(ctx, "Rename-NetAdapter", class, { code = "NotSupported", message = "netdojo: adapters keep their names in this lab" })
  end,
}

-- ---- DNS ----

local client_class = "MSFT_DNSClientServerAddress"

local by_interface = {
  { name = "InterfaceAlias", type = "string[]", position = 1, wildcard = true, aliases = { "ifAlias" } },
  { name = "InterfaceIndex", type = "int[]", aliases = { "ifIndex" } }, { name = "InputObject", type = "object[]", pipeline = "value" },
}

registry.add {
  name = "Set-DnsClientServerAddress", kind = "cmdlet", effect = "changes",
  parameters = with(by_interface, { { name = "ServerAddresses", type = "string[]", aliases = { "Addresses" } },
    { name = "ResetServerAddresses", type = "switch", aliases = { "ResetAddresses" } }, { name = "Validate", type = "switch" },
    { name = "PassThru", type = "switch" } }, confirm),
  synopsis = { en = "Sets the DNS servers of an interface", ja = "インターフェイスの DNS サーバーを設定する" },
  about = "Windows' resolver, WSL's DNS proxy and tunnel ask these servers", lacks = "-Validate is taken, without effect",
  run = function(ctx, args)
    local cmdlet = "Set-DnsClientServerAddress"
    for _, a in ipairs(change.list(args.ServerAddresses)) do
      if not ip.family(a) then
        return change.cim_error(ctx, cmdlet, client_class, { code = "InvalidArgument", message = "The parameter is incorrect. " })
      end
    end
    for _, i in ipairs(named.or_piped(ctx, cmdlet, client_class, args)) do
      local t = { InterfaceAlias = i.alias }
      if args.ResetServerAddresses then t.Reset = true else t.ServerAddresses = change.list(args.ServerAddresses) end
      if (args.ResetServerAddresses or args.ServerAddresses ~= nil) and not args.WhatIf then
        local _, err = change.try(ctx, "dns.set", t)
        if err then change.cim_error(ctx, cmdlet, client_class, err) end
      end
      local get = args.PassThru and registry.find("Get-DnsClientServerAddress")
      if get then get.run(setmetatable({ piped = false }, { __index = ctx }), { InterfaceAlias = { i.alias } }) end
    end
  end,
}

registry.add {
  name = "Clear-DnsClientCache", kind = "cmdlet", effect = "imitated", parameters = confirm,
  synopsis = { en = "Empties the DNS cache", ja = "DNS キャッシュを空にする" },
  about = "nothing is cached in the lab: every question is asked anew", lacks = "the cache",
  run = function() end,
}

registry.add {
  name = "Set-NetConnectionProfile", kind = "cmdlet", effect = "changes",
  parameters = with({ { name = "NetworkCategory", type = "enum", values = { "Public", "Private" } },
    { name = "InterfaceAlias", type = "string[]", wildcard = true, aliases = { "ifAlias" } },
    { name = "InterfaceIndex", type = "int[]", aliases = { "ifIndex" } }, { name = "InputObject", type = "object[]", pipeline = "value" },
    { name = "Name", type = "string[]", position = 1, wildcard = true }, { name = "PassThru", type = "switch" } }, confirm),
  synopsis = { en = "Makes a network private or public", ja = "ネットワークをプライベートかパブリックにする" },
  about = "which profile's firewall rules count on the interface", lacks = "-IPv4Connectivity, DomainAuthenticated",
  run = function(ctx, args)
    local cmdlet, of_class = "Set-NetConnectionProfile", "MSFT_NetConnectionProfile"
    if args.Name ~= nil then
      local get = registry.find("Get-NetConnectionProfile")
      local objects = {}
      if get then
        get.run(setmetatable({ piped = false, emit = function(o) objects[#objects + 1] = o end }, { __index = ctx }), { Name = args.Name })
      end
      args.InputObject = objects
    end
    for _, i in ipairs(named.or_piped(ctx, cmdlet, of_class, args)) do
      if args.NetworkCategory and not args.WhatIf then
        local _, err = change.try(ctx, "category.set", { InterfaceAlias = i.alias, NetworkCategory = args.NetworkCategory })
        if err then change.cim_error(ctx, cmdlet, of_class, err) end
      end
    end
  end,
}
