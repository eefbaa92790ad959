-- SPDX-License-Identifier: GPL-2.0-or-later
-- ping.

local echo = require("windows.machine.echo")
local live = require("windows.machine.live")
local names = require("windows.machine.names")
local registry = require("windows.registry")
local text = require("windows.format.program_text")

local usage = [[

Usage: ping [-t] [-a] [-n count] [-l size] [-f] [-i TTL] [-w timeout]
            [-4] [-6] target_name

Options:
    -t             Ping the specified host until stopped.
                   To stop - type Control-C.
    -a             Resolve addresses to hostnames.
    -n count       Number of echo requests to send.
    -l size        Send buffer size.
    -f             Set Don't Fragment flag in packet (IPv4-only).
    -i TTL         Time To Live.
    -w timeout     Timeout in milliseconds to wait for each reply.
    -4             Force using IPv4.
    -6             Force using IPv6.
]]

local numbers = { n = { "count", 1, 4294967295 }, l = { "size", 0, 65500 }, i = { "ttl", 1, 255 }, w = { "wait", 1, 4294967295 } }
local switches = { t = "forever", a = "names", f = "df", ["4"] = "inet", ["6"] = "inet6" }

local function parse(args)
  local q, n = { count = 4, size = 32, wait = 4000 }, 1
  while n <= #args do
    local letter = args[n]:match("^[-/](.+)$")
    local number = letter and numbers[letter:lower()]
    if number then
      local v = math.tointeger(tonumber(args[n + 1] or ""))
      if not args[n + 1] then return nil, ("Value must be supplied for option %s."):format(args[n]) end
      if not v or v < number[2] or v > number[3] then
        return nil, ("Bad value for option %s, valid range is from %d to %d."):format(args[n], number[2], number[3])
      end
      q[number[1]], n = v, n + 1
    elseif letter and switches[letter:lower()] then
      q[switches[letter:lower()]] = true
    elseif letter then
      return nil, ("Bad option %s.\n"):format(args[n]), true
    elseif q.target then
      return nil, ("Bad parameter %s."):format(args[n])
    else
      q.target = args[n]
    end
    n = n + 1
  end
  if not q.target then return nil, "IP address must be specified." end
  q.family = q.inet and "inet" or q.inet6 and "inet6" or nil
  return q
end

local said = {
  timeout = "Request timed out.", general = "PING: transmit failed. General failure. ", host = "Destination host unreachable.",
  network = "Destination net unreachable.", port = "Destination port unreachable.", protocol = "Destination protocol unreachable.",
  prohibited = "Destination prohibited.", size = "Packet needs to be fragmented but DF set.", expired = "TTL expired in transit.",
  reassembly = "TTL expired during reassembly.",
}

local function time(ms)
  local n = echo.whole(ms)
  return n < 1 and "time<1ms" or ("time=%dms"):format(n)
end

-- A line of output; whether it counts as received, which for Windows every answer does.
local function line(a, v6, q, own)
  if a.kind == "reply" then
    if v6 then return ("Reply from %s: %s "):format(a.from, time(a.ms)), true end
    return ("Reply from %s: bytes=%d %s TTL=%d"):format(a.from, q.size, time(a.ms), a.ttl), true
  end
  if a.kind == "timeout" or a.kind == "general" then return said[a.kind], false end
  if a.kind == "size" and not a.from then return said.size, false end
  local from = a.from or own
  return (from and ("Reply from %s: "):format(from) or "") .. said[a.kind], true
end

local function tell_statistics(emit, address, s)
  if s.sent == 0 then return end
  local lost = s.sent - s.received
  emit("")
  emit(("Ping statistics for %s:"):format(address))
  emit(("    Packets: Sent = %d, Received = %d, Lost = %d (%d%% loss),"):format(s.sent, s.received, lost, lost * 100 // s.sent))
  if s.replies == 0 then return end
  emit("Approximate round trip times in milli-seconds:")
  emit(("    Minimum = %dms, Maximum = %dms, Average = %dms"):format(s.low, s.high, s.total // s.replies))
end

local function count(s, a, received)
  s.sent = s.sent + 1
  if received then s.received = s.received + 1 end
  if a.kind ~= "reply" then return end
  local ms = echo.whole(a.ms)
  s.replies, s.total = s.replies + 1, s.total + ms
  s.low, s.high = math.min(s.low or ms, ms), math.max(s.high or ms, ms)
end

local function run(ctx, address, q, s)
  local v6 = address:find(":", 1, true) ~= nil
  local own = live.new(ctx.world):source_to(address)
  while q.forever or s.sent < q.count do
    local from = ctx.world.clock()
    local a = echo.once(ctx.world, address, { size = q.size, df = q.df, ttl = q.ttl, timeout = q.wait / 1000 })
    local said_line, received = line(a, v6, q, own)
    count(s, a, received)
    ctx.emit(said_line)
    local rest = 1 - (ctx.world.clock() - from) -- one a second
    if rest > 0 and (q.forever or s.sent < q.count) then ctx.world.sleep(rest) end
  end
end

local function start(ctx, q)
  local list, literal = names.lookup(ctx.world, q.target, q.family)
  local address = list[1]
  if not address then
    ctx.emit(("Ping request could not find host %s. Please check the name and try again."):format(q.target))
    return nil
  end
  local name = not literal and q.target or q.names and names.reverse(ctx.world, address)
  ctx.emit("")
  ctx.emit(("Pinging %s with %d bytes of data:"):format(name and ("%s [%s]"):format(name, address) or q.target, q.size))
  return address
end

registry.add {
  name = "ping", kind = "program", effect = "reads",
  synopsis = { en = "Sends echo requests", ja = "エコー要求を送る" },
  options = { "-t", "-a", "-n", "-l", "-f", "-i", "-w", "-4", "-6" },
  about = "real ICMP from this PC; times, TTLs and who answers are the packets' own", lacks = "-v, -r, -s, -j, -k, -R, -S, -c, -p",
  run = function(ctx, args)
    local q, wrong, with_usage = parse(args)
    if #args == 0 or args[1] == "/?" or not q then
      if #args > 0 and args[1] ~= "/?" then ctx.emit(wrong) end
      if #args == 0 or args[1] == "/?" or with_usage then text.lines(ctx.emit, usage) end
      return 1
    end
    local address = start(ctx, q)
    if not address then return 1 end
    local s = { sent = 0, received = 0, replies = 0, total = 0 }
    local ok, e = pcall(run, ctx, address, q, s)
    tell_statistics(ctx.emit, address, s)
    if not ok then
      if e == "interrupted" then ctx.emit("Control-C") end
      error(e, 0)
    end
    return s.received > 0 and 0 or 1
  end,
}
