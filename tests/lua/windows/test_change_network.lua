-- SPDX-License-Identifier: GPL-2.0-or-later
-- NAT, addresses, routes, interfaces, adapters, DNS servers and services: what each cmdlet asks for, prints and says.

local machine = require("machine")
local ps = require("harness")

ps.case("a refused cmdlet takes whatever belongs to it", function()
  for _, line in ipairs({ "Add-VpnConnection -Name x -ServerAddress 1.2.3.4 -SplitTunneling -Force", "Set-VpnConnection 'Work VPN' -SplitTunneling $true",
    "Remove-VpnConnection -Name 'Work VPN' -Force" }) do
    local out, err = machine.new():run(line)
    if not (out .. err):find("is not available in this lab", 1, true) then ps.fail("%s: %s%s", line, out, err) end
  end
end)

ps.case("rasdial's switches", function()
  for _, line in ipairs({ "rasdial", "rasdial /d", "rasdial 'Work VPN' /DISCONNECT", "rasdial 'Work VPN' /disc" }) do
    local out = machine.new():run(line)
    if out:find("USAGE:", 1, true) then ps.fail("%s: %s", line, out) end
  end
  for _, line in ipairs({ "rasdial /x", "rasdial 'Work VPN' /disconnected", "rasdial /?" }) do
    local out = machine.new():run(line)
    if not out:find("USAGE:", 1, true) then ps.fail("%s: %s", line, out) end
  end
  local out = machine.new():run("Get-Help rasdial")
  if not out:find("rasdial [entryname] [/disconnect]", 1, true) then ps.fail("Get-Help rasdial: %s", out) end
end)

local vnic = "vEthernet (WSL (Hyper-V firewall))"

