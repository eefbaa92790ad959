-- SPDX-License-Identifier: GPL-2.0-or-later
-- A VPN client on Windows: what it is made of, connecting and disconnecting while the lab runs, and what it filters.
--
-- While connected there is an adapter `vpn0` on Windows and its other end `tun0` on the company's server (corp.lua), with what the
-- server told the client: address, routes, DNS. Disconnected, none of it is there.

local check = require("wsl2.check")
local corp = require("wsl2.corp")
local interfaces = require("wsl2.interfaces")
local ip = require("wsl2.ip")
local names = require("wsl2.mirror.names")
local state = require("wsl2.state")
local stateless = require("wsl2.stateless")
local strict = require("strict")

local vpn = { ops = {}, dev = "vpn0" }

local schema = strict.schema("wsl2.nat.vpn", {
  name = "string", client = "anyconnect|globalprotect|pulse|checkpoint|wireguard|windows", alias = "string", adapter = "string",
  mtu = "integer", metric = "integer", route_metric = "integer", routes = "list", dns = "list", suffix = "string",
  nrpt = "boolean", kill_switch = "boolean", block_lan = "boolean", blocks_guest_dns = "boolean", blocks_tunnel_dns = "boolean",
  masquerade = "boolean", steals_subnet = "boolean", swallows = "in|out|both", connected = "boolean", git = "boolean",
  ignores_default_routes = "boolean",
})

-- What each client calls its adapter, the type Windows lists for the connection, and the MTU and metric it comes with.
local clients = {
  anyconnect = { "Cisco AnyConnect Virtual Miniport Adapter for Windows x64", "Ethernet 2", mtu = 1390, metric = 1, mac = "00:05:9a:3c:7a:00" },
  globalprotect = { "PANGP Virtual Ethernet Adapter Secure", "Ethernet 3", mtu = 1400, metric = 1, mac = "02:50:41:00:00:01" },
  pulse = { "Juniper Networks Virtual Adapter", "Ethernet 2", mtu = 1400, metric = 1, mac = "02:05:85:7f:eb:80" },
  checkpoint = { "Check Point Virtual Network Adapter For Endpoint VPN Client", "Ethernet 2", mtu = 1350, metric = 1, mac = "54:7a:5c:1f:1d:3e" },
  wireguard = { "WireGuard Tunnel", "work", mtu = 1420, metric = 5, mac = "02:00:4c:4f:4f:51" },
  windows = { "WAN Miniport (IKEv2)", "Work VPN", mtu = 1400, metric = 25, mac = "02:00:4c:4f:4f:50", tunnel = "Ikev2" },
}

-- Settings ---------------------------------------------------------------------------------------------------------

-- The author's table, with all it leaves out.
local function settled(t, p)
  strict.check(schema, t, "vpn")
  local c = clients[t.client or "anyconnect"]
  local s = {
    name = "Work VPN", alias = c[2], adapter = c[1], mac = c.mac, tunnel = c.tunnel or "Automatic", mtu = c.mtu, metric = c.metric,
    address = p.vpn_address, server = p.vpn_server, route_metric = 1, routes = { "0.0.0.0/0" }, dns = { p.corp_dns }, suffix = corp.domain,
    masquerade = true,
  }
  for k, v in pairs(t) do s[k] = state.clone(v) end
  for i, r in ipairs(s.routes) do
    local dst = check.cidr(r)
    if not dst then strict.fail("routes", "vpn.routes: '%s' is no network", tostring(r)) end
    s.routes[i] = dst
  end
  return s
end

-- Those in use, nil when the lab has no VPN.
local function settings(model) return state.hidden(model).vpn end

local function entry(model) return (model.windows.vpn or {})[1] end

-- Is it up? Then its settings.
function vpn.active(model)
  local e = entry(model)
  return e and e.ConnectionStatus == "Connected" and settings(model) or nil
end

local function everything(s)
  local halves = 0
  for _, r in ipairs(s.routes) do
    if r == "0.0.0.0/0" then return true end
    if r == "0.0.0.0/1" or r == "128.0.0.0/1" then halves = halves + 1 end
  end
  return halves == 2
end

-- Windows' list of connections: the phone book.
local function listed(s)
  return { Name = s.name, ServerAddress = "vpn." .. corp.domain, TunnelType = s.tunnel, SplitTunneling = not everything(s),
    DnsSuffix = s.suffix, ConnectionStatus = "Disconnected" }
