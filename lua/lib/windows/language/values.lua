-- SPDX-License-Identifier: GPL-2.0-or-later
-- What PowerShell's values are in Lua, and how one becomes another.
--
-- string, number (integer or float), boolean and nil stand for themselves; a plain table is an array (values.NULL where an
-- element is $null); object.lua's objects, hashes (hash.lua) and script blocks have their own metatables.

local object = require("windows.object")
local trim = require("windows.language.trim")

local values = {}

values.NULL = setmetatable({}, { __tostring = function() return "" end })

local hash_meta, block_meta = { kind = "hash" }, { kind = "block" }

-- A hashtable: keys in order, strings without case.
function values.hash() return setmetatable({ keys = {}, map = {} }, hash_meta) end

local function fold(k) return type(k) == "string" and k:lower() or k end

function values.hash_set(h, k, v)
  if k == nil then return end
  local f = fold(k)
  if h.map[f] == nil then h.keys[#h.keys + 1] = k end
  h.map[f] = v == nil and values.NULL or v
end

function values.hash_get(h, k)
  if k == nil then return nil end
  return values.real(h.map[fold(k)])
end

function values.hash_has(h, k) return k ~= nil and h.map[fold(k)] ~= nil end

function values.hash_remove(h, k)
  local f = fold(k)
  if k == nil or h.map[f] == nil then return end
  h.map[f] = nil
  for i, key in ipairs(h.keys) do
    if fold(key) == f then return table.remove(h.keys, i) end
  end
end

function values.is_hash(v) return getmetatable(v) == hash_meta end

-- A script block: { node =, text =, scope = }.
function values.block(b) return setmetatable(b, block_meta) end

function values.is_block(v) return getmetatable(v) == block_meta end

function values.is_list(v) return type(v) == "table" and getmetatable(v) == nil end

function values.real(v)
  if v == values.NULL then return nil end
  return v
end

function values.kept(v)
  if v == nil then return values.NULL end
  return v
end

-- Any value as a list: nil is none, a list itself.
function values.list(v)
  if v == nil or v == values.NULL then return {} end
  if values.is_list(v) then return v end
  return { v }
end

local function number_text(n)
  if math.type(n) == "integer" then return tostring(n) end
  if n ~= n then return "NaN" end
  if n == math.huge then return "Infinity" end
  if n == -math.huge then return "-Infinity" end
  if n == math.floor(n) and math.abs(n) < 1e15 then return string.format("%d", n) end
  local s = string.format("%.15g", n)
  if s:find("e") then
    s = s:gsub("e([+-])(%d+)", function(sign, d) return "E" .. sign .. string.format("%02d", tonumber(d)) end)
  end
  return s
end

local by_type = {} -- type name to function(object) -> text

-- How objects of a type read as text ("$x", a cell of a table).
function values.add_text(type_name, f) by_type[type_name] = f end

function values.has_text(type_name) return by_type[type_name] ~= nil end

local function object_text(o, inner)
  local f = by_type[object.type(o)]
  if f then return f(o) end
  local t = object.type(o)
  if t:find("^Selected%.") or t == "System.Management.Automation.PSCustomObject" then
    if inner then return "" end
    local parts = {}
    for i, name in ipairs(object.names(o)) do
      if i > 50 then break end
      parts[#parts + 1] = name .. "=" .. values.text(object.get(o, name), true)
    end
    return "@{" .. table.concat(parts, "; ") .. "}"
  end
  return t
end

-- As "$v" reads. inner: inside another object, where nothing nests deeper.
function values.text(v, inner)
  local t = type(v)
  if t == "string" then return v end
  if t == "number" then return number_text(v) end
  if t == "boolean" then return v and "True" or "False" end
  if v == nil or v == values.NULL then return "" end
  if t ~= "table" then return tostring(v) end
  if object.is(v) then return object_text(v, inner) end
  if values.is_hash(v) then return "System.Collections.Hashtable" end
  if values.is_block(v) then return v.text end
  if inner then return "System.Object[]" end
  local parts = {}
  for i, e in ipairs(v) do parts[i] = values.text(e, true) end
  return table.concat(parts, " ")
end

function values.type_name(v)
  local t = type(v)
  if t == "string" then return "System.String" end
  if t == "number" then
    if math.type(v) == "float" then return "System.Double" end
    return (v > 2147483647 or v < -2147483648) and "System.Int64" or "System.Int32"
  end
  if t == "boolean" then return "System.Boolean" end
  if t ~= "table" or v == values.NULL then return "" end
  if object.is(v) then return object.type(v) end
  if values.is_hash(v) then return "System.Collections.Hashtable" end
  if values.is_block(v) then return "System.Management.Automation.ScriptBlock" end
  return "System.Object[]"
end

function values.truth(v)
  if v == nil or v == false or v == values.NULL or v == 0 or v == "" then return false end
  if not values.is_list(v) then return true end
  if #v ~= 1 then return #v > 0 end
  -- An array in it counts by whether it is empty.
  if values.is_list(v[1]) then return #v[1] > 0 end
  return values.truth(v[1])
end

local units = { kb = 1024, mb = 1024 ^ 2, gb = 1024 ^ 3, tb = 1024 ^ 4, pb = 1024 ^ 5 }

-- A number as it is written; nil when it is none.
function values.parse_number(s)
  s = trim.both(s)
  if #s > 400 then return nil end -- no number has so many digits
  local body, unit = s:match("^([%+%-]?[%w%.%+%-]-)([kKmMgGtTpP][bB])$")
  body = body or s
  if body == "" or not body:find("^[%+%-]?%.?%d") then return nil end
  body = body:gsub("^%+", "")
  local long = body:match("^([%d%-%.]+)[lLdD]$")
  local n = tonumber(long or body)
  if not n or body:find("[pPnN]") then return nil end
  if unit then n = n * units[unit:lower()] end
  if math.type(n) == "float" and not body:find("[%.eE]") and n == math.floor(n) and math.abs(n) < 2 ^ 53 then
    n = math.tointeger(n) or n
  end
  return n
end

function values.number(v)
  if type(v) == "number" then return v end
  if v == nil or v == values.NULL then return 0 end
  if type(v) == "boolean" then return v and 1 or 0 end
  if type(v) == "string" then return v == "" and 0 or values.parse_number(v) end
  for _ = 1, 100 do -- an array may hold itself
    if type(v) ~= "table" then return values.number(v) end
    if not values.is_list(v) or #v ~= 1 then return nil end
    v = v[1]
  end
  return nil
end

-- .NET rounds halves to even.
function values.integer(n)
  if math.type(n) == "integer" then return n end
  if n ~= n or math.abs(n) >= 2 ^ 62 then return nil end
  local f = math.floor(n)
  local d = n - f
  if d > 0.5 or (d == 0.5 and f % 2 == 1) then f = f + 1 end
  return math.tointeger(f)
end

-- Order of two values: -1, 0, 1. exact: with case.
function values.compare(a, b, exact)
  a, b = values.real(a), values.real(b)
  if type(a) == "number" or (type(a) == "boolean" and type(b) ~= "string") then
    local n = values.number(b)
    if n then
      a = values.number(a)
      return a < n and -1 or a > n and 1 or 0
    end
  end
  if a == nil or b == nil then
    if a == b then return 0 end
    return a == nil and -1 or 1
  end
  local x, y = values.text(a), values.text(b)
  local key = type(a) == "table" and object.is(a) and object.get(a, "Ticks") and object.is(b) and object.get(b, "Ticks")
  if key then x, y = object.get(a, "Ticks"), key end
  if type(x) == "string" and type(y) == "string" and not exact then x, y = x:lower(), y:lower() end
  if type(x) ~= type(y) then x, y = tostring(x), tostring(y) end
  return x < y and -1 or x > y and 1 or 0
end

function values.equal(a, b, exact)
  a, b = values.real(a), values.real(b)
  if a == nil or b == nil then return a == b end
  if type(a) == "boolean" then return a == values.truth(b) end
  if type(a) == "table" and type(b) == "table" then
    if rawequal(a, b) then return true end
    if not (object.is(a) and object.is(b) and object.get(a, "Ticks")) then return false end
  end
  return values.compare(a, b, exact) == 0
end

-- A property of anything: of an object, a hash, or of each of a list's elements.
function values.property(v, name)
  if v == nil or v == values.NULL then return nil end
  if object.is(v) then return object.get(v, name) end
  if values.is_hash(v) then
    if values.hash_has(v, name) then return values.hash_get(v, name) end
    local key = name:lower()
    if key == "count" then return #v.keys end
    if key == "keys" then return { table.unpack(v.keys) } end
    if key == "values" then
      local all = {}
      for i, k in ipairs(v.keys) do all[i] = values.kept(values.hash_get(v, k)) end
      return all
    end
    return nil
  end
  local key = name:lower()
  if type(v) == "string" then
    if key == "length" then return utf8.len(v) or #v end
    return key == "count" and 1 or nil
  end
  if not values.is_list(v) then return (key == "count" or key == "length") and 1 or nil end
  if key == "count" or key == "length" then return #v end
  local all = {}
  for _, e in ipairs(v) do
    local p = values.property(e, name)
    for _, x in ipairs(values.list(p)) do all[#all + 1] = x end
  end
  if #all == 0 then return nil end
  return #all == 1 and all[1] or all
end

-- Has it that property (for Select-Object's wildcards, pipeline binding by name)?
function values.names(v)
  if object.is(v) then return object.names(v) end
  if values.is_hash(v) then return v.keys end
  if type(v) == "string" then return { "Length" } end
  return {}
end

local glob_cache = setmetatable({}, { __mode = "v" })

local function in_set(set)
  local one = {}
  for a, b in set:gmatch("(.)%-(.)") do one[#one + 1] = { a, b } end
  for c in set:gsub(".%-.", ""):gmatch(".") do one[#one + 1] = { c, c } end
  return function(c)
    for _, r in ipairs(one) do
      if c >= r[1] and c <= r[2] then return true end
    end
    return false
  end
end

local function glob_items(p)
  local items, i = {}, 1
  while i <= #p do
    local c = p:match("^[%z\1-\127\194-\244][\128-\191]*", i) or p:sub(i, i)
    local set = c == "[" and p:match("^%[([^%]]+)%]", i)
    i = i + #c
    if c == "`" then
      items[#items + 1] = p:sub(i, i)
      i = i + 1
    elseif c == "*" then
      if items[#items] ~= true then items[#items + 1] = true end
    elseif set then
      items[#items + 1] = in_set(set)
      i = i + #set + 1
    else
      items[#items + 1] = c == "?" and false or c
    end
  end
  return items
end

local function fits(item, c)
  if item == false then return true end
  if type(item) == "function" then return item(c) end
  return item == c
end

-- Does text fit a wildcard? exact: with case. One pass with one mark to go back to, so it can't take long.
function values.like(text, p, exact)
  if not exact then text, p = text:lower(), p:lower() end
  local items = glob_cache[p] or glob_items(p)
  glob_cache[p] = items
  local chars = {}
  for c in text:gmatch("[%z\1-\127\194-\244][\128-\191]*") do chars[#chars + 1] = c end
  local i, k, star, mark = 1, 1, nil, nil
  while i <= #chars do
    local item = items[k]
    if item == true then
      star, mark, k = k, i, k + 1
    elseif item ~= nil and fits(item, chars[i]) then
      i, k = i + 1, k + 1
    elseif star then
      mark = mark + 1
      i, k = mark, star + 1
    else
      return false
    end
  end
  while items[k] == true do k = k + 1 end
  return items[k] == nil
end

function values.has_wildcard(s) return s:find("[%*%?%[]") ~= nil end

return values
