-- SPDX-License-Identifier: GPL-2.0-or-later
-- `step.NAME { points = n }`: what earns points, and by what evidence.
--
-- A step's test is a pure function of the log: it returns a truth value, the seqs that show it, and where it can be lost
-- in several ways the reason. What counts is what the kernel saw (a program started, a packet, a change, a probe) or a command whose recorded output
-- holds the live value. No mend is recognised by its command.

local addr = require("addr")
local evidence = require("evidence")
local lessons = require("lessons")
local strict = require("strict")

local steps = {}

local made = setmetatable({}, { __mode = "k" })

function steps.is(v)
  return made[v] == true
end

-- Helpers ---------------------------------------------------------------------------------------------------------

local function join(...)
  local out, seen = core.array({}), {}
  for _, list in ipairs({ ... }) do
    for _, seq in ipairs(list) do
      if not seen[seq] then out[#out + 1] = seq end
      seen[seq] = true
    end
  end
  table.sort(out)
  return out
end

local function any(list)
  return #list > 0, list
end

-- What was seen before the last change is looking; what came after it is checking, and earns "verified".
local function looked(ev, ...)
  local last = ev:changes()[#ev:changes()]
  local out = core.array({})
  for _, seq in ipairs(join(...)) do
    if not last or seq < last.seq then out[#out + 1] = seq end
  end
  return any(out)
end

local function has_arg(argv, fn)
  for i = 2, #argv do
    if fn(argv[i]) then return true end
  end
  return false
end

-- Does an `ip` command look at this object, both however shortened? ("ip -4 a", "ip addr sh eth0")
local function ip_shows(argv, word)
  for i = 2, #argv do
    local a, verb = argv[i], argv[i + 1] or "show"
    if a:sub(1, 1) ~= "-" then
      if a == "" or word:sub(1, #a) ~= a then return false end
      return verb:find("^sh") ~= nil or verb:find("^l") ~= nil or verb:find("^g") ~= nil
        or (verb == "s" and word ~= "link") -- there it is "set"
    end
  end
  return false
end

local function one_of(...)
  local set = {}
  for _, w in ipairs({ ... }) do set[w] = true end
  return function(w) return set[w] == true end
end

-- Is another interface than eth0 named? ("ip addr show lo")
local function of_another(argv)
  local named = false
  for i = 2, #argv do
    if argv[i] == "eth0" then return false end
    named = named or argv[i] == "lo"
  end
  return named
end

local function succeeded(status)
  return status == nil or status == 0
end

local function lines(text)
  return (text .. "\n"):gmatch("(.-)\r?\n")
end

local function some_line(text, fn)
  for line in lines(text) do
    if fn(line) then return true end
  end
  return false
end

-- The nameservers the lab's own resolv.conf names.
local function nameservers(ev)
  local out = {}
  for _, node in ipairs(require("attempt").healthy().nodes) do
    for _, f in ipairs(node.name == "wsl" and node.files or {}) do
      if f.path == "/mnt/wsl/resolv.conf" or f.path == "/etc/resolv.conf" then
        for server in (f.content or ""):gmatch("nameserver%s+(%S+)") do out[server] = true end
      end
    end
  end
  for _, e in ipairs(ev:all("file")) do
    for server in (e.content or ""):gmatch("nameserver%s+(%S+)") do out[server] = true end
  end
  return out
end

-- Tests: observing -------------------------------------------------------------------------------------------------

local tests = {}

local address_tools = one_of("ifconfig", "nmcli", "networkctl")

-- "hostname" alone tells no address; -I, -i and their long forms do.
local function address_tool(program, argv)
  if program == "hostname" then
    return has_arg(argv, function(a) return a:find("^%-%w*[Ii]") ~= nil or a:find("^%-%-.*ip%-address") ~= nil end)
  end
  return address_tools(program)
end

local readers = one_of("cat", "head", "tail", "grep", "egrep", "less", "more", "awk", "gawk", "mawk", "sed", "od", "xxd",
  "hexdump", "column", "nl", "tac", "python3", "perl", "ruby", "vi", "vim", "vim.tiny", "vim.basic", "nano", "view")

-- A program that shows files, started on one whose path holds this pattern.
local function reads(program, argv, path)
  return readers(program) and has_arg(argv, function(a) return a:find(path) ~= nil end)
end

function tests.address_seen(ev)
  local p = ev.p
  local shown = ev:output("wsl", function(out, e)
    return (addr.within(out, p.guest) and not ev:typed(p.guest, e))
      or (out:lower():find(p.guest_mac, 1, true) ~= nil and not ev:typed(p.guest_mac, e))
  end)
  local ran = ev:ran("wsl", function(program, argv, status)
    if not succeeded(status) or of_another(argv) then return false end
    return (program == "ip" and (ip_shows(argv, "address") or ip_shows(argv, "link"))) or address_tool(program, argv)
      or reads(program, argv, "/sys/class/net/eth0/%l") or reads(program, argv, "/proc/net/fib_trie")
  end)
  return looked(ev, shown, ran)
end

-- An address as /proc/net/route writes it.
local function kernel_hex(address)
  local n = addr.number(address)
  return ("%02X%02X%02X%02X"):format(n & 255, n >> 8 & 255, n >> 16 & 255, n >> 24 & 255)
end

local function route_line(line, p)
  if line:find(p.subnet_base, 1, true) then return true end
  if line:find("%s" .. kernel_hex(p.subnet_base) .. "%s") then return true end
  return addr.within(line, p.gateway) and (line:find("default", 1, true) or line:find(" via ", 1, true)
    or line:find("^0%.0%.0%.0")) ~= nil
end

local function route_tool(program, argv)
  if program == "ip" then return ip_shows(argv, "route") end
  if program == "netstat" then return has_arg(argv, function(a) return a:find("^%-%w*r") ~= nil end) end
  return program == "route" or program == "routel" or reads(program, argv, "/proc/net/route")
    or reads(program, argv, "/proc/net/fib_trie")
end

function tests.gateway_seen(ev)
  local shown = ev:output("wsl", function(out, e)
    return some_line(out, function(line) return route_line(line, ev.p) end)
      and not ev:typed(ev.p.subnet_base, e) and not ev:typed(ev.p.gateway, e)
  end)
  local ran = ev:ran("wsl", function(program, argv, status) return succeeded(status) and route_tool(program, argv) end)
  return looked(ev, shown, ran)
end

function tests.gateway_pinged(ev)
  local p = ev.p
  local sent = ev:packets("wsl", function(e) return e.what == "echo-request" and e.dst == p.gateway end)
  local ran = ev:ran("wsl", function(program, argv)
    return program == "ping" and has_arg(argv, function(a) return a == p.gateway end)
  end)
  return looked(ev, sent, ran)
end

local reachers = one_of("ping", "traceroute", "tracepath", "mtr", "nc", "ncat", "telnet", "curl", "wget", "nmap", "dig",
  "host", "nslookup", "drill", "ssh", "git")

-- An outside address as an argument: plain, of a URL, as dig's server, for bash's /dev/tcp.
local function names_public(a)
  local host = a:match("^%a+://([%d.]+)") or a:match("^@([%d.]+)$") or a:match("/dev/%l%l%l/([%d.]+)/%d") or a
  return addr.public(host)
end

local UNREACHABLE = "Network is unreachable"

local function holds_public(command)
  for a in command:gmatch("%d+%.%d+%.%d+%.%d+") do
    if addr.public(a) then return true end
  end
  return false
end

-- An outside address tried as such: not one a look-up had just given. With no way out no packet leaves: then a program
-- started on it counts, or a command about it that was told so (the shell's own /dev/tcp, a script's socket).
function tests.public_pinged(ev)
  local from_dns = {}
  for _, e in ipairs(ev:all("packet")) do
    if e.what == "dns-answer" then
      for _, a in ipairs(e.answers or {}) do from_dns[a] = true end
    end
  end
  local servers = nameservers(ev)
  local sent = ev:packets("wsl", function(e)
    return (e.what == "echo-request" or e.what == "syn" or (e.what == "dns-query" and not servers[e.dst]))
      and e.dir ~= "in" and addr.public(e.dst or "") and not from_dns[e.dst]
  end)
  local ran = ev:ran("wsl", function(program, argv)
    return (reachers(program) or program == "bash") and has_arg(argv, names_public)
  end)
  local refused = ev:output("wsl", function(out, e)
    return out:find(UNREACHABLE, 1, true) ~= nil and not ev:typed(UNREACHABLE, e) and holds_public(e.text or "")
  end)
  return looked(ev, sent, ran, refused)
end

local resolvers = one_of("ping", "getent", "host", "dig", "nslookup", "curl", "wget", "traceroute", "tracepath",
  "resolvectl", "drill", "git", "ssh", "nc")

function tests.name_looked_up(ev)
  local sent = ev:packets("wsl", function(e) return e.what == "dns-query" and e.dir ~= "in" end)
  local ran = ev:ran("wsl", function(program, argv)
    return resolvers(program) and has_arg(argv, function(a) return evidence.is_name(a:match("^%a+://([^/:]+)") or a) end)
  end)
  return looked(ev, sent, ran)
end

-- A recorded output that holds the line. A shell inside the shell (sudo -i) is one long command, recorded when it ends:
-- there the reader's start tells when it was.
function tests.resolv_conf_read(ev)
  local servers = nameservers(ev)
  local function holds(out)
    return some_line(out, function(line)
      local server = line:match("^%s*nameserver%s+(%S+)")
      return server ~= nil and servers[server] == true
    end)
  end
  local shown = ev:output("wsl", function(out, e)
    return holds(out) and not (e.text or ""):find("nameserver%s+%d")
  end)
  local ran = ev:ran("wsl", function(program, argv, status, e)
    local around = ev:event(e.cause or 0)
    return succeeded(status) and reads(program, argv, "/resolv%.conf$") and around ~= nil and around.kind == "command"
      and type(around.output) == "string" and holds(around.output)
  end)
  return looked(ev, shown, ran)
end

local socket_tools = one_of("ss", "netstat", "lsof")

function tests.listening_seen(ev, t)
  local port = t.port and require("text").fill(tostring(t.port), ev.p)
  local shown = ev:output("wsl", function(out)
    return some_line(out, function(line)
      return line:find("LISTEN", 1, true) ~= nil and (not port or line:find(":" .. port .. "%f[^%d]") ~= nil)
    end)
  end)
  local ran = ev:ran("wsl", function(program, _, status) return succeeded(status) and socket_tools(program) end)
  return looked(ev, shown, ran)
end

local function filter_tool(program, argv)
  if program == "nft" then return has_arg(argv, function(a) return a:find("^list") ~= nil end) end
  if program:find("^ip6?tables.*%-save$") then return true end
  if program:find("^ip6?tables") then
    return has_arg(argv, function(a) return a:find("^%-%w*[LS]") ~= nil or a:find("^%-%-list") ~= nil end)
  end
  return program == "ufw" and has_arg(argv, one_of("status", "show"))
end

-- table: a name that stands in the live rules, {{p.x}} filled in.
function tests.filters_seen(ev, t)
  local name = t.table and require("text").fill(t.table, ev.p)
  local listed = name and ("table%s+%l+%s+" .. name:gsub("%W", "%%%0") .. "%f[^%w_]")
  local shown = ev:output("wsl", function(out, e)
    return listed ~= nil and out:find(listed) ~= nil and not (e.text or ""):find(listed)
  end)
  local ran = ev:ran("wsl", function(program, argv, status, e)
    -- An ordinary user is refused; where the kernel can't tell the status, root's try counts.
    return (status == 0 or (status == nil and e.uid == 0)) and filter_tool(program, argv)
  end)
  return looked(ev, shown, ran)
end

-- A question to a server other than the configured one.
function tests.named_server_asked(ev)
  local servers = nameservers(ev)
  return looked(ev, ev:packets("wsl", function(e)
    return e.what == "dns-query" and e.dir ~= "in" and not servers[e.dst]
  end))
end

-- Looked before changing: `least` of the observing steps were earned before the first change.
function tests.looked_first(ev, t)
  local first = ev:changes()[1]
  local seqs, n = {}, 0
  for _, s in ipairs(ev.scenario.steps) do
    if s.group == "observe" and s.name ~= "looked_first" then
      local ok, found = s.test(ev, s.options)
      if ok and (not first or found[1] < first.seq) then
        n = n + 1
        seqs[#seqs + 1] = found[1]
      end
    end
  end
  local least = t.least or 2
  return n >= least, join(seqs), lessons.why(ev:touched() and "looked_too_little" or "looked_too_little_unchanged", n, least)
end

-- Tests: diagnosing ------------------------------------------------------------------------------------------------

-- "L2.5", "l2.5", "2.5" alike; "4/5" is either of the two.
local function layer_matches(said, layer)
  said = tostring(said or ""):lower():gsub("^layer", ""):gsub("%s", "")
  for part in said:gmatch("[^/]+") do
    if part:gsub("^l", "") == layer:lower():gsub("^l", "") then return true end
  end
  return false
end

local function last_answer(ev)
  local list = ev:all("answer")
  return list[#list], #list
end

-- Every true fault is among the answers given last, by fn(answer, truth).
local function answered(ev, fn)
  local e = last_answer(ev)
  if not e then return false, core.array({}) end
  if #ev.scenario.truth == 0 then return e.none == true, core.array({ e.seq }) end
  for _, truth in ipairs(ev.scenario.truth) do
    local named = false
    for _, a in ipairs(e.answers or {}) do named = named or fn(a, truth) end
    if not named then return false, core.array({ e.seq }) end
  end
  return true, core.array({ e.seq })
end

local GUESSES = 3

local function guessed(ev)
  local _, n = last_answer(ev)
  return n > GUESSES
end

-- Why an answer earned nothing; wrong: the reason where one was given and was not it.
local function lost_answer(ev, wrong)
  local e, n = last_answer(ev)
  if not e then return lessons.why("no_answer") end
  if n > GUESSES then return lessons.why("guessed", n, GUESSES) end
  return lessons.why(wrong)
end

function tests.layer_named(ev)
  local ok, seqs = answered(ev, function(a, truth) return layer_matches(a.layer, truth.layer) end)
  return ok and not guessed(ev), seqs, lost_answer(ev, "wrong_layer")
end

local function any_cause(e)
  for _, a in ipairs(e and e.answers or {}) do
    if (a.cause or "") ~= "" then return true end
  end
  return e ~= nil and e.none == true
end

function tests.cause_named(ev)
  local ok, seqs = answered(ev, function(a, truth) return tostring(a.cause or ""):lower() == truth.cause end)
  return ok and not guessed(ev), seqs, lost_answer(ev, any_cause((last_answer(ev))) and "wrong_cause" or "no_cause")
end

-- Tests: mending, verifying, care -----------------------------------------------------------------------------------

-- The titles of probes, for a sentence; and the seqs of their last runs.
local function told(ev, failing)
  local titles, seqs = { en = {}, ja = {} }, {}
  for i, item in ipairs(failing) do
    local title = require("probes").title(item.probe, ev.p)
    titles.en[i], titles.ja[i] = title.en, title.ja
    seqs[#seqs + 1] = item.event and item.event.seq
  end
  return { en = table.concat(titles.en, "; "), ja = table.concat(titles.ja, "、") }, seqs
end

function tests.mended(ev)
  local ok, seqs = ev:mended()
  if ok then return true, join(seqs) end
  if not ev.probes.fixed then return false, core.array({}), lessons.why("not_ended") end
  local broke, unmended = ev:failing("controls"), ev:failing("fixed")
  if #broke + #unmended == 0 then return false, join(seqs), lessons.why("nothing_done") end
  local titles, shown = told(ev, #broke > 0 and broke or unmended)
  return false, join(shown), lessons.why(#broke > 0 and "broke" or "unmended", titles)
end

local function good_answer(e)
  if e.what ~= "dns-answer" then return true end
  return (e.rcode == nil or e.rcode == "NOERROR" or e.rcode == 0) and #(e.answers or {}) > 0
end

-- By a packet that came back after the last change: an answer, an echo reply, an accepted connection.
function tests.verified(ev, t)
  if not ev:mended() then return false, core.array({}), lessons.why("nothing_to_prove") end
  local wanted = {}
  for _, what in ipairs(t.by or { "dns-answer", "echo-reply", "syn-ack" }) do wanted[what] = true end
  local last = ev:changes()[#ev:changes()]
  -- A change is stamped when it is read, a packet when it passed: a quick learner's look-up may seem the older of the two.
  local since = last and (last.t or 0) - 0.25 or 0
  return any(join(ev:packets("wsl", function(e)
    return wanted[e.what] and e.dir ~= "out" and (e.t or 0) >= since and good_answer(e)
  end)))
end

local function down(e)
  if e.action == "del" then return true end
  if type(e.flags) ~= "table" then return false end
  for _, flag in ipairs(e.flags) do
    if flag == "UP" then return false end
  end
  return true
end

-- Is this event damage, given what the scenario's mends may touch?
local function damages(e, allowed)
  if e.kind == "file" then return not allowed["file:" .. (e.path or "")] end
  if e.what == "link" then return not allowed.link and down(e) end
  return evidence.is_change(e) and not allowed[e.what]
end

-- allow: kinds of change a mend may make ("route", "ruleset", ...) and files as "file:/path".
function tests.care(ev, t)
  if not ev:mended() then
    return false, core.array({}), lessons.why(ev:touched() and "nothing_to_judge" or "nothing_changed")
  end
  local allowed, seqs = {}, {}
  for _, what in ipairs(t.allow or {}) do allowed[what] = true end
  for _, kind in ipairs({ "change", "file" }) do
    for _, e in ipairs(ev:all(kind)) do
      if damages(e, allowed) then seqs[#seqs + 1] = e.seq end
    end
  end
  if #seqs > 0 then return false, join(seqs) end
  local _, shown = ev:passed("controls")
  return true, join(shown)
end

-- What an author writes --------------------------------------------------------------------------------------------

-- name, group, recorders needed, own options, title en, title ja, why it was not earned en, ja
local table_of_steps = {
  { "address_seen", "observe", { "exec" }, {}, "Looked at the interface and its address", "インターフェースとアドレスを確認した",
    "Nothing shows that eth0 was looked at", "eth0 を確認した記録がない" },
  { "gateway_seen", "observe", { "exec" }, {}, "Looked at the routes", "経路表（デフォルトゲートウェイ）を確認した",
    "Nothing shows that the routes were looked at", "経路表を確認した記録がない" },
  { "gateway_pinged", "observe", { "packets" }, {}, "Tried the gateway", "ゲートウェイに届くか試した",
    "No packet went to the gateway to try it", "ゲートウェイを試したパケットがない" },
  { "public_pinged", "observe", { "packets", "exec" }, {}, "Tried an outside address without a name",
    "外部の IP アドレスを直接試した",
    "No outside address was tried directly before mending", "直す前に外部の IP アドレスを直接試していない" },
  { "name_looked_up", "observe", { "packets", "exec" }, {}, "Tried a name", "名前解決を試した",
    "No name was looked up", "名前解決を試していない" },
  { "resolv_conf_read", "observe", {}, {}, "Saw which nameserver is asked", "どの nameserver に聞くのかを確認した",
    "No output shows the nameserver in use", "使われている nameserver が表示された記録がない" },
  { "listening_seen", "observe", { "exec" }, { port = "any" }, "Checked what listens", "待ち受けを確認した",
    "Nothing shows that listening sockets were looked at", "待ち受けを確認した記録がない" },
  { "filters_seen", "observe", { "exec" }, { table = "string" }, "Looked at the guest's filters",
    "ゲスト側のフィルタを確認した",
    "Nothing shows that the filters were looked at", "フィルタを確認した記録がない" },
  { "named_server_asked", "observe", { "packets" }, {}, "Asked another server the same question",
    "別の DNS サーバーに同じ質問をした",
    "No other server was asked", "別のサーバーには聞いていない" },
  { "looked_first", "observe", { "exec", "changes" }, { least = "integer" }, "Looked before changing anything",
    "変更する前に観察した",
    "Something was changed before enough had been looked at", "十分に観察する前に変更した" },
  { "layer_named", "diagnose", {}, {}, "Named the layer", "レイヤーを特定した",
    "The layer was not named, was wrong, or was guessed at", "レイヤーの診断がない、誤り、または当てずっぽう" },
  { "cause_named", "diagnose", {}, {}, "Named the cause", "原因を特定した",
    "The cause was not named, was wrong, or was guessed at", "原因の診断がない、誤り、または当てずっぽう" },
  { "mended", "mend", {}, {}, "Mended it, and nothing else broke", "直し、ほかを壊さなかった",
    "Something still fails, or fails now", "まだ失敗しているか、新たに失敗している" },
  { "verified", "verify", { "packets" }, { by = "list" }, "Proved it after mending", "直した後に確かめた",
    "Nothing came back after the last change to prove it", "最後の変更の後に確かめた記録がない" },
  { "care", "care", { "changes" }, { allow = "list" }, "Touched only what had to be touched", "必要なところだけを変更した",
    "Something was changed that had nothing to do with the fault", "障害と関係のないものを変更した" },
}

local function constructor(row)
  local name, group, needs, own = row[1], row[2], row[3], row[4]
  local rules = { points = "integer!", id = "id", title = "text", group = "observe|diagnose|mend|verify|care" }
  for k, rule in pairs(own) do rules[k] = rule end
  local schema = strict.schema("step." .. name, rules)
  return function(t)
    strict.check(schema, t, "step." .. name)
    if t.points < 0 or t.points > 100 then strict.fail("points", "step.%s: points must be from 0 to 100", name) end
    local out = {
      id = t.id or name:gsub("_", "-"), name = name, group = t.group or group, points = t.points, needs = needs,
      title = t.title or { en = row[5], ja = row[6] }, lacking = { en = row[7], ja = row[8] },
      test = tests[name], options = t,
    }
    made[out] = true
    return out
  end
end

-- step.custom { id, group, points, title, test = function(ev) return ok, seqs end }: for what no named step says.
local custom_schema = strict.schema("step.custom", {
  id = "id!", group = "observe|diagnose|mend|verify|care!", points = "integer!", title = "text!", test = "function!",
  needs = "list",
})

local function custom(t)
  strict.check(custom_schema, t, "step.custom")
  local out = { id = t.id, name = "custom", group = t.group, points = t.points, title = t.title, needs = t.needs or {},
    lacking = { en = "The log does not show it", ja = "記録に見当たらない" }, test = t.test, options = t }
  made[out] = true
  return out
end

local public = { custom = custom }
for _, row in ipairs(table_of_steps) do public[row[1]] = constructor(row) end
steps.kinds = public
steps.public = strict.readonly(public, "step")

return steps
