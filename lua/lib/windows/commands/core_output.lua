-- SPDX-License-Identifier: GPL-2.0-or-later
-- Write-*, Out-*, Tee-Object.

local errors = require("windows.language.errors")
local format = require("windows.format.format")
local paths = require("windows.machine.paths")
local registry = require("windows.registry")
local values = require("windows.language.values")

local anything = { name = "InputObject", type = "any", position = 1, rest = true }

registry.add {
  name = "Write-Output", kind = "cmdlet", aliases = { "echo", "write" }, effect = "language", lacks = "", about = "gives its arguments on",
  synopsis = { en = "Sends objects to the next command.", ja = "オブジェクトを次のコマンドへ渡します。" },
  parameters = { anything, { name = "NoEnumerate", type = "switch" } },
  run = function(ctx, args)
    if args.InputObject ~= nil then ctx.emit(args.InputObject) end
    for v in ctx.input do ctx.emit(v) end
  end,
}

local colours = { Black = 30, DarkBlue = 34, DarkGreen = 32, DarkCyan = 36, DarkRed = 31, DarkMagenta = 35, DarkYellow = 33, Gray = 37, DarkGray = 90,
  Blue = 94, Green = 92, Cyan = 96, Red = 91, Magenta = 95, Yellow = 93, White = 97 }
