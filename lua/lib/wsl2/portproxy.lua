-- SPDX-License-Identifier: GPL-2.0-or-later
-- Operations on port proxies and on WinNAT's objects.

local check = require("wsl2.check")
local ip = require("wsl2.ip")
local room = require("wsl2.room")
local state = require("wsl2.state")

local portproxy = { ops = {} }

local kinds = { "v4tov4", "v4tov6", "v6tov4", "v6tov6" }
local kind = check.word(table.unpack(kinds))

local function fold(address)
  return (address == "*" or address == "") and "*" or address:lower()
end

local function find(model, a)
  for i, r in ipairs(model.windows.portproxy) do
    if r.type == a.type and r.listenport == a.listenport and fold(r.listenaddress) == fold(a.listenaddress) then return r, i end
  end
end

local function bad() state.fail("InvalidArgument", "The parameter is incorrect.") end

-- Is the address of the family that end has? Names but localhost are not looked up here.
local function check_end(address, family)
  if address == "" or address == "*" or address:lower() == "localhost" then return end
  local f = ip.family(address)
  if not f and address:find("^[%w.-]+$") and address:find("%a") then
    state.fail("NotSupported", "netdojo's port proxy takes addresses, not names: '%s'.", address)
  end
  if f ~= family then bad() end
end

local listener = { type = { kind, true }, listenaddress = { check.text }, listenport = { check.port, true } }
local whole = { type = { kind, true }, listenaddress = { check.text }, listenport = { check.port, true },
  connectaddress = { check.text }, connectport = { check.port } }

local function given(args, spec)
  local a = check.fields(args, spec, "a port proxy")
  a.listenaddress = a.listenaddress or ""
  local from, to = a.type:match("^v([46])tov([46])$")
  check_end(a.listenaddress, tonumber(from))
  if spec == whole then
    a.connectaddress = a.connectaddress or ""
    a.connectport = a.connectport or a.listenport
    check_end(a.connectaddress, tonumber(to))
  end
  return a
end

local function missing() state.fail("NotFound", "The system cannot find the file specified.") end

portproxy.ops["portproxy.add"] = function(model, args)
  local a = given(args, whole)
  local old = find(model, a)
  if old then
    old.connectaddress, old.connectport = a.connectaddress, a.connectport
  else
    room.one_more("portproxy", model.windows.portproxy)
    table.insert(model.windows.portproxy, a)
  end
end

portproxy.ops["portproxy.set"] = function(model, args)
  local a = given(args, whole)
  local old = find(model, a)
  if not old then missing() end
  if args.connectaddress ~= nil then old.connectaddress = a.connectaddress end
  if args.connectport ~= nil then old.connectport = a.connectport end
end

portproxy.ops["portproxy.delete"] = function(model, args)
  local _, i = find(model, given(args, listener))
  if not i then missing() end
  state.drop(model.windows.portproxy, i)
end

portproxy.ops["portproxy.reset"] = function(model, args)
  local a = check.fields(args, { type = { function(v) return v == "" and "" or kind(v) end } }, "a port proxy")
  local only = a.type or ""
  model.windows.portproxy = state.remove_where(model.windows.portproxy, function(r) return only == "" or r.type == only end)
end

portproxy.ops["nat.add"] = function(model, args)
  local a = check.fields(args, { Name = { check.name, true }, InternalIPInterfaceAddressPrefix = { check.cidr, true },
    ExternalIPInterfaceAddressPrefix = { check.text } }, "a NAT")
  local _, prefix, family = ip.split(a.InternalIPInterfaceAddressPrefix)
  if family ~= 4 or prefix == 0 then bad() end
  if state.by(model.windows.nat, "Name", a.Name) then
    state.fail("Exists", "You were not connected because a duplicate name exists on the network.")
  end
  for _, n in ipairs(model.windows.nat) do
    if ip.overlap(n.InternalIPInterfaceAddressPrefix, a.InternalIPInterfaceAddressPrefix) then bad() end
  end
  room.one_more("nat", model.windows.nat)
  table.insert(model.windows.nat, { Name = a.Name, InternalIPInterfaceAddressPrefix = a.InternalIPInterfaceAddressPrefix,
    ExternalIPInterfaceAddressPrefix = a.ExternalIPInterfaceAddressPrefix or "", Active = true })
  return nil, { nat = true }
end

portproxy.ops["nat.remove"] = function(model, args)
  local a = check.fields(args, { Name = { check.name, true } }, "a NAT")
  local _, i = state.by(model.windows.nat, "Name", a.Name)
  if not i then
    state.fail("NotFound", "No MSFT_NetNat objects found with property 'Name' equal to '%s'.  "
      .. "Verify the value of the property and retry.", a.Name)
  end
  state.drop(model.windows.nat, i)
end

return portproxy
