-- SPDX-License-Identifier: GPL-2.0-or-later
-- The session itself: variables, aliases, history, the screen.

local object = require("windows.object")
local registry = require("windows.registry")
local trim = require("windows.language.trim")
local values = require("windows.language.values")
local views = require("windows.format.views")

views.add("PSVariable", { table = { columns = { { "Name", width = 30 }, { "Value" } } } })
views.add("AliasInfo", { table = { columns = { { "CommandType", width = 15 }, { "Name", width = 50, value = function(o)
  return o.Name .. " -> " .. o.Definition end }, { "Version", width = 10 }, { "Source" } } } })

local function variable(v) return object.new("PSVariable", { { "Name", v.name }, { "Value", v.value } }) end

local name = { name = "Name", type = "string[]", position = 1 }

registry.add {
  name = "Get-Variable", kind = "cmdlet", aliases = { "gv" }, effect = "language", lacks = "-Scope", about = "the session's variables",
  synopsis = { en = "Lists variables.", ja = "変数を一覧します。" }, parameters = { name, { name = "ValueOnly", type = "switch" } },
  run = function(ctx, args)
    for _, p in ipairs(args.Name or { "*" }) do
      local found = false
      for _, v in ipairs(ctx.shell:variables()) do
        if values.like(v.name, p) then
          found = true
          ctx.emit(args.ValueOnly and v.value or variable(v))
        end
      end
      if not found and not values.has_wildcard(p) then
        ctx.fail(("Cannot find a variable with the name '%s'."):format(p), { category = "ObjectNotFound", target = p,
          id = "VariableNotFound,Microsoft.PowerShell.Commands.GetVariableCommand", exception = "ItemNotFoundException" })
      end
    end
  end,
}

for _, word in ipairs({ "Set-Variable", "New-Variable" }) do
  registry.add {
    name = word, kind = "cmdlet", aliases = word == "Set-Variable" and { "sv", "set" } or { "nv" }, effect = "language", lacks = "-Scope, -Option",
    synopsis = { en = "Sets a variable.", ja = "変数に値を入れます。" }, about = "the session's variables",
    parameters = { { name = "Name", type = "string", position = 1, mandatory = true }, { name = "Value", type = "any", position = 2 } },
    run = function(ctx, args) ctx.shell:set(args.Name, args.Value) end,
  }
end

registry.add {
  name = "Remove-Variable", kind = "cmdlet", aliases = { "rv" }, effect = "language", lacks = "-Scope", about = "the session's variables",
  synopsis = { en = "Removes a variable.", ja = "変数を消します。" }, parameters = { name },
  run = function(ctx, args)
    for _, n in ipairs(args.Name or {}) do
      if not ctx.shell:unset(n) then
        ctx.fail(("Cannot find a variable with the name '%s'."):format(n), { category = "ObjectNotFound", target = n,
          id = "VariableNotFound,Microsoft.PowerShell.Commands.RemoveVariableCommand", exception = "ItemNotFoundException" })
      end
    end
  end,
}

