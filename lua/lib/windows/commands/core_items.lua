-- SPDX-License-Identifier: GPL-2.0-or-later
-- Files and folders as items: Get-ChildItem, New-Item, Remove-Item, Copy-Item, Move-Item, Test-Path, locations and paths.

local object = require("windows.object")
local paths = require("windows.machine.paths")
local registry = require("windows.registry")
local time = require("windows.format.time")
local values = require("windows.language.values")

local function not_found(ctx, full, command)
  ctx.fail(("Cannot find path '%s' because it does not exist."):format(full), { category = "ObjectNotFound", target = full,
    id = "PathNotFound,Microsoft.PowerShell.Commands." .. command, exception = "ItemNotFoundException" })
end

local function refused(ctx, full, why, id)
  ctx.fail(why or ("Access to the path '%s' is denied."):format(full), { category = "PermissionDenied", target = full, id = id,
    exception = "UnauthorizedAccessException" })
end

local function item(ctx, folder, e)
  local at = time.object(ctx.world, e.mtime or 0)
  return object.new("System.IO.FileInfo", { { "Mode", e.is_folder and "d-----" or "-a----" }, { "LastWriteTime", at },
    { "LastWriteTimeText", time.short(ctx.world, e.mtime or 0) }, { "Length", not e.is_folder and e.size or nil }, { "Name", e.name },
    { "FullName", paths.join(folder, e.name) }, { "Directory", folder }, { "PSIsContainer", e.is_folder or false },
    { "Extension", e.name:match("%.[^%.]*$") or "" }, { "BaseName", (e.name:gsub("%.[^%.]*$", "")) } })
end

values.add_text("System.IO.FileInfo", function(o) return o.Name end)

