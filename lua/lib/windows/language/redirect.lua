-- SPDX-License-Identifier: GPL-2.0-or-later
-- > >> 2> 2>&1 *>: where a command's output and errors go instead.

local errors = require("windows.language.errors")
local eval = require("windows.language.eval")
local format = require("windows.format.format")
local paths = require("windows.machine.paths")
local trim = require("windows.language.trim")
local values = require("windows.language.values")

local redirect = {}

local function nothing() end

local function list_of(node)
  local list = {}
  for _, r in ipairs(node or {}) do
    if r.k == "redirection" then list[#list + 1] = r end
  end
  return list
end

local function cant_write(path, why)
  errors.raise({ message = why or ("Could not find a part of the path '" .. path .. "'."), category = "OpenError", target = nil,
    id = "FileOpenFailure", exception = "IOException", command = "out-file" })
end

-- Gives a function that adds text to a file, emptied first unless it is appended to.
local function opened(sh, target, append)
  local path = paths.full(sh, values.text(target))
  local ok, why = sh.world.write_file(path, "", append)
  if ok == nil or ok == false then cant_write(path, why) end
  return function(text) sh.world.write_file(path, text, true) end
end

-- Text without the empty lines at its end.
local function without_end(text)
  local stop = text:find("\n", #trim.stop(text) + 1, true)
  return stop and text:sub(1, stop - 1) or text
end

local function is_null(target) return target == nil or (type(target) == "string" and target:lower() == "nul") end

-- Runs body(emit) with the redirections of a command in force.
function redirect.with(sh, node, emit, body)
  local list = list_of(node)
  if #list == 0 then return body(emit) end
  local saved, finish = sh.error_sink, {}
  for _, r in ipairs(list) do
    local from = r.from == "" and "1" or r.from
    if r.merge then
      if from == "2" or from == "*" then
        local out = emit
        sh.error_sink = function(text) out(without_end(text)) end
      end
    else
      local target = eval.value(sh, r.target)
      local put = is_null(target) and nothing or opened(sh, target, r.mode == ">>")
      if from == "1" or from == "*" then
        local sink = format.sink(sh, put)
        emit = sink.emit
        finish[#finish + 1] = sink.finish
      end
      if from == "2" or from == "*" then sh.error_sink = put end
    end
  end
  local ok, e = pcall(body, emit)
  local record = not ok and not sh.trying and errors.caught(e)
  -- What ends only this statement goes where its errors go.
  if record and not errors.fatal(e) and sh.error_sink ~= saved then
    sh:report(record)
    ok = true
  end
  for _, f in ipairs(finish) do f() end
  sh.error_sink = saved
  if not ok then error(e, 0) end
end

return redirect
