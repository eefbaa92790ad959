-- SPDX-License-Identifier: GPL-2.0-or-later
-- .NET's regular expressions, the part that people type: an LPeg grammar reads one, closures match it by backtracking. Steps
-- are counted, so no pattern can hang the prompt.

local lpeg = require("lpeg")
local P, R, S, V, C, Cc, Cg, Ct = lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Ct

local regex = {}

local STEPS_MAX = 400000
local DEPTH_MAX = 150 -- of groups; what a pattern repeats one character of costs no depth

local function node(kind, patt) return Ct(Cg(Cc(kind), "k") * patt) end

local class_escape = P("\\") * node("class", C(S("dDwWsS")))
local control = { n = "\n", t = "\t", r = "\r", f = "\f", v = "\v", e = "\27", a = "\a" }
local hex = P("\\x") * C(R("09", "af", "AF") * R("09", "af", "AF")) / function(h) return string.char(tonumber(h, 16)) end
local escaped = hex + P("\\") * C(S("ntrfvea")) / control + P("\\") * C(1 - R("09", "az", "AZ"))
local char = R("\0\127") + R("\194\244") * R("\128\191")^1 + P(1)
local set_char = escaped + C(char - S("]\\"))
local set = node("set", P("[") * (Cg(P("^") * Cc(true), "negated"))^-1 * (node("char", C(P("]"))))^-1 *
  (class_escape + node("range", set_char * "-" * set_char) + node("char", set_char))^0 * "]")
local number = R("09")^1 / tonumber
local name = C((R("az", "AZ", "09") + "_")^1)

local function repeated(atom, how)
  if not how then return atom end
  how.k, how[1] = "repeat", atom
  return how
end

local pattern = P({
  "all",
  all = V("either") * -1,
  either = node("either", V("sequence") * (P("|") * V("sequence"))^0),
  sequence = node("sequence", V("piece")^0),
  -- An atom is read once and what repeats it is looked for after it: read twice, groups within groups would double the time.
  piece = V("atom") * Ct((P("*") * Cg(Cc(0), "min") + P("+") * Cg(Cc(1), "min") + P("?") * Cg(Cc(0), "min") * Cg(Cc(1), "max") +
    P("{") * Cg(number, "min") * (P(",") * Cg(number, "max")^-1 + Cg(Cc(true), "exact")) * "}") * Cg(P("?") * Cc(true), "lazy")^-1)^-1 / repeated,
  atom = V("group") + set + node("any", P(".")) + node("start", P("^") + P("\\A")) + node("stop", P("$") + P("\\z") + P("\\Z")) +
    node("edge", P("\\") * C(S("bB"))) + class_escape + node("back", P("\\") * (R("19") / tonumber)) + node("char", escaped) +
    node("char", C(char - S("\\*+?()[|"))),
  group = node("flags", P("(?") * C(S("imsnx")^1) * ")") + node("look", P("(?=") * V("either") * ")") +
    node("look", P("(?!") * Cg(Cc(true), "negated") * V("either") * ")") + P("(?:") * V("either") * ")" +
    node("group", P("(?<") * Cg(name, "name") * ">" * V("either") * ")") + node("group", P("(") * -P("?") * V("either") * ")"),
})

-- Matchers: m(state, i, next) -> end or nil; next(i) goes on with the rest.

local build

local function fold(s, c) return s.exact and c or c:lower() end

local classes = {
  d = function(c) return c:find("^%d$") ~= nil end,
  w = function(c) return c:find("^[%w_]$") ~= nil or c:byte() > 127 end,
  s = function(c) return c:find("^%s$") ~= nil end,
}

local function class_test(letter)
  local f = classes[letter:lower()]
  if letter:lower() == letter then return f end
  return function(c) return not f(c) end
end

