-- SPDX-License-Identifier: GPL-2.0-or-later
-- `step.NAME { points = n }`: what earns points, and by what evidence.
--
-- A step's test is a pure function of the log: it returns a truth value, the seqs that show it, and where it can be lost
-- in several ways the reason. What counts is what the kernel saw (a program started, a packet, a change, a probe) or a command whose recorded output
-- holds the live value. No mend is recognised by its command.

local strict = require("strict")

local steps = {}

local made = setmetatable({}, { __mode = "k" })

function steps.is(v)
  return made[v] == true
end

local tests = {}
steps.tests = tests

for _, part in ipairs({ "guest", "windows", "paths", "config", "sides", "order", "diagnose", "outcome", "healthy" }) do
  for name, test in pairs(require("steps." .. part)) do tests[name] = test end
end

-- What an author writes --------------------------------------------------------------------------------------------

local table_of_steps = require("steps.table")

-- What every step may say, beside its own options. after: the id of a step that has to be earned by something earlier; within: at most so
-- many seconds later; before_change: by something before the first change.
local function common_rules()
  return {
    points = "integer!", id = "id", title = "text", group = "observe|diagnose|mend|verify|care", layer = "L1|L2|L2.5|L3|L4|L5|other",
    lesson = "text", after = "id", within = "integer", before_change = "boolean",
  }
end

-- `of` names other steps.
local function check_names(name, list)
  for _, other in ipairs(list or {}) do
    if not tests[other] then strict.fail("of", "step.%s: no step is called '%s'%s", name, tostring(other), strict.hint(tostring(other), tests)) end
  end
end

local function constructor(row)
  local name, group, needs, own = row[1], row[2], row[4], row[5]
  local rules = common_rules()
  for k, rule in pairs(own) do rules[k] = rule end
  local schema = strict.schema("step." .. name, rules)
  return function(t)
    strict.check(schema, t, "step." .. name)
    if t.points < 0 or t.points > 100 then strict.fail("points", "step.%s: points must be from 0 to 100", name) end
    check_names(name, t.of)
    local out = {
      id = t.id or name:gsub("_", "-"), name = name, group = t.group or group, layer = t.layer or row[3] or nil, points = t.points, needs = needs,
      title = t.title or { en = row[6], ja = row[7] }, lacking = { en = row[8], ja = row[9] },
      test = tests[name], options = t,
    }
    made[out] = true
    return out
  end
end

-- step.custom { id, group, points, title, test = function(ev) return ok, seqs end }: for what no named step says.
local custom_rules = common_rules()
for k, rule in pairs({ id = "id!", group = "observe|diagnose|mend|verify|care!", title = "text!", test = "function!", needs = "list" }) do
  custom_rules[k] = rule
end
local custom_schema = strict.schema("step.custom", custom_rules)

local function custom(t)
  strict.check(custom_schema, t, "step.custom")
  local out = { id = t.id, name = "custom", group = t.group, layer = t.layer, points = t.points, title = t.title, needs = t.needs or {},
    lacking = { en = "The log does not show it", ja = "記録に見当たらない" }, test = t.test, options = t }
  made[out] = true
  return out
end

local public = { custom = custom }
for _, row in ipairs(table_of_steps) do public[row[1]] = constructor(row) end
steps.kinds = public
steps.public = strict.readonly(public, "step")

return steps
