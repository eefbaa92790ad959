-- SPDX-License-Identifier: GPL-2.0-or-later
-- The rules Windows Firewall and the Hyper-V firewall have before anybody adds one: the part of Windows' list that matters to
-- a network, with Windows' names. Data; firewall.lua and vfp.lua make rulesets of it.

local rules = {}

local CORE, SHARING, DISCOVERY = "Core Networking", "File and Printer Sharing", "Network Discovery"
local SVCHOST = "%SystemRoot%\\system32\\svchost.exe"
local SYSTEM = "System"

-- name, display name, group, on, profile, direction, protocol, local port, remote port, remote address, ICMP types, program, service
local inbound = {
  { "CoreNet-ICMP4-DUFRAG-In", "Core Networking - Destination Unreachable Fragmentation Needed (ICMPv4-In)", CORE, true, "Any",
    "ICMPv4", icmp = { "3:4" }, program = SYSTEM },
  { "CoreNet-ICMP6-DU-In", "Core Networking - Destination Unreachable (ICMPv6-In)", CORE, true, "Any", "ICMPv6", icmp = { "1" },
    program = SYSTEM },
  { "CoreNet-ICMP6-PTB-In", "Core Networking - Packet Too Big (ICMPv6-In)", CORE, true, "Any", "ICMPv6", icmp = { "2" },
    program = SYSTEM },
  { "CoreNet-ICMP6-TE-In", "Core Networking - Time Exceeded (ICMPv6-In)", CORE, true, "Any", "ICMPv6", icmp = { "3" },
    program = SYSTEM },
  { "CoreNet-ICMP6-NDS-In", "Core Networking - Neighbor Discovery Solicitation (ICMPv6-In)", CORE, true, "Any", "ICMPv6",
    icmp = { "135" }, program = SYSTEM },
  { "CoreNet-ICMP6-NDA-In", "Core Networking - Neighbor Discovery Advertisement (ICMPv6-In)", CORE, true, "Any", "ICMPv6",
    icmp = { "136" }, program = SYSTEM },
  { "CoreNet-ICMP6-RA-In", "Core Networking - Router Advertisement (ICMPv6-In)", CORE, true, "Any", "ICMPv6", icmp = { "134" },
    from = { "fe80::/64" }, program = SYSTEM },
  { "CoreNet-IGMP-In", "Core Networking - Internet Group Management Protocol (IGMP-In)", CORE, true, "Any", "2", program = SYSTEM },
  { "CoreNet-DHCP-In", "Core Networking - Dynamic Host Configuration Protocol (DHCP-In)", CORE, true, "Any", "UDP",
    port = { "68" }, to = { "67" }, program = SVCHOST, service = "Dhcp" },
  { "CoreNet-DHCPV6-In", "Core Networking - Dynamic Host Configuration Protocol for IPv6(DHCPV6-In)", CORE, true, "Any", "UDP",
    port = { "546" }, to = { "547" }, program = SVCHOST, service = "Dhcp" },
  { "FPS-ICMP4-ERQ-In", "File and Printer Sharing (Echo Request - ICMPv4-In)", SHARING, false, "Private, Public", "ICMPv4",
    icmp = { "8" }, from = { "LocalSubnet" } },
  { "FPS-ICMP4-ERQ-In-NoScope", "File and Printer Sharing (Echo Request - ICMPv4-In)", SHARING, false, "Domain", "ICMPv4",
    icmp = { "8" } },
  { "FPS-ICMP6-ERQ-In", "File and Printer Sharing (Echo Request - ICMPv6-In)", SHARING, false, "Private, Public", "ICMPv6",
    icmp = { "128" }, from = { "LocalSubnet" } },
  { "FPS-SMB-In-TCP", "File and Printer Sharing (SMB-In)", SHARING, false, "Private, Public", "TCP", port = { "445" },
    from = { "LocalSubnet" }, program = SYSTEM },
  { "FPS-NB_Session-In-TCP", "File and Printer Sharing (NB-Session-In)", SHARING, false, "Private, Public", "TCP", port = { "139" },
    from = { "LocalSubnet" }, program = SYSTEM },
  { "CoreNet-Diag-ICMP4-EchoRequest-In", "Core Networking Diagnostics - ICMP Echo Request (ICMPv4-In)",
    "Core Networking Diagnostics", false, "Private, Public", "ICMPv4", icmp = { "8" }, from = { "LocalSubnet" }, program = SYSTEM },
  { "NETDIS-LLMNR-In-UDP", "Network Discovery (LLMNR-UDP-In)", DISCOVERY, true, "Private", "UDP", port = { "5355" },
    from = { "LocalSubnet" }, program = SVCHOST, service = "dnscache" },
  { "NETDIS-SSDPSrv-In-UDP", "Network Discovery (SSDP-In)", DISCOVERY, true, "Private", "UDP", port = { "1900" },
    from = { "LocalSubnet" }, program = SVCHOST, service = "Ssdpsrv" },
  { "MDNS-In-UDP", "mDNS (UDP-In)", "mDNS", true, "Any", "UDP", port = { "5353" }, from = { "LocalSubnet" }, program = SVCHOST,
    service = "dnscache" },
  { "RemoteDesktop-UserMode-In-TCP", "Remote Desktop - User Mode (TCP-In)", "Remote Desktop", false, "Any", "TCP",
    port = { "3389" }, program = SVCHOST, service = "termservice" },
  { "WINRM-HTTP-In-TCP", "Windows Remote Management (HTTP-In)", "Windows Remote Management", false, "Public", "TCP",
    port = { "5985" }, from = { "LocalSubnet" }, program = SYSTEM },
}

