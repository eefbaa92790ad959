-- SPDX-License-Identifier: GPL-2.0-or-later
-- A session: its variables, functions, place in the file system, and where its output and errors go.
-- It holds no language: eval.lua runs lines in it.

local errors = require("windows.language.errors")
local object = require("windows.object")
local values = require("windows.language.values")

local shell = {}
shell.__index = shell

shell.DEPTH_MAX = 40
shell.TEXT_MAX = 16 * 1024 * 1024

local version = object.new("System.Version", { { "Major", 5 }, { "Minor", 1 }, { "Build", 26100 }, { "Revision", 4061 } })
values.add_text("System.Version", function(o) return ("%d.%d.%d.%d"):format(o.Major, o.Minor, o.Build, o.Revision) end)

local function version_table()
  local h = values.hash()
  values.hash_set(h, "PSVersion", version)
  values.hash_set(h, "PSEdition", "Desktop")
  values.hash_set(h, "BuildVersion", "10.0.26100.4061")
  return h
end

local constants = { ["true"] = true, ["false"] = true, ["null"] = true }

-- Of the node's own environment, what no Windows program has.
local linux_env = { PATH = true, HOME = true, USER = true, LOGNAME = true, SHELL = true, PWD = true, OLDPWD = true, TERM = true, LANG = true,
  SHLVL = true, _ = true, LC_ALL = true, HOSTNAME = true, EDITOR = true }

local default_env = {
  USERPROFILE = "C:\\Users\\learner", USERNAME = "learner", HOMEDRIVE = "C:", HOMEPATH = "\\Users\\learner",
  SystemRoot = "C:\\Windows", windir = "C:\\Windows", SystemDrive = "C:", ComSpec = "C:\\Windows\\system32\\cmd.exe", OS = "Windows_NT",
  TEMP = "C:\\Users\\learner\\AppData\\Local\\Temp", TMP = "C:\\Users\\learner\\AppData\\Local\\Temp", APPDATA = "C:\\Users\\learner\\AppData\\Roaming",
  LOCALAPPDATA = "C:\\Users\\learner\\AppData\\Local", ProgramFiles = "C:\\Program Files", PUBLIC = "C:\\Users\\Public",
  PATH = "C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\", PATHEXT = ".COM;.EXE;.BAT;.CMD",
    PROCESSOR_ARCHITECTURE = "AMD64",
}

-- Variables that hold the PC's name. It is the model's, asked for when one is read: name, what stands before it.
local pc_names = { COMPUTERNAME = "", USERDOMAIN = "", LOGONSERVER = "\\\\" }

local function pc_name(world)
  local ok, model = pcall(world.model)
  if not ok and errors.interrupted(model) then error(model, 0) end
  return ok and model.windows and model.windows.hostname
end

local function pc_variable(world, name, prefix)
  return setmetatable({ name = name }, { __index = function(e, key)
    if key ~= "value" then return nil end
    local pc = pc_name(world)
    if not pc then return "" end
    e.value = prefix .. pc
    return e.value
  end })
end

function shell.new(world)
  local s = setmetatable({
    world = world, location = world.host.folder and world.host.folder() or "C:\\Users\\learner", history = {}, functions = {}, aliases = {}, failures = {},
    ok = true, depth = 0, env = {}, steps = nil,
  }, shell)
  for k, v in pairs(default_env) do s:set_env(k, v) end
  for k, prefix in pairs(pc_names) do s.env[k:lower()] = pc_variable(world, k, prefix) end
  for k, v in pairs(world.env) do
    if not linux_env[k] and k:match("^[%w_%(%)]+$") and type(v) == "string" and not v:find("^/") then s:set_env(k, v) end
  end
  s.globals = { vars = {} }
  s.scope = s.globals
  for k, v in pairs({ home = "C:\\Users\\learner", ErrorActionPreference = "Continue", WarningPreference = "Continue", OFS = " ",
    ConfirmPreference = "High", ProgressPreference = "Continue", PID = 4660, ShellId = "Microsoft.PowerShell", PSVersionTable = version_table() }) do
    s:set(k, v)
  end
  return s
end

function shell:get_env(name)
  local e = self.env[name:lower()]
  return e and e.value
end

function shell:set_env(name, value)
  local e = self.env[name:lower()]
  if value == nil or value == "" then
    self.env[name:lower()] = nil
  elseif e then
    e.value = value
  else
    self.env[name:lower()] = { name = name, value = value }
  end
