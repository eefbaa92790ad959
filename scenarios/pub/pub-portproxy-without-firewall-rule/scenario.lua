-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   phone ---X--> windows 0.0.0.0:3000 ===portproxy===> wsl 0.0.0.0:3000
--   home LAN      no inbound rule for 3000              a web server
--
-- A port proxy hands what comes to Windows' port 3000 on to the web server in WSL, and it does so rightly.
-- Windows Firewall has no inbound rule for that port, so what comes from the home network is dropped before it.
-- From the PC itself the page opens: no inbound rule is asked there.
-- Connections from the phone hang in SYN-SENT; nothing is refused.
-- A rule that lets port 3000 in mends it, however it is made; a backup console on Windows must stay out of the network's reach.

-- Pinned: IPv4 forwarding on windows and router, ICS (wsl2.nat); DNS tunnelling, WSL's default.
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }
local function console_port(p) return p.console end

return scenario {
  api = 1,
  id = "pub-portproxy-without-firewall-rule",
  layer = "L5",
  mode = "nat",
  level = 2,
  chapter = 8,
  minutes = 10,
  tags = { "publishing", "portproxy", "firewall", "windows" },
  title = {
    en = "On the PC yes, on the phone no",
    ja = "PC では開く、スマホでは開かない",
  },
  ticket = {
    en = "I wrote a small web page in WSL, it runs on port 3000. On the PC http://localhost:3000 opens at once. I followed a guide and told "
      .. "Windows to pass port 3000 on to WSL, so that my phone could see it at http://{{p.windows}}:3000 too. But the phone only spins and "
      .. "spins until it gives up, and so does my tablet. They are in the same Wi-Fi. On the same PC there is a backup console on port {{p.console}}: "
      .. "nobody else in the house may get at that one, please leave it as it is.",
    ja = "WSL で小さな Web ページを作り、ポート 3000 で動かしています。PC では http://localhost:3000 がすぐ開きます。ガイドのとおりに、Windows が"
      .. "ポート 3000 を WSL に渡すように設定し、スマホからも http://{{p.windows}}:3000 で見えるはずでした。ところがスマホでは、ぐるぐる回ったまま"
      .. "あきらめてしまいます。タブレットも同じです。同じ Wi-Fi につながっています。この PC のポート {{p.console}} ではバックアップの管理画面が"
      .. "動いていて、家族から触れないようにしているので、そこはそのままにしてください。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let the phone open http://{{p.windows}}:3000, and nothing else.", ja = "スマホから http://{{p.windows}}:3000 だけを開けるようにする。" },
    { en = "Prove that it works; `dojo check` tries it from the phone.", ja = "直ったことを確かめる。`dojo check` はスマホから試す。" },
  },
  sources = { "MicrosoftDocs/WSL#1818", "MicrosoftDocs/WSL#2061", "microsoft/WSL#4527", "microsoft/WSL#5027" },
  requires = { tools = { "ip" } },

  params = function(seed)
    return { page = seed:pick(titles), console = seed:pick({ 8081, 8443, 9000, 9090 }) }
  end,

  topology = function(p)
    return wsl2.nat {
      windows = {
        nat = "ics",
        portproxy = { { type = "v4tov4", listenaddress = "0.0.0.0", listenport = 3000, connectaddress = p.guest, connectport = 3000 } },
        firewall = { rules = { { Name = "web-3000", DisplayName = "Web page of WSL", Direction = "Inbound", Action = "Allow",
          Protocol = "TCP", LocalPort = { "3000" } } } },
      },
      services = {
        { name = "page", node = "wsl", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = 3000 } },
          config = { default = "page", sites = { page = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>" .. p.page .. "</title><h1>" .. p.page .. "</h1>\n" } } } } },
        { name = "console", node = "windows", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.console } },
          config = { default = "console", sites = { console = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>Backup</title>\n" } } } } },
      },
    }
  end,

  fault = function(lab)
    lab:windows("firewall.rule.remove", { Names = { "web-3000" } })
  end,

  symptoms = {
    probe.http { name = "phone-opens-page", node = "phone", url = "http://{{p.windows}}:3000/", timeout = 0.3 },
    probe.connect { name = "phone-connects", node = "phone", address = "{{p.windows}}", port = 3000, timeout = 0.3 },
  },
  controls = {
    probe.http { name = "wsl-serves-page", node = "wsl", url = "http://127.0.0.1:3000/" },
    probe.http { name = "windows-opens-page", node = "windows", url = "http://127.0.0.1:3000/" },
    probe.connect { name = "console-runs", node = "windows", address = "127.0.0.1", port = console_port },
    -- Dropped, as all is that no rule lets in; an answer of any kind would mean that the wall is down.
    probe.connect { name = "console-closed", node = "phone", address = "{{p.windows}}", port = console_port, timeout = 2.0,
      title = { en = "the backup console can't be reached from the phone", ja = "バックアップの管理画面にスマホから届かない" },
      expect = function(r) return r.ok == false and not r.refused end },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
  },
  fixed = {
    probe.http { name = "phone-opens-page-mended", node = "phone", url = "http://{{p.windows}}:3000/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
    probe.connect { name = "phone-connects-mended", node = "phone", address = "{{p.windows}}", port = 3000, timeout = 2.0 },
  },
  truth = { { layer = "L5", cause = "portproxy-no-rule", at = "windows" } },
  pass = 70,

  steps = {
    step.portproxy_seen { points = 8, connect = "{{p.guest}}", port = 3000 },
    step.listening_seen { points = 6, node = "windows", port = 3000 },
    step.firewall_seen { points = 8 },
    step.looked_first { points = 8, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.published { points = 10, port = 3000 },
    step.care { points = 10, allow = { "windows:firewall.rule" } },
  },

  hints = {
    { en = "Three things make a page of WSL's public: Windows listens, Windows passes on, Windows lets in. Look at each, on the Windows side.",
      ja = "WSL のページを公開するには三つ必要です。Windows が待ち受ける、WSL に渡す、受信を許可する。Windows 側で一つずつ見ましょう。" },
    { en = "`netsh interface portproxy show all` and `netstat -ano` show that Windows listens on 3000 and where it passes it on. What is left?",
      ja = "`netsh interface portproxy show all` と `netstat -ano` で、3000 の待ち受けと渡し先が分かります。残るのは何でしょう。" },
    { en = "No inbound rule of Windows Firewall lets TCP port 3000 in. "
        .. "`New-NetFirewallRule` or `netsh advfirewall firewall add rule` makes one, for that port only.",
      ja = "TCP 3000 の受信を許可する Windows ファイアウォールの規則がありません。"
        .. "`New-NetFirewallRule` か `netsh advfirewall firewall add rule` で、そのポートだけを許可しましょう。" },
  },
  look_alike = { "portproxy-stale", "localhost-only", "nothing-listens", "app-on-loopback" },

  solution = {
    { windows = "netsh interface portproxy show all" },
    { windows = "netstat -ano" },
    { windows = "Get-NetFirewallPortFilter | ? LocalPort -eq 3000" },
    "dojo diagnose L5 portproxy-no-rule",
    { windows = "New-NetFirewallRule -DisplayName 'WSL 3000' -Direction Inbound -Protocol TCP -LocalPort 3000 -Action Allow" },
    "dojo check",
  },
  alternatives = {
    -- By netsh alone, as cmd has it.
    {
      { windows = "netsh interface portproxy show v4tov4" },
      { windows = "Get-NetTCPConnection -State Listen" },
      { windows = "netsh advfirewall firewall show rule name=all dir=in" },
      { windows = "netsh advfirewall firewall add rule name=\"WSL 3000\" dir=in action=allow protocol=TCP localport=3000" },
      "dojo diagnose 5 portproxy-no-rule",
      "dojo check",
    },
    -- For the profile and the neighbours it is wanted for.
    {
      { windows = "netsh interface portproxy show all" },
      { windows = "netstat -ano" },
      { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L5 portproxy-no-rule",
      { windows = "New-NetFirewallRule -DisplayName web -Direction Inbound -Protocol TCP -LocalPort 3000 -RemoteAddress LocalSubnet "
        .. "-Profile Private -Action Allow" },
      "dojo check",
    },
    -- Without leaving WSL.
    {
      "netsh.exe interface portproxy show all",
      "netstat.exe -ano",
      "powershell.exe -NoProfile -Command 'Get-NetFirewallRule -Direction Inbound -Enabled True | Select-Object -First 3'",
      "dojo diagnose L5 portproxy-no-rule",
      "powershell.exe -NoProfile -Command \"New-NetFirewallRule -DisplayName 'WSL 3000' -Direction Inbound -Protocol TCP -LocalPort 3000 -Action Allow\"",
      "dojo check",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L5 portproxy-stale", "dojo diagnose L5 nothing-listens", "dojo diagnose L3 guest-filter",
      "dojo diagnose L4 nat-missing", "dojo diagnose L5 portproxy-no-rule",
    } },
    { name = "the whole firewall switched off", at_most = 50, commands = {
      { windows = "netsh interface portproxy show all" }, { windows = "netstat -ano" }, { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L5 portproxy-no-rule",
      { windows = "Set-NetFirewallProfile -Profile Domain,Private,Public -Enabled False" }, "dojo check",
    } },
    { name = "a rule that lets everything in", at_most = 50, commands = {
      { windows = "netsh interface portproxy show all" }, { windows = "netstat -ano" }, { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L5 portproxy-no-rule",
      { windows = "New-NetFirewallRule -DisplayName all -Direction Inbound -Action Allow" }, "dojo check",
    } },
    { name = "WSL restarted", at_most = 50, commands = {
      { windows = "netsh interface portproxy show all" }, { windows = "netstat -ano" }, { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L5 portproxy-no-rule", { windows = "wsl --shutdown" }, { windows = "wsl hostname -I" },
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      { windows = "New-NetFirewallRule -DisplayName 'WSL 3000' -Direction Inbound -Protocol TCP -LocalPort 3000 -Action Allow" }, "dojo check",
    } },
  },
}
