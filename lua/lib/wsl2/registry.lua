-- SPDX-License-Identifier: GPL-2.0-or-later
-- The values of Windows' registry that decide about WSL's network, where a PC has them: the model's `registry`, a list of
-- { Path, Name, Value }. No other is there.

local check = require("wsl2.check")
local state = require("wsl2.state")
local strict = require("strict")

local registry = { ops = {} }

local SERVICES = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\"

-- Names to the keys they are in; all are DWORDs.
registry.known = { DisabledComponents = SERVICES .. "Tcpip6\\Parameters", HyperVFirewallDisable = SERVICES .. "MpsSvc\\Parameters" }

-- A value's number, nil where the PC has it not.
function registry.value(model, name)
  local v = state.by(model.windows.registry, "Name", name)
  return v and v.Value
end

local function put(model, name, value)
  local list = model.windows.registry
  local v = state.by(list, "Name", name)
  if not v then
    v = { Path = registry.known[name], Name = name }
    list[#list + 1] = v
  end
  v.Value = value
end

-- The author's values and version, for a model with a Windows.
function registry.begin(model, w)
  model.windows.registry = core.array({})
  for name, value in pairs(w.registry or {}) do
    if not registry.known[name] then strict.fail(name, "windows.registry: no value '%s'%s", name, strict.hint(name, registry.known)) end
    put(model, name, value)
  end
  if not w.version then return end
  local version, build = w.version:match("^(%d+%.%d+%.%d+)%.(%d+)$")
  if not version then strict.fail("version", "windows.version: '%s' is not like 10.0.22631.3374", w.version) end
  model.windows.version.Version, model.windows.version.Build = version, build
  if tonumber(version:match("%d+$")) < 22000 then model.windows.version.Caption = "Microsoft Windows 10 Pro" end
end

local function known(path, name)
  for n, p in pairs(registry.known) do
    if n:lower() == name:lower() and p:lower() == path:lower() then return n end
  end
  state.fail("NotSupported", "netdojo: the lab's registry has no such value: only what decides about WSL's network is there")
end

registry.ops["registry.set"] = function(model, args)
  local a = check.fields(args, { Path = { check.text, true }, Name = { check.name, true }, Value = { check.integer(0, 0xffffffff), true } },
    "a value")
  put(model, known(a.Path, a.Name), a.Value)
end

registry.ops["registry.remove"] = function(model, args)
  local a = check.fields(args, { Path = { check.text, true }, Name = { check.name, true } }, "a value")
  local v, at = state.by(model.windows.registry, "Name", a.Name)
  if not v or v.Path:lower() ~= a.Path:lower() then
    state.fail("NotFound", "The system was unable to find the specified registry key or value.")
  end
  state.drop(model.windows.registry, at)
end

return registry
