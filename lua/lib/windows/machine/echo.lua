-- SPDX-License-Identifier: GPL-2.0-or-later
-- One echo at a time and what came of it; ping, tracert, pathping, Test-Connection and Test-NetConnection ask here.

local echo = {}

-- ICMP errors by type/code, of IPv4 and (with a 6 before) IPv6.
local icmp = {
  ["3/0"] = "network", ["3/1"] = "host", ["3/2"] = "protocol", ["3/3"] = "port", ["3/4"] = "size", ["3/9"] = "network", ["3/10"] = "host",
  ["3/13"] = "network", ["11/0"] = "expired", ["11/1"] = "reassembly", ["61/0"] = "network", ["61/1"] = "prohibited",
  ["61/3"] = "host", ["61/4"] = "port", ["62/0"] = "size", ["63/0"] = "expired",
}

-- What the kernel says where no packet left the machine.
local local_errors = { ["Message too long"] = "size", ["Network is unreachable"] = "general", ["No route to host"] = "host" }

local function judge(r, v6)
  if (r.received or 0) > 0 then return "reply" end
  if r.icmp then return icmp[(v6 and "6" or "") .. r.icmp] or "host" end
  if r.error == "no answer" or r.timed_out then return "timeout" end
  return local_errors[r.error] or "general"
end

-- t: size, df, ttl, timeout (seconds). Gives { kind =, ms =, ttl =, from = }; ms until the answer; kind: reply, timeout, host, network, port,
-- protocol, prohibited, size, expired, reassembly, general. from is nil where this machine itself gave up.
function echo.once(world, address, t)
  local r = world.probe("ping", { address = address, count = 1, size = t.size or 32, df = t.df or false, ttl = t.ttl,
    timeout = t.timeout or 4.0 })
  return { kind = judge(r, address:find(":", 1, true) ~= nil), ms = r.rtt_ms or r.ms, ttl = r.ttl, from = r.from }
end

-- Milliseconds as Windows' programs write them.
function echo.whole(ms) return math.floor(ms or 0) end

return echo
