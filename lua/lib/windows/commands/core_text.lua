-- SPDX-License-Identifier: GPL-2.0-or-later
-- Select-String.

local format = require("windows.format.format")
local object = require("windows.object")
local ops = require("windows.language.ops")
local paths = require("windows.machine.paths")
local registry = require("windows.registry")
local values = require("windows.language.values")

local function tester(args)
  local exact = args.CaseSensitive or false
  return function(line)
    for _, p in ipairs(args.Pattern) do
      local hit, detail
      if args.SimpleMatch then
        local a, b = exact and line or line:lower(), exact and p or p:lower()
        hit = a:find(b, 1, true) ~= nil
      else
        hit, detail = ops.match(nil, line, p, exact)
      end
      if hit ~= (args.NotMatch or false) then return true, detail, p end
    end
    return false
  end
end

local function groups_of(detail)
  if not detail then return nil end
  local h = values.hash()
  for k, v in pairs(detail.groups) do values.hash_set(h, k, v) end
  return { object.new("System.Text.RegularExpressions.Match", { { "Value", detail.groups[0] }, { "Success", true },
    { "Groups", h }, { "Index", detail.from - 1 } }) }
end

local function match_object(line, number, path, detail, pattern, before, after)
  return object.new("MatchInfo", { { "IgnoreCase", true }, { "LineNumber", number }, { "Line", line },
    { "Filename", path and paths.leaf(path) or "InputStream" },
    { "Path", path or "InputStream" }, { "Pattern", pattern }, { "Context", nil }, { "Matches", groups_of(detail) }, { "Before", before }, { "After", after } })
end

local function shown(o)
  local head = o.Path ~= "InputStream" and o.Filename .. ":" or nil
  local out = {}
  local function add(line, mark, number)
    out[#out + 1] = mark .. (head and head .. number .. ":" or "") .. line
  end
  local context = o.Before ~= nil
  for i, l in ipairs(o.Before or {}) do add(l, "  ", o.LineNumber - #o.Before + i - 1) end
  add(o.Line, context and "> " or "", o.LineNumber)
  for i, l in ipairs(o.After or {}) do add(l, "  ", o.LineNumber + i) end
  return table.concat(out, "\n")
end

values.add_text("MatchInfo", shown)

local function search(ctx, args, lines, path, test)
  local before, after = args.Context and (args.Context[1] or 0), args.Context and (args.Context[2] or args.Context[1] or 0)
  for i, line in ipairs(lines) do
    local hit, detail, pattern = test(line)
    if hit and args.Quiet then
      ctx.emit(true)
      return true
    end
    if hit then
      ctx.emit(match_object(line, i, path, detail, pattern, before and { table.unpack(lines, math.max(1, i - before), i - 1) },
        after and { table.unpack(lines, i + 1, math.min(#lines, i + after)) }))
    end
  end
end

-- Piped strings are lines; objects are taken as the text that the console would show, which is what one looks for.
local function piped_lines(ctx, args)
  local lines, objects = {}, {}
  local function flush()
    if #objects == 0 then return end
    for _, l in ipairs(paths.lines(format.text(ctx.shell, objects))) do
      if l:find("%S") then lines[#lines + 1] = l end
    end
    objects = {}
  end
  local function take(v)
    if type(v) == "table" and not (object.is(v) and values.has_text(object.type(v))) then
      objects[#objects + 1] = v
      return
    end
    flush()
    for _, l in ipairs(paths.lines(values.text(v))) do lines[#lines + 1] = l end
  end
  for _, v in ipairs(values.list(args.InputObject)) do take(v) end
  for v in ctx.input do take(v) end
  flush()
  return lines
end

local function in_file(ctx, args, name, test)
  local full = paths.full(ctx.shell, name)
  local text = ctx.world.read_file(full)
  if not text then
    return ctx.fail(("Cannot find path '%s' because it does not exist."):format(full), { category = "ObjectNotFound", target = full,
      id = "PathNotFound,Microsoft.PowerShell.Commands.SelectStringCommand", exception = "ItemNotFoundException" })
  end
  search(ctx, args, paths.lines(paths.decode(text)), full, test)
end

registry.add {
  name = "Select-String", kind = "cmdlet", aliases = { "sls" }, effect = "language", lacks = "-AllMatches gives the first match of a line, -Encoding",
  synopsis = { en = "Finds lines that fit a pattern.", ja = "パターンに合う行を探します。" },
  about = "in files, in text, and in objects as they are shown",
  parameters = { { name = "Pattern", type = "string[]", position = 1, mandatory = true }, { name = "Path", type = "string[]", position = 2 },
    { name = "SimpleMatch", type = "switch" }, { name = "CaseSensitive", type = "switch" }, { name = "NotMatch", type = "switch" },
    { name = "Quiet", type = "switch" }, { name = "Context", type = "int[]" }, { name = "AllMatches", type = "switch" }, { name = "List", type = "switch" },
    { name = "InputObject", type = "object" } },
  run = function(ctx, args)
    local test = tester(args)
    for _, name in ipairs(args.Path or {}) do in_file(ctx, args, name, test) end
    if args.Path then return end
    -- Text that streams (ping -t) is told line by line where nothing is asked about lines around it.
    if args.Context or args.Quiet then return search(ctx, args, piped_lines(ctx, args), nil, test) end
    local number = 0
    for v in ctx.input do
      local lines = type(v) == "string" and paths.lines(v) or piped_lines({ shell = ctx.shell, input = ctx.input }, { InputObject = { v } })
      for _, line in ipairs(lines) do
        number = number + 1
        local hit, detail, pattern = test(line)
        if hit then ctx.emit(match_object(line, number, nil, detail, pattern)) end
      end
    end
  end,
}
