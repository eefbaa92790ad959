-- SPDX-License-Identifier: GPL-2.0-or-later
-- Get-NetAdapter, Get-NetConnectionProfile, Get-VMSwitch: adapters, the networks they are on, virtual switches.

local change = require("windows.machine.change")
local choose = require("windows.machine.choose")
local live = require("windows.machine.live")
local object = require("windows.object")
local registry = require("windows.registry")
require("windows.format.views_net")

local function status(i)
  if not i.enabled then return "Disabled" end
  return i.connected and "Up" or "Disconnected"
end

-- What a veth or a Hyper-V switch port says its speed is.
local speed = "10 Gbps"

local function adapter_object(i)
  local up = i.connected
  return object.new("MSFT_NetAdapter", {
    { "Name", i.alias }, { "InterfaceName", "ethernet_" .. 32767 + i.index }, { "InterfaceDescription", i.description },
    { "InterfaceIndex", i.index }, { "ifIndex", i.index }, { "InterfaceAlias", i.alias }, { "ifAlias", i.alias }, { "ifDesc", i.description },
    { "Status", status(i) }, { "MacAddress", i.mac }, { "LinkLayerAddress", i.mac }, { "LinkSpeed", up and speed or "0 bps" },
    { "MtuSize", i.mtu }, { "ActiveMaximumTransmissionUnit", i.mtu }, { "MediaType", "802.3" },
    { "PhysicalMediaType", i.conf.Virtual and "Unspecified" or "802.3" }, { "AdminStatus", i.enabled and "Up" or "Down" },
    { "ifOperStatus", up and "Up" or "Down" }, { "InterfaceOperationalStatus", up and "Up" or "Down" },
    { "MediaConnectionState", up and "Connected" or "Disconnected" }, { "MediaConnectState", up and 1 or 2 },
    { "ConnectorPresent", not i.conf.Virtual }, { "Virtual", i.conf.Virtual and true or false },
    { "HardwareInterface", not i.conf.Virtual }, { "Hidden", false }, { "InterfaceGuid", i.guid }, { "DeviceID", i.guid },
    { "FullDuplex", true }, { "PromiscuousMode", false }, { "SystemName", "" },
  })
end

registry.add {
  name = "Get-NetAdapter", kind = "cmdlet", effect = "reads",
  parameters = {
    { name = "Name", type = "string[]", position = 1, wildcard = true, pipeline = "name", aliases = { "ifAlias", "InterfaceAlias" } },
    { name = "InterfaceDescription", type = "string[]", wildcard = true, aliases = { "ifDesc" } },
    { name = "InterfaceIndex", type = "int[]", aliases = { "ifIndex" }, pipeline = "name" },
    { name = "IncludeHidden", type = "switch" }, { name = "Physical", type = "switch" },
  },
  synopsis = { en = "The network adapters", ja = "ネットワークアダプター" },
  about = "link state, index, MAC and MTU are the kernel's; names are the model's", lacks = "drivers, statistics, hidden adapters, real link speeds",
  run = function(ctx, args)
    local objects = {}
    for _, i in ipairs(choose.interfaces_down(live.new(ctx.world):adapters())) do
      if not (args.Physical and i.conf.Virtual) then objects[#objects + 1] = adapter_object(i) end
    end
    choose.emit(ctx, { cmdlet = "Get-NetAdapter", class = "MSFT_NetAdapter",
      criteria = { { name = "Name" }, { name = "InterfaceDescription" }, { name = "InterfaceIndex" } } }, args, objects)
  end,
}

-- ---- profiles -----------------------------------------------------------------------------------------------------------

local function reach(l, i, family)
  if #l:gateways(i, family) > 0 then return "Internet" end
  local list = family == "inet" and i.v4 or i.v6
  for _, a in ipairs(list) do
    if a.scope ~= "link" then return "LocalNetwork" end
  end
  return "NoTraffic"
end

local function profile_object(l, i)
  local known = #l:gateways(i, "inet") + #l:gateways(i, "inet6") > 0
  return object.new("MSFT_NetConnectionProfile", {
    { "Name", known and (i.conf.NetworkName or "Network") or "Unidentified network" }, { "InterfaceAlias", i.alias },
    { "InterfaceIndex", i.index }, { "NetworkCategory", i.conf.NetworkCategory }, { "DomainAuthenticationKind", "None" },
    { "IPv4Connectivity", reach(l, i, "inet") }, { "IPv6Connectivity", reach(l, i, "inet6") }, { "InstanceID", i.guid },
  })
end

registry.add {
  name = "Get-NetConnectionProfile", kind = "cmdlet", effect = "reads",
  parameters = choose.parameters({ { name = "Name", type = "string[]", position = 1, wildcard = true } }, choose.by_interface,
    { { name = "NetworkCategory", type = "enum[]", values = { "Public", "Private", "DomainAuthenticated" } } }),
  synopsis = { en = "The networks this PC is on", ja = "この PC がつながるネットワーク" },
  about = "the category is the model's; connectivity follows from live addresses and routes",
  lacks = "names of networks; the probe Windows sends to judge the Internet",
  run = function(ctx, args)
    local l, objects = live.new(ctx.world), {}
    for _, i in ipairs(l:adapters()) do
      if i.connected and i.known then objects[#objects + 1] = profile_object(l, i) end
    end
    choose.emit(ctx, { cmdlet = "Get-NetConnectionProfile", class = "MSFT_NetConnectionProfile",
      criteria = { { name = "Name" }, { name = "InterfaceAlias" }, { name = "InterfaceIndex" }, { name = "NetworkCategory" } } }, args, objects)
  end,
}

registry.add {
  name = "Get-VMSwitch", kind = "cmdlet", effect = "reads",
  parameters = { { name = "Name", type = "string[]", position = 1, wildcard = true },
    { name = "SwitchType", type = "enum[]", values = { "Internal", "Private", "External" } } },
  synopsis = { en = "The virtual switches", ja = "仮想スイッチ" }, about = "the model's switches", lacks = "everything but name and type",
  run = function(ctx, args)
    local found = {}
    for _, s in ipairs(live.new(ctx.world):windows().switches or {}) do
      local kind = args.SwitchType == nil or change.any_like(args.SwitchType, s.SwitchType)
      if kind and change.any_like(args.Name, s.Name) then
        found[s.Name:lower()] = true
        ctx.emit(object.new("Microsoft.HyperV.PowerShell.VMSwitch", { { "Name", s.Name }, { "SwitchType", s.SwitchType },
          { "NetAdapterInterfaceDescription", s.NetAdapterInterfaceDescription } }))
      end
    end
    for _, n in ipairs(change.list(args.Name)) do
      if not change.has_wildcard(n) and not found[n:lower()] then
        ctx.fail(('Hyper-V was unable to find a virtual switch with name "%s".'):format(n),
          { category = "InvalidArgument", target = n, exception = "VirtualizationException",
            id = "InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVMSwitch" })
      end
    end
  end,
}
