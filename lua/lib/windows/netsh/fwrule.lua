-- SPDX-License-Identifier: GPL-2.0-or-later
-- netsh advfirewall firewall: add, delete, set and show rule.

local change = require("windows.machine.change")
local rules = require("windows.machine.rules")

local function say(ctx, status, ...)
  for _, line in ipairs { ... } do ctx.emit(line) end
  ctx.emit("")
  return status
end

local none = "No rules match the specified criteria."

local usages = {
  add = { "Usage: add rule name=<string>", "      dir=in|out", "      action=allow|block|bypass", "      [program=<program path>]",
    "      [service=<service short name>|any]", "      [description=<string>]", "      [enable=yes|no (default=yes)]",
    "      [profile=public|private|domain|any[,...]]", "      [localip=any|<IPv4 address>|<IPv6 address>|<subnet>|<range>|<list>]",
    "      [remoteip=any|localsubnet|dns|dhcp|wins|defaultgateway|", "         <IPv4 address>|<IPv6 address>|<subnet>|<range>|<list>]",
    "      [localport=0-65535|<port range>[,...]|RPC|RPC-EPMap|IPHTTPS|any (default=any)]",
    "      [remoteport=0-65535|<port range>[,...]|any (default=any)]", "      [protocol=0-255|icmpv4|icmpv6|icmpv4:type,code|icmpv6:type,code|",
    "         tcp|udp|any (default=any)]", "      [interfacetype=wireless|lan|ras|any]", "      [edge=yes|deferapp|deferuser|no (default=no)]" },
  delete = { "Usage: delete rule name=<string>", "      [dir=in|out]", "      [profile=public|private|domain|any[,...]]", "      [program=<program path>]",
    "      [service=<service short name>|any]", "      [localip=any|<IPv4 address>|<IPv6 address>|<subnet>|<range>|<list>]", "      [remoteip=...]",
    "      [localport=0-65535|<port range>[,...]|any]", "      [remoteport=0-65535|<port range>[,...]|any]", "      [protocol=tcp|udp|icmpv4|icmpv6|any]" },
  set = { "Usage: set rule", "      group=<string> | name=<string>", "      [dir=in|out] [profile=...] [program=...] [localport=...] [protocol=...]",
    "      new", "      [name=<string>] [dir=in|out] [action=allow|block] [enable=yes|no] [profile=...]",
    "      [localip=...] [remoteip=...] [localport=...] [remoteport=...] [protocol=...]" },
  show = { "Usage: show rule name=<string>", "      [profile=public|private|domain|any[,...]]", "      [type=static|dynamic]", "      [verbose]" },
}

local function wrong(ctx, verb, why)
  ctx.emit("")
  ctx.emit(why)
  ctx.emit("")
  return say(ctx, 1, table.unpack(usages[verb]))
end

local known = { name = 1, dir = 1, action = 1, program = 1, service = 1, description = 1, enable = 1, profile = 1, localip = 1, remoteip = 1,
  localport = 1, remoteport = 1, protocol = 1, interfacetype = 1, edge = 1, group = 1, security = 1, rmtcomputergrp = 1, type = 1, grouping = 1 }

-- key=value words; nil for one that is none. Bare words in `plain` are switches.
local function pairs_of(words, from, to, plain)
  local out = {}
  for k = from, to do
    local key, value = words[k]:match("^(%a+)=(.*)$")
    key = key and key:lower() or words[k]:lower()
    if value and known[key] then
      out[key] = value
    elseif plain and plain[key] then
      out[key] = true
    else
      return nil
    end
  end
  return out
end

