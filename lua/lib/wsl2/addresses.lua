-- SPDX-License-Identifier: GPL-2.0-or-later
-- Every address of a WSL2 lab, drawn from the seed: same seed, same lab; another learner, another lab.

local addr = require("addr")
local containers = require("wsl2.containers")
local corp = require("wsl2.corp")

local addresses = {}

local function mac(seed, prefix)
  return ("%s:%02x:%02x:%02x"):format(prefix, seed:int(0, 255), seed:int(0, 255), seed:int(0, 255))
end

-- WSL asks Windows for a /20, which is nearly always inside 172.16.0.0/12.
local function vswitch(seed, p)
  local base = 172 << 24 | seed:int(17, 31) << 16 | seed:int(0, 15) << 12
  p.subnet_base = addr.text(base)
  p.subnet = p.subnet_base .. "/20"
  p.prefix = 20
  p.netmask = "255.255.240.0"
  p.broadcast = addr.text(base + 4095)
  p.gateway = addr.text(base + 1)
  -- Neither .0 nor .255, which confuse people though they are fine.
  p.guest = addr.text(base + seed:int(1, 15) * 256 + seed:int(2, 254))
  p.spare = addr.text(base + seed:int(2, 254))
  p.guest_mac = mac(seed, "00:15:5d")
  p.gateway_mac = mac(seed, "00:15:5d")
end

-- Where WSL may be after later starts, when its address moves: neither its first nor the spare one.
local function later(seed, p)
  local base, taken = addr.number(p.subnet_base), { [p.guest] = true, [p.spare] = true }
  for _, key in ipairs({ "guest2", "guest3" }) do
    repeat p[key] = addr.text(base + seed:int(1, 15) * 256 + seed:int(2, 254)) until not taken[p[key]]
    taken[p[key]] = true
  end
end

local function home(seed, p)
  p.router = "192.168.1.1"
  p.windows = "192.168.1." .. seed:int(20, 99)
  p.phone = "192.168.1." .. seed:int(100, 199)
  p.windows_mac = mac(seed, "a4:bb:6d")
  p.phone_mac = mac(seed, "3e:9a:51")
  p.router_mac = mac(seed, "52:54:00")
end

-- Only documentation ranges stand for the provider and for sites that do not exist.
local function outside(seed, p)
  p.wan_gateway = "203.0.113.1"
  p.wan = "203.0.113." .. seed:int(10, 250)
  p.google = "142.250.179.142"
  p.github = "140.82.121.4"
  p.downloads = "198.51.100." .. seed:int(10, 120)
  p.site_address = "198.51.100." .. seed:int(130, 250)
  p.site = seed:pick({ "wiki", "docs", "build", "packages", "status" }) .. "-"
    .. seed:letters(4, "abcdefghjkmnpqrstuvwxyz23456789") .. ".example.net"
end

-- Behind a VPN: its server on the internet, the address it gives a client, and the company's network.
local function company(seed, p)
  p.vpn_server = "203.0.113." .. seed:int(251, 254)
  p.vpn_address = "10.71." .. seed:int(160, 175) .. "." .. seed:int(20, 220)
  for k, v in pairs(corp.addresses(("10.%d.%d.0/24"):format(seed:int(20, 60), seed:int(1, 200)))) do p[k] = v end
end

-- Of machines in a tailnet: WSL, Windows, and a server with its address on the internet.
local function tailnet(seed, p)
  p.tailnet_guest = ("100.%d.%d.%d"):format(seed:int(64, 79), seed:int(0, 255), seed:int(1, 254))
  p.tailnet_windows = ("100.%d.%d.%d"):format(seed:int(80, 95), seed:int(0, 255), seed:int(1, 254))
  p.tailnet_peer = ("100.%d.%d.%d"):format(seed:int(101, 119), seed:int(0, 255), seed:int(1, 254))
  p.tailnet_public = "203.0.113." .. seed:int(3, 8)
end

-- IPv6 of the home network and the internet, in labs that have it. Groups without zeros in front and none of zero: one way to
-- write them.
local function six(seed, p)
  local function groups(n)
    local out = {}
    for i = 1, n do out[i] = ("%x"):format(seed:int(0x1000, 0xffff)) end
    return table.concat(out, ":")
  end
  local net = "2001:db8:" .. groups(1) .. ":1"
  p.lan6 = net .. "::/64"
  p.router6 = net .. "::1"
  p.windows6, p.phone6 = net .. ":" .. groups(4), net .. ":" .. groups(4)
  p.wan6, p.wan_gateway6 = "2001:db8:0:cb71::2", "2001:db8:0:cb71::1"
  p.google6 = "2a00:1450:4007:80c::200e"
  p.downloads6, p.site_address6 = "2001:db8:ffff::" .. groups(1), "2001:db8:fffe::" .. groups(1)
end

-- The parameters every WSL2 scenario has; seed is what params(seed) gets.
function addresses.from(seed)
  local p = { seed = seed:text() }
  vswitch(seed:fork("vswitch"), p)
  later(seed:fork("later"), p)
  home(seed:fork("home"), p)
  outside(seed:fork("outside"), p)
  company(seed:fork("company"), p)
  tailnet(seed:fork("tailnet"), p)
  for k, v in pairs(containers.addresses(p.subnet)) do p[k] = v end
  six(seed:fork("six"), p)
  p.hostname = "DESKTOP-" .. seed:fork("names"):letters(7, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
  return p
end

addresses.public = addresses.from

return addresses
