-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the tests of several steps share: lists of seqs, words, lines.

local common = {}

function common.join(...)
  local out, seen = core.array({}), {}
  for _, list in ipairs({ ... }) do
    for _, seq in ipairs(list) do
      if not seen[seq] then out[#out + 1] = seq end
      seen[seq] = true
    end
  end
  table.sort(out)
  return out
end

function common.any(list)
  return #list > 0, list
end

-- Did the learner look at anything at all? Who did nothing harmed nothing, and showed nothing.
function common.looked_at_something(ev)
  for _, s in ipairs(ev.scenario.steps) do
    if s.group == "observe" and s.name ~= "looked_first" and s.test(ev, s.options) then return true end
  end
  return false
end

-- What was seen before the last change is looking; what came after it is checking, and earns "verified". Where nothing is wrong
-- there is nothing to check but that.
function common.looked(ev, ...)
  local last = #ev.scenario.truth > 0 and ev:last_change() or nil
  local out = core.array({})
  for _, seq in ipairs(common.join(...)) do
    if not last or ev:before(seq, last) then out[#out + 1] = seq end
  end
  return common.any(out)
end

function common.has_arg(argv, fn)
  for i = 2, #argv do
    if fn(argv[i]) then return true end
  end
  return false
end

function common.one_of(...)
  local set = {}
  for _, w in ipairs({ ... }) do set[w] = true end
  return function(w) return set[w] == true end
end

function common.succeeded(status)
  return status == nil or status == 0
end

function common.lines(text)
  return (text .. "\n"):gmatch("(.-)\r?\n")
end

function common.some_line(text, fn)
  for line in common.lines(text) do
    if fn(line) then return true end
  end
  return false
end

function common.filled(value, p)
  return value ~= nil and require("text").fill(tostring(value), p) or nil
end

-- A number as a whole, not as a part of a longer one.
function common.holds_number(line, n)
  return line:find("%f[%d]" .. n .. "%f[^%d]") ~= nil
end

-- Of a line's pieces, those with these words: how many there are, and how many of them throw away what is put out.
local function pieces(line, words)
  local n, away = 0, 0
  for piece in line:gmatch("[^;|&\n()`]+") do
    if piece:find("%f[%w]" .. words:gsub("%W", "%%%0") .. "%f[^%w.]") then
      n, away = n + 1, away + (piece:find(">+%s*/dev/null") and 1 or 0)
    end
  end
  return n, away
end

-- Was all that a program puts out thrown away by the line it stands in? `ip a >/dev/null` shows nobody an address; its errors may go there,
-- and what a shell keeps for itself, $(ip r), it uses.
function common.thrown_away(ev, program, e)
  local around = ev:within(e)
  if not around or around.node == "windows" or program == "" then return false end
  local line = (around.text or ""):gsub("%d>&%d", ""):gsub("2>+%s*/dev/null", ""):gsub("&>", ">"):gsub(">&", ">")
  local n, away = pieces(line, table.concat(e.argv or {}, " "))
  if n == 0 then n, away = pieces(line, program) end
  return n > 0 and n == away
end

-- Programs that send something to whom they are told.
common.reaches = common.one_of("ping", "arping", "traceroute", "tracepath", "mtr", "nc", "ncat", "telnet", "curl", "wget", "nmap", "getent", "dig", "host",
  "nslookup", "resolvectl", "drill", "ssh", "git")

-- A command of WSL's window that asks Windows: ipconfig.exe, powershell.exe.
function common.windows_tool(e)
  return (e.text or ""):find("%.exe%f[^%w]") ~= nil
end

return common