local outbound = {
  { "CoreNet-DNS-Out-UDP", "Core Networking - DNS (UDP-Out)", CORE, true, "Any", "UDP", to = { "53" }, program = SVCHOST,
    service = "dnscache" },
  { "CoreNet-DHCP-Out", "Core Networking - Dynamic Host Configuration Protocol (DHCP-Out)", CORE, true, "Any", "UDP",
    port = { "68" }, to = { "67" }, program = SVCHOST, service = "Dhcp" },
  { "FPS-ICMP4-ERQ-Out", "File and Printer Sharing (Echo Request - ICMPv4-Out)", SHARING, false, "Private, Public", "ICMPv4",
    icmp = { "8" }, from = { "LocalSubnet" } },
}

local function words(text)
  local out = core.array({})
  for w in text:gmatch("[^, ]+") do out[#out + 1] = w end
  return out
end

local function any(list) return core.array(list or { "Any" }) end

local function rule(r, direction)
  return {
    Name = r[1], DisplayName = r[2], Description = "", DisplayGroup = r[3], Enabled = r[4], Profile = words(r[5]),
    Direction = direction, Action = "Allow", Protocol = r[6], LocalPort = any(r.port), RemotePort = any(r.to),
    LocalAddress = any(), RemoteAddress = any(r.from), IcmpType = any(r.icmp), Program = r.program or "Any",
    Service = r.service or "Any", InterfaceAlias = any(), EdgeTraversalPolicy = "Block", PolicyStoreSource = "PersistentStore",
  }
end

-- The rule WSL adds for the DNS proxy of NAT mode, gone and back with the network (facts 1.5).
function rules.shared_access()
  local r = rule({ "WSLCore-SharedAccess-Allow-Rule", "WSLCore-SharedAccess-Allow-Rule", "", true, "Any", "UDP", port = { "53" },
    program = SVCHOST, service = "SharedAccess" }, "Inbound")
  r.PolicyStoreSource = "ActiveStore"
  return r
end

-- A fresh list of all.
function rules.windows()
  local out = core.array({})
  for _, r in ipairs(inbound) do out[#out + 1] = rule(r, "Inbound") end
  for _, r in ipairs(outbound) do out[#out + 1] = rule(r, "Outbound") end
  out[#out + 1] = rules.shared_access()
  return out
end

rules.WSL = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}"

local hyperv = {
  { "WslCore-Allow-Inbound-ICMPv6-1-", "WslCore Allow Inbound ICMPv6 rule", "ICMPv6", { "135", "136", "1", "3" } },
  { "WslCore-Allow-Inbound-ICMPv4-1-", "WslCore Allow Inbound ICMPv4 rule", "ICMPv4", { "3", "11" } },
  { "WslCore-Allow-Inbound-mDNS-IPv4-1-", "WslCore Allow Inbound mDNS IPv4 rule", "UDP", { "5353" }, "224.0.0.251" },
  { "WslCore-Allow-Inbound-mDNS-IPv6-1-", "WslCore Allow Inbound mDNS IPv6 rule", "UDP", { "5353" }, "ff02::fb" },
}

-- Those WSL adds to the Hyper-V firewall (facts 6.1).
function rules.hyperv()
  local out = core.array({})
  for _, r in ipairs(hyperv) do
    out[#out + 1] = {
      Name = r[1] .. rules.WSL, DisplayName = r[2], VMCreatorId = rules.WSL, Direction = "Inbound", Action = "Allow",
      Protocol = r[3], LocalPorts = core.array(r[4] and { table.unpack(r[4]) }), RemotePorts = any(),
      LocalAddresses = any(r[5] and { r[5] }), RemoteAddresses = any(), Enabled = true, Profiles = any(),
      PolicyStoreSource = "ActiveStore",
    }
  end
  return out
end

return rules
