-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   wsl eth0  172.x  --- default via Windows ---> NAT ---> google.com A      answers
--             2001:db8:.. --- default via fe80::..  ---X   google.com AAAA   Windows drops it without a word
--
-- NAT mode has no IPv6 but link-local. Somebody gave eth0 an address of a tunnel that is no more, and a default route to Windows,
-- which does not forward IPv6. With a global address of its own WSL's resolver library puts IPv6 first (RFC 6724), and a program
-- that takes the first address hangs in SYN-SENT. Programs that race both families (curl, browsers) hide it; names without AAAA work.
-- Mends: IPv4 first in gai.conf, IPv6 off, the dead route or address away, or a mode with real IPv6 (mirrored).

-- Pinned: ICS, DNS tunnelling (WSL's default), IPv6 on the home network and the internet, as mirrored mode would need it.

local function windows_near(p)
  local b = {}
  for x in p.gateway_mac:gmatch("%x%x") do b[#b + 1] = tonumber(x, 16) end
  return ("fe80::%x:%x:%x:%x"):format((b[1] ~ 2) << 8 | b[2], b[3] << 8 | 0xff, 0xfe00 | b[4], b[5] << 8 | b[6])
end

-- What a program does that takes the first address, as the system's order has it, and no other: one that goes on to the next would get through
-- after all, as soon as the kernel gives the dead neighbour up, three seconds after whoever asked for it first.
local function first_address(host)
  return { "bash", "-c", 'a=$(getent ahosts "$0") && exec 3<>"/dev/tcp/${a%% *}/80"', host }
end

-- Was IPv6 looked at: its routes, or a try of one family alone?
local six = { ["-6"] = true, ["--ipv6"] = true, ["-4"] = true, ["--ipv4"] = true, ["-A"] = true }
local lookers = { ip = true, ping = true, curl = true, wget = true, traceroute = true, route = true, ss = true, tracepath = true }
local function six_seen(ev)
  local last = ev:changes()[#ev:changes()]
  local out = {}
  for _, seq in ipairs(ev:ran("wsl", function(program, argv)
    if program == "ping6" or program == "traceroute6" then return true end
    if program == "getent" then return argv[2] == "ahosts" or argv[2] == "ahostsv6" end
    for i = 2, #argv do
      if lookers[program] and (six[argv[i]] or argv[i]:find("^%-6%a+$")) then return true end
    end
    return false
  end)) do
    if not last or seq < last.seq then out[#out + 1] = seq end
  end
  return #out > 0, out
end

return scenario {
  api = 1,
  id = "l2-ipv6-aaaa-first-no-v6-route",
  layer = "L2",
  mode = "nat",
  level = 4,
  chapter = 5,
  minutes = 15,
  tags = { "ipv6", "routes", "dns", "gai.conf" },
  title = {
    en = "curl has no time to wait, git does",
    ja = "curl は待たず、git は待つ",
  },
  ticket = {
    en = "Some programs in WSL hang and others do not, and with the very same address! `curl http://{{p.site}}/` is there at once. A Python "
      .. "script that fetches "
      .. "the same page sits for two minutes, `git clone` over there too, and apt with some mirrors. github.com is fast with everything. "
      .. "ping google.com loses all, "
      .. "ping 8.8.8.8 loses nothing. Names are looked up at once. A colleague and I once played with one of these free tunnels in WSL, but that was given up "
      .. "long ago and has nothing to do with my script, has it? Windows never has this.",
    ja = "WSL で、止まるプログラムと止まらないプログラムがあります。しかも同じ宛先でです。`curl http://{{p.site}}/` はすぐ終わります。同じページを取ってくる Python の"
      .. "スクリプトは二分間止まったままで、そこへの `git clone` も、apt の一部のミラーも同じです。github.com はどのプログラムでも速いです。ping google.com は全部"
      .. "失われ、ping 8.8.8.8 は一つも失われません。名前はすぐに引けます。以前、同僚と WSL で無料のトンネルサービスを試したことがありますが、とうの昔にやめたので、"
      .. "このスクリプトとは関係ありませんよね。Windows では一度も起きません。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make every program in WSL reach google.com and {{p.site}} without a wait.",
      ja = "WSL のどのプログラムからも、待たされずに google.com と {{p.site}} に届くようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#8285", "microsoft/WSL#4518", "microsoft/WSL#4590", "microsoft/WSL#9405", "microsoft/WSL#5198", "shayne/wsl2-hacks#17" },
  requires = { tools = { "ip", "ping", "getent", "curl", "bash" } },

  params = function(seed)
    local net = ("2001:db8:%x:%x"):format(seed:int(0x70, 0xfff), seed:int(1, 0xff))
    return { old6 = net .. "::2", old6_net = net .. "::/64" }
  end,

  topology = function()
    return wsl2.nat { ipv6 = true }
  end,

  fault = function(lab, p)
    local wsl = lab:node("wsl")
    wsl:iface("eth0"):set { addresses = { p.guest .. "/20", { cidr = p.old6 .. "/64", nodad = true } } }
    wsl:add_route({ dst = "default", via = windows_near(p), dev = "eth0", ipv6 = true, metric = 1024 })
  end,

  symptoms = {
    probe.run { name = "program-reaches-google", node = "wsl", argv = first_address("google.com"), timeout = 0.3,
      title = { en = "a program that takes the first address reaches google.com", ja = "最初のアドレスを使うプログラムが google.com に届く" } },
    probe.run { name = "program-reaches-site", node = "wsl", argv = first_address("{{p.site}}"), timeout = 0.3,
      title = { en = "a program that takes the first address reaches the site", ja = "最初のアドレスを使うプログラムがサイトに届く" } },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "google.com", timeout = 2.0 },
    probe.run { name = "other-site-reached", node = "wsl", argv = first_address("github.com"), timeout = 2.0,
      title = { en = "a site without IPv6 is reached", ja = "IPv6 のないサイトに届く" } },
    probe.connect { name = "windows-web", node = "windows", address = "{{p.google}}", port = 80, timeout = 2.0 },
  },
  fixed = {
    probe.run { name = "google-mended", node = "wsl", argv = first_address("google.com"), timeout = 2.0,
      title = { en = "a program that takes the first address reaches google.com", ja = "最初のアドレスを使うプログラムが google.com に届く" } },
    probe.run { name = "site-mended", node = "wsl", argv = first_address("{{p.site}}"), timeout = 2.0,
      title = { en = "a program that takes the first address reaches the site", ja = "最初のアドレスを使うプログラムがサイトに届く" } },
    -- Not by a name that is written down somewhere.
    probe.run { name = "downloads-mended", node = "wsl", argv = first_address("downloads.example.com"), timeout = 2.0,
      title = { en = "so it does any other", ja = "ほかのサイトにも届く" } },
  },
  truth = { { layer = "L2", cause = "ipv6-first", at = "wsl" } },
  pass = 70,

  steps = {
    step.gateway_seen { points = 4 },
    step.public_pinged { points = 4 },
    step.name_looked_up { points = 4 },
    step.custom { id = "families-told-apart", group = "observe", points = 10, needs = { "exec" }, test = six_seen,
      title = { en = "IPv4 and IPv6 looked at one by one", ja = "IPv4 と IPv6 を分けて調べた" } },
    step.looked_first { points = 6, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 32 },
    step.verified { points = 10, by = { "syn-ack" } },
    step.care { points = 10, allow = { "address", "route", "file:/etc/gai.conf", "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "github.com is fast, google.com hangs. What does the one have that the other lacks? `getent ahosts` shows every address, in the "
      .. "order programs take.",
      ja = "github.com は速く、google.com は止まります。一方だけにあるものは何でしょう。`getent ahosts` で、プログラムが使う順にすべてのアドレスが分かります。" },
    { en = "Try each family alone: `ping -4`, `ping -6`. Then `ip -6 route` and `ip -6 addr`: what does WSL believe about IPv6, and who is to forward it?",
      ja = "`ping -4` と `ping -6` で片方ずつ試しましょう。`ip -6 route` と `ip -6 addr` を見ると、WSL は IPv6 をどう思っていて、誰が転送するはずでしょう。" },
    { en = "The IPv6 default route leads to Windows, which does not forward it. Take that route away, or let IPv4 go first: /etc/gai.conf says in "
        .. "which order programs take the addresses of a name.",
      ja = "IPv6 のデフォルトルートは Windows に向いていますが、Windows は IPv6 を転送しません。その経路を消すか、"
        .. "IPv4 が先になるようにしましょう。名前のアドレスをどの順に使うかは /etc/gai.conf で決まります。" },
  },
  look_alike = { "guest-filter", "mtu-vpn-blackhole", "first-nameserver-dead", "nat-icmp-only", "blackhole-route" },

  solution = {
    "ip route",
    "ping -c 1 -W 0.3 8.8.8.8",
    "getent ahosts google.com",
    "ip -6 route",
    "ping -6 -c 1 -W 0.3 google.com",
    "dojo diagnose L2 ipv6-first",
    "echo 'precedence ::ffff:0:0/96  100' | sudo tee -a /etc/gai.conf",
    "timeout 3 bash -c '</dev/tcp/google.com/80' && echo open",
  },
  alternatives = {
    -- No IPv6 at all.
    {
      "ip r",
      "ping -c1 -W0.3 1.1.1.1",
      "getent hosts github.com",
      "ip -6 addr",
      "dojo diagnose 2 ipv6-first",
      "sudo sysctl -w net.ipv6.conf.all.disable_ipv6=1",
      "timeout 3 bash -c '</dev/tcp/{{p.site}}/80' && echo open",
    },
    -- The dead way out goes, and the address that went with it.
    {
      "ip -4 route",
      "ping -c1 -W0.3 8.8.8.8",
      "curl -s -6 -m 0.3 http://{{p.site}}/",
      "ip -6 route show",
      "dojo diagnose L2 ipv6-first",
      "sudo ip -6 route del default",
      "sudo ip -6 addr del {{p.old6}}/64 dev eth0",
      "timeout 3 bash -c '</dev/tcp/google.com/80' && echo open",
    },
    -- Only the address: without a global one of its own WSL's library puts IPv4 first.
    {
      "ip r",
      "ping -c1 -W0.3 8.8.8.8",
      "getent ahosts {{p.site}}",
      "dojo diagnose L2 ipv6-first",
      "sudo ip addr del {{p.old6}}/64 dev eth0",
      "timeout 3 bash -c '</dev/tcp/google.com/80' && echo open",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L3 guest-filter", "dojo diagnose L2 mtu-vpn-blackhole", "dojo diagnose L2.5 first-nameserver-dead",
      "dojo diagnose L4 nat-icmp-only", "dojo diagnose L2 ipv6-first",
    } },
    { name = "only this once: curl -4", at_most = 50, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", "getent ahosts google.com", "ip -6 route", "dojo diagnose L2 ipv6-first", "curl -4 -s -m 3 http://google.com/",
    } },
    { name = "names faked in /etc/hosts", at_most = 50, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", "getent ahosts google.com", "ip -6 route", "dojo diagnose L2 ipv6-first",
      "printf '{{p.google}} google.com\\n{{p.site_address}} {{p.site}}\\n' | sudo tee -a /etc/hosts", "timeout 3 bash -c '</dev/tcp/google.com/80'",
    } },
    { name = "another default route, as dead", at_most = 50, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", "getent ahosts google.com", "ip -6 route", "dojo diagnose L2 ipv6-first",
      "sudo ip -6 route replace default via fe80::1 dev eth0", "timeout 0.3 bash -c '</dev/tcp/google.com/80'",
    } },
    { name = "wrong layer: resolv.conf rewritten", at_most = 30, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", "getent hosts google.com", "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf",
      "dojo diagnose L2.5 first-nameserver-dead",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "echo 'precedence ::ffff:0:0/96  100' | sudo tee -a /etc/gai.conf", "timeout 3 bash -c '</dev/tcp/google.com/80' && echo open",
    } },
  },
}
