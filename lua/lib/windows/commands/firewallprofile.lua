-- SPDX-License-Identifier: GPL-2.0-or-later
-- Windows Firewall's three profiles: Get- and Set-NetFirewallProfile, Get-NetFirewallSetting.

local change = require("windows.machine.change")
local object = require("windows.object")
local registry = require("windows.registry")

local class = "MSFT_NetFirewallProfile"
local names = { "Domain", "Private", "Public" }

-- What a profile shows, in order; what counts where it says NotConfigured (the active store shows that).
local shown = {
  { "Enabled", "True" }, { "DefaultInboundAction", "Block" }, { "DefaultOutboundAction", "Allow" }, { "AllowInboundRules", "True" },
  { "AllowLocalFirewallRules", "True" }, { "AllowLocalIPsecRules", "True" }, { "AllowUserApps", "True" }, { "AllowUserPorts", "True" },
  { "AllowUnicastResponseToMulticast", "True" }, { "NotifyOnListen", "True" }, { "EnableStealthModeForIPsec", "True" },
  { "LogFileName", "%systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log" }, { "LogMaxSizeKilobytes", 4096 },
  { "LogAllowed", "False" }, { "LogBlocked", "False" }, { "LogIgnored", "False" },
}

local fixed = { LogFileName = true, LogMaxSizeKilobytes = true, LogAllowed = true, LogBlocked = true, NotifyOnListen = true }

local function profile_object(name, p, active)
  local properties = { { "Name", name } }
  for _, s in ipairs(shown) do
    local v = p[s[1]]
    if v == nil and fixed[s[1]] then v = s[2] end
    v = change.gpo(v)
    if active and v == "NotConfigured" then v = s[2] end
    properties[#properties + 1] = { s[1], v }
  end
  properties[#properties + 1] = { "DisabledInterfaceAliases", { "NotConfigured" } }
  properties[#properties + 1] = { "Profile", name }
  properties[#properties + 1] = { "InstanceID", "MSFT|FW|FirewallProfile|" .. name }
  return object.new(class, properties)
end

-- The profiles that are meant, in Windows' order: by -Name, by objects piped in, or all.
local function chosen(ctx, args)
  local wanted = change.list(args.Name)
  if args.Name == nil and not args.All then
    change.each(ctx, args.InputObject, function(o) wanted[#wanted + 1] = o.Name or o.Profile end)
  end
  if #wanted == 0 and (args.All or not ctx.piped) then return names end
  local out = {}
  for _, n in ipairs(names) do
    for _, w in ipairs(wanted) do
      if change.like(w, n) then
        out[#out + 1] = n
        break
      end
    end
  end
  return out
end

local choose = {
  { name = "Name", type = "string[]", position = 1, aliases = { "Profile" } }, { name = "All", type = "switch" },
  { name = "PolicyStore", type = "string" }, { name = "InputObject", type = "object[]", pipeline = "value" },
}

registry.add {
  name = "Get-NetFirewallProfile", kind = "cmdlet", effect = "reads", parameters = choose,
  synopsis = { en = "The firewall's profiles", ja = "ファイアウォールのプロファイル" },
  about = "the settings the namespace's nftables table is made of", lacks = "-AssociatedNetFirewallRule, -GPOSession",
  run = function(ctx, args)
    local list = change.windows(ctx).firewall.profiles
    local active = (args.PolicyStore or ""):lower() == "activestore"
    for _, w in ipairs(change.list(args.Name)) do
      local known = false
      for _, n in ipairs(names) do known = known or change.like(w, n) end
      if not known then change.not_found(ctx, "Get-NetFirewallProfile", class, "Name", w) end
    end
    for _, n in ipairs(chosen(ctx, args)) do ctx.emit(profile_object(n, list[n] or {}, active)) end
  end,
}

local gpo = { "True", "False", "NotConfigured" }
local actions = { "Allow", "Block", "NotConfigured" }
local settable = {
  { name = "Enabled", type = "enum", values = gpo }, { name = "DefaultInboundAction", type = "enum", values = actions },
  { name = "DefaultOutboundAction", type = "enum", values = actions }, { name = "AllowInboundRules", type = "enum", values = gpo },
  { name = "AllowLocalFirewallRules", type = "enum", values = gpo },
  { name = "AllowUnicastResponseToMulticast", type = "enum", values = gpo }, { name = "NotifyOnListen", type = "enum", values = gpo },
  { name = "LogFileName", type = "string" }, { name = "LogMaxSizeKilobytes", type = "int" },
  { name = "LogAllowed", type = "enum", values = gpo }, { name = "LogBlocked", type = "enum", values = gpo },
}

local function set_parameters()
  local out = {}
  for _, p in ipairs(choose) do out[#out + 1] = p end
  for _, p in ipairs(settable) do out[#out + 1] = p end
  out[#out + 1] = { name = "PassThru", type = "switch" }
  out[#out + 1] = { name = "WhatIf", type = "switch" }
  out[#out + 1] = { name = "Confirm", type = "switch" }
  return out
end

registry.add {
  name = "Set-NetFirewallProfile", kind = "cmdlet", effect = "changes", parameters = set_parameters(),
  synopsis = { en = "Changes the firewall's profiles", ja = "プロファイルを変える" },
  about = "on, off, default actions and whether rules count are real; logging is kept and shown, nothing is logged",
  lacks = "-DisabledInterfaceAliases, IPsec settings, -GPOSession",
  run = function(ctx, args)
    local set, any = {}, false
    for _, p in ipairs(settable) do
      local v = args[p.name]
      if v ~= nil then
        set[p.name], any = v, true
        if p.type == "enum" then set[p.name] = change.setting(v) end
      end
    end
    local wanted = chosen(ctx, args)
    if #wanted > 0 and any and not args.WhatIf then
      local _, err = change.try(ctx, "firewall.profile.set", { Profiles = wanted, set = set })
      if err then return change.cim_error(ctx, "Set-NetFirewallProfile", class, err) end
    end
    if args.PassThru then
      local list = change.windows(ctx).firewall.profiles
      for _, n in ipairs(wanted) do ctx.emit(profile_object(n, list[n] or {})) end
    end
  end,
}

registry.add {
  name = "Get-NetFirewallSetting", kind = "cmdlet", effect = "reads", parameters = { { name = "PolicyStore", type = "string" } },
  synopsis = { en = "Settings of the whole firewall", ja = "ファイアウォール全体の設定" },
  about = "which profiles are in use now is real", lacks = "all IPsec settings",
  run = function(ctx)
    local used = {}
    for _, i in ipairs(change.windows(ctx).interfaces) do used[i.NetworkCategory or "Public"] = i.Status ~= "Disabled" or nil end
    local active = {}
    for _, n in ipairs(names) do
      if used[n] then active[#active + 1] = n end
    end
    ctx.emit(object.new("MSFT_NetSecuritySettingData", { { "Name", "Global IPSec SettingData" }, { "ActiveProfile", table.concat(active, ", ") } }))
  end,
}
