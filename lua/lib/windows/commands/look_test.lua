-- SPDX-License-Identifier: GPL-2.0-or-later
-- Test-NetConnection, Test-Connection: can that machine be reached?

local change = require("windows.machine.change")
local echo = require("windows.machine.echo")
local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local names = require("windows.machine.names")
local object = require("windows.object")
local registry = require("windows.registry")
require("windows.format.views_net")

local connect_timeout, ping_timeout = 5.0, 4.0

local common_ports = { HTTP = 80, RDP = 3389, SMB = 445, WINRM = 5985 }

-- IPStatus' names for what came of an echo.
local statuses = { reply = "Success", timeout = "TimedOut", host = "DestinationHostUnreachable", network = "DestinationNetworkUnreachable",
  port = "DestinationPortUnreachable", protocol = "DestinationProtocolUnreachable", prohibited = "DestinationProhibited",
  size = "PacketTooBig", expired = "TtlExpired", reassembly = "TtlReassemblyTimeExceeded", general = "Unknown" }

local function connects(ctx, address, port)
  local r = ctx.world.probe("connect", { address = address, port = port, timeout = connect_timeout })
  if not r.ok then ctx.warn(("TCP connect to (%s : %d) failed"):format(address, port)) end
  return r.ok, r["local"]
end

local function pings(ctx, address)
  local a = echo.once(ctx.world, address, { size = 32, timeout = ping_timeout })
  if a.kind ~= "reply" then ctx.warn(("Ping to %s failed with status: %s"):format(address, statuses[a.kind])) end
  return a.kind == "reply", echo.whole(a.kind == "reply" and a.ms or 0)
end

