-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   wsl resolv.conf: nameserver 10.255.255.254 ---(tunnel)--- windows --X-- its DNS servers
--   wsl ------------- a question to a server by its address -------------> answered
--
-- The DNS tunnel hands WSL's questions to Windows, which asks for WSL. While the VPN is connected its client cuts those questions
-- off on Windows, and the tunnel then gives no answer at all: each name hangs. A server asked directly answers, for those packets are WSL's own.
-- Windows itself resolves. Mends: dnsTunneling=false and a restart, or a resolv.conf of one's own that names the company's server or another.

-- Pinned: ICS, DNS tunnelling (WSL's default), a VPN with full tunnel (wsl2.nat).
local clients = { "anyconnect", "wireguard", "globalprotect" }

return scenario {
  api = 1,
  id = "dns-tunnel-times-out-with-vpn",
  layer = "L2.5",
  mode = "nat",
  level = 3,
  chapter = 6,
  minutes = 12,
  tags = { "dns", "vpn", "resolv.conf", ".wslconfig" },
  title = {
    en = "host works with a server, hangs without",
    ja = "サーバーを指定すれば引ける、しないと止まる",
  },
  ticket = {
    en = "Since our VPN client was updated, WSL can't resolve names while it is connected. `host intranet.corp.example` says "
      .. "\"communications error to 10.255.255.254#53: timed out\". "
      .. "If I give it a server, `host intranet.corp.example {{p.corp_dns}}`, the answer is there at once. So the way to the servers is open? "
      .. "On Windows everything resolves, and without the VPN WSL does too. I never configured 10.255.255.254 and don't know who that is.",
    ja = "VPN クライアントが更新されてから、接続中は WSL で名前が引けません。`host intranet.corp.example` は「communications error to 10.255.255.254#53: timed out」と言います。"
      .. "`host intranet.corp.example {{p.corp_dns}}` のようにサーバーを指定すると、すぐに答えが返ります。サーバーまでの道は通っているということですよね。"
      .. "Windows では何でも引けますし、VPN を切れば WSL でも引けます。10.255.255.254 というのは設定した覚えがなく、誰なのかもわかりません。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make names resolve in WSL while the VPN stays connected.", ja = "VPN をつないだまま、WSL で名前が引けるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#10520", "mullvad/mullvadvpn-app#9224", "microsoft/WSL#12060" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    return { client = seed:pick(clients) }
  end,

  topology = function(p)
    return wsl2.nat { vpn = { client = p.client, connected = false, blocks_tunnel_dns = true } }
  end,

  fault = function(lab)
    lab:windows("vpn.connect", {})
  end,

  symptoms = {
    probe.lookup { name = "google-resolves", node = "wsl", host = "google.com", timeout = 0.3 },
    probe.lookup { name = "site-resolves", node = "wsl", host = "{{p.site}}", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.resolve { name = "public-server-answers", node = "wsl", host = "github.com", server = "8.8.8.8", timeout = 2.0 },
    probe.lookup { name = "windows-resolves", node = "windows", host = "google.com", timeout = 2.0 },
  },
  fixed = {
    probe.lookup { name = "google-mended", node = "wsl", host = "google.com", timeout = 2.0 },
    probe.lookup { name = "other-name-mended", node = "wsl", host = "{{p.site}}", timeout = 2.0,
      title = { en = "any other name resolves on wsl", ja = "ほかの名前も wsl で解決できる" } },
    probe.connect { name = "intranet-reached", node = "windows", address = "{{p.corp_web}}", port = 80, timeout = 2.0,
      title = { en = "the VPN is still connected", ja = "VPN がつながったままである" } },
  },
  truth = { { layer = "L2.5", cause = "dns-tunnel-dead", at = "windows" } },
  pass = 70,

  steps = {
    step.public_pinged { points = 5 },
    step.name_looked_up { points = 5 },
    step.resolv_conf_read { points = 8 },
    step.named_server_asked { points = 7 },
    step.looked_first { points = 5, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer" } },
    step.care { points = 10, allow = { "file:/etc/resolv.conf", "file:/mnt/wsl/resolv.conf", "file:/etc/wsl.conf",
      "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "Names hang, addresses answer. Who is asked for names here, and does somebody else answer the same question?",
      ja = "名前は止まり、IP アドレスには届きます。名前は誰に聞いているのでしょう。同じ質問に、ほかの誰かなら答えるでしょうか。" },
    { en = "10.255.255.254 is no machine: it is WSL's DNS tunnel, which lets Windows ask. `dig @8.8.8.8 google.com` goes past it.",
      ja = "10.255.255.254 は機械ではなく、Windows に代わりに聞いてもらう WSL の DNS トンネルです。`dig @8.8.8.8 google.com` はそこを通りません。" },
    { en = "Go past the tunnel: dnsTunneling=false in .wslconfig and `wsl --shutdown`, or a resolv.conf of your own with {{p.corp_dns}}.",
      ja = "トンネルを使わないようにしましょう。.wslconfig の dnsTunneling=false と `wsl --shutdown`、または {{p.corp_dns}} を書いた自分の resolv.conf です。" },
  },
  look_alike = { "host-dns-proxy-dead", "wrong-nameserver", "vpn-blocks-dns", "search-suffix-missing" },

  solution = {
    "ping -c 1 8.8.8.8",
    "timeout 0.3 getent hosts google.com",
    "cat /etc/resolv.conf",
    "dig +short +tries=1 @8.8.8.8 google.com",
    "dojo diagnose L2.5 dns-tunnel-dead",
    { windows = "Add-Content $HOME\\.wslconfig \"`ndnsTunneling=false\"" },
    { windows = "wsl --shutdown" },
    "getent hosts google.com",
  },
  alternatives = {
    -- A file of one's own with the company's server, which knows all names.
    {
      "ping -c1 -W0.3 1.1.1.1",
      "timeout 0.3 getent ahosts github.com",
      "grep nameserver /etc/resolv.conf",
      "dig +short +tries=1 @{{p.corp_dns}} intranet.corp.example",
      "dojo diagnose 2.5 dns-tunnel-dead",
      "sudo rm /etc/resolv.conf",
      "echo nameserver {{p.corp_dns}} | sudo tee /etc/resolv.conf",
      "printf '[network]\\ngenerateResolvConf=false\\n' | sudo tee -a /etc/wsl.conf",
      "getent hosts {{p.site}}",
    },
    -- A public server for now, looked at from Windows' prompt.
    {
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "wsl timeout 0.3 getent hosts google.com" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "wsl dig +short +tries=1 '@1.1.1.1' google.com" },
      { windows = "wsl dojo diagnose L2.5 dns-tunnel-dead" },
      "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf",
      { windows = "wsl getent hosts google.com" },
    },
    -- .wslconfig written from WSL.
    {
      "ping -c1 8.8.8.8",
      "timeout 0.3 getent hosts github.com",
      "cat /etc/resolv.conf",
      "dig +short +tries=1 @8.8.8.8 github.com",
      "sed -i 's/networkingMode=nat/&\\ndnsTunneling=false/' /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose L2.5 dns-tunnel-dead",
      { windows = "wsl --shutdown" },
      "getent hosts github.com",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 host-dns-proxy-dead", "dojo diagnose L2.5 wrong-nameserver", "dojo diagnose L2.5 vpn-blocks-dns",
      "dojo diagnose L3 host-firewall-blocks-guest", "dojo diagnose L2.5 dns-tunnel-dead",
    } },
    { name = "the VPN hung up", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 dns-tunnel-dead",
      { windows = "rasdial /disconnect" }, "getent hosts google.com",
    } },
    { name = "only restarted", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 dns-tunnel-dead",
      { windows = "wsl --shutdown" }, "timeout 0.3 getent hosts google.com",
    } },
    { name = "names faked in /etc/hosts", at_most = 55, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 dns-tunnel-dead",
      "printf '{{p.google}} google.com\\n{{p.github}} github.com\\n' | sudo tee -a /etc/hosts", "timeout 0.3 getent hosts google.com",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf", "getent hosts google.com",
    } },
  },
}
