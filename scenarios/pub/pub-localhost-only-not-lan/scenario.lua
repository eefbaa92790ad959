-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   phone ---X--> windows 127.0.0.1:PORT ===relay===> wsl 0.0.0.0:PORT
--   home LAN      nobody at 192.168.1.x:PORT          a web server
--
-- WSL's relay makes a server in WSL answer at Windows' localhost, and at nothing but localhost: that is how it is made.
-- On the PC the page opens; the PC's own address in the home network has no listener at that port.
-- Windows Firewall lets nothing in there either, so the phone hears nothing at all.
-- A port proxy and an inbound rule publish it. The proxy may lead to WSL's address or to 127.0.0.1, where the relay is.

-- Pinned: IPv4 forwarding on windows and router, ICS (wsl2.nat); DNS tunnelling, WSL's default.
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }
-- The page's port, and the same digits in another order.
local ports = { { 2223, 2232 }, { 3001, 3010 }, { 5173, 5713 }, { 8001, 8010 } }
local function port(p) return p.port end

return scenario {
  api = 1,
  id = "pub-localhost-only-not-lan",
  layer = "L5",
  mode = "nat",
  level = 2,
  chapter = 8,
  minutes = 12,
  tags = { "publishing", "localhost", "portproxy", "windows" },
  title = {
    en = "localhost works, my own address does not",
    ja = "localhost では開く、自分の IP アドレスでは開かない",
  },
  ticket = {
    en = "I made a page for the family, it runs in WSL. When I type http://localhost:{{p.port}} on this PC it is there at once. Now everybody is to "
      .. "see it. This PC is {{p.windows}}, so I opened http://{{p.windows}}:{{p.port}} on the phone: it loads for ever and shows nothing. The phone is in our "
      .. "Wi-Fi. I never had to do anything for localhost, so I thought the rest would be there too. The backup console on port {{p.console}} of this PC "
      .. "is nobody's business, please let it stay closed.",
    ja = "家族用のページを WSL で動かしています。この PC で http://localhost:{{p.port}} と打つとすぐ出ます。みんなにも見せたいのです。この PC は "
      .. "{{p.windows}} なので、スマホで http://{{p.windows}}:{{p.port}} を開いたのですが、いつまでも読み込み中で何も出ません。スマホは家の Wi-Fi に"
      .. "つながっています。localhost のときは何も設定しなかったので、ほかからも見えるものだと思っていました。この PC のポート {{p.console}} にある"
      .. "バックアップの管理画面は人に見せるものではないので、閉じたままにしてください。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`. If it is not the network: `dojo diagnose none`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。ネットワークのせいでないなら `dojo diagnose none` と答える。" },
    { en = "Mend what has to be mended, and nothing else.", ja = "直すべきものだけを直す。" },
    { en = "Prove that it works.", ja = "確かに動くことを証明する。" },
  },
  sources = { "microsoft/WSL#5027", "microsoft/WSL#4527", "microsoft/WSL#5798", "microsoft/WSL#4170", "microsoft/WSL#10611", "microsoft/WSL#5175",
    "microsoft/WSL#5131" },
  requires = { tools = { "ip" } },

  params = function(seed)
    local number = seed:pick(ports)
    return { page = seed:pick(titles), port = number[1], swapped = number[2], console = seed:pick({ 8081, 8443, 9000, 9090 }) }
  end,

  topology = function(p)
    return wsl2.nat {
      windows = {
        nat = "ics",
        portproxy = { { type = "v4tov4", listenaddress = "0.0.0.0", listenport = p.port, connectaddress = p.guest, connectport = p.port } },
        firewall = { rules = { { Name = "web", DisplayName = "Web page of WSL", Direction = "Inbound", Action = "Allow",
          Protocol = "TCP", LocalPort = { tostring(p.port) } } } },
      },
      services = {
        { name = "page", node = "wsl", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.port } },
          config = { default = "page", sites = { page = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>" .. p.page .. "</title><h1>" .. p.page .. "</h1>\n" } } } } },
        { name = "console", node = "windows", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.console } },
          config = { default = "console", sites = { console = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>Backup</title>\n" } } } } },
      },
    }
  end,

  fault = function(lab, p)
    lab:windows("portproxy.delete", { type = "v4tov4", listenaddress = "0.0.0.0", listenport = p.port })
    lab:windows("firewall.rule.remove", { Names = { "web" } })
  end,

  symptoms = {
    probe.http { name = "phone-opens-page", node = "phone", url = "http://{{p.windows}}:{{p.port}}/", timeout = 0.3 },
    probe.connect { name = "phone-connects", node = "phone", address = "{{p.windows}}", port = port, timeout = 0.3 },
  },
  controls = {
    probe.http { name = "wsl-serves-page", node = "wsl", url = "http://127.0.0.1:{{p.port}}/" },
    probe.http { name = "windows-opens-localhost", node = "windows", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0 },
    probe.connect { name = "console-runs", node = "windows", address = "127.0.0.1", port = function(p) return p.console end },
    -- Dropped, as all is that no rule lets in; an answer of any kind would mean that the wall is down.
    probe.connect { name = "console-closed", node = "phone", address = "{{p.windows}}", port = function(p) return p.console end, timeout = 2.0,
      title = { en = "the backup console can't be reached from the phone", ja = "バックアップの管理画面にスマホから届かない" },
      expect = function(r) return r.ok == false and not r.refused end },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
  },
  fixed = {
    probe.http { name = "phone-opens-page-mended", node = "phone", url = "http://{{p.windows}}:{{p.port}}/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
  },
  truth = { { layer = "L5", cause = "localhost-only", at = "windows" } },
  pass = 70,

  steps = {
    step.listening_seen { points = 8, node = "windows", port = "{{p.port}}" },
    step.listening_seen { points = 4, id = "wsl-listening-seen", title = { en = "Checked what listens in WSL", ja = "WSL の中の待ち受けを確認した" } },
    step.firewall_seen { points = 6 },
    step.looked_first { points = 6, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 34 },
    step.published { points = 12, port = "{{p.port}}" },
    step.care { points = 10, allow = { "windows:portproxy.add", "windows:portproxy.set", "windows:portproxy.delete", "windows:firewall.rule" } },
  },

  hints = {
    { en = "The page is served, and the PC itself gets it. At which of the PC's addresses does anybody listen on {{p.port}}?",
      ja = "ページは動いていて、PC 自身からは開けます。PC のどのアドレスの {{p.port}} で待ち受けているのでしょう。" },
    { en = "Windows' `netstat -ano | findstr :{{p.port}}` shows 127.0.0.1 only: that is WSL's relay, and it serves this PC alone.",
      ja = "Windows の `netstat -ano | findstr :{{p.port}}` に出るのは 127.0.0.1 だけです。これは WSL の中継で、この PC からしか使えません。" },
    { en = "Publish it: a port proxy that listens on 0.0.0.0:{{p.port}} (`netsh interface portproxy`), "
        .. "and an inbound rule of Windows Firewall for that port.",
      ja = "公開しましょう。0.0.0.0:{{p.port}} で待ち受けるポートプロキシ（`netsh interface portproxy`）と、そのポートの受信を許可する規則です。" },
  },
  look_alike = { "portproxy-no-rule", "portproxy-stale", "app-on-loopback", "nothing-listens" },

  solution = {
    "ss -lnt",
    { windows = "netstat -ano" },
    { windows = "Get-NetFirewallPortFilter | ? LocalPort -eq {{p.port}}" },
    "dojo diagnose L5 localhost-only",
    { windows = "netsh interface portproxy add v4tov4 listenaddress=0.0.0.0 listenport={{p.port}} connectaddress={{p.guest}} connectport={{p.port}}" },
    { windows = "New-NetFirewallRule -DisplayName 'WSL page' -Direction Inbound -Protocol TCP -LocalPort {{p.port}} -Action Allow" },
    "dojo check",
  },
  alternatives = {
    -- By way of the relay: no address of WSL's to go stale. The rule by netsh.
    {
      "ss -lntp",
      { windows = "Get-NetTCPConnection -State Listen" },
      { windows = "netsh advfirewall firewall show rule name=all dir=in" },
      { windows = "netsh advfirewall firewall add rule name=\"WSL page\" dir=in action=allow protocol=TCP localport={{p.port}}" },
      { windows = "netsh interface portproxy add v4tov4 {{p.port}} 127.0.0.1" },
      "dojo diagnose 5 localhost-only",
      "dojo check",
    },
    -- On the address of the home network alone, for its neighbours alone.
    {
      { windows = "netstat -ano | findstr :{{p.port}}" },
      { windows = "wsl ss -lnt" },
      { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L5 localhost-only",
      { windows = "netsh interface portproxy add v4tov4 listenaddress={{p.windows}} listenport={{p.port}} connectaddress={{p.guest}} connectport={{p.port}}" },
      { windows = "New-NetFirewallRule -DisplayName web -Direction Inbound -Protocol TCP -LocalPort {{p.port}} -RemoteAddress LocalSubnet "
        .. "-Profile Private -Action Allow" },
      "dojo check",
    },
    -- Without leaving WSL.
    {
      "ss -lnt",
      "netstat.exe -ano | grep {{p.port}}",
      "powershell.exe -NoProfile -Command 'Get-NetFirewallRule -Direction Inbound -Enabled True | Select-Object -First 3'",
      "dojo diagnose L5 localhost-only",
      "netsh.exe interface portproxy add v4tov4 listenaddress=0.0.0.0 listenport={{p.port}} connectaddress={{p.guest}} connectport={{p.port}}",
      "netsh.exe advfirewall firewall add rule name=web dir=in action=allow protocol=TCP localport={{p.port}}",
      "dojo check",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L5 portproxy-stale", "dojo diagnose L5 portproxy-no-rule", "dojo diagnose L5 app-on-loopback",
      "dojo diagnose L3 host-firewall-blocks-guest", "dojo diagnose L5 localhost-only",
    } },
    { name = "only the firewall rule", at_most = 45, commands = {
      "ss -lnt", { windows = "netstat -ano" }, { windows = "Get-NetFirewallProfile" }, "dojo diagnose L5 localhost-only",
      { windows = "New-NetFirewallRule -DisplayName web -Direction Inbound -Protocol TCP -LocalPort {{p.port}} -Action Allow" }, "dojo check",
    } },
    { name = "only the port proxy", at_most = 45, commands = {
      "ss -lnt", { windows = "netstat -ano" }, { windows = "Get-NetFirewallProfile" }, "dojo diagnose L5 localhost-only",
      { windows = "netsh interface portproxy add v4tov4 {{p.port}} {{p.guest}}" }, "dojo check",
    } },
    { name = "published with the firewall off", at_most = 50, commands = {
      "ss -lnt", { windows = "netstat -ano" }, { windows = "Get-NetFirewallProfile" }, "dojo diagnose L5 localhost-only",
      { windows = "netsh interface portproxy add v4tov4 {{p.port}} {{p.guest}}" },
      { windows = "Set-NetFirewallProfile -Profile Domain,Private,Public -Enabled False" }, "dojo check",
    } },
    { name = "mended without looking or a diagnosis", at_most = 56, commands = {
      { windows = "netsh interface portproxy add v4tov4 {{p.port}} {{p.guest}}" },
      { windows = "New-NetFirewallRule -DisplayName web -Direction Inbound -Protocol TCP -LocalPort {{p.port}} -Action Allow" }, "dojo check",
    } },
    { name = "wrong layer: WSL's own filters opened", at_most = 30, commands = {
      "ss -lnt", { windows = "netstat -ano" }, "sudo nft add table inet web", "dojo diagnose L3 guest-filter",
    } },
  },

  -- The same complaint, and the page is published as it should be: on the phone somebody typed another port.
  variants = {
    ["swapped-digits"] = {
      ticket = {
        en = "I made a page for the family, it runs in WSL. When I type http://localhost:{{p.port}} on this PC it is there at once. Now everybody is to "
          .. "see it, so I followed a guide last night, port proxy, firewall rule and all. This PC is {{p.windows}}. My daughter opened "
          .. "http://{{p.windows}}:{{p.swapped}} on her phone just now: it loads for ever and shows nothing. The phone is in our Wi-Fi. "
          .. "What have I left out? The backup console on port {{p.console}} of this PC is nobody's business, please let it stay closed.",
        ja = "家族用のページを WSL で動かしています。この PC で http://localhost:{{p.port}} と打つとすぐ出ます。みんなにも見せたいので、昨夜、手順書どおりに"
          .. "ポートプロキシもファイアウォールの規則も設定しました。この PC は {{p.windows}} です。さっき娘がスマホで http://{{p.windows}}:{{p.swapped}} を"
          .. "開いたのですが、いつまでも読み込み中で何も出ません。スマホは家の Wi-Fi につながっています。何が足りないのでしょうか。この PC のポート "
          .. "{{p.console}} にあるバックアップの管理画面は人に見せるものではないので、閉じたままにしてください。",
      },
      fault = function() end,
      symptoms = {
        probe.http { name = "daughter-opens-page", node = "phone", url = "http://{{p.windows}}:{{p.swapped}}/", timeout = 0.3 },
      },
      fixed = {
        probe.http { name = "phone-opens-page", node = "phone", url = "http://{{p.windows}}:{{p.port}}/", timeout = 2.0,
          expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
      },
      truth = {},
      steps = {
        step.listening_seen { points = 7, node = "windows", port = "{{p.port}}" },
        step.listening_seen { points = 5, id = "wsl-listening-seen", title = { en = "Checked what listens in WSL", ja = "WSL の中の待ち受けを確認した" } },
        step.portproxy_seen { points = 9, port = "{{p.port}}" },
        step.firewall_seen { points = 7 },
        step.looked_first { points = 4, least = 2 },
        step.published { points = 11, port = "{{p.port}}", title = { en = "Showed that the page opens from the phone", ja = "スマホからページが開くことを示した" } },
        step.cause_named { points = 34, title = { en = "Said that it is not the network", ja = "ネットワークのせいではないと答えた" } },
        step.unharmed { points = 3 },
        step.care { points = 20 },
      },
      hints = {
        { en = "Follow the way of a request: the port typed on the phone, the port proxy, the firewall rule, what listens in WSL.",
          ja = "要求の通り道をたどりましょう。スマホで打ったポート、ポートプロキシ、ファイアウォールの規則、WSL の待ち受け。" },
        { en = "`netsh interface portproxy show all` and `ss -lnt` agree on {{p.port}}. `dojo check` tries the page from the phone.",
          ja = "`netsh interface portproxy show all` と `ss -lnt` はどちらも {{p.port}} です。`dojo check` はスマホからページを試します。" },
        { en = "The page opens from the phone at {{p.port}}; {{p.swapped}} was typed. `dojo diagnose none`.",
          ja = "{{p.port}} ならスマホからも開きます。打たれたのは {{p.swapped}} です。`dojo diagnose none`" },
      },
      look_alike = { "localhost-only", "portproxy-no-rule", "portproxy-stale" },
      solution = {
        "ss -lnt",
        { windows = "netstat -ano" },
        { windows = "netsh interface portproxy show all" },
        { windows = "Get-NetFirewallPortFilter | ? LocalPort -eq {{p.port}} | Get-NetFirewallRule" },
        "dojo check",
        "dojo diagnose none",
      },
      alternatives = {
        {
          "ss -lntp",
          "netstat.exe -ano | grep {{p.port}}",
          "netsh.exe interface portproxy show v4tov4",
          "netsh.exe advfirewall firewall show rule name=all dir=in",
          "dojo check",
          "dojo diagnose none",
        },
      },
      missteps = {
        { name = "none said without a look", at_most = 34, commands = { "dojo diagnose none" } },
        { name = "the typed port published too", at_most = 80, commands = {
          "ss -lnt", { windows = "netstat -ano" }, { windows = "netsh interface portproxy show all" }, { windows = "Get-NetFirewallProfile" },
          { windows = "netsh interface portproxy add v4tov4 {{p.swapped}} {{p.guest}} {{p.port}}" }, "dojo check", "dojo diagnose none",
        } },
        { name = "the firewall blamed", at_most = 66, commands = {
          "ss -lnt", { windows = "netstat -ano" }, { windows = "netsh interface portproxy show all" }, { windows = "Get-NetFirewallProfile" }, "dojo check",
          "dojo diagnose L5 portproxy-no-rule",
        } },
      },
    },
  },
}
