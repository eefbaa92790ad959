-- SPDX-License-Identifier: GPL-2.0-or-later
-- The Hyper-V firewall as a table of nft at the switch's Windows end: what WSL sends on and gets from elsewhere passes here.
-- Precedence as WSL's own tests have it: a block wins, whoever's it is; rules of the host without a program or service count
-- while the policies are merged; a profile switched off enforces nothing.

local match = require("wsl2.match")
local rules = require("wsl2.rules")
local state = require("wsl2.state")
local wfp = require("wsl2.wfp")

local vfp = {}

local function configured(v) return v ~= nil and v ~= "NotConfigured" end

-- WSL's own setting and the profile its network has.
local function policy(w)
  local setting = state.by(w.hyperv.settings, "Name", rules.WSL) or {}
  local switch = state.by(w.interfaces, "dev", "vEthernet") or {}
  local category = switch.NetworkCategory or "Public"
  local profile = {}
  for _, p in ipairs(w.hyperv.profiles) do
    if p.Name == rules.WSL and p.Profile == category then profile = p end
  end
  return setting, profile, category
end

-- What is enforced: nil for nothing, else { inbound, outbound: the default actions; host: do the host's rules count? }.
local function enforced(w)
  local setting, profile, category = policy(w)
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

local function chain(model, e, name, way, default)
  local w = model.windows
  local node = state.node(model, "windows")
  local at = { inbound = way == "Inbound", net = wfp.net(node, state.by(w.interfaces, "dev", "vEthernet")) }
  local blocks, allows = {}, {}
  for _, r in ipairs(counting(w, e, way)) do
    for _, line in ipairs((r.Action == "Block" or default == "Block") and match.lines(r, at) or {}) do
      if r.Action == "Block" then
        blocks[#blocks + 1] = "\t\tct direction original " .. line .. "drop\n"
      else
        allows[#allows + 1] = "\t\t" .. line .. "accept\n"
      end
    end
  end
  local body = table.concat(blocks)
  if default == "Block" then
    body = body .. "\t\tct state established,related accept\n" .. table.concat(allows) .. "\t\tdrop\n"
  end
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

-- The table, "" when nothing is filtered: also with firewall=false, or before WSL's first start.
function vfp.table(model)
  local w = model.windows
  local e = w.wsl.firewall and enforced(w)
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

return vfp
