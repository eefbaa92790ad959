-- SPDX-License-Identifier: GPL-2.0-or-later
-- Services: Get-, Start-, Stop-, Restart-, Set-Service.

local change = require("windows.machine.change")
local object = require("windows.object")
local registry = require("windows.registry")

local effect = "iphlpsvc, SharedAccess, hns, WslService and Dnscache do in the lab what they do on Windows"

local function service_object(s)
  return object.new("System.ServiceProcess.ServiceController", {
    { "Status", s.Status }, { "Name", s.Name }, { "DisplayName", s.DisplayName }, { "ServiceName", s.Name },
    { "StartType", s.StartType }, { "MachineName", "." },
    { "ServiceType", "Win32ShareProcess" },
  })
end

local function find(list, name)
  for _, s in ipairs(list) do
    if s.Name:lower() == name:lower() then return s end
  end
end

local function missing(ctx, verb, what, name)
  ctx.fail(("Cannot find any service with %s name '%s'."):format(what, name), { category = "ObjectNotFound", target = name,
    exception = "ServiceCommandException",
    id = ("NoServiceFoundForGiven%s,Microsoft.PowerShell.Commands.%sServiceCommand"):format(what == "service" and "Name" or "DisplayName", verb) })
end

-- The services meant by -Name, -DisplayName, or objects or names piped in.
local function chosen(ctx, verb, args)
  local list, found = change.windows(ctx).services, {}
  local function pick(field, what, pattern)
    local hit = false
    for _, s in ipairs(list) do
      if change.like(pattern, s[field]) then
        found[#found + 1], hit = s, true
      end
    end
    if not hit and not change.has_wildcard(pattern) then missing(ctx, verb, what, pattern) end
  end
  if args.Name ~= nil then
    for _, n in ipairs(change.list(args.Name)) do pick("Name", "service", n) end
  elseif args.DisplayName ~= nil then
    for _, n in ipairs(change.list(args.DisplayName)) do pick("DisplayName", "display", n) end
  elseif args.InputObject ~= nil or ctx.piped then
    change.each(ctx, args.InputObject, function(o) pick("Name", "service", tostring(type(o) == "table" and o.Name or o)) end, true)
  elseif verb == "Get" then
    found = { table.unpack(list) }
  end
  return found
end

local choose = {
  { name = "Name", type = "string[]", position = 1, wildcard = true, aliases = { "ServiceName" } },
  { name = "DisplayName", type = "string[]", wildcard = true },
  { name = "InputObject", type = "object[]", pipeline = "value" },
}

local function with(list, more)
  local out = { table.unpack(list) }
  for _, p in ipairs(more) do out[#out + 1] = p end
  return out
end

registry.add {
  name = "Get-Service", kind = "cmdlet", effect = "reads", parameters = choose, aliases = { "gsv" },
  synopsis = { en = "Services", ja = "サービス" },
  about = "the services a lab's Windows has, from the model", lacks = "-DependentServices, -RequiredServices, all other services of a PC",
  run = function(ctx, args)
    local list = chosen(ctx, "Get", args)
    table.sort(list, function(a, b) return a.Name:lower() < b.Name:lower() end)
    for _, s in ipairs(list) do ctx.emit(service_object(s)) end
  end,
}

-- What each verb asks for, and the words Windows has for its failure.
local verbs = {
  Start = { status = "Running", did = "started", can = "start", id = "CouldNotStartService" },
  Stop = { status = "Stopped", did = "stopped", can = "stop", id = "CouldNotStopService" },
  Restart = { status = "Restart", did = "stopped", can = "stop", id = "CouldNotStopService" },
}

local function set_status(ctx, verb, s)
  local v = verbs[verb]
  if (verb ~= "Restart" and s.Status == v.status) then return true end
  local result, err = change.try(ctx, "service.set", { Name = s.Name, Status = v.status })
  if err then
    ctx.fail(("Service '%s (%s)' cannot be %s due to the following error: Cannot %s %s service on computer '.'.")
      :format(s.DisplayName, s.Name, v.did, err.code == "Denied" and "open" or v.can, s.Name),
      { category = err.code == "Denied" and "CloseError" or "OpenError", target = "System.ServiceProcess.ServiceController", target_type = "ServiceController",
        exception = "ServiceCommandException", id = v.id .. ",Microsoft.PowerShell.Commands." .. verb .. "ServiceCommand" })
    return false
  end
  for _, w in ipairs(result.warnings or {}) do ctx.warn(w) end
  return true
end

for _, t in ipairs { { "Start", "sasv", "Starts services", "サービスを始める" }, { "Stop", "spsv", "Stops services", "サービスを止める" },
  { "Restart", nil, "Stops services and starts them again", "サービスを再起動する" } } do
  local verb = t[1]
  registry.add {
    name = verb .. "-Service", kind = "cmdlet", effect = "changes", aliases = t[2] and { t[2] } or nil,
    parameters = with(choose, { { name = "Force", type = "switch" }, { name = "NoWait", type = "switch" }, { name = "PassThru", type = "switch" },
      { name = "WhatIf", type = "switch" }, { name = "Confirm", type = "switch" } }),
    synopsis = { en = t[3], ja = t[4] }, about = effect, lacks = "dependent services: none is asked about; -Include, -Exclude",
    run = function(ctx, args)
      for _, s in ipairs(chosen(ctx, verb, args)) do
        local done = not args.WhatIf and set_status(ctx, verb, s)
        if done and args.PassThru then ctx.emit(service_object(find(change.windows(ctx).services, s.Name))) end
      end
    end,
  }
end

registry.add {
  name = "Set-Service", kind = "cmdlet", effect = "changes",
  parameters = with(choose, { { name = "StartupType", type = "enum", values = { "Automatic", "Manual", "Disabled", "AutomaticDelayedStart" },
    aliases = { "StartMode", "SM", "ST" } }, { name = "Status", type = "enum", values = { "Running", "Stopped", "Paused" } },
    { name = "PassThru", type = "switch" }, { name = "WhatIf", type = "switch" }, { name = "Confirm", type = "switch" } }),
  synopsis = { en = "Changes how a service starts, or its state", ja = "サービスの開始方法や状態を変える" },
  about = effect .. "; the start type is kept and shown", lacks = "-Description, -DisplayName, -Credential, Paused",
  run = function(ctx, args)
    for _, s in ipairs(chosen(ctx, "Set", args)) do
      if args.StartupType and not args.WhatIf then
        local _, err = change.try(ctx, "service.set", { Name = s.Name, StartType = args.StartupType })
        if err then
          ctx.fail(("Service '%s (%s)' cannot be configured due to the following error: %s"):format(s.DisplayName, s.Name, err.message or ""),
            { category = "PermissionDenied", target = "System.ServiceProcess.ServiceController", target_type = "ServiceController",
              exception = "ServiceCommandException", id = "CouldNotSetService,Microsoft.PowerShell.Commands.SetServiceCommand" })
        end
      end
      if args.Status == "Paused" then
        ctx.fail(("Service '%s (%s)' cannot be suspended because the service does not support being suspended or resumed.")
          :format(s.DisplayName, s.Name), { category = "CloseError", target = "System.ServiceProcess.ServiceController", target_type = "ServiceController",
          exception = "ServiceCommandException", id = "CouldNotSuspendServiceNotSupported,Microsoft.PowerShell.Commands.SetServiceCommand" })
      elseif args.Status and not args.WhatIf then
        set_status(ctx, args.Status == "Running" and "Start" or "Stop", s)
      end
      if args.PassThru then ctx.emit(service_object(find(change.windows(ctx).services, s.Name))) end
    end
  end,
}
