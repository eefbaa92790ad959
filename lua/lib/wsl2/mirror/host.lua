-- SPDX-License-Identifier: GPL-2.0-or-later
-- Windows' side of mirrored mode: no switch of WSL's own, and an end of the loopback switch, hidden from Windows' commands, by
-- which what is WSL's of 127.0.0.1 and of Windows' addresses goes to WSL (decision 9).
--
-- What is WSL's is the set `gp` of loopback.lua's table. A reset without a sequence number, the answer of a closed port, is lost
-- on the way, as on Windows: whoever called hangs.

local guest = require("wsl2.mirror.guest")
local interfaces = require("wsl2.interfaces")
local loopback = require("wsl2.loopback")
local names = require("wsl2.mirror.names")
local state = require("wsl2.state")
local tunnel = require("wsl2.mirror.tunnel")
local vpn = require("wsl2.vpn")

local host = {}

local TABLE = 127

-- What Windows' interface names ------------------------------------------------------------------------------------

-- Takes an item out of a list; gives it with its place.
local function take(list, key, value)
  local item, at = state.by(list, key, value)
  if item then state.drop(list, at) end
  return item, at
end

local function put_back(list, item, at)
  if item then table.insert(list, math.min(at, #list + 1), item) end
end

-- The parts of the NAT network on Windows: where each is, and by what it is known.
local function parts(model)
  local node, w = state.node(model, "windows"), model.windows
  return {
    { node.ifaces, "name", "vEthernet" }, { w.interfaces, "dev", "vEthernet" }, { model.segments, "name", "vswitch" },
    { model.services, "name", "windows-dns-proxy" }, { w.switches, "Name", w.wsl.network },
  }
end

-- The NAT network goes, with the routes that led there, and those that wait for its adapter to be switched on.
local function park(model)
  local h, node = state.hidden(model), state.node(model, "windows")
  h.parked = { routes = {}, lost = h.lost and h.lost.vEthernet }
  for n, p in ipairs(parts(model)) do
    local item, at = take(table.unpack(p))
    h.parked[n] = item and { item, at } or false
  end
  node.routes = state.remove_where(node.routes, function(r)
    local its = r.dev == "vEthernet"
    if its then table.insert(h.parked.routes, r) end
    return its
  end)
  if h.lost then h.lost.vEthernet = nil end
end

local function unpark(model)
  local h = state.hidden(model)
  for n, p in ipairs(parts(model)) do
    local kept = h.parked and h.parked[n]
    if kept then put_back(p[1], kept[1], kept[2]) end
  end
  for _, r in ipairs(h.parked and h.parked.routes or {}) do interfaces.place(state.node(model, "windows"), r) end
  if h.parked and h.parked.lost then
    h.lost = h.lost or {}
    h.lost.vEthernet = h.parked.lost
  end
  h.parked = nil
  vpn.steal(model)
end

-- Coming and going -------------------------------------------------------------------------------------------------

local REDIRECTS = "net.ipv4.conf.all.send_redirects"

local function set_sysctl(node, name, value)
  local s = state.by(node.sysctls, "name", name)
  if not s then
    s = { name = name }
    table.insert(node.sysctls, s)
  end
  s.value = value
end

function host.enter(model)
  park(model)
  loopback.enter(model, { gateway = names.gateway(model), mac = names.loopback_mac(model) })
  set_sysctl(state.node(model, "windows"), REDIRECTS, "0")
  model.windows.wsl.window = core.array({ table.unpack(names.window) })
  table.insert(model.windows.switches, { Name = "FSE Switch", SwitchType = "Internal" })
end

function host.leave(model)
  take(model.windows.switches, "Name", "FSE Switch")
  model.windows.wsl.window = nil
  set_sysctl(state.node(model, "windows"), REDIRECTS, "1")
  loopback.leave(model)
  tunnel.put(model, false)
  unpark(model)
end

-- What follows Windows' addresses ----------------------------------------------------------------------------------

-- Routes to WSL for what is shared: 127.0.0.1 by loopback0, each address of Windows by the interface that has it.
function host.ways(model)
  if not names.on(model) then return false end
  local gateway = names.gateway(model)
  local ways, neighs, hops = {}, { { dev = names.host_nic, address = gateway, mac = names.loopback_mac(model) } }, {}
  local function way(address, via)
    ways[#ways + 1] = { dst = address .. "/32", via = via, dev = names.host_nic, protocol = "static", src = address, table = TABLE,
      onlink = true }
  end
  way("127.0.0.1", gateway)
  guest.each_address(names.mirrored(model), function(address, m)
    if not m.wire then return end
    if not hops[m.name] then
      hops[m.name] = ("169.254.73.%d"):format(1 + tonumber(m.name:match("%d+")))
      neighs[#neighs + 1] = { dev = names.host_nic, address = hops[m.name], mac = m.iface.mac }
    end
    way(address, hops[m.name])
  end)
  return { routes = ways, neighs = neighs, tunnel = tunnel.of(model) }
end

-- new: false in another mode, whose `wl` may have ways of its own; leaving the mode has taken ours with the interface.
function host.put_ways(model, new)
  tunnel.put(model, new and new.tunnel)
  if not new then return end
  local node = state.node(model, "windows")
  for _, key in ipairs({ "routes", "neighs" }) do
    node[key] = state.remove_where(node[key], function(item) return item.dev == names.host_nic end)
    for _, item in ipairs(new[key]) do table.insert(node[key], state.clone(item)) end
  end
end

-- The table of the Windows node.
function host.table(model)
  local list = { "127.0.0.1" }
  guest.each_address(names.mirrored(model), function(address, m)
    if m.wire then list[#list + 1] = address end
  end)
  return loopback.table({ udp = true, hang = true, addresses = list, tunnel = tunnel.of(model) or nil })
end

return host
