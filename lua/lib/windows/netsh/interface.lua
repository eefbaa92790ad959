-- SPDX-License-Identifier: GPL-2.0-or-later
-- netsh interface: adapters, the ip contexts, portproxy and tcp.

local change = require("windows.machine.change")
local ipv4 = require("windows.netsh.ipv4")
local live = require("windows.machine.live")
local portproxy = require("windows.netsh.portproxy")

local function show(ctx, v)
  local net = live.new(ctx.world)
  local list = v.name and { net:by_alias(v.name) } or net:adapters()
  if v.name and not list[1] then
    ctx.emit("An interface with this name is not registered with the router.")
    ctx.emit("")
    return 1
  end
  ctx.emit("")
  ctx.emit("Admin State    State          Type             Interface Name")
  ctx.emit("-------------------------------------------------------------------------")
  for _, i in ipairs(list) do
    ctx.emit(("%-14s %-14s %-16s %s"):format(i.enabled and "Enabled" or "Disabled", i.connected and "Connected" or "Disconnected", "Dedicated", i.alias))
  end
  ctx.emit("")
end

local states = { enabled = "Up", enable = "Up", disabled = "Disabled", disable = "Disabled" }

local function set(ctx, v)
  local i = live.new(ctx.world):by_alias(v.name)
  if not i then
    ctx.emit("An interface with this name is not registered with the router.")
    ctx.emit("")
    return 1
  end
  local status = states[(v.admin or ""):lower()]
  if v.newname or not status then
    ctx.emit(v.newname and "netdojo: adapters keep their names in this lab" or "The parameter is incorrect.")
    ctx.emit("")
    return 1
  end
  local _, err = change.try(ctx, "adapter.set", { Name = i.alias, Status = status })
  if err then ctx.emit(err.message or "The parameter is incorrect.") end
  ctx.emit("")
  return err and 1 or 0
end

-- The kernel's settings that these lines stand for on Windows.
local function tcp_global(ctx)
  local function number(name)
    local ok, v = pcall(ctx.world.read, "sysctl", name)
    return ok and v and tonumber(v.value) or nil
  end
  local function on(name, test, yes)
    local n = number(name)
    return n == nil and "?" or test(n) and (yes or "enabled") or "disabled"
  end
  local function some(n) return n > 0 end
  for _, line in ipairs {
    "Querying active state...", "", "TCP Global Parameters", "----------------------------------------------",
    "Receive Window Auto-Tuning Level    : " .. on("net.ipv4.tcp_moderate_rcvbuf", some, "normal"),
    "ECN Capability                      : " .. on("net.ipv4.tcp_ecn", function(n) return n == 1 end),
    "RFC 1323 Timestamps                 : " .. on("net.ipv4.tcp_timestamps", some),
    "Fast Open                           : " .. on("net.ipv4.tcp_fastopen", function(n) return n & 1 == 1 end), "",
  } do ctx.emit(line) end
end

return { name = "interface", help = "Changes to the `netsh interface' context.", contexts = "ipv4 ipv6 portproxy tcp",
  ipv4[1], ipv4[2], portproxy,
  { name = "set", help = "Sets configuration information.", verb = true,
    { name = "interface", help = "Sets interface parameters.", tags = { "name", "admin", "connect", "newname" }, need = { "name" }, run = set,
      usage = { "Usage set interface", "      [name = ] IfName", "      [ [admin = ] ENABLED|DISABLED" } } },
  { name = "show", help = "Displays information.", verb = true,
    { name = "interface", help = "Displays interfaces.", tags = { "name" }, run = show } },
  { name = "tcp", help = "Changes to the `netsh interface tcp' context.",
    { name = "show", help = "Displays information.", verb = true,
      { name = "global", help = "Shows global TCP parameters.", tags = { "store" }, run = tcp_global } } },
}
