-- SPDX-License-Identifier: GPL-2.0-or-later
-- Operators and casts.

local errors = require("windows.language.errors")
local object = require("windows.object")
local regex = require("windows.language.regex")
local values = require("windows.language.values")

local ops = {}

local function fail(message, id, t)
  t = t or {}
  errors.raise({ message = message, category = t.category or "InvalidOperation", id = id, exception = t.exception or "RuntimeException",
    target = t.target })
end

local SIZE_MAX = 1000000

local function guard(n)
  if n > SIZE_MAX then
    fail("Exception of type 'System.OutOfMemoryException' was thrown.", "System.OutOfMemoryException", { exception = "OutOfMemoryException",
      category = "OperationStopped" })
  end
end

-- Arithmetic

local function no_number(v, kind)
  fail(('Cannot convert value "%s" to type "%s". Error: "Input string was not in a correct format."'):format(values.text(v), kind or "System.Int32"),
    "InvalidCastFromStringToInteger", { category = "InvalidArgument" })
end

local function numbers(a, b)
  local x, y = values.number(a), values.number(b)
  if not x then no_number(a) end
  if not y then no_number(b) end
  return x, y
end

local function no_method(v, op)
  fail(("Method invocation failed because [%s] does not contain a method named '%s'."):format(values.type_name(v), op), "MethodNotFound")
end

-- Integers that leave 64 bits go on as doubles, as PowerShell's do.
local function whole(r, f) return math.type(r) == "integer" and r ~= f and math.abs(f) >= 2 ^ 63 and f or r end

local binary = {}

