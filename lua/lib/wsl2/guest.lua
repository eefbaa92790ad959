-- SPDX-License-Identifier: GPL-2.0-or-later
-- One generation of WSL: the node and its services, from the settings in force when it starts.

local addr = require("addr")
local files = require("wsl2.files")
local ip = require("wsl2.ip")
local modes = require("wsl2.modes")
local state = require("wsl2.state")

local guest = {}

local DISK = "debian"

-- What WSL writes anew at each start; the user's own files are the disk's.
local function written(g, net)
  local nameservers = net.nameservers
  local out, hostname = core.array({}), g.hostname
  out[1] = { path = "/etc/hostname", content = hostname .. "\n" }
  if g.conf.generateResolvConf then
    out[#out + 1] = { path = "/mnt/wsl/resolv.conf", content = files.resolv_conf(nameservers, g.search) }
    out[#out + 1] = { path = "/etc/resolv.conf", symlink = "/mnt/wsl/resolv.conf" }
  elseif g.own_link then
    -- Its own link WSL takes away again; nothing else.
    out[#out + 1] = { path = "/etc/resolv.conf", remove = true }
  end
  if g.conf.generateHosts then
    out[#out + 1] = { path = "/etc/hosts", content = files.hosts(hostname, not g.settings.dnsTunneling and g.hosts or "") }
  end
  for _, f in ipairs(net.files or {}) do out[#out + 1] = f end
  for _, f in ipairs(g.files or {}) do out[#out + 1] = f end
  return out
end

local function environment(g)
  local out = core.array({
    { name = "WSL_DISTRO_NAME", value = g.distro },
    { name = "WSL_INTEROP", value = "/run/WSL/1_interop" },
    { name = "WSLENV", value = "" },
    { name = "NAME", value = g.hostname },
  })
  for _, v in ipairs(require("wsl2.proxy").variables(g.model.windows, g.settings)) do
    if not (g.env and g.env[v.name]) then out[#out + 1] = v end
  end
  local names = {}
  for name in pairs(g.env or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do out[#out + 1] = { name = name, value = g.env[name] } end
  return out
end

local function drive(conf)
  if not conf.automount_enabled then return core.array({}) end
  return core.array({ { name = "c", target = conf.root .. "c" } })
end

-- g: { model, params, settings, conf, servers, search, hosts, address, mtu, hostname, distro, kernel, files, env, ruleset, own_link }
function guest.node(g)
  local net = modes.of(g.settings.networkingMode).guest(g)
  return {
    name = "wsl", role = "wsl", hostname = g.hostname, user = g.conf.default == "root" and "root" or "learner", kernel = g.kernel,
    observed = true, disk = DISK, volumes = drive(g.conf), interop = g.conf.interop_enabled,
    ifaces = net.ifaces, routes = net.routes, rules = net.rules, neighs = net.neighs, sysctls = net.sysctls,
    local_rule = net.local_rule, port_space = net.port_space, ruleset = (net.ruleset or "") .. (g.ruleset or ""),
    files = written(g, net), env = environment(g),
  }
end

-- Is it a name that DNS can carry?
local function is_name(word)
  if #word > 253 or word:find("[^%w._-]") or word:find("^%.") or word:find("..", 1, true) then return false end
  for label in word:gmatch("[^.]+") do
    if #label > 63 then return false end
  end
  return true
end

-- The entries of Windows' hosts file but localhost's: { { address, name, ... } }.
function guest.hosts_entries(text)
  local out = {}
  for line in (text or ""):gmatch("[^\r\n]+") do
    local words = {}
    for w in line:gsub("#.*", ""):gmatch("%S+") do
      if #words == 0 or is_name(w) then words[#words + 1] = w end
    end
    if #words >= 2 and ip.family(words[1]) and words[2]:lower() ~= "localhost" then out[#out + 1] = words end
  end
  return out
end

-- As WSL copies them into /etc/hosts.
function guest.hosts_text(entries)
  local out = {}
  for i, words in ipairs(entries) do out[i] = table.concat(words, "\t") .. "\n" end
  return table.concat(out)
end

local function hosts_records(entries)
  local records = {}
  for _, words in ipairs(entries) do
    for n = 2, #words do
      local name, kind = words[n]:lower(), ip.family(words[1]) == 4 and "A" or "AAAA"
      records[name] = records[name] or {}
      records[name][kind] = records[name][kind] or core.array({})
      table.insert(records[name][kind], words[1])
    end
  end
  return records
end

-- The tunnel's listener: it asks Windows, whose resolver reads its hosts file and asks its servers from Windows' own sockets.
function guest.services(g)
  local mode = modes.of(g.settings.networkingMode)
  local out = mode.services and mode.services(g) or {}
  if not g.settings.dnsTunneling then return out end
  local at = mode.tunnel and mode.tunnel(g) or { node = "wsl", address = g.settings.dnsTunnelingIpAddress }
  local function listen(proto) return { proto = proto, address = at.address, port = 53 } end
  out[#out + 1] = {
    name = "dns-tunnel", node = at.node, via = "windows", kind = "dns", listens = core.array({ listen("udp"), listen("tcp") }),
    config = { records = hosts_records(g.entries or {}), upstream = state.list(g.servers), behaviour = g.behaviour,
      suffixes = g.suffixes, tunnel = true, best_effort = g.settings.bestEffortDnsParsing or nil },
  }
  return out
end

-- The address of a start: kept, or the next of the network that is free.
function guest.address(params, topology, n)
  if topology.guest_address ~= "moves" or n <= 1 then return params.guest end
  local known = { params.guest, params.guest2, params.guest3 }
  if known[n] then return known[n] end
  local base = addr.number(params.subnet_base)
  local host = (addr.number(params.guest3) - base + 257 * (n - 3)) % 4093 + 2
  return addr.text(base + host)
end

return guest
