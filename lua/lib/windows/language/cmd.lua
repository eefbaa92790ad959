-- SPDX-License-Identifier: GPL-2.0-or-later
-- A small cmd.exe: programs of the registry, its own commands, & && || | and redirections, %VAR%.

local errors = require("windows.language.errors")
local invoke = require("windows.language.invoke")
local lpeg = require("lpeg")
local paths = require("windows.machine.paths")
local registry = require("windows.registry")
local trim = require("windows.language.trim")
local wrong = require("windows.language.wrong")

local cmd = {}

local P, R, S, C, Cc, Cg, Cs, Ct, V = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cs, lpeg.Ct, lpeg.V

-- Grammar: a list of pipelines, each with the operator before it; a command is words and redirections.
local blank = S(" \t,;=")
local ws = S(" \t")^0
local quoted = P('"') * (1 - P('"'))^0 * P('"')^-1
local bare = (P("^") / "") * P(1) + (1 - S(' \t&|<>"^'))
local word = Cs((quoted + bare)^1)
local redirection = Ct(Cg(S("012")^-1 / function(d) return d == "" and "1" or d end, "from") * (P(">&") * Cg(C(S("12")), "merge") +
  Cg(C(P(">>") + ">" + "<"), "mode") * ws * Cg(word, "target")))
