-- SPDX-License-Identifier: GPL-2.0-or-later
-- The same question put to both sides, WSL and Windows: what only one of them can do tells on which side the fault is.

local both = require("steps.both")
local common = require("steps.common")
local looking = require("steps.looking")

local join = common.join

local tests = {}

-- An output of Windows' own with something in it, of a command that asks this.
local function told_by_windows(ev, what)
  return ev:output("any", function(out, e) return looking.at(ev, e, what) ~= nil and out:find("%d") ~= nil end)
end

local function of_wsl(ev, names)
  local lists = {}
  for _, name in ipairs(names) do
    local ok, seqs = require("steps").tests[name](ev, {})
    if ok then lists[#lists + 1] = seqs end
  end
  return join(table.unpack(lists))
end

-- What was seen there before the last change; later it would be checking.
local function in_time(ev, seqs)
  local _, out = common.looked(ev, seqs)
  return out
end

-- what: one of `both`.
function tests.sides_compared(ev, t)
  local side = both[t.what]
  local here, there = of_wsl(ev, side.here), in_time(ev, told_by_windows(ev, side.there))
  local n = (#here > 0 and 1 or 0) + (#there > 0 and 1 or 0)
  if n < 2 then return false, core.array({}) end
  return true, join({ here[1] }, { there[1] })
end

return tests
