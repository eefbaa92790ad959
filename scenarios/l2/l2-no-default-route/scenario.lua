-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router 192.168.1.1 --- windows === vEthernet ====== eth0  wsl
--                                               <gateway>/20                 address, up, no "default via"
--
-- eth0 is up and has its address, and the gateway answers questions of DNS (pings to it are dropped by Windows Firewall),
-- but no route leads anywhere else.
-- "Network is unreachable" comes at once, and is not a time-out.
-- Names still resolve: WSL's DNS tunnel does not go through eth0.
-- Any route by the gateway that covers the internet mends it.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.
return scenario {
  api = 1,
  id = "l2-no-default-route",
  layer = "L2",
  mode = "nat",
  level = 1,
  chapter = 5,
  minutes = 6,
  tags = { "route", "gateway" },
  title = {
    en = "The neighbour answers, the world does not",
    ja = "隣は答える、外は答えない",
  },
  ticket = {
    en = "I tried a VPN helper in my WSL today, did not like it and removed it. Since then nothing gets out: git pull, "
      .. "curl, ping, everything stops at once with \"Network is unreachable\". Strangely `getent hosts github.com` still "
      .. "prints an address! Windows is online as ever; its ipconfig has this:\n\n"
      .. "   Ethernet adapter vEthernet (WSL):\n"
      .. "      IPv4 Address. . . . . . . . . . . : {{p.gateway}}(Preferred)\n"
      .. "      Subnet Mask . . . . . . . . . . . : {{p.netmask}}",
    ja = "今日、WSL で VPN の補助ツールを試しましたが、気に入らず削除しました。それ以来、外に出られません。git pull も curl も "
      .. "ping も、すぐに「Network is unreachable」で終わります。不思議なことに `getent hosts github.com` はアドレスを表示します。"
      .. "Windows は普段どおりつながっています。ipconfig はこうです。\n\n"
      .. "   イーサネット アダプター vEthernet (WSL):\n"
      .. "      IPv4 アドレス . . . . . . . . . . .: {{p.gateway}}(優先)\n"
      .. "      サブネット マスク . . . . . . . . .: {{p.netmask}}",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make the internet reachable from WSL again.", ja = "WSL から再びインターネットに届くようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#40579", "microsoft/WSL#4275", "sakai135/wsl-vpnkit#109" },
  requires = { tools = { "ip", "ping" } },

  topology = function()
    return wsl2.nat {}
  end,

  fault = function(lab)
    lab:node("wsl"):remove_route("default")
  end,

  symptoms = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 },
    probe.connect { name = "web-connect", node = "wsl", address = "{{p.github}}", port = 443, timeout = 0.3 },
  },
  controls = {
    probe.resolve { name = "gateway-answers", node = "wsl", host = "google.com", server = "{{p.gateway}}" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
    probe.ping { name = "windows-public-ping", node = "windows", address = "8.8.8.8" },
  },
  -- Addresses in both halves of the address space, one of them in this learner's lab alone.
  fixed = {
    probe.ping { name = "public-mended", node = "wsl", timeout = 2.0, address = "8.8.8.8" },
    probe.ping { name = "other-mended", node = "wsl", timeout = 2.0, address = "{{p.site_address}}" },
    probe.connect { name = "web-mended", node = "wsl", timeout = 2.0, address = "{{p.github}}", port = 443 },
  },
  truth = { { layer = "L2", cause = "no-default-route", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 5 },
    step.gateway_seen { points = 10 },
    step.public_pinged { points = 5 },
    step.looked_first { points = 10, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "echo-reply", "syn-ack" } },
    step.care { points = 10, allow = { "route" } },
  },

  hints = {
    { en = "The error comes at once. Who says it, and before anything is sent?", ja = "エラーはすぐに出ます。誰が言っているのでしょう。何か送られましたか。" },
    { en = "eth0 has its address. Read `ip route`: which line would a packet to 8.8.8.8 take?",
      ja = "eth0 にアドレスはあります。`ip route` を読みましょう。8.8.8.8 宛てはどの行を使いますか。" },
    { en = "There is no line `default via ...`. The way out is the Windows side, {{p.gateway}}.",
      ja = "`default via ...` の行がありません。出口は Windows 側の {{p.gateway}} です。" },
  },
  look_alike = { "eth0-unconfigured", "wrong-default-gateway", "nat-missing" },

  solution = {
    "ip -4 addr show eth0",
    "ip route",
    "ping -c 1 -W 0.3 8.8.8.8",
    "ip neigh",
    "dojo diagnose L2 no-default-route",
    "sudo ip route add default via {{p.gateway}}",
    "ping -c 1 -W 2 8.8.8.8",
  },
  alternatives = {
    -- As WSL itself would set it.
    {
      "hostname -I",
      "ip -4 route show",
      "ping -c1 -W0.3 1.1.1.1",
      "dojo diagnose L2 no-default-route",
      "sudo ip route replace default via {{p.gateway}} dev eth0 proto kernel onlink",
      "ping -c 1 -W 2 1.1.1.1",
    },
    -- Two halves in place of a default; proved by a TCP connection from bash.
    {
      "ip a",
      "ip r get 8.8.8.8",
      "ip r",
      "ping -c1 -W0.3 8.8.8.8",
      "sudo ip route add 0.0.0.0/1 via {{p.gateway}}",
      "sudo ip route add 128.0.0.0/1 via {{p.gateway}}",
      "dojo diagnose 2 no-default-route",
      "timeout 3 bash -c '</dev/tcp/{{p.github}}/443' && echo open",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L1 eth0-unconfigured", "dojo diagnose L2.5 host-dns-proxy-dead", "dojo diagnose L3 guest-filter",
      "dojo diagnose L4 ics-disabled", "dojo diagnose L2 no-default-route",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "sudo ip route add default via {{p.gateway}}", "ping -c 1 -W 2 8.8.8.8",
    } },
    { name = "a gateway that is none", at_most = 50, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "dojo diagnose L2 no-default-route",
      "sudo ip route add default via {{p.spare}}", "ping -c1 -W0.3 8.8.8.8",
    } },
    { name = "a route for one address only", at_most = 50, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "dojo diagnose L2 no-default-route",
      "sudo ip route add 8.8.8.8 via {{p.gateway}}", "ping -c1 -W0.3 8.8.8.8",
    } },
    { name = "wrong layer: resolv.conf rewritten", at_most = 35, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "dojo diagnose L2.5 wrong-nameserver",
      "echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf",
    } },
  },
}
