-- SPDX-License-Identifier: GPL-2.0-or-later
-- Operations on Windows Firewall: rules and profiles.

local check = require("wsl2.check")
local defaults = require("wsl2.defaults")
local match = require("wsl2.match")
local room = require("wsl2.room")
local rules = require("wsl2.rules")
local state = require("wsl2.state")

local firewall = { ops = {} }

local rule_fields = {
  Name = { check.name }, DisplayName = { check.text }, Description = { check.text }, DisplayGroup = { check.text },
  Group = { check.text }, Enabled = { check.boolean }, Profile = { check.profiles },
  Direction = { check.word("Inbound", "Outbound") }, Action = { check.word("Allow", "Block") }, Protocol = { check.protocol },
  LocalPort = { check.ports }, RemotePort = { check.ports }, LocalAddress = { check.addresses },
  RemoteAddress = { check.addresses }, IcmpType = { check.icmp_types }, Program = { check.text }, Service = { check.text },
  InterfaceAlias = { check.aliases }, InterfaceType = { check.text },
  EdgeTraversalPolicy = { check.word("Block", "Allow", "DeferToUser", "DeferToApp") },
  PolicyStoreSource = { check.word("PersistentStore", "ActiveStore", "GroupPolicy") },
}

local function any() return core.array({ "Any" }) end

local function blank(name)
  return {
    Name = name, DisplayName = name, Description = "", DisplayGroup = "", Enabled = true, Profile = any(), Direction = "Inbound",
    Action = "Allow", Protocol = "Any", LocalPort = any(), RemotePort = any(), LocalAddress = any(), RemoteAddress = any(),
    IcmpType = any(), Program = "Any", Service = "Any", InterfaceAlias = any(), EdgeTraversalPolicy = "Block",
    PolicyStoreSource = "PersistentStore",
  }
end

-- Ports belong to TCP and UDP, types to ICMP: Windows refuses other pairs.
local function check_pairs(r)
  local with_ports = r.Protocol == "TCP" or r.Protocol == "UDP"
  if not with_ports and not (match.is_any(r.LocalPort) and match.is_any(r.RemotePort)) then
    state.fail("InvalidArgument", "A port cannot be specified with the %s protocol.", r.Protocol)
  end
  if not tostring(r.Protocol):find("ICMP", 1, true) and not match.is_any(r.IcmpType) then
    state.fail("InvalidArgument", "An ICMP type cannot be specified with the %s protocol.", r.Protocol)
  end
end

-- A name for a rule that got none: "{GUID}", of the hidden counter and so never one twice.
local function made_name(model)
  local h = state.hidden(model)
  h.names = (h.names or 0) + 1
  local n = h.names * 0x9e3779b97f4a7c15
  return ("{%08X-%04X-4%03X-A%03X-%012X}"):format(n >> 32 & 0xffffffff, n >> 16 & 0xffff, n >> 4 & 0xfff, h.names & 0xfff,
    (n ~ (n >> 13)) & 0xffffffffffff)
end
firewall.made_name = made_name

firewall.ops["firewall.rule.add"] = function(model, args)
  local r = check.fields(args, rule_fields, "a rule")
  local name = r.Name or made_name(model)
  if state.by(model.windows.firewall.rules, "Name", name) then
    state.fail("Exists", "Cannot create a file when that file already exists.")
  end
  local new = blank(name)
  for k, v in pairs(r) do new[k] = v end
  check_pairs(new)
  room.one_more("firewall", model.windows.firewall.rules)
  table.insert(model.windows.firewall.rules, new)
  room.rules(model.windows.firewall.rules)
  return { Name = name }
end

-- Each of the named things of a list; one that is not there fails the whole.
function firewall.named(list, names, key, class)
  local out = {}
  for i, name in ipairs(names) do
    local item = state.by(list, key, name)
    if not item then
      state.fail("NotFound", "No %s objects found with property '%s' equal to '%s'.  Verify the value of the property and retry.",
        class, key, tostring(name))
    end
    out[i] = item
  end
  return out
end

local names_field = { Names = { check.list(check.name), true } }

firewall.ops["firewall.rule.set"] = function(model, args)
  local a = check.fields(args, { Names = names_field.Names, set = { function(v) return type(v) == "table" and v or nil end, true } },
    "a change of rules")
  local set = check.fields(a.set, rule_fields, "a rule")
  for _, r in ipairs(firewall.named(model.windows.firewall.rules, a.Names, "Name", "MSFT_NetFirewallRule")) do
    for k, v in pairs(set) do r[k] = state.clone(v) end
    check_pairs(r)
  end
  room.rules(model.windows.firewall.rules)
end

firewall.ops["firewall.rule.remove"] = function(model, args)
  local a = check.fields(args, names_field, "a removal of rules")
  local gone = {}
  for _, r in ipairs(firewall.named(model.windows.firewall.rules, a.Names, "Name", "MSFT_NetFirewallRule")) do gone[r] = true end
  model.windows.firewall.rules = state.remove_where(model.windows.firewall.rules, function(r) return gone[r] end)
end

local profile_fields = {
  Enabled = { check.setting }, DefaultInboundAction = { check.action }, DefaultOutboundAction = { check.action },
  AllowInboundRules = { check.setting }, AllowLocalFirewallRules = { check.setting }, AllowLocalIPsecRules = { check.setting },
  AllowUserApps = { check.setting }, AllowUserPorts = { check.setting }, AllowUnicastResponseToMulticast = { check.setting },
  NotifyOnListen = { check.setting }, EnableStealthModeForIPsec = { check.setting }, LogFileName = { check.text },
  LogMaxSizeKilobytes = { check.integer(1, 32767) }, LogAllowed = { check.setting }, LogBlocked = { check.setting },
  LogIgnored = { check.setting },
}

firewall.ops["firewall.profile.set"] = function(model, args)
  local a = check.fields(args, { Profiles = { check.profiles, true }, set = { function(v) return type(v) == "table" and v or nil end, true } },
    "a change of profiles")
  local set = check.fields(a.set, profile_fields, "a profile")
  local names = match.is_any(a.Profiles) and { "Domain", "Private", "Public" } or a.Profiles
  for _, name in ipairs(names) do
    for k, v in pairs(set) do model.windows.firewall.profiles[name][k] = v end
  end
end

-- Rules and profiles as on a PC nobody has touched, and those that a running service keeps there.
firewall.ops["firewall.reset"] = function(model)
  local f, shared = model.windows.firewall, "WSLCore-SharedAccess-Allow-Rule"
  local kept = state.by(f.rules, "Name", shared)
  f.rules = rules.windows()
  if not kept then f.rules = state.remove_where(f.rules, function(r) return r.Name == shared end) end
  for name in pairs(f.profiles) do f.profiles[name] = defaults.profile() end
end

firewall.ops["category.set"] = function(model, args)
  local a = check.fields(args, { InterfaceAlias = { check.name, true },
    NetworkCategory = { check.word("Private", "Public", "DomainAuthenticated"), true } }, "a network")
  if a.NetworkCategory == "DomainAuthenticated" then
    state.fail("Denied", "Unable to set NetworkCategory to 'DomainAuthenticated'.  This NetworkCategory type will be set "
      .. "automatically when authenticated to a domain network.")
  end
  state.interface(model, a.InterfaceAlias).NetworkCategory = a.NetworkCategory
end

return firewall
