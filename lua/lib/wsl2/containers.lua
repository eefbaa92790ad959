-- SPDX-License-Identifier: GPL-2.0-or-later
-- Containers in WSL as Docker makes them, without Docker: docker0, a node a container behind it, the chains dockerd writes, published
-- ports. They live and end with WSL's virtual machine.
--
--   wsl docker0 --+-- eth0 (container)
--                 +-- eth0 (container)

local addr = require("addr")
local ip = require("wsl2.ip")
local state = require("wsl2.state")
local strict = require("strict")

local containers = {}

local container_schema = strict.schema("wsl2.nat.container", { name = "id!", publish = "list", dns = "list", page = "string" })
local docker_schema = strict.schema("wsl2.nat.docker", { bridge = "string", userland_proxy = "boolean", mtu = "integer" })

local BRIDGE = "docker0"

-- The bridge's address: the first of Docker's networks that WSL's own does not overlap.
function containers.bridge(subnet)
  for n = 17, 31 do
    local cidr = ("172.%d.0.1/16"):format(n)
    if not ip.overlap(ip.network(cidr), subnet) then return cidr end
  end
end

-- The parameters that say where things are.
function containers.addresses(subnet)
  local gateway = containers.bridge(subnet):match("^[^/]+")
  return { docker_gateway = gateway, container = addr.text(addr.number(gateway) + 1) }
end

-- "8080:80", "127.0.0.1:8080:80" to { address, port, to }.
local function published(text, where)
  if math.type(text) ~= "integer" and type(text) ~= "string" then
    strict.fail("publish", "%s: expected a string such as \"8080:80\", got a %s", where, type(text))
  end
  text = tostring(text)
  local rest, to = text:match("^(.*):(%d+)$")
  local address, port = (rest or ""):match("^(.*):(%d+)$")
  port = port or rest
  port, to = math.tointeger(tonumber(port)), math.tointeger(tonumber(to))
  local ok = port and to and port > 0 and port < 65536 and to > 0 and to < 65536 and (not address or addr.number(address))
  if not ok then strict.fail("publish", "%s: '%s' is no published port: \"8080:80\" or \"127.0.0.1:8080:80\"", where, text) end
  return { address = address or "0.0.0.0", port = port, to = to }
end

-- The author's tables, checked: { docker = {..}, list = { { name, address, publish = {..} } } }; nil for none.
function containers.settings(list, docker, p)
  if not list then return nil end
  docker = strict.check(docker_schema, state.clone(docker or {}), "docker")
  docker.bridge = docker.bridge or containers.bridge(p.subnet)
  local base, out = addr.number((ip.split(docker.bridge) or "")), {}
  if not base then strict.fail("bridge", "docker.bridge: '%s' is no address with a prefix", docker.bridge) end
  for i, c in ipairs(list) do
    strict.check(container_schema, c, ("containers[%d]"):format(i))
    local one = { name = c.name, dns = state.clone(c.dns), page = c.page, address = addr.text(base + i), n = i, publish = {} }
    for n, text in ipairs(c.publish or {}) do one.publish[n] = published(text, ("containers[%d].publish[%d]"):format(i, n)) end
    out[i] = one
  end
  return { docker = docker, list = out }
end

-- Rules ------------------------------------------------------------------------------------------------------------

local function chain(name, hook, lines)
  return ("\tchain %s {\n%s%s\t}\n"):format(name, hook and ("\t\ttype %s; policy accept;\n"):format(hook) or "", table.concat(lines))
end

local function line(fmt, ...) return "\t\t" .. fmt:format(...) .. "\n" end

