-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet --- router --- windows ---(0.0.0.0/0, metric 25: by the wire, translated)
--                              |  \----(0.0.0.0/0, metric 2: into the VPN, WSL's packets not translated)--- company --- internet
--                             wsl
--
-- The VPN's client gives its adapter metric 1 whenever it connects. Its default route then beats the wire's, for Windows' own packets and for those of WSL.
-- Windows' own leave the company's server for the internet and come back; WSL's have an address of 172.16.0.0/12 there, which nobody in the tunnel
-- was given, and are dropped. Names resolve: Windows asks for WSL. What is on the home network answers: its route is longer than any default route.
-- A worse metric of the tunnel, or a better one of the wire, lets WSL out again; the company stays reachable by its own route. Without the VPN
-- there is no company.

-- Pinned: rp_filter 0, as WSL's kernel has it (all nodes); IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.

return scenario {
  api = 1,
  id = "l2-vpn-default-metric-beats-wsl",
  layer = "L2",
  mode = "nat",
  level = 3,
  chapter = 5,
  minutes = 12,
  tags = { "vpn", "route", "metric" },
  title = {
    en = "Windows is on the internet, WSL is not, since the VPN was updated",
    ja = "VPN の更新以来、Windows はつながるのに WSL だけつながらない",
  },
  ticket = {
    en = "The VPN's client was updated last night. Since then nothing gets out of WSL while the VPN is up: apt, curl, ping 8.8.8.8, all of it just hangs. "
      .. "Names resolve, oddly. Windows itself is fine, the browser opens everything, and the intranet too. When I disconnect, WSL works, but I need the "
      .. "VPN all day, so it has to stay connected. I have restarted WSL and the PC, it is always the same.",
    ja = "昨夜 VPN クライアントが更新されました。それ以来、VPN をつないでいる間は WSL から何も出られません。apt も curl も ping 8.8.8.8 も、"
      .. "返事がないままです。不思議なことに名前は引けます。Windows 自身は問題なく、ブラウザでは何でも開き、イントラネットも見られます。VPN を切ると "
      .. "WSL も動きますが、VPN は一日中必要なので、つないだままにしてください。WSL も PC も再起動しましたが、変わりません。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let WSL reach the internet while the VPN is connected and Windows reaches the intranet.",
      ja = "VPN をつなぎ、Windows からイントラネットに届くまま、WSL からもインターネットに届くようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#4277", "microsoft/WSL#5068", "microsoft/WSL#4246", "microsoft/WSL#6913", "microsoft/WSL#10380" },
  requires = { tools = { "ip", "ping" } },

  params = function(seed)
    local c = seed:pick({ { "anyconnect", "Cisco AnyConnect", "Ethernet 2" }, { "globalprotect", "PANGP", "Ethernet 3" },
      { "pulse", "Juniper", "Ethernet 2" } })
    return { client = c[1], adapter = c[2], alias = c[3] }
  end,

  -- The tunnel has a route for the company of its own beside the default one.
  topology = function(p)
    return wsl2.nat {
      vpn = { client = p.client, metric = 6000, routes = { "0.0.0.0/0", p.corp_network }, masquerade = false },
    }
  end,

  fault = function(lab)
    lab:windows("vpn.set", { set = { metric = 1 } })
  end,

  symptoms = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 },
    probe.http { name = "site-opens", node = "wsl", url = "http://{{p.site}}/", timeout = 0.5 },
  },
  controls = {
    probe.ping { name = "windows-public-ping", node = "windows", address = "8.8.8.8" },
    probe.http { name = "windows-intranet", node = "windows", url = "http://{{p.corp_web}}/",
      title = { en = "Windows opens the intranet over the VPN", ja = "Windows から VPN 経由でイントラネットが開ける" } },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
    probe.ping { name = "home-router-answers", node = "wsl", address = "{{p.router}}" },
  },
  fixed = {
    probe.ping { name = "public-ping-mended", node = "wsl", address = "8.8.8.8", timeout = 2.0 },
    probe.http { name = "site-mended", node = "wsl", url = "http://{{p.site}}/", timeout = 2.0 },
  },
  truth = { { layer = "L2", cause = "vpn-default-metric", at = "windows" } },
  pass = 70,

  steps = {
    step.gateway_seen { points = 5 },
    step.public_pinged { points = 5 },
    step.vpn_seen { points = 15 },
    step.looked_first { points = 5, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "echo-reply", "syn-ack" } },
    step.care { points = 10, allow = { "windows:interface", "windows:route" } },
  },

  hints = {
    { en = "WSL's own route is right, and its gateway does its part. Which way does Windows send what it gets from WSL?",
      ja = "WSL 自身の経路は正しく、ゲートウェイまでは届いています。Windows は、WSL から受け取ったものをどちらへ送っているのでしょう。" },
    { en = "`route print -4` on Windows: count the lines that begin with 0.0.0.0, and compare their last column.",
      ja = "Windows で `route print -4`。0.0.0.0 で始まる行がいくつあるか数え、最後の列を比べましょう。" },
    { en = "The VPN's default route has metric 2, the wire's 25. Give the VPN's adapter a worse one: "
        .. "`Get-NetAdapter | ? InterfaceDescription -Match '{{p.adapter}}' | Set-NetIPInterface -InterfaceMetric 6000`.",
      ja = "VPN のデフォルトルートのメトリックは 2、有線は 25 です。VPN アダプターの値を大きくしましょう。"
        .. "`Get-NetAdapter | ? InterfaceDescription -Match '{{p.adapter}}' | Set-NetIPInterface -InterfaceMetric 6000`。" },
  },
  look_alike = { "nat-missing", "vpn-steals-subnet", "wrong-default-gateway", "vpn-overlap" },

  solution = {
    "ping -n -c 1 -W 0.3 8.8.8.8",
    "ip route",
    { windows = "route print -4" },
    { windows = "Get-NetIPInterface -AddressFamily IPv4" },
    "dojo diagnose L2 vpn-default-metric",
    { windows = "Get-NetAdapter | Where-Object InterfaceDescription -Match '{{p.adapter}}' | Set-NetIPInterface -InterfaceMetric 6000" },
    "ping -n -c 1 -W 2 8.8.8.8",
  },
  alternatives = {
    -- The same by netsh.
    {
      "ping -n -c 1 -W 0.3 1.1.1.1",
      "ip route get 8.8.8.8",
      "ip route",
      { windows = "netsh interface ipv4 show interfaces" },
      "dojo diagnose 2 vpn-default-metric",
      { windows = 'netsh interface ipv4 set interface "{{p.alias}}" metric=6000' },
      "ping -n -c 1 -W 2 8.8.8.8",
    },
    -- That one route of the tunnel's.
    {
      "timeout 0.3 bash -c '</dev/tcp/{{p.google}}/80'",
      { windows = "Get-NetRoute -DestinationPrefix 0.0.0.0/0" },
      { windows = "Get-NetAdapter" },
      "ip r",
      "dojo diagnose L2 vpn-default-metric",
      { windows = "Set-NetRoute -DestinationPrefix 0.0.0.0/0 -InterfaceAlias '{{p.alias}}' -RouteMetric 6000" },
      "timeout 3 bash -c '</dev/tcp/{{p.google}}/80' && echo open",
    },
    -- The wire's metric made better than the tunnel's.
    {
      { windows = "wsl ping -n -c 1 -W 0.3 8.8.8.8" },
      { windows = "wsl ip route" },
      { windows = "ipconfig /all" },
      { windows = "Get-NetRoute -AddressFamily IPv4" },
      { windows = "wsl dojo diagnose L2 vpn-default-metric" },
      { windows = "Set-NetIPInterface -InterfaceAlias Ethernet -InterfaceMetric 1" },
      { windows = "wsl ping -n -c 1 -W 2 8.8.8.8" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L4 nat-missing", "dojo diagnose L2 vpn-steals-subnet", "dojo diagnose L2 wrong-default-gateway", "dojo diagnose L2 vpn-overlap",
      "dojo diagnose L2 vpn-default-metric",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      { windows = "Set-NetIPInterface -InterfaceAlias '{{p.alias}}' -InterfaceMetric 6000" }, "ping -n -c 1 -W 2 8.8.8.8",
    } },
    -- WSL is on the internet again, and Windows has no intranet.
    { name = "the VPN disconnected", at_most = 60, commands = {
      "ping -n -c 1 -W 0.3 8.8.8.8", "ip route", { windows = "route print -4" }, "dojo diagnose L2 vpn-default-metric",
      { windows = "rasdial /disconnect" }, "ping -n -c 1 -W 2 8.8.8.8",
    } },
    -- One address is back; the rest of the world is not.
    { name = "a route for one address", at_most = 60, commands = {
      "ping -n -c 1 -W 0.3 8.8.8.8", "ip route", { windows = "route print -4" }, "dojo diagnose L2 vpn-default-metric",
      { windows = "route add 8.8.8.8 mask 255.255.255.255 {{p.router}}" }, "ping -n -c 1 -W 2 8.8.8.8",
    } },
    { name = "wrong layer: a NAT of its own for WSL", at_most = 40, commands = {
      "ping -n -c 1 -W 0.3 8.8.8.8", "ip route", { windows = "route print -4" }, "dojo diagnose L4 nat-missing",
      { windows = "New-NetNat -Name WSLNat -InternalIPInterfaceAddressPrefix {{p.subnet}}" }, "ping -n -c 1 -W 0.3 8.8.8.8",
    } },
  },
}