local colour_names = {}
for name in pairs(colours) do colour_names[#colour_names + 1] = name end
table.sort(colour_names)

local function joined(v, by)
  local parts = {}
  for i, e in ipairs(values.list(v)) do parts[i] = values.is_list(e) and joined(e, by) or values.text(e) end
  return table.concat(parts, by)
end

registry.add {
  name = "Write-Host", kind = "cmdlet", effect = "language", lacks = "", about = "writes to the console, past the pipeline; colours on a terminal",
  synopsis = { en = "Writes text on the console.", ja = "コンソールに文字を表示します。" },
  parameters = { { name = "Object", type = "any", position = 1, rest = true }, { name = "NoNewline", type = "switch" },
    { name = "Separator", type = "string" }, { name = "ForegroundColor", type = "enum", values = colour_names, aliases = { "fore" } },
    { name = "BackgroundColor", type = "enum", values = colour_names } },
  run = function(ctx, args)
    local function put(v)
      local text = joined(v, args.Separator or " ")
      if ctx.world.tty and args.ForegroundColor then text = "\27[" .. colours[args.ForegroundColor] .. "m" .. text .. "\27[0m" end
      if ctx.world.tty and args.BackgroundColor then text = "\27[" .. colours[args.BackgroundColor] + 10 .. "m" .. text .. "\27[0m" end
      ctx.shell:flush()
      ctx.shell:write(text .. (args.NoNewline and "" or "\n"))
    end
    if args.Object ~= nil or not ctx.piped then put(args.Object) end
    for v in ctx.input do put(v) end
  end,
}

registry.add {
  name = "Write-Error", kind = "cmdlet", effect = "language", lacks = "-ErrorRecord", about = "writes an error as PowerShell does",
  synopsis = { en = "Writes an error.", ja = "エラーを出力します。" },
  parameters = { { name = "Message", type = "string", position = 1, mandatory = true, aliases = { "Msg" } }, { name = "Category", type = "string" },
    { name = "ErrorId", type = "string" }, { name = "TargetObject", type = "object" } },
  run = function(ctx, args)
    local typed = ctx.source:sub(ctx.pos, ctx.stop_pos - 1)
    local r = errors.record({ message = args.Message, category = args.Category or "NotSpecified", target = args.TargetObject, command = "Write-Error",
      exception = "WriteErrorException", id = args.ErrorId or "Microsoft.PowerShell.Commands.WriteErrorException" })
    if ctx.error_action == "Stop" or values.text(ctx.shell:get("ErrorActionPreference")):lower() == "stop" then error({ ps = r, fatal = true }, 0) end
    if ctx.error_action ~= "SilentlyContinue" and ctx.error_action ~= "Ignore" then
      r.message, r.bare = typed .. " : " .. r.message, true
    end
    ctx.failed = true
    ctx.shell:report(r, ctx.error_action == "SilentlyContinue" or ctx.error_action == "Ignore")
  end,
}

local message = { name = "Message", type = "string", position = 1, mandatory = true, pipeline = "value", aliases = { "Msg" } }

registry.add {
  name = "Write-Warning", kind = "cmdlet", effect = "language", lacks = "", about = "writes a warning",
  synopsis = { en = "Writes a warning.", ja = "警告を出力します。" }, parameters = { message },
  run = function(ctx, args) ctx.warn(args.Message) end,
}

local function quiet_stream(name, preference, label)
  registry.add {
    name = name, kind = "cmdlet", effect = "language", lacks = "", about = "shown where -Verbose or the preference asks for it",
    synopsis = { en = "Writes a message that is shown only when it is asked for.", ja = "求められたときだけ表示されるメッセージを出力します。" },
    parameters = { message },
    run = function(ctx, args)
      local wanted = values.text(ctx.shell:get(preference)):lower() == "continue" or ctx.verbose
      if not wanted then return end
      ctx.shell:flush()
      ctx.shell:write(label .. args.Message .. "\n")
    end,
  }
end

quiet_stream("Write-Verbose", "VerbosePreference", "VERBOSE: ")
quiet_stream("Write-Debug", "DebugPreference", "DEBUG: ")
quiet_stream("Write-Information", "InformationPreference", "")

local function all_of(ctx, args)
  local list = {}
  for _, v in ipairs(values.list(args.InputObject)) do list[#list + 1] = v end
  for v in ctx.input do list[#list + 1] = v end
  return list
end

registry.add {
  name = "Out-String", kind = "cmdlet", aliases = { "oss" }, effect = "language", lacks = "", about = "what the console would show, as text",
  synopsis = { en = "Turns objects into the text that would be shown.", ja = "表示される内容を文字列にします。" },
  parameters = { { name = "Stream", type = "switch" }, { name = "Width", type = "int" }, { name = "InputObject", type = "any" } },
  run = function(ctx, args)
    local text = format.text(ctx.shell, all_of(ctx, args), args.Width)
    if not args.Stream then return ctx.emit(text) end
    for _, l in ipairs(paths.lines(text)) do ctx.emit(l) end
  end,
}

registry.add {
  name = "Out-Null", kind = "cmdlet", effect = "language", lacks = "", about = "drops what it is given",
  synopsis = { en = "Drops its input.", ja = "入力を捨てます。" }, parameters = { { name = "InputObject", type = "any" } },
  run = function(ctx)
    while ctx.input() ~= nil do end
  end,
}

local function to_console(name)
  registry.add {
    name = name, kind = "cmdlet", aliases = name == "Out-Host" and { "oh" } or {}, effect = "language", lacks = "-Paging", about = "writes to the console",
    synopsis = { en = "Shows objects on the console.", ja = "オブジェクトをコンソールに表示します。" },
    parameters = { { name = "Paging", type = "switch" }, { name = "InputObject", type = "any" } },
    run = function(ctx, args)
      for _, v in ipairs(values.list(args.InputObject)) do ctx.shell.console(v) end
      for v in ctx.input do ctx.shell.console(v) end
    end,
  }
end

to_console("Out-Host")
to_console("Out-Default")

-- A writer to a file; complaints in the cmdlet's name.
local function writer(ctx, path, append)
  local full = paths.full(ctx.shell, path)
  local ok, why = ctx.world.write_file(full, "", append)
  if not ok then
    ctx.throw(why or ("Could not find a part of the path '" .. full .. "'."), { category = "OpenError", id = "FileOpenFailure", exception = "IOException" })
  end
  return function(text) ctx.world.write_file(full, text, true) end
end

registry.add {
  name = "Out-File", kind = "cmdlet", effect = "changes", lacks = "-Encoding is taken and UTF-8 is written, where Windows PowerShell writes UTF-16",
  about = "writes a file of the Windows node",
    synopsis = { en = "Writes to a file what would be shown.", ja = "表示される内容をファイルに書きます。" },
  parameters = { { name = "FilePath", type = "string", position = 1, mandatory = true, aliases = { "Path", "LiteralPath" } },
    { name = "Append", type = "switch" }, { name = "Encoding", type = "string", position = 2 }, { name = "Width", type = "int" },
    { name = "Force", type = "switch" }, { name = "NoClobber", type = "switch" }, { name = "NoNewline", type = "switch" },
    { name = "InputObject", type = "any" } },
  run = function(ctx, args)
    local full = paths.full(ctx.shell, args.FilePath)
    if not ctx.should("Output to File", full) then return end
    local put = writer(ctx, args.FilePath, args.Append)
    put(format.text(ctx.shell, all_of(ctx, args), args.Width))
  end,
}

registry.add {
  name = "Tee-Object", kind = "cmdlet", aliases = { "tee" }, effect = "language", lacks = "", about = "to a file or variable, and on",
  synopsis = { en = "Keeps what passes in a file or variable.", ja = "通過する内容をファイルか変数にも保存します。" },
  parameters = { { name = "FilePath", type = "string", position = 1 }, { name = "Append", type = "switch" }, { name = "Variable", type = "string" } },
  run = function(ctx, args)
    local all = {}
    for v in ctx.input do
      all[#all + 1] = v
      ctx.emit(v)
    end
    if args.Variable then ctx.shell:set(args.Variable, #all == 1 and all[1] or all) end
    if args.FilePath then writer(ctx, args.FilePath, args.Append)(format.text(ctx.shell, all)) end
  end,
}
