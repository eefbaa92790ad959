-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where-Object, ForEach-Object, Sort-Object, Group-Object, Measure-Object, Compare-Object, Get-Member.

local object = require("windows.object")
local ops = require("windows.language.ops")
local registry = require("windows.registry")
local selection = require("windows.language.selection")
local values = require("windows.language.values")

local comparisons = { "EQ", "NE", "GT", "GE", "LT", "LE", "Like", "NotLike", "Match", "NotMatch", "Contains", "NotContains", "In", "NotIn",
  "CEQ", "CNE", "CLike", "CNotLike", "CMatch", "CNotMatch", "Is", "IsNot" }

local function where_parameters()
  local list = {
    { name = "FilterScript", type = "any", position = 1 },
    { name = "Value", type = "any", position = 2 },
    { name = "Property", type = "string" },
    { name = "Not", type = "switch" },
  }
  for _, c in ipairs(comparisons) do list[#list + 1] = { name = c, type = "switch" } end
  return list
end

local function where_test(ctx, args)
  local script = args.FilterScript
  if values.is_block(script) then
    return function(v) return values.truth(ctx.call(script, v)) end
  end
  local name = args.Property or (script ~= nil and values.text(script))
  if not name then
    ctx.throw("Cannot process command because of one or more missing mandatory parameters: FilterScript.",
      { category = "InvalidArgument", id = "MissingMandatoryParameter", exception = "ParameterBindingException" })
  end
  local want = args.Value
  for _, c in ipairs(comparisons) do
    if args[c] then
      local op = c:lower()
      return function(v) return values.truth(ops.binary(ctx.shell, op, values.property(v, name), want)) end
    end
  end
  if want ~= nil then
    ctx.throw(("A positional parameter cannot be found that accepts argument '%s'."):format(values.text(want)), { category = "InvalidArgument",
      id = "PositionalParameterNotFound", exception = "ParameterBindingException" })
  end
  return function(v) return values.truth(values.property(v, name)) ~= (args.Not or false) end
end

registry.add {
  name = "Where-Object", kind = "cmdlet", aliases = { "?", "where" }, effect = "language", lacks = "",
  synopsis = { en = "Keeps the objects that fit a condition.", ja = "条件に合うオブジェクトだけを通します。" },
  about = "script blocks and the short form (where Status -eq Up)",
  parameters = where_parameters(),
  run = function(ctx, args)
    local test = where_test(ctx, args)
    for v in ctx.input do
      if test(v) then ctx.emit(v) end
    end
  end,
}

-- A member by name: a property's value, or a method's result.
local function member_of(ctx, v, name, arguments)
  local members = require("windows.language.members")
  local found = values.property(v, name)
  if found ~= nil or (object.is(v) and object.has(v, name)) then return found end
  local ok, result = pcall(members.call, ctx.shell, nil, v, name, arguments)
  return ok and result or nil
end

registry.add {
  name = "ForEach-Object", kind = "cmdlet", aliases = { "%", "foreach" }, effect = "language", lacks = "-Parallel",
  synopsis = { en = "Runs a script block for each object.", ja = "オブジェクトごとにスクリプト ブロックを実行します。" },
  about = "script blocks, -Begin and -End, and the short form with a member's name",
  parameters = {
    { name = "Process", type = "any", position = 1 }, { name = "MemberName", type = "string" },
    { name = "ArgumentList", type = "object[]", position = 2, aliases = { "Args" } },
    { name = "Begin", type = "script" }, { name = "End", type = "script" },
  },
  run = function(ctx, args)
    local process, member = args.Process, args.MemberName
    if not values.is_block(process) and process ~= nil then process, member = nil, values.text(process) end
    if args.Begin then ctx.call_into(args.Begin, nil) end
    if process and not ctx.piped then ctx.call_into(process, nil) end
    for v in ctx.input do
      if process then
        local control = ctx.call_into(process, v)
        if control == "break" then
          ctx.stop()
          break
        end
      elseif member then
        local r = member_of(ctx, v, member, args.ArgumentList or {})
        if r ~= nil then ctx.emit(r) end
      end
    end
    if args.End then ctx.call_into(args.End, nil) end
  end,
}

-- Sorting

local function gather(ctx, args)
  local all = {}
  for _, v in ipairs(values.list(args.InputObject)) do all[#all + 1] = v end
  for v in ctx.input do all[#all + 1] = v end
  return all
end

local function keys_of(ctx, all, properties, descending)
  local rows = {}
  for i, v in ipairs(all) do
    local keys = {}
    for k, p in ipairs(properties) do keys[k] = { value = selection.read(ctx, p, v), down = p.descending == nil and descending or p.descending } end
    if #properties == 0 then keys[1] = { value = v, down = descending } end
    rows[i] = { v = v, at = i, keys = keys }
  end
  return rows
end

-- Addresses sort as text, as in PowerShell; numbers as numbers; what is nothing comes first.
local function before(exact)
  return function(a, b)
    for k, x in ipairs(a.keys) do
      local c = values.compare(x.value, b.keys[k].value, exact)
      if c ~= 0 then
        if x.down then c = -c end
        return c < 0
      end
    end
    return a.at < b.at
  end
end

registry.add {
  name = "Sort-Object", kind = "cmdlet", aliases = { "sort" }, effect = "language", lacks = "-Culture",
  synopsis = { en = "Sorts objects by their properties.", ja = "プロパティの値で並べ替えます。" }, about = "several properties, script blocks",
  parameters = {
    { name = "Property", type = "object[]", position = 1 }, { name = "Descending", type = "switch" }, { name = "Unique", type = "switch" },
    { name = "CaseSensitive", type = "switch" }, { name = "InputObject", type = "object" },
  },
  run = function(ctx, args)
    local properties = selection.list(ctx, args.Property or {})
    local rows = keys_of(ctx, gather(ctx, args), properties, args.Descending or false)
    table.sort(rows, before(args.CaseSensitive))
    local last
    for _, row in ipairs(rows) do
      local same = last and args.Unique
      for k, x in ipairs(row.keys) do
        same = same and values.equal(x.value, last.keys[k].value, args.CaseSensitive)
      end
      if not same then ctx.emit(row.v) end
      last = row
    end
  end,
}

registry.add {
  name = "Group-Object", kind = "cmdlet", aliases = { "group" }, effect = "language", lacks = "-AsHashTable, -Culture",
  synopsis = { en = "Groups objects that share a property's value.", ja = "同じ値を持つオブジェクトをまとめます。" },
  about = "one or more properties",
  parameters = { { name = "Property", type = "object[]", position = 1 }, { name = "NoElement", type = "switch" },
    { name = "InputObject", type = "object" } },
  run = function(ctx, args)
    local properties = selection.list(ctx, args.Property or {})
    local groups, by_key = {}, {}
    for _, row in ipairs(keys_of(ctx, gather(ctx, args), properties, false)) do
      local parts = {}
      for k, x in ipairs(row.keys) do parts[k] = values.text(x.value) end
      local name = table.concat(parts, ", ")
      local g = by_key[name:lower()]
      if not g then
        g = { name = name, list = {} }
        by_key[name:lower()] = g
        groups[#groups + 1] = g
      end
      g.list[#g.list + 1] = row.v
    end
    table.sort(groups, function(a, b) return a.name:lower() < b.name:lower() end)
    for _, g in ipairs(groups) do
      local o = object.new("GroupInfo", { { "Count", #g.list }, { "Name", g.name }, { "Group", g.list }, { "Values", { g.name } } })
      if args.NoElement then o = object.new("GroupInfoNoElement", { { "Count", #g.list }, { "Name", g.name } }) end
      ctx.emit(o)
    end
  end,
}

-- Measuring

local function measured(name, list, args)
  local sum, low, high, n = 0, nil, nil, 0
  for _, v in ipairs(list) do
    local x = values.number(v)
    n = n + 1
    if x then sum = sum + x end
    local y = x or v
    if low == nil or values.compare(y, low) < 0 then low = y end
    if high == nil or values.compare(y, high) > 0 then high = y end
  end
  local average = n > 0 and sum / n or nil
  if average and average == math.floor(average) and math.abs(average) < 2 ^ 53 then average = math.tointeger(average) end
  return object.new("Microsoft.PowerShell.Commands.GenericMeasureInfo", { { "Count", n }, { "Average", args.Average and average or nil },
    { "Sum", args.Sum and sum or nil }, { "Maximum", args.Maximum and high or nil }, { "Minimum", args.Minimum and low or nil },
    { "Property", name } })
end

local function measured_text(all, args)
  local lines, words, chars = 0, 0, 0
  for _, v in ipairs(all) do
    local text = values.text(v)
    local _, breaks = text:gsub("\n", "")
    lines = lines + breaks + (text == "" and 0 or 1)
    words = words + select(2, text:gsub("%S+", ""))
    chars = chars + (utf8.len(text) or #text)
  end
  return object.new("Microsoft.PowerShell.Commands.TextMeasureInfo", { { "Lines", args.Line and lines or nil }, { "Words", args.Word and words or nil },
    { "Characters", args.Character and chars or nil }, { "Property", nil } })
end

registry.add {
  name = "Measure-Object", kind = "cmdlet", aliases = { "measure" }, effect = "language", lacks = "-StandardDeviation",
  synopsis = { en = "Counts objects, and adds up their properties.", ja = "オブジェクトを数え、値を集計します。" },
  about = "numbers and text",
  parameters = {
    { name = "Property", type = "object[]", position = 1 }, { name = "Sum", type = "switch" }, { name = "Average", type = "switch" },
    { name = "Maximum", type = "switch" }, { name = "Minimum", type = "switch" }, { name = "Line", type = "switch" },
    { name = "Word", type = "switch" }, { name = "Character", type = "switch" }, { name = "InputObject", type = "object" },
  },
  run = function(ctx, args)
    local all = gather(ctx, args)
    if args.Line or args.Word or args.Character then return ctx.emit(measured_text(all, args)) end
    local properties = selection.list(ctx, args.Property or {})
    if #properties == 0 then return ctx.emit(measured(nil, all, args)) end
    for _, p in ipairs(properties) do
      local list = {}
      for _, v in ipairs(all) do
        local x = selection.read(ctx, p, v)
        if x ~= nil then list[#list + 1] = x end
      end
      if #list == 0 and #all > 0 then
        ctx.fail(('The property "%s" cannot be found in the input for any objects.'):format(p.name), { category = "InvalidArgument",
          id = "GenericMeasurePropertyNotFound,Microsoft.PowerShell.Commands.MeasureObjectCommand", exception = "PSArgumentException" })
      else
        ctx.emit(measured(p.name, list, args))
      end
    end
  end,
}

local function described(v, properties, ctx)
  if #properties == 0 then return values.text(v) end
  local parts = {}
  for i, p in ipairs(properties) do parts[i] = values.text(selection.read(ctx, p, v)) end
  return table.concat(parts, "\0")
end

registry.add {
  name = "Compare-Object", kind = "cmdlet", aliases = { "compare", "diff" }, effect = "language", lacks = "-SyncWindow, -Culture",
  synopsis = { en = "Compares two sets of objects.", ja = "2 つの集まりを比べます。" }, about = "objects as text or by properties",
  parameters = {
    { name = "ReferenceObject", type = "object[]", position = 1, mandatory = true },
    { name = "DifferenceObject", type = "object[]", position = 2, mandatory = true },
    { name = "Property", type = "object[]", position = 3 }, { name = "IncludeEqual", type = "switch" }, { name = "ExcludeDifferent", type = "switch" },
    { name = "PassThru", type = "switch" },
  },
  run = function(ctx, args)
    local properties = selection.list(ctx, args.Property or {})
    local left = {}
    for i, v in ipairs(args.ReferenceObject) do left[i] = { v = v, key = described(v, properties, ctx):lower() } end
    local function tell(v, side)
      if side == "==" and not args.IncludeEqual or side ~= "==" and args.ExcludeDifferent then return end
      if args.PassThru then return ctx.emit(v) end
      local o = object.new("System.Management.Automation.PSCustomObject")
      for _, p in ipairs(properties) do object.set(o, p.name, selection.read(ctx, p, v)) end
      if #properties == 0 then object.set(o, "InputObject", v) end
      object.set(o, "SideIndicator", side)
      ctx.emit(o)
    end
    local right = {}
    for _, v in ipairs(args.DifferenceObject) do
      local key, hit = described(v, properties, ctx):lower(), nil
      for _, l in ipairs(left) do
        if not hit and not l.used and l.key == key then hit, l.used = l, true end
      end
      if hit then tell(v, "==") else right[#right + 1] = v end
    end
    for _, v in ipairs(right) do tell(v, "=>") end
    for _, l in ipairs(left) do
      if not l.used then tell(l.v, "<=") end
    end
  end,
}

-- Members

local function definition(v, name)
  local x = values.property(v, name)
  local kind = x == nil and "System.Object" or values.type_name(x)
  return ("%s %s {get;set;}"):format(kind:gsub("^System%.", ""):lower():gsub("int32", "int"):gsub("boolean", "bool"), name)
end

registry.add {
  name = "Get-Member", kind = "cmdlet", aliases = { "gm" }, effect = "language", lacks = "methods of objects, -Static",
  synopsis = { en = "Lists the properties that objects have.", ja = "オブジェクトのプロパティを一覧します。" },
  about = "properties and their types",
  parameters = { { name = "Name", type = "string[]", position = 1 }, { name = "MemberType", type = "string" }, { name = "InputObject", type = "object" } },
  run = function(ctx, args)
    local seen = {}
    for _, v in ipairs(gather(ctx, args)) do
      local kind = values.type_name(v)
      if not seen[kind] then
        seen[kind] = true
        ctx.emit("\n\n   TypeName: " .. kind)
        local names = { table.unpack(values.names(v)) }
        table.sort(names, function(a, b) return a:lower() < b:lower() end)
        for _, name in ipairs(names) do
          local wanted = not args.Name
          for _, p in ipairs(args.Name or {}) do wanted = wanted or values.like(name, p) end
          if wanted then
            ctx.emit(object.new("MemberDefinition", { { "Name", name },
              { "MemberType", kind:find("PSCustomObject") and "NoteProperty" or "Property" }, { "Definition", definition(v, name) } }))
          end
        end
      end
    end
  end,
}
