-- SPDX-License-Identifier: GPL-2.0-or-later
-- How the objects of the changing cmdlets look: Windows' own views of them.

local rules = require("windows.machine.rules")
local views = require("windows.format.views")

local lists = {
  MSFT_NetFirewallRule = { "Name", "DisplayName", "Description", "DisplayGroup", "Group", "Enabled", "Profile", "Platform", "Direction", "Action",
    "EdgeTraversalPolicy", "LooseSourceMapping", "LocalOnlyMapping", "Owner", "PrimaryStatus", "Status", "EnforcementStatus", "PolicyStoreSource",
    "PolicyStoreSourceType", "RemoteDynamicKeywordAddresses", "PolicyAppId", "PackageFamilyName" },
  MSFT_NetFirewallProfile = { "Name", "Enabled", "DefaultInboundAction", "DefaultOutboundAction", "AllowInboundRules", "AllowLocalFirewallRules",
    "AllowLocalIPsecRules", "AllowUserApps", "AllowUserPorts", "AllowUnicastResponseToMulticast", "NotifyOnListen", "EnableStealthModeForIPsec",
    "LogFileName", "LogMaxSizeKilobytes", "LogAllowed", "LogBlocked", "LogIgnored", "DisabledInterfaceAliases" },
  MSFT_NetFirewallHyperVVMCreator = { "VMCreatorId", "FriendlyName" },
  MSFT_NetFirewallHyperVVMSetting = { "Name", "Enabled", "DefaultInboundAction", "DefaultOutboundAction", "LoopbackEnabled", "AllowHostPolicyMerge" },
  MSFT_NetFirewallHyperVProfile = { "Name", "Profile", "Enabled", "DefaultInboundAction", "DefaultOutboundAction", "AllowLocalFirewallRules" },
  MSFT_NetFirewallHyperVRule = { "Name", "DisplayName", "Direction", "VMCreatorId", "Protocol", "LocalAddresses", "LocalPorts", "RemoteAddresses",
    "RemotePorts", "Action", "Enabled", "EnforcementStatus", "PolicyStoreSource", "PolicyStoreSourceType", "Profiles" },
  MSFT_NetNat = { "Name", "ExternalIPInterfaceAddressPrefix", "InternalIPInterfaceAddressPrefix", "IcmpQueryTimeout",
    "TcpEstablishedConnectionTimeout", "TcpTransientConnectionTimeout", "TcpFilteringBehavior", "UdpFilteringBehavior", "UdpIdleSessionTimeout",
    "UdpInboundRefresh", "Store", "Active" },
}

for name, list in pairs(lists) do views.add(name, { list = list }) end
for _, f in pairs(rules.filters) do views.add(f.class, { list = f.names }) end

views.add("System.ServiceProcess.ServiceController",
  { table = { columns = { { "Status", width = 8 }, { "Name", width = 18 }, { "DisplayName" } } } })
