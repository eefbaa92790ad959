-- SPDX-License-Identifier: GPL-2.0-or-later
-- Windows Firewall as a table of nft in the Windows node. An interface's network category chooses its profile; blocking rules
-- come first and cut what is under way, then answers, then allowing rules, then the profile's default: silence.

local ip = require("wsl2.ip")
local match = require("wsl2.match")
local modes = require("wsl2.modes")
local state = require("wsl2.state")

local wfp = {}

-- A profile's setting where nobody set it.
local unset = { DefaultInboundAction = "Block", DefaultOutboundAction = "Allow", AllowInboundRules = true, AllowLocalFirewallRules = true }

-- What holds: the setting, or Windows' own where it is NotConfigured.
function wfp.effective(profile, key)
  local v = profile[key]
  if v == nil or v == "NotConfigured" then return unset[key] end
  return v
end

-- Is the rule in force on a profile? Rules of a group policy are not the PC's own.
function wfp.applies(rule, profile, name)
  if not rule.Enabled then return false end
  local of_policy = tostring(rule.PolicyStoreSource):find("GroupPolicy", 1, true)
  if not of_policy and wfp.effective(profile, "AllowLocalFirewallRules") == false then return false end
  return match.is_any(rule.Profile) or match.holds(rule.Profile, name)
end

-- Addresses that Windows' words (LocalSubnet, DNS, DefaultGateway) mean on an interface.
function wfp.net(node, interface)
  local net = { subnets = { "fe80::/64" }, subnets4 = {}, subnets6 = { "fe80::/64" }, servers = interface.ServerAddresses, gateways = {} }
  local iface = state.iface(node, interface.dev)
  for _, a in ipairs(iface and iface.addresses or {}) do
    local _, _, family = ip.split(a.cidr)
    if family == 4 then
      table.insert(net.subnets, ip.network(a.cidr))
      table.insert(net.subnets4, ip.network(a.cidr))
    end
  end
  for _, r in ipairs(node.routes or {}) do
    if r.dev == interface.dev and r.dst == "default" and r.via then table.insert(net.gateways, r.via) end
  end
  return net
end

local function on_interface(rule, alias)
  return match.is_any(rule.InterfaceAlias) or match.holds(rule.InterfaceAlias, alias)
end

-- The chain of one interface and direction: its lines, and whether anything is left to chance by it.
local function chain(model, node, interface, inbound)
  local name = interface.NetworkCategory
  local profile = model.windows.firewall.profiles[name]
  if not profile or profile.Enabled == false then return nil end
  local at = { inbound = inbound, net = wfp.net(node, interface), processes = model.windows.processes }
  local blocks, allows = {}, {}
  local default = wfp.effective(profile, inbound and "DefaultInboundAction" or "DefaultOutboundAction")
  if inbound and wfp.effective(profile, "AllowInboundRules") == false then default = "Nothing" end
  for _, r in ipairs(model.windows.firewall.rules) do
    local mine = (r.Direction == "Inbound") == inbound and (r.Action == "Block" or default == "Block")
    if mine and wfp.applies(r, profile, name) and on_interface(r, interface.InterfaceAlias) then
      for _, line in ipairs(match.lines(r, at)) do
        if r.Action == "Block" then blocks[#blocks + 1] = line else allows[#allows + 1] = line end
      end
    end
  end
  return blocks, allows, default == "Nothing" and "Block" or default
end

local function text(name, blocks, allows, default)
  local out = { "\tchain " .. name .. " {\n" }
  for _, line in ipairs(blocks) do out[#out + 1] = "\t\tct direction original " .. line .. "drop\n" end
  if default == "Block" then
    out[#out + 1] = "\t\tct state established,related accept\n"
    for _, line in ipairs(allows) do out[#out + 1] = "\t\t" .. line .. "accept\n" end
    out[#out + 1] = "\t\tdrop\n"
  end
  out[#out + 1] = "\t}\n"
  return table.concat(out)
end

-- What Windows sends in WSL's place is its own: by which interface that comes, in a mode that has such.
local function proxied(model, inbound, jumps)
  local mode = modes.current(model)
  if inbound or not mode or not mode.proxy_dev then return "" end
  local out = {}
  for i, line in ipairs(jumps) do out[i] = ('\t\tiifname "%s" %s'):format(mode.proxy_dev, line:gsub("^%s+", "")) end
  return "\tchain proxied {\n\t\ttype filter hook forward priority filter; policy accept;\n" .. table.concat(out) .. "\t}\n"
end

-- One direction: the chains of its interfaces, and the base chain that leads into them.
local function direction(model, node, inbound)
  local hook = inbound and "input" or "output"
  local chains, jumps = {}, {}
  for _, i in ipairs(model.windows.interfaces) do
    local blocks, allows, default = chain(model, node, i, inbound)
    if blocks and (#blocks > 0 or default == "Block") then
      local name = (inbound and "in_" or "out_") .. i.dev
      chains[#chains + 1] = text(name, blocks, allows, default)
      jumps[#jumps + 1] = ('\t\t%s "%s" jump %s\n'):format(inbound and "iifname" or "oifname", i.dev, name)
    end
  end
  if #chains == 0 then return "" end
  return table.concat(chains) .. ("\tchain %s {\n\t\ttype filter hook %s priority filter; policy accept;\n"):format(hook, hook)
    .. table.concat(jumps) .. "\t}\n" .. proxied(model, inbound, jumps)
end

-- The table, "" when nothing is filtered.
function wfp.table(model)
  local node = state.node(model, "windows")
  local body = direction(model, node, true) .. direction(model, node, false)
  return body ~= "" and "table inet wfp {\n" .. body .. "}\n" or ""
end

return wfp
