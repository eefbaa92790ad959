-- SPDX-License-Identifier: GPL-2.0-or-later
-- IPv6 on the home network and the internet of a lab: a prefix of the provider's, no translation, and a home router that lets
-- nobody in who was not asked. Who gets addresses how is of no matter here, so nothing is advertised: all are in place.

local state = require("wsl2.state")

local six = {}

local ROUTER = "fe80::1" -- on the home network, as many call themselves

local firewall = [[
table ip6 home_fw {
	chain forward {
		type filter hook forward priority filter; policy accept;
		iifname "eth0" oifname "eth1" ct state new drop
	}
}
]]

local function put(node, dev, ...)
  local iface = state.iface(node, dev)
  for _, cidr in ipairs({ ... }) do table.insert(iface.addresses, { cidr = cidr, nodad = true }) end
end

local function default(node, r)
  node.routes = node.routes or {}
  r.dst, r.ipv6 = "default", true
  table.insert(node.routes, r)
end

-- Windows takes the route its router advertises with the metric of on-link ones.
local RA_METRIC = 256 + 25

function six.add(model, p)
  local function node(name) return state.node(model, name) end
  local internet, router, phone, windows = node("internet"), node("router"), node("phone"), node("windows")
  put(internet, "eth0", p.wan_gateway6 .. "/64")
  internet.routes = internet.routes or {}
  table.insert(internet.routes, { dst = p.lan6, via = p.wan6, dev = "eth0", protocol = "static" })
  put(router, "eth0", p.wan6 .. "/64")
  put(router, "eth1", p.router6 .. "/64", ROUTER .. "/64")
  default(router, { via = p.wan_gateway6, dev = "eth0", protocol = "static" })
  table.insert(router.sysctls, { name = "net.ipv6.conf.all.forwarding", value = "1" })
  router.ruleset = router.ruleset .. firewall
  put(phone, "wlan0", p.phone6 .. "/64")
  default(phone, { via = ROUTER, dev = "wlan0", protocol = "ra" })
  put(windows, "eth0", p.windows6 .. "/64")
  default(windows, { via = ROUTER, dev = "eth0", protocol = "ra", metric = RA_METRIC })
end

return six
