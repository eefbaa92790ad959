-- SPDX-License-Identifier: GPL-2.0-or-later
-- The firewall's and the Hyper-V firewall's cmdlets: what each asks for, what it prints, how it fails.

local machine = require("machine")
local ps = require("harness")

local echo = "FPS-ICMP4-ERQ-In"
local wsl = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}"

machine.sends {
  { "New-NetFirewallRule -DisplayName 'WSL 3000' -Direction Inbound -Action Allow -Protocol TCP -LocalPort 3000", "firewall.rule.add",
    "{Action=Allow Direction=Inbound DisplayName=WSL 3000 Enabled=true LocalPort=[3000] Protocol=TCP}" },
  { "New-NetFirewallRule -DisplayName x -Protocol UDP -LocalPort 53,8000-8100 -RemoteAddress LocalSubnet -Profile Private,Public -Action Block",
    "firewall.rule.add", "{Action=Block Direction=Inbound DisplayName=x Enabled=true LocalPort=[53,8000-8100] Profile=[Private,Public] "
    .. "Protocol=UDP RemoteAddress=[LocalSubnet]}" },
  { "New-NetFirewallRule -DisplayName x -Protocol ICMPv4 -IcmpType 8 -Enabled False", "firewall.rule.add",
    "{Action=Allow Direction=Inbound DisplayName=x Enabled=false IcmpType=[8] Protocol=ICMPv4}" },
  { "Set-NetFirewallRule -Name " .. echo .. " -Profile Any -Enabled False", "firewall.rule.set",
    "{Names=[" .. echo .. "] set={Enabled=false Profile=[Any]}}" },
  { "Set-NetFirewallRule -Name " .. echo .. " -NewDisplayName other", "firewall.rule.set", "{Names=[" .. echo .. "] set={DisplayName=other}}" },
  { "Disable-NetFirewallRule -Name FPS*", "firewall.rule.set", "{Names=[" .. echo .. "] set={Enabled=false}}" },
  { "Enable-NetFirewallRule -DisplayGroup 'File and Printer Sharing'", "firewall.rule.set", "{Names=[" .. echo .. "] set={Enabled=true}}" },
  { "Get-NetFirewallRule -Name " .. echo .. " | Remove-NetFirewallRule", "firewall.rule.remove", "{Names=[" .. echo .. "]}" },
  { "Get-NetFirewallRule -Name " .. echo .. " | Get-NetFirewallPortFilter | where Protocol -eq ICMPv4 | Remove-NetFirewallRule",
    "firewall.rule.remove", "{Names=[" .. echo .. "]}" },
  { 'Get-NetFirewallRule -Name "HNS*" | Get-NetFirewallPortFilter | where Protocol -eq UDP | where LocalPort -eq 53 | Remove-NetFirewallRule' },
  { "Remove-NetFirewallRule -Name " .. echo .. " -WhatIf" },
  { "Rename-NetFirewallRule -Name " .. echo .. " -NewName ping", "firewall.rule.set", "{Names=[" .. echo .. "] set={Name=ping}}" },
  { "Get-NetFirewallRule -Name " .. echo .. " | Get-NetFirewallAddressFilter | Set-NetFirewallAddressFilter -RemoteAddress Any",
    "firewall.rule.set", "{Names=[" .. echo .. "] set={RemoteAddress=[Any]}}" },
  { "Set-NetFirewallProfile -Profile Domain,Public,Private -Enabled False", "firewall.profile.set",
    "{Profiles=[Domain,Private,Public] set={Enabled=false}}" },
  { "Set-NetFirewallProfile -All -DefaultInboundAction Allow -AllowLocalFirewallRules NotConfigured", "firewall.profile.set",
    "{Profiles=[Domain,Private,Public] set={AllowLocalFirewallRules=NotConfigured DefaultInboundAction=Allow}}" },
  { "Get-NetFirewallProfile -Name Public | Set-NetFirewallProfile -Enabled True", "firewall.profile.set", "{Profiles=[Public] set={Enabled=true}}" },
  { "Set-NetFirewallHyperVVMSetting -Name '" .. wsl .. "' -DefaultInboundAction Allow", "hyperv.setting.set",
    "{Name=" .. wsl .. " set={DefaultInboundAction=Allow}}" },
  { "Set-NetFirewallHyperVVMSetting -VMCreatorId '" .. wsl .. "' -LoopbackEnabled False", "hyperv.setting.set",
    "{Name=" .. wsl .. " set={LoopbackEnabled=false}}" },
  { "Set-NetFirewallHyperVProfile -Profile Public -Enabled False", "hyperv.profile.set",
    "{Name=" .. wsl .. " Profiles=[Public] set={Enabled=false}}" },
  { "New-NetFirewallHyperVRule -Name web -DisplayName web -VMCreatorId '" .. wsl .. "' -Protocol TCP -LocalPorts 80,443", "hyperv.rule.add",
    "{Action=Allow Direction=Inbound DisplayName=web Enabled=true LocalPorts=[80,443] Name=web Protocol=TCP VMCreatorId=" .. wsl .. "}" },
  { "New-NetFirewallHyperVRule -DisplayName ping -Protocol ICMPv4 -LocalPorts 8", "hyperv.rule.add",
    "{Action=Allow Direction=Inbound DisplayName=ping Enabled=true LocalPorts=[8] Protocol=ICMPv4}" },
}

