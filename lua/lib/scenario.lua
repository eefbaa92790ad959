-- SPDX-License-Identifier: GPL-2.0-or-later
-- `scenario { ... }`: checks everything an author wrote, with the line and the nearest known name.

local causes = require("causes")
local probes = require("probes")
local steps = require("steps")
local strict = require("strict")
local variants = require("variants")

local scenario = {}

local LAYERS = "L1|L2|L2.5|L3|L4|L5|other"
local API = 1

local schema = strict.schema("scenario", {
  api = "integer!", id = "id!", layer = LAYERS .. "!", mode = "nat|mirrored|bridged|consomme|none!",
  level = "integer!", chapter = "integer", minutes = "integer", tags = "list",
  title = "text!", ticket = "text!", goals = "list", sources = "list", requires = "table",
  params = "function", topology = "function!", fault = "function!",
  symptoms = "list!", controls = "list!", fixed = "list", truth = "list!", steps = "list!", pass = "integer",
  hints = "list", look_alike = "list", solution = "list!", alternatives = "list", missteps = "list", variants = "table",
})
local truth_schema = strict.schema("truth", { layer = LAYERS .. "!", cause = "id!", at = "string!" })
local misstep_schema = strict.schema("misstep", { name = "string!", commands = "list!", at_most = "integer!" })
local requires_schema = strict.schema("requires", { kernel = "list", tools = "list" })

local made = setmetatable({}, { __mode = "k" })

-- Was this value made by the constructor?
function scenario.is(v)
  return made[v] == true
end

local function strings(list, key)
  for i, v in ipairs(list or {}) do
    if type(v) ~= "string" then strict.fail(key, "%s[%d] must be a string", key, i) end
  end
end

local line_schema = strict.schema("line", { windows = "string!" })

-- What is typed: a string into the learner's shell, { windows = "..." } at the Windows prompt.
local function lines(list, key)
  for i, v in ipairs(list) do
    if type(v) == "table" then
      strict.check(line_schema, v, ("%s[%d]"):format(key, i))
    elseif type(v) ~= "string" then
      strict.fail(key, "%s[%d] must be a string, or { windows = \"...\" }", key, i)
    end
  end
end

local function check_truth(s)
  for i, t in ipairs(s.truth) do
    strict.check(truth_schema, t, ("truth[%d]"):format(i))
    local known = causes.by_id[t.cause]
    if not known then
      strict.fail("truth", "truth[%d]: unknown cause '%s'%s", i, t.cause, strict.hint(t.cause, causes.by_id))
    end
    if known.layer ~= t.layer then
      strict.fail("truth", "truth[%d]: cause '%s' is of layer %s, not %s", i, t.cause, known.layer, t.layer)
    end
  end
end

local function check_probes(s, key, seen)
  for i, p in ipairs(s[key]) do
    if not probes.is(p) then strict.fail(key, "%s[%d] must be made by probe.KIND { ... }", key, i) end
    if seen[p.name] and seen[p.name] ~= p then
      strict.fail(key, "%s[%d]: another probe is named '%s' already", key, i, p.name)
    end
    seen[p.name] = p
  end
end

-- What a step says of others: the step it comes after, the fixed-probes that are parts of a mend.
local function check_options(s, options, ids, i)
  if options.after and not ids[options.after] then
    strict.fail("after", "steps[%d]: there is no step '%s'%s", i, options.after, strict.hint(options.after, ids))
  end
  local fixed = {}
  for _, p in ipairs(s.fixed) do fixed[p.name] = true end
  for _, name in ipairs(options.parts or {}) do
    if not fixed[name] then strict.fail("parts", "steps[%d]: no fixed-probe is called '%s'%s", i, tostring(name), strict.hint(tostring(name), fixed)) end
  end
end

local hint_schema = strict.schema("hint", { en = "string!", ja = "string!", price = "integer" })

-- Where to look, what to compare, what it is; each has its price.
local function check_hints(s)
  for i, hint in ipairs(s.hints or {}) do
    if type(hint) ~= "string" then strict.check(hint_schema, hint, ("hints[%d]"):format(i)) end
    if type(hint) == "table" and (hint.price or 0) < 0 then strict.fail("price", "hints[%d]: 'price' must not be negative", i) end
  end
end

local function check_steps(s)
  local sum, seen = 0, {}
  for i, step in ipairs(s.steps) do
    if not steps.is(step) then strict.fail("steps", "steps[%d] must be made by step.NAME { ... }", i) end
    if seen[step.id] then strict.fail("steps", "steps[%d]: step '%s' stands there twice", i, step.id) end
    seen[step.id] = true
    sum = sum + step.points
  end
  for i, step in ipairs(s.steps) do check_options(s, step.options, seen, i) end
  if sum ~= 100 then strict.fail("steps", "the points of 'steps' sum to %d, not 100", sum) end
end

local function check_runs(s)
  lines(s.solution, "solution")
  for i, run in ipairs(s.alternatives or {}) do
    if type(run) ~= "table" then strict.fail("alternatives", "alternatives[%d] must be a list of commands", i) end
    lines(run, ("alternatives[%d]"):format(i))
  end
  for i, m in ipairs(s.missteps or {}) do
    strict.check(misstep_schema, m, ("missteps[%d]"):format(i))
    lines(m.commands, ("missteps[%d].commands"):format(i))
  end
end

-- What a scenario and each variant of it have to hold. Where nothing is wrong, nothing is to be mended: what works has to go on working.
local function check_whole(t)
  t.fixed = t.fixed or (#t.truth == 0 and t.controls or t.symptoms)
  t.pass = t.pass or 70
  check_truth(t)
  local seen = {}
  for _, key in ipairs({ "symptoms", "controls", "fixed" }) do check_probes(t, key, seen) end
  check_steps(t)
  check_hints(t)
  check_runs(t)
end

function scenario.public(t)
  strict.check(schema, t)
  if t.api ~= API then strict.fail("api", "this netdojo knows scenario API %d, not %d", API, t.api) end
  strict.check(requires_schema, t.requires or {}, "requires")
  variants.resolve(t, check_whole)
  check_whole(t)
  strings(t.tags, "tags")
  strings(t.sources, "sources")
  made[t] = true
  return t
end

return scenario
