-- SPDX-License-Identifier: GPL-2.0-or-later
-- netsh advfirewall: the profiles, shown and set. Rules are in fwrule.lua.

local change = require("windows.machine.change")
local firewall = require("windows.netsh.fwrule")

local names = { "Domain", "Private", "Public" }
local rule_line = ("-"):rep(70)

local function used(windows)
  local out, seen = {}, {}
  for _, i in ipairs(windows.interfaces) do
    if i.Status ~= "Disabled" then seen[i.NetworkCategory or "Public"] = true end
  end
  for _, n in ipairs(names) do
    if seen[n] then out[#out + 1] = n end
  end
  return #out > 0 and out or { "Public" }
end

local function is(v, default)
  if v == nil or v == "NotConfigured" then return default end
  return v
end

-- "BlockInbound,AllowOutbound"
local function policy(p)
  local inbound = is(p.DefaultInboundAction, "Block") .. "Inbound"
  if inbound == "BlockInbound" and is(p.AllowInboundRules, true) == false then inbound = "BlockInboundAlways" end
  return inbound .. "," .. is(p.DefaultOutboundAction, "Allow") .. "Outbound"
end

local function on(v) return v and "Enable" or "Disable" end

local function row(ctx, key, value) ctx.emit(("%-38s%s"):format(key, value)) end

local parts = {
  state = function(ctx, p) row(ctx, "State", is(p.Enabled, true) and "ON" or "OFF") end,
  firewallpolicy = function(ctx, p) row(ctx, "Firewall Policy", policy(p)) end,
  settings = function(ctx, p)
    row(ctx, "LocalFirewallRules", "N/A (GPO-store only)")
    row(ctx, "LocalConSecRules", "N/A (GPO-store only)")
    row(ctx, "InboundUserNotification", on(is(p.NotifyOnListen, true)))
    row(ctx, "RemoteManagement", "Disable")
    row(ctx, "UnicastResponseToMulticast", on(is(p.AllowUnicastResponseToMulticast, true)))
  end,
  logging = function(ctx, p)
    ctx.emit("Logging:")
    row(ctx, "LogAllowedConnections", on(is(p.LogAllowed, false)))
    row(ctx, "LogDroppedConnections", on(is(p.LogBlocked, false)))
    row(ctx, "FileName", is(p.LogFileName, "%systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log"))
    row(ctx, "MaxFileSize", is(p.LogMaxSizeKilobytes, 4096))
  end,
}

local function show(which)
  return function(ctx, words)
    local windows = change.windows(ctx)
    local part = words[1] and words[1]:lower()
    if part and not parts[part] then
      ctx.emit("")
      ctx.emit("A specified value is not valid.")
      ctx.emit("")
      return 1
    end
    for _, n in ipairs(which == "current" and used(windows) or which) do
      local p = windows.firewall.profiles[n] or {}
      ctx.emit("")
      ctx.emit(n .. " Profile Settings: ")
      ctx.emit(rule_line)
      for _, k in ipairs(part and { part } or { "state", "firewallpolicy", "settings", "logging" }) do
        if k == "logging" and not part then ctx.emit("") end
        parts[k](ctx, p)
      end
    end
    ctx.emit("")
    ctx.emit("Ok.")
    ctx.emit("")
  end
end

local inbound = { blockinbound = { "Block", true }, blockinboundalways = { "Block", false }, allowinbound = { "Allow", true },
  notconfigured = { "NotConfigured", "NotConfigured" } }
local outbound = { blockoutbound = "Block", allowoutbound = "Allow", notconfigured = "NotConfigured" }
local switch = { enable = true, disable = false, notconfigured = "NotConfigured" }

-- What `set PROFILE ...` asks for, as firewall.profile.set takes it; nil: not valid.
local setters = {
  state = function(value)
    local s = ({ on = true, off = false, notconfigured = "NotConfigured" })[value]
    return s ~= nil and { Enabled = s } or nil
  end,
  firewallpolicy = function(value)
    local i, o = value:match("^(%w+),(%w+)$")
    local first, second = inbound[i or ""], outbound[o or ""]
    return first and second and { DefaultInboundAction = first[1], AllowInboundRules = first[2], DefaultOutboundAction = second } or nil
  end,
  settings = function(key, value)
    local s = switch[value or ""]
    local name = ({ inboundusernotification = "NotifyOnListen", unicastresponsetomulticast = "AllowUnicastResponseToMulticast",
      localfirewallrules = "AllowLocalFirewallRules" })[key]
    return name and s ~= nil and { [name] = s } or nil
  end,
  logging = function(key, value, raw)
    if key == "allowedconnections" or key == "droppedconnections" then
      local s = switch[value or ""]
      return s ~= nil and { [key == "allowedconnections" and "LogAllowed" or "LogBlocked"] = s } or nil
    end
    if key == "filename" then return raw and { LogFileName = raw } or nil end
    local n = key == "maxfilesize" and math.tointeger(tonumber(value)) or nil
    return n and { LogMaxSizeKilobytes = n } or nil
  end,
}

local function set(which)
  return function(ctx, words)
    local f = setters[(words[1] or ""):lower()]
    local t = f and words[2] and f(words[2]:lower(), words[3] and words[3]:lower(), words[3])
    if not t then
      ctx.emit("")
      ctx.emit(f and "A specified value is not valid." or "One or more essential parameters were not entered.")
      ctx.emit("")
      ctx.emit("Usage: set profile (parameter) (value)")
      ctx.emit("       state on|off|notconfigured")
      ctx.emit("       firewallpolicy blockinbound|blockinboundalways|allowinbound,allowoutbound|blockoutbound")
      ctx.emit("       settings inboundusernotification|unicastresponsetomulticast enable|disable")
      ctx.emit("       logging allowedconnections|droppedconnections enable|disable")
      ctx.emit("")
      return 1
    end
    local profiles = which == "current" and used(change.windows(ctx)) or which
    local _, err = change.try(ctx, "firewall.profile.set", { Profiles = profiles, set = t })
    ctx.emit(err and (err.message or "The parameter is incorrect.") or "Ok.")
    ctx.emit("")
    return err and 1 or 0
  end
end

local profiles = {
  { "allprofiles", names, "all profiles" }, { "currentprofile", "current", "the current profile" },
  { "domainprofile", { "Domain" }, "the domain profile" }, { "privateprofile", { "Private" }, "the private profile" },
  { "publicprofile", { "Public" }, "the public profile" },
}

local function node(name, help, make, verb)
  local n = { name = name, help = help, verb = true }
  for _, p in ipairs(profiles) do
    n[#n + 1] = { name = p[1], help = verb .. " properties for " .. p[3] .. ".", rest = true, run = make(p[2]) }
  end
  return n
end

-- Every rule the user has made goes, the profiles stand as Windows ships them.
local function reset(ctx)
  local _, err = change.try(ctx, "firewall.reset", {})
  ctx.emit(err and (err.code == "NotSupported" and "netdojo: advfirewall reset is not available in this lab" or err.message) or "Ok.")
  ctx.emit("")
  return err and 1 or 0
end

return { name = "advfirewall", help = "Changes to the `netsh advfirewall' context.", contexts = "firewall",
  firewall,
  { name = "reset", help = "Resets the policy to the default out-of-box policy.", tags = { "export" }, run = reset },
  node("set", "Sets the per-profile or global settings.", set, "Sets"),
  node("show", "Displays profile or global properties.", show, "Displays"),
}
