-- SPDX-License-Identifier: GPL-2.0-or-later
-- A session that can run lines: the shell's state, the formatter as its console, and what a line's end means.

local errors = require("windows.language.errors")
local eval = require("windows.language.eval")
local format = require("windows.format.format")
local grammar = require("windows.language.grammar")
local shell = require("windows.language.shell")
local world = require("windows.machine.world")
require("windows.language.pipeline")
require("windows.commands")

local session = {}

local function attach_console(sh)
  local sink = format.sink(sh, function(text) sh:write(text) end)
  sh.console = sink.emit
  sh.console_flush = sink.flush
  sh.console_finish = sink.finish
end

-- A session on a host (what C gives, or a test's table).
function session.new(host)
  local sh = shell.new(world.new(host))
  attach_console(sh)
  return sh
end

local function finished(sh, ok, e)
  sh.error_sink, sh.trying, sh.depth, sh.scope = nil, nil, 0, sh.globals
  if not (type(e) == "string" and errors.interrupted(e)) then
    pcall(sh.console_finish)
  end
  attach_console(sh)
  if ok then return sh.ok and 0 or (sh.exit_code ~= 0 and sh.exit_code or 1) end
  if type(e) == "table" and e.exit then return e.exit, true end
  if type(e) == "table" and e.parse then
    sh:report_parse(e.parse, e.source)
    return 1
  end
  local record = errors.caught(e)
  if record then
    sh:report(record)
    return 1
  end
  return 130
end

-- Runs a line. -> exit status as powershell.exe -Command would have it, and true where the line said exit. 130 after Ctrl-C.
function session.line(sh, text)
  local host = sh.world.host
  local outer = sh.source
  local ok, e = pcall(eval.text, sh, text, sh.console)
  local status, exits = finished(sh, ok, e)
  sh.source = outer
  if host.flush then host.flush() end
  return status, exits
end

-- Does a backtick end the text, joining it to the next line? One that another escapes does not.
function session.joins(text) return #text:match("`*$") % 2 == 1 end

-- Is the line whole, or does it wait for a closing bracket or quote, or for what a backtick joins to it? In a comment that joins nothing.
function session.unfinished(text)
  local tree, e = grammar.parse(text)
  return not tree and (e.incomplete or session.joins(text))
end

function shell:report_parse(e, source)
  self.ok = false
  self:flush()
  local text = errors.parse_text(e, source)
  if self.world.tty then text = "\27[91m" .. text:gsub("\n$", "") .. "\27[0m\n" end
  self:write_error(text)
end

-- Asks on the terminal; nil at its end.
function shell:ask(prompt)
  local host = self.world.host
  if not host.readline then return nil end
  return host.readline(prompt)
end

return session
