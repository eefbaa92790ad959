-- SPDX-License-Identifier: GPL-2.0-or-later
-- autoProxy: Windows' HTTP proxy as variables of WSL's programs (facts 3.5).

local proxy = {}

local LOCAL = "A localhost proxy configuration was detected but not mirrored into WSL. WSL in NAT mode does not support localhost proxies."
local IPV6 = "An IPv6 proxy configuration was detected but not mirrored into WSL. WSL in NAT mode does not support IPv6."
local LOCAL6 = "A localhost IPv6 proxy configuration was detected but not mirrored into WSL. WSL does not support localhost IPv6 proxies."

-- The host of "http://[::1]:8080" or "127.0.0.1:3128".
local function host_of(server)
  local rest = server:gsub("^%w+://", "")
  return (rest:match("^(%[[^%]]*%])") or rest:match("^([^:/]*)")):lower()
end

-- Why a server is of no use to WSL in a mode; nil when it is.
local function dropped(server, mode)
  local host = host_of(server)
  if host == "[::1]" then return LOCAL6 end
  if mode ~= "nat" then return nil end
  if host:find("^%[") then return IPV6 end
  return (host == "localhost" or host == "loopback" or host:find("^127%.")) and LOCAL or nil
end

-- The variables { { name, value } }, and a warning where the proxy is left out. s: the settings in effect.
function proxy.variables(windows, s)
  local p, out = windows.proxy, {}
  if not p or not s.autoProxy then return out end
  local function put(value, ...)
    for _, name in ipairs({ ... }) do out[#out + 1] = { name = name, value = value } end
  end
  local server = p.server or ""
  local why = server ~= "" and dropped(server, s.networkingMode) or nil
  if server ~= "" and not why then
    put(server:find("://", 1, true) and server or "http://" .. server, "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY")
    if #(p.bypass or {}) > 0 then put(table.concat(p.bypass, ","), "no_proxy", "NO_PROXY") end
  end
  if (p.pac or "") ~= "" then put(p.pac, "WSL_PAC_URL") end
  return out, why and "wsl: " .. why
end

return proxy
