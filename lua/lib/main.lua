-- SPDX-License-Identifier: GPL-2.0-or-later
-- The verbs of docs/protocol.md, "script". Returns the function C calls with each request.

local attempt = require("attempt")
local strict = require("strict")

local verbs = {}

function verbs.load(req)
  return { meta = require("loader").load(req) }
end

-- A course's text, not a scenario's.
function verbs.course(req)
  return { course = require("course").load(req) }
end

function verbs.model()
  return { model = attempt.healthy() }
end

-- Without `windows` where that is the healthy model's.
function verbs.fault()
  local model, healthy, out = require("lab").inject(), attempt.healthy(), {}
  for k, v in next, model do
    if k ~= "windows" or v ~= healthy.windows then out[k] = v end
  end
  return { model = out }
end

-- A failure of the operation's own is part of the answer, with a code that Windows' commands know.
function verbs.windows(req)
  local done, why = require("lab").operate(req.op, req.args)
  if done then return done end
  return { error = { message = why.msg, code = why.op_code, kind = 2 } }
end

verbs["windows.undo"] = function(req)
  require("lab").undo(req.undo)
  return {}
end

verbs["windows.done"] = function(req)
  require("lab").done(req.undo)
  return {}
end

-- Not from the peer: the clock of a timed part has run out.
function verbs.tick()
  return { model = require("lab").tick() }
end

function verbs.probe(req)
  return { probes = require("runner").run(req.set or "all") }
end

function verbs.score(req)
  return require("score").all(req.events or {}, req.only)
end

function verbs.hint(req)
  local hints = require("text").fill(attempt.scenario().hints or {}, attempt.params())
  local n = math.max(1, math.min(req.n or 1, #hints))
  return { of = #hints, n = n, text = require("text").both(hints[n]), price = require("hints").price(n) }
end

function verbs.causes()
  return { causes = require("causes").list() }
end

return function(req)
  local verb = verbs[req["do"]]
  if not verb then
    error({ msg = ("unknown request '%s'%s"):format(tostring(req["do"]), strict.hint(tostring(req["do"]), verbs)),
      kind = 3 }, 0)
  end
  return verb(req)
end
