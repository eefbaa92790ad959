-- SPDX-License-Identifier: GPL-2.0-or-later
-- A Windows node that is only a table: what C gives a Windows program (world.lua's host), answered from Lua, with the live
-- state a healthy NAT lab has. Tests change the table and look at what the commands print.
--
--   local fake = require("fake")
--   local pc = fake.new()                      -- pc.state: live state; pc.windows, pc.node, pc.wsl: the model
--   local w = require("windows.machine.world").new(pc.host)
--   pc.state.links[3].mtu = 1400
--   pc:add_address("vEthernet", "inet", "172.30.0.1", 20)    -- with the routes a kernel makes of it
--   pc.probes.ping = function(args) return { ok = true, sent = 1, received = 1, rtt_ms = 3.2 } end
--   pc:run("Get-NetRoute | select -First 1")   -- its output, its errors, its status
--   pc.waiting                              -- names of services that wait for their sockets
--   pc.relays                               -- what localhost's relay listens on: { { address =, port = } }
--   pc.changes                                 -- every windows.change asked for: { { op =, args = } }
--   pc.on_change["route.add"] = function(args, pc) ... return result end; error({ code = , message = }) refuses

local fake = {}
fake.__index = fake

-- ---- live state -------------------------------------------------------------------------------------------------------

local function link(ifindex, name, mac, kind)
  local lo = kind == "loopback"
  return {
    ifindex = ifindex, ifname = name, mtu = lo and 65536 or 1500, qdisc = "noqueue", txqlen = 1000,
    operstate = lo and "UNKNOWN" or "UP", address = mac, broadcast = lo and mac or "ff:ff:ff:ff:ff:ff", kind = kind,
    flags = lo and { "LOOPBACK", "UP", "LOWER_UP" } or { "BROADCAST", "MULTICAST", "UP", "LOWER_UP" }, addr_info = {},
  }
end

local function v4(text)
  local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  return a and (tonumber(a) << 24 | tonumber(b) << 16 | tonumber(c) << 8 | tonumber(d))
end

local function v4_text(n) return ("%d.%d.%d.%d"):format(n >> 24 & 255, n >> 16 & 255, n >> 8 & 255, n & 255) end

function fake:link(dev)
  for _, l in ipairs(self.state.links) do
    if l.ifname == dev then return l end
  end
end

-- A route as init reads it; missing keys are filled in.
function fake:add_route(r)
  r.family = r.family or (r.dst:find(":", 1, true) or (r.gateway or ""):find(":", 1, true)) and "inet6" or "inet"
  r.type, r.protocol, r.metric = r.type or "unicast", r.protocol or "static", r.metric or 0
  r.scope = r.scope or (r.gateway and "global" or "link")
  r.table, r.flags = r.table or 254, r.flags or {}
  table.insert(self.state.routes, r)
  return r
end

function fake:remove_routes(test)
  local kept = {}
  for _, r in ipairs(self.state.routes) do
    if not test(r) then kept[#kept + 1] = r end
  end
  self.state.routes = kept
end

local function add_v4(pc, dev, address, prefix)
  local bits = prefix == 0 and 0 or (0xffffffff << (32 - prefix)) & 0xffffffff
  local base = v4(address) & bits
  local top = v4_text(base | (~bits & 0xffffffff))
  local lo = dev == "lo"
  local kernel = function(type, dst, scope, tab)
    pc:add_route({ type = type, dst = dst, dev = dev, protocol = "kernel", scope = scope, prefsrc = address, table = tab })
  end
  table.insert(pc:link(dev).addr_info, { family = "inet", ["local"] = address, prefixlen = prefix,
    broadcast = not lo and top or nil, scope = lo and "host" or "global", label = dev })
  kernel(lo and "local" or "unicast", v4_text(base) .. "/" .. prefix, lo and "host" or "link", lo and 255 or 254)
  kernel("local", address, "host", 255)
  kernel("broadcast", top, "link", 255)
end

local function add_v6(pc, dev, address, prefix)
  local lo = dev == "lo"
  local near = address:match("^fe80:")
  table.insert(pc:link(dev).addr_info, { family = "inet6", ["local"] = address, prefixlen = prefix,
    scope = lo and "host" or near and "link" or "global" })
  pc:add_route({ family = "inet6", type = "local", dst = address, dev = dev, protocol = "kernel", scope = "global", table = 255 })
  if lo then return end
  local net = near and "fe80::" or address:match("^(.-::)") or address
  pc:add_route({ family = "inet6", dst = net .. "/" .. prefix, dev = dev, protocol = "kernel", scope = "global", metric = 256 })
  pc:add_route({ family = "inet6", type = "multicast", dst = "ff00::/8", dev = dev, protocol = "kernel", scope = "global",
    metric = 256, table = 255 })
end

-- An address with the routes a kernel makes of it.
function fake:add_address(dev, family, address, prefix)
  if family == "inet" then add_v4(self, dev, address, prefix) else add_v6(self, dev, address, prefix) end
end

function fake:remove_address(dev, address)
  local l, kept = self:link(dev), {}
  for _, a in ipairs(l.addr_info) do
    if a["local"] ~= address then kept[#kept + 1] = a end
  end
  l.addr_info = kept
  self:remove_routes(function(r) return r.dev == dev and (r.prefsrc == address or r.dst == address) end)
end

function fake:add_neigh(dev, address, mac, state)
  table.insert(self.state.neighs, { family = address:find(":", 1, true) and "inet6" or "inet", dst = address, dev = dev,
    lladdr = mac, state = { state or "REACHABLE" } })
end

-- proto, local address and port, and for a connection peer, its port and the state.
function fake:add_socket(proto, address, port, peer, peer_port, state)
  local family = address:find(":", 1, true) and "inet6" or "inet"
  table.insert(self.state.sockets, { proto = proto, family = family, ["local"] = address, local_port = port,
    peer = peer or (family == "inet" and "0.0.0.0" or "::"), peer_port = peer_port or 0,
    state = state or (proto == "tcp" and "LISTEN" or "UNCONN"), uid = 0, inode = 1000 + #self.state.sockets })
end

-- ---- the model --------------------------------------------------------------------------------------------------------

local function adapter(alias, dev, description, metric, more)
  local i = { InterfaceAlias = alias, dev = dev, InterfaceDescription = description, InterfaceMetric = metric, NlMtu = 1500,
    Forwarding = false, Dhcp = false, NetworkCategory = "Public", ServerAddresses = {}, ConnectionSpecificSuffix = "",
    Status = "Up", Virtual = false }
  for k, v in pairs(more) do i[k] = v end
  return i
end

local function profile(category)
  return { Enabled = true, DefaultInboundAction = "NotConfigured", DefaultOutboundAction = "NotConfigured",
    AllowInboundRules = "NotConfigured", AllowLocalFirewallRules = "NotConfigured", NotifyOnListen = true,
    LogFileName = "%systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log", Name = category }
end

local function service(name, display, pid, start)
  return { Name = name, DisplayName = display, Status = pid > 0 and "Running" or "Stopped", StartType = start or "Automatic", Pid = pid }
end

local function services()
  return {
    service("Dnscache", "DNS Client", 2180), service("hns", "Host Network Service", 3244, "Manual"),
    service("iphlpsvc", "IP Helper", 3612), service("LanmanServer", "Server", 3004), service("mpssvc", "Windows Defender Firewall", 2716),
    service("SharedAccess", "Internet Connection Sharing (ICS)", 5128, "Manual"), service("WslService", "WSL Service", 4520),
  }
end

-- One for each running service, and what it listens on.
local function processes()
  local out = { { Id = 4, ProcessName = "System", services = {}, owns = {} } }
  for _, s in ipairs(services()) do
    out[#out + 1] = { Id = s.Pid, ProcessName = s.Name == "WslService" and "wslservice" or "svchost", services = { s.Name },
      owns = s.Name == "SharedAccess" and { { proto = "udp", address = "172.27.32.1", port = 53 } } or {} }
  end
  return out
end

local wsl_creator = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}"

local function firewall()
  return {
    profiles = { Domain = profile("Domain"), Private = profile("Private"), Public = profile("Public") },
    rules = {
      { Name = "FPS-ICMP4-ERQ-In", DisplayName = "File and Printer Sharing (Echo Request - ICMPv4-In)", Description = "",
        DisplayGroup = "File and Printer Sharing", Enabled = true, Profile = { "Private" }, Direction = "Inbound",
        Action = "Allow", Protocol = "ICMPv4", LocalPort = { "RPC" }, RemotePort = { "Any" }, LocalAddress = { "Any" },
        RemoteAddress = { "LocalSubnet" }, IcmpType = { "8" }, Program = "Any", Service = "Any", InterfaceAlias = { "Any" },
        EdgeTraversalPolicy = "Block", PolicyStoreSource = "PersistentStore" },
    },
  }
end

local function hyperv()
  return {
    creators = { { VMCreatorId = wsl_creator, FriendlyName = "WSL" } },
    settings = { { Name = wsl_creator, Enabled = true, DefaultInboundAction = "Block", DefaultOutboundAction = "Allow",
      LoopbackEnabled = true, AllowHostPolicyMerge = true } },
    profiles = {}, rules = {},
  }
end

local function windows()
  return {
    hostname = "DESKTOP-7Q2M1KP", user = "learner",
    version = { Caption = "Microsoft Windows 11 Pro", Version = "10.0.26100", Build = "4061" },
    interfaces = {
      adapter("Ethernet", "eth0", "Intel(R) Ethernet Connection (7) I219-V", 25,
        { Dhcp = true, DhcpServer = "192.168.1.1", NetworkCategory = "Private", ServerAddresses = { "192.168.1.1" }, ConnectionSpecificSuffix = "home" }),
      adapter("vEthernet (WSL (Hyper-V firewall))", "vEthernet", "Hyper-V Virtual Ethernet Adapter", 15,
        { Virtual = true, Forwarding = true }),
    },
    firewall = firewall(), hyperv = hyperv(), portproxy = {}, nat = {},
    services = services(),
    processes = processes(), dns = { SuffixSearchList = { "home" } }, routes = {},
    switches = { { Name = "Default Switch", SwitchType = "Internal" }, { Name = "WSL (Hyper-V firewall)", SwitchType = "Internal" } },
    wsl = { running = true, distro = "Debian", default_user = "learner", version = "2.5.9.0", kernel = "6.6.87.2-1",
      networkingMode = "nat", localhostForwarding = true, dnsTunneling = true, dnsProxy = true, firewall = true,
      network = "WSL (Hyper-V firewall)", subnet = "172.27.32.0/20", gateway = "172.27.32.1", address = "172.27.43.151", started_with = {} },
  }
end

-- ---- the host -----------------------------------------------------------------------------------------------------------

local function refuse(code, message) error({ code = code, message = message }, 0) end

local answers = {}

answers["windows.read"] = function(pc, q)
  local s = pc.state
  if q.what == "sysctl" then return { value = { value = s.sysctl[q.arg] or refuse("ENOENT", "No sysctl " .. q.arg) } } end
  return { value = s[q.what] or refuse("EINVAL", "Nothing to read is called " .. tostring(q.what)) }
end

answers["windows.model"] = function(pc)
  return { windows = pc.windows, node = pc.node, wsl = { running = pc.windows.wsl.running, generation = pc.generation }, relays = pc.relays,
    waiting = pc.waiting }
end

answers["windows.probe"] = function(pc, q)
  pc.probed[#pc.probed + 1] = { kind = q.kind, args = q.args }
  local p = pc.probes[q.kind] or refuse("EINVAL", "No probe is called " .. tostring(q.kind))
  return { result = type(p) == "function" and p(q.args, pc) or p }
end

answers["windows.change"] = function(pc, q)
  pc.changes[#pc.changes + 1] = { op = q.op, args = q.args }
  local f = pc.on_change[q.op]
  return { result = f and f(q.args, pc) or {} }
end

local function files(pc, host)
  local function key(path) return path:lower() end
  function host.read_file(path)
    local f = pc.files[key(path)]
    if not f then return nil, "No such file" end
    return f
  end
  function host.write_file(path, text, append)
    pc.files[key(path)] = (append and pc.files[key(path)] or "") .. text
    return true
  end
  function host.remove_file(path)
    if not pc.files[key(path)] then return nil, "No such file" end
    pc.files[key(path)] = nil
    return true
  end
  function host.list_folder(path)
    local out, prefix, seen = {}, key(path):gsub("\\*$", "\\"), {}
    for p, text in pairs(pc.files) do
      local rest = p:sub(1, #prefix) == prefix and p:sub(#prefix + 1) or nil
      local name, more = (rest or ""):match("^([^\\]+)(.*)$")
      if name and not seen[name] then
        seen[name] = true
        out[#out + 1] = { name = name, is_folder = more ~= "", size = more == "" and #text or 0, mtime = pc.wall }
      end
    end
    table.sort(out, function(a, b) return a.name < b.name end)
    return out
  end
  function host.stat(path)
    local f = pc.files[key(path)]
    if f then return { is_folder = false, size = #f, mtime = pc.wall } end
    if pc.folders[key(path):gsub("\\+$", "")] or #host.list_folder(path) > 0 then
      return { is_folder = true, size = 0, mtime = pc.wall }
    end
  end
  function host.make_folder(path)
    pc.folders[key(path):gsub("\\+$", "")] = true
    return true
  end
  function host.edit(path) pc.edited[#pc.edited + 1] = path end
end

-- A table of lines and a status that a test put there for this command line, or a function of argv and stdin giving those.
local function run(pc, from, argv, stdin, emit)
  local r = from[table.concat(argv, " ")] or from["*"]
  if type(r) == "function" then r = r(argv, stdin, pc) end
  if not r then return nil end
  for _, line in ipairs(r) do (emit or function(l) pc.out[#pc.out + 1] = l .. "\n" end)(line) end
  return r.status or 0
end

local function make_host(pc)
  local host = { lang = "en", env = { USERPROFILE = "C:\\Users\\learner", COMPUTERNAME = pc.windows.hostname,
    USERNAME = "learner", SystemRoot = "C:\\Windows", TEMP = "C:\\Users\\learner\\AppData\\Local\\Temp" }, tty = false }
  function host.ask(q)
    local f = answers[q["do"]] or refuse("EINVAL", "No request is called " .. tostring(q["do"]))
    return f(pc, q)
  end
  function host.wsl(t, stdin, emit)
    pc.wsl_runs[#pc.wsl_runs + 1] = t
    return run(pc, pc.in_wsl, t.argv or {}, stdin, emit) or 127
  end
  function host.spawn(argv, stdin, emit)
    pc.spawned[#pc.spawned + 1] = argv
    return run(pc, pc.programs, argv, stdin, emit)
  end
  function host.now() return pc.wall end
  function host.clock() return pc.mono end
  function host.sleep(s)
    if pc.interrupt_at and pc.mono + s >= pc.interrupt_at then
      pc.interrupt_at = nil
      error("interrupted", 0)
    end
    pc.mono, pc.wall = pc.mono + s, pc.wall + s
  end
  function host.columns() return 120 end
  function host.write(text) pc.out[#pc.out + 1] = text end
  function host.write_error(text) pc.err[#pc.err + 1] = text end
  function host.readline(prompt)
    pc.out[#pc.out + 1] = prompt
    return table.remove(pc.typed, 1)
  end
  files(pc, host)
  return host
end

local function healthy(pc)
  pc.state = {
    links = { link(1, "lo", "00:00:00:00:00:00", "loopback"), link(2, "eth0", "a4:bb:6d:3f:20:50", "veth"),
      link(3, "vEthernet", "00:15:5d:a0:2c:01", "veth") },
    routes = {}, rules = {}, neighs = {}, sockets = {}, ruleset = { text = "" }, conntrack = {},
    sysctl = { ["net.ipv4.ip_forward"] = "1", ["net.ipv4.ip_default_ttl"] = "128", ["net.ipv4.conf.eth0.forwarding"] = "1",
      ["net.ipv4.conf.vEthernet.forwarding"] = "1", ["net.ipv6.conf.eth0.forwarding"] = "0", ["net.ipv6.conf.vEthernet.forwarding"] = "0" },
  }
  pc:add_route({ dst = "default", gateway = "192.168.1.1", dev = "eth0", protocol = "dhcp", metric = 25 })
  pc:add_address("lo", "inet", "127.0.0.1", 8)
  pc:add_address("lo", "inet6", "::1", 128)
  pc:add_address("eth0", "inet", "192.168.1.50", 24)
  pc:add_address("eth0", "inet6", "fe80::a6bb:6dff:fe3f:2050", 64)
  pc:add_address("vEthernet", "inet", "172.27.32.1", 20)
  pc:add_address("vEthernet", "inet6", "fe80::215:5dff:fea0:2c01", 64)
  pc:add_neigh("eth0", "192.168.1.1", "52:54:00:a8:01:01")
  pc:add_neigh("vEthernet", "172.27.43.151", "00:15:5d:21:8f:3b", "STALE")
  pc:add_socket("udp", "172.27.32.1", 53)
end

local function model_node(pc)
  local l2, l3 = pc.state.links[2], pc.state.links[3]
  return { name = "windows", role = "windows", hostname = pc.windows.hostname, user = "root", observed = true,
    ifaces = {
      { name = "eth0", label = "Ethernet", kind = "veth", segment = "lan", mac = l2.address, up = true,
        addresses = { { cidr = "192.168.1.50/24" } } },
      { name = "vEthernet", label = "vEthernet (WSL (Hyper-V firewall))", kind = "veth", segment = "vswitch", mac = l3.address,
        up = true, addresses = { { cidr = "172.27.32.1/20" } } },
    },
    routes = { { dst = "default", via = "192.168.1.1", dev = "eth0", protocol = "dhcp", metric = 25 } },
    sysctls = { { name = "net.ipv4.ip_forward", value = "1" } } }
end

-- Runs a line of the prompt in this PC's session: what it wrote, what it complained, its status.
function fake:run(line)
  local session = require("windows.language.session")
  self.session = self.session or session.new(self.host)
  self.out, self.err = {}, {}
  local status = session.line(self.session, line)
  return table.concat(self.out), table.concat(self.err), status
end

-- A healthy PC; each call a new one, every part of it free to change.
function fake.new()
  local pc = setmetatable({ windows = windows(), generation = 1, relays = {}, probes = {}, probed = {}, changes = {}, on_change = {}, files = {},
    folders = {}, edited = {}, in_wsl = {}, programs = {}, wsl_runs = {}, spawned = {}, out = {}, err = {}, typed = {}, wall = 1767225600, mono = 100 }, fake)
  healthy(pc)
  pc.node = model_node(pc)
  pc.host = make_host(pc)
  return pc
end

return fake
