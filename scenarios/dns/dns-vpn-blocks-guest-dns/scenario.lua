-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   wsl --- port 53 ---X windows (VPN client) ===== VPN server --- company
--        everything else passes
--
-- WSL without DNS tunnelling asks the Windows side's DNS proxy, at the gateway's address, by packets on the virtual switch.
-- While the VPN is connected its client lets nobody but Windows itself ask for names: packets to port 53 that come from the switch
-- vanish, to the proxy and to public servers alike. No rule of Windows Firewall shows it. Addresses go on working.
-- What mends it carries WSL's questions another way: the DNS tunnel (dnsTunneling=true), where Windows asks for WSL.

-- Pinned: ICS, no DNS tunnelling, a VPN with full tunnel (wsl2.nat).
local clients = { "anyconnect", "globalprotect", "checkpoint" }

return scenario {
  api = 1,
  id = "dns-vpn-blocks-guest-dns",
  layer = "L2.5",
  mode = "nat",
  level = 3,
  chapter = 6,
  minutes = 12,
  tags = { "dns", "vpn", "windows", ".wslconfig" },
  title = {
    en = "No names while the VPN is up",
    ja = "VPN 中だけ名前が引けない",
  },
  ticket = {
    en = "With the company VPN connected, nothing in WSL can be found by name: \"Temporary failure in name resolution\" after a long wait. "
      .. "ping 8.8.8.8 works the whole time. "
      .. "On Windows names are fine, the intranet too. Without the VPN WSL resolves everything. I already wrote 8.8.8.8 and 1.1.1.1 into "
      .. "resolv.conf, as some "
      .. "page said, and it made no difference, so I put it back. I have to stay on the VPN for my work.",
    ja = "会社の VPN をつないでいる間、WSL では名前で何も見つかりません。長く待たされて「Temporary failure in name resolution」です。ping 8.8.8.8 はずっと通ります。"
      .. "Windows では名前解決もイントラネットも問題ありません。VPN を切れば WSL でも引けます。どこかのページの通りに resolv.conf に 8.8.8.8 や 1.1.1.1 を書いてみましたが"
      .. "変わらなかったので、元に戻しました。仕事中は VPN を切れません。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make names resolve in WSL while the VPN stays connected, the company's own too.",
      ja = "VPN をつないだまま、社内の名前も含めて WSL で名前が引けるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#11075", "microsoft/WSL#6404", "microsoft/WSL#7224", "mullvad/mullvadvpn-app#9224" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    return { client = seed:pick(clients) }
  end,

  topology = function(p)
    return wsl2.nat {
      wsl = { dnsTunneling = false },
      vpn = { client = p.client, connected = false, blocks_guest_dns = true },
    }
  end,

  fault = function(lab)
    lab:windows("vpn.connect", {})
  end,

  symptoms = {
    probe.lookup { name = "google-resolves", node = "wsl", host = "google.com", timeout = 0.3 },
    probe.resolve { name = "public-server-answers", node = "wsl", host = "github.com", server = "8.8.8.8", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "windows-resolves", node = "windows", host = "google.com", timeout = 2.0 },
  },
  fixed = {
    probe.lookup { name = "google-mended", node = "wsl", host = "google.com", timeout = 2.0 },
    probe.lookup { name = "other-name-mended", node = "wsl", host = "{{p.site}}", timeout = 2.0,
      title = { en = "any other name resolves on wsl", ja = "ほかの名前も wsl で解決できる" } },
    probe.lookup { name = "intranet-mended", node = "wsl", host = "intranet.corp.example", timeout = 2.0,
      title = { en = "the company's own name resolves on wsl", ja = "社内の名前も wsl で解決できる" } },
    probe.connect { name = "intranet-reached", node = "windows", address = "{{p.corp_web}}", port = 80, timeout = 2.0,
      title = { en = "the VPN is still connected", ja = "VPN がつながったままである" } },
  },
  truth = { { layer = "L2.5", cause = "vpn-blocks-dns", at = "windows" } },
  pass = 70,

  steps = {
    step.public_pinged { points = 5 },
    step.name_looked_up { points = 5 },
    step.resolv_conf_read { points = 5 },
    step.named_server_asked { points = 5 },
    step.vpn_seen { points = 5 },
    step.looked_first { points = 5, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer" } },
    step.care { points = 10, allow = { "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "Addresses answer, names do not. Is it one server that is silent, or every server that WSL asks?",
      ja = "IP アドレスには届き、名前だけが引けません。黙っているのは特定のサーバーですか、それとも WSL が聞く相手すべてですか。" },
    { en = "Every question of WSL's to port 53 is lost while the VPN is connected, and Windows' own are answered. Who could ask on WSL's behalf?",
      ja = "VPN 中は、WSL からポート 53 への質問がすべて失われ、Windows 自身の質問には答えがあります。WSL の代わりに聞いてくれるものはないでしょうか。" },
    { en = "Let Windows ask: set dnsTunneling=true under [wsl2] in .wslconfig, then `wsl --shutdown` and start WSL again.",
      ja = "Windows に聞いてもらいましょう。.wslconfig の [wsl2] に dnsTunneling=true と書き、`wsl --shutdown` してから WSL を起動し直します。" },
  },
  look_alike = { "host-dns-proxy-dead", "host-firewall-drops-dns", "wrong-nameserver", "vpn-default-metric" },

  solution = {
    "ping -c 1 8.8.8.8",
    "timeout 0.3 getent hosts google.com",
    "cat /etc/resolv.conf",
    "dig +tries=1 +time=1 @1.1.1.1 google.com",
    { windows = "ipconfig" },
    "dojo diagnose L2.5 vpn-blocks-dns",
    { windows = "(Get-Content $HOME\\.wslconfig) -replace 'dnsTunneling=false', 'dnsTunneling=true' | Set-Content $HOME\\.wslconfig" },
    { windows = "wsl --shutdown" },
    "getent hosts intranet.corp.example",
  },
  alternatives = {
    -- The line goes, for on is the default; written from WSL.
    {
      "ping -c1 -W0.3 1.1.1.1",
      "timeout 0.3 getent ahosts github.com",
      "grep nameserver /etc/resolv.conf",
      "timeout 0.3 getent hosts google.com; timeout 1 nslookup google.com 8.8.8.8",
      "powershell.exe -NoProfile -Command Get-NetAdapter",
      "dojo diagnose 2.5 vpn-blocks-dns",
      "sed -i '/dnsTunneling/d' /mnt/c/Users/learner/.wslconfig",
      { windows = "wsl --shutdown" },
      "getent hosts google.com",
    },
    -- From Windows' prompt alone.
    {
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "wsl timeout 0.3 getent hosts google.com" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "wsl dig +tries=1 +time=1 '@8.8.8.8' google.com" },
      { windows = "Get-VpnConnection" },
      { windows = "wsl dojo diagnose L2.5 vpn-blocks-dns" },
      { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nnetworkingMode=nat`ndnsTunneling=true\"" },
      { windows = "wsl --shutdown" },
      { windows = "wsl getent hosts google.com" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 host-dns-proxy-dead", "dojo diagnose L2.5 host-firewall-drops-dns", "dojo diagnose L2.5 wrong-nameserver",
      "dojo diagnose L2 vpn-default-metric", "dojo diagnose L2.5 vpn-blocks-dns",
    } },
    { name = "another nameserver written", at_most = 40, commands = {
      "ping -c1 8.8.8.8", "cat /etc/resolv.conf", "timeout 0.3 getent hosts google.com", "dojo diagnose L2.5 host-dns-proxy-dead",
      "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf", "timeout 0.3 getent hosts google.com",
    } },
    { name = "the VPN hung up", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 vpn-blocks-dns",
      { windows = "rasdial /disconnect" }, "getent hosts google.com",
    } },
    { name = "a firewall rule for DNS", at_most = 40, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 host-firewall-drops-dns",
      { windows = "New-NetFirewallRule -DisplayName 'WSL DNS' -Direction Inbound -Protocol UDP -LocalPort 53 -Action Allow" },
      "timeout 0.3 getent hosts google.com",
    } },
    { name = "the line mended, WSL not restarted", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 vpn-blocks-dns",
      "sed -i '/dnsTunneling/d' /mnt/c/Users/learner/.wslconfig", "timeout 0.3 getent hosts google.com",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "sed -i '/dnsTunneling/d' /mnt/c/Users/learner/.wslconfig", { windows = "wsl --shutdown" }, "getent hosts google.com",
    } },
  },
}
