-- SPDX-License-Identifier: GPL-2.0-or-later
-- Windows Firewall's rules between the model and what cmdlets and netsh show: objects, filters, choosing, and parameters.

local change = require("windows.machine.change")
local object = require("windows.object")

local rules = {}

local function one(list)
  local l = change.list(list)
  if #l == 0 then return "Any" end
  if #l == 1 then return l[1] end
  return l
end

local function profile(r)
  local l = change.list(r.Profile)
  return #l == 0 and "Any" or table.concat(l, ", ")
end

-- A rule as Get-NetFirewallRule gives it. InstanceID ties a rule to its filters, as on Windows.
function rules.object(r)
  local active = r.PolicyStoreSource == "ActiveStore"
  return object.new("MSFT_NetFirewallRule", {
    { "Name", r.Name }, { "ID", r.Name }, { "DisplayName", r.DisplayName }, { "Group", r.Group or r.DisplayGroup },
    { "Enabled", change.gpo(r.Enabled) }, { "Profile", profile(r) }, { "Platform", {} }, { "Direction", r.Direction },
    { "Action", r.Action }, { "EdgeTraversalPolicy", r.EdgeTraversalPolicy or "Block" }, { "LSM", "False" },
    { "PrimaryStatus", "OK" }, { "Status", "The rule was parsed successfully from the store. (65536)" },
    { "EnforcementStatus", "NotApplicable" }, { "PolicyStoreSourceType", active and "Dynamic" or "Local" },
    { "Caption" }, { "Description", r.Description }, { "ElementName", r.DisplayName }, { "InstanceID", r.Name },
    { "CreationClassName", "MSFT|FW|FirewallRule|" .. tostring(r.Name) }, { "DisplayGroup", r.DisplayGroup },
    { "LocalOnlyMapping", "False" }, { "LooseSourceMapping", "False" }, { "Owner" },
    { "PolicyStoreSource", r.PolicyStoreSource or "PersistentStore" }, { "Profiles", profile(r) },
    { "RemoteDynamicKeywordAddresses", {} }, { "PolicyAppId" }, { "PackageFamilyName" },
  })
end

-- The filters of a rule: class, and what each shows of it.
rules.filters = {
  Port = { class = "MSFT_NetProtocolPortFilter", properties = function(r)
    return { { "Protocol", r.Protocol or "Any" }, { "LocalPort", one(r.LocalPort) }, { "RemotePort", one(r.RemotePort) },
      { "IcmpType", one(r.IcmpType) }, { "DynamicTarget", "Any" }, { "DynamicTransport", "Any" } }
  end, names = { "Protocol", "LocalPort", "RemotePort", "IcmpType", "DynamicTarget" } },
  Address = { class = "MSFT_NetAddressFilter", properties = function(r)
    local l, m = one(r.LocalAddress), one(r.RemoteAddress)
    return { { "LocalAddress", l }, { "RemoteAddress", m }, { "LocalIP", l }, { "RemoteIP", m } }
  end, names = { "LocalAddress", "RemoteAddress" } },
  Application = { class = "MSFT_NetApplicationFilter", properties = function(r)
    return { { "Program", r.Program or "Any" }, { "Package" }, { "AppPath", r.Program or "Any" } }
  end, names = { "Program", "Package" } },
  Service = { class = "MSFT_NetServiceFilter", properties = function(r)
    return { { "Service", r.Service or "Any" }, { "ServiceName", r.Service or "Any" } }
  end, names = { "Service" } },
  Interface = { class = "MSFT_NetInterfaceFilter", properties = function(r)
    return { { "InterfaceAlias", one(r.InterfaceAlias) } }
  end, names = { "InterfaceAlias" } },
}

