-- SPDX-License-Identifier: GPL-2.0-or-later
-- What both sides of mirrored mode agree on (facts 2): the guest's window of ports, and which interface of WSL's has which of
-- Windows'.

local loopback = require("wsl2.loopback")
local state = require("wsl2.state")
local version = require("wsl2.version")

local names = {
  window = { 40960, 45055 }, -- one aligned block of 4096: a single mask for the switch
  nic = "loopback0", host_nic = "wl",
  tunnel_nic = "wv0", tunnel_segment = "wv", -- Windows' end, and the wire, of what WSL has of a VPN's tunnel
}

-- Where 127.0.0.1 leaves to in WSL, which depends on its version.
function names.gateway(model) return version.loopback_gateway(model.windows.wsl.version) end

-- The interfaces of Windows that WSL has too, in their order: { name, i = Windows' entry, iface = the kernel's, up }.
-- WSL's own switch is none of them; what is no wire (a VPN's tunnel) has no frames to share, so `wire` is false there.
function names.mirrored(model)
  local out, node = {}, state.node(model, "windows")
  for _, i in ipairs(model.windows.interfaces) do
    local iface = state.iface(node, i.dev)
    if iface and i.dev ~= "vEthernet" then
      out[#out + 1] = { name = "eth" .. #out, i = i, iface = iface, wire = iface.kind ~= "tunnel",
        up = i.Status == "Up" and iface.up ~= false }
    end
  end
  return out
end

function names.loopback_mac(model) return loopback.guest_mac(state.hidden(model).params) end

-- Is the mode in effect?
function names.on(model) return model.windows.wsl.networkingMode == "mirrored" end

-- Is the guest's interface there? While WSL does not run it has none, and no chain of the switch has a device to be at.
function names.stands(model, name)
  local guest = state.node(model, "wsl")
  local iface = guest and state.iface(guest, name)
  return iface and (iface.mirrors or "") ~= ""
end

return names
