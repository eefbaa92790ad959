-- SPDX-License-Identifier: GPL-2.0-or-later
-- Chance that can be repeated: a stream of numbers made from a seed text and nothing else.

local strict = require("strict")

local rng = {}

-- FNV-1a, 64 bits.
local function hash(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do
    h = (h ~ text:byte(i)) * 0x100000001b3
  end
  return h
end

local state = setmetatable({}, { __mode = "k" })

-- splitmix64: every seed, also 0 and near ones, gives a good stream.
local function next_bits(self)
  local s = state[self]
  s.x = s.x + 0x9e3779b97f4a7c15
  local z = s.x
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return z ~ (z >> 31)
end

local methods = {}

-- An integer from lo to hi, both included.
function methods.int(self, lo, hi)
  return lo + (next_bits(self) >> 1) % (hi - lo + 1)
end

-- One of a list.
function methods.pick(self, list)
  return list[methods.int(self, 1, #list)]
end

-- n characters of an alphabet.
function methods.letters(self, n, alphabet)
  local out = {}
  for i = 1, n do
    local k = methods.int(self, 1, #alphabet)
    out[i] = alphabet:sub(k, k)
  end
  return table.concat(out)
end

-- A stream of its own under a label: what one part draws never shifts another.
function methods.fork(self, label)
  return rng.new(state[self].text .. "/" .. label)
end

-- The seed's text.
function methods.text(self)
  return state[self].text
end

rng.methods = methods
local meta = strict.handle("seed", methods)

function rng.new(text)
  local self = setmetatable({}, meta)
  state[self] = { text = text, x = hash(text) }
  return self
end

return rng
