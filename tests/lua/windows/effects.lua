-- SPDX-License-Identifier: GPL-2.0-or-later
-- The fake PC with real operations: what commands ask for is done by lua/lib/wsl2 on a healthy lab's model, and the fake's live
-- state follows that model as a kernel would. So a test changes with one command and looks with another.

local effects = {}

-- What the script process gives its library (lua/bind/core.c), as far as operations use it.
local function give_core()
  rawset(_G, "core", rawget(_G, "core") or {
    array = function(t) return getmetatable(t) == false and t or setmetatable(t, { __metatable = false }) end,
    now = function() return 0 end,
  })
end

-- Links, addresses and routes as a kernel has them after the model's Windows node.
local function follow(pc)
  local node = pc.node
  pc:remove_routes(function() return true end)
  for _, l in ipairs(pc.state.links) do l.addr_info = {} end
  pc:add_address("lo", "inet", "127.0.0.1", 8)
  pc:add_address("lo", "inet6", "::1", 128)
  for _, i in ipairs(node.ifaces) do
    local l = pc:link(i.name)
    if l and i.kind ~= "loopback" then
      local up = i.up ~= false
      l.mtu = i.mtu and i.mtu ~= 0 and i.mtu or 1500
      l.flags = up and { "BROADCAST", "MULTICAST", "UP", "LOWER_UP" } or { "BROADCAST", "MULTICAST" }
      l.operstate = up and "UP" or "DOWN"
      for _, a in ipairs(up and i.addresses or {}) do
        local address, length = a.cidr:match("^(.-)/(%d+)$")
        pc:add_address(i.name, address:find(":", 1, true) and "inet6" or "inet", address, tonumber(length))
      end
    end
  end
  for _, r in ipairs(node.routes or {}) do
    pc:add_route({ dst = r.dst, gateway = r.via, dev = r.dev, protocol = r.protocol, metric = r.metric, scope = r.scope,
      family = r.ipv6 and "inet6" or nil })
  end
  for _, s in ipairs(node.sysctls or {}) do pc.state.sysctl[s.name] = s.value end
end

local function take(pc, model)
  local state = require("wsl2.state")
  pc.model, pc.windows, pc.node = model, model.windows, state.node(model, "windows")
  follow(pc)
end

-- topology: wsl2.nat's table; seed: which addresses.
function effects.install(pc, topology, seed)
  give_core()
  local ops = require("wsl2.ops")
  local state = require("wsl2.state")
  local params = require("wsl2.addresses").from(require("rng").new(seed or "7"))
  take(pc, require("wsl2.nat").model(topology or {}, params))
  for op in pairs(ops.table) do
    pc.on_change[op] = function(args)
      local copy = state.copy(pc.model)
      local ok, result = pcall(ops.run, copy, op, args, ops.from_model(copy))
      if not ok and type(result) == "table" and result.op_code then error({ code = result.op_code, message = result.msg }, 0) end
      if not ok then error(result, 0) end
      take(pc, copy)
      return result or {}
    end
  end
  return pc
end

return effects
