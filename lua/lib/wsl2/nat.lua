-- SPDX-License-Identifier: GPL-2.0-or-later
-- The five-node NAT lab: internet, home router, phone, the Windows PC, and WSL behind it.
--
--   internet --wan-- router --lan--+-- phone
--                                  +-- windows --vswitch-- wsl
--
-- Field names are those of docs/formats/model.md. IPv4 NAT happens twice, on windows and on router.

local strict = require("strict")
local config = require("wsl2.config")
local containers = require("wsl2.containers")
local defaults = require("wsl2.defaults")
local derive = require("wsl2.derive")
local files = require("wsl2.files")
local guest = require("wsl2.guest")
local internet = require("wsl2.internet")
local life = require("wsl2.life")
local modes = require("wsl2.modes")
local registry = require("wsl2.registry")
local six = require("wsl2.six")
local state = require("wsl2.state")
local tailnet = require("wsl2.tailnet")
local vpn = require("wsl2.vpn")
local version = require("wsl2.version")

local nat = {}

local top_schema = strict.schema("wsl2.nat", {
  windows = "table", wsl = "table", internet = "table", services = "list", vpn = "table", ipv6 = "boolean", containers = "list",
  docker = "table", router = "table", tailnet = "table",
})
local windows_schema = strict.schema("wsl2.nat.windows", {
  hostname = "string", dns = "list", nat = "ics|winnat", ruleset = "string", network_category = "Private|Public",
  firewall = "table", portproxy = "list", services = "table", hosts = "string", switches = "list",
  version = "string", registry = "table", proxy = "table",
})
local proxy_schema = strict.schema("wsl2.nat.windows.proxy", { server = "string", bypass = "list", pac = "string" })
local firewall_schema = strict.schema("wsl2.nat.firewall", { rules = "list", profiles = "table" })
local wsl_schema = strict.schema("wsl2.nat.wsl", {
  hostname = "string", kernel = "string", version = "string", distro = "string", mtu = "integer", mtu_from = "windows|switch",
  dnsTunneling = "boolean", dnsProxy = "boolean", dnsTunnelingIpAddress = "string", search = "list",
  generateResolvConf = "boolean", generateHosts = "boolean", systemd = "boolean",
  ruleset = "string", files = "list", env = "table", guest_address = "kept|moves", wslconfig = "any", wsl_conf = "any",
})
local router_schema = strict.schema("wsl2.nat.router", { blocks_dns = "boolean" })
local internet_schema = strict.schema("wsl2.nat.internet", { records = "table" })

local kernel = "6.6.87.2-microsoft-standard-WSL2"

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

local function internet_node(p, v6)
  return {
    name = "internet", role = "internet", hostname = "internet", user = "root", observed = true,
    ifaces = {
      { name = "lo", kind = "loopback", up = true, addresses = internet.addresses(p, v6) },
      veth("eth0", "Uplink", "wan", "52:54:00:cb:71:01", p.wan_gateway .. "/24"),
    },
    files = plain_files("internet", { "8.8.8.8" }),
  }
end

-- ICMP errors are told one and all: the kernel's limit counts every namespace of the host together, so another lab's
-- traffic would make this one's path MTU and traceroute fail.
local unlimited_errors = { name = "net.ipv4.icmp_ratemask", value = "0" }

local function router_node(p)
  return {
    name = "router", role = "router", hostname = "router", user = "root", observed = true,
    ifaces = {
      veth("eth0", "WAN", "wan", "52:54:00:cb:71:02", p.wan .. "/24"),
      veth("eth1", "LAN", "lan", p.router_mac, p.router .. "/24"),
    },
    routes = { { dst = "default", via = p.wan_gateway, dev = "eth0", protocol = "static" } },
    sysctls = { { name = "net.ipv4.ip_forward", value = "1" }, unlimited_errors },
    ruleset = masquerade("home_nat", "192.168.1.0/24", "eth0"),
    files = plain_files("router", { "8.8.8.8", "1.1.1.1" }),
  }
end

-- Of a network where only the router's own resolver may be asked.
local no_other_dns = "table inet home_dns {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n"
  .. "\t\tudp dport 53 drop\n\t\ttcp dport 53 drop\n\t}\n}\n"

local function phone_node(p)
  return {
    name = "phone", role = "lan", hostname = "phone", user = "root",
    ifaces = { veth("wlan0", "Wi-Fi", "lan", p.phone_mac, p.phone .. "/24") },
    routes = { { dst = "default", via = p.router, dev = "wlan0", protocol = "dhcp" } },
    files = plain_files("phone", { p.router }),
  }
end

