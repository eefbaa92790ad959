-- SPDX-License-Identifier: GPL-2.0-or-later
-- networkingMode=consomme, virtioproxy before WSL 2.9 (facts 4.1): WSL has the address of Windows' best interface, behind a stack
-- of Windows' that makes each of its connections in its place.
--
-- That stack is Windows' kernel here: WSL's eth0 ends at `vnet0`, which answers ARP for every address; what comes from there is
-- translated to Windows' address and connection tracking knows what to send back (mark 8, a route of its own, as the address
-- is local). netdojo's own relays publish WSL's ports.

local addr = require("addr")
local ip = require("wsl2.ip")
local loopback = require("wsl2.loopback")
local state = require("wsl2.state")
local version = require("wsl2.version")

local consomme = { forwards = true, proxy_dev = "vnet0" }

local GUEST_MAC, SEGMENT, MARK, TABLE = "00:00:00:00:01:00", "vnet", 8, 130
local DNS = "169.254.73.129" -- vnet0's, where the gateway's port 53 leads
local WINDOW = { 40960, 45055 } -- of WSL's own ports

local back = { { priority = 0, fwmark = MARK, table = TABLE } }

-- The interface of Windows that leads out: { cidr, gateway, servers }; nil for a PC on no network.
local function best(model)
  local node, found = state.node(model, "windows"), nil
  local function metric_of(i, r) return (r and r.metric or 0) + i.InterfaceMetric end
  for _, i in ipairs(model.windows.interfaces) do
    local f = i.dev ~= "vEthernet" and i.Status == "Up" and state.iface(node, i.dev)
    local way = nil
    for _, r in ipairs(f and node.routes or {}) do
      if r.dev == i.dev and r.dst == "default" and not r.ipv6 and (not r.table or r.table == 254) then way = way or r end
    end
    for _, a in ipairs(f and f.addresses or {}) do
      local better = not found or (way and not found.way) or (way ~= nil) == (found.way ~= nil) and metric_of(i, way) < found.metric
      if better and ip.family((a.cidr:match("^[^/]+"))) == 4 then
        found = { cidr = a.cidr, way = way, metric = metric_of(i, way), gateway = way and way.via }
        break
      end
    end
  end
  if found and not found.gateway then
    found.gateway = addr.text(addr.number((ip.network(found.cidr):match("^[^/]+"))) + 1)
  end
  return found
end

local function address_of(b) return (b.cidr:match("^[^/]+")) end

-- What it needs of Windows. asked: it is what .wslconfig says, not what another mode fell back to.
local function lacking(model, s, warn)
  if s.virtio ~= false then return best(model) == nil end
  local to = s.fell_back and "none" or "nat"
  if to == "nat" then
    warn(("wsl: %s networking is not supported when wsl2.virtio is disabled; falling back to networkingMode Nat.")
      :format(version.proxy(model.windows.wsl.version) == "consomme" and "Consomme" or "VirtioProxy"))
    return true, to
  end
  return true
end

local function gateway_of(model) return version.loopback_gateway(model.windows.wsl.version) end

-- The way back to WSL's own address, which is Windows' too.
local function put_way(model)
  local node, b = state.node(model, "windows"), best(model)
  local function mine(item) return item.dev == "vnet0" end
  node.routes, node.neighs = state.remove_where(node.routes, mine), state.remove_where(node.neighs, mine)
  if not b then return end
  table.insert(node.routes, { dst = address_of(b) .. "/32", dev = "vnet0", table = TABLE, scope = "link", protocol = "static" })
  table.insert(node.neighs, { dev = "vnet0", address = address_of(b), mac = GUEST_MAC })
end

function consomme.enter(model, s, warn)
  local lacks, instead = lacking(model, s, warn)
  if lacks then return nil, instead end
  loopback.plug(model, { name = "vnet0", label = "WSL's network", segment = SEGMENT, mac = loopback.mac,
    addresses = { { cidr = DNS .. "/32", scope = "host" } } }, {
    ["net.ipv4.conf.IFACE.accept_local"] = "1", ["net.ipv4.conf.IFACE.rp_filter"] = "0",
    ["net.ipv4.conf.IFACE.send_redirects"] = "0", ["net.ipv4.conf.IFACE.proxy_arp"] = "1",
    ["net.ipv4.neigh.IFACE.proxy_delay"] = "0",
  })
  put_way(model)
  loopback.enter(model, { gateway = gateway_of(model), mac = loopback.guest_mac(state.hidden(model).params) })
  loopback.add_rules(model, back)
  return {}
