-- SPDX-License-Identifier: GPL-2.0-or-later
-- The grammar of .wslconfig and /etc/wsl.conf: [section], key = value, # comments, quotes, escapes, lines continued by a
-- backslash. A wrong line is skipped and told; nothing in it is fatal.

local lpeg = require("lpeg")

local ini = {}

local P, R, S, C, Cc, Cp, Cs, Ct = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Cp, lpeg.Cs, lpeg.Ct

local newline = P("\n")
local ended = #newline + -P(1)
local blank = S(" \t") ^ 0
local name = R("az", "AZ") * R("az", "AZ", "09") ^ 0
local rest = (1 - newline) ^ 0

local function problem(text) return Ct(Cc("problem") * Cp() * Cc(text)) end

-- Sections.
local open_section = P("[")
local section = Ct(Cc("section") * Cp() * open_section * C(name) * "]" * blank) * #(ended + P("#"))
local bad_section = open_section * (
  name * P("]") * blank * problem("Expected ' ' or '\\n' in ")
  + name * problem("Expected ']' in ")
  + problem("Invalid section name in "))

-- Values: quotes go, escapes become what they stand for, blanks at the end go unless quoted.
local escape = P("\\\\") / "\\" + P('\\"') / '"' + P("\\b") / "\b" + P("\\n") / "\n" + P("\\t") / "\t" + P("\\\n") / ""
local inside = escape + (1 - S('"\\\n'))
local quoted = P('"') / "" * inside ^ 0 * (P('"') / "")
local trailing = S(" \t") ^ 1 * #(ended + P("#")) / ""
local plain = trailing + (1 - S('"\\#\n'))
local value = Cs((escape + quoted + plain) ^ 0)
local value_end = #(ended + P("#"))
local wrong_escape = Ct(Cc("problem") * Cp() * Cc("escape") * P("\\") * C((P(1) * R("\128\191") ^ 0) ^ -1)) -- a character, not its first byte

local before_value = name * blank * P("=") * blank
local key = Ct(Cc("key") * C(name) * blank * "=" * blank * value * Cp()) * value_end
local bad_value = before_value * (Cs((escape + quoted + plain) ^ 0) / 0)
  * (wrong_escape + P('"') * (Cs(inside ^ 0) / 0) * (wrong_escape + problem('Expected " in ')))
local bad_key = name * blank * problem("Expected '=' in ")

local comment = P("#") * rest
local line = blank * (section * comment ^ -1 + bad_section * rest + key * comment ^ -1 + bad_value * rest + bad_key * rest
  + comment + ended + problem("Invalid key name in ") * rest)
local file = Ct(line * (newline * line) ^ 0)

-- Gives the lines of positions that are asked for in the text's order.
local function counter(text)
  local number, at = 1, 1
  return function(position)
    while true do
      local newline_at = text:find("\n", at, true)
      if not newline_at or newline_at >= position then return number end
      number, at = number + 1, newline_at + 1
    end
  end
end

local function message(number, item, path)
  local at = ("%s:%d"):format(path, number)
  if item[3] == "escape" then return ("Invalid escaped character: '%s' in %s"):format(item[4], at) end
  return item[3] .. at
end

-- Calls on_key(name with its section, value, line) and on_problem(message) in the file's order. path is as it is shown.
function ini.parse(text, path, on_key, on_problem)
  text = text:gsub("^\239\187\191", ""):gsub("\r\n", "\n")
  local current, line_at = "", counter(text)
  for _, item in ipairs(file:match(text) or {}) do
    if item[1] == "section" then
      current = item[3] .. "."
    elseif item[1] == "key" then
      on_key(current .. item[2], item[3], line_at(item[4]))
    else
      on_problem(message(line_at(item[2]), item, path))
    end
  end
end

return ini
