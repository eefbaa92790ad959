-- SPDX-License-Identifier: GPL-2.0-or-later
-- The table that `route print` and `netstat -r` write.

local ip = require("windows.machine.ip")
local text = require("windows.format.program_text")

local route_table = {}

local rule = ("="):rep(75)

local function interface_list(l, emit)
  emit(rule)
  emit("Interface List")
  local list = {}
  for _, i in ipairs(l:interfaces()) do
    if i.enabled then table.insert(list, 1, i) end
  end
  for _, i in ipairs(list) do
    local mac = i.loopback and ("."):rep(24) or i.mac:lower():gsub("-", " ") .. " ......"
    emit(("%3d...%s%s"):format(i.index, mac, i.description))
  end
  emit(rule)
  emit("")
end

-- The address an interface speaks with on a route.
local function speaker(l, r)
  return r.source or l:source_to(r.gateway or r.address, r) or (r.i.v4[1] and r.i.v4[1].ip) or ""
end

local function sorted(list)
  local out = { table.unpack(list) }
  table.sort(out, function(a, b)
    local c = ip.compare(a.address, b.address)
    if c ~= 0 then return c < 0 end
    if a.length ~= b.length then return a.length < b.length end
    if a.metric ~= b.metric and a.length == 0 then return a.metric < b.metric end
    if a.i.index ~= b.i.index then return a.i.index < b.i.index end
    return a.next_hop < b.next_hop
  end)
  return out
end

local function wanted(list, pattern)
  if not pattern then return list end
  local out = {}
  for _, r in ipairs(list) do
    if text.like(pattern, r.address) then out[#out + 1] = r end
  end
  return out
end

local function persistent(l, family)
  local out = {}
  for _, r in ipairs(l:windows().routes or {}) do
    local address, length = r.DestinationPrefix:match("^(.-)/(%d+)$")
    if address and ip.family(address) == family then
      out[#out + 1] = { address = address, length = tonumber(length), gateway = r.NextHop, metric = r.RouteMetric, i = l:by_alias(r.InterfaceAlias or "") }
    end
  end
  return out
end

local function v4_persistent(list, emit)
  emit("Persistent Routes:")
  if #list == 0 then return emit("  None") end
  emit("  Network Address          Netmask  Gateway Address  Metric")
  for _, r in ipairs(list) do
    local gateway = r.gateway == "0.0.0.0" and "On-link " or r.gateway
    emit(("%17s%17s%17s%8s"):format(r.address, ip.netmask(r.length), gateway, r.metric or "Default"))
  end
end

local function v4(l, emit, pattern)
  emit("IPv4 Route Table")
  emit(rule)
  emit("Active Routes:")
  local list = sorted(wanted(l:routes("inet"), pattern))
  if #list == 0 then emit("  None") else emit("Network Destination        Netmask          Gateway       Interface  Metric") end
  for _, r in ipairs(list) do -- a blank ends "On-link" here, as on Windows
    emit(("%17s%17s%17s%17s%7d"):format(r.address, ip.netmask(r.length), r.gateway or "On-link ", speaker(l, r), r.metric))
  end
  emit(rule)
  v4_persistent(wanted(persistent(l, "inet"), pattern), emit)
end

-- A destination too long for its column has the gateway in the next line.
local function v6_row(emit, index, metric, prefix, gateway)
  local head = ("%3s %6s %s"):format(index, metric, prefix)
  if #prefix <= 24 then return emit(("%3s %6s %-24s %s"):format(index, metric, prefix, gateway)) end
  emit(head)
  emit((" "):rep(36) .. gateway)
end

local function v6(l, emit, pattern)
  emit("IPv6 Route Table")
  emit(rule)
  emit("Active Routes:")
  local list = sorted(wanted(l:routes("inet6"), pattern))
  if #list == 0 then emit("  None") else emit(" If Metric Network Destination      Gateway") end
  for _, r in ipairs(list) do v6_row(emit, r.i.index, r.metric, r.prefix, r.gateway or "On-link") end
  emit(rule)
  emit("Persistent Routes:")
  local kept = wanted(persistent(l, "inet6"), pattern)
  if #kept == 0 then return emit("  None") end
  emit(" If Metric Network Destination      Gateway")
  for _, r in ipairs(kept) do
    v6_row(emit, r.i and r.i.index or 0, r.metric or 4294967295, r.address .. "/" .. r.length, r.gateway == "::" and "On-link" or r.gateway)
  end
end

-- family: "inet", "inet6", nil for both; pattern: a destination with wildcards, or nil.
function route_table.write(l, emit, family, pattern)
  interface_list(l, emit)
  if family ~= "inet6" then v4(l, emit, pattern) end
  if not family then emit("") end
  if family ~= "inet" then v6(l, emit, pattern) end
end

return route_table
