-- SPDX-License-Identifier: GPL-2.0-or-later
-- arp.

local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local registry = require("windows.registry")
local text = require("windows.format.program_text")

local usage = [[

Displays and modifies the IP-to-Physical address translation tables used by
address resolution protocol (ARP).

ARP -s inet_addr eth_addr [if_addr]
ARP -d inet_addr [if_addr]
ARP -a [inet_addr] [-N if_addr] [-v]

  -a            Displays current ARP entries by interrogating the current
                protocol data.  If inet_addr is specified, the IP and Physical
                addresses for only the specified computer are displayed.  If
                more than one network interface uses ARP, entries for each ARP
                table are displayed.
  -g            Same as -a.
  -v            Displays current ARP entries in verbose mode.
  -N if_addr    Displays the ARP entries for the network interface specified
                by if_addr.]]

local known = { Permanent = "static", Reachable = "dynamic", Stale = "dynamic", Delay = "dynamic", Probe = "dynamic" }

local function rows_of(l, i, q)
  local out = {}
  for _, n in ipairs(l:neighbors()) do
    local kind = known[n.state] or q.verbose and "invalid"
    if n.i == i and n.family == "inet" and kind and (not q.address or n.ip == q.address) then out[#out + 1] = { n = n, kind = kind } end
  end
  table.sort(out, function(a, b) return ip.compare(a.n.ip, b.n.ip) < 0 end)
  return out
end

local function block(emit, i, address, rows)
  emit("")
  emit(("Interface: %s --- 0x%x"):format(address, i.index))
  emit("  Internet Address      Physical Address      Type")
  for _, r in ipairs(rows) do emit(("  %-22s%-22s%-10s"):format(r.n.ip, r.n.mac:lower(), r.kind)) end
end

local function show(l, emit, q)
  local any = false
  for _, i in ipairs(l:adapters()) do
    local address = i.v4[1] and i.v4[1].ip
    local rows = address and (not q.interface or q.interface == address) and rows_of(l, i, q) or {}
    if #rows > 0 then
      any = true
      block(emit, i, address, rows)
    end
  end
  if any then return 0 end
  emit("No ARP Entries Found.")
  return 1
end

local function parse(args)
  local q, n = {}, 1
  while n <= #args do
    local f = args[n]:match("^[-/](%w)$")
    if f == "N" or f == "n" then
      q.interface, n = args[n + 1] or "", n + 1
    elseif f then
      q[f:lower()] = true
    else
      q.address = args[n]
    end
    n = n + 1
  end
  q.verbose = q.v
  return q
end

registry.add {
  name = "arp", kind = "program", effect = "reads",
  synopsis = { en = "Shows the neighbours' physical addresses", ja = "隣の機器の物理アドレスを示す" },
  options = { "-a", "-g", "-v", "-N" },
  about = "the kernel's neighbours, an interface a block; the broadcast entry follows from its address",
  lacks = "-s and -d; the multicast entries of Windows' own services",
  run = function(ctx, args)
    local q = parse(args)
    if q.a or q.g then
      if q.address and not ip.family(q.address) then
        ctx.emit("ARP: bad argument: " .. q.address)
        return 1
      end
      return show(live.new(ctx.world), ctx.emit, q)
    end
    if q.d or q.s then
      ctx.emit("The ARP entry " .. (q.d and "deletion" or "addition") .. " failed: The request is not supported.")
      return 1
    end
    text.lines(ctx.emit, usage)
    return 1
  end,
}