local function set_test(s, n)
  local tests = {}
  for i, e in ipairs(n) do
    if e.k == "class" then
      tests[i] = class_test(e[1])
    elseif e.k == "range" then
      tests[i] = function(c) return (c >= e[1] and c <= e[2]) or (not s.exact and ((c:lower() >= e[1] and c:lower() <= e[2]) or
        (c:upper() >= e[1] and c:upper() <= e[2]))) end
    else
      local want = fold(s, e[1])
      tests[i] = function(c) return fold(s, c) == want end
    end
  end
  local function test(c)
    for _, t in ipairs(tests) do
      if t(c) then return not n.negated end
    end
    return n.negated or false
  end
  local known = {} -- a set may be long, and is asked about the same few characters
  return function(c)
    local answer = known[c]
    if answer == nil then
      answer = test(c)
      known[c] = answer
    end
    return answer
  end
end

-- What matches exactly one character, as a test of it; nil for anything else.
local function single(s, n)
  if n.k == "any" then return function(c) return c ~= "\n" or s.dotall end end
  if n.k == "class" then return class_test(n[1]) end
  if n.k == "set" then return set_test(s, n) end
  if n.k == "char" then
    local want = fold(s, n[1])
    return function(c) return fold(s, c) == want end
  end
end

local function one(s, test)
  return function(i, next)
    s:count()
    local c = s.chars[i]
    if c and test(c) then return next(i + 1) end
  end
end

local function sequence(s, list)
  local ms = {}
  for i, n in ipairs(list) do ms[i] = build(s, n) end
  return function(i, next)
    local function from(k, at)
      if k > #ms then return next(at) end
      return ms[k](at, function(j) return from(k + 1, j) end)
    end
    return from(1, i)
  end
end

local function repeat_single(s, test, min, max, lazy)
  return function(i, next)
    local n = 0
    if lazy then
      while true do
        s:count()
        if n >= min then
          local e = next(i + n)
          if e then return e end
        end
        if n >= max or not s.chars[i + n] or not test(s.chars[i + n]) then return nil end
        n = n + 1
      end
    end
    while n < max and s.chars[i + n] and test(s.chars[i + n]) do
      s:count()
      n = n + 1
    end
    while n >= min do
      s:count()
      local e = next(i + n)
      if e then return e end
      n = n - 1
    end
  end
end

local function repeat_any(s, m, min, max, lazy)
  return function(i, next)
    local function turn(n, at)
      s:count()
      s.depth = s.depth + 1
      if s.depth > DEPTH_MAX then error({ regex = "The pattern is too complicated." }, 0) end
      local e
      if lazy and n >= min then e = next(at) end
      if not e and n < max then
        e = m(at, function(j)
          if j == at and n >= min then return nil end
          return turn(n + 1, j)
        end)
      end
      if not e and not lazy and n >= min then e = next(at) end
      s.depth = s.depth - 1
      return e
    end
    return turn(0, i)
  end
end

local function group(s, n)
  local m = build(s, n[1])
  return function(i, next)
    local saved = s.groups[n.index]
    local e = m(i, function(j)
      local before = s.groups[n.index]
      s.groups[n.index] = { i, j }
      local r = next(j)
      if not r then s.groups[n.index] = before end
      return r
    end)
    if not e then s.groups[n.index] = saved end
    return e
  end
end

local function is_word(c) return c ~= nil and classes.w(c) end

local builders = {}

function builders.either(s, n)
  if #n == 1 then return build(s, n[1]) end
  local ms = {}
  for i, e in ipairs(n) do ms[i] = build(s, e) end
  return function(i, next)
    for _, m in ipairs(ms) do
      s:count()
      local e = m(i, next)
      if e then return e end
    end
  end
end

function builders.sequence(s, n) return sequence(s, n) end

builders["repeat"] = function(s, n)
  local max = n.exact and n.min or n.max or math.huge
  local test = single(s, n[1])
  if test then return repeat_single(s, test, n.min, max, n.lazy) end
  return repeat_any(s, build(s, n[1]), n.min, max, n.lazy)
