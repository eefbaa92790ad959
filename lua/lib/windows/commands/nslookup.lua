-- SPDX-License-Identifier: GPL-2.0-or-later
-- nslookup: asks a DNS server itself, past the hosts file and every cache.

local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local names = require("windows.machine.names")
local registry = require("windows.registry")
local trim = require("windows.language.trim")

local types = { [1] = "A", [2] = "NS", [5] = "CNAME", [12] = "PTR", [15] = "MX", [16] = "TXT", [28] = "AAAA" }
local known_types = { A = true, AAAA = true, NS = true, CNAME = true, PTR = true, MX = true, TXT = true, SOA = true, SRV = true,
  ANY = true, ["A+AAAA"] = true }

local option_names = { type = "type", q = "type", query = "type", querytype = "type", ty = "type", timeout = "timeout", retry = "retry",
  port = "port" }
local switches = { vc = { "tcp", true }, novc = { "tcp", false }, search = { "search", true }, nosearch = { "search", false } }

-- Takes "type=mx" or "vc" into q; false for an unknown one.
local function take_option(q, word)
  local name, value = word:match("^(%a+)=(.*)$")
  if name and option_names[name:lower()] then
    local key = option_names[name:lower()]
    if key == "type" then
      if not known_types[value:upper()] then return false, "unknown query type: " .. value end
      q.type = value:upper()
    else
      q[key] = tonumber(value) or q[key]
    end
    return true
  end
  local s = switches[word:lower()]
  if s then q[s[1]] = s[2] end
  return s ~= nil
end

local failures = { NXDOMAIN = "Non-existent domain", SERVFAIL = "Server failed", REFUSED = "Query refused", FORMERR = "Format error",
  NOTIMP = "Not implemented" }

local function timed_out(ctx, q)
  ctx.emit("DNS request timed out.")
  ctx.emit(("    timeout was %d seconds."):format(q.timeout))
end

-- One question, told when no answer came. Gives the answer's table, or nil and "timeout" or "silent" (nobody listens there).
local function ask(ctx, q, name, kind)
  local r = ctx.world.probe("resolve", { name = name, type = kind, server = q.server, timeout = q.timeout + 0.0, tcp = q.tcp, port = q.port })
  if r.truncated and not q.tcp then
    r = ctx.world.probe("resolve", { name = name, type = kind, server = q.server, timeout = q.timeout + 0.0, tcp = true, port = q.port })
  end
  if r.rcode then return r end
  if r.error == "no answer" then
    timed_out(ctx, q)
    return nil, "timeout"
  end
  return nil, "silent"
end

local function find_server(ctx, q)
  local r = ask(ctx, { server = q.server, timeout = q.timeout, port = q.port }, ip.reverse_name(q.server), "PTR")
  q.server_name = r and r.answers and r.answers[1] or "UnKnown"
end

local function tell_server(ctx, q)
  ctx.emit("Server:  " .. q.server_name)
  ctx.emit("Address:  " .. q.server)
  ctx.emit("")
end