function rules.filter_object(kind, r)
  local f = rules.filters[kind]
  local p = f.properties(r)
  p[#p + 1] = { "InstanceID", r.Name }
  p[#p + 1] = { "CreationClassName", "MSFT|FW|FirewallRule|" .. tostring(r.Name) }
  return object.new(f.class, p)
end

-- Which rules a -PolicyStore names; without one, those kept over a restart.
local stores = {
  persistentstore = function(r) return r.PolicyStoreSource ~= "ActiveStore" end,
  activestore = function() return true end,
  configurableservicestore = function() return false end, staticservicestore = function() return false end,
  rsop = function() return false end, systemdefaults = function() return false end,
}

-- The function for a -PolicyStore, nil for an unknown one.
function rules.store(name) return stores[(name or "PersistentStore"):lower()] end

local by = { "Name", "DisplayName", "DisplayGroup", "Group", "Description", "Direction", "Action", "Enabled" }

local function field(r, name)
  if name == "Enabled" then return change.gpo(r.Enabled) end
  if name == "Group" then return r.Group or r.DisplayGroup end
  return r[name]
end

-- The rules that fit what the parameters ask for, in the model's order, and the first criterion that found nothing:
-- { property, value }, when it had no wildcard.
function rules.select(list, args, store)
  local found, asked = {}, nil
  for _, name in ipairs(by) do
    if args[name] ~= nil then asked = asked or name end
  end
  for _, r in ipairs(list) do
    local fits = store(r)
    for _, name in ipairs(by) do fits = fits and change.any_like(args[name], field(r, name)) end
    if fits then found[#found + 1] = r end
  end
  if #found > 0 or not asked then return found end
  local value = tostring(change.list(args[asked])[1])
  return found, not change.has_wildcard(value) and { asked, value } or nil
end

function rules.by_name(list, name)
  for _, r in ipairs(list) do
    if r.Name == name then return r end
  end
end

local protocols = { ["6"] = "TCP", ["17"] = "UDP", ["1"] = "ICMPv4", ["58"] = "ICMPv6", tcp = "TCP", udp = "UDP",
  icmpv4 = "ICMPv4", icmpv6 = "ICMPv6", any = "Any" }

function rules.protocol(word) return protocols[tostring(word):lower()] end

local port_words = { any = "Any", rpc = "RPC", rpcepmap = "RPCEPMap", iphttpsin = "IPHTTPSIn", iphttpsout = "IPHTTPSOut", teredo = "Teredo",
  playtodiscovery = "PlayToDiscovery" }

-- A port, a range or a keyword as the model has it; nil for anything else.
function rules.port(word)
  local s = tostring(word)
  local known = port_words[s:lower()]
  if known then return known end
  local from, to = s:match("^(%d+)%-(%d+)$")
  from, to = tonumber(from or s:match("^%d+$")), tonumber(to or from or s:match("^%d+$"))
  if not from or from > to or to > 65535 then return nil end
  return s
end

local address_words = { any = "Any", localsubnet = "LocalSubnet", dns = "DNS", dhcp = "DHCP", wins = "WINS", defaultgateway = "DefaultGateway",
  internet = "Internet", intranet = "Intranet", localsubnet4 = "LocalSubnet4", localsubnet6 = "LocalSubnet6" }

local function v4(s)
  local a, b, c, d = s:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if not a then return false end
  for _, n in ipairs { a, b, c, d } do
    if tonumber(n) > 255 then return false end
  end
  return true
end

local function v6(s) return s:find(":", 1, true) ~= nil and s:match("^[%x:]+[%x:%.]*$") ~= nil and not s:find(":::", 1, true) end

function rules.is_ip(s) return v4(s) and "IPv4" or v6(s) and "IPv6" or nil end

-- An address, subnet, range or keyword as the model has it; nil for anything else.
function rules.address(word)
  local s = tostring(word)
  local known = address_words[s:lower()]
  if known then return known end
  local a, rest = s:match("^([^/%-]+)(.*)$")
  if not a or not rules.is_ip(a) then return nil end
  local bits, second = rest:match("^/(%d+)$"), rest:match("^[/%-](.+)$")
  if rest == "" or (bits and tonumber(bits) <= (v4(a) and 32 or 128)) or (second and rules.is_ip(second)) then return s end
end

local cleaners = { LocalPort = rules.port, RemotePort = rules.port, LocalAddress = rules.address, RemoteAddress = rules.address }

-- What parameters (of New- and Set-) say of a rule, with the model's names. nil and the words of the error otherwise.
function rules.properties(args, was)
  local out = {}
  for _, name in ipairs { "Description", "Direction", "Action", "EdgeTraversalPolicy", "Program", "Service" } do out[name] = args[name] end
  if args.Enabled ~= nil then out.Enabled = change.setting(args.Enabled) end
  if args.Profile ~= nil then out.Profile = change.list(args.Profile) end
  if args.Group ~= nil then out.DisplayGroup = args.Group end
  if args.Protocol ~= nil then
    out.Protocol = rules.protocol(args.Protocol)
    if not out.Protocol then return nil, "The protocol is invalid. Specify a protocol number between 0 and 255, or one of the protocol names." end
  end
  for _, name in ipairs { "LocalPort", "RemotePort", "LocalAddress", "RemoteAddress", "IcmpType", "InterfaceAlias" } do
    local values = args[name] ~= nil and {} or nil
    for _, v in ipairs(change.list(args[name])) do
      local clean = cleaners[name] and cleaners[name](v) or not cleaners[name] and tostring(v) or nil
      if not clean then
        return nil, name:find("Port") and "The port is invalid. Specify a port number between 0 and 65535, a range, or one of the port keywords."
          or "The address is invalid. Addresses may be specified as IP addresses, ranges, or subnets. Also, the following address "
          .. "keywords are allowed in certain places: LocalSubnet, DNS, DHCP, WINS, DefaultGateway, Internet, Intranet, "
          .. "IntranetRemoteAccess, PlayToDevice. Keywords can be restricted to IPv4 or IPv6 by appending a 4 or 6."
      end
      values[#values + 1] = clean
    end
    out[name] = values
  end
  local protocol = out.Protocol or (was and was.Protocol) or "Any"
  if (rules.narrow(out.LocalPort) or rules.narrow(out.RemotePort)) and protocol ~= "TCP" and protocol ~= "UDP" then
    return nil, "Ports can only be specified if the protocol is TCP or UDP."
  end
  return out
end

-- Does a list say more than Any?
function rules.narrow(list)
  return list ~= nil and #list > 0 and list[1] ~= "Any"
end

return rules
