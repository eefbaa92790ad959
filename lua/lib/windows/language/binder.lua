-- SPDX-License-Identifier: GPL-2.0-or-later
-- Binds what was typed to a cmdlet's parameters, as PowerShell does: names by unique prefix, aliases, positions, types.
--
-- An item is { kind = "param", name, value, given } or { kind = "value", value, raw }.

local errors = require("windows.language.errors")
local object = require("windows.object")
local values = require("windows.language.values")

local binder = {}

local common = {
  { name = "ErrorAction", aliases = { "ea" }, type = "enum", values = { "Stop", "Inquire", "Continue", "Ignore", "Suspend", "SilentlyContinue" } },
  { name = "ErrorVariable", aliases = { "ev" }, type = "string" },
  { name = "WarningAction", aliases = { "wa" }, type = "enum", values = { "Stop", "Inquire", "Continue", "Ignore", "Suspend", "SilentlyContinue" } },
  { name = "WarningVariable", aliases = { "wv" }, type = "string" },
  { name = "InformationAction", aliases = { "infa" }, type = "enum", values = { "Stop", "Inquire", "Continue", "Ignore", "Suspend", "SilentlyContinue" } },
  { name = "OutVariable", aliases = { "ov" }, type = "string" },
  { name = "OutBuffer", aliases = { "ob" }, type = "int" },
  { name = "Verbose", aliases = { "vb" }, type = "switch" },
  { name = "Debug", aliases = { "db" }, type = "switch" },
}
local changing = { { name = "WhatIf", aliases = { "wi" }, type = "switch" }, { name = "Confirm", aliases = { "cf" }, type = "switch" } }

binder.common = common
binder.changing = changing

