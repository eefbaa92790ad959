-- SPDX-License-Identifier: GPL-2.0-or-later
-- networkingMode=mirrored: WSL has Windows' interfaces, ports and loopback (facts 2; decision 9).

local guest = require("wsl2.mirror.guest")
local host = require("wsl2.mirror.host")
local ip = require("wsl2.ip")
local names = require("wsl2.mirror.names")
local registry = require("wsl2.registry")
local state = require("wsl2.state")

local mirrored = { forwards = true, tables = { loopback = host.table } }

-- Windows' side ----------------------------------------------------------------------------------------------------

local FIRST_BUILD = 22621 -- Windows 11 22H2

-- Why a Windows can't give the mode, in WSL's words.
function mirrored.lacks(model)
  local w = model.windows
  if registry.value(model, "DisabledComponents") == 0xff then
    return "IPv6 is disabled on the host in an unsupported way (HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip6\\Parameters "
      .. "DisabledComponents=0xff)"
  end
  local major, minor = (state.hidden(model).topology.wsl.kernel or ""):match("^(%d+)%.(%d+)")
  if major and tonumber(major) * 1000 + tonumber(minor) < 5010 then return "Linux Kernel version 5.10 or newer is required" end
  local build = tonumber(w.version.Version:match("%d+$"))
  if build < FIRST_BUILD or registry.value(model, "HyperVFirewallDisable") == 1 then
    return ("Windows version %d.%s does not have the required features"):format(build, w.version.Build)
  end
end

-- What has no meaning here is not in effect; the firewall always is.
local function settle(s, warn)
  if require("wsl2.config").given(s, "localhostForwarding") then
    warn("wsl: The wsl2.localhostForwarding setting has no effect when using mirrored networking mode")
  end
  s.localhostForwarding, s.dnsProxy, s.firewall = false, false, true
end

-- Mirroring needs HNS and its flow steering.
function mirrored.enter(model, s, warn)
  local services = require("wsl2.services")
  local hns = services.need(model, "hns")
  local fse = services.need(model, "FSE")
  if not hns or not fse then return nil end
  settle(s, warn)
  if model.windows.wsl.networkingMode ~= "mirrored" then host.enter(model) end
  return {}
end

mirrored.leave = host.leave

-- The guest --------------------------------------------------------------------------------------------------------

local never = { { "udp", 68 }, { "tcp", 135 }, { "tcp", 1900 }, { "tcp", 2869 }, { "tcp", 5004 }, { "tcp", 3702 }, { "tcp", 5357 },
  { "tcp", 5358 } }

local function port_space(s)
  local out = { with = "windows", window = core.array({ table.unpack(names.window) }), ignored = core.array({}), never = core.array({}),
    dynamic = core.array({ 49152, 65535 }), publish = "steer" }
  for port in s.ignoredPorts:gmatch("%d+") do table.insert(out.ignored, math.tointeger(tonumber(port))) end
  for i, n in ipairs(never) do out.never[i] = { proto = n[1], port = n[2] } end
  return out
end

local MOST_SERVERS = 3

-- The tunnel's listener, or Windows' own servers: IPv4 first, at most three.
local function nameservers(g)
  if g.settings.dnsTunneling then return { g.settings.dnsTunnelingIpAddress } end
  local out = {}
  for _, family in ipairs({ 4, 6 }) do
    for _, server in ipairs(g.servers) do
      if ip.family(server) == family and #out < MOST_SERVERS then out[#out + 1] = server end
    end
  end
  return out
end

mirrored.nameservers = nameservers

-- The file that keeps systemd from setting back what loopback needs.
local function files(g)
  local lines = {}
  for i, name in ipairs(guest.unfiltered) do lines[i] = name .. "=0\n" end
  return g.conf.systemd and { { path = "/run/sysctl.d/wsl-networking.conf", content = table.concat(lines) } } or {}
end

local function lo(s)
  local a = s.dnsTunnelingIpAddress
  return { name = "lo", kind = "loopback", up = true, addresses = { { cidr = a .. "/32", broadcast = a } } }
end

function mirrored.guest(g)
  local s = g.settings
  local net = guest.network(g.model, s)
  if s.dnsTunneling then table.insert(net.ifaces, 1, lo(s)) end
  net.local_rule, net.port_space, net.nameservers, net.files = 2, port_space(s), nameservers(g), files(g)
  return net
end

-- Windows' first address.
function mirrored.address(model)
  local first
  guest.each_address(names.mirrored(model), function(address) first = first or address end)
  return first or ""
end

-- Following Windows ------------------------------------------------------------------------------------------------

function mirrored.follow(model) return guest.network(model, model.windows.wsl.started_with) end

local function has(list, item)
  for n, other in ipairs(list or {}) do
    if state.equal(other, item) then return n end
  end
end

-- Takes out of a list what there was and is not any more, and puts what is new; what somebody else changed stays.
local function patch(list, old, new)
  for _, item in ipairs(old or {}) do
    local n = not has(new, item) and has(list, item)
    if n then state.drop(list, n) end
  end
  for _, item in ipairs(new) do
    if not has(old, item) and not has(list, item) then table.insert(list, state.clone(item)) end
  end
  return list
end

local function by_name(list, name) return (state.by(list, "name", name)) end

local function patch_ifaces(node, old, new)
  node.ifaces = state.remove_where(node.ifaces, function(i) return by_name(old, i.name) and not by_name(new, i.name) end)
  for _, i in ipairs(new) do
    local mine = by_name(node.ifaces, i.name)
    if not mine then
      table.insert(node.ifaces, state.clone(i))
    elseif old and not state.equal(by_name(old, i.name), i) then
      for _, key in ipairs({ "mac", "up", "mtu", "addresses", "mirrors", "segment" }) do mine[key] = state.clone(i[key]) end
    end
  end
end

local function swap(text, old, new)
  local a, b = text:find(old, 1, true)
  return a and text:sub(1, a - 1) .. new .. text:sub(b + 1) or text
end

function mirrored.put(model, new, old)
  local node = state.node(model, "wsl")
  if not old or not node then return end -- a guest that starts is made of the same
  patch_ifaces(node, old.ifaces, new.ifaces)
  for _, key in ipairs({ "routes", "rules", "neighs", "sysctls" }) do
    node[key] = patch(node[key] or core.array({}), old[key], new[key])
  end
  if old.ruleset ~= new.ruleset then node.ruleset = swap(node.ruleset, old.ruleset, new.ruleset) end
  model.windows.wsl.address = mirrored.address(model)
end

return mirrored
