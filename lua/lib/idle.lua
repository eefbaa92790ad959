-- SPDX-License-Identifier: GPL-2.0-or-later
-- Could the learner have mended it at all? Where the log shows that nothing was done that could, a fault that is gone went by itself.

local common = require("steps.common")

local one_of = common.one_of

-- Programs that leave everything as it was, or whose every effect is an event of its own.
local leaves = one_of("ping", "arping", "getent", "dig", "host", "nslookup", "drill", "cat", "head", "tail", "grep", "less", "more", "ls", "stat", "readlink",
  "ss", "netstat", "lsof", "tracepath", "traceroute", "dojo", "hostname", "man", "sleep", "true", "clear", "dircolors", "lesspipe", "which", "uname", "id",
  "whoami", "date", "sudo", "timeout", "wc", "sort", "uniq", "curl")
local shells = one_of("bash", "sh", "dash", "zsh", "fish")

-- What of ip's own changes nothing: with an object and no verb it shows, too.
local shows = { "show", "list", "lst", "ls", "get", "monitor", "help", "save" }
local takes_value = one_of("-n", "-netns", "-f", "-family", "-l", "-loops", "-rc", "-rcvbuf")

-- Object and verb, with the options before them left out; nil where the words come from a file.
local function ip_words(argv)
  local words, skip = {}, false
  for i = 2, #argv do
    local word = argv[i]
    if word:find("^%-%-?b") and not word:find("^%-%-?br") then return nil end
    if not skip and word:sub(1, 1) ~= "-" then words[#words + 1] = word end
    skip = takes_value(word)
  end
  return words
end

-- Every word may be cut short; `ip link s` sets.
local function ip_only_looks(argv)
  local words = ip_words(argv or {})
  if not words then return false end
  local object, verb = words[1], words[2]
  if not verb then return true end
  for _, word in ipairs(shows) do
    if word:sub(1, #verb) == verb and not (verb == "s" and ("link"):sub(1, #object) == object) then return true end
  end
  return false
end

local function basename(path)
  return (path or ""):match("([^/]+)$") or ""
end

-- A shell of root's can write anywhere without a program; the session's own is started with our hooks.
local function harmless_shell(e)
  return e.uid ~= 0 or table.concat(e.argv or {}, " "):find("/run/term", 1, true) ~= nil
end

local function only_looks(e)
  if e.what == "exit" then return true end
  if (e.node or "wsl") ~= "wsl" then return false end
  local name = basename(e.path or (e.argv or {})[1])
  if name == "ip" then return ip_only_looks(e.argv) end
  return leaves(name) or (shells(name) and harmless_shell(e))
end

-- What a shell does by itself: end a program, write a file.
local function of_the_shell(e)
  local text = e.text or ""
  return e.node == "windows" or text:find("%f[%w]kill") ~= nil or text:find(">", 1, true) ~= nil
end

local idle = {}

-- Since the lab was built, or built anew, nothing was changed and nothing ran that may have changed something.
function idle.all_along(ev)
  local from = ev.anew and ev.anew.seq or 0
  if ev:blind({ "exec", "changes" }) then return false end
  local function any(kind, fn)
    return #ev:find(kind, function(e) return e.seq > from and fn(e) end, 1) > 0
  end
  for _, kind in ipairs({ "change", "file", "windows" }) do
    if any(kind, function() return true end) then return false end
  end
  return not any("exec", function(e) return not only_looks(e) end) and not any("command", of_the_shell)
end

-- Is the fault gone, or was it when it was looked at, and not by the learner's doing?
function idle.mended_itself(ev)
  return #ev.scenario.truth > 0 and #ev.scenario.fixed > 0 and (ev.seen_gone or ev:passed("fixed")) and idle.all_along(ev)
end

return idle
