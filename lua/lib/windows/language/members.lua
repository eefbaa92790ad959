-- SPDX-License-Identifier: GPL-2.0-or-later
-- .Property, [index], .Method() and [Type]::Member.

local errors = require("windows.language.errors")
local object = require("windows.object")
local ops = require("windows.language.ops")
local values = require("windows.language.values")

local members = {}

local function fail(message, id, t)
  t = t or {}
  errors.raise({ message = message, category = t.category or "InvalidOperation", id = id, exception = t.exception or "RuntimeException" })
end

function members.get(_, v, name) return values.real(values.property(v, name)) end

local function element(list, i)
  local n = values.number(i)
  n = n and values.integer(n)
  if not n then
    fail(('Cannot convert value "%s" to type "System.Int32". Error: "Input string was not in a correct format."'):format(values.text(i)),
      "InvalidCastFromStringToInteger", { category = "InvalidArgument" })
  end
  if n < 0 then n = #list + n end
  return values.real(list[n + 1])
end

local function characters(s)
  local list = {}
  for c in s:gmatch("[%z\1-\127\194-\244][\128-\191]*") do list[#list + 1] = c end
  return list
end

function members.index(v, i)
  v = values.real(v)
  if v == nil then fail("Cannot index into a null array.", "NullArray") end
  if values.is_hash(v) then
    if values.is_list(i) then
      local all = {}
      for k, e in ipairs(i) do all[k] = values.kept(values.hash_get(v, values.real(e))) end
      return all
    end
    return values.hash_get(v, i)
  end
  if type(v) == "table" and object.is(v) and type(i) == "string" then return object.get(v, i) end
  local list = type(v) == "string" and characters(v) or values.is_list(v) and v or { v }
  if not values.is_list(i) then return element(list, i) end
  local all = {}
  for _, e in ipairs(i) do
    local found = element(list, values.real(e))
    if found ~= nil then all[#all + 1] = found end
  end
  return all
end

-- Methods of strings. Positions count characters from 0.

local function exception(method, count, why, kind)
  fail(('Exception calling "%s" with "%d" argument(s): "%s"'):format(method, count, why), kind or "ArgumentOutOfRangeException",
    { category = "NotSpecified", exception = "MethodInvocationException" })
end

-- Where every start nearly matches, a search takes time with both lengths, and Ctrl-C waits for its end.
local function plain_find(s, what, from)
  if #s * #what > 2 ^ 32 then error("not enough memory", 0) end
  return s:find(what, from or 1, true)
end

local function trimmer(front, back)
  return function(s, set)
    local chars = set and values.text(set):gsub("%W", "%%%0") or "%s"
    if chars == "" then chars = "%s" end
    if front then s = s:gsub("^[" .. chars .. "]+", "") end
    if back then
      local stop = #s
      while stop > 0 and s:sub(stop, stop):find("[" .. chars .. "]") do stop = stop - 1 end
      s = s:sub(1, stop)
    end
    return s
  end
end

local function char_index(s, byte) return byte and (utf8.len(s, 1, byte - 1) or byte - 1) or -1 end

local strings = {
  trim = trimmer(true, true), trimstart = trimmer(true, false), trimend = trimmer(false, true),
  toupper = function(s) return s:upper() end,
  tolower = function(s) return s:lower() end,
  tostring = function(s) return s end,
  startswith = function(s, p) return s:sub(1, #values.text(p)) == values.text(p) end,
  endswith = function(s, p) p = values.text(p) return p == "" or s:sub(-#p) == p end,
  contains = function(s, p) return plain_find(s, values.text(p)) ~= nil end,
  indexof = function(s, p) return char_index(s, plain_find(s, values.text(p))) end,
  equals = function(s, p) return s == p end,
  tochararray = function(s) return characters(s) end,
  gettype = nil,
}

function strings.lastindexof(s, p)
  p = values.text(p)
  local at, from = nil, 1
  while true do
    local hit = plain_find(s, p, from)
    if not hit or hit > #s then return char_index(s, at) end
    at, from = hit, hit + 1
  end
end

function strings.replace(s, a, b)
  a, b = values.text(a), values.text(b)
  if a == "" then exception("Replace", 2, "String cannot be of zero length. Parameter name: oldValue", "ArgumentException") end
  local out, at, size = {}, 1, 0
  while true do
    local from, to = plain_find(s, a, at)
    if not from then break end
    out[#out + 1] = s:sub(at, from - 1) .. b
    size = size + #out[#out]
    if size > 16 * 1024 * 1024 then error("not enough memory", 0) end
    at = to + 1
  end
  out[#out + 1] = s:sub(at)
  return table.concat(out)
end

function strings.split(s, set)
  local chars, all, piece = {}, {}, {}
  for _, e in ipairs(values.is_list(set) and set or { set or " " }) do
    for _, c in ipairs(characters(values.text(e))) do chars[c] = true end
  end
  for _, c in ipairs(characters(s)) do
    if chars[c] then
      all[#all + 1] = table.concat(piece)
      piece = {}
    else
      piece[#piece + 1] = c
    end
  end
  all[#all + 1] = table.concat(piece)
  return all
end

function strings.substring(s, from, length)
  local list = characters(s)
  from = values.integer(values.number(from) or -1)
  local n = length == nil and #list - (from or 0) or values.integer(values.number(length) or -1)
  if not from or not n or from < 0 or n < 0 or from + n > #list then
    exception("Substring", length and 2 or 1, "Index and length must refer to a location within the string.\nParameter name: length")
  end
  return table.concat(list, "", from + 1, from + n)
end

local function pad(right)
  return function(s, n, c)
    local w = math.min(values.integer(values.number(n) or 0) or 0, 100000)
    local fill = (values.text(c or " ")):rep(math.max(0, w - (utf8.len(s) or #s)))
    return right and s .. fill or fill .. s
  end
end

strings.padleft, strings.padright = pad(false), pad(true)

function strings.insert(s, at, what)
  local list = characters(s)
  local n = values.integer(values.number(at) or -1) or -1
  if n < 0 or n > #list then exception("Insert", 2, "Specified argument was out of the range of valid values.\nParameter name: startIndex") end
  return table.concat(list, "", 1, n) .. values.text(what) .. table.concat(list, "", n + 1)
end

function strings.remove(s, from, count)
  local list = characters(s)
  local a = values.integer(values.number(from) or -1) or -1
  local n = count == nil and #list - a or values.integer(values.number(count) or -1) or -1
  if a < 0 or n < 0 or a + n > #list then exception("Remove", 1, "startIndex must be less than length of string.\nParameter name: startIndex") end
  return table.concat(list, "", 1, a) .. table.concat(list, "", a + n + 1)
end

local lists = {
  contains = function(l, v) return ops.binary(nil, "ccontains", l, v) end,
  indexof = function(l, v)
    for i, e in ipairs(l) do
      if values.equal(values.real(e), v, true) then return i - 1 end
    end
    return -1
  end,
  getlength = function(l) return #l end,
}

local hashes = {
  add = function(h, k, v) values.hash_set(h, k, v) end,
  remove = function(h, k) values.hash_remove(h, k) end,
  containskey = function(h, k) return values.hash_has(h, k) end,
  contains = function(h, k) return values.hash_has(h, k) end,
  clear = function(h) h.keys, h.map = {}, {} end,
}

local objects = {} -- type name to { method = function(object, ...) }

-- Methods of a type of object.
function members.add_methods(type_name, methods) objects[type_name] = methods end

local function type_object(v)
  local full = values.type_name(v)
  return object.new("System.RuntimeType", { { "IsPublic", true }, { "IsSerial", true }, { "Name", full:match("[^%.]+$") or full },
    { "BaseType", "System.Object" }, { "FullName", full } })
end

local function methods_of(v)
  if type(v) == "string" then return strings end
  if values.is_hash(v) then return hashes end
  if values.is_list(v) then return lists end
  if type(v) == "table" and object.is(v) then return objects[object.type(v)] or {} end
  return {}
end

local statics

function members.call(sh, type_name, v, name, args)
  local key, n = name:lower(), #args
  local plain = {}
  for i, a in ipairs(args) do plain[i] = values.real(a) end
  if type_name then
    local s = statics[ops.full_type(type_name):lower():gsub("^system%.", "")]
    local f = s and s.calls and s.calls[key]
    if not f then
      fail(("Method invocation failed because [%s] does not contain a method named '%s'."):format(ops.full_type(type_name), name), "MethodNotFound")
    end
    return f(sh, table.unpack(plain, 1, n))
  end
  if v == nil then fail("You cannot call a method on a null-valued expression.", "InvokeMethodOnNull") end
  if key == "gettype" then return type_object(v) end
  if key == "tostring" and not (type(v) == "table" and object.is(v) and methods_of(v).tostring) then
    if n == 1 then return ops.binary(sh, "f", "{0:" .. values.text(plain[1]) .. "}", { v }) end
    return values.text(v)
  end
  if values.is_block(v) and (key == "invoke" or key == "invokereturnasis") then
    local eval = require("windows.language.eval")
    return sh:in_scope(function()
      sh:set("args", args)
      return eval.block_value(sh, v)
    end)
  end
  local f = methods_of(v)[key]
  -- A method that arrays have not is called on each element.
  if not f and values.is_list(v) and #v > 0 then
    local all = {}
    for i, e in ipairs(v) do all[i] = values.kept(members.call(sh, nil, values.real(e), name, args)) end
    return all
  end
  if not f and type(v) ~= "table" then f = key == "equals" and function(a, b) return a == b end end
  if not f then
    fail(("Method invocation failed because [%s] does not contain a method named '%s'."):format(values.type_name(v), name), "MethodNotFound")
  end
  return f(v, table.unpack(plain, 1, n))
end

local function math1(f) return function(_, x) return f(values.number(x) or 0) end end

local function tidy(x)
  return math.type(x) == "float" and x == math.floor(x) and math.abs(x) < 2 ^ 53 and math.tointeger(x) or x
end

local function os_version(sh)
  local w = (sh.world.model().windows or {}).version or {}
  local major, minor, build = (w.Version or ""):match("^(%d+)%.(%d+)%.(%d+)")
  if not major then return nil end
  local v = object.new("System.Version", { { "Major", tonumber(major) }, { "Minor", tonumber(minor) }, { "Build", tonumber(build) }, { "Revision", 0 } })
  return object.new("System.OperatingSystem", { { "Platform", "Win32NT" }, { "ServicePack", "" }, { "Version", v },
    { "VersionString", "Microsoft Windows NT " .. values.text(v) } })
end

statics = {
  environment = {
    get = { newline = "\r\n", machinename = function(sh) return sh:get_env("COMPUTERNAME") end, username = function(sh) return sh:get_env("USERNAME") end,
      currentdirectory = function(sh) return sh.location end, osversion = os_version },
    calls = {
      getenvironmentvariable = function(sh, name) return sh:get_env(values.text(name)) end,
      setenvironmentvariable = function(sh, name, v) sh:set_env(values.text(name), v and values.text(v)) end,
    },
  },
  string = {
    get = { empty = "" },
    calls = {
      isnullorempty = function(_, s) return s == nil or s == "" end,
      isnullorwhitespace = function(_, s) return s == nil or not values.text(s):find("%S") end,
      join = function(sh, by, list) return ops.binary(sh, "join", list, by) end,
      format = function(sh, f, ...) return ops.binary(sh, "f", f, { ... }) end,
    },
  },
  math = {
    get = { pi = math.pi },
    calls = {
      abs = math1(math.abs), floor = math1(function(x) return tidy(math.floor(x)) end), ceiling = math1(function(x) return tidy(math.ceil(x)) end),
      sqrt = math1(function(x) return tidy(x ^ 0.5) end), truncate = math1(function(x) return tidy(x < 0 and math.ceil(x) or math.floor(x)) end),
      round = function(_, x, places)
        local n, p = values.number(x) or 0, 10 ^ math.max(0, math.min(15, values.number(places) or 0))
        return tidy((values.integer(n * p) or n * p) / p)
      end,
      max = function(_, a, b) return math.max(values.number(a) or 0, values.number(b) or 0) end,
      min = function(_, a, b) return math.min(values.number(a) or 0, values.number(b) or 0) end,
      pow = function(_, a, b) return tidy((values.number(a) or 0) ^ (values.number(b) or 0)) end,
    },
  },
  int32 = { get = { maxvalue = 2147483647, minvalue = -2147483648 }, calls = { parse = function(_, s) return ops.cast("int", s) end } },
  int64 = { get = { maxvalue = math.maxinteger, minvalue = math.mininteger }, calls = { parse = function(_, s) return ops.cast("long", s) end } },
  timespan = { get = { maxvalue = "Infinite ([TimeSpan]::MaxValue)" } },
  ["net.ipaddress"] = { get = { any = "0.0.0.0", loopback = "127.0.0.1" }, calls = { parse = function(_, s) return ops.cast("ipaddress", s) end } },
}

-- More static members, by the part that knows them: { get = {}, calls = {} }.
function members.add_static(type_name, s) statics[type_name:lower()] = s end

-- An error where there is no such type. Of those with a whole name only what a cast or a static member needs is known here.
function members.known_type(type_name)
  local plain = type_name:gsub("%[%]$", "")
  local full = ops.full_type(plain)
  if full == plain and not plain:find(".", 1, true) and not statics[full:lower()] and not ops.has_type(plain) then
    fail(("Unable to find type [%s]."):format(type_name), "TypeNotFound")
  end
end

function members.static(sh, type_name, name)
  local full = type_name and ops.full_type(type_name) or ""
  local s = statics[full:lower():gsub("^system%.", "")]
  if not s and not ops.has_type(type_name or "") then fail(("Unable to find type [%s]."):format(type_name or ""), "TypeNotFound") end
  local v = s and s.get and s.get[name:lower()]
  if type(v) == "function" then return v(sh) end
  return v
end

return members
