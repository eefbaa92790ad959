-- SPDX-License-Identifier: GPL-2.0-or-later
-- Order and time between steps, which any step may ask for: after another one, within so many seconds of it, before the first change.
--
-- A step asked for in an order is earned by those of its seqs that stand in it.

local attempt = require("attempt")

local relations = {}

local words = {
  early = { en = "It was done, but not before the first change", ja = "行ったが、最初の変更より前ではない" },
  order = { en = "It was done, but not after what has to come first", ja = "行ったが、先に行うべきことの後ではない" },
  late = { en = "It was done, but later than it had to be", ja = "行ったが、時間内ではない" },
}

local function step_by_id(id)
  for _, step in ipairs(attempt.scenario().steps) do
    if step.id == id then return step end
  end
end

-- When the step that has to come first was earned: its earliest event; nil if it was not.
local function since(id, ev)
  local earned, seqs = relations.test(step_by_id(id), ev)
  return earned and earned ~= 0 and seqs and seqs[1] and ev:event(seqs[1]) or nil
end

local function kept(seqs, fn)
  local out = core.array({})
  for _, seq in ipairs(seqs) do
    if fn(seq) then out[#out + 1] = seq end
  end
  return out
end

-- As the step's own test, with the relations that it asks for.
function relations.test(step, ev)
  local o = step.options
  local earned, seqs, reason = step.test(ev, o)
  if not earned or earned == 0 or not (o.after or o.before_change) then return earned, seqs, reason end
  if o.before_change then
    local first = ev:changes()[1]
    seqs = kept(seqs, function(seq) return not first or ev:before(seq, first) end)
    if #seqs == 0 then return false, seqs, words.early end
  end
  if not o.after then return earned, seqs, reason end
  local from = since(o.after, ev)
  seqs = kept(seqs, function(seq) return from ~= nil and ev:event(seq) ~= nil and ev:before(from.seq, ev:event(seq)) end)
  if #seqs == 0 then return false, seqs, words.order end
  if o.within then
    seqs = kept(seqs, function(seq) return ((ev:event(seq) or {}).t or math.huge) - (from.t or 0) <= o.within end)
    if #seqs == 0 then return false, seqs, words.late end
  end
  return earned, seqs, reason
end

return relations
