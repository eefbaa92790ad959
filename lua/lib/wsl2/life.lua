-- SPDX-License-Identifier: GPL-2.0-or-later
-- Operations on WSL itself: shutdown, terminate and start. A stop takes the node and its services out of the model; a start
-- builds the next generation from the configuration files of that moment.

local config = require("wsl2.config")
local containers = require("wsl2.containers")
local derive = require("wsl2.derive")
local guest = require("wsl2.guest")
local modes = require("wsl2.modes")
local resolver = require("wsl2.resolver")
local state = require("wsl2.state")
local tailnet = require("wsl2.tailnet")

local life = { ops = {} }

life.networks = { [true] = "WSL (Hyper-V firewall)", [false] = "WSL" }
life.hosts = "/mnt/c/Windows/System32/drivers/etc/hosts"

local VM_IDLE = 60 -- seconds a VM stays after its last distribution stopped

-- Stopping ---------------------------------------------------------------------------------------------------------

-- Remembers of the guest's disk what the next start wants to know, while it can still be asked.
function life.note(model, ctx)
  local h = state.hidden(model)
  if not model.windows.wsl.running then return end
  local conf = ctx.read("wsl", config.conf)
  h.conf = conf.exists and conf.content or ""
  local resolv = ctx.read("wsl", "/etc/resolv.conf")
  h.own_link = resolv.type == "symlink" and resolv.target == "/mnt/wsl/resolv.conf"
end

-- Takes WSL out of the model. Its switch and what Windows has stay.
function life.stop(model)
  local h, w = state.hidden(model), model.windows.wsl
  if not w.running then return end
  h.stopped = state.node(model, "wsl")
  model.nodes = state.remove_where(model.nodes, function(n) return n.name == "wsl" end)
  h.stopped_services = core.array({})
  model.services = state.remove_where(model.services, function(s)
    local its = s.node == "wsl" or s.name == "dns-tunnel"
    if its then table.insert(h.stopped_services, s) end
    return its
  end)
  containers.leave(model)
  tailnet.leave(model)
  w.running, w.address = false, ""
  h.vm = nil
end

life.ops["wsl.shutdown"] = function(model, _, ctx)
  life.note(model, ctx)
  life.stop(model)
  state.hidden(model).vm = nil
  return {}
end

-- The virtual machine, and so .wslconfig as it was read, outlives a terminated distribution for a minute.
life.ops["wsl.terminate"] = function(model, args, ctx)
  local check = require("wsl2.check")
  local a = check.fields(args, { Distribution = { check.name } }, "a distribution")
  local w, h = model.windows.wsl, state.hidden(model)
  if a.Distribution and a.Distribution:lower() ~= w.distro:lower() then
    state.fail("NotFound", "There is no distribution with the supplied name.")
  end
  if not w.running then return {} end
  local running = { text = h.wslconfig, address = w.address }
  life.note(model, ctx)
  life.stop(model)
  running.till = ctx.now() + VM_IDLE
  h.vm = running
  return {}
end

-- Starting ---------------------------------------------------------------------------------------------------------

-- The network WSL asks HNS for is named for the firewall's being there.
function life.name_network(model, firewall)
  local w, name = model.windows, life.networks[firewall]
  local i = state.switch(model)
  if not i then return end -- mirrored: no network of its own
  local sw = state.by(w.switches, "Name", w.wsl.network)
  if sw then sw.Name = name end
  w.wsl.network = name
  i.InterfaceAlias = "vEthernet (" .. name .. ")"
  state.iface(state.node(model, "windows"), i.dev).label = i.InterfaceAlias
end

-- Everything a generation is made of. t: the author's table for WSL.
local function generation(model, s, c, t, entries)
  local h, w = state.hidden(model), model.windows
  local tunnel_or_own = s.dnsTunneling or not s.dnsProxy
  return {
    model = model, params = h.params, settings = s, conf = c, servers = derive.servers(model), entries = entries,
    hosts = guest.hosts_text(entries), search = t.search or (tunnel_or_own and resolver.suffixes(w)) or nil, own_link = h.own_link,
    hostname = c.hostname ~= "" and c.hostname or config.clean_hostname(w.hostname), distro = w.wsl.distro,
    kernel = t.kernel, env = t.env, mtu = derive.mtu(model), address = w.wsl.address,
    behaviour = derive.tunnel_behaviour(model), suffixes = derive.suffixes(model),
  }
end

local function settled(model, s, address)
  local w = model.windows.wsl
  w.running, w.address = true, s.networkingMode ~= "none" and address or ""
  for _, key in ipairs({ "networkingMode", "localhostForwarding", "dnsTunneling", "dnsProxy", "firewall" }) do w[key] = s[key] end
  w.started_with, model.mode = s, s.networkingMode
  local mode = modes.of(s.networkingMode)
  if mode.address then w.address = mode.address(model, s) end
  life.name_network(model, s.firewall)
end

-- Puts a generation into a model. with: { files = the user's own from the start, rules = the author's, services = his on WSL }.
function life.enter(model, s, c, address, entries, with)
  local h = state.hidden(model)
  local t = h.topology.wsl
  settled(model, s, address)
  local g = generation(model, s, c, t, entries)
  if not modes.of(s.networkingMode).address then g.address = address end
  if with.files then
    g.files = core.array({ { path = config.conf, content = h.conf } })
    for _, f in ipairs(t.files or {}) do table.insert(g.files, f) end
  end
  if with.rules then g.ruleset, g.mtu = t.ruleset, t.mtu or g.mtu end
  model.windows.wsl.default_user = c.default == "root" and "root" or "learner"
  table.insert(model.nodes, guest.node(g))
  containers.enter(model)
  tailnet.enter(model)
  for _, service in ipairs(guest.services(g)) do table.insert(model.services, service) end
  for _, service in ipairs(with.services and h.topology.services or {}) do
    if service.node == "wsl" or containers.has(model, service.node) then table.insert(model.services, state.clone(service)) end
  end
end

local function read_settings(model, ctx)
  local h = state.hidden(model)
  local vm = h.vm
  if vm and vm.till > ctx.now() then
    return (config.wslconfig(vm.text, model.windows)), {}, vm.address
  end
  h.wslconfig = ctx.read("windows", config.file).content or ""
  local s, warnings = config.wslconfig(h.wslconfig, model.windows)
  return s, warnings, nil
end

life.ops["wsl.start"] = function(model, _, ctx)
  local h, w = state.hidden(model), model.windows.wsl
  if w.running then return { started = false, warnings = core.array({}) } end
  if not require("wsl2.services").need(model, "WslService") then
    state.fail("Failed", "The service cannot be started, either because it is disabled or because it has no enabled devices "
      .. "associated with it. \nError code: Wsl/0x80070422")
  end
  local s, warnings, address = read_settings(model, ctx)
  local c, more = config.wsl_conf(h.conf)
  for _, line in ipairs(more) do warnings[#warnings + 1] = line end
  local force = modes.enter(model, s, warnings)
  warnings[#warnings + 1] = select(2, require("wsl2.proxy").variables(model.windows, s))
  if not address or address == "" then
    h.generation = (h.generation or 1) + 1
    address = guest.address(h.params, h.topology.wsl, h.generation)
  end
  h.vm, h.stopped, h.stopped_services = nil, nil, nil
  life.enter(model, s, c, address, guest.hosts_entries(ctx.read("windows", life.hosts).content),
    { files = ctx.from_model, services = true })
  return { started = true, warnings = core.array(warnings) }, force
end

return life
