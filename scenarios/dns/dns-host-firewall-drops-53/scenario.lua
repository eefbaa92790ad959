-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router 192.168.1.1 --- windows <--X-- UDP 53 === wsl
--                                               DNS proxy                resolv.conf: nameserver <gateway>
--                                               behind its firewall
--
-- WSL without DNS tunnelling asks the Windows side's DNS proxy, at the gateway's address; the proxy runs and answers Windows itself.
-- A question of WSL's comes in by vEthernet, an interface of the Public profile, and Windows Firewall drops it without a word.
-- Either WSL's own rule for the proxy is gone, or the Public profile lets nothing in whatever the rules say ("block all incoming").
-- From inside WSL it looks just like a dead proxy: every name hangs, addresses go on working.
-- The firewall's mending, DNS tunnelling and any nameserver that answers all mend it. A backup console on Windows must stay closed.

-- Pinned: IPv4 forwarding on windows and router, ICS (wsl2.nat), no DNS tunnelling, the home network's category Public.

local ALIAS = "vEthernet (WSL (Hyper-V firewall))"

-- Two ways to lose the same packets, each with its mend in PowerShell and in netsh.
local shapes = {
  {
    op = "firewall.rule.remove", args = { Names = { "WSLCore-SharedAccess-Allow-Rule" } },
    powershell = "New-NetFirewallRule -DisplayName 'WSL DNS' -Direction Inbound -InterfaceAlias '" .. ALIAS .. "' -Protocol UDP "
      .. "-LocalPort 53 -Action Allow",
    netsh = 'netsh advfirewall firewall add rule name="WSL DNS" dir=in action=allow protocol=UDP localport=53',
    en = "no inbound rule lets UDP port 53 in", ja = "UDP 53 の受信を許可する規則がありません",
  },
  {
    op = "firewall.profile.set", args = { Profiles = { "Public" }, set = { AllowInboundRules = false } },
    powershell = "Set-NetFirewallProfile -Profile Public -AllowInboundRules True",
    netsh = "netsh advfirewall set publicprofile firewallpolicy blockinbound,allowoutbound",
    en = "the Public profile has AllowInboundRules False, so no rule counts", ja = "Public プロファイルの AllowInboundRules が False で、許可の規則が無視されています",
  },
}

local function console_port(p) return p.console end

