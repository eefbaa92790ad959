-- SPDX-License-Identifier: GPL-2.0-or-later
-- The Hyper-V firewall as a table of nft. In NAT mode at the switch's Windows end: what WSL sends on and gets from elsewhere passes
-- there. In mirrored mode nothing does, so it is in the hub, where frames come and go for WSL's interfaces (decision 9).
-- Precedence as WSL's own tests have it: a block wins, whoever's it is; rules of the host without a program or service count
-- while the policies are merged; a profile switched off enforces nothing.

local match = require("wsl2.match")
local names = require("wsl2.mirror.names")
local rules = require("wsl2.rules")
local state = require("wsl2.state")
local stateless = require("wsl2.stateless")
local tunnel = require("wsl2.mirror.tunnel")
local wfp = require("wsl2.wfp")

local vfp = {}

local function configured(v) return v ~= nil and v ~= "NotConfigured" end

-- WSL's own setting and the profile of an interface's network.
local function policy(w, interface)
  local setting = state.by(w.hyperv.settings, "Name", rules.WSL) or {}
  local category = interface and interface.NetworkCategory or "Public"
  local profile = {}
  for _, p in ipairs(w.hyperv.profiles) do
    if p.Name == rules.WSL and p.Profile == category then profile = p end
  end
  return setting, profile, category
end

