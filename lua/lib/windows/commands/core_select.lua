-- SPDX-License-Identifier: GPL-2.0-or-later
-- Select-Object.

local object = require("windows.object")
local registry = require("windows.registry")
local selection = require("windows.language.selection")
local values = require("windows.language.values")

local function projected(ctx, properties, excluded, v)
  local kind = object.is(v) and object.type(v) or values.type_name(v)
  local o = object.new("Selected." .. kind:gsub("^Selected%.", ""))
  for _, p in ipairs(selection.expand(properties, v)) do
    local out = false
    for _, e in ipairs(excluded or {}) do out = out or values.like(p.name, e) end
    if not out then object.set(o, p.name, selection.read(ctx, p, v)) end
  end
  return o
end

local function expanded(ctx, name, v)
  local known = values.property(v, name)
  if known == nil and not (object.is(v) and object.has(v, name)) and not (values.is_hash(v) and values.hash_has(v, name)) then
    return ctx.fail(('Property "%s" cannot be found.'):format(name), { category = "InvalidArgument", target = v,
      id = "ExpandPropertyNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand", exception = "PSArgumentException" })
  end
  if known ~= nil then ctx.emit(known) end
end

local function described(v)
  if not object.is(v) then return values.text(v) end
  local parts = {}
  for i, name in ipairs(object.names(v)) do parts[i] = name .. "=" .. values.text(object.get(v, name)) end
  return table.concat(parts, "\0")
end

-- What is done with each object that is kept.
local function giver(ctx, args)
  local properties = args.Property and selection.list(ctx, args.Property)
  local seen = {}
  if args.ExcludeProperty and not properties then properties = selection.list(ctx, { "*" }) end
  return function(v)
    if args.ExpandProperty then return expanded(ctx, args.ExpandProperty, v) end
    if properties then v = projected(ctx, properties, args.ExcludeProperty, v) end
    if args.Unique then
      local key = described(v)
      if seen[key] then return end
      seen[key] = true
    end
    ctx.emit(v)
  end
end

-- Which object by its number (from 0), or the last ones, which needs all of them first.
local function last_ones(ctx, args, give)
  local all, first = {}, args.First or 0
  local n = 0
  for v in ctx.input do
    n = n + 1
    if n > (args.Skip or 0) then all[#all + 1] = v end
  end
  for i, v in ipairs(all) do
    if i <= first or i > #all - args.Last then give(v) end
  end
end

local function skip_last(ctx, args, give)
  local waiting = {}
  for v in ctx.input do
    waiting[#waiting + 1] = v
    if #waiting > args.SkipLast then give(table.remove(waiting, 1)) end
  end
end

local function by_index(ctx, list, give)
  local wanted, last = {}, -1
  for _, i in ipairs(list) do
    wanted[i] = true
    last = math.max(last, i)
  end
  local i = 0
  for v in ctx.input do
    if wanted[i] then give(v) end
    if i >= last then return ctx.stop() end
    i = i + 1
  end
end

local function first_ones(ctx, args, give)
  local left, skip = args.First or math.huge, args.Skip or 0
  if left <= 0 then return ctx.stop() end
  for v in ctx.input do
    if skip > 0 then
      skip = skip - 1
    else
      left = left - 1
      if left <= 0 then ctx.stop() end
      give(v)
      if left <= 0 then return end
    end
  end
end

registry.add {
  name = "Select-Object", kind = "cmdlet", aliases = { "select" }, effect = "language", lacks = "",
  synopsis = { en = "Chooses objects, or some of their properties.", ja = "オブジェクトやそのプロパティを選びます。" },
  about = "wildcards, calculated properties, -First stops the commands before it",
  parameters = {
    { name = "Property", type = "object[]", position = 1 }, { name = "First", type = "int" }, { name = "Last", type = "int" },
    { name = "Skip", type = "int" }, { name = "SkipLast", type = "int" }, { name = "Index", type = "int[]" },
    { name = "ExpandProperty", type = "string" }, { name = "ExcludeProperty", type = "string[]" }, { name = "Unique", type = "switch" },
    { name = "Wait", type = "switch" }, { name = "InputObject", type = "object" },
  },
  run = function(ctx, args)
    local give = giver(ctx, args)
    if args.InputObject ~= nil then return give(args.InputObject) end
    if args.Index then return by_index(ctx, args.Index, give) end
    if args.Last then return last_ones(ctx, args, give) end
    if args.SkipLast then return skip_last(ctx, args, give) end
    first_ones(ctx, args, give)
  end,
}
