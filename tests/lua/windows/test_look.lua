-- SPDX-License-Identifier: GPL-2.0-or-later
-- What changes in the kernel or the model is seen by every command that shows it. A row: what is changed, and for each command
-- the text that must be there after it and not before.

local fake = require("fake")
local ps = require("harness")

local sysctl_forwarding = "net.ipv4.conf.vEthernet.forwarding"

local rows = {
  { "an address more", function(pc) pc:add_address("eth0", "inet", "10.77.0.5", 24) end, {
    { "ipconfig", "IPv4 Address. . . . . . . . . . . : 10.77.0.5" },
    { "ipconfig /all", "IPv4 Address. . . . . . . . . . . : 10.77.0.5(Preferred)" },
    { "route print", "        10.77.0.0    255.255.255.0         On-link         10.77.0.5    281" },
    { "route print -4", "      10.77.0.255  255.255.255.255         On-link         10.77.0.5    281" },
    { "Get-NetIPAddress -InterfaceAlias Ethernet", "IPAddress         : 10.77.0.5" },
    { "(Get-NetIPConfiguration -InterfaceAlias Ethernet).IPv4Address.IPAddress", "10.77.0.5" },
    { "Get-NetRoute", "10.77.0.5/32" },
    { "arp -a", "10.77.0.255           ff-ff-ff-ff-ff-ff     static" },
    { "systeminfo", "[02]: 10.77.0.5" },
  } },
  { "an address of IPv6", function(pc) pc:add_address("eth0", "inet6", "fd00:7::5", 64) end, {
    { "ipconfig", "IPv6 Address. . . . . . . . . . . : fd00:7::5" },
    { "route print -6", "  2    281 fd00:7::/64              On-link" },
    { "Get-NetIPAddress -AddressFamily IPv6", "fd00:7::5" },
    { "Get-NetRoute -AddressFamily IPv6", "fd00:7::5/128" },
  } },
  { "a route", function(pc) pc:add_route({ dst = "10.88.0.0/16", gateway = "172.27.43.151", dev = "vEthernet", metric = 20 }) end, {
    { "route print", "        10.88.0.0      255.255.0.0    172.27.43.151      172.27.32.1     20" },
    { "netstat -r", "        10.88.0.0      255.255.0.0    172.27.43.151      172.27.32.1     20" },
    { "Get-NetRoute -DestinationPrefix 10.88*", "10.88.0.0/16                                   172.27.43.151                                      5 15" },
    { "(Find-NetRoute -RemoteIPAddress 10.88.1.1 | Select-Object -Last 1).NextHop", "172.27.43.151" },
    { "Get-NetIPConfiguration", "10.88", absent = true },
  } },
  { "another gateway", function(pc)
    pc:remove_routes(function(r) return r.dst == "default" end)
    pc:add_route({ dst = "default", gateway = "192.168.1.254", dev = "eth0", metric = 30 })
  end, {
    { "ipconfig", "Default Gateway . . . . . . . . . : 192.168.1.254" },
    { "route print", "          0.0.0.0          0.0.0.0    192.168.1.254     192.168.1.50     30" },
    { "Get-NetRoute -DestinationPrefix 0.0.0.0/0", "192.168.1.254                                      5 25" },
    { "gip", "IPv4DefaultGateway   : 192.168.1.254" },
  } },
  { "an MTU", function(pc) pc:link("vEthernet").mtu = 1280 end, {
    { "Get-NetIPInterface -AddressFamily IPv4", "IPv4                  1280              15" },
    { "(Get-NetAdapter vEth*).MtuSize", "1280" },
  } },
  { "a link that lost its carrier", function(pc)
    pc:link("eth0").flags = { "BROADCAST", "MULTICAST", "UP" }
  end, {
    { "ipconfig", "Media State . . . . . . . . . . . : Media disconnected" },
    { "Get-NetAdapter", "2 Disconnected" },
    { "Get-NetIPInterface", "Disconnected    ActiveStore" },
    { "getmac", "Media disconnected" },
    { "gip", "NetAdapter.Status    : Disconnected" },
  } },
  { "a disabled adapter", function(pc) pc:link("eth0").flags = { "BROADCAST", "MULTICAST" } end, {
    { "Get-NetAdapter -Name Ethernet", "Disabled" },
    { "Get-NetAdapter | ? Status -eq Disabled | % Name", "Ethernet" },
  } },
  { "a MAC address", function(pc) pc:link("eth0").address = "02:11:22:33:44:55" end, {
    { "ipconfig /all", "Physical Address. . . . . . . . . : 02-11-22-33-44-55" },
    { "route print", "  2...02 11 22 33 44 55 ......Intel(R)" },
    { "getmac", "02-11-22-33-44-55" },
    { "Get-NetAdapter", "02-11-22-33-44-55" },
  } },
  { "an index", function(pc) pc:link("eth0").ifindex = 23 end, {
    { "ipconfig", "fe80::a6bb:6dff:fe3f:2050%23" },
    { "arp -a", "Interface: 192.168.1.50 --- 0x17" },
    { "route print", " 23...a4 bb" },
    { "Get-NetRoute", "23      192.168.1.0/24" },
    { "Get-NetIPInterface", "23      Ethernet" },
    { "Get-DnsClientServerAddress", "Ethernet                            23 IPv4" },
  } },
  { "a neighbour", function(pc) pc:add_neigh("eth0", "192.168.1.77", "3e:9a:51:0c:77:23", "STALE") end, {
    { "arp -a", "  192.168.1.77          3e-9a-51-0c-77-23     dynamic   " },
    { "Get-NetNeighbor", "192.168.1.77                                       3E-9A-51-0C-77-23     Stale       ActiveStore" },
  } },
  { "a neighbour that doesn't answer", function(pc) pc:add_neigh("eth0", "192.168.1.78", nil, "FAILED") end, {
    { "arp -a", "192.168.1.78", absent = true },
    { "Get-NetNeighbor -IPAddress 192.168.1.78", "00-00-00-00-00-00     Unreachable" },
  } },
  { "a listener of WSL's relay", function(pc)
    pc:add_socket("tcp", "127.0.0.1", 8000)
    pc.relays = { { address = "127.0.0.1", port = 8000 } }
  end, {
    { "netstat -ano", "  TCP    127.0.0.1:8000         0.0.0.0:0              LISTENING       13320" },
    { "netstat -ab", "[wslrelay.exe]" }, { "tasklist", "wslrelay.exe                 13320" },
    { "Get-NetTCPConnection -State Listen", "127.0.0.1                           8000      0.0.0.0" },
    { "Get-Process -Id (Get-NetTCPConnection -LocalPort 8000).OwningProcess | % ProcessName", "wslrelay" },
  } },
  { "a port proxy's listener", function(pc)
    pc:add_socket("tcp", "0.0.0.0", 3001)
    pc.windows.processes[4].owns = { { proto = "tcp", address = "0.0.0.0", port = 3001 } }
  end, {
    { "netstat -ano", "  TCP    0.0.0.0:3001           0.0.0.0:0              LISTENING       3612" },
    { "(Get-NetTCPConnection -LocalPort 3001).OwningProcess", "3612" },
  } },
  { "a port proxy's rule whose port another program has", function(pc)
    pc:add_socket("tcp", "0.0.0.0", 7777)
    pc.windows.processes[4].owns = { { proto = "tcp", address = "0.0.0.0", port = 7777, service = "portproxy-7777-a" } }
    pc.waiting = { "portproxy-7777-a" }
  end, {
    { "netstat -ano", "  TCP    0.0.0.0:7777           0.0.0.0:0              LISTENING       4" },
    { "netstat -ano", "3612", absent = true },
  } },
  { "a connection through it", function(pc)
    pc:add_socket("tcp", "0.0.0.0", 3001)
    pc:add_socket("tcp", "192.168.1.50", 3001, "192.168.1.23", 50123, "ESTAB")
    pc.windows.processes[4].owns = { { proto = "tcp", address = "0.0.0.0", port = 3001 } }
  end, {
    { "netstat -no", "  TCP    192.168.1.50:3001      192.168.1.23:50123     ESTABLISHED     3612" },
    { "netstat -n", "0.0.0.0:3001", absent = true },
    { "Get-NetTCPConnection -State Established", "192.168.1.23                        50123      Established Internet" },
  } },
  { "a socket of nobody's", function(pc) pc:add_socket("udp", "::", 5353) end, {
    { "netstat -ano", "  UDP    [::]:5353              *:*                                    4" },
    { "Get-NetUDPEndpoint", "::                                       5353" },
  } },
  { "the DNS proxy stops", function(pc) pc.state.sockets = {} end, {
    { "netstat -ano", "172.27.32.1:53", gone = true },
    { "(Get-NetUDPEndpoint).LocalPort", "53", gone = true },
  } },
  { "forwarding off", function(pc) pc.state.sysctl[sysctl_forwarding] = "0" end, {
    { "(Get-NetIPInterface -InterfaceAlias vEth* -AddressFamily IPv4).Forwarding", "Disabled" },
  } },
  { "a metric", function(pc) pc.windows.interfaces[1].InterfaceMetric = 60 end, {
    { "Get-NetIPInterface", "1500              60" },
    { "Get-NetRoute", "256 60" },
    { "route print", "192.168.1.50    316" },
  } },
  { "DNS servers", function(pc) pc.windows.interfaces[1].ServerAddresses = { "1.1.1.1", "8.8.8.8" } end, {
    { "ipconfig /all", "DNS Servers . . . . . . . . . . . : 1.1.1.1\n                                       8.8.8.8" },
    { "Get-DnsClientServerAddress", "{1.1.1.1, 8.8.8.8}" },
    { "gip", "DNSServer            : 1.1.1.1\n                       8.8.8.8" },
  } },
  { "a suffix", function(pc)
    pc.windows.interfaces[1].ConnectionSpecificSuffix = "corp.example"
    pc.windows.dns.SuffixSearchList = { "corp.example" }
  end, {
    { "ipconfig", "Connection-specific DNS Suffix  . : corp.example" },
    { "ipconfig /all", "DNS Suffix Search List. . . . . . : corp.example" },
    { "Get-DnsClient", "corp.example" },
    { "Get-DnsClientGlobalSetting", "{corp.example}" },
  } },
  { "an alias", function(pc) pc.windows.interfaces[1].InterfaceAlias = "Wi-Fi" end, {
    { "ipconfig", "Ethernet adapter Wi-Fi:" }, { "Get-NetAdapter", "\nWi-Fi " }, { "Get-NetIPInterface", "Wi-Fi" }, { "getmac /v", "\nWi-Fi " },
    { "(Get-NetRoute -DestinationPrefix 0.0.0.0/0).InterfaceAlias", "Wi-Fi" },
  } },
  { "a name of the PC", function(pc) pc.windows.hostname = "OTHER-PC" end, {
    { "hostname", "OTHER-PC" }, { "whoami", "other-pc\\learner" }, { "ipconfig /all", "Host Name . . . . . . . . . . . . : OTHER-PC" },
    { "systeminfo", "Host Name:                     OTHER-PC" },
  } },
  { "a category", function(pc) pc.windows.interfaces[1].NetworkCategory = "DomainAuthenticated" end, {
    { "Get-NetConnectionProfile", "NetworkCategory          : DomainAuthenticated" },
  } },
  { "a switch", function(pc) table.insert(pc.windows.switches, { Name = "Lab", SwitchType = "External" }) end, {
    { "Get-VMSwitch", "External" }, { "Get-VMSwitch -SwitchType External | % Name", "Lab" },
  } },
  { "a service that ends", function(pc)
    pc.windows.services[3].Pid, pc.windows.services[3].Status = 0, "Stopped"
    table.remove(pc.windows.processes, 4)
  end, {
    { "tasklist /svc", "iphlpsvc", gone = true }, { "(Get-Process).Id", "3612", gone = true },
  } },
  { "a route that is kept", function(pc)
    pc.windows.routes = { { DestinationPrefix = "10.9.0.0/16", NextHop = "192.168.1.1", InterfaceAlias = "Ethernet", RouteMetric = 7 } }
  end, {
    { "route print", "  Network Address          Netmask  Gateway Address  Metric\n         10.9.0.0      255.255.0.0      192.168.1.1       7" },
    { "Get-NetRoute -PolicyStore PersistentStore", "10.9.0.0/16" },
  } },
}

local function check(row, command)
  local line, text = command[1], command[2]
  local before, after = fake.new(), fake.new()
  row[2](after)
  local b, a = (before:run(line)), (after:run(line))
  if command.gone then
    ps.has(b, text)
    ps.lacks(a, text)
  elseif command.absent then
    ps.lacks(a, text)
  else
    ps.lacks(b, text)
    ps.has(a, text)
  end
end

for _, row in ipairs(rows) do
  for _, command in ipairs(row[3]) do
    ps.case(row[1] .. ": " .. command[1], function() check(row, command) end)
  end
end
