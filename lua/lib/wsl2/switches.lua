-- SPDX-License-Identifier: GPL-2.0-or-later
-- Operations on Windows' virtual switches: bridged mode wants an External one.

local check = require("wsl2.check")
local state = require("wsl2.state")

local switches = { ops = {} }

local most = 16

-- An External switch on Windows' adapter to the LAN. On Windows the address then moves to an adapter of the switch's; here the
-- adapter keeps it.
function switches.external(model, name, adapter)
  local i = state.interface(model, adapter)
  return { Name = name, SwitchType = "External", NetAdapterInterfaceDescription = i.InterfaceDescription }
end

switches.ops["switch.add"] = function(model, args)
  local a = check.fields(args, { Name = { check.name, true }, NetAdapterName = { check.name },
    SwitchType = { check.word("Internal", "Private") } }, "a switch")
  local list = model.windows.switches
  if #list >= most then state.fail("Failed", "Not enough memory resources are available to process this command.") end
  local sw = a.NetAdapterName and switches.external(model, a.Name, a.NetAdapterName) or { Name = a.Name, SwitchType = a.SwitchType or "Internal" }
  for _, other in ipairs(list) do
    if sw.SwitchType == "External" and other.NetAdapterInterfaceDescription == sw.NetAdapterInterfaceDescription then
      state.fail("Exists", "Failed while adding virtual Ethernet switch connections.\n"
        .. "External Ethernet adapter '%s' is already bound to the Microsoft Virtual Switch protocol.", sw.NetAdapterInterfaceDescription)
    end
  end
  table.insert(list, sw)
  return sw
end

switches.ops["switch.remove"] = function(model, args)
  local a = check.fields(args, { Name = { check.name, true } }, "a switch")
  local _, n = state.by(model.windows.switches, "Name", a.Name)
  if not n or a.Name == "Default Switch" or a.Name == model.windows.wsl.network then
    state.fail("NotFound", 'Hyper-V was unable to find a virtual switch with name "%s".', a.Name)
  end
  state.drop(model.windows.switches, n)
  return {}
end

return switches
