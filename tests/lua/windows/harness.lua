-- SPDX-License-Identifier: GPL-2.0-or-later
-- Runs lines of the Windows prompt without a Windows: a host that is a table. Used as
--   local ps = require("harness")
--   local text, errors, status = ps.run("Get-NetRoute | select -First 1", ps.world { model = {..}, read = {..} })
--   ps.case("name", function() ps.eq(got, want) end)

local ps = { failed = 0, passed = 0 }

local session = require("windows.language.session")

local function lower(path) return path:lower():gsub("/", "\\"):gsub("(.)\\$", "%1") end

local function parent_of(key) return key:match("^(.*)\\[^\\]*$") or "" end

-- A file system in a table: path without case to { name, text } or { name, folder = true }.
local function file_system()
  local fs = { entries = {} }
  function fs.add(path, text)
    local key = lower(path)
    fs.entries[key] = { path = path, name = path:match("[^\\]*$"), text = text, folder = text == nil, mtime = 1750000000 }
    local parent = parent_of(key)
    if parent ~= "" and not fs.entries[parent] then fs.add(path:match("^(.*)\\[^\\]*$")) end
  end
  function fs.get(path) return fs.entries[lower(path)] end
  for _, p in ipairs({ "C:\\Users\\learner\\AppData\\Local\\Temp", "C:\\Windows\\System32\\drivers\\etc", "C:\\Users\\Public" }) do fs.add(p) end
  return fs
end

local function add_files(host, fs)
  function host.read_file(path)
    local e = fs.get(path)
    if not e or e.folder then return nil, "Could not find file '" .. path .. "'." end
    return e.text
  end
  function host.write_file(path, text, append)
    if not fs.get(parent_of(lower(path))) then return nil, "Could not find a part of the path '" .. path .. "'." end
    local e = fs.get(path)
    if e and e.folder then return nil, "Access to the path '" .. path .. "' is denied." end
    if e then e.text = (append and e.text or "") .. text else fs.add(path, text) end
    return true
  end
  function host.remove_file(path)
    if not fs.get(path) then return nil, "Could not find file '" .. path .. "'." end
    fs.entries[lower(path)] = nil
    return true
  end
  function host.list_folder(path)
    local e = fs.get(path)
    if not e or not e.folder then return nil, "Cannot find path '" .. path .. "' because it does not exist." end
    local list = {}
    for key, f in pairs(fs.entries) do
      if parent_of(key) == lower(path) then
        list[#list + 1] = { name = f.name, is_folder = f.folder, size = #(f.text or ""), mtime = f.mtime }
      end
    end
    table.sort(list, function(a, b) return a.name:lower() < b.name:lower() end)
    return list
  end
  function host.stat(path)
    local e = fs.get(path)
    return e and { is_folder = e.folder, size = #(e.text or ""), mtime = e.mtime } or nil
  end
  function host.make_folder(path) fs.add(path) return true end
end

-- What world.ask answers, from t: model = table, read = { routes = {..} } or function(what, arg), change = function(op, args),
-- probe = function(kind, args).
local function answers(t, log)
  return function(request)
    log[#log + 1] = request
    local verb = request["do"]
    if verb == "windows.model" then return t.model or { windows = {}, node = {}, wsl = { running = false, generation = 0 } } end
    if verb == "windows.read" then
      local read = t.read or {}
      if type(read) == "function" then return { value = read(request.what, request.arg) } end
      return { value = read[request.what] or {} }
    end
    if verb == "windows.probe" then return { result = t.probe(request.kind, request.args) } end
    if verb == "windows.change" then
      if not t.change then error({ code = "NotSupported", message = "not in this test" }, 0) end
      return { result = t.change(request.op, request.args) }
    end
    error({ code = "Failed", message = "no such request: " .. tostring(verb) }, 0)
  end
end

-- A host to give to ps.run again and again: { host, files, asked, edited, spawned, out, err }.
function ps.world(t)
  t = t or {}
  local w = { asked = {}, files = file_system(), edited = {}, spawned = {}, out = {}, err = {}, slept = 0, answers = t.answers or {} }
  local host = { lang = t.lang or "en", env = t.env or {}, tty = false, ask = answers(t, w.asked) }
  add_files(host, w.files)
  function host.write(text) w.out[#w.out + 1] = text end
  function host.write_error(text) w.err[#w.err + 1] = text end
  function host.columns() return t.columns or 120 end
  function host.now() return t.now or 1750000000 end
  function host.clock() return w.slept end
  function host.sleep(s) w.slept = w.slept + s end
  function host.edit(path) w.edited[#w.edited + 1] = path end
  function host.readline(prompt)
    w.out[#w.out + 1] = prompt
    return table.remove(w.answers, 1)
  end
  function host.wsl(how, stdin, emit) return t.wsl and t.wsl(how, stdin, emit, w) or 0 end
  function host.spawn(argv, stdin, emit)
    w.spawned[#w.spawned + 1] = argv
    return t.spawn and t.spawn(argv, stdin, emit, w) or nil
  end
  for path, text in pairs(t.files or {}) do w.files.add(path, text) end
  w.host = host
  w.shell = session.new(host)
  return w
end

-- Runs a line in a world (a new one where none is given) -> what it wrote, what it complained, its status.
function ps.run(line, w)
  w = w or ps.world()
  if not w.host then w = ps.world(w) end
  w.out, w.err = {}, {}
  w.shell.steps = w.steps or 2000000
  local status, exits = session.line(w.shell, line)
  return table.concat(w.out), table.concat(w.err), status, exits
end

-- The lines that have text.
function ps.lines(text)
  local list = {}
  for l in text:gmatch("[^\n]+") do
    if l:find("%S") then list[#list + 1] = l end
  end
  return list
end

local current = "?"

local function shown(v)
  if type(v) ~= "table" then return type(v) == "string" and ("%q"):format(v) or tostring(v) end
  local parts = {}
  for i, e in ipairs(v) do parts[i] = shown(e) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

function ps.fail(fmt, ...)
  error({ test = fmt:format(...) }, 2)
end

function ps.eq(got, want, what)
  if shown(got) ~= shown(want) then
    error({ test = ("%sgot  %s\n       want %s"):format(what and what .. ": " or "", shown(got), shown(want)) }, 0)
  end
end

function ps.has(text, part)
  if not text:find(part, 1, true) then error({ test = ("%s\n       is not in %s"):format(shown(part), shown(text)) }, 0) end
end

function ps.lacks(text, part)
  if text:find(part, 1, true) then error({ test = ("%s\n       should not be in %s"):format(shown(part), shown(text)) }, 0) end
end

function ps.case(name, f)
  current = name
  local ok, e = xpcall(f, function(e)
    if type(e) == "table" then return e.test or tostring(e.message) end
    return debug.traceback(tostring(e), 2)
  end)
  if ok then
    ps.passed = ps.passed + 1
  else
    ps.failed = ps.failed + 1
    print(("FAILED %s\n       %s"):format(current, e))
  end
end

return ps
