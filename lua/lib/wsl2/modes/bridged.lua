-- SPDX-License-Identifier: GPL-2.0-or-later
-- networkingMode=bridged (facts 4.2): eth0 on a Hyper-V switch of Windows', with an address of its own from whoever gives some there.
--
-- An External switch is the LAN. The Default Switch is the WSL switch's network here, with Windows as its router; another one
-- has nobody who gives addresses. There is no DHCP on the wire: what dhcpcd would have made of the lease is put in place.

local addr = require("addr")
local rng = require("rng")
local state = require("wsl2.state")

local bridged = {}

function bridged.settings(s) s.dnsTunneling, s.bestEffortDnsParsing = false, false end

local function switch_of(model, s) return (state.by(model.windows.switches, "Name", s.vmSwitch or "")) end

function bridged.enter(model, s, warn)
  if (s.vmSwitch or "") == "" then
    warn("wsl: Bridged networking requires wsl2.vmSwitch to be set.")
    return nil
  end
  if not switch_of(model, s) then
    local names = {}
    for i, sw in ipairs(model.windows.switches) do names[i] = sw.Name end
    warn(("wsl: The VmSwitch '%s' was not found. Available switches: %s"):format(s.vmSwitch, table.concat(names, ", ")))
    return nil
  end
  return require("wsl2.services").need(model, "hns") and {} or nil
end

-- A MAC of WSL's choice, another at each start, or the user's.
local function mac_of(g)
  local own = g.settings.macAddress
  if own ~= "" then return own:gsub("-", ":"):lower() end
  local random = rng.new(g.params.seed):fork("bridged"):fork(tostring(state.hidden(g.model).generation or 1))
  return ("00:15:5d:%02x:%02x:%02x"):format(random:int(0, 255), random:int(0, 255), random:int(0, 255))
end

-- The addresses that other machines have.
local function taken(model)
  local out = {}
  for _, node in ipairs(model.nodes) do
    for _, iface in ipairs(node.name ~= "wsl" and node.ifaces or {}) do
      for _, a in ipairs(iface.addresses or {}) do out[a.cidr:match("^[^/]+")] = true end
    end
  end
  return out
end

-- One of a pool, from `first` on `size` of them, that nobody has, by the MAC, as a DHCP server keeps it; nil when all are taken.
local function pool_address(model, mac, first, size)
  local used, start = taken(model), rng.new(mac):int(0, size - 1)
  for n = 0, size - 1 do
    local address = addr.text(first + (start + n) % size)
    if not used[address] then return address end
  end
end

-- What a DHCP server of that switch gives: { cidr, gateway, servers }; nil where there is none.
local function lease(g, switch, mac)
  local p = g.params
  if switch.SwitchType == "External" then
    local address = pool_address(g.model, mac, (addr.number(p.router) & ~255) + 200, 50)
    return address and { cidr = address .. "/24", gateway = p.router, servers = { p.router } }
  end
  if switch.Name == "Default Switch" then
    local address = pool_address(g.model, mac, addr.number(p.subnet_base) + 256 * 15 + 2, 253)
    return address and { cidr = address .. "/20", gateway = p.gateway, servers = { p.gateway } }
  end
end

local METRIC = 1002 -- dhcpcd's: 1000 and eth0's index

function bridged.guest(g)
  local s = g.settings
  local switch, mac = switch_of(g.model, s), mac_of(g)
  local got = s.dhcp and lease(g, switch, mac) or nil
  local routes = core.array({})
  if got then
    local own = (got.cidr:match("^[^/]+"))
    routes[1] = { dst = "default", via = got.gateway, dev = "eth0", src = own, protocol = "dhcp", metric = METRIC }
    routes[2] = { dst = require("wsl2.ip").network(got.cidr), dev = "eth0", src = own, protocol = "dhcp", scope = "link", metric = METRIC }
  end
  return {
    ifaces = core.array({
      { name = "eth0", label = "", kind = "veth", segment = switch.SwitchType == "External" and "lan" or "vswitch", mac = mac, up = true,
        queues = 2, addresses = got and { { cidr = got.cidr, noprefixroute = true } } or core.array({}) },
    }),
    routes = routes, nameservers = got and got.servers or {},
    sysctls = s.ipv6 and core.array({}) or core.array({ { name = "net.ipv6.conf.all.disable_ipv6", value = "1" } }),
  }
end

-- The same as guest() makes it; empty without DHCP.
function bridged.address(model, s)
  local g = { model = model, settings = s, params = state.hidden(model).params }
  local got = s.dhcp and lease(g, switch_of(model, s), mac_of(g))
  return got and (got.cidr:match("^[^/]+")) or ""
end

return bridged
