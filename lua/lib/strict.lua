-- SPDX-License-Identifier: GPL-2.0-or-later
-- Checked tables: every table an author writes has a schema; what does not fit is an error with a line and the nearest name.
--
-- A schema maps each key to a rule: a type name, then "!" where the key is required.
-- Types: string, integer, number, boolean, function, table, list, text (a string or {en=, ja=}), id, any, and one|of|several words.

local strict = { schemas = {} }

-- How many single-letter edits lead from a to b, up to limit.
local function distance(a, b, limit)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local above, best = row[0], i
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local cell = math.min(row[j] + 1, row[j - 1] + 1, above + cost)
      above, row[j] = row[j], cell
      best = math.min(best, cell)
    end
    if best > limit then return limit + 1 end
  end
  return row[#b]
end

-- The known name a misspelt one most likely means; nil when none is near. known is a map or a list of names.
function strict.nearest(name, known)
  local limit = math.max(1, math.min(3, #name // 3))
  local best, best_distance
  for k, v in pairs(known) do
    local word = type(k) == "string" and k or v
    if type(word) == "string" then
      local d = distance(name:lower():sub(1, 64), word:lower(), limit)
      if d <= limit and (not best or d < best_distance or (d == best_distance and word < best)) then
        best, best_distance = word, d
      end
    end
  end
  return best
end

-- ", did you mean 'x'?" or nothing.
function strict.hint(name, known)
  local near = strict.nearest(name, known)
  return near and (", did you mean '%s'?"):format(near) or ""
end

-- The line, from `from` on, where the scenario's text sets this key; `from` itself when none does.
local function line_of(key, from)
  local text = core.source()
  local pattern = "%f[%w_]" .. key:gsub("%W", "%%%0") .. "%f[^%w_]%s*=[^=]"
  local n = 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    n = n + 1
    if n >= from and line:gsub("%-%-.*", ""):find(pattern) then return n end
  end
end

-- The line where the constructor is called.
local function line_of_call(word)
  local text = core.source()
  local n = 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    n = n + 1
    if line:gsub("%-%-.*", ""):find("%f[%w_]" .. word:gsub("%W", "%%%0") .. "%s*[{(]") then return n end
  end
end

-- What Lua calls "table: 0x..." by its type alone: where things are in memory is nobody's to know.
local nameless = { ["table"] = "a table", ["function"] = "a function", ["thread"] = "a thread", ["userdata"] = "a userdata" }

-- Raises an error about a key (or nil) of what an author wrote.
function strict.fail(key, fmt, ...)
  local at = core.where()
  local line = type(key) == "string" and (line_of(key, at or 1) or line_of(key, 1)) or at
  error({ msg = (fmt:format(...):gsub("(%a+): 0x%x+", nameless)), line = line }, 0)
end

local function is_list(v)
  return type(v) == "table" and (next(v) == nil or #v > 0)
end

local function is_text(v)
  if type(v) == "string" then return true end
  if type(v) ~= "table" then return false end
  for k, t in pairs(v) do
    if (k ~= "en" and k ~= "ja") or type(t) ~= "string" then return false end
  end
  return v.en ~= nil
end

local kinds = {
  string = function(v) return type(v) == "string" end,
  integer = function(v) return math.type(v) == "integer" end,
  number = function(v) return type(v) == "number" end,
  boolean = function(v) return type(v) == "boolean" end,
  ["function"] = function(v) return type(v) == "function" end,
  table = function(v) return type(v) == "table" end,
  list = is_list,
  text = is_text,
  id = function(v) return type(v) == "string" and #v <= 64 and v:find("^[a-z0-9][a-z0-9-]*$") ~= nil end,
  any = function(v) return v ~= nil end,
}

local spoken = {
  text = "a text: a string or { en = ..., ja = ... }",
  list = "a list",
  id = "an id: lower-case letters, digits and '-'",
  integer = "an integer",
  any = "a value",
}

local function got(v)
  if type(v) == "string" then return ("'%s'"):format(v:sub(1, 40)) end
  if type(v) == "table" then return "a table" end
  return tostring(v)
end

local function one_of(rule, v)
  for word in rule:gmatch("[^|]+") do
    if v == word then return true end
  end
  return false
end

-- Does v fit the type? If not, what was wanted.
local function fits(rule, v)
  if rule:find("|", 1, true) then
    if one_of(rule, v) then return true end
    return false, "one of " .. rule:gsub("|", ", ")
  end
  if kinds[rule](v) then return true end
  return false, spoken[rule] or ("a " .. rule)
end

-- Registers a schema under the name errors and the editor's types use.
function strict.schema(name, rules)
  strict.schemas[name] = rules
  return { name = name, rules = rules }
end

local function prefix(where)
  return where and where ~= "" and (where .. ": ") or ""
end

-- Checks t against a schema; where names it in messages ("steps[2]"), nil for the scenario itself.
function strict.check(schema, t, where)
  if type(t) ~= "table" then
    strict.fail(nil, "%sexpected a table, got %s", prefix(where or schema.name), got(t))
  end
  for k, v in next, t do
    local rule = type(k) == "string" and schema.rules[k] or nil
    if not rule then
      local name = tostring(k)
      strict.fail(name, "%sunknown key '%s'%s", prefix(where), name, strict.hint(name, schema.rules))
    end
    local ok, want = fits(rule:gsub("!$", ""), v)
    if not ok then strict.fail(k, "%s'%s' must be %s, got %s", prefix(where), k, want, got(v)) end
  end
  local missing = {}
  for k, rule in pairs(schema.rules) do
    if rule:sub(-1) == "!" and rawget(t, k) == nil then missing[#missing + 1] = k end
  end
  if #missing > 0 then
    table.sort(missing)
    local line = core.where() or line_of_call(schema.name)
    error({ msg = ("%smissing key '%s'"):format(prefix(where), missing[1]), line = line }, 0)
  end
  return t
end

-- A table nobody can change or look behind; a name it does not have is an error.
function strict.readonly(t, name)
  return setmetatable({}, {
    __index = function(_, k)
      local v = t[k]
      if v == nil then strict.fail(nil, "%s has no '%s'%s", name, tostring(k), strict.hint(tostring(k), t)) end
      return v
    end,
    __newindex = function(_, k)
      strict.fail(nil, "'%s' can't be set: %s is read-only", tostring(k), name)
    end,
    __pairs = function()
      return function(_, k)
        local nk, v = next(t, k)
        return nk, v
      end
    end,
    __metatable = false,
  })
end

-- A handle: methods only, protected, unknown names refused.
function strict.handle(name, methods)
  return {
    __index = function(_, k)
      local m = methods[k]
      if m == nil then
        strict.fail(nil, "%s has no '%s'%s", name, tostring(k), strict.hint(tostring(k), methods))
      end
      return m
    end,
    __newindex = function(_, k)
      strict.fail(nil, "'%s' can't be set on %s", tostring(k), name)
    end,
    __metatable = false,
    __name = name,
  }
end

return strict
