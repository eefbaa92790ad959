-- SPDX-License-Identifier: GPL-2.0-or-later
-- .wslconfig and /etc/wsl.conf: the keys there are, what they hold, and WSL's warnings about the rest, word for word
-- (behaviour: the first of two wins, a wrong value leaves the default, nothing but a bad macAddress is fatal).

local ip = require("wsl2.ip")
local modes = require("wsl2.modes")
local state = require("wsl2.state")
local version = require("wsl2.version")

local config = {}

config.path = "C:\\Users\\learner\\.wslconfig"
config.file = "/mnt/c/Users/learner/.wslconfig"
config.conf = "/etc/wsl.conf"

-- names (all of which are one key), type, default
local wslconfig_keys = {
  { { "wsl2.networkingMode", "experimental.networkingMode" }, "mode", "nat" },
  { { "wsl2.localhostForwarding" }, "bool", true },
  { { "wsl2.dnsProxy" }, "bool", true },
  { { "wsl2.dnsTunneling", "experimental.dnsTunneling" }, "bool", true },
  { { "wsl2.firewall", "experimental.firewall" }, "bool", true },
  { { "wsl2.autoProxy", "experimental.autoProxy" }, "bool", true },
  { { "wsl2.vmSwitch" }, "string", "" },
  { { "wsl2.macAddress" }, "mac", "" },
  { { "wsl2.dhcp" }, "bool", true },
  { { "wsl2.dhcpTimeout" }, "int", 5000 },
  { { "wsl2.ipv6" }, "bool", false },
  { { "wsl2.virtio" }, "bool", true },
  { { "wsl2.kernelCommandLine" }, "string", "" },
  { { "wsl2.loadDefaultKernelModules" }, "bool", true },
  { { "wsl2.safeMode" }, "bool", false },
  { { "wsl2.vmIdleTimeout" }, "int", 60000 },
  { { "wsl2.kernelBootTimeout" }, "int", 30000 },
  { { "general.instanceIdleTimeout" }, "int", 15000 },
  { { "experimental.bestEffortDnsParsing" }, "bool", false },
  { { "experimental.dnsTunnelingIpAddress" }, "ip", "10.255.255.254" },
  { { "experimental.initialAutoProxyTimeout" }, "int", 1000 },
  { { "experimental.ignoredPorts" }, "ports", "" },
  { { "experimental.hostAddressLoopback" }, "bool", false },
  -- Of no matter to a network, but no unknown keys.
  { { "wsl2.kernel" }, "string", "" }, { { "wsl2.kernelModules" }, "string", "" },
  { { "wsl2.memory" }, "memory", "" }, { { "wsl2.processors" }, "int", 0 }, { { "wsl2.swap" }, "memory", "" },
  { { "wsl2.swapFile" }, "string", "" }, { { "wsl2.guiApplications" }, "bool", true }, { { "wsl2.gpuSupport" }, "bool", true },
  { { "wsl2.nestedVirtualization" }, "bool", true }, { { "wsl2.debugConsole" }, "bool", false },
  { { "wsl2.earlyBootLogging" }, "bool", false }, { { "wsl2.kernelDebugPort" }, "int", 0 },
  { { "wsl2.maxCrashDumpCount" }, "int", 10 }, { { "wsl2.crashDumpFolder" }, "string", "" },
  { { "wsl2.defaultVhdSize" }, "memory", "" }, { { "wsl2.distributionInstallPath" }, "string", "" },
  { { "wsl2.hostFileSystemAccess" }, "bool", true }, { { "wsl2.mountDeviceTimeout" }, "int", 5000 },
  { { "wsl2.pageReporting" }, "bool", true }, { { "wsl2.systemDistro" }, "string", "" }, { { "wsl2.telemetry" }, "bool", true },
  { { "wsl2.virtio9p" }, "bool", true }, { { "wsl2.virtiofs" }, "bool", false },
  { { "experimental.autoMemoryReclaim" }, "string", "dropCache" }, { { "experimental.sparseVhd" }, "bool", false },
}

local wsl_conf_keys = {
  { { "automount.enabled" }, "bool", true }, { { "automount.root" }, "string", "/mnt/" },
  { { "automount.options" }, "string", "" }, { { "automount.mountFsTab" }, "bool", true },
  { { "automount.ldconfig" }, "bool", true }, { { "automount.cgroups" }, "string", "v2" },
  { { "interop.enabled" }, "bool", true }, { { "interop.appendWindowsPath" }, "bool", true },
  { { "user.default" }, "string", "" }, { { "time.useWindowsTimezone" }, "bool", true },
  { { "network.generateHosts" }, "bool", true }, { { "network.generateResolvConf" }, "bool", true },
  { { "network.hostname" }, "string", "" },
  { { "boot.command" }, "string", "" }, { { "boot.systemd" }, "bool", false }, { { "boot.initTimeout" }, "int", 10000 },
  { { "boot.protectBinfmt" }, "bool", true }, { { "gpu.enabled" }, "bool", true }, { { "gpu.appendLibPath" }, "bool", true },
  { { "filesystem.umask" }, "int", 18 },
}

