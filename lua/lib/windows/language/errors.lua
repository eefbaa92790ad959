-- SPDX-License-Identifier: GPL-2.0-or-later
-- Errors as Windows PowerShell 5.1 has them: records, the Lua errors that carry them, and how they are written.

local object = require("windows.object")
local values = require("windows.language.values")

local errors = {}

local targets = { string = "String", number = "Int32", boolean = "Boolean" }

-- t: message, category, id, exception, target, command, source (text), pos, stop; subject: what stands before the message where no
-- command does; reason: a line of netdojo's own after it
function errors.record(t)
  return {
    message = tostring(t.message or ""), category = t.category or "NotSpecified", id = t.id or "", exception = t.exception or "RuntimeException",
    target = t.target, command = t.command, source = t.source, pos = t.pos, stop = t.stop, value = t.value,
    target_type = t.target_type, bare = t.bare, reason = t.reason, subject = t.subject,
  }
end

-- A Lua error that carries a record. fatal: ends the script (throw, -ErrorAction Stop), not only the statement.
function errors.raise(t, fatal)
  error({ ps = errors.record(t), fatal = fatal or false }, 0)
end

function errors.interrupted(e)
  return type(e) == "string" and e:find("interrupted$") ~= nil
end

-- Does it end the script? Calls that went too deep do: were only the innermost ended, each of its callers would try the next.
function errors.fatal(e)
  if type(e) == "table" then return e.fatal or false end
  return tostring(e):find("stack overflow", 1, true) ~= nil
end

-- What went through pcall as a record; control flow and Ctrl-C give nil.
function errors.caught(e)
  if type(e) == "table" then
    if e.ps then return e.ps end
    if e.code then
      return errors.record({ message = e.message or e.code, category = errors.category_of(e.code), id = e.code, exception = "CimException" })
    end
    return nil
  end
  local text = tostring(e)
  if errors.interrupted(text) then return nil end
  if text:find("stack overflow", 1, true) then
    return errors.record({ message = "The script failed due to call depth overflow.", category = "InvalidOperation",
      id = "CallDepthOverflow", exception = "ScriptCallDepthException" })
  end
  if text:find("not enough memory", 1, true) then
    return errors.record({ message = "Exception of type 'System.OutOfMemoryException' was thrown.", category = "OperationStopped",
      id = "System.OutOfMemoryException", exception = "OutOfMemoryException" })
  end
  return errors.record({ message = text, category = "NotSpecified", id = "RuntimeException" })
end

local categories = { NotFound = "ObjectNotFound", Exists = "ResourceExists", InvalidArgument = "InvalidArgument",
  Denied = "PermissionDenied", NotSupported = "NotImplemented", Failed = "NotSpecified" }

function errors.category_of(code) return categories[code] or "NotSpecified" end

-- "At line:1 char:5", the line and what in it.
local function position(r)
  if not r.source or not r.pos then return nil end
  local before = r.source:sub(1, r.pos - 1)
  local _, lines = before:gsub("\n", "")
  local start = (before:match("^.*\n()") or 1)
  local line = r.source:match("^[^\n]*", start):gsub("\r$", "")
  local column = r.pos - start + 1
  local length = math.max(1, math.min((r.stop or r.pos + 1) - r.pos, #line - column + 1))
  local marks = {}
  marks[1] = ("At line:%d char:%d"):format(lines + 1, column)
  marks[2] = "+ " .. line
  marks[3] = "+ " .. (" "):rep(column - 1) .. ("~"):rep(length)
  return table.concat(marks, "\n")
end

local function target_text(r)
  if r.target == nil then return "", r.target_type or "" end
  local text = values.text(r.target)
  if #text > 40 then text = text:sub(1, 18) .. "..." .. text:sub(-18) end
  return text, r.target_type or targets[type(r.target)] or values.type_name(r.target):match("[^%.]+$") or ""
end

local function category_line(r)
  local target, kind = target_text(r)
  return ("    + CategoryInfo          : %s: (%s:%s) [%s], %s"):format(r.category, target, kind, r.command or "", r.exception)
end

-- The text a terminal shows, lines ended.
function errors.text(r)
  local subject = r.subject or not r.bare and r.command or ""
  local out = { (subject ~= "" and subject .. " : " or "") .. r.message }
  out[#out + 1] = position(r)
  out[#out + 1] = category_line(r)
  local id = r.id
  if r.command and not r.bare and id ~= "" and not id:find(",", 1, true) then id = id .. "," .. r.command end
  out[#out + 1] = "    + FullyQualifiedErrorId : " .. id
  return table.concat(out, "\n") .. "\n \n"
end

-- A parse error stands the other way round: place first.
function errors.parse_text(e, source)
  local r = { source = source, pos = e.pos, stop = e.stop }
  return table.concat({ position(r), e.message, "    + CategoryInfo          : ParserError: (:) [], ParentContainsErrorRecordException",
    "    + FullyQualifiedErrorId : " .. e.id }, "\n") .. "\n \n"
end

-- $_ of a catch block, an element of $Error.
function errors.object(r)
  local value = r.value
  local exception = object.new("System.Management.Automation." .. r.exception, { { "Message", r.message } })
  return object.new("System.Management.Automation.ErrorRecord", {
    { "Exception", exception }, { "TargetObject", r.target }, { "FullyQualifiedErrorId", r.id },
    { "CategoryInfo", r.category .. ": (" .. target_text(r) .. ":) [" .. (r.command or "") .. "], " .. r.exception },
    { "ErrorDetails", nil }, { "ThrownValue", value },
  })
end

values.add_text("System.Management.Automation.ErrorRecord", function(o) return values.text(object.get(o, "Exception").Message) end)

return errors
