-- SPDX-License-Identifier: GPL-2.0-or-later
-- Objects to text, as Windows PowerShell's formatter lays them out. format.sink(sh, put) takes objects one at a time and
-- puts text as soon as its layout is known: objects of one type that follow each other share one table or list.

local object = require("windows.object")
local trim = require("windows.language.trim")
local values = require("windows.language.values")
local views = require("windows.format.views")
local width = require("windows.format.width")

local format = {}

local ENUMERATION_LIMIT = 4
local WAIT = 0.3 -- seconds that objects are gathered to know their columns' widths

-- A property's value as a cell shows it.
function format.cell(v)
  if v == nil or v == values.NULL then return "" end
  if values.is_list(v) then
    local parts = {}
    for i, e in ipairs(v) do
      if i > ENUMERATION_LIMIT then
        parts[i] = "..."
        break
      end
      parts[i] = values.text(e, true)
    end
    if #parts > ENUMERATION_LIMIT then return "{" .. table.concat(parts, ", ", 1, ENUMERATION_LIMIT) .. "..." .. "}" end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  if values.is_hash(v) then
    local parts = {}
    for i, k in ipairs(v.keys) do parts[i] = values.text(k) end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  return (values.text(v, true):gsub("\r?\n", " "))
end

local function read(o, column)
  if column.value then
    if type(column.value) == "function" then return column.value(o) end
    return values.property(o, column.value)
  end
  return values.property(o, column[1])
end

local function label(column) return column.label or column[1] end

-- Tables

local Table = {}
Table.__index = Table

-- columns as views has them. how: { wrap, headers = false, autosize, columns = screen width }
local function new_table(columns, how, put)
  return setmetatable({ columns = columns, how = how, put = put, waiting = {} }, Table)
end

local function is_number(v) return type(v) == "number" end

function Table:needs_sizes()
  if self.how.autosize then return true end
  for _, c in ipairs(self.columns) do
    if not c.width then return true end
  end
  return false
end

local function sizes(self)
  local screen, used, out = self.how.columns, 0, {}
  for i, c in ipairs(self.columns) do
    local w = width.of(label(c))
    local first = self.waiting[1]
    local right = c.align == "right" or (c.align == nil and first and is_number(first[i].value))
    if c.width and not self.how.autosize then
      w = c.width
    else
      for _, row in ipairs(self.waiting) do w = math.max(w, width.of(row[i].text)) end
    end
    local left = screen - used - 1
    if i > 1 and left < 1 then break end
    w = math.max(1, math.min(w, i > 1 and left or screen - 1))
    out[i] = { width = w, right = right, label = label(c) }
    used = used + w + 1
  end
  -- A last column of its own width takes what is left of the line.
  local last = #out
  if last > 0 and last == #self.columns and not self.columns[last].width then out[last].open = true end
  return out
end

local function line(self, texts)
  local parts = {}
  for i, s in ipairs(self.sizes) do parts[i] = width.fit(texts[i], s.width, s.right) end
  return trim.stop(table.concat(parts, " ")) .. "\n"
end