-- As strtol(value, end, 0) reads it: nil when not all of it is a number.
local function integer(text)
  local sign, digits = text:match("^%s*([+-]?)(%w+)$")
  local n
  if not digits then return nil end
  if digits:find("^0[xX]%x+$") then
    n = tonumber(digits:sub(3), 16)
  elseif digits:find("^0[0-7]*$") then
    n = tonumber(digits, 8)
  elseif digits:find("^[1-9]%d*$") and #digits < 12 then
    n = math.tointeger(tonumber(digits))
  end
  if not n then return nil end
  n = sign == "-" and -n or n
  return n >= -2147483648 and n <= 2147483647 and n or nil
end

local booleans = { ["true"] = true, ["1"] = true, ["false"] = false, ["0"] = false }

-- Each gives the value, or nil and the warning; {q} stands for "'VALUE' for key 'NAME' in FILE:LINE".
local readers = {}

function readers.bool(text)
  local v = booleans[text:lower()]
  if v == nil then return nil, "Invalid boolean value {q}" end
  return v
end

function readers.int(text)
  local n = integer(text)
  if not n then return nil, "Invalid integer value {q}" end
  return n
end

function readers.string(text) return text end

-- What no interface can have is told as what is no address.
function readers.ip(text)
  if ip.family(text) ~= 4 or not ip.of_host(text) then return nil, "Invalid IP value {q}" end
  return text
end

function readers.mac(text)
  local sep = text:match("^%x%x([:-])")
  local pattern = sep and ("^" .. ("%x%x%" .. sep):rep(5) .. "%x%x$")
  if not pattern or not text:find(pattern) then return nil, "Invalid mac address {q}", true end
  return text
end

function readers.memory(text)
  if not text:upper():find("^%d+%s*[KMGT]?B?$") then
    return nil, "Invalid memory string '{v}' for .wslconfig entry '{k}' in {at}"
  end
  return text
end

-- Both names of the one mode are taken, as the newest WSL does; which is shown is the version's.
function readers.mode(text)
  local word = text:lower()
  if not modes.title(word) then
    return nil, "Invalid value '{v}' for config key '{k}' in {at} (Valid values: {modes})"
  end
  return word
end