local function windows_files(w, wslconfig)
  local out = plain_files(w.hostname, w.dns)
  out[2] = { path = "/etc/hosts", symlink = life.hosts }
  out[#out + 1] = { path = life.hosts, content = files.windows_hosts(w.hosts) }
  out[#out + 1] = { path = config.file, content = wslconfig }
  return out
end

-- The tables of its firewalls and its NAT are derived from the `windows` object (derive.lua).
local function windows_node(p, w, wslconfig)
  return {
    name = "windows", role = "windows", hostname = w.hostname, user = "root", observed = true,
    volumes = { { name = "c", target = "/mnt/c" } },
    ifaces = {
      veth("eth0", "Ethernet", "lan", p.windows_mac, p.windows .. "/24"),
      veth("vEthernet", "vEthernet (WSL)", "vswitch", p.gateway_mac, p.gateway .. "/20"),
    },
    routes = { { dst = "default", via = p.router, dev = "eth0", protocol = "dhcp", metric = 25 } },
    sysctls = {
      { name = "net.ipv4.ip_forward", value = "1" },
      { name = "net.ipv4.ip_default_ttl", value = "128" },
      { name = "net.ipv4.ip_local_port_range", value = "49152 65535" },
      unlimited_errors,
    },
    ruleset = w.ruleset or "",
    files = windows_files(w, wslconfig),
  }
end

-- An author's { section = { key = value } } as lines, after the sections that came from plain keys.
local function add_sections(sections, t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local section = nil
    for _, s in ipairs(sections) do section = section or (s[1] == name and s) end
    if not section then
      section = { name, {} }
      sections[#sections + 1] = section
    end
    local keys = {}
    for key in pairs(t[name]) do keys[#keys + 1] = key end
    table.sort(keys)
    for _, key in ipairs(keys) do table.insert(section[2], { key, t[name][key] }) end
  end
  return sections
end

-- Only what differs from WSL's defaults stands in the files, as on a user's machine.
local function wslconfig_text(wsl, mode)
  if type(wsl.wslconfig) == "string" then return wsl.wslconfig end
  local keys, experimental = {}, {}
  local own = wsl.wslconfig and wsl.wslconfig.wsl2 or {}
  if own.networkingMode == nil then keys[1] = { "networkingMode", mode } end
  if wsl.dnsTunneling == false then keys[#keys + 1] = { "dnsTunneling", false } end
  if wsl.dnsProxy == false then keys[#keys + 1] = { "dnsProxy", false } end
  if wsl.dnsTunnelingIpAddress then experimental[1] = { "dnsTunnelingIpAddress", wsl.dnsTunnelingIpAddress } end
  return files.ini(add_sections({ { "wsl2", keys }, { "experimental", experimental } }, wsl.wslconfig or {}))
end

local function wsl_conf_text(wsl, w)
  if type(wsl.wsl_conf) == "string" then return wsl.wsl_conf end
  local network = {}
  if wsl.generateResolvConf == false then network[#network + 1] = { "generateResolvConf", false } end
  if wsl.generateHosts == false then network[#network + 1] = { "generateHosts", false } end
  if wsl.hostname and wsl.hostname ~= w.hostname then network[#network + 1] = { "hostname", wsl.hostname } end
  return files.ini(add_sections({ { "boot", { { "systemd", wsl.systemd or false } } }, { "network", network } }, wsl.wsl_conf or {}))
end

local function udp(address) return { proto = "udp", address = address, port = 53 } end
local function tcp(address) return { proto = "tcp", address = address, port = 53 } end

-- DNS on the way out. Windows' ICS proxy serves UDP only, as the real one; it waits where its address is gone.
local function dns_services(p, w)
  return {
    { name = "router-dns", node = "router", kind = "dns", listens = { udp(p.router), tcp(p.router) },
      config = { records = { ["router.home"] = { A = { p.router } } }, upstream = { "8.8.8.8", "1.1.1.1" } } },
    { name = "windows-dns-proxy", node = "windows", kind = "dns", running = true, optional = true, listens = { udp(p.gateway) },
      config = { upstream = { table.unpack(w.dns) } } },
  }
end

local function with_defaults(t, p)
  local w, wsl = state.clone(t.windows or {}), state.clone(t.wsl or {})
  w.hostname = w.hostname or p.hostname
  w.dns = w.dns or { p.router }
  w.nat = w.nat or "ics"
  wsl.kernel = wsl.kernel or kernel
  wsl.distro = wsl.distro or "Debian"
  return w, wsl
end

local function check(t, name)
  strict.check(top_schema, t, name)
  strict.check(windows_schema, t.windows or {}, "windows")
  strict.check(wsl_schema, t.wsl or {}, "wsl")
  strict.check(internet_schema, t.internet or {}, "internet")
  strict.check(router_schema, t.router or {}, "router")
end

-- What is not the kernel's: the `windows` object, and what the model's own later life needs to know.
local function add_windows(model, p, w, wsl, services, conf)
  local h = { params = p, topology = { wsl = wsl, services = services }, generation = 1, conf = conf, own_link = true,
    gateway_cidr = p.gateway .. "/20",
    leases = { eth0 = { cidr = p.windows .. "/24", gateway = p.router } } }
  state.hide(model, h)
  model.windows = defaults.windows(p, w, life.networks[true], h)
  model.windows.proxy = w.proxy
  model.windows.wsl = { running = false, distro = wsl.distro, default_user = "learner", version = wsl.version or version.default,
    kernel = "6.6.87.2-1", networkingMode = "nat", localhostForwarding = true, dnsTunneling = true, dnsProxy = true,
    firewall = true, network = life.networks[true], nat = w.nat, subnet = p.subnet, gateway = p.gateway, address = "",
    started_with = {} }
  return h
end

-- Applies an author's list by the operations a learner has, so that both are checked alike.
local function do_op(model, where, op, args)
  local ok, why = pcall(require("wsl2.ops").table[op], model, args)
  if ok then return end
  if type(why) == "table" and why.op_code then strict.fail(where, "windows.%s: %s", where, why.msg) end
  error(why, 0)
end

local function windows_rules(model, w)
  for _, r in ipairs(w.firewall and w.firewall.rules or {}) do
    if r.Name and state.by(model.windows.firewall.rules, "Name", r.Name) then
      local set = {}
      for k, v in pairs(r) do set[k] = k ~= "Name" and v or nil end
      do_op(model, "firewall", "firewall.rule.set", { Names = { r.Name }, set = set })
    else
      do_op(model, "firewall", "firewall.rule.add", r)
    end
  end
  for name, set in pairs(w.firewall and w.firewall.profiles or {}) do
    do_op(model, "firewall", "firewall.profile.set", { Profiles = { name }, set = set })
  end
  for _, r in ipairs(w.portproxy or {}) do do_op(model, "portproxy", "portproxy.add", r) end
end

-- Missing: a Windows without the component that has it (hns: Virtual Machine Platform).
local service_words = { Running = true, Stopped = true, Disabled = true, Missing = true }

local function windows_services(model, w)
  for name, how in pairs(w.services or {}) do
    local s = state.windows_service(model, name) or defaults.optional(model, name)
    if not s then strict.fail(name, "windows.services: no service '%s'%s", name, strict.hint(name, defaults.service_names())) end
    if not service_words[how] then
      strict.fail(name, "windows.services: '%s' must be one of Running, Stopped, Disabled, Missing, got '%s'", name, tostring(how))
    end
    if how == "Disabled" then s.StartType = how end
    if how ~= "Running" then s.Status, s.Pid = "Stopped", 0 end
    if how == "Missing" then
      model.windows.services = state.remove_where(model.windows.services, function(other) return other == s end)
    end
  end
end

local schemas = { firewall = firewall_schema, proxy = proxy_schema }

local function check_parts(w)
  for key, schema in pairs(schemas) do
    if w[key] then strict.check(schema, w[key], "windows." .. key) end
  end
end

local plain = { name = "wsl2.nat", mode = "nat", ipv6 = false }

-- The model of a lab, from an author's table and the parameters of this attempt. how: { name, mode and ipv6 where the author says
-- nothing }; nil for NAT.
function nat.model(t, p, how)
  how = how or plain
  check(t, how.name)
  check_parts(t.windows or {})
  local w, wsl = with_defaults(t, p)
  local more = t.internet and t.internet.records
  local v6 = t.ipv6 == nil and how.ipv6 or t.ipv6 == true
  local services = internet.services(p, more, v6)
  for _, s in ipairs(dns_services(p, w)) do services[#services + 1] = s end
  local wslconfig, conf = wslconfig_text(wsl, how.mode), wsl_conf_text(wsl, w)
  local model = {
    name = how.name, mode = "nat",
    nodes = { internet_node(p, v6), router_node(p), phone_node(p), windows_node(p, w, wslconfig) },
    segments = {
      { name = "wan", label = "Internet uplink", cidr = "203.0.113.0/24" },
      { name = "lan", label = "Home LAN", cidr = "192.168.1.0/24", bridge = true },
      { name = "vswitch", label = "WSL virtual switch", cidr = p.subnet, bridge = true },
    },
    services = services,
  }
  if v6 then six.add(model, p) end
  if t.router and t.router.blocks_dns then
    local router = state.node(model, "router")
    router.ruleset = router.ruleset .. no_other_dns
  end
  local client = t.vpn and vpn.add(model, t.vpn, p)
  local h = add_windows(model, p, w, wsl, t.services, conf)
  windows_rules(model, w)
  windows_services(model, w)
  registry.begin(model, w)
  for _, name in ipairs(w.switches or {}) do do_op(model, "switches", "switch.add", { Name = name, NetAdapterName = "Ethernet" }) end
  if client then vpn.begin(model, client) end
  h.topology.tailnet = tailnet.settings(t.tailnet)
  tailnet.begin(model, h.topology.tailnet, p)
  h.topology.containers = containers.settings(t.containers, t.docker, p)
  h.wslconfig = wslconfig
  local settings = config.wslconfig(wslconfig, model.windows)
  if settings.networkingMode ~= "nat" then modes.enter(model, settings, {}) end
  life.enter(model, settings, (config.wsl_conf(conf)), p.guest, guest.hosts_entries(w.hosts), { files = true, rules = true })
  for _, s in ipairs(t.services or {}) do services[#services + 1] = s end
  derive.fresh(model)
  return model
end

-- As scenarios call it: the parameters are those of the scenario being loaded.
function nat.public(t)
  return nat.model(t, require("attempt").params())
end

return nat