local function trace(ctx, address, hops)
  local out = {}
  for ttl = 1, hops do
    local a = echo.once(ctx.world, address, { size = 32, ttl = ttl, timeout = ping_timeout })
    if a.kind == "timeout" or a.kind == "general" then
      ctx.warn(("Trace route to destination %s did not complete. Trace terminated :: 0.0.0.0"):format(address))
      break
    end
    out[#out + 1] = a.from
    if a.kind ~= "expired" then break end
  end
  return out
end

-- The interface and source address towards an address; the connection's own address counts for more than what is worked out.
local function way(l, address, own)
  local r = l:route_to(address)
  local source = own or r and l:source_to(address, r)
  local i = r and r.i
  if r and r.type == "local" then i = l:owner(address) or i end
  return i, source, r
end

local function quiet(ctx, args, result)
  if args.InformationLevel ~= "Quiet" then return false end
  ctx.emit(result)
  return true
end

local function no_name(ctx, args, name)
  ctx.warn(("Name resolution of %s failed"):format(name))
  if quiet(ctx, args, false) then return end
  ctx.emit(object.new("TestNetConnectionResult#Name", { { "ComputerName", name }, { "RemoteAddress" }, { "InterfaceAlias" }, { "SourceAddress" },
    { "PingSucceeded", false } }))
end

local function result(kind, name, address, port, addresses, i, source, r, more)
  local p = { { "ComputerName", name }, { "RemoteAddress", address }, { "ResolvedAddresses", addresses }, { "RemotePort", port },
    { "NameResolutionResults", addresses }, { "InterfaceAlias", i and i.alias }, { "InterfaceIndex", i and i.index }, { "SourceAddress", source },
    { "NetRoute (NextHop)", r and r.next_hop }, { "InterfaceDescription", i and i.description } }
  for _, m in ipairs(more) do p[#p + 1] = m end
  return object.new("TestNetConnectionResult" .. kind, p)
end

local function test_port(ctx, l, args, name, addresses, port)
  local address, connected, own
  for _, a in ipairs(addresses) do
    address = a
    connected, own = connects(ctx, a, port)
    if connected then break end
  end
  local ping, rtt
  if not connected then ping, rtt = pings(ctx, address) end
  if quiet(ctx, args, connected) then return end
  local i, source, r = way(l, address, connected and own or nil)
  local kind = not connected and "#PortFailed" or args.InformationLevel == "Detailed" and "#DetailedPort" or "#Port"
  ctx.emit(result(kind, name, address, port, addresses, i, source, r,
    { { "PingSucceeded", ping or false }, { "RTT", rtt }, { "TcpTestSucceeded", connected } }))
end

local function test_ping(ctx, l, args, name, addresses)
  local address, ping, rtt = addresses[1], nil, nil
  for _, a in ipairs(addresses) do
    address = a
    ping, rtt = pings(ctx, a)
    if ping then break end
  end
  local hops = args.TraceRoute and trace(ctx, address, args.Hops or 30)
  if quiet(ctx, args, ping) then return end
  local i, source, r = way(l, address)
  ctx.emit(result(hops and "#Trace" or "", name, address, nil, addresses, i, source, r,
    { { "PingSucceeded", ping }, { "RTT", rtt }, { "TraceRoute", hops or nil } }))
end

registry.add {
  name = "Test-NetConnection", kind = "cmdlet", effect = "reads", aliases = { "tnc" },
  parameters = {
    { name = "ComputerName", type = "string", position = 1, pipeline = "value name", aliases = { "RemoteAddress", "cn" } },
    { name = "CommonTCPPort", type = "enum", position = 2, values = { "HTTP", "RDP", "SMB", "WINRM" } },
    { name = "Port", type = "int", aliases = { "RemotePort" }, pipeline = "name" }, { name = "TraceRoute", type = "switch" },
    { name = "Hops", type = "int" }, { name = "InformationLevel", type = "enum", values = { "Quiet", "Detailed" } },
  },
  synopsis = { en = "Tries a connection or a ping", ja = "接続または ping を試す" },
  about = "a real TCP connection, and a real ping where there is no port or the port is closed",
  lacks = "waits 5 s for a connection where Windows waits 21; -DiagnoseRouting, -ConstrainInterface; IPsec rules and isolation are not looked at",
  run = function(ctx, args)
    local name = args.ComputerName or "internetbeacon.msedge.net"
    local port = args.Port or args.CommonTCPPort and common_ports[args.CommonTCPPort]
    if port and (port < 1 or port > 65535) then
      ctx.throw(("Cannot validate argument on parameter 'Port'. The %d argument is %s than the %s allowed range of %d. Supply an argument that is %s "
        .. "than or equal to %d and then try the command again."):format(port, port < 1 and "less" or "greater", port < 1 and "minimum" or "maximum",
        port < 1 and 1 or 65535, port < 1 and "greater" or "less", port < 1 and 1 or 65535),
        { category = "InvalidData", exception = "ParameterBindingValidationException", id = "ParameterArgumentValidationError,Test-NetConnection" })
    end
    local addresses = names.lookup(ctx.world, name)
    if #addresses == 0 then return no_name(ctx, args, name) end
    local l = live.new(ctx.world)
    if port then return test_port(ctx, l, args, name, addresses, port) end
    test_ping(ctx, l, args, name, addresses)
  end,
}

-- ---- Test-Connection ----------------------------------------------------------------------------------------------------

local failed = "Testing connection to computer '%s' failed: %s"
local reasons = { timeout = "Error due to lack of resources", host = "Destination host unreachable", network = "Destination net unreachable",
  general = "A non-recoverable error occurred during a database lookup" }

local function status_object(hostname, target, address, args, a)
  local v6 = ip.family(address) == "inet6"
  return object.new("System.Management.ManagementObject#root\\cimv2\\Win32_PingStatus", {
    { "PSComputerName", hostname }, { "Source", hostname }, { "Destination", target }, { "Address", target }, { "ProtocolAddress", a.from },
    { "IPV4Address", not v6 and address or nil }, { "IPV6Address", v6 and address or nil }, { "Bytes", args.BufferSize or 32 },
    { "BufferSize", args.BufferSize or 32 }, { "Time", echo.whole(a.ms) }, { "ResponseTime", echo.whole(a.ms) },
    { "ResponseTimeToLive", a.ttl }, { "TimeToLive", args.TimeToLive or 80 }, { "StatusCode", 0 },
  })
end

local function tell(ctx, target, reason)
  ctx.fail(failed:format(target, reason), { category = "ResourceUnavailable", target = target, exception = "PingException",
    id = "TestConnectionException,Microsoft.PowerShell.Commands.TestConnectionCommand" })
end

-- Pings one target; gives whether anything came back.
local function test_target(ctx, hostname, target, args)
  local address = names.lookup(ctx.world, target)[1]
  if not address then
    if not args.Quiet then tell(ctx, target, "No such host is known") end
    return false
  end
  local any = false
  for n = 1, args.Count or 4 do
    if n > 1 then ctx.world.sleep(args.Delay or 1) end
    local a = echo.once(ctx.world, address, { size = args.BufferSize or 32, ttl = args.TimeToLive, timeout = ping_timeout })
    any = any or a.kind == "reply"
    if not args.Quiet then
      if a.kind == "reply" then ctx.emit(status_object(hostname, target, address, args, a)) else tell(ctx, target, reasons[a.kind] or reasons.timeout) end
    end
  end
  return any
end

registry.add {
  name = "Test-Connection", kind = "cmdlet", effect = "reads",
  parameters = {
    { name = "ComputerName", type = "string[]", position = 1, mandatory = true, aliases = { "CN", "IPAddress", "Server", "Destination" }, pipeline = "name" },
    { name = "Count", type = "int" }, { name = "Delay", type = "int" }, { name = "BufferSize", type = "int", aliases = { "Size", "Bytes" } },
    { name = "TimeToLive", type = "int", aliases = { "TTL" } }, { name = "Quiet", type = "switch" },
  },
  synopsis = { en = "Sends echo requests, as objects", ja = "エコー要求を送り、オブジェクトで返す" },
  about = "real ICMP from this PC", lacks = "-Source, -AsJob, -Protocol, credentials",
  run = function(ctx, args)
    local hostname = live.new(ctx.world):windows().hostname
    for _, target in ipairs(change.list(args.ComputerName)) do
      local any = test_target(ctx, hostname, target, args)
      if args.Quiet then ctx.emit(any) end
    end
  end,
}