local function all_aliases(ctx)
  local list = {}
  for _, c in ipairs(registry.all()) do
    for _, a in ipairs(c.aliases or {}) do list[#list + 1] = { a, c.name } end
  end
  for a, d in pairs(ctx.shell.aliases) do list[#list + 1] = { a, d } end
  table.sort(list, function(a, b) return a[1]:lower() < b[1]:lower() end)
  return list
end

registry.add {
  name = "Get-Alias", kind = "cmdlet", aliases = { "gal" }, effect = "language", lacks = "", about = "the commands' short names",
  synopsis = { en = "Lists aliases.", ja = "別名を一覧します。" }, parameters = { name, { name = "Definition", type = "string" } },
  run = function(ctx, args)
    local found
    for _, a in ipairs(all_aliases(ctx)) do
      local fits = not args.Name
      for _, p in ipairs(args.Name or {}) do fits = fits or values.like(a[1], p) end
      if args.Definition then fits = fits and values.like(a[2], args.Definition) end
      if fits then
        found = true
        ctx.emit(object.new("AliasInfo", { { "CommandType", "Alias" }, { "Name", a[1] }, { "Definition", a[2] }, { "Version", "" }, { "Source", "" } }))
      end
    end
    if not found and args.Name then
      ctx.fail(("This command cannot find a matching alias because an alias with the name '%s' does not exist."):format(args.Name[1]),
        { category = "ObjectNotFound", target = args.Name[1], id = "ItemNotFoundException,Microsoft.PowerShell.Commands.GetAliasCommand",
          exception = "ItemNotFoundException" })
    end
  end,
}

for _, word in ipairs({ "Set-Alias", "New-Alias" }) do
  registry.add {
    name = word, kind = "cmdlet", aliases = word == "Set-Alias" and { "sal" } or { "nal" }, effect = "language", lacks = "-Scope, -Option",
    synopsis = { en = "Gives a command another name.", ja = "コマンドに別名を付けます。" }, about = "of this session",
    parameters = { { name = "Name", type = "string", position = 1, mandatory = true }, { name = "Value", type = "string", position = 2, mandatory = true } },
    run = function(ctx, args) ctx.shell.aliases[args.Name:lower()] = args.Value end,
  }
end

registry.add {
  name = "Get-History", kind = "cmdlet", aliases = { "h", "history", "ghy" }, effect = "language", lacks = "-Id", about = "this session's lines",
  synopsis = { en = "Lists what was typed.", ja = "入力したコマンドを一覧します。" },
  parameters = { { name = "Count", type = "int", position = 1 } },
  run = function(ctx, args)
    local all = ctx.shell.history
    for i = math.max(1, #all - (args.Count or #all)), #all - (ctx.shell.interactive and 1 or 0) do
      ctx.emit(object.new("HistoryInfo", { { "Id", i }, { "CommandLine", all[i].text } }))
    end
  end,
}

registry.add {
  name = "Clear-Host", kind = "cmdlet", aliases = { "cls", "clear" }, effect = "language", lacks = "", about = "clears the terminal",
  synopsis = { en = "Clears the screen.", ja = "画面を消します。" }, parameters = {},
  run = function(ctx)
    ctx.shell:flush()
    if ctx.world.tty then ctx.shell:write("\27[H\27[2J\27[3J") end
  end,
}

registry.add {
  name = "Invoke-Expression", kind = "cmdlet", aliases = { "iex" }, effect = "language", lacks = "", about = "runs text as a line",
  synopsis = { en = "Runs text as a command.", ja = "文字列をコマンドとして実行します。" },
  parameters = { { name = "Command", type = "string", position = 1, mandatory = true, pipeline = "value" } },
  run = function(ctx, args)
    local sh = ctx.shell
    if sh.depth >= sh.DEPTH_MAX then
      ctx.throw("The script failed due to call depth overflow.", { category = "InvalidOperation", id = "CallDepthOverflow",
        exception = "ScriptCallDepthException" })
    end
    sh.depth = sh.depth + 1
    local ok, e = pcall(require("windows.language.eval").text, sh, args.Command, ctx.emit)
    sh.depth = sh.depth - 1
    if ok then return end
    if type(e) == "table" and e.parse then
      ctx.throw(e.parse.message, { category = "ParserError", id = e.parse.id .. ",Microsoft.PowerShell.Commands.InvokeExpressionCommand",
        exception = "ParseException" })
    end
    error(e, 0)
  end,
}

registry.add {
  name = "Get-Host", kind = "cmdlet", effect = "language", lacks = "UI and culture", about = "name and version",
  synopsis = { en = "Tells about this console.", ja = "このコンソールについて表示します。" }, parameters = {},
  run = function(ctx) ctx.emit(ctx.shell:get("Host")) end,
}

registry.add {
  name = "Set-ExecutionPolicy", kind = "cmdlet", effect = "imitated", lacks = "an effect: scripts always run here", about = "accepted",
  synopsis = { en = "Sets which scripts may run.", ja = "スクリプトの実行ポリシーを設定します。" },
  parameters = { { name = "ExecutionPolicy", type = "enum", position = 1, mandatory = true,
    values = { "Unrestricted", "RemoteSigned", "AllSigned", "Restricted", "Default", "Bypass", "Undefined" } },
    { name = "Scope", type = "string", position = 2 }, { name = "Force", type = "switch" } },
  run = function() end,
}

registry.add {
  name = "New-Object", kind = "cmdlet", effect = "language", lacks = "all types but PSObject", about = "objects with properties of one's own",
  synopsis = { en = "Makes an object.", ja = "オブジェクトを作ります。" },
  parameters = { { name = "TypeName", type = "string", position = 1, mandatory = true }, { name = "Property", type = "object" },
    { name = "ArgumentList", type = "object[]", position = 2 } },
  run = function(ctx, args)
    local kind = trim.after_last(args.TypeName:lower(), "%.")
    if kind ~= "psobject" and kind ~= "pscustomobject" and kind ~= "object" then
      ctx.throw(("Cannot find type [%s]: verify that the assembly containing this type is loaded."):format(args.TypeName), { category = "InvalidType",
        id = "TypeNotFound,Microsoft.PowerShell.Commands.NewObjectCommand", exception = "PSArgumentException" })
    end
    local o = object.new("System.Management.Automation.PSCustomObject")
    for _, k in ipairs(values.is_hash(args.Property) and args.Property.keys or {}) do object.set(o, values.text(k), values.hash_get(args.Property, k)) end
    ctx.emit(o)
  end,
}

registry.add {
  name = "Add-Member", kind = "cmdlet", effect = "language", lacks = "all but NoteProperty", about = "adds a property to the objects piped in",
  synopsis = { en = "Adds a property to an object.", ja = "オブジェクトにプロパティを足します。" },
  parameters = { { name = "MemberType", type = "string", position = 1 }, { name = "Name", type = "string", position = 2 },
    { name = "Value", type = "any", position = 3 }, { name = "PassThru", type = "switch" }, { name = "InputObject", type = "object" },
    { name = "NotePropertyName", type = "string" }, { name = "NotePropertyValue", type = "any" } },
  run = function(ctx, args)
    local function add(o)
      if object.is(o) then object.set(o, args.NotePropertyName or args.Name or "", args.NotePropertyName and args.NotePropertyValue or args.Value) end
      if args.PassThru then ctx.emit(o) end
    end
    if args.InputObject then return add(args.InputObject) end
    for o in ctx.input do add(o) end
  end,
}
