-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a hint costs: points taken off the score.

local attempt = require("attempt")

local hints = {}

-- The first says where to look, the second what to compare, the third what it is.
local usual = { 3, 5, 8 }

function hints.price(n)
  local hint = (attempt.scenario().hints or {})[n]
  if not hint then return 0 end
  return type(hint) == "table" and hint.price or usual[math.min(n, #usual)]
end

function hints.prices()
  local out = core.array({})
  for n in ipairs(attempt.scenario().hints or {}) do out[n] = hints.price(n) end
  return out
end

return hints
