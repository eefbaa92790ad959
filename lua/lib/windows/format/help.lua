-- SPDX-License-Identifier: GPL-2.0-or-later
-- Get-Help's text of a command, made from its entry in the registry.

local help = {}

local words = {
  en = { real = "In this lab", lacks = "Not in this lab", alias = "Aliases" },
  ja = { real = "このラボでは", lacks = "このラボにないもの", alias = "別名" },
}

function help.synopsis(c, lang)
  local s = c.synopsis
  if type(s) ~= "table" then return s or "" end
  return s[lang] or s.en or ""
end

local types = { string = "String", int = "Int32", bool = "Boolean", script = "ScriptBlock", object = "Object", any = "Object", enum = "String" }

local function type_text(p)
  if p.values then return table.concat(p.values, " | ") end
  local base, list = p.type:match("^(%a+)(.*)$")
  return (types[base] or "Object") .. list
end

-- [-Name] <String[]>, with brackets where it may be left out.
local function usage(p)
  local name = "-" .. p.name
  if p.type == "switch" then return "[" .. name .. "]" end
  if p.position then name = "[" .. name .. "]" end
  local s = name .. " <" .. type_text(p) .. ">"
  return p.mandatory and s or "[" .. s .. "]"
end

-- At most 76 columns a line, broken between parameters.
local function wrapped(parts)
  local lines, line = {}, ""
  for _, part in ipairs(parts) do
    if line ~= "" and #line + 1 + #part > 76 then
      lines[#lines + 1], line = line, "   "
    end
    line = line == "" and part or line .. " " .. part
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n    ")
end

local function syntax(c)
  if c.usage then return c.name .. " " .. c.usage end
  if c.kind == "program" then return c.name .. (c.options and #c.options > 0 and " " .. table.concat(c.options, " | ") or "") end
  local parts = { c.name }
  for _, p in ipairs(c.parameters or {}) do parts[#parts + 1] = usage(p) end
  parts[#parts + 1] = "[<CommonParameters>]"
  return wrapped(parts)
end

local function parameter_lines(c)
  local out = {}
  for _, p in ipairs(c.parameters or {}) do
    out[#out + 1] = "    -" .. p.name .. (p.type == "switch" and " [<SwitchParameter>]" or " <" .. type_text(p) .. ">")
    local notes = {}
    if p.aliases then notes[#notes + 1] = "Aliases: " .. table.concat(p.aliases, ", ") end
    if p.position then notes[#notes + 1] = "Position: " .. p.position end
    if p.pipeline then notes[#notes + 1] = "Accepts pipeline input" end
    if p.wildcard then notes[#notes + 1] = "Accepts wildcards" end
    if #notes > 0 then out[#out + 1] = "        " .. table.concat(notes, "; ") end
  end
  return table.concat(out, "\n")
end

function help.text(c, lang)
  local w = words[lang] or words.en
  local out = { "", "NAME", "    " .. c.name, "", "SYNOPSIS", "    " .. help.synopsis(c, lang), "", "SYNTAX", "    " .. syntax(c), "" }
  local function part(title, text)
    if not text or text == "" then return end
    out[#out + 1] = title
    out[#out + 1] = text
    out[#out + 1] = ""
  end
  part("PARAMETERS", c.kind ~= "program" and parameter_lines(c))
  if c.examples then
    local list = {}
    for i, e in ipairs(c.examples) do list[i] = "    PS C:\\>" .. e end
    part("EXAMPLES", table.concat(list, "\n"))
  end
  local remarks = {}
  if c.aliases and #c.aliases > 0 then remarks[#remarks + 1] = "    " .. w.alias .. ": " .. table.concat(c.aliases, ", ") end
  if c.about and c.about ~= "" then remarks[#remarks + 1] = "    " .. w.real .. ": " .. c.about end
  if c.lacks and c.lacks ~= "" then remarks[#remarks + 1] = "    " .. w.lacks .. ": " .. c.lacks end
  part("REMARKS", table.concat(remarks, "\n"))
  return table.concat(out, "\n")
end

return help