end

-- Connecting -------------------------------------------------------------------------------------------------------

-- Error numbers are those of rasdial.
local function refused(number, text) state.fail("Failed", "Remote Access error %d - %s", number, text) end

-- The way to the VPN's server that does not lead through the tunnel: the best default route with a gateway.
local function way_out(node)
  local best
  for _, r in ipairs(node.routes or {}) do
    local dev = state.iface(node, r.dev)
    if r.dst == "default" and r.via and not r.ipv6 and dev and dev.up ~= false and (not best or (r.metric or 0) < (best.metric or 0)) then best = r end
  end
  return best
end

local function both_ends(model, s)
  local p = state.hidden(model).params
  local windows, gw = state.node(model, "windows"), state.node(model, "vpngw")
  table.insert(model.segments, { name = "vpn", label = s.name })
  table.insert(windows.ifaces, { name = vpn.dev, label = s.alias, kind = "tunnel", segment = "vpn", mac = s.mac, mtu = s.mtu, up = true,
    addresses = core.array({ { cidr = s.address .. "/32" } }) })
  table.insert(gw.ifaces, { name = corp.tunnel, label = "VPN clients", kind = "tunnel", segment = "vpn", endpoint = p.vpn_server .. ":51820",
    mtu = s.mtu, up = true, addresses = core.array({}) })
  table.insert(gw.routes, { dst = s.address .. "/32", dev = corp.tunnel, protocol = "static" })
  -- where the tunnel is a pair of Ethernet ends, the server answers for all addresses behind it, and at once
  table.insert(gw.sysctls, { name = "net.ipv4.conf." .. corp.tunnel .. ".proxy_arp", value = "1" })
  table.insert(gw.sysctls, { name = "net.ipv4.neigh." .. corp.tunnel .. ".proxy_delay", value = "0" })
  gw.ruleset = corp.ruleset(p, { clients = s.swallows == "in" or s.swallows == "both", servers = s.swallows == "out" or s.swallows == "both" })
end

local function adapter(s)
  return { InterfaceAlias = s.alias, dev = vpn.dev, InterfaceDescription = s.adapter, InterfaceMetric = s.metric, NlMtu = s.mtu,
    Forwarding = false, Dhcp = false, NetworkCategory = "Public", ServerAddresses = state.clone(core.array(s.nrpt and {} or s.dns)),
    ConnectionSpecificSuffix = s.suffix, Status = "Up", Virtual = true, DisableDefaultRoutes = s.ignores_default_routes or nil }
end

-- The rules of the name resolution policy table: which servers know a suffix.
local function policy(s)
  if not s.nrpt then return core.array({}) end
  return core.array({ { Name = "{7E0F2B6C-51D3-4C0A-9E55-2C1B70C5D8A4}", Namespace = core.array({ "." .. s.suffix }),
    NameServers = core.array(state.clone(s.dns)) } })
end

local function routes(model, s, out)
  local windows = state.node(model, "windows")
  local outside = state.by(model.windows.interfaces, "dev", out.dev)
  interfaces.place(windows, { dst = s.server .. "/32", via = out.via, dev = out.dev, protocol = "static", onlink = out.onlink,
    metric = (outside and outside.InterfaceMetric or 0) + 1 })
  for _, dst in ipairs(s.routes) do
    interfaces.place(windows, { dst = dst == "0.0.0.0/0" and "default" or dst, dev = vpn.dev, protocol = "static",
      metric = s.metric + s.route_metric })
  end
end

-- A client that takes WSL's network for its own: as it connects, and when that network comes while it is connected.
function vpn.steal(model)
  local s, node, subnet = vpn.active(model), state.node(model, "windows"), model.windows.wsl.subnet
  local switch = state.iface(node, "vEthernet") -- none in mirrored mode
  if not s or not s.steals_subnet or not switch or switch.up == false then return end
  for _, r in ipairs(node.routes) do
    if r.dst == subnet and r.dev == vpn.dev then return end
  end
  interfaces.place(node, { dst = subnet, dev = vpn.dev, protocol = "static", metric = s.metric + s.route_metric })
end