machine.sends {
  { "New-NetNat -Name WSLNat -InternalIPInterfaceAddressPrefix 192.168.100.0/24", "nat.add",
    "{InternalIPInterfaceAddressPrefix=192.168.100.0/24 Name=WSLNat}" },
  { "New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 192.168.1.77 -PrefixLength 24 -DefaultGateway 192.168.1.1", "address.add",
    "{DefaultGateway=192.168.1.1 IPAddress=192.168.1.77 InterfaceAlias=Ethernet PrefixLength=24}" },
  { "New-NetIPAddress -InterfaceIndex 3 -IPAddress fd00::1 -PrefixLength 64", "address.add",
    "{DefaultGateway= IPAddress=fd00::1 InterfaceAlias=" .. vnic .. " PrefixLength=64}" },
  { "Set-NetIPAddress -IPAddress 192.168.1.50 -PrefixLength 25", "address.set",
    "{IPAddress=192.168.1.50 InterfaceAlias=Ethernet set={PrefixLength=25}}" },
  { "Remove-NetIPAddress -IPAddress 192.168.1.50 -Confirm:$false", "address.remove", "{IPAddress=192.168.1.50 InterfaceAlias=Ethernet}" },
  { "Get-NetIPAddress -IPAddress 192.168.1.50 | Remove-NetIPAddress -Confirm:$false", "address.remove",
    "{IPAddress=192.168.1.50 InterfaceAlias=Ethernet}" },
  { "New-NetRoute -DestinationPrefix 10.9.0.0/16 -InterfaceAlias Ethernet -NextHop 192.168.1.1 -RouteMetric 5", "route.add",
    "{DestinationPrefix=10.9.0.0/16 InterfaceAlias=Ethernet NextHop=192.168.1.1 Persistent=true RouteMetric=5}" },
  { "New-NetRoute 10.9.0.0/16 -ifIndex 2 -PolicyStore ActiveStore", "route.add",
    "{DestinationPrefix=10.9.0.0/16 InterfaceAlias=Ethernet NextHop=0.0.0.0 Persistent=false RouteMetric=256}" },
  { "Set-NetRoute -DestinationPrefix 0.0.0.0/0 -RouteMetric 50", "route.set",
    "{DestinationPrefix=0.0.0.0/0 InterfaceAlias=Ethernet NextHop=192.168.1.1 RouteMetric=50}" },
  { "Remove-NetRoute -DestinationPrefix 0.0.0.0/0 -Confirm:$false", "route.remove",
    "{DestinationPrefix=0.0.0.0/0 InterfaceAlias=Ethernet NextHop=192.168.1.1}" },
  { "Remove-NetRoute -DestinationPrefix 0.0.0.0/0 -WhatIf" },
  { "Set-NetIPInterface -InterfaceAlias Ethernet -NlMtuBytes 1400", "interface.set", "{InterfaceAlias=Ethernet set={NlMtu=1400}}" },
  { "Set-NetIPInterface -ifAlias '" .. vnic .. "' -Forwarding Enabled -InterfaceMetric 10", "interface.set",
    "{InterfaceAlias=" .. vnic .. " set={Forwarding=Enabled InterfaceMetric=10}}" },
  { "Get-NetIPInterface -InterfaceAlias Ethernet -AddressFamily IPv4 | Set-NetIPInterface -Dhcp Disabled", "interface.set",
    "{InterfaceAlias=Ethernet set={Dhcp=Disabled}}" },
  { "Disable-NetAdapter -Name Ethernet -Confirm:$false", "adapter.set", "{Name=Ethernet Status=Disabled}" },
  { "Enable-NetAdapter Ethernet", "adapter.set", "{Name=Ethernet Status=Up}" },
  { "Restart-NetAdapter -Name vEthernet*", "adapter.set", "{Name=" .. vnic .. " Status=Restart}" },
  { "Set-DnsClientServerAddress -InterfaceAlias Ethernet -ServerAddresses 8.8.8.8,1.1.1.1", "dns.set",
    "{InterfaceAlias=Ethernet ServerAddresses=[8.8.8.8,1.1.1.1]}" },
  { "Set-DnsClientServerAddress -InterfaceIndex 2 -ResetServerAddresses", "dns.set", "{InterfaceAlias=Ethernet Reset=true}" },
  { "Set-NetConnectionProfile -InterfaceAlias Ethernet -NetworkCategory Public", "category.set",
    "{InterfaceAlias=Ethernet NetworkCategory=Public}" },
  { "Clear-DnsClientCache" },
  { "Stop-Service iphlpsvc", "service.set", "{Name=iphlpsvc Status=Stopped}" },
  { "Restart-Service -Name hns -Force", "service.set", "{Name=hns Status=Restart}" },
  { "Get-Service SharedAccess | Restart-Service", "service.set", "{Name=SharedAccess Status=Restart}" },
  { "Start-Service iphlpsvc" }, -- it runs
  { "Set-Service iphlpsvc -StartupType Disabled", "service.set", "{Name=iphlpsvc StartType=Disabled}" },
  { "Stop-Service -DisplayName 'IP Helper'", "service.set", "{Name=iphlpsvc Status=Stopped}" },
  { "sc.exe stop iphlpsvc", "service.set", "{Name=iphlpsvc Status=Stopped}" },
  { "sc.exe config iphlpsvc start= disabled", "service.set", "{Name=iphlpsvc StartType=Disabled}" },
  { "net stop 'IP Helper'", "service.set", "{Name=iphlpsvc Status=Stopped}" },
}

