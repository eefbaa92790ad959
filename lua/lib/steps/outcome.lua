-- SPDX-License-Identifier: GPL-2.0-or-later
-- What came of it: mended, proved, and nothing else harmed.

local addr = require("addr")
local evidence = require("evidence")
local lost = require("lost")
local common = require("steps.common")

local join = common.join
local any = common.any
local filled = common.filled

local tests = {}

-- The titles of probes, for a sentence; and the seqs of their last runs.
local function told(ev, failing)
  local titles, seqs = { en = {}, ja = {} }, {}
  for i, item in ipairs(failing) do
    local title = require("probes").title(item.probe, ev.p)
    titles.en[i], titles.ja[i] = title.en, title.ja
    seqs[#seqs + 1] = item.event and item.event.seq
  end
  return { en = table.concat(titles.en, "; "), ja = table.concat(titles.ja, "、") }, seqs
end

-- Of a fault in several parts, the share that is back: at most half of the mend, and nothing where something else broke.
local function partly(ev, parts)
  local held = 0
  for _, name in ipairs(parts or {}) do
    local e = ev.probes.fixed[name]
    held = held + (e and e.ok and 1 or 0)
  end
  return ev:last_change() and held > 0 and held / #parts / 2
end

-- parts: fixed-probes each of which is a part of the mend by itself.
function tests.mended(ev, t)
  local ok, seqs = ev:mended()
  if ok then return true, join(seqs) end
  if not ev.probes.fixed then return false, core.array({}), lost.why("not_ended") end
  local broke, unmended = ev:failing("controls"), ev:failing("fixed")
  if #broke + #unmended == 0 then return false, join(seqs), lost.why("nothing_done") end
  local titles, shown = told(ev, #broke > 0 and broke or unmended)
  if #broke == 0 and next(require("witness").faked(ev)) then return false, join(shown), lost.why("faked", titles) end
  return #broke == 0 and partly(ev, t.parts), join(shown), lost.why(#broke > 0 and "broke" or "unmended", titles)
end

local function good_answer(e)
  if e.what ~= "dns-answer" then return true end
  return (e.rcode == nil or e.rcode == "NOERROR" or e.rcode == 0) and #(e.answers or {}) > 0
end

-- By a packet that came back after the last change: an answer, an echo reply, an accepted connection.
function tests.verified(ev, t)
  if not ev:mended() then return false, core.array({}), lost.why("nothing_to_prove") end
  local wanted = {}
  for _, what in ipairs(t.by or { "dns-answer", "echo-reply", "syn-ack" }) do wanted[what] = true end
  local since = ev:since()
  return any(join(ev:packets("wsl", function(e)
    return wanted[e.what] and e.dir ~= "out" and (e.t or 0) >= since and good_answer(e)
  end)))
end

-- WSL's address is none of these: it comes to Windows by its own switch.
local function of_the_lan(address, p)
  local n, windows = addr.number(address or ""), addr.number(p.windows)
  return n ~= nil and n >> 8 == windows >> 8
end

-- By another machine of the home network that came in after the last change: Windows accepted its connection (to say "yes, and then nothing"
-- is a port proxy's way, so what it leads to is proved by the mend), or `dojo check` fetched the page from there.
function tests.published(ev, t)
  if not ev:mended() then return false, core.array({}), lost.why("nothing_to_prove") end
  local port, since = tonumber(filled(t.port, ev.p)), ev:since()
  local accepted = ev:packets("windows", function(e)
    return e.what == "syn-ack" and e.dir ~= "in" and e.src == ev.p.windows and e.dst ~= ev.p.windows and of_the_lan(e.dst, ev.p)
      and (not port or e.sport == port) and (e.t or 0) >= since
  end)
  return any(join(accepted, ev:tried_since("phone")))
end

local function down(e)
  if e.action == "del" then return true end
  if type(e.flags) ~= "table" then return false end
  for _, flag in ipairs(e.flags) do
    if flag == "UP" then return false end
  end
  return true
end

-- "windows:firewall.rule.add" or, for all operations of an area, "windows:firewall.rule" or "windows:firewall".
local function windows_allowed(e, allowed)
  local op = tostring(e.what or "")
  while op do
    if allowed["windows:" .. op] then return true end
    op = op:match("^(.+)%.[^.]*$")
  end
  return false
end

-- Is this event damage, given what the scenario's mends may touch?
local function damages(e, allowed)
  if e.kind == "windows" then return evidence.is_change(e) and not windows_allowed(e, allowed) end
  if e.kind == "file" then return not allowed["file:" .. (e.path or "")] end
  if e.what == "link" then return not allowed.link and down(e) end
  return evidence.is_change(e) and not allowed[e.what]
end

-- What some damage on Windows means to the others who use that PC.
local windows_damage = {
  ["wsl.shutdown"] = "wsl_restarted", ["wsl.terminate"] = "wsl_restarted", ["firewall.profile.set"] = "firewall_off",
  ["portproxy.reset"] = "portproxy_reset",
}

local function care_reason(ev, seqs)
  for _, seq in ipairs(seqs) do
    local e = ev:event(seq)
    if e and e.kind == "windows" and windows_damage[e.what] then return lost.why(windows_damage[e.what]) end
  end
end

-- allow: kinds of change a mend may make ("route", "ruleset", ...), files as "file:/path", operations on Windows as "windows:OP".
function tests.care(ev, t)
  if not ev:mended() then
    return false, core.array({}), lost.why(ev:touched() and "nothing_to_judge" or "nothing_changed")
  end
  -- Where nothing is to be mended, care is all that is left of it: it is shown by looking and leaving alone.
  if #ev.scenario.truth == 0 and not common.looked_at_something(ev) then return false, core.array({}), lost.why("nothing_looked_at") end
  local allowed, seqs = {}, {}
  for _, what in ipairs(t.allow or {}) do allowed[what] = true end
  for _, kind in ipairs({ "change", "file", "windows" }) do
    for _, e in ipairs(ev:all(kind)) do
      if damages(e, allowed) then seqs[#seqs + 1] = e.seq end
    end
  end
  if #seqs > 0 then return false, join(seqs), care_reason(ev, seqs) end
  local _, shown = ev:passed("controls")
  return true, join(shown)
end

return tests