-- What is enforced: nil for nothing, else { inbound, outbound: the default actions; host: do the host's rules count? }.
local function enforced(w, interface)
  local setting, profile, category = policy(w, interface)
  local host = w.firewall.profiles[category]
  if setting.Enabled == false or profile.Enabled == false then return nil end
  if host.Enabled == false and profile.Enabled ~= true then return nil end
  local function action(key, default)
    if configured(profile[key]) then return profile[key] end
    return configured(setting[key]) and setting[key] or default
  end
  return {
    inbound = action("DefaultInboundAction", "Block"), outbound = action("DefaultOutboundAction", "Allow"),
    host = host.Enabled ~= false and setting.AllowHostPolicyMerge ~= false and host or nil, category = category,
    loopback = setting.LoopbackEnabled ~= false,
  }
end

-- A Hyper-V rule in the form of an ordinary one. For ICMP its ports are types.
local function as_rule(r)
  local icmp = tostring(r.Protocol):lower():find("icmp", 1, true)
  return {
    Action = r.Action, Protocol = r.Protocol, LocalAddress = r.LocalAddresses, RemoteAddress = r.RemoteAddresses,
    LocalPort = not icmp and r.LocalPorts or nil, RemotePort = not icmp and r.RemotePorts or nil,
    IcmpType = icmp and r.LocalPorts or nil,
  }
end

local function of_profile(r, category)
  return match.is_any(r.Profiles) or match.holds(r.Profiles, category)
end

-- Only what matches on addresses and ports can be asked of a packet at the switch.
local function plain(r)
  return tostring(r.Program or "Any"):lower() == "any" and tostring(r.Service or "Any"):lower() == "any"
    and match.is_any(r.InterfaceAlias)
end

-- All rules of a direction that count.
local function counting(w, e, way)
  local out = {}
  for _, r in ipairs(w.hyperv.rules) do
    local mine = tostring(r.VMCreatorId):lower() == rules.WSL:lower()
    if mine and r.Enabled ~= false and r.Direction == way and of_profile(r, e.category) then out[#out + 1] = as_rule(r) end
  end
  for _, r in ipairs(e.host and w.firewall.rules or {}) do
    if r.Direction == way and plain(r) and wfp.applies(r, e.host, e.category) then out[#out + 1] = r end
  end
  return out
end

-- A direction's rules as expressions: the blocking ones, and the allowing ones where they decide anything.
local function expressions(model, e, interface, way, default)
  local w = model.windows
  local at = { inbound = way == "Inbound", net = wfp.net(state.node(model, "windows"), interface) }
  local blocks, allows = {}, {}
  for _, r in ipairs(counting(w, e, way)) do
    for _, line in ipairs((r.Action == "Block" or default == "Block") and match.lines(r, at) or {}) do
      table.insert(r.Action == "Block" and blocks or allows, line)
    end
  end
  return blocks, allows
end

local function chain(model, e, name, way, default)
  local blocks, allows = expressions(model, e, state.switch(model), way, default)
  local out = {}
  for _, line in ipairs(blocks) do out[#out + 1] = "\t\tct direction original " .. line .. "drop\n" end
  if default == "Block" then
    out[#out + 1] = "\t\tct state established,related accept\n"
    for _, line in ipairs(allows) do out[#out + 1] = "\t\t" .. line .. "accept\n" end
    out[#out + 1] = "\t\tdrop\n"
  end
  local body = table.concat(out)
  return body ~= "" and ("\tchain %s {\n%s\t}\n"):format(name, body) or ""
end

-- Between Windows and WSL themselves: free while loopback is on; else only what a rule allows.
local function loopback(model, e)
  if e.loopback then return "" end
  return chain(model, e, "host_to_guest", "Inbound", "Block") .. chain(model, e, "guest_to_host", "Outbound", "Block")
    .. "\tchain input {\n\t\ttype filter hook input priority filter - 10; policy accept;\n"
    .. '\t\tiifname "vEthernet" jump guest_to_host\n\t}\n'
    .. "\tchain output {\n\t\ttype filter hook output priority filter - 10; policy accept;\n"
    .. '\t\toifname "vEthernet" jump host_to_guest\n\t}\n'
end

-- NAT: all that WSL sends on and gets passes the switch's Windows end.
local function at_switch(model)
  local w = model.windows
  local e = state.switch(model) and w.wsl.firewall and enforced(w, state.switch(model))
  if not e then return "" end
  local out_chain = chain(model, e, "guest_out", "Outbound", e.outbound)
  local in_chain = chain(model, e, "guest_in", "Inbound", e.inbound)
  local jumps = (out_chain ~= "" and '\t\tiifname "vEthernet" jump guest_out\n' or "")
    .. (in_chain ~= "" and '\t\toifname "vEthernet" jump guest_in\n' or "")
  local body = out_chain .. in_chain
  if body ~= "" then
    body = body .. "\tchain forward {\n\t\ttype filter hook forward priority filter - 10; policy accept;\n" .. jumps .. "\t}\n"
  end
  body = body .. loopback(model, e)
  return body ~= "" and "table inet vfp {\n" .. body .. "}\n" or ""
end

-- Mirrored mode ----------------------------------------------------------------------------------------------------

-- Both directions of one interface, as chains in_NAME and out_NAME.
local function both(model, e, interface, name, inbound, outbound)
  local out = {}
  for _, t in ipairs({ { name = "in_" .. name, way = "Inbound", default = inbound },
    { name = "out_" .. name, way = "Outbound", default = outbound } }) do
    t.blocks, t.allows = expressions(model, e, interface, t.way, t.default)
    out[#out + 1] = stateless.chain(t)
  end
  return table.concat(out)
end

-- 127.0.0.1 is shared by way of Windows: free, unless loopback is off. There its packets are no connection's (notrack).
local function shared_loopback(model)
  local first = names.mirrored(model)[1]
  local e = first and enforced(model.windows, first.i)
  if not e or e.loopback then return "" end
  return both(model, e, first.i, "loopback", "Block", "Block")
    .. "\tchain input {\n\t\ttype filter hook input priority filter - 10; policy accept;\n"
    .. '\t\tiifname "wl" jump out_loopback\n\t}\n'
    .. "\tchain output {\n\t\ttype filter hook output priority filter - 10; policy accept;\n"
    .. "\t\tmeta mark 7 jump in_loopback\n\t}\n"
end

-- What WSL sends and gets by a VPN's tunnel passes Windows.
local function shared_tunnel(model)
  for _, m in ipairs(tunnel.of(model) and names.mirrored(model) or {}) do
    local e = not m.wire and enforced(model.windows, m.i)
    if e then
      return both(model, e, m.i, m.name, e.inbound, e.outbound)
        .. "\tchain forward {\n\t\ttype filter hook forward priority filter - 10; policy accept;\n"
        .. ('\t\tiifname "wv0" jump out_%s\n\t\toifname "wv0" jump in_%s\n\t}\n'):format(m.name, m.name)
    end
  end
  return ""
end

local function at_windows(model)
  local body = shared_loopback(model) .. shared_tunnel(model)
  return body ~= "" and "table inet vfp {\n" .. stateless.common() .. body .. "}\n" or ""
end

-- The table of the switch, at the devices m-NAME (frames to WSL) and g-NAME (WSL's own) of each mirrored interface; "" for none.
function vfp.switch(model)
  if not names.on(model) then return "" end
  local chains = {}
  for _, m in ipairs(names.mirrored(model)) do
    local e = m.wire and names.stands(model, m.name) and enforced(model.windows, m.i)
    if e then
      chains[#chains + 1] = both(model, e, m.i, m.name, e.inbound, e.outbound)
        .. stateless.at_device({ name = "to_" .. m.name, device = "m-" .. m.name, priority = 0, key = "saddr", to = "in_" .. m.name })
        .. stateless.at_device({ name = "from_" .. m.name, device = "g-" .. m.name, priority = 0, key = "daddr", to = "out_" .. m.name })
    end
  end
  if #chains == 0 then return "" end
  return stateless.on_device("table netdev vfp {\n" .. stateless.common() .. table.concat(chains) .. "}\n")
end

-- The table of the Windows node, "" when nothing is filtered: also with firewall=false, or before WSL's first start.
function vfp.table(model)
  return names.on(model) and at_windows(model) or not names.on(model) and at_switch(model) or ""
end

return vfp
