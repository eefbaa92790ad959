-- SPDX-License-Identifier: GPL-2.0-or-later
-- Operations on the Hyper-V firewall: rules, the setting of a VM creator, its profiles.

local check = require("wsl2.check")
local firewall = require("wsl2.firewall")
local match = require("wsl2.match")
local room = require("wsl2.room")
local rules = require("wsl2.rules")
local state = require("wsl2.state")

local hyperv = { ops = {} }

-- Ports of a TCP or UDP rule, types of an ICMP one.
local function ports(v) return check.ports(v) or check.icmp_types(v) end

local rule_fields = {
  Name = { check.name }, DisplayName = { check.text }, VMCreatorId = { check.name },
  Direction = { check.word("Inbound", "Outbound") }, Action = { check.word("Allow", "Block") }, Protocol = { check.protocol },
  LocalPorts = { ports }, RemotePorts = { ports }, LocalAddresses = { check.addresses }, RemoteAddresses = { check.addresses },
  Enabled = { check.boolean }, Profiles = { check.profiles },
  PolicyStoreSource = { check.word("PersistentStore", "ActiveStore", "GroupPolicy") },
}

local function any() return core.array({ "Any" }) end

local function check_pairs(r)
  local given = not (match.is_any(r.LocalPorts) and match.is_any(r.RemotePorts))
  if given and (r.Protocol == "Any" or not match.protocol(r.Protocol)) then
    state.fail("InvalidArgument", "A port cannot be specified with the %s protocol.", r.Protocol)
  end
end

hyperv.ops["hyperv.rule.add"] = function(model, args)
  local r = check.fields(args, rule_fields, "a rule")
  local name = r.Name or firewall.made_name(model)
  if state.by(model.windows.hyperv.rules, "Name", name) then
    state.fail("Exists", "Cannot create a file when that file already exists.")
  end
  local new = { Name = name, DisplayName = name, VMCreatorId = rules.WSL, Direction = "Inbound", Action = "Allow", Protocol = "Any",
    LocalPorts = any(), RemotePorts = any(), LocalAddresses = any(), RemoteAddresses = any(), Enabled = true, Profiles = any(),
    PolicyStoreSource = "PersistentStore" }
  for k, v in pairs(r) do new[k] = v end
  check_pairs(new)
  room.one_more("hyperv", model.windows.hyperv.rules)
  table.insert(model.windows.hyperv.rules, new)
  room.rules(model.windows.hyperv.rules)
  return { Name = name }
end

local function table_of(v) return type(v) == "table" and v or nil end
local names = { check.list(check.name), true }

hyperv.ops["hyperv.rule.set"] = function(model, args)
  local a = check.fields(args, { Names = names, set = { table_of, true } }, "a change of rules")
  local set = check.fields(a.set, rule_fields, "a rule")
  for _, r in ipairs(firewall.named(model.windows.hyperv.rules, a.Names, "Name", "MSFT_NetFirewallHyperVRule")) do
    for k, v in pairs(set) do r[k] = state.clone(v) end
    check_pairs(r)
  end
  room.rules(model.windows.hyperv.rules)
end

hyperv.ops["hyperv.rule.remove"] = function(model, args)
  local a = check.fields(args, { Names = names }, "a removal of rules")
  local gone = {}
  for _, r in ipairs(firewall.named(model.windows.hyperv.rules, a.Names, "Name", "MSFT_NetFirewallHyperVRule")) do gone[r] = true end
  model.windows.hyperv.rules = state.remove_where(model.windows.hyperv.rules, function(r) return gone[r] end)
end

hyperv.ops["hyperv.setting.set"] = function(model, args)
  local a = check.fields(args, { Name = { check.name, true }, set = { table_of, true } }, "a change of a setting")
  local set = check.fields(a.set, { Enabled = { check.setting }, DefaultInboundAction = { check.action },
    DefaultOutboundAction = { check.action }, LoopbackEnabled = { check.setting }, AllowHostPolicyMerge = { check.setting } },
    "a VM creator's setting")
  local s = firewall.named(model.windows.hyperv.settings, { a.Name }, "Name", "MSFT_NetFirewallHyperVVMSetting")[1]
  for k, v in pairs(set) do s[k] = v end
end

hyperv.ops["hyperv.profile.set"] = function(model, args)
  local a = check.fields(args, { Name = { check.name }, Profiles = { check.profiles, true }, set = { table_of, true } },
    "a change of profiles")
  local set = check.fields(a.set, { Enabled = { check.setting }, DefaultInboundAction = { check.action },
    DefaultOutboundAction = { check.action }, AllowLocalFirewallRules = { check.setting } }, "a profile")
  local creator, found = (a.Name or rules.WSL):lower(), false
  for _, p in ipairs(model.windows.hyperv.profiles) do
    if p.Name:lower() == creator and (match.is_any(a.Profiles) or match.holds(a.Profiles, p.Profile)) then
      found = true
      for k, v in pairs(set) do p[k] = v end
    end
  end
  if not found then
    state.fail("NotFound", "No MSFT_NetFirewallHyperVProfile objects found with property 'Name' equal to '%s'.  "
      .. "Verify the value of the property and retry.", a.Name or rules.WSL)
  end
end

return hyperv
