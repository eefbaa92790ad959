-- SPDX-License-Identifier: GPL-2.0-or-later
-- The score card's items from an attempt's log alone: pure, no lab needed.

local attempt = require("attempt")
local evidence = require("evidence")
local lessons = require("lessons")
local text = require("text")

local score = {}

local shown = { en = "Shown by the evidence", ja = "証拠により確認" }
local blind = { en = "A recorder was missing, so this is not counted", ja = "記録が欠けているため採点しない" }

local function item(step, ev)
  local ok, seqs, reason = step.test(ev, step.options)
  local void = not ok and ev:blind(step.needs)
  local list = core.array({})
  for i, seq in ipairs(seqs or {}) do
    if i > 8 then break end
    list[i] = seq
  end
  return {
    id = step.id, group = step.group, points = ok and step.points or 0, max = step.points, void = void,
    evidence = list, title = text.both(text.fill(step.title, ev.p)),
    why = ok and shown or (void and blind
      or lessons.lost(step.name, reason or step.lacking, ev.p, ev.scenario.chapter)),
  }
end

function score.items(events)
  local ev = evidence.new(events, attempt.scenario(), attempt.params())
  local out = core.array({})
  for i, step in ipairs(attempt.scenario().steps) do out[i] = item(step, ev) end
  return out
end

return score
