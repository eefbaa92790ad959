-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   wsl tailscale0, MTU 1280 --+
--                              | each packet in UDP, 50 or more bytes larger
--   wsl eth0, MTU 1280 <-------+=== windows (NAT) === router === build server (tailscale0)
--             ^
--   the least MTU of Windows' interfaces: Windows' own Tailscale has 1280
--
-- A tunnel needs room around it: its packets of 1280 bytes leave by an interface that takes 1280, so each leaves in two pieces. Windows' NAT
-- loses pieces, and what the build server sends in one piece does not fit into eth0. Small packets pass, large ones vanish, either way, and
-- nobody is told: tailscale0 says 1280 fits, and who sends takes its word for it.
-- Room mends it: eth0 raised in WSL, or on Windows the interface with the least MTU; so does a smaller tunnel, for one route or for TCP alone.

-- Pinned: rp_filter 0, as WSL's kernel has it (all nodes); IPv4 forwarding on windows and router (wsl2.nat); no probing of the path's MTU by TCP.

-- 20 kB to the build server, as an upload sends them; only that an answer comes counts.
local upload = "head -c 20000 /dev/zero | curl -s -m %s -o /dev/null -H Expect: --data-binary @- http://build.tailnet.example/"

local large = "http://build.tailnet.example/large.bin"

