-- SPDX-License-Identifier: GPL-2.0-or-later
-- networkingMode=nat: eth0 on the WSL switch, behind ICS or a WinNAT object of Windows.

local ip = require("wsl2.ip")
local state = require("wsl2.state")
local version = require("wsl2.version")

local nat = {}

-- NAT needs HNS and ICS.
function nat.enter(model)
  local services = require("wsl2.services")
  local hns = services.need(model, "hns")
  local ics, fresh = services.need(model, "SharedAccess")
  if not hns or not ics then return nil end
  return fresh and { nat = true, proxy = true, forwards = true } or {}
end

-- The tunnel's listener, the gateway's proxy, or Windows' own servers (IPv4, at most 3).
local function nameservers(g)
  local s = g.settings
  if s.dnsTunneling then return { s.dnsTunnelingIpAddress } end
  if s.dnsProxy then return { g.params.gateway } end
  local out = {}
  for _, server in ipairs(g.servers) do
    if ip.family(server) == 4 and #out < 3 then out[#out + 1] = server end
  end
  return out
end

function nat.guest(g)
  local s, ifaces = g.settings, core.array({})
  if s.dnsTunneling then
    local a = s.dnsTunnelingIpAddress
    ifaces[1] = { name = "lo", kind = "loopback", up = true, addresses = { { cidr = a .. "/32", broadcast = a } } }
  end
  ifaces[#ifaces + 1] = { name = "eth0", label = "", kind = "veth", segment = "vswitch", mac = g.params.guest_mac, up = true,
    mtu = g.mtu, queues = 2, -- two queues: "qdisc mq", as hv_netvsc shows
    addresses = { { cidr = g.address .. "/20" } } }
  return {
    ifaces = ifaces, nameservers = nameservers(g),
    routes = core.array({ { dst = "default", via = g.params.gateway, dev = "eth0", protocol = "kernel", onlink = version.onlink(g.model) } }),
  }
end

-- eth0's MTU is the least of Windows' interfaces that are up; of an older WSL, that of the WSL switch alone.
function nat.follow(model)
  return require("wsl2.derive").mtu(model) or false
end

function nat.put(model, mtu)
  local eth0 = state.iface(state.node(model, "wsl"), "eth0")
  if eth0 then eth0.mtu = mtu or nil end
end

nat.nameservers = nameservers

return nat
