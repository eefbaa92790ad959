-- SPDX-License-Identifier: GPL-2.0-or-later
-- Was a piece of the way a change? By what became of it, or by the program the kernel saw where that leaves no event.

local common = require("steps.common")
local evidence = require("evidence")

local changes = {}

-- The event that shows it; a link set up or down is one too, though no change that parts looking from checking.
function changes.event(own)
  for _, kind in ipairs({ "change", "file", "windows" }) do
    for _, e in ipairs(own[kind] or {}) do
      if evidence.is_change(e) or (kind == "change" and e.what == "link") then return e end
    end
  end
end

local function any(_) return true end

local function has(pattern)
  return function(argv)
    return common.has_arg(argv, function(a) return a:find(pattern) ~= nil end)
  end
end

local doers = {
  sysctl = has("="), sed = has("^%-%a*i"), tee = any, pkill = any, killall = any, kill = any, rm = any, mv = any, cp = any, ln = any,
  systemctl = has("start$"), service = has("start$"),
}

-- What Windows' prompt writes into files; there the kernel sees nothing of it.
local writers = { "%f[%w]set%-content%f[%W]", "%f[%w]add%-content%f[%W]", "%f[%w]out%-file%f[%W]", "%f[%w]remove%-item%f[%W]", "%f[%w]notepad%f[%W]",
  ">%s*[%w$\"'~]" }

local function writes(e)
  local text = (e.text or ""):lower()
  for _, pattern in ipairs(e.node == "windows" and writers or {}) do
    if text:find(pattern) and not text:find(">%s*$null") then return true end
  end
  return false
end

function changes.by_a_program(part)
  for _, e in ipairs(part:all("command")) do
    if writes(e) then return true end
  end
  return #part:ran("wsl", function(program, argv) return doers[program] ~= nil and doers[program](argv) end) > 0
end

return changes
