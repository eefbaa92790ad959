-- SPDX-License-Identifier: GPL-2.0-or-later
-- One command of a pipeline: what its name means, its arguments, and the ctx that registry.lua promises it.

local binder = require("windows.language.binder")
local errors = require("windows.language.errors")
local eval = require("windows.language.eval")
local format = require("windows.format.format")
local object = require("windows.object")
local registry = require("windows.registry")
local values = require("windows.language.values")
local wrong = require("windows.language.wrong")

local invoke = {}

local function number_or_text(text)
  return values.parse_number(text) or text
end

-- A word of the command line: its value, and its text where it was bare.
local function word(sh, node)
  local inner = node.k == "arg_list" and #node == 1 and node[1] or node
  if inner.k == "composite" and inner.bare then
    local raw = eval.value(sh, inner)
    local plain = #inner == 1 and inner[1].k == "string" and raw:find("^[%-%+]?%.?%d")
    return plain and number_or_text(raw) or raw, raw
  end
  if node.k == "arg_list" and #node > 1 then
    local all = {}
    for i, e in ipairs(node) do all[i] = values.kept((word(sh, e))) end
    return all
  end
  return eval.value(sh, inner)
end

local function splat(sh, node, items)
  local v = sh:get(node.name)
  if not values.is_hash(v) then
    for _, e in ipairs(values.list(v)) do items[#items + 1] = { kind = "value", value = values.real(e) } end
    return
  end
  for _, k in ipairs(v.keys) do
    items[#items + 1] = { kind = "param", name = values.text(k), value = values.hash_get(v, k), given = true }
  end
end

-- The nodes after a command's name, evaluated.
local function items_of(sh, node)
  local items = {}
  for _, a in ipairs(node) do
    local place = { pos = a.pos, stop = a.stop, source = sh.source }
    if a.k == "parameter" then
      local item = { kind = "param", name = a.name, colon = a.colon, pos = a.pos, stop = a.stop, source = sh.source }
      if a.value then item.value, item.raw, item.given = nil, nil, true item.value, item.raw = word(sh, a.value) end
      items[#items + 1] = item
    elseif a.k == "verbatim" then
      for w in a.text:gmatch("%S+") do items[#items + 1] = { kind = "value", value = w, raw = w } end
    elseif a.k == "arg_list" and #a == 1 and a[1].k == "splat" then
      splat(sh, a[1], items)
    elseif a.k ~= "redirection" then
      place.kind = "value"
      place.value, place.raw = word(sh, a)
      place.listed = a.k == "arg_list" and #a > 1
      items[#items + 1] = place
    end
  end
  return items
end

-- Items as the words a program gets.
local function words_of(items)
  local words = {}
  local function add(v)
    for _, e in ipairs(values.is_list(v) and v or { v }) do words[#words + 1] = values.text(e) end
  end
  for _, item in ipairs(items) do
    if item.kind == "param" then
      words[#words + 1] = "-" .. item.name .. (item.colon and ":" .. values.text(item.raw or item.value) or "")
    elseif item.raw then
      words[#words + 1] = item.raw
    elseif item.listed then -- a,b is one word for a program, as in Windows PowerShell
      local parts = {}
      for i, e in ipairs(item.value) do parts[i] = values.text(values.real(e)) end
      words[#words + 1] = table.concat(parts, ",")
    elseif item.value ~= nil then
      add(item.value)
    end
  end
  return words
end

local folders = { "c:\\windows\\system32\\windowspowershell\\v1.0\\", "c:\\windows\\system32\\", "c:\\windows\\sysnative\\", "c:\\windows\\" }

-- A command by its name: what the session calls so (alias, function), then what the registry has.
function invoke.find(sh, name)
  local alias = sh.aliases[name:lower()]
  if alias then name = alias end
  local f = sh.functions[name:lower()]
  if f then return f, "function" end
  local c = registry.find(name)
  if c then return c, c.kind end
  local full = name:gsub("/", "\\"):lower()
  for _, folder in ipairs(folders) do
    if full:sub(1, #folder) == folder then
      c = registry.find(full:sub(#folder + 1))
      if c and c.kind == "program" then return c, c.kind end
    end
  end
  return nil
end

local preferences = { stop = "Stop", silentlycontinue = "SilentlyContinue", ignore = "Ignore", continue = "Continue", inquire = "Continue" }

local function place_of(sh, node, t)
  t.source, t.pos, t.stop = sh.source, node.pos, node.stop
  return t
end

-- Errors of a cmdlet: ctx.fail and ctx.throw.
local function add_errors(ctx, sh, node, command)
  local function record(text, t)
    local r = { command = command.name }
    for k, v in pairs(t or {}) do r[k] = v end
    r.message = text
    return errors.record(place_of({ source = ctx.source }, node, r))
  end
  function ctx.throw(text, t)
    local action = ctx.error_action
    if action == "SilentlyContinue" or action == "Ignore" then
      ctx.quiet = true
    end
    error({ ps = record(text, t), fatal = action == "Stop" }, 0)
  end
  function ctx.fail(text, t)
    local r = record(text, t)
    local action = ctx.error_action or preferences[values.text(sh:get("ErrorActionPreference")):lower()] or "Continue"
    if action == "Stop" then
      r.message = r.message
      error({ ps = r, fatal = true }, 0)
    end
    ctx.failed = true
    if ctx.error_variable then
      local list = values.list(sh:get(ctx.error_variable))
      list[#list + 1] = errors.object(r)
      sh:set(ctx.error_variable, list)
    end
    if action == "Ignore" then return end
    sh:report(r, action == "SilentlyContinue")
  end
  function ctx.warn(text)
    if ctx.warning_action == "SilentlyContinue" or ctx.warning_action == "Ignore" then return end
    if values.text(sh:get("WarningPreference")):lower() == "silentlycontinue" and not ctx.warning_action then return end
    sh:warn(text)
  end
end

-- May it? With -WhatIf it says what it would do and may not.
local function add_should(ctx, sh)
  function ctx.should(operation, target)
    if ctx.what_if then
      sh:flush()
      sh:write(('What if: Performing the operation "%s" on target "%s".\n'):format(operation, target))
      return false
    end
    if not ctx.confirm then return true end
    sh:flush()
    sh:write("\nConfirm\nAre you sure you want to perform this action?\n" ..
      ('Performing the operation "%s" on target "%s".\n'):format(operation, target))
    local answer = sh:ask('[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is "Y"): ')
    answer = (answer or "n"):lower()
    if answer == "a" then ctx.confirm = false end
    return answer == "" or answer:sub(1, 1) == "y" or answer:sub(1, 1) == "a"
  end
end

local function new_ctx(sh, node, command, stage, emit, input)
  local ctx = { world = sh.world, shell = sh, piped = input ~= nil, source = sh.source, name = command.name }
  ctx.console = stage.console and #node == stage.plain and not sh.error_sink
  ctx.input = function()
    sh:step()
    return input and input() or nil
  end
  ctx.emit = function(v)
    sh:step()
    if ctx.out_variable then ctx.out_variable[#ctx.out_variable + 1] = v end
    if values.is_list(v) then return eval.spread(v, emit) end
    emit(v)
  end
  ctx.stop = function() stage.stopped = true end
  ctx.call = function(block, item, args) return invoke.block(sh, block, item, args) end
  ctx.call_into = function(block, item, to) return invoke.block_into(sh, block, item, to or ctx.emit) end
  add_errors(ctx, sh, node, command)
  add_should(ctx, sh)
  return ctx
end

local function number_of_plain(node)
  local n = 0
  for _, a in ipairs(node) do
    if a.k ~= "redirection" then n = n + 1 end
  end
  return n
end

local function common(ctx, sh, args)
  ctx.error_action = args.ErrorAction
  ctx.warning_action = args.WarningAction
  ctx.what_if = args.WhatIf
  ctx.confirm = args.Confirm
  ctx.verbose = args.Verbose
  if args.ErrorVariable then
    ctx.error_variable = args.ErrorVariable
    sh:set(args.ErrorVariable, {})
  end
  if args.OutVariable then
    ctx.out_variable = {}
    sh:set(args.OutVariable, ctx.out_variable)
  end
end

-- A cmdlet that raised: quietly where it was told to.
local function run_guarded(ctx, sh, f)
  local ok, e = pcall(f)
  if ok then return end
  local record = errors.caught(e)
  if not record then error(e, 0) end
  if not record.command and not record.source then
    record.command = ctx.name
  end
  if not record.source then record.source, record.pos, record.stop = ctx.source, ctx.pos, ctx.stop_pos end
  local quiet = ctx.error_action == "SilentlyContinue" or ctx.error_action == "Ignore"
  if ctx.error_variable then sh:set(ctx.error_variable, { errors.object(record) }) end
  if quiet then return sh:report(record, true) end
  error({ ps = record, fatal = ctx.error_action == "Stop" or errors.fatal(e) }, 0)
end

local function each_object(ctx, sh, command, args, open, input)
  local source_input = input
  for v in source_input do
    sh:step()
    local all = binder.with_object(command, args, open, v)
    if not all then
      ctx.fail(binder.fail_unbound(command, v).message, binder.fail_unbound(command, v))
    else
      local lacking = binder.missing(command, all)
      if #lacking > 0 then binder.fail_missing(command, lacking) end
      command.run(ctx, all)
    end
  end
end

local function cmdlet_run(sh, node, command, items, stage)
  return function(emit, input)
    local ctx = new_ctx(sh, node, command, stage, emit, input)
    ctx.pos, ctx.stop_pos = node.pos, node.stop
    run_guarded(ctx, sh, function()
      local args = binder.bind(command, items)
      common(ctx, sh, args)
      local open = input and binder.open_to_pipeline(command, args) or {}
      if #open > 0 then return each_object(ctx, sh, command, args, open, input) end
      local lacking = binder.missing(command, args)
      if #lacking > 0 then binder.fail_missing(command, lacking) end
      command.run(ctx, args)
    end)
    if ctx.failed then sh.ok = false end
  end
end

-- What is piped into a program, as text; nil where nothing is.
local function text_of_input(sh, input)
  local parts = {}
  local sink = format.sink(sh, function(text) parts[#parts + 1] = text end)
  for v in input do sink.emit(v) end
  sink.finish()
  return table.concat(parts)
end

local function program_run(sh, node, command, items, stage)
  return function(emit, input)
    local ctx = new_ctx(sh, node, command, stage, emit, input)
    ctx.pos, ctx.stop_pos = node.pos, node.stop
    -- Standard input as text (nil: the program's own), and where lines go (nil: straight to the console).
    ctx.stdin = function() return input and text_of_input(sh, input) or nil end
    ctx.lines = not ctx.console and function(line) ctx.emit((line:gsub("\r?\n$", ""))) end or nil
    if ctx.console then sh:flush() end
    local status
    run_guarded(ctx, sh, function() status = command.run(ctx, words_of(items)) end)
    sh.exit_code = status or 0
    sh.ok = sh.exit_code == 0
  end
end

-- A program by itself: words are given, stdin is text or nil, lines(line) or nil takes its output. -> exit status
function invoke.program(sh, command, words, stdin, lines)
  local stage = { console = not lines, plain = 0 }
  local ctx = new_ctx(sh, {}, command, stage, lines or sh.console, nil)
  ctx.stdin = function() return stdin end
  ctx.lines = lines and function(line) ctx.emit((line:gsub("\r?\n$", ""))) end or nil
  if not lines then sh:flush() end
  local status
  run_guarded(ctx, sh, function() status = command.run(ctx, words) end)
  return status or 0
end

-- Functions

local function bind_function(f, items)
  local params, rest, i = f.params or {}, {}, 1
  local bound = {}
  local fake = { name = f.name, parameters = {}, effect = "language" }
  for k, p in ipairs(params) do
    fake.parameters[k] = { name = p.var.name, type = p.type and p.type:lower() == "switch" and "switch" or "any", decl = p }
  end
  while i <= #items do
    local item = items[i]
    local p = item.kind == "param" and binder.find(fake, item.name)
    if item.kind == "param" and not (p and p.decl) then
      if #params > 0 then
        errors.raise({ message = ("A parameter cannot be found that matches parameter name '%s'."):format(item.name), category = "InvalidArgument",
          id = "NamedParameterNotFound", exception = "ParameterBindingException", command = f.name, source = item.source, pos = item.pos, stop = item.stop })
      end
      rest[#rest + 1] = { value = "-" .. item.name }
    elseif p then
      if item.given then
        bound[p.decl] = { item.value }
      elseif p.type == "switch" then
        bound[p.decl] = { true }
      elseif items[i + 1] then
        i = i + 1
        bound[p.decl] = { items[i].value }
      end
    else
      rest[#rest + 1] = item
    end
    i = i + 1
  end
  return bound, rest
end

local function declare(sh, params, bound, rest)
  local ops = require("windows.language.ops")
  for _, p in ipairs(params or {}) do
    local v = bound[p]
    if not v and #rest > 0 and not (p.type and p.type:lower() == "switch") then v = { table.remove(rest, 1).value } end
    local value
    if v then value = v[1] elseif p.default then value = eval.value(sh, p.default) end
    if p.type and (v or p.default) then value = ops.cast(p.type, value) end
    if p.type and p.type:lower() == "switch" then value = values.truth(value) end
    sh:set(p.var.name, value)
  end
  local args = {}
  for i, item in ipairs(rest) do args[i] = values.kept(item.value) end
  sh:set("args", args)
end

local function has_part(block, name)
  for _, part in ipairs(block.node.named or {}) do
    if part.name:lower() == name then return true end
  end
  return false
end

-- Runs a function or a called block: its own scope, its parameters, the objects piped in.
local function run_callable(sh, f, items, emit, input)
  local block = values.block({ node = f.node, source = f.source, text = f.text })
  sh:in_scope(function()
    local bound, rest = bind_function(f, items)
    declare(sh, f.params, bound, rest)
    if f.filter then
      for v in input or function() end do sh:with_item(v, eval.block, sh, block, emit) end
      return
    end
    if not f.node.named then
      local all = {}
      for v in input or function() end do all[#all + 1] = v end
      sh:set("input", all)
      return eval.block(sh, block, emit)
    end
    eval.block(sh, block, emit, "begin")
    if has_part(block, "process") then
      if input then
        for v in input do sh:with_item(v, eval.block, sh, block, emit, "process") end
      else
        eval.block(sh, block, emit, "process")
      end
    end
    eval.block(sh, block, emit, "end")
  end)
end

local function callable_run(sh, f, items)
  return function(emit, input) run_callable(sh, f, items, emit, input) end
end

-- A block with $_ set: its values, gathered.
function invoke.block(sh, block, item)
  return sh:with_item(item, eval.block_value, sh, block)
end

function invoke.block_into(sh, block, item, emit)
  return sh:with_item(item, eval.block, sh, block, emit)
end

local function unknown(sh, node, name)
  errors.raise(place_of(sh, { pos = node.pos, stop = node.pos + #name }, { message = ("The term '%s' is not recognized as the name of a cmdlet, " ..
    "function, script file, or operable program. Check the spelling of the name, or if a path was included, verify that the path is correct " ..
    "and try again."):format(name), category = "ObjectNotFound", target = name, target_type = "String", id = "CommandNotFoundException",
    exception = "CommandNotFoundException", subject = name, reason = wrong.window(sh.world, name) }))
end

local function resolve(sh, node, name)
  local c, kind = invoke.find(sh, name)
  if c then return c, kind end
  local script = require("windows.language.script").find(sh, name)
  if script then return script, "function" end
  return unknown(sh, node, name)
end

-- What a name or a called value runs: function(items, stage) -> run.
local function runner(sh, node)
  local name = eval.value(sh, node.name)
  if values.is_block(name) then
    return callable_run, { name = "", params = name.params, node = name.node, source = name.source, text = name.text }
  end
  if object.is(name) and object.has(name, "Name") then name = object.get(name, "Name") end
  if name == nil or values.text(name) == "" then
    errors.raise(place_of(sh, node, { message = "The expression after '" .. (node.call or "&") .. "' in a pipeline element produced an object that " ..
      "was not valid. It must result in a command name, a script block, or a CommandInfo object.", category = "InvalidOperation",
      id = "BadExpression", bare = true }))
  end
  local command, kind = resolve(sh, node, values.text(name))
  return kind == "function" and callable_run or kind == "program" and program_run or cmdlet_run, command
end

-- A stage of a pipeline: { run = function(emit, input), redirections = node }.
function invoke.stage(sh, node, how)
  local stage = { redirections = node, console = how.console, plain = number_of_plain(node) }
  local make, command = runner(sh, node)
  local items = items_of(sh, node)
  if make == callable_run then
    stage.run = make(sh, command, items)
  else
    stage.run = make(sh, node, command, items, stage)
  end
  return stage
end

return invoke
