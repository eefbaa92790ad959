-- SPDX-License-Identifier: GPL-2.0-or-later
-- The globals a scenario sees: a locked table, harmless parts of Lua's own libraries, and netdojo's constructors,
-- each module read only when first named.

local strict = require("strict")

local env = {}

env.functions = {
  "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawlen", "select",
  "setmetatable", "tonumber", "tostring", "type", "xpcall",
}
env.libraries = { "coroutine", "math", "string", "table", "utf8" }
-- Global name to module; wsl2 is a table of modules.
env.modules = { scenario = "scenario", probe = "probes", step = "steps" }
-- What a course's file sees instead.
env.course = { course = "course" }
env.namespaces = { wsl2 = { nat = "wsl2.nat", mirrored = "wsl2.mirrored", addresses = "wsl2.addresses", corp = "wsl2.corp" } }

local function lazy(name, members)
  local got = {}
  return setmetatable({}, {
    __index = function(_, k)
      local module = members[k]
      if not module then
        strict.fail(nil, "%s has no '%s'%s", name, tostring(k), strict.hint(tostring(k), members))
      end
      got[k] = got[k] or require(module).public
      return got[k]
    end,
    __newindex = function(_, k) strict.fail(nil, "'%s' can't be set: %s is read-only", tostring(k), name) end,
    __metatable = false,
  })
end

-- Every name there is, for suggestions.
function env.names(modules)
  local names = {}
  for _, list in ipairs({ env.functions, env.libraries }) do
    for _, name in ipairs(list) do names[name] = true end
  end
  for name in pairs(modules or env.modules) do names[name] = true end
  if not modules then
    for name in pairs(env.namespaces) do names[name] = true end
  end
  return names
end

-- modules: a course's; nil: a scenario's, with its namespaces.
function env.new(modules)
  local known = { _VERSION = _VERSION }
  for _, name in ipairs(env.functions) do known[name] = _G[name] end
  for _, name in ipairs(env.libraries) do known[name] = strict.readonly(_G[name], name) end
  for name, members in pairs(modules and {} or env.namespaces) do known[name] = lazy(name, members) end
  return setmetatable({}, {
    __index = function(_, k)
      local v = known[k]
      if v ~= nil then return v end
      local module = (modules or env.modules)[k]
      if not module then
        strict.fail(nil, "unknown name '%s'%s", tostring(k), strict.hint(tostring(k), env.names(modules)))
      end
      known[k] = require(module).public
      return known[k]
    end,
    __newindex = function(_, k)
      strict.fail(nil, "global '%s' can't be set, write 'local %s'", tostring(k), tostring(k))
    end,
    __metatable = false,
  })
end

return env
