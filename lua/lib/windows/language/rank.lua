-- SPDX-License-Identifier: GPL-2.0-or-later
-- Sorts a flat chain of operands and operators, as grammar.lua leaves it, into a tree by the operators' rank.

local rank = {}

local ranks = { ["+"] = 4, ["-"] = 4, ["*"] = 5, ["/"] = 5, ["%"] = 5, f = 6, [".."] = 7, [","] = 8, ["and"] = 1, ["or"] = 1, xor = 1,
  band = 2, bor = 2, bxor = 2, shl = 3, shr = 3 }

local function name_of(op)
  if op:sub(1, 1) == "-" and #op > 1 then op = op:sub(2):lower() end
  return op
end

local function rank_of(op) return ranks[op] or 3 end

local function combine(op, a, b)
  if op == "," then
    if a.k == "list" and not a.closed then
      a[#a + 1] = b
      a.stop = b.stop
      return a
    end
    return { k = "list", pos = a.pos, stop = b.stop, a, b }
  end
  return { k = "binary", op = op, pos = a.pos, stop = b.stop, a, b }
end

-- The shunting-yard way: no recursion, so a chain may be as long as it likes.
function rank.tree(chain)
  local operands, operators = { chain[1] }, {}
  local function reduce()
    local op = table.remove(operators)
    local b = table.remove(operands)
    operands[#operands] = combine(op, operands[#operands], b)
  end
  for i = 2, #chain, 2 do
    local op = name_of(chain[i])
    while #operators > 0 and rank_of(operators[#operators]) >= rank_of(op) do reduce() end
    operators[#operators + 1] = op
    operands[#operands + 1] = chain[i + 1]
  end
  while #operators > 0 do reduce() end
  return operands[1]
end

return rank
