-- SPDX-License-Identifier: GPL-2.0-or-later
-- In which order things were done: looked, tried and said before anything was changed.

local lost = require("lost")
local common = require("steps.common")

local join = common.join

local tests = {}

-- The first seq of what shows a step, where that was before the first change.
local function before_change(ev, ok, seqs)
  local first = ev:changes()[1]
  if not ok or ok == 0 then return nil end
  local seq = seqs[1]
  return seq and (not first or ev:before(seq, first)) and seq or nil
end

-- Looked before changing: `least` of the observing steps were earned before the first change; of fewer, their share.
function tests.looked_first(ev, t)
  local seqs, n = {}, 0
  for _, s in ipairs(ev.scenario.steps) do
    if s.group == "observe" and s.name ~= "looked_first" and s.name ~= "hypothesis_tested" then
      local seq = before_change(ev, s.test(ev, s.options))
      n, seqs[#seqs + 1] = n + (seq and 1 or 0), seq
    end
  end
  local least = t.least or 2
  local why = lost.why(ev:touched() and "looked_too_little" or "looked_too_little_unchanged", n, least)
  return n >= least or (ev:touched() and n / least or 0), join(seqs), why
end

-- Facts that are found by trying, not by reading.
local tries = { "gateway_pinged", "public_pinged", "name_looked_up", "named_server_asked", "size_tried" }

-- Two different tries before the first change: one alone tells that something is wrong, two tell what it is not.
-- of: which ones; each the name of a step.
function tests.hypothesis_tested(ev, t)
  local all, seqs, n = require("steps").tests, {}, 0
  for _, name in ipairs(t.of or tries) do
    local seq = before_change(ev, all[name](ev, {}))
    n, seqs[#seqs + 1] = n + (seq and 1 or 0), seq
  end
  return math.min(n / 2, 1), join(seqs), n == 1 and lost.why("one_try") or nil
end

-- Some diagnosis was stated before anything was changed. Whether it was right is another step's.
function tests.diagnosed_first(ev)
  local first, answer = ev:changes()[1], ev:all("answer")[1]
  if not answer then return false, core.array({}), lost.why("no_answer") end
  return not first or ev:before(answer.seq, first), join({ answer.seq })
end

return tests