-- Of the published ports: what turns them aside, what lets them in, and a container's way to itself.
local function ports(s)
  local nat, into, own = {}, {}, {}
  for _, c in ipairs(s.list) do
    for _, port in ipairs(c.publish) do
      local at = port.address ~= "0.0.0.0" and ("ip daddr %s "):format(port.address) or ""
      nat[#nat + 1] = line('%siifname != "%s" tcp dport %d counter dnat to %s:%d comment "DNAT"', at, BRIDGE, port.port, c.address, port.to)
      into[#into + 1] = line("ip daddr %s tcp dport %d counter accept", c.address, port.to)
      own[#own + 1] = line("ip saddr %s ip daddr %s tcp dport %d counter masquerade", c.address, c.address, port.to)
    end
  end
  return nat, into, own
end

-- What dockerd writes with its nftables backend: a table of its own. In mirrored mode, which it found out at its start, it leaves to
-- Windows what came from there by loopback.
local function ruleset(s, mirrored)
  local nat, into, own = ports(s)
  local net = ip.network(s.docker.bridge)
  if mirrored then table.insert(nat, 1, line('iifname "loopback0" ip daddr 127.0.0.0/8 counter return')) end
  table.insert(into, 1, line("ct state established,related counter accept"))
  table.insert(into, 2, line('iifname "%s" counter accept comment "ICC"', BRIDGE))
  into[#into + 1] = line('counter drop comment "UNPUBLISHED PORT DROP"')
  return "table ip docker-bridges {\n"
    .. chain("filter-forward-in__docker0", nil, into)
    .. chain("filter-forward-out__docker0", nil, { line("ct state established,related counter accept"), line('counter accept comment "OUTGOING"') })
    .. chain("filter-FORWARD", "filter hook forward priority filter", { line('oifname "%s" jump filter-forward-in__docker0', BRIDGE),
      line('iifname "%s" jump filter-forward-out__docker0', BRIDGE) })
    .. chain("nat-prerouting-and-output", nil, nat)
    .. chain("nat-PREROUTING", "nat hook prerouting priority dstnat", { line("fib daddr type local counter jump nat-prerouting-and-output") })
    .. chain("nat-OUTPUT", "nat hook output priority -100",
      { line("ip daddr != 127.0.0.0/8 fib daddr type local counter jump nat-prerouting-and-output") })
    .. chain("nat-POSTROUTING", "nat hook postrouting priority srcnat", { line('oifname != "%s" ip saddr %s counter masquerade comment "MASQUERADE"',
      BRIDGE, net), table.concat(own) })
    .. "}\n"
end

-- Nodes ------------------------------------------------------------------------------------------------------------

local function mac(address)
  local n = addr.number(address)
  return ("02:42:%02x:%02x:%02x:%02x"):format(n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255)
end

-- A number of 12 hex digits that follows from what it is of, as a container's ID.
local function id(text)
  local h = 0xcbf29ce484222325
  for c in text:gmatch(".") do h = (h ~ c:byte()) * 0x100000001b3 end
  return ("%016x"):format(h):sub(1, 12)
end

-- dockerd copies WSL's resolv.conf, but for servers on the loopback, in whose place it puts Google's.
local function nameservers(c, resolv)
  local out = {}
  for server in (c.dns and table.concat(c.dns, "\n") or ""):gmatch("[^\n]+") do out[#out + 1] = server end
  for server in (c.dns and "" or resolv):gmatch("nameserver (%S+)") do
    if not server:find("^127%.") and server ~= "::1" then out[#out + 1] = server end
  end
  return #out > 0 and out or { "8.8.8.8", "8.8.4.4" }
end

local function node(s, c, resolv)
  local lines, name = {}, id(c.name .. c.address)
  for i, server in ipairs(nameservers(c, resolv)) do lines[i] = "nameserver " .. server .. "\n" end
  local search = resolv:match("\nsearch [^\n]*\n")
  if search then lines[#lines + 1] = search:sub(2) end
  return {
    name = c.name, role = "other", hostname = name, user = "root",
    ifaces = core.array({ { name = "eth0", label = "Container", kind = "veth", segment = "docker-" .. c.n, mac = mac(c.address), mtu = s.docker.mtu,
      up = true, addresses = core.array({ { cidr = c.address .. s.docker.bridge:match("/%d+$") } }) } }),
    routes = core.array({ { dst = "default", via = s.docker.bridge:match("^[^/]+"), dev = "eth0" } }),
    files = core.array({ { path = "/etc/hostname", content = name .. "\n" }, { path = "/etc/resolv.conf", content = table.concat(lines) },
      { path = "/etc/hosts", content = "127.0.0.1\tlocalhost\n" .. c.address .. "\t" .. name .. "\n" } }),
  }
end

-- docker-proxy, which holds the published port in WSL and serves what the rules don't turn aside; and the container's page.
local function services(s, c)
  local out = {}
  for _, port in ipairs(c.publish) do
    if s.docker.userland_proxy ~= false then
      out[#out + 1] = { name = ("docker-proxy-%d"):format(port.port), node = "wsl", kind = "relay", optional = true,
        listens = core.array({ { proto = "tcp", address = port.address, port = port.port } }), config = { to = { address = c.address, port = port.to } } }
    end
    if c.page then
      out[#out + 1] = { name = ("%s-%d"):format(c.name, port.to), node = c.name, kind = "http", optional = true,
        listens = core.array({ { proto = "tcp", address = "0.0.0.0", port = port.to } }),
        config = { sites = { [c.address] = { ["/"] = { status = 200, type = "text/html", body = c.page .. "\n" } } }, default = c.address } }
    end
  end
  return out
end

local function forwarding(guest)
  guest.sysctls = guest.sysctls or core.array({})
  local s = state.by(guest.sysctls, "name", "net.ipv4.ip_forward")
  if s then s.value = "1" else table.insert(guest.sysctls, { name = "net.ipv4.ip_forward", value = "1" }) end
end

-- Puts them into a model whose guest has just been made.
function containers.enter(model)
  local s, guest = state.hidden(model).topology.containers, state.node(model, "wsl")
  if not s then return end
  local resolv = (state.by(guest.files, "path", "/mnt/wsl/resolv.conf") or {}).content or ""
  table.insert(guest.ifaces, { name = BRIDGE, label = "", kind = "bridge", mac = mac(s.docker.bridge:match("^[^/]+")), mtu = s.docker.mtu, up = true,
    addresses = core.array({ { cidr = s.docker.bridge } }) })
  for _, c in ipairs(s.list) do
    table.insert(model.segments, { name = "docker-" .. c.n, label = "docker0" })
    table.insert(guest.ifaces, { name = "veth" .. id(c.name):sub(1, 7), label = "", kind = "veth", segment = "docker-" .. c.n, master = BRIDGE,
      mtu = s.docker.mtu, up = true, addresses = core.array({}) })
    table.insert(model.nodes, node(s, c, resolv))
    for _, service in ipairs(services(s, c)) do table.insert(model.services, service) end
  end
  forwarding(guest)
  guest.ruleset = ruleset(s, model.windows.wsl.networkingMode == "mirrored") .. (guest.ruleset or "")
end

-- Is a node one of them?
function containers.has(model, name)
  local s = state.hidden(model).topology.containers
  for _, c in ipairs(s and s.list or {}) do
    if c.name == name then return true end
  end
  return false
end

-- Takes the containers out; what of them is the guest's goes with it.
function containers.leave(model)
  local s, mine = state.hidden(model).topology.containers, {}
  for _, c in ipairs(s and s.list or {}) do
    mine[c.name], mine["docker-" .. c.n] = true, true
  end
  if not s then return end
  model.nodes = state.remove_where(model.nodes, function(n) return mine[n.name] end)
  model.segments = state.remove_where(model.segments, function(g) return mine[g.name] end)
  model.services = state.remove_where(model.services, function(service) return mine[service.node] end)
end

return containers