local complaints = {
  { "Get-NetNat -Name x", "No MSFT_NetNat objects found with property 'Name' equal to 'x'.  Verify the value of the property and retry." },
  { "New-NetNat -Name x -InternalIPInterfaceAddressPrefix 10.0.0.0", "New-NetNat : The parameter is incorrect.", "Windows System Error 87,New-NetNat" },
  { "New-NetIPAddress -InterfaceAlias Nope -IPAddress 10.0.0.1", "equal to 'Nope'" },
  { "New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 10.0.0.1 -PrefixLength 64", "The parameter is incorrect." },
  { "Remove-NetIPAddress -IPAddress 10.0.0.1", "No MSFT_NetIPAddress objects found with property 'IPAddress' equal to '10.0.0.1'" },
  { "Remove-NetRoute -DestinationPrefix 10.9.0.0/16", "No MSFT_NetRoute objects found with property 'DestinationPrefix' equal to '10.9.0.0/16'" },
  { "Disable-NetAdapter Nope", "No MSFT_NetAdapter objects found with property 'Name' equal to 'Nope'" },
  { "Set-DnsClientServerAddress -InterfaceAlias Ethernet -ServerAddresses x", "The parameter is incorrect." },
  { "Rename-NetAdapter Ethernet -NewName LAN", "netdojo: adapters keep their names in this lab" },
  { "Get-Service nope", "Get-Service : Cannot find any service with service name 'nope'.",
    "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand" },
  { "Remove-NetNat -Name x", "equal to 'x'" },
}

