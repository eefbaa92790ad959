-- SPDX-License-Identifier: GPL-2.0-or-later
-- New-VMSwitch and Remove-VMSwitch: switches that WSL's bridged mode can be put on. Get-VMSwitch is with the adapters.

local change = require("windows.machine.change")
local object = require("windows.object")
local registry = require("windows.registry")

local function failed(ctx, cmdlet, err)
  ctx.fail(err.message, { category = "InvalidOperation", exception = "VirtualizationException",
    id = "InvalidParameter,Microsoft.HyperV.PowerShell.Commands." .. cmdlet:gsub("-", "") })
end

registry.add {
  name = "New-VMSwitch", kind = "cmdlet", effect = "changes",
  parameters = { { name = "Name", type = "string", mandatory = true, position = 1 }, { name = "NetAdapterName", type = "string" },
    { name = "SwitchType", type = "enum", values = { "Internal", "Private" } }, { name = "AllowManagementOS", type = "any" } },
  synopsis = { en = "Makes a virtual switch", ja = "仮想スイッチを作る" },
  about = "a switch WSL's bridged mode can use; with -NetAdapterName it is the adapter's LAN",
  lacks = "the adapter keeps its address, which on Windows moves to one of the switch's; -AllowManagementOS changes nothing",
  run = function(ctx, args)
    local sw, err = change.try(ctx, "switch.add", { Name = args.Name, NetAdapterName = args.NetAdapterName, SwitchType = args.SwitchType })
    if err then return failed(ctx, "New-VMSwitch", err) end
    ctx.emit(object.new("Microsoft.HyperV.PowerShell.VMSwitch", { { "Name", sw.Name }, { "SwitchType", sw.SwitchType },
      { "NetAdapterInterfaceDescription", sw.NetAdapterInterfaceDescription } }))
  end,
}

registry.add {
  name = "Remove-VMSwitch", kind = "cmdlet", effect = "changes",
  parameters = { { name = "Name", type = "string", mandatory = true, position = 1 }, { name = "Force", type = "switch" } },
  synopsis = { en = "Takes a virtual switch away", ja = "仮想スイッチを削除する" },
  about = "the model's switch; a WSL that is on it stays so until it is started again", lacks = "wildcards, confirmation",
  run = function(ctx, args)
    local _, err = change.try(ctx, "switch.remove", { Name = args.Name })
    if err then failed(ctx, "Remove-VMSwitch", err) end
  end,
}
