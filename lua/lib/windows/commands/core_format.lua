-- SPDX-License-Identifier: GPL-2.0-or-later
-- Format-Table, Format-List, Format-Wide.

local format = require("windows.format.format")
local object = require("windows.object")
local registry = require("windows.registry")
local selection = require("windows.language.selection")
local trim = require("windows.language.trim")
local values = require("windows.language.values")
local views = require("windows.format.views")
local width = require("windows.format.width")

-- A chosen property as a column or an entry.
local function entry(ctx, p)
  local align = p.align and values.text(p.align):lower()
  return { p.name, width = p.width and values.number(p.width) or nil, align = align == "right" and "right" or align and "left" or nil,
    value = function(o) return selection.read(ctx, p, o) end }
end

local function entries(ctx, properties, v)
  local list = {}
  for _, p in ipairs(selection.expand(properties, v)) do list[#list + 1] = entry(ctx, p) end
  return list
end

local function names(v)
  local list = {}
  for i, n in ipairs(values.names(v)) do list[i] = { n } end
  return list
end

local function plain(v) return type(v) ~= "table" or values.is_block(v) end

-- A hashtable is formatted as its pairs.
local function each(ctx, f)
  for v in ctx.input do
    if values.is_hash(v) then
      for _, k in ipairs(v.keys) do
        f(object.new("System.Collections.Hashtable", { { "Name", values.text(k) }, { "Value", values.hash_get(v, k) } }))
      end
    elseif plain(v) then
      ctx.emit(v)
    else
      f(v)
    end
  end
end

local function default_columns(v)
  local view = views.get(values.type_name(v))
  if view and view.table then return view.table.columns end
  return nil
end

local function table_columns(ctx, properties, v)
  if #properties > 0 then return entries(ctx, properties, v) end
  local columns = default_columns(v)
  if columns then return columns end
  local all = names(v)
  return { table.unpack(all, 1, math.min(#all, 10)) }
end

registry.add {
  name = "Format-Table", kind = "cmdlet", aliases = { "ft" }, effect = "language", lacks = "-View", about = "columns as wide as Windows' or as their values",
  synopsis = { en = "Shows objects as a table.", ja = "オブジェクトを表にします。" },
  parameters = { { name = "Property", type = "object[]", position = 1 }, { name = "AutoSize", type = "switch" }, { name = "Wrap", type = "switch" },
    { name = "HideTableHeaders", type = "switch" }, { name = "GroupBy", type = "object" }, { name = "InputObject", type = "object" } },
  run = function(ctx, args)
    local properties = selection.list(ctx, args.Property or {})
    local how, columns, group
    each(ctx, function(v)
      local g = args.GroupBy and values.text(values.property(v, values.text(args.GroupBy)))
      if not how or g ~= group then
        how = { autosize = args.AutoSize, wrap = args.Wrap, headers = not args.HideTableHeaders }
        columns = table_columns(ctx, properties, v)
        if g then ctx.emit("\n\n   " .. values.text(args.GroupBy) .. ": " .. g) end
        group = g
      end
      ctx.emit(format.shaped("table", v, how, columns))
    end)
  end,
}

local function list_entries(ctx, properties, v)
  if #properties > 0 then return entries(ctx, properties, v) end
  local view = views.get(values.type_name(v))
  if view and view.list then return view.list end
  return names(v)
end

registry.add {
  name = "Format-List", kind = "cmdlet", aliases = { "fl" }, effect = "language", lacks = "-View", about = "all or chosen properties",
  synopsis = { en = "Shows objects as lists of properties.", ja = "オブジェクトをプロパティの一覧にします。" },
  parameters = { { name = "Property", type = "object[]", position = 1 }, { name = "GroupBy", type = "object" }, { name = "Force", type = "switch" },
    { name = "InputObject", type = "object" } },
  run = function(ctx, args)
    local properties = selection.list(ctx, args.Property or {})
    local how = {}
    each(ctx, function(v) ctx.emit(format.shaped("list", v, how, list_entries(ctx, properties, v))) end)
  end,
}

local function wide_text(ctx, args, v)
  if plain(v) then return values.text(v) end
  local view = views.get(values.type_name(v))
  local name = args.Property and values.text(args.Property) or view and view.wide or values.names(v)[1]
  return format.cell(values.property(v, name)), ctx
end

registry.add {
  name = "Format-Wide", kind = "cmdlet", aliases = { "fw" }, effect = "language", lacks = "-GroupBy", about = "one property in columns",
  synopsis = { en = "Shows one property of objects in columns.", ja = "1 つのプロパティを段組みで表示します。" },
  parameters = { { name = "Property", type = "object", position = 1 }, { name = "Column", type = "int" }, { name = "AutoSize", type = "switch" } },
  run = function(ctx, args)
    local texts, longest = {}, 1
    for v in ctx.input do
      texts[#texts + 1] = wide_text(ctx, args, v)
      longest = math.max(longest, width.of(texts[#texts]))
    end
    local screen = ctx.world.columns()
    local n = args.Column or (args.AutoSize and math.max(1, (screen + 1) // (longest + 1))) or 2
    local each_width = math.max(1, (screen - n) // math.max(1, n))
    ctx.emit("")
    for i = 1, #texts, n do
      local row = {}
      for k = i, math.min(i + n - 1, #texts) do row[#row + 1] = width.fit(texts[k], each_width) end
      ctx.emit(trim.stop(table.concat(row, " ")))
    end
    ctx.emit("\n")
  end,
}
