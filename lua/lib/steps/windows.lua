-- SPDX-License-Identifier: GPL-2.0-or-later
-- What shows that Windows' side was looked at: what listens, what is passed on, what is let in.

local addr = require("addr")
local common = require("steps.common")
local looking = require("steps.looking")

local looked = common.looked
local has_arg = common.has_arg
local one_of = common.one_of
local succeeded = common.succeeded
local some_line = common.some_line
local filled = common.filled
local holds_number = common.holds_number

local tests = {}

-- An error repeats what was typed.
local function of_an_error(line)
  return line:find("^%s*%+ ") ~= nil or line:find("^%S+ : ") ~= nil or line:find("^At line:") ~= nil
end

-- A row of netstat says LISTENING, one of Get-NetTCPConnection Listen beside the bare port; a list has them on two lines.
local function listening_shown(out, port)
  for part in (out:gsub("\r", "") .. "\n\n"):gmatch("(.-)\n%s*\n") do
    local listed = part:find("State%s*:%s*Listen") and part:find("LocalPort%s*:%s*" .. (port or "%d+") .. "%f[%D]")
    if listed then return true end
  end
  return some_line(out, function(line)
    return not of_an_error(line) and line:upper():find("%f[%w]LISTEN%f[%W]") ~= nil and line:find("LISTENING") == nil
      and (not port or holds_number(line, port))
      or line:find("^%s*TCP%s+%S+:" .. (port or "%d+") .. "%s+%S+%s+LISTENING") ~= nil
  end)
end

-- Asked for what listens only, the port alone tells: Get-NetTCPConnection -State Listen | select LocalPort.
local function asked_for_listeners(finds, out, port)
  for _, f in ipairs(finds) do
    if f.name == "get-nettcpconnection" and f.rest:find("%f[%a]listen%f[%A]") and port then
      return some_line(out, function(line) return not of_an_error(line) and holds_number(line, port) end)
    end
  end
  return false
end

local function lists_sockets(program, argv)
  if program == "ss" or program == "netstat" then
    return has_arg(argv, function(a) return a:find("^%-%a*[la]") ~= nil or a == "--listening" or a == "--all" end)
  end
  if program == "lsof" then return has_arg(argv, function(a) return a:find("^%-%a*i") ~= nil end) end
  return has_arg(argv, function(a) return a:find("/proc/[%w/]*net/tcp6?$") ~= nil end) and not one_of("ls", "stat", "echo", "test")(program)
end

-- node: whose listeners; WSL's unless said.
function tests.listening_seen(ev, t)
  local port = filled(t.port, ev.p)
  if t.node ~= "windows" then
    return looked(ev, ev:ran("wsl", function(program, argv, status) return succeeded(status) and lists_sockets(program, argv) end))
  end
  return looked(ev, ev:output("any", function(out, e)
    local finds = looking.at(ev, e, "listening")
    return finds ~= nil and (listening_shown(out, port) or asked_for_listeners(finds, out, port))
  end))
end

-- What names the VPN in an output.
local function vpn_names(ev)
  local s = require("wsl2.state").hidden(require("attempt").healthy()).vpn
  return s and { s.alias, s.adapter, s.name, s.suffix, ev.p.vpn_address } or {}
end

function tests.vpn_seen(ev)
  return looked(ev, ev:output("any", function(out, e)
    return looking.at(ev, e, "vpn") ~= nil and some_line(out, function(line)
      for _, name in ipairs(of_an_error(line) and {} or vpn_names(ev)) do
        if line:find(name, 1, true) then return true end
      end
      return false
    end)
  end))
end

-- A rule of the port proxy in an output: one line with where it leads and its port, as a table or as `dump` has it.
-- connect: the address it leads to; port: the one it listens on.
function tests.portproxy_seen(ev, t)
  local connect, port = filled(t.connect, ev.p), filled(t.port, ev.p)
  return looked(ev, ev:output("any", function(out, e)
    return looking.at(ev, e, "portproxy") ~= nil and some_line(out, function(line)
      return not of_an_error(line) and (not connect or addr.within(line, connect)) and (not port or holds_number(line, port))
        and line:find("%d+%.%d+%.%d+%.%d+") ~= nil
    end)
  end))
end

local failures = { "ParameterBinding", "CommandNotFound", "is not recognized", "command not found", "The following command was not found",
  "ParserError", "One or more essential parameters", "is not a valid argument", "cannot be processed" }

local function failed(out)
  for _, words in ipairs(failures) do
    if out:find(words, 1, true) then return true end
  end
  return false
end

-- Whether Windows translates: what it has, or that it has nothing to show (Internet Connection Sharing is no NAT object).
function tests.nat_seen(ev)
  return looked(ev, ev:output("any", function(out, e) return looking.at(ev, e, "nat") ~= nil and not failed(out) end))
end

local firewall_rows = { "^%s*%w-InboundAction%s*:", "^%s*Rule Name:%s", "^%s*Firewall Policy%s", "^%s*Display%a*%s*:%s", "^%s*Direction%s*:%s",
  "^%s*LocalPort%s*:%s", "^%s*Protocol%s*:%s", "^%s*Enabled%s*:%s", "^%s*Count%s*:%s", "^[%s%-]*%-%-%-[%s%-]*$" }
-- Windows' own words for "there is none such".
local none_such = { "^No rules match the specified criteria", "objects found with property" }

-- A question by name, port or property, whose answer may be nothing.
local function asks_for_some(text)
  return nil ~= (text:find("%s%-eq%s") or text:find("%-i?c?like%s") or text:find("%-match%s") or text:find("%-i?n?contains%s") or text:find("%s%-in%s")
    or text:find("%s%-%a*name%s+%S") or text:find("findstr%s+%S") or text:find("select%-string%s+%S") or text:find("grep%s+%S"))
end

local function one_holds(out, rows)
  return some_line(out, function(line)
    for _, row in ipairs(rows) do
      if line:find(row) then return true end
    end
    return false
  end)
end

-- Windows' firewall: an output that holds rules or profiles, or a question about some that was answered with nothing: that a rule is
-- missing is best seen so.
function tests.firewall_seen(ev)
  return looked(ev, ev:output("any", function(out, e)
    if not looking.at(ev, e, "firewall") then return false end
    if failed(out) then return false end
    if one_holds(out, firewall_rows) or one_holds(out, none_such) then return true end
    return not out:find("%S") and asks_for_some((e.text or ""):lower())
  end))
end

return tests