binary["+"] = function(_, a, b)
  a = values.real(a)
  if values.is_list(a) then
    guard(#a + (values.is_list(b) and #b or 1))
    local all = table.move(a, 1, #a, 1, {})
    for _, e in ipairs(values.is_list(b) and b or { values.kept(b) }) do all[#all + 1] = e end
    return all
  end
  if values.is_hash(a) and values.is_hash(b) then
    local h = values.hash()
    for _, from in ipairs({ a, b }) do
      for _, k in ipairs(from.keys) do values.hash_set(h, k, values.hash_get(from, k)) end
    end
    return h
  end
  if type(a) == "string" then
    local t = values.text(b)
    guard((#a + #t) / 16)
    return a .. t
  end
  if a == nil then return values.real(b) end
  if type(a) == "table" then no_method(a, "op_Addition") end
  local x, y = numbers(a, b)
  return whole(x + y, x + 0.0 + y)
end

binary["-"] = function(_, a, b)
  if type(a) == "table" and object.is(a) and object.get(a, "Ticks") and ops.subtract_dates then return ops.subtract_dates(a, b) end
  local x, y = numbers(a, b)
  return whole(x - y, x + 0.0 - y)
end

local function times(list, n)
  local all = {}
  guard(#list * n)
  for _ = 1, n do table.move(list, 1, #list, #all + 1, all) end
  return all
end

binary["*"] = function(_, a, b)
  if type(a) == "string" or values.is_list(a) then
    local n = values.integer(values.number(b) or no_number(b)) or 0
    if n < 0 then fail("Specified argument was out of the range of valid values.", "System.ArgumentOutOfRangeException") end
    if values.is_list(a) then return times(a, n) end
    guard(#a * n / 16)
    return a:rep(n)
  end
  local x, y = numbers(a, b)
  return whole(x * y, (x + 0.0) * y)
end

local function by_zero(y)
  if y == 0 and math.type(y) == "integer" then
    fail("Attempted to divide by zero.", "RuntimeException", { category = "NotSpecified" })
  end
end

binary["/"] = function(_, a, b)
  local x, y = numbers(a, b)
  by_zero(y)
  if math.type(x) == "integer" and math.type(y) == "integer" and x % y == 0 then return x // y end
  return x / y
end

binary["%"] = function(_, a, b)
  local x, y = numbers(a, b)
  by_zero(y)
  return math.fmod(x, y)
end

binary[".."] = function(_, a, b)
  local x, y = numbers(a, b)
  x, y = values.integer(x), values.integer(y)
  if not x or not y then no_number(x and b or a) end
  guard(math.abs(y - x))
  local all = {}
  for i = x, y, y >= x and 1 or -1 do all[#all + 1] = i end
  return all
end

-- Comparison: on an array it filters.

local function compared(test)
  return function(a, b, exact)
    if values.is_list(a) then
      local all = {}
      for _, e in ipairs(a) do
        if test(values.real(e), b, exact) then all[#all + 1] = e end
      end
      return all
    end
    return test(a, b, exact)
  end
end

local function no_regex(text, why)
  fail(why, "InvalidRegularExpression", { target = text })
end

local function matcher(pattern, exact)
  local m, why = regex.new(pattern, exact)
  if not m then no_regex(pattern, why) end
  return m
end

local function found(m, text, from)
  local ok, r = pcall(m.find, m, text, from)
  if ok then return r end
  if type(r) == "table" and r.regex then no_regex("", r.regex) end
  error(r, 0)
end

local function keep_matches(sh, hit)
  local h = values.hash()
  for k, v in pairs(hit.groups) do values.hash_set(h, k, v) end
  table.sort(h.keys, function(a, b) return tostring(a) < tostring(b) end)
  sh:set("Matches", h)
end

function ops.match(sh, text, pattern, exact)
  local hit = found(matcher(pattern, exact), text)
  if hit and sh then keep_matches(sh, hit) end
  return hit ~= nil, hit
end

local tests = {
  eq = function(a, b, exact) return values.equal(a, b, exact) end,
  ne = function(a, b, exact) return not values.equal(a, b, exact) end,
  gt = function(a, b, exact) return values.compare(a, b, exact) > 0 end,
  ge = function(a, b, exact) return values.compare(a, b, exact) >= 0 end,
  lt = function(a, b, exact) return values.compare(a, b, exact) < 0 end,
  le = function(a, b, exact) return values.compare(a, b, exact) <= 0 end,
  like = function(a, b, exact) return values.like(values.text(a), values.text(b), exact) end,
  notlike = function(a, b, exact) return not values.like(values.text(a), values.text(b), exact) end,
}

for name, test in pairs(tests) do
  local f = compared(test)
  binary[name] = function(_, a, b) return f(a, b, false) end
  binary["i" .. name] = binary[name]
  binary["c" .. name] = function(_, a, b) return f(a, b, true) end
end

local function add_match(prefix, exact)
  binary[prefix .. "match"] = function(sh, a, b)
    local m = matcher(values.text(b), exact)
    if values.is_list(a) then
      return compared(function(e) return found(m, values.text(e)) ~= nil end)(a)
    end
    local hit = found(m, values.text(a))
    if hit then keep_matches(sh, hit) end
    return hit ~= nil
  end
  binary[prefix .. "notmatch"] = function(_, a, b)
    local m = matcher(values.text(b), exact)
    return compared(function(e) return found(m, values.text(e)) == nil end)(a)
  end
end

local function contains(list, v, exact)
  for _, e in ipairs(values.is_list(list) and list or { values.kept(list) }) do
    if values.equal(values.real(e), v, exact) then return true end
  end
  return false
end

-- $1 ${name} $& in a replacement.
local function filled(template, groups)
  local function group(k)
    return groups[tonumber(k) or k] or ""
  end
  return (template:gsub("%$(%$?)([&%w{]?[%w_]*}?)", function(two, rest)
    if two == "$" then return "$" .. rest end
    if rest == "&" then return groups[0] end
    local name = rest:match("^{([%w_]+)}$")
    if name then return group(name) end
    local digits, tail = rest:match("^(%d+)(.*)$")
    if digits then return group(digits) .. tail end
    return "$" .. rest
  end))
end

local function replace_one(text, m, template)
  local out, at, size = {}, 1, 0
  while at <= #text + 1 do
    local hit = found(m, text, at)
    if not hit then break end
    out[#out + 1] = text:sub(at, hit.from - 1) .. filled(template, hit.groups)
    size = size + #out[#out]
    guard(size / 16)
    if hit.to == hit.from then
      out[#out + 1] = text:sub(hit.from, hit.from)
      at = hit.from + 1
    else
      at = hit.to
    end
  end
  out[#out + 1] = text:sub(at)
  return table.concat(out)
end

local function mapped(a, f)
  if not values.is_list(a) then return f(values.text(a)) end
  local all = {}
  for i, e in ipairs(a) do all[i] = f(values.text(e)) end
  return all
end

local function replace(a, b, exact)
  local pair = values.list(b)
  local m = matcher(values.text(pair[1]), exact)
  return mapped(a, function(t) return replace_one(t, m, values.text(pair[2])) end)
end

-- Pieces of text between what fits a pattern, at most max of them; groups in the pattern are pieces too.
local function split_one(text, m, max, all)
  local at, search, n = 1, 1, 1
  while n < max do
    local hit = found(m, text, search)
    if not hit then break end
    if hit.to == hit.from then
      search = hit.from + 1
      if search > #text then break end
    end
    if not (hit.to == hit.from and hit.from == at) then
      all[#all + 1] = text:sub(at, hit.from - 1)
      n = n + 1
      for k = 1, 9 do all[#all + 1] = hit.groups[k] end
      at = hit.to
      search = math.max(search, hit.to == hit.from and search or hit.to)
    end
  end
  all[#all + 1] = text:sub(at)
end

local function quoted(text) return (text:gsub("[%^%$%.%|%?%*%+%(%)%[%{%\\]", "\\%0")) end

local function split(a, b, exact)
  local how = values.list(b)
  local pattern = values.text(how[1])
  local simple = how[3] and values.text(how[3]):lower():find("simplematch")
  local m = matcher(simple and quoted(pattern) or pattern, exact)
  local max = values.integer(values.number(how[2]) or 0) or 0
  local all = {}
  for _, e in ipairs(values.is_list(a) and a or { a }) do split_one(values.text(e), m, max > 0 and max or math.huge, all) end
  return all
end

local function joined(list, by)
  local parts, size = {}, 0
  for i, e in ipairs(values.list(list)) do
    parts[i] = values.text(e)
    size = size + #parts[i]
  end
  guard((size + #by * #parts) / 16)
  return table.concat(parts, by)
end

for prefix, exact in pairs({ [""] = false, i = false, c = true }) do
  add_match(prefix, exact)
  binary[prefix .. "contains"] = function(_, a, b) return contains(a, b, exact) end
  binary[prefix .. "notcontains"] = function(_, a, b) return not contains(a, b, exact) end
  binary[prefix .. "in"] = function(_, a, b) return contains(b, a, exact) end
  binary[prefix .. "notin"] = function(_, a, b) return not contains(b, a, exact) end
  binary[prefix .. "replace"] = function(_, a, b) return replace(a, b, exact) end
  binary[prefix .. "split"] = function(_, a, b) return split(a, b, exact) end
  binary[prefix .. "join"] = function(_, a, b) return joined(a, values.text(b)) end
end

binary.xor = function(_, a, b) return values.truth(a) ~= values.truth(b) end

local function bits(f)
  return function(_, a, b)
    local x, y = numbers(a, b)
    return f(values.integer(x) or 0, values.integer(y) or 0)
  end
end

binary.band = bits(function(x, y) return x & y end)
binary.bor = bits(function(x, y) return x | y end)
binary.bxor = bits(function(x, y) return x ~ y end)
binary.shl = bits(function(x, y) return x << (y & 63) end)
binary.shr = bits(function(x, y) return x >> (y & 63) end)

-- -f

local function grouped(text)
  local sign, int, rest = text:match("^(%-?)(%d+)(.*)$")
  if not int then return text end
  int = int:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
  return sign .. int .. rest
end

local function formatted(v, spec)
  if spec == "" then return values.text(v) end
  local letter, digits = spec:match("^(%a)(%d?%d?)$")
  local n = type(v) == "number" and v
  if not letter or not n then
    if n and spec:find("^0+$") then return ("%0" .. #spec .. "d"):format(values.integer(n) or 0) end
    if n and spec:find("^[0#]*%.[0#]+$") then return ("%." .. #spec:match("%.(.*)$") .. "f"):format(n) end
    if type(v) == "table" and object.is(v) and ops.format_date then return ops.format_date(v, spec) end
    return values.text(v)
  end
  local places = tonumber(digits)
  letter = letter:upper()
  if letter == "N" then return grouped(("%." .. (places or 2) .. "f"):format(n)) end
  if letter == "F" then return ("%." .. (places or 2) .. "f"):format(n) end
  if letter == "P" then return grouped(("%." .. (places or 2) .. "f"):format(n * 100)) .. " %" end
  local int = values.integer(n) or 0
  if letter == "D" then return (int < 0 and "-" or "") .. ("%0" .. (places or 1) .. "d"):format(math.abs(int)) end
  if letter == "X" then return (spec:sub(1, 1) == "x" and "%0" .. (places or 1) .. "x" or "%0" .. (places or 1) .. "X"):format(int) end
  return values.text(v)
end

binary.f = function(_, a, b)
  local list = values.is_list(b) and b or { values.kept(b) }
  local text, size = values.text(a), 0
  local result = text:gsub("{{", "\1"):gsub("}}", "\2"):gsub("{([^{}]*)}", function(item)
    local i, pad, spec = item:match("^(%d+),?(%-?%d*):?(.*)$")
    if not i then return nil end
    local n = tonumber(i)
    if n >= #list then
      fail("Error formatting a string: Index (zero based) must be greater than or equal to zero and less than the size of the argument list..",
        "FormatError", { target = text })
    end
    local s = formatted(values.real(list[n + 1]), spec)
    local w = math.max(-1000, math.min(1000, tonumber(pad) or 0))
    if #s < math.abs(w) then
      local blank = (" "):rep(math.abs(w) - #s)
      s = w > 0 and blank .. s or s .. blank
    end
    size = size + #s
    guard(size / 16)
    return s
  end)
  return (result:gsub("\1", "{"):gsub("\2", "}"))
end

-- Types

local short = { string = "System.String", int = "System.Int32", int32 = "System.Int32", long = "System.Int64", int64 = "System.Int64",
  bool = "System.Boolean", boolean = "System.Boolean", double = "System.Double", array = "System.Object[]", hashtable = "System.Collections.Hashtable",
  scriptblock = "System.Management.Automation.ScriptBlock", pscustomobject = "System.Management.Automation.PSCustomObject", datetime = "System.DateTime",
  float = "System.Double", decimal = "System.Double", object = "System.Object", ipaddress = "System.Net.IPAddress" }

function ops.full_type(name)
  local key = name:lower():gsub("^system%.", "")
  return short[key] or short[name:lower()] or name
end

local function type_named(b)
  return ops.full_type(type(b) == "table" and object.is(b) and object.get(b, "FullName") or values.text(b))
end

local function is_type(a, b)
  local want = type_named(b)
  local have = values.type_name(a)
  if want == "System.Object" then return a ~= nil end
  return have:lower() == want:lower() or have:lower():match("[^%.]+$") == want:lower()
end

binary.is = function(_, a, b) return is_type(a, b) end
binary.isnot = function(_, a, b) return not is_type(a, b) end

local casts = {}
casts["System.String"] = function(v) return values.text(v) end
casts["System.Boolean"] = function(v) return values.truth(v) end
casts["System.Double"] = function(v) return (values.number(v) or no_number(v, "System.Double")) + 0.0 end
casts["System.Object[]"] = function(v) return values.list(v) end
casts["System.Object"] = function(v) return v end
casts["System.Collections.Hashtable"] = casts["System.Object"]
casts["switch"] = casts["System.Boolean"]
casts["regex"] = casts["System.String"]
casts["void"] = function() return nil end
casts["ordered"] = casts["System.Object"]
casts["System.Management.Automation.ScriptBlock"] = casts["System.Object"]

local function integer_cast(kind, max)
  return function(v)
    local n = values.number(v) or no_number(v, kind)
    local i = values.integer(n)
    if not i or i > max or i < -max - 1 then
      fail(('Cannot convert value "%s" to type "%s". Error: "Value was either too large or too small for an %s."'):format(values.text(v), kind,
        kind:match("[^%.]+$")), "InvalidCastIConvertible", { category = "InvalidArgument" })
    end
    return i
  end
end

casts["System.Int32"] = integer_cast("System.Int32", 2 ^ 31 - 1)
casts["System.Int64"] = integer_cast("System.Int64", math.maxinteger)

casts["System.Management.Automation.PSCustomObject"] = function(v)
  if not values.is_hash(v) then return v end
  local o = object.new("System.Management.Automation.PSCustomObject")
  for _, k in ipairs(v.keys) do object.set(o, values.text(k), values.hash_get(v, k)) end
  return o
end

casts["System.Net.IPAddress"] = function(v)
  local t = values.text(v)
  local a, b, c, d = t:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  local fits = a and tonumber(a) < 256 and tonumber(b) < 256 and tonumber(c) < 256 and tonumber(d) < 256
  if not fits and not t:find("^[%x:]*:[%x:%.]*$") then
    fail(('Cannot convert value "%s" to type "System.Net.IPAddress". Error: "An invalid IP address was specified."'):format(t),
      "InvalidCastParseTargetInvocation", { category = "InvalidArgument" })
  end
  return t
end

casts["char"] = function(v)
  if type(v) == "number" then return utf8.char(math.max(0, math.min(0x10FFFF, values.integer(v) or 0))) end
  return values.text(v)
end

-- [type]value
function ops.cast(type_name, v)
  local base = type_name:match("^(.-)%[%]$")
  if base then
    local all = {}
    for i, e in ipairs(values.list(v)) do all[i] = values.kept(ops.cast(base, values.real(e))) end
    return all
  end
  local full = ops.full_type(type_name)
  local f = casts[full] or casts[full:lower()]
  if not f then
    fail(("Unable to find type [%s]."):format(type_name), "TypeNotFound", { target = type_name })
  end
  return f(values.real(v))
end

-- Is there such a type to cast to?
function ops.has_type(name) return casts[ops.full_type(name)] ~= nil or casts[ops.full_type(name):lower()] ~= nil end

binary.as = function(_, a, b)
  local ok, v = pcall(ops.cast, type_named(b), a)
  if ok then return v end
  return nil
end

function ops.binary(sh, op, a, b)
  if op == "and" then return values.truth(a) and values.truth(b) end
  return binary[op](sh, values.real(a), values.real(b))
end

local unary = {
  ["-not"] = function(v) return not values.truth(v) end,
  ["!"] = function(v) return not values.truth(v) end,
  ["-"] = function(v) return -(values.number(v) or no_number(v)) end,
  ["+"] = function(v) return values.number(v) or no_number(v) end,
  ["-bnot"] = function(v) return ~(values.integer(values.number(v) or 0) or 0) end,
  ["-join"] = function(v) return joined(v, "") end,
  ["-split"] = function(v)
    local all = {}
    for _, e in ipairs(values.is_list(v) and v or { v }) do
      for w in values.text(e):gmatch("%S+") do all[#all + 1] = w end
    end
    return all
  end,
  [","] = function(v) return { values.kept(v) } end,
}

function ops.unary(_, op, v) return unary[op](values.real(v)) end

return ops
