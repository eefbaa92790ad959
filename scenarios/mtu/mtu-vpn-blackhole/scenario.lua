-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   wsl eth0, MTU 1500 === windows ===(VPN, MTU 1200 to 1390)=== company's server --- intranet, git (1500)
--                               |                                     |
--                     "too big" for WSL is lost here        "too big" for the servers is lost here
--
-- The VPN takes less in one packet than WSL's eth0 and the company's servers send. Who can't pass a large packet on says so by ICMP; both messages
-- are dropped, by the VPN client's filter and by the company's firewall. So small things pass and large ones hang, either way, for ever.
-- Windows itself is well: its own packets are made for the tunnel's MTU, which its interface has.
-- A smaller MTU of eth0 mends both directions, for TCP tells the other end what it takes; so does one for the route, a clamped MSS, or the switch's MTU
-- on the Windows side. This WSL is one that does not take over the MTU of Windows' VPN (wsl2.nat: mtu_from), as in the reports.

-- Pinned: rp_filter 0, as WSL's kernel has it (all nodes); IPv4 forwarding on windows and router (wsl2.nat); no probing of the path's MTU by TCP.

-- 20 kB to the intranet, as a push or a form sends them; only that an answer comes counts.
local upload = "head -c 20000 /dev/zero | curl -s -m %s -o /dev/null -H Expect: --data-binary @- http://intranet.corp.example/"