-- Each line's complaint has these words.
local complaints = {
  { "Get-NetFirewallRule -DisplayName nope", "Get-NetFirewallRule : No MSFT_NetFirewallRule objects found with property 'DisplayName' equal to "
    .. "'nope'.  Verify the value of the property and retry.", "ObjectNotFound: (nope:String) [Get-NetFirewallRule], CimJobException",
    "CmdletizationQuery_NotFound_DisplayName,Get-NetFirewallRule" },
  { "Remove-NetFirewallRule -Name nope", "No MSFT_NetFirewallRule objects found with property 'Name' equal to 'nope'." },
  { "New-NetFirewallRule -DisplayName x -LocalPort 80", "Ports can only be specified if the protocol is TCP or UDP." },
  { "New-NetFirewallRule -DisplayName x -Protocol TCP -LocalPort 99999", "The port is invalid." },
  { "New-NetFirewallRule -DisplayName x -RemoteAddress 300.1.1.1", "The address is invalid." },
  { "New-NetFirewallRule -DisplayName x -LocalPorts 80", "A parameter cannot be found that matches parameter name 'LocalPorts'." },
  { "New-NetFirewallRule -DisplayName x -Direction Sideways", "Inbound, Outbound" },
  { "Get-NetFirewallHyperVVMSetting -Name '{0}'", "No MSFT_NetFirewallHyperVVMSetting objects found with property 'Name' equal to '{0}'" },
  { "Get-NetFirewallHyperVRule -Name nope", "No MSFT_NetFirewallHyperVRule objects found with property 'Name' equal to 'nope'" },
  { "Get-NetFirewallProfile -Name Home", "No MSFT_NetFirewallProfile objects found with property 'Name' equal to 'Home'" },
}

