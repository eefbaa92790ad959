-- SPDX-License-Identifier: GPL-2.0-or-later
-- reg.exe: the few values of the registry that decide about WSL's network.

local change = require("windows.machine.change")
local registry = require("windows.registry")

local hives = { HKLM = "HKEY_LOCAL_MACHINE", HKEY_LOCAL_MACHINE = "HKEY_LOCAL_MACHINE" }

-- "HKLM\...", whatever way the hive is written; nil for another hive.
local function path_of(word)
  local hive, rest = (word or ""):match("^([^\\]+)\\(.*)$")
  return hive and hives[hive:upper()] and "HKLM\\" .. rest:gsub("\\+$", "") or nil
end

local function fail(ctx, text)
  ctx.emit("ERROR: " .. text)
  return 1
end

local function absent(ctx) return fail(ctx, "The system was unable to find the specified registry key or value.") end

local valued = { ["/v"] = true, ["/t"] = true, ["/d"] = true }

-- The words after the key: { v, t, d, f }; nil and the wrong one.
local function options(words)
  local o, k = {}, 3
  while words[k] do
    local w = words[k]:lower()
    if valued[w] then
      if not words[k + 1] then return nil, words[k] end
      o[w:sub(2)], k = words[k + 1], k + 2
    elseif w == "/f" then
      o.f, k = true, k + 1
    else
      return nil, words[k]
    end
  end
  return o
end

local function sure(ctx, o, question)
  return o.f or ((ctx.shell:ask(question .. "(Yes/No)? ") or ""):lower():sub(1, 1) == "y")
end

local function query(ctx, path, o)
  local found = false
  for _, v in ipairs(change.windows(ctx).registry or {}) do
    if v.Path:lower() == path:lower() and (not o.v or o.v:lower() == v.Name:lower()) then
      if not found then
        ctx.emit("")
        ctx.emit("HKEY_LOCAL_MACHINE" .. v.Path:sub(5))
      end
      ctx.emit(("    %s    REG_DWORD    0x%x"):format(v.Name, v.Value))
      found = true
    end
  end
  if not found then return absent(ctx) end
  ctx.emit("")
  return 0
end

local function done(ctx, op, args)
  local _, err = change.try(ctx, op, args)
  if err then return fail(ctx, err.message or err.code) end
  ctx.emit("The operation completed successfully.")
  return 0
end

local function add(ctx, path, o)
  local value = math.tointeger(tonumber(o.d or "0"))
  if not o.v or (o.t or ""):upper() ~= "REG_DWORD" or not value then
    return fail(ctx, "Invalid syntax.\nType \"REG ADD /?\" for usage.")
  end
  for _, v in ipairs(change.windows(ctx).registry or {}) do
    local there = v.Path:lower() == path:lower() and v.Name:lower() == o.v:lower()
    if there and not sure(ctx, o, ("Value %s exists, overwrite"):format(v.Name)) then return 0 end
  end
  return done(ctx, "registry.set", { Path = path, Name = o.v, Value = value })
end

local function delete(ctx, path, o)
  if not o.v then return fail(ctx, "Invalid syntax.\nType \"REG DELETE /?\" for usage.") end
  if not sure(ctx, o, ("Delete the registry value %s "):format(o.v)) then return 0 end
  return done(ctx, "registry.remove", { Path = path, Name = o.v })
end

local verbs = { query = query, add = add, delete = delete }

registry.add {
  name = "reg", kind = "program", effect = "changes", options = { "query", "add", "delete", "/v", "/t", "/d", "/f" },
  synopsis = { en = "Values of the registry that decide about WSL's network", ja = "WSL のネットワークを決めるレジストリの値" },
  about = "Tcpip6's DisabledComponents and MpsSvc's HyperVFirewallDisable, which WSL asks when it starts",
  lacks = "all other keys and values, export, import, /s; a value counts at WSL's next start, without a restart of Windows",
  run = function(ctx, words)
    local verb = verbs[(words[1] or ""):lower()]
    if not verb then return fail(ctx, "Invalid syntax.\nType \"REG /?\" for usage.") end
    local path = path_of(words[2])
    if not path then return fail(ctx, "Invalid key name.\nType \"REG " .. words[1]:upper() .. " /?\" for usage.") end
    local o = options(words)
    if not o then return fail(ctx, "Invalid syntax.\nType \"REG " .. words[1]:upper() .. " /?\" for usage.") end
    return verb(ctx, path, o)
  end,
}
