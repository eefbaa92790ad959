-- SPDX-License-Identifier: GPL-2.0-or-later
-- netsh: how it reads its words, what it asks for, what it prints.

local machine = require("machine")
local ps = require("harness")

local vnic = "vEthernet (WSL (Hyper-V firewall))"
local echo = "FPS-ICMP4-ERQ-In"

local proxy = "{connectaddress=172.30.1.2 connectport=%d listenaddress=%s listenport=3000 type=%s}"

machine.sends {
  { "netsh interface portproxy add v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 connectaddress=172.30.1.2", "portproxy.add",
    proxy:format(3000, "0.0.0.0", "v4tov4") },
  { "netsh int port add v4tov4 3000 172.30.1.2 8080 0.0.0.0 tcp", "portproxy.add", proxy:format(8080, "0.0.0.0", "v4tov4") },
  { "netsh interface portproxy add v4tov4 listenport=3000 connectaddress=172.30.1.2", "portproxy.add", proxy:format(3000, "", "v4tov4") },
  { "netsh interface portproxy add v6tov4 listenport=3000 listenaddress=* connectaddress=172.30.1.2", "portproxy.add", proxy:format(3000, "", "v6tov4") },
  { "netsh interface portproxy set v4tov4 listenport=3000 connectaddress=172.30.1.2", "portproxy.set", proxy:format(3000, "", "v4tov4") },
  { "netsh interface portproxy add v4tov6 listenport=http connectaddress=::1", "portproxy.add",
    "{connectaddress=::1 connectport=80 listenaddress= listenport=80 type=v4tov6}" },
  { "netsh interface portproxy delete v4tov4 listenport=3000 listenaddress=0.0.0.0", "portproxy.delete",
    "{listenaddress=0.0.0.0 listenport=3000 type=v4tov4}" },
  { "netsh -c 'interface portproxy' reset", "portproxy.reset", "{type=}" },
  { 'netsh interface ipv4 set subinterface "' .. vnic .. '" mtu=1400 store=persistent', "interface.set",
    "{InterfaceAlias=" .. vnic .. " set={NlMtu=1400}}" },
  { "netsh int ip set interface 2 forwarding=enabled metric=30", "interface.set",
    "{InterfaceAlias=Ethernet set={Forwarding=Enabled InterfaceMetric=30}}" },
  { "netsh interface ip add address Ethernet 10.0.0.5 255.255.0.0", "address.add",
    "{DefaultGateway= IPAddress=10.0.0.5 InterfaceAlias=Ethernet PrefixLength=16}" },
  { "netsh interface ip set address name=Ethernet source=dhcp", "interface.set", "{InterfaceAlias=Ethernet set={Dhcp=Enabled}}" },
  { "netsh interface ipv4 add route 10.9.0.0/16 Ethernet 192.168.1.1 metric=7", "route.add",
    "{DestinationPrefix=10.9.0.0/16 InterfaceAlias=Ethernet NextHop=192.168.1.1 Persistent=true RouteMetric=7}" },
  { "netsh interface ipv4 delete route 10.9.0.0/16 Ethernet 192.168.1.1", "route.remove",
    "{DestinationPrefix=10.9.0.0/16 InterfaceAlias=Ethernet NextHop=192.168.1.1}" },
  { "netsh interface ip set dnsservers Ethernet static 8.8.8.8", "dns.set", "{InterfaceAlias=Ethernet ServerAddresses=[8.8.8.8]}" },
  { "netsh interface ip add dns Ethernet 8.8.4.4 index=1", "dns.set", "{InterfaceAlias=Ethernet ServerAddresses=[8.8.4.4,192.168.1.1]}" },
  { "netsh interface ip delete dnsservers Ethernet all", "dns.set", "{InterfaceAlias=Ethernet Reset=true}" },
  { "netsh interface set interface Ethernet admin=disable", "adapter.set", "{Name=Ethernet Status=Disabled}" },
  { "netsh advfirewall set allprofiles state off", "firewall.profile.set", "{Profiles=[Domain,Private,Public] set={Enabled=false}}" },
  { "netsh advfirewall set publicprofile firewallpolicy blockinbound,allowoutbound", "firewall.profile.set",
    "{Profiles=[Public] set={AllowInboundRules=true DefaultInboundAction=Block DefaultOutboundAction=Allow}}" },
  { 'netsh advfirewall firewall add rule name="WSL 3000" dir=in action=allow protocol=TCP localport=3000', "firewall.rule.add",
    "{Action=Allow Direction=Inbound DisplayName=WSL 3000 Enabled=true LocalPort=[3000] Protocol=TCP}" },
  { "netsh advfirewall firewall add rule name=p dir=in action=allow protocol=icmpv4:8,any profile=private", "firewall.rule.add",
    "{Action=Allow Direction=Inbound DisplayName=p Enabled=true IcmpType=[8] Profile=[Private] Protocol=ICMPv4}" },
  { "netsh advfirewall firewall add rule name=p dir=in action=allow protocol=TCP localport=80,443", "firewall.rule.add",
    "{Action=Allow Direction=Inbound DisplayName=p Enabled=true LocalPort=[80,443] Protocol=TCP}" },
  { 'netsh advfirewall firewall set rule group="File and Printer Sharing" new enable=no', "firewall.rule.set",
    "{Names=[" .. echo .. "] set={Enabled=false}}" },
  { "netsh advfirewall firewall delete rule name=all dir=in", "firewall.rule.remove", "{Names=[" .. echo .. "]}" },
}

