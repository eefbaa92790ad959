-- SPDX-License-Identifier: GPL-2.0-or-later
-- What fault(lab, p) gets: handles over a copy of the model. Nothing here touches a kernel; the planner does the difference.

local attempt = require("attempt")
local strict = require("strict")
local state = require("wsl2.state") -- the operations are read when the first is asked for: a lab where nobody does costs nothing

local lab = {}

-- A handle to a function that gives what it stands for in the model of this moment, which operations of the learner's replace.
local inner = setmetatable({}, { __mode = "k" })

local function named(list, name, what)
  local names = {}
  for i, item in ipairs(list or {}) do
    if item.name == name then return item, i end
    names[i] = item.name
  end
  strict.fail(nil, "no %s '%s'%s", what, tostring(name), strict.hint(tostring(name), names))
end

local function handle(meta, find)
  local h = setmetatable({}, meta)
  inner[h] = find
  find() -- a wrong name is an error where it is written
  return h
end

local function object(h, what)
  local find = inner[h]
  if not find then strict.fail(nil, "call it with a colon: %s:METHOD(...)", what) end
  return find()
end

-- Interfaces ------------------------------------------------------------------------------------------------------

local iface_schema = strict.schema("iface", {
  up = "boolean", mtu = "integer", addresses = "list", mac = "string", label = "string",
})

local iface = {}

-- addresses may be plain CIDR strings.
local function as_addresses(list)
  local out = core.array({})
  for i, a in ipairs(list) do out[i] = type(a) == "string" and { cidr = a } or a end
  return out
end

function iface.set(self, t)
  local o = object(self, "iface")
  strict.check(iface_schema, t, "iface")
  for k, v in pairs(t) do o[k] = k == "addresses" and as_addresses(v) or v end
  return self
end

local iface_meta = strict.handle("an interface", iface)

-- One without a segment: what a node's own programs make, such as Docker's bridges.
local add_iface_schema = strict.schema("add_iface", {
  name = "string!", kind = "bridge|dummy!", up = "boolean", mtu = "integer", addresses = "list", mac = "string", label = "string",
})

-- Nodes -----------------------------------------------------------------------------------------------------------

local route_schema = strict.schema("route", {
  dst = "string!", via = "string", dev = "string", src = "string", protocol = "string", scope = "string",
  type = "string", table = "integer", metric = "integer", onlink = "boolean", ipv6 = "boolean",
})
local file_schema = strict.schema("file", { content = "string", symlink = "string", mode = "integer", remove = "boolean" })

local node = {}

function node.iface(self, name)
  return handle(iface_meta, function() return (named(object(self, "node").ifaces, name, "interface")) end)
end

