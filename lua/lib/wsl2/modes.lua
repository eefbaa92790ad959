-- SPDX-License-Identifier: GPL-2.0-or-later
-- The networking modes, one file each (wsl2/modes/NAME.lua), and the way from one that can't be had to another.
--
-- A mode is a table of functions, all but `guest` optional. s: the settings of .wslconfig as they take effect.
--   settings(s, warn)      what the mode makes of other settings, with WSL's warnings
--   lacks(model, s)        nil, or why this Windows can't give it: the text of the fallback's first line
--   enter(model, s)        its part of the Windows side. Returns the pieces of derive.lua to put in place, {} for none, or nil when it failed
--   leave(model)           takes that part away: WSL starts in another mode
--   guest(g)               the guest's network: { ifaces, routes, rules, neighs, sysctls, ruleset, local_rule, port_space, nameservers }
--   services(g)            servers beside the DNS tunnel
--   follow(model)          what of a running guest follows Windows: any data
--   put(model, new, old)   puts that data, which has changed, into the guest's node

local modes = {}

local loaded = { nat = "wsl2.modes.nat", none = "wsl2.modes.none" }

-- The mode of a name out of .wslconfig; nil for one netdojo does not have.
function modes.of(name)
  return loaded[name] and require(loaded[name])
end

-- The mode a lab's WSL has, or had last.
function modes.current(model) return modes.of(model.windows.wsl.networkingMode) end

local names = { none = "None", nat = "Nat", bridged = "Bridged", mirrored = "Mirrored", virtioproxy = "VirtioProxy", consomme = "Consomme" }

-- As warnings print it: "Nat".
function modes.title(name) return names[name] end

local function fail(s, to, warn)
  warn(("wsl: Failed to configure network (networkingMode %s), falling back to networkingMode %s."):format(names[s.networkingMode], names[to]))
end

local after = { mirrored = "nat", nat = "none", consomme = "none", bridged = "none" } -- where a mode that fails leads

local function adopt(s, name, warn)
  s.networkingMode = name
  local mode = modes.of(name)
  if mode.settings then mode.settings(s, warn) end
  return mode
end

-- Puts the Windows side of the asked mode, or of the one it falls back to, in place. Changes s.networkingMode to what is in effect.
-- Returns the pieces to force.
function modes.enter(model, s, warnings)
  local function warn(line) warnings[#warnings + 1] = line end
  local was = model.windows.wsl.networkingMode
  local old = modes.of(was)
  if was ~= s.networkingMode and old and old.leave then old.leave(model) end
  while true do
    local mode = modes.of(s.networkingMode)
    local why = mode.lacks and mode.lacks(model, s)
    if why then
      warn(("wsl: Mirrored networking mode is not supported: %s."):format(why))
      warn("Falling back to NAT networking.")
    elseif not mode.enter then
      return {}
    else
      local force = mode.enter(model, s)
      if force then return force end
    end
    local to = after[s.networkingMode]
    if not why then fail(s, to, warn) end
    adopt(s, to, warn)
  end
end

return modes
