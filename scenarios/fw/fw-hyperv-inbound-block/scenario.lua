-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   phone ------> windows + wsl, one address ---X--> wsl 0.0.0.0:PORT
--   home LAN      192.168.1.x                        a web server
--                 Hyper-V firewall: inbound Block
--
-- Mirrored mode: WSL has Windows' own address, and the packet from the phone is for it. Between the wire and WSL is the Hyper-V firewall,
-- which lets nothing in that no rule allows: DefaultInboundAction is Block. It is a firewall beside Windows Firewall, whose rules count here
-- only where they are of ports and addresses; one for a program says nothing about WSL. `firewall=false` has no effect in this mode.
-- Shared loopback and what WSL itself begins are not stopped. Connections from outside hang, nothing is refused.
-- A rule of its own for the port, an ordinary rule for the port, or another default: each lets the phone in.

-- Pinned: mirrored mode (wsl2.mirrored), which has the Hyper-V firewall on; DNS tunnelling, WSL's default.
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }
local creator = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}"
local function port(p) return p.port end
local function console_port(p) return p.console end

-- By what the user tried before asking.
local shapes = {
  { -- WSL itself was let in, as a program
    en = "I told Windows' firewall to let WSL in, wsl.exe has its tick for private and public networks.",
    ja = "Windows のファイアウォールでは WSL を許可しました。wsl.exe に、プライベートとパブリックの両方のチェックを入れてあります。",
    hint_en = "the rule for wsl.exe is one for a program, and those are not asked for WSL",
    hint_ja = "wsl.exe の規則はプログラム用で、WSL への通信には使われません" },
  { -- the firewall was to be off for WSL
    en = "I read that .wslconfig can switch the firewall off, so firewall=false is in there, and I restarted WSL.",
    ja = ".wslconfig でファイアウォールを切れると読んだので、firewall=false を書いて WSL を再起動してあります。",
    hint_en = "firewall=false has no effect in mirrored mode",
    hint_ja = "firewall=false はミラーモードでは効きません" },
}

local function config(p)
  return "[wsl2]\nnetworkingMode=mirrored\n" .. (p.shape == 2 and "firewall=false\n" or "")
end

local function page(title)
  return { ["/"] = { status = 200, type = "text/html", body = "<!doctype html><title>" .. title .. "</title><h1>" .. title .. "</h1>\n" } }
end

