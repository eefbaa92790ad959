-- SPDX-License-Identifier: GPL-2.0-or-later
-- Names and addresses, asked of the node's own resolver or of one DNS server.

local ip = require("windows.machine.ip")
local live = require("windows.machine.live")

local names = {}

local families = { inet = 4, inet6 = 6 }

-- The servers that the name resolution policy table has for a name: those of the longest namespace it is in; nil: none.
function names.policy(l, name)
  local best, servers = 0, nil
  name = "." .. name:lower():gsub("%.$", "")
  for _, rule in ipairs((l:windows().dns or {}).Nrpt or {}) do
    for _, namespace in ipairs(rule.Namespace or {}) do
      local n = namespace:lower()
      if #n > best and (name:sub(-#n) == n and n:sub(1, 1) == "." or name == "." .. n) then best, servers = #n, rule.NameServers end
    end
  end
  return servers
end

-- The suffixes that a single label gets, in turn.
function names.suffixes(l)
  local out, seen, w = {}, {}, l:windows()
  local function put(s)
    if s and s ~= "" and not seen[s] then out[#out + 1], seen[s] = s, true end
  end
  for _, i in ipairs(w.interfaces or {}) do put(i.ConnectionSpecificSuffix) end
  for _, s in ipairs((w.dns or {}).SuffixSearchList or {}) do put(s) end
  return out
end

local kinds = { inet = { "A" }, inet6 = { "AAAA" } }

-- Has the hosts file the name? It comes before any server.
local function in_hosts(world, name)
  for line in ((world.read_file("C:\\Windows\\System32\\drivers\\etc\\hosts") or "") .. "\n"):gmatch("(.-)\n") do
    for word in line:gsub("#.*$", ""):gmatch("%S+") do
      if word:lower() == name:lower() then return true end
    end
  end
  return false
end

-- By the policy's servers; nil where no policy is for the name, or the hosts file has it.
local function by_policy(world, name, family)
  local l = live.new(world)
  if #((l:windows().dns or {}).Nrpt or {}) == 0 or in_hosts(world, name) then return nil end
  local asked = { name }
  if not name:find(".", 1, true) then
    asked = {}
    for _, s in ipairs(names.suffixes(l)) do asked[#asked + 1] = name .. "." .. s end
  end
  for _, candidate in ipairs(asked) do
    local servers, out = names.policy(l, candidate), {}
    for _, kind in ipairs(servers and (kinds[family] or { "A", "AAAA" }) or {}) do
      for _, server in ipairs(servers) do
        local r = names.ask(world, server, candidate, kind)
        for _, a in ipairs(r.answers or {}) do
          if ip.family(a) then out[#out + 1] = a end
        end
        if r.rcode then break end
      end
    end
    if #out > 0 then return out end
  end
end

-- The addresses of a name or a literal; family "inet", "inet6" or nil for both. Empty when there is none.
function names.lookup(world, name, family)
  local literal = ip.family(name)
  if literal then
    if family and family ~= literal then return {} end
    return { name:lower():match("^fe80:") and name or (name:gsub("%%.*$", "")) }, true
  end
  local found = by_policy(world, name, family)
  if found then return found, false end
  local r = world.probe("lookup", { name = name, family = families[family] or 0, timeout = 12.0 })
  return r.addresses or {}, false, r.eai
end

-- The DNS servers in use, those of the interface with the best metric first.
function names.servers(l)
  local ifs = {}
  for _, i in ipairs(l:adapters()) do
    if i.connected then ifs[#ifs + 1] = i end
  end
  table.sort(ifs, function(a, b)
    if a.metric ~= b.metric then return a.metric < b.metric end
    return a.index < b.index
  end)
  local out, seen = {}, {}
  local function take(gateway)
    for _, i in ipairs(ifs) do
      local has = #l:gateways(i, "inet") + #l:gateways(i, "inet6") > 0
      for _, s in ipairs(has == gateway and i.conf.ServerAddresses or {}) do
        if not seen[s] then out[#out + 1], seen[s] = s, true end
      end
    end
  end
  take(true)
  take(false)
  return out
end

-- One question to one server.
function names.ask(world, server, name, kind, timeout, tcp)
  return world.probe("resolve", { name = name, type = kind, server = server, timeout = timeout or 2.0, tcp = tcp or false })
end

-- The name of an address, nil when nobody gives one.
function names.reverse(world, address)
  local name = ip.reverse_name(address)
  local servers = names.servers(live.new(world))
  if not name or not servers[1] then return nil end
  local r = names.ask(world, servers[1], name, "PTR", 2.0)
  return r.ok and r.answers and r.answers[1] or nil
end

return names
