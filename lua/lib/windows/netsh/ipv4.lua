-- SPDX-License-Identifier: GPL-2.0-or-later
-- netsh interface ipv4 (ip) and ipv6: what shows. What sets is in ipset.lua.

local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local set = require("windows.netsh.ipset")

local no_such = "The filename, directory name, or volume label syntax is incorrect."

local function state(i) return i.connected and "connected" or "disconnected" end

-- The interfaces a show command is about; nil when the one named is not there (told).
local function chosen(ctx, v)
  local net = live.new(ctx.world)
  local word = v.interface or v.name
  if not word then return net:interfaces(), net end
  local index = math.tointeger(tonumber(word))
  local i = index and net:by_index(index) or net:by_alias(word)
  if i then return { i }, net end
  ctx.emit(no_such)
  ctx.emit("")
  return nil
end

-- A show command that writes a part for each interface: say(ctx, i, net) writes one, after a blank line.
local function by_interface(say)
  return function(ctx, v)
    local list, net = chosen(ctx, v)
    if not list then return 1 end
    for _, i in ipairs(list) do
      ctx.emit("")
      say(ctx, i, net)
    end
    ctx.emit("")
  end
end

local function interfaces(ctx, v)
  if v.interface then
    local list = chosen(ctx, v)
    if not list then return 1 end
    local i = list[1]
    ctx.emit("")
    ctx.emit("Interface " .. i.alias .. " Parameters")
    ctx.emit("----------------------------------------------")
    for _, row in ipairs { { "IfIndex", i.index }, { "State", state(i) }, { "Metric", i.metric },
      { "Link MTU", i.mtu .. " bytes" },
      { "Forwarding", live.new(ctx.world):forwarding(i, v.family):lower() }, { "DHCP", i.dhcp and "enabled" or "disabled" } } do
      ctx.emit(("%-35s: %s"):format(row[1], row[2]))
    end
    ctx.emit("")
    return 0
  end
  ctx.emit("")
  ctx.emit("Idx     Met         MTU          State                Name")
  ctx.emit("---  ----------  ----------  ------------  ---------------------------")
  for _, i in ipairs(live.new(ctx.world):interfaces()) do
    ctx.emit(("%3d  %10d  %10d  %-12s  %s"):format(i.index, i.metric, i.mtu, state(i), i.alias))
  end
  ctx.emit("")
end

