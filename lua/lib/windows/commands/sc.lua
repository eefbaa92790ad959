-- SPDX-License-Identifier: GPL-2.0-or-later
-- The programs sc and net, as far as they are about services.

local change = require("windows.machine.change")
local registry = require("windows.registry")

local effect = "iphlpsvc, SharedAccess, hns, WslService and Dnscache do in the lab what they do on Windows"

local function find(list, name)
  for _, s in ipairs(list) do
    if s.Name:lower() == name:lower() then return s end
  end
end

local function by_display(list, name)
  for _, s in ipairs(list) do
    if s.DisplayName:lower() == name:lower() then return s end
  end
end

-- ---- sc.exe ----

local states = { Running = "4  RUNNING", Stopped = "1  STOPPED" }
local sc_starts = { Automatic = "2   AUTO_START", Manual = "3   DEMAND_START", Disabled = "4   DISABLED", AutomaticDelayedStart = "2   AUTO_START  (DELAYED)" }

-- extended: with the process, as queryex has it.
local function sc_print(ctx, s, state, extended)
  ctx.emit("")
  ctx.emit("SERVICE_NAME: " .. s.Name .. " ")
  for _, line in ipairs {
    "        TYPE               : 20  WIN32_SHARE_PROCESS  ",
    "        STATE              : " .. (state or states[s.Status]) .. " ",
    s.Status == "Running" and "                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)" or "",
    "        WIN32_EXIT_CODE    : 0  (0x0)", "        SERVICE_EXIT_CODE  : 0  (0x0)",
    "        CHECKPOINT         : 0x0", "        WAIT_HINT          : 0x0" } do
    if line ~= "" then ctx.emit(line) end
  end
  if extended then
    ctx.emit("        PID                : " .. (s.Pid or 0))
    ctx.emit("        FLAGS              : ")
  end
end

local function sc_failed(ctx, what, number, text)
  ctx.emit(("[SC] %s FAILED %d:"):format(what, number))
  ctx.emit("")
  ctx.emit(text)
  ctx.emit("")
  return number
end

local absent = "The specified service does not exist as an installed service."
local sc = {}

function sc.query(ctx, list, words)
  local name = words[2]
  if name and not name:find("=$") then
    local s = find(list, name)
    if not s then return sc_failed(ctx, "EnumQueryServicesStatus:OpenService", 1060, absent) end
    return sc_print(ctx, s, nil, words[1]:lower() == "queryex")
  end
  local all = table.concat(words, " "):lower():find("state= *all") ~= nil
  for _, s in ipairs(list) do
    if all or s.Status == "Running" then sc_print(ctx, s, nil, words[1]:lower() == "queryex") end
  end
end

function sc.qc(ctx, list, words)
  local s = words[2] and find(list, words[2])
  if not s then return sc_failed(ctx, "OpenService", 1060, absent) end
  ctx.emit("[SC] QueryServiceConfig SUCCESS")
  ctx.emit("")
  ctx.emit("SERVICE_NAME: " .. s.Name)
  ctx.emit("        TYPE               : 20  WIN32_SHARE_PROCESS ")
  ctx.emit("        START_TYPE         : " .. (sc_starts[s.StartType] or s.StartType))
  ctx.emit("        DISPLAY_NAME       : " .. s.DisplayName)
end

local function sc_set(what, wanted, busy_number, busy_text, pending)
  return function(ctx, list, words)
    local s = words[2] and find(list, words[2])
    if not s then return sc_failed(ctx, what == "ControlService" and "OpenService" or "StartService: OpenService", 1060, absent) end
    if s.Status == wanted then return sc_failed(ctx, what, busy_number, busy_text) end
    local _, err = change.try(ctx, "service.set", { Name = s.Name, Status = wanted })
    if err then
      if err.code == "Denied" then return sc_failed(ctx, "OpenService", 5, "Access is denied.") end
      return sc_failed(ctx, what, 1052, "The requested control is not valid for this service.")
    end
    sc_print(ctx, s, pending)
  end
end

sc.start = sc_set("StartService", "Running", 1056, "An instance of the service is already running.", "2  START_PENDING")
sc.stop = sc_set("ControlService", "Stopped", 1062, "The service has not been started.", "3  STOP_PENDING")

