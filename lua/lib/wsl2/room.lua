-- SPDX-License-Identifier: GPL-2.0-or-later
-- How much a Windows of this lab holds. A list without an end would make each operation slower than the last, and a ruleset that
-- is longer than one message to the kernel is refused as a whole; Windows, too, says so when it has had enough.

local state = require("wsl2.state")

local room = {}

-- The most of each list. Routes stay under the model's own bound of a node (engine/model/shape.c).
local most = { firewall = 500, hyperv = 200, portproxy = 100, nat = 32, routes = 200, addresses = 32 }

local rule_items, rule_bytes = 4096, 256 * 1024 -- of all rules of one list: items in their lists, letters of their texts

local function full() state.fail("Failed", "Not enough memory resources are available to process this command.") end

-- May a list of that name have one more?
function room.one_more(name, list)
  if #(list or {}) >= most[name] then full() end
end

local function weight(v)
  if type(v) == "string" then return 0, #v end
  if type(v) ~= "table" then return 0, 0 end
  local items, bytes = #v, 0
  for _, item in next, v do
    local _, b = weight(item)
    bytes = bytes + b
  end
  return items, bytes
end

-- Are the rules of a list, however few, too much to carry?
function room.rules(list)
  local items, bytes = 0, 0
  for _, r in ipairs(list) do
    for _, v in next, r do
      local n, b = weight(v)
      items, bytes = items + n, bytes + b
    end
  end
  if items > rule_items + 16 * #list or bytes > rule_bytes + 1024 * #list then full() end
end

-- What a piece of a ruleset takes in a message to the kernel, in bytes; measured, and rather too much than too little.
local costs = {
  { "\n", 95 }, { "[ds]port ", 185 }, { "[ds]addr ", 185 }, { "type ", 185 }, { "code ", 100 }, { "meta ", 85 }, { "ct ", 75 },
  { "ifname ", 100 }, { "%x/%d+ [^}]", 68 }, { "%x%-%x+ [^}]", 45 },
}
local set_cost, element, interval, wide_interval = 215, 17, 42, 67

local message = 212992 -- bytes the kernel takes at once from who is not the host's root (net.core.wmem_default)

-- Of what stands between the braces of a set: one interval makes all its elements such.
local function set_bytes(inside)
  local _, more = inside:gsub(",", "")
  local each = element
  if inside:find("[/-]") then each = inside:find(":", 1, true) and wide_interval or interval end
  return set_cost + (more + 1) * each
end

function room.ruleset_bytes(text)
  local sum = 0
  for _, c in ipairs(costs) do
    local _, n = text:gsub(c[1], "")
    sum = sum + n * c[2]
  end
  for inside in text:gmatch("{ ([^\n}]*) }") do sum = sum + set_bytes(inside) end
  return sum
end

-- Does a ruleset fit? One that was there before and was no smaller does.
function room.ruleset(old, new)
  if old == new or #new * 20 < message then return end
  local bytes = room.ruleset_bytes(new)
  if bytes > message and bytes > room.ruleset_bytes(old or "") then full() end
end

return room
