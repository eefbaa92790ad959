-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router 192.168.1.1 --- windows === vEthernet ====== eth0  wsl
--                                               <gateway>/20                 default via <an address nobody has>
--
-- The guest's default route names an address of the right /20 that nobody has; the Windows side is at another one.
-- Nobody answers ARP for it: its neighbour entry stays INCOMPLETE, then FAILED, and pings end in "Destination Host Unreachable".
-- The true gateway, on the same wire, answers ARP and questions of DNS.
-- Names still resolve: WSL's DNS tunnel does not go through eth0.
-- A default route by the Windows side mends it, and so do routes that together cover the internet.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.

-- The first address of another /24 of the same /20: it looks like a gateway, and nobody has it.
local function wrong_gateway(seed, p)
  local a, b, c = p.subnet_base:match("^(%d+)%.(%d+)%.(%d+)%.")
  return ("%s.%s.%d.1"):format(a, b, math.tointeger(tonumber(c)) + seed:int(1, 15))
end

return scenario {
  api = 1,
  id = "l2-wrong-default-gateway",
  layer = "L2",
  mode = "nat",
  level = 2,
  chapter = 5,
  minutes = 8,
  tags = { "route", "gateway", "arp" },
  title = {
    en = "A door is there, and yet nobody answers",
    ja = "扉はあるのに、その先の返事がない",
  },
  ticket = {
    en = "After last night's Windows update my WSL is cut off. curl and git sit there for some seconds and then say \"No route to host\", ping "
      .. "says \"Destination Host Unreachable\". I looked whether the default route got lost, as it did for a colleague of mine, but it is there, "
      .. "so that is not it. Windows itself is online, and `getent hosts github.com` in WSL even prints the right address. What else can it be?",
    ja = "昨夜の Windows Update のあと、WSL だけがネットから切れています。curl や git は数秒止まってから「No route to host」、ping は"
      .. "「Destination Host Unreachable」と言います。同僚のときのようにデフォルトルートが消えたのかと思って見てみましたが、ちゃんとあるので、"
      .. "それではないようです。Windows は普通につながっていて、WSL の中で `getent hosts github.com` を打つと正しいアドレスまで出ます。"
      .. "ほかに何が考えられるでしょうか。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`. If it is not the network: `dojo diagnose none`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。ネットワークのせいでないなら `dojo diagnose none` と答える。" },
    { en = "Mend what has to be mended, and nothing else.", ja = "直すべきものだけを直す。" },
    { en = "Prove that it works.", ja = "確かに動くことを証明する。" },
  },
  sources = { "microsoft/WSL#6288", "microsoft/WSL#6086" },
  requires = { tools = { "ip", "ping" } },

  params = function(seed, p)
    return { wrong = wrong_gateway(seed, p) }
  end,

  topology = function()
    return wsl2.nat {}
  end,

  fault = function(lab, p)
    lab:node("wsl"):remove_route("default"):add_route { dst = "default", via = p.wrong, dev = "eth0", protocol = "kernel" }
  end,

  symptoms = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 },
    probe.connect { name = "web-connect", node = "wsl", address = "{{p.github}}", port = 443, timeout = 0.3 },
  },
  controls = {
    probe.resolve { name = "windows-side-answers", node = "wsl", host = "google.com", server = "{{p.gateway}}" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
    probe.ping { name = "windows-public-ping", node = "windows", address = "8.8.8.8" },
  },
  -- Addresses in both halves of the address space, one of them in this learner's lab alone.
  fixed = {
    probe.ping { name = "public-mended", node = "wsl", timeout = 2.0, address = "8.8.8.8" },
    probe.ping { name = "other-mended", node = "wsl", timeout = 2.0, address = "{{p.site_address}}" },
    probe.connect { name = "web-mended", node = "wsl", timeout = 2.0, address = "{{p.github}}", port = 443 },
  },
  truth = { { layer = "L2", cause = "wrong-default-gateway", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 5 },
    step.gateway_seen { points = 8 },
    step.gateway_pinged { points = 7 },
    step.public_pinged { points = 5 },
    step.looked_first { points = 5, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "echo-reply", "syn-ack" } },
    step.care { points = 10, allow = { "route" } },
  },

  hints = {
    { en = "There is a way out in the routes. Does anybody stand at its other end? Ask the neighbours.",
      ja = "経路表に出口はあります。その先に誰かいるのでしょうか。隣（neighbour）を見てみましょう。" },
    { en = "`ip neigh` after a ping: who answers, who does not? Compare with the address that Windows has on the WSL switch (`ipconfig.exe`).",
      ja = "ping のあとに `ip neigh` を見ましょう。答えるのは誰で、答えないのは誰ですか。Windows が WSL のスイッチで持つアドレス（`ipconfig.exe`）と比べましょう。" },
    { en = "The default route goes by {{p.wrong}}, which nobody has. The Windows side is {{p.gateway}}; the route has to lead there.",
      ja = "デフォルトルートは {{p.wrong}} 経由ですが、そのアドレスを持つ機器はありません。Windows 側は {{p.gateway}} です。そこへ向けましょう。" },
  },
  look_alike = { "no-default-route", "no-carrier", "host-vnic-gone", "nat-missing" },

  solution = {
    "ip -4 addr show eth0",
    "ip route",
    "ping -c 1 -W 0.3 8.8.8.8",
    "ip neigh",
    "ipconfig.exe | grep -A 4 WSL",
    "dojo diagnose L2 wrong-default-gateway",
    "sudo ip route replace default via {{p.gateway}}",
    "ping -c 1 -W 2 8.8.8.8",
  },
  alternatives = {
    -- The true one first, then the wrong one away; as WSL itself would have set it.
    {
      "hostname -I",
      "ip -4 route show",
      "timeout 0.3 bash -c '</dev/tcp/{{p.github}}/443'",
      "ip -4 neigh show",
      "dojo diagnose 2 wrong-default-gateway",
      "sudo ip route del default",
      "sudo ip route add default via {{p.gateway}} dev eth0 proto kernel",
      "ping -c 1 -W 2 1.1.1.1",
    },
    -- The Windows side looked up on Windows; two halves that win over the wrong default.
    {
      "ip a",
      "ip r get 8.8.8.8",
      { windows = "Get-NetIPAddress -AddressFamily IPv4" },
      "ping -c1 -W0.3 {{p.gateway}}",
      "ping -c1 -W0.3 8.8.8.8",
      "dojo diagnose L2 wrong-default-gateway",
      "sudo ip route add 0.0.0.0/1 via {{p.gateway}}",
      "sudo ip route add 128.0.0.0/1 via {{p.gateway}}",
      "timeout 3 bash -c '</dev/tcp/{{p.github}}/443' && echo open",
    },
    -- From Windows' prompt alone.
    {
      { windows = "ipconfig" },
      { windows = "wsl ip route" },
      { windows = "wsl ip -4 addr show eth0" },
      { windows = "wsl ping -c1 -W0.3 1.1.1.1" },
      { windows = "wsl ip neigh" },
      { windows = "wsl dojo diagnose L2 wrong-default-gateway" },
      { windows = "wsl -u root ip route replace default via {{p.gateway}}" },
      { windows = "wsl ping -c1 -W2 1.1.1.1" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L1 no-carrier", "dojo diagnose L2 no-default-route", "dojo diagnose L3 guest-filter",
      "dojo diagnose L4 nat-missing", "dojo diagnose L2 wrong-default-gateway",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      "sudo ip route replace default via {{p.gateway}}", "ping -c 1 -W 2 8.8.8.8",
    } },
    -- It stands in the table and is never taken.
    { name = "the true gateway added behind the wrong one", at_most = 50, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "ip neigh", "dojo diagnose L2 wrong-default-gateway",
      "sudo ip route add default via {{p.gateway}} metric 100", "ping -c1 -W0.3 8.8.8.8",
    } },
    { name = "a route for one address only", at_most = 50, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "ip neigh", "dojo diagnose L2 wrong-default-gateway",
      "sudo ip route add 8.8.8.8 via {{p.gateway}}", "ping -c1 -W2 8.8.8.8",
    } },
    { name = "wrong layer: resolv.conf rewritten", at_most = 40, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "dojo diagnose L2.5 wrong-nameserver",
      "echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf",
    } },
  },

  -- The same complaint, and the way out is sound: the far end is switched off.
  variants = {
    ["far-end-off"] = {
      ticket = {
        en = "After last night's Windows update my WSL is cut off from the build server. `curl http://downloads.example.com/` sits there until it gives "
          .. "up, ping to it says nothing at all. I looked whether the default route got lost, as it did for a colleague of mine, but it is there, so "
          .. "that is not it. `getent hosts downloads.example.com` in WSL even prints the right address, {{p.downloads}}. It worked yesterday evening. "
          .. "What has the update done to my WSL?",
        ja = "昨夜の Windows Update のあと、WSL からビルド用サーバーにつながりません。`curl http://downloads.example.com/` は止まったままで最後はあきらめ、"
          .. "ping も何も返しません。同僚のときのようにデフォルトルートが消えたのかと思って見てみましたが、ちゃんとあるので、それではないようです。"
          .. "WSL の中で `getent hosts downloads.example.com` を打つと正しいアドレス {{p.downloads}} まで出ます。昨日の夕方は動いていました。"
          .. "更新は私の WSL に何をしたのでしょうか。",
      },
      fault = function(lab, p)
        lab:node("internet"):ruleset(("table inet off {\n\tchain in {\n\t\ttype filter hook input priority filter; policy accept;\n"
          .. "\t\tip daddr %s drop\n\t}\n}\n"):format(p.downloads))
      end,
      symptoms = {
        probe.ping { name = "build-server-ping", node = "wsl", address = "{{p.downloads}}", timeout = 0.3 },
        probe.http { name = "build-server-page", node = "wsl", url = "http://downloads.example.com/", timeout = 0.3 },
      },
      controls = {
        probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
        probe.ping { name = "other-ping", node = "wsl", address = "{{p.site_address}}" },
        probe.connect { name = "web-connect", node = "wsl", address = "{{p.github}}", port = 443 },
        probe.lookup { name = "name-resolves", node = "wsl", host = "downloads.example.com" },
      },
      truth = {},
      steps = {
        step.address_seen { points = 5 },
        step.gateway_seen { points = 7 },
        step.gateway_pinged { points = 7 },
        step.complaint_tried { points = 7, host = "downloads.example.com", address = "{{p.downloads}}" },
        step.answer_came { points = 8, id = "way-out-works", by = { "echo-reply", "syn-ack" }, but_not = { "{{p.downloads}}" },
          title = { en = "Showed that another outside address answers", ja = "ほかの外部アドレスなら答えることを示した" } },
        step.answer_came { points = 6, id = "names-work", by = { "dns-answer" },
          title = { en = "Showed that names resolve", ja = "名前解決が動くことを示した" } },
        step.looked_first { points = 4, least = 3 },
        step.cause_named { points = 34, title = { en = "Said that it is not the network", ja = "ネットワークのせいではないと答えた" } },
        step.unharmed { points = 2 },
        step.care { points = 20 },
      },
      hints = {
        { en = "There is a way out in the routes. Does it lead anywhere? Try more than one address at its end.",
          ja = "経路表に出口はあります。その先へ届いているでしょうか。宛先を一つだけでなく、いくつか試しましょう。" },
        { en = "`ip neigh` shows that the gateway is there; 8.8.8.8 answers, and so do other sites. What about {{p.downloads}} from Windows?",
          ja = "`ip neigh` を見るとゲートウェイはいます。8.8.8.8 もほかのサイトも答えます。Windows から {{p.downloads}} を試すとどうでしょう。" },
        { en = "Only {{p.downloads}} is silent, to Windows too: it is off. Nothing here is to be mended: `dojo diagnose none`.",
          ja = "黙っているのは {{p.downloads}} だけで、Windows からも同じです。相手が止まっています。直すものはありません。`dojo diagnose none`" },
      },
      look_alike = { "wrong-default-gateway", "no-default-route", "nat-missing" },
      solution = {
        "ip -4 addr show eth0",
        "ip route",
        "ping -c 1 -W 0.3 {{p.downloads}}",
        "ping -c 1 -W 2 8.8.8.8",
        "ip neigh",
        "getent hosts downloads.example.com",
        { windows = "ping -n 1 -w 300 {{p.downloads}}" },
        "dojo diagnose none",
      },
      alternatives = {
        {
          "hostname -I",
          "ip r",
          "timeout 0.3 curl -s http://downloads.example.com/",
          "arping -c 1 -w 1 {{p.gateway}}; ip -4 neigh show",
          "timeout 3 bash -c '</dev/tcp/github.com/443' && echo open",
          "dojo diagnose none",
        },
      },
      missteps = {
        { name = "none said without a look", at_most = 34, commands = { "dojo diagnose none" } },
        { name = "the default route set anew, and blamed", at_most = 46, commands = {
          "ip a", "ip route", "ping -c1 -W0.3 {{p.downloads}}", "ping -c1 -W2 8.8.8.8", "ip neigh", "getent hosts downloads.example.com",
          "sudo ip route replace default via {{p.gateway}}", "dojo diagnose L2 wrong-default-gateway",
        } },
        { name = "right in the end, but things changed on the way", at_most = 80, commands = {
          "ip a", "ip route", "ping -c1 -W0.3 {{p.downloads}}", "ping -c1 -W2 8.8.8.8", "ip neigh", "getent hosts downloads.example.com",
          "sudo ip link set eth0 mtu 1400", "sudo ip route replace default via {{p.gateway}} metric 5", "dojo diagnose none",
        } },
      },
    },
  },
}
