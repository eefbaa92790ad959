-- SPDX-License-Identifier: GPL-2.0-or-later
-- What shows that WSL's configuration files were read, in whichever window.

local evidence = require("evidence")
local common = require("steps.common")
local proof = require("proof")
local looking = require("steps.looking")

local tests = {}

-- Did one of the files' names stand in what this line of Windows' prompt started in WSL? (`wsl cat /etc/wsl.conf`)
local function named_in_wsl(ev, command)
  return #ev:find("exec", function(e)
    return (e.node or "wsl") == "wsl" and e.what ~= "exit" and evidence.during(e, command)
      and common.has_arg(e.argv or {}, function(a) return a:find("%.wslconfig") ~= nil or a:find("wsl%.conf") ~= nil end)
  end, 1) > 0
end

local function of_windows(ev, e)
  return looking.at(ev, e, "config") ~= nil or (looking.at(ev, e, "wsl") ~= nil and named_in_wsl(ev, e))
end

-- line: what stands in .wslconfig or wsl.conf, shown and not typed. WSL's own warning about it is no look at the file.
function tests.config_seen(ev, t)
  local wanted = common.filled(t.line, ev.p):lower()
  return common.looked(ev, ev:output("any", function(out, e)
    return common.some_line(out, function(line) return line:lower():find(wanted, 1, true) ~= nil and line:find("^wsl: ") == nil end)
      and not ev:typed(wanted, e) and proof.read(ev, e, { "wslconfig", "wsl%.conf" })
      and (not (e.node == "windows" or common.windows_tool(e)) or of_windows(ev, e))
  end))
end

return tests
