-- SPDX-License-Identifier: GPL-2.0-or-later
-- The operations of docs/formats/windows.md on a model: each changes the `windows` object and what is the kernel's own by it;
-- what follows from it is derived afterwards. Here is only the way in.

local state = require("wsl2.state")

local ops = { table = {} }

local families = { "firewall", "hyperv", "portproxy", "interfaces", "services", "life", "registry", "vpn", "switches" }

for _, name in ipairs(families) do
  for op, fn in pairs(require("wsl2." .. name).ops) do ops.table[op] = fn end
end

-- Where files are read while the lab is not asked: in the model itself.
function ops.from_model(model)
  local function read(node, path)
    local n = state.node(model, node) or state.hidden(model).stopped
    local f = n and state.by(n.files, "path", path)
    if not f or f.remove then return { exists = false } end
    if f.symlink then return { exists = true, type = "symlink", target = f.symlink } end
    return { exists = true, type = "file", content = f.content or "" }
  end
  return { read = read, now = core.now, from_model = true }
end

-- Where the nodes are asked, as a probe asks them. What can't be read (a folder of that name) is as if it were not there.
function ops.from_lab()
  local function read(node, path)
    local id = core.ask({ ["do"] = "node.probe", node = node, kind = "file", args = { path = path } })
    while true do
      local answer = core.answer()
      if answer.re == id then
        if answer.error or type(answer.result) ~= "table" then return { exists = false } end
        return answer.result
      end
    end
  end
  return { read = read, now = core.now }
end

-- Does an operation on a model in place. Raises { op_code, msg } when it can't; the model is then of no use.
function ops.run(model, op, args, ctx)
  local fn = ops.table[op]
  if not fn then state.fail("NotSupported", "The request is not supported: '%s'.", tostring(op)) end
  local before = state.copy(model)
  local result, force = fn(model, args or {}, ctx)
  require("wsl2.derive").apply(before, model, force)
  return result
end

return ops
