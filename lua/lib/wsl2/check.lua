-- SPDX-License-Identifier: GPL-2.0-or-later
-- What an operation's arguments must be. A field's rule: a function value -> value or nil; what does not fit is InvalidArgument.

local ip = require("wsl2.ip")
local match = require("wsl2.match")
local state = require("wsl2.state")

local check = {}

function check.text(v) return type(v) == "string" and #v <= 1024 and not v:find("[%z\n\r]") and v or nil end

function check.name(v) return type(v) == "string" and #v > 0 and check.text(v) or nil end

function check.boolean(v)
  if type(v) == "boolean" then return v end
  local word = type(v) == "string" and v:lower()
  if word == "true" or word == "enabled" or word == "1" then return true end
  if word == "false" or word == "disabled" or word == "0" then return false end
end

-- A boolean, or the words for "whatever is inherited".
function check.setting(v)
  if type(v) == "string" and v:lower() == "notconfigured" then return "NotConfigured" end
  return check.boolean(v)
end

function check.integer(lo, hi)
  return function(v)
    local n = math.tointeger(tonumber(v))
    return n and n >= lo and n <= hi and n or nil
  end
end

check.port = check.integer(1, 65535)

-- One of several words, without case; gives the word as it is written here.
function check.word(...)
  local words = { ... }
  return function(v)
    for _, w in ipairs(words) do
      if type(v) == "string" and v:lower() == w:lower() then return w end
    end
  end
end

check.action = check.word("Allow", "Block", "NotConfigured")

-- A list (or one value) of what a rule takes.
function check.list(rule)
  return function(v)
    if type(v) ~= "table" then v = { v } end
    local out = core.array({})
    for i, item in ipairs(v) do
      local ok = rule(item)
      if ok == nil then return nil end
      out[i] = ok
    end
    return #out <= 256 and out or nil
  end
end

-- A list whose items pass, "Any" among them; nothing given is Any.
local function any_list(test)
  local list = check.list(function(v)
    v = tostring(v)
    if v:lower() == "any" or v == "*" then return "Any" end
    return #v <= 128 and test(v) and v or nil
  end)
  return function(v)
    local out = list(v)
    return out and #out == 0 and core.array({ "Any" }) or out
  end
end

check.ports = any_list(match.port)
check.addresses = any_list(match.address)
check.icmp_types = any_list(match.icmp)
check.aliases = any_list(check.name)
check.profiles = any_list(check.word("Domain", "Private", "Public"))

function check.protocol(v)
  v = type(v) == "number" and tostring(v) or v
  if type(v) ~= "string" or not match.protocol(v) then return nil end
  local proper = { tcp = "TCP", udp = "UDP", icmpv4 = "ICMPv4", icmpv6 = "ICMPv6", any = "Any", ["6"] = "TCP", ["17"] = "UDP",
    ["1"] = "ICMPv4", ["58"] = "ICMPv6" }
  return proper[v:lower()] or v
end

function check.address(v) return ip.family(v) and v or nil end

function check.cidr(v)
  if type(v) == "string" and ip.family(v) then v = v .. (ip.family(v) == 4 and "/32" or "/128") end
  local _, _, family = ip.split(v)
  return family and ip.network(v) or nil
end

-- Takes from args what spec names ({ Name = { rule, required } }); a key nobody knows is refused too.
function check.fields(args, spec, what)
  local out = {}
  if type(args) ~= "table" then state.fail("InvalidArgument", "The parameter is incorrect.") end
  for k, v in next, args do
    local rule = spec[k]
    if not rule then state.fail("InvalidArgument", "A parameter cannot be found that matches parameter name '%s'.", tostring(k)) end
    out[k] = rule[1](v)
    if out[k] == nil then
      state.fail("InvalidArgument", "Cannot validate argument on parameter '%s': '%s' is not valid for %s.", k,
        type(v) == "table" and table.concat(v, ",") or tostring(v), what)
    end
  end
  for k, rule in pairs(spec) do
    if rule[2] and out[k] == nil then state.fail("InvalidArgument", "The parameter '%s' of %s is missing.", k, what) end
  end
  return out
end

return check
