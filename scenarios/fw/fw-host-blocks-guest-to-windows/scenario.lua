-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   phone ------------> windows 0.0.0.0:PORT          wsl
--   home LAN, Private   the database's web interface
--                       vEthernet, Public  X<======== eth0
--
-- A server on Windows listens on all its addresses. The home network, of the Private profile, gets in.
-- What comes from WSL arrives at vEthernet, an interface of the Public profile, and Windows Firewall drops it there without a word:
-- the question Windows asked when the program first ran was answered for private networks alone, so no rule lets it in from public ones
-- or, the other way it happens, a rule blocks it there.
-- The other direction, ping and names go on working. A block beats whatever allows, so that rule has to go or be changed.

-- Pinned: IPv4 forwarding on windows and router, ICS (wsl2.nat); DNS tunnelling, WSL's default.
local programs = { "Stock database", "Print server", "Licence server", "Museum catalogue" }
local function port(p) return p.port end
local function console_port(p) return p.console end

local own_rule = "New-NetFirewallRule -DisplayName 'from WSL' -Direction Inbound -Protocol TCP -LocalPort %d -Action Allow "

-- By what Windows' question leaves behind; mend, by_netsh and narrow undo it, the last for WSL alone.
local shapes = {
  { -- allowed for Private only
    mend = "Set-NetFirewallRule -Name store-in -Profile Private,Public", by_netsh = 'netsh advfirewall firewall set rule name="%s" new profile=any',
    narrow = own_rule .. "-InterfaceAlias 'vEthernet (WSL (Hyper-V firewall))'",
    en = "only the Private profile is let in", ja = "許可されているのは Private プロファイルだけです" },
  { -- and blocked for Public
    mend = "Set-NetFirewallRule -Name store-public -Action Allow", by_netsh = 'netsh advfirewall firewall set rule name="%s public" new action=allow',
    narrow = "Remove-NetFirewallRule -Name store-public; " .. own_rule .. "-RemoteAddress 172.16.0.0/12,192.168.0.0/16",
    en = "a rule blocks that profile", ja = "そこをブロックする規則があります" },
}

local function inbound(p, name, t)
  local r = { Name = name, Direction = "Inbound", Protocol = "TCP", LocalPort = { tostring(p.port) } }
  for k, v in pairs(t) do r[k] = v end
  return r
end

