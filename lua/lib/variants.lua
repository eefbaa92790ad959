-- SPDX-License-Identifier: GPL-2.0-or-later
-- `variants = { ["name"] = { ... } }`: the same lab and the same kind of ticket with another truth, or with nothing wrong at all.
-- A variant is a scenario of its own: what it does not say is the plain one's, but for what only makes sense with the plain one's fault.

local rng = require("rng")
local strict = require("strict")

local variants = {}

variants.PLAIN = "plain"
local PLAIN_WEIGHT, WEIGHT = 2, 1

local schema = strict.schema("variant", {
  weight = "integer", title = "text", ticket = "text!", goals = "list", pass = "integer",
  fault = "function!", symptoms = "list!", controls = "list", fixed = "list", truth = "list!", steps = "list!",
  hints = "list!", look_alike = "list", solution = "list!", alternatives = "list", missteps = "list",
})

-- Of the plain one's own fault, and no one else's.
local own = { "fault", "symptoms", "fixed", "truth", "steps", "hints", "look_alike", "solution", "alternatives", "missteps", "variants" }

-- The scenario that a variant is.
local function merged(plain, t)
  local out = {}
  for k, v in next, plain do out[k] = v end
  for _, k in ipairs(own) do out[k] = nil end
  for k, v in next, t do out[k] = v end
  out.weight = nil
  return out
end

local function check_name(name)
  if type(name) ~= "string" or #name > 32 or not name:find("^[a-z0-9][a-z0-9-]*$") or name == variants.PLAIN then
    strict.fail("variants", "variants: '%s' is no name: lower-case letters, digits and '-', and not '%s'", tostring(name), variants.PLAIN)
  end
end

-- Replaces what an author wrote by whole scenarios, each checked by check(scenario, where).
function variants.resolve(plain, check)
  local made, weights = {}, {}
  for name, t in next, plain.variants or {} do
    check_name(name)
    local where = ("variants['%s']"):format(name)
    strict.check(schema, t, where)
    weights[name] = t.weight or WEIGHT
    if weights[name] < 0 then strict.fail("weight", "%s: 'weight' must not be negative", where) end
    made[name] = merged(plain, t)
    check(made[name])
  end
  plain.variants, plain.weights = made, weights
end

-- In an order that does not hang on a table's.
function variants.names(plain)
  local out = core.array({})
  for name in next, plain.variants do out[#out + 1] = name end
  table.sort(out)
  return out
end

local function drawn(plain, seed)
  local names, sum = variants.names(plain), PLAIN_WEIGHT
  for _, name in ipairs(names) do sum = sum + plain.weights[name] end
  local n = rng.new(seed):fork("variant"):int(1, sum) - PLAIN_WEIGHT
  for _, name in ipairs(names) do
    if n > 0 and n <= plain.weights[name] then return name end
    n = n - plain.weights[name]
  end
  return ""
end

-- The scenario asked for and its variant's name, "" for the plain one. req.draw: the seed decides.
function variants.choose(plain, req)
  local name = req.variant or ""
  if name == "" and req.draw then name = drawn(plain, req.seed or "") end
  if name == "" or name == variants.PLAIN then return plain, "" end
  if not plain.variants[name] then
    -- What others there are is not told: a variant's name may tell a learner what is wrong.
    error({ msg = ("no such variant: '%s'"):format(name), kind = 2, asked = 1 }, 0)
  end
  return plain.variants[name], name
end

return variants
