-- SPDX-License-Identifier: GPL-2.0-or-later
-- WSL's side of mirrored mode: Windows' addresses and routes as its own, and the policy routing that shares loopback (facts 2.2-2.7).

local ip = require("wsl2.ip")
local loopback = require("wsl2.loopback")
local names = require("wsl2.mirror.names")
local routes = require("wsl2.mirror.routes")

local guest = {}

-- Interfaces -------------------------------------------------------------------------------------------------------

local V6_MTU = 1280 -- below it an interface has no IPv6

-- One of Windows' addresses as WSL has it.
local function as_ours(a)
  local address, prefix, family = ip.split(a.cidr)
  local near = address:find("^169%.254%.") or address:lower():find("^fe[89ab]%x:")
  if family == 4 then
    return { cidr = a.cidr, broadcast = prefix == 32 and address or nil, noprefixroute = true, deprecated = a.deprecated,
      scope = near and "link" or nil }
  end
  return { cidr = a.cidr, noprefixroute = true, nodad = true, deprecated = a.deprecated, scope = near and "link" or nil }
end

-- The link-local address that Windows' kernel makes of a MAC.
function guest.link_local(mac)
  local b = {}
  for x in mac:gmatch("%x%x") do b[#b + 1] = tonumber(x, 16) end
  local text = ("fe80::%x:%x:%x:%x/64"):format((b[1] ~ 2) << 8 | b[2], b[3] << 8 | 0xff, 0xfe00 | b[4], b[5] << 8 | b[6])
  return text
end

local function addresses(m)
  local out = core.array({})
  if not m.up then return out end
  local v6 = m.i.NlMtu >= V6_MTU
  for _, a in ipairs(m.iface.addresses or {}) do
    if v6 or not a.cidr:find(":", 1, true) then out[#out + 1] = as_ours(a) end
  end
  if v6 and m.wire then out[#out + 1] = as_ours({ cidr = guest.link_local(m.iface.mac) }) end
  return out
end

-- A VPN's tunnel has no frames to share: WSL's is a wire to Windows, which passes on what goes in (tunnel.lua).
local function interface(m)
  if not m.wire then
    return { name = m.name, label = "", kind = "veth", segment = names.tunnel_segment, mac = m.iface.mac, up = m.up,
      mtu = m.i.NlMtu ~= 1500 and m.i.NlMtu or nil, queues = 2, addresses = addresses(m) }
  end
  return { name = m.name, label = "", kind = "veth", segment = m.iface.segment, mirrors = "windows/" .. m.i.dev, loopback = loopback.segment,
    mac = m.iface.mac, up = m.up, mtu = m.i.NlMtu ~= 1500 and m.i.NlMtu or nil, queues = 2, addresses = addresses(m) }
end

-- loopback0 comes first, as the rules for it do.
local function interfaces(list, loopback_mac)
  local out = core.array({ { name = names.nic, label = "", kind = "veth", segment = loopback.segment, mac = loopback_mac, up = true,
    queues = 2, addresses = core.array({}) } })
  for _, m in ipairs(list) do out[#out + 1] = interface(m) end
  return out
end

-- Policy routing ---------------------------------------------------------------------------------------------------

local ON_HOST, ON_ADDRESSES = 127, 128 -- tables

local function rules(list)
  local out = core.array({})
  local function put(priority, iif, to)
    for _, proto in ipairs({ "tcp", "udp" }) do
      out[#out + 1] = { priority = priority, iif = iif, ipproto = proto, table = to }
    end
  end
  put(0, names.nic, 255)
  for _, m in ipairs(list) do put(0, m.name, 255) end
  put(1, nil, ON_HOST)
  put(1, nil, ON_ADDRESSES)
  return out
end

-- Windows' IPv4 addresses that are in use, with the interface each is on: f(address, mirrored).
function guest.each_address(list, f)
  for _, m in ipairs(list) do
    for _, a in ipairs(m.up and m.iface.addresses or {}) do
      local address, _, family = ip.split(a.cidr)
      if family == 4 then f(address, m) end
    end
  end
end

local function shared(model, list, s, out, neighs)
  local gateway = names.gateway(model)
  local function lead(address, dev, to)
    out[#out + 1] = { dst = address .. "/32", via = gateway, dev = dev, protocol = "kernel", src = address, table = to, onlink = true }
  end
  local function know(dev) neighs[#neighs + 1] = { dev = dev, address = gateway, mac = loopback.mac } end
  lead("127.0.0.1", names.nic, ON_HOST)
  know(names.nic)
  if not s.hostAddressLoopback then return end
  local known = {}
  guest.each_address(list, function(address, m)
    if not m.wire then return end
    lead(address, m.name, ON_ADDRESSES)
    if not known[m.name] then know(m.name) end
    known[m.name] = true
  end)
end

-- Kernel parameters ------------------------------------------------------------------------------------------------

local everywhere = {
  { "net.ipv4.conf.%s.arp_filter", "1" }, { "net.ipv6.conf.%s.accept_ra", "0" }, { "net.ipv6.conf.%s.dad_transmits", "0" },
  { "net.ipv6.conf.%s.autoconf", "0" }, { "net.ipv6.conf.%s.use_tempaddr", "0" }, { "net.ipv6.conf.%s.addr_gen_mode", "1" },
}
local each = {
  { "net.ipv4.conf.%s.accept_local", "1" }, { "net.ipv4.conf.%s.route_localnet", "1" }, { "net.ipv6.conf.%s.accept_ra", "0" },
  { "net.ipv6.conf.%s.autoconf", "0" }, { "net.ipv6.conf.%s.use_tempaddr", "0" }, { "net.ipv6.conf.%s.addr_gen_mode", "1" },
}
guest.unfiltered = { "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.loopback0.rp_filter" } -- what systemd is kept from setting back

local function sysctls(list)
  local out = core.array({})
  local function put(set, word)
    for _, s in ipairs(set) do out[#out + 1] = { name = s[1]:format(word), value = s[2] } end
  end
  put(everywhere, "all")
  put(everywhere, "default")
  put(each, names.nic)
  for _, m in ipairs(list) do put(each, m.name) end
  for _, name in ipairs(guest.unfiltered) do out[#out + 1] = { name = name, value = "0" } end
  out[#out + 1] = { name = "net.ipv4.ip_local_port_range", value = ("%d %d"):format(table.unpack(names.window)) }
  return out
end

-- nftables ---------------------------------------------------------------------------------------------------------

-- What WSL itself sends is marked and left alone; what it passes on (a container's) leaves by a port of the window.
local function ruleset(list)
  local lines, out = {}, {}
  for _, m in ipairs(list) do
    for _, proto in ipairs({ "udp", "tcp" }) do
      lines[#lines + 1] = ('\t\toif "%s" %s sport 1-65535 meta mark != 0x1 counter masquerade to :%d-%d\n')
        :format(m.name, proto, table.unpack(names.window))
    end
  end
  for _, family in ipairs({ "ip", "ip6" }) do
    out[#out + 1] = "table " .. family .. " filter {\n\tchain WSLOUTPUT {\n\t\ttype filter hook output priority filter; policy accept;\n"
      .. "\t\tcounter meta mark set 0x1\n\t}\n}\n"
    out[#out + 1] = "table " .. family .. " nat {\n\tchain WSLPOSTROUTING {\n"
      .. "\t\ttype nat hook postrouting priority srcnat - 1; policy accept;\n" .. table.concat(lines) .. "\t}\n}\n"
  end
  return table.concat(out)
end

-- All of it --------------------------------------------------------------------------------------------------------

-- s: the settings WSL started with. Everything of it may change while WSL runs.
function guest.network(model, s)
  local list = names.mirrored(model)
  local out = { ifaces = interfaces(list, names.loopback_mac(model)), routes = routes.of(model, list), rules = rules(list),
    neighs = core.array({}), sysctls = sysctls(list), ruleset = ruleset(list) }
  shared(model, list, s, out.routes, out.neighs)
  return out
end

return guest
