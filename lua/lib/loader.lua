-- SPDX-License-Identifier: GPL-2.0-or-later
-- Loads a scenario's text and says what it is: everything but what needs a lab.

local attempt = require("attempt")
local constructor = require("scenario")
local env = require("env")
local rng = require("rng")
local strict = require("strict")
local text = require("text")
local variants = require("variants")

local loader = {}

-- The addresses of this seed, with what the scenario's params() adds or changes.
local function params(s, variant, req)
  local seed = rng.new(req.seed or "")
  local p = require("wsl2.addresses").from(seed)
  p.variant = variant
  if s.params then
    local more = s.params(seed:fork("params"), p)
    if type(more) ~= "table" then strict.fail("params", "'params' must return a table") end
    for k, v in pairs(more) do p[k] = v end
  end
  return p
end

local function names(probes)
  local out = core.array({})
  for i, p in ipairs(probes) do out[i] = p.name end
  return out
end

-- By a probe's name, what people read.
local function titles(probes, p)
  local out = {}
  for _, probe in ipairs(probes) do out[probe.name] = require("probes").title(probe, p) end
  return out
end

-- What an author said of a step beside its points, as far as it is words and numbers.
local function options(step, p)
  local out = {}
  for k, v in next, step.options do
    if type(v) == "string" or type(v) == "number" then out[k] = text.fill(v, p) end
  end
  return out
end

local function steps(list, p)
  local out = core.array({})
  for i, s in ipairs(list) do
    out[i] = { id = s.id, name = s.name, group = s.group, points = s.points, title = text.both(text.fill(s.title, p)), options = options(s, p) }
  end
  return out
end

local function texts(list, p)
  local out = core.array({})
  for i, t in ipairs(list or {}) do out[i] = text.both(text.fill(t, p)) end
  return out
end

local function plain(list, p)
  return core.array(text.fill(list or {}, p))
end

-- What is typed one after the other: strings at the learner's own shell, { windows = "..." } at the prompt of that node.
local function lines(list, p)
  local out = plain(list, p)
  for i, line in ipairs(out) do
    if type(line) == "table" then out[i] = { node = "windows", line = line.windows } end
  end
  return out
end

-- Each list an attempt of its own.
local function runs(list, p)
  local out = core.array({})
  for i, r in ipairs(list or {}) do out[i] = lines(r, p) end
  return out
end

local function missteps(list, p)
  local out = core.array({})
  for i, m in ipairs(list or {}) do
    out[i] = { name = m.name, commands = lines(m.commands, p), at_most = m.at_most }
  end
  return out
end

local function requires(r)
  r = r or {}
  return { kernel = plain(r.kernel), tools = plain(r.tools) }
end

local function meta(s, p)
  return {
    id = s.id, api = s.api, layer = s.layer, mode = s.mode, level = s.level, chapter = s.chapter, minutes = s.minutes,
    tags = plain(s.tags), sources = plain(s.sources), requires = requires(s.requires), pass = s.pass,
    title = text.both(text.fill(s.title, p)), ticket = text.both(text.fill(s.ticket, p)),
    truth = plain(s.truth), goals = texts(s.goals, p), look_alike = plain(s.look_alike),
    solution = lines(s.solution, p), alternatives = runs(s.alternatives, p), missteps = missteps(s.missteps, p),
    steps = steps(s.steps, p),
    symptoms = names(s.symptoms), controls = names(s.controls), fixed = names(s.fixed), hints = #(s.hints or {}),
    titles = titles(s.fixed, p),
  }
end

function loader.load(req)
  local whole = core.compile(env.new())()
  if not constructor.is(whole) then
    error({ msg = "the file must end with 'return scenario { ... }'", line = 1 }, 0)
  end
  local s, variant = variants.choose(whole, req)
  local p = params(s, variant, req)
  attempt.begin(s, p, req)
  local out = meta(s, p)
  out.variant, out.variants = variant, variants.names(whole)
  return out
end

return loader
