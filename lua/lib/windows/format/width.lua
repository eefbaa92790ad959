-- SPDX-License-Identifier: GPL-2.0-or-later
-- How wide text is on a terminal: East-Asian characters take two columns.

local width = {}

local wide = { { 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0x33FF }, { 0x3400, 0x4DBF }, { 0x4E00, 0x9FFF }, { 0xA000, 0xA4CF },
  { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE30, 0xFE6F }, { 0xFF00, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x1F300, 0x1F64F }, { 0x20000, 0x3FFFD } }

local function of_code(c)
  if c < 0x300 then return c < 32 and 0 or 1 end
  if c <= 0x36F then return 0 end
  for _, r in ipairs(wide) do
    if c >= r[1] and c <= r[2] then return 2 end
  end
  return 1
end

function width.of(s)
  if not s:find("[\128-\255]") then return #s end
  local n = 0
  for c in s:gmatch("[%z\1-\127\194-\244][\128-\191]*") do
    n = n + (utf8.len(c) == 1 and of_code(utf8.codepoint(c)) or 1)
  end
  return n
end

-- The longest beginning of s that is no wider than n.
function width.cut(s, n)
  local taken, at = 0, 1
  for from, c in s:gmatch("()([%z\1-\127\194-\244][\128-\191]*)") do
    local w = width.of(c)
    if taken + w > n then return s:sub(1, from - 1) end
    taken, at = taken + w, from + #c
  end
  return s:sub(1, at - 1)
end

-- The place after the longest piece of s, from a place on, that is no wider than n: one character at least.
function width.reach(s, n, from)
  local taken = 0
  for at, c in s:gmatch("()([%z\1-\127\194-\244][\128-\191]*)", from) do
    taken = taken + width.of(c)
    if taken > n and at > from then return at end
  end
  return #s + 1
end

-- s in exactly n columns; what is too long ends in "...".
function width.fit(s, n, right)
  local w = width.of(s)
  if w > n then
    s = n > 3 and width.cut(s, n - 3) .. "..." or width.cut(s, n)
    w = width.of(s)
  end
  local pad = (" "):rep(n - w)
  return right and pad .. s or s .. pad
end

return width
