-- SPDX-License-Identifier: GPL-2.0-or-later
-- `course { ... }`: scenarios in an order, with what must be passed before. Checks everything an author wrote.

local env = require("env")
local strict = require("strict")
local text = require("text")

local course = {}

local schema = strict.schema("course", {
  api = "integer!", id = "id!", title = "text!", about = "text!", pass = "integer!", units = "list!",
})
local unit_schema = strict.schema("unit", {
  id = "id!", title = "text!", text = "text!", chapter = "integer", after = "list", need = "integer", scenarios = "list!",
})
local API = 1

local made = setmetatable({}, { __mode = "k" })

-- A list of ids that `known` has; each once.
local function check_ids(list, where, key, known, what)
  local seen = {}
  for i, id in ipairs(list) do
    if type(id) ~= "string" then strict.fail(key, "%s: %s[%d] must be an id", where, key, i) end
    if seen[id] then strict.fail(key, "%s: '%s' stands in '%s' twice", where, id, key) end
    if not known[id] then strict.fail(key, "%s: unknown %s '%s'%s", where, what, id, strict.hint(id, known)) end
    seen[id] = true
  end
end

local function check_unit(u, where, before, known, used)
  strict.check(unit_schema, u, where)
  if before[u.id] then strict.fail("units", "%s: there is a unit '%s' before", where, u.id) end
  -- Only what stands above: so there is always a way through.
  check_ids(u.after or {}, where, "after", before, "unit before it")
  check_ids(u.scenarios, where, "scenarios", known, "scenario")
  if #u.scenarios == 0 then strict.fail("scenarios", "%s: 'scenarios' is empty", where) end
  for _, id in ipairs(u.scenarios) do
    if used[id] then strict.fail("scenarios", "%s: '%s' is in unit '%s' already", where, id, used[id]) end
    used[id] = u.id
  end
  if u.need and (u.need < 1 or u.need > #u.scenarios) then
    strict.fail("need", "%s: 'need' must be from 1 to %d, the unit's scenarios", where, #u.scenarios)
  end
end

local function check(c, known)
  local before, used = {}, {}
  if c.api ~= API then strict.fail("api", "'api' must be %d", API) end
  if c.pass < 1 or c.pass > 100 then strict.fail("pass", "'pass' must be from 1 to 100") end
  if #c.units == 0 then strict.fail("units", "'units' is empty") end
  for i, u in ipairs(c.units) do
    check_unit(u, ("units[%d]"):format(i), before, known, used)
    before[u.id] = true
  end
end

function course.public(t)
  strict.check(schema, t)
  made[t] = true
  return t
end

local function unit(u)
  return {
    id = u.id, title = text.both(u.title), text = text.both(u.text), chapter = u.chapter, after = core.array(u.after or {}),
    need = u.need or #u.scenarios, scenarios = core.array(u.scenarios),
  }
end

-- The course of the request's text; req.scenarios: the ids there are.
function course.load(req)
  local c = core.compile(env.new(env.course))()
  if not made[c] then error({ msg = "the file must end with 'return course { ... }'", line = 1 }, 0) end
  local known, units = {}, core.array({})
  for _, id in ipairs(req.scenarios or {}) do known[id] = true end
  check(c, known)
  for i, u in ipairs(c.units) do units[i] = unit(u) end
  return { id = c.id, title = text.both(c.title), about = text.both(c.about), pass = c.pass, units = units }
end

return course
