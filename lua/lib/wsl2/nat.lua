-- SPDX-License-Identifier: GPL-2.0-or-later
-- The five-node NAT lab: internet, home router, phone, the Windows PC, and WSL behind it.
--
--   internet --wan-- router --lan--+-- phone
--                                  +-- windows --vswitch-- wsl
--
-- Field names are those of docs/formats/model.md. IPv4 NAT happens twice, on windows and on router.

local strict = require("strict")
local files = require("wsl2.files")
local internet = require("wsl2.internet")

local nat = {}

local top_schema = strict.schema("wsl2.nat", {
  windows = "table", wsl = "table", internet = "table", services = "list",
})
local windows_schema = strict.schema("wsl2.nat.windows", {
  hostname = "string", dns = "list", nat = "ics|winnat", ruleset = "string",
})
local wsl_schema = strict.schema("wsl2.nat.wsl", {
  hostname = "string", kernel = "string", distro = "string", mtu = "integer",
  dnsTunneling = "boolean", dnsProxy = "boolean", dnsTunnelingIpAddress = "string", search = "list",
  generateResolvConf = "boolean", generateHosts = "boolean", systemd = "boolean",
  ruleset = "string", files = "list", env = "table",
})
local internet_schema = strict.schema("wsl2.nat.internet", { records = "table" })

local kernel = "6.6.87.2-microsoft-standard-WSL2"

local function default(v, d)
  if v == nil then return d end
  return v
end

local function veth(name, label, segment, mac, cidr)
  return { name = name, label = label, kind = "veth", segment = segment, mac = mac, up = true,
    addresses = { { cidr = cidr } } }
end

local function masquerade(name, from, out)
  return ('table ip %s {\n\tchain postrouting {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n'
    .. '\t\tip saddr %s oifname "%s" masquerade\n\t}\n}\n'):format(name, from, out)
end

local function plain_files(hostname, servers)
  local resolv = {}
  for i, s in ipairs(servers) do resolv[i] = "nameserver " .. s .. "\n" end
  return {
    { path = "/etc/resolv.conf", content = table.concat(resolv) },
    { path = "/etc/hosts", content = files.plain_hosts(hostname) },
    { path = "/etc/hostname", content = hostname .. "\n" },
  }
end

local function internet_node(p)
  return {
    name = "internet", role = "internet", hostname = "internet", user = "root", observed = true,
    ifaces = {
      { name = "lo", kind = "loopback", up = true, addresses = internet.addresses(p) },
      veth("eth0", "Uplink", "wan", "52:54:00:cb:71:01", p.wan_gateway .. "/24"),
    },
    files = plain_files("internet", { "8.8.8.8" }),
  }
end

local function router_node(p)
  return {
    name = "router", role = "router", hostname = "router", user = "root", observed = true,
    ifaces = {
      veth("eth0", "WAN", "wan", "52:54:00:cb:71:02", p.wan .. "/24"),
      veth("eth1", "LAN", "lan", p.router_mac, p.router .. "/24"),
    },
    routes = { { dst = "default", via = p.wan_gateway, dev = "eth0", protocol = "static" } },
    sysctls = { { name = "net.ipv4.ip_forward", value = "1" } },
    ruleset = masquerade("home_nat", "192.168.1.0/24", "eth0"),
    files = plain_files("router", { "8.8.8.8", "1.1.1.1" }),
  }
end

local function phone_node(p)
  return {
    name = "phone", role = "lan", hostname = "phone", user = "root",
    ifaces = { veth("wlan0", "Wi-Fi", "lan", p.phone_mac, p.phone .. "/24") },
    routes = { { dst = "default", via = p.router, dev = "wlan0", protocol = "dhcp" } },
    files = plain_files("phone", { p.router }),
  }
end

-- Which NAT Windows does is recorded in the table's name: HNS's ICS, or a WinNAT object of the user's own.
local function windows_node(p, w)
  local name = w.nat == "winnat" and "winnat" or "ics_nat"
  return {
    name = "windows", role = "windows", hostname = w.hostname, user = "root", observed = true,
    ifaces = {
      veth("eth0", "Ethernet", "lan", p.windows_mac, p.windows .. "/24"),
      veth("vEthernet", "vEthernet (WSL)", "vswitch", p.gateway_mac, p.gateway .. "/20"),
    },
    routes = { { dst = "default", via = p.router, dev = "eth0", protocol = "dhcp", metric = 25 } },
    sysctls = {
      { name = "net.ipv4.ip_forward", value = "1" },
      { name = "net.ipv4.ip_default_ttl", value = "128" },
    },
    ruleset = masquerade(name, p.subnet, "eth0") .. (w.ruleset or ""),
    files = plain_files(w.hostname, w.dns),
  }
end

-- The nameservers WSL writes: the tunnel's listener, the gateway's proxy, or Windows' own servers (at most 3).
local function nameservers(p, wsl, w)
  if wsl.dnsTunneling then return { wsl.dnsTunnelingIpAddress } end
  if wsl.dnsProxy then return { p.gateway } end
  return { table.unpack(w.dns, 1, 3) }
end

