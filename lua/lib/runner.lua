-- SPDX-License-Identifier: GPL-2.0-or-later
-- Runs probes: all of a set at once, so that a set takes as long as its slowest.

local attempt = require("attempt")
local probes = require("probes")

local runner = {}

local SETS = { "symptoms", "controls", "fixed" }

-- The sets asked for: "all", one name, or several parted by commas.
local function wanted(sets)
  local known, out = {}, {}
  for _, name in ipairs(SETS) do known[name] = true end
  for name in tostring(sets):gmatch("[^,]+") do
    if name ~= "all" and not known[name] then
      error({ msg = ("no set of probes is called '%s'"):format(name), kind = 3 }, 0)
    end
    out[name] = true
  end
  return out
end

-- The probes of the sets with the set they are reported under; one that is in two sets is reported in each.
local function chosen(sets)
  local s, out, want = attempt.scenario(), {}, wanted(sets)
  for _, name in ipairs(SETS) do
    if want.all or want[name] then
      for _, p in ipairs(s[name]) do out[#out + 1] = { probe = p, set = name } end
    end
  end
  return out
end

local function result(item, answer, started)
  local p = attempt.params()
  local ok = not answer.error and probes.judge(item.probe, answer.result or answer, p)
  local detail = answer.result or answer
  return {
    name = item.probe.name, set = item.set, title = probes.title(item.probe, p), ok = ok,
    ms = type(detail.ms) == "number" and detail.ms or (core.now() - started) * 1000,
    detail = answer.error and { error = answer.error.message } or detail,
  }
end

-- Asks each distinct probe once and waits for all answers.
local function ask(items)
  local waiting, by_probe, open = {}, {}, 0
  for _, item in ipairs(items) do
    if not by_probe[item.probe] then
      local id = core.ask(probes.request(item.probe, attempt.params(), item.set))
      by_probe[item.probe] = id
      waiting[id] = { started = core.now() }
      open = open + 1
    end
  end
  while open > 0 do
    local answer = core.answer()
    local w = waiting[answer.re]
    if w and not w.answer then
      w.answer, open = answer, open - 1
      w.ended = core.now()
    end
    answer.re = nil
  end
  return function(probe) return waiting[by_probe[probe]] end
end

function runner.run(set)
  local items = chosen(set)
  local got = ask(items)
  local out = core.array({})
  for i, item in ipairs(items) do
    local w = got(item.probe)
    out[i] = result(item, w.answer, w.started)
  end
  return out
end

return runner
