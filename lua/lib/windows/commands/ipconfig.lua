-- SPDX-License-Identifier: GPL-2.0-or-later
-- ipconfig.

local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local registry = require("windows.registry")
local text = require("windows.format.program_text")

local function row(emit, key, value) emit(text.dotted(3, key, 34) .. ": " .. (value or "")) end

-- A key with several values: one under the other.
local function rows(emit, key, values)
  row(emit, key, values[1])
  for n = 2, #values do emit((" "):rep(39) .. values[n]) end
end

local function preferred(a)
  if a.duplicate then return "(Duplicate) " end
  if a.tentative then return "(Tentative) " end
  return a.deprecated and "(Deprecated) " or "(Preferred) "
end

local function addresses(emit, i, all)
  local function shown(a) return ip.zoned(a.ip, i.index) .. (all and preferred(a) or "") end
  for _, a in ipairs(i.v6) do
    if a.scope ~= "link" then row(emit, "IPv6 Address", shown(a)) end
  end
  for _, a in ipairs(i.v6) do
    if a.scope == "link" then row(emit, "Link-local IPv6 Address", shown(a)) end
  end
  for _, a in ipairs(i.v4) do
    local auto = ip.within(a.ip, "169.254.0.0", 16)
    row(emit, auto and "Autoconfiguration IPv4 Address" or "IPv4 Address", shown(a))
    row(emit, "Subnet Mask", ip.netmask(a.length))
  end
end

local function gateways(l, emit, i)
  local list = {}
  for _, family in ipairs({ "inet6", "inet" }) do
    for _, r in ipairs(l:gateways(i, family)) do list[#list + 1] = ip.zoned(r.gateway, i.index) end
  end
  rows(emit, "Default Gateway", list)
end

local function adapter(l, emit, i, all)
  emit("Ethernet adapter " .. i.alias .. ":")
  emit("")
  if not i.connected then row(emit, "Media State", "Media disconnected") end
  row(emit, "Connection-specific DNS Suffix ", i.conf.ConnectionSpecificSuffix)
  if all then
    row(emit, "Description", i.description)
    row(emit, "Physical Address", i.mac)
    row(emit, "DHCP Enabled", i.dhcp and "Yes" or "No")
    row(emit, "Autoconfiguration Enabled", "Yes")
  end
  if i.connected then
    addresses(emit, i, all)
    gateways(l, emit, i)
    if all and i.dhcp and i.conf.DhcpServer then row(emit, "DHCP Server", i.conf.DhcpServer) end
    local servers = i.conf.ServerAddresses or {}
    if all and #servers > 0 then rows(emit, "DNS Servers", servers) end
    if all then row(emit, "NetBIOS over Tcpip", "Enabled") end
  end
end

-- Disabled adapters are not there for ipconfig.
local function enabled(l)
  local out = {}
  for _, i in ipairs(l:adapters()) do
    if i.enabled then out[#out + 1] = i end
  end
  return out
end

local function heading(emit)
  emit("")
  emit("Windows IP Configuration")
  emit("")
end

local function machine(l, emit)
  local w = l:windows()
  local routing = true
  for _, i in ipairs(l:adapters()) do routing = routing and l:forwarding(i, "inet") == "Enabled" end
  row(emit, "Host Name", w.hostname)
  row(emit, "Primary Dns Suffix ", "")
  row(emit, "Node Type", "Hybrid")
  row(emit, "IP Routing Enabled", routing and "Yes" or "No")
  row(emit, "WINS Proxy Enabled", "No")
  local list = w.dns and w.dns.SuffixSearchList or {}
  if #list > 0 then rows(emit, "DNS Suffix Search List", list) end
end

local function show(l, emit, all)
  heading(emit)
  if all then machine(l, emit) end
  for _, i in ipairs(enabled(l)) do
    emit("")
    adapter(l, emit, i, all)
  end
  return 0
end

local function service_runs(l, name)
  for _, s in ipairs(l:windows().services or {}) do
    if s.Name == name then return s.Status == "Running" end
  end
  return true
end

local function flush(l, emit)
  heading(emit)
  if service_runs(l, "Dnscache") then
    emit("Successfully flushed the DNS Resolver Cache.")
    return 0
  end
  emit("Could not flush the DNS Resolver Cache: Function failed during execution.")
  return 1
end

-- The cache of this PC is empty at any time: every question is asked anew.
local function display(l, emit)
  heading(emit)
  if service_runs(l, "Dnscache") then return 0 end
  emit("Could not display the DNS Resolver Cache.")
  return 1
end

-- No DHCP server is in the lab: a renewal waits for one as Windows does, and a release is told why it doesn't happen.
local function lease(l, emit, verb, wanted)
  local any = false
  heading(emit)
  for _, i in ipairs(enabled(l)) do
    if i.dhcp and (not wanted or text.like(wanted, i.alias)) then
      any = true
      emit(verb == "renew"
        and ("An error occurred while renewing interface %s : unable to contact your DHCP server. Request has timed out."):format(i.alias)
        or ("An error occurred while releasing interface %s : the lab has no DHCP server to give the address back to, it is kept.")
          :format(i.alias))
    end
  end
  if not any then
    emit("The operation failed as no adapter is in the state permissible for ")
    emit("this operation.")
  end
  return 1
end

local usage = [[

USAGE:
    ipconfig [/allcompartments] [/? | /all |
                                 /renew [adapter] | /release [adapter] |
                                 /renew6 [adapter] | /release6 [adapter] |
                                 /flushdns | /displaydns | /registerdns |
                                 /showclassid adapter |
                                 /setclassid adapter [classid] ]

where
    adapter             Connection name
                       (wildcard characters * and ? allowed, see examples)

    Options:
       /?               Display this help message
       /all             Display full configuration information.
       /release         Release the IPv4 address for the specified adapter.
       /renew           Renew the IPv4 address for the specified adapter.
       /flushdns        Purges the DNS Resolver cache.
       /displaydns      Display the contents of the DNS Resolver Cache.

The default is to display only the IP address, subnet mask and
default gateway for each adapter bound to TCP/IP.]]

local verbs = {
  all = function(l, emit) return show(l, emit, true) end,
  flushdns = flush, displaydns = display,
  release = function(l, emit, adapter_name) return lease(l, emit, "release", adapter_name) end,
  renew = function(l, emit, adapter_name) return lease(l, emit, "renew", adapter_name) end,
  ["?"] = function(_, emit)
    text.lines(emit, usage)
    return 0
  end,
}

registry.add {
  name = "ipconfig", kind = "program", effect = "reads",
  synopsis = { en = "Shows the IP configuration of each adapter", ja = "アダプターごとの IP 構成を示す" },
  options = { "/all", "/flushdns", "/displaydns", "/release", "/renew", "/?" },
  about = "addresses, gateways, MAC and link state are the kernel's; DNS servers, suffixes and DHCP the model's",
  lacks = "leases (the lab has no DHCP server), a resolver cache (each question is asked anew), /registerdns, class ids, /allcompartments",
  run = function(ctx, args)
    local l = live.new(ctx.world)
    if #args == 0 then return show(l, ctx.emit, false) end
    local verb = verbs[(args[1]:match("^[/-](.+)$") or ""):lower()]
    if verb then return verb(l, ctx.emit, args[2]) end
    ctx.emit("")
    ctx.emit("Error: unrecognized or incomplete command line.")
    text.lines(ctx.emit, usage)
    return 1
  end,
}