return scenario {
  api = 1,
  id = "mtu-guest-too-small",
  layer = "L2",
  mode = "nat",
  level = 4,
  chapter = 13,
  minutes = 15,
  tags = { "mtu", "tailscale", "tunnel" },
  title = {
    en = "The tunnel answers, and then nothing",
    ja = "トンネルは応答する、でもその先が来ない",
  },
  ticket = {
    en = "I run Tailscale inside WSL to get at our build server, build.tailnet.example. Ping to it is fine, the connection "
      .. "is there at once and its front page opens. But as soon as I fetch a log or upload a result it sits there until I give up, and `ssh` to it stopped at "
      .. "\"expecting SSH2_MSG_KEX_ECDH_REPLY\". From my laptop with plain Linux all of that works. It began on the day I installed Tailscale on "
      .. "Windows too, but that one is signed in to my family's network and has nothing to do with the build server! The internet from WSL is fine.",
    ja = "WSL の中で Tailscale を動かして、ビルドサーバー build.tailnet.example に入っています。ping は通りますし、接続もすぐにつながり、トップページも開きます。"
      .. "ところが、ログを取ろうとしたり結果をアップロードしたりすると、いつまで待っても終わりません。`ssh` も \"expecting SSH2_MSG_KEX_ECDH_REPLY\" で止まっていました。"
      .. "普通の Linux のノート PC からは、全部うまくいきます。Windows にも Tailscale を入れた日からこうなりましたが、そちらは家族用のネットワークにサインインしていて、"
      .. "ビルドサーバーとは何の関係もありません。WSL からのインターネットは問題ありません。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let large transfers pass through the tunnel, both ways.", ja = "トンネルの中を、大きなデータがどちら向きにも通るようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "tailscale/tailscale#4833", "tailscale/tailscale#7346", "tailscale/tailscale#6189", "microsoft/WSL#6082", "microsoft/WSL#7197" },
  requires = { kernel = { "carry" }, tools = { "curl", "ping" } },

  params = function(seed)
    return { outer = seed:pick({ 1280, 1284, 1290, 1300 }) }
  end,

  topology = function() return wsl2.nat { tailnet = { on_windows = true } } end,

  fault = function(lab, p) lab:windows("interface.set", { InterfaceAlias = "Tailscale", set = { NlMtu = p.outer } }) end,

  symptoms = {
    probe.http { name = "large-file-arrives", node = "wsl", url = large, timeout = 0.3 },
    probe.run { name = "upload-passes", node = "wsl", argv = { "sh", "-c", upload:format("0.3") }, timeout = 1.0 },
  },
  controls = {
    probe.http { name = "small-page", node = "wsl", url = "http://build.tailnet.example/" },
    probe.ping { name = "peer-pings", node = "wsl", address = "{{p.tailnet_peer}}" },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.http { name = "internet-is-well", node = "wsl", url = "http://{{p.downloads}}/large.bin", max_bytes = 200000,
      title = { en = "WSL downloads from the internet", ja = "WSL はインターネットからダウンロードできる" } },
  },
  fixed = {
    probe.http { name = "large-file-mended", node = "wsl", url = large, timeout = 2.0 },
    probe.run { name = "upload-mended", node = "wsl", argv = { "sh", "-c", upload:format("1.8") }, timeout = 2.0,
      title = { en = "20 kB get from WSL to the build server", ja = "WSL からビルドサーバーへ 20 kB を送れる" } },
  },
  truth = { { layer = "L2", cause = "guest-mtu-too-small", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 10 },
    step.size_tried { points = 15 },
    step.looked_first { points = 5, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "syn-ack", "echo-reply" } },
    step.care { points = 10, allow = { "link", "address", "route", "rule", "ruleset", "windows:interface", "windows:adapter" } },
  },

  hints = {
    { en = "What passes and what hangs goes to the same server, by the same tunnel. What else sets the two apart?",
      ja = "通るものも止まるものも、同じサーバーへ、同じトンネルで行きます。では、両者は何が違うのでしょう。" },
    { en = "A packet in the tunnel is the load of another packet, which leaves by eth0. Compare the MTU of the two in `ip link`, and send packets of a size "
        .. "you choose: `ping -M do -c 1 -s 1252 build.tailnet.example`, then smaller ones.",
      ja = "トンネルの中のパケットは、eth0 から出ていく別のパケットの荷物です。`ip link` で両方の MTU を比べ、大きさを決めたパケットを送ってみましょう。"
        .. "`ping -M do -c 1 -s 1252 build.tailnet.example`、次はもっと小さく。" },
    { en = "tailscale0 takes 1280 bytes and adds its headers; eth0 takes only {{p.outer}}, the least MTU of Windows' interfaces. "
        .. "Make room in eth0, or let tailscale0 take less.",
      ja = "tailscale0 は 1280 バイトを受け取り、ヘッダーを付け足します。eth0 が通すのは {{p.outer}} バイトだけで、これは Windows のインターフェイスのうち最小の MTU です。"
        .. "eth0 に余裕を作るか、tailscale0 が受け取る大きさを減らしましょう。" },
  },
  look_alike = { "mtu-vpn-blackhole", "guest-filter", "nothing-listens" },

  solution = {
    "ip link show",
    { windows = "netsh interface ipv4 show subinterfaces" },
    "ping -M do -n -c 1 -W 0.2 -s 1252 {{p.tailnet_peer}}",
    "ping -M do -n -c 1 -W 2 -s 1100 {{p.tailnet_peer}}",
    "dojo diagnose L2 guest-mtu-too-small",
    "sudo ip link set dev eth0 mtu 1500",
    "curl -s -m 5 -o /dev/null -w '%{size_download}\\n' " .. large,
  },
  alternatives = {
    -- The tunnel made to fit.
    {
      "ip a",
      "ip route show table 52",
      "ping -M do -n -c 1 -W 0.2 -s 1252 {{p.tailnet_peer}}",
      "dojo diagnose 2 guest-mtu-too-small",
      "sudo ip link set dev tailscale0 mtu 1200",
      "curl -s -m 5 -o /dev/null " .. large .. " && echo whole",
    },
    -- On Windows, whose least MTU eth0 follows.
    {
      "ip -d link show eth0",
      { windows = "Get-NetIPInterface -AddressFamily IPv4 | Sort-Object NlMtu" },
      "ping -M do -n -c 1 -W 0.2 -s 1252 {{p.tailnet_peer}}",
      "dojo diagnose L2 guest-mtu-too-small",
      { windows = 'netsh interface ipv4 set subinterface "Tailscale" mtu=1500 store=persistent' },
      "curl -s -m 5 -o /dev/null " .. large .. " && echo whole",
    },
    -- For this one way, which also tells the server what to send.
    {
      "ip addr show eth0",
      "ip route get {{p.tailnet_peer}}",
      "ping -M do -n -c 1 -W 0.2 -s 1240 {{p.tailnet_peer}}",
      "dojo diagnose L2 guest-mtu-too-small",
      "sudo ip route change {{p.tailnet_peer}} dev tailscale0 table 52 mtu 1200",
      "curl -s -m 5 -o /dev/null " .. large .. " && echo whole",
    },
    -- TCP is told to make smaller segments, both ways.
    {
      "ip link",
      "ping -M do -n -c 1 -W 0.2 -s 1252 {{p.tailnet_peer}}",
      "sudo nft list ruleset",
      "dojo diagnose L2 guest-mtu-too-small",
      "sudo nft 'add table ip clamp; add chain ip clamp out { type filter hook output priority 0; }; "
        .. "add chain ip clamp in { type filter hook input priority 0; }; "
        .. "add rule ip clamp out oifname tailscale0 tcp flags syn tcp option maxseg size set 1160; "
        .. "add rule ip clamp in iifname tailscale0 tcp flags syn tcp option maxseg size set 1160'",
      "curl -s -m 5 -o /dev/null " .. large .. " && echo whole",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2 mtu-vpn-blackhole", "dojo diagnose L3 guest-filter", "dojo diagnose L5 nothing-listens", "dojo diagnose L2 guest-mtu-too-small",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      "sudo ip link set dev eth0 mtu 1500", "curl -s -m 5 -o /dev/null " .. large,
    } },
    -- Larger outside is right; larger inside is more of the same.
    { name = "the wrong one raised", at_most = 60, commands = {
      "ip a", { windows = "netsh interface ipv4 show subinterfaces" }, "ping -M do -n -c 1 -W 0.2 -s 1252 {{p.tailnet_peer}}",
      "dojo diagnose L2 guest-mtu-too-small", "sudo ip link set dev tailscale0 mtu 1500", "curl -s -m 0.3 -o /dev/null " .. large,
    } },
    -- As for a VPN of Windows': here it takes room away.
    { name = "eth0 made smaller still", at_most = 60, commands = {
      "ip a", "ping -M do -n -c 1 -W 0.2 -s 1252 {{p.tailnet_peer}}", "ip route show table 52", "dojo diagnose L2 guest-mtu-too-small",
      "sudo ip link set dev eth0 mtu 1200", "ping -n -c 1 -W 2 {{p.tailnet_peer}}",
    } },
    -- It comes back with the MTU Windows gives it.
    { name = "WSL restarted", at_most = 60, commands = {
      "ip a", "ping -M do -n -c 1 -W 0.2 -s 1252 {{p.tailnet_peer}}", "ip route show table 52", "dojo diagnose L2 guest-mtu-too-small",
      { windows = "wsl --shutdown" }, { windows = "wsl ping -n -c 1 -W 2 {{p.tailnet_peer}}" },
    } },
  },
}
