-- SPDX-License-Identifier: GPL-2.0-or-later
-- How the network cmdlets' objects look: the views of Windows' own modules.

local object = require("windows.object")
local values = require("windows.language.values")
local views = require("windows.format.views")

local function left(name, width, label) return { name, width = width, label = label, align = "left" } end
local function right(name, width, label) return { name, width = width, label = label, align = "right" } end

local function columns(type_name, list) views.add(type_name, { table = { columns = list } }) end

views.add("MSFT_NetAdapter", {
  table = { columns = { left("Name", 25), left("InterfaceDescription", 39), right("ifIndex", 7), left("Status", 12),
    left("MacAddress", 17), right("LinkSpeed", 14) } },
  list = { "Name", "InterfaceDescription", "InterfaceIndex", "MacAddress", "MediaType", "PhysicalMediaType", "InterfaceOperationalStatus",
    "AdminStatus", { "LinkSpeed(Gbps)", value = function(o) return (tostring(o.LinkSpeed):match("^[%d.]+")) end }, "MediaConnectionState",
    "ConnectorPresent" },
})

columns("MSFT_NetIPInterface", { left("ifIndex", 7), left("InterfaceAlias", 31), left("AddressFamily", 13), right("NlMtu", 12, "NlMtu(Bytes)"),
  right("InterfaceMetric", 15), left("Dhcp", 8), left("ConnectionState", 15), left("PolicyStore") })

columns("MSFT_NetRoute", { left("ifIndex", 7), left("DestinationPrefix", 46), left("NextHop", 40), right("RouteMetric", 11),
  left("ifMetric", 8), left("PolicyStore") })

columns("MSFT_NetNeighbor", { left("ifIndex", 7), left("IPAddress", 50), left("LinkLayerAddress", 21), left("State", 11), left("PolicyStore") })

columns("MSFT_NetTCPConnection", { left("LocalAddress", 35), left("LocalPort", 9), left("RemoteAddress", 35), left("RemotePort", 10),
  left("State", 11), left("AppliedSetting", 14), left("OwningProcess") })

columns("MSFT_NetUDPEndpoint", { left("LocalAddress", 40), left("LocalPort", 9) })

columns("Microsoft.HyperV.PowerShell.VMSwitch", { left("Name"), left("SwitchType", 10), left("NetAdapterInterfaceDescription") })

columns("DnsClientServerAddress", { left("InterfaceAlias", 28), right("InterfaceIndex", 9, "Interface\nIndex"),
  left("AddressFamily", 7, "Address\nFamily"), left("ServerAddresses") })

columns("DnsClient", { left("InterfaceAlias", 28), right("InterfaceIndex", 9, "Interface\nIndex"),
  left("ConnectionSpecificSuffix", 24, "ConnectionSpecificSuffix"), left("ConnectionSpecificSuffixSearchList", 24, "ConnectionSpecificSuffix\nSearchList"),
  left("RegisterThisConnectionsAddress", 16, "RegisterThisConn\nectionsAddress"), left("UseSuffixWhenRegistering", 13, "UseSuffixWhen\nRegistering") })

local function dns(type_name, label, property)
  columns(type_name, { left("Name", 46), left("Type", 6), left("TTL", 5), left("Section", 10), left(property or label, nil, label) })
end

dns("Microsoft.DnsClient.Commands.DnsRecord_A", "IPAddress")
dns("Microsoft.DnsClient.Commands.DnsRecord_PTR", "NameHost")
dns("Microsoft.DnsClient.Commands.DnsRecord_TXT", "Strings")

columns("System.Management.ManagementObject#root\\cimv2\\Win32_PingStatus", { left("Source", 13, "Source"), left("Destination", 15),
  left("IPV4Address", 16), left("IPV6Address", 40), left("Bytes", 8), left("Time", 8, "Time(ms)") })

columns("System.Diagnostics.Process", { right("Handles", 7), right("NPM", 7, "NPM(K)"), right("PM", 8, "PM(K)"), right("WS", 10, "WS(K)"),
  right("CPU", 10, "CPU(s)"), right("Id", 6), right("SessionId", 3, "SI"), left("ProcessName") })

-- ---- lists --------------------------------------------------------------------------------------------------------------

local function list(type_name, entries) views.add(type_name, { list = entries }) end

list("MSFT_NetIPAddress", { "IPAddress", "InterfaceIndex", "InterfaceAlias", "AddressFamily", "Type", "PrefixLength", "PrefixOrigin",
  "SuffixOrigin", "AddressState", "ValidLifetime", "PreferredLifetime", "SkipAsSource", "PolicyStore" })