end

function consomme.leave(model)
  loopback.drop_rules(model, back)
  loopback.leave(model)
  loopback.unplug(model, "vnet0", SEGMENT)
end

local function to_tunnel(gateway)
  return ('\t\tiifname "vnet0" ip daddr %s meta l4proto { tcp, udp } th dport 53 dnat to %s\n'):format(gateway, DNS)
end

consomme.tables = {
  loopback = function() return loopback.table({ udp = false, hang = false }) end,
  proxy = function(model)
    local b = best(model)
    local dns = b and model.windows.wsl.dnsTunneling and to_tunnel(b.gateway) or ""
    return "table ip consomme {\n"
      .. "\tchain tell {\n\t\ttype filter hook prerouting priority mangle; policy accept;\n"
      .. '\t\tiifname "vnet0" ct mark set 8 accept\n\t\tct direction reply ct mark 8 meta mark set 8\n\t}\n'
      .. "\tchain told {\n\t\ttype route hook output priority mangle; policy accept;\n\t\tct direction reply ct mark 8 meta mark set 8\n\t}\n"
      .. "\tchain names {\n\t\ttype nat hook prerouting priority dstnat; policy accept;\n" .. dns .. "\t}\n"
      .. '\tchain out {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n\t\tiifname "vnet0" masquerade\n\t}\n}\n'
  end,
}

function consomme.settings(s) s.localhostForwarding = false end

function consomme.address(model)
  local b = best(model)
  return b and address_of(b) or ""
end

function consomme.tunnel() return { node = "windows", address = DNS } end

local function nameservers(g, b)
  return g.settings.dnsTunneling and { b.gateway } or g.servers
end

function consomme.guest(g)
  local b, v = best(g.model), g.model.windows.wsl.version
  local lo = loopback.guest({ gateway = gateway_of(g.model), devs = { "eth0" }, mac = loopback.guest_mac(g.params),
    cidr = version.at_least(v, "2.9.0") and "169.254.73.250/28" or "169.254.73.153/30" })
  table.insert(lo.sysctls, { name = "net.ipv4.ip_local_port_range", value = ("%d %d"):format(WINDOW[1], WINDOW[2]) })
  local routes = core.array({ { dst = "default", via = b.gateway, dev = "eth0", protocol = "kernel", onlink = version.onlink(g.model) } })
  for _, r in ipairs(lo.routes) do routes[#routes + 1] = r end
  return {
    ifaces = core.array({
      { name = "eth0", label = "", kind = "veth", segment = SEGMENT, mac = GUEST_MAC, up = true, mtu = g.mtu, queues = 2,
        addresses = { { cidr = b.cidr } } },
      lo.iface,
    }),
    routes = routes, rules = lo.rules, local_rule = lo.local_rule, neighs = lo.neighs, sysctls = lo.sysctls,
    port_space = { with = "windows", window = core.array({ table.unpack(WINDOW) }), publish = "relay" },
    nameservers = nameservers(g, b),
  }
end

-- Address, gateway and MTU are those of Windows as they change.
function consomme.follow(model)
  local b = best(model)
  return b and { cidr = b.cidr, gateway = b.gateway, mtu = require("wsl2.derive").mtu(model) or false } or false
end

local function put_route(model, node, cidr, gateway)
  local reached = ip.inside(gateway, cidr)
  for _, r in ipairs(node.routes) do
    if r.dst == "default" and r.dev == "eth0" then
      r.via, r.onlink = gateway, not reached or version.onlink(model)
    end
  end
end

function consomme.put(model, new)
  local node = state.node(model, "wsl")
  local eth0 = state.iface(node, "eth0")
  if not new or not eth0 then return end
  eth0.mtu, eth0.addresses = new.mtu or nil, { { cidr = new.cidr } }
  put_route(model, node, new.cidr, new.gateway)
  put_way(model)
  model.windows.wsl.address = (new.cidr:match("^[^/]+"))
end

return consomme
