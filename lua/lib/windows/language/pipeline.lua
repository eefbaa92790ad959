-- SPDX-License-Identifier: GPL-2.0-or-later
-- Runs `a | b | c`. Every stage but the last is a coroutine, resumed when the next one asks for an object; so output appears
-- as it is made, and a stage that wants no more (Select-Object -First) ends those before it. The last stage runs in the
-- caller's own coroutine and gives to the caller's emit.

local invoke = require("windows.language.invoke")
local eval = require("windows.language.eval")
local redirect = require("windows.language.redirect")
local values = require("windows.language.values")

local pipeline = {}

local own = { "scope", "source", "trying", "depth", "error_sink" } -- what each stage has of its own

local function swap(sh, stage)
  for _, key in ipairs(own) do sh[key], stage[key] = stage[key], sh[key] end
end

-- Gives an object to the next stage. From inside a C call (a program's lines as they come) a coroutine can't be left: what
-- comes there waits until it can.
local function yielder(stage)
  local waiting, first = {}, 1
  stage.flush = function()
    while first <= #waiting do
      first = first + 1
      coroutine.yield(waiting[first - 1])
    end
    waiting, first = {}, 1
  end
  return function(v)
    if coroutine.isyieldable() then
      stage.flush()
      return coroutine.yield(v)
    end
    waiting[#waiting + 1] = v
    if #waiting > 100000 then error("not enough memory", 0) end
  end
end

-- Asks a coroutine for its next object.
local function puller(sh, stage)
  local co = coroutine.create(function()
    stage.run(yielder(stage))
    stage.flush()
  end)
  stage.co = co
  for _, key in ipairs(own) do stage[key] = sh[key] end
  return function()
    if coroutine.status(co) == "dead" then return nil end
    swap(sh, stage)
    local ok, v = coroutine.resume(co)
    swap(sh, stage)
    if not ok then error(v, 0) end
    if coroutine.status(co) == "dead" then return nil end
    return v
  end
end

local function close(stages)
  for _, s in ipairs(stages) do
    if s.co and coroutine.status(s.co) == "suspended" then coroutine.close(s.co) end
  end
end

-- A null is no object of a pipeline here: nil is how the input ends.
local function given(emit)
  return function(v)
    v = values.real(v)
    if v ~= nil then emit(v) end
  end
end

-- The first stage, where it is an expression: its value, one element at a time.
local function expression_stage(sh, node, emit)
  eval.spread(eval.value(sh, node.value), given(emit))
end

local function prepare(sh, node, last, piped, emit) -- one stage of the pipeline
  if node.k == "expression" then
    return { run = function(out) expression_stage(sh, node, out) end, redirections = node }
  end
  local ok, stage = pcall(invoke.stage, sh, node, { last = last, piped = piped, console = last and emit == sh.console })
  if ok then return stage end
  -- An unknown command complains where its errors were sent.
  return { run = function() error(stage, 0) end, redirections = node }
end

local function run_stages(sh, stages, emit)
  local n = #stages
  for i, s in ipairs(stages) do
    s.input = i > 1 and puller(sh, stages[i - 1]) or nil
    local body = s.run
    s.run = function(out)
      redirect.with(sh, s.redirections, given(out), function(to) body(to, s.input) end)
    end
  end
  stages[n].run(emit)
  -- What a stage did not ask for is still done, unless it or one after it said that it has enough.
  local first = n
  while first > 1 and not stages[first].stopped do first = first - 1 end
  for i = first + 1, n do
    while stages[i].input() ~= nil do sh:step() end
  end
end

function pipeline.run(sh, node, emit)
  local stages, n = {}, #node
  sh.ok = true
  for i, element in ipairs(node) do stages[i] = prepare(sh, element, i == n, i > 1, emit) end
  local ok, e = pcall(run_stages, sh, stages, emit)
  close(stages)
  if not ok then error(e, 0) end
end

eval.pipeline = pipeline.run

return pipeline
