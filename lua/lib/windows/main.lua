-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the C program calls: prompt(host), line(host, text) -> status, exe(host, path, args) -> status, complete(text, cursor) ->
-- start, list. host is described in lua/windows/host.c.

local complete = require("windows.format.complete")
local errors = require("windows.language.errors")
local invoke = require("windows.language.invoke")
local paths = require("windows.machine.paths")
local registry = require("windows.registry")
local session = require("windows.language.session")

local main = {}

local banner = "Windows PowerShell\nCopyright (C) Microsoft Corporation. All rights reserved.\n\n"

local function interrupted(e) return errors.interrupted(e) end

-- One whole command, over several lines where it must be: text, or nil at the input's end.
local function read_command(sh)
  local host = sh.world.host
  local text = host.readline("PS " .. sh.location .. "> ")
  while text and session.unfinished(text) do
    local more = host.readline(">> ", true)
    if not more then return nil end
    -- An empty line ends what is not finished; then it is an error.
    if more == "" and not session.joins(text) and not text:find('@["\']%s*\n') and not text:find('@["\']%s*$') then return text end
    text = text .. "\n" .. more
  end
  return text
end

local function remember(sh, text)
  sh.history[#sh.history + 1] = { text = text, from = sh.world.now() }
end

-- A prompt until `exit` or the end of input.
function main.prompt(host)
  local sh = session.new(host)
  sh.interactive = true
  if host.completer then
    host.completer(function(text, cursor) return complete.at(sh, text, cursor) end)
  end
  if host.input_tty ~= false then host.write(banner) end
  while true do
    local ok, text = pcall(read_command, sh)
    if not ok and not interrupted(text) then error(text, 0) end
    if ok and text == nil then return sh.exit_code or 0 end
    if ok and text:find("%S") then
      remember(sh, text)
      if host.entered then host.entered(text) end
      local status, exits = session.line(sh, text)
      if host.left then host.left(status, sh.location) end
      if exits then return status end
    end
  end
end

-- One line, as `powershell -Command` runs it.
function main.line(host, text)
  local sh = session.new(host)
  return (session.line(sh, text))
end

local base64 = {}
do
  local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  for i = 1, #letters do base64[letters:sub(i, i)] = i - 1 end
end

local function decode_base64(s)
  local out, bits, n = {}, 0, 0
  for c in s:gmatch("[%w%+/]") do
    bits, n = (bits << 6 | base64[c]) & 0xFFFFFF, n + 6
    if n >= 8 then
      n = n - 8
      out[#out + 1] = string.char(bits >> n & 255)
    end
  end
  return table.concat(out)
end

local function input_lines(host)
  local parts = {}
  while host.read_stdin_line do
    local line = host.read_stdin_line()
    if not line then break end
    parts[#parts + 1] = line
  end
  return parts
end

local function all_input(host) return table.concat(input_lines(host), "\n") end

-- The text of -Command. $input in it is what comes in by standard input, read to its end only where it is named.
local function run_command(host, text)
  if host.input_tty ~= false or not text:lower():find("$input", 1, true) then return main.line(host, text) end
  local sh = session.new(host)
  sh:set("input", input_lines(host))
  return (session.line(sh, text))
end

-- powershell.exe's own options: name (any unique beginning) to how many words they take.
local options = { noprofile = 0, nop = 0, noninteractive = 0, nologo = 0, noexit = 0, sta = 0, mta = 0, executionpolicy = 1, ep = 1, ex = 1,
  inputformat = 1, outputformat = 1, windowstyle = 1, w = 1, version = 1, configurationname = 1 }

local function option(word)
  local key = word:lower():gsub("^[-/]+", "")
  if options[key] then return options[key] end
  if key == "?" or key == "help" or key == "h" then return "help" end
  for _, name in ipairs({ "command", "encodedcommand", "file" }) do
    if #key > 0 and name:sub(1, #key) == key then return name end
  end
  for name, n in pairs(options) do
    if #key > 2 and name:sub(1, #key) == key then return n end
  end
end

local usage = [[
PowerShell[.exe] [-NoLogo] [-NoExit] [-NoProfile] [-NonInteractive]
    [-ExecutionPolicy <ExecutionPolicy>] [-EncodedCommand <Base64EncodedCommand>]
    [-File <filePath> <args>] [-Command { - | <script-block> [-args <arg-array>]
                                          | <string> [<CommandParameters>] } ]
PowerShell[.exe] -Help | -? | /?
]]

local function quoted(s) return "'" .. s:gsub("'", "''") .. "'" end

local function run_file(sh, args, i)
  local path = args[i + 1]
  if not path then return 1 end
  local full = paths.full(sh, path)
  if not sh.world.stat(full) then
    sh:write_error(("The argument '%s' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as an argument to the " ..
      "-File parameter.\n"):format(path))
    return -196608 & 255
  end
  local words = { "& " .. quoted(full) }
  for k = i + 2, #args do words[#words + 1] = args[k]:find("^%-%a") and args[k] or quoted(args[k]) end
  local status = session.line(sh, table.concat(words, " "))
  return status
end

-- powershell.exe with its words.
function main.powershell(host, args)
  local i = 1
  while i <= #args do
    local word = args[i]
    local o = word:find("^[-/]") and option(word)
    if type(o) == "number" then
      i = i + 1 + o
    elseif o == "help" then
      host.write(usage)
      return 0
    elseif o == "file" then
      return run_file(session.new(host), args, i)
    elseif o == "encodedcommand" then
      return main.line(host, paths.decode("\255\254" .. decode_base64(args[i + 1] or "")))
    else
      local first = o == "command" and i + 1 or i
      local text = table.concat(args, " ", math.min(first, #args + 1))
      if text == "-" or (o == nil and word == "-") then return main.line(host, all_input(host)) end
      return run_command(host, text)
    end
  end
  if host.input_tty == false then return main.line(host, all_input(host)) end
  return main.prompt(host)
end

local function run_program(host, name, args)
  local command = registry.find(name)
  if not command or command.kind ~= "program" then
    host.write_error(("'%s' is not recognized as an internal or external command,\noperable program or batch file.\n"):format(name))
    return 1
  end
  local sh = session.new(host)
  local ok, status = pcall(invoke.program, sh, command, args)
  if ok then
    sh.console_finish()
    return status
  end
  if interrupted(status) then return 130 end
  if type(status) == "table" and status.exit then return status.exit end
  local record = errors.caught(status)
  if record then host.write_error(record.message .. "\n") end
  return 1
end

-- A Windows program by its path, as WSL or another program calls it.
function main.exe(host, path, args)
  local name = paths.leaf(path):lower():gsub("%.exe$", "")
  if name == "powershell" or name == "pwsh" then return main.powershell(host, args) end
  return run_program(host, name, args)
end

local completing

function main.complete(text, cursor)
  completing = completing or session.new({ write = function() end, write_error = function() end })
  return complete.at(completing, text, cursor)
end

return main
