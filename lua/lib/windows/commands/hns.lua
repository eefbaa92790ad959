-- SPDX-License-Identifier: GPL-2.0-or-later
-- The Host Network Service: hnsdiag list, Get-HnsNetwork.

local change = require("windows.machine.change")
local live = require("windows.machine.live")
local object = require("windows.object")
local registry = require("windows.registry")

-- WSL's two networks have GUIDs of their own, the same on every PC.
local ids = { ["WSL (Hyper-V firewall)"] = "790e58b4-7939-4434-9358-89ae7ddbe87e", WSL = "b95d0c5e-57d4-412b-b571-18a81a16e005" }

-- The network exists from WSL's first start on: as long as its adapter does.
local function network(ctx)
  local w = change.windows(ctx).wsl
  local net = live.new(ctx.world)
  for _, i in ipairs(net:adapters()) do
    if i.alias == "vEthernet (" .. tostring(w.network) .. ")" or (w.gateway and net:owner(w.gateway) == i) then
      return { name = w.network, id = ids[w.network] or i.guid:gsub("[{}]", ""):lower(), subnet = w.subnet, gateway = w.gateway, adapter = i,
        address = w.running and w.address ~= "" and w.address or nil }
    end
  end
end

local function mac_of(ctx, address)
  for _, n in ipairs(live.new(ctx.world):neighbors()) do
    if n.ip == address and n.mac ~= "00-00-00-00-00-00" then return n.mac end
  end
  return ""
end

local function networks(ctx, n, full)
  if full then
    ctx.emit("Network : " .. n.id)
    for _, row in ipairs { { "Name", n.name }, { "Type", "ICS" }, { "Subnets", n.subnet }, { "GatewayAddress", n.gateway } } do
      ctx.emit(("    %-16s : %s"):format(row[1], row[2]))
    end
    return
  end
  ctx.emit(("Network : %s"):format(n.id))
  ctx.emit(("    Name             : %s"):format(n.name))
  ctx.emit("    Type             : ICS")
  ctx.emit(("    Subnet Address   : %s"):format(n.subnet))
  ctx.emit(("    Gateway          : %s"):format(n.gateway))
  ctx.emit("")
end

local function endpoints(ctx, n)
  if not n.address then return end
  ctx.emit("Endpoint :")
  ctx.emit(("    Name             : Ethernet"))
  ctx.emit(("    Virtual Network  : %s"):format(n.name))
  ctx.emit(("    IP Address       : %s"):format(n.address))
  ctx.emit(("    MacAddress       : %s"):format(mac_of(ctx, n.address)))
  ctx.emit("")
end

registry.add {
  name = "hnsdiag", kind = "program", effect = "reads", options = { "list all", "list networks", "list endpoints", "-df" },
  synopsis = { en = "Networks and endpoints of the Host Network Service", ja = "HNS のネットワークとエンドポイント" },
  about = "WSL's network and its endpoint, from the model and the live neighbours", lacks = "delete, the JSON of -df, load balancers, namespaces",
  run = function(ctx, words)
    local what = (words[2] or ""):lower()
    if (words[1] or ""):lower() ~= "list" or not ({ all = 1, networks = 1, endpoints = 1 })[what] then
      if (words[1] or ""):lower() == "delete" then
        ctx.emit("netdojo: hnsdiag delete is not available in this lab; wsl --shutdown makes WSL's endpoint anew")
        return 1
      end
      ctx.emit("Usage: hnsdiag list all|networks|endpoints [-df]")
      return 1
    end
    local n = network(ctx)
    if not n then return 0 end
    if what ~= "endpoints" then networks(ctx, n, words[3] == "-df") end
    if what ~= "networks" then endpoints(ctx, n) end
    return 0
  end,
}

registry.add {
  name = "Get-HnsNetwork", kind = "cmdlet", effect = "reads", parameters = {},
  synopsis = { en = "Networks of the Host Network Service", ja = "HNS のネットワーク" },
  about = "WSL's network, from the model", lacks = "most properties; Remove-HnsNetwork",
  run = function(ctx)
    local n = network(ctx)
    if not n then return end
    ctx.emit(object.new("HnsNetwork", { { "ID", n.id }, { "Name", n.name }, { "Type", "ICS" },
      { "Subnets", object.new("HnsSubnet", { { "AddressPrefix", n.subnet }, { "GatewayAddress", n.gateway } }) } }))
  end,
}
