-- SPDX-License-Identifier: GPL-2.0-or-later
-- What Windows' programs share in how they write: dotted keys, padding, wildcards.

local change = require("windows.machine.change")

local text = {}

text.like = change.like

-- "IPv4 Address" to "   IPv4 Address. . . . . . . . . . . ": the dots of all keys stand in the same columns. A key that
-- Windows writes with a space before its dots has it.
function text.dotted(indent, key, width)
  local out = key .. (#key % 2 == 1 and " ." or ".")
  while #out < width - 1 do out = out .. " ." end
  return (" "):rep(indent) .. out .. " "
end

function text.lines(emit, s)
  for line in (s .. "\n"):gmatch("(.-)\n") do emit(line) end
end

return text
