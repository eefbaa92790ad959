-- SPDX-License-Identifier: GPL-2.0-or-later
-- Names and addresses, asked of the node's own resolver or of one DNS server.

local ip = require("windows.machine.ip")
local live = require("windows.machine.live")

local names = {}

local families = { inet = 4, inet6 = 6 }

-- The addresses of a name or a literal; family "inet", "inet6" or nil for both. Empty when there is none.
function names.lookup(world, name, family)
  local literal = ip.family(name)
  if literal then
    if family and family ~= literal then return {} end
    return { name:lower():match("^fe80:") and name or (name:gsub("%%.*$", "")) }, true
  end
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
