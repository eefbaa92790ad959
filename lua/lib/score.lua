-- SPDX-License-Identifier: GPL-2.0-or-later
-- The score card's items, and the way that was gone, from an attempt's log alone: pure, no lab needed.

local attempt = require("attempt")
local best = require("best")
local evidence = require("evidence")
local idle = require("idle")
local lessons = require("lessons")
local relations = require("relations")
local text = require("text")
local walked = require("walked")

local score = {}

local SHOWN = 8 -- seqs an item carries

local shown = { en = "Shown by the evidence", ja = "証拠により確認" }
local blind = { en = "A recorder was missing, so this is not counted", ja = "記録が欠けているため採点しない" }

-- Of a step's worth in points, the share that was earned: halves, and all only for all.
local function points_of(share, points)
  if share >= 1 then return points end
  return math.min(math.floor(share * points * 2 + 0.5) / 2, points - 0.5)
end

-- A test says true, false, or how much of it was earned.
local function share_of(earned)
  if type(earned) == "number" then return math.max(0, math.min(1, earned)) end
  return earned and 1 or 0
end

local function why(step, share, void, reason)
  if share >= 1 then return shown end
  if void then return blind end
  return reason or step.lacking
end

local function layer_of(step)
  if step.layer == "*" then return attempt.scenario().layer end
  return step.layer or core.null
end

local function item(step, ev, way)
  local earned, seqs, reason = relations.test(step, ev)
  local share = share_of(earned)
  local void = share == 0 and ev:blind(step.needs)
  return {
    id = step.id, group = step.group, layer = layer_of(step), points = points_of(share, step.points), max = step.points, void = void,
    all = seqs or {}, title = text.both(text.fill(step.title, ev.p)), why = text.both(why(step, share, void, reason)),
    lesson = lessons.of(step, way, ev.p, ev.scenario.chapter),
  }
end

-- The seqs an item carries: the first of all that show it.
local function cut(items)
  for _, it in ipairs(items) do
    it.evidence, it.all = table.move(it.all, 1, math.min(#it.all, SHOWN), 1, core.array({})), nil
  end
  return items
end

-- Where an item's layer, or that of a piece of the way, can't be said, JSON says so.
local function with_null(list)
  for _, e in ipairs(list) do
    if e.layer == nil then e.layer = core.null end
  end
  return list
end

-- only: "items" alone, for who asks often. Else
-- { items, path = { walked, best }, hint_prices, gone }; gone: the fault was, and not by the learner's doing.
function score.all(events, only)
  local ev = evidence.new(events, attempt.scenario(), attempt.params())
  local way, items = best.list(), core.array({})
  for i, step in ipairs(attempt.scenario().steps) do items[i] = item(step, ev, way) end
  if only == "items" then return { items = cut(items) } end
  local path = { walked = with_null(walked.list(ev, items)), best = with_null(way) }
  return { items = cut(items), path = path, hint_prices = require("hints").prices(), gone = idle.mended_itself(ev) }
end

return score
