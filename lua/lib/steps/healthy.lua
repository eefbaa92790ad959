-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where nothing is wrong: what shows that each layer works, and that it still does.

local lost = require("lost")
local common = require("steps.common")

local tests = {}

-- Is the name or address within one of the words a program was started on? ("http://downloads.example.com/x")
local function named(argv, target)
  local plain = "%f[%w]" .. target:gsub("%W", "%%%0") .. "%f[^%w]"
  return common.has_arg(argv, function(a) return a:lower():find(plain) ~= nil end)
end

local function asked(e, host)
  return e.what == "dns-query" and (e.qname or ""):lower():gsub("%.$", "") == host
end

local function sent(e, address, port)
  return (e.what == "syn" or e.what == "echo-request") and e.dst == address and (not port or e.dport == port)
end

-- host or address, port: what the ticket complains of, tried again by the learner from WSL or from Windows.
function tests.complaint_tried(ev, t)
  local host, address = common.filled(t.host, ev.p), common.filled(t.address, ev.p)
  local port = tonumber(common.filled(t.port, ev.p))
  local seen = {}
  for i, node in ipairs({ "wsl", "windows" }) do
    seen[i] = ev:packets(node, function(e)
      return e.dir ~= "in" and (host ~= nil and asked(e, host:lower()) or address ~= nil and sent(e, address, port))
    end)
  end
  local ran = ev:ran("wsl", function(_, argv)
    return (host ~= nil and named(argv, host:lower())) or (address ~= nil and not port and named(argv, address))
  end)
  return common.any(common.join(seen[1], seen[2], ran))
end

local function answered(e)
  if e.what ~= "dns-answer" then return true end
  return (e.rcode == nil or e.rcode == "NOERROR" or e.rcode == 0) and #(e.answers or {}) > 0
end

-- by: the kinds of packet that prove it; but_not: names and addresses whose answer proves nothing, the complaint's own.
function tests.answer_came(ev, t)
  local kinds, but_not = {}, {}
  for _, what in ipairs(t.by) do kinds[what] = true end
  for _, v in ipairs(t.but_not or {}) do but_not[common.filled(v, ev.p)] = true end
  return common.any(ev:packets("wsl", function(e)
    return kinds[e.what] and e.dir ~= "out" and answered(e) and not but_not[e.src or ""]
      and not but_not[((e.qname or ""):gsub("%.$", ""))]
  end))
end

function tests.unharmed(ev)
  if not ev.probes.fixed then return false, core.array({}), lost.why("not_ended") end
  if not common.looked_at_something(ev) then return false, core.array({}), lost.why("nothing_looked_at") end
  local works, seqs = ev:mended()
  return works, common.join(seqs)
end

return tests