-- Bytes by kernel name, as the kernel counts them; "?" where it can't be read.
local function counters(ctx)
  local out = {}
  ctx.world.spawn({ "cat", "/proc/net/dev" }, "", function(line)
    local dev, rest = line:match("^%s*([^:%s]+):%s*(.*)$")
    if dev then
      local n = {}
      for w in rest:gmatch("%d+") do n[#n + 1] = w end
      out[dev] = { n[1], n[9] }
    end
  end)
  return out
end

local function subinterfaces(ctx, v)
  local list = chosen(ctx, v)
  if not list then return 1 end
  local bytes = counters(ctx)
  ctx.emit("")
  ctx.emit("   MTU  MediaSenseState   Bytes In  Bytes Out  Interface")
  ctx.emit("------  ---------------  ---------  ---------  -------------")
  for _, i in ipairs(list) do
    local b = bytes[i.dev] or {}
    ctx.emit(("%6d  %15d  %9s  %9s  %s"):format(i.mtu, i.connected and 1 or 5, b[1] or "?", b[2] or "?", i.alias))
  end
  ctx.emit("")
end

local function v4_network(a)
  local b, out, left = ip.bytes(a.ip), {}, a.length
  for k = 1, #b do
    local keep = math.max(0, math.min(8, left))
    out[k], left = b[k] & (0xff << (8 - keep)) & 0xff, left - keep
  end
  return table.concat(out, ".")
end

local function dns_lines(ctx, i)
  local servers = i.conf.ServerAddresses or {}
  local key = i.dhcp and "DNS servers configured through DHCP:  " or "Statically Configured DNS Servers:    "
  ctx.emit("    " .. key .. (servers[1] or "None"))
  for k = 2, #servers do ctx.emit((" "):rep(42) .. servers[k]) end
  ctx.emit("    Register with which suffix:           Primary only")
end

local function config(with_dns)
  return by_interface(function(ctx, i, net)
    ctx.emit(('Configuration for interface "%s"'):format(i.alias))
    local function row(key, value) ctx.emit(("    %-38s%s"):format(key, value)) end
    row("DHCP enabled:", i.dhcp and "Yes" or "No")
    for _, a in ipairs(i.v4) do
      row("IP Address:", a.ip)
      row("Subnet Prefix:", ("%s/%d (mask %s)"):format(v4_network(a), a.length, ip.netmask(a.length)))
    end
    for _, g in ipairs(net:gateways(i, "inet")) do
      row("Default Gateway:", g.gateway)
      row("Gateway Metric:", g.route_metric)
    end
    row("InterfaceMetric:", i.metric)
    if with_dns then dns_lines(ctx, i) end
  end)
end

local dnsservers = by_interface(function(ctx, i)
  ctx.emit(('Configuration for interface "%s"'):format(i.alias))
  dns_lines(ctx, i)
end)

local function routes(family)
  return function(ctx)
    ctx.emit("")
    ctx.emit("Publish  Type      Met  Prefix                    Idx  Gateway/Interface Name")
    ctx.emit("-------  --------  ---  ------------------------  ---  ------------------------")
    for _, r in ipairs(live.new(ctx.world):routes(family)) do
      local kind = r.protocol == "kernel" and "System" or "Manual"
      ctx.emit(("%-7s  %-8s  %-3d  %-24s  %3d  %s"):format("No", kind, r.route_metric, r.prefix, r.i.index, r.gateway or r.i.alias))
    end
    ctx.emit("")
  end
end

local function neighbors(family)
  return by_interface(function(ctx, i, net)
    ctx.emit(("Interface %d: %s"):format(i.index, i.alias))
    ctx.emit("")
    ctx.emit("")
    ctx.emit("Internet Address                              Physical Address   Type")
    ctx.emit("--------------------------------------------  -----------------  -----------")
    for _, n in ipairs(net:neighbors()) do
      if n.i == i and n.family == family then ctx.emit(("%-44s  %-17s  %s"):format(n.ip, n.mac:lower(), n.state)) end
    end
  end)
end

local addresses6 = by_interface(function(ctx, i)
  ctx.emit(("Interface %d: %s"):format(i.index, i.alias))
  ctx.emit("")
  ctx.emit("Addr Type  DAD State   Valid Life Pref. Life Address")
  ctx.emit("---------  ----------- ---------- ---------- ------------------------")
  for _, a in ipairs(i.v6) do
    ctx.emit(("%-9s  %-11s %10s %10s %s"):format("Other", a.tentative and "Tentative" or "Preferred", "infinite", "infinite",
      ip.zoned(a.ip, i.index)))
  end
end)

local function sysctl(ctx, name)
  local ok, v = pcall(ctx.world.read, "sysctl", name)
  return ok and v and v.value or nil
end

local function protocol_of(ctx, v, command)
  local p = (v.protocol or ""):lower()
  if p == "tcp" or p == "udp" then return p end
  ctx.emit(("%s is not an acceptable value for protocol."):format(v.protocol))
  return nil, command
end

-- Ports the kernel keeps from being chosen, which is what an exclusion does, and the window of a mirrored WSL.
local function exclusions(ctx, put)
  local w = ctx.world.model().windows.wsl
  if w and w.running and w.window then put(w.window[1], w.window[2]) end
  for item in (sysctl(ctx, "net.ipv4.ip_local_reserved_ports") or ""):gmatch("[^,%s]+") do
    local from, to = item:match("^(%d+)%-?(%d*)$")
    if from then put(tonumber(from), tonumber(to ~= "" and to or from)) end
  end
end

local function excluded(ctx, v)
  local p = protocol_of(ctx, v)
  if not p then return 1 end
  ctx.emit("")
  ctx.emit(("Protocol %s Port Exclusion Ranges"):format(p))
  ctx.emit("")
  ctx.emit("Start Port    End Port")
  ctx.emit("----------    --------")
  exclusions(ctx, function(from, to) ctx.emit(("%10d  %10d"):format(from, to)) end)
  ctx.emit("")
  ctx.emit("* - Administered port exclusions.")
  ctx.emit("")
end

local function dynamic(ctx, v)
  local p = protocol_of(ctx, v)
  if not p then return 1 end
  local from, to = (sysctl(ctx, "net.ipv4.ip_local_port_range") or ""):match("(%d+)%s+(%d+)")
  ctx.emit("")
  ctx.emit(("Protocol %s Dynamic Port Range"):format(p))
  ctx.emit("---------------------------------")
  ctx.emit("Start Port      : " .. (from or "?"))
  ctx.emit("Number of Ports : " .. (from and tostring(tonumber(to) - tonumber(from) + 1) or "?"))
  ctx.emit("")
end

local one = { "interface" }

-- The tree below `show` for a family.
local function shows(family)
  local six = family == "inet6"
  local node = { name = "show", help = "Displays information.", verb = true }
  local function add(c)
    c.tags = c.tags or one
    node[#node + 1] = c
  end
  if not six then
    add { name = "addresses", help = "Shows IP address configurations.", tags = { "name" }, run = config(false) }
    add { name = "config", help = "Displays IP address and additional information.", tags = { "name" }, run = config(true) }
  else
    add { name = "addresses", help = "Shows current IP addresses.", run = addresses6 }
  end
  add { name = "dnsservers", help = "Displays the DNS server addresses.", tags = { "name" }, run = dnsservers }
  add { name = "dynamicportrange", help = "Shows dynamic port range configuration parameters.", tags = { "protocol" }, need = { "protocol" }, run = dynamic }
  add { name = "excludedportrange", help = "Shows all excluded port ranges.", tags = { "protocol", "store" }, need = { "protocol" }, run = excluded }
  add { name = "interfaces", help = "Shows interface parameters.", run = function(ctx, v)
    v.family = family
    return interfaces(ctx, v)
  end }
  add { name = "neighbors", help = "Shows neighbor cache entries.", run = neighbors(family) }
  add { name = "route", help = "Shows route table entries.", tags = { "level", "store" }, run = routes(family) }
  add { name = "subinterfaces", help = "Shows subinterface parameters.", run = subinterfaces }
  return node
end

local function context(name, family)
  local node = { name = name, help = ("Changes to the `netsh interface %s' context."):format(name) }
  for _, c in ipairs(set.commands(family)) do node[#node + 1] = c end
  node[#node + 1] = shows(family)
  return node
end

return { context("ipv4", "inet"), context("ipv6", "inet6") }
