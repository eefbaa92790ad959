-- SPDX-License-Identifier: GPL-2.0-or-later
-- Was a command on Windows' side a look? A table says which commands show what. It counts only in a line whose every output is such
-- a command's own: no text of the learner's, no variable, no file stands among it, so what is shown was there to be seen.

local cmdline = require("steps.cmdline")
local common = require("steps.common")
local proof = require("proof")

local one_of = common.one_of

local looking = {}

local function any_argument() return true end

local function says(...)
  local patterns = { ... }
  return function(rest)
    for _, p in ipairs(patterns) do
      if not rest:find(p) then return false end
    end
    return true
  end
end

local function either(a, b)
  return function(rest) return a(rest) or b(rest) end
end

local of_wsl = either(says("%.wslconfig"), says("wsl%.conf"))

local netsh_show = "%f[%a]sho?w?%f[%A]"

-- What shows it: the command, and which of its arguments do.
looking.shows = {
  listening = { netstat = says("%-%a*a"), ["get-nettcpconnection"] = any_argument },
  portproxy = { netsh = either(says("portproxy", netsh_show), says("%f[%a]dump%f[%A]")) },
  firewall = {
    netsh = says("firewall", netsh_show), ["get-netfirewallprofile"] = any_argument, ["get-netfirewallrule"] = any_argument,
    ["get-netfirewallportfilter"] = any_argument, ["get-netfirewalladdressfilter"] = any_argument,
    ["get-netfirewallapplicationfilter"] = any_argument, ["get-netfirewallservicefilter"] = any_argument,
    ["get-netfirewallinterfacefilter"] = any_argument, ["get-netfirewallinterfacetypefilter"] = any_argument,
  },
  -- Routes, and the addresses of Windows' own of which one is the gateway. A listener or a neighbour with that address is neither.
  gateway = {
    ipconfig = any_argument, ["get-netipaddress"] = any_argument, ["get-netipconfiguration"] = any_argument, gip = any_argument,
    ["get-netroute"] = any_argument, ["find-netroute"] = any_argument, route = says("print"), netstat = says("%-%a*r"),
    netsh = either(says("%f[%a]ip", netsh_show, "%f[%a]route"), either(says("%f[%a]ip", netsh_show, "%f[%a]conf"),
      says("%f[%a]ip", netsh_show, "%f[%a]addr"))),
    tracert = any_argument, pathping = any_argument,
  },
  neighbour = {
    arp = any_argument, ["get-netneighbor"] = any_argument, netstat = any_argument, ["get-nettcpconnection"] = any_argument,
    netsh = says("neigh", netsh_show),
  },
  -- WSL's configuration files, as Windows' commands show them.
  config = {
    ["get-content"] = of_wsl, gc = of_wsl, type = of_wsl, cat = of_wsl, more = of_wsl, findstr = of_wsl, ["select-string"] = of_wsl, sls = of_wsl,
    notepad = of_wsl,
  },
  routes = {
    route = says("print"), netstat = says("%-%a*r"), ["get-netroute"] = any_argument, ["find-netroute"] = any_argument,
    netsh = says("%f[%a]ip", netsh_show, "%f[%a]route"), ["get-netipconfiguration"] = any_argument, gip = any_argument,
    tracert = any_argument, pathping = any_argument,
  },
  hyperv = {
    ["get-netfirewallhypervvmsetting"] = any_argument, ["get-netfirewallhypervrule"] = any_argument, ["get-netfirewallhypervprofile"] = any_argument,
    ["get-netfirewallhypervvmcreator"] = any_argument, ["get-netfirewallhypervport"] = any_argument,
  },
  -- The VPN's adapter, address, routes, names or the connection itself.
  vpn = {
    ipconfig = any_argument, ["get-netadapter"] = any_argument, ["get-netipaddress"] = any_argument, ["get-netipconfiguration"] = any_argument,
    gip = any_argument, ["get-netipinterface"] = any_argument, ["get-netroute"] = any_argument, ["find-netroute"] = any_argument,
    route = says("print"), netstat = says("%-%a*r"), netsh = says("%f[%a]ip", netsh_show), rasdial = says("^%s*$"),
    ["get-vpnconnection"] = any_argument, ["get-dnsclientserveraddress"] = any_argument, ["get-dnsclientnrptrule"] = any_argument,
  },
  -- Packets of a size of their own, which nobody may cut.
  size = { ping = says("[-/]f%f[%A]", "[-/]l%f[%A]") },
  -- Whether Windows translates for WSL, and how.
  nat = {
    ["get-netnat"] = any_argument, ["get-netnatsession"] = any_argument, ["get-netnatglobal"] = any_argument, ["get-netnatexternaladdress"] = any_argument,
    ["get-netnatstaticmapping"] = any_argument, hnsdiag = any_argument, ["get-hnsnetwork"] = any_argument, ["get-service"] = says("sharedaccess"),
  },
  -- A line of WSL's, whatever it shows.
  wsl = { wsl = any_argument, bash = any_argument },
}