for _, row in ipairs(complaints) do
  ps.case("complains: " .. row[1], function()
    local pc = machine.new(false)
    local _, err = pc:run(row[1])
    for k = 2, #row do ps.has(err:gsub("\n", " "), row[k]) end
    ps.eq(#pc:ops(), 0, "operations")
  end)
end

ps.case("a NAT has the shape of a real one, and goes when it is told so", function()
  local pc = machine.new()
  local out = pc:run("New-NetNat -Name WSLNat -InternalIPInterfaceAddressPrefix 192.168.100.0/24")
  ps.eq(table.concat(ps.lines(out), "\n"), [[
Name                             : WSLNat
ExternalIPInterfaceAddressPrefix :
InternalIPInterfaceAddressPrefix : 192.168.100.0/24
IcmpQueryTimeout                 : 30
TcpEstablishedConnectionTimeout  : 1800
TcpTransientConnectionTimeout    : 120
TcpFilteringBehavior             : AddressDependentFiltering
UdpFilteringBehavior             : AddressDependentFiltering
UdpIdleSessionTimeout            : 120
UdpInboundRefresh                : False
Store                            : Local
Active                           : True]])
  pc:run("Remove-NetNat -Name WSLNat -Confirm:$false")
  ps.eq(pc:run("Get-NetNat"), "")
end)

ps.case("WSL's NAT is an object of WinNAT's only where the topology says so", function()
  ps.eq(machine.new():run("Get-NetNat"), "")
  local pc = machine.new({ windows = { nat = "winnat" } })
  ps.eq(pc:run("(Get-NetNat).Name"), "WSLNat\n")
  ps.eq(pc:run("(Get-NetNat).InternalIPInterfaceAddressPrefix"), pc.windows.wsl.subnet .. "\n")
end)

ps.case("Remove-NetNat asks, and takes no for an answer", function()
  local pc = machine.new()
  pc:run("New-NetNat -Name WSLNat -InternalIPInterfaceAddressPrefix 192.168.100.0/24")
  pc.prompt.answers[1] = "n"
  ps.has(pc:run("Remove-NetNat -Name WSLNat"), "Are you sure you want to perform this action?")
  ps.eq(pc:run("(Get-NetNat).Name"), "WSLNat\n")
  pc.prompt.answers[1] = "y"
  pc:run("Remove-NetNat -Name WSLNat")
  ps.eq(pc:run("Get-NetNat"), "")
end)

ps.case("Remove-NetNat with nobody to ask", function()
  local pc = machine.new()
  pc:run("New-NetNat -Name WSLNat -InternalIPInterfaceAddressPrefix 192.168.100.0/24")
  local _, err = pc:run("Remove-NetNat -Name WSLNat")
  ps.has(err, "NonInteractive mode")
  ps.eq(pc:run("(Get-NetNat).Name"), "WSLNat\n")
end)

ps.case("yes to all counts for the rest of the pipeline", function()
  local pc = machine.new()
  for k = 1, 3 do pc:run(("New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 192.168.1.7%d -PrefixLength 24"):format(k)) end
  pc.prompt.answers[1] = "a"
  pc:run("Get-NetIPAddress -IPAddress 192.168.1.7* | Remove-NetIPAddress")
  ps.eq(pc:run("(Get-NetIPAddress -IPAddress 192.168.1.7* | Measure-Object).Count"), "0\n")
end)

-- What one command changes, others show.
local seen = {
  { "New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 192.168.1.77 -PrefixLength 24", "ipconfig", "192.168.1.77" },
  { "New-NetRoute -DestinationPrefix 10.9.0.0/16 -InterfaceAlias Ethernet -NextHop 192.168.1.1", "netsh interface ipv4 show route", "10.9.0.0/16" },
  { "Set-NetIPInterface -InterfaceAlias Ethernet -NlMtuBytes 1400", "netsh interface ipv4 show subinterfaces", "  1400" },
  { "Set-NetIPInterface -InterfaceAlias Ethernet -InterfaceMetric 77", "netsh interface ipv4 show interfaces", "77        1500" },
  { "netsh interface ipv4 set subinterface Ethernet mtu=1380 store=persistent", "(Get-NetIPInterface -InterfaceAlias Ethernet -AddressFamily IPv4).NlMtu",
    "1380" },
  { "Set-DnsClientServerAddress -InterfaceAlias Ethernet -ServerAddresses 9.9.9.9", "netsh interface ipv4 show dnsservers", "9.9.9.9" },
  { "Disable-NetAdapter Ethernet -Confirm:$false", "netsh interface show interface", "Disabled       Disconnected   Dedicated        Ethernet" },
  { "Stop-Service iphlpsvc", "sc.exe query iphlpsvc", "1  STOPPED" },
  { "net stop iphlpsvc", "(Get-Service iphlpsvc).Status", "Stopped" },
}

for _, row in ipairs(seen) do
  ps.case("seen elsewhere: " .. row[1], function()
    local pc = machine.new()
    ps.lacks(pc:run(row[2]), row[3])
    pc:run(row[1])
    ps.has(pc:run(row[2]), row[3])
  end)
end

ps.case("a network made public is no longer under the private profile", function()
  local pc = machine.new()
  ps.eq(pc:run("(Get-NetFirewallSetting).ActiveProfile"), "Private, Public\n")
  pc:run("Set-NetConnectionProfile -InterfaceAlias Ethernet -NetworkCategory Public")
  ps.eq(pc:run("(Get-NetFirewallSetting).ActiveProfile"), "Public\n")
  ps.lacks(pc:run("netsh advfirewall show currentprofile"), "Private Profile Settings")
end)

local refused = {
  { "Stop-Service mpssvc", "err", "Service 'Windows Defender Firewall (mpssvc)' cannot be stopped due to the following error: Cannot open mpssvc "
    .. "service on computer '.'." },
  { "net stop iphlpsvc; net stop iphlpsvc", "out", "The IP Helper service is not started.\n\nMore help is available by typing NET HELPMSG 3521." },
  { "net start iphlpsvc", "out", "The requested service has already been started.\n\nMore help is available by typing NET HELPMSG 2182." },
  { "net start nope", "out", "The service name is invalid.\n\nMore help is available by typing NET HELPMSG 2185." },
  { "sc.exe query nope", "out", "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n\nThe specified service does not exist as an installed service." },
  { "sc.exe start iphlpsvc", "out", "[SC] StartService FAILED 1056:\n\nAn instance of the service is already running." },
  { "New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 192.168.1.77 -PrefixLength 24; "
    .. "New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 192.168.1.77 -PrefixLength 24", "err", "The object already exists." },
}

for _, row in ipairs(refused) do
  ps.case("refused: " .. row[1], function()
    local out, err = machine.new():run(row[1])
    ps.has(row[2] == "out" and out or err, row[3])
  end)
end
