-- SPDX-License-Identifier: GPL-2.0-or-later
-- The Hyper-V firewall: what may reach the machines of a VM creator, WSL's being one.

local change = require("windows.machine.change")
local object = require("windows.object")
local registry = require("windows.registry")
local rules = require("windows.machine.rules")

local gpo = { "True", "False", "NotConfigured" }
local actions = { "Allow", "Block", "NotConfigured" }
local effect = "filters what is forwarded to WSL's node, in the Windows node's nftables table"
local confirm = { { name = "WhatIf", type = "switch" }, { name = "Confirm", type = "switch" } }

local function with(list, ...)
  local out = {}
  for _, l in ipairs { list, ... } do
    for _, p in ipairs(l) do out[#out + 1] = p end
  end
  return out
end

local function hyperv(ctx) return change.windows(ctx).hyperv end

local function same(a, b) return a ~= nil and b ~= nil and tostring(a):lower() == tostring(b):lower() end

registry.add {
  name = "Get-NetFirewallHyperVVMCreator", kind = "cmdlet", effect = "reads", parameters = {},
  synopsis = { en = "Who makes virtual machines here", ja = "仮想マシンを作るもの" },
  about = "from the model: WSL", lacks = "",
  run = function(ctx)
    for _, c in ipairs(hyperv(ctx).creators) do
      ctx.emit(object.new("MSFT_NetFirewallHyperVVMCreator", { { "VMCreatorId", c.VMCreatorId }, { "FriendlyName", c.FriendlyName } }))
    end
  end,
}

-- ---- settings ----

local setting_class = "MSFT_NetFirewallHyperVVMSetting"
local effective = { Enabled = "True", DefaultInboundAction = "Block", DefaultOutboundAction = "Allow", LoopbackEnabled = "False",
  AllowHostPolicyMerge = "True" }
local setting_names = { "Enabled", "DefaultInboundAction", "DefaultOutboundAction", "LoopbackEnabled", "AllowHostPolicyMerge" }

local function setting_object(s, active)
  local properties = { { "Name", s.Name } }
  for _, n in ipairs(setting_names) do
    local v = change.gpo(s[n])
    if active and v == "NotConfigured" then v = effective[n] end
    properties[#properties + 1] = { n, v }
  end
  return object.new(setting_class, properties)
end

local function settings_of(ctx, cmdlet, args)
  local wanted = change.list(args.Name)
  if args.Name == nil then change.each(ctx, args.InputObject, function(o) wanted[#wanted + 1] = o.Name or o.VMCreatorId end) end
  local list, found = hyperv(ctx).settings, {}
  if #wanted == 0 and not ctx.piped then return list end
  for _, w in ipairs(wanted) do
    local hit = false
    for _, s in ipairs(list) do
      if same(s.Name, w) or (change.has_wildcard(w) and change.like(w, s.Name)) then
        found[#found + 1], hit = s, true
      end
    end
    if not hit then change.not_found(ctx, cmdlet, setting_class, "Name", tostring(w)) end
  end
  return found
end

local setting_choose = {
  { name = "Name", type = "string[]", position = 1, aliases = { "VMCreatorId" }, wildcard = true },
  { name = "PolicyStore", type = "string" }, { name = "InputObject", type = "object[]", pipeline = "value" },
}

registry.add {
  name = "Get-NetFirewallHyperVVMSetting", kind = "cmdlet", effect = "reads", parameters = setting_choose,
  synopsis = { en = "The Hyper-V firewall's settings", ja = "Hyper-V ファイアウォールの設定" },
  about = "the settings the forward rules are made of", lacks = "stores other than PersistentStore and ActiveStore",
  run = function(ctx, args)
    local active = (args.PolicyStore or ""):lower() == "activestore"
    for _, s in ipairs(settings_of(ctx, "Get-NetFirewallHyperVVMSetting", args)) do ctx.emit(setting_object(s, active)) end
  end,
}

registry.add {
  name = "Set-NetFirewallHyperVVMSetting", kind = "cmdlet", effect = "changes",
  parameters = with(setting_choose, {
    { name = "Enabled", type = "enum", values = gpo }, { name = "DefaultInboundAction", type = "enum", values = actions },
    { name = "DefaultOutboundAction", type = "enum", values = actions }, { name = "LoopbackEnabled", type = "enum", values = gpo },
    { name = "AllowHostPolicyMerge", type = "enum", values = gpo }, { name = "PassThru", type = "switch" } }, confirm),
  synopsis = { en = "Changes the Hyper-V firewall's settings", ja = "Hyper-V ファイアウォールの設定を変える" },
  about = effect, lacks = "-GPOSession; LoopbackEnabled counts only where localhost is shared with Windows",
  run = function(ctx, args)
    local cmdlet, set = "Set-NetFirewallHyperVVMSetting", {}
    for _, n in ipairs(setting_names) do
      if args[n] ~= nil then set[n] = change.setting(args[n]) end
    end
    for _, s in ipairs(settings_of(ctx, cmdlet, args)) do
      if next(set) and not args.WhatIf then
        local _, err = change.try(ctx, "hyperv.setting.set", { Name = s.Name, set = set })
        if err then change.cim_error(ctx, cmdlet, setting_class, err) end
      end
      if args.PassThru then
        for _, new in ipairs(hyperv(ctx).settings) do
          if same(new.Name, s.Name) then ctx.emit(setting_object(new)) end
        end
      end
    end
  end,
}

-- ---- profiles ----

local profile_class = "MSFT_NetFirewallHyperVProfile"
local profile_names = { "Enabled", "DefaultInboundAction", "DefaultOutboundAction", "AllowLocalFirewallRules" }

local function kept_profile(h, creator, name)
  for _, p in ipairs(h.profiles) do
    if same(p.Name, creator) and same(p.Profile, name) then return p end
  end
  return {}
end

-- Every creator has the three profiles; one nobody touched says NotConfigured.
local function each_profile(ctx, args, f)
  local h = hyperv(ctx)
  for _, c in ipairs(h.creators) do
    for _, name in ipairs { "Public", "Private", "Domain" } do
      if change.any_like(args.Name, c.VMCreatorId) and change.any_like(args.Profile, name) then
        f(c.VMCreatorId, name, kept_profile(h, c.VMCreatorId, name))
      end
    end
  end
end

local profile_choose = {
  { name = "Profile", type = "enum[]", values = { "Any", "Domain", "Private", "Public" }, position = 1 },
  { name = "Name", type = "string[]", aliases = { "VMCreatorId" }, wildcard = true }, { name = "PolicyStore", type = "string" },
}

local function any_profile(args)
  for _, p in ipairs(change.list(args.Profile)) do
    if p:lower() == "any" then args.Profile = nil end
  end
end

registry.add {
  name = "Get-NetFirewallHyperVProfile", kind = "cmdlet", effect = "reads", parameters = profile_choose,
  synopsis = { en = "The Hyper-V firewall's profiles", ja = "Hyper-V ファイアウォールのプロファイル" },
  about = "from the model", lacks = "-GPOSession",
  run = function(ctx, args)
    any_profile(args)
    local active = (args.PolicyStore or ""):lower() == "activestore"
    each_profile(ctx, args, function(creator, name, p)
      local properties = { { "Name", creator }, { "Profile", name } }
      for _, n in ipairs(profile_names) do
        local v = change.gpo(p[n])
        if active and v == "NotConfigured" then v = effective[n] or "True" end
        properties[#properties + 1] = { n, v }
      end
      ctx.emit(object.new(profile_class, properties))
    end)
  end,
}

registry.add {
  name = "Set-NetFirewallHyperVProfile", kind = "cmdlet", effect = "changes",
  parameters = with(profile_choose, {
    { name = "Enabled", type = "enum", values = gpo }, { name = "DefaultInboundAction", type = "enum", values = actions },
    { name = "DefaultOutboundAction", type = "enum", values = actions },
    { name = "AllowLocalFirewallRules", type = "enum", values = gpo } }, confirm),
  synopsis = { en = "Changes the Hyper-V firewall's profiles", ja = "Hyper-V ファイアウォールのプロファイルを変える" },
  about = effect, lacks = "-GPOSession",
  run = function(ctx, args)
    any_profile(args)
    local set, by_creator, order = {}, {}, {}
    for _, n in ipairs(profile_names) do
      if args[n] ~= nil then set[n] = change.setting(args[n]) end
    end
    each_profile(ctx, args, function(creator, name)
      if not by_creator[creator] then
        by_creator[creator] = {}
        order[#order + 1] = creator
      end
      table.insert(by_creator[creator], name)
    end)
    if not next(set) or args.WhatIf then return end
    for _, creator in ipairs(order) do
      local _, err = change.try(ctx, "hyperv.profile.set", { Name = creator, Profiles = by_creator[creator], set = set })
      if err then change.cim_error(ctx, "Set-NetFirewallHyperVProfile", profile_class, err) end
    end
  end,
}

registry.add {
  name = "Get-NetFirewallHyperVPort", kind = "cmdlet", effect = "reads", parameters = {},
  synopsis = { en = "The ports of virtual machines at switches", ja = "仮想マシンのスイッチ ポート" },
  about = "one while WSL runs", lacks = "the GUIDs of port, partition and interface",
  run = function(ctx)
    local w = change.windows(ctx)
    if not w.wsl.running then return end
    for _, c in ipairs(w.hyperv.creators) do
      ctx.emit(object.new("MSFT_NetFirewallHyperVPort", { { "VMCreatorId", c.VMCreatorId }, { "PartitionFriendlyName", c.FriendlyName },
        { "SwitchName", w.wsl.network }, { "EnforcementStatus", "OK" } }))
    end
  end,
}

-- ---- rules ----

local rule_class = "MSFT_NetFirewallHyperVRule"

local function one(list)
  local l = change.list(list)
  if #l == 0 then return "Any" end
  return #l == 1 and l[1] or l
end

local function rule_object(r)
  local profiles = change.list(r.Profiles)
  return object.new(rule_class, {
    { "Name", r.Name }, { "DisplayName", r.DisplayName }, { "Direction", r.Direction }, { "VMCreatorId", r.VMCreatorId },
    { "Protocol", r.Protocol or "Any" }, { "LocalAddresses", one(r.LocalAddresses) }, { "LocalPorts", one(r.LocalPorts) },
    { "RemoteAddresses", one(r.RemoteAddresses) }, { "RemotePorts", one(r.RemotePorts) }, { "Action", r.Action },
    { "Enabled", change.gpo(r.Enabled) }, { "EnforcementStatus", "OK" }, { "PolicyStoreSource", r.PolicyStoreSource or "PersistentStore" },
    { "PolicyStoreSourceType", "Local" }, { "Profiles", #profiles == 0 and "Any" or table.concat(profiles, ", ") }, { "InstanceID", r.Name },
  })
end

local rule_choose = {
  { name = "Name", type = "string[]", position = 1, wildcard = true }, { name = "DisplayName", type = "string[]", wildcard = true },
  { name = "PolicyStore", type = "string" }, { name = "InputObject", type = "object[]", pipeline = "value" },
}
local rule_query = {
  { name = "VMCreatorId", type = "string" }, { name = "Direction", type = "enum", values = { "Inbound", "Outbound" } },
  { name = "Action", type = "enum", values = { "Allow", "Block" } }, { name = "Enabled", type = "enum", values = { "True", "False" } },
}
local rule_settings = {
  { name = "VMCreatorId", type = "string" }, { name = "Direction", type = "enum", values = { "Inbound", "Outbound" } },
  { name = "Action", type = "enum", values = { "Allow", "Block" } }, { name = "Protocol", type = "string" },
  { name = "LocalPorts", type = "string[]" }, { name = "RemotePorts", type = "string[]" }, { name = "LocalAddresses", type = "string[]" },
  { name = "RemoteAddresses", type = "string[]" }, { name = "Enabled", type = "enum", values = { "True", "False" } },
  { name = "Profiles", type = "enum[]", values = { "Any", "Domain", "Private", "Public" } },
}

local rule_fields = { "Name", "DisplayName", "VMCreatorId", "Direction", "Action", "Enabled" }

local function rules_of(ctx, cmdlet, args)
  local list, found, asked = hyperv(ctx).rules, {}, nil
  for _, n in ipairs(rule_fields) do
    if args[n] ~= nil then asked = asked or n end
  end
  if not asked and (args.InputObject ~= nil or ctx.piped) then
    change.each(ctx, args.InputObject, function(o)
      for _, r in ipairs(list) do
        if r.Name == o.Name then found[#found + 1] = r end
      end
    end)
    return found
  end
  for _, r in ipairs(list) do
    local fits = true
    for _, n in ipairs(rule_fields) do fits = fits and change.any_like(args[n], n == "Enabled" and change.gpo(r.Enabled) or r[n]) end
    if fits then found[#found + 1] = r end
  end
  local value = asked and tostring(change.list(args[asked])[1])
  if #found == 0 and asked and not change.has_wildcard(value) then change.not_found(ctx, cmdlet, rule_class, asked, value) end
  return found, asked ~= nil
end

-- Parameters as the model names them; nil and the error's words.
local function rule_properties(args, was)
  local protocol = args.Protocol and rules.protocol(args.Protocol) or was and was.Protocol or "Any"
  local icmp = protocol:find("^ICMP") and args.LocalPorts -- an ICMP rule has its types here
  local clean, why = rules.properties({ Direction = args.Direction, Action = args.Action, Protocol = args.Protocol, Enabled = args.Enabled,
    LocalPort = not icmp and args.LocalPorts or nil, RemotePort = args.RemotePorts, LocalAddress = args.LocalAddresses,
    RemoteAddress = args.RemoteAddresses }, was)
  if not clean then return nil, why end
  return { Direction = clean.Direction, Action = clean.Action, Protocol = clean.Protocol, Enabled = clean.Enabled,
    LocalPorts = icmp and change.list(icmp) or clean.LocalPort, RemotePorts = clean.RemotePort, LocalAddresses = clean.LocalAddress,
    RemoteAddresses = clean.RemoteAddress, VMCreatorId = args.VMCreatorId, Profiles = args.Profiles and change.list(args.Profiles) }
end

registry.add {
  name = "Get-NetFirewallHyperVRule", kind = "cmdlet", effect = "reads", parameters = with(rule_choose, rule_query),
  synopsis = { en = "The Hyper-V firewall's rules", ja = "Hyper-V ファイアウォールの規則" },
  about = "the rules the forward rules are made of", lacks = "-GPOSession",
  run = function(ctx, args)
    for _, r in ipairs((rules_of(ctx, "Get-NetFirewallHyperVRule", args))) do ctx.emit(rule_object(r)) end
  end,
}

registry.add {
  name = "New-NetFirewallHyperVRule", kind = "cmdlet", effect = "changes",
  parameters = with({ { name = "DisplayName", type = "string", mandatory = true }, { name = "Name", type = "string" },
    { name = "PolicyStore", type = "string" } }, rule_settings, confirm),
  synopsis = { en = "Makes a Hyper-V firewall rule", ja = "Hyper-V ファイアウォールの規則を作る" },
  about = effect, lacks = "-Priority, -GPOSession",
  run = function(ctx, args)
    local cmdlet = "New-NetFirewallHyperVRule"
    local r, why = rule_properties(args)
    if not r then return change.cim_error(ctx, cmdlet, rule_class, { code = "InvalidArgument", message = why }) end
    r.Name, r.DisplayName = args.Name, args.DisplayName
    r.Enabled = r.Enabled == nil or r.Enabled
    r.Direction, r.Action = r.Direction or "Inbound", r.Action or "Allow"
    if args.WhatIf then return end
    local result, err = change.try(ctx, "hyperv.rule.add", r)
    if err then
      return change.cim_error(ctx, cmdlet, rule_class, err, { Exists = "Cannot create a file when that file already exists. " })
    end
    for _, new in ipairs(hyperv(ctx).rules) do
      if new.Name == (result.Name or args.Name) then ctx.emit(rule_object(new)) end
    end
  end,
}

local function on_each(verb, synopsis, more, wanted)
  local cmdlet = verb .. "-NetFirewallHyperVRule"
  registry.add {
    name = cmdlet, kind = "cmdlet", effect = "changes", parameters = with(rule_choose, more, confirm), synopsis = synopsis, about = effect,
    lacks = "-PassThru, -GPOSession",
    run = function(ctx, args)
      local by = { Name = args.Name, DisplayName = args.DisplayName, InputObject = args.InputObject }
      local list, asked = rules_of(ctx, cmdlet, by)
      if not (asked or by.InputObject or ctx.piped) then return end
      for _, r in ipairs(list) do
        local op, set = wanted(args, r)
        if op == nil then return change.cim_error(ctx, cmdlet, rule_class, { code = "InvalidArgument", message = set }) end
        if not args.WhatIf then
          local _, err = change.try(ctx, op, { Names = { r.Name }, set = set })
          if err then change.cim_error(ctx, cmdlet, rule_class, err) end
        end
      end
    end,
  }
end

on_each("Set", { en = "Changes Hyper-V firewall rules", ja = "Hyper-V の規則を変える" },
  with({ { name = "NewDisplayName", type = "string" } }, rule_settings), function(args, r)
    local set, why = rule_properties(args, r)
    if not set then return nil, why end
    set.DisplayName = args.NewDisplayName
    return "hyperv.rule.set", set
  end)
on_each("Remove", { en = "Deletes Hyper-V firewall rules", ja = "Hyper-V の規則を消す" }, {}, function() return "hyperv.rule.remove" end)
on_each("Enable", { en = "Turns Hyper-V firewall rules on", ja = "Hyper-V の規則を有効にする" }, {},
  function() return "hyperv.rule.set", { Enabled = true } end)
on_each("Disable", { en = "Turns Hyper-V firewall rules off", ja = "Hyper-V の規則を無効にする" }, {},
  function() return "hyperv.rule.set", { Enabled = false } end)
on_each("Rename", { en = "Gives a Hyper-V rule another Name", ja = "Hyper-V の規則の Name を変える" },
  { { name = "NewName", type = "string", mandatory = true } }, function(args) return "hyperv.rule.set", { Name = args.NewName } end)
