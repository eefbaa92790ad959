-- SPDX-License-Identifier: GPL-2.0-or-later
-- Runs the tree of grammar.lua in a session. exec(sh, node, emit) runs a statement and returns how it ended (nil, "break",
-- "continue", "return"); value(sh, node) gives an expression's value. Values that a statement gives go to emit.

local errors = require("windows.language.errors")
local grammar = require("windows.language.grammar")
local members = require("windows.language.members")
local object = require("windows.object")
local ops = require("windows.language.ops")
local rank = require("windows.language.rank")
local values = require("windows.language.values")

local eval = {}

local exec, value = {}, {}

local function at(sh, node, t)
  t.source, t.pos, t.stop, t.bare = sh.source, node.pos, node.stop, true
  errors.raise(t)
end

function eval.exec(sh, node, emit)
  return exec[node.k](sh, node, emit)
end

function eval.value(sh, node)
  return value[node.k](sh, node)
end

-- Errors of operators and methods get the place of the expression they happened in.
local function placed(sh, node, f, ...)
  local source = sh.source
  local results = table.pack(pcall(f, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  local e = results[2]
  if type(e) == "table" and e.ps and not e.ps.source then
    e.ps.source, e.ps.pos, e.ps.stop, e.ps.bare = source, node.pos, node.stop, true
  end
  error(e, 0)
end

-- `$x++` alone, an assignment or a call of a method without a value give nothing.
local function gives_nothing(node)
  local only = #node.value == 1 and node.value[1]
  return only and (only.k == "postfix" and only.incr or only.k == "unary" and (only.op == "++" or only.op == "--"))
end

-- What a statement gives, gathered: nothing, one value, or an array.
function eval.capture(sh, node)
  local first = node.k == "pipeline" and #node == 1 and node[1]
  -- An expression keeps what it is: @() stays an empty array.
  if first and first.k == "expression" and #first == 0 and not first.op and not gives_nothing(first) then
    sh.ok = true
    return eval.value(sh, first.value)
  end
  local all = {}
  local control = eval.exec(sh, node, function(v) all[#all + 1] = values.kept(v) end)
  if #all == 0 then return nil, control end
  if #all == 1 then return values.real(all[1]), control end
  return all, control
end

-- One array to many: what the pipeline does with a value that a statement gives.
function eval.spread(v, emit)
  if values.is_list(v) then
    for _, e in ipairs(v) do emit(values.real(e)) end
  else
    emit(v)
  end
end

local function run_list(sh, node, emit)
  for _, statement in ipairs(node) do
    local control = eval.statement(sh, statement, emit)
    if control then return control end
  end
end

-- A statement that fails says so and the next one runs, unless the error ends the script.
function eval.statement(sh, node, emit)
  sh:step()
  if node.k ~= "pipeline" or sh.trying then return eval.exec(sh, node, emit) end
  local scope, source = sh.scope, sh.source
  local ok, control = pcall(eval.exec, sh, node, emit)
  if ok then return control end
  local record = errors.caught(control)
  if not record or errors.fatal(control) then error(control, 0) end
  local preference = values.text(sh:get("ErrorActionPreference")):lower()
  if preference == "stop" then error({ ps = record, fatal = true }, 0) end
  sh.scope, sh.source = scope, source
  sh:report(record, preference == "silentlycontinue" or preference == "ignore")
end

exec.statements = run_list
function exec.block(sh, node, emit) return run_list(sh, node[1], emit) end
function exec.param() end

local function condition(sh, node) return values.truth((eval.capture(sh, node))) end

exec["if"] = function(sh, node, emit)
  for i = 1, #node, 2 do
    if condition(sh, node[i]) then return eval.exec(sh, node[i + 1], emit) end
  end
  if node.otherwise then return eval.exec(sh, node.otherwise, emit) end
end

-- Runs a loop's body once: true to go on, false to leave, and how to leave.
local function turn(sh, body, emit)
  sh:step()
  local control = eval.exec(sh, body, emit)
  if control == "break" then return false end
  if control == "return" then return false, control end
  return true
end

function exec.foreach(sh, node, emit)
  local list = values.list((eval.capture(sh, node.list)))
  for _, v in ipairs(list) do
    sh:set(node.var.name, values.real(v))
    local on, control = turn(sh, node.body, emit)
    if not on then return control end
  end
end

exec["for"] = function(sh, node, emit)
  local function nothing() end
  if node.init then eval.exec(sh, node.init, nothing) end
  while not node.test or condition(sh, node.test) do
    local on, control = turn(sh, node.body, emit)
    if not on then return control end
    if node.step then eval.exec(sh, node.step, nothing) end
  end
end

exec["while"] = function(sh, node, emit)
  while condition(sh, node.test) do
    local on, control = turn(sh, node.body, emit)
    if not on then return control end
  end
end

exec["do"] = function(sh, node, emit)
  repeat
    local on, control = turn(sh, node.body, emit)
    if not on then return control end
  until condition(sh, node.test) ~= (node.positive or false)
end

local function case_fits(sh, node, case, v)
  if case.test.k == "script_block" or (case.test[1] and case.test[1].k == "postfix" and case.test[1][1].k == "script_block") then
    local block = eval.value(sh, case.test)
    return values.truth(sh:with_item(v, eval.block_value, sh, block))
  end
  local want = eval.value(sh, case.test)
  if node.wildcard then return values.like(values.text(v), values.text(want), node.exact) end
  if node.regex then return ops.match(sh, values.text(v), values.text(want), node.exact) end
  return values.equal(v, want, node.exact)
end

function exec.switch(sh, node, emit)
  for _, v in ipairs(values.list((eval.capture(sh, node.value)))) do
    local hit, default = false, nil
    for _, case in ipairs(node) do
      if case.default then
        default = case
      elseif case_fits(sh, node, case, values.real(v)) then
        hit = true
        local control = sh:with_item(values.real(v), eval.exec, sh, case.body, emit)
        if control == "break" then return nil end
        if control == "continue" then break end
        if control then return control end
      end
    end
    if not hit and default then
      local control = sh:with_item(values.real(v), eval.exec, sh, default.body, emit)
      if control == "break" then return nil end
      if control and control ~= "continue" then return control end
    end
  end
end

exec["function"] = function(sh, node)
  sh.functions[node.name:lower()] = { name = node.name, params = node.params or node.body.params, node = node.body, filter = node.filter,
    source = sh.source, text = sh.source:sub(node.body.from, node.body.to - 1) }
end

local function caught(sh, node, emit)
  if not node.catch then return eval.exec(sh, node.body, emit) end
  local scope, source, trying = sh.scope, sh.source, sh.trying
  sh.trying = true
  local ok, control = pcall(eval.exec, sh, node.body, emit)
  sh.trying = trying
  if ok then return control end
  local record = errors.caught(control)
  if not record then error(control, 0) end
  sh.scope, sh.source = scope, source
  table.insert(sh.failures, 1, errors.object(record))
  local ended
  ended = sh:with_item(sh.failures[1], eval.exec, sh, node.catch, emit)
  return ended
end

function exec.try(sh, node, emit)
  if not node.finally then return caught(sh, node, emit) end
  local ok, control = pcall(caught, sh, node, emit)
  local after = eval.exec(sh, node.finally, emit)
  if not ok then error(control, 0) end
  return control or after
end

function exec.throw(sh, node)
  local v = node.value and eval.capture(sh, node.value)
  if object.is(v) and object.has(v, "FullyQualifiedErrorId") then
    errors.raise({ message = values.text(v), category = "OperationStopped", id = v.FullyQualifiedErrorId, source = sh.source, pos = node.pos,
      stop = node.stop, bare = true, target = v.TargetObject }, true)
  end
  local text = v == nil and "ScriptHalted" or values.text(v)
  errors.raise({ message = text, category = "OperationStopped", target = v, id = text, source = sh.source, pos = node.pos, stop = node.stop,
    bare = true, value = v }, true)
end

exec["return"] = function(sh, node, emit)
  if node.value then eval.exec(sh, node.value, emit) end
  return "return"
end

exec["break"] = function() return "break" end
exec.continue = function() return "continue" end

function exec.exit(sh, node)
  local v = node.value and eval.capture(sh, node.value)
  error({ exit = math.tointeger(values.number(v) or 0) or 0 }, 0)
end

-- Assignments

local assign = {}

function assign.variable(sh, node, v) sh:set(node.name, v) end

local function set_index(sh, node, target, v)
  local key = eval.value(sh, node[1])
  if values.is_hash(target) then return values.hash_set(target, values.real(key), v) end
  local i = values.is_list(target) and values.integer(values.number(key) or 0.5)
  if not i then
    at(sh, node, { message = "Unable to index into an object of type " .. values.type_name(target) .. ".", category = "InvalidOperation",
      id = "CannotIndex" })
  end
  if i < 0 then i = #target + i end
  if i < 0 or i >= #target then
    at(sh, node, { message = "Index was outside the bounds of the array.", category = "OperationStopped",
      id = "System.IndexOutOfRangeException", exception = "IndexOutOfRangeException" })
  end
  target[i + 1] = values.kept(v)
end

local function set_member(sh, node, target, v)
  local name = node.name or values.text(eval.value(sh, node.name_expr))
  if values.is_hash(target) then return values.hash_set(target, name, v) end
  if object.is(target) and object.has(target, name) then return object.set(target, name, v) end
  at(sh, node, { message = ("The property '%s' cannot be found on this object. Verify that the property exists and can be set."):format(name),
    category = "InvalidOperation", id = "PropertyAssignmentException" })
end

function assign.postfix(sh, node, v)
  if #node == 1 then
    local target = assign[node[1].k]
    if target then return target(sh, node[1], v) end
  end
  local last = node[#node]
  if #node < 2 or node.incr or last.args or last.static then
    at(sh, node, { message = "The assignment expression is not valid. The input to an assignment operator must be an object that is able to " ..
      "accept assignments, such as a variable or a property.", category = "ParserError", id = "InvalidLeftHandSide",
      exception = "ParentContainsErrorRecordException" })
  end
  local target = eval.postfix(sh, node, #node - 1)
  if target == nil then
    at(sh, node, { message = last.k == "index" and "Cannot index into a null array." or
      ("The property '%s' cannot be found on this object. Verify that the property exists and can be set."):format(last.name or ""),
      category = "InvalidOperation", id = last.k == "index" and "NullArray" or "PropertyNotFound" })
  end
  if last.k == "index" then return set_index(sh, last, target, v) end
  set_member(sh, last, target, v)
end

function assign.cast(sh, node, v) eval.assign(sh, node.value, ops.cast(node.type, v)) end

function assign.chain(sh, node, v)
  local left = { node[1] }
  for i = 2, #node, 2 do
    if node[i] ~= "," then left = {} break end
    left[#left + 1] = node[i + 1]
  end
  if #left == 1 then return eval.assign(sh, left[1], v) end
  if #left == 0 then return assign.postfix(sh, { pos = node.pos, stop = node.stop }, v) end
  local list = values.list(v)
  for i, target in ipairs(left) do
    if i == #left and #list > i then
      eval.assign(sh, target, { table.unpack(list, i) })
    else
      eval.assign(sh, target, values.real(list[i]))
    end
  end
end

function eval.assign(sh, node, v)
  local f = assign[node.k] or assign.postfix
  return f(sh, node, v)
end

local function assignment(sh, node)
  local v, control = eval.capture(sh, node.rest)
  if node.op ~= "=" then
    v = placed(sh, node, ops.binary, sh, node.op:sub(1, 1), eval.value(sh, node.value), v)
  end
  -- An array variable is a copy of what was assigned in literals only; += makes a new one, as in PowerShell.
  eval.assign(sh, node.value, v)
  return control
end

function exec.pipeline(sh, node, emit)
  local first = node[1]
  if #node > 1 or first.k ~= "expression" or #first > 0 then return eval.pipeline(sh, node, emit) end
  if first.op then return assignment(sh, first) end
  local v = eval.value(sh, first.value)
  sh.ok = true
  if v ~= nil and not gives_nothing(first) then eval.spread(v, emit) end
end

-- Expressions

function value.chain(sh, node)
  if #node == 1 then return eval.value(sh, node[1]) end
  if not node.tree then node.tree = rank.tree(node) end
  return eval.value(sh, node.tree)
end
value.chain_no_comma = value.chain

function value.binary(sh, node)
  local op = node.op
  if op == "and" then return values.truth(eval.value(sh, node[1])) and values.truth(eval.value(sh, node[2])) end
  if op == "or" then return values.truth(eval.value(sh, node[1])) or values.truth(eval.value(sh, node[2])) end
  local a = eval.value(sh, node[1])
  local b = eval.value(sh, node[2])
  return placed(sh, node, ops.binary, sh, op, a, b)
end

function value.list(sh, node)
  local all = {}
  for i, e in ipairs(node) do all[i] = values.kept(eval.value(sh, e)) end
  return all
end

local function step_by(sh, target, by)
  local n = values.number(eval.value(sh, target))
  if not n then
    at(sh, target, { message = "The '++' operator works only on numbers.", category = "InvalidOperation", id = "OperatorRequiresNumber" })
  end
  eval.assign(sh, target, n + by)
  return n
end

function value.unary(sh, node)
  local op = node.op:lower()
  if op == "++" or op == "--" then
    local by = op == "++" and 1 or -1
    return step_by(sh, node.value, by) + by
  end
  return placed(sh, node, ops.unary, sh, op, eval.value(sh, node.value))
end

function value.cast(sh, node)
  local v = eval.value(sh, node.value)
  return placed(sh, node, ops.cast, node.type, v)
end

-- The first n parts of a primary with its suffixes.
function eval.postfix(sh, node, n)
  local v = eval.value(sh, node[1])
  for i = 2, n do
    local part = node[i]
    if part.k == "index" then
      v = placed(sh, part, members.index, v, eval.value(sh, part[1]))
    else
      local name = part.name or values.text(eval.value(sh, part.name_expr))
      if part.args then
        local args = {}
        for k, a in ipairs(part.args) do args[k] = values.kept(eval.value(sh, a)) end
        local whole = { pos = node.pos, stop = part.stop }
        v = placed(sh, whole, members.call, sh, node[1].k == "type" and i == 2 and node[1].name or nil, v, name, args)
      elseif part.static then
        v = placed(sh, part, members.static, sh, node[1].name, name)
      else
        v = members.get(sh, v, name)
      end
    end
  end
  return v
end

function value.postfix(sh, node)
  if node.incr then
    local plain = { k = "postfix", pos = node.pos, stop = node.stop, table.unpack(node) }
    return step_by(sh, plain, node.incr == "++" and 1 or -1)
  end
  if #node == 1 then return eval.value(sh, node[1]) end
  return eval.postfix(sh, node, #node)
end

function value.variable(sh, node) return sh:get(node.name) end
function value.number(_, node) return values.parse_number(node.text) end
function value.string(_, node) return node.text end
function value.type(sh, node)
  placed(sh, node, members.known_type, node.name)
  return object.new("System.RuntimeType", { { "Name", node.name }, { "FullName", node.name } })
end

local function checked(sh, node, text)
  if #text > sh.TEXT_MAX then
    at(sh, node, { message = "Exception of type 'System.OutOfMemoryException' was thrown.", category = "OperationStopped",
      id = "System.OutOfMemoryException", exception = "OutOfMemoryException" })
  end
  return text
end

local function joined(sh, node)
  local parts, size = {}, 0
  for i, part in ipairs(node) do
    parts[i] = values.text(eval.value(sh, part))
    size = size + #parts[i]
    if size > sh.TEXT_MAX then checked(sh, node, (" "):rep(sh.TEXT_MAX + 1)) end
  end
  return table.concat(parts)
end

value.expand = joined

-- A word of a command line: one part keeps its value, several are text.
function value.composite(sh, node)
  if #node == 1 and not node.bare then return eval.value(sh, node[1]) end
  return joined(sh, node)
end

function value.arg_list(sh, node)
  if #node == 1 then return eval.value(sh, node[1]) end
  return value.list(sh, node)
end

function value.paren(sh, node)
  local inner = node[1]
  -- ($x = 5) gives what it assigned
  if inner.k == "pipeline" and #inner == 1 and inner[1].op then
    eval.exec(sh, inner, function() end)
    return eval.value(sh, inner[1].value)
  end
  if inner.k == "pipeline" and #inner == 1 and inner[1].k == "expression" and #inner[1] == 0 then return eval.value(sh, inner[1].value) end
  return (eval.capture(sh, inner))
end

function value.subexpr(sh, node) return (eval.capture(sh, node[1])) end

function value.array(sh, node)
  local all = {}
  eval.exec(sh, node[1], function(v) all[#all + 1] = values.kept(v) end)
  return all
end

function value.hash(sh, node)
  local h = values.hash()
  for _, pair in ipairs(node) do
    local key = eval.value(sh, pair.key)
    if values.hash_has(h, key) then
      at(sh, pair, { message = ("Duplicate keys '%s' are not allowed in hash literals."):format(values.text(key)), category = "ParserError",
        id = "DuplicateKeyInHashLiteral", exception = "ParentContainsErrorRecordException" })
    end
    values.hash_set(h, key, (eval.capture(sh, pair.value)))
  end
  return h
end

function value.script_block(sh, node)
  return values.block({ node = node, source = sh.source, text = sh.source:sub(node.from, node.to - 1), params = node.params })
end

-- Script blocks

-- Runs a block's statements in the present scope. named: "begin", "process" or "end" of a function with such parts.
function eval.block(sh, block, emit, named)
  if sh.depth >= sh.DEPTH_MAX then
    errors.raise({ message = "The script failed due to call depth overflow.", category = "InvalidOperation", target = sh.depth,
      id = "CallDepthOverflow", exception = "ScriptCallDepthException", bare = true, source = sh.source, pos = block.node.pos,
      stop = block.node.pos + 1 }, true)
  end
  local node, source = block.node, sh.source
  local body = node.body
  if node.named then
    body = nil
    for _, part in ipairs(node.named) do
      if part.name:lower() == (named or "end") then body = part.body end
    end
  end
  if not body then return nil end
  sh.depth, sh.source = sh.depth + 1, block.source
  local ok, control = pcall(eval.exec, sh, body, emit)
  sh.depth, sh.source = sh.depth - 1, source
  if not ok then error(control, 0) end
  return control
end

-- What a block gives, as one value.
function eval.block_value(sh, block)
  local all = {}
  eval.block(sh, block, function(v) all[#all + 1] = values.kept(v) end)
  if #all < 2 then return values.real(all[1]) end
  return all
end

-- Text, run as a line: returns how it ended. Parse errors are raised as they are: { parse = e }.
function eval.text(sh, text, emit)
  local tree, e = grammar.parse(text)
  if not tree then error({ parse = e, source = text }, 0) end
  local source = sh.source
  sh.source = text
  local ok, control = pcall(eval.exec, sh, tree, emit)
  sh.source = source
  if not ok then error(control, 0) end
  return control
end

return eval
