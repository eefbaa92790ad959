-- SPDX-License-Identifier: GPL-2.0-or-later
-- Windows Firewall's rules: Get-, New-, Set-, Remove-, Enable-, Disable-, Rename-, Show-NetFirewallRule.

local change = require("windows.machine.change")
local registry = require("windows.registry")
local rules = require("windows.machine.rules")

local class = "MSFT_NetFirewallRule"
local stores = "PersistentStore|ActiveStore, the others are empty"
local effect = "the rules become nftables rules of the Windows node's namespace, by the profile of each interface"

local function store(ctx, cmdlet, name)
  local f = rules.store(name)
  if not f then
    ctx.throw("The specified policy store is invalid or is not supported: " .. tostring(name),
      { category = "InvalidArgument", target = class, exception = "CimException", id = "Windows System Error 87," .. cmdlet })
  end
  return f
end

local criteria = { "Name", "DisplayName", "DisplayGroup", "Group", "Description", "Direction", "Action", "Enabled" }

local function asks(args)
  for _, name in ipairs(criteria) do
    if args[name] ~= nil then return true end
  end
  return args.All == true
end

-- The rules a command is about: by criteria, given or piped in (rules, or filters of rules).
local function targets(ctx, args, cmdlet)
  local list = change.windows(ctx).firewall.rules
  local in_store = store(ctx, cmdlet, args.PolicyStore)
  if asks(args) then
    local found, missing = rules.select(list, args, in_store)
    if missing then change.not_found(ctx, cmdlet, class, missing[1], missing[2]) end
    return found
  end
  local found = {}
  change.each(ctx, args.InputObject, function(o)
    local r = type(o) == "table" and rules.by_name(list, o.InstanceID) or nil
    if r then
      found[#found + 1] = r
    else
      change.not_found(ctx, cmdlet, class, "InstanceID", tostring(type(o) == "table" and o.InstanceID or o))
    end
  end)
  return found
end

local function names_of(list)
  local names = {}
  for i, r in ipairs(list) do names[i] = r.Name end
  return names
end

local function ask(ctx, cmdlet, op, args)
  local result, err = change.try(ctx, op, args)
  if err then change.cim_error(ctx, cmdlet, class, err, { NotFound = "No rules match the specified criteria." }) end
  return result
end

-- What a command would do to a rule, told where -WhatIf is given: "What if: New-NetFirewallRule DisplayName: x".
local function only_told(ctx, args, cmdlet, r)
  if not args.WhatIf then return false end
  return not change.asker(ctx, args)(("%s DisplayName: %s"):format(cmdlet, r.DisplayName or r.Name))
end

local function pass(ctx, names)
  local list = change.windows(ctx).firewall.rules
  for _, name in ipairs(names) do
    local r = rules.by_name(list, name)
    if r then ctx.emit(rules.object(r)) end
  end
end

local choose = {
  { name = "Name", type = "string[]", position = 1, wildcard = true }, { name = "DisplayName", type = "string[]", wildcard = true },
  { name = "DisplayGroup", type = "string[]", wildcard = true }, { name = "Group", type = "string[]", wildcard = true },
  { name = "All", type = "switch" }, { name = "PolicyStore", type = "string" },
  { name = "InputObject", type = "object[]", pipeline = "value",
    aliases = { "AssociatedNetFirewallPortFilter", "AssociatedNetFirewallAddressFilter", "AssociatedNetFirewallApplicationFilter" } },
}

local query = {
  { name = "Description", type = "string[]", wildcard = true },
  { name = "Direction", type = "enum", values = { "Inbound", "Outbound" } },
  { name = "Action", type = "enum", values = { "Allow", "Block", "NotConfigured" } },
  { name = "Enabled", type = "enum", values = { "True", "False" } },
}

local confirm = { { name = "WhatIf", type = "switch" }, { name = "Confirm", type = "switch" } }

local settings = {
  { name = "Description", type = "string" }, { name = "Direction", type = "enum", values = { "Inbound", "Outbound" } },
  { name = "Action", type = "enum", values = { "Allow", "Block", "NotConfigured" } },
  { name = "Enabled", type = "enum", values = { "True", "False" } },
  { name = "Profile", type = "enum[]", values = { "Any", "Domain", "Private", "Public", "NotApplicable" } },
  { name = "EdgeTraversalPolicy", type = "enum", values = { "Block", "Allow", "DeferToUser", "DeferToApp" } },
  { name = "Protocol", type = "string" }, { name = "LocalPort", type = "string[]" }, { name = "RemotePort", type = "string[]" },
  { name = "IcmpType", type = "string[]" }, { name = "LocalAddress", type = "string[]" }, { name = "RemoteAddress", type = "string[]" },
  { name = "Program", type = "string" }, { name = "Service", type = "string" }, { name = "InterfaceAlias", type = "string[]" },
}

local function parameters(...)
  local out, seen = {}, {}
  for _, list in ipairs { ... } do
    for _, p in ipairs(list) do
      if not seen[p.name] then out[#out + 1] = p end
      seen[p.name] = true
    end
  end
  return out
end

registry.add {
  name = "Get-NetFirewallRule", kind = "cmdlet", effect = "reads", parameters = parameters(choose, query),
  synopsis = { en = "Firewall rules", ja = "ファイアウォールの規則" },
  about = "the rules that the namespace's nftables table is made of", lacks = "-AssociatedNetFirewallProfile; -PolicyStore: " .. stores,
  run = function(ctx, args)
    if not asks(args) and args.InputObject == nil and not ctx.piped then args.All = true end
    for _, r in ipairs(targets(ctx, args, "Get-NetFirewallRule")) do ctx.emit(rules.object(r)) end
  end,
}

registry.add {
  name = "Show-NetFirewallRule", kind = "cmdlet", effect = "reads", parameters = { { name = "PolicyStore", type = "string" } },
  synopsis = { en = "Firewall rules with their filters", ja = "規則とそのフィルター" },
  about = "as Get-NetFirewallRule, with what each rule is limited to", lacks = "-GPOSession",
  run = function(ctx, args)
    local in_store = store(ctx, "Show-NetFirewallRule", args.PolicyStore)
    for _, r in ipairs(change.windows(ctx).firewall.rules) do
      if in_store(r) then
        ctx.emit(rules.object(r))
        for _, kind in ipairs { "Port", "Address", "Application", "Interface", "Service" } do ctx.emit(rules.filter_object(kind, r)) end
      end
    end
  end,
}

registry.add {
  name = "New-NetFirewallRule", kind = "cmdlet", effect = "changes",
  parameters = parameters({ { name = "DisplayName", type = "string", mandatory = true }, { name = "Name", type = "string" },
    { name = "Group", type = "string" }, { name = "PolicyStore", type = "string" } }, settings, confirm),
  synopsis = { en = "Makes a firewall rule", ja = "規則を作る" },
  about = effect, lacks = "IPsec (-Authentication, -Encryption), -Owner, -LocalUser, -InterfaceType, packages",
  run = function(ctx, args)
    local cmdlet = "New-NetFirewallRule"
    store(ctx, cmdlet, args.PolicyStore)
    local rule, why = rules.properties(args)
    if not rule then return change.cim_error(ctx, cmdlet, class, { code = "InvalidArgument", message = why }) end
    rule.Name, rule.DisplayName = args.Name, args.DisplayName
    rule.Enabled = rule.Enabled == nil or rule.Enabled
    rule.Direction, rule.Action = rule.Direction or "Inbound", rule.Action or "Allow"
    if (args.PolicyStore or ""):lower() == "activestore" then rule.PolicyStoreSource = "ActiveStore" end
    if only_told(ctx, args, cmdlet, rule) then return end
    local result, err = change.try(ctx, "firewall.rule.add", rule)
    if err then
      return change.cim_error(ctx, cmdlet, class, err, { Exists = "Cannot create a file when that file already exists. " })
    end
    pass(ctx, { result.Name or args.Name })
  end,
}

registry.add {
  name = "Set-NetFirewallRule", kind = "cmdlet", effect = "changes",
  parameters = parameters(choose, { { name = "NewDisplayName", type = "string" }, { name = "PassThru", type = "switch" } }, settings, confirm),
  synopsis = { en = "Changes firewall rules", ja = "規則を変える" },
  about = effect, lacks = "IPsec, -Owner, -LocalUser, -InterfaceType, packages",
  run = function(ctx, args)
    local cmdlet = "Set-NetFirewallRule"
    local by = { Name = args.Name, DisplayName = args.DisplayName, DisplayGroup = args.DisplayGroup, Group = args.Group,
      All = args.All, PolicyStore = args.PolicyStore, InputObject = args.InputObject }
    local list = targets(ctx, by, cmdlet)
    args.Group = nil -- here it chooses; New-NetFirewallRule alone sets one
    for _, r in ipairs(list) do
      local set, why = rules.properties(args, r)
      if not set then return change.cim_error(ctx, cmdlet, class, { code = "InvalidArgument", message = why }) end
      set.DisplayName = args.NewDisplayName
      if not only_told(ctx, args, cmdlet, r) then ask(ctx, cmdlet, "firewall.rule.set", { Names = { r.Name }, set = set }) end
    end
    if args.PassThru and not args.WhatIf then pass(ctx, names_of(list)) end
  end,
}

-- Enable-, Disable- and Remove- take the same criteria and do one thing with all that fit.
local function on_all(verb, synopsis, op, more)
  local cmdlet = verb .. "-NetFirewallRule"
  registry.add {
    name = cmdlet, kind = "cmdlet", effect = "changes",
    parameters = parameters(choose, query, { { name = "PassThru", type = "switch" } }, confirm),
    synopsis = synopsis, about = effect, lacks = "-AssociatedNetFirewallProfile",
    run = function(ctx, args)
      local list = targets(ctx, args, cmdlet)
      local names = names_of(list)
      if args.WhatIf then
        for _, r in ipairs(list) do only_told(ctx, args, cmdlet, r) end
      end
      if #names == 0 or args.WhatIf then return end
      if args.PassThru and verb == "Remove" then pass(ctx, names) end
      local t = { Names = names }
      for k, v in pairs(more or {}) do t[k] = v end
      if ask(ctx, cmdlet, op, t) and args.PassThru and verb ~= "Remove" then pass(ctx, names) end
    end,
  }
end

on_all("Enable", { en = "Turns firewall rules on", ja = "規則を有効にする" }, "firewall.rule.set", { set = { Enabled = true } })
on_all("Disable", { en = "Turns firewall rules off", ja = "規則を無効にする" }, "firewall.rule.set", { set = { Enabled = false } })
on_all("Remove", { en = "Deletes firewall rules", ja = "規則を消す" }, "firewall.rule.remove")

registry.add {
  name = "Rename-NetFirewallRule", kind = "cmdlet", effect = "changes",
  parameters = parameters(choose, { { name = "NewName", type = "string", mandatory = true }, { name = "PassThru", type = "switch" } }, confirm),
  synopsis = { en = "Gives a rule another Name", ja = "規則の Name を変える" },
  about = effect, lacks = "",
  run = function(ctx, args)
    local list = targets(ctx, args, "Rename-NetFirewallRule")
    for _, r in ipairs(list) do
      if not only_told(ctx, args, "Rename-NetFirewallRule", r)
        and ask(ctx, "Rename-NetFirewallRule", "firewall.rule.set", { Names = { r.Name }, set = { Name = args.NewName } }) and args.PassThru then
        pass(ctx, { args.NewName })
      end
    end
  end,
}