-- Wrong elements are told and left out, the others kept.
function readers.ports(text)
  local kept, wrong = {}, nil
  for element in text:gmatch("[^,]+") do
    element = element:gsub("^%s+", ""):match("^.*%S") or ""
    local n = element ~= "" and integer(element)
    if n and n >= 1 and n <= 65535 then
      kept[#kept + 1] = tostring(n)
    elseif element ~= "" then
      wrong = wrong or element
    end
  end
  return table.concat(kept, ","), wrong and "Invalid integer value {q}", false, wrong
end

local function fill(template, value, name, at, mode_words)
  template = template:gsub("{q}", function() return "'{v}' for key '{k}' in {at}" end)
  return (template:gsub("{(%w+)}", { v = value, k = name, at = at, modes = mode_words }))
end

-- A key's name among the settings: without its section, but for the several that are called "enabled".
function config.plain(name)
  local section, plain = name:match("^(%w+)%.(%w+)$")
  return plain == "enabled" and section .. "_enabled" or plain
end

local function index(keys)
  local by_name, settings = {}, {}
  for _, k in ipairs(keys) do
    for _, name in ipairs(k[1]) do by_name[name:lower()] = k end
    settings[config.plain(k[1][1])] = k[3]
  end
  return by_name, settings
end

local most_bytes, most_warnings = 64 * 1024, 100 -- of a file: what a probe reads of one, and what anybody reads of what it says

-- Not cut within a character.
local function bounded(text)
  if #text <= most_bytes then return text end
  local last = most_bytes
  while last > most_bytes - 4 and (text:byte(last + 1) or 0) & 0xc0 == 0x80 do last = last - 1 end
  return text:sub(1, last)
end

-- Takes warnings until there are enough; the last says how many there were more.
local function collector()
  local list, more = {}, 0
  return list, function(message)
    if #list < most_warnings then
      list[#list + 1] = "wsl: " .. message
    else
      more = more + 1
      list[most_warnings + 1] = ("wsl: %d more warnings are not shown"):format(more)
    end
  end
end

-- Reads a text. Returns settings by their plain name (networkingMode), the warnings, and which keys were given, and wrong.
local function read(keys, text, path, mode_words)
  local by_name, settings = index(keys)
  local seen, wrong = {}, {}
  local warnings, warn = collector()
  local function on_key(name, value, line)
    local k, at = by_name[name:lower()], ("%s:%d"):format(path, line)
    if not k then return warn(("Unknown key '%s' in %s"):format(name, at)) end
    local plain = config.plain(k[1][1])
    if seen[plain] then
      return warn(("Duplicated config key '%s' in %s (Conflicting key: '%s' in %s)"):format(name, at, seen[plain][1], seen[plain][2]))
    end
    seen[plain] = { name, at }
    local v, problem, fatal, shown = readers[k[2]](value)
    if problem then
      local message = fill(problem, shown or value, name, at, mode_words)
      if fatal then state.fail("Failed", "%s", message) end
      warn(message)
      wrong[plain] = v == nil or nil
    end
    if v ~= nil then settings[plain] = v end
  end
  require("wsl2.ini").parse(bounded(text or ""), path, on_key, warn)
  return settings, warnings, seen, wrong
end

-- The mode in this version's word; what the modes netdojo does not have yet become.
local function known_mode(s, warnings, v)
  if s.networkingMode == "consomme" or s.networkingMode == "virtioproxy" then s.networkingMode = version.proxy(v) end
  if modes.of(s.networkingMode) then return end
  warnings[#warnings + 1] = ("wsl: networkingMode %s: this netdojo does not have that mode yet, networkingMode Nat is used")
    :format(modes.title(s.networkingMode))
  s.networkingMode = "nat"
end

local function safe_mode(s, warnings)
  if not s.safeMode then return end
  s.networkingMode, s.dnsTunneling, s.autoProxy, s.virtio = "none", false, false, false
  warnings[#warnings + 1] = "wsl: SAFE MODE ENABLED - many features will be disabled"
end

local TUNNELS = 22621 -- the first build of Windows whose DNS client tunnels

-- What tunnelling needs of Windows. w: the model's windows object.
local function tunnelling(s, w, asked, warn)
  local build = tonumber((w.version and w.version.Version or ""):match("(%d+)$"))
  if s.dnsTunneling and build and build < TUNNELS then
    s.dnsTunneling = false
    if asked then warn("DNS Tunneling is not supported") end
  end
  local gsa = state.by(w.services, "Name", "GlobalSecureAccessTunnelingService")
  if s.dnsTunneling and gsa and gsa.Status == "Running" then
    s.dnsTunneling = false
    if asked then warn("dnsTunneling is off while GlobalSecureAccessTunnelingService runs") end
  end
end

local function without_tunnel(s)
  if not s.dnsTunneling then s.bestEffortDnsParsing, s.dnsTunnelingIpAddress = false, "10.255.255.254" end
end

local given = setmetatable({}, { __mode = "k" }) -- settings to the keys that were written

-- Does the file these settings are from name the key at all?
function config.given(s, key) return given[s] ~= nil and given[s][key] ~= nil end

-- .wslconfig as a Windows' WSL has it take effect, and the warnings wsl.exe prints. w: the model's windows object.
function config.wslconfig(text, w)
  w = w or {}
  local v = w.wsl and w.wsl.version
  local s, warnings, seen, wrong = read(wslconfig_keys, text, config.path, modes.words(v))
  local function warn(line) warnings[#warnings + 1] = "wsl: " .. line end
  given[s] = seen
  if wrong.dnsTunnelingIpAddress then s.dnsTunneling = false end
  tunnelling(s, w, seen.dnsTunneling, warn)
  safe_mode(s, warnings)
  if s.networkingMode ~= "mirrored" then s.ignoredPorts, s.hostAddressLoopback = "", false end
  known_mode(s, warnings, v)
  local mode = modes.of(s.networkingMode)
  if mode.settings then mode.settings(s, function(line) warnings[#warnings + 1] = line end) end
  without_tunnel(s)
  return s, warnings
end

-- A host's name as WSL cleans it: letters, digits, '-' and single dots, at most 64.
function config.clean_hostname(name)
  local out = name:gsub("[^%w.-]", ""):gsub("%.%.+", "."):gsub("^[.-]+", ""):sub(1, 64):gsub("[.-]+$", "")
  return out
end

-- What stands at the top of a distribution already, and would be covered or broken by a drive below it.
local system = {}
for name in ("bin boot dev etc home init lib lib32 lib64 libx32 proc root run sbin sys tmp usr var"):gmatch("%S+") do
  system[name] = true
end

-- The folder drives are put in, without a "/" at its end ("" for the root itself); nil where none can be put.
local function automount_root(text)
  local path = text:gsub("/+", "/"):gsub("/$", "")
  if not text:find("^/") or #path > 128 or path:find("[^%w._/-]") then return nil end
  for part in path:gmatch("[^/]+") do
    if part == "." or part == ".." then return nil end
  end
  if system[path:match("^/([^/]+)")] or (path .. "/"):find("^/mnt/wslg?/") then return nil end
  return path
end

local function known_root(s, warn)
  local root = automount_root(s.root)
  if not root then warn(("automount.root '%s': no drive can be put there, /mnt/ is used"):format(s.root)) end
  s.root = (root or "/mnt") .. "/"
end

local function known_user(s, warn)
  if s.default == "" or s.default == "root" or s.default == "learner" then return end
  warn(("user.default '%s': this netdojo has only the users root and learner here, learner is used"):format(s.default))
  s.default = ""
end

-- /etc/wsl.conf of a distribution.
function config.wsl_conf(text)
  local s, warnings = read(wsl_conf_keys, text, config.conf)
  local function warn(message) warnings[#warnings + 1] = "wsl: " .. message end
  known_root(s, warn)
  known_user(s, warn)
  s.hostname = config.clean_hostname(s.hostname)
  return s, warnings
end

return config
