-- SPDX-License-Identifier: GPL-2.0-or-later
-- The network as Windows sees it: the kernel's live links, addresses, routes, neighbours and sockets under the names and
-- metrics the model gives them. A snapshot reads each kind once, when first asked for.

local ip = require("windows.machine.ip")

local live = {}
live.__index = live

-- Of Windows' own loopback interface, which no model lists.
local loopback = { InterfaceAlias = "Loopback Pseudo-Interface 1", InterfaceDescription = "Software Loopback Interface 1",
  InterfaceMetric = 75, Dhcp = false, NetworkCategory = "", ServerAddresses = {}, ConnectionSpecificSuffix = "",
  Status = "Up", Virtual = true }

-- What an interface has that only the kernel knows of (somebody made it by hand).
local stranger = { InterfaceMetric = 25, Dhcp = false, NetworkCategory = "Public", ServerAddresses = {},
  ConnectionSpecificSuffix = "", Status = "Up", Virtual = true }

-- The lab's own machinery for WSL's other networking modes, and the address of its DNS server: no user of a Windows PC sees those.
local hidden, hidden_address = { wl = true, wv0 = true, vnet0 = true }, "169.254.73.129"

local kernel_unlimited_mtu, windows_unlimited_mtu = 65536, 4294967295
local on_link_metric = 256 -- what Windows adds to the interface's metric for a route it makes itself
local main_table, local_table = 254, 255

function live.new(world)
  return setmetatable({ world = world }, live)
end

function live:read(what)
  local key = "read_" .. what
  self[key] = self[key] or self.world.read(what)
  return self[key]
end

function live:model()
  self.the_model = self.the_model or self.world.model()
  return self.the_model
end

function live:windows() return self:model().windows end

-- ---- interfaces ---------------------------------------------------------------------------------------------------------

local function flag(link, name)
  for _, f in ipairs(link.flags or {}) do
    if f == name then return true end
  end
  return false
end

-- The model's entry for a kernel name, and its place in the list.
local function configured(windows, dev)
  for _, i in ipairs(windows.interfaces or {}) do
    if i.dev == dev then return i end
  end
end

-- Windows names its interfaces by a GUID; this one follows from the adapter's MAC, so it stays the same over a restart.
local function guid(mac)
  local h = 0xcbf29ce484222325 -- FNV-1a, 64 bits
  local parts = {}
  for round = 1, 2 do
    for c in (mac .. round):gmatch(".") do h = (h ~ c:byte()) * 0x100000001b3 end
    parts[round] = ("%016X"):format(h)
  end
  local t = table.concat(parts)
  return ("{%s-%s-4%s-A%s-%s}"):format(t:sub(1, 8), t:sub(9, 12), t:sub(14, 16), t:sub(18, 20), t:sub(21, 32))
end

local function addresses_of(link, family)
  local out = {}
  for _, a in ipairs(link.addr_info) do
    if a.family == family then
      out[#out + 1] = { ip = a["local"], length = a.prefixlen, scope = a.scope, tentative = a.tentative or false,
        duplicate = a.dadfailed or false, deprecated = a.deprecated or false }
    end
  end
  return out
end

local function interface(windows, link)
  local lo = link.kind == "loopback"
  local conf = lo and loopback or configured(windows, link.ifname) or stranger
  local up = flag(link, "UP")
  return {
    index = link.ifindex, dev = link.ifname, conf = conf, loopback = lo, known = conf ~= stranger,
    alias = conf.InterfaceAlias or link.ifname, description = conf.InterfaceDescription or link.ifname,
    metric = conf.InterfaceMetric or stranger.InterfaceMetric,
    mtu = lo and link.mtu == kernel_unlimited_mtu and windows_unlimited_mtu or link.mtu,
    mac = (link.address or ""):upper():gsub(":", "-"), guid = guid(link.address or link.ifname),
    enabled = up, connected = up and (lo or flag(link, "LOWER_UP")),
    dhcp = conf.Dhcp == "Enabled" or conf.Dhcp == true, kind = link.kind,
    v4 = addresses_of(link, "inet"), v6 = addresses_of(link, "inet6"),
  }
end