-- A cmdlet's own parameters and those that all have.
function binder.parameters(command)
  local list = {}
  local known = {}
  local function add(parameters)
    for _, p in ipairs(parameters) do
      if not known[p.name:lower()] then list[#list + 1] = p end
      known[p.name:lower()] = true
    end
  end
  add(command.parameters or {})
  add(common)
  if command.effect == "changes" then add(changing) end
  return list
end

local function fail(command, message, id, t)
  t = t or {}
  errors.raise({ message = message, category = t.category or "InvalidArgument", id = id, exception = t.exception or "ParameterBindingException",
    command = command.name, target = t.target, pos = t.pos, stop = t.stop, source = t.source })
end

local function names(p)
  local list = { p.name:lower() }
  for _, a in ipairs(p.aliases or {}) do list[#list + 1] = a:lower() end
  return list
end

-- The parameter that a name or its beginning means; nil, and those that it could be.
local function find(list, word)
  local key = word:lower()
  local found = {}
  for _, p in ipairs(list) do
    for _, name in ipairs(names(p)) do
      if name == key then return p end
      if name:sub(1, #key) == key and found[#found] ~= p then found[#found + 1] = p end
    end
  end
  if #found == 1 then return found[1] end
  return nil, found
end

function binder.find(command, word)
  return find(binder.parameters(command), word)
end

local dotnet = { string = "System.String", int = "System.Int32", bool = "System.Boolean", switch = "System.Management.Automation.SwitchParameter",
  script = "System.Management.Automation.ScriptBlock", object = "System.Object", any = "System.Object", enum = "System.String" }

local function type_text(p)
  local base, list = p.type:match("^(%a+)(.*)$")
  return (p.class or dotnet[base] or "System.Object") .. list
end

local function no_conversion(command, p, v, why)
  fail(command, ('Cannot bind parameter \'%s\'. Cannot convert value "%s" to type "%s". Error: "%s"'):format(p.name, values.text(v), type_text(p), why),
    "CannotConvertArgumentNoMessage")
end

local convert = {}

function convert.string(_, _, v) return values.text(v) end

function convert.int(command, p, v)
  local n = values.number(v)
  n = n and values.integer(n)
  if not n then no_conversion(command, p, v, "Input string was not in a correct format.") end
  if n > 2 ^ 31 - 1 and not p.long then no_conversion(command, p, v, "Value was either too large or too small for an Int32.") end
  return n
end

function convert.bool(command, p, v)
  if type(v) == "boolean" or type(v) == "number" then return values.truth(v) end
  if type(v) == "string" and v:lower() == "true" then return true end
  if type(v) == "string" and v:lower() == "false" then return false end
  fail(command, ("Cannot process argument transformation on parameter '%s'. Cannot convert value \"%s\" to type \"System.Boolean\". Boolean " ..
    "parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0."):format(p.name, values.text(v)),
    "ParameterArgumentTransformationError", { category = "InvalidData", exception = "ParameterBindingArgumentTransformationException" })
end

function convert.enum(command, p, v)
  local text, hits = values.text(v), {}
  for _, e in ipairs(p.values) do
    if e:lower() == text:lower() then return e end
    if text ~= "" and e:lower():sub(1, #text) == text:lower() then hits[#hits + 1] = e end
  end
  if #hits == 1 then return hits[1] end
  if type(v) == "boolean" then
    for _, e in ipairs(p.values) do
      if e:lower() == tostring(v) then return e end
    end
  end
  fail(command, ("Cannot process argument transformation on parameter '%s'. Cannot convert value \"%s\" to type \"%s\". Error: \"Unable to match " ..
    "the identifier name %s to a valid enumerator name. Specify one of the following enumerator names and try again:\n%s\""):format(p.name,
    text, type_text(p), text, table.concat(p.values, ", ")), "ParameterArgumentTransformationError",
    { category = "InvalidData", exception = "ParameterBindingArgumentTransformationException" })
end

function convert.script(command, p, v)
  if values.is_block(v) then return v end
  no_conversion(command, p, v, ("Cannot convert the \"%s\" value of type \"%s\" to type \"System.Management.Automation.ScriptBlock\"."):format(
    values.text(v), values.type_name(v)))
end

convert.switch = convert.bool
function convert.object(_, _, v) return v end
convert.any = convert.object

-- A value as a parameter's type wants it.
function binder.convert(command, p, v)
  v = values.real(v)
  local base, list = p.type:match("^(%a+)(.*)$")
  local f = convert[base] or convert.any
  if list == "[]" then
    local all = {}
    for i, e in ipairs(values.list(v)) do all[i] = f(command, p, values.real(e)) end
    return all
  end
  if values.is_list(v) and base ~= "any" and base ~= "object" then
    if #v == 1 then return f(command, p, values.real(v[1])) end
    fail(command, ("Cannot convert 'System.Object[]' to the type '%s' required by parameter '%s'. Specified method is not supported."):format(
      type_text(p), p.name), "CannotConvertArgument")
  end
  return f(command, p, v)
end

local function converted(command, p, item)
  local v = item.value
  if item.raw and (p.type == "string" or p.type == "string[]") then v = item.raw end
  local r = binder.convert(command, p, v)
  if p.type ~= "any" and p.type ~= "object" and p.type ~= "string" and r == nil and p.mandatory then
    fail(command, ("Cannot bind argument to parameter '%s' because it is null."):format(p.name), "ParameterArgumentValidationErrorNullNotAllowed",
      { category = "InvalidData", exception = "ParameterBindingValidationException" })
  end
  return r
end

local function named(command, list, item)
  local p, found = find(list, item.name)
  if p then return p end
  if #found == 0 and command.any_parameter then return { name = item.name, type = "switch" } end -- its value is one of the rest
  if #found == 0 then
    fail(command, ("A parameter cannot be found that matches parameter name '%s'."):format(item.name), "NamedParameterNotFound", item)
  end
  local possible = {}
  for i, f in ipairs(found) do possible[i] = "-" .. f.name end
  fail(command, ("Parameter cannot be processed because the parameter name '%s' is ambiguous. Possible matches include: %s."):format(item.name,
    table.concat(possible, " ")), "AmbiguousParameter", item)
end

local function set(command, args, p, v, item)
  if args[p.name] ~= nil then
    fail(command, ("Cannot bind parameter because parameter '%s' is specified more than once. To provide multiple values to parameters that can " ..
      "accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\"."):format(p.name), "ParameterAlreadyBound", item)
  end
  args[p.name] = v
end

local function positional(command, args, list, left)
  local open = {}
  for _, p in ipairs(list) do
    if p.position and args[p.name] == nil then open[#open + 1] = p end
  end
  table.sort(open, function(a, b) return a.position < b.position end)
  for i, item in ipairs(left) do
    local p = open[1]
    if not p then
      fail(command, ("A positional parameter cannot be found that accepts argument '%s'."):format(values.text(item.value)),
        "PositionalParameterNotFound", item)
    end
    if p.rest then
      local all = {}
      for k = i, #left do
        for _, v in ipairs(values.is_list(left[k].value) and left[k].value or { values.kept(left[k].value) }) do all[#all + 1] = v end
      end
      args[p.name] = #all == 1 and values.real(all[1]) or all
      return
    end
    args[p.name] = converted(command, p, item)
    table.remove(open, 1)
  end
end

-- Items to arguments by parameter name.
function binder.bind(command, items)
  local list = binder.parameters(command)
  local args, left = {}, {}
  local i = 1
  while i <= #items do
    local item = items[i]
    if item.kind ~= "param" then
      left[#left + 1] = item
    else
      local p = named(command, list, item)
      if item.given then
        set(command, args, p, converted(command, p, item), item)
      elseif p.type == "switch" then
        set(command, args, p, true, item)
      else
        local following = items[i + 1]
        if not following or (following.kind == "param") then
          fail(command, ("Missing an argument for parameter '%s'. Specify a parameter of type '%s' and try again."):format(p.name, type_text(p)),
            "MissingArgument", item)
        end
        set(command, args, p, converted(command, p, following), item)
        i = i + 1
      end
    end
    i = i + 1
  end
  positional(command, args, list, left)
  return args
end

-- Parameters that a piped object can fill and nothing on the line has filled.
function binder.open_to_pipeline(command, args)
  local open = {}
  for _, p in ipairs(command.parameters or {}) do
    if p.pipeline and args[p.name] == nil then open[#open + 1] = p end
  end
  return open
end

local function property_for(p, v)
  for _, name in ipairs({ p.name, table.unpack(p.aliases or {}) }) do
    if object.is(v) and object.has(v, name) then return true, object.get(v, name) end
    if values.is_hash(v) and values.hash_has(v, name) then return true, values.hash_get(v, name) end
  end
  return false
end

-- The arguments for one piped object: those of the line, and what the object fills. nil where it fills nothing.
function binder.with_object(command, args, open, v)
  local all, filled = {}, false
  for k, a in pairs(args) do all[k] = a end
  local composed = type(v) == "table"
  for _, p in ipairs(open) do
    local takes_any = p.type:find("^object") or p.type == "any"
    if p.pipeline:find("value") and (takes_any or not composed) then
      all[p.name], filled = binder.convert(command, p, v), true
    end
  end
  for _, p in ipairs(open) do
    if p.pipeline:find("name") and all[p.name] == nil and composed then
      local has, value = property_for(p, v)
      if has and value ~= nil then all[p.name], filled = binder.convert(command, p, value), true end
    end
  end
  return filled and all or nil
end

-- A mandatory parameter without a value.
function binder.missing(command, args)
  local lacking = {}
  for _, p in ipairs(command.parameters or {}) do
    if p.mandatory and args[p.name] == nil then lacking[#lacking + 1] = p end
  end
  return lacking
end

function binder.fail_missing(command, lacking)
  local list = {}
  for i, p in ipairs(lacking) do list[i] = p.name end
  fail(command, "Cannot process command because of one or more missing mandatory parameters: " .. table.concat(list, " ") .. ".",
    "MissingMandatoryParameter")
end

function binder.fail_unbound(command, v)
  return { message = "The input object cannot be bound to any parameters for the command either because the command does not take pipeline input " ..
    "or the input and its properties do not match any of the parameters that take pipeline input.", category = "InvalidArgument", target = v,
    id = "InputObjectNotBound", exception = "ParameterBindingException", command = command.name }
end

return binder