-- Not only a look: something is sent, to whom it was said. Such an output may be anybody's words, so it is asked for alone.
looking.tries = {
  name = {
    nslookup = any_argument, ["resolve-dnsname"] = any_argument, ping = says("%a%.%a"), ["test-netconnection"] = says("%a%.%a"), tnc = says("%a%.%a"),
  },
  reach = {
    ping = any_argument, ["test-netconnection"] = any_argument, tnc = any_argument, ["test-connection"] = any_argument, tracert = any_argument,
    pathping = any_argument, curl = any_argument, ["invoke-webrequest"] = any_argument, iwr = any_argument,
  },
}

-- Others that print only what they find on the machine, or nothing; none that says its arguments again.
local quiet = one_of("cd", "cls", "clear", "clear-host", "set-location", "sleep", "start-sleep", "true", "hostname", "getmac", "hnsdiag",
  "systeminfo", "whoami", "ver", "ip", "ss", "lsof", "get-netadapter", "get-netnat", "get-netipinterface", "get-dnsclientserveraddress", "get-netudpendpoint",
  "get-netconnectionprofile", "get-vmswitch")

-- What may stand behind a pipe: it lets through what comes, and adds nothing. How many words it takes that are no option and no number.
local filters = {
  bash = { cat = 0, head = 0, tail = 0, less = 0, more = 0, sort = 0, uniq = 0, wc = 0, nl = 0, column = 0, tac = 0, grep = 1, egrep = 1, fgrep = 1,
    findstr = 1, find = 1 },
  cmd = { findstr = 1, find = 1, more = 0, sort = 0 },
  powershell = { findstr = 1, more = 0, find = 1, ["select-string"] = 1, sls = 1, ["select-object"] = 9, select = 9, ["sort-object"] = 9, sort = 9,
    ["format-table"] = 9, ft = 9, ["format-list"] = 9, fl = 9, ["format-wide"] = 9, fw = 9, ["out-string"] = 0, ["out-host"] = 0, oh = 0,
    ["out-default"] = 0, ["measure-object"] = 9, measure = 9, ["group-object"] = 9, group = 9, ["convertto-json"] = 0, ["convertto-csv"] = 0,
    ["get-unique"] = 0 },
}
local where = one_of("?", "where", "where-object")
local foreach = one_of("%", "foreach", "foreach-object")
local hides = one_of("out-null", "out-file", "set-content", "add-content", "tee-object", "tee", "export-csv", "clip", "sc", "ac", "epcsv")

-- A command's name without .exe, and whether it had that; nil for one from a folder that is not the system's.
local function named(word)
  local name = word:lower():gsub("\\", "/")
  if name:find("/", 1, true) then
    local folder
    folder, name = name:match("^(.*)/([^/]+)$")
    local system = folder and (folder:find("^c:/windows/") or folder:find("^/mnt/c/windows/") or folder:find("^/usr/s?bin$") or folder:find("^/s?bin$"))
    if not system then return nil end
  end
  local bare = name and name:gsub("%.exe$", "")
  return bare, name ~= bare
end

local judge

-- Words that are arguments: what runs inside them must be a look itself, and its text is not the learner's.
local function harmless(words, from, dialect, sight)
  for i = from, #words do
    for _, p in ipairs(words[i]) do
      local runs = p.kind == "expands" and p.text:find("$(", 1, true) or (dialect == "bash" and p.kind ~= "string" and p.text:find("`", 1, true))
      if runs or p.kind == "block" then return false end
      if p.kind == "group" and p.text:find("%a") and not judge(p.text, dialect, sight) then return false end
    end
    if words[i].source then return false end
  end
  return true
end

