-- SPDX-License-Identifier: GPL-2.0-or-later
-- What shows that Windows' side was looked at: what listens, what is passed on, what is let in.

local addr = require("addr")
local evidence = require("evidence")
local common = require("steps.common")

local looked = common.looked
local one_of = common.one_of
local succeeded = common.succeeded
local some_line = common.some_line
local filled = common.filled
local holds_number = common.holds_number
local windows_tool = common.windows_tool

local tests = {}

local socket_tools = one_of("ss", "netstat", "lsof")

-- A row of a table of sockets: ss and netstat say LISTEN, netstat.exe LISTENING, Get-NetTCPConnection Listen beside the bare port.
local function listening_row(line, port)
  if not line:upper():find("%f[%w]LISTEN%f[%W]") and not line:find("LISTENING", 1, true) then return false end
  return not port or holds_number(line, port)
end

-- node: whose listeners; WSL's unless said.
function tests.listening_seen(ev, t)
  local port, node = filled(t.port, ev.p), t.node or "wsl"
  local shown = ev:output("any", function(out, e)
    local of = (e.node == "windows" or windows_tool(e)) and "windows" or "wsl"
    if evidence.invokes(e.text or "", function(name) return name == "wsl" end) then of = "wsl" end
    return of == node and some_line(out, function(line) return listening_row(line, port) end)
  end)
  local ran = node == "wsl"
    and ev:ran("wsl", function(program, _, status) return succeeded(status) and socket_tools(program) end) or {}
  return looked(ev, shown, ran)
end

-- A rule of the port proxy in an output: one line with where it leads and its port, however the table was asked for.
-- connect: the address it leads to; port: the one it listens on.
function tests.portproxy_seen(ev, t)
  local connect, port = filled(t.connect, ev.p), filled(t.port, ev.p)
  return looked(ev, ev:output("any", function(out, e)
    return not (connect and ev:typed(connect, e)) and some_line(out, function(line)
      return not line:find("^%s*TCP%s") and (not connect or addr.within(line, connect))
        and (not port or holds_number(line, port)) and (connect ~= nil or line:find("%d+%.%d+%.%d+%.%d+") ~= nil)
    end)
  end))
end

-- netsh's "show", in whichever of its contexts for the firewall.
local function shows_firewall(name, rest)
  if name:find("^get%-netfirewall") then return true end
  rest = rest:lower()
  return name == "netsh" and rest:find("firewall", 1, true) ~= nil and rest:find("%f[%w]sho") ~= nil
end

-- Windows' firewall: an output that holds rules or profiles, or a question about them that was answered with nothing: that a rule is
-- missing is best seen so.
function tests.firewall_seen(ev)
  local rows = { "^%s*DefaultInboundAction%s*:", "^%s*Rule Name:%s", "^%s*Firewall Policy%s", "^%s*DisplayName%s*:%s",
    "^%s*Direction%s*:%s*Inbound" }
  return looked(ev, ev:output("any", function(out, e)
    if evidence.wrong_window(e) then return false end
    for _, row in ipairs(rows) do
      if some_line(out, function(line) return line:find(row) ~= nil end) and not (e.text or ""):find("echo") then return true end
    end
    return (e.node == "windows" or windows_tool(e)) and evidence.invokes(e.text or "", shows_firewall)
  end))
end

return tests