-- Every interface, in the kernel's order; loopback is the first.
function live:interfaces()
  if not self.ifs then
    self.ifs = {}
    local windows = self:windows()
    for _, l in ipairs(self:read("links")) do
      if not hidden[l.ifname] then self.ifs[#self.ifs + 1] = interface(windows, l) end
    end
  end
  return self.ifs
end

-- Without loopback: what Get-NetAdapter and ipconfig call adapters.
function live:adapters()
  local out = {}
  for _, i in ipairs(self:interfaces()) do
    if not i.loopback then out[#out + 1] = i end
  end
  return out
end

function live:by_dev(dev)
  for _, i in ipairs(self:interfaces()) do
    if i.dev == dev then return i end
  end
end

function live:by_index(n)
  for _, i in ipairs(self:interfaces()) do
    if i.index == n then return i end
  end
end

function live:by_alias(alias)
  for _, i in ipairs(self:interfaces()) do
    if i.alias:lower() == alias:lower() then return i end
  end
end

-- The interface that has this address.
function live:owner(address)
  for _, i in ipairs(self:interfaces()) do
    for _, list in ipairs({ i.v4, i.v6 }) do
      for _, a in ipairs(list) do
        if a.ip == address then return i, a end
      end
    end
  end
end

-- A sysctl of the node as text, nil when the kernel has none of that name.
function live:sysctl(name)
  self.sysctls = self.sysctls or {}
  if self.sysctls[name] == nil then
    local ok, v = pcall(self.world.read, "sysctl", name)
    if not ok and type(v) ~= "table" then error(v, 0) end -- Ctrl-C
    self.sysctls[name] = ok and tostring(v.value) or false
  end
  return self.sysctls[name] or nil
end

-- "Enabled" or "Disabled". What the kernel forwards nothing from is Disabled. Windows' NAT brings answers back through an
-- interface that does not forward; a Linux kernel must forward from both, so there the model says which one Windows means.
function live:forwarding(i, family)
  local name = ("net.%s.conf.%s.forwarding"):format(family == "inet" and "ipv4" or "ipv6", i.dev)
  if self:sysctl(name) ~= "1" then return "Disabled" end
  local said = i.conf.Forwarding
  return (said == "Disabled" or said == false) and "Disabled" or "Enabled"
end

-- ---- routes -------------------------------------------------------------------------------------------------------------

local any = { inet = "0.0.0.0", inet6 = "::" }

-- The address routes of an interface that Windows lists for multicast and, with IPv4, for limited broadcast.
local function windows_own(self, family, add)
  for _, i in ipairs(self:interfaces()) do
    if i.connected and #(family == "inet" and i.v4 or i.v6) > 0 then
      if family == "inet" then
        add(i, "224.0.0.0", 4)
        add(i, "255.255.255.255", 32)
      elseif i.loopback then
        add(i, "ff00::", 8) -- the kernel itself has it on all others
      end
    end
  end
end

local function destination(r)
  if r.dst == "default" or not r.dst then return any[r.family], 0 end
  local address, length = r.dst:match("^(.-)/(%d+)$")
  if address then return address, tonumber(length) end
  return r.dst, r.family == "inet" and 32 or 128
end

local shown_types = { unicast = true, ["local"] = true, broadcast = true, multicast = true }

-- One kernel route with one next hop as Windows has it.
local function route(self, r, hop)
  local i = self:by_dev(hop.dev or "")
  if not i then return nil end
  local address, length = destination(r)
  local gateway = hop.gateway
  local own = r.protocol == "kernel" and (r.metric == 0 or r.metric == on_link_metric)
  local metric = own and on_link_metric or (gateway or r.protocol ~= "kernel") and math.max(0, r.metric - i.metric) or r.metric
  return { family = r.family, address = address, length = length, prefix = address .. "/" .. length, gateway = gateway,
    next_hop = gateway or any[r.family], i = i, route_metric = metric, metric = metric + i.metric,
    source = r.prefsrc, type = r.type, protocol = r.protocol, kernel_metric = r.metric }
end

-- The routes of a family ("inet" or "inet6") as Windows counts them: the main table, the kernel's own address and broadcast
-- routes, and those multicast ones that Windows lists and a Linux kernel has no route for.
function live:routes(family)
  local key = "routes_" .. family
  if self[key] then return self[key] end
  local out, seen = {}, {}
  local function put(r)
    local id = r and r.prefix .. " " .. r.next_hop .. " " .. r.i.index
    if r and not seen[id] then
      seen[id] = true
      out[#out + 1] = r
    end
  end
  for _, r in ipairs(self:read("routes")) do
    if r.family == family and (r.table == main_table or r.table == local_table) and shown_types[r.type] then
      for _, hop in ipairs(r.nexthops or { r }) do put(route(self, r, hop)) end
    end
  end
  windows_own(self, family, function(i, address, length)
    put({ family = family, address = address, length = length, prefix = address .. "/" .. length, next_hop = any[family], i = i,
      route_metric = on_link_metric, metric = on_link_metric + i.metric, type = "multicast", protocol = "kernel" })
  end)
  self[key] = out
  return out
end

-- The default gateways of an interface, best metric first.
function live:gateways(i, family)
  local list = {}
  for _, r in ipairs(self:routes(family)) do
    if r.length == 0 and r.gateway and r.i == i then list[#list + 1] = r end
  end
  table.sort(list, function(a, b) return a.metric < b.metric end)
  return list
end

-- The route a packet to this address takes: longest prefix, then the kernel's metric, then the order of the table. nil: none.
function live:route_to(address)
  local family = address:find(":", 1, true) and "inet6" or "inet"
  local best
  for _, r in ipairs(self:routes(family)) do
    local better = not best or r.length > best.length
      or r.length == best.length and (r.kernel_metric or 0) < (best.kernel_metric or 0)
    if r.kernel_metric and ip.within(address, r.address, r.length) and better then best = r end
  end
  return best
end

-- The address such a packet comes from.
function live:source_to(address, r)
  r = r or self:route_to(address)
  if not r then return nil end
  if r.source then return r.source end
  if r.type == "local" then return address end
  local list = r.family == "inet" and r.i.v4 or r.i.v6
  local wants_near = address:match("^fe80:") ~= nil
  local fallback
  for _, a in ipairs(list) do
    if r.gateway and ip.within(r.gateway, a.ip, a.length) and (r.family == "inet" or (a.scope == "link") == wants_near) then return a.ip end
    if r.family == "inet" or (a.scope == "link") == wants_near then fallback = fallback or a.ip end
  end
  return fallback or list[1] and list[1].ip
end

-- ---- neighbours ---------------------------------------------------------------------------------------------------------

local neigh_states = { PERMANENT = "Permanent", REACHABLE = "Reachable", STALE = "Stale", DELAY = "Delay", PROBE = "Probe",
  INCOMPLETE = "Incomplete", FAILED = "Unreachable" }

-- Windows keeps a permanent entry for each interface's broadcast address; it follows from the live addresses.
local function broadcasts(self, put)
  for _, r in ipairs(self:routes("inet")) do
    if r.type == "broadcast" and not r.i.loopback and r.length == 32 then
      put(r.i, "inet", r.address, "FF-FF-FF-FF-FF-FF", "Permanent")
    end
  end
end

function live:neighbors()
  local out = {}
  local function put(i, family, address, mac, state)
    out[#out + 1] = { i = i, family = family, ip = address, mac = mac, state = state }
  end
  for _, n in ipairs(self:read("neighs")) do
    local i = self:by_dev(n.dev)
    if i then
      local mac = n.lladdr and n.lladdr:upper():gsub(":", "-") or "00-00-00-00-00-00"
      put(i, n.family, n.dst, mac, neigh_states[(n.state or {})[1]] or "Unreachable")
    end
  end
  broadcasts(self, put)
  return out
end

-- ---- sockets ------------------------------------------------------------------------------------------------------------

local states = { LISTEN = { "LISTENING", "Listen" }, ESTAB = { "ESTABLISHED", "Established" }, ["SYN-SENT"] = { "SYN_SENT", "SynSent" },
  ["SYN-RECV"] = { "SYN_RECEIVED", "SynReceived" }, ["FIN-WAIT-1"] = { "FIN_WAIT_1", "FinWait1" },
  ["FIN-WAIT-2"] = { "FIN_WAIT_2", "FinWait2" }, ["TIME-WAIT"] = { "TIME_WAIT", "TimeWait" },
  ["CLOSE-WAIT"] = { "CLOSE_WAIT", "CloseWait" }, ["LAST-ACK"] = { "LAST_ACK", "LastAck" }, CLOSING = { "CLOSING", "Closing" },
  UNCONN = { "", "Bound" } }

local system_pid = 4

-- wslrelay.exe runs while it relays something. No list has its number: one follows from that of WSL's service.
local relay_pid_offset = 8800

local function relay_pid(windows)
  for _, p in ipairs(windows.processes or {}) do
    if p.ProcessName == "wslrelay" then return p.Id end
  end
  for _, s in ipairs(windows.services or {}) do
    if s.Name == "WslService" and (s.Pid or 0) > 0 then return s.Pid + relay_pid_offset end
  end
end

-- waits: services without their sockets, by name; what a process would own by one of those is somebody else's.
local function owns(list, proto, address, port, waits)
  for _, o in ipairs(list or {}) do
    local any_address = o.address == nil or o.address == "" or o.address == "*"
    local has = not (waits and o.service and waits[o.service])
    if has and (o.proto or "tcp") == proto and o.port == port and (any_address or o.address == address) then return true end
  end
  return false
end

function live:waiting()
  if not self.waits then
    self.waits = {}
    for _, name in ipairs(self:model().waiting or {}) do self.waits[name] = true end
  end
  return self.waits
end

local function owner_of(self, s, address)
  for _, p in ipairs(self:windows().processes or {}) do
    if owns(p.owns, s.proto, address, s.local_port, self:waiting()) then return p.Id end
  end
  if owns(self:model().relays, s.proto, address, s.local_port) then return relay_pid(self:windows()) end
end

-- Whose a socket is. A connection that a listener took belongs to the listener's process.
local function pid_of(self, s)
  local pid = owner_of(self, s, s["local"])
  if pid or s.state == "LISTEN" then return pid end
  return owner_of(self, s, any[s.family])
end

-- proto "tcp" or "udp" (nil: both), sorted as netstat does. Each: proto, family, ip, port, peer, peer_port, state (netstat's),
-- cim_state (the cmdlet's), pid.
function live:sockets(proto)
  local out = {}
  for _, s in ipairs(self:read("sockets")) do
    local bound_only = s.proto == "tcp" and s.state == "UNCONN"
    if (not proto or s.proto == proto) and not bound_only and s["local"] ~= hidden_address then
      local names = states[s.state] or { s.state, s.state }
      out[#out + 1] = { proto = s.proto, family = s.family, ip = s["local"], port = s.local_port, peer = s.peer,
        peer_port = s.peer_port, state = s.proto == "tcp" and names[1] or "", cim_state = names[2],
        pid = s.state == "TIME-WAIT" and 0 or pid_of(self, s) or system_pid }
    end
  end
  table.sort(out, function(a, b)
    if a.proto ~= b.proto then return a.proto < b.proto end
    if a.family ~= b.family then return a.family < b.family end
    if a.ip ~= b.ip then return ip.compare(a.ip, b.ip) < 0 end
    if a.port ~= b.port then return a.port < b.port end
    if a.peer ~= b.peer then return a.peer < b.peer end
    return a.peer_port < b.peer_port
  end)
  return out
end

-- Processes that the model knows, and the relay's. Each: id, name, service.
function live:processes()
  local out, seen = { { id = 0, name = "Idle" }, { id = system_pid, name = "System" } }, { [0] = true, [system_pid] = true }
  local function put(id, name, service)
    if id and id > 0 and not seen[id] then
      seen[id] = true
      out[#out + 1] = { id = id, name = name, service = service }
    end
  end
  for _, p in ipairs(self:windows().processes or {}) do put(p.Id, p.ProcessName, (p.services or {})[1]) end
  if #(self:model().relays or {}) > 0 then put(relay_pid(self:windows()), "wslrelay") end
  table.sort(out, function(a, b) return a.id < b.id end)
  return out
end

function live:process_name(pid)
  for _, p in ipairs(self:processes()) do
    if p.id == pid then return p.name, p.service end
  end
end

return live
