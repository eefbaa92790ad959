-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a firewall rule is limited to: Get- and Set-NetFirewall{Port,Address,Application,Service,Interface}Filter.

local change = require("windows.machine.change")
local registry = require("windows.registry")
local rules = require("windows.machine.rules")

local titles = {
  Port = { en = "protocols and ports", ja = "プロトコルとポート" }, Address = { en = "addresses", ja = "アドレス" },
  Application = { en = "programs", ja = "プログラム" }, Service = { en = "services", ja = "サービス" },
  Interface = { en = "interfaces", ja = "インターフェイス" },
}

local order = { "Port", "Address", "Application", "Service", "Interface" }

-- The rules of the filters or rules given or piped in.
local function rules_of(ctx, given, list)
  local found = {}
  change.each(ctx, given, function(o)
    local r = type(o) == "table" and rules.by_name(list, o.InstanceID)
    if r then found[#found + 1] = r end
  end)
  return found
end

-- What the parameters ask for beyond the rule itself: -Protocol, -Program, -Service.
local function fits(kind, args, r)
  if kind == "Port" then return change.any_like(args.Protocol and rules.protocol(args.Protocol) or args.Protocol, r.Protocol or "Any") end
  if kind == "Application" then return change.any_like(args.Program, r.Program or "Any") end
  if kind == "Service" then return change.any_like(args.Service, r.Service or "Any") end
  return true
end

local query = { Port = { { name = "Protocol", type = "string" } }, Application = { { name = "Program", type = "string" } },
  Service = { { name = "Service", type = "string" } } }

local function get(kind)
  local parameters = {
    { name = "AssociatedNetFirewallRule", type = "object[]", pipeline = "value", aliases = { "InputObject" } },
    { name = "All", type = "switch" }, { name = "PolicyStore", type = "string" },
  }
  for _, p in ipairs(query[kind] or {}) do parameters[#parameters + 1] = p end
  registry.add {
    name = "Get-NetFirewall" .. kind .. "Filter", kind = "cmdlet", effect = "reads", parameters = parameters,
    synopsis = { en = "What rules are limited to: " .. titles[kind].en, ja = "規則を限るもの: " .. titles[kind].ja },
    about = "read from the rules", lacks = "-DynamicTarget, -GPOSession",
    run = function(ctx, args)
      local list = change.windows(ctx).firewall.rules
      local own = args.All or not (args.AssociatedNetFirewallRule or ctx.piped)
      local in_store = rules.store(args.PolicyStore) or rules.store("PersistentStore")
      for _, r in ipairs(own and list or rules_of(ctx, args.AssociatedNetFirewallRule, list)) do
        if (not own or in_store(r)) and fits(kind, args, r) then ctx.emit(rules.filter_object(kind, r)) end
      end
    end,
  }
end

local settable = {
  Port = { { name = "Protocol", type = "string" }, { name = "LocalPort", type = "string[]" }, { name = "RemotePort", type = "string[]" },
    { name = "IcmpType", type = "string[]" } },
  Address = { { name = "LocalAddress", type = "string[]" }, { name = "RemoteAddress", type = "string[]" } },
  Application = { { name = "Program", type = "string" } }, Service = { { name = "Service", type = "string" } },
  Interface = { { name = "InterfaceAlias", type = "string[]" } },
}

local function set(kind)
  local cmdlet = "Set-NetFirewall" .. kind .. "Filter"
  local parameters = { { name = "InputObject", type = "object[]", pipeline = "value" }, { name = "PassThru", type = "switch" } }
  for _, p in ipairs(settable[kind]) do parameters[#parameters + 1] = p end
  registry.add {
    name = cmdlet, kind = "cmdlet", effect = "changes", parameters = parameters,
    synopsis = { en = "Changes what rules are limited to: " .. titles[kind].en, ja = "規則を限るものを変える: " .. titles[kind].ja },
    about = "changes the rule the filter belongs to, and so the namespace's nftables table", lacks = "-PolicyStore: the rule's own is taken",
    run = function(ctx, args)
      local class = rules.filters[kind].class
      for _, r in ipairs(rules_of(ctx, args.InputObject, change.windows(ctx).firewall.rules)) do
        local wanted, why = rules.properties(args, r)
        if not wanted then return change.cim_error(ctx, cmdlet, class, { code = "InvalidArgument", message = why }) end
        local _, err = change.try(ctx, "firewall.rule.set", { Names = { r.Name }, set = wanted })
        if err then change.cim_error(ctx, cmdlet, class, err) end
        if not err and args.PassThru then
          ctx.emit(rules.filter_object(kind, rules.by_name(change.windows(ctx).firewall.rules, r.Name)))
        end
      end
    end,
  }
end

for _, kind in ipairs(order) do
  get(kind)
  set(kind)
end
