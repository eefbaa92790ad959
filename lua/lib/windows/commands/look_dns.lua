-- SPDX-License-Identifier: GPL-2.0-or-later
-- Get-DnsClient..., Resolve-DnsName.

local change = require("windows.machine.change")
local choose = require("windows.machine.choose")
local ip = require("windows.machine.ip")
local live = require("windows.machine.live")
local look = require("windows.machine.look")
local names = require("windows.machine.names")
local object = require("windows.object")
local registry = require("windows.registry")
require("windows.format.views_net")

local by_alias = { { name = "InterfaceAlias", type = "string[]", position = 1, aliases = { "ifAlias" }, wildcard = true, pipeline = "name" },
  choose.by_interface[2] }

registry.add {
  name = "Get-DnsClientServerAddress", kind = "cmdlet", effect = "reads",
  parameters = choose.parameters(by_alias, { choose.families }),
  synopsis = { en = "The DNS servers of each interface", ja = "インターフェイスごとの DNS サーバー" }, about = "the model's servers, which are those asked", lacks = "",
  run = function(ctx, args)
    local objects = {}
    for _, i in ipairs(live.new(ctx.world):interfaces()) do
      for _, family in ipairs({ "inet", "inet6" }) do objects[#objects + 1] = look.server_addresses(i, family) end
    end
    choose.emit(ctx, { cmdlet = "Get-DnsClientServerAddress", class = "MSFT_DNSClientServerAddress",
      criteria = { { name = "InterfaceAlias" }, { name = "InterfaceIndex" }, { name = "AddressFamily" } } }, args, objects)
  end,
}

registry.add {
  name = "Get-DnsClient", kind = "cmdlet", effect = "reads", parameters = by_alias,
  synopsis = { en = "The interfaces' DNS suffixes", ja = "インターフェイスの DNS サフィックス" },
  about = "the model's suffixes", lacks = "registration: nothing is registered",
  run = function(ctx, args)
    local objects = {}
    for _, i in ipairs(live.new(ctx.world):interfaces()) do
      objects[#objects + 1] = object.new("DnsClient", { { "InterfaceAlias", i.alias }, { "InterfaceIndex", i.index },
        { "ConnectionSpecificSuffix", i.conf.ConnectionSpecificSuffix or "" }, { "ConnectionSpecificSuffixSearchList", {} },
        { "RegisterThisConnectionsAddress", true }, { "UseSuffixWhenRegistering", false } })
    end
    choose.emit(ctx, { cmdlet = "Get-DnsClient", class = "MSFT_DNSClient", criteria = { { name = "InterfaceAlias" }, { name = "InterfaceIndex" } } },
      args, objects)
  end,
}

