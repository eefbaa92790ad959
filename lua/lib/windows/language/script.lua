-- SPDX-License-Identifier: GPL-2.0-or-later
-- A script file as a command: .\mend.ps1

local errors = require("windows.language.errors")
local grammar = require("windows.language.grammar")
local paths = require("windows.machine.paths")

local script = {}

-- A callable of the file that a name means, or nil.
function script.find(sh, name)
  if not name:lower():find("%.ps1$") or not name:find("[\\/]") then return nil end
  local path = paths.full(sh, name)
  local text = sh.world.read_file(path)
  if not text then return nil end
  text = paths.decode(text)
  local tree, e = grammar.parse("{" .. text .. "\n}")
  if not tree then
    errors.raise({ message = e.message, category = "ParserError", id = e.id, exception = "ParseException", bare = true, source = text, pos = 1, stop = 2 })
  end
  local node = tree[1][1].value[1][1]
  return { name = name, node = node, params = node.params, source = "{" .. text .. "\n}", text = text }
end

return script
