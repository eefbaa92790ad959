-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a running guest's resolv.conf follows of Windows: its servers and suffixes, which change when a VPN comes or goes.

local files = require("wsl2.files")
local state = require("wsl2.state")

local resolver = {}

local FILE = "/mnt/wsl/resolv.conf"

-- The suffixes of Windows' interfaces, then those of its list.
function resolver.suffixes(w)
  local out, seen = {}, {}
  local function put(s)
    if s and s ~= "" and not seen[s] then
      seen[s] = true
      out[#out + 1] = s
    end
  end
  for _, i in ipairs(w.interfaces) do put(i.ConnectionSpecificSuffix) end
  for _, s in ipairs(w.dns.SuffixSearchList) do put(s) end
  return out
end

-- The file's text for these nameservers now, from the settings WSL started with.
function resolver.text(model, nameservers)
  local s, own = model.windows.wsl.started_with, state.hidden(model).topology.wsl.search
  local copied = (s.dnsTunneling or not s.dnsProxy) and resolver.suffixes(model.windows) or nil
  return files.resolv_conf(nameservers, own or copied)
end

-- Writes it where WSL keeps the file.
function resolver.put(model, text)
  local f = state.by(state.node(model, "wsl").files, "path", FILE)
  if f and not f.remove then f.content = text end
end

return resolver
