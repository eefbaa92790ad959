-- SPDX-License-Identifier: GPL-2.0-or-later
-- WinNAT: Get-, New- and Remove-NetNat. WSL's own NAT is ICS, which these don't show, as on Windows.

local change = require("windows.machine.change")
local object = require("windows.object")
local registry = require("windows.registry")

local class = "MSFT_NetNat"

local function nat_object(n)
  return object.new(class, {
    { "Name", n.Name }, { "ExternalIPInterfaceAddressPrefix", n.ExternalIPInterfaceAddressPrefix },
    { "InternalIPInterfaceAddressPrefix", n.InternalIPInterfaceAddressPrefix }, { "IcmpQueryTimeout", 30 },
    { "TcpEstablishedConnectionTimeout", 1800 }, { "TcpTransientConnectionTimeout", 120 },
    { "TcpFilteringBehavior", "AddressDependentFiltering" }, { "UdpFilteringBehavior", "AddressDependentFiltering" },
    { "UdpIdleSessionTimeout", 120 }, { "UdpInboundRefresh", "False" }, { "Store", "Local" }, { "Active", change.gpo(n.Active ~= false) },
  })
end

local function chosen(ctx, cmdlet, args)
  local found = {}
  local wanted = change.list(args.Name)
  if args.Name == nil then change.each(ctx, args.InputObject, function(o) wanted[#wanted + 1] = o.Name end) end
  local all = args.Name == nil and #wanted == 0 and not ctx.piped
  for _, w in ipairs(all and { "*" } or wanted) do
    local hit = false
    for _, n in ipairs(change.windows(ctx).nat) do
      if change.like(w, n.Name) then
        found[#found + 1], hit = n, true
      end
    end
    if not hit and not change.has_wildcard(w) then change.not_found(ctx, cmdlet, class, "Name", w) end
  end
  return found
end

registry.add {
  name = "Get-NetNat", kind = "cmdlet", effect = "reads",
  parameters = { { name = "Name", type = "string[]", position = 1, wildcard = true } },
  synopsis = { en = "NAT objects of WinNAT", ja = "WinNAT の NAT" },
  about = "the NAT objects the namespace's nftables has a masquerade rule for; nothing where WSL uses ICS, as on today's Windows",
  lacks = "the timeouts are Windows' own numbers, the kernel's differ",
  run = function(ctx, args)
    for _, n in ipairs(chosen(ctx, "Get-NetNat", args)) do ctx.emit(nat_object(n)) end
  end,
}

local function prefix(s)
  local a, b, c, d, bits = tostring(s):match("^(%d+)%.(%d+)%.(%d+)%.(%d+)/(%d+)$")
  if not a or tonumber(bits) > 32 then return false end
  for _, n in ipairs { a, b, c, d } do
    if tonumber(n) > 255 then return false end
  end
  return true
end

registry.add {
  name = "New-NetNat", kind = "cmdlet", effect = "changes",
  parameters = { { name = "Name", type = "string", mandatory = true, position = 1 },
    { name = "InternalIPInterfaceAddressPrefix", type = "string" }, { name = "ExternalIPInterfaceAddressPrefix", type = "string" },
    { name = "WhatIf", type = "switch" }, { name = "Confirm", type = "switch" } },
  synopsis = { en = "Makes a NAT", ja = "NAT を作る" },
  about = "a masquerade rule in the Windows node's nftables", lacks = "-ExternalIPInterfaceAddressPrefix is refused; no timeouts",
  run = function(ctx, args)
    local cmdlet = "New-NetNat"
    if not prefix(args.InternalIPInterfaceAddressPrefix or "") then
      return change.cim_error(ctx, cmdlet, class, { code = "InvalidArgument", message = "The parameter is incorrect. " })
    end
    if args.ExternalIPInterfaceAddressPrefix then
      return change.cim_error(ctx, cmdlet, class, { code = "NotSupported",
        message = "netdojo: -ExternalIPInterfaceAddressPrefix is not available in this lab" })
    end
    if args.WhatIf then return end
    local _, err = change.try(ctx, "nat.add",
      { Name = args.Name, InternalIPInterfaceAddressPrefix = args.InternalIPInterfaceAddressPrefix })
    if err then
      return change.cim_error(ctx, cmdlet, class, err, { InvalidArgument = "The parameter is incorrect. ",
        Exists = "You were not connected because a duplicate name exists on the network. If joining a domain, go to System in "
          .. "Control Panel to change the computer name and try again. If joining a workgroup, choose another workgroup name. " })
    end
    for _, n in ipairs(change.windows(ctx).nat) do
      if n.Name == args.Name then ctx.emit(nat_object(n)) end
    end
  end,
}

registry.add {
  name = "Remove-NetNat", kind = "cmdlet", effect = "changes",
  parameters = { { name = "Name", type = "string[]", position = 1, wildcard = true },
    { name = "InputObject", type = "object[]", pipeline = "value" }, { name = "PassThru", type = "switch" },
    { name = "WhatIf", type = "switch" }, { name = "Confirm", type = "switch" } },
  synopsis = { en = "Deletes a NAT", ja = "NAT を消す" },
  about = "takes the masquerade rule out of nftables; connections under way end", lacks = "",
  run = function(ctx, args)
    local ask = change.asker(ctx, args)
    for _, n in ipairs(chosen(ctx, "Remove-NetNat", args)) do
      if ask(('Performing the operation "Remove" on target "%s".'):format(n.Name)) then
        local _, err = change.try(ctx, "nat.remove", { Name = n.Name })
        if err then change.cim_error(ctx, "Remove-NetNat", class, err) end
        if not err and args.PassThru then ctx.emit(nat_object(n)) end
      end
    end
  end,
}

-- Nothing of the lab makes these, so there is nothing to show; making one is refused in words.
for _, c in ipairs { { "Get-NetNatSession", "sessions" }, { "Get-NetNatStaticMapping", "static mappings" },
  { "Get-NetNatExternalAddress", "external addresses" } } do
  registry.add {
    name = c[1], kind = "cmdlet", effect = "imitated", parameters = { { name = "NatName", type = "string[]" } },
    synopsis = { en = "A NAT's " .. c[2], ja = "NAT: " .. c[2] },
    about = "always empty: WinNAT's own tables are not kept", lacks = "all; look at the namespace's conntrack instead",
    run = function() end,
  }
end

registry.add {
  name = "Add-NetNatStaticMapping", kind = "cmdlet", effect = "imitated",
  parameters = { { name = "NatName", type = "string" }, { name = "Protocol", type = "string" }, { name = "ExternalIPAddress", type = "string" },
    { name = "ExternalPort", type = "int" }, { name = "InternalIPAddress", type = "string" }, { name = "InternalPort", type = "int" } },
  synopsis = { en = "A static port mapping of a NAT", ja = "NAT の静的ポート マッピング" },
  about = "refused with one line", lacks = "all",
  run = function(ctx)
    change.cim_error(ctx, "Add-NetNatStaticMapping", "MSFT_NetNatStaticMapping", { code = "NotSupported",
      message = "netdojo: static NAT mappings are not available in this lab; use netsh interface portproxy" })
  end,
}
