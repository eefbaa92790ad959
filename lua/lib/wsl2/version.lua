-- SPDX-License-Identifier: GPL-2.0-or-later
-- What differs between versions of WSL.

local version = {}

version.default = "2.5.9.0"

local function numbers(text)
  local out = {}
  for n in text:gmatch("%d+") do out[#out + 1] = tonumber(n) end
  return out
end

-- Is version a ("2.5.9.0") b or later?
function version.at_least(a, b)
  local x, y = numbers(a or version.default), numbers(b)
  for i = 1, math.max(#x, #y) do
    local m, n = x[i] or 0, y[i] or 0
    if m ~= n then return m > n end
  end
  return true
end

-- What the mode is called that was VirtioProxy before 2.9.0.
function version.proxy(v) return version.at_least(v, "2.9.0") and "consomme" or "virtioproxy" end

-- Where 127.0.0.1 is sent to by loopback0.
function version.loopback_gateway(v) return version.at_least(v, "2.9.0") and "169.254.73.249" or "169.254.73.152" end

-- Do default routes say "onlink"? In 2.9.4 those by a link-local gateway, later all; nil for no.
function version.onlink(model, gateway)
  local v = model.windows.wsl.version
  local near = (gateway or ""):find("^fe80:") or (gateway or ""):find("^169%.254%.")
  return version.at_least(v, "2.9.5") or (near and version.at_least(v, "2.9.4")) or nil
end

return version