end

local automatic = {
  ["?"] = function(s) return s.ok end,
  pwd = function(s) return s.location end,
  lastexitcode = function(s) return s.exit_code end,
  psitem = function(s) return s:get("_") end,
  error = function(s) return s.failures end,
  host = function() return object.new("System.Management.Automation.Internal.Host.InternalHost",
    { { "Name", "ConsoleHost" }, { "Version", version } }) end,
}

local function split_scope(name)
  local scope, rest = name:match("^(%a+):(.+)$")
  if scope then return scope:lower(), rest end
  return nil, name
end

-- The value of $name: variables of this scope and those around it, env:, the automatic ones.
function shell:get(name)
  local scope, rest = split_scope(name)
  if scope == "env" then return self:get_env(rest) end
  local key = rest:lower()
  if constants[key] then
    if key == "null" then return nil end
    return key == "true"
  end
  if automatic[key] then return automatic[key](self) end
  local s = (scope == "global" or scope == "script") and self.globals or self.scope
  while s do
    local v = s.vars[key]
    if v then return v.value end
    s = s.parent
  end
  return nil
end

function shell:find(name)
  local s = self.scope
  while s do
    if s.vars[name:lower()] then return s.vars[name:lower()] end
    s = s.parent
  end
end

function shell:set(name, value)
  local scope, rest = split_scope(name)
  if scope == "env" then return self:set_env(rest, value ~= nil and values.text(value) or nil) end
  local key = rest:lower()
  if key == "null" then return end
  if constants[key] or key == "?" then
    errors.raise({ message = ("Cannot overwrite variable %s because it is read-only or constant."):format(rest), category = "WriteError",
      target = rest, id = "VariableNotWritable", exception = "SessionStateUnauthorizedAccessException", bare = true })
  end
  if automatic[key] then return end
  local s = (scope == "global" or scope == "script") and self.globals or self.scope
  s.vars[key] = { name = rest, value = value }
end

function shell:unset(name)
  local key, s = name:lower(), self.scope
  while s do
    if s.vars[key] then
      s.vars[key] = nil
      return true
    end
    s = s.parent
  end
  return false
end

-- All variables one sees from here, by name.
function shell:variables()
  local seen, list, s = {}, {}, self.scope
  while s do
    for k, v in pairs(s.vars) do
      if not seen[k] then list[#list + 1] = v end
      seen[k] = true
    end
    s = s.parent
  end
  table.sort(list, function(a, b) return a.name:lower() < b.name:lower() end)
  return list
end

-- Runs f in a scope of its own.
function shell:in_scope(f, ...)
  local saved = self.scope
  self.scope = { vars = {}, parent = saved }
  local results = table.pack(pcall(f, ...))
  self.scope = saved
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

-- With $_ as it is for one element.
function shell:with_item(value, f, ...)
  local vars = self.scope.vars
  local saved = vars["_"]
  vars["_"] = { name = "_", value = value }
  local results = table.pack(f(...))
  vars["_"] = saved
  return table.unpack(results, 1, results.n)
end

-- One more step of a script. A limit is only set where nobody can press Ctrl-C.
function shell:step()
  if not self.steps then return end
  self.steps = self.steps - 1
  if self.steps < 0 then error("interrupted", 0) end
end

local function colour(s, text, code)
  if not s.world.tty_error and not s.world.tty then return text end
  return "\27[" .. code .. "m" .. text:gsub("\n$", "") .. "\27[0m\n"
end

function shell:write(text) self.world.host.write(text) end

function shell:write_error(text)
  if self.error_sink then return self.error_sink(text) end
  self.world.host.write_error(text)
end

function shell:warn(text)
  if self.error_sink then return self.error_sink("WARNING: " .. text .. "\n") end
  -- Warnings are a stream of their own that ends up on standard output.
  self:flush()
  self:write(colour(self, "WARNING: " .. text .. "\n", "33"))
end

-- What the console's formatter still holds is written before anything that does not go through it.
function shell:flush()
  if self.console_flush then self.console_flush() end
end

-- Keeps an error and writes it.
function shell:report(record, quiet)
  self.ok = false
  table.insert(self.failures, 1, errors.object(record))
  self.failures[257] = nil
  if quiet then return end
  self:flush()
  local text = errors.text(record)
  if self.error_sink then return self.error_sink(text, record) end
  self:write_error(colour(self, text, "91"))
  if record.reason then self:write_error(record.reason) end
end

return shell
