-- SPDX-License-Identifier: GPL-2.0-or-later
-- Small programs about the machine itself: hostname, whoami, getmac, systeminfo, tasklist, where; and curl.

local live = require("windows.machine.live")
local registry = require("windows.registry")
local text = require("windows.format.program_text")
local trim = require("windows.language.trim")

registry.add {
  name = "hostname", kind = "program", effect = "reads", options = {},
  synopsis = { en = "The name of this PC", ja = "この PC の名前" }, about = "the model's name of the PC", lacks = "",
  run = function(ctx, args)
    if #args == 0 then
      ctx.emit(live.new(ctx.world):windows().hostname)
      return 0
    end
    ctx.emit("sethostname: Use the Network Control Panel Applet to set hostname.")
    ctx.emit("hostname -s is not supported.")
    return 1
  end,
}

registry.add {
  name = "whoami", kind = "program", effect = "reads", options = {},
  synopsis = { en = "The user of this session", ja = "このセッションのユーザー" }, about = "the model's user", lacks = "/groups, /priv, /all, /upn, /fqdn",
  run = function(ctx, args)
    if #args > 0 then
      ctx.emit(("ERROR: Invalid argument/option - '%s'."):format(args[1]))
      ctx.emit('Type "WHOAMI /?" for usage.')
      return 1
    end
    local w = live.new(ctx.world):windows()
    ctx.emit((w.hostname .. "\\" .. w.user):lower())
    return 0
  end,
}

-- ---- getmac -------------------------------------------------------------------------------------------------------------

local function transport(i) return i.connected and "\\Device\\Tcpip_" .. i.guid or i.enabled and "Media disconnected" or "Disconnected" end

local function cut(s, n) return #s > n and s:sub(1, n) or s .. (" "):rep(n - #s) end

registry.add {
  name = "getmac", kind = "program", effect = "reads", options = { "/v", "/nh" },
  synopsis = { en = "The adapters' physical addresses", ja = "アダプターの物理アドレス" },
  about = "the kernel's MAC addresses and link states", lacks = "/s, /u, /p, /fo",
  run = function(ctx, args)
    local on = {}
    for _, a in ipairs(args) do on[a:lower():gsub("^%-", "/")] = true end
    local l = live.new(ctx.world)
    if not on["/nh"] then
      ctx.emit("")
      ctx.emit((on["/v"] and "Connection Name Network Adapter " or "") .. "Physical Address    Transport Name" .. (" "):rep(44))
      ctx.emit((on["/v"] and "=============== =============== " or "") .. "=================== " .. ("="):rep(58))
    end
    for _, i in ipairs(l:adapters()) do
      if i.enabled or on["/v"] then
        local names = on["/v"] and cut(i.alias, 15) .. " " .. cut(i.description, 15) .. " " or ""
        ctx.emit(names .. cut(i.mac, 19) .. " " .. cut(transport(i), 58))
      end
    end
    return 0
  end,
}

-- ---- systeminfo ---------------------------------------------------------------------------------------------------------

local function field(emit, key, value) emit(cut(key .. ":", 30) .. " " .. value) end

local function card(emit, n, i)
  local indent = (" "):rep(37)
  emit((" "):rep(31) .. ("[%02d]: %s"):format(n, i.description))
  emit(indent .. "Connection Name: " .. i.alias)
  if not i.connected then return emit(indent .. "Status:          " .. (i.enabled and "Media disconnected" or "Hardware not present")) end
  emit(indent .. "DHCP Enabled:    " .. (i.dhcp and "Yes" or "No"))
  emit(indent .. "IP address(es)")
  local m = 0
  for _, family in ipairs({ i.v4, i.v6 }) do
    for _, a in ipairs(family) do
      m = m + 1
      emit(indent .. ("[%02d]: %s"):format(m, a.ip))
    end
  end
end

