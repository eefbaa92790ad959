-- SPDX-License-Identifier: GPL-2.0-or-later
-- What was answered, against the truth.

local lost = require("lost")

local tests = {}

-- The one answer that is two layers: the guide speaks of them together.
local either = { ["4/5"] = { ["4"] = true, ["5"] = true } }

-- "L2.5", "l2.5", "2.5" alike.
local function folded(layer)
  return (tostring(layer or ""):lower():gsub("^layer", ""):gsub("%s", ""):gsub("^l", ""):gsub("/l", "/"))
end

local function layer_matches(said, layer)
  said, layer = folded(said), folded(layer)
  return said == layer or (either[said] or {})[layer] == true
end

local function last_answer(ev)
  local list = ev:all("answer")
  return list[#list], #list
end

-- The share of the true faults that is among the answers given last, by fn(answer, truth); none where more was answered than there is.
local function answered(ev, fn)
  local e = last_answer(ev)
  if not e then return false, core.array({}) end
  if #ev.scenario.truth == 0 then return e.none == true, core.array({ e.seq }) end
  local named, answers = 0, e.answers or {}
  for _, truth in ipairs(ev.scenario.truth) do
    local found = false
    for _, a in ipairs(answers) do found = found or fn(a, truth) end
    named = named + (found and 1 or 0)
  end
  if #answers > #ev.scenario.truth then named = 0 end
  return named > 0 and named / #ev.scenario.truth, core.array({ e.seq })
end

local GUESSES = 3

local function guessed(ev)
  local _, n = last_answer(ev)
  return n > GUESSES
end

-- Why an answer earned nothing; wrong: the reason where one was given and was not it.
local function lost_answer(ev, wrong)
  local e, n = last_answer(ev)
  if not e then return lost.why("no_answer") end
  if n > GUESSES then return lost.why("guessed", n, GUESSES) end
  return lost.why(wrong)
end

function tests.layer_named(ev)
  local ok, seqs = answered(ev, function(a, truth) return layer_matches(a.layer, truth.layer) end)
  return not guessed(ev) and ok, seqs, lost_answer(ev, ok and "one_of_several" or "wrong_layer")
end

local function any_cause(e)
  for _, a in ipairs(e and e.answers or {}) do
    if (a.cause or "") ~= "" then return true end
  end
  return e ~= nil and e.none == true
end

function tests.cause_named(ev)
  local ok, seqs = answered(ev, function(a, truth) return tostring(a.cause or ""):lower() == truth.cause end)
  local wrong = ok and "one_of_several" or any_cause((last_answer(ev))) and "wrong_cause" or "no_cause"
  return not guessed(ev) and ok, seqs, lost_answer(ev, wrong)
end

return tests
