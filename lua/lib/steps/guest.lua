-- SPDX-License-Identifier: GPL-2.0-or-later
-- What shows that WSL's side was looked at: its addresses, routes, names and filters, from whichever window.

local addr = require("addr")
local evidence = require("evidence")
local common = require("steps.common")
local proof = require("proof")
local looking = require("steps.looking")

local looked = common.looked
local has_arg = common.has_arg
local one_of = common.one_of
local succeeded = common.succeeded
local some_line = common.some_line
local filled = common.filled

local tests = {}

-- Was this asked of Windows: at its prompt, or by one of its programs?
local function at_windows(e)
  return e.node == "windows" or common.windows_tool(e)
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

-- Is another interface than eth0 named? ("ip addr show lo")
local function of_another(argv)
  local named = false
  for i = 2, #argv do
    if argv[i] == "eth0" then return false end
    named = named or argv[i] == "lo"
  end
  return named
end

local function add_servers(out, text, seq)
  for server in (text or ""):gmatch("nameserver%s+(%S+)") do out[server] = out[server] or seq end
end

-- The nameservers resolv.conf named, with the event since when: the healthy lab's, the broken one's (0), and the learner's own.
local function nameservers(ev)
  ev = ev.whole or ev
  if ev.nameservers then return ev.nameservers end
  local out = {}
  for _, model in ipairs({ require("attempt").healthy(), require("lab").faulty() }) do
    for _, node in ipairs(model.nodes) do
      for _, f in ipairs(node.name == "wsl" and node.files or {}) do
        if f.path == "/mnt/wsl/resolv.conf" or f.path == "/etc/resolv.conf" then add_servers(out, f.content, 0) end
      end
    end
  end
  for _, e in ipairs(ev:all("file")) do add_servers(out, e.content, e.seq) end
  ev.nameservers = out
  return out
end

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

-- A MAC address as Linux or as Windows writes it.
local function shows_mac(out, mac)
  out = out:lower()
  return out:find(mac, 1, true) ~= nil or out:find(mac:gsub(":", "-"), 1, true) ~= nil
end

-- Where a port proxy leads to is what somebody once wrote there, whatever the guest's address is now.
local function shows_address(out, address)
  return some_line(out, function(line)
    return addr.within(line, address) and not line:find(address .. "%s+%d+%s*$") and not line:find("connectaddress=", 1, true)
  end)
end

-- The guest's address, of whichever generation, in an output of either window: `ip a`, a neighbour of Windows'. What Windows runs in
-- WSL (`wsl hostname -I`) is told by the program that was started.
local function addresses_shown(ev)
  return ev:output("any", function(out, e)
    if at_windows(e) and not looking.at(ev, e, "neighbour") or not proof.looked(ev, e) then return false end
    for address in pairs(ev:guests()) do
      if shows_address(out, address) and not ev:typed(address, e) then return true end
    end
    return false
  end)
end

local function address_program(ev)
  return function(program, argv, status, e)
    if not succeeded(status) or of_another(argv) or common.thrown_away(ev, program, e) then return false end
    return (program == "ip" and ip_shows(argv, "address")) or address_tool(program, argv) or reads(program, argv, "/proc/net/fib_trie")
  end
end

function tests.guest_address_seen(ev)
  return looked(ev, addresses_shown(ev), ev:ran("wsl", address_program(ev)))
end

-- The interface counts too.
function tests.address_seen(ev)
  local mac = ev.p.guest_mac
  local macs = ev:output("any", function(out, e)
    return shows_mac(out, mac) and not ev:typed(mac, e) and proof.looked(ev, e) and (not at_windows(e) or looking.at(ev, e, "neighbour") ~= nil)
  end)
  local links = ev:ran("wsl", function(program, argv, status, e)
    if not succeeded(status) or of_another(argv) or common.thrown_away(ev, program, e) then return false end
    return (program == "ip" and ip_shows(argv, "link")) or reads(program, argv, "/sys/class/net/eth0/%l")
  end)
  return looked(ev, addresses_shown(ev), macs, ev:ran("wsl", address_program(ev)), links)
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
    return not at_windows(e) and some_line(out, function(line) return route_line(line, ev.p) end)
      and not ev:typed(ev.p.subnet_base, e) and not ev:typed(ev.p.gateway, e) and proof.looked(ev, e)
  end)
  -- On Windows the gateway is an address of its own: ipconfig, Get-NetIPAddress, route print.
  local shown_there = ev:output("any", function(out, e)
    return addr.within(out, ev.p.gateway) and not ev:typed(ev.p.gateway, e) and looking.at(ev, e, "gateway") ~= nil
  end)
  local ran = ev:ran("wsl", function(program, argv, status, e)
    return succeeded(status) and route_tool(program, argv) and not common.thrown_away(ev, program, e)
  end)
  return looked(ev, shown, shown_there, ran)