-- Of an element: its words, and where its output goes if not on.
local function split(element)
  local words, hidden = {}, false
  for _, w in ipairs(element) do
    if w.target then
      hidden = hidden or w.from ~= "2"
    else
      words[#words + 1] = w
    end
  end
  return words, hidden
end

local function plain(word, dialect)
  return word and cmdline.plain(word, dialect)
end

local function joined(words, from, dialect)
  local out = {}
  for i = from, #words do
    out[#out + 1] = plain(words[i], dialect)
    if not out[#out] then return nil end
  end
  return table.concat(out, " ")
end

-- Those that run another line: from which word it begins, and in whose language. nil: no line of theirs can be told.
local takes_value = one_of("-executionpolicy", "-ep", "-ex", "-outputformat", "-inputformat", "-windowstyle", "-w", "-version", "-d", "-u",
  "--distribution", "--user", "--cd", "--shell-type")
local language = { cmd = "cmd", powershell = "powershell", pwsh = "powershell", wsl = "bash", bash = "bash", sh = "bash" }
local no_line = one_of("-file", "-f", "-encodedcommand", "-enc", "-e", "-ec")

local function inner_line(name, words, dialect)
  local i, called = 2, false
  while words[i] do
    local w = (plain(words[i], dialect) or ""):lower()
    if name ~= "wsl" and no_line(w) then return nil end
    called = called or w == "-c" or w == "-command" or w == "/c" or w == "--" or w == "-e" or w == "--exec"
    if not w:find(name == "cmd" and "^/%a$" or "^%-") then break end
    i = i + (takes_value(w) and 2 or 1)
  end
  if not words[i] or (not called and (name == "bash" or name == "sh" or name == "cmd")) then return nil end
  return joined(words, i, dialect)
end

-- Does a block of Where-Object only ask of the object? { $_.LocalPort -eq 3000 }
local function only_asks(text)
  return text:find("%$_") ~= nil and not text:find("[;|\n&]") and not text:find("::", 1, true) and not text:find("^%s*[%a%[]")
    and not text:find("%(%s*%a") and not text:find("{", 1, true)
end

local function lets_through(words, dialect, sight, sources)
  local word = plain(words[1], dialect)
  local name = word and named(word)
  if not name or sight.redefined(name) then return nil end
  if hides(name) and dialect == "powershell" or name == "tee" then return "hidden" end
  local block = words[2] and #words[2] == 1 and words[2][1].kind == "block" and words[2][1].text
  if dialect == "powershell" and where(name) then
    if block then return only_asks(block) and not words[3] and "on" or nil end
    return harmless(words, 2, dialect, sight) and "on" or nil
  end
  if dialect == "powershell" and foreach(name) then
    if not block then return plain(words[2], dialect) and not words[3] and "on" or nil end
    local within = setmetatable({ vars = setmetatable({ ["$_"] = sources }, { __index = sight.vars }) }, { __index = sight })
    return not words[3] and judge(block, dialect, within) and "on" or nil
  end
  local most = filters[dialect][name]
  if not most or not harmless(words, 2, dialect, sight) then return nil end
  for i = 2, #words do
    local w = plain(words[i], dialect) or ""
    if name:find("grep$") and (w:find("^%-%a*[rRf]") or w:find("^%-%-r") or w:find("^%-%-f")) then return nil end
    if name == "select-string" and w:lower():find("^%-l?i?t?e?r?a?l?path") then return nil end
    if not w:find("^[%-/]") and not w:find("^%d+$") then most = most - 1 end
  end
  return most >= 0 and "on" or nil
end

-- $found, $found.LocalPort, $found.ToString(): what was looked up into it in this line.
local function variable(words, sight)
  local p = words[1]
  local name = #words == 1 and p[1].kind == "text" and p[1].text:match("^(%$[%w_]+)[%.%w_]*$")
  if not name or p[3] or (p[2] and not (p[2].kind == "group" and p[2].text == "")) then return nil end
  return sight.vars[name:lower()]
end

-- ( ... ) and what of its objects is asked for: (Get-NetTCPConnection).LocalPort
local function grouped(words, dialect, sight)
  local p = words[1]
  local i = p[1].kind == "text" and (p[1].text == "$" or p[1].text == "@") and 2 or 1
  if #words > 1 or not p[i] or p[i].kind ~= "group" or #p > i + 1 then return nil end
  if p[i + 1] and not (p[i + 1].kind == "text" and p[i + 1].text:find("^[%.%w_]+$")) then return nil end
  return judge(p[i].text, dialect, sight)
end

-- A line within: cmd /c, powershell -Command, wsl. A Windows one that WSL calls has to have started.
local function of_another(name, words, dialect, sight, exe)
  local line = inner_line(name, words, dialect)
  if not line or (dialect == "bash" and exe and not sight.ran(name)) then return nil end
  local within = { vars = {} }
  if exe then within.ran = any_argument end
  return judge(line, language[name], setmetatable(within, { __index = sight }))
end

local function shows_another(name, rest)
  for _, of in pairs(looking.shows) do
    if of[name] and of[name](rest) then return true end
  end
  return false
end

local function command(words, dialect, sight)
  local word = plain(words[1], dialect)
  if not word or words[1][1].kind ~= "text" then return nil end
  local name, exe = named(word)
  if not name or sight.redefined(name) then return nil end
  if name == "sudo" or name == "command" or name == "&" or name == "time" then
    return words[2] and command(table.move(words, 2, #words, 1, {}), dialect, sight)
  end
  if not harmless(words, 2, dialect, sight) then return nil end
  if language[name] == "bash" and sight.table[name] then return sight.ran(name) and { { name = name, rest = "" } } or nil end
  if language[name] and (dialect ~= "bash" or exe or language[name] == "bash") then return of_another(name, words, dialect, sight, exe) end
  local rest = (joined(words, 2, dialect) or ""):lower()
  local shows = sight.table[name]
  if shows and shows(rest) and (dialect ~= "bash" or exe) and sight.ran(name) then return { { name = name, rest = rest } } end
  return (quiet(name) or shows_another(name, rest)) and {} or nil
end

local function assigned(words, dialect)
  local first = words[1] and words[1][1]
  if dialect ~= "powershell" or not first or first.kind ~= "text" then return nil end
  local name, rest = first.text:match("^(%$[%w_]+)=(.*)$")
  if name and rest ~= "" then
    local head = table.move(words[1], 2, #words[1], 2, { { kind = "text", text = rest } })
    return name:lower(), table.move(words, 2, #words, 2, { head })
  end
  name = name or (plain(words[2], dialect) == "=" and first.text:match("^%$[%w_]+$"))
  return name and name:lower(), name and table.move(words, first.text:find("=$") and 2 or 3, #words, 1, {})
end

local function pipeline(elements, dialect, sight)
  local words, hidden = split(elements[1])
  local var, rest = assigned(words, dialect)
  words = rest or words
  if #words == 0 then return nil end
  local sources = command(words, dialect, sight) or (dialect == "powershell" and (variable(words, sight) or grouped(words, dialect, sight)))
  if not sources then return nil end
  for i = 2, #elements do
    local own, away = split(elements[i])
    hidden = hidden or away
    if #own == 0 then return nil end
    local more = command(own, dialect, sight)
    if more and #more > 0 then
      sources = table.move(more, 1, #more, #sources + 1, table.move(sources, 1, #sources, 1, {}))
    else
      local how = lets_through(own, dialect, sight, sources)
      if not how then return nil end
      hidden = hidden or how == "hidden"
    end
  end
  if var then sight.vars[var] = sources end
  return (hidden or var) and {} or sources
end

-- The looks of a line whose output is left to be seen; nil where anything else puts out text.
function judge(text, dialect, sight)
  local statements = cmdline.parse(text, dialect)
  if not statements then return nil end
  local out = {}
  for _, elements in ipairs(statements) do
    local sources = pipeline(elements, dialect, sight)
    if not sources then return nil end
    table.move(sources, 1, #sources, #out + 1, out)
  end
  return out
end

-- Names the learner has given to something of their own, each with the command that did: function x, alias x=, Set-Alias x.
local naming = { "function%s+([%w%-_.:]+)", "filter%s+([%w%-_.:]+)", "alias%s+([%w%-_.]+)", "%f[%w]alias[:%s][^\n]-%f[%w]([%w%-_.]+)=",
  "%f[%w][ns]al%s+([%w%-_.]+)", "%-alias%s+%-name%s+([%w%-_.]+)", "([%w%-_.]+)%s*%(%s*%)%s*{", "function:\\?([%w%-_.]+)", "alias:\\?([%w%-_.]+)" }

local function own_names(ev)
  ev = ev.whole or ev
  if ev.own_names then return ev.own_names end
  ev.own_names = {}
  for _, e in ipairs(ev:all("command")) do
    for _, pattern in ipairs(naming) do
      for name in (e.text or ""):lower():gmatch(pattern) do
        name = name:gsub("^%a+:", ""):gsub("%.exe$", "")
        ev.own_names[name] = ev.own_names[name] or e.seq
      end
    end
  end
  return ev.own_names
end

-- The commands of a typed line that show it ("listening", "firewall", ...) and whose output is what was seen; nil if it is none.
-- From WSL a Windows program is one only if the kernel saw it start on Windows: anybody can call a script netstat.exe.
function looking.at(ev, e, what)
  if not proof.prompt(ev, e) then return nil end
  local own, on_windows = own_names(ev), e.node == "windows"
  local sight = {
    table = looking.shows[what] or looking.tries[what], vars = {},
    redefined = function(name) return own[name] ~= nil and own[name] <= e.seq end,
    ran = function(name) return on_windows or ev:started_on_windows(name, e.seq) end,
  }
  local found = judge(e.text or "", on_windows and "powershell" or "bash", sight)
  return found and #found > 0 and found or nil
end

return looking
