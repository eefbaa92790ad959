-- SPDX-License-Identifier: GPL-2.0-or-later
-- Get-Command and Get-Help, from what the registry knows.

local help = require("windows.format.help")
local object = require("windows.object")
local registry = require("windows.registry")
local values = require("windows.language.values")

local function info(c)
  local kind = c.kind == "program" and "Application" or c.node and "Function" or "Cmdlet"
  local name = kind == "Application" and c.name .. ".exe" or c.name
  return object.new("CommandInfo", { { "CommandType", kind }, { "Name", name }, { "Version", "" },
    { "Source", kind == "Application" and "C:\\Windows\\system32\\" .. name or "" }, { "Synopsis", c.synopsis and c.synopsis.en } })
end

local function all(ctx)
  local list = {}
  for _, c in ipairs(registry.all()) do list[#list + 1] = c end
  for _, f in pairs(ctx.shell.functions) do list[#list + 1] = f end
  table.sort(list, function(a, b) return a.name:lower() < b.name:lower() end)
  return list
end

local function wanted(c, args)
  local verb, noun = c.name:match("^(%a+)%-(.+)$")
  if args.Verb and not (verb and values.like(verb, args.Verb)) then return false end
  if args.Noun and not (noun and values.like(noun, args.Noun)) then return false end
  local kind = c.kind == "program" and "application" or c.node and "function" or "cmdlet"
  return not args.CommandType or args.CommandType:lower() == kind
end

registry.add {
  name = "Get-Command", kind = "cmdlet", aliases = { "gcm" }, effect = "language", lacks = "-Module, -Syntax; lists what this lab has", about = "the registry",
  synopsis = { en = "Lists the commands there are.", ja = "使えるコマンドを一覧します。" },
  parameters = { { name = "Name", type = "string[]", position = 1, pipeline = "value" }, { name = "Verb", type = "string" }, { name = "Noun", type = "string" },
    { name = "CommandType", type = "string", aliases = { "Type" } }, { name = "All", type = "switch" } },
  run = function(ctx, args)
    for _, p in ipairs(args.Name or { "*" }) do
      local found = false
      for _, c in ipairs(all(ctx)) do
        if (values.like(c.name, p) or values.like(c.name .. ".exe", p)) and wanted(c, args) then
          found = true
          ctx.emit(info(c))
        end
      end
      local other = not found and registry.find(p)
      if other then
        ctx.emit(object.new("AliasInfo", { { "CommandType", "Alias" }, { "Name", p }, { "Definition", other.name }, { "Version", "" }, { "Source", "" } }))
      elseif not found and not values.has_wildcard(p) then
        ctx.fail(("The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, " ..
          "or if a path was included, verify that the path is correct and try again."):format(p), { category = "ObjectNotFound", target = p,
          id = "CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand", exception = "CommandNotFoundException" })
      end
    end
  end,
}

local function list_all(ctx, list)
  for _, c in ipairs(list) do
    ctx.emit(object.new("HelpInfoShort", { { "Name", c.name }, { "Synopsis", help.synopsis(c, ctx.world.lang) } }))
  end
end

registry.add {
  name = "Get-Help", kind = "cmdlet", aliases = { "help", "man" }, effect = "language", lacks = "articles (about_*), -Online", about = "the registry",
  synopsis = { en = "Tells what a command does and takes.", ja = "コマンドの説明を表示します。" },
  parameters = { { name = "Name", type = "string", position = 1 }, { name = "Examples", type = "switch" }, { name = "Full", type = "switch" },
    { name = "Detailed", type = "switch" }, { name = "Parameter", type = "string" }, { name = "Online", type = "switch" } },
  run = function(ctx, args)
    local c = args.Name and registry.find(args.Name)
    if c then return ctx.emit(help.text(c, ctx.world.lang)) end
    local hits = {}
    for _, each in ipairs(all(ctx)) do
      local pattern = args.Name or "*"
      if values.like(each.name, values.has_wildcard(pattern) and pattern or "*" .. pattern .. "*") then hits[#hits + 1] = each end
    end
    if #hits > 0 then return list_all(ctx, hits) end
    ctx.fail(("Get-Help could not find %s in a help file in this session. To download updated help topics type: \"Update-Help\". To get help online, " ..
      "search for the help topic in the TechNet library at https:/go.microsoft.com/fwlink/?LinkID=107116."):format(args.Name),
      { category = "ResourceUnavailable", id = "HelpNotFound,Microsoft.PowerShell.Commands.GetHelpCommand", exception = "HelpNotFoundException" })
  end,
}
