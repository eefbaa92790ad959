-- SPDX-License-Identifier: GPL-2.0-or-later
-- Whatever is typed after a command that changes something: it answers in Windows' words, never with an error of its own.

local machine = require("machine")
local ps = require("harness")
local registry = require("windows.registry")
local rng = require("rng")

local own = { "Firewall", "NetNat", "NetIP", "NetRoute", "NetAdapter", "DnsClient", "Service$", "NetConnectionProfile", "Hns", "^netsh$", "^wsl$",
  "^sc$", "^net$", "^hnsdiag$" }

local words = { "Ethernet", "*", "nope", "80", "-1", "0", "99999", "10.0.0.1", "10.0.0.0/8", "::1", "fe80::/64", "''", "x=y", "=", "True", "False", "Any",
  "TCP",
  "all", "v4tov4", "add", "set", "show", "delete", "listenport=80", "connectaddress=1.2.3.4", "name=x", "new", "rule", "interface", "ipv4", "portproxy",
  "firewall", "advfirewall", "iphlpsvc", "-v", "-d", "--cd", "-e", "?", "$null", "@()", "1,2,3", "'a b'", "[", "%s", "static",
  "dhcp", "mtu=0", "-l" }

local function is_own(c)
  for _, p in ipairs(own) do
    if c.name:find(p) then return true end
  end
end

local function line_for(c, seed)
  local parts = { c.kind == "program" and c.name .. ".exe" or c.name }
  for _ = 1, seed:int(0, 5) do
    local p = c.parameters and #c.parameters > 0 and seed:int(1, 2) == 1 and seed:pick(c.parameters)
    if p then parts[#parts + 1] = "-" .. p.name end
    if not p or p.type ~= "switch" then parts[#parts + 1] = seed:pick(words) end
  end
  local first = seed:int(1, 4)
  if first == 1 and c.kind == "cmdlet" then table.insert(parts, 1, seed:pick { "Get-NetFirewallRule |", "Get-NetAdapter |", "'x',1 |", "Get-Service |" }) end
  return table.concat(parts, " ")
end

ps.case("random words", function()
  local seed, n, pc = rng.new("change"), 0, nil
  for _, c in ipairs(registry.all()) do
    for k = 1, is_own(c) and 25 or 0 do
      if k % 25 == 1 then pc = machine.new() end
      local line = line_for(c, seed:fork(c.name .. k))
      local ok, out, err = pcall(pc.run, pc, line)
      n = n + 1
      if not ok then ps.fail("%s raised %s", line, tostring(type(out) == "table" and (out.message or out.test) or out)) end
      local wrong = (out .. err):match("[^\n]*%.lua:%d+:[^\n]*")
      if wrong then ps.fail("%s: %s", line, wrong) end
    end
  end
  if n < 1000 then ps.fail("only %d lines were tried", n) end
end)
