-- SPDX-License-Identifier: GPL-2.0-or-later
-- JSON, read by an LPeg grammar and written as Windows PowerShell 5.1 lays it out.

local lpeg = require("lpeg")
local object = require("windows.object")
local values = require("windows.language.values")

local json = {}

local P, R, S, V, C, Cc, Cs, Ct = lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Cc, lpeg.Cs, lpeg.Ct

local ws = S(" \t\r\n")^0
local plain = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
local hex = R("09", "af", "AF")
local escape = (P("\\u") * C(hex * hex * hex * hex)) / function(h) return utf8.char(tonumber(h, 16)) end +
  (P("\\") * C(P(1))) / function(c) return plain[c] or c end
local text = P('"') * Cs((escape + (1 - S('"\\')))^0) * '"'
local number = C(P("-")^-1 * R("09")^1 * (P(".") * R("09")^1)^-1 * (S("eE") * S("+-")^-1 * R("09")^1)^-1) / tonumber

local function member(k, v) return { k, v } end

local function to_object(list)
  local o = object.new("System.Management.Automation.PSCustomObject")
  for _, m in ipairs(list) do object.set(o, m[1], values.real(m[2])) end
  return o
end

local grammar = P({
  ws * V("value") * ws * -1,
  value = text + number + P("true") * Cc(true) + P("false") * Cc(false) + P("null") * Cc(values.NULL) + V("list") + V("object"),
  list = Ct(P("[") * ws * (V("value") * (ws * "," * ws * V("value"))^0)^-1 * ws * "]"),
  object = Ct(P("{") * ws * (V("member") * (ws * "," * ws * V("member"))^0)^-1 * ws * "}") / to_object,
  member = (text * ws * ":" * ws * V("value")) / member,
})

-- text -> value; nil, message
function json.read(s)
  local ok, v = pcall(grammar.match, grammar, s)
  if not ok or v == nil then return nil, "Invalid JSON primitive: " .. (s:match("%S+") or ""):sub(1, 60) .. "." end
  return v
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\b"] = "\\b", ["\f"] = "\\f" }

local function quoted(s)
  return '"' .. s:gsub('[%c"\\<>&\']', function(c) return escapes[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

local function members_of(v)
  local list = {}
  for i, name in ipairs(values.names(v)) do
    local x
    if values.is_hash(v) then x = values.hash_get(v, name) else x = object.get(v, name) end
    list[i] = { values.text(name), x }
  end
  return list
end

local write

local function block(items, open, shut, pad, compress)
  if #items == 0 then return open .. (compress and "" or "\n\n" .. pad) .. shut end
  if compress then return open .. table.concat(items, ",") .. shut end
  local inner = pad .. (" "):rep(4)
  return open .. "\n" .. inner .. table.concat(items, ",\n" .. inner) .. "\n" .. pad .. shut
end

function write(v, depth, pad, compress)
  v = values.real(v)
  if v == nil then return "null" end
  if type(v) == "boolean" then return tostring(v) end
  if type(v) == "number" then return values.text(v) end
  if type(v) == "string" then return quoted(v) end
  if values.is_block(v) or depth < 0 or (object.is(v) and values.has_text(object.type(v))) then return quoted(values.text(v)) end
  local items = {}
  -- 5.1 sets what is inside under its key.
  local inner = pad .. (" "):rep(4)
  if values.is_list(v) then
    for i, e in ipairs(v) do items[i] = write(e, depth - 1, inner, compress) end
    return block(items, "[", "]", pad, compress)
  end
  for i, m in ipairs(members_of(v)) do
    local key = quoted(m[1]) .. ":" .. (compress and "" or "  ")
    items[i] = key .. write(m[2], depth - 1, inner .. (" "):rep(compress and 0 or #key), compress)
  end
  return block(items, "{", "}", pad, compress)
end

function json.write(v, depth, compress) return write(v, depth, "", compress) end

return json
