-- SPDX-License-Identifier: GPL-2.0-or-later
-- Windows' routes as WSL has them in mirrored mode: the metrics added up, and a host route to each gateway, which Linux wants to
-- be on-link (facts 2.4).

local addr = require("addr")
local ip = require("wsl2.ip")
local state = require("wsl2.state")
local version = require("wsl2.version")

local routes = {}

local ON_LINK = 256 -- the metric Windows gives to routes of its own making
local MOST = 65535

-- Keeps one route for each destination and metric, as the kernel does: one that comes later moves back.
local function collector()
  local out, taken = core.array({}), {}
  return out, function(r)
    local metric = math.min(math.max(r.metric, 1), MOST)
    local key = (r.ipv6 and "6 " or "4 ") .. r.dst .. " "
    local same = taken[key .. metric]
    if same and same.dev == r.dev and same.via == r.via then return end
    while taken[key .. metric] do metric = metric + 1 end
    taken[key .. metric] = r
    r.metric, r.protocol = metric, "kernel"
    out[#out + 1] = r
  end
end

-- The own addresses, and the broadcast ones, of an interface: Linux has those in its table local.
local function own_of(m)
  local own = {}
  for _, a in ipairs(m.iface.addresses or {}) do
    local address, prefix, family = ip.split(a.cidr)
    own[address] = true
    if family == 4 and prefix < 31 then
      own[addr.text(addr.number((ip.network(a.cidr):match("^[^/]+"))) + (1 << 32 - prefix) - 1)] = true
    end
  end
  return own
end

local function is_group(address) return address:find("^2[23]%d%.") or address:lower():find("^ff") or address == "255.255.255.255" end

-- Windows' default route, or what WSL takes for one: whatever begins at nothing (microsoft/WSL#41272).
local function is_default(r) return r.dst == "default" or r.dst:find("^0%.0%.0%.0/") ~= nil or r.dst:find("^::/") ~= nil end

local function wanted(m, r, own)
  if r.dev ~= m.i.dev or (r.table or 254) ~= 254 or (r.type or "unicast") ~= "unicast" then return false end
  if is_default(r) then return not m.i.DisableDefaultRoutes end
  local address, prefix, family = ip.split(r.dst)
  return not (prefix == (family == 4 and 32 or 128) and own[address]) and not is_group(address)
end

-- The prefixes of an interface's addresses, which Windows has routes for by itself.
local function on_link(m, put, v6)
  local seen = {}
  local function prefix(cidr)
    local _, length, family = ip.split(cidr)
    local dst = ip.network(cidr)
    if length < (family == 4 and 32 or 128) and not seen[dst] and (v6 or family == 4) then
      seen[dst] = true
      put({ dst = dst, dev = m.name, metric = ON_LINK + m.i.InterfaceMetric, ipv6 = family == 6 or nil })
    end
  end
  for _, a in ipairs(m.iface.addresses or {}) do
    if not a.noprefixroute then prefix(a.cidr) end
  end
  if v6 and m.wire then prefix("fe80::1/64") end
end

-- One of Windows' routes, and the way to its gateway.
local function copy(m, r, put, onlink)
  local v6 = r.ipv6 or r.dst:find(":", 1, true) ~= nil or (r.via or ""):find(":", 1, true) ~= nil or nil
  if r.via and r.via ~= "" then
    put({ dst = r.via .. (v6 and "/128" or "/32"), dev = m.name, metric = r.metric or 0, ipv6 = v6 })
  end
  put({ dst = r.dst, via = r.via, dev = m.name, metric = r.metric or 0, ipv6 = v6, onlink = r.dst == "default" and onlink(r) or nil })
end

-- list: what is mirrored, as names.mirrored gives it.
function routes.of(model, list)
  local out, put = collector()
  local node = state.node(model, "windows")
  local function onlink(r) return version.onlink(model, r.via) end
  for _, m in ipairs(list) do
    local own, v6 = own_of(m), m.i.NlMtu >= 1280
    if m.up then on_link(m, put, v6) end
    for _, r in ipairs(m.up and node.routes or {}) do
      if wanted(m, r, own) and (v6 or not r.ipv6) then copy(m, r, put, onlink) end
    end
  end
  return out
end

return routes
