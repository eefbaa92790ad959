-- SPDX-License-Identifier: GPL-2.0-or-later
-- Windows paths: what a name means from where one stands.

local trim = require("windows.language.trim")

local paths = {}

local function home(sh) return sh:get_env("USERPROFILE") or "C:\\Users\\learner" end

-- A full path: no ".", "..", "~" or "/" left.
function paths.full(sh, name)
  name = name:gsub("/", "\\"):gsub("^[Ff]ile[Ss]ystem::", "")
  if name == "~" or name:sub(1, 2) == "~\\" then name = home(sh) .. name:sub(2) end
  local drive, rest = name:match("^(%a:)(.*)$")
  if name:sub(1, 2) == "\\\\" then
    drive, rest = name:match("^(\\\\[^\\]+\\[^\\]+)(.*)$")
    if not drive then return name end
  elseif not drive then
    drive = sh.location:match("^%a:") or sh.location:match("^\\\\[^\\]+\\[^\\]+") or "C:"
    rest = name:sub(1, 1) == "\\" and name or sh.location:sub(#drive + 1) .. "\\" .. name
  elseif rest:sub(1, 1) ~= "\\" then
    rest = sh.location:sub(#drive + 1) .. "\\" .. rest
  end
  local parts = {}
  for part in rest:gmatch("[^\\]+") do
    if part == ".." then
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  if #drive == 2 then drive = drive:upper() end
  return drive .. "\\" .. table.concat(parts, "\\")
end

function paths.leaf(path) return trim.after_last(trim.stop_of(path, "\\/"), "\\/") end

function paths.parent(path)
  local p = trim.stop_of(path, "\\/"):match("^(.*)[\\/]") or ""
  return p:match("^%a:$") and p .. "\\" or p
end

function paths.join(a, b)
  return trim.stop_of(a, "\\/") .. "\\" .. (b:gsub("^[\\/]+", ""))
end

-- The text of a file as a program reads it: byte-order marks and UTF-16 undone.
function paths.decode(text)
  if text:sub(1, 3) == "\239\187\191" then return text:sub(4) end
  if text:sub(1, 2) ~= "\255\254" then return text end
  local out = {}
  local i = 3
  while i + 1 <= #text do
    local c = text:byte(i) + text:byte(i + 1) * 256
    i = i + 2
    if c >= 0xD800 and c < 0xDC00 and i + 1 <= #text then
      local low = text:byte(i) + text:byte(i + 1) * 256
      c = 0x10000 + (c - 0xD800) * 0x400 + (low - 0xDC00) % 0x400
      i = i + 2
    end
    out[#out + 1] = utf8.char(c)
  end
  return table.concat(out)
end

-- Lines without their ends.
function paths.lines(text)
  local list = {}
  for line in (text:gsub("\r\n", "\n") .. (text:find("\n$") and "" or "\n")):gmatch("(.-)\n") do list[#list + 1] = line end
  if text == "" then return {} end
  return list
end

return paths