end

-- The neighbours: who answered at the first hop, and who did not.
local function neighbour_tool(program, argv)
  return (program == "ip" and ip_shows(argv, "neighbour")) or program == "arp" or reads(program, argv, "/proc/net/arp")
end

function tests.gateway_pinged(ev)
  local p = ev.p
  local sent = ev:packets("wsl", function(e)
    return (e.what == "echo-request" or e.what == "syn") and e.dst == p.gateway and e.dir ~= "in"
  end)
  local ran = ev:ran("wsl", function(program, argv)
    if neighbour_tool(program, argv) then return true end
    return one_of("ping", "arping")(program) and has_arg(argv, function(a) return a == p.gateway end)
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
      and ((e.text or ""):find("/dev/%l%l%l/") ~= nil or proof.looked(ev, e))
  end)
  return looked(ev, sent, ran, refused)
end

-- A question for a name that went out of WSL. What goes over lo, to a resolver of WSL's own (10.255.255.254), is recorded coming in.
local function asks(e)
  return e.what == "dns-query" and (e.dir ~= "in" or e["if"] == "lo")
end

local resolvers = one_of("ping", "getent", "host", "dig", "nslookup", "curl", "wget", "traceroute", "tracepath",
  "resolvectl", "drill", "git", "ssh", "nc")

-- What names a server in the output of one who asked: dig's last lines, nslookup's first, resolvectl's list.
local asked_whom = { "SERVER:%s*([%d.]+)#", "^Server:%s*([%d.]+)", "^Address:%s*([%d.]+)#53", "Current DNS Server:%s*([%d.]+)" }

-- Outputs that say which server was asked, if it is that one.
local function server_named(ev, server)
  return ev:output("any", function(out, e)
    return not ev:typed(server, e) and some_line(out, function(line)
      for _, pattern in ipairs(asked_whom) do
        if line:match(pattern) == server then return true end
      end
      return false
    end)
  end)
end

-- server: through which one; {{p.x}} filled in. By the question on the wire, or an output that names the server.
function tests.name_looked_up(ev, t)
  local server = filled(t and t.server, ev.p)
  local sent = ev:packets("wsl", function(e) return asks(e) and (not server or e.dst == server) end)
  if server then return looked(ev, sent, server_named(ev, server)) end
  local ran = ev:ran("wsl", function(program, argv)
    return resolvers(program) and has_arg(argv, function(a) return evidence.is_name(a:match("^%a+://([^/:]+)") or a) end)
  end)
  return looked(ev, sent, ran)
end

-- Did the file's name stand in what this line of Windows' prompt started in WSL? (`wsl cat /etc/resolv.conf`)
local function names_resolv_conf(ev, command)
  return #ev:find("exec", function(e)
    return (e.node or "wsl") == "wsl" and e.what ~= "exit" and has_arg(e.argv or {}, function(a) return a:find("resolv%.conf") ~= nil end)
      and evidence.during(e, command)
  end, 1) > 0
end

-- A file that is the learner's to write.
local function own_copy(a)
  return a:find("^/tmp/") ~= nil or a:find("^/home/") ~= nil or a:find("^/var/tmp/") ~= nil or a:find("^/dev/shm/") ~= nil
end

-- A recorded output that holds the line. A shell inside the shell (sudo -i) is one long command, recorded when it ends:
-- there the reader's start tells when it was.
function tests.resolv_conf_read(ev)
  local servers = nameservers(ev)
  local function holds(out)
    return some_line(out, function(line)
      local server = line:match("^%s*nameserver%s+(%S+)")
      return server ~= nil and servers[server] ~= nil
    end)
  end
  local shown = ev:output("any", function(out, e)
    return holds(out) and not (e.text or ""):find("nameserver%s+%d") and proof.read(ev, e, { "resolv" })
      and (e.node ~= "windows" or (looking.at(ev, e, "wsl") ~= nil and names_resolv_conf(ev, e)))
  end)
  local ran = ev:ran("wsl", function(program, argv, status, e)
    local around = e.cause and ev:event(e.cause)
    return succeeded(status) and reads(program, argv, "/resolv%.conf$") and not has_arg(argv, own_copy) and around ~= nil and around.kind == "command"
      and around.node ~= "windows" and type(around.output) == "string" and holds(around.output)
  end)
  return looked(ev, shown, ran)
