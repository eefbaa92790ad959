-- SPDX-License-Identifier: GPL-2.0-or-later
-- A firewall rule's conditions as nft expressions. Both firewalls' rules come here in one form (docs/formats/windows.md, R).

local ip = require("wsl2.ip")

local match = {}

local protocols = {
  tcp = "tcp", udp = "udp", icmpv4 = "icmp", icmpv6 = "ipv6-icmp", ["6"] = "tcp", ["17"] = "udp", ["1"] = "icmp",
  ["58"] = "ipv6-icmp",
}

-- Ports Windows has names for.
local port_names = { rpcepmap = "135", rpc = "49664-65535", iphttpsin = "443", iphttpsout = "443" }

-- What nft calls a rule's protocol: "" for any; nil when it is no protocol.
function match.protocol(word)
  local p = tostring(word or "Any"):lower()
  if p == "any" or p == "256" then return "" end
  local n = math.tointeger(tonumber(p))
  return protocols[p] or (n and n >= 0 and n <= 255 and tostring(n)) or nil
end

-- "80", "8000-8100" as nft writes it; nil when it is no port.
function match.port(word)
  local w = tostring(word):lower()
  w = port_names[w] or w
  local lo, hi = w:match("^(%d+)%-?(%d*)$")
  lo, hi = math.tointeger(tonumber(lo)), math.tointeger(tonumber(hi))
  if not lo or lo > 65535 or (w:find("-", 1, true) and not hi) then return nil end
  if not hi then return tostring(lo) end
  return hi <= 65535 and lo <= hi and lo .. "-" .. hi or nil
end

-- "8", "3:4" as type and code; nil when it is none.
function match.icmp(word)
  local kind, code = tostring(word):match("^(%d+):?([%d*]*)$")
  kind = math.tointeger(tonumber(kind))
  if not kind or kind > 255 then return nil end
  code = math.tointeger(tonumber(code))
  if code and code > 255 then return nil end
  return kind, code
end

local function is_any(list)
  if list == nil or #list == 0 then return true end
  for _, v in ipairs(list) do
    if v == "Any" or v == "*" or tostring(v):lower() == "any" then return true end
  end
  return false
end
match.is_any = is_any

-- Does a list hold a word, without case?
function match.holds(list, word)
  for _, v in ipairs(list or {}) do
    if v == word or tostring(v):lower() == word:lower() then return true end
  end
  return false
end

-- Address words of Windows, for one interface. net: { subnets, subnets4, subnets6, servers, gateways }, lists of addresses.
local words = {
  localsubnet = "subnets", localsubnet4 = "subnets4", localsubnet6 = "subnets6", dns = "servers", defaultgateway = "gateways",
}

-- The word is one Windows knows, though perhaps without an address here.
local empty_words = { dhcp = true, wins = true, internet = true, intranet = true, rmtintranet = true, playtodevice = true }

-- Is it an address Windows' rules take?
function match.address(word)
  local w = tostring(word):lower()
  return words[w] ~= nil or empty_words[w] ~= nil or ip.term(tostring(word)) ~= nil
end

-- { [4] = {terms}, [6] = {terms} }, or nil for any.
local function addresses(list, net)
  if is_any(list) then return nil end
  local out = { [4] = {}, [6] = {} }
  local function put(text)
    local term, family = ip.term(text)
    if term then table.insert(out[family], term) end
  end
  for _, v in ipairs(list) do
    local key = words[tostring(v):lower()]
    for _, item in ipairs(key and net[key] or {}) do put(item) end
    if not key then put(tostring(v)) end
  end
  return out
end

