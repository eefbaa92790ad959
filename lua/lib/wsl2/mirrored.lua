-- SPDX-License-Identifier: GPL-2.0-or-later
-- The lab of nat.lua with WSL in mirrored mode, and IPv6: Windows has no switch for WSL, which has Windows' own interfaces.
--
--   internet --wan-- router --lan--+-- phone
--                                  +-- windows = wsl

local strict = require("strict")
local nat = require("wsl2.nat")

local mirrored = {}

function mirrored.model(t, p)
  if type(t) == "table" and type(t.wsl) == "table" and t.wsl.mtu then
    strict.fail("mtu", "wsl.mtu: in mirrored mode the MTU is Windows': see Set-NetIPInterface -NlMtuBytes")
  end
  return nat.model(t, p, { name = "wsl2.mirrored", mode = "mirrored", ipv6 = true })
end

-- As scenarios call it.
function mirrored.public(t)
  return mirrored.model(t, require("attempt").params())
end

return mirrored
