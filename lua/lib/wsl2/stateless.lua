-- SPDX-License-Identifier: GPL-2.0-or-later
-- The Hyper-V firewall where the kernel has no connection tracking: where frames come in, and for loopback's packets. Sets of
-- flows with time-outs say what is an answer; TCP is judged by its first packet, so that a connection outlives a change of
-- rules unless one blocks it.

local shared = require("wsl2.loopback")

local stateless = {}

local function line(...) return "\t\t" .. table.concat({ ... }) .. "\n" end

local FLOW = { "ip%s saddr . ip%s daddr . meta l4proto . th sport . th dport", "ip%s daddr . ip%s saddr . meta l4proto . th dport . th sport" }
local PING = { "ip%s saddr . ip%s daddr . icmp%s id", "ip%s daddr . ip%s saddr . icmp%s id" }

-- An expression of a family: ip, or ip6 and icmpv6.
local function of(text, v6) return (text:gsub("ip%%s", v6 and "ip6" or "ip"):gsub("icmp%%s", v6 and "icmpv6" or "icmp")) end

local function set(name, expression, v6, seconds)
  return ("\tset %s {\n\t\ttypeof %s\n\t\tflags dynamic,timeout\n\t\ttimeout %ds\n\t\tsize 65535\n\t}\n")
    :format(name, of(expression, v6), seconds)
end

-- Whose flows: "mine" are those WSL began, "theirs" those others did. Each has the chain that remembers a packet's.
local function remembered(who)
  local out, chain = {}, {}
  for _, v6 in ipairs({ false, true }) do
    local n, icmp = v6 and "6" or "4", v6 and "icmpv6" or "icmp"
    out[#out + 1] = set(who .. n, FLOW[1], v6, 600)
    out[#out + 1] = set(who .. "_pings" .. n, PING[1], v6, 60)
    chain[#chain + 1] = line("meta l4proto { tcp, udp } update @", who, n, " { ", of(FLOW[1], v6), " }")
    chain[#chain + 1] = line(icmp, " type echo-request update @", who, "_pings", n, " { ", of(PING[1], v6), " }")
  end
  return table.concat(out) .. "\tchain " .. who .. " {\n" .. table.concat(chain) .. line("accept") .. "\t}\n"
end

-- The sets and chains all others need.
function stateless.common() return remembered("mine") .. remembered("theirs") end

local function answers(who)
  local out = {}
  for _, v6 in ipairs({ false, true }) do
    local n, icmp = v6 and "6" or "4", v6 and "icmpv6" or "icmp"
    out[#out + 1] = line("meta l4proto { tcp, udp } ", of(FLOW[2], v6), " @", who, n, " accept")
    out[#out + 1] = line(icmp, " type echo-reply ", of(PING[2], v6), " @", who, "_pings", n, " accept")
  end
  return table.concat(out)
end

-- Errors that answer what was sent, and neighbour discovery, are no rule's matter.
local always = { Inbound = line("icmpv6 type packet-too-big accept"), Outbound = line("icmpv6 type { 133, 134, 135, 136 } accept") }

-- One direction's chain. t: { name, way = "Inbound|Outbound", default = "Allow|Block", blocks, allows: expressions, each with a
-- space at its end }
function stateless.chain(t)
  local began, other = "theirs", "mine"
  if t.way == "Outbound" then began, other = other, began end
  local out = { "\tchain ", t.name, " {\n", answers(other) }
  for _, e in ipairs(t.blocks) do out[#out + 1] = line(e, "drop") end
  if t.default == "Block" then
    out[#out + 1] = line("tcp flags & (syn | ack) != syn accept")
    out[#out + 1] = always[t.way]
    for _, e in ipairs(t.allows) do out[#out + 1] = line(e, "goto ", began) end
    out[#out + 1] = line("drop")
  else
    out[#out + 1] = line("goto ", began)
  end
  out[#out + 1] = "\t}\n"
  return table.concat(out)
end

-- The family of a packet is asked otherwise where frames come in.
function stateless.on_device(text)
  return (text:gsub("meta nfproto ipv4 ", "meta protocol ip "):gsub("meta nfproto ipv6 ", "meta protocol ip6 "))
end

-- What comes in by a device of the switch. t: { name, device, key, priority, to }. Loopback's frames pass: key says on which side
-- Windows' end of it stands.
function stateless.at_device(t)
  return ('\tchain %s {\n\t\ttype filter hook ingress device "%s" priority %d; policy accept;\n'):format(t.name, t.device, t.priority)
    .. ("\t\tether type != { ip, ip6 } accept\n\t\tether %s != %s jump %s\n\t}\n"):format(t.key, shared.mac, t.to)
end

return stateless
