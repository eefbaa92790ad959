-- SPDX-License-Identifier: GPL-2.0-or-later
-- At which layer a piece of the way was: by the facts it showed, what it sent, what it changed, and last by the program the kernel saw.

local steps = require("steps")
local common = require("steps.common")
local looking = require("steps.looking")

local layers = {}

-- The facts that tell a layer, the more particular first: who looks up a name sends a packet too. true: it was a try, not only a look.
local facts = {
  { "named_server_asked", "L2.5", true }, { "resolv_conf_read", "L2.5" }, { "name_looked_up", "L2.5", true }, { "size_tried", "L2", true },
  { "hyperv_seen", "L3" }, { "firewall_seen", "L3" }, { "filters_seen", "L3" }, { "nat_seen", "L4" }, { "portproxy_seen", "L5" },
  { "listening_seen", "L5" }, { "listening_seen", "L5", false, { node = "windows" } }, { "windows_routes_seen", "L2" }, { "gateway_pinged", "L2", true },
  { "public_pinged", "L2", true }, { "gateway_seen", "L2" }, { "address_seen", "L1" }, { "vpn_seen", "L2" },
}

local function of_facts(part)
  for _, fact in ipairs(facts) do
    local test = steps.tests[fact[1]]
    if test and test(part, fact[4] or {}) then return fact[2], fact[3] or false end
  end
end

local packets = {
  ["dns-query"] = "L2.5", ["dns-answer"] = "L2.5",
  ["echo-request"] = "L2", ["echo-reply"] = "L2", ["frag-needed"] = "L2", syn = "L4", ["syn-ack"] = "L4", rst = "L4",
}

-- What was sent, wherever it began.
local function of_packets(part)
  local layer
  for _, e in ipairs(part:all("packet")) do
    if e.dir ~= "in" or e.node == "windows" then layer = layer or packets[e.what] end
  end
  return layer
end

local changes = { link = "L1", address = "L1", neigh = "L2", route = "L2", rule = "L2", ruleset = "L3" }
local operations = {
  portproxy = "L5", firewall = "L3", hyperv = "L3", interface = "L2", route = "L2", vpn = "L2", adapter = "L1", dns = "L2.5", hosts = "L2.5",
  nat = "L4",
}

-- Of an event that changed something; nil where that is at no one layer (a service, a restart).
function layers.of_change(e)
  if e.kind == "change" then return e.resized and "L2" or changes[e.what] end
  if e.kind == "windows" then return operations[tostring(e.what):match("^[^.]+")] end
  local path = e.path or ""
  return (path:find("resolv%.conf") or path:find("/hosts$") or path:find("gai%.conf")) and "L2.5" or nil
end

local programs = {
  ip = "L2", ifconfig = "L1", ethtool = "L1", route = "L2", ping = "L2", arping = "L2", traceroute = "L2", tracepath = "L2", mtr = "L2",
  getent = "L2.5", dig = "L2.5", host = "L2.5", nslookup = "L2.5", resolvectl = "L2.5", drill = "L2.5", nft = "L3", iptables = "L3", ufw = "L3",
  ip6tables = "L3", curl = "L4", wget = "L4", ss = "L5", lsof = "L5", netstat = "L5", sysctl = "L3", conntrack = "L4", nc = "L4", ncat = "L4", telnet = "L4",
}

-- The shell's own way to a port: </dev/tcp/HOST/PORT.
local function to_a_port(argv)
  return common.has_arg(argv, function(a) return a:find("/dev/%l%l%l/[^/]+/%d") ~= nil end)
end

local function reaches(program, argv)
  return common.reaches(program) or to_a_port(argv)
end

local function of_programs(part)
  local layer
  part:ran("wsl", function(program, argv)
    layer = layer or programs[program] or (to_a_port(argv) and "L4" or nil)
    return false
  end)
  return layer
end

-- What a command of Windows' is for, whatever came of it; true: it is a try.
local at_windows = {
  { "listening", "L5" }, { "portproxy", "L5" }, { "hyperv", "L3" }, { "firewall", "L3" }, { "nat", "L4" }, { "size", "L2", true }, { "name", "L2.5", true },
  { "reach", "L4", true }, { "routes", "L2" }, { "neighbour", "L2" }, { "gateway", "L1" }, { "vpn", "L2" },
}

local function of_windows(part)
  for _, e in ipairs(part:all("command")) do
    for _, row in ipairs((e.node == "windows" or common.windows_tool(e)) and at_windows or {}) do
      if looking.at(part, e, row[1]) then return row[2], row[3] or false end
    end
  end
end

-- The layer of a part of the evidence, and whether it was a try.
function layers.of(part)
  local layer, try = of_facts(part)
  local sent = of_packets(part)
  if layer then return layer, try or (sent ~= nil and layer ~= "L5") end
  layer = sent or of_programs(part)
  if layer then return layer, sent ~= nil or #part:ran("wsl", reaches) > 0 end
  return of_windows(part)
end

return layers
