-- SPDX-License-Identifier: GPL-2.0-or-later
-- Texts in English and Japanese, with {{p.name}} filled in.

local strict = require("strict")

local text = {}

local function fill_string(s, p)
  return (s:gsub("{{%s*p%.([%w_]+)%s*}}", function(name)
    local v = p[name]
    if type(v) ~= "string" and type(v) ~= "number" then
      strict.fail(nil, "no parameter 'p.%s' to fill in%s", name, strict.hint(name, p))
    end
    return tostring(v)
  end))
end

-- A string, a text {en, ja} or any table of them, with parameters filled in; functions are left out.
function text.fill(v, p)
  if type(v) == "string" then return fill_string(v, p) end
  if type(v) ~= "table" then return v end
  local out = {}
  for k, item in next, v do
    if type(item) ~= "function" then out[k] = text.fill(item, p) end
  end
  return #v > 0 and core.array(out) or out
end

-- Always {en, ja}: a plain string serves for both, and English where Japanese is lacking.
function text.both(v)
  if type(v) == "string" then return { en = v, ja = v } end
  if type(v) ~= "table" then return { en = "", ja = "" } end
  return { en = v.en, ja = v.ja or v.en }
end

return text
