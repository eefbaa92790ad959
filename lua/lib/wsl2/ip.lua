-- SPDX-License-Identifier: GPL-2.0-or-later
-- Addresses of both families, as Windows' commands take them and nft does.

local addr = require("addr")

local ip = {}

-- Is it an IPv6 address as text? Groups of up to four hex digits, one "::" at most, an IPv4 tail allowed.
local function is_v6(text)
  if #text > 64 then return false end
  local body = text
  local tail = body:match("[^:]*%.[%d.]+$")
  if tail then
    if not addr.number(tail) then return false end
    body = body:sub(1, -#tail - 1) .. "0:0"
  end
  local _, doubles = body:gsub("::", "")
  if doubles > 1 or body:find(":::", 1, true) or body:find("^:[^:]") or body:find("[^:]:$") then return false end
  local groups = 0
  for g in body:gmatch("[^:]+") do
    if not g:find("^%x%x?%x?%x?$") then return false end
    groups = groups + 1
  end
  return body:find(":", 1, true) ~= nil and (doubles == 1 and groups <= 7 or groups == 8)
end

-- 4, 6 or nil.
function ip.family(text)
  if type(text) ~= "string" then return nil end
  if addr.number(text) then return 4 end
  return is_v6(text) and 6 or nil
end

-- Can a host have the address? Neither nothing, nor everybody, nor a group.
function ip.of_host(text)
  local n = addr.number(text)
  if n then return n >> 24 ~= 0 and n >> 24 < 224 end
  return is_v6(text) and text:lower():find("^ff") == nil and ip.digits(text) ~= ("0"):rep(32)
end

-- An address as hex digits, 8 or 32 of them, which compare as the addresses do; nil when it is none.
function ip.digits(text)
  local n = addr.number(text)
  if n then return ("%08x"):format(n) end
  if not is_v6(text) then return nil end
  local tail = text:match("[^:]*%.[%d.]+$")
  if tail then
    n = addr.number(tail)
    text = text:sub(1, -#tail - 1) .. ("%x:%x"):format(n >> 16, n & 0xffff)
  end
  local function groups(part)
    return (part:gsub("[^:]+:?", function(g) return ("%04x"):format(tonumber(g:match("%x+"), 16)) end))
  end
  local head, rest = text:match("^(.-)::(.*)$")
  head, rest = groups(head or text), groups(rest or "")
  return head .. ("0"):rep(32 - #head - #rest) .. rest
end

local function mask(prefix)
  return prefix == 0 and 0 or (0xffffffff << (32 - prefix)) & 0xffffffff
end

-- "255.255.240.0" to 20; nil when it is no mask.
function ip.prefix_of(netmask)
  local n = addr.number(netmask)
  if not n then return nil end
  for p = 0, 32 do
    if mask(p) == n then return p end
  end
end

-- address, prefix of "a.b.c.d/n"; nil when it is none.
function ip.split(cidr)
  local a, p = tostring(cidr):match("^([^/]+)/(%d+)$")
  local family = a and ip.family(a)
  p = math.tointeger(tonumber(p))
  if not family or p > (family == 4 and 32 or 128) then return nil end
  return a, p, family
end

-- 32 hex digits as the kernel writes that address: no zeros in front, the longest run of zero groups as "::".
local function v6_text(digits)
  local groups, best, length = {}, 0, 1
  for i = 1, 8 do groups[i] = tonumber(digits:sub(4 * i - 3, 4 * i), 16) end
  for i = 1, 8 do
    local n = 0
    while groups[i + n] == 0 do n = n + 1 end
    if n > length then best, length = i, n end
  end
  local function join(from, to)
    local out = {}
    for i = from, to do out[#out + 1] = ("%x"):format(groups[i]) end
    return table.concat(out, ":")
  end
  if best == 0 then return join(1, 8) end
  return join(1, best - 1) .. "::" .. join(best + length, 8)
end

local function v6_network(a, p)
  local digits, whole, part = ip.digits(a), p // 4, p % 4
  local rest = part > 0 and ("%x"):format(tonumber(digits:sub(whole + 1, whole + 1), 16) & 0xf << (4 - part) & 0xf) or ""
  digits = digits:sub(1, whole) .. rest
  return v6_text(digits .. ("0"):rep(32 - #digits)) .. "/" .. p
end

-- The network of an "a.b.c.d/n": "a.b.0.0/n"; of IPv6 ones, too.
function ip.network(cidr)
  local a, p, family = ip.split(cidr)
  if family == 6 then return v6_network(a, p) end
  if family ~= 4 then return cidr end
  return addr.text(addr.number(a) & mask(p)) .. "/" .. p
end

-- Is an IPv4 address inside a network?
function ip.inside(address, cidr)
  local a, p, family = ip.split(cidr)
  local n = addr.number(address)
  return family == 4 and n ~= nil and addr.number(a) & mask(p) == n & mask(p)
end

-- Do two IPv4 networks share an address?
function ip.overlap(a, b)
  return ip.inside(a:match("^[^/]+"), b) or ip.inside(b:match("^[^/]+"), a)
end

-- One address term of a firewall rule (address, CIDR, ADDRESS/MASK, A-B) as nft writes it; nil when it is none.
function ip.term(text)
  local lo, hi = text:match("^([^-]+)%-([^-]+)$")
  if lo then
    local f = ip.family(lo)
    if not f or ip.family(hi) ~= f then return nil end
    if ip.digits(lo) > ip.digits(hi) then return nil end
    return lo == hi and lo or lo .. "-" .. hi, f
  end
  local a, m = text:match("^([^/]+)/(%d+%.%d+%.%d+%.%d+)$")
  local p = m and ip.prefix_of(m)
  if a and not p then return nil end
  if a then text = a .. "/" .. p end
  if text:find("/", 1, true) then
    local _, _, f = ip.split(text)
    return f and ip.network(text), f
  end
  local f = ip.family(text)
  return f and text, f
end

return ip
