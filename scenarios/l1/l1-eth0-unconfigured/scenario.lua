-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router 192.168.1.1 --- windows === vEthernet ===X=== eth0  wsl
--                                               <gateway>/20                  DOWN, no address, no route
--
-- WSL's start-up stopped before it gave eth0 its address: the link is down, no address, no route.
-- The Windows side is healthy, as ipconfig in the ticket shows.
-- "Network is unreachable" comes at once; nothing is sent.
-- Link up, any free address of the /20, and a default route by the gateway mend it, in any order the kernel takes.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat). No DNS tunnelling, so resolv.conf names the gateway, whose DNS proxy is asked here to
-- show that it is reached: Windows Firewall drops pings to it.
return scenario {
  api = 1,
  id = "l1-eth0-unconfigured",
  layer = "L1",
  mode = "nat",
  level = 1,
  chapter = 4,
  minutes = 8,
  tags = { "interface", "address", "ip" },
  title = {
    en = "Nothing leaves, and at once",
    ja = "何も出ていかない、しかも一瞬で失敗する",
  },
  ticket = {
    en = "My WSL has no network at all. Even ping to a bare IP address fails the very moment I press Enter, it does not even wait. "
      .. "It began after a Windows update last night. A colleague told me to run ipconfig on Windows, so here is what it says:\n\n"
      .. "   Ethernet adapter vEthernet (WSL):\n"
      .. "      IPv4 Address. . . . . . . . . . . : {{p.gateway}}(Preferred)\n"
      .. "      Subnet Mask . . . . . . . . . . . : {{p.netmask}}\n\n"
      .. "Windows itself is online. I can't reboot now, a long job is running on this machine. Please help.",
    ja = "WSL のネットワークがまったく使えません。IP アドレスへの ping も、Enter を押した瞬間に失敗します。待たされもしません。"
      .. "昨夜の Windows Update の後からです。同僚に言われて Windows で ipconfig を実行したので貼ります。\n\n"
      .. "   イーサネット アダプター vEthernet (WSL):\n"
      .. "      IPv4 アドレス . . . . . . . . . . .: {{p.gateway}}(優先)\n"
      .. "      サブネット マスク . . . . . . . . .: {{p.netmask}}\n\n"
      .. "Windows 自体はつながっています。長い処理を動かしているので今は再起動できません。助けてください。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Bring WSL back onto the network without restarting it.", ja = "WSL を再起動せずにネットワークに戻す。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#5286", "microsoft/WSL#5414", "microsoft/WSL#6457" },
  requires = { tools = { "ip", "ping" } },

  topology = function()
    return wsl2.nat { wsl = { dnsTunneling = false } }
  end,

  fault = function(lab)
    local wsl = lab:node("wsl")
    wsl:remove_route("default")
    wsl:iface("eth0"):set { up = false, addresses = {} }
  end,

  symptoms = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 },
    probe.resolve { name = "gateway-answers", node = "wsl", host = "google.com", server = "{{p.gateway}}", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "loopback-ping", node = "wsl", address = "127.0.0.1" },
    probe.ping { name = "windows-public-ping", node = "windows", address = "8.8.8.8" },
    probe.lookup { name = "windows-resolves", node = "windows", host = "google.com", timeout = 2.0 },
  },
  fixed = {
    probe.resolve { name = "gateway-mended", node = "wsl", timeout = 2.0, host = "{{p.site}}", server = "{{p.gateway}}" },
    probe.ping { name = "public-mended", node = "wsl", timeout = 2.0, address = "8.8.8.8" },
    probe.ping { name = "other-mended", node = "wsl", timeout = 2.0, address = "{{p.site_address}}" },
    probe.lookup { name = "name-mended", node = "wsl", timeout = 2.0, host = "google.com" },
  },
  truth = { { layer = "L1", cause = "eth0-unconfigured", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 10 },
    step.gateway_seen { points = 5 },
    step.public_pinged { points = 5 },
    step.looked_first { points = 10, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30, parts = { "gateway-mended" } },
    step.verified { points = 10, by = { "echo-reply", "dns-answer", "syn-ack" } },
    step.care { points = 10, allow = { "link", "address", "route" } },
  },

  hints = {
    { en = "Begin at the bottom: has eth0 an address, and is it up?", ja = "一番下から始めましょう。eth0 にアドレスはありますか。UP ですか。" },
    { en = "`ip addr show eth0` says DOWN and shows no inet line. On Windows the other end is {{p.gateway}} with mask {{p.netmask}}, a /20.",
      ja = "`ip addr show eth0` は DOWN で、inet の行がありません。Windows 側は {{p.gateway}}、マスク {{p.netmask}}（/20）です。" },
    { en = "Three things are missing: the link up, an address of that /20, and a default route via {{p.gateway}}.",
      ja = "足りないのは三つです。リンクを上げる、その /20 のアドレスを付ける、{{p.gateway}} へのデフォルトルートを足す。" },
  },
  look_alike = { "eth0-missing", "no-carrier", "no-default-route" },

  solution = {
    "ip addr show eth0",
    "ip route",
    "ping -c 1 -W 0.3 8.8.8.8",
    "dojo diagnose L1 eth0-unconfigured",
    "sudo ip link set eth0 up",
    "sudo ip addr add {{p.spare}}/20 brd + dev eth0",
    "sudo ip route add default via {{p.gateway}}",
    "ping -c 1 -W 2 8.8.8.8",
  },
  alternatives = {
    -- The address first, while the link is down, then the link; the gateway taken from resolv.conf.
    {
      "ip -4 addr show eth0",
      "ip -br link",
      "ip -4 route",
      "ping -c1 -W0.3 1.1.1.1",
      "cat /etc/resolv.conf",
      "gw=$(sed -n 's/^nameserver //p' /etc/resolv.conf)",
      "sudo ip addr add {{p.guest}}/20 broadcast {{p.broadcast}} dev eth0",
      "sudo ip link set dev eth0 up",
      "sudo ip route replace default via $gw dev eth0 proto kernel",
      "dojo diagnose L1 eth0-unconfigured",
      "ping -c 1 -W 2 1.1.1.1",
    },
    -- One batch, with the two halves of the internet in place of a default route.
    {
      "ip a",
      "ip r",
      "ping -c1 -W0.3 8.8.8.8",
      "dojo diagnose 1 eth0-unconfigured",
      "printf 'link set eth0 up\\naddr add {{p.spare}}/20 dev eth0\\n' > /tmp/batch",
      "printf 'route add 0.0.0.0/1 via {{p.gateway}}\\nroute add 128.0.0.0/1 via {{p.gateway}}\\n' >> /tmp/batch",
      "sudo ip -batch /tmp/batch",
      "ping -c 1 -W 2 {{p.site_address}}",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 host-dns-proxy-dead", "dojo diagnose L3 guest-filter", "dojo diagnose L2 no-default-route",
      "dojo diagnose L4 ics-disabled", "dojo diagnose L1 eth0-unconfigured",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "sudo ip link set eth0 up; sudo ip addr add {{p.spare}}/20 dev eth0; sudo ip route add default via {{p.gateway}}",
      "ping -c 1 -W 2 8.8.8.8",
    } },
    { name = "no default route afterwards", at_most = 65, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "dojo diagnose L1 eth0-unconfigured",
      "sudo ip link set eth0 up", "sudo ip addr add {{p.spare}}/20 dev eth0", "timeout 1 getent hosts google.com",
    } },
    { name = "wrong layer: resolv.conf rewritten", at_most = 35, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "dojo diagnose L2.5 wrong-nameserver",
      "echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf",
    } },
  },
}