local line = P({
  ws * Ct(Ct(Cg(Cc("&"), "op") * V("pipe"))^-1 * (ws * Ct(Cg(C(P("&&") + "||" + "&"), "op") * ws * V("pipe")))^0) * ws * P("&")^-1 * ws * -1,
  pipe = V("command") * (ws * P("|") * -P("|") * ws * V("command"))^0,
  command = Ct(Cg(Ct((ws * redirection)^0), "before") * ws * Cg(C((quoted + (P("^") * P(1)) + (1 - S('&|<>"^')) - (S("12") * #S("<>")))^1), "text") *
    Cg(Ct((ws * redirection * (ws * C((1 - S("&|<>"))^1) / 0)^-1)^0), "after")),
})

local words_of = Ct((blank^0 * Cs((quoted + (P("^") / "") * P(1) + (1 - S(' \t"^')))^1))^0)

local function plain(w) return (w:gsub('"', "")) end

local percent = Cs((P("%") * C((R("az", "AZ", "09") + S("_()"))^1) * P("%") / function(n) return "%" .. n .. "%" end + 1)^0)

-- %NAME%: its value, or itself where there is none and at the prompt.
local function expanded(sh, text)
  return (percent:match(text):gsub("%%([%w_%(%)]+)%%", function(name)
    local special = { cd = sh.location, errorlevel = tostring(sh.exit_code or 0) }
    return special[name:lower()] or sh:get_env(name)
  end))
end

local function not_recognized(io, name)
  io.err(("'%s' is not recognized as an internal or external command,\noperable program or batch file.\n"):format(name))
  local reason = wrong.window(io.sh.world, name)
  if reason then io.err(reason) end
  return 9009
end

-- cmd's own commands: function(io, words, rest) -> status. io.out(text), io.err(text), io.sh, io.stdin.
local own = {}

function own.echo(io, _, rest)
  local text = rest:gsub("^[ %.:]", "")
  if text:lower() == "on" or text:lower() == "off" then return 0 end
  io.out((text == "" and rest == "" and "ECHO is on." or (text:gsub("%^(.)", "%1"))) .. "\n")
end
own["echo."] = function(io) io.out("\n") end

function own.set(io, _, rest)
  local sh = io.sh
  rest = rest:gsub("^%s+", ""):gsub('^"(.*)"%s*$', "%1")
  local name, value = rest:match("^([^=]+)=(.*)$")
  if name then
    sh:set_env(name, value)
    return 0
  end
  local list = {}
  for _, e in pairs(sh.env) do
    if e.name:lower():sub(1, #rest) == rest:lower() then list[#list + 1] = e.name .. "=" .. e.value end
  end
  table.sort(list, function(a, b) return a:lower() < b:lower() end)
  if #list == 0 then
    io.err(("Environment variable %s not defined\n"):format(rest))
    return 1
  end
  io.out(table.concat(list, "\n") .. "\n")
end

function own.ver(io)
  local w = (io.sh.world.model().windows or {}).version or {}
  io.out(("\nMicrosoft Windows [Version %s.%s]\n"):format(w.Version or "10.0.26100", w.Build or "4061"))
end

function own.cls(io)
  if io.sh.world.tty then io.out("\27[H\27[2J") end
end

function own.cd(io, words)
  local sh = io.sh
  local name = words[1] and words[1]:lower() == "/d" and words[2] or words[1]
  if not name then
    io.out(sh.location .. "\n")
    return 0
  end
  local full = paths.full(sh, plain(name))
  local st = sh.world.stat(full)
  if not st or not st.is_folder then
    io.err("The system cannot find the path specified.\n")
    return 1
  end
  sh.location = st.path or full
  if sh.world.host.chdir then sh.world.host.chdir(sh.location) end
end
own.chdir = own.cd

function own.type(io, words)
  for _, n in ipairs(words) do
    local text = io.sh.world.read_file(paths.full(io.sh, plain(n)))
    if not text then
      io.err("The system cannot find the file specified.\n")
      return 1
    end
    io.out(paths.decode(text):gsub("\r\n", "\n"))
  end
end

function own.dir(io, words)
  local sh, name = io.sh, nil
  local bare_names, hidden = false, false
  for _, w in ipairs(words) do
    if w:lower():find("^/a") then hidden = true elseif w:lower() == "/b" then bare_names = true elseif w:sub(1, 1) ~= "/" then name = plain(w) end
  end
  local full = paths.full(sh, name or ".")
  local list = sh.world.list_folder(full)
  if not list then
    io.err("File Not Found\n")
    return 1
  end
  local time = require("windows.format.time")
  if not bare_names then io.out(" Volume in drive C has no label.\n\n Directory of " .. full .. "\n\n") end
  for k = #list, 1, -1 do
    if not hidden and list[k].is_folder and list[k].name:lower() == "appdata" then table.remove(list, k) end
  end
  if not bare_names and #full > 3 then
    for k, dots in ipairs({ ".", ".." }) do table.insert(list, k, { name = dots, is_folder = true, mtime = (sh.world.stat(full) or {}).mtime }) end
  end
  local files, size, folders = 0, 0, 0
  for _, e in ipairs(list) do
    if e.is_folder then folders = folders + 1 else files, size = files + 1, size + (e.size or 0) end
    local at = bare_names or time.format(time.object(sh.world, e.mtime or 0), "MM/dd/yyyy  hh:mm tt")
    io.out(bare_names and e.name .. "\n" or ("%s    %s %s\n"):format(at, e.is_folder and "<DIR>         " or ("%14d"):format(e.size or 0), e.name))
  end
  if not bare_names then io.out(("%16d File(s) %14d bytes\n%16d Dir(s)\n"):format(files, size, folders)) end
end

function own.del(io, words)
  for _, n in ipairs(words) do
    local full = paths.full(io.sh, plain(n))
    if n:sub(1, 1) ~= "/" and not io.sh.world.stat(full) then
      io.err("Could Not Find " .. full .. "\n")
    elseif n:sub(1, 1) ~= "/" then
      io.sh.world.remove_file(full)
    end
  end
end
own.erase = own.del

function own.copy(io, words)
  local sh = io.sh
  local text = words[1] and sh.world.read_file(paths.full(sh, plain(words[1])))
  if not text then
    io.err("The system cannot find the file specified.\n")
    return 1
  end
  local to = paths.full(sh, plain(words[2] or "."))
  local st = sh.world.stat(to)
  if st and st.is_folder then to = paths.join(to, paths.leaf(plain(words[1]))) end
  local ok, why = sh.world.write_file(to, text, false)
  if not ok then
    io.err((why or "Access is denied.") .. "\n")
    return 1
  end
  io.out("        1 file(s) copied.\n")
end

function own.md(io, words)
  for _, n in ipairs(words) do io.sh.world.make_folder(paths.full(io.sh, plain(n))) end
end
own.mkdir = own.md

function own.rem() end
function own.pause(io)
  io.out("Press any key to continue . . . ")
  io.sh:ask("")
end
function own.title() end
function own.exit(io, words)
  local n = tonumber(words[1]) or tonumber(words[2]) or io.sh.exit_code or 0
  error({ cmd_exit = math.tointeger(n) or 0 }, 0)
end

-- The program that a word means: in cmd a cmdlet's aliases mean nothing.
local function program(name)
  local leaf = paths.leaf(name:gsub('"', "")):lower():gsub("%.exe$", ""):gsub("%.com$", "")
  return registry.program(leaf)
end

local function run_program(io, c, words, text)
  local lines = io.captured and function(l) io.out(l .. "\n") end or nil
  local args = {}
  for i = 2, #words do args[i - 1] = plain(words[i]) end
  -- What WSL shall run goes there with its quotes.
  local sh, saved = io.sh, io.sh.source
  sh.source = text
  local ok, status = pcall(invoke.program, sh, c, args, io.stdin, lines)
  sh.source = saved
  if ok then
    if not io.captured then sh:flush() end
    return status
  end
  local record = errors.caught(status)
  if not record then error(status, 0) end
  io.err(record.message .. "\n")
  return 1
end

local function simple(io, text)
  text = trim.stop((text:gsub("^[%s@]+", "")))
  local words = words_of:match(text)
  local name = words[1]
  if not name then return 0 end
  local head, tail = text:match("^(%a+)(.*)$")
  local key = head and head:lower()
  if key and own[key] and (tail == "" or tail:find("^[%s%.\\/:]")) then
    return own[key](io, { table.unpack(words_of:match(tail)) }, tail) or 0
  end
  if text:match("^%a:$") then return 0 end
  local c = program(name)
  if not c then return not_recognized(io, plain(name)) end
  return run_program(io, c, words, text)
end

local function nothing() end

-- Runs a command with its redirections in force.
local function redirected(io, command)
  local sh = io.sh
  local inner = { sh = sh, out = io.out, err = io.err, captured = io.captured, stdin = io.stdin }
  for _, r in ipairs({ table.unpack(command.before), table.unpack(command.after) }) do
    local put = nothing
    if r.mode == "<" then
      local text = sh.world.read_file(paths.full(sh, plain(r.target)))
      if not text then
        io.err("The system cannot find the file specified.\n")
        return 1
      end
      inner.stdin = paths.decode(text)
    elseif r.target and plain(r.target):lower() ~= "nul" then
      local full = paths.full(sh, plain(r.target))
      local ok = sh.world.write_file(full, "", r.mode == ">>")
      if not ok then
        io.err("The system cannot find the path specified.\n")
        return 1
      end
      put = function(text) sh.world.write_file(full, text, true) end
    end
    if r.merge then
      if r.from == "2" then inner.err = inner.out end
    elseif r.mode ~= "<" then
      if r.from == "2" then
        inner.err = put
      else
        inner.out, inner.captured = put, true
      end
    end
  end
  return simple(inner, command.text)
end

local function piped(io, list)
  local stdin, status = io.stdin, 0
  for i, command in ipairs(list) do
    local parts = {}
    local last = i == #list
    local out = last and io.out or function(text) parts[#parts + 1] = text end
    status = redirected({ sh = io.sh, out = out, err = io.err, captured = not last or io.captured, stdin = stdin }, command)
    if not last then stdin = table.concat(parts) end
  end
  return status
end

-- A line -> status of its last command.
local function run_line(io, text)
  local list = line:match(expanded(io.sh, text))
  if not list then
    io.err("The syntax of the command is incorrect.\n")
    return 1
  end
  local status = 0
  for _, part in ipairs(list) do
    if not (part.op == "&&" and status ~= 0 or part.op == "||" and status == 0) then
      status = piped(io, part) or 0
      io.sh.exit_code = status
    end
  end
  return status
end

local function console(ctx)
  local sh = ctx.shell
  if ctx.lines then
    local rest = ""
    return { sh = sh, captured = true, stdin = ctx.stdin(), out = function(text)
      local whole, more = text:match("^(.*\n)(.*)$")
      if not whole then rest = rest .. text return end
      whole, rest = rest .. whole, more
      for l in whole:gmatch("(.-)\n") do ctx.emit(l) end
    end, err = function(text) sh:write_error(text) end, finish = function() if rest ~= "" then ctx.emit(rest) end end }
  end
  return { sh = sh, captured = false, stdin = ctx.stdin(), out = function(text) sh:flush() sh:write(text) end,
    err = function(text) sh:flush() sh:write_error(text) end, finish = nothing }
end

local function guarded(io, text)
  local ok, status = pcall(run_line, io, text)
  if ok then return status end
  if type(status) == "table" and status.cmd_exit then return status.cmd_exit, true end
  error(status, 0)
end

local function prompt(io)
  local sh, host = io.sh, io.sh.world.host
  own.ver({ sh = sh, out = function(t) host.write((t:gsub("^\n", ""))) end })
  host.write("(c) Microsoft Corporation. All rights reserved.\n")
  while true do
    local ok, text = pcall(host.readline, "\n" .. sh.location .. ">")
    if not ok and not errors.interrupted(text) then error(text, 0) end
    if ok and text == nil then return sh.exit_code or 0 end
    if ok and text:find("%S") then
      local done, status, exits = pcall(guarded, io, text)
      if done and exits then return status end
      if not done and not errors.interrupted(status) then error(status, 0) end
    end
  end
end

-- cmd.exe with its words.
function cmd.run(ctx, words)
  local io = console(ctx)
  for i, w in ipairs(words) do
    local key = w:lower()
    if key == "/c" or key == "/k" or key == "/r" then
      local rest = table.concat(words, " ", i + 1)
      if key ~= "/k" then rest = rest:gsub('^"(.*)"$', "%1") end
      local status, exits = guarded(io, rest)
      io.finish()
      if key ~= "/k" or exits then return status end
      return prompt(io)
    end
    if key == "/?" then
      io.out("Starts a new instance of the Windows command interpreter\n\nCMD [/C | /K] [command]\n")
      return 0
    end
  end
  if io.stdin then
    local status = 0
    for _, l in ipairs(paths.lines(io.stdin)) do status = guarded(io, l) end
    io.finish()
    return status
  end
  return prompt(io)
end

return cmd
