-- SPDX-License-Identifier: GPL-2.0-or-later
-- The interfaces that a changing cmdlet names, by alias (wildcards too), index or the objects piped in; it says what is missing.

local change = require("windows.machine.change")
local live = require("windows.machine.live")

local named = {}

local function by_alias(ctx, cmdlet, class, net, alias, found)
  local before = #found
  for _, i in ipairs(net:interfaces()) do
    if change.like(alias, i.alias) then found[#found + 1] = i end
  end
  if #found == before and not change.has_wildcard(alias) then change.not_found(ctx, cmdlet, class, "InterfaceAlias", alias) end
end

-- By -InterfaceAlias and -InterfaceIndex: the interfaces, and the live network they are of.
function named.interfaces(ctx, cmdlet, class, args)
  local net, found = live.new(ctx.world), {}
  for _, a in ipairs(change.list(args.InterfaceAlias)) do by_alias(ctx, cmdlet, class, net, a, found) end
  for _, n in ipairs(change.list(args.InterfaceIndex)) do
    local i = net:by_index(n)
    if i then found[#found + 1] = i else change.not_found(ctx, cmdlet, class, "InterfaceIndex", tostring(n)) end
  end
  return found, net
end

-- The same, and where neither is given the interfaces of what is piped in, each once.
function named.or_piped(ctx, cmdlet, class, args)
  local found, net = named.interfaces(ctx, cmdlet, class, args)
  if args.InterfaceAlias ~= nil or args.InterfaceIndex ~= nil then return found end
  local seen = {}
  change.each(ctx, args.InputObject, function(o)
    local alias = o.InterfaceAlias or o.Name
    if alias and not seen[alias] then by_alias(ctx, cmdlet, class, net, alias, found) end
    seen[alias or ""] = true
  end)
  return found
end

return named