return scenario {
  api = 1,
  id = "fw-host-blocks-guest-to-windows",
  layer = "L3",
  mode = "nat",
  level = 3,
  chapter = 7,
  minutes = 12,
  tags = { "firewall", "windows", "profile" },
  title = {
    en = "Everybody reaches my PC, only WSL does not",
    ja = "みんな届くのに、WSL だけ届かない",
  },
  ticket = {
    en = "The {{p.program}} runs on Windows, port {{p.port}}. The browser here shows it, a tablet in the Wi-Fi shows it too. A script of mine in WSL has to "
      .. "fetch from it. I know that localhost in WSL is not Windows, so I take the address Windows has there, `curl http://{{p.gateway}}:{{p.port}}`. "
      .. "It waits, and waits, until it gives up. From Windows I can open things in WSL, and WSL gets everywhere on the internet. How can the one "
      .. "machine WSL lives on be the only one it can't reach? (Port {{p.console}} is the backup console; that one is to stay closed to everybody.)",
    ja = "{{p.program}} を Windows のポート {{p.port}} で動かしています。この PC のブラウザーでも、Wi-Fi のタブレットでも開きます。WSL のスクリプトからも"
      .. "読み出したいのです。WSL の localhost が Windows でないことは知っているので、Windows 側のアドレスを使って `curl http://{{p.gateway}}:{{p.port}}` と"
      .. "しています。ずっと待たされて、最後はあきらめます。Windows から WSL のものは開けますし、WSL からインターネットはどこへでも届きます。"
      .. "WSL が載っている当の PC にだけ届かないのはなぜでしょう。（ポート {{p.console}} はバックアップの管理画面で、誰にも開けないままにしてください。）",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let WSL open http://{{p.gateway}}:{{p.port}}, and nothing else.", ja = "WSL から http://{{p.gateway}}:{{p.port}} だけを開けるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#4139", "microsoft/WSL#4585", "microsoft/WSL#4619", "microsoft/WSL#4171", "microsoft/WSL#5237", "microsoft/WSL#9506",
    "microsoft/WSL#11242" },
  requires = { tools = { "ip", "ping", "curl" } },

  params = function(seed)
    local n = seed:int(1, #shapes)
    local s = shapes[n]
    local program, number = seed:pick(programs), seed:pick({ 5432, 6000, 8080, 10000 })
    return { shape = n, program = program, port = number, console = seed:pick({ 8081, 8443, 9000, 9090 }),
      mend = s.mend, by_netsh = s.by_netsh:format(program), narrow = s.narrow:format(number), why_en = s.en, why_ja = s.ja }
  end,

  topology = function(p)
    return wsl2.nat {
      windows = { firewall = { rules = {
        inbound(p, "store-in", { DisplayName = p.program, Action = "Allow" }),
      } } },
      services = {
        { name = "store", node = "windows", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.port } },
          config = { default = "store", sites = { store = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>" .. p.program .. "</title>\n" } } } } },
        { name = "console", node = "windows", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.console } },
          config = { default = "console", sites = { console = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>Backup</title>\n" } } } } },
        { name = "own", node = "wsl", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = 3000 } },
          config = { default = "own", sites = { own = { ["/"] = { status = 200, type = "text/plain", body = "here\n" } } } } },
      },
    }
  end,

  fault = function(lab, p)
    lab:windows("firewall.rule.set", { Names = { "store-in" }, set = { Profile = { "Private" } } })
    if p.shape == 2 then
      lab:windows("firewall.rule.add", inbound(p, "store-public", { DisplayName = p.program .. " public", Action = "Block", Profile = { "Public" } }))
    end
  end,

  symptoms = {
    probe.http { name = "wsl-opens-store", node = "wsl", url = "http://{{p.gateway}}:{{p.port}}/", timeout = 0.3 },
    probe.connect { name = "wsl-connects", node = "wsl", address = "{{p.gateway}}", port = port, timeout = 0.3 },
  },
  controls = {
    probe.http { name = "windows-opens-store", node = "windows", url = "http://127.0.0.1:{{p.port}}/" },
    probe.http { name = "lan-opens-store", node = "phone", url = "http://{{p.windows}}:{{p.port}}/" },
    probe.http { name = "windows-opens-wsl", node = "windows", url = "http://{{p.guest}}:3000/" },
    -- Dropped, as all is that no rule lets in; an answer of any kind would mean that the wall is down.
    probe.connect { name = "console-closed", node = "wsl", address = "{{p.gateway}}", port = console_port, timeout = 2.0,
      title = { en = "the backup console can't be reached from WSL", ja = "バックアップの管理画面に WSL から届かない" },
      expect = function(r) return r.ok == false and not r.refused end },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
  },
  fixed = {
    probe.http { name = "wsl-opens-store-mended", node = "wsl", url = "http://{{p.gateway}}:{{p.port}}/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.program, 1, true) ~= nil end },
    probe.connect { name = "wsl-connects-mended", node = "wsl", address = "{{p.gateway}}", port = port, timeout = 2.0 },
  },
  truth = { { layer = "L3", cause = "host-firewall-blocks-guest", at = "windows" } },
  pass = 70,

  steps = {
    step.gateway_seen { points = 5 },
    step.listening_seen { points = 7, node = "windows", port = "{{p.port}}" },
    step.firewall_seen { points = 10 },
    step.looked_first { points = 8, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "syn-ack" } },
    step.care { points = 10, allow = { "windows:firewall.rule" } },
  },

  hints = {
    { en = "Nothing refuses the connection, it just gets no answer. Who on the way to {{p.gateway}} can drop it, when others get in?",
      ja = "接続は拒否されず、返事がないだけです。ほかからは届くのに、{{p.gateway}} への途中で捨てられるのはどこでしょう。" },
    { en = "On Windows, `Get-NetConnectionProfile` and the inbound rules for {{p.port}}: for which profile are they, and of which profile is vEthernet?",
      ja = "Windows で、ポート {{p.port}} の受信規則を見ましょう。どのプロファイル用の規則で、vEthernet はどのプロファイルでしょう。" },
    { en = "vEthernet (WSL) belongs to the Public profile, and {{p.why_en}}. Let port {{p.port}} in there: change the rule's profile or action, "
        .. "or make one for that interface.",
      ja = "vEthernet (WSL) は Public プロファイルで、{{p.why_ja}}。規則のプロファイルや操作を変えるか、このインターフェース用の規則を作って、"
        .. "ポート {{p.port}} を許可しましょう。" },
  },
  look_alike = { "guest-filter", "security-suite", "nothing-listens", "host-firewall-drops-dns" },

  solution = {
    "ip route",
    "curl -s -m 0.3 http://{{p.gateway}}:{{p.port}}/",
    { windows = "netstat -ano" },
    { windows = "Get-NetFirewallPortFilter | ? LocalPort -eq {{p.port}} | Get-NetFirewallRule" },
    "dojo diagnose L3 host-firewall-blocks-guest",
    { windows = "{{p.mend}}" },
    "curl -s -m 3 http://{{p.gateway}}:{{p.port}}/",
  },
  alternatives = {
    -- By netsh alone, as cmd has it.
    {
      { windows = "ipconfig" },
      { windows = "netstat -ano | findstr :{{p.port}}" },
      { windows = "netsh advfirewall firewall show rule name=all dir=in" },
      { windows = "{{p.by_netsh}}" },
      "dojo diagnose 3 host-firewall-blocks-guest",
      "timeout 3 bash -c '</dev/tcp/{{p.gateway}}/{{p.port}}' && echo open",
    },
    -- No wider than it has to be: for WSL's interface, or for addresses WSL has.
    {
      "ip -4 route show default",
      { windows = "Get-NetTCPConnection -State Listen" },
      { windows = "Get-NetFirewallRule -Direction Inbound -Enabled True" },
      "dojo diagnose L3 host-firewall-blocks-guest",
      { windows = "{{p.narrow}}" },
      "curl -s -m 3 http://{{p.gateway}}:{{p.port}}/",
    },
    -- The old rules go, one for the port comes; all of it from WSL.
    {
      "ip r",
      "netstat.exe -ano",
      "powershell.exe -NoProfile -Command \"Get-NetFirewallRule -DisplayName '{{p.program}}*'\"",
      "dojo diagnose L3 host-firewall-blocks-guest",
      "powershell.exe -NoProfile -Command \"Remove-NetFirewallRule -DisplayName '{{p.program}}*'\"",
      "powershell.exe -NoProfile -Command \"New-NetFirewallRule -DisplayName store -Direction Inbound -Protocol TCP -LocalPort {{p.port}} -Action Allow\"",
      "curl -s -m 3 http://{{p.gateway}}:{{p.port}}/",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L3 guest-filter", "dojo diagnose L3 security-suite", "dojo diagnose L5 nothing-listens",
      "dojo diagnose L4 nat-missing", "dojo diagnose L3 host-firewall-blocks-guest",
    } },
    { name = "the Public profile's firewall switched off", at_most = 50, commands = {
      "ip route", { windows = "netstat -ano" }, { windows = "Get-NetFirewallProfile" }, "dojo diagnose L3 host-firewall-blocks-guest",
      { windows = "Set-NetFirewallProfile -Profile Public -Enabled False" }, "curl -s -m 1 http://{{p.gateway}}:{{p.port}}/",
    } },
    { name = "everything from WSL let in", at_most = 50, commands = {
      "ip route", { windows = "netstat -ano" }, { windows = "Get-NetFirewallProfile" }, "dojo diagnose L3 host-firewall-blocks-guest",
      { windows = "Remove-NetFirewallRule -DisplayName '{{p.program}} public' -ErrorAction SilentlyContinue" },
      { windows = "New-NetFirewallRule -DisplayName all -Direction Inbound -Action Allow -Profile Public" },
      "curl -s -m 1 http://{{p.gateway}}:{{p.port}}/",
    } },
    { name = "wrong layer: WSL restarted and its filters opened", at_most = 30, commands = {
      "ip route", "sudo nft add table inet open", { windows = "wsl --shutdown" }, "dojo diagnose L3 guest-filter",
    } },
    { name = "mended without looking or a diagnosis", at_most = 52, commands = {
      { windows = "{{p.mend}}" }, "curl -s -m 3 http://{{p.gateway}}:{{p.port}}/",
    } },
  },
}