list("MSFT_NetConnectionProfile", { "Name", "InterfaceAlias", "InterfaceIndex", "NetworkCategory", "DomainAuthenticationKind",
  "IPv4Connectivity", "IPv6Connectivity" })

-- Test-NetConnection shows a ping only where one was needed.
local reply = { "PingReplyDetails (RTT)", value = function(o) return object.has(o, "RTT") and ("%d ms"):format(o.RTT or 0) or "" end }
list("TestNetConnectionResult", { "ComputerName", "RemoteAddress", "InterfaceAlias", "SourceAddress", "PingSucceeded", reply })
list("TestNetConnectionResult#Trace", { "ComputerName", "RemoteAddress", "InterfaceAlias", "SourceAddress", "PingSucceeded", reply, "TraceRoute" })
list("TestNetConnectionResult#Name", { "ComputerName", "RemoteAddress", "InterfaceAlias", "SourceAddress", "PingSucceeded" })
list("TestNetConnectionResult#Port", { "ComputerName", "RemoteAddress", "RemotePort", "InterfaceAlias", "SourceAddress", "TcpTestSucceeded" })
list("TestNetConnectionResult#PortFailed", { "ComputerName", "RemoteAddress", "RemotePort", "InterfaceAlias", "SourceAddress", "PingSucceeded",
  reply, "TcpTestSucceeded" })
local head = { "ComputerName", "RemoteAddress", "RemotePort", "NameResolutionResults", "MatchingIPsecRules", "NetworkIsolationContext",
  "InterfaceAlias", "SourceAddress", "NetRoute (NextHop)" }
list("TestNetConnectionResult#DetailedPort", { table.unpack(head), "TcpTestSucceeded" })

-- Lists in a list stand one under the other.
local function lines(label, property, member)
  return { label, lines = function(o)
    local out = {}
    for _, v in ipairs(values.list(object.get(o, property))) do
      for _, part in ipairs(values.list(object.get(v, member))) do out[#out + 1] = values.text(part) end
    end
    return #out > 0 and out or { "" }
  end }
end

local function inside(label, property, member)
  return { label, value = function(o)
    local inner = object.get(o, property)
    return inner and object.get(inner, member)
  end }
end

list("NetIPConfiguration", { "InterfaceAlias", "InterfaceIndex", "InterfaceDescription", inside("NetProfile.Name", "NetProfile", "Name"),
  lines("IPv4Address", "IPv4Address", "IPAddress"), lines("IPv6DefaultGateway", "IPv6DefaultGateway", "NextHop"),
  lines("IPv4DefaultGateway", "IPv4DefaultGateway", "NextHop"), lines("DNSServer", "DNSServer", "ServerAddresses") })

list("NetIPConfiguration#Disconnected", { "InterfaceAlias", "InterfaceIndex", "InterfaceDescription", inside("NetAdapter.Status", "NetAdapter", "Status") })

list("NetIPConfiguration#Detailed", { { "ComputerName", value = "Computername" }, "InterfaceAlias", "InterfaceIndex", "InterfaceDescription",
  inside("NetAdapter.LinkLayerAddress", "NetAdapter", "LinkLayerAddress"), inside("NetAdapter.Status", "NetAdapter", "Status"),
  inside("NetProfile.Name", "NetProfile", "Name"), inside("NetProfile.NetworkCategory", "NetProfile", "NetworkCategory"),
  lines("IPv6LinkLocalAddress", "IPv6LinkLocalAddress", "IPAddress"), lines("IPv6Address", "IPv6Address", "IPAddress"),
  lines("IPv4Address", "IPv4Address", "IPAddress"), lines("IPv6DefaultGateway", "IPv6DefaultGateway", "NextHop"),
  lines("IPv4DefaultGateway", "IPv4DefaultGateway", "NextHop"), inside("NetIPv6Interface.NlMTU", "NetIPv6Interface", "NlMtu"),
  inside("NetIPv4Interface.NlMTU", "NetIPv4Interface", "NlMtu"), inside("NetIPv6Interface.DHCP", "NetIPv6Interface", "Dhcp"),
  inside("NetIPv4Interface.DHCP", "NetIPv4Interface", "Dhcp"), lines("DNSServer", "DNSServer", "ServerAddresses") })

list("DnsClientGlobalSetting", { "UseSuffixSearchList", "SuffixSearchList", "UseDevolution", "DevolutionLevel" })

-- In another object these read as what they are about.
values.add_text("MSFT_NetIPAddress", function(o) return o.IPAddress end)
values.add_text("MSFT_NetRoute", function(o) return "MSFT_NetRoute (InstanceID = \"" .. tostring(o.DestinationPrefix) .. "\")" end)

return views
