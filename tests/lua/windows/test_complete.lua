-- SPDX-License-Identifier: GPL-2.0-or-later
-- Completion of what the machine has, and Invoke-WebRequest over a curl played here.

local complete = require("windows.format.complete")
local machine = require("machine")
local ps = require("harness")

local function offers(text)
  local _, list = complete.at(machine.new(false).prompt.shell, text, #text)
  return table.concat(list, "|")
end

for text, part in pairs({ ["Get-NetAdapter -Name "] = "Ethernet", ["Stop-Service "] = "iphlpsvc", ["netsh interface "] = "portproxy",
  ["Get-NetFirewallRule -DisplayName "] = "'", ["netsh interface portproxy a"] = "add" }) do
  ps.case("complete: " .. text, function()
    ps.has(offers(text), part)
    ps.lacks(offers(text), ".\\")
  end)
end

ps.case("complete: a name that is none offers no file", function() ps.eq(offers("Stop-Service zzz"), "") end)
ps.case("complete: a path is a file", function() ps.has(offers("Get-Content -Path "), "AppData") end)

local function web(line, status, lines)
  return ps.run(line, { spawn = function(_, _, emit)
    for _, l in ipairs(lines or {}) do emit(l) end
    return status
  end })
end

ps.case("Invoke-WebRequest", function()
  local answer = { "HTTP/1.1 302 Found\r", "Location: /x\r", "\r", "HTTP/1.1 200 OK\r", "Server: x\r", "\r", "<p>", "hello" }
  local out, err = web("$r = iwr http://a/; \"$($r.StatusCode) $($r.StatusDescription) $($r.Headers.Server) $($r.RawContentLength)\"; $r.Content", 0, answer)
  ps.eq({ out, err }, { "200 OK x 9\n<p>\nhello\n", "" })
  ps.has(select(2, web("iwr http://a/", 7)), "Unable to connect to the remote server")
  ps.has(select(2, web("iwr http://a.b/c", 6)), "The remote name could not be resolved: 'a.b'")
  ps.has(select(2, web("iwr http://a/", 0, { "HTTP/1.1 404 Not Found\r", "\r" })), "The remote server returned an error: (404) Not Found.")
end)
