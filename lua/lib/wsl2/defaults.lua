-- SPDX-License-Identifier: GPL-2.0-or-later
-- The model's `windows` object of a PC nobody has touched: data of docs/formats/windows.md, from the parameters of an attempt.

local rng = require("rng")
local rules = require("wsl2.rules")

local defaults = {}

-- name, display name, status, how it starts, may it be stopped
defaults.services = {
  { "BFE", "Base Filtering Engine", "Running", "Automatic", fixed = true },
  { "Dhcp", "DHCP Client", "Running", "Automatic" },
  { "Dnscache", "DNS Client", "Running", "Automatic", fixed = true },
  { "FSE", "Flow Steering Engine", "Stopped", "Manual" },
  { "hns", "Host Network Service", "Running", "Manual" },
  { "iphlpsvc", "IP Helper", "Running", "Automatic" },
  { "LanmanServer", "Server", "Running", "Automatic" },
  { "mpssvc", "Windows Defender Firewall", "Running", "Automatic", fixed = true },
  { "NlaSvc", "Network Location Awareness", "Running", "Manual" },
  { "nsi", "Network Store Interface Service", "Running", "Automatic", fixed = true },
  { "RpcSs", "Remote Procedure Call (RPC)", "Running", "Automatic", fixed = true },
  { "SharedAccess", "Internet Connection Sharing (ICS)", "Running", "Manual" },
  { "TermService", "Remote Desktop Services", "Stopped", "Manual" },
  { "vmcompute", "Hyper-V Host Compute Service", "Running", "Manual" },
  { "W32Time", "Windows Time", "Stopped", "Manual" },
  { "WinHttpAutoProxySvc", "WinHTTP Web Proxy Auto-Discovery Service", "Running", "Manual", fixed = true },
  { "WslService", "WSL Service", "Running", "Automatic" },
}

-- What a PC has only where it is said to.
local optional = { GlobalSecureAccessTunnelingService = "Global Secure Access Tunneling Service" }

function defaults.optional(model, name)
  if not optional[name] then return nil end
  local s = { Name = name, DisplayName = optional[name], Status = "Running", StartType = "Automatic",
    Pid = defaults.pid(require("wsl2.state").hidden(model)) }
  table.insert(model.windows.services, s)
  return s
end

function defaults.service_names()
  local out = {}
  for i, s in ipairs(defaults.services) do out[i] = s[1] end
  return out
end

-- Programs that run without a service: name and number where it is the same on every PC.
local programs = { { "System", 4 }, { "lsass" }, { "services" }, { "explorer" }, { "powershell" } }

-- The next process number of this PC: multiples of 4, never one twice. h: the model's hidden part.
function defaults.pid(h)
  h.pid = (h.pid or 1000) + 4 * (1 + (h.pid or 1000) // 4 % 23)
  return h.pid
end

local function services(h)
  local out = core.array({})
  for i, s in ipairs(defaults.services) do
    out[i] = { Name = s[1], DisplayName = s[2], Status = s[3], StartType = s[4],
      Pid = s[3] == "Running" and defaults.pid(h) or 0 }
  end
  return out
end

local function processes(h)
  local out = core.array({})
  for i, p in ipairs(programs) do
    out[i] = { Id = p[2] or defaults.pid(h), ProcessName = p[1], services = core.array({}), owns = core.array({}) }
  end
  return out
end

function defaults.profile()
  return {
    Enabled = true, DefaultInboundAction = "NotConfigured", DefaultOutboundAction = "NotConfigured",
    AllowInboundRules = "NotConfigured", AllowLocalFirewallRules = "NotConfigured",
    AllowLocalIPsecRules = "NotConfigured", AllowUserApps = "NotConfigured", AllowUserPorts = "NotConfigured",
    AllowUnicastResponseToMulticast = "NotConfigured", NotifyOnListen = true, EnableStealthModeForIPsec = "NotConfigured",
    LogFileName = "%systemroot%\\system32\\LogFiles\\Firewall\\pfirewall.log", LogMaxSizeKilobytes = 4096,
    LogAllowed = false, LogBlocked = false, LogIgnored = "NotConfigured",
  }
end

local function interfaces(p, w, network)
  local function one(alias, dev, description, metric, category, more)
    local i = { InterfaceAlias = alias, dev = dev, InterfaceDescription = description, InterfaceMetric = metric, NlMtu = 1500,
      Forwarding = false, Dhcp = false, NetworkCategory = category, ServerAddresses = core.array({}),
      ConnectionSpecificSuffix = "", Status = "Up", Virtual = false }
    for k, v in pairs(more or {}) do i[k] = v end
    return i
  end
  return core.array({
    one("Ethernet", "eth0", "Intel(R) Ethernet Connection I219-LM", 25, w.network_category or "Private",
      { Dhcp = true, ServerAddresses = core.array({ table.unpack(w.dns) }), DhcpServer = p.router }),
    one("vEthernet (" .. network .. ")", "vEthernet", "Hyper-V Virtual Ethernet Adapter", 15, "Public", { Virtual = true }),
  })
end

local function hyperv()
  local profiles = core.array({})
  for i, name in ipairs({ "Public", "Private", "Domain" }) do
    profiles[i] = { Name = rules.WSL, Profile = name, Enabled = "NotConfigured", DefaultInboundAction = "NotConfigured",
      DefaultOutboundAction = "NotConfigured", AllowLocalFirewallRules = "NotConfigured" }
  end
  return {
    creators = core.array({ { VMCreatorId = rules.WSL, FriendlyName = "WSL" } }),
    settings = core.array({ { Name = rules.WSL, Enabled = true, DefaultInboundAction = "Block", DefaultOutboundAction = "Allow",
      LoopbackEnabled = true, AllowHostPolicyMerge = true } }),
    profiles = profiles,
    rules = rules.hyperv(),
  }
end

-- The object. w: the author's table for Windows, with hostname, dns and nat said; network: the WSL network's name.
function defaults.windows(p, w, network, h)
  h.pid = rng.new(p.seed):fork("pids"):int(300, 1200) * 4
  return {
    hostname = w.hostname, user = "learner",
    version = { Caption = "Microsoft Windows 11 Pro", Version = "10.0.26100", Build = "4061" },
    interfaces = interfaces(p, w, network),
    firewall = { profiles = { Domain = defaults.profile(), Private = defaults.profile(), Public = defaults.profile() }, rules = rules.windows() },
    hyperv = hyperv(),
    portproxy = core.array({}),
    nat = core.array(w.nat == "winnat" and { { Name = "WSLNat", InternalIPInterfaceAddressPrefix = p.subnet,
      ExternalIPInterfaceAddressPrefix = "", Active = true } } or {}),
    services = services(h), processes = processes(h),
    dns = { SuffixSearchList = core.array({}) },
    routes = core.array({}),
    switches = core.array({ { Name = "Default Switch", SwitchType = "Internal" }, { Name = network, SwitchType = "Internal" } }),
  }
end

return defaults