end

function builders.group(s, n) return group(s, n) end

function builders.flags(s, n)
  if n[1]:find("s") then s.dotall = true end
  if n[1]:find("m") then s.multiline = true end
  if n[1]:find("i") then s.exact = false end
  return function(i, next) return next(i) end
end

function builders.look(s, n)
  local m = build(s, n[1])
  return function(i, next)
    local hit = m(i, function(j) return j end) ~= nil
    if hit ~= (n.negated or false) then return next(i) end
  end
end

function builders.start(s) return function(i, next)
  if i == 1 or (s.multiline and s.chars[i - 1] == "\n") then return next(i) end
end end

function builders.stop(s) return function(i, next)
  local c = s.chars[i]
  if c == nil or (c == "\n" and (s.multiline or s.chars[i + 1] == nil)) then return next(i) end
end end

function builders.edge(s, n) return function(i, next)
  if (is_word(s.chars[i - 1]) ~= is_word(s.chars[i])) == (n[1] == "b") then return next(i) end
end end

function builders.back(s, n) return function(i, next)
  local g = s.groups[n[1]]
  if not g then return nil end
  for k = g[1], g[2] - 1 do
    if not s.chars[i] or fold(s, s.chars[i]) ~= fold(s, s.chars[k]) then return nil end
    i = i + 1
  end
  return next(i)
end end

function build(s, n)
  local test = single(s, n)
  if test then return one(s, test) end
  return builders[n.k](s, n)
end

local function number_groups(n, list)
  if n.k == "group" then
    list[#list + 1] = n
    n.index = #list
  end
  for _, e in ipairs(n) do
    if type(e) == "table" then number_groups(e, list) end
  end
end

local function count(s)
  s.steps = s.steps + 1
  if s.steps > STEPS_MAX then error({ regex = "The pattern takes too long." }, 0) end
end

-- regex.new(pattern, exact) -> matcher, or nil, message. Without exact, case does not count.
function regex.new(text, exact)
  if #text > 4096 then return nil, "The pattern is too long." end
  local ok, tree = pcall(pattern.match, pattern, text)
  if not ok or not tree then return nil, ('parsing "%s" - The pattern is not valid.'):format(text) end
  local s = { exact = exact, steps = 0, depth = 0, count = count, names = {} }
  local list = {}
  number_groups(tree, list)
  for _, g in ipairs(list) do s.names[g.index] = g.name or g.index end
  s.match = build(s, tree)
  return setmetatable(s, { __index = regex })
end

local function split_chars(text)
  local chars, at = {}, {}
  for pos, c in text:gmatch("()([%z\1-\127\194-\244][\128-\191]*)") do
    chars[#chars + 1], at[#at + 1] = c, pos
  end
  at[#at + 1] = #text + 1
  return chars, at
end

-- matcher:find(text, from) -> { from, to (bytes, to is exclusive), groups = { [0] = text, [name or number] = text } }, nil
function regex.find(s, text, init)
  if s.text ~= text then
    s.text, s.steps, s.place = text, 0, 1
    s.chars, s.at = split_chars(text)
  end
  init = init or 1
  if init == 1 then s.steps = 0 end
  -- Asked for the next of many, it goes on where it was.
  local from = s.at[s.place or 1] and s.at[s.place or 1] <= init and s.place or 1
  for i = from, #s.chars + 1 do
    if s.at[i] >= init then
      s.place = i
      s.groups, s.depth = {}, 0
      local e = s.match(i, function(j) return j end)
      if e then
        local groups = { [0] = text:sub(s.at[i], s.at[e] - 1) }
        for k, key in ipairs(s.names) do
          local g = s.groups[k]
          if g then groups[key] = text:sub(s.at[g[1]], s.at[g[2]] - 1) end
        end
        return { from = s.at[i], to = s.at[e], groups = groups }
      end
    end
  end
  return nil
end

return regex
