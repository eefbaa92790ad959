-- SPDX-License-Identifier: GPL-2.0-or-later
-- What follows from the `windows` object: rulesets, services, resolvers, who owns which socket, the guest's MTU.
--
-- Each piece is a pure function of a model. After an operation the pieces of the model before and after are compared, and only
-- one that differs is put in place; so what a fault did by hand to another piece stays. An operation may also ask for pieces by
-- name (a restarted service sets its own right again).

local host = require("wsl2.mirror.host")
local modes = require("wsl2.modes")
local resolver = require("wsl2.resolver")
local shared_tunnel = require("wsl2.mirror.tunnel")
local room = require("wsl2.room")
local state = require("wsl2.state")
local vfp = require("wsl2.vfp")
local vpn = require("wsl2.vpn")
local wfp = require("wsl2.wfp")

local derive = {}

-- Rulesets ---------------------------------------------------------------------------------------------------------

-- Where Windows' NAT translates on the way out: on its wires, and in a VPN's tunnel where the client lets it.
local function outsides(model)
  local tunnel = vpn.active(model)
  return tunnel and tunnel.masquerade and { "eth0", vpn.dev } or { "eth0" }
end

local function masquerade(model, prefixes)
  local out = {}
  for _, p in ipairs(prefixes) do
    for _, dev in ipairs(outsides(model)) do out[#out + 1] = ('\t\tip saddr %s oifname "%s" masquerade\n'):format(p, dev) end
  end
  return "\tchain postrouting {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n" .. table.concat(out) .. "\t}\n"
end

-- Nobody outside gets past the NAT to WSL, unless both interfaces were told to forward.
local function shut_in(model)
  for _, i in ipairs(model.windows.interfaces) do
    if not i.Forwarding then
      return "\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n"
        .. '\t\tiifname "eth0" oifname "vEthernet" ct state new drop\n'
        .. (vpn.active(model) and '\t\tiifname "vpn0" oifname "vEthernet" ct state new drop\n' or "") .. "\t}\n"
    end
  end
  return ""
end

-- ICS does WSL's NAT where the lab is built so, while its service runs.
local function ics(model)
  local wsl = model.windows.wsl
  if wsl.networkingMode == "mirrored" then return "" end
  if wsl.nat ~= "ics" or not state.runs(model, "SharedAccess") then return "" end
  return "table ip ics_nat {\n" .. masquerade(model, { wsl.subnet }) .. shut_in(model) .. "}\n"
end

local function winnat(model)
  local prefixes = {}
  for _, n in ipairs(model.windows.nat) do
    if n.Active then prefixes[#prefixes + 1] = n.InternalIPInterfaceAddressPrefix end
  end
  return #prefixes > 0 and "table ip winnat {\n" .. masquerade(model, prefixes) .. shut_in(model) .. "}\n" or ""
end

-- In the order in which they stand in the node's ruleset.
local tables = {
  { "table ip wslcore", modes.table("loopback"), "loopback" }, { "table ip wsltunnel", shared_tunnel.table, "tunnel" },
  { "table ip consomme", modes.table("proxy"), "proxied" },
  { "table ip ics_nat", ics, "nat" }, { "table ip winnat", winnat, "nat" }, { "table inet wfp", wfp.table, "wfp" },
  { "table inet vfp", vfp.table, "vfp" }, { "table inet vpn", vpn.table, "vpn" },
}

-- Where the first table of that name stands in a ruleset: its first and last byte.
local function find_table(ruleset, header)
  local from = 1
  while true do
    local a = ruleset:find(header .. " {", from, true)
    if not a then return nil end
    local _, b = ruleset:find("\n}\n", a, true)
    if b and (a == 1 or ruleset:sub(a - 1, a - 1) == "\n") then return a, b end
    from = a + 1
  end
end

-- Where a table that is not there belongs: before the next of ours, else behind the last.
local function place_of(ruleset, n)
  for k = n + 1, #tables do
    local a = find_table(ruleset, tables[k][1])
    if a then return a end
  end
  for k = n - 1, 1, -1 do
    local _, b = find_table(ruleset, tables[k][1])
    if b then return b + 1 end
  end
  return 1
end

local function put_table(node, n, text)
  local ruleset = node.ruleset or ""
  local a, b = find_table(ruleset, tables[n][1])
  if not a then
    a = place_of(ruleset, n)
    b = a - 1
  end
  node.ruleset = ruleset:sub(1, a - 1) .. text .. ruleset:sub(b + 1)
end

-- All of ours, for a model that has none yet.
function derive.ruleset(model)
  local out = {}
  for i, t in ipairs(tables) do out[i] = t[2](model) end
  return table.concat(out)
end

-- Services ---------------------------------------------------------------------------------------------------------

-- A short number of a text, so that a listener's service keeps its name whatever stands beside it. It is of the rule as it was
-- written: several may mean one socket, which then only the first gets.
local function digest(text)
  local h = 0x811c9dc5
  for i = 1, #text do h = ((h ~ text:byte(i)) * 0x01000193) & 0xffffffff end
  return ("%08x"):format(h)
end

local any_address = { v4 = "0.0.0.0", v6 = "::" }

-- Where a rule listens and connects, "*" and "" resolved.
function derive.portproxy_ends(rule)
  local from, to = rule.type:match("^(v[46])to(v[46])$")
  local function resolve(address, family, default)
    if address == "" or address == "*" then return default end
    if address:lower() == "localhost" then return family == "v4" and "127.0.0.1" or "::1" end
    return address
  end
  return resolve(rule.listenaddress, from, any_address[from]),
    resolve(rule.connectaddress, to, to == "v4" and "127.0.0.1" or "::1")
end

local function portproxies(model)
  local out, taken = {}, {}
  for _, r in ipairs(model.windows.portproxy) do
    local listen, connect = derive.portproxy_ends(r)
    local text = r.type .. (r.listenaddress == "" and "*" or r.listenaddress:lower())
    local name = ("portproxy-%d-%s"):format(r.listenport, digest(text))
    if taken[name] then name = name .. "-" .. #out end
    taken[name] = true
    out[#out + 1] = {
      name = name, node = "windows", kind = "relay",
      running = state.runs(model, "iphlpsvc"), optional = true,
      listens = core.array({ { proto = "tcp", address = listen, port = r.listenport } }),
      config = { to = { address = connect, port = r.connectport } },
    }
  end
  return out
end

local function put_portproxies(model, old, new)
  local mine = {}
  for _, s in ipairs(old) do mine[s.name] = true end
  for _, s in ipairs(new) do mine[s.name] = true end
  model.services = state.remove_where(model.services, function(s) return mine[s.name] end)
  for _, s in ipairs(new) do table.insert(model.services, s) end
end

-- The servers Windows asks: of the interfaces that are up, the lowest metric first.
function derive.servers(model)
  local list, out, seen = {}, core.array({}), {}
  for n, i in ipairs(model.windows.interfaces) do
    if i.Status == "Up" then list[#list + 1] = { i = i, n = n } end
  end
  table.sort(list, function(a, b)
    if a.i.InterfaceMetric ~= b.i.InterfaceMetric then return a.i.InterfaceMetric < b.i.InterfaceMetric end
    return a.n < b.n
  end)
  for _, item in ipairs(list) do
    for _, s in ipairs(item.i.ServerAddresses) do
      if not seen[s] then
        seen[s] = true
        out[#out + 1] = s
      end
    end
  end
  return out
end

local function put_upstream(model, servers)
  local tunnel = state.service(model, "dns-tunnel")
  if tunnel then tunnel.config.upstream = state.clone(servers) end
  local lines, search = {}, resolver.suffixes(model.windows)
  for i, s in ipairs(servers) do lines[i] = "nameserver " .. s .. "\n" end
  if #search > 0 then lines[#lines + 1] = "search " .. table.concat(search, " ") .. "\n" end
  local resolv = state.by(state.node(model, "windows").files, "path", "/etc/resolv.conf")
  if resolv then resolv.content = table.concat(lines) end
end

-- Whom ICS's DNS proxy asks; false where it is not there, so that one that comes back with its network asks those of now.
local function asked(model) return state.service(model, "windows-dns-proxy") and derive.servers(model) or false end

local function put_asked(model, servers)
  local s = state.service(model, "windows-dns-proxy")
  if s and servers then s.config.upstream = state.clone(servers) end
end

-- Windows' name resolution policy, which holds for the DNS tunnel too; ICS's proxy knows nothing of it.
function derive.suffixes(model)
  local out
  for _, rule in ipairs(model.windows.dns.Nrpt or {}) do
    for _, namespace in ipairs(rule.Namespace) do
      out = out or {}
      out[namespace] = state.clone(rule.NameServers)
    end
  end
  return out
end

local function put_suffixes(model, suffixes)
  local s = state.service(model, "dns-tunnel")
  if s then s.config.suffixes = suffixes end
end

-- The DNS proxy of ICS runs with its service; started anew it is a healthy one. In mirrored mode there is none.
local function proxy(model) return state.service(model, "windows-dns-proxy") ~= nil and { runs = state.runs(model, "SharedAccess") } end

local function put_proxy(model, runs, heal)
  local s = state.service(model, "windows-dns-proxy")
  if not s or not runs then return end
  s.running = runs.runs
  if heal then s.config.behaviour = nil end
end

-- A VPN that cuts the DNS tunnel off: the question goes to Windows, and nothing comes back.
local function cut(model)
  local s = vpn.active(model)
  return s ~= nil and s.blocks_tunnel_dns == true
end

-- For the tunnel's server, nil while all is well.
function derive.tunnel_behaviour(model) return cut(model) and { kind = "silent" } or nil end

local function put_cut(model)
  local s = state.service(model, "dns-tunnel")
  if s then s.config.behaviour = derive.tunnel_behaviour(model) end
end

-- Sockets ----------------------------------------------------------------------------------------------------------

-- service: the lab's server that has it, where it may be without.
local function socket(proto, address, port, service)
  return { proto = proto, address = address, port = port, service = service }
end

-- The process of each running service, with the sockets that Windows' netstat says are its.
local function processes(model)
  local out, by_service = core.array({}), {}
  for _, p in ipairs(model.windows.processes) do
    if #(p.services or {}) == 0 then out[#out + 1] = p end
  end
  for _, s in ipairs(model.windows.services) do
    if s.Status == "Running" then
      local p = { Id = s.Pid, ProcessName = s.Name == "WslService" and "wslservice" or "svchost",
        services = core.array({ s.Name }), owns = core.array({}) }
      by_service[s.Name] = p
      out[#out + 1] = p
    end
  end
  for _, s in ipairs(by_service.iphlpsvc and portproxies(model) or {}) do
    table.insert(by_service.iphlpsvc.owns, socket("tcp", s.listens[1].address, s.listens[1].port, s.name))
  end
  local dns = state.service(model, "windows-dns-proxy")
  for _, l in ipairs(by_service.SharedAccess and dns and dns.listens or {}) do
    table.insert(by_service.SharedAccess.owns, socket(l.proto, l.address, l.port, dns.name))
  end
  table.sort(out, function(a, b) return a.Id < b.Id end)
  return out
end

-- The rest ---------------------------------------------------------------------------------------------------------

-- The smallest MTU of the interfaces that are up (facts 1.4); nil for 1500, the kernel's own. A WSL of before that rule
-- (the topology's wsl.mtu_from = "switch") looks at its own switch alone, so a VPN leaves the guest's as it was.
function derive.mtu(model)
  local least, old = 65535, state.hidden(model).topology.wsl.mtu_from == "switch"
  for _, i in ipairs(model.windows.interfaces) do
    if i.Status == "Up" and (not old or i.dev == "vEthernet") then least = math.min(least, i.NlMtu) end
  end
  return least < 1500 and math.max(least, 68) or nil
end

-- What of a running guest follows Windows is its mode's matter.
local function follow(model)
  local mode = modes.current(model)
  return model.windows.wsl.running and mode.follow and mode.follow(model) or false
end

local function put_follow(model, new, _, old)
  local mode = modes.current(model)
  if model.windows.wsl.running and mode.put then mode.put(model, new, old) end
end

-- A running guest's resolv.conf, where it follows Windows; false where not.
local function resolv(model)
  local mode = modes.current(model)
  if not model.windows.wsl.running or not mode.nameservers then return false end
  return resolver.text(model, mode.nameservers({ settings = model.windows.wsl.started_with, params = state.hidden(model).params,
    servers = derive.servers(model) }))
end

local function put_resolv(model, text)
  if text then resolver.put(model, text) end
end

-- Windows passes packets on while something shares a connection, or an interface was told to.
function derive.forwards(model)
  local mode = modes.current(model)
  if ics(model) ~= "" or winnat(model) ~= "" or mode and mode.forwards then return true end
  for _, i in ipairs(model.windows.interfaces) do
    if i.Forwarding then return true end
  end
  return false
end

local function put_forwards(model, yes)
  local s = state.by(state.node(model, "windows").sysctls, "name", "net.ipv4.ip_forward")
  if s then s.value = yes and "1" or "0" end
end

-- The tables of the switch: the Hyper-V firewall's and the VPN client's, of which WSL's frames pass no others in mirrored mode.
local function switch(model) return vfp.switch(model) .. vpn.switch(model) end

local pieces = {
  { "portproxy", portproxies, function(model, new, _, old) put_portproxies(model, old, new) end },
  { "proxy", proxy, put_proxy },
  { "servers", derive.servers, put_upstream },
  { "servers", asked, put_asked },
  { "search", function(model) return resolver.suffixes(model.windows) end, function(model) put_upstream(model, derive.servers(model)) end },
  { "nrpt", derive.suffixes, put_suffixes },
  { "guest", follow, put_follow },
  { "resolv", resolv, put_resolv },
  { "cut", cut, put_cut },
  { "forwards", derive.forwards, put_forwards },
  { "ways", host.ways, host.put_ways },
  { "switch", switch, function(model, text) model.switch_ruleset = text end },
}

-- Puts in place what differs between two states, and the pieces named in force ({ nat = true }). Changes `after`.
function derive.apply(before, after, force)
  force = force or {}
  after.windows.processes = processes(after)
  for _, p in ipairs(pieces) do
    local old, new = p[2](before), p[2](after)
    if force[p[1]] or not state.equal(old, new) then p[3](after, new, force[p[1]], old) end
  end
  local node = state.node(after, "windows")
  for n, t in ipairs(tables) do
    local old, new = t[2](before), t[2](after)
    if force[t[3]] or old ~= new then put_table(node, n, new) end
  end
  room.ruleset(state.node(before, "windows").ruleset, node.ruleset or "")
end

-- A fresh model's own pieces.
function derive.fresh(model)
  for _, s in ipairs(portproxies(model)) do table.insert(model.services, s) end
  model.windows.processes = processes(model)
  put_upstream(model, derive.servers(model))
  put_asked(model, asked(model))
  put_forwards(model, derive.forwards(model))
  if host.ways(model) then host.put_ways(model, host.ways(model)) end
  model.switch_ruleset = switch(model)
  local node = state.node(model, "windows")
  node.ruleset = derive.ruleset(model) .. (node.ruleset or "")
end


return derive
