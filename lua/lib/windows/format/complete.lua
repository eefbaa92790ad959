-- SPDX-License-Identifier: GPL-2.0-or-later
-- Completion: commands, parameters, values of parameters, variables, paths.

local binder = require("windows.language.binder")
local invoke = require("windows.language.invoke")
local lpeg = require("lpeg")
local paths = require("windows.machine.paths")
local registry = require("windows.registry")

local complete = {}

local LIMIT = 200

local P, S, C, Cp, Ct = lpeg.P, lpeg.S, lpeg.C, lpeg.Cp, lpeg.Ct

-- Words of the last command before the cursor, with the place each begins at.
local quoted = P('"') * (1 - P('"'))^0 * P('"')^-1 + P("'") * (1 - P("'"))^0 * P("'")^-1
local word = Ct(Cp() * C((quoted + (1 - S(" \t|;&(){}=\n,\"'")))^1 + quoted^1))
local break_at = S("|;&({=\n")
local tokens = Ct((S(" \t,)}")^1 + Ct(Cp() * C(break_at)) + word)^0)

-- The words of the command that the cursor stands in, and the word under it.
local function command_words(text)
  local words, last = {}, nil
  for _, t in ipairs(tokens:match(text)) do
    if #t[2] == 1 and break_at:match(t[2]) then
      words, last = {}, nil
    else
      words[#words + 1] = t
      last = t
    end
  end
  if last and last[1] + #last[2] == #text + 1 then
    table.remove(words)
    return words, last[2], last[1]
  end
  return words, "", #text + 1
end

local function matching(list, names, prefix, dress)
  local key = prefix:lower()
  for _, n in ipairs(names) do
    if n:lower():sub(1, #key) == key and #list < LIMIT then list[#list + 1] = dress and dress(n) or n end
  end
  return list
end

local function sorted(list)
  table.sort(list, function(a, b) return a:lower() < b:lower() end)
  local out = {}
  for _, v in ipairs(list) do
    if out[#out] ~= v then out[#out + 1] = v end
  end
  return out
end

local function command_names(sh, prefix)
  local names = {}
  for _, c in ipairs(registry.all()) do names[#names + 1] = c.name end
  for _, f in pairs(sh.functions) do names[#names + 1] = f.name end
  return sorted(matching({}, names, (prefix:gsub("%.exe$", ""))))
end

local function variables(sh, prefix)
  local names = {}
  local env = prefix:lower():sub(1, 5) == "$env:"
  if env then
    for _, e in pairs(sh.env) do names[#names + 1] = "$env:" .. e.name end
  else
    for _, v in ipairs(sh:variables()) do names[#names + 1] = "$" .. v.name end
    for _, n in ipairs({ "true", "false", "null", "PWD", "LASTEXITCODE", "Error", "env:" }) do names[#names + 1] = "$" .. n end
  end
  return sorted(matching({}, names, prefix))
end

local function needs_quotes(s) return s:find("[ '(){}&;,]") and "'" .. s:gsub("'", "''") .. "'" or s end

local function files(sh, prefix)
  local bare = prefix:gsub("^['\"]", ""):gsub("['\"]$", "")
  local folder, leaf = bare:match("^(.*[\\/])([^\\/]*)$")
  local list = sh.world.host.list_folder and sh.world.list_folder(paths.full(sh, folder or ".")) or {}
  local out = {}
  for _, e in ipairs(list) do
    local name = e.name
    if name:lower():sub(1, #(leaf or bare)) == (leaf or bare):lower() and #out < LIMIT then
      out[#out + 1] = needs_quotes((folder or ".\\") .. name)
    end
  end
  return sorted(out)
end

-- The parameter whose value is being typed: the last -Name, or the next one by position.
local function current_parameter(command, words)
  local last = words[#words]
  local name = #words > 1 and last[2]:match("^%-(%a[%w]*)$")
  if name then
    local p = binder.find(command, name)
    return p and p.type ~= "switch" and p or nil
  end
  local position = 1
  for i = 2, #words do
    local n = words[i][2]:match("^%-(%a%w*)")
    local before = words[i - 1][2]:match("^%-(%a%w*)$")
    local p = before and binder.find(command, before)
    if not n and not (p and p.type ~= "switch") then position = position + 1 end
  end
  for _, p in ipairs(command.parameters or {}) do
    if p.position == position then return p end
  end
end

-- What names there are of a kind, from the machine: noun and parameter to function(world) -> list.
local function adapters(world)
  local list = {}
  for i, a in ipairs(require("windows.machine.live").new(world):adapters()) do list[i] = a.alias end
  return list
end

local function model_names(part, field)
  return function(world)
    local list, of = {}, world.model().windows
    for key in part:gmatch("%a+") do of = of[key] end
    for i, e in ipairs(of) do list[i] = e[field] end
    return sorted(list)
  end
end

local known = {
  netadapter = { Name = adapters }, service = { Name = model_names("services", "Name"), DisplayName = model_names("services", "DisplayName") },
  netfirewallrule = { Name = model_names("firewall.rules", "Name"), DisplayName = model_names("firewall.rules", "DisplayName") },
}

local function provider(command, p)
  if p.complete then return p.complete end
  local noun = command.name:lower():match("%-(.*)$")
  local f = known[noun] and known[noun][p.name] or p.name == "InterfaceAlias" and adapters
  return f and function(ctx) return f(ctx.world) end
end

-- May the value be a file?
local function takes_files(p)
  return p ~= nil and (p.name:find("Path") or p.name:find("File") or p.name == "Destination" or p.type:find("^object") or p.type == "any") and true or false
end

local function values_of(sh, command, p, prefix)
  local bare = prefix:gsub("^['\"]", ""):gsub("['\"]$", "")
  if p.values then return matching({}, p.values, bare) end
  if p.type == "bool" then return matching({}, { "$True", "$False" }, bare) end
  local names = provider(command, p)
  if not names then return {} end
  local ok, list = pcall(names, { world = sh.world, shell = sh }, bare)
  return ok and matching({}, list or {}, bare, needs_quotes) or {}
end

local function parameters(command, prefix)
  local names = {}
  for _, p in ipairs(binder.parameters(command)) do names[#names + 1] = p.name end
  return matching({}, names, prefix:sub(2), function(n) return "-" .. n end)
end

local function arguments(sh, words, prefix)
  local command = invoke.find(sh, words[1][2])
  if command and command.following then
    local before = {}
    for i = 2, #words do before[i - 1] = words[i][2] end
    return matching({}, command.following(before), prefix)
  end
  if command and command.kind == "program" then
    local list = prefix ~= "" and matching({}, command.options or {}, prefix) or {}
    return #list > 0 and list or files(sh, prefix)
  end
  if command and command.kind == "cmdlet" then
    if prefix:sub(1, 1) == "-" then return parameters(command, prefix) end
    local p = current_parameter(command, words)
    local list = p and values_of(sh, command, p, prefix) or {}
    if #list > 0 or not takes_files(p) then return list end
  end
  return files(sh, prefix)
end

-- text, and how many of its bytes stand before the cursor -> where the completed word starts (from 1), what could stand there
function complete.at(sh, text, cursor)
  local words, prefix, start = command_words(text:sub(1, cursor))
  if prefix:sub(1, 1) == "$" then return start, variables(sh, prefix) end
  if #words == 0 then
    local list = prefix:find("[\\/]") and {} or command_names(sh, prefix)
    return start, #list > 0 and list or files(sh, prefix)
  end
  return start, arguments(sh, words, prefix)
end

return complete
