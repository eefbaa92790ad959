-- SPDX-License-Identifier: GPL-2.0-or-later
-- Any words to any looking command: an answer or an error in Windows' words, never a failure of ours. And a PC that lacks things.

local fake = require("fake")
local ps = require("harness")
local registry = require("windows.registry")

local programs = { "ipconfig", "route", "arp", "netstat", "ping", "tracert", "pathping", "nslookup", "hostname", "whoami", "getmac", "systeminfo",
  "tasklist", "where", "curl" }
local cmdlets = { "Get-NetAdapter", "Get-NetConnectionProfile", "Get-VMSwitch", "Get-NetIPAddress", "Get-NetIPInterface", "Get-NetRoute",
  "Find-NetRoute", "Get-NetNeighbor", "Get-NetIPConfiguration", "Get-NetTCPConnection", "Get-NetUDPEndpoint", "Get-Process",
  "Get-DnsClientServerAddress", "Get-DnsClient", "Get-DnsClientGlobalSetting", "Get-DnsClientCache", "Resolve-DnsName", "Test-NetConnection",
  "Test-Connection" }

local words = { "/", "-", "/?", "-a", "-n", "-t", "0", "-1", "99999999999", "1.5", "x", "%s", "[", "*", "?", "192.168.1.1", "192.168.1", "1.2.3.4/33",
  "::", "fe80::1%2", ":::", "::ffff:1.2.3.4", "0.0.0.0", "mask", "255.0.255.0", "255.0.0.0", "metric", "if", "add", "delete", "change", "print",
  "-p", "-4", "-6", "/all", "-type=", "-type=mx", "-timeout=0", "'PID eq'", "/fi", "あ", "-l", "-w", "-h", "-q", "-i", "-f", "-d", "-ano", "google.com" }

local function answer(kind)
  return function(_, pc)
    pc.mono = pc.mono + 60
    if pc.mono > 3000 then error("interrupted", 0) end -- what waits for Ctrl-C gets it
    if kind == "ping" then return { ok = false, sent = 1, received = 0, error = "no answer" } end
    return { ok = false, addresses = {}, answers = {}, error = "no answer" }
  end
end

local function patient()
  local pc = fake.new()
  for _, kind in ipairs({ "ping", "resolve", "lookup", "connect" }) do pc.probes[kind] = answer(kind) end
  pc.interrupt_at = 3000
  return pc
end

-- An error of our own code names its file.
local function sound(line, out, err)
  if (out .. err):find("%.lua:%d+") or (out .. err):find("attempt to ") then ps.fail("%s\n       %s", line, err) end
end

local function pick(n) return words[n % #words + 1] end

ps.case("programs take any words", function()
  for p, name in ipairs(programs) do
    for n = 1, 80 do
      local line = ("%s %s %s %s"):format(name, pick(n), pick(n * 7 + p), n % 3 == 0 and pick(n * 11 + p) or "")
      local out, err = patient():run(line)
      sound(line, out, err)
    end
  end
end)

ps.case("cmdlets take any values", function()
  for _, name in ipairs(cmdlets) do
    for _, p in ipairs(registry.find(name).parameters or {}) do
      for _, v in ipairs({ "x", "[", "*", "0", "-1", "$null", "@()", "1,2", "'%s'", "192.168.1.1", "fe80::1%2", "あ" }) do
        local line = ("%s -%s %s"):format(name, p.name, p.type == "switch" and "" or v)
        local out, err = patient():run(line)
        sound(line, out, err)
      end
    end
  end
end)

-- What a PC may lack, and every command on it.
local bare = {
  ["no interfaces in the model"] = function(pc) pc.windows.interfaces = {} end,
  ["no links but lo"] = function(pc) pc.state.links, pc.state.routes, pc.state.neighs = { pc.state.links[1] }, {}, {} end,
  ["no addresses"] = function(pc)
    for _, l in ipairs(pc.state.links) do l.addr_info = {} end
    pc.state.routes = {}
  end,
  ["no services, no processes"] = function(pc) pc.windows.services, pc.windows.processes = {}, {} end,
  ["a route through an unknown link"] = function(pc) pc:add_route({ dst = "10.0.0.0/8", dev = "gone0" }) end,
  ["a route over two gateways"] = function(pc)
    pc:add_route({ dst = "10.0.0.0/8", nexthops = { { gateway = "192.168.1.1", dev = "eth0", weight = 1 }, { gateway = "192.168.1.2", dev = "eth0" } } })
  end,
  ["a route without a way"] = function(pc) pc:add_route({ dst = "10.0.0.0/8", type = "blackhole" }) end,
  ["a model without dns"] = function(pc) pc.windows.dns, pc.windows.switches, pc.windows.routes = nil, nil, nil end,
  ["a link of somebody's own"] = function(pc)
    table.insert(pc.state.links, { ifindex = 9, ifname = "dummy0", flags = { "UP", "LOWER_UP" }, mtu = 900, kind = "dummy", address = "02:00:00:00:00:01",
      addr_info = {} })
    pc:add_address("dummy0", "inet", "10.3.3.3", 32)
  end,
}

for what, change in pairs(bare) do
  ps.case("a PC with " .. what, function()
    for _, list in ipairs({ programs, cmdlets }) do
      for _, name in ipairs(list) do
        local pc = patient()
        change(pc)
        for _, line in ipairs({ name, name .. " 192.168.1.1", name .. " -a", name .. " print", name .. " /all" }) do
          local out, err = pc:run(line)
          sound(line, out, err)
        end
      end
    end
  end)
end

ps.case("a link that only the kernel knows is shown by its own name", function()
  local pc = fake.new()
  bare["a link of somebody's own"](pc)
  ps.has((pc:run("ipconfig")), "Ethernet adapter dummy0:")
  ps.eq((pc:run("(Get-NetIPInterface -InterfaceAlias dummy0 -AddressFamily IPv4).NlMtu")), "900\n")
end)

ps.case("both gateways of a route are shown", function()
  local pc = fake.new()
  bare["a route over two gateways"](pc)
  ps.eq((pc:run("(Get-NetRoute -DestinationPrefix 10.0.0.0/8).NextHop")), "192.168.1.1\n192.168.1.2\n")
end)

-- Registry entries are what docs/windows.md is made of.
for _, list in ipairs({ programs, cmdlets }) do
  for _, name in ipairs(list) do
    ps.case(name .. " says what it is", function()
      local c = registry.find(name)
      ps.eq(type(c.about), "string")
      ps.eq(type(c.lacks), "string")
      ps.eq(type(c.synopsis.en) .. type(c.synopsis.ja), "stringstring")
    end)
  end
end

-- An object where a number may stand is none: every cmdlet's objects are counted and compared, not followed for ever.
ps.case("objects are measured", function()
  local pc = fake.new()
  for _, line in ipairs({ "Get-NetIPAddress", "Get-NetRoute", "Get-NetAdapter" }) do
    local count = tonumber((pc:run("(" .. line .. ").Count")))
    ps.eq(tonumber((pc:run(line .. " | measure | % Count"))), count)
  end
end)