-- A line, words of what it prints, its exit status.
local prints = {
  { "netsh interface foo", "The following command was not found: interface foo.", 1 },
  { "netsh interface portproxy add v4tov4 listenport=3000", "One or more essential parameters were not entered.\n"
    .. "Verify the required parameters, and reenter them.\nThe syntax supplied for this command is not valid. Check help for the correct syntax.\n", 1 },
  { "netsh interface portproxy add v4tov4 listenport=99999 connectaddress=1.1.1.1", "The parameter is incorrect.\n", 1 },
  { "netsh interface portproxy add v4tov4 listenport=80 connectaddress=::1", "The parameter is incorrect.\n", 1 },
  { "netsh interface portproxy add v4tov4 port=80", "port is not a valid argument for this command.", 1 },
  { "netsh interface portproxy delete v4tov4 listenport=3000", "The system cannot find the file specified.\n", 1 },
  { "netsh interface portproxy ?", "reset          - Resets portproxy configuration state.", 0 },
  { "netsh interface portproxy add v4tov4 ?", "Usage: add v4tov4 [listenport=]<integer>|<servicename>", 0 },
  { "netsh interface ipv4 set subinterface nope mtu=1400", "The filename, directory name, or volume label syntax is incorrect.\n", 1 },
  { "netsh interface ipv4 set subinterface 99 mtu=1400", "Element not found.\n", 1 },
  { "netsh interface ipv4 set subinterface Ethernet mtu=1400", "Ok.\n", 0 },
  { "netsh interface set interface nope admin=enable", "An interface with this name is not registered with the router.\n", 1 },
  { "netsh advfirewall set allprofiles state on", "Ok.\n", 0 },
  { "netsh advfirewall set allprofiles state maybe", "A specified value is not valid.", 1 },
  { "netsh advfirewall firewall show rule name=nope", "\nNo rules match the specified criteria.\n", 1 },
  { "netsh advfirewall firewall delete rule name=nope", "\nNo rules match the specified criteria.\n", 1 },
  { "netsh advfirewall firewall add rule name=x dir=in action=allow localport=80", "Ports can only be specified if the protocol is TCP or UDP.", 1 },
  { "netsh advfirewall firewall add rule name=x dir=in", "One or more essential parameters were not entered.", 1 },
  { "netsh advfirewall firewall add rule name=x dir=in action=allow protocol=TCP localport=80", "Ok.\n", 0 },
  { "netsh winhttp show proxy", "    Direct access (no proxy server).", 0 },
  { "netsh wlan show interfaces", "The Wireless AutoConfig Service (wlansvc) is not running.", 1 },
}

for _, row in ipairs(prints) do
  ps.case("prints: " .. row[1], function()
    local pc = machine.new()
    ps.has(pc:run(row[1]), row[2])
    ps.eq(pc:run("$LASTEXITCODE"), row[3] .. "\n", "status")
  end)
end

ps.case("port proxies listed as Windows lists them", function()
  local pc = machine.new()
  ps.eq(pc:run("netsh interface portproxy show all"), "\n")
  ps.eq(pc:run("netsh interface portproxy add v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3001 connectaddress=172.30.149.249"), "\n")
  pc:run("netsh interface portproxy add v6tov4 listenport=80 connectaddress=172.30.149.249")
  ps.eq(pc:run("netsh interface portproxy show all"), [[

Listen on ipv4:             Connect to ipv4:

Address         Port        Address         Port
--------------- ----------  --------------- ----------
0.0.0.0         3000        172.30.149.249  3001

Listen on ipv6:             Connect to ipv4:

Address         Port        Address         Port
--------------- ----------  --------------- ----------
*               80          172.30.149.249  80

]])
  pc:run("netsh interface portproxy delete v4tov4 3000 0.0.0.0")
  ps.lacks(pc:run("netsh interface portproxy show v4tov4"), "3000")
  pc:run("netsh interface portproxy reset")
  ps.eq(pc:run("netsh interface portproxy show all"), "\n")
end)

