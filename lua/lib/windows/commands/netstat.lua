-- SPDX-License-Identifier: GPL-2.0-or-later
-- netstat.

local live = require("windows.machine.live")
local registry = require("windows.registry")
local route_table = require("windows.machine.route_table")
local text = require("windows.format.program_text")
local trim = require("windows.language.trim")

local usage = [[

Displays protocol statistics and current TCP/IP network connections.

NETSTAT [-a] [-b] [-n] [-o] [-p proto] [-q] [-r] [interval]

  -a            Displays all connections and listening ports.
  -b            Displays the executable involved in creating each connection or
                listening port.
  -n            Displays addresses and port numbers in numerical form.
  -o            Displays the owning process ID associated with each connection.
  -p proto      Shows connections for the protocol specified by proto; proto
                may be any of: TCP, UDP, TCPv6, or UDPv6.
  -q            Displays all connections, listening ports, and bound
                nonlistening TCP ports.
  -r            Displays the routing table.
  interval      Redisplays selected statistics, pausing interval seconds
                between each display.  Press CTRL+C to stop redisplaying
                statistics.]]

-- From %SystemRoot%\System32\drivers\etc\services: the ports a lab has to do with.
local services = { [7] = "echo", [22] = "ssh", [53] = "domain", [80] = "http", [135] = "epmap", [443] = "https", [445] = "microsoft-ds",
  [3389] = "ms-wbt-server", [8080] = "http-alt" }

local protocols = { tcp = { "tcp", "inet" }, udp = { "udp", "inet" }, tcpv6 = { "tcp", "inet6" }, udpv6 = { "udp", "inet6" } }

local function endpoint(s, address, port, q, hostname)
  local own = address == "0.0.0.0" or address == "::" or address == "127.0.0.1" or address == "::1"
  local name = port == 0 and not q.n and "0" or not q.n and services[port] or tostring(port)
  if not q.n and own and port == 0 then return hostname .. ":0" end
  if s.family == "inet6" then address = "[" .. address .. "]" end
  return address .. ":" .. name
end

local function wanted(s, q)
  if q.proto and (s.proto ~= q.proto[1] or s.family ~= q.proto[2]) then return false end
  return q.a or q.q or s.proto == "tcp" and s.state ~= "LISTENING"
end

local function heading(emit, q)
  emit("")
  emit("Active Connections")
  emit("")
  emit("  Proto  Local Address          Foreign Address        State" .. (q.o and "           PID" or ""))
end

-- What -b says of a socket: the service in it, if any, and the program.
local function program(l, emit, s)
  local name, service = l:process_name(s.pid)
  if not name or s.pid <= 4 then return emit(" Can not obtain ownership information") end
  if service and name == "svchost" then emit("  " .. service) end
  emit((" [%s.exe]"):format(name))
end

local function connections(l, emit, q)
  heading(emit, q)
  local hostname = l:windows().hostname
  for _, s in ipairs(l:sockets()) do
    if wanted(s, q) then
      local foreign = s.proto == "udp" and "*:*" or endpoint(s, s.peer, s.peer_port, q, hostname)
      local line = ("  %-6s %-22s %-22s %-15s"):format(s.proto:upper(), endpoint(s, s.ip, s.port, q, hostname), foreign, s.state)
      emit(q.o and line .. " " .. s.pid or trim.stop(line))
      if q.b then program(l, emit, s) end
    end
  end
  return 0
end

local letters = { a = true, b = true, n = true, o = true, q = true, r = true }

-- The options of a command line, or nil and the word that is none.
local function parse(args)
  local q, n = {}, 1
  while n <= #args do
    local word = args[n]
    local set = word:match("^[-/](%a+)$")
    if set and set:lower() == "p" then
      q.proto = protocols[(args[n + 1] or ""):lower()]
      if not q.proto then return nil end
      n = n + 1
    elseif set then
      for c in set:lower():gmatch(".") do
        if not letters[c] then return nil end
        q[c] = true
      end
    elseif tonumber(word) and tonumber(word) > 0 then
      q.interval = tonumber(word)
    else
      return nil
    end
    n = n + 1
  end
  return q
end

local function show(ctx, q)
  local l = live.new(ctx.world)
  if not q.r then return connections(l, ctx.emit, q) end
  route_table.write(l, ctx.emit)
  return 0
end

registry.add {
  name = "netstat", kind = "program", effect = "reads",
  synopsis = { en = "Shows connections and listening ports", ja = "接続と待ち受けポートを示す" },
  options = { "-a", "-b", "-n", "-o", "-p", "-q", "-r", "-ano", "-an" },
  about = "the kernel's sockets; the process IDs are those of the services and processes that the model says own them, System's else",
  lacks = "-e, -s, -f, -t, -x, -y; names of foreign addresses",
  run = function(ctx, args)
    local q = parse(args)
    if not q then
      text.lines(ctx.emit, usage)
      return 1
    end
    local status = show(ctx, q)
    while q.interval do
      ctx.world.sleep(q.interval)
      status = show(ctx, q)
    end
    return status
  end,
}