local function connect(model)
  local s, windows = settings(model), state.node(model, "windows")
  local out = way_out(windows)
  if not out then refused(868, "The remote connection was not made because the name of the remote access server did not resolve.") end
  if state.by(model.windows.interfaces, "InterfaceAlias", s.alias) then state.fail("Exists", "The object already exists.") end
  both_ends(model, s)
  table.insert(model.windows.interfaces, adapter(s))
  routes(model, s, out)
  model.windows.dns.Nrpt = policy(s)
  entry(model).ConnectionStatus = "Connected"
  vpn.steal(model)
end

local function without(list, test) return (state.remove_where(list, test)) end

-- The adapter goes with all that hangs on it; so does the route to the server.
local function disconnect(model)
  local s, h = settings(model), state.hidden(model)
  local windows, gw = state.node(model, "windows"), state.node(model, "vpngw")
  windows.ifaces = without(windows.ifaces, function(i) return i.name == vpn.dev end)
  windows.routes = without(windows.routes, function(r) return r.dev == vpn.dev or r.dst == s.server .. "/32" end)
  windows.neighs = without(windows.neighs, function(n) return n.dev == vpn.dev end)
  gw.ifaces = without(gw.ifaces, function(i) return i.name == corp.tunnel end)
  gw.routes = without(gw.routes, function(r) return r.dev == corp.tunnel end)
  gw.sysctls = without(gw.sysctls, function(c) return c.name:find("." .. corp.tunnel .. ".", 1, true) end)
  model.segments = without(model.segments, function(g) return g.name == "vpn" end)
  model.windows.interfaces = without(model.windows.interfaces, function(i) return i.dev == vpn.dev end)
  if h.lost then h.lost[vpn.dev] = nil end
  model.windows.dns.Nrpt = core.array({})
  entry(model).ConnectionStatus = "Disconnected"
end

local function named(model, args)
  local a = check.fields(args, { Name = { check.name } }, "a connection")
  local e = entry(model)
  if not e or a.Name and a.Name:lower() ~= e.Name:lower() then
    refused(623, "The system could not find the phone book entry for this connection.")
  end
  return e
end

vpn.ops["vpn.connect"] = function(model, args)
  local e = named(model, args)
  if e.ConnectionStatus == "Connected" then return { connected = false } end
  connect(model)
  return { connected = true }
end

vpn.ops["vpn.disconnect"] = function(model, args)
  local e = named(model, args)
  if e.ConnectionStatus ~= "Connected" then return { disconnected = false } end
  disconnect(model)
  return { disconnected = true }
end

-- What the company's server tells its clients becomes another, and one that is connected connects anew. It is nobody's at the
-- PC: only a scenario does it.
vpn.ops["vpn.set"] = function(model, args, ctx)
  if not ctx.from_model then state.fail("NotSupported", "The request is not supported.") end
  local a = check.fields(args, { set = { function(v) return type(v) == "table" and v or nil end, true } }, "a connection")
  local e, h = entry(model), state.hidden(model)
  if not e then refused(623, "The system could not find the phone book entry for this connection.") end
  strict.check(schema, a.set, "vpn.set")
  local was = e.ConnectionStatus == "Connected"
  if was then disconnect(model) end
  for k, v in pairs(a.set) do h.vpn[k] = state.clone(v) end
  model.windows.vpn[1] = listed(h.vpn)
  if was then connect(model) end
end

-- What it filters --------------------------------------------------------------------------------------------------

local function line(fmt, ...) return "\t\t" .. fmt:format(...) .. "\n" end

