-- SPDX-License-Identifier: GPL-2.0-or-later
-- PowerShell's objects: a type name and properties in order. Names are compared without case, as PowerShell does.

local object = {}

local meta = {}
local state = setmetatable({}, { __mode = "k" }) -- object to { type, names (in order), values (by lower-case name) }

local function find(o, name)
  return state[o].values[tostring(name):lower()]
end

function meta.__index(o, name) return find(o, name) end

function meta.__newindex(o, name, value) object.set(o, name, value) end

-- object.new("MSFT_NetRoute", { { "ifIndex", 5 }, { "NextHop", "0.0.0.0" } }) -> object. A property whose value is nil is
-- there and empty. Values: string, number, boolean, nil, another object, or a Lua list of those.
function object.new(type_name, properties)
  local o = setmetatable({}, meta)
  state[o] = { type = type_name, names = {}, values = {}, has = {} }
  for _, p in ipairs(properties or {}) do object.set(o, p[1], p[2]) end
  return o
end

function object.is(v) return getmetatable(v) == meta end

function object.type(o) return state[o].type end

function object.set(o, name, value)
  local s = state[o]
  local key = tostring(name):lower()
  if not s.has[key] then
    s.has[key] = true
    s.names[#s.names + 1] = name
  end
  s.values[key] = value
end

-- Is there such a property, empty or not?
function object.has(o, name) return state[o].has[tostring(name):lower()] == true end

function object.get(o, name) return find(o, name) end

-- The properties' names, in order.
function object.names(o) return state[o].names end

return object