return scenario {
  api = 1,
  id = "fw-hyperv-inbound-block",
  layer = "L3",
  mode = "mirrored",
  level = 3,
  chapter = 7,
  minutes = 12,
  tags = { "firewall", "mirrored", "publishing", "windows", "hyper-v" },
  title = {
    en = "One address, two doors, one of them shut",
    ja = "アドレスは一つ、扉は二つ",
  },
  ticket = {
    en = "I moved WSL to mirrored mode, because everybody says that the port proxy business is over then. And localhost is fine: my page in WSL opens at "
      .. "http://localhost:{{p.port}} on Windows. But the phone does not get it at http://{{p.windows}}:{{p.port}}, it loads and loads. {{p.tried_en}} "
      .. "It made no difference. WSL reaches everything in the house and outside. Windows has a backup console on port {{p.console}} that nobody in "
      .. "the house is to see; it is closed now and has to stay so.",
    ja = "WSL をミラーモードに変えました。ポートプロキシの設定がもう要らないと聞いたからです。localhost は問題なく、WSL のページは Windows の "
      .. "http://localhost:{{p.port}} で開きます。ところがスマホで http://{{p.windows}}:{{p.port}} を開くと、読み込み中のままです。{{p.tried_ja}}"
      .. "何も変わりませんでした。WSL からは家の中も外もどこへでも届きます。Windows のポート {{p.console}} にはバックアップの管理画面があり、家族には"
      .. "見せないものです。今は閉じているので、そのままにしてください。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let the phone open http://{{p.windows}}:{{p.port}}.", ja = "スマホから http://{{p.windows}}:{{p.port}} を開けるようにする。" },
    { en = "Prove that it works; `dojo check` tries it from the phone.", ja = "直ったことを確かめる。`dojo check` はスマホから試す。" },
  },
  sources = { "microsoft/WSL#10597", "microsoft/WSL#10535", "microsoft/WSL#10769", "microsoft/WSL#10523", "microsoft/WSL#11377", "MicrosoftDocs/WSL#1869" },
  requires = { tools = { "ip", "ping", "curl" } },

  params = function(seed)
    local n = seed:int(1, #shapes)
    local s = shapes[n]
    return { shape = n, page = seed:pick(titles), port = seed:pick({ 3000, 4333, 5173, 8000 }), console = seed:pick({ 8081, 8443, 9000, 9090 }),
      tried_en = s.en, tried_ja = s.ja, hint_en = s.hint_en, hint_ja = s.hint_ja, creator = creator }
  end,

  topology = function(p)
    local rules = { { Name = "wsl-page", DisplayName = "WSL page", Direction = "Inbound", Action = "Allow", Protocol = "TCP",
      LocalPort = { tostring(p.port) } } }
    if p.shape == 1 then
      rules[2] = { Name = "wsl-program", DisplayName = "Windows Subsystem for Linux", Direction = "Inbound", Action = "Allow",
        Program = "C:\\Program Files\\WSL\\wsl.exe" }
    end
    return wsl2.mirrored {
      windows = { firewall = { rules = rules } },
      wsl = { wslconfig = config(p) },
      services = {
        { name = "page", node = "wsl", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.port } },
          config = { default = "page", sites = { page = page(p.page) } } },
        { name = "console", node = "windows", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.console } },
          config = { default = "console", sites = { console = page("Backup") } } },
      },
    }
  end,

  fault = function(lab)
    lab:windows("firewall.rule.remove", { Names = { "wsl-page" } })
  end,

  symptoms = {
    probe.http { name = "phone-opens-page", node = "phone", url = "http://{{p.windows}}:{{p.port}}/", timeout = 0.3 },
    probe.connect { name = "phone-connects", node = "phone", address = "{{p.windows}}", port = port, timeout = 0.3 },
  },
  controls = {
    probe.http { name = "wsl-serves-page", node = "wsl", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0 },
    probe.http { name = "windows-opens-localhost", node = "windows", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0 },
    -- Windows Firewall's own wall is up: an answer of any kind would mean that it is down.
    probe.connect { name = "console-closed", node = "phone", address = "{{p.windows}}", port = console_port, timeout = 2.0,
      title = { en = "the backup console can't be reached from the phone", ja = "バックアップの管理画面にスマホから届かない" },
      expect = function(r) return r.ok == false and not r.refused end },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com", timeout = 2.0 },
  },
  fixed = {
    probe.http { name = "phone-opens-page-mended", node = "phone", url = "http://{{p.windows}}:{{p.port}}/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
    probe.connect { name = "phone-connects-mended", node = "phone", address = "{{p.windows}}", port = port, timeout = 2.0 },
    probe.run { name = "still-mirrored", node = "wsl", argv = { "wslinfo", "--networking-mode" }, timeout = 2.0,
      title = { en = "WSL is in mirrored mode", ja = "WSL がミラーモードのままである" },
      expect = function(r) return (r.stdout or ""):find("mirrored", 1, true) ~= nil end },
  },
  truth = { { layer = "L3", cause = "hyperv-firewall-inbound", at = "windows" } },
  pass = 70,

  steps = {
    step.listening_seen { points = 6 },
    step.firewall_seen { points = 5 },
    step.hyperv_seen { points = 12 },
    step.looked_first { points = 7, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.custom { id = "phone-let-in", group = "verify", points = 10, test = function(ev)
      return ev:mended() and #ev:tried_since("phone") > 0, ev:tried_since("phone")
    end, title = { en = "Checked that the phone gets in", ja = "スマホから開けることを確かめた" } },
    step.care { points = 10, allow = { "windows:hyperv", "windows:firewall.rule" } },
  },

  hints = {
    { en = "The page is served, and localhost is shared. What comes from outside passes something that localhost does not. Who can drop it on its way to WSL?",
      ja = "ページは動いていて、localhost は共有されています。外からの通信だけが通る場所があります。WSL に届く前に捨てられるのはどこでしょう。" },
    { en = "WSL has a firewall of its own on Windows, the Hyper-V firewall: `Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore`. "
        .. "And {{p.hint_en}}.",
      ja = "Windows には WSL のためのファイアウォールが別にあります。`Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore` を見ましょう。"
        .. "また、{{p.hint_ja}}。" },
    { en = "DefaultInboundAction is Block, and no rule lets TCP {{p.port}} in. `New-NetFirewallHyperVRule` makes one; it wants to be told the direction, "
        .. "the port and WSL's VMCreatorId, in quotes.",
      ja = "DefaultInboundAction が Block で、TCP {{p.port}} を許可する規則がありません。`New-NetFirewallHyperVRule` で作りましょう。"
        .. "向きとポート、引用符で囲んだ WSL の VMCreatorId を指定します。" },
  },
  look_alike = { "guest-filter", "host-firewall-blocks-guest", "app-on-loopback", "localhost-only", "portproxy-no-rule" },

  solution = {
    "ss -lnt",
    { windows = "Get-NetFirewallPortFilter | ? LocalPort -eq {{p.port}}" },
    { windows = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore -Name '{{p.creator}}'" },
    "dojo diagnose L3 hyperv-firewall-inbound",
    { windows = "New-NetFirewallHyperVRule -Name WslPage -DisplayName 'WSL page' -Direction Inbound -VMCreatorId '{{p.creator}}' -Protocol TCP "
      .. "-LocalPorts {{p.port}} -Action Allow" },
    "dojo check",
  },
  alternatives = {
    -- Whatever comes for WSL: the default itself.
    {
      "ss -lntp",
      { windows = "Get-NetFirewallRule -Direction Inbound -Enabled True | Select-Object -First 3" },
      { windows = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore" },
      { windows = "Set-NetFirewallHyperVVMSetting -Name '{{p.creator}}' -DefaultInboundAction Allow" },
      "dojo diagnose 3 hyperv-firewall-inbound",
      "dojo check",
    },
    -- An ordinary rule of Windows Firewall, which counts for WSL too; by netsh.
    {
      { windows = "wsl ss -lnt" },
      { windows = "netsh advfirewall firewall show rule name=all dir=in" },
      { windows = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore -Name '{{p.creator}}'" },
      "dojo diagnose L3 hyperv-firewall-inbound",
      { windows = "netsh advfirewall firewall add rule name=\"WSL page\" dir=in action=allow protocol=TCP localport={{p.port}}" },
      "dojo check",
    },
    -- For the home network alone, without leaving WSL.
    {
      "ss -lnt",
      "powershell.exe -NoProfile -Command Get-NetFirewallProfile",
      "powershell.exe -NoProfile -Command 'Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore'",
      "dojo diagnose L3 hyperv-firewall-inbound",
      "powershell.exe -NoProfile -Command \"New-NetFirewallRule -DisplayName page -Direction Inbound -Protocol TCP -LocalPort {{p.port}} "
        .. "-RemoteAddress LocalSubnet -Profile Private -Action Allow\"",
      "dojo check",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L3 guest-filter", "dojo diagnose L3 host-firewall-blocks-guest", "dojo diagnose L5 app-on-loopback",
      "dojo diagnose L5 localhost-only", "dojo diagnose L3 hyperv-firewall-inbound",
    } },
    { name = "Windows Firewall switched off, and the console with it", at_most = 50, commands = {
      "ss -lnt", { windows = "Get-NetFirewallProfile" }, { windows = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore" },
      "dojo diagnose L3 hyperv-firewall-inbound",
      { windows = "Set-NetFirewallProfile -Profile Domain,Private,Public -Enabled False" },
    } },
    { name = "a rule for a program", at_most = 50, commands = {
      "ss -lnt", { windows = "Get-NetFirewallProfile" }, { windows = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore" },
      "dojo diagnose L3 hyperv-firewall-inbound",
      { windows = "New-NetFirewallRule -DisplayName wsl -Direction Inbound -Program C:\\Windows\\System32\\wsl.exe -Protocol TCP "
        .. "-LocalPort {{p.port}} -Action Allow" },
    } },
    { name = "a rule of another VM creator", at_most = 50, commands = {
      "ss -lnt", { windows = "Get-NetFirewallProfile" }, { windows = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore" },
      "dojo diagnose L3 hyperv-firewall-inbound",
      { windows = "New-NetFirewallHyperVRule -Name w -DisplayName w -Direction Inbound -VMCreatorId '{9E288F02-CE00-4D9E-BE2B-14CE463B0298}' -Protocol TCP "
        .. "-LocalPorts {{p.port}} -Action Allow" },
    } },
    { name = "firewall=false and a restart", at_most = 50, commands = {
      "ss -lnt", { windows = "Get-NetFirewallProfile" }, { windows = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore" },
      "dojo diagnose L3 hyperv-firewall-inbound",
      { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nnetworkingMode=mirrored`nfirewall=false\"; wsl --shutdown" }, { windows = "wsl hostname -I" },
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      { windows = "Set-NetFirewallHyperVVMSetting -Name '{{p.creator}}' -DefaultInboundAction Allow" }, "dojo check",
    } },
    { name = "wrong layer: a port proxy", at_most = 20, commands = {
      "ss -lnt", { windows = "Get-NetFirewallProfile" }, "dojo diagnose L5 localhost-only",
      { windows = "netsh interface portproxy add v4tov4 listenport={{p.port}} listenaddress=0.0.0.0 connectport={{p.port}} connectaddress=127.0.0.1" },
    } },
  },
}
