-- SPDX-License-Identifier: GPL-2.0-or-later
-- networkingMode=none: no engine, only lo.

local none = {}

function none.settings(s)
  s.dnsTunneling, s.localhostForwarding = false, false
end

function none.address() return "" end

function none.guest()
  return { ifaces = core.array({}), routes = core.array({}), nameservers = {} }
end

return none