-- The names to try: with each suffix first, as nslookup does, then as it stands.
local function candidates(ctx, q, name)
  if name:sub(-1) == "." or q.search == false then return { (name:gsub("%.$", "")) } end
  local out = {}
  local dns = live.new(ctx.world):windows().dns
  for _, s in ipairs(dns and dns.SuffixSearchList or {}) do out[#out + 1] = name .. "." .. s end
  out[#out + 1] = name
  return out
end

-- Addresses and the chain of names of one name: { name, addresses, aliases }.
local function collect(found, r, asked)
  for _, record in ipairs(r.records or {}) do
    if record.type == 5 then
      found.aliases[record.name], found.name = true, record.data
    elseif types[record.type] == "A" or types[record.type] == "AAAA" then
      found.addresses[#found.addresses + 1] = record.data
    end
  end
  found.name = found.name or asked
  found.authoritative = found.authoritative or r.authoritative
end

local function list(ctx, head, more, values)
  for n, v in ipairs(values) do ctx.emit((n == 1 and head or more) .. v) end
end

local function tell_addresses(ctx, found)
  if not found.authoritative then ctx.emit("Non-authoritative answer:") end
  ctx.emit("Name:    " .. found.name)
  list(ctx, #found.addresses > 1 and "Addresses:  " or "Address:  ", "          ", found.addresses)
  local aliases = {}
  for a in pairs(found.aliases) do aliases[#aliases + 1] = a end
  table.sort(aliases)
  list(ctx, "Aliases:  ", "          ", aliases)
  ctx.emit("")
end

-- AAAA and A of one name. Gives "found", or why not: an rcode, "timeout", "silent".
local function ask_addresses(ctx, q, name)
  local found = { addresses = {}, aliases = {} }
  local why
  for _, kind in ipairs({ "AAAA", "A" }) do
    local r, no = ask(ctx, q, name, kind)
    if r and r.rcode == "NOERROR" then
      collect(found, r, name)
    else
      why = why == "NXDOMAIN" and why or r and r.rcode or no
    end
  end
  if not found.name then return why end
  tell_addresses(ctx, found)
  return "found"
end

local shown = {
  [2] = function(r) return ("%s\tnameserver = %s"):format(r.name, r.data) end,
  [5] = function(r) return ("%s\tcanonical name = %s"):format(r.name, r.data) end,
  [12] = function(r) return ("%s\tname = %s"):format(r.name, r.data) end,
  [16] = function(r) return ("%s\ttext =\n\n\t\"%s\""):format(r.name, r.data) end,
}

local function plain(r) return ("%s\t%s = %s"):format(r.name, types[r.type] or "type " .. r.type, r.data) end

local function ask_type(ctx, q, name)
  local r, no = ask(ctx, q, name, q.type)
  if not r then return no end
  if r.rcode ~= "NOERROR" then return r.rcode end
  if q.type == "A" or q.type == "AAAA" then
    local found = { addresses = {}, aliases = {} }
    collect(found, r, name)
    tell_addresses(ctx, found)
    return "found"
  end
  if #(r.records or {}) == 0 then return "empty" end
  if not r.authoritative then ctx.emit("Non-authoritative answer:") end
  for _, record in ipairs(r.records) do
    for text_line in ((shown[record.type] or plain)(record) .. "\n"):gmatch("(.-)\n") do ctx.emit(text_line) end
  end
  return "found"
end

local function reverse(ctx, q, address)
  local r, no = ask(ctx, q, ip.reverse_name(address), "PTR")
  if not r then return no end
  if r.rcode ~= "NOERROR" or not r.answers[1] then return r.rcode == "NOERROR" and "NXDOMAIN" or r.rcode end
  ctx.emit("Name:    " .. r.answers[#r.answers])
  ctx.emit("Address:  " .. address)
  ctx.emit("")
  return "found"
end

-- Looks one name up and tells what came of it.
local function look(ctx, q, name)
  tell_server(ctx, q)
  local result
  if ip.family(name) and q.type == "A+AAAA" then
    result = reverse(ctx, q, name)
  else
    for _, c in ipairs(candidates(ctx, q, name)) do
      result = q.type == "A+AAAA" and ask_addresses(ctx, q, c) or q.type ~= "A+AAAA" and ask_type(ctx, q, c)
      if result == "found" or result == "silent" then break end
    end
  end
  if result == "found" then return 0 end
  if result == "timeout" then
    ctx.emit(("*** Request to %s timed-out"):format(q.server_name))
  elseif result == "empty" then
    ctx.emit(("*** No %s records available for %s"):format(q.type, name))
  else
    ctx.emit(("*** %s can't find %s: %s"):format(q.server_name, name, failures[result] or "No response from server"))
  end
  return 1
end

-- A server by address or name becomes q's; nil and a message when the name has no address.
local function use_server(ctx, q, word)
  local address = names.lookup(ctx.world, word)[1]
  if not address then
    ctx.emit(("*** Can't find address for server %s: Non-existent domain"):format(word))
    return nil
  end
  q.server = address
  find_server(ctx, q)
  return true
end

local function command(ctx, q, line)
  local verb, rest = trim.both(line):match("^(%S+)%s*(.*)$")
  if not verb then return true end
  local lower = verb:lower()
  if lower == "exit" then return false end
  if lower == "server" or lower == "lserver" then
    if use_server(ctx, q, rest) then
      ctx.emit("Default " .. "Server:  " .. q.server_name)
      ctx.emit("Address:  " .. q.server)
      ctx.emit("")
    end
  elseif lower == "set" then
    local ok, why = take_option(q, rest)
    if not ok then ctx.emit("*** " .. (why or "Invalid option: " .. rest)) end
  else
    look(ctx, q, verb)
  end
  return true
end

local function interactive(ctx, q)
  local host = ctx.world.host
  if not host.readline then
    ctx.emit("*** Can't read commands here")
    return 1
  end
  ctx.emit("Default Server:  " .. q.server_name)
  ctx.emit("Address:  " .. q.server)
  ctx.emit("")
  while true do
    local line = host.readline("> ")
    if not line or not command(ctx, q, line) then return 0 end
  end
end

registry.add {
  name = "nslookup", kind = "program", effect = "reads",
  synopsis = { en = "Asks a DNS server", ja = "DNS サーバーに尋ねる" },
  options = { "-type=", "-query=", "-timeout=", "-port=", "-vc", "-nosearch" },
  about = "real questions over UDP, or TCP where the answer is cut or -vc asks, to Windows' first DNS server or the one named",
  lacks = "ls, -debug, -class; records of type MX, SOA and SRV are shown unread; -retry is taken and not used",
  run = function(ctx, args)
    local q, words = { type = "A+AAAA", timeout = 2, tcp = false, port = 53 }, {}
    for _, a in ipairs(args) do
      local option = a:match("^[-/](.+)$")
      if option and #words == 0 then
        local ok, why = take_option(q, option)
        if not ok then ctx.emit("*** " .. (why or "Invalid option: " .. option)) end
      else
        words[#words + 1] = a
      end
    end
    if words[1] == "-" then q.only_server = true end
    local server = words[2]
    if server then
      if not use_server(ctx, q, server) then return 1 end
    else
      q.server = names.servers(live.new(ctx.world))[1]
      if not q.server then
        ctx.emit("*** Default servers are not available")
        return 1
      end
      find_server(ctx, q)
    end
    if not words[1] or q.only_server then return interactive(ctx, q) end
    return look(ctx, q, words[1])
  end,
}
