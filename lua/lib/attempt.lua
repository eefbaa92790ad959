-- SPDX-License-Identifier: GPL-2.0-or-later
-- The one scenario of this state: what was loaded, with which parameters. Everything else asks here.

local attempt = {}

local current = {}

-- s: the checked scenario, p: its parameters, req: the load request.
function attempt.begin(s, p, req)
  current = { scenario = s, params = p, lang = req.lang or "en" }
end

function attempt.scenario() return current.scenario end
function attempt.params() return current.params end

-- The model, made once: healthy, or after the fault.
function attempt.healthy()
  current.healthy = current.healthy or current.scenario.topology(current.params)
  return current.healthy
end

function attempt.broken() return current.broken end
function attempt.set_broken(lab) current.broken = lab end

return attempt
