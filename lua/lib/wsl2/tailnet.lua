-- SPDX-License-Identifier: GPL-2.0-or-later
-- A tunnel inside WSL, as Tailscale makes one: `tailscale0` there, its other end on a machine of the internet, and between them UDP
-- through both NATs. It comes and goes with WSL.
--
--   wsl (tailscale0) ==UDP 41641== windows == router == wan == peer (tailscale0; a web server)

local strict = require("strict")
local state = require("wsl2.state")

local tailnet = { dev = "tailscale0", name = "build.tailnet.example", alias = "Tailscale" }

local SEGMENT, TABLE, PORT, RANGE = "tailnet", 52, 41641, "100.64.0.0/10"

local schema = strict.schema("wsl2.nat.tailnet", { mtu = "integer", on_windows = "boolean" })

-- The author's table with all it leaves out; nil for none.
function tailnet.settings(t)
  if not t then return nil end
  strict.check(schema, t, "tailnet")
  return { mtu = t.mtu or 1280, on_windows = t.on_windows == true }
end

local function host(address) return { cidr = address .. "/32" } end

local function peer(p)
  return {
    name = "peer", role = "other", hostname = "build", user = "root",
    ifaces = core.array({ { name = "eth0", label = "Build server", kind = "veth", segment = "wan", mac = "52:54:00:cb:71:04", up = true,
      addresses = { { cidr = p.tailnet_public .. "/24" } } },
      { name = "lo", kind = "loopback", up = true, addresses = { host(p.tailnet_peer) } } }),
    routes = core.array({ { dst = "default", via = p.wan_gateway, dev = "eth0", protocol = "static" } }),
    files = core.array({ { path = "/etc/hostname", content = "build\n" } }),
  }
end

-- It serves inside the tunnel alone; its address there is on lo, so that it is there while WSL is not.
local function web(p)
  local site = { ["/"] = { status = 200, type = "text/html", body = "<!doctype html><title>Builds</title><h1>Builds</h1>\n" },
    ["/large.bin"] = { size = 400000 } }
  return { name = "peer-web", node = "peer", kind = "http",
    listens = { { proto = "tcp", address = p.tailnet_peer, port = 80 }, { proto = "tcp", address = p.tailnet_peer, port = 443 } },
    config = { sites = { [tailnet.name] = site, [p.tailnet_peer] = site }, default = tailnet.name } }
end

-- Windows' NAT loses what comes from WSL in pieces, unless it is for Windows itself (microsoft/WSL#6082, #7197). Conntrack would
-- put the pieces together from priority -400 on.
local function lossy(p)
  return "table ip vmswitch {\n\tchain prerouting {\n\t\ttype filter hook prerouting priority -450; policy accept;\n"
    .. ('\t\tiifname "vEthernet" ip daddr != %s ip frag-off & 0x3fff != 0 drop\n\t}\n}\n'):format(p.gateway)
end

-- Windows' own Tailscale, signed in elsewhere: an adapter with an address and an MTU, and nobody this lab knows behind it.
local function on_windows(model, p)
  table.insert(model.segments, { name = "tailscale", label = "Another tailnet" })
  table.insert(state.node(model, "windows").ifaces, { name = "tailscale", label = tailnet.alias, kind = "tunnel", segment = "tailscale",
    mac = "02:00:4c:4f:4f:52", up = true, addresses = core.array({ host(p.tailnet_windows) }) })
  table.insert(model.windows.interfaces, { InterfaceAlias = tailnet.alias, dev = "tailscale", InterfaceDescription = "Tailscale Tunnel",
    InterfaceMetric = 5, NlMtu = 1500, Forwarding = false, Dhcp = false, NetworkCategory = "Private", ServerAddresses = core.array({}),
    ConnectionSpecificSuffix = "", Status = "Up", Virtual = true })
end

-- What of it is there whether WSL runs or not. s: settings, p: the parameters.
function tailnet.begin(model, s, p)
  if not s then return end
  local windows = state.node(model, "windows")
  table.insert(model.nodes, peer(p))
  table.insert(model.services, web(p))
  windows.ruleset = (windows.ruleset or "") .. lossy(p)
  state.service(model, "internet-dns").config.records[tailnet.name] = { A = { p.tailnet_peer } }
  if s.on_windows then on_windows(model, p) end
end

-- The daemon's rules: what it sends itself (with its mark) goes the usual ways, all else is looked up in its table first.
local function rules(list)
  table.insert(list, { priority = 5210, fwmark = 0x80000, fwmask = 0xff0000, table = 254 })
  table.insert(list, { priority = 5230, fwmark = 0x80000, fwmask = 0xff0000, table = 253 })
  table.insert(list, { priority = 5270, table = TABLE })
end

-- Links are made in the order of the nodes: WSL's own, eth0 first, before the peer's.
local function last(model, node)
  model.nodes = state.remove_where(model.nodes, function(n) return n == node end)
  table.insert(model.nodes, node)
end

local function both_ends(model, s, p)
  local guest, other = state.node(model, "wsl"), state.node(model, "peer")
  last(model, other)
  table.insert(model.segments, { name = SEGMENT, label = "Tailnet", cidr = RANGE })
  table.insert(guest.ifaces, { name = tailnet.dev, label = "", kind = "tunnel", segment = SEGMENT, carried = true, mtu = s.mtu, up = true,
    addresses = core.array({ host(p.tailnet_guest) }) })
  guest.routes, guest.rules = guest.routes or core.array({}), guest.rules or core.array({})
  table.insert(guest.routes, { dst = p.tailnet_peer .. "/32", dev = tailnet.dev, table = TABLE })
  rules(guest.rules)
  table.insert(other.ifaces, { name = tailnet.dev, label = "", kind = "tunnel", segment = SEGMENT, carried = true, mtu = s.mtu, up = true,
    endpoint = ("%s:%d"):format(p.tailnet_public, PORT), addresses = core.array({}) })
  table.insert(other.routes, { dst = p.tailnet_guest .. "/32", dev = tailnet.dev })
end

-- Puts the tunnel into a model whose guest has just been made; one without a network has none.
function tailnet.enter(model)
  local h = state.hidden(model)
  if h.topology.tailnet and model.mode ~= "none" then both_ends(model, h.topology.tailnet, h.params) end
end

-- Takes it out; what of it is the guest's goes with it.
function tailnet.leave(model)
  if not state.hidden(model).topology.tailnet then return end
  local other = state.node(model, "peer")
  model.segments = state.remove_where(model.segments, function(g) return g.name == SEGMENT end)
  other.ifaces = state.remove_where(other.ifaces, function(i) return i.name == tailnet.dev end)
  other.routes = state.remove_where(other.routes, function(r) return r.dev == tailnet.dev end)
end

return tailnet
