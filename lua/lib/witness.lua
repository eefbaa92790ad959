-- SPDX-License-Identifier: GPL-2.0-or-later
-- Did the far end answer a probe, or somebody nearer who took its address? Only the far end's own recorder tells: what was asked of one of the
-- internet's addresses has to have arrived there. And a name is found only where nobody wrote it down in /etc/hosts, and where a server of the
-- learner's own, which may well ask others, did ask somebody.

local addr = require("addr")

local witness = {}

local FAR = "internet"
local MARGIN = 0.5 -- each recorder has its own time

-- The far end's own addresses, as a set.
local function far_addresses()
  local out = {}
  for _, node in ipairs(require("attempt").healthy().nodes) do
    for _, iface in ipairs(node.name == FAR and node.ifaces or {}) do
      for _, a in ipairs(iface.addresses or {}) do out[a.cidr:match("^[^/]+")] = true end
    end
  end
  return out
end

local function filled(v, p)
  if type(v) == "function" then v = v(p) end
  return v ~= nil and require("text").fill(tostring(v), p) or nil
end

local asks = { ping = "echo-request", connect = "syn", http = "syn" }

-- What arrives where a probe was answered: "echo-request 8.8.8.8"; nil for a probe that names no address of the far end.
local function arrival(probe, p, far)
  local what = asks[probe.kind]
  local target = what and (filled(probe.address, p) or (filled(probe.url, p) or ""):match("^%a+://([%d.]+)"))
  return target and addr.number(target) and far[target] and what .. " " .. target or nil
end

-- What came there since the learner's last change. Not from the probes alone: packets like one of the second before are told with it, later.
local function arrived_since(ev)
  local out, since = {}, ev:since() - 1
  for _, e in ipairs(ev.arrived) do
    if (e.t or 0) >= since and (e.t or 0) <= (ev.finished or math.huge) + MARGIN then out[tostring(e.what) .. " " .. tostring(e.dst)] = true end
  end
  return out
end

local function written_down(ev, probe)
  local hosts
  for _, e in ipairs(ev:all("file")) do
    if e.path == "/etc/hosts" and (e.node or "wsl") == probe.node and type(e.content) == "string" then hosts = e.content end
  end
  local host = probe.kind == "lookup" and filled(probe.host, ev.p)
  for line in (hosts or ""):gmatch("[^\n]+") do
    for word in host and line:gsub("#.*", ""):gmatch("%S+") or function() end do
      if word == host then return true end
    end
  end
  return false
end

-- What is the learner's own among the addresses that answer over lo: loopback's, and those they added. The tunnel to Windows' resolver is none.
local function own_addresses(ev)
  local out = {}
  for _, e in ipairs(ev:all("change")) do
    if e.what == "address" and e["local"] then out[e["local"]] = true end
  end
  return out
end

-- Answers of a server in WSL itself, and never one from outside: at any time, for a resolver remembers.
local function made_up(ev, probe, own)
  local host, by_itself = probe.kind == "lookup" and probe.node == "wsl" and filled(probe.host, ev.p), false
  for _, e in ipairs(host and ev.named or {}) do
    if (e.qname or ""):lower():gsub("%.$", "") == host:lower() and #(e.answers or {}) > 0 then
      local src = e.src or ""
      if e["if"] ~= "lo" or not (src:find("^127%.") or src == "::1" or own[src]) then return false end
      by_itself = true
    end
  end
  return by_itself
end

-- The names of the fixed-probes that passed and prove nothing.
local function find(ev)
  local out = {}
  local watched = ev.arrived and ev.watched[FAR] and ev.finishing
  local far = watched and far_addresses() or {}
  local came, own = watched and arrived_since(ev) or {}, own_addresses(ev)
  for _, probe in ipairs(ev.scenario.fixed) do
    local key, e = arrival(probe, ev.p, far), (ev.probes.fixed or {})[probe.name]
    if probe.node == "wsl" and e and e.ok and (key and not came[key] or written_down(ev, probe) or made_up(ev, probe, own)) then out[probe.name] = true end
  end
  return out
end

function witness.faked(ev)
  ev = ev.whole or ev
  ev.faked = ev.faked or find(ev)
  return ev.faked
end

return witness
