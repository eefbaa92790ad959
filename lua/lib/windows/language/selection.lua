-- SPDX-License-Identifier: GPL-2.0-or-later
-- What -Property takes: names, wildcards, script blocks and calculated properties @{n=;e=}.

local values = require("windows.language.values")

local selection = {}

local roles = { name = "name", label = "name", expression = "expression", descending = "descending", ascending = "ascending", alignment = "align",
  width = "width", formatstring = "format" }

-- A key of a calculated property may be any beginning of its name.
local function role_of(key)
  key = key:lower()
  for full, role in pairs(roles) do
    if full:sub(1, #key) == key then return role end
  end
end

local function calculated(ctx, h)
  local p = {}
  for _, k in ipairs(h.keys) do
    local role = role_of(values.text(k))
    if not role then
      ctx.throw(("The %s key is not valid."):format(values.text(k)), { category = "InvalidArgument", id = "DictionaryKeyIllegal",
        exception = "NotSupportedException" })
    end
    p[role] = values.hash_get(h, k)
  end
  if p.ascending ~= nil then p.descending = not values.truth(p.ascending) end
  if values.is_block(p.expression) then
    p.block = p.expression
  elseif p.expression ~= nil then
    p.property = values.text(p.expression)
  end
  p.name = p.name and values.text(p.name) or p.property or (p.block and p.block.text:sub(2, -2))
  return p
end

local function one(ctx, v)
  if values.is_hash(v) then return calculated(ctx, v) end
  if values.is_block(v) then return { name = v.text:sub(2, -2), block = v } end
  local name = values.text(v)
  return { name = name, property = name, wild = values.has_wildcard(name) }
end

-- The descriptions of a -Property argument's elements: { name, property or block, wild, descending }.
function selection.list(ctx, list)
  local all = {}
  for _, v in ipairs(values.list(list)) do
    for _, e in ipairs(values.is_list(v) and v or { v }) do all[#all + 1] = one(ctx, e) end
  end
  return all
end

-- One description's value of an object.
function selection.read(ctx, p, v)
  if p.block then return ctx.call(p.block, v) end
  return values.property(v, p.property)
end

-- Descriptions with wildcards replaced by the names of an object that fit; names as the object spells them.
function selection.expand(list, v)
  local all, seen = {}, {}
  local function add(p)
    if seen[p.name:lower()] then return end
    seen[p.name:lower()] = true
    all[#all + 1] = p
  end
  for _, p in ipairs(list) do
    if p.wild then
      for _, name in ipairs(values.names(v)) do
        if values.like(name, p.property) then add({ name = name, property = name }) end
      end
    elseif p.property and not p.block and p.name == p.property then
      local spelt = p.name
      for _, name in ipairs(values.names(v)) do
        if name:lower() == p.name:lower() then spelt = name end
      end
      add({ name = spelt, property = p.property })
    else
      add(p)
    end
  end
  return all
end

return selection