return scenario {
  api = 1,
  id = "dns-host-firewall-drops-53",
  layer = "L2.5",
  mode = "nat",
  level = 3,
  chapter = 6,
  minutes = 12,
  tags = { "dns", "firewall", "windows" },
  title = {
    en = "Safe from everybody, and from its own Linux",
    ja = "誰からも安全、自分の Linux からも",
  },
  ticket = {
    en = "I was at an airport yesterday and let one of those security assistants tighten up my laptop. It said \"9 settings improved\". "
      .. "Windows is fine, all web pages open. But in WSL no name works any more: apt, git and curl hang and then say \"Temporary failure in "
      .. "name resolution\". ping 8.8.8.8 is answered, so the line is there. I have started WSL again and the whole laptop too. A friend says "
      .. "his WSL's DNS had crashed and came back by itself, mine does not. I would like to keep the laptop closed to strangers: there is a "
      .. "backup console on port {{p.console}} that nobody in the network may get at.",
    ja = "昨日空港で、セキュリティ診断ツールに勧められるままノートPCの設定を強化しました。「9 個の設定を改善しました」と出ていました。"
      .. "Windows は問題なく、Web ページは全部開きます。ところが WSL では名前がまったく使えません。apt も git も curl も止まったあげく"
      .. "「Temporary failure in name resolution」になります。ping 8.8.8.8 は返ってくるので、回線は来ています。WSL も PC も再起動しました。"
      .. "友人の WSL は DNS が落ちたけれど自然に直ったそうですが、私のは直りません。他人から守られた状態は残したいです。この PC のポート "
      .. "{{p.console}} にはバックアップの管理画面があり、同じネットワークの誰にも触らせたくありません。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`. If it is not the network: `dojo diagnose none`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。ネットワークのせいでないなら `dojo diagnose none` と答える。" },
    { en = "Mend what has to be mended, and nothing else.", ja = "直すべきものだけを直す。" },
    { en = "Prove that it works.", ja = "確かに動くことを証明する。" },
  },
  sources = { "microsoft/WSL#5336", "microsoft/WSL#7555", "microsoft/WSL#5256", "microsoft/WSL#8949" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    local n = seed:int(1, #shapes)
    local s = shapes[n]
    return { shape = n, mend = s.powershell, mend_by_netsh = s.netsh, why_en = s.en, why_ja = s.ja,
      console = seed:pick({ 8081, 8443, 9000, 9090 }), typo = seed:pick({ "downlaods", "dowloads", "downloades", "donwloads" }) .. ".example.com" }
  end,

  topology = function(p)
    return wsl2.nat {
      windows = { network_category = "Public" },
      wsl = { dnsTunneling = false },
      services = {
        { name = "console", node = "windows", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.console } },
          config = { default = "console", sites = { console = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>Backup</title>\n" } } } } },
      },
    }
  end,

  fault = function(lab, p)
    local s = shapes[p.shape]
    lab:windows(s.op, s.args)
  end,

  symptoms = {
    probe.lookup { name = "google-resolves", node = "wsl", host = "google.com", timeout = 0.3 },
    probe.resolve { name = "proxy-answers-wsl", node = "wsl", host = "github.com", server = "{{p.gateway}}", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.resolve { name = "public-server-answers", node = "wsl", host = "github.com", server = "8.8.8.8" },
    probe.resolve { name = "proxy-answers-windows", node = "windows", host = "github.com", server = "{{p.gateway}}" },
    probe.connect { name = "console-runs", node = "windows", address = "127.0.0.1", port = console_port },
    -- Dropped, as all is that no rule lets in; an answer of any kind would mean that the wall is down.
    probe.connect { name = "console-closed", node = "phone", address = "{{p.windows}}", port = console_port, timeout = 2.0,
      title = { en = "the backup console can't be reached from the network", ja = "バックアップの管理画面にネットワークから届かない" },
      expect = function(r) return r.ok == false and not r.refused end },
  },
  -- The last name exists in this learner's lab alone: lines in /etc/hosts for the well-known ones do not help.
  fixed = {
    probe.lookup { name = "google-mended", node = "wsl", timeout = 2.0, host = "google.com", expect = function(r, p)
      return r.ok and r.addresses and table.concat(r.addresses, " "):find(p.google, 1, true) ~= nil
    end },
    probe.lookup { name = "other-name-mended", node = "wsl", timeout = 2.0, host = "{{p.site}}",
      title = { en = "any other name resolves on wsl", ja = "ほかの名前も wsl で解決できる" } },
  },
  truth = { { layer = "L2.5", cause = "host-firewall-drops-dns", at = "windows" } },
  pass = 70,

  steps = {
    step.public_pinged { points = 5 },
    step.name_looked_up { points = 5 },
    step.resolv_conf_read { points = 5 },
    step.firewall_seen { points = 10 },
    step.looked_first { points = 5, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer" } },
    step.care { points = 10, allow = { "file:/etc/resolv.conf", "file:/mnt/wsl/resolv.conf", "file:/etc/wsl.conf",
      "windows:firewall.rule", "windows:firewall.profile", "windows:service.set", "windows:wsl.shutdown" } },
  },

  hints = {
    { en = "WSL asks {{p.gateway}}, and nothing comes back. Does that server answer Windows itself? Try `nslookup google.com {{p.gateway}}` there.",
      ja = "WSL は {{p.gateway}} に聞いていますが、返事がありません。そのサーバーは Windows 自身には答えるでしょうか。Windows で `nslookup google.com {{p.gateway}}` を試しましょう。" },
    { en = "The proxy is well, and the question gets lost on its way in: by vEthernet, an interface of the Public profile. "
        .. "Look at `Get-NetFirewallProfile` and at the inbound rules for UDP 53.",
      ja = "プロキシは正常で、質問が入り口で消えています。入り口は vEthernet、Public プロファイルのインターフェースです。"
        .. "`Get-NetFirewallProfile` と、UDP 53 の受信規則を見ましょう。" },
    { en = "In Windows Firewall {{p.why_en}}. Mend that, or have WSL ask somebody else: DNS tunnelling in .wslconfig, or another nameserver.",
      ja = "Windows ファイアウォールで、{{p.why_ja}}。そこを直すか、別の相手に聞かせましょう。.wslconfig で DNS トンネリングを有効にするか、別の nameserver にします。" },
  },
  look_alike = { "host-dns-proxy-dead", "ics-disabled", "vpn-blocks-dns", "wrong-nameserver" },

  solution = {
    "ping -c 1 8.8.8.8",
    "timeout 0.3 getent hosts google.com",
    "cat /etc/resolv.conf",
    { windows = "nslookup google.com {{p.gateway}}" },
    { windows = "Get-NetFirewallProfile -PolicyStore ActiveStore -Name Public" },
    { windows = "Get-NetFirewallPortFilter -Protocol UDP | ? LocalPort -eq 53" },
    "dojo diagnose L2.5 host-firewall-drops-dns",
    { windows = "{{p.mend}}" },
    "getent hosts google.com",
  },
  alternatives = {
    -- By netsh alone.
    {
      "ping -c1 -W0.3 1.1.1.1",
      "timeout 0.3 getent ahosts github.com",
      "grep nameserver /etc/resolv.conf",
      { windows = "netsh advfirewall show publicprofile" },
      { windows = "netsh advfirewall firewall show rule name=all dir=in" },
      "dojo diagnose 2.5 host-firewall-drops-dns",
      { windows = "{{p.mend_by_netsh}}" },
      "getent hosts github.com",
    },
    -- Past the firewall: WSL's questions go by the tunnel, from its next start on.
    {
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "wsl timeout 0.3 getent hosts google.com" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "Get-NetFirewallProfile" },
      { windows = "wsl dojo diagnose L2.5 host-firewall-drops-dns" },
      { windows = "Set-Content C:\\Users\\learner\\.wslconfig \"[wsl2]`nnetworkingMode=nat`ndnsTunneling=true\"" },
      { windows = "wsl --shutdown" },
      { windows = "wsl getent hosts google.com" },
    },
    -- A file of one's own that names another server; the firewall only looked at, from WSL.
    {
      "ping -c 1 8.8.8.8",
      "timeout 0.3 getent hosts google.com",
      "cat /etc/resolv.conf",
      "powershell.exe -NoProfile -Command 'Get-NetFirewallRule -Direction Inbound -Enabled True | Select-Object -First 3'",
      "dojo diagnose L2.5 host-firewall-drops-dns",
      "sudo rm /etc/resolv.conf",
      "echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf",
      "printf '[network]\\ngenerateResolvConf=false\\n' | sudo tee -a /etc/wsl.conf",
      "getent hosts {{p.site}}",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 host-dns-proxy-dead", "dojo diagnose L4 ics-disabled", "dojo diagnose L3 guest-filter",
      "dojo diagnose L2.5 wrong-nameserver", "dojo diagnose L2.5 host-firewall-drops-dns",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      { windows = "{{p.mend}}" }, "getent hosts google.com",
    } },
    { name = "the whole firewall switched off", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L2.5 host-firewall-drops-dns",
      { windows = "Set-NetFirewallProfile -Profile Domain,Private,Public -Enabled False" }, "getent hosts google.com",
    } },
    -- Either it lets the network in to the console as well, or no rule counts anyway.
    { name = "a rule that lets everything in", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L2.5 host-firewall-drops-dns",
      { windows = "New-NetFirewallRule -DisplayName all -Direction Inbound -Action Allow" }, "timeout 0.3 getent hosts google.com",
    } },
    { name = "names faked in /etc/hosts", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L2.5 host-firewall-drops-dns",
      "printf '{{p.google}} google.com\\n{{p.github}} github.com\\n' | sudo tee -a /etc/hosts",
    } },
    { name = "WSL restarted", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", { windows = "Get-NetFirewallProfile" },
      "dojo diagnose L2.5 host-firewall-drops-dns", { windows = "wsl --shutdown" }, { windows = "wsl hostname -I" },
    } },
  },

  -- The same suspicion, and names are well: the one asked for has never existed.
  variants = {
    ["mistyped-name"] = {
      ticket = {
        en = "I was at an airport yesterday and let one of those security assistants tighten up my laptop. It said \"9 settings improved\". "
          .. "Since then my build in WSL stops at its first line: \"Could not resolve host: {{p.typo}}\". I have rebuilt the whole script this "
          .. "morning, it is not the script. I have started WSL again and the whole laptop too. A friend says his WSL's DNS had crashed. I would like to "
          .. "keep the laptop closed to strangers: there is a backup console on port {{p.console}} that nobody in the network may get at.",
        ja = "昨日空港で、セキュリティ診断ツールに勧められるままノートPCの設定を強化しました。「9 個の設定を改善しました」と出ていました。"
          .. "それ以来、WSL のビルドが最初の行で止まります。「Could not resolve host: {{p.typo}}」と出ます。今朝スクリプトを全部書き直したので、"
          .. "スクリプトのせいではありません。WSL も PC も再起動しました。友人は WSL の DNS が落ちたことがあるそうです。他人から守られた状態は"
          .. "残したいです。この PC のポート {{p.console}} にはバックアップの管理画面があり、同じネットワークの誰にも触らせたくありません。",
      },
      fault = function() end,
      symptoms = {
        probe.lookup { name = "build-host-resolves", node = "wsl", host = "{{p.typo}}", timeout = 2.0 },
      },
      controls = {
        probe.lookup { name = "google-resolves", node = "wsl", host = "google.com" },
        probe.lookup { name = "other-name-resolves", node = "wsl", host = "{{p.site}}" },
        probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
        probe.connect { name = "console-closed", node = "phone", address = "{{p.windows}}", port = console_port, timeout = 2.0,
          title = { en = "the backup console can't be reached from the network", ja = "バックアップの管理画面にネットワークから届かない" },
          expect = function(r) return r.ok == false and not r.refused end },
      },
      truth = {},
      steps = {
        step.public_pinged { points = 7 },
        step.resolv_conf_read { points = 9 },
        step.complaint_tried { points = 9, host = "{{p.typo}}" },
        step.answer_came { points = 12, id = "names-work", by = { "dns-answer" }, but_not = { "{{p.typo}}" },
          title = { en = "Showed that other names resolve", ja = "ほかの名前なら解決できることを示した" } },
        step.looked_first { points = 6, least = 3 },
        step.cause_named { points = 34, title = { en = "Said that it is not the network", ja = "ネットワークのせいではないと答えた" } },
        step.unharmed { points = 3 },
        step.care { points = 20 },
      },
      hints = {
        { en = "Is it every name, or this one? And what exactly does the server say: nothing, or that there is no such name?",
          ja = "どの名前も引けないのか、この名前だけなのか。サーバーは黙っているのか、「そんな名前はない」と答えているのか。" },
        { en = "`getent hosts google.com` answers at once. Ask another server for {{p.typo}}, or ask Windows: `nslookup {{p.typo}}`.",
          ja = "`getent hosts google.com` はすぐ答えます。{{p.typo}} を別のサーバーや Windows にも聞きましょう。`nslookup {{p.typo}}`" },
        { en = "Everybody says that {{p.typo}} does not exist. Read it letter by letter: downloads.example.com does. `dojo diagnose none`.",
          ja = "どこに聞いても {{p.typo}} は存在しません。一文字ずつ読みましょう。downloads.example.com ならあります。`dojo diagnose none`" },
      },
      look_alike = { "host-firewall-drops-dns", "host-dns-proxy-dead", "wrong-nameserver" },
      solution = {
        "ping -c 1 8.8.8.8",
        "cat /etc/resolv.conf",
        "getent hosts {{p.typo}}",
        "getent hosts google.com",
        { windows = "nslookup {{p.typo}} 8.8.8.8" },
        "dojo diagnose none",
      },
      alternatives = {
        {
          { windows = "wsl ping -c1 1.1.1.1" },
          { windows = "wsl cat /etc/resolv.conf" },
          { windows = "wsl getent hosts {{p.typo}}" },
          { windows = "wsl getent hosts {{p.site}}" },
          { windows = "wsl dojo diagnose none" },
        },
      },
      missteps = {
        { name = "none said without a look", at_most = 34, commands = { "dojo diagnose none" } },
        { name = "the name given an address in /etc/hosts", at_most = 80, commands = {
          "ping -c1 8.8.8.8", "cat /etc/resolv.conf", "getent hosts {{p.typo}}", "getent hosts google.com",
          "echo {{p.downloads}} {{p.typo}} | sudo tee -a /etc/hosts", "dojo diagnose none",
        } },
        { name = "the firewall opened and blamed", at_most = 46, commands = {
          "ping -c1 8.8.8.8", "cat /etc/resolv.conf", "getent hosts {{p.typo}}", "getent hosts google.com",
          { windows = "New-NetFirewallRule -DisplayName dns -Direction Inbound -Protocol UDP -LocalPort 53 -Action Allow" },
          "dojo diagnose L2.5 host-firewall-drops-dns",
        } },
      },
    },
  },
}