registry.add {
  name = "Get-DnsClientGlobalSetting", kind = "cmdlet", effect = "reads", parameters = {},
  synopsis = { en = "DNS settings of all interfaces", ja = "全インターフェイス共通の DNS 設定" }, about = "the model's suffix list", lacks = "devolution",
  run = function(ctx)
    local dns = live.new(ctx.world):windows().dns or {}
    local list = dns.SuffixSearchList or {}
    ctx.emit(object.new("DnsClientGlobalSetting", { { "UseSuffixSearchList", #list > 0 }, { "SuffixSearchList", list }, { "UseDevolution", true },
      { "DevolutionLevel", 0 } }))
  end,
}

registry.add {
  name = "Get-DnsClientCache", kind = "cmdlet", effect = "imitated",
  parameters = { { name = "Entry", type = "string[]", position = 1 }, { name = "Name", type = "string[]" } },
  synopsis = { en = "The resolver's cache", ja = "リゾルバーのキャッシュ" }, about = "empty at any time: each question is asked anew", lacks = "a cache",
  run = function() end,
}

-- ---- Resolve-DnsName ----------------------------------------------------------------------------------------------------

local type_names = { [1] = "A", [2] = "NS", [5] = "CNAME", [6] = "SOA", [12] = "PTR", [15] = "MX", [16] = "TXT", [28] = "AAAA", [33] = "SRV" }
local shapes = { A = "A", AAAA = "A", TXT = "TXT" } -- the view a record has; all others show a name
local prefix = "Microsoft.DnsClient.Commands.DnsRecord_"

local function record_object(name, kind, ttl, data)
  local shape = shapes[kind] or "PTR"
  local p = { { "Name", name }, { "Type", kind }, { "QueryType", kind }, { "TTL", ttl }, { "Section", "Answer" }, { "CharacterSet", "Unicode" },
    { "DataLength", shape == "A" and #(ip.bytes(data) or {}) or #tostring(data) + 2 } }
  if shape == "A" then
    p[#p + 1], p[#p + 2] = { "IPAddress", data }, { "Address", data }
    p[#p + 1] = { kind == "A" and "IP4Address" or "IP6Address", data }
  elseif shape == "TXT" then
    p[#p + 1] = { "Strings", { data } }
  else
    p[#p + 1], p[#p + 2] = { "NameHost", data }, { "Server", data }
  end
  return object.new(prefix .. shape, p)
end

local hosts_path = "C:\\Windows\\System32\\drivers\\etc\\hosts"

-- What the hosts file says of a name, one address a record.
local function from_hosts(ctx, name, kinds)
  local out = {}
  for text_line in ((ctx.world.read_file(hosts_path) or "") .. "\n"):gmatch("(.-)\r?\n") do
    local address, rest = text_line:gsub("#.*$", ""):match("^%s*(%S+)%s+(.*)$")
    local kind = address and (ip.family(address) == "inet6" and "AAAA" or "A")
    for word in (rest or ""):gmatch("%S+") do
      if word:lower() == name:lower() and kinds[kind] then out[#out + 1] = record_object(name, kind, 86400, address) end
    end
  end
  return out
end

local errors = {
  NXDOMAIN = { "DNS name does not exist", "ResourceUnavailable", "DNS_ERROR_RCODE_NAME_ERROR" },
  SERVFAIL = { "DNS server failure", "ResourceUnavailable", "DNS_ERROR_RCODE_SERVER_FAILURE" },
  REFUSED = { "DNS operation refused", "ResourceUnavailable", "DNS_ERROR_RCODE_REFUSED" },
  timeout = { "This operation returned because the timeout period expired", "OperationTimeout", "ERROR_TIMEOUT" },
}

local function fail(ctx, name, why)
  local e = errors[why] or errors.SERVFAIL
  ctx.fail(name .. " : " .. e[1], { category = e[2], target = name, exception = "Win32Exception",
    id = e[3] .. ",Microsoft.DnsClient.Commands.ResolveDnsName" })
end

-- One question, to each server in turn until one answers: the answer, or nil.
local function ask(ctx, servers, name, kind, args)
  for _ = 1, args.QuickTimeout and 1 or 2 do
    for _, s in ipairs(servers) do
      local r = names.ask(ctx.world, s, name, kind, args.QuickTimeout and 1.0 or 2.0, args.TcpOnly)
      if r.truncated and not args.TcpOnly then r = names.ask(ctx.world, s, name, kind, 2.0, true) end
      if r.rcode then return r end
    end
  end
end

local function emit_records(ctx, r, seen)
  for _, record in ipairs(r.records or {}) do
    local kind = type_names[record.type] or tostring(record.type)
    local id = record.name .. kind .. record.data
    if not seen[id] then
      seen[id] = true
      ctx.emit(record_object(record.name, kind, record.ttl, record.data))
    end
  end
end

-- The names to ask: a single label has the suffixes put to it.
local function candidates(l, name)
  if name:find(".", 1, true) then return { (name:gsub("%.$", "")) } end
  local out = {}
  for _, s in ipairs(names.suffixes(l)) do out[#out + 1] = name .. "." .. s end
  out[#out + 1] = name
  return out
end

local function ask_servers(ctx, l, name, kinds, args)
  local servers = {}
  for _, s in ipairs(change.list(args.Server)) do servers[#servers + 1] = names.lookup(ctx.world, s)[1] end
  if #change.list(args.Server) == 0 then servers = names.servers(l) end
  local why
  local own = #change.list(args.Server) == 0
  for _, candidate in ipairs(candidates(l, name)) do
    local to = own and names.policy(l, candidate) or servers
    local answered, seen = false, {}
    for _, kind in ipairs(kinds) do
      local r = ask(ctx, to, candidate, kind, args)
      if r and r.rcode == "NOERROR" then
        answered = true
        emit_records(ctx, r, seen)
      else
        why = r and r.rcode or "timeout"
        if why == "timeout" then break end
      end
    end
    if answered then return end
  end
  fail(ctx, name, why)
end

local function resolve(ctx, l, name, args)
  local kind = args.Type or "A_AAAA"
  if ip.family(name) and not args.Type then return ask_servers(ctx, l, ip.reverse_name(name), { "PTR" }, args) end
  local kinds = kind == "A_AAAA" and { "AAAA", "A" } or { kind == "ALL" and "ANY" or kind }
  if kind == "PTR" and ip.family(name) then name = ip.reverse_name(name) end
  if not args.NoHostsFile and not args.DnsOnly and not args.Server then
    local set = {}
    for _, k in ipairs(kinds) do set[k] = true end
    local found = from_hosts(ctx, name, set)
    for _, o in ipairs(found) do ctx.emit(o) end
    if #found > 0 then return end
  end
  if args.CacheOnly then return fail(ctx, name, "NXDOMAIN") end
  ask_servers(ctx, l, name, kinds, args)
end

registry.add {
  name = "Resolve-DnsName", kind = "cmdlet", effect = "reads",
  parameters = { { name = "Name", type = "string[]", position = 1, mandatory = true, pipeline = "value name" },
    { name = "Type", type = "enum", position = 2, values = { "A", "AAAA", "A_AAAA", "NS", "CNAME", "SOA", "PTR", "MX", "TXT", "SRV", "ALL" } },
    { name = "Server", type = "string[]", aliases = { "ServerAddress" } }, { name = "DnsOnly", type = "switch" },
    { name = "NoHostsFile", type = "switch" }, { name = "CacheOnly", type = "switch" }, { name = "QuickTimeout", type = "switch" },
    { name = "TcpOnly", type = "switch" }, { name = "NoIdn", type = "switch" }, { name = "NoRecursion", type = "switch" } },
  synopsis = { en = "Resolves a name as Windows' own client does", ja = "Windows のクライアントと同じように名前を解決する" },
  about = "the hosts file, then real questions to the servers of the interface with the best metric",
  lacks = "LLMNR, NetBIOS, DNSSEC, the authority and additional sections; -NoRecursion is taken and not used",
  run = function(ctx, args)
    local l = live.new(ctx.world)
    for _, name in ipairs(change.list(args.Name)) do resolve(ctx, l, name, args) end
  end,
}