-- As Windows lists them: folders first; what it hides (AppData) only with -Force or -Hidden.
local function shown(list, args)
  local folders, files = {}, {}
  for _, e in ipairs(list) do
    local hidden = e.is_folder and e.name:lower() == "appdata"
    if (args.Force or hidden == (args.Hidden or false)) then table.insert(e.is_folder and folders or files, e) end
  end
  return table.move(files, 1, #files, #folders + 1, folders)
end

local function listed(ctx, args, folder, pattern, depth)
  local list, why = ctx.world.list_folder(folder)
  if not list then return refused(ctx, folder, why, "DirUnauthorizedAccessError") end
  list = shown(list, args)
  local filter = pattern or args.Filter
  for _, e in ipairs(list) do
    local fits = not filter or values.like(e.name, filter)
    for _, p in ipairs(args.Include or {}) do fits = fits and values.like(e.name, p) end
    for _, p in ipairs(args.Exclude or {}) do fits = fits and not values.like(e.name, p) end
    if fits and not (args.File and e.is_folder) and not (args.Directory and not e.is_folder) then
      ctx.emit(args.Name and e.name or item(ctx, folder, e))
    end
  end
  if not args.Recurse or depth > 16 then return end
  for _, e in ipairs(list) do
    if e.is_folder then listed(ctx, args, paths.join(folder, e.name), pattern, depth + 1) end
  end
end

local function environment(ctx)
  local names = {}
  for _, e in pairs(ctx.shell.env) do names[#names + 1] = e end
  table.sort(names, function(a, b) return a.name:lower() < b.name:lower() end)
  for _, e in ipairs(names) do ctx.emit(object.new("System.Collections.Hashtable", { { "Name", e.name }, { "Value", e.value } })) end
end

registry.add {
  name = "Get-ChildItem", kind = "cmdlet", aliases = { "dir", "ls", "gci" }, effect = "reads", lacks = "-Depth, other drives than C: and env:",
  synopsis = { en = "Lists a folder.", ja = "フォルダーの中身を一覧します。" }, about = "folders of the Windows node",
  parameters = { { name = "Path", type = "string[]", position = 1, aliases = { "LiteralPath" }, pipeline = "name" },
    { name = "Filter", type = "string", position = 2 }, { name = "Recurse", type = "switch", aliases = { "s" } }, { name = "File", type = "switch" },
    { name = "Directory", type = "switch", aliases = { "ad" } }, { name = "Name", type = "switch" }, { name = "Force", type = "switch" },
    { name = "Hidden", type = "switch" }, { name = "Include", type = "string[]" }, { name = "Exclude", type = "string[]" } },
  run = function(ctx, args)
    for _, name in ipairs(args.Path or { "." }) do
      if name:lower():find("^env:") then return environment(ctx) end
      local full = paths.full(ctx.shell, name)
      local pattern
      if values.has_wildcard(full) then full, pattern = paths.parent(full), paths.leaf(full) end
      local st = ctx.world.stat(full)
      if not st then
        not_found(ctx, full, "GetChildItemCommand")
      elseif st.is_folder then
        listed(ctx, args, full:gsub("(.:.+)\\$", "%1"), pattern, 0)
      else
        local parent = paths.parent(full)
        ctx.emit(item(ctx, parent, { name = paths.leaf(full), size = st.size, mtime = st.mtime }))
      end
    end
  end,
}

registry.add {
  name = "Get-Item", kind = "cmdlet", aliases = { "gi" }, effect = "reads", lacks = "", about = "files of the Windows node",
  synopsis = { en = "Gets a file or folder.", ja = "ファイルやフォルダーを取得します。" },
  parameters = { { name = "Path", type = "string[]", position = 1, mandatory = true, pipeline = "value,name", aliases = { "LiteralPath", "FullName" } },
    { name = "Force", type = "switch" } },
  run = function(ctx, args)
    for _, name in ipairs(args.Path) do
      local full = paths.full(ctx.shell, name)
      local st = ctx.world.stat(full)
      if st then
        ctx.emit(item(ctx, paths.parent(full), { name = paths.leaf(full), is_folder = st.is_folder, size = st.size, mtime = st.mtime }))
      else
        not_found(ctx, full, "GetItemCommand")
      end
    end
  end,
}

registry.add {
  name = "Test-Path", kind = "cmdlet", effect = "reads", lacks = "", about = "files of the Windows node, env:",
  synopsis = { en = "Tells whether a path exists.", ja = "パスがあるかを調べます。" },
  parameters = { { name = "Path", type = "string[]", position = 1, mandatory = true, pipeline = "value", aliases = { "LiteralPath" } },
    { name = "PathType", type = "enum", values = { "Any", "Container", "Leaf" }, aliases = { "Type" } } },
  run = function(ctx, args)
    for _, name in ipairs(args.Path) do
      local variable = name:match("^[Ee][Nn][Vv]:[\\/]?(.+)$")
      local st = not variable and ctx.world.stat(paths.full(ctx.shell, name))
      local there = variable and ctx.shell:get_env(variable) ~= nil or st ~= nil and st ~= false
      if st and args.PathType == "Container" then there = st.is_folder or false end
      if st and args.PathType == "Leaf" then there = not st.is_folder end
      if not st and values.has_wildcard(name) then
        local full = paths.full(ctx.shell, name)
        for _, e in ipairs(ctx.world.list_folder(paths.parent(full)) or {}) do there = there or values.like(e.name, paths.leaf(full)) end
      end
      ctx.emit(there)
    end
  end,
}

registry.add {
  name = "New-Item", kind = "cmdlet", aliases = { "ni" }, effect = "changes", lacks = "links", about = "files and folders of the Windows node",
  synopsis = { en = "Makes a file or folder.", ja = "ファイルやフォルダーを作ります。" },
  parameters = { { name = "Path", type = "string", position = 1, mandatory = true }, { name = "Name", type = "string" },
    { name = "ItemType", type = "string", aliases = { "Type" } }, { name = "Value", type = "any" }, { name = "Force", type = "switch" } },
  run = function(ctx, args)
    local full = paths.full(ctx.shell, args.Name and paths.join(args.Path, args.Name) or args.Path)
    local folder = (args.ItemType or "file"):lower():find("^d") ~= nil
    if ctx.world.stat(full) and not args.Force then
      return ctx.fail(folder and ("An item with the specified name %s already exists."):format(full) or ("The file '%s' already exists."):format(full),
        { category = folder and "ResourceExists" or "WriteError", target = full, id = folder and "DirectoryExist" or "NewItemIOError",
          exception = "IOException" })
    end
    if not ctx.should(folder and "Create Directory" or "Create File", "Destination: " .. full) then return end
    local ok, why
    if folder then
      ok, why = ctx.world.make_folder(full)
    else
      ok, why = ctx.world.write_file(full, args.Value ~= nil and values.text(args.Value) or "", false)
    end
    if not ok then return refused(ctx, full, why, "NewItemUnauthorizedAccessError") end
    local st = ctx.world.stat(full) or {}
    ctx.emit(item(ctx, paths.parent(full), { name = paths.leaf(full), is_folder = folder, size = st.size or 0, mtime = st.mtime }))
  end,
}

registry.add {
  name = "mkdir", kind = "cmdlet", aliases = { "md" }, effect = "changes", lacks = "", about = "folders of the Windows node",
  synopsis = { en = "Makes a folder.", ja = "フォルダーを作ります。" },
  parameters = { { name = "Path", type = "string", position = 1, mandatory = true } },
  run = function(ctx, args) return registry.find("New-Item").run(ctx, { Path = args.Path, ItemType = "Directory" }) end,
}

-- The items a path means; a wildcard may mean none.
local function meant(ctx, name)
  local full = paths.full(ctx.shell, name)
  if not values.has_wildcard(full) then return { full } end
  local found = {}
  for _, e in ipairs(ctx.world.list_folder(paths.parent(full)) or {}) do
    if values.like(e.name, paths.leaf(full)) then found[#found + 1] = paths.join(paths.parent(full), e.name) end
  end
  return found
end

local function remove(ctx, full, recurse)
  local st = ctx.world.stat(full)
  if st.is_folder then
    for _, e in ipairs(recurse and ctx.world.list_folder(full) or {}) do remove(ctx, paths.join(full, e.name), true) end
  end
  local ok, why = ctx.world.remove_file(full)
  if not ok then refused(ctx, full, why, "RemoveFileSystemItemUnAuthorizedAccess") end
end

registry.add {
  name = "Remove-Item", kind = "cmdlet", aliases = { "rm", "del", "ri", "erase", "rmdir", "rd" }, effect = "changes", lacks = "-Include, -Exclude",
  synopsis = { en = "Deletes files and folders.", ja = "ファイルやフォルダーを削除します。" },
  about = "files of the Windows node, env: and variables",
  parameters = { { name = "Path", type = "string[]", position = 1, mandatory = true, pipeline = "value,name", aliases = { "LiteralPath", "FullName" } },
    { name = "Recurse", type = "switch" }, { name = "Force", type = "switch" } },
  run = function(ctx, args)
    for _, name in ipairs(args.Path) do
      local variable = name:match("^[Ee][Nn][Vv]:[\\/]?(.+)$")
      if variable then ctx.shell:set_env(variable, nil) end
      for _, full in ipairs(variable and {} or meant(ctx, name)) do
        local st = ctx.world.stat(full)
        if not st then
          not_found(ctx, full, "RemoveItemCommand")
        elseif st.is_folder and not args.Recurse and #(ctx.world.list_folder(full) or {}) > 0 then
          ctx.fail(("Directory %s cannot be removed because it is not empty."):format(full), { category = "WriteError", target = full,
            id = "DirectoryNotEmpty", exception = "IOException" })
        elseif ctx.should(st.is_folder and "Remove Directory" or "Remove File", full) then
          remove(ctx, full, true)
        end
      end
    end
  end,
}

local function copied(ctx, from, to, recurse)
  local st = ctx.world.stat(from)
  if st.is_folder then
    ctx.world.make_folder(to)
    for _, e in ipairs(recurse and ctx.world.list_folder(from) or {}) do copied(ctx, paths.join(from, e.name), paths.join(to, e.name), true) end
    return true
  end
  local text, why = ctx.world.read_file(from)
  if not text then return nil, why end
  return ctx.world.write_file(to, text, false)
end

local function transfer(name, aliases, keep, words)
  registry.add {
    name = name, kind = "cmdlet", aliases = aliases, effect = "changes", lacks = "-Filter, -Include, -Exclude", about = "files of the Windows node",
    synopsis = words,
    parameters = { { name = "Path", type = "string[]", position = 1, mandatory = true, pipeline = "value,name", aliases = { "LiteralPath", "FullName" } },
      { name = "Destination", type = "string", position = 2 }, { name = "Recurse", type = "switch" }, { name = "Force", type = "switch" } },
    run = function(ctx, args)
      for _, p in ipairs(args.Path) do
        for _, from in ipairs(meant(ctx, p)) do
          local to = paths.full(ctx.shell, args.Destination or ".")
          local target = ctx.world.stat(to)
          if target and target.is_folder then to = paths.join(to, paths.leaf(from)) end
          if not ctx.world.stat(from) then
            not_found(ctx, from, (name:gsub("%-", "")) .. "Command")
          elseif ctx.should(name:gsub("%-Item", "") .. " File", ("Item: %s Destination: %s"):format(from, to)) then
            local ok, why = copied(ctx, from, to, args.Recurse or not keep)
            if not ok then
              refused(ctx, to, why, name .. "Failed")
            elseif not keep then
              remove(ctx, from, true)
            end
          end
        end
      end
    end,
  }
end

transfer("Copy-Item", { "copy", "cp", "cpi" }, true, { en = "Copies files and folders.", ja = "ファイルやフォルダーをコピーします。" })
transfer("Move-Item", { "move", "mv", "mi" }, false, { en = "Moves files and folders.", ja = "ファイルやフォルダーを移動します。" })

registry.add {
  name = "Rename-Item", kind = "cmdlet", aliases = { "ren", "rni" }, effect = "changes", lacks = "", about = "files of the Windows node",
  synopsis = { en = "Renames a file or folder.", ja = "ファイルやフォルダーの名前を変えます。" },
  parameters = { { name = "Path", type = "string", position = 1, mandatory = true }, { name = "NewName", type = "string", position = 2, mandatory = true } },
  run = function(ctx, args)
    local full = paths.full(ctx.shell, args.Path)
    registry.find("Move-Item").run(ctx, { Path = { full }, Destination = paths.join(paths.parent(full), args.NewName) })
  end,
}

registry.add {
  name = "Get-Location", kind = "cmdlet", aliases = { "pwd", "gl" }, effect = "reads", lacks = "other providers than the file system",
  about = "the prompt's folder",
  synopsis = { en = "Tells the current folder.", ja = "現在のフォルダーを表示します。" }, parameters = {},
  run = function(ctx) ctx.emit(object.new("PathInfo", { { "Path", ctx.shell.location } })) end,
}
values.add_text("PathInfo", function(o) return o.Path end)

local function go(ctx, name)
  local full = paths.full(ctx.shell, name)
  local st = ctx.world.stat(full)
  if not st or not st.is_folder then return not_found(ctx, full, "SetLocationCommand") end
  full = st.path or full
  ctx.shell.previous, ctx.shell.location = ctx.shell.location, full
  if ctx.world.host.chdir then ctx.world.host.chdir(full) end
end

registry.add {
  name = "Set-Location", kind = "cmdlet", aliases = { "cd", "chdir", "sl" }, effect = "language", lacks = "other providers than the file system",
  synopsis = { en = "Goes to another folder.", ja = "フォルダーを移動します。" }, about = "the prompt's folder",
  parameters = { { name = "Path", type = "string", position = 1, aliases = { "LiteralPath" } } },
  run = function(ctx, args) go(ctx, args.Path or "~") end,
}

registry.add {
  name = "Push-Location", kind = "cmdlet", aliases = { "pushd" }, effect = "language", lacks = "", about = "the prompt's folder",
  synopsis = { en = "Goes to another folder and remembers this one.", ja = "今のフォルダーを覚えて移動します。" },
  parameters = { { name = "Path", type = "string", position = 1 } },
  run = function(ctx, args)
    ctx.shell.stack = ctx.shell.stack or {}
    table.insert(ctx.shell.stack, ctx.shell.location)
    if args.Path then go(ctx, args.Path) end
  end,
}

registry.add {
  name = "Pop-Location", kind = "cmdlet", aliases = { "popd" }, effect = "language", lacks = "", about = "the prompt's folder",
  synopsis = { en = "Goes back to the remembered folder.", ja = "覚えたフォルダーに戻ります。" }, parameters = {},
  run = function(ctx)
    local back = table.remove(ctx.shell.stack or {})
    if back then go(ctx, back) end
  end,
}

registry.add {
  name = "Join-Path", kind = "cmdlet", effect = "language", lacks = "-Resolve", about = "text only",
  synopsis = { en = "Puts two parts of a path together.", ja = "パスをつなげます。" },
  parameters = { { name = "Path", type = "string[]", position = 1, mandatory = true },
    { name = "ChildPath", type = "string", position = 2, mandatory = true } },
  run = function(ctx, args)
    for _, p in ipairs(args.Path) do ctx.emit(paths.join(p, args.ChildPath)) end
  end,
}

registry.add {
  name = "Split-Path", kind = "cmdlet", effect = "language", lacks = "-NoQualifier, -Resolve", about = "text only",
  synopsis = { en = "Takes a path apart.", ja = "パスを分解します。" },
  parameters = { { name = "Path", type = "string[]", position = 1, mandatory = true, pipeline = "value" }, { name = "Leaf", type = "switch" },
    { name = "Parent", type = "switch" }, { name = "Qualifier", type = "switch" }, { name = "IsAbsolute", type = "switch" } },
  run = function(ctx, args)
    for _, p in ipairs(args.Path) do
      local absolute = p:find("^%a:[\\/]") ~= nil or p:find("^\\\\") ~= nil
      ctx.emit(args.Leaf and paths.leaf(p) or args.Qualifier and (p:match("^%a:") or "") or args.IsAbsolute and absolute
        or not args.IsAbsolute and paths.parent(p))
    end
  end,
}

registry.add {
  name = "Resolve-Path", kind = "cmdlet", aliases = { "rvpa" }, effect = "reads", lacks = "-Relative", about = "files of the Windows node",
  synopsis = { en = "Tells a path in full.", ja = "完全なパスを表示します。" },
  parameters = { { name = "Path", type = "string[]", position = 1, mandatory = true, pipeline = "value" } },
  run = function(ctx, args)
    for _, p in ipairs(args.Path) do
      for _, full in ipairs(meant(ctx, p)) do
        if ctx.world.stat(full) then
          ctx.emit(object.new("PathInfo", { { "Path", full } }))
        else
          not_found(ctx, full, "ResolvePathCommand")
        end
      end
    end
  end,
}