return scenario {
  api = 1,
  id = "mtu-vpn-blackhole",
  layer = "L2",
  mode = "nat",
  level = 3,
  chapter = 13,
  minutes = 15,
  tags = { "mtu", "vpn", "git" },
  title = {
    en = "The small ones pass, the large ones hang",
    ja = "小さいものは通り、大きいものは止まる",
  },
  ticket = {
    en = "I work from home over the company's VPN, which has a new server since Monday. In WSL "
      .. "the intranet's start page opens, ping works and names resolve, but `git clone "
      .. "git://git.corp.example/big.git` just sits there, and so does every larger download from the intranet. No error, it simply stops. Pushes hang as "
      .. "well. On Windows all of it is fast, over the same VPN! Without the VPN, WSL downloads anything from the internet. The company says "
      .. "the VPN is in order and its settings are theirs; please leave it connected.",
    ja = "自宅から会社の VPN で仕事をしています。VPN のサーバーは月曜日に新しくなりました。WSL からイントラネットのトップページは開けますし、ping も名前解決も大丈夫です。ところが "
      .. "`git clone git://git.corp.example/big.git` は黙ったまま進みません。イントラネットの大きめのファイルも、全部途中で止まります。エラーは出ません。"
      .. "push も止まります。同じ VPN でも、Windows からはどれも速いのです。VPN を使わなければ、WSL からインターネットのものは何でもダウンロードできます。"
      .. "会社は「VPN に問題はない、設定は変えられない」と言っています。VPN はつないだままにしてください。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let large transfers pass between WSL and the company, both ways, with the VPN connected.",
      ja = "VPN をつないだまま、WSL と会社の間で、大きなデータがどちら向きにも通るようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#4253", "microsoft/WSL#4698", "microsoft/WSL#6264", "microsoft/WSL#4517", "microsoft/WSL#5346" },
  requires = { tools = { "git", "curl", "ping" } },

  params = function(seed)
    local c = seed:pick({ { "anyconnect", 1390 }, { "anyconnect", 1300 }, { "checkpoint", 1350 }, { "pulse", 1200 }, { "globalprotect", 1280 } })
    return { client = c[1], tunnel_mtu = c[2], fits = c[2] - 28, segment = c[2] - 40 }
  end,

  topology = function(p)
    return wsl2.nat {
      vpn = { client = p.client, mtu = 1500, git = true },
      wsl = { mtu_from = "switch" },
    }
  end,

  -- The healthy lab's tunnel takes what everybody sends: nobody has learned, and remembers for ten minutes, that less would fit.
  fault = function(lab, p)
    lab:windows("vpn.set", { set = { mtu = p.tunnel_mtu, swallows = "both" } })
  end,

  symptoms = {
    probe.http { name = "large-file-arrives", node = "wsl", url = "http://intranet.corp.example/large.bin", max_bytes = 300000, timeout = 0.3 },
    probe.run { name = "upload-passes", node = "wsl", argv = { "sh", "-c", upload:format("0.3") }, timeout = 1.0 },
  },
  controls = {
    probe.http { name = "small-page", node = "wsl", url = "http://intranet.corp.example/" },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
    probe.http { name = "windows-is-well", node = "windows", url = "http://{{p.corp_web}}/large.bin", max_bytes = 300000,
      title = { en = "Windows fetches the large file over the VPN", ja = "Windows は VPN 経由で大きなファイルを取得できる" } },
  },
  fixed = {
    probe.http { name = "large-file-mended", node = "wsl", url = "http://intranet.corp.example/large.bin", max_bytes = 300000, timeout = 2.0 },
    probe.run { name = "upload-mended", node = "wsl", argv = { "sh", "-c", upload:format("2") }, timeout = 2.5,
      title = { en = "20 kB get from WSL to the company", ja = "WSL から会社へ 20 kB を送れる" } },
  },
  truth = { { layer = "L2", cause = "mtu-vpn-blackhole", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 5 },
    step.vpn_seen { points = 10 },
    step.size_tried { points = 10 },
    step.looked_first { points = 5, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "syn-ack", "echo-reply" } },
    step.care { points = 10, allow = { "link", "address", "route", "ruleset", "windows:interface" } },
  },

  hints = {
    { en = "What do the things that pass have in common, and those that hang? Not the server: both are on the same machines.",
      ja = "通るものどうし、止まるものどうしの共通点は何でしょう。サーバーではありません。どちらも同じマシンです。" },
    { en = "Send one packet of a size you choose that nobody may cut: `ping -M do -c 1 -s 1472 intranet.corp.example`, then smaller ones. On Windows, "
        .. "`netsh interface ipv4 show subinterfaces` shows how large each interface lets a packet be.",
      ja = "分割を禁じて、大きさを決めたパケットを一つ送りましょう。`ping -M do -c 1 -s 1472 intranet.corp.example`、次はもっと小さく。Windows では "
        .. "`netsh interface ipv4 show subinterfaces` で、インターフェイスごとに通せる大きさが分かります。" },
    { en = "The VPN passes {{p.tunnel_mtu}} bytes, eth0 sends 1500, and nobody tells it. "
        .. "Make WSL send no more than fits.",
      ja = "VPN は {{p.tunnel_mtu}} バイトまでしか通しませんが、eth0 は 1500 で送り、そのことを誰も知らせてくれません。"
        .. "WSL が、収まる大きさでしか送らないようにしましょう。" },
  },
  look_alike = { "guest-mtu-too-small", "guest-filter", "vpn-default-metric", "nothing-listens" },

  solution = {
    "ip link show dev eth0",
    { windows = "netsh interface ipv4 show subinterfaces" },
    "ping -M do -n -c 1 -W 0.2 -s 1472 {{p.corp_web}}",
    "ping -M do -n -c 1 -W 2 -s {{p.fits}} {{p.corp_web}}",
    "dojo diagnose L2 mtu-vpn-blackhole",
    "sudo ip link set dev eth0 mtu {{p.tunnel_mtu}}",
    "curl -s -m 5 -o /dev/null -w '%{size_download}\\n' http://intranet.corp.example/large.bin",
  },
  alternatives = {
    -- The switch's MTU on the Windows side, which this WSL takes over.
    {
      "ip a",
      { windows = "Get-NetIPInterface -AddressFamily IPv4" },
      { windows = "ping -f -l {{p.fits}} -n 1 {{p.corp_web}}" },
      "ping -M do -n -c 1 -W 0.2 -s 1400 {{p.corp_web}}",
      "dojo diagnose 2 mtu-vpn-blackhole",
      { windows = 'netsh interface ipv4 set subinterface "vEthernet (WSL (Hyper-V firewall))" mtu={{p.tunnel_mtu}} store=persistent' },
      "git ls-remote git://git.corp.example/big.git",
    },
    -- For the way through Windows alone: WSL then also tells the servers what it takes.
    {
      "ip -4 addr show eth0",
      "ipconfig.exe /all",
      "ping -M do -n -c 1 -W 0.2 -s 1472 {{p.corp_web}}",
      "dojo diagnose L2 mtu-vpn-blackhole",
      "sudo ip route change default via {{p.gateway}} dev eth0 mtu {{p.tunnel_mtu}}",
      "curl -s -m 5 -o /dev/null http://intranet.corp.example/large.bin && echo whole",
    },
    -- TCP is told to make smaller segments, both ways.
    {
      { windows = "wsl ip link show eth0" },
      { windows = "route print -4" },
      { windows = "wsl ping -M do -c 1 -W 0.2 -s 1472 {{p.corp_web}}" },
      { windows = "wsl dojo diagnose L2 mtu-vpn-blackhole" },
      "sudo nft 'add table ip clamp; add chain ip clamp out { type filter hook output priority 0; }; "
        .. "add chain ip clamp in { type filter hook input priority 0; }; "
        .. "add rule ip clamp out tcp flags syn tcp option maxseg size set {{p.segment}}; "
        .. "add rule ip clamp in tcp flags syn tcp option maxseg size set {{p.segment}}'",
      "git ls-remote git://git.corp.example/big.git",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2 guest-mtu-too-small", "dojo diagnose L3 guest-filter", "dojo diagnose L2 vpn-default-metric", "dojo diagnose L5 nothing-listens",
      "dojo diagnose L2 mtu-vpn-blackhole",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      "sudo ip link set dev eth0 mtu {{p.tunnel_mtu}}", "curl -s -m 5 -o /dev/null http://intranet.corp.example/large.bin",
    } },
    -- Downloads pass, for WSL says what it takes; what it sends is as large as before.
    { name = "only half clamped", at_most = 60, commands = {
      "ip a", { windows = "netsh interface ipv4 show subinterfaces" }, "ping -M do -n -c 1 -W 0.2 -s 1472 {{p.corp_web}}", "dojo diagnose L2 mtu-vpn-blackhole",
      "sudo nft 'add table ip clamp; add chain ip clamp out { type filter hook output priority 0; }; "
        .. "add rule ip clamp out tcp flags syn tcp option maxseg size set {{p.segment}}'",
      "curl -s -m 5 -o /dev/null http://intranet.corp.example/large.bin",
    } },
    { name = "WSL restarted", at_most = 60, commands = {
      "ip a", { windows = "netsh interface ipv4 show subinterfaces" }, "ping -M do -n -c 1 -W 0.2 -s 1472 {{p.corp_web}}", "dojo diagnose L2 mtu-vpn-blackhole",
      { windows = "wsl --shutdown" }, { windows = "wsl ping -n -c 1 -W 2 {{p.corp_web}}" },
    } },
  },
}
