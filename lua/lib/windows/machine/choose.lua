-- SPDX-License-Identifier: GPL-2.0-or-later
-- How a Get- cmdlet of the CIM kind picks its objects: by the properties its parameters name, with the errors such a cmdlet has
-- where nothing fits.

local change = require("windows.machine.change")
local object = require("windows.object")

local choose = {}

local function fits(value, wanted, criterion)
  if criterion.fits then return criterion.fits(value, wanted) end
  if type(wanted) == "string" then return change.like(wanted, tostring(value == nil and "" or value)) end
  return value == wanted
end

local function fits_any(o, c, args)
  for _, w in ipairs(change.list(args[c.name])) do
    if fits(object.get(o, c.property or c.name), w, c) then return true end
  end
  return false
end

-- "(InterfaceAlias LIKE 'x')" as the error of a query shows it.
local function clause(c, args)
  local parts = {}
  for _, w in ipairs(change.list(args[c.name])) do
    local column = c.property or c.name
    parts[#parts + 1] = type(w) == "string" and ("(%s LIKE '%s')"):format(column, (w:gsub("%*", "%%"):gsub("%?", "_")))
      or ("(%s = %s)"):format(column, tostring(w))
  end
  return "(" .. table.concat(parts, " OR ") .. ")"
end

local function no_query_match(ctx, t, given, args)
  local where = {}
  for _, c in ipairs(given) do where[#where + 1] = clause(c, args) end
  ctx.fail(("No matching %s objects found by CIM query for instances of the ROOT/StandardCimv2/%s class on the  CIM server: "
    .. "SELECT * FROM %s  WHERE %s. Verify query parameters and retry."):format(t.class, t.class, t.class, table.concat(where, " AND ")),
    { category = "ObjectNotFound", target = t.class, exception = "CimJobException",
      id = "CmdletizationQuery_NotFound," .. t.cmdlet })
end

-- One criterion: each value that fits nothing is an error of its own.
local function tell_missing(ctx, t, c, args, objects)
  for _, w in ipairs(change.list(args[c.name])) do
    local one, found = { [c.name] = { w } }, false
    for _, o in ipairs(objects) do found = found or fits_any(o, c, one) end
    if not found and not (type(w) == "string" and change.has_wildcard(w)) then
      if c.query then no_query_match(ctx, t, { c }, one)
      else change.not_found(ctx, t.cmdlet, t.class, c.property or c.name, tostring(w)) end
    end
  end
end

-- t: cmdlet, class, criteria = { { name = parameter, property = (else the same), query = true where it is matched by LIKE, fits = } }.
-- Gives the objects that fit all criteria the command line has, and tells what was not found.
function choose.objects(ctx, t, args, objects)
  local given, out = {}, {}
  for _, c in ipairs(t.criteria) do
    if args[c.name] ~= nil then given[#given + 1] = c end
  end
  for _, o in ipairs(objects) do
    local all = true
    for _, c in ipairs(given) do all = all and fits_any(o, c, args) end
    if all then out[#out + 1] = o end
  end
  if #given == 1 then
    tell_missing(ctx, t, given[1], args, objects)
  elseif #given > 1 and #out == 0 then
    no_query_match(ctx, t, given, args)
  end
  return out
end

function choose.emit(ctx, t, args, objects)
  for _, o in ipairs(choose.objects(ctx, t, args, objects)) do ctx.emit(o) end
end

-- Highest interface first, which is how Windows lists what belongs to interfaces.
function choose.interfaces_down(list)
  local out = { table.unpack(list) }
  table.sort(out, function(a, b) return a.index > b.index end)
  return out
end

choose.by_interface = {
  { name = "InterfaceAlias", type = "string[]", aliases = { "ifAlias" }, wildcard = true, pipeline = "name" },
  { name = "InterfaceIndex", type = "int[]", aliases = { "ifIndex" }, pipeline = "name" },
}

choose.families = { name = "AddressFamily", type = "enum[]", values = { "IPv4", "IPv6" } }

choose.family_names = { inet = "IPv4", inet6 = "IPv6" }

function choose.parameters(...)
  local out = {}
  for _, l in ipairs({ ... }) do
    for _, p in ipairs(l) do out[#out + 1] = p end
  end
  return out
end

return choose