local config_words = { auto = "Automatic", demand = "Manual", disabled = "Disabled", ["delayed-auto"] = "AutomaticDelayedStart" }

function sc.config(ctx, list, words)
  local s = words[2] and find(list, words[2])
  if not s then return sc_failed(ctx, "OpenService", 1060, absent) end
  local wanted = table.concat(words, " ", 3):lower():match("start= *([%w%-]+)")
  if not config_words[wanted or ""] then
    ctx.emit("netdojo: of sc config only start= auto|demand|disabled|delayed-auto is available in this lab")
    return 87
  end
  local _, err = change.try(ctx, "service.set", { Name = s.Name, StartType = config_words[wanted] })
  if err then return sc_failed(ctx, "OpenService", 5, "Access is denied.") end
  ctx.emit("[SC] ChangeServiceConfig SUCCESS")
end

sc.queryex = sc.query

registry.add {
  name = "sc", kind = "program", effect = "changes", options = { "query", "queryex", "qc", "start", "stop", "config" },
  synopsis = { en = "Services, the plain program", ja = "サービス (コマンド プログラム)" },
  about = effect, lacks = "create, delete, failure, sdset and the rest; \\\\SERVER",
  run = function(ctx, words)
    local f = sc[(words[1] or ""):lower()]
    if f then return f(ctx, change.windows(ctx).services, words) end
    ctx.emit("")
    if words[1] then ctx.emit("*** Unrecognized Command ***") end
    for _, line in ipairs { "DESCRIPTION:", "        SC is a command line program used for communicating with the",
      "        Service Control Manager and services.", "USAGE:", "        sc <server> [command] [service name] <option1> <option2>...", "",
      "        Here: query queryex qc start stop config" } do ctx.emit(line) end
    return words[1] and 1639 or 0
  end,
}

-- ---- net.exe ----

local function net_failed(ctx, number, text)
  ctx.emit(text)
  ctx.emit("")
  ctx.emit(("More help is available by typing NET HELPMSG %d."):format(number))
  ctx.emit("")
  return 2
end

local function net_service(ctx, verb, name)
  local list = change.windows(ctx).services
  local s = find(list, name) or by_display(list, name)
  local start = verb == "start"
  if not s then return net_failed(ctx, 2185, "The service name is invalid.") end
  if start and s.Status == "Running" then return net_failed(ctx, 2182, "The requested service has already been started.") end
  if not start and s.Status ~= "Running" then return net_failed(ctx, 3521, ("The %s service is not started."):format(s.DisplayName)) end
  ctx.emit(("The %s service is %s."):format(s.DisplayName, start and "starting" or "stopping"))
  local _, err = change.try(ctx, "service.set", { Name = s.Name, Status = start and "Running" or "Stopped" })
  if err then
    if start then return net_failed(ctx, 3523, ("The %s service could not be started."):format(s.DisplayName)) end
    return net_failed(ctx, 3522, err.code == "Denied" and "System error 5 has occurred. Access is denied."
      or "The requested pause, continue, or stop is not valid for this service.")
  end
  ctx.emit(("The %s service was %s successfully."):format(s.DisplayName, start and "started" or "stopped"))
  ctx.emit("")
end

registry.add {
  name = "net", kind = "program", effect = "changes", options = { "start", "stop" },
  synopsis = { en = "net start, net stop", ja = "net start, net stop" },
  about = effect, lacks = "use, user, share, view, session and the rest",
  run = function(ctx, words)
    local verb = (words[1] or ""):lower()
    local name = table.concat(words, " ", 2)
    if (verb == "start" or verb == "stop") and name ~= "" then return net_service(ctx, verb, name) end
    if verb == "start" then
      ctx.emit("These Windows services are started:")
      ctx.emit("")
      for _, s in ipairs(change.windows(ctx).services) do
        if s.Status == "Running" then ctx.emit("   " .. s.DisplayName) end
      end
      ctx.emit("")
      ctx.emit("The command completed successfully.")
      ctx.emit("")
      return 0
    end
    ctx.emit("The syntax of this command is:")
    ctx.emit("")
    ctx.emit("NET")
    ctx.emit("    [ START | STOP ]")
    return 1
  end,
}
