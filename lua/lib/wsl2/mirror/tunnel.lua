-- SPDX-License-Identifier: GPL-2.0-or-later
-- A VPN's tunnel of Windows' that WSL has too, with its address and MTU. It has no frames, so WSL's end is a wire to Windows: `wv0`
-- there answers ARP for every address the tunnel leads to, and what comes in from it is passed on. What comes out of the tunnel
-- for a connection WSL made, or for one of its ports, is marked like loopback's and takes table 127 back.

local loopback = require("wsl2.loopback")
local names = require("wsl2.mirror.names")
local state = require("wsl2.state")

local tunnel = {}

local MARK, TABLE = 7, 127

-- The one there is: { name, dev, address, mac, mtu }; false for none.
function tunnel.of(model)
  if not names.on(model) then return false end
  for _, m in ipairs(names.mirrored(model)) do
    local first = (m.iface.addresses or {})[1]
    if not m.wire and m.up and first then
      return { name = m.name, dev = m.i.dev, address = (first.cidr:match("^[^/]+")), mac = m.iface.mac, mtu = m.i.NlMtu }
    end
  end
  return false
end

-- On Windows: the wire's end, the way back, and the guest's MAC; taken away where there is no tunnel.
function tunnel.put(model, t)
  local node, dev = state.node(model, "windows"), names.tunnel_nic
  loopback.unplug(model, dev, names.tunnel_segment)
  if not t then return end
  loopback.plug(model, { name = dev, label = "WSL in the VPN", segment = names.tunnel_segment, mac = loopback.mac,
    mtu = t.mtu ~= 1500 and t.mtu or nil }, {
    ["net.ipv4.conf.IFACE.accept_local"] = "1", ["net.ipv4.conf.IFACE.rp_filter"] = "0", ["net.ipv4.conf.IFACE.send_redirects"] = "0",
    ["net.ipv4.conf.IFACE.proxy_arp"] = "1", ["net.ipv4.neigh.IFACE.proxy_delay"] = "0",
  })
  node.neighs = node.neighs or core.array({})
  table.insert(node.routes, { dst = t.address .. "/32", dev = dev, table = TABLE, protocol = "static", scope = "link" })
  table.insert(node.neighs, { dev = dev, address = t.address, mac = t.mac })
end

local text = [[
table ip wsltunnel {
	chain back {
		type filter hook prerouting priority mangle; policy accept;
		iifname "wv0" ct mark set MARK
		iifname "DEV" ct direction reply ct mark MARK meta mark set MARK
	}
}
]]

-- The table of the Windows node.
function tunnel.table(model)
  local t = tunnel.of(model)
  return t and (text:gsub("MARK", tostring(MARK)):gsub("DEV", t.dev)) or ""
end

return tunnel
