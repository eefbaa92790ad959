-- SPDX-License-Identifier: GPL-2.0-or-later
-- A prompt on the fake PC, for tests of commands that change something.
--
--   local pc = require("machine").new()        -- real operations (effects.lua) on a healthy lab's model
--   local out, err, status = pc:run("New-NetNat -Name x -InternalIPInterfaceAddressPrefix 10.0.0.0/24")
--   pc:ops()                                   -- what was asked for since the last call: { { op =, args = } }

local effects = require("effects")
local fake = require("fake")
local ps = require("harness")

local machine = {}

-- topology, seed: effects.install's; false as topology: no operation does anything.
function machine.new(topology, seed)
  local pc = fake.new()
  if topology ~= false then effects.install(pc, topology, seed) end
  local w = ps.world()
  for _, name in ipairs({ "ask", "wsl", "spawn", "now", "clock", "sleep" }) do w.host[name] = pc.host[name] end
  local seen = 0
  pc.prompt = w
  function pc.run(_, line)
    pc.out = {}
    local out, err, status = ps.run(line, w)
    return out .. table.concat(pc.out, "\n"), err, status
  end
  function pc.ops()
    local out = {}
    for k = seen + 1, #pc.changes do out[#out + 1] = pc.changes[k] end
    seen = #pc.changes
    return out
  end
  return pc
end

-- A table as one line, keys in order.
function machine.text(v)
  if type(v) ~= "table" then return tostring(v) end
  local parts, keys = {}, {}
  if #v > 0 then
    for k, x in ipairs(v) do parts[k] = machine.text(x) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for k in pairs(v) do keys[#keys + 1] = k end
  table.sort(keys)
  for k, key in ipairs(keys) do parts[k] = key .. "=" .. machine.text(v[key]) end
  return "{" .. table.concat(parts, " ") .. "}"
end

-- Rows of { line, op, arguments as text }: each line asks for exactly that.
function machine.sends(rows)
  for _, row in ipairs(rows) do
    ps.case("sends: " .. row[1], function()
      local pc = machine.new(false)
      local _, err = pc:run(row[1])
      ps.eq(err, "", "complaint")
      local ops = pc:ops()
      ps.eq(#ops, row[2] and 1 or 0, "operations")
      if row[2] then ps.eq(ops[1].op .. " " .. machine.text(ops[1].args), row[2] .. " " .. row[3]) end
    end)
  end
end

return machine