local function split(s)
  local out = {}
  for item in s:gmatch("[^,]+") do out[#out + 1] = item end
  return out
end

local directions = { ["in"] = "Inbound", out = "Outbound" }
local actions = { allow = "Allow", block = "Block" }
local profile_words = { public = "Public", private = "Private", domain = "Domain", any = "Any" }
local edges = { yes = "Allow", no = "Block", deferapp = "DeferToApp", deferuser = "DeferToUser" }
local enables = { yes = true, no = false }

local function mapped(map, value, out, name)
  if value == nil then return true end
  local v = map[value:lower()]
  out[name] = v
  return v ~= nil
end

-- What the keys say as a rule's properties; nil and the words of the error.
local function properties(v, was)
  local a, invalid = {}, "A specified value is not valid."
  local good = mapped(directions, v.dir, a, "Direction") and mapped(actions, v.action, a, "Action") and mapped(edges, v.edge, a, "EdgeTraversalPolicy")
  local enabled = {}
  good = good and mapped(enables, v.enable, enabled, "Enabled")
  if v.profile then
    a.Profile = {}
    for _, p in ipairs(split(v.profile)) do
      a.Profile[#a.Profile + 1] = profile_words[p:lower()]
      good = good and profile_words[p:lower()] ~= nil
    end
    if #a.Profile == 3 then a.Profile = { "Any" } end
  end
  if v.protocol then
    local protocol, rest = v.protocol:match("^([^:]+):?(.*)$")
    a.Protocol = rules.protocol(protocol or "") or protocol
    local type, code = (rest or ""):match("^(%w+),(%w+)$")
    if type and type:lower() ~= "any" then a.IcmpType = { code:lower() == "any" and type or type .. ":" .. code } end
  end
  if not good then return nil, invalid end
  a.Description = v.description
  a.Program = v.program and (v.program:lower() == "any" and "Any" or v.program)
  a.Service = v.service and (v.service:lower() == "any" and "Any" or v.service)
  a.LocalPort, a.RemotePort = v.localport and split(v.localport), v.remoteport and split(v.remoteport)
  a.LocalAddress, a.RemoteAddress = v.localip and split(v.localip), v.remoteip and split(v.remoteip)
  local out, why = rules.properties(a, was)
  if not out then return nil, why:find("^Ports can only") and why or invalid end
  if enabled.Enabled ~= nil then out.Enabled = enabled.Enabled end
  return out
end

local function add(ctx, words)
  local v = pairs_of(words, 1, #words)
  if not v then return wrong(ctx, "add", "A specified value is not valid.") end
  if not (v.name and v.dir and v.action) then return wrong(ctx, "add", "One or more essential parameters were not entered.") end
  if v.name:lower() == "all" then return wrong(ctx, "add", "A specified value is not valid.") end
  local r, why = properties(v)
  if not r then return wrong(ctx, "add", why) end
  r.DisplayName, r.Enabled = v.name, r.Enabled == nil or r.Enabled
  local _, err = change.try(ctx, "firewall.rule.add", r)
  if err then return say(ctx, 1, err.message or "A specified value is not valid.") end
  return say(ctx, 0, "Ok.")
end

local function same_list(list, wanted)
  local a, b = change.list(list), split(wanted)
  if #a == 0 then a = { "Any" } end
  if #a ~= #b then return false end
  for k, x in ipairs(a) do
    if tostring(x):lower() ~= b[k]:lower() then return false end
  end
  return true
end

-- The rules that fit what stands before `new`, or what delete and show name.
local function select(list, v)
  local out = {}
  for _, r in ipairs(list) do
    local protocol = v.protocol and rules.protocol(v.protocol:match("^[^:]+"))
    local fits = (v.name == nil or v.name:lower() == "all" or r.DisplayName:lower() == v.name:lower())
      and (v.group == nil or (r.DisplayGroup or ""):lower() == v.group:lower())
      and (v.dir == nil or directions[v.dir:lower()] == r.Direction)
      and (v.protocol == nil or protocol == (r.Protocol or "Any"))
      and (v.localport == nil or same_list(r.LocalPort, v.localport)) and (v.remoteport == nil or same_list(r.RemotePort, v.remoteport))
      and (v.localip == nil or same_list(r.LocalAddress, v.localip)) and (v.remoteip == nil or same_list(r.RemoteAddress, v.remoteip))
      and (v.program == nil or (r.Program or "Any"):lower() == v.program:lower())
      and (v.service == nil or (r.Service or "Any"):lower() == v.service:lower())
    if fits and v.profile and v.profile:lower() ~= "any" then
      fits = false
      for _, p in ipairs(change.list(r.Profile)) do fits = fits or p == "Any" or v.profile:lower():find(p:lower(), 1, true) ~= nil end
    end
    if fits then out[#out + 1] = r end
  end
  return out
end

local function persistent(ctx)
  local out, store = {}, rules.store("PersistentStore")
  for _, r in ipairs(change.windows(ctx).firewall.rules) do
    if store(r) then out[#out + 1] = r end
  end
  return out
end

local function delete(ctx, words)
  local v = pairs_of(words, 1, #words)
  if not v then return wrong(ctx, "delete", "A specified value is not valid.") end
  if not v.name then return wrong(ctx, "delete", "One or more essential parameters were not entered.") end
  local names = {}
  for _, r in ipairs(select(persistent(ctx), v)) do names[#names + 1] = r.Name end
  if #names == 0 then return say(ctx, 1, "", none) end
  local _, err = change.try(ctx, "firewall.rule.remove", { Names = names })
  if err then return say(ctx, 1, "", err.message or none) end
  return say(ctx, 0, "", ("Deleted %d rule(s)."):format(#names), "Ok.")
end

local function set(ctx, words)
  local at = #words + 1
  for k, w in ipairs(words) do
    if w:lower() == "new" then at = k end
  end
  local v, new = pairs_of(words, 1, at - 1), pairs_of(words, at + 1, #words)
  if not v or not new then return wrong(ctx, "set", "A specified value is not valid.") end
  if not (v.name or v.group) or not next(new) then return wrong(ctx, "set", "One or more essential parameters were not entered.") end
  local list = select(persistent(ctx), v)
  if #list == 0 then return say(ctx, 1, "", none) end
  for _, r in ipairs(list) do
    local t, why = properties(new, r)
    if not t then return wrong(ctx, "set", why) end
    t.DisplayName = new.name
    local _, err = change.try(ctx, "firewall.rule.set", { Names = { r.Name }, set = t })
    if err then return say(ctx, 1, "", err.message or none) end
  end
  return say(ctx, 0, "", ("Updated %d rule(s)."):format(#list), "Ok.")
end

local function with_mask(a)
  local family = rules.is_ip(a)
  return family and a .. (family == "IPv4" and "/32" or "/128") or a
end

local function joined(list, f)
  local out = {}
  for k, x in ipairs(change.list(list)) do out[k] = f and f(x) or x end
  return #out == 0 and "Any" or table.concat(out, ",")
end

local function profiles(r)
  local list = change.list(r.Profile)
  if #list == 0 or list[1] == "Any" then return "Domain,Private,Public" end
  return table.concat(list, ",")
end

local edge_words = { Block = "No", Allow = "Yes", DeferToApp = "Defer to application", DeferToUser = "Defer to user" }

local function show_rule(ctx, r, verbose)
  local function row(key, value) ctx.emit(("%-38s%s"):format(key, value)) end
  ctx.emit("")
  row("Rule Name:", r.DisplayName)
  ctx.emit(("-"):rep(70))
  if verbose and (r.Description or "") ~= "" then row("Description:", r.Description) end
  row("Enabled:", r.Enabled == false and "No" or "Yes")
  row("Direction:", r.Direction == "Outbound" and "Out" or "In")
  row("Profiles:", profiles(r))
  row("Grouping:", r.DisplayGroup or "")
  row("LocalIP:", joined(r.LocalAddress, with_mask))
  row("RemoteIP:", joined(r.RemoteAddress, with_mask))
  row("Protocol:", r.Protocol or "Any")
  if r.Protocol == "TCP" or r.Protocol == "UDP" then
    row("LocalPort:", joined(r.LocalPort))
    row("RemotePort:", joined(r.RemotePort))
  elseif (r.Protocol or ""):find("^ICMP") and rules.narrow(change.list(r.IcmpType)) then
    row("", "Type    Code")
    for _, t in ipairs(change.list(r.IcmpType)) do
      local type, code = tostring(t):match("^(%d+):?(%w*)$")
      row("", ("%-8s%-8s"):format(type or t, code and code ~= "" and code or "Any"))
    end
  end
  row("Edge traversal:", edge_words[r.EdgeTraversalPolicy or "Block"] or "No")
  if verbose then
    row("Program:", r.Program or "Any")
    row("Service:", r.Service or "Any")
    row("InterfaceTypes:", "Any")
    row("Security:", "NotRequired")
    row("Rule source:", "Local Setting")
  end
  row("Action:", r.Action or "Allow")
end

local function show(ctx, words)
  local v = pairs_of(words, 1, #words, { verbose = true })
  if not v then return wrong(ctx, "show", "A specified value is not valid.") end
  if not v.name then return wrong(ctx, "show", "One or more essential parameters were not entered.") end
  local list = select(persistent(ctx), v)
  if #list == 0 then return say(ctx, 1, "", none) end
  for _, r in ipairs(list) do show_rule(ctx, r, v.verbose) end
  return say(ctx, 0, "Ok.")
end

local function verb(name, help, run)
  return { name = name, help = help, verb = true,
    { name = "rule", help = help, rest = true, usage = usages[name], run = run } }
end

return { name = "firewall", help = "Changes to the `netsh advfirewall firewall' context.",
  verb("add", "Adds a new inbound or outbound firewall rule.", add),
  verb("delete", "Deletes all matching firewall rules.", delete),
  verb("set", "Sets new values for properties of a existing rule.", set),
  verb("show", "Displays a specified firewall rule.", show),
}
