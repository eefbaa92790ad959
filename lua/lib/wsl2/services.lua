-- SPDX-License-Identifier: GPL-2.0-or-later
-- Operations on Windows' services, with what each means for WSL.

local check = require("wsl2.check")
local defaults = require("wsl2.defaults")
local rules = require("wsl2.rules")
local state = require("wsl2.state")

local services = { ops = {} }

local fixed = {}
for _, s in ipairs(defaults.services) do fixed[s[1]] = s.fixed end

local function full(s) return ("%s (%s)"):format(s.DisplayName, s.Name) end

local function cannot_stop(s)
  state.fail("Denied", "Service '%s' cannot be stopped due to the following error: Cannot open %s service on computer '.'.",
    full(s), s.Name)
end

local function stop(model, s)
  if fixed[s.Name] then cannot_stop(s) end
  if s.Status == "Stopped" then return end
  s.Status, s.Pid = "Stopped", 0
  if s.Name == "WslService" then require("wsl2.life").stop(model) end
end

local function start(model, s)
  if s.StartType == "Disabled" then
    state.fail("Failed", "Service '%s' cannot be started due to the following error: Cannot start service %s on computer '.'.",
      full(s), s.Name)
  end
  if s.Status == "Running" then return end
  s.Status, s.Pid = "Running", defaults.pid(state.hidden(model))
end

-- ICS sets up its NAT, its proxy and the proxy's firewall rule when it starts.
local function shared_access(model)
  if not state.by(model.windows.firewall.rules, "Name", "WSLCore-SharedAccess-Allow-Rule") then
    table.insert(model.windows.firewall.rules, rules.shared_access())
  end
  return { nat = true, proxy = true, servers = true, forwards = true }
end

-- HNS makes the WSL network anew: the switch's Windows end is as it was made, and a running guest hangs on the old one until
-- WSL is started again.
local function hns(model)
  local force = shared_access(model)
  local h, i = state.hidden(model), state.switch(model)
  if not i then return force end
  local iface = state.iface(state.node(model, "windows"), "vEthernet")
  iface.up, iface.addresses = true, core.array({ { cidr = h.gateway_cidr } })
  i.Status = "Up"
  require("wsl2.interfaces").settle(model, state.node(model, "windows"))
  local guest = state.node(model, "wsl")
  local eth0 = state.iface(guest, "eth0")
  if eth0 then
    eth0.up = false
    guest.routes = state.remove_where(guest.routes, function(r) return r.dev == "eth0" end)
  end
  force.vfp, force.wfp = true, true
  return force
end

local on_start = { SharedAccess = shared_access, hns = hns, iphlpsvc = function() return { portproxy = true } end }

services.ops["service.set"] = function(model, args, ctx)
  local a = check.fields(args, { Name = { check.name, true }, Status = { check.word("Running", "Stopped", "Restart") },
    StartType = { check.word("Automatic", "Manual", "Disabled", "AutomaticDelayedStart") } }, "a service")
  local s = state.windows_service(model, a.Name)
  if not s then state.fail("NotFound", "Cannot find any service with service name '%s'.", a.Name) end
  if a.StartType then
    if fixed[s.Name] then
      state.fail("Denied", "Service '%s' cannot be configured due to the following error: Access is denied", full(s))
    end
    s.StartType = a.StartType
  end
  local was_running, force = s.Status == "Running", nil
  if s.Name == "WslService" and was_running and a.Status and a.Status ~= "Running" then require("wsl2.life").note(model, ctx) end
  if a.Status == "Stopped" or a.Status == "Restart" then stop(model, s) end
  if a.Status == "Running" or a.Status == "Restart" then
    start(model, s)
    local again = a.Status == "Restart" or not was_running
    force = again and on_start[s.Name] and on_start[s.Name](model) or nil
  end
  return { warnings = core.array({}) }, force
end

-- For WSL's start: the services its network needs run, or can be started. false when one is disabled.
function services.need(model, name)
  local s = state.windows_service(model, name)
  if not s or s.StartType == "Disabled" and s.Status ~= "Running" then return false end
  local was = s.Status
  start(model, s)
  return true, was ~= "Running"
end

return services
