-- SPDX-License-Identifier: GPL-2.0-or-later
-- An attempt's log made ready for questions: what the learner ran, sent, changed and answered, and how it ended.

local addr = require("addr")

local evidence = {}
evidence.__index = evidence

local function add(index, e)
  local list = index[e.kind]
  if not list then
    list = {}
    index[e.kind] = list
  end
  list[#list + 1] = e
end

-- An exit belongs to the newest start of its pid: numbers are used again.
local function note_exec(self, running, e)
  if e.what ~= "exit" then
    running[e.pid or 0] = e.seq
  elseif running[e.pid or 0] then
    self.exits[running[e.pid or 0]] = e.status
    self.ends[running[e.pid or 0]] = e.t
  end
end

-- A link is set up and down by much; another MTU it gets on purpose only. A link event says what the MTU is, not that it changed.
local function note_resized(mtus, e)
  if e.kind ~= "change" or e.what ~= "link" or not e.mtu then return end
  local link = (e.node or "wsl") .. "/" .. (e.ifname or "")
  e.resized = e.mtu ~= (mtus[link] or e.ifname == "eth0" and 1500 or e.mtu)
  mtus[link] = e.mtu
end

-- Events count from the moment the lab was ready: what came before was its own building, as is what lies between a pause, a resumption or a
-- reset and the next `ready`. Not from `fault-verified`: the fault is verified while a learner may be at work already.
local rebuilt = { paused = true, resumed = true, reset = true }

local function ever_ready(events)
  for _, e in ipairs(events) do
    if e.kind == "lab" and e.what == "ready" then return true end
  end
  return false
end

function evidence.new(events, scenario, params)
  local self = setmetatable({ p = params, scenario = scenario, by_kind = {}, exits = {}, ends = {},
    probes = {}, tried = {}, lost = {}, marks = {}, arrived = {}, named = {}, watched = {} }, evidence)
  local counts, running, mtus = not ever_ready(events), {}, {}
  for _, e in ipairs(events) do
    if e.kind == "lab" then
      self:note_lab(e)
      counts = (counts or e.what == "ready") and not rebuilt[e.what]
    end
    if e.kind == "probe" then self:note_probe(e) end
    note_resized(mtus, e)
    if counts and e.by ~= "lab" and not self.ended then add(self.by_kind, e) end
    if e.kind == "exec" then note_exec(self, running, e) end
    if e.kind == "packet" and e.node == "internet" and e.dir == "in" then self.arrived[#self.arrived + 1] = e end
    if e.kind == "packet" and e.what == "dns-answer" and e.dir ~= "out" and (e.node or "wsl") == "wsl" then self.named[#self.named + 1] = e end
  end
  return self
end

-- A recorder that was never there can't be held against the learner. One that lost events later can: whoever floods it
-- would else be graded on less. Windows' own are known as "windows:packets" and so on.
function evidence.note_lab(self, e)
  -- The probes of the end come after `finishing`; a log without one was cut.
  if e.what == "finishing" or e.what == "end" then self.ended = true end
  if e.what == "finishing" or e.what == "finished" then self[e.what] = e.t end
  if e.what == "ready" and self.broken_anew then self.anew, self.broken_anew = e, nil end
  if e.what == "resumed" or e.what == "reset" then
    self.broken_anew = true
    self.anew = e
    self.ended, self.probes, self.seen_gone = nil, {}, nil
  end
  if e.what == "fault-watched" and e.shows == false then self.seen_gone = true end
  if rebuilt[e.what] then self.marks[#self.marks + 1] = e end
  if e.what == "recorders" and (e.recorders or {}).packets then self.watched[e.node or ""] = true end
  local before = ({ wsl = "", windows = "windows:" })[e.node or ""]
  if e.what ~= "recorders" or not before then return end
  for name, has in pairs(e.recorders or {}) do
    if has == false then self.lost[before .. name] = true end
  end
end

-- The outcome of every probe of the end, by set and name; and in order those before it, the learner's by `dojo check` among them.
function evidence.note_probe(self, e)
  if not self.ended then
    self.tried[#self.tried + 1] = e
    return
  end
  local set = self.probes[e.set or ""] or {}
  self.probes[e.set or ""] = set
  set[e.name or ""] = e
end

-- Was one of these recorders missing, so that nothing can be held against the learner?
function evidence.blind(self, needs)
  for _, name in ipairs(needs or {}) do
    if self.lost[name] then return true end
  end
  return false
end

function evidence.all(self, kind)
  return self.by_kind[kind] or {}
end

-- Seqs of events of a kind for which fn holds, oldest first; at most `most` of them.
function evidence.find(self, kind, fn, most)
  local out = {}
  for _, e in ipairs(self:all(kind)) do
    if most and #out >= most then break end
    if fn(e) then out[#out + 1] = e.seq end
  end
  return out
end

-- The event with this seq.
function evidence.event(self, seq)
  if self.whole then return self.whole:event(seq) end
  if not self.by_seq then
    self.by_seq = {}
    for _, list in pairs(self.by_kind) do
      for _, e in ipairs(list) do self.by_seq[e.seq] = e end
    end
  end
  return self.by_seq[seq]
end

local function basename(path)
  return (path or ""):match("([^/]+)$") or ""
end

-- What asks for an answer tells too: it prints again what was typed into it.
local tells = { map = true, task = true, hint = true, diagnose = true, causes = true, grade = true, quit = true, help = true }

-- A line at Windows' prompt starts its programs in WSL through init: the kernel's record knows no command of them, only their times.
-- Both are exact: the prompt says when a line began and ended, the recorder when a program was asked for, its asker standing still.

-- Did this happen while that line was being run at Windows' prompt? Of lines run at once in two windows it may be said of both.
function evidence.during(e, command)
  local began, ended, t = tonumber(command.started), tonumber(command.ended), e.t or 0
  return command.node == "windows" and not e.cause and began ~= nil and ended ~= nil and began <= t and t <= ended
end

-- The command in which this happened: its cause, or the line at Windows' prompt, the latest that it can have been.
function evidence.within(self, e)
  if e.cause then return self:event(e.cause) end
  local found
  for _, c in ipairs((self.whole or self):all("command")) do
    if evidence.during(e, c) then found = c end
  end
  return found
end

-- Seqs of the commands that asked `dojo`: its map, ticket, hints and questions tell of the network, and show nothing of the live one.
local function told_by_dojo(self)
  if self.whole then return told_by_dojo(self.whole) end
  if self.told then return self.told end
  self.told = {}
  for _, e in ipairs(self:all("exec")) do
    local around = basename(e.path) == "dojo" and tells[(e.argv or {})[2]] and self:within(e)
    if around then self.told[around.seq] = true end
  end
  for _, e in ipairs(self:all("command")) do
    if tells[(e.text or ""):match("^%s*dojo%s+(%l+)")] then self.told[e.seq] = true end
  end
  return self.told
end

-- Commands typed by the learner in a node ("any": in whichever window) whose recorded output satisfies fn(output, event).
function evidence.output(self, node, fn)
  local told = told_by_dojo(self)
  return self:find("command", function(e)
    return (node == "any" or (e.node or "wsl") == node) and type(e.output) == "string" and not told[e.seq]
      and fn(e.output, e)
  end)
end

-- Had the learner typed this value, in this command or before it? Then that it is shown says nothing.
function evidence.typed(self, value, command)
  if self.whole then return self.whole:typed(value, command) end
  value = value:lower()
  for _, e in ipairs(self:all("command")) do
    if e.seq > command.seq then return false end
    local text = (e.text or ""):lower()
    if addr.number(value) and addr.within(text, value) or (not addr.number(value) and text:find(value, 1, true)) then
      return true
    end
  end
  return false
end

-- Programs that run another under their own name: the applet is the program.
local function applet(path, argv)
  local program = basename(path)
  if (program == "busybox" or program == "toybox") and argv[2] then
    return basename(argv[2]), table.move(argv, 2, #argv, 1, {})
  end
  return program, argv
end

-- A program is known by its name only where nobody in the node can put another there: /usr is read-only.
local function of_the_system(path)
  return path:find("^/usr/s?bin/") ~= nil or path:find("^/s?bin/") ~= nil
end

-- Confirmed starts of programs: fn(program, argv, status, event); status is nil where the kernel did not tell.
function evidence.ran(self, node, fn)
  return self:find("exec", function(e)
    if e.what == "exit" or (e.node or "wsl") ~= node then return false end
    if e.apart or (e.path and not of_the_system(e.path)) then return false end
    local program, argv = applet(e.path or (e.argv or {})[1], e.argv or {})
    return fn(program, argv, self.exits[e.seq], e)
  end)
end

-- Did WSL start this Windows program before the event with that seq? Windows' side of it is what counts: that one is no script of WSL's.
function evidence.started_on_windows(self, name, before)
  if self.whole then return self.whole:started_on_windows(name, before) end
  if self.lost["windows:exec"] then return true end
  return #self:find("exec", function(e)
    local argv = e.argv or {}
    return e.seq < before and e.node == "windows" and e.what ~= "exit" and argv[2] == "--interop"
      and basename(argv[6]):lower() == name .. ".exe"
  end, 1) > 0
end

-- WSL's own addresses, as a set: the one it began with, and those its packets carried after a restart.
function evidence.guests(self)
  if self.guest_set then return self.guest_set end
  local set, base = { [self.p.guest] = true }, addr.number(self.p.subnet_base)
  for _, e in ipairs(self:all("packet")) do
    local own = e.dir == "in" and e.dst or e.src
    local n = (e.node or "wsl") == "wsl" and type(own) == "string" and addr.number(own)
    if n and base and n & 0xfffff000 == base and own ~= self.p.gateway and own ~= self.p.broadcast then set[own] = true end
  end
  self.guest_set = set
  return set
end

-- Packets at a node.
function evidence.packets(self, node, fn)
  return self:find("packet", function(e) return (e.node or "wsl") == node and fn(e) end)
end

-- What the kernel does by itself with IPv6: link-local addresses, the route of an address's own prefix, what a router advertises. A
-- learner's own addresses, routes and rules are theirs, and so is taking an advertised route away.
local function echo_of_ipv6(e)
  if e.family ~= "inet6" then return false end
  local own = e["local"] or e.dst or ""
  if own:find("^fe[89ab]%x:") then return true end
  return e.what == "route" and (e.protocol == "kernel" or e.protocol == "ra" and e.action ~= "del")
end

-- Operations on Windows that put nothing on another footing: WSL starts whenever somebody opens a shell there.
local idle_operations = { ["wsl.start"] = true, ["dns.flush"] = true }

-- Did this event change the node on purpose? The kernel's own echoes (neighbours, IPv6 link-local addresses, carrier) do not,
-- nor does an operation that Windows refused.
function evidence.is_change(e)
  if e.kind == "file" then return true end
  if e.kind == "windows" then return e.ok ~= false and not idle_operations[e.what] end
  if e.kind == "change" and e.what == "link" then return e.resized == true end
  if e.kind ~= "change" or e.what == "neigh" then return false end
  return not echo_of_ipv6(e)
end

-- When it was over, in seconds of the attempt. Each recorder stamps for itself and tells in its own time, so on a busy machine a command
-- that ended before a change may come into the log after it: what came first is asked of the clock, not of the numbers.
function evidence.moment(e)
  return tonumber(e.ended) or tonumber(e.t) or 0
end

-- Was the event with that seq over before this one?
function evidence.before(self, seq, e)
  local one = self:event(seq)
  if not one then return seq < e.seq end
  local a, b = evidence.moment(one), evidence.moment(e)
  return a < b or (a == b and seq < e.seq)
end

-- The learner's changes, oldest first.
function evidence.changes(self)
  if self.change_list then return self.change_list end
  local out = {}
  for _, kind in ipairs({ "change", "file", "windows" }) do
    for _, e in ipairs(self:all(kind)) do
      if evidence.is_change(e) then out[#out + 1] = e end
    end
  end
  table.sort(out, function(a, b)
    local x, y = evidence.moment(a), evidence.moment(b)
    return x < y or (x == y and a.seq < b.seq)
  end)
  self.change_list = out
  return out
end

-- Was anything changed at all, a link set up or down too?
function evidence.touched(self)
  return #self:all("change") + #self:all("file") > 0 or #self:changes() > 0
end

-- The last change that can be the mend: a lab built anew is broken anew.
function evidence.last_change(self)
  local last = self:changes()[#self:changes()]
  return last and not (self.anew and last.seq < self.anew.seq) and last or nil
end

-- When the last change was made. A change is stamped when it is read, a packet when it passed: a quick learner's look-up
-- may seem the older of the two.
function evidence.since(self)
  local last = self:last_change()
  return last and (last.t or 0) - 0.25 or self.anew and self.anew.t or 0
end

-- Seqs of fixed-probes of a node that passed for the learner, by `dojo check`, after the last change.
function evidence.tried_since(self, node)
  local of_node, last, out = {}, self:last_change() or self.anew, {}
  for _, probe in ipairs(self.scenario.fixed) do of_node[probe.name] = probe.node == node end
  for _, e in ipairs(self.tried) do
    if e.set == "fixed" and e.ok and of_node[e.name] and (not last or e.seq > last.seq) then out[#out + 1] = e.seq end
  end
  return out
end

-- Did this probe of a set pass at the end, and by the answer of whom it asked?
local function held(self, set, name)
  local e = self.probes[set] and self.probes[set][name]
  return e ~= nil and e.ok and not (set == "fixed" and require("witness").faked(self)[name]), e
end

-- Seqs of the last probes of a set, and whether all the scenario's probes of that set passed.
function evidence.passed(self, set)
  local seqs, all = {}, true
  for _, probe in ipairs(self.scenario[set]) do
    local ok, e = held(self, set, probe.name)
    if e then seqs[#seqs + 1] = e.seq end
    if not ok then all = false end
  end
  return all, seqs
end

-- The scenario's probes of a set that did not pass at the end, each with the event of its last run if there is one.
function evidence.failing(self, set)
  local out = {}
  for _, probe in ipairs(self.scenario[set]) do
    local ok, e = held(self, set, probe.name)
    if not ok then out[#out + 1] = { probe = probe, event = e } end
  end
  return out
end

-- Fixed-probes pass, controls still do, and the learner did something.
function evidence.mended(self)
  if self.mend == nil then
    local fixed, a = self:passed("fixed")
    local controls, b = self:passed("controls")
    local acted = next(self.by_kind) ~= nil and (#self:changes() > 0 or #self:all("exec") > 0
      or #self:all("command") > 0 or #self:all("windows") > 0)
    self.mend = fixed and controls and acted and #a > 0
    for _, seq in ipairs(b) do a[#a + 1] = seq end
    local last = self:last_change()
    if last then table.insert(a, 1, last.seq) end
    self.mend_seqs = a
  end
  return self.mend, self.mend_seqs
end

-- The evidence of one thing the learner did alone, with the whole around it: what was typed before it, what ran on Windows. No change
-- parts what came before it from what came after. by_kind: its own events.
function evidence.part(self, by_kind)
  local whole = self.whole or self
  return setmetatable({ whole = whole, by_kind = by_kind, by_seq = false, guest_set = whole:guests(), change_list = {}, anew = false }, {
    __index = function(_, key)
      local own = rawget(evidence, key)
      if own ~= nil then return own end
      return whole[key]
    end,
  })
end

-- A word that is a host's name rather than a file, an option or an address.
function evidence.is_name(word)
  return type(word) == "string" and word:find("^[%w-]+%.[%w.-]*%a%a$") ~= nil and not addr.number(word)
end

return evidence

