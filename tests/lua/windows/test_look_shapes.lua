-- SPDX-License-Identifier: GPL-2.0-or-later
-- The looking commands' output to the letter, over probes that a test answers.

local fake = require("fake")
local ps = require("harness")

-- A name server of a small world, as the probes see it.
local zone = {
  ["google.com"] = { AAAA = { "2a00:1450:400e:80d::200e" }, A = { "142.250.179.142" } },
  ["contoso.com"] = { A = { "192.168.1.10" }, ttl = 60440 },
  ["two.example"] = { A = { "10.1.1.1", "10.1.1.2" } },
  ["www.example"] = { CNAME = "contoso.com", A = { "192.168.1.10" } },
  ["8.8.8.8.in-addr.arpa"] = { PTR = { "dns.google" } },
  ["text.example"] = { TXT = { "hello" } },
}
local numbers = { A = 1, CNAME = 5, PTR = 12, TXT = 16, AAAA = 28 }

local function records(name, kind)
  local z, out = zone[name], {}
  if z.CNAME then out[1] = { name = name, type = 5, ttl = 60, data = z.CNAME } end
  for _, v in ipairs(z[kind] or {}) do
    out[#out + 1] = { name = z.CNAME or name, type = numbers[kind], ttl = z.ttl or 300, data = v }
  end
  return out
end

local function resolve(args)
  if args.server == "192.0.2.53" then return { ok = false, error = "no answer" } end
  if args.server == "192.0.2.54" then return { ok = false, error = "Connection refused" } end
  if args.name == "broken.example" then return { ok = false, rcode = "SERVFAIL", answers = {}, records = {}, error = "SERVFAIL" } end
  if not zone[args.name] then return { ok = false, rcode = "NXDOMAIN", answers = {}, records = {}, error = "NXDOMAIN" } end
  local list, answers = records(args.name, args.type), {}
  for i, r in ipairs(list) do answers[i] = r.data end
  return { ok = true, rcode = "NOERROR", answers = answers, records = list, authoritative = false, truncated = false }
end

local echoes = {
  ["10.0.0.1"] = { ok = false, sent = 1, received = 0, error = "no answer" },
  ["10.0.0.2"] = { ok = false, sent = 1, received = 0, icmp = "3/1", from = "192.168.1.50", error = "No route to host" },
  ["10.0.0.3"] = { ok = false, sent = 0, received = 0, error = "Network is unreachable" },
  ["10.0.0.4"] = { ok = false, sent = 1, received = 0, icmp = "3/4", from = "192.168.1.1", mtu = 1400, error = "Message too long" },
  ["10.0.0.5"] = { ok = false, sent = 0, received = 0, error = "Message too long" },
  ["10.0.0.6"] = { ok = true, sent = 1, received = 1, rtt_ms = 0.07, ttl = 64, from = "10.0.0.6" },
}

local function ping(args, pc)
  local e = echoes[args.address]
  if e then
    if e.error == "no answer" then pc.mono = pc.mono + args.timeout end
    return e
  end
  if args.ttl == 1 then return { ok = false, sent = 1, received = 0, icmp = "11/0", from = "192.168.1.1", ms = 1.4, error = "x" } end
  return { ok = true, sent = 1, received = 1, rtt_ms = 5.4, ttl = 117, from = args.address }
end

local function lookup(args)
  local z = zone[args.name]
  if not z then return { ok = false, addresses = {}, eai = "EAI_NONAME" } end
  return { ok = true, addresses = args.family ~= 6 and z.A or z.AAAA or {} }
end

local function pc_with_probes()
  local pc = fake.new()
  pc.windows.dns.SuffixSearchList = {}
  pc.probes.resolve, pc.probes.ping, pc.probes.lookup = resolve, ping, lookup
  pc.probes.connect = function(args)
    return { ok = args.port == 8000, address = args.address, ["local"] = "172.27.32.1", error = args.port == 8000 and "" or "timed out" }
  end
  return pc
end

local function rule(n) return ("="):rep(n) end

local rows = {
  { "hostname", "DESKTOP-7Q2M1KP\n", 0 },
  { "ipconfig", [[

Windows IP Configuration


Ethernet adapter Ethernet:

   Connection-specific DNS Suffix  . : home
   Link-local IPv6 Address . . . . . : fe80::a6bb:6dff:fe3f:2050%2
   IPv4 Address. . . . . . . . . . . : 192.168.1.50
   Subnet Mask . . . . . . . . . . . : 255.255.255.0
   Default Gateway . . . . . . . . . : 192.168.1.1

Ethernet adapter vEthernet (WSL (Hyper-V firewall)):

   Connection-specific DNS Suffix  . :~
   Link-local IPv6 Address . . . . . : fe80::215:5dff:fea0:2c01%3
   IPv4 Address. . . . . . . . . . . : 172.27.32.1
   Subnet Mask . . . . . . . . . . . : 255.255.240.0
   Default Gateway . . . . . . . . . :~
]], 0 },
  { "ipconfig /flushdns", "\nWindows IP Configuration\n\nSuccessfully flushed the DNS Resolver Cache.\n", 0 },
  { "ipconfig /renew", "\nWindows IP Configuration\n\nAn error occurred while renewing interface Ethernet : unable to contact your DHCP server. "
    .. "Request has timed out.\n", 1 },
  { "arp -a", [[

Interface: 192.168.1.50 --- 0x2
  Internet Address      Physical Address      Type
  192.168.1.1           52-54-00-a8-01-01     dynamic  ~
  192.168.1.255         ff-ff-ff-ff-ff-ff     static   ~

Interface: 172.27.32.1 --- 0x3
  Internet Address      Physical Address      Type
  172.27.43.151         00-15-5d-21-8f-3b     dynamic  ~
  172.27.47.255         ff-ff-ff-ff-ff-ff     static   ~
]], 0 },
  { "arp -a 10.1.1.1", "No ARP Entries Found.\n", 1 },
  { "route print -4 172*", rule(75) .. [[

Interface List
  3...00 15 5d a0 2c 01 ......Hyper-V Virtual Ethernet Adapter
  2...a4 bb 6d 3f 20 50 ......Intel(R) Ethernet Connection (7) I219-V
  1...........................Software Loopback Interface 1
]] .. rule(75) .. "\n\nIPv4 Route Table\n" .. rule(75) .. [[

Active Routes:
Network Destination        Netmask          Gateway       Interface  Metric
      172.27.32.0    255.255.240.0         On-link       172.27.32.1    271
      172.27.32.1  255.255.255.255         On-link       172.27.32.1    271
    172.27.47.255  255.255.255.255         On-link       172.27.32.1    271
]] .. rule(75) .. "\nPersistent Routes:\n  None\n", 0 },
  { "netstat -ano", "\nActive Connections\n\n  Proto  Local Address          Foreign Address        State           PID\n"
    .. "  UDP    172.27.32.1:53         *:*                                    5128\n", 0 },
  { "ping -n 2 google.com", [[

Pinging google.com [142.250.179.142] with 32 bytes of data:
Reply from 142.250.179.142: bytes=32 time=5ms TTL=117
Reply from 142.250.179.142: bytes=32 time=5ms TTL=117

Ping statistics for 142.250.179.142:
    Packets: Sent = 2, Received = 2, Lost = 0 (0% loss),
Approximate round trip times in milli-seconds:
    Minimum = 5ms, Maximum = 5ms, Average = 5ms
]], 0 },
  { "ping -n 1 10.0.0.1", [[

Pinging 10.0.0.1 with 32 bytes of data:
Request timed out.

Ping statistics for 10.0.0.1:
    Packets: Sent = 1, Received = 0, Lost = 1 (100% loss),
]], 1 },
  { "ping -n 1 10.0.0.2", [[

Pinging 10.0.0.2 with 32 bytes of data:
Reply from 192.168.1.50: Destination host unreachable.

Ping statistics for 10.0.0.2:
    Packets: Sent = 1, Received = 1, Lost = 0 (0% loss),
]], 0 },
  { "ping nosuch", "Ping request could not find host nosuch. Please check the name and try again.\n", 1 },
  { "tracert 8.8.8.8", [[

Tracing route to dns.google [8.8.8.8]
over a maximum of 30 hops:

  1     1 ms     1 ms     1 ms  192.168.1.1~
  2     5 ms     5 ms     5 ms  dns.google [8.8.8.8]~

Trace complete.
]], 0 },
  { "tracert -h 1 10.0.0.1", "\nTracing route to 10.0.0.1 over a maximum of 1 hops\n\n  1     *        *        *     Request timed out.\n\n"
    .. "Trace complete.\n", 0 },
  { "tracert nosuch", "Unable to resolve target system name nosuch.\n", 1 },
  { "nslookup google.com", [[
Server:  UnKnown
Address:  192.168.1.1

Non-authoritative answer:
Name:    google.com
Addresses:  2a00:1450:400e:80d::200e
          142.250.179.142

]], 0 },
  { "nslookup google.com 192.0.2.53", [[
DNS request timed out.
    timeout was 2 seconds.
Server:  UnKnown
Address:  192.0.2.53

DNS request timed out.
    timeout was 2 seconds.
DNS request timed out.
    timeout was 2 seconds.
*** Request to UnKnown timed-out
]], 1 },
  { "nslookup google.com 192.0.2.54", "Server:  UnKnown\nAddress:  192.0.2.54\n\n*** UnKnown can't find google.com: No response from server\n", 1 },
  { "nslookup nosuch.example 8.8.8.8", "Server:  dns.google\nAddress:  8.8.8.8\n\n*** dns.google can't find nosuch.example: Non-existent domain\n", 1 },
  { "nslookup broken.example", "Server:  UnKnown\nAddress:  192.168.1.1\n\n*** UnKnown can't find broken.example: Server failed\n", 1 },
  { "nslookup 8.8.8.8", "Server:  UnKnown\nAddress:  192.168.1.1\n\nName:    dns.google\nAddress:  8.8.8.8\n\n", 0 },
  { "nslookup -type=txt text.example", "Server:  UnKnown\nAddress:  192.168.1.1\n\nNon-authoritative answer:\ntext.example\ttext =\n\n\t\"hello\"\n", 0 },
  { "nslookup www.example", "Server:  UnKnown\nAddress:  192.168.1.1\n\nNon-authoritative answer:\nName:    contoso.com\nAddress:  192.168.1.10\n"
    .. "Aliases:  www.example\n\n", 0 },
  { "Get-NetIPAddress -IPAddress 172.27.32.1", [[


IPAddress         : 172.27.32.1
InterfaceIndex    : 3
InterfaceAlias    : vEthernet (WSL (Hyper-V firewall))
AddressFamily     : IPv4
Type              : Unicast
PrefixLength      : 20
PrefixOrigin      : Manual
SuffixOrigin      : Manual
AddressState      : Preferred
ValidLifetime     : Infinite ([TimeSpan]::MaxValue)
PreferredLifetime : Infinite ([TimeSpan]::MaxValue)
SkipAsSource      : False
PolicyStore       : ActiveStore


]], 0 },
  { "Get-NetAdapter -Name Ethernet | Format-List", [[


Name                       : Ethernet
InterfaceDescription       : Intel(R) Ethernet Connection (7) I219-V
InterfaceIndex             : 2
MacAddress                 : A4-BB-6D-3F-20-50
MediaType                  : 802.3
PhysicalMediaType          : 802.3
InterfaceOperationalStatus : Up
AdminStatus                : Up
LinkSpeed(Gbps)            : 10
MediaConnectionState       : Connected
ConnectorPresent           : True


]], 0 },
  { "Get-NetNeighbor -State Stale", [[

ifIndex IPAddress                                          LinkLayerAddress      State       PolicyStore
------- ---------                                          ----------------      -----       -----------
3       172.27.43.151                                      00-15-5D-21-8F-3B     Stale       ActiveStore


]], 0 },
  { "Get-DnsClientServerAddress -InterfaceAlias Ethernet", [[

InterfaceAlias               Interface Address ServerAddresses
                             Index     Family
--------------               --------- ------- ---------------
Ethernet                             2 IPv4    {192.168.1.1}
Ethernet                             2 IPv6    {}


]], 0 },
  { "Test-NetConnection 172.27.43.151 -Port 8000", [[


ComputerName     : 172.27.43.151
RemoteAddress    : 172.27.43.151
RemotePort       : 8000
InterfaceAlias   : vEthernet (WSL (Hyper-V firewall))
SourceAddress    : 172.27.32.1
TcpTestSucceeded : True


]], 0 },
  { "Test-NetConnection 10.0.0.1 -Port 80", [[
WARNING: TCP connect to (10.0.0.1 : 80) failed
WARNING: Ping to 10.0.0.1 failed with status: TimedOut


ComputerName           : 10.0.0.1
RemoteAddress          : 10.0.0.1
RemotePort             : 80
InterfaceAlias         : Ethernet
SourceAddress          : 192.168.1.50
PingSucceeded          : False
PingReplyDetails (RTT) : 0 ms
TcpTestSucceeded       : False


]], 0 },
  { "tnc 172.27.43.151 -Port 8000 -InformationLevel Quiet", "True\n", 0 },
  { "tnc nosuch -WarningAction SilentlyContinue | % PingSucceeded", "False\n", 0 },
  { "Test-Connection google.com -Count 1 -Quiet", "True\n", 0 },
  { "Test-Connection 10.0.0.1 -Count 1 -Quiet", "False\n", 0 },
  { "Resolve-DnsName contoso.com -Type A", [[

Name                                           Type   TTL   Section    IPAddress
----                                           ----   ---   -------    ---------
contoso.com                                    A      60440 Answer     192.168.1.10


]], 0 },
  { "(Resolve-DnsName two.example).IPAddress", "10.1.1.1\n10.1.1.2\n", 0 },
  { "(Resolve-DnsName 8.8.8.8).NameHost", "dns.google\n", 0 },
  { "getmac | Select-Object -Index 3 | % { $_.Substring(0, 30) }", "A4-BB-6D-3F-20-50   \\Device\\Tc\n", 0 },
}

-- "~" stands for a blank at a line's end.
local function written(s) return (s:gsub("~", " ")) end

for _, r in ipairs(rows) do
  ps.case("shape: " .. r[1], function()
    local out, err, status = pc_with_probes():run(r[1])
    ps.eq(out, written(r[2]), err)
    ps.eq(status, r[3], "status")
  end)
end

-- What ping says of each way an echo can end.
for address, text in pairs({
  ["10.0.0.3"] = "PING: transmit failed. General failure. \n", ["10.0.0.4"] = "Reply from 192.168.1.1: Packet needs to be fragmented but DF set.\n",
  ["10.0.0.5"] = "data:\nPacket needs to be fragmented but DF set.\n", ["10.0.0.6"] = "Reply from 10.0.0.6: bytes=1472 time<1ms TTL=64\n" }) do
  ps.case("ping " .. address, function() ps.has((pc_with_probes():run("ping -n 1 -f -l 1472 " .. address)), text) end)
end

ps.case("ping -i sends the TTL and tells who refused", function()
  local pc = pc_with_probes()
  ps.has((pc:run("ping -n 1 -i 1 8.8.8.8")), "Reply from 192.168.1.1: TTL expired in transit.\n")
  ps.eq(pc.probed[#pc.probed].args.ttl, 1)
end)

ps.case("ping paces itself, and Ctrl-C ends it with its statistics", function()
  local pc = pc_with_probes()
  pc.interrupt_at = pc.mono + 2.5
  local out = pc:run("ping -t 8.8.8.8")
  ps.has(out, "Packets: Sent = 3, Received = 3, Lost = 0 (0% loss),")
  ps.has(out, "Control-C")
end)

-- What an error is about stands in it once, with its type.
for line, category in pairs({
  ["Resolve-DnsName nosuch.example"] = "ResourceUnavailable: (nosuch.example:String) [Resolve-DnsName], Win32Exception",
  ["Get-NetAdapter nope"] = "ObjectNotFound: (nope:String) [Get-NetAdapter], CimJobException",
  ["Get-NetIPAddress -InterfaceAlias nope"] = "ObjectNotFound: (MSFT_NetIPAddress:String) [Get-NetIPAddress], CimJobException",
  ["Get-Process -Id 99999"] = "ObjectNotFound: (99999:Int32) [Get-Process], ProcessCommandException",
}) do
  ps.case("category: " .. line, function()
    local _, err = pc_with_probes():run(line)
    ps.has(err, "    + CategoryInfo          : " .. category)
  end)
end

local errors = {
  { "Get-NetAdapter -Name nope", "No MSFT_NetAdapter objects found with property 'Name' equal to 'nope'.  Verify the value of the property and retry." },
  { "Get-NetIPAddress -InterfaceAlias nope", "No matching MSFT_NetIPAddress objects found by CIM query for instances of the" },
  { "Get-NetIPInterface -InterfaceIndex 99", "No MSFT_NetIPInterface objects found with property 'InterfaceIndex' equal to '99'." },
  { "Get-NetTCPConnection -LocalPort 9", "No MSFT_NetTCPConnection objects found with property 'LocalPort' equal to '9'." },
  { "Resolve-DnsName nosuch.example", "Resolve-DnsName : nosuch.example : DNS name does not exist" },
  { "Resolve-DnsName google.com -Server 192.0.2.53", "google.com : This operation returned because the timeout period expired" },
  { "Test-Connection nosuch -Count 1", "Testing connection to computer 'nosuch' failed: No such host is known" },
  { "Test-Connection 10.0.0.1 -Count 1", "Testing connection to computer '10.0.0.1' failed: Error due to lack of resources" },
  { "Get-Process nope", 'Cannot find a process with the name "nope". Verify the process name and call the cmdlet again.' },
}

for _, e in ipairs(errors) do
  ps.case("error: " .. e[1], function()
    local out, err, status = pc_with_probes():run(e[1])
    ps.has((err:gsub("\r?\n", " ")), e[2])
    ps.eq(out, "")
    ps.eq(status, 1)
  end)
end

-- A wildcard that fits nothing is no error.
for _, line in ipairs({ "Get-NetAdapter nope*", "Get-NetIPAddress -InterfaceAlias nope*", "Get-NetRoute -DestinationPrefix 9.9.9*" }) do
  ps.case("nothing: " .. line, function()
    local out, err = pc_with_probes():run(line)
    ps.eq(out .. err, "")
  end)
end

-- route's changes are operations; refusals are told in route's words.
local operations = {
  { "route add 10.0.0.0 mask 255.0.0.0 192.168.1.1 metric 3 -p", "route.add",
    { DestinationPrefix = "10.0.0.0/8", InterfaceAlias = "Ethernet", NextHop = "192.168.1.1", RouteMetric = 3, Persistent = true } },
  { "route -p add 10.0.0.0/8 172.27.43.151", "route.add",
    { DestinationPrefix = "10.0.0.0/8", InterfaceAlias = "vEthernet (WSL (Hyper-V firewall))", NextHop = "172.27.43.151", RouteMetric = 1,
      Persistent = true } },
  { "route change 0.0.0.0 mask 0.0.0.0 192.168.1.254 if 2", "route.set",
    { DestinationPrefix = "0.0.0.0/0", InterfaceAlias = "Ethernet", NextHop = "192.168.1.254", RouteMetric = 1, Persistent = false } },
  { "route delete 0.0.0.0", "route.remove", { DestinationPrefix = "0.0.0.0/0", InterfaceAlias = "Ethernet", NextHop = "192.168.1.1" } },
}

for _, o in ipairs(operations) do
  ps.case(o[1], function()
    local pc = pc_with_probes()
    local out, _, status = pc:run(o[1])
    ps.eq(out, " OK!\n")
    ps.eq(status, 0)
    ps.eq(#pc.changes, 1)
    ps.eq(pc.changes[1].op, o[2])
    for k, v in pairs(o[3]) do ps.eq(pc.changes[1].args[k], v, k) end
  end)
end

ps.case("route tells why not", function()
  local pc = pc_with_probes()
  pc.on_change["route.add"] = function() error({ code = "Exists", message = "there" }, 0) end
  ps.eq((pc:run("route add 10.0.0.0 mask 255.0.0.0 192.168.1.1")), "The route addition failed: The object already exists.\n\n")
  ps.has((pc:run("route add 10.0.0.1 mask 255.0.0.0 192.168.1.1")), "(Destination & Mask) != Destination.")
  ps.has((pc:run("route add 10.0.0.0 mask 255.0.0.0 nowhere")), "route: bad gateway address nowhere")
  ps.has((pc:run("route delete 10.0.0.0")), "The route deletion failed: Element not found.")
  ps.eq(#pc.changes, 1)
end)

ps.case("curl is the node's own", function()
  local pc = pc_with_probes()
  local out, _, status = pc:run("curl.exe -s -o NUL http://x/")
  ps.has(out, "curl is not installed")
  ps.eq(status, 127)
  ps.eq(pc.spawned[1], { "curl", "--proto", "-file", "-s", "-o", "/dev/null", "http://x/" })
  pc.programs["*"] = { "hello", status = 22 }
  out, _, status = pc:run("curl.exe http://x/")
  ps.eq(out, "hello\n")
  ps.eq(status, 22)
  ps.eq((pc:run("curl.exe http://x/ | % Length")), "5\n")
end)

ps.case("nslookup reads commands", function()
  local pc = pc_with_probes()
  pc.typed = { "server 8.8.8.8", "set type=a", "google.com", "exit" }
  local out = pc:run("nslookup")
  ps.has(out, "Default Server:  dns.google\nAddress:  8.8.8.8")
  ps.has(out, "Name:    google.com\nAddress:  142.250.179.142")
end)

ps.case("a truncated answer is asked again over TCP", function()
  local pc = pc_with_probes()
  pc.probes.resolve = function(args)
    if args.tcp then return resolve(args) end
    return { ok = true, rcode = "NOERROR", answers = {}, records = {}, truncated = true }
  end
  ps.has((pc:run("nslookup google.com")), "142.250.179.142")
  ps.eq((pc:run("(Resolve-DnsName contoso.com -Type A).IPAddress")), "192.168.1.10\n")
end)

ps.case("the hosts file comes first, but not for nslookup", function()
  local pc = pc_with_probes()
  pc.files["c:\\windows\\system32\\drivers\\etc\\hosts"] = "# no\r\n10.5.5.5  contoso.com other # both\r\n"
  ps.eq((pc:run("(Resolve-DnsName contoso.com -Type A).IPAddress")), "10.5.5.5\n")
  ps.eq((pc:run("(Resolve-DnsName contoso.com -Type A -NoHostsFile).IPAddress")), "192.168.1.10\n")
  ps.has((pc:run("nslookup contoso.com")), "Address:  192.168.1.10")
end)
