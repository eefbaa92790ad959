-- SPDX-License-Identifier: GPL-2.0-or-later
-- Compares lua/types/netdojo.lua with the tables the library really has. Usage: lua types.lua SOURCE

local source = arg[1]
package.path = source .. "/lua/lib/?.lua"
core = { array = function(t) return t end } -- luacheck: ignore

for _, m in ipairs({ "scenario", "probes", "steps", "lab", "wsl2.nat", "rng", "env", "course" }) do require(m) end
local strict, env = require("strict"), require("env")

local plain = { list = "any[]", text = "netdojo.text", id = "string", any = "any", ["function"] = "function" }

-- What a schema's rule is called in LuaCATS.
local function type_of(rule)
  rule = rule:gsub("!$", "")
  if rule:find("|", 1, true) then return '"' .. rule:gsub("|", '"|"') .. '"' end
  return plain[rule] or rule
end

-- A declared type may say more than the schema can: what a function takes, what a list holds, a table's class.
local function agrees(declared, rule)
  local want = type_of(rule)
  if declared == want then return true end
  if want == "function" then return declared:find("^fun%(") ~= nil end
  if want == "any[]" then return declared:find("%[%]$") ~= nil end
  if want == "table" then return declared:find("^netdojo%.") ~= nil or declared:find("^table<") ~= nil end
  return want == "any"
end

-- {class = {field = {type, optional}}} of the types file, and the names of its global tables' members.
local function declared_in(path)
  local classes, members, current = {}, {}, nil
  for line in io.lines(path) do
    local name, parent = line:match("^%-%-%-@class ([%w_.]+):? ?([%w_.]*)")
    if name then
      current = name
      classes[name] = {}
      for k, v in pairs(classes[parent] or {}) do classes[name][k] = v end
    end
    local field, optional, rest = line:match("^%-%-%-@field ([%w_]+)(%??) (.+)$")
    if field then
      classes[current][field] = { type = rest:match("^(fun%b():?%s?[%w_.]*)") or rest:match("^(%S+)"), optional = optional == "?" }
    end
    local table_name, member = line:match("^function ([%w_.]+)[.:]([%w_]+)%(")
    if table_name then members[table_name .. "." .. member] = true end
  end
  return classes, members
end

local problems = 0
local function problem(fmt, ...)
  problems = problems + 1
  print(fmt:format(...))
end

local classes, members = declared_in(source .. "/lua/types/netdojo.lua")

local function compare(name, rules)
  local class = classes["netdojo." .. name]
  if not class then return problem("class netdojo.%s is missing", name) end
  for k, rule in pairs(rules) do
    local d = class[k]
    if not d then
      problem("netdojo.%s: field %s is missing", name, k)
    elseif not agrees(d.type, rule) then
      problem("netdojo.%s.%s: declared %s, the schema says %s", name, k, d.type, type_of(rule))
    elseif d.optional ~= (rule:sub(-1) ~= "!") then
      problem("netdojo.%s.%s: optional in one place only", name, k)
    end
  end
  for k in pairs(class) do
    if not rules[k] then problem("netdojo.%s: field %s does not exist", name, k) end
  end
end

for name, rules in pairs(strict.schemas) do compare(name, rules) end

local function has(table_name, list)
  for k in pairs(list) do
    if not members[table_name .. "." .. k] then problem("function %s.%s is missing", table_name, k) end
  end
  for k in pairs(members) do
    local t, m = k:match("^(.-)%.([%w_]+)$")
    if t == table_name and not list[m] then problem("function %s does not exist", k) end
  end
end

has("probe", require("probes").kinds)
has("step", require("steps").kinds)
has("wsl2", env.namespaces.wsl2)
for name, methods in pairs(require("lab").tables) do has("netdojo_" .. name, methods) end
has("netdojo_seed", require("rng").methods)

-- The guide has a row for each step, which names what it takes, and no other.
local rows = {}
for line in io.lines(source .. "/docs/writing-scenarios.md") do
  local first, rest = line:match("^| (`step%.[a-z_`%. ]+`) | ([a-z]+ | .*)$")
  for name in (first or ""):gmatch("`step%.([a-z_]+)`") do rows[name] = rest end
end
local common = { points = true, id = true, title = true, group = true, layer = true, lesson = true, after = true, within = true, before_change = true }
for name in pairs(require("steps").kinds) do
  local row = rows[name]
  if not row then problem("docs/writing-scenarios.md: no row for step.%s", name) end
  for key in pairs(row and strict.schemas["step." .. name] or {}) do
    if not common[key] and not row:find("`" .. key .. "`", 1, true) and name ~= "custom" then problem("the row of step.%s: no `%s`", name, key) end
  end
end
for name in pairs(rows) do
  if not require("steps").kinds[name] then problem("docs/writing-scenarios.md: there is no step.%s", name) end
end

-- .luacheckrc lets a scenario use just the globals it has.
local rc = { files = {} }
assert(loadfile(source .. "/.luacheckrc", "t", rc))()
local linted = { _VERSION = true }
for _, name in ipairs(rc.files.scenarios.std.read_globals) do linted[name] = true end
local real = env.names()
real._VERSION = true
for name in pairs(linted) do
  if not real[name] then problem(".luacheckrc: a scenario has no global %s", name) end
end
for name in pairs(real) do
  if not linted[name] then problem(".luacheckrc: global %s is missing", name) end
end

os.exit(problems == 0)
