-- SPDX-License-Identifier: GPL-2.0-or-later
-- Runs tests/lua/windows/test_*.lua: lua5.4 run.lua SOURCE [NAME...]. A line instead of tests: lua5.4 run.lua SOURCE -c 'LINE'.

local source = arg[1] or "."
package.path = source .. "/lua/lib/?.lua;" .. source .. "/tests/lua/windows/?.lua;" .. package.path

local ps = require("harness")

if arg[2] == "-c" then
  local out, err, status = ps.run(arg[3])
  io.write(out)
  io.stderr:write(err)
  os.exit(status)
end

local function tests()
  if arg[2] then return { table.unpack(arg, 2) } end
  local list = {}
  local p = assert(io.popen("ls " .. source .. "/tests/lua/windows/"))
  for line in p:lines() do
    local name = line:match("^(test_.*)%.lua$")
    if name then list[#list + 1] = name end
  end
  p:close()
  return list
end

for _, name in ipairs(tests()) do require(name) end
print(("%d passed, %d failed"):format(ps.passed, ps.failed))
os.exit(ps.failed == 0 and ps.passed > 0)
