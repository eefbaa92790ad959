-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router 192.168.1.1 --- windows ===X=== wsl
--                                               DNS proxy       resolv.conf: nameserver <gateway>
--                                               (silent)
--
-- WSL without DNS tunnelling asks the Windows side's DNS proxy, at the gateway's address.
-- The proxy takes questions and never answers, so every name hangs.
-- Addresses go on working: ping 8.8.8.8 is answered, and so is a question put to 8.8.8.8 itself.
-- Any nameserver that answers, written into resolv.conf, mends it: a public one or the home router's. So does a restart of the
-- proxy on Windows, which is a part of Internet Connection Sharing.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat), no DNS tunnelling.
local servers = { "1.1.1.1", "8.8.8.8" }

return scenario {
  api = 1,
  id = "dns-host-proxy-dead",
  layer = "L2.5",
  mode = "nat",
  level = 2,
  chapter = 6,
  minutes = 8,
  tags = { "dns", "resolv.conf", "windows" },
  title = {
    en = "Pages by number, not by name",
    ja = "IP アドレスなら届く、名前だと届かない",
  },
  ticket = {
    en = "Since I opened my laptop this morning nothing works in WSL. apt says \"Temporary failure resolving\", git says "
      .. "\"Could not resolve host: github.com\". Every attempt hangs for ages before it gives up. The browser on Windows is fine, "
      .. "so the internet is there. Yesterday evening all of this worked and I have not changed anything. I only closed the lid.",
    ja = "今朝ノートPCを開いてから、WSL の中で何も動きません。apt は「Temporary failure resolving」、git は"
      .. "「Could not resolve host: github.com」と言います。どれも長いこと待たされてから失敗します。Windows のブラウザは"
      .. "普通に見られるので、インターネット自体は来ています。昨日の夜までは全部動いていて、何も変えていません。"
      .. "フタを閉じただけです。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make names resolve again in WSL.", ja = "WSL でもう一度名前解決ができるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#4285", "microsoft/WSL#8365", "microsoft/WSL#8845" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    return { other_server = seed:pick(servers) }
  end,

  topology = function()
    return wsl2.nat { wsl = { dnsTunneling = false } }
  end,

  fault = function(lab)
    lab:service("windows-dns-proxy"):set { behaviour = { kind = "silent" } }
  end,

  symptoms = {
    probe.lookup { name = "google-resolves", node = "wsl", host = "google.com", timeout = 0.3 },
    probe.lookup { name = "github-resolves", node = "wsl", host = "github.com", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.connect { name = "home-router-reached", node = "wsl", address = "{{p.router}}", port = 53 },
    probe.resolve { name = "public-server-answers", node = "wsl", host = "github.com", server = "8.8.8.8" },
    probe.lookup { name = "windows-resolves", node = "windows", host = "google.com", timeout = 2.0 },
  },
  -- The last name exists in this learner's lab alone: lines in /etc/hosts for the well-known ones do not help.
  fixed = {
    probe.lookup { name = "google-mended", node = "wsl", timeout = 2.0, host = "google.com", expect = function(r, p)
      return r.ok and r.addresses and table.concat(r.addresses, " "):find(p.google, 1, true) ~= nil
    end },
    probe.lookup { name = "github-mended", node = "wsl", timeout = 2.0, host = "github.com" },
    probe.lookup { name = "other-name-mended", node = "wsl", timeout = 2.0, host = "{{p.site}}",
      title = { en = "any other name resolves on wsl", ja = "ほかの名前も wsl で解決できる" } },
  },
  truth = { { layer = "L2.5", cause = "host-dns-proxy-dead", at = "windows" } },
  pass = 70,

  steps = {
    step.address_seen { points = 5 },
    step.gateway_seen { points = 5 },
    step.public_pinged { points = 5 },
    step.name_looked_up { points = 5 },
    step.resolv_conf_read { points = 5 },
    step.looked_first { points = 5, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer" } },
    step.care { points = 10, allow = { "file:/etc/resolv.conf", "file:/mnt/wsl/resolv.conf", "file:/etc/wsl.conf",
      "windows:service.set" } },
  },

  hints = {
    { en = "Go up layer by layer: does eth0 have an address, is there a way out, does an outside address answer, does a name?",
      ja = "下のレイヤーから順に見ましょう。eth0 にアドレスはあるか、出口はあるか、外部の IP は答えるか、名前はどうか。" },
    { en = "`ping -c1 8.8.8.8` answers and `getent hosts google.com` hangs. Who is asked for names? Read /etc/resolv.conf.",
      ja = "`ping -c1 8.8.8.8` は答え、`getent hosts google.com` は止まります。名前は誰に聞いているのでしょう。/etc/resolv.conf を読みましょう。" },
    { en = "The nameserver {{p.gateway}} is the DNS proxy on Windows, and it never answers. Write a server that does into /etc/resolv.conf.",
      ja = "nameserver {{p.gateway}} は Windows 側の DNS プロキシで、応答していません。応答するサーバーを /etc/resolv.conf に書きましょう。" },
  },
  look_alike = { "dns-tunnel-dead", "wrong-nameserver", "no-default-route" },

  solution = {
    "ip -4 addr show eth0",
    "ip route",
    "ping -c 1 8.8.8.8",
    "timeout 0.3 getent hosts google.com",
    "cat /etc/resolv.conf",
    "dojo diagnose L2.5 host-dns-proxy-dead",
    "echo nameserver {{p.other_server}} | sudo tee /etc/resolv.conf",
    "getent hosts google.com",
  },
  alternatives = {
    -- The symlink goes, a file of one's own comes, and WSL is told to leave it alone.
    {
      "ip a",
      "ip r",
      "ping -c1 -W0.3 1.1.1.1",
      "timeout 0.3 getent ahosts github.com",
      "grep nameserver /etc/resolv.conf",
      "sudo rm /etc/resolv.conf",
      "printf 'nameserver 8.8.8.8\\nnameserver 1.1.1.1\\n' | sudo tee /etc/resolv.conf",
      "printf '[boot]\\nsystemd=false\\n\\n[network]\\ngenerateResolvConf=false\\n' | sudo tee /etc/wsl.conf",
      "dojo diagnose L2.5 host-dns-proxy-dead",
      "getent hosts github.com",
    },
    -- The home router's own DNS server, put in front; looked at by other means.
    {
      "hostname -I",
      "ip -4 route show default",
      "ping -c 1 8.8.8.8",
      "timeout 0.3 getent hosts google.com",
      "cat /mnt/wsl/resolv.conf",
      "dojo diagnose 2.5 host-dns-proxy-dead",
      "sudo sed -i 's/^nameserver .*/nameserver {{p.router}}/' /mnt/wsl/resolv.conf",
      "getent hosts {{p.site}}",
    },
    -- The proxy itself, on Windows: nothing in WSL has to be touched.
    {
      "ip -4 addr show eth0",
      { windows = "ipconfig" },
      "ip route",
      "ping -c 1 8.8.8.8",
      "timeout 0.3 getent hosts google.com",
      "cat /etc/resolv.conf",
      "dojo diagnose L2.5 host-dns-proxy-dead",
      { windows = "Restart-Service SharedAccess" },
      "getent hosts google.com",
    },
    -- The same from Windows' prompt alone.
    {
      { windows = "wsl ip -4 addr show eth0" },
      { windows = "wsl ip route" },
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "wsl timeout 0.3 getent hosts google.com" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "Get-NetUDPEndpoint -LocalPort 53" },
      { windows = "wsl dojo diagnose L2.5 host-dns-proxy-dead" },
      { windows = "Restart-Service SharedAccess" },
      { windows = "wsl getent hosts google.com" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L1 eth0-unconfigured", "dojo diagnose L2 no-default-route", "dojo diagnose L3 guest-filter",
      "dojo diagnose L4 ics-disabled", "dojo diagnose L2.5 host-dns-proxy-dead",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf", "getent hosts google.com",
    } },
    { name = "names faked in /etc/hosts", at_most = 55, commands = {
      "ip a", "ip route", "ping -c1 8.8.8.8", "cat /etc/resolv.conf", "timeout 0.3 getent hosts google.com",
      "dojo diagnose L2.5 host-dns-proxy-dead",
      "printf '{{p.google}} google.com\\n{{p.github}} github.com\\n' | sudo tee -a /etc/hosts",
      "timeout 0.3 getent hosts google.com",
    } },
    { name = "wrong layer: the route thrown away and set again", at_most = 40, commands = {
      "ip a", "ip route", "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com",
      "sudo ip route del default", "sudo ip route add default via {{p.gateway}} dev eth0",
      "dojo diagnose L2 no-default-route",
    } },
  },
}
