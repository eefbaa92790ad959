-- SPDX-License-Identifier: GPL-2.0-or-later
-- Get-Content, Set-Content, Add-Content, Clear-Content.

local paths = require("windows.machine.paths")
local registry = require("windows.registry")
local values = require("windows.language.values")

local path = { name = "Path", type = "string[]", position = 1, mandatory = true, pipeline = "name", aliases = { "LiteralPath", "PSPath", "FullName" } }

local function missing(ctx, full)
  ctx.fail(("Cannot find path '%s' because it does not exist."):format(full), { category = "ObjectNotFound", target = full,
    id = "PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand", exception = "ItemNotFoundException" })
end

-- The files that a path with wildcards means; a plain one is itself.
local function matches(ctx, name)
  local full = paths.full(ctx.shell, name)
  if not values.has_wildcard(full) then return { full } end
  local folder, found = paths.parent(full), {}
  for _, e in ipairs(ctx.world.list_folder(folder) or {}) do
    if values.like(e.name, paths.leaf(full)) and not e.is_folder then found[#found + 1] = paths.join(folder, e.name) end
  end
  return found
end

local function lines_of(list, args)
  local first, last = args.TotalCount, args.Tail
  if last then return { table.unpack(list, math.max(1, #list - last + 1)) } end
  if first and first >= 0 then return { table.unpack(list, 1, math.min(first, #list)) } end
  return list
end

-- Follows a file that grows, until Ctrl-C.
local function follow(ctx, full, seen)
  while true do
    ctx.world.sleep(0.5)
    local text = ctx.world.read_file(full) or ""
    if #text > #seen then
      for _, l in ipairs(paths.lines(text:sub(#seen + 1))) do ctx.emit(l) end
    end
    seen = text
  end
end

registry.add {
  name = "Get-Content", kind = "cmdlet", aliases = { "gc", "cat", "type" }, effect = "reads", lacks = "-Stream, -Delimiter; -Encoding is found out",
  synopsis = { en = "Reads a file's lines.", ja = "ファイルの内容を読みます。" }, about = "files of the Windows node",
  parameters = { path, { name = "Tail", type = "int", aliases = { "Last" } }, { name = "TotalCount", type = "int", aliases = { "First", "Head" } },
    { name = "Raw", type = "switch" }, { name = "Wait", type = "switch" }, { name = "Encoding", type = "string" }, { name = "Force", type = "switch" } },
  run = function(ctx, args)
    for _, name in ipairs(args.Path) do
      for _, full in ipairs(matches(ctx, name)) do
        local st = ctx.world.stat(full)
        local text, why = nil, nil
        if st and not st.is_folder then text, why = ctx.world.read_file(full) end
        if not st then
          missing(ctx, full)
        elseif not text then
          ctx.fail(why and not st.is_folder and why or ("Access to the path '%s' is denied."):format(full), { category = "PermissionDenied", target = full,
            id = "GetContentReaderUnauthorizedAccessError", exception = "UnauthorizedAccessException" })
        elseif args.Raw then
          ctx.emit(paths.decode(text))
        else
          for _, l in ipairs(lines_of(paths.lines(paths.decode(text)), args)) do ctx.emit(l) end
          if args.Wait then follow(ctx, full, text) end
        end
      end
    end
  end,
}

local function text_of(list, no_newline)
  local parts = {}
  for _, v in ipairs(list) do
    for _, e in ipairs(values.list(v)) do parts[#parts + 1] = values.text(e) .. (no_newline and "" or "\n") end
  end
  return table.concat(parts)
end

local function given(ctx, args)
  local list = values.list(args.Value)
  for v in ctx.input do list[#list + 1] = v end
  return list
end

local function put(ctx, args, append, operation)
  local text = text_of(given(ctx, args), args.NoNewline)
  for _, name in ipairs(args.Path) do
    local full = paths.full(ctx.shell, name)
    if ctx.should(operation, "Path: " .. full) then
      local ok, why = ctx.world.write_file(full, text, append)
      if not ok then
        ctx.fail(why or ("Could not find a part of the path '%s'."):format(full), { category = "ObjectNotFound", target = full,
          id = "GetContentWriterDirectoryNotFoundError", exception = "DirectoryNotFoundException" })
      end
    end
  end
end

local function write_parameters()
  local p = { name = "Path", type = "string[]", position = 1, mandatory = true, aliases = { "LiteralPath", "PSPath" } }
  return { p, { name = "Value", type = "object[]", position = 2 }, { name = "NoNewline", type = "switch" }, { name = "Encoding", type = "string" },
    { name = "Force", type = "switch" } }
end

registry.add {
  name = "Set-Content", kind = "cmdlet", aliases = { "sc" }, effect = "changes", lacks = "-Encoding is taken, UTF-8 is written",
  about = "files of the Windows node",
  synopsis = { en = "Writes a file anew.", ja = "ファイルの内容を置き換えます。" }, parameters = write_parameters(),
  run = function(ctx, args) put(ctx, args, false, "Set Content") end,
}

registry.add {
  name = "Add-Content", kind = "cmdlet", aliases = { "ac" }, effect = "changes", lacks = "-Encoding is taken, UTF-8 is written",
  about = "files of the Windows node",
  synopsis = { en = "Adds to a file.", ja = "ファイルの末尾に追加します。" }, parameters = write_parameters(),
  run = function(ctx, args) put(ctx, args, true, "Add Content") end,
}

registry.add {
  name = "Clear-Content", kind = "cmdlet", aliases = { "clc" }, effect = "changes", lacks = "", about = "files of the Windows node",
  synopsis = { en = "Empties a file.", ja = "ファイルを空にします。" },
  parameters = { { name = "Path", type = "string[]", position = 1, mandatory = true, pipeline = "name", aliases = { "FullName" } } },
  run = function(ctx, args)
    for _, name in ipairs(args.Path) do
      local full = paths.full(ctx.shell, name)
      if not ctx.world.stat(full) then
        missing(ctx, full)
      elseif ctx.should("Clear Content", "Item: " .. full) then
        ctx.world.write_file(full, "", false)
      end
    end
  end,
}