-- Out of the wires only to the server itself and, unless that is shut too, to the home network. at: what says that it is a wire.
local function shut_out(s, lan, at, no_six)
  local free = { s.server }
  if not s.block_lan then
    for _, n in ipairs(lan) do free[#free + 1] = n end
  end
  return line('%sip daddr != { %s } drop', at, table.concat(free, ", "))
    .. (no_six and line('%sip6 daddr != { fe80::/10, ff00::/8 } drop', at) or "")
end

local function no_lan(lan, at)
  return #lan > 0 and line('%sip daddr { %s } drop', at, table.concat(lan, ", ")) or ""
end

local OUT = 'oifname "eth0" '

-- What a client lets nobody send by a wire.
local function kept_in(s, lan, at, no_six)
  if s.kill_switch then return shut_out(s, lan, at, no_six) end
  return s.block_lan and no_lan(lan, at) or ""
end

local function no_lan_in(lan)
  return #lan > 0 and line('iifname "eth0" ip saddr { %s } ct state new drop', table.concat(lan, ", ")) or ""
end

-- Of WSL's: by its switch, and in mirrored mode by the wire that leads its part of the tunnel here.
local guest_dns = line('iifname { "vEthernet", "%s" } meta l4proto { tcp, udp } th dport 53 drop', names.tunnel_nic)

local too_big = line('oifname "vEthernet" icmp type destination-unreachable icmp code frag-needed drop')

-- The networks Windows is on by its wires.
local function home(model)
  local out = {}
  for _, a in ipairs(state.iface(state.node(model, "windows"), "eth0").addresses or {}) do
    local _, _, family = ip.split(a.cidr)
    if family == 4 then out[#out + 1] = ip.network(a.cidr) end
  end
  return out
end

local function chain(hook, body)
  if body == "" then return "" end
  return ("\tchain %s {\n\t\ttype filter hook %s priority filter - 20; policy accept;\n%s\t}\n"):format(hook, hook, body)
end

-- The client's filters as a table of the Windows node. They are no rules of Windows Firewall, as those of real clients are none.
function vpn.table(model)
  local s = vpn.active(model)
  if not s then return "" end
  local lan = home(model)
  local lost = (s.swallows == "in" or s.swallows == "both") and too_big or ""
  local dns = s.blocks_guest_dns and guest_dns or ""
  local lan_in = s.block_lan and no_lan_in(lan) or ""
  local body = chain("input", dns .. lan_in) .. chain("forward", dns .. lost .. kept_in(s, lan, OUT, false) .. lan_in)
    .. chain("output", lost .. kept_in(s, lan, OUT, true))
  return body ~= "" and "table inet vpn {\n" .. body .. "}\n" or ""
end

-- What comes to WSL from the home network, which nothing of WSL's was let out to: all but errors, which are about something else.
local function lan_to_guest(lan)
  local from = table.concat(lan, ", ")
  return #lan > 0 and line("ip saddr { %s } ip protocol != icmp drop", from) .. line("ip saddr { %s } icmp type echo-request drop", from) or ""
end

-- In mirrored mode WSL's frames go by the switch and Windows never sees them: there the client filters them too (decision 9).
function vpn.switch(model)
  local s, chains = vpn.active(model), {}
  for _, m in ipairs(s and names.on(model) and names.mirrored(model) or {}) do
    if m.i.dev == "eth0" and names.stands(model, m.name) then
      local lan = home(model)
      local dns = s.blocks_guest_dns and line("meta l4proto { tcp, udp } th dport 53 drop") or ""
      for _, t in ipairs({ { name = "to_" .. m.name, device = "m-" .. m.name, key = "saddr", body = s.block_lan and lan_to_guest(lan) or "" },
        { name = "from_" .. m.name, device = "g-" .. m.name, key = "daddr", body = dns .. kept_in(s, lan, "", true) } }) do
        t.priority, t.to = -20, t.device:sub(1, 1) .. "_" .. m.name
        if t.body ~= "" then
          chains[#chains + 1] = ("\tchain %s {\n%s\t}\n"):format(t.to, t.body) .. stateless.at_device(t)
        end
      end
    end
  end
  return #chains > 0 and "table netdev vpn {\n" .. table.concat(chains) .. "}\n" or ""
end

-- The topology -----------------------------------------------------------------------------------------------------

-- Makes room for the company and the client in a topology. p: its parameters.
function vpn.add(model, t, p)
  local s = settled(t, p)
  corp.add(model, p, s.git)
  return s
end

-- The on-link route of WSL's network as Windows makes it, with a metric that another route can beat: the kernel's own has none.
local function beatable(model)
  local windows, w = state.node(model, "windows"), model.windows.wsl
  local address = state.iface(windows, "vEthernet").addresses[1]
  address.noprefixroute = true
  table.insert(windows.routes, { dst = w.subnet, dev = "vEthernet", src = w.gateway, protocol = "kernel", scope = "link", metric = 256 })
end

-- In a model with a Windows: the client is there, and connected where the author says nothing else.
function vpn.begin(model, s)
  if s.steals_subnet then beatable(model) end
  state.hidden(model).vpn = s
  model.windows.vpn = core.array({ listed(s) })
  if s.connected ~= false then connect(model) end
end

return vpn