local function set(terms)
  local once, seen = {}, {}
  for _, t in ipairs(terms) do
    if not seen[t] then once[#once + 1] = t end
    seen[t] = true
  end
  terms = once
  return #terms == 1 and terms[1] or "{ " .. table.concat(terms, ", ") .. " }"
end

-- Both sides' addresses: a list of expressions, one a family that fits; { "" } for any.
local function address_parts(rule, net, inbound, only)
  local near, far = addresses(rule.LocalAddress, net), addresses(rule.RemoteAddress, net)
  if not near and not far then return { only and "meta nfproto ipv" .. only .. " " or "" } end
  local out = {}
  for _, family in ipairs({ 4, 6 }) do
    local text, fits = "", not only or only == family
    for _, list in ipairs({ near or {}, far or {} }) do
      if list[family] and #list[family] == 0 then fits = false end
      if list[family] and fits then
        local source = (list == far) == inbound
        text = text .. (family == 4 and "ip " or "ip6 ") .. (source and "saddr " or "daddr ") .. set(list[family]) .. " "
      end
    end
    if fits then out[#out + 1] = text end
  end
  table.sort(out)
  return out
end

-- Ports of a list as nft terms; nil for any.
local function ports(list)
  if is_any(list) then return nil end
  local out = {}
  for _, v in ipairs(list) do out[#out + 1] = match.port(v) end
  return out
end

local function port_part(proto, rule, inbound)
  local near, far = ports(rule.LocalPort), ports(rule.RemotePort)
  if (near and #near == 0) or (far and #far == 0) then return nil end
  local out = ""
  if near then out = out .. proto .. (inbound and " dport " or " sport ") .. set(near) .. " " end
  if far then out = out .. proto .. (inbound and " sport " or " dport ") .. set(far) .. " " end
  return out
end

local function icmp_parts(proto, rule)
  if is_any(rule.IcmpType) then return { "" } end
  local name, out = proto == "icmp" and "icmp" or "icmpv6", {}
  for _, v in ipairs(rule.IcmpType) do
    local kind, code = match.icmp(v)
    if kind then
      out[#out + 1] = ("%s type %d "):format(name, kind) .. (code and ("%s code %d "):format(name, code) or "")
    end
  end
  return out
end

-- What the protocol says beyond addresses: a list of expressions.
local function protocol_parts(proto, rule, inbound)
  if proto == "" then return { "" } end
  if proto == "icmp" or proto == "ipv6-icmp" then
    local out = {}
    for _, part in ipairs(icmp_parts(proto, rule)) do
      out[#out + 1] = part == "" and ("meta l4proto %s "):format(proto) or part
    end
    return out
  end
  if proto ~= "tcp" and proto ~= "udp" then return { ("meta l4proto %s "):format(proto) } end
  local part = port_part(proto, rule, inbound)
  if not part then return {} end
  return { part == "" and ("meta l4proto %s "):format(proto) or part }
end

-- The sockets a program or a service has: { proto = {port..} }; nil: the rule names none, so all ports are meant.
local function owned(rule, processes)
  local program = tostring(rule.Program or "Any")
  local service = tostring(rule.Service or "Any")
  if program:lower() == "any" then program = "" end
  if service:lower() == "any" then service = "" end
  if program == "" and service == "" then return nil end
  local stem = program:match("([^\\/]*)$"):lower():gsub("%.exe$", "")
  local out = { tcp = {}, udp = {} }
  for _, p in ipairs(processes or {}) do
    local by_service = service == "" or match.holds(p.services, service)
    if by_service and (stem == "" or p.ProcessName:lower() == stem) then
      for _, s in ipairs(p.owns or {}) do table.insert(out[s.proto] or {}, s.port) end
    end
  end
  return out
end

local function within(port, list)
  for _, word in ipairs(list) do
    local lo, hi = (match.port(word) or "x"):match("^(%d+)%-?(%d*)$")
    if lo and port >= tonumber(lo) and port <= (tonumber(hi) or tonumber(lo)) then return true end
  end
  return false
end

-- The rule for the sockets its program has: its local ports become those. nil when it has none that fit. Whose a socket is that
-- calls out nobody can tell: there a program's rule blocks nothing, and allows what it says.
local function narrowed(rule, proto, at)
  local sockets = owned(rule, at.processes)
  if not sockets or (proto ~= "tcp" and proto ~= "udp") then return rule end
  if not at.inbound then return rule.Action ~= "Block" and rule or nil end
  local keep = {}
  for _, port in ipairs(sockets[proto]) do
    if is_any(rule.LocalPort) or within(port, rule.LocalPort) then keep[#keep + 1] = tostring(port) end
  end
  if #keep == 0 then return nil end
  table.sort(keep)
  return setmetatable({ LocalPort = keep }, { __index = rule })
end

-- Expressions that together match what the rule does, each ending in a space, without a verdict.
-- at: { inbound, net, processes }; processes nil: a rule with a program is not for here.
function match.lines(rule, at)
  local out, wanted = {}, match.protocol(rule.Protocol)
  if not wanted then return out end
  local list = { wanted }
  -- A program's rule for any protocol is for its TCP and UDP sockets.
  if wanted == "" and owned(rule, at.processes) then list = { "tcp", "udp" } end
  for _, proto in ipairs(list) do
    local r = narrowed(rule, proto, at)
    local only = proto == "icmp" and 4 or proto == "ipv6-icmp" and 6 or nil
    for _, a in ipairs(r and address_parts(r, at.net, at.inbound, only) or {}) do
      for _, b in ipairs(protocol_parts(proto, r, at.inbound)) do out[#out + 1] = a .. b end
    end
  end
  return out
end

return match
