-- SPDX-License-Identifier: GPL-2.0-or-later
-- The way a learner went: what was run, answered, asked for and changed, in order of time, each with the layer it was at and what it earned.

local changes = require("changes")
local layers = require("layers")

local walked = {}

local MOST = 400 -- of a way that is longer only the beginning is told
local SLACK = 0.25 -- seconds that a mark may be late

local function spans(command, e)
  local began, ended, t = tonumber(command.started), tonumber(command.ended), e.t or 0
  return began ~= nil and ended ~= nil and began <= t and t <= ended
end

-- A line at the Windows prompt that was opened in WSL's window: to the kernel all that it starts belongs to the line that opened it.
local function is_within(line, around)
  local from, to = tonumber(around.started), tonumber(around.ended)
  return from ~= nil and to ~= nil and around.node ~= "windows" and line.session == around.session and from <= (tonumber(line.started) or 0)
    and (tonumber(line.ended) or to + 1) <= to
end

-- Events by the command they belong to: of each its own, by kind.
local function by_command(ev)
  local own, lines = {}, {}
  for _, c in ipairs(ev:all("command")) do
    own[c.seq] = { command = { c } }
    if c.node == "windows" then lines[#lines + 1] = c end
  end
  local function owner(e)
    local around, found = own[e.cause], nil
    for _, c in ipairs(lines) do
      if spans(c, e) and (not e.cause or around and is_within(c, around.command[1])) then found = own[c.seq] end
    end
    return found or around
  end
  for _, kind in ipairs({ "exec", "packet", "change", "file", "windows" }) do
    for _, e in ipairs(ev:all(kind)) do
      local of = owner(e)
      if of then
        of[kind] = of[kind] or {}
        table.insert(of[kind], e)
      end
    end
  end
  return own
end

-- By an event's seq, the items it earned, in the rubric's order.
local function earners(items)
  local out = {}
  for _, item in ipairs(items) do
    for _, seq in ipairs(item.points > 0 and item.all or {}) do
      out[seq] = out[seq] or core.array({})
      if out[seq][#out[seq]] ~= item.id then table.insert(out[seq], item.id) end
    end
  end
  return out
end

local function gather(into, seen, ids)
  for _, id in ipairs(ids or {}) do
    if not seen[id] then into[#into + 1] = id end
    seen[id] = true
  end
end

local function earned_by(own, earned)
  local out, seen = core.array({}), {}
  for _, list in pairs(own) do
    for _, e in ipairs(list) do gather(out, seen, earned[e.seq]) end
  end
  table.sort(out)
  return out
end

local function entry(e, kind, text, layer, items)
  return { seq = e.seq, t = tonumber(e.started) or e.t or 0, node = e.node, kind = kind, text = text, layer = layer, items = items or core.array({}) }
end

-- The layers of the items that were earned, for what no fact tells: the first that has one.
local function layer_of_items(items, ids)
  for _, item in ipairs(items) do
    for _, id in ipairs(ids) do
      if item.id == id and item.layer ~= core.null then return item.layer end
    end
  end
end

local function of_command(ev, c, own, earned, items)
  local part, change, ids = ev:part(own), changes.event(own), earned_by(own, earned)
  local layer, try = layers.of(part)
  if change then layer = layers.of_change(change) end
  local kind = (change or changes.by_a_program(part)) and "change" or try and "try" or "look"
  return entry(c, kind, c.text or "", layer or layer_of_items(items, ids), ids)
end

local function of_answer(e, earned)
  local said = {}
  for i, a in ipairs(e.answers or {}) do
    said[i] = (a.cause or "") ~= "" and ("%s %s"):format(a.layer, a.cause) or tostring(a.layer)
  end
  local only = #said == 1 and e.answers[1].layer or nil
  return entry(e, "answer", e.none and "none" or table.concat(said, ", "), only, earned[e.seq])
end

-- `dojo check`: all probes of one run are one thing, of whatever set, and counted as they were shown: one in two sets once.
local function checks(ev, earned, out)
  local run
  for _, e in ipairs(ev.tried) do
    local key = tostring(e.set) .. "/" .. tostring(e.name)
    if not run or (e.t or 0) - run.last > SLACK or run.seen[key] then run = { seen = {}, names = {}, held = 0, n = 0 } end
    run.last, run.seen[key] = e.t or 0, true
    if not run.names[e.name or ""] then run.n, run.held = run.n + 1, run.held + (e.ok and 1 or 0) end
    run.names[e.name or ""] = true
    if e.set == "fixed" then
      if not run.e then
        run.e, run.items = entry(e, "check", "", nil), {}
        out[#out + 1] = run.e
      end
      gather(run.e.items, run.items, earned[e.seq])
    end
    if run.e then run.e.text = ("%d/%d"):format(run.held, run.n) end
  end
end

-- An answer, a hint or a check stands for itself: the line in which it was asked for is not told again.
local function stands_for(c, out)
  if not (c.text or ""):find("%f[%w]dojo%f[%W]") then return false end
  local from, to = (tonumber(c.started) or c.t or 0) - SLACK, (tonumber(c.ended) or c.t or 0) + SLACK
  for _, e in ipairs(out) do
    if e.kind ~= "gap" and e.kind ~= "reset" and from <= e.t and e.t <= to then return true end
  end
  return false
end

-- The trainer's own: its task, its map, its end. What is asked of the phone, the internet or Windows is a look as any other.
local looks = { phone = true, internet = true, windows = true }
local leaves = { exit = true, logout = true, clear = true }

local function of_the_trainer(text)
  if text:find("[;&|<>`$]") then return false end
  local words = {}
  for word in text:gmatch("%S+") do
    if word ~= "sudo" and word ~= "wsl" and word ~= "wsl.exe" then words[#words + 1] = word end
  end
  return leaves[words[1]] and #words == 1 or words[1] == "dojo" and not looks[words[2]]
end

-- A line that belongs to the way: what earned nothing and only spoke with the trainer does not.
local function told_again(c, own, earned, told)
  local text = c.text or ""
  return text ~= "" and not stands_for(c, told) and (not of_the_trainer(text) or #earned_by(own, earned) > 0)
end

local function marks(ev, out)
  for _, e in ipairs(ev.marks) do
    if e.what == "reset" then out[#out + 1] = entry(e, "reset", "", nil) end
    if e.what == "resumed" then out[#out + 1] = entry(e, "gap", tostring(math.floor(tonumber(e.gap) or 0)), nil) end
  end
end

-- What no shell told of: programs that earned something without a line around them.
local function alone(ev, own, earned, out)
  for _, e in ipairs(ev:all("exec")) do
    if earned[e.seq] and not (e.cause and own[e.cause]) and not ev:within(e) then
      local layer, try = layers.of(ev:part({ exec = { e } }))
      out[#out + 1] = entry(e, try and "try" or "look", table.concat(e.argv or {}, " "), layer, earned[e.seq])
    end
  end
end

-- items: as score makes them, with `all` the seqs that show each.
function walked.list(ev, items)
  local out, own, earned = core.array({}), by_command(ev), earners(items)
  for _, e in ipairs(ev:all("answer")) do out[#out + 1] = of_answer(e, earned) end
  for _, e in ipairs(ev:all("hint")) do out[#out + 1] = entry(e, "hint", tostring(e.n or ""), nil) end
  checks(ev, earned, out)
  local told = table.move(out, 1, #out, 1, {})
  for i, c in ipairs(ev:all("command")) do
    if i > MOST then break end
    if told_again(c, own[c.seq], earned, told) then out[#out + 1] = of_command(ev, c, own[c.seq], earned, items) end
  end
  alone(ev, own, earned, out)
  marks(ev, out)
  table.sort(out, function(a, b) return a.t < b.t or (a.t == b.t and a.seq < b.seq) end)
  return out
end

return walked
