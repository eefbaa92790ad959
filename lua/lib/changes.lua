-- SPDX-License-Identifier: GPL-2.0-or-later
-- Was a piece of the way a change? By what became of it, or by the program the kernel saw where that leaves no event: what was refused was one
-- too, and `ip link set eth0 up` of a link that is up.

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

local function among(...)
  local set = common.one_of(...)
  return function(argv) return common.has_arg(argv, set) end
end

local sets = common.one_of("add", "del", "delete", "replace", "change", "set", "flush", "append", "prepend")

-- "ip -4 route add": what is done comes after what it is done to.
local function ip_sets(argv)
  local nth = 0
  for i = 2, #argv do
    if argv[i]:sub(1, 1) ~= "-" then nth = nth + 1 end
    if nth == 2 then return sets(argv[i]) end
  end
  return has("^%-b")(argv)
end

local function ifconfig_sets(argv)
  local words = 0
  for i = 2, #argv do words = words + (argv[i]:sub(1, 1) == "-" and 0 or 1) end
  return words > 1
end

local tables_set = among("-A", "-I", "-D", "-F", "-P", "-R", "-N", "-X", "--append", "--insert", "--delete", "--flush", "--policy", "--replace")

local doers = {
  ip = ip_sets, ifconfig = ifconfig_sets, route = among("add", "del", "delete"), ethtool = has("^%-%u"), conntrack = among("-D", "-F"),
  nft = among("add", "delete", "insert", "replace", "flush", "create", "destroy", "-f"), iptables = tables_set, ip6tables = tables_set,
  ufw = among("enable", "disable", "allow", "deny", "reject", "delete", "insert", "reset", "reload"), dhclient = any,
  sysctl = has("="), sed = has("^%-%a*i"), tee = any, pkill = any, killall = any, kill = any, rm = any, mv = any, cp = any, ln = any,
  systemctl = has("start$"), service = has("start$"),
}

-- What is done at Windows' prompt, and what it writes into files; there the kernel sees nothing of it.
local writers = { "%f[%w]set%f[%W]", "%f[%w]add%f[%W]", "%f[%w]new%f[%W]", "%f[%w]delete%f[%W]", "%f[%w]remove%f[%W]", "%f[%w]enable%f[%W]",
  "%f[%w]disable%f[%W]", "%f[%w]restart%f[%W]", "%f[%w]reset%f[%W]",
  "%f[%w]out%-file%f[%W]", "%f[%w]notepad%f[%W]",
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
