-- SPDX-License-Identifier: GPL-2.0-or-later
-- What shows that the way of a packet was followed: Windows' routes, the Hyper-V firewall, a sysctl.

local common = require("steps.common")
local looking = require("steps.looking")

local looked = common.looked
local filled = common.filled
local has_arg = common.has_arg
local some_line = common.some_line
local succeeded = common.succeeded

local tests = {}

-- Outputs of a look at `what` on Windows with this text in a line.
local function seen(ev, what, text)
  local wanted = text and text:lower()
  return ev:output("any", function(out, e)
    return looking.at(ev, e, what) ~= nil and some_line(out, function(line)
      return not line:find("^%s*%+ ") and (wanted and line:lower():find(wanted, 1, true) ~= nil or not wanted and line:find("%d") ~= nil)
    end)
  end)
end

-- text: what stands in the row (a destination, a gateway).
function tests.windows_routes_seen(ev, t)
  return looked(ev, seen(ev, "routes", filled(t.text, ev.p)))
end

-- text: a setting or a rule; DefaultInboundAction unless said.
function tests.hyperv_seen(ev, t)
  return looked(ev, seen(ev, "hyperv", filled(t.text, ev.p) or "DefaultInboundAction"))
end

-- key: "net.ipv4.conf.eth0.rp_filter". Shown by sysctl, or read from /proc/sys.
function tests.sysctl_seen(ev, t)
  local key = filled(t.key, ev.p)
  local path = "/proc/sys/" .. key:gsub("%.", "/")
  local word = key:match("[^.]+$")
  return looked(ev, ev:ran("wsl", function(program, argv, status)
    if not succeeded(status) then return false end
    if program == "sysctl" then
      return has_arg(argv, function(a)
        return a == "-a" or a == "-A" or a == "--all" or a:find(word, 1, true) ~= nil and not a:find("=", 1, true)
      end)
    end
    return program ~= "tee" and program ~= "echo" and has_arg(argv, function(a) return a == path or a:find("^/proc/sys/net/.*" .. word .. "$") ~= nil end)
  end))
end

return tests
