-- SPDX-License-Identifier: GPL-2.0-or-later
-- Programs that belong to the shell: cmd, powershell, notepad, findstr, find, more, dojo; Start-Process.

local cmd = require("windows.language.cmd")
local invoke = require("windows.language.invoke")
local ops = require("windows.language.ops")
local paths = require("windows.machine.paths")
local registry = require("windows.registry")

-- Runs f as a program of its own: the folder and the variables it leaves behind are not its caller's.
local function as_child(ctx, f)
  local sh, host = ctx.shell, ctx.world.host
  local location, env = sh.location, sh.env
  sh.env = {}
  for k, e in pairs(env) do sh.env[k] = setmetatable({ name = e.name, value = rawget(e, "value") }, getmetatable(e)) end
  local results = table.pack(pcall(f))
  sh.location, sh.env = location, env
  if host.chdir then host.chdir(location) end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

registry.add {
  name = "cmd", kind = "program", effect = "language", options = { "/c", "/k", "/?" }, lacks = "if, for, set /a, batch files",
  about = "a small cmd.exe of our own",
  synopsis = { en = "The command prompt.", ja = "コマンド プロンプトを開きます。" },
  run = function(ctx, words)
    return as_child(ctx, function() return cmd.run(ctx, words) end)
  end,
}