ps.case("a stale rule is updated by set, and only where there is one", function()
  local pc = machine.new()
  ps.has(pc:run("netsh interface portproxy set v4tov4 listenport=3000 connectaddress=172.30.1.2"), "The system cannot find the file specified.")
  pc:run("netsh interface portproxy add v4tov4 listenport=3000 connectaddress=172.30.1.2")
  pc:run("netsh interface portproxy set v4tov4 listenport=3000 connectaddress=172.30.1.9")
  ps.has(pc:run("netsh interface portproxy dump"), "set v4tov4 listenport=3000 connectaddress=172.30.1.9 connectport=3000")
end)

ps.case("a firewall rule as netsh shows it", function()
  local pc = machine.new()
  pc:run('netsh advfirewall firewall add rule name="WSL 3000" dir=in action=allow protocol=TCP localport=3000 remoteip=192.168.1.5')
  ps.eq(pc:run('netsh advfirewall firewall show rule name="WSL 3000"'), "\n" .. table.concat({
    "Rule Name:                            WSL 3000", ("-"):rep(70), "Enabled:                              Yes",
    "Direction:                            In", "Profiles:                             Domain,Private,Public",
    "Grouping:                             ", "LocalIP:                              Any",
    "RemoteIP:                             192.168.1.5/32", "Protocol:                             TCP",
    "LocalPort:                            3000", "RemotePort:                           Any", "Edge traversal:                       No",
    "Action:                               Allow", "Ok.", "", "" }, "\n"))
  ps.has(pc:run('netsh advfirewall firewall set rule name="WSL 3000" new localport=3001 enable=no'), "\nUpdated 1 rule(s).\nOk.\n")
  ps.eq(pc:run("(Get-NetFirewallRule -DisplayName 'WSL 3000' | Get-NetFirewallPortFilter).LocalPort"), "3001\n")
  ps.has(pc:run('netsh advfirewall firewall delete rule name="WSL 3000"'), "\nDeleted 1 rule(s).\nOk.\n")
end)

ps.case("the profiles as netsh shows them follow the cmdlet", function()
  local pc = machine.new()
  pc:run("Set-NetFirewallProfile -Name Private -Enabled False -DefaultOutboundAction Block")
  local out = pc:run("netsh advfirewall show privateprofile")
  ps.has(out, "\nPrivate Profile Settings: \n" .. ("-"):rep(70) .. "\nState                                 OFF\n"
    .. "Firewall Policy                       BlockInbound,BlockOutbound\n")
  ps.eq(#ps.lines(pc:run("netsh advfirewall show allprofiles state")), 10)
end)

ps.case("a static address ends DHCP, and dhcp brings the leased one back", function()
  local pc = machine.new()
  local leased = pc:run("(Get-NetIPAddress -InterfaceAlias Ethernet -AddressFamily IPv4).IPAddress")
  ps.eq(pc:run("netsh interface ip set address Ethernet static 192.168.1.99 255.255.255.0 192.168.1.1"), "\n")
  ps.eq(pc:run("(Get-NetIPAddress -InterfaceAlias Ethernet -AddressFamily IPv4).IPAddress"), "192.168.1.99\n")
  ps.has(pc:run("netsh interface ip show config Ethernet"), "DHCP enabled:                         No")
  ps.eq(pc:run("(Get-NetRoute -DestinationPrefix 0.0.0.0/0).NextHop"), "192.168.1.1\n")
  pc:run("netsh interface ip set address Ethernet dhcp")
  ps.eq(pc:run("(Get-NetIPAddress -InterfaceAlias Ethernet -AddressFamily IPv4).IPAddress"), leased)
  ps.has(pc:run("netsh interface ip show config Ethernet"), "DHCP enabled:                         Yes")
end)

ps.case("bytes of a subinterface are the kernel's", function()
  local pc = machine.new()
  pc.programs["cat /proc/net/dev"] = { "Inter-|   Receive", "  eth0: 83773143 5 0 0 0 0 0 0 12179977 6 0 0 0 0 0 0" }
  ps.has(pc:run("netsh interface ipv4 show subinterfaces"), "  1500                1   83773143   12179977  Ethernet\n")
end)

ps.case("port ranges are the kernel's", function()
  local pc = machine.new()
  pc.state.sysctl["net.ipv4.ip_local_port_range"] = "49152\t65535"
  pc.state.sysctl["net.ipv4.ip_local_reserved_ports"] = "50000-50059,5357"
  ps.has(pc:run("netsh int ipv4 show dynamicport tcp"), "Start Port      : 49152\nNumber of Ports : 16384\n")
  ps.has(pc:run("netsh interface ipv4 show excludedportrange protocol=tcp"), "\nStart Port    End Port\n----------    --------\n     50000       50059\n"
    .. "      5357        5357\n\n* - Administered port exclusions.\n")
end)