for _, row in ipairs(complaints) do
  ps.case("complains: " .. row[1], function()
    local pc = machine.new(false)
    local _, err = pc:run(row[1])
    for k = 2, #row do ps.has(err:gsub("\n", " "), row[k]) end
    ps.eq(#pc:ops(), 0, "operations")
  end)
end

ps.case("a wildcard that fits nothing is no error", function()
  local out, err = machine.new(false):run("Get-NetFirewallRule -DisplayName nope*")
  ps.eq(out .. err, "")
end)

ps.case("a rule made, found by its port, narrowed, turned off and gone", function()
  local pc = machine.new()
  pc:run("New-NetFirewallRule -DisplayName web -Direction Inbound -Action Allow -Protocol TCP -LocalPort 3000")
  ps.has(pc:run("Get-NetFirewallPortFilter | where LocalPort -eq 3000 | Get-NetFirewallRule"), "DisplayName                   : web")
  ps.eq(pc:run("(Get-NetFirewallRule -DisplayName web).Profile"), "Any\n")
  pc:run("Set-NetFirewallRule -DisplayName web -LocalPort 3000,3001 -Profile Private")
  ps.eq(pc:run("(Get-NetFirewallRule -DisplayName web | Get-NetFirewallPortFilter).LocalPort"), "3000\n3001\n")
  ps.eq(pc:run("(Get-NetFirewallRule -DisplayName web).Profile"), "Private\n")
  pc:run("Disable-NetFirewallRule -DisplayName web")
  ps.eq(pc:run("(Get-NetFirewallRule -DisplayName web).Enabled"), "False\n")
  ps.has(pc:run('netsh advfirewall firewall show rule name=web'), "Enabled:                              No")
  pc:run("Remove-NetFirewallRule -DisplayName web")
  local _, err = pc:run("Get-NetFirewallRule -DisplayName web")
  ps.has(err, "equal to 'web'")
end)

ps.case("New-NetFirewallRule prints the rule as Windows lists it", function()
  local out = machine.new():run("New-NetFirewallRule -Name web -DisplayName web -Protocol TCP -LocalPort 3000")
  local labels = {}
  for _, l in ipairs(ps.lines(out)) do labels[#labels + 1] = l:match("^(%S+)%s*:") end
  ps.eq(table.concat(labels, " "), "Name DisplayName Description DisplayGroup Group Enabled Profile Platform Direction Action EdgeTraversalPolicy "
    .. "LooseSourceMapping LocalOnlyMapping Owner PrimaryStatus Status EnforcementStatus PolicyStoreSource PolicyStoreSourceType "
    .. "RemoteDynamicKeywordAddresses PolicyAppId PackageFamilyName")
  ps.has(out, "Status                        : The rule was parsed successfully from the store. (65536)")
end)

ps.case("the active store has what the persistent one has not", function()
  local pc = machine.new()
  ps.eq(pc:run("(Get-NetFirewallRule -Name WSLCore-SharedAccess-Allow-Rule -PolicyStore ActiveStore).Name"), "WSLCore-SharedAccess-Allow-Rule\n")
  local _, err = pc:run("Get-NetFirewallRule -Name WSLCore-SharedAccess-Allow-Rule")
  ps.has(err, "No MSFT_NetFirewallRule objects found")
end)

ps.case("a profile says NotConfigured where nobody set it, and what counts in the active store", function()
  local pc = machine.new()
  ps.eq(pc:run("(Get-NetFirewallProfile -Name Public).DefaultInboundAction"), "NotConfigured\n")
  ps.eq(pc:run("(Get-NetFirewallProfile -Name Public -PolicyStore ActiveStore).DefaultInboundAction"), "Block\n")
  pc:run("Set-NetFirewallProfile -Name Public -DefaultInboundAction Allow")
  ps.eq(pc:run("(Get-NetFirewallProfile -Name Public -PolicyStore ActiveStore).DefaultInboundAction"), "Allow\n")
end)

ps.case("the Hyper-V setting has the shape of a real one", function()
  local out = machine.new():run("Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore -Name '" .. wsl .. "'")
  ps.eq(table.concat(ps.lines(out), "\n"), "Name                  : " .. wsl .. "\nEnabled               : True\nDefaultInboundAction  : Block\n"
    .. "DefaultOutboundAction : Allow\nLoopbackEnabled       : True\nAllowHostPolicyMerge  : True")
end)

ps.case("a Hyper-V rule made, renamed and gone", function()
  local pc = machine.new()
  ps.has(pc:run("New-NetFirewallHyperVRule -Name a -DisplayName a -Protocol TCP -LocalPorts 80"), "LocalPorts            : 80")
  pc:run("Rename-NetFirewallHyperVRule -Name a -NewName b")
  ps.eq(pc:run("(Get-NetFirewallHyperVRule -Name b).DisplayName"), "a\n")
  pc:run("Get-NetFirewallHyperVRule -Name b | Remove-NetFirewallHyperVRule")
  local _, err = pc:run("Get-NetFirewallHyperVRule -Name b")
  ps.has(err, "equal to 'b'")
end)

ps.case("-WhatIf tells of a rule and changes none", function()
  local pc = machine.new(false)
  local out = pc:run("New-NetFirewallRule -DisplayName 'WSL 3000' -Protocol TCP -LocalPort 3000 -WhatIf")
  ps.has(out, "What if: New-NetFirewallRule DisplayName: WSL 3000")
  ps.has(pc:run("Remove-NetFirewallRule -Name " .. echo .. " -WhatIf"), "What if: Remove-NetFirewallRule DisplayName: ")
  ps.eq(#pc:ops(), 0)
end)
