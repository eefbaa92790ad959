-- SPDX-License-Identifier: GPL-2.0-or-later
-- The networking modes, one file each (wsl2/modes/NAME.lua), and the way from one that can't be had to another.
--
-- A mode is a table of functions, all but `guest` optional. s: the settings of .wslconfig as they take effect.
--   settings(s, warn)      what the mode makes of other settings, with WSL's warnings
--   lacks(model, s)        nil, or why this Windows can't give it: the text of the fallback's first line
--   enter(model, s, warn)  its part of the Windows side, and of the settings. Returns the pieces of derive.lua to put in place,
--                          {} for none; or nil when it failed and did nothing, and perhaps the mode it leads to without a word
--   leave(model)           takes that part away: WSL starts in another mode
--   address(model)         the address WSL has, where it is not one of its own network
--   tables                 functions of a model, by key: tables of the Windows node (derive.lua has the keys)
--   forwards               true: Windows passes packets on for it
--   proxy_dev              Windows' interface by which WSL's packets come that are sent on as Windows' own
--   tunnel(g)              where the DNS tunnel listens: { node, address }
--   guest(g)               the guest's network: { ifaces, routes, rules, neighs, sysctls, files, ruleset, local_rule, port_space,
--                          nameservers }
--   services(g)            servers beside the DNS tunnel
--   nameservers(g)         those of resolv.conf, which follow Windows' while WSL runs; g: { settings, params, servers }
--   follow(model)          what of a running guest follows Windows: any data
--   put(model, new, old)   puts that data, which has changed, into the guest's node; old: false for a guest that starts

local version = require("wsl2.version")

local modes = {}

local loaded = { nat = "wsl2.modes.nat", none = "wsl2.modes.none", mirrored = "wsl2.modes.mirrored", bridged = "wsl2.modes.bridged",
  consomme = "wsl2.modes.consomme", virtioproxy = "wsl2.modes.consomme" }

-- The mode of a name out of .wslconfig; nil for one netdojo does not have.
function modes.of(name)
  return loaded[name] and require(loaded[name])
end

-- The mode a lab's WSL has, or had last.
function modes.current(model) return modes.of(model.windows.wsl.networkingMode) end

local names = { none = "None", nat = "Nat", bridged = "Bridged", mirrored = "Mirrored", virtioproxy = "VirtioProxy", consomme = "Consomme" }

-- The words .wslconfig takes, as a version's warning lists them.
function modes.words(v)
  local out = { "bridged", "mirrored", "nat", "none", version.proxy(v) }
  table.sort(out)
  return table.concat(out, ", ")
end

-- A function that gives the current mode's table of that key for a model; "" for none.
function modes.table(key)
  return function(model)
    local mode = modes.current(model)
    local make = mode and mode.tables and mode.tables[key]
    return make and make(model) or ""
  end
end

-- As warnings print it: "Nat".
function modes.title(name) return names[name] end

-- Where nothing is left to try and it is Windows' component that is missing, that is said.
local function fail(model, s, to, warn)
  if to == "none" and not require("wsl2.state").windows_service(model, "hns") then
    warn("wsl: Failed to start virtual networking - please install the optional component Virtual Machine Platform by running: "
      .. "wsl.exe --install --no-distribution")
    return
  end
  warn(("wsl: Failed to configure network (networkingMode %s), falling back to networkingMode %s."):format(names[s.networkingMode], names[to]))
end

-- Where a mode leads whose engine does not start.
local function after(model, name)
  return name == "nat" and version.proxy(model.windows.wsl.version) or "none"
end

local function adopt(s, name, warn)
  s.networkingMode, s.fell_back = name, true
  if name ~= "mirrored" then s.ignoredPorts, s.hostAddressLoopback = "", false end
  local mode = modes.of(name)
  if mode.settings then mode.settings(s, warn) end
end

-- Takes away, once, what the mode before had, unless it is the one that comes.
local function leaver(model)
  local was = model.windows.wsl.networkingMode
  return function(name)
    local old = was and was ~= name and modes.of(was)
    if not old then return end
    was = nil
    if old.leave then old.leave(model) end
  end
end

-- Puts the Windows side of the asked mode, or of the one it falls back to, in place. Changes s.networkingMode to what is in effect.
-- Returns the pieces to force.
function modes.enter(model, s, warnings)
  local function warn(line) warnings[#warnings + 1] = line end
  local leave = leaver(model)
  while true do
    local mode = modes.of(s.networkingMode)
    local why = mode.lacks and mode.lacks(model, s)
    if why then
      warn(("wsl: Mirrored networking mode is not supported: %s."):format(why))
      warn("Falling back to NAT networking.")
      adopt(s, "nat", warn)
    else
      leave(s.networkingMode)
      local force, instead = {}, nil
      if mode.enter then force, instead = mode.enter(model, s, warn) end
      if force then return force end
      local to = instead or after(model, s.networkingMode)
      if not instead then fail(model, s, to, warn) end
      adopt(s, to, warn)
    end
  end
end

return modes
