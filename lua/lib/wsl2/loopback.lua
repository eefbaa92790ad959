-- SPDX-License-Identifier: GPL-2.0-or-later
-- One loopback for Windows and WSL (facts 2.5; decision 9): what goes to 127.0.0.1 leaves WSL by loopback0 for the interface `wl`
-- of Windows, and comes back where the port is WSL's. WSL's side is literally Microsoft's.

local state = require("wsl2.state")

local loopback = {}

loopback.mac = "00:11:22:33:44:55" -- by which Windows knows a frame for itself
loopback.segment = "gelnic"

local TABLE, MARK, LOCAL = 127, 7, 255 -- LOCAL: the kernel's own table of its addresses

-- The MAC of loopback0: the guest's own with another end.
function loopback.guest_mac(p)
  local head, last = p.guest_mac:match("^(.*:)(%x%x)$")
  return ("%s%02x"):format(head, tonumber(last, 16) ~ 1)
end

-- WSL's side. t: { gateway = where 127.0.0.1 is sent, devs = { "eth0" }, cidr = loopback0's address or nil, mac }
-- Returns { iface, rules, local_rule, routes, neighs, sysctls }.
function loopback.guest(t)
  local rules, sysctls = core.array({}), core.array({})
  local function both(r)
    for _, proto in ipairs({ "tcp", "udp" }) do
      rules[#rules + 1] = { priority = r.priority, iif = r.iif, ipproto = proto, table = r.table }
    end
  end
  local function sysctl(name, value) sysctls[#sysctls + 1] = { name = "net.ipv4.conf." .. name, value = value } end
  for _, dev in ipairs({ "loopback0", table.unpack(t.devs) }) do
    both({ priority = 0, iif = dev, table = LOCAL })
    sysctl(dev .. ".accept_local", "1")
    sysctl(dev .. ".route_localnet", "1")
  end
  both({ priority = 1, table = 127 })
  both({ priority = 1, table = 128 })
  sysctl("loopback0.rp_filter", "0")
  sysctl("all.rp_filter", "0")
  return {
    iface = { name = "loopback0", label = "", kind = "veth", segment = loopback.segment, mac = t.mac, up = true, queues = 2,
      addresses = t.cidr and { { cidr = t.cidr, scope = "link" } } or core.array({}) },
    rules = rules, local_rule = 2, sysctls = sysctls,
    routes = { { dst = "127.0.0.1/32", via = t.gateway, dev = "loopback0", src = "127.0.0.1", protocol = "kernel", table = 127,
      onlink = true } },
    neighs = { { dev = "loopback0", address = t.gateway, mac = loopback.mac } },
  }
end

local function rules()
  return { { priority = 0, fwmark = MARK, table = TABLE }, { priority = 1, iif = "wl", table = LOCAL } }
end

local function is_one_of(list, same)
  return function(item)
    for _, other in ipairs(list) do
      if same(item, other) then return true end
    end
    return false
  end
end

local function same_rule(a, b)
  return a.priority == b.priority and a.table == b.table and (a.fwmark or 0) == (b.fwmark or 0) and (a.iif or "") == (b.iif or "")
end

-- Takes an interface of the lab's own machinery off Windows, with all that names it, and its segment.
function loopback.unplug(model, dev, segment)
  local node = state.node(model, "windows")
  local function keep_others(key)
    node[key] = state.remove_where(node[key], function(item)
      return item.dev == dev or key == "ifaces" and item.name == dev
        or key == "sysctls" and item.name:find("%." .. dev .. "%.") ~= nil
    end)
  end
  for _, key in ipairs({ "ifaces", "routes", "neighs", "sysctls" }) do keep_others(key) end
  model.segments = state.remove_where(model.segments, function(s) return s.name == segment end)
end

-- Puts one on. iface: with name, label (the segment's too: Windows has no such interface, a drawing says what it stands for),
-- segment, mac; sysctls: { name = value } of it.
function loopback.plug(model, iface, sysctls)
  local node = state.node(model, "windows")
  loopback.unplug(model, iface.name, iface.segment)
  table.insert(model.segments, { name = iface.segment, label = iface.label, bridge = true })
  iface.kind, iface.up, iface.addresses = "veth", true, iface.addresses or core.array({})
  table.insert(node.ifaces, iface)
  local names = {}
  for name in pairs(sysctls) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    table.insert(node.sysctls, { name = name:gsub("IFACE", iface.name), value = sysctls[name] })
  end
end

-- The rules of the machinery before the one for Windows' own addresses.
function loopback.add_rules(model, list)
  local node = state.node(model, "windows")
  node.rules = state.remove_where(node.rules, is_one_of(list, same_rule))
  for _, r in ipairs(list) do table.insert(node.rules, r) end
  node.local_rule = 2
end

function loopback.drop_rules(model, list)
  local node = state.node(model, "windows")
  node.rules = state.remove_where(node.rules, is_one_of(list, same_rule))
  node.local_rule = nil
end

-- Windows' side. t: { gateway, mac = loopback0's }
function loopback.enter(model, t)
  loopback.plug(model, { name = "wl", label = "WSL's loopback", segment = loopback.segment, mac = loopback.mac }, {
    ["net.ipv4.conf.IFACE.accept_local"] = "1", ["net.ipv4.conf.IFACE.route_localnet"] = "1",
    ["net.ipv4.conf.IFACE.rp_filter"] = "0", ["net.ipv4.conf.IFACE.send_redirects"] = "0",
  })
  local node = state.node(model, "windows")
  node.routes, node.neighs = node.routes or core.array({}), node.neighs or core.array({})
  table.insert(node.routes, { dst = "127.0.0.1/32", via = t.gateway, dev = "wl", src = "127.0.0.1", table = TABLE, onlink = true,
    protocol = "static" })
  table.insert(node.neighs, { dev = "wl", address = t.gateway, mac = t.mac })
  loopback.add_rules(model, rules())
end

function loopback.leave(model)
  loopback.unplug(model, "wl", loopback.segment)
  loopback.drop_rules(model, rules())
end

-- Windows' table of it; the set gp, WSL's ports, is filled by init. t: { udp = may WSL reach Windows' UDP ports?, hang = is a closed
-- port of Windows never answered?, addresses = whose ports are shared, nil for 127.0.0.1 alone,
-- tunnel = { dev, address } of a VPN's that is shared too }
function loopback.table(t)
  local at = t.addresses and "{ " .. table.concat(t.addresses, ", ") .. " }" or "127.0.0.1"
  return "table ip wslcore {\n\tset gp {\n\t\ttype inet_proto . inet_service\n\t\tflags interval\n\t}\n"
    .. "\tchain raw {\n\t\ttype filter hook prerouting priority raw; policy accept;\n"
    .. '\t\tiifname "wl" notrack\n'
    .. '\t\tiifname "wl" ip daddr ' .. at .. " meta l4proto . th dport @gp meta mark set 7 accept\n"
    .. (t.tunnel and ('\t\tiifname "%s" ip daddr %s meta l4proto . th dport @gp meta mark set 7\n'):format(t.tunnel.dev, t.tunnel.address) or "")
    .. (t.udp and "" or '\t\tiifname "wl" meta l4proto != tcp drop\n') .. "\t}\n"
    .. "\tchain local {\n\t\ttype route hook output priority mangle; policy accept;\n"
    .. "\t\tip daddr " .. at .. " meta l4proto . th dport @gp meta mark set 7\n\t}\n"
    .. (t.hang and "\tchain output {\n\t\ttype filter hook output priority filter; policy accept;\n"
      .. "\t\tmeta mark 7 tcp flags & rst == rst tcp sequence 0 drop\n\t}\n" or "")
    .. "}\n"
end

return loopback
