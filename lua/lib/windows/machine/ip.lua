-- SPDX-License-Identifier: GPL-2.0-or-later
-- IP addresses of both families as lists of bytes.

local ip = {}

local function v4(text)
  local parts = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  if #parts ~= 4 then return nil end
  for i, p in ipairs(parts) do
    local n = tonumber(p)
    if n > 255 or #p > 3 then return nil end
    parts[i] = n
  end
  return parts
end

-- The 16-bit groups on one side of "::".
local function groups(text)
  local out = {}
  if text == "" then return out end
  for g in (text .. ":"):gmatch("(.-):") do
    if g:find(".", 1, true) then
      local b = v4(g)
      if not b then return nil end
      out[#out + 1], out[#out + 2] = b[1] << 8 | b[2], b[3] << 8 | b[4]
    else
      if not g:match("^%x%x?%x?%x?$") then return nil end
      out[#out + 1] = tonumber(g, 16)
    end
  end
  return out
end

local function v6(text)
  local left, right = text:match("^(.-)::(.*)$")
  local a, b = groups(left or text), right and groups(right) or {}
  if not a or not b then return nil end
  local gap = 8 - #a - #b
  if left and gap < 1 or not left and gap ~= 0 then return nil end
  local out = {}
  local function put(list)
    for _, g in ipairs(list) do out[#out + 1], out[#out + 2] = g >> 8, g & 255 end
  end
  put(a)
  for _ = 1, gap do put({ 0 }) end
  put(b)
  return out
end

-- The bytes of an address (4 or 16), nil when the text is none. A zone ("%12") is left out.
function ip.bytes(text)
  text = tostring(text):gsub("%%.*$", "")
  if text:find(":", 1, true) then return v6(text) end
  return v4(text)
end

-- "inet", "inet6" or nil.
function ip.family(text)
  local b = ip.bytes(text)
  return b and (#b == 4 and "inet" or "inet6") or nil
end

-- As sort functions want it; IPv4 before IPv6.
function ip.compare(a, b)
  local x, y = ip.bytes(a) or {}, ip.bytes(b) or {}
  if #x ~= #y then return #x - #y end
  for i = 1, #x do
    if x[i] ~= y[i] then return x[i] - y[i] end
  end
  return 0
end

-- Is the address in network/length?
function ip.within(address, network, length)
  local a, n = ip.bytes(address), ip.bytes(network)
  if not a or not n or #a ~= #n then return false end
  for i = 1, #a do
    local bits = math.max(0, math.min(8, length - (i - 1) * 8))
    local mask = 0xff00 >> bits & 0xff
    if a[i] & mask ~= n[i] & mask then return false end
  end
  return true
end

-- 20 to "255.255.240.0".
function ip.netmask(length)
  local n = length == 0 and 0 or 0xffffffff << (32 - length) & 0xffffffff
  return ("%d.%d.%d.%d"):format(n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255)
end

-- "255.255.240.0" to 20; nil when it is no netmask.
function ip.length(mask)
  local b = v4(mask)
  if not b then return nil end
  local n = b[1] << 24 | b[2] << 16 | b[3] << 8 | b[4]
  for length = 0, 32 do
    if n == (length == 0 and 0 or 0xffffffff << (32 - length) & 0xffffffff) then return length end
  end
end

-- The name under which DNS keeps an address's own name.
function ip.reverse_name(address)
  local b = ip.bytes(address)
  if not b then return nil end
  if #b == 4 then return ("%d.%d.%d.%d.in-addr.arpa"):format(b[4], b[3], b[2], b[1]) end
  local out = {}
  for i = #b, 1, -1 do out[#out + 1] = ("%x.%x"):format(b[i] & 15, b[i] >> 4) end
  return table.concat(out, ".") .. ".ip6.arpa"
end

-- With the interface's index where the address means nothing without it, as Windows prints it.
function ip.zoned(address, index)
  return address:match("^[fF][eE]80:") and address .. "%" .. index or address
end

return ip
