-- SPDX-License-Identifier: GPL-2.0-or-later
-- Get-NetTCPConnection, Get-NetUDPEndpoint, Get-Process: sockets and whose they are.

local change = require("windows.machine.change")
local choose = require("windows.machine.choose")
local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local object = require("windows.object")
local registry = require("windows.registry")
require("windows.format.views_net")

local states = { "Closed", "Listen", "SynSent", "SynReceived", "Established", "FinWait1", "FinWait2", "CloseWait", "Closing", "LastAck",
  "TimeWait", "DeleteTCB", "Bound" }

-- The cmdlets list IPv6 first, and sort by port.
local function ordered(list)
  table.sort(list, function(a, b)
    if a.family ~= b.family then return a.family > b.family end
    if a.port ~= b.port then return a.port > b.port end
    local c = ip.compare(a.ip, b.ip)
    if c ~= 0 then return c < 0 end
    return a.peer .. a.peer_port < b.peer .. b.peer_port
  end)
  return list
end

registry.add {
  name = "Get-NetTCPConnection", kind = "cmdlet", effect = "reads",
  parameters = { { name = "LocalAddress", type = "string[]", position = 1, wildcard = true, pipeline = "name" },
    { name = "LocalPort", type = "int[]", position = 2, pipeline = "name" }, { name = "RemoteAddress", type = "string[]", wildcard = true },
    { name = "RemotePort", type = "int[]" }, { name = "State", type = "enum[]", values = states },
    { name = "AppliedSetting", type = "enum[]", values = { "Internet", "Datacenter", "Compat" } }, { name = "OwningProcess", type = "int[]" } },
  synopsis = { en = "TCP connections and listeners", ja = "TCP の接続と待ち受け" },
  about = "the kernel's sockets; the owning process is the model's, System's where nothing says otherwise", lacks = "-OffloadState, -CreationTime",
  run = function(ctx, args)
    local objects = {}
    for _, s in ipairs(ordered(live.new(ctx.world):sockets("tcp"))) do
      objects[#objects + 1] = object.new("MSFT_NetTCPConnection", {
        { "LocalAddress", s.ip }, { "LocalPort", s.port }, { "RemoteAddress", s.peer }, { "RemotePort", s.peer_port }, { "State", s.cim_state },
        { "AppliedSetting", s.cim_state ~= "Listen" and "Internet" or nil }, { "OwningProcess", s.pid }, { "OffloadState", "InHost" },
      })
    end
    choose.emit(ctx, { cmdlet = "Get-NetTCPConnection", class = "MSFT_NetTCPConnection", criteria = {
      { name = "LocalAddress", query = true }, { name = "LocalPort" }, { name = "RemoteAddress", query = true }, { name = "RemotePort" },
      { name = "State" }, { name = "AppliedSetting" }, { name = "OwningProcess" } } }, args, objects)
  end,
}

registry.add {
  name = "Get-NetUDPEndpoint", kind = "cmdlet", effect = "reads",
  parameters = { { name = "LocalAddress", type = "string[]", position = 1, wildcard = true, pipeline = "name" },
    { name = "LocalPort", type = "int[]", position = 2, pipeline = "name" }, { name = "OwningProcess", type = "int[]" } },
  synopsis = { en = "UDP endpoints", ja = "UDP の口" },
  about = "the kernel's sockets; the owning process is the model's, System's where nothing says otherwise", lacks = "-CreationTime",
  run = function(ctx, args)
    local objects = {}
    for _, s in ipairs(ordered(live.new(ctx.world):sockets("udp"))) do
      objects[#objects + 1] = object.new("MSFT_NetUDPEndpoint", { { "LocalAddress", s.ip }, { "LocalPort", s.port }, { "OwningProcess", s.pid } })
    end
    choose.emit(ctx, { cmdlet = "Get-NetUDPEndpoint", class = "MSFT_NetUDPEndpoint", criteria = {
      { name = "LocalAddress", query = true }, { name = "LocalPort" }, { name = "OwningProcess" } } }, args, objects)
  end,
}

local function process_object(p)
  return object.new("System.Diagnostics.Process", {
    { "Id", p.id }, { "ProcessName", p.name }, { "Name", p.name }, { "Handles" }, { "NPM" }, { "PM" }, { "WS" }, { "CPU" }, { "SessionId", 0 },
    { "SI", 0 },
  })
end

local function wanted(args, p)
  for _, id in ipairs(change.list(args.Id)) do
    if id == p.id then return true end
  end
  if args.Id ~= nil then return false end
  return change.any_like(args.Name, p.name)
end

local function tell_missing(ctx, args, found)
  for _, n in ipairs(change.list(args.Name)) do
    if not change.has_wildcard(n) and not found[n:lower()] then
      ctx.fail(('Cannot find a process with the name "%s". Verify the process name and call the cmdlet again.'):format(n),
        { category = "ObjectNotFound", target = n, exception = "ProcessCommandException",
          id = "NoProcessFoundForGivenName,Microsoft.PowerShell.Commands.GetProcessCommand" })
    end
  end
  for _, n in ipairs(change.list(args.Id)) do
    if not found[n] then
      ctx.fail(("Cannot find a process with the process identifier %d."):format(n),
        { category = "ObjectNotFound", target = n, exception = "ProcessCommandException",
          id = "NoProcessFoundForGivenId,Microsoft.PowerShell.Commands.GetProcessCommand" })
    end
  end
end

registry.add {
  name = "Get-Process", kind = "cmdlet", effect = "reads", aliases = { "gps", "ps" },
  parameters = { { name = "Name", type = "string[]", position = 1, wildcard = true, aliases = { "ProcessName" }, pipeline = "name" },
    { name = "Id", type = "int[]", aliases = { "PID", "OwningProcess" }, pipeline = "name" } },
  synopsis = { en = "The processes of this PC", ja = "この PC のプロセス" },
  about = "the processes and services that the model has, with the PIDs netstat shows", lacks = "handles, memory, times; -Module, -IncludeUserName",
  run = function(ctx, args)
    local list, found = live.new(ctx.world):processes(), {}
    table.sort(list, function(a, b)
      if a.name:lower() ~= b.name:lower() then return a.name:lower() < b.name:lower() end
      return a.id < b.id
    end)
    for _, p in ipairs(list) do
      if wanted(args, p) then
        found[p.name:lower()], found[p.id] = true, true
        ctx.emit(process_object(p))
      end
    end
    tell_missing(ctx, args, found)
  end,
}
