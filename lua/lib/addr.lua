-- SPDX-License-Identifier: GPL-2.0-or-later
-- IPv4 addresses as numbers and back.

local addr = {}

function addr.number(text)
  local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if not a then return nil end
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  if a > 255 or b > 255 or c > 255 or d > 255 then return nil end
  return a << 24 | b << 16 | c << 8 | d
end

function addr.text(n)
  return ("%d.%d.%d.%d"):format(n >> 24 & 255, n >> 16 & 255, n >> 8 & 255, n & 255)
end

-- Outside every private, loopback, link-local and multicast range.
function addr.public(text)
  local n = addr.number(text)
  if not n then return false end
  local a, b = n >> 24, n >> 16 & 255
  return not (a == 0 or a == 10 or a == 127 or a >= 224 or (a == 172 and b >= 16 and b < 32)
    or (a == 192 and b == 168) or (a == 169 and b == 254))
end

-- Does text hold the address as a whole, not as a part of a longer one?
function addr.within(text, address)
  return text:find("%f[%d]" .. address:gsub("%.", "%%.") .. "%f[^%d]") ~= nil
end

return addr