-- A further interface, up unless said.
function node.add_iface(self, t)
  local o = object(self, "node")
  strict.check(add_iface_schema, t, "add_iface")
  o.ifaces = o.ifaces or core.array({})
  for _, i in ipairs(o.ifaces) do
    if i.name == t.name then strict.fail("name", "node '%s' has an interface '%s' already", o.name, t.name) end
  end
  local i = { up = true }
  for k, v in pairs(t) do i[k] = k == "addresses" and as_addresses(v) or v end
  o.ifaces[#o.ifaces + 1] = i
  return self
end

-- Removes every route to dst ("default" or a CIDR); it is an error when there is none.
function node.remove_route(self, dst)
  local o, kept, removed = object(self, "node"), core.array({}), 0
  for _, r in ipairs(o.routes or {}) do
    if r.dst == dst then removed = removed + 1 else kept[#kept + 1] = r end
  end
  if removed == 0 then strict.fail(nil, "node '%s' has no route to '%s'", o.name, tostring(dst)) end
  o.routes = kept
  return self
end

function node.add_route(self, t)
  local o = object(self, "node")
  strict.check(route_schema, t, "route")
  o.routes = o.routes or core.array({})
  o.routes[#o.routes + 1] = t
  return self
end

-- Adds nft tables to the node's own; a table of the same name is merged, as nft does.
function node.ruleset(self, text)
  local o = object(self, "node")
  if type(text) ~= "string" then strict.fail(nil, "ruleset takes a string of nft syntax") end
  o.ruleset = (o.ruleset or "") .. text
  return self
end

-- All of the node's rules at once.
function node.set_ruleset(self, text)
  object(self, "node").ruleset = text
  return self
end

function node.sysctl(self, name, value)
  local o = object(self, "node")
  o.sysctls = o.sysctls or core.array({})
  for _, s in ipairs(o.sysctls) do
    if s.name == name then
      s.value = tostring(value)
      return self
    end
  end
  o.sysctls[#o.sysctls + 1] = { name = name, value = tostring(value) }
  return self
end

-- content, or a table {content|symlink|mode|remove}.
function node.file(self, path, t)
  local o = object(self, "node")
  if type(t) == "string" then t = { content = t } end
  strict.check(file_schema, t, "file")
  local f = { path = path }
  for k, v in pairs(t) do f[k] = v end
  o.files = o.files or core.array({})
  for i, old in ipairs(o.files) do
    if old.path == path then
      o.files[i] = f
      return self
    end
  end
  o.files[#o.files + 1] = f
  return self
end

local node_meta = strict.handle("a node", node)

-- Services --------------------------------------------------------------------------------------------------------

local service = {}

-- running is the service's own; everything else is its configuration.
function service.set(self, t)
  local o = object(self, "service")
  if type(t) ~= "table" then strict.fail(nil, "set takes a table") end
  for k, v in pairs(t) do
    if k == "running" then
      o.running = v
    else
      o.config = o.config or {}
      o.config[k] = v
    end
  end
  return self
end

-- What a DNS server says of one name: { A = { ... }, TXT = ... }; its other names stay as they are.
function service.record(self, name, t)
  local o = object(self, "service")
  if o.kind ~= "dns" then strict.fail(nil, "service '%s' is no DNS server", o.name) end
  if type(name) ~= "string" or type(t) ~= "table" then strict.fail(nil, "record takes a name and a table by type") end
  o.config = o.config or {}
  o.config.records = o.config.records or {}
  o.config.records[name] = t
  return self
end

function service.stop(self) return service.set(self, { running = false }) end
function service.start(self) return service.set(self, { running = true }) end

local service_meta = strict.handle("a service", service)

-- Segments --------------------------------------------------------------------------------------------------------

local cable_schema = strict.schema("cable", {
  rate_kbit = "integer", delay_ms = "integer", jitter_ms = "integer",
  loss = "integer", duplicate = "integer", reorder = "integer",
})

local segment = {}

-- What its cable does to frames; 0 = nothing. Keys that are not said stay as they are.
function segment.set(self, t)
  local o = object(self, "segment")
  strict.check(cable_schema, t, "segment")
  for k, v in pairs(t) do o[k] = v end
  return self
end

local segment_meta = strict.handle("a segment", segment)

-- The lab ---------------------------------------------------------------------------------------------------------

local top = {}

-- What a stopped WSL had can still be named; a change to it is lost with it, as it would be.
function top.node(self, name)
  return handle(node_meta, function()
    local model = object(self, "lab").model
    local stopped = state.hidden(model).stopped
    if stopped and stopped.name == name then return stopped end
    return (named(model.nodes, name, "node"))
  end)
end

function top.service(self, name)
  return handle(service_meta, function()
    local model = object(self, "lab").model
    local stopped = state.hidden(model).stopped_services
    return stopped and state.by(stopped, "name", name) or (named(model.services, name, "service"))
  end)
end

function top.segment(self, name)
  return handle(segment_meta, function() return (named(object(self, "lab").model.segments, name, "segment")) end)
end

-- An operation of docs/formats/windows.md, as a learner's command would do it: lab:windows("portproxy.add", { ... }).
function top.windows(self, op, args)
  local o, ops = object(self, "lab"), require("wsl2.ops")
  if o.model.windows == attempt.healthy().windows then o.model.windows = state.clone(o.model.windows) end
  local ok, why = pcall(ops.run, o.model, op, args, ops.from_model(o.model))
  if not ok and type(why) == "table" and why.op_code then strict.fail(nil, "%s: %s", tostring(op), why.msg) end
  if not ok then error(why, 0) end
  return self
end

-- fn(lab) runs that many seconds after the fault.
function top.after(self, seconds, fn)
  local o = object(self, "lab")
  if type(seconds) ~= "number" or seconds < 0 or seconds > 86400 then
    strict.fail(nil, "after takes seconds from 0 to 86400")
  end
  if type(fn) ~= "function" then strict.fail(nil, "after takes a function") end
  if #o.timers >= 64 then strict.fail(nil, "a lab has over 64 timed parts") end
  table.insert(o.timers, { at = core.now() + seconds, fn = fn, n = #o.timers })
  return self
end

lab.tables = { lab = top, node = node, iface = iface, service = service, segment = segment }
local lab_meta = strict.handle("the lab", top)

-- Asks C for a tick at the earliest timer.
local function arm(o)
  table.sort(o.timers, function(a, b) return a.at < b.at or (a.at == b.at and a.n < b.n) end)
  core.wake(o.timers[1] and o.timers[1].at or 0)
end

-- Most faults leave Windows as it is: its object, the greater part of a model, is the healthy one's until it changes.
local function new()
  local o = { model = state.copy(attempt.healthy(), "windows"), timers = {} }
  return handle(lab_meta, function() return o end)
end

-- The model after fault(); always from the healthy one, so a second call gives the same.
function lab.inject()
  local h = new()
  attempt.scenario().fault(h, attempt.params())
  attempt.set_broken(h)
  arm(object(h))
  return object(h).model
end

-- The model the fault gave, as it was before anybody touched it. Of no effect on the lab.
function lab.faulty()
  local h = new()
  attempt.scenario().fault(h, attempt.params())
  return object(h).model
end

-- The lab as it is now: after the fault, or a healthy one that nobody broke.
local function current()
  if not attempt.broken() then attempt.set_broken(new()) end
  return object(attempt.broken())
end

-- The latest operation: its number, and, while nobody knows yet whether the kernel takes it, the model before it. Timed parts
-- wait until then: one that worked on a model which is taken back would fail with it, and be forgotten.
local last = {}

-- The latest operation stands, or was taken back: what came due meanwhile is done next.
local function settle()
  last.model = nil
  arm(current())
end

-- An operation of somebody at the Windows side. Returns its result, the model where that changed, and the number to undo it by.
function lab.operate(op, args)
  if last.model then settle() end
  local o, ops = current(), require("wsl2.ops")
  local model = state.copy(o.model)
  local ok, result = pcall(ops.run, model, op, args, ops.from_lab())
  if not ok then
    if type(result) == "table" and result.op_code then return nil, result end
    error(result, 0)
  end
  result = result or {}
  if state.equal(model, o.model) then return { result = result } end
  last = { n = (last.n or 0) + 1, model = o.model }
  o.model = model
  core.wake(0)
  return { result = result, model = model, undo = last.n }
end

-- The kernel would not have the latest operation's model: things stand as before it.
function lab.undo(n)
  if n ~= last.n or not last.model then error({ msg = ("operation %s can't be undone"):format(tostring(n)), kind = 3 }, 0) end
  current().model = last.model
  settle()
end

-- The kernel has the latest operation's model. One that is settled already is no matter.
function lab.done(n)
  if n == last.n and last.model then settle() end
end

-- Runs every timed part that is due.
function lab.tick()
  local h = attempt.broken()
  local o = object(h)
  while o.timers[1] and o.timers[1].at <= core.now() do
    table.remove(o.timers, 1).fn(h)
  end
  arm(o)
  return o.model
end

return lab
