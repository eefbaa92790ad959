-- SPDX-License-Identifier: GPL-2.0-or-later
-- A model in use: finding its parts, copying it, and what belongs to it that no node may see (the author's table, the next
-- address, what was read of the guest's files when it stopped).

local state = {}

local hidden = setmetatable({}, { __mode = "k" }) -- model to its hidden part

-- A deep copy; an empty list stays a list.
function state.clone(v)
  if type(v) ~= "table" then return v end
  local out = {}
  for k, item in next, v do out[k] = state.clone(item) end
  return getmetatable(v) == false and core.array(out) or out
end

function state.list(t) return core.array(t or {}) end

-- t: { params, topology, generation, conf, resolv, lost = {dev = routes}, stopped = node, pid }. The first two are shared.
function state.hide(model, t)
  hidden[model] = t
  return model
end

function state.hidden(model)
  hidden[model] = hidden[model] or {}
  return hidden[model]
end

-- The whole model with its hidden part, to work on; but for the part of the name `shared`, which stays the same table.
function state.copy(model, shared)
  local out, h = {}, {}
  for k, v in next, model do out[k] = k == shared and v or state.clone(v) end
  for k, v in pairs(hidden[model] or {}) do
    h[k] = (k == "params" or k == "topology") and v or state.clone(v)
  end
  return state.hide(out, h)
end

function state.equal(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in next, a do
    if not state.equal(v, b[k]) then return false end
  end
  for k in next, b do
    if a[k] == nil then return false end
  end
  return true
end

-- The failure of an operation: docs/formats/windows.md lists the codes.
function state.fail(code, fmt, ...)
  error({ op_code = code, msg = select("#", ...) > 0 and fmt:format(...) or fmt }, 0)
end

local function by(list, key, value)
  local folded = tostring(value):lower()
  for i, item in ipairs(list or {}) do
    if tostring(item[key]):lower() == folded then return item, i end
  end
end
state.by = by

function state.node(model, name) return (by(model.nodes, "name", name)) end
function state.service(model, name) return (by(model.services, "name", name)) end
function state.iface(node, dev) return node and (by(node.ifaces, "name", dev)) end

-- Windows' service of that name (iphlpsvc), not a server of the lab's.
function state.windows_service(model, name) return (by(model.windows.services, "Name", name)) end

function state.runs(model, name)
  local s = state.windows_service(model, name)
  return s ~= nil and s.Status == "Running"
end

-- Windows' interface by alias, with the node's own; fails with NotFound.
function state.interface(model, alias)
  local i = by(model.windows.interfaces, "InterfaceAlias", alias)
  if not i then
    state.fail("NotFound", "No MSFT_NetAdapter objects found with property 'Name' equal to '%s'.  "
      .. "Verify the value of the property and retry.", tostring(alias))
  end
  return i, state.iface(state.node(model, "windows"), i.dev)
end

-- The WSL network's own: the interface of the switch.
function state.switch(model) return (by(model.windows.interfaces, "dev", "vEthernet")) end

function state.remove_where(list, test)
  local kept, gone = core.array({}), 0
  for _, item in ipairs(list or {}) do
    if test(item) then gone = gone + 1 else kept[#kept + 1] = item end
  end
  return kept, gone
end

-- Takes the nth out of a list, which stays a list when that was the last.
function state.drop(list, n)
  core.array(list)
  return table.remove(list, n)
end

return state