-- Text over several lines, each no wider than n.
local function broken(s, n)
  local lines, from = {}, 1
  while true do
    local stop = width.reach(s, n, from)
    local head = s:sub(from, stop - 1)
    local space = stop <= #s and head:match("^.*() ")
    if space and space > 1 then head = head:sub(1, space - 1) end
    lines[#lines + 1] = head
    if stop > #s then return lines end
    from = from + #head
    if s:sub(from, from) == " " then from = from + 1 end
  end
end

local function wrapped(self, texts)
  local cells, height = {}, 1
  for i, s in ipairs(self.sizes) do
    cells[i] = broken(texts[i], s.width)
    height = math.max(height, #cells[i])
  end
  local out = {}
  for k = 1, height do
    local row = {}
    for i in ipairs(self.sizes) do row[i] = cells[i][k] or "" end
    out[k] = line(self, row)
  end
  return table.concat(out)
end

-- A label's lines: where a view breaks it, and where it is wider than its column.
local function label_lines(s)
  local out, widest = {}, 0
  for part in (s.label .. "\n"):gmatch("(.-)\n") do
    local from = 1
    repeat
      local stop = width.reach(part, s.width, from)
      out[#out + 1], from = part:sub(from, stop - 1), stop
    until from > #part
  end
  for i, text in ipairs(out) do
    widest = math.max(widest, width.of(text))
    if i > 1 then out[i] = width.fit(text, s.width, false) end
  end
  return out, widest
end

function Table:header()
  self.put(self.group_text and "" or "\n")
  if self.how.headers == false then return end
  local names, marks, height = {}, {}, 1
  for i, s in ipairs(self.sizes) do
    local widest
    names[i], widest = label_lines(s)
    marks[i], height = ("-"):rep(widest), math.max(height, #names[i])
  end
  for k = 1, height do
    local row = {}
    for i in ipairs(self.sizes) do row[i] = names[i][k] or "" end
    self.put(line(self, row))
  end
  self.put(line(self, marks))
end

function Table:start()
  self.sizes = sizes(self)
  self:header()
  for _, row in ipairs(self.waiting) do self:row(row) end
  self.waiting = nil
end

function Table:row(row)
  local texts = {}
  for i in ipairs(self.sizes) do texts[i] = row[i].text end
  self.put(self.how.wrap and wrapped(self, texts) or line(self, texts))
end

function Table:add(o, now)
  local row = {}
  for i, c in ipairs(self.columns) do
    local v = read(o, c)
    row[i] = { value = v, text = format.cell(v) }
  end
  if not self.waiting then return self:row(row) end
  self.waiting[#self.waiting + 1] = row
  self.since = self.since or now
  if not self:needs_sizes() or (not self.how.autosize and now - self.since > WAIT) then self:start() end
end

function Table:flush() if self.waiting and #self.waiting > 0 then self:start() end end

function Table:finish()
  if self.waiting then self:start() end
  self.put("\n\n")
end

-- Lists

local List = {}
List.__index = List

local function new_list(entries, how, put)
  local list = setmetatable({ entries = {}, how = how, put = put }, List)
  for i, e in ipairs(entries) do list.entries[i] = type(e) == "table" and e or { e } end
  return list
end

function List:add(o)
  local longest = 0
  for _, e in ipairs(self.entries) do longest = math.max(longest, width.of(label(e))) end
  self.put(self.begun and "\n" or "\n\n")
  self.begun = true
  for _, e in ipairs(self.entries) do
    local text = not e.lines and format.cell(read(o, e)) or nil
    local head = label(e) .. (" "):rep(longest - width.of(label(e))) .. " : "
    local room = math.max(10, self.how.columns - longest - 3)
    for i, part in ipairs(e.lines and e.lines(o) or broken(text, room)) do
      self.put(trim.stop((i == 1 and head or (" "):rep(longest + 3)) .. part) .. "\n")
    end
  end
end

function List:finish() self.put("\n\n") end

-- Which layout an object gets

local function entries_of(o)
  local list = {}
  for i, name in ipairs(values.names(o)) do list[i] = name end
  return list
end

local function columns_of(names)
  local list = {}
  for i, n in ipairs(names) do list[i] = type(n) == "table" and n or { n } end
  return list
end

-- Two objects with the same shape go into one table.
local function shape(o)
  local t = values.type_name(o)
  if views.get(t) then return t end
  return t .. "\0" .. table.concat(values.names(o), "\0")
end

local function layout(o, how, put)
  local view = views.get(values.type_name(o))
  if view and view.table then return new_table(view.table.columns, how, put), view end
  if view and view.list then return new_list(view.list, how, put), view end
  local names = entries_of(o)
  if #names <= 4 then return new_table(columns_of(names), how, put) end
  return new_list(names, how, put)
end

local function is_plain(v) return type(v) ~= "table" or values.is_block(v) end

-- A hashtable is shown as its pairs.
local function pairs_of(h)
  local list = {}
  for i, k in ipairs(h.keys) do
    list[i] = object.new("System.Collections.Hashtable", { { "Name", values.text(k) }, { "Value", values.hash_get(h, k) } })
  end
  return list
end

-- What Format-Table and its like leave in a pipeline: an object that knows how it is laid out.
function format.shaped(kind, o, how, entries)
  local s = object.new("Microsoft.PowerShell.Commands.Internal.Format", { { "kind", kind }, { "item", nil } })
  object.set(s, "data", nil)
  format.data[s] = { kind = kind, item = o, how = how, entries = entries }
  return s
end

format.data = setmetatable({}, { __mode = "k" })

local function shaped_layout(d, how, put)
  local all = {}
  for k, v in pairs(how) do all[k] = v end
  for k, v in pairs(d.how or {}) do all[k] = v end
  if d.kind == "list" then return new_list(d.entries, all, put) end
  return new_table(columns_of(d.entries), all, put)
end

-- One heading for objects that share a property (the files of a folder).
local function heading(state, view, o, put)
  local g = view and view.group
  if not g then return end
  local text = format.cell(g.value and g.value(o) or values.property(o, g[1]))
  if state.group == text then return end
  return text, function() put("\n\n" .. (g.label or g[1]) .. ": " .. text .. "\n\n") end
end

function format.sink(sh, put)
  local state, sink = {}, {}
  local how = { columns = sh.width and sh.width() or sh.world.columns() }
  local function close()
    if state.layout then state.layout:finish() end
    state.layout, state.shape, state.group = nil, nil, nil
  end
  local function add(o)
    local d = format.data[o]
    local s = d and d.how or shape(o)
    local view = not d and views.get(values.type_name(o)) or nil
    local group, announce = heading(state, view, o, put)
    if state.shape ~= s or announce then
      close()
      state.shape = s
      if d then
        state.layout = shaped_layout(d, how, put)
      else
        state.layout = layout(o, how, put)
      end
      if announce then
        announce()
        state.group, state.layout.group_text = group, group
      end
    end
    state.layout:add(d and d.item or o, sh.world.clock and sh.world.host.clock and sh.world.clock() or 0)
  end
  function sink.emit(v)
    v = values.real(v)
    if v == nil then return end
    if values.is_list(v) then
      for _, e in ipairs(v) do sink.emit(e) end
    elseif values.is_hash(v) then
      for _, p in ipairs(pairs_of(v)) do add(p) end
    elseif is_plain(v) then
      close()
      put(values.text(v) .. "\n")
    elseif object.is(v) and not views.get(object.type(v)) and values.has_text(object.type(v)) then
      close()
      put(values.text(v) .. "\n")
    else
      add(v)
    end
  end
  -- Something else is about to be written: what waits comes first.
  function sink.flush() if state.layout and state.layout.flush then state.layout:flush() end end
  sink.finish = close
  return sink
end

-- The text that objects would have on a screen.
function format.text(sh, list, columns)
  local parts = {}
  local sink = format.sink({ world = sh.world, width = columns and function() return columns end or nil }, function(t) parts[#parts + 1] = t end)
  for _, v in ipairs(list) do sink.emit(v) end
  sink.finish()
  return table.concat(parts)
end

return format