registry.add {
  name = "systeminfo", kind = "program", effect = "reads", options = {},
  synopsis = { en = "This PC and its network cards", ja = "この PC とネットワークカード" },
  about = "name, version and DHCP from the model; cards and addresses live", lacks = "processors, memory, hotfixes, boot times: the lab has none; /s, /fo",
  run = function(ctx)
    local l = live.new(ctx.world)
    local w, cards = l:windows(), l:adapters()
    ctx.emit("")
    field(ctx.emit, "Host Name", w.hostname)
    field(ctx.emit, "OS Name", w.version.Caption)
    field(ctx.emit, "OS Version", ("%s N/A Build %s"):format(w.version.Version, w.version.Version:match("(%d+)$") or w.version.Build))
    field(ctx.emit, "Registered Owner", w.user)
    field(ctx.emit, "Windows Directory", "C:\\Windows")
    field(ctx.emit, "System Directory", "C:\\Windows\\system32")
    field(ctx.emit, "Domain", "WORKGROUP")
    field(ctx.emit, "Logon Server", "\\\\" .. w.hostname)
    field(ctx.emit, "Network Card(s)", ("%d NIC(s) Installed."):format(#cards))
    for n, i in ipairs(cards) do card(ctx.emit, n, i) end
    return 0
  end,
}

-- ---- tasklist -----------------------------------------------------------------------------------------------------------

local function image(p)
  if p.id == 0 then return "System Idle Process" end
  return p.id == 4 and "System" or p.name .. ".exe"
end

local fields = {
  pid = function(p) return tostring(p.id) end, imagename = image, services = function(p) return p.service or "N/A" end,
}

-- /fi "PID eq 4": a function that says whether a process fits; nil when the filter is none.
local function filter(words)
  local name, op, value = trim.both(words or ""):match("^(%a+)%s+(%a+)%s+(.*)$")
  local get = name and fields[name:lower()]
  if not get or (op:lower() ~= "eq" and op:lower() ~= "ne") then return nil end
  return function(p) return text.like(value, get(p)) == (op:lower() == "eq") end
end

local function parse_tasklist(args)
  local q, n = { filters = {} }, 1
  while n <= #args do
    local word = args[n]:lower():gsub("^%-", "/")
    if word == "/svc" or word == "/nh" then
      q[word] = true
    elseif word == "/fi" then
      local f = filter(args[n + 1])
      if not f then return nil, "ERROR: The search filter cannot be recognized." end
      q.filters[#q.filters + 1], n = f, n + 1
    else
      return nil, ("ERROR: Invalid argument/option - '%s'.\nType \"TASKLIST /?\" for usage."):format(args[n])
    end
    n = n + 1
  end
  return q
end

local function services_of(l, id)
  local out = {}
  for _, s in ipairs(l:windows().services or {}) do
    if s.Pid == id and id > 0 then out[#out + 1] = s.Name end
  end
  return #out > 0 and table.concat(out, ", ") or "N/A"
end

local function tasklist_heading(emit, q)
  if q["/nh"] then return end
  emit("")
  if q["/svc"] then
    emit("Image Name                     PID Services" .. (" "):rep(36))
    emit("========================= ======== " .. ("="):rep(44))
  else
    emit("Image Name                     PID Session Name        Session#    Mem Usage")
    emit("========================= ======== ================ =========== ============")
  end
end

registry.add {
  name = "tasklist", kind = "program", effect = "reads", options = { "/svc", "/fi", "/nh" },
  synopsis = { en = "The processes of this PC", ja = "この PC のプロセス" },
  about = "the processes and services that the model has, with the PIDs netstat shows", lacks = "memory (N/A) and sessions; /v, /m, /fo, /s",
  run = function(ctx, args)
    local q, wrong = parse_tasklist(args)
    if not q then
      text.lines(ctx.emit, wrong)
      return 1
    end
    local l, rows = live.new(ctx.world), {}
    for _, p in ipairs(l:processes()) do
      local fits = true
      for _, f in ipairs(q.filters) do fits = fits and f(p) end
      if fits then rows[#rows + 1] = p end
    end
    if #rows == 0 then
      ctx.emit("INFO: No tasks are running which match the specified criteria.")
      return 0
    end
    tasklist_heading(ctx.emit, q)
    for _, p in ipairs(rows) do
      local head = cut(image(p), 25) .. (" %8d "):format(p.id)
      ctx.emit(q["/svc"] and head .. services_of(l, p.id) or head .. ("%-16s %11d %12s"):format("Services", 0, "N/A"))
    end
    return 0
  end,
}

-- ---- where, curl --------------------------------------------------------------------------------------------------------

registry.add {
  name = "where", kind = "program", effect = "reads", options = {},
  synopsis = { en = "Where a program is", ja = "プログラムのある場所" }, about = "the programs that exist here", lacks = "files that are no programs; /r, /t, /q",
  run = function(ctx, args)
    local found = false
    for _, pattern in ipairs(args) do
      for _, c in ipairs(registry.all()) do
        local file = c.name .. ".exe"
        if c.kind == "program" and (text.like(pattern, file) or text.like(pattern, c.name)) then
          found = true
          ctx.emit("C:\\Windows\\System32\\" .. file)
        end
      end
    end
    if found then return 0 end
    ctx.emit("INFO: Could not find files for the given pattern(s).")
    return 1
  end,
}

local missing = {
  en = "netdojo: curl is not installed on this machine, so the lab's Windows has none either",
  ja = "netdojo: このマシンに curl がないので、演習場の Windows にもありません",
}

-- A file: URL means a path of Windows; nothing else of this machine's is a file there. nil where there is none.
local function file_url(word)
  local drive, rest = word:match("^%a+:/*([^/:]+):(/.*)$")
  if not drive or drive:lower() ~= "c" or rest:find("..", 1, true) or rest:find("%", 1, true) then return nil end
  return "file:///mnt/c" .. rest
end

registry.add {
  name = "curl", kind = "program", effect = "reads", options = { "-v", "-s", "-S", "-I", "-i", "-L", "-k", "-o", "-m", "-4", "-6", "-H", "-X", "-d" },
  synopsis = { en = "Fetches a URL", ja = "URL を取りに行く" },
  about = "the host's own curl, run on the lab's Windows", lacks = "Windows' paths after -o, other than NUL",
  run = function(ctx, args)
    local argv = { "curl", "--proto", "-file" }
    for _, a in ipairs(args) do
      if a:lower():find("^file:") then
        local url = file_url(a)
        if not url then
          ctx.emit("curl: (37) Couldn't open file " .. a:gsub("^%a+:/*", "/"))
          return 37
        end
        a, argv[3] = url, "=all"
      end
      argv[#argv + 1] = a:lower() == "nul" and "/dev/null" or a
    end
    local status = ctx.world.spawn(argv, ctx.stdin and ctx.stdin() or nil, ctx.lines)
    if status then return status end
    ctx.emit(missing[ctx.world.lang] or missing.en)
    return 127
  end,
}

