-- SPDX-License-Identifier: GPL-2.0-or-later
-- The reference's way, in the terms of the way that was walked: a scenario's solution line by line, with the items each line is for.
--
-- No log of it exists where a learner is graded, so a line is put to the same questions as theirs with what it would leave behind: the
-- programs it starts. Where a fact stands in an output alone, that the line is a known good one is enough.

local addr = require("addr")
local attempt = require("attempt")
local cmdline = require("steps.cmdline")
local both = require("steps.both")
local common = require("steps.common")
local evidence = require("evidence")
local layers = require("layers")
local looking = require("steps.looking")
local steps = require("steps")
local text = require("text")

local best = {}

local wrappers = { sudo = 1, timeout = 2, env = 1, exec = 1, time = 1 }

-- The programs of a line of WSL's shell, as the kernel would see them start.
local function programs(line)
  local out = {}
  for _, elements in ipairs(cmdline.parse(line, "bash") or {}) do
    for _, element in ipairs(elements) do
      local argv = {}
      for _, word in ipairs(element) do
        if not word.target and not word.source then argv[#argv + 1] = cmdline.plain(word, "bash") or "" end
      end
      while wrappers[argv[1]] and #argv > wrappers[argv[1]] do argv = table.move(argv, 1 + wrappers[argv[1]], #argv, 1, {}) end
      if argv[1] then out[#out + 1] = argv end
    end
  end
  return out
end

local NAMED = "192.0.2.1" -- whatever a name leads to

-- What a program sends to a place, and what comes back where that answers: a name is looked up before.
local function sends(place, out, port)
  local address = place
  if evidence.is_name(place) then
    address = NAMED
    out[#out + 1] = { what = "dns-answer", dir = "in", qname = place, answers = { NAMED } }
  elseif not addr.number(place) then
    return
  end
  if port == nil then return end
  out[#out + 1] = { what = port and "syn" or "echo-request", dir = "out", dst = address, dport = port or nil }
  out[#out + 1] = { what = port and "syn-ack" or "echo-reply", dir = "in", src = address, sport = port or nil }
end

-- Programs that only look a name up, and those that send an echo.
local looks_up = common.one_of("getent", "dig", "host", "nslookup", "resolvectl")
local echoes = common.one_of("ping", "tracepath", "traceroute")

-- The packets of a program, as far as its arguments tell.
local function packets_of(argv, out)
  for i = 2, #argv do
    local a = argv[i]
    local host, port = a:match("/dev/%l%l%l/([^/]+)/(%d+)")
    if not host then host, port = a:match("^%l+://([^/:]+):?(%d*)") end
    if host then
      sends(host, out, tonumber(port) or 80)
    elseif looks_up(argv[1]) and evidence.is_name(a) then
      sends(a, out)
    elseif echoes(argv[1]) then
      sends(a, out, false)
    end
  end
end

-- What a line would leave in the log: seqs of its own, none of them shown to anybody.
local function evidence_of(ev, node, line)
  local execs, inner = core.array({}), node == "windows" and line:match("^wsl%s+(.+)$") or node == "wsl" and line
  for i, argv in ipairs(inner and programs(inner) or {}) do
    execs[i] = { seq = i, kind = "exec", node = "wsl", uid = 0, path = "/usr/bin/" .. argv[1], argv = argv }
  end
  local packets = {}
  for _, e in ipairs(execs) do packets_of(e.argv, packets) end
  for i, e in ipairs(packets) do e.seq, e.kind, e.node, e.t = #execs + i, "packet", "wsl", 0 end
  local command = { seq = 0, kind = "command", node = node, text = line, output = "" }
  local part = ev:part({ exec = execs, packet = packets, command = { command } })
  part.exits = setmetatable({}, { __index = function() return 0 end })
  part.started_on_windows = function() return true end
  return part, command
end

-- Of which look on Windows' side a step is.
local on_windows = { portproxy_seen = "portproxy", firewall_seen = "firewall", windows_routes_seen = "routes", hyperv_seen = "hyperv", vpn_seen = "vpn",
  size_tried = "size", gateway_seen = "gateway", config_seen = "config", nat_seen = "nat" }

local function looks_at(part, command, what)
  return what ~= nil and looking.at(part, command, what) ~= nil
end

local function names(part, pattern)
  return #part:ran("wsl", function(_, argv) return common.has_arg(argv, function(a) return a:find(pattern) ~= nil end) end) > 0
end

-- Steps whose fact stands in an output, or in a packet, alone.
local by_words = {
  resolv_conf_read = function(part) return names(part, "/resolv%.conf$") end,
  config_seen = function(part) return names(part, "wsl%.conf$") or names(part, "%.wslconfig$") end,
  named_server_asked = function(part) return names(part, "^@[%d.]+$") end,
}

-- One side of a comparison.
local function is_a_side(step, part, command)
  local side = both[step.options.what]
  if looks_at(part, command, side.there) then return true end
  for _, name in ipairs(command.node == "wsl" and side.here or {}) do
    if steps.tests[name](part, {}) then return true end
  end
  return false
end

local function is_for(step, part, command)
  local earned = step.test(part, step.options)
  if earned and earned ~= 0 then return true end
  if step.name == "sides_compared" then return is_a_side(step, part, command) end
  if command.node == "windows" then
    local what = step.name == "listening_seen" and step.options.node == "windows" and "listening" or on_windows[step.name]
    if looks_at(part, command, what) then return true end
  end
  return by_words[step.name] ~= nil and by_words[step.name](part)
end

local function kind_of_dojo(line)
  local verb = line:match("^dojo%s+(%l+)") or line:match("^wsl%s+dojo%s+(%l+)")
  return ({ diagnose = "answer", check = "check", hint = "hint" })[verb or ""]
end

-- The lines with their nodes, parameters filled in.
local function lines(s, p)
  local out = {}
  for i, line in ipairs(s.solution) do
    local windows = type(line) == "table"
    local filled = text.fill(windows and line.windows or line, p)
    out[i] = { node = windows and "windows" or "wsl", text = filled, kind = kind_of_dojo(filled), items = core.array({}) }
  end
  return out
end

local function add(entry, step)
  for _, id in ipairs(entry.items) do
    if id == step.id then return end
  end
  table.insert(entry.items, step.id)
end

local function answer_at(list)
  for i, entry in ipairs(list) do
    if entry.kind == "answer" then return i end
  end
  return #list
end

-- Looks: all before the answer.
local function of_observing(ev, s, list, answer)
  for i = 1, answer - 1 do
    local part, command = evidence_of(ev, list[i].node, list[i].text)
    local layer, try = layers.of(part)
    list[i].layer, list[i].kind = layer, list[i].kind or (try and "try" or "look")
    for _, step in ipairs(s.steps) do
      if step.group == "observe" and step.name ~= "looked_first" and step.name ~= "custom" and is_for(step, part, command) then
        add(list[i], step)
        if step.layer then list[i].layer = step.layer ~= "*" and step.layer or s.layer end
      elseif step.group == "verify" and list[i].kind == "check" then
        add(list[i], step)
      end
    end
  end
end

-- An observing step of the scenario's own, which knows no lines: those that try something, and serve nothing else.
local function of_own_steps(s, list, answer)
  for _, step in ipairs(s.steps) do
    for i = 1, answer - 1 do
      if step.group == "observe" and step.name == "custom" and list[i].kind == "try" then add(list[i], step) end
    end
  end
end

-- What serves the order of things is served by every look.
local function of_order(s, list, answer)
  for _, step in ipairs(s.steps) do
    for i = 1, answer - 1 do
      if step.name == "looked_first" and #list[i].items > 0 then add(list[i], step) end
    end
  end
end

-- After the answer: all but the last mend, the last proves.
local function of_mending(ev, s, list, answer)
  for i = answer + 1, #list do
    local last = i == #list
    local layer, try = layers.of(evidence_of(ev, list[i].node, list[i].text))
    list[i].kind = list[i].kind or (not last and "change") or (try and "try" or "look")
    list[i].layer = last and (list[i].kind ~= "check" and layer or nil) or not last and s.layer or nil
    for _, step in ipairs(s.steps) do
      if step.group == (last and "verify" or "mend") then add(list[i], step) end
    end
  end
end

local function of_answer(s, entry)
  if not entry or entry.kind ~= "answer" then return end
  entry.layer = s.truth[1] and s.truth[1].layer or nil
  for _, step in ipairs(s.steps) do
    if step.group == "diagnose" then add(entry, step) end
  end
end

local made = setmetatable({}, { __mode = "k" })

-- Made once: an evidence of nothing is asked, so the way does not depend on what the learner did.
function best.list()
  local s, p = attempt.scenario(), attempt.params()
  if made[s] then return made[s] end
  local ev, list = evidence.new({}, s, p), lines(s, p)
  local answer = answer_at(list)
  of_observing(ev, s, list, answer)
  of_own_steps(s, list, answer)
  of_order(s, list, answer)
  of_answer(s, list[answer])
  of_mending(ev, s, list, answer)
  made[s] = core.array(list)
  return made[s]
end

-- Of a way, the lines that are for this item, at most `most`.
function best.commands(list, id, most)
  local out = core.array({})
  for _, entry in ipairs(list) do
    for _, item in ipairs(entry.items) do
      if item == id and #out < most then out[#out + 1] = { node = entry.node, line = entry.text } end
    end
  end
  return out
end

return best