-- Only what differs from WSL's defaults stands in the files, as on a user's machine.
local function wslconfig(wsl)
  local keys = { { "networkingMode", "nat" } }
  if not wsl.dnsTunneling then keys[#keys + 1] = { "dnsTunneling", false } end
  if not wsl.dnsProxy then keys[#keys + 1] = { "dnsProxy", false } end
  return files.ini({ { "wsl2", keys } })
end

local function wsl_conf(wsl)
  local network = {}
  if not wsl.generateResolvConf then network[#network + 1] = { "generateResolvConf", false } end
  if not wsl.generateHosts then network[#network + 1] = { "generateHosts", false } end
  return files.ini({ { "boot", { { "systemd", wsl.systemd } } }, { "network", network } })
end

local function wsl_files(p, wsl, w)
  local out = {
    { path = "/etc/hostname", content = wsl.hostname .. "\n" },
    { path = "/etc/wsl.conf", content = wsl_conf(wsl) },
    { path = "/mnt/c/Users/learner/.wslconfig", content = wslconfig(wsl) },
  }
  if wsl.generateResolvConf then
    local servers = nameservers(p, wsl, w)
    out[#out + 1] = { path = "/mnt/wsl/resolv.conf", content = files.resolv_conf(servers, wsl.search) }
    out[#out + 1] = { path = "/etc/resolv.conf", symlink = "/mnt/wsl/resolv.conf" }
  end
  if wsl.generateHosts then out[#out + 1] = { path = "/etc/hosts", content = files.hosts(wsl.hostname) } end
  for _, f in ipairs(wsl.files or {}) do out[#out + 1] = f end
  return out
end

local function wsl_env(wsl)
  local out = {
    { name = "WSL_DISTRO_NAME", value = wsl.distro },
    { name = "WSL_INTEROP", value = "/run/WSL/1_interop" },
    { name = "WSLENV", value = "" },
    { name = "NAME", value = wsl.hostname },
  }
  local names = {}
  for name in pairs(wsl.env or {}) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do out[#out + 1] = { name = name, value = wsl.env[name] } end
  return out
end

local function wsl_node(p, wsl, w)
  local eth0 = veth("eth0", "", "vswitch", p.guest_mac, p.guest .. "/20")
  eth0.mtu, eth0.queues = wsl.mtu, 2 -- two queues: "qdisc mq", as hv_netvsc shows
  local ifaces = { eth0 }
  if wsl.dnsTunneling then
    local address = { cidr = wsl.dnsTunnelingIpAddress .. "/32", broadcast = wsl.dnsTunnelingIpAddress }
    table.insert(ifaces, 1, { name = "lo", kind = "loopback", up = true, addresses = { address } })
  end
  return {
    name = "wsl", role = "wsl", hostname = wsl.hostname, user = "learner", kernel = wsl.kernel, observed = true,
    ifaces = ifaces,
    routes = { { dst = "default", via = p.gateway, dev = "eth0", protocol = "kernel" } },
    ruleset = wsl.ruleset,
    files = wsl_files(p, wsl, w),
    env = wsl_env(wsl),
  }
end

local function udp(address) return { proto = "udp", address = address, port = 53 } end
local function tcp(address) return { proto = "tcp", address = address, port = 53 } end

-- DNS on the way out. Windows' ICS proxy serves UDP only, as the real one. The tunnel's listener asks nobody over
-- the network: it hands questions to Windows' resolver by hypervisor socket, so it knows the names itself.
local function dns_services(p, wsl, w, records)
  local out = {
    { name = "router-dns", node = "router", kind = "dns", listens = { udp(p.router), tcp(p.router) },
      config = { records = { ["router.home"] = { A = { p.router } } }, upstream = { "8.8.8.8", "1.1.1.1" } } },
    { name = "windows-dns-proxy", node = "windows", kind = "dns", listens = { udp(p.gateway) },
      config = { upstream = { table.unpack(w.dns) } } },
  }
  if wsl.dnsTunneling then
    local at = wsl.dnsTunnelingIpAddress
    out[#out + 1] = { name = "dns-tunnel", node = "wsl", kind = "dns", listens = { udp(at), tcp(at) },
      config = { records = records } }
  end
  return out
end

local function with_defaults(t, p)
  local w, wsl = t.windows or {}, t.wsl or {}
  w.hostname = w.hostname or p.hostname
  w.dns = w.dns or { p.router }
  wsl.hostname = wsl.hostname or w.hostname
  wsl.kernel = wsl.kernel or kernel
  wsl.distro = wsl.distro or "Debian"
  wsl.dnsTunneling = default(wsl.dnsTunneling, true)
  wsl.dnsProxy = default(wsl.dnsProxy, true)
  wsl.dnsTunnelingIpAddress = wsl.dnsTunnelingIpAddress or "10.255.255.254"
  wsl.generateResolvConf = default(wsl.generateResolvConf, true)
  wsl.generateHosts = default(wsl.generateHosts, true)
  wsl.systemd = default(wsl.systemd, false)
  return w, wsl
end

local function check(t)
  strict.check(top_schema, t, "wsl2.nat")
  strict.check(windows_schema, t.windows or {}, "windows")
  strict.check(wsl_schema, t.wsl or {}, "wsl")
  strict.check(internet_schema, t.internet or {}, "internet")
end

-- The model of a lab, from an author's table and the parameters of this attempt.
function nat.model(t, p)
  check(t)
  local w, wsl = with_defaults(t, p)
  local more = t.internet and t.internet.records
  local services = internet.services(p, more)
  for _, s in ipairs(dns_services(p, wsl, w, internet.records(p, more))) do services[#services + 1] = s end
  for _, s in ipairs(t.services or {}) do services[#services + 1] = s end
  return {
    name = "wsl2.nat", mode = "nat",
    nodes = { internet_node(p), router_node(p), phone_node(p), windows_node(p, w), wsl_node(p, wsl, w) },
    segments = {
      { name = "wan", label = "Internet uplink", cidr = "203.0.113.0/24" },
      { name = "lan", label = "Home LAN", cidr = "192.168.1.0/24" },
      { name = "vswitch", label = "WSL virtual switch", cidr = p.subnet },
    },
    services = services,
  }
end

-- As scenarios call it: the parameters are those of the scenario being loaded.
function nat.public(t)
  return nat.model(t, require("attempt").params())
end

return nat