local function in_powershell(ctx, words)
  local main = require("windows.main")
  if ctx.lines or ctx.stdin() then
    local host, out = {}, {}
    for k, v in pairs(ctx.world.host) do host[k] = v end
    host.write = function(text) out[#out + 1] = text end
    host.input_tty, host.tty = false, false
    host.read_stdin_line = function() return nil end
    local status = main.powershell(host, words)
    for _, l in ipairs(paths.lines(table.concat(out))) do ctx.emit(l) end
    return status
  end
  return main.powershell(ctx.world.host, words)
end

registry.add {
  name = "powershell", kind = "program", aliases = { "pwsh" }, effect = "language", options = { "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "-Command",
    "-EncodedCommand", "-File" }, lacks = "-Version, -PSConsoleFile", about = "another session in this window",
  synopsis = { en = "Opens another PowerShell, or runs a command in one.", ja = "別の PowerShell を開く、または実行します。" },
  run = function(ctx, words)
    return as_child(ctx, function() return in_powershell(ctx, words) end)
  end,
}

registry.add {
  name = "notepad", kind = "program", effect = "changes", options = {}, lacks = "a window: it opens $VISUAL, $EDITOR, nano or vi in the terminal",
  about = "edits files of the Windows node",
  synopsis = { en = "Edits a text file.", ja = "テキスト ファイルを編集します。" },
  run = function(ctx, words)
    local name = words[1] or "Untitled.txt"
    local ok, why = ctx.world.edit(paths.full(ctx.shell, name))
    if ok == nil and why then
      ctx.emit(why)
      return 1
    end
  end,
}

-- Lines piped in, or of the files named.
local function source_lines(ctx, names)
  local text = #names == 0 and ctx.stdin() or nil
  if text then return paths.lines(text) end
  local lines = {}
  if #names == 0 then
    local host = ctx.world.host
    while host.read_stdin_line do
      local l = host.read_stdin_line()
      if not l then break end
      lines[#lines + 1] = l
    end
  end
  for _, n in ipairs(names) do
    local content = ctx.world.read_file(paths.full(ctx.shell, n))
    if not content then return nil, n end
    for _, l in ipairs(paths.lines(paths.decode(content))) do lines[#lines + 1] = l end
  end
  return lines
end

local function is_option(word) return word:find("^/%a") ~= nil and #word <= 3 or word:lower():find("^/c:") ~= nil end

-- findstr's patterns: . * [class] ^ $ \< \> are special unless /l; a pattern with spaces is several.
local function findstr_patterns(options, pattern)
  if options.whole then return { options.whole } end
  local list = {}
  for p in (pattern or ""):gmatch("%S+") do list[#list + 1] = p end
  return list
end

local function fits(line, patterns, options)
  for _, p in ipairs(patterns) do
    local hit
    if options.r or (not options.l and not options.whole and p:find("[%*%[%^%$]")) then
      hit = ops.match(nil, line, (p:gsub("\\[<>]", "\\b"):gsub("[%+%?%(%){}|]", "\\%0")), not options.i)
    else
      local a, b = options.i and line:lower() or line, options.i and p:lower() or p
      hit = a:find(b, 1, true) ~= nil
    end
    if hit and options.b then hit = line:sub(1, #p):lower() == p:lower() end
    if hit and options.e then hit = line:sub(-#p):lower() == p:lower() end
    if hit and options.x then hit = #line == #p end
    if hit then return true end
  end
  return false
end

registry.add {
  name = "findstr", kind = "program", effect = "language", options = { "/i", "/v", "/n", "/r", "/l", "/b", "/e", "/x", "/c:" }, lacks = "/s, /f, /g, /d",
  synopsis = { en = "Finds lines in text.", ja = "文字列を含む行を探します。" }, about = "text piped in and files",
  run = function(ctx, words)
    local options, pattern, names = {}, nil, {}
    for _, w in ipairs(words) do
      if is_option(w) then
        local whole = w:match("^/[cC]:(.*)$")
        if whole then options.whole = whole:gsub('^"(.*)"$', "%1") else options[w:sub(2):lower()] = true end
      elseif not pattern and not options.whole then
        pattern = w
      else
        names[#names + 1] = w
      end
    end
    if not pattern and not options.whole then
      ctx.emit("FINDSTR: Bad command line")
      return 2
    end
    local lines, missing = source_lines(ctx, names)
    if not lines then
      ctx.emit("FINDSTR: Cannot open " .. missing)
      return 1
    end
    local patterns, found = findstr_patterns(options, pattern), false
    for i, line in ipairs(lines) do
      if fits(line, patterns, options) ~= (options.v or false) then
        found = true
        ctx.emit((options.n and i .. ":" or "") .. line)
      end
    end
    return found and 0 or 1
  end,
}

registry.add {
  name = "find", kind = "program", effect = "language", options = { "/i", "/v", "/n", "/c" }, lacks = "/off", about = "text piped in and files",
  synopsis = { en = "Finds lines that hold a text.", ja = "文字列を含む行を探します。" },
  run = function(ctx, words)
    local options, pattern, names = {}, nil, {}
    for _, w in ipairs(words) do
      if w:find("^/%a$") then
        options[w:sub(2):lower()] = true
      elseif not pattern then
        pattern = w
      else
        names[#names + 1] = w
      end
    end
    if not pattern then
      ctx.emit("FIND: Parameter format not correct")
      return 2
    end
    local lines, missing = source_lines(ctx, names)
    if not lines then
      ctx.emit("File not found - " .. missing:upper())
      return 1
    end
    local n = 0
    for i, line in ipairs(lines) do
      local a, b = options.i and line:lower() or line, options.i and pattern:lower() or pattern
      if (a:find(b, 1, true) ~= nil) ~= (options.v or false) then
        n = n + 1
        if not options.c then ctx.emit((options.n and "[" .. i .. "]" or "") .. line) end
      end
    end
    if options.c then ctx.emit(tostring(n)) end
    return n > 0 and 0 or 1
  end,
}

registry.add {
  name = "more", kind = "program", effect = "language", options = {}, lacks = "pages: it shows all at once", about = "text piped in and files",
  synopsis = { en = "Shows text.", ja = "テキストを表示します。" },
  run = function(ctx, words)
    for _, l in ipairs(source_lines(ctx, words) or {}) do ctx.emit(l) end
  end,
}

registry.add {
  name = "dojo", kind = "program", effect = "reads", lacks = "",
  options = { "task", "hint", "map", "check", "phone", "internet", "on", "diagnose", "grade", "pause", "reset", "quit", "help" },
  synopsis = { en = "netdojo's own: the task, hints, your diagnosis, other machines, the grade.", ja = "netdojo のコマンド。課題、ヒント、診断、別のマシン、採点。" },
  about = "netdojo's own program",
  run = function(ctx, words)
    local status = ctx.world.spawn({ "/usr/bin/dojo", table.unpack(words) }, ctx.stdin(), ctx.lines)
    if status then return status end
    ctx.emit("netdojo: dojo is not in this lab")
    return 1
  end,
}

registry.add {
  name = "Start-Process", kind = "cmdlet", aliases = { "saps", "start" }, effect = "changes", lacks = "windows of its own: it runs here, and is waited for",
  synopsis = { en = "Starts a program.", ja = "プログラムを起動します。" },
  about = "the programs there are; -Verb RunAs just runs it: this prompt is an administrator's",
  parameters = { { name = "FilePath", type = "string", position = 1, mandatory = true }, { name = "ArgumentList", type = "string[]", position = 2,
    aliases = { "Args" } },
    { name = "Verb", type = "string" }, { name = "Wait", type = "switch" }, { name = "NoNewWindow", type = "switch", aliases = { "nnw" } },
    { name = "PassThru", type = "switch" }, { name = "WindowStyle", type = "string" } },
  run = function(ctx, args)
    local c = invoke.find(ctx.shell, args.FilePath)
    if not c or c.kind ~= "program" then
      ctx.throw("This command cannot be run due to the error: The system cannot find the file specified.", { category = "InvalidOperation",
        id = "InvalidOperationException,Microsoft.PowerShell.Commands.StartProcessCommand", exception = "InvalidOperationException" })
    end
    local words = {}
    for _, a in ipairs(args.ArgumentList or {}) do
      for w in a:gmatch("%S+") do words[#words + 1] = w end
    end
    ctx.shell.exit_code = invoke.program(ctx.shell, c, words)
  end,
}