end

local tell_of_files = one_of("ls", "stat", "readlink", "realpath", "file", "namei", "lsattr", "find", "test")

-- path: the file. Read, or looked at from outside, also where that fails: a link that leads nowhere is seen by that.
function tests.file_seen(ev, t)
  local path = filled(t.path, ev.p)
  local folder, name = path:match("^(.*)/([^/]+)$")
  local plain = name:gsub("%W", "%%%0")
  local function is_it(a) return a == name or a:find("/" .. plain .. "$") ~= nil end
  local ran = ev:ran("wsl", function(program, argv)
    if program == "ls" and has_arg(argv, function(a) return a == folder or a == folder .. "/" end) then return true end
    return (readers(program) or tell_of_files(program)) and has_arg(argv, is_it)
  end)
  local listed = ev:output("wsl", function(out, e)
    return not (e.text or ""):find("->", 1, true) and proof.ran(ev, e, tell_of_files)
      and some_line(out, function(line) return line:find("%s" .. plain .. " %-> ") ~= nil end)
  end)
  return looked(ev, ran, listed)
end

local function filter_tool(program, argv)
  if program == "nft" then return has_arg(argv, function(a) return a:find("^list") ~= nil end) end
  if program:find("^ip6?tables.*%-save$") then return true end
  if program:find("^ip6?tables") then
    return has_arg(argv, function(a) return a:find("^%-%w*[LS]") ~= nil or a:find("^%-%-list") ~= nil end)
  end
  return program == "ufw" and has_arg(argv, one_of("status", "show"))
end

-- What nobody sends unasked: an echo larger than a bare ping's, and before anything was changed a connection that asks for smaller segments
-- than WSL's others do.
local LARGE_ECHO = 500

local function sized_packets(ev)
  local usual, first = 0, ev:changes()[1]
  ev:packets("wsl", function(e)
    if e.what == "syn" and e.dir ~= "in" then usual = math.max(usual, e.mss or 0) end
  end)
  return ev:packets("wsl", function(e)
    if e.dir == "in" then return false end
    return (e.what == "echo-request" and (e.size or 0) > LARGE_ECHO)
      or (e.what == "syn" and e.mss ~= nil and e.mss < usual and (not first or ev:before(e.seq, first)))
  end)
end

-- A packet of a chosen size, or the whole search by a program: `ping -M do -s 1300`, tracepath; on Windows `ping -f -l 1300`.
function tests.size_tried(ev)
  local sized = ev:ran("wsl", function(program, argv)
    return program == "tracepath" or program == "ping" and has_arg(argv, function(a) return a:find("^%-%a*s%d*$") ~= nil end)
  end)
  return looked(ev, sized, sized_packets(ev), ev:output("any", function(out, e) return looking.at(ev, e, "size") ~= nil and out:find("%d") ~= nil end))
end

-- table: a name that stands in the live rules, {{p.x}} filled in.
function tests.filters_seen(ev, t)
  local name = t.table and require("text").fill(t.table, ev.p)
  local listed = name and ("table%s+%l+%s+" .. name:gsub("%W", "%%%0") .. "%f[^%w_]")
  local shown = ev:output("wsl", function(out, e)
    return listed ~= nil and out:find(listed) ~= nil and not (e.text or ""):find(listed) and proof.looked(ev, e)
  end)
  local ran = ev:ran("wsl", function(program, argv, status, e)
    -- An ordinary user is refused; where the kernel can't tell the status, root's try counts.
    return (status == 0 or (status == nil and e.uid == 0)) and filter_tool(program, argv)
  end)
  return looked(ev, shown, ran)
end

-- A question to a server other than the one configured then.
function tests.named_server_asked(ev)
  local servers = nameservers(ev)
  return looked(ev, ev:packets("wsl", function(e)
    return asks(e) and (servers[e.dst] or math.huge) > e.seq
  end))
end

return tests
