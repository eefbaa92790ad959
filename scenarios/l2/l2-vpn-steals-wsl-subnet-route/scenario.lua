-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet --- router --- windows 172.x.y.1 --- wsl
--                   |           |  a route for 172.x.y.0/20 into the tunnel,
--               VPN server <====+  with a better metric than the switch's own
--
-- While the VPN is connected Windows has WSL's network twice: on the switch, and through the tunnel with a lower metric.
-- What WSL sends gets out, but every answer to it goes into the tunnel and is lost. So does what Windows itself sends to WSL.
-- Names go on resolving, because the DNS tunnel needs no packet on the switch.
-- The VPN's copy of the route has to lose: a worse metric, its removal, or a route for WSL's own address alone.

-- Pinned: ICS, DNS tunnelling (WSL's default), a VPN with full tunnel (wsl2.nat).
local clients = { "globalprotect", "anyconnect", "pulse" }
local aliases = { globalprotect = "Ethernet 3", anyconnect = "Ethernet 2", pulse = "Ethernet 2" }

return scenario {
  api = 1,
  id = "l2-vpn-steals-wsl-subnet-route",
  layer = "L2",
  mode = "nat",
  level = 4,
  chapter = 4,
  minutes = 15,
  tags = { "vpn", "routing", "windows" },
  title = {
    en = "The VPN is up, and WSL is alone",
    ja = "VPN をつなぐと WSL だけ孤立する",
  },
  ticket = {
    en = "As soon as I connect to the company VPN, WSL is cut off. ping to anything hangs, git hangs, curl hangs. Windows itself is fine: I "
      .. "can open web pages and the intranet. The strange thing is that names still resolve in WSL, so I thought DNS was fine and the firewall was to blame, "
      .. "but nobody here knows of any block. When I disconnect the VPN, WSL works again at once. I need both at the same time.",
    ja = "会社の VPN につないだ途端に WSL が切り離されます。どこへ ping しても返ってこず、git も curl も止まります。Windows のほうは問題なく、"
      .. "Web もイントラネットも開けます。不思議なのは、WSL でも名前解決はできることです。それで DNS は大丈夫、ファイアウォールのせいだろうと思ったのですが、"
      .. "社内の誰も心当たりがありません。VPN を切ると WSL はすぐ元に戻ります。両方を同時に使いたいのです。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let WSL reach the internet and the intranet while the VPN stays connected.",
      ja = "VPN をつないだまま、WSL からインターネットとイントラネットに届くようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#3917", "microsoft/WSL#5068", "microsoft/WSL#4698", "deanmcniven/wsl2-vpn-support#7" },
  requires = { tools = { "ip", "ping" } },

  params = function(seed)
    local client = seed:pick(clients)
    return { client = client, alias = aliases[client] }
  end,

  topology = function(p)
    return wsl2.nat { vpn = { client = p.client, connected = false, steals_subnet = true } }
  end,

  fault = function(lab)
    lab:windows("vpn.connect", {})
  end,

  symptoms = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 },
    probe.ping { name = "windows-pings-wsl", node = "windows", address = "{{p.guest}}", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "windows-public-ping", node = "windows", address = "8.8.8.8" },
    probe.lookup { name = "wsl-resolves", node = "wsl", host = "google.com", timeout = 2.0 },
    probe.ping { name = "phone-public-ping", node = "phone", address = "8.8.8.8" },
  },
  -- Both at once: through the tunnel to the company, which needs the VPN, and out to the internet.
  fixed = {
    probe.ping { name = "public-ping-mended", node = "wsl", address = "8.8.8.8", timeout = 2.0 },
    probe.connect { name = "intranet-reached", node = "wsl", address = "{{p.corp_web}}", port = 80, timeout = 2.0,
      title = { en = "the company's intranet answers on wsl", ja = "wsl から社内のイントラネットに届く" } },
    probe.connect { name = "web-reached", node = "wsl", address = "{{p.site_address}}", port = 80, timeout = 2.0 },
  },
  truth = { { layer = "L2", cause = "vpn-steals-subnet", at = "windows" } },
  pass = 70,

  steps = {
    step.address_seen { points = 4 },
    step.public_pinged { points = 5 },
    step.gateway_pinged { points = 5 },
    step.windows_routes_seen { points = 10, text = "{{p.subnet_base}}" },
    step.looked_first { points = 6, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "echo-reply", "syn-ack" } },
    step.care { points = 10, allow = { "windows:route" } },
  },

  hints = {
    { en = "WSL sends, and nothing comes back; Windows can't reach WSL either, though they are on one network. Who decides where an answer goes?",
      ja = "WSL からは送れるのに返事が来ません。同じネットワークの Windows からも WSL に届きません。返事の行き先を決めているのは誰でしょう。" },
    { en = "Look at Windows' routes for WSL's own network, {{p.subnet}}: `route print -4` or `Get-NetRoute`. How many are there?",
      ja = "Windows の経路表で、WSL のネットワーク {{p.subnet}} を探しましょう。`route print -4` か `Get-NetRoute` です。いくつありますか。" },
    { en = "The VPN's adapter \"{{p.alias}}\" has a route for {{p.subnet}} with a lower metric than the switch. "
      .. "Give it a worse one with Set-NetRoute, or take it away.",
      ja = "VPN のアダプター「{{p.alias}}」が、スイッチより小さいメトリックで {{p.subnet}} の経路を持っています。Set-NetRoute でメトリックを大きくするか、削除しましょう。" },
  },
  look_alike = { "vpn-default-metric", "vpn-overlap", "host-firewall-blocks-guest", "nat-missing", "forwarding-dead" },

  solution = {
    "ip -4 addr show eth0",
    "ping -c 1 -W 0.3 8.8.8.8",
    "ping -c 1 -W 0.3 {{p.gateway}}",
    { windows = "route print -4" },
    "dojo diagnose L2 vpn-steals-subnet",
    { windows = "Set-NetRoute -DestinationPrefix {{p.subnet}} -InterfaceAlias '{{p.alias}}' -RouteMetric 6000" },
    "ping -c 1 8.8.8.8",
  },
  alternatives = {
    -- The copy goes altogether.
    {
      "hostname -I",
      "ping -c1 -W0.3 1.1.1.1",
      "ip neigh",
      { windows = "Get-NetRoute -DestinationPrefix {{p.subnet}}" },
      "dojo diagnose 2 vpn-steals-subnet",
      { windows = "Remove-NetRoute -DestinationPrefix {{p.subnet}} -InterfaceAlias '{{p.alias}}' -Confirm:$false" },
      "ping -c1 8.8.8.8",
    },
    -- More specific than either: one route for WSL's own address, on the switch.
    {
      { windows = "wsl ip -4 addr show eth0" },
      { windows = "wsl ping -c1 -W0.3 8.8.8.8" },
      { windows = "wsl ping -c1 -W0.3 {{p.gateway}}" },
      { windows = "Get-NetRoute -AddressFamily IPv4 | Sort-Object RouteMetric" },
      { windows = "New-NetRoute -DestinationPrefix {{p.guest}}/32 -InterfaceAlias 'vEthernet (WSL (Hyper-V firewall))' -RouteMetric 1" },
      "dojo diagnose L2 vpn-steals-subnet",
      { windows = "wsl ping -c1 8.8.8.8" },
    },
    -- From WSL's window.
    {
      "ip a",
      "ping -c1 -W0.3 {{p.gateway}}",
      "ping -c1 -W0.3 8.8.8.8",
      "route.exe print -4",
      "dojo diagnose L2 vpn-steals-subnet",
      "powershell.exe -NoProfile -Command \"Set-NetRoute -DestinationPrefix {{p.subnet}} -InterfaceAlias '{{p.alias}}' -RouteMetric 6000\"",
      "ping -c1 1.1.1.1",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2 vpn-default-metric", "dojo diagnose L3 host-firewall-blocks-guest", "dojo diagnose L4 nat-missing",
      "dojo diagnose L2 vpn-overlap", "dojo diagnose L2 vpn-steals-subnet",
    } },
    -- WSL is back, the company is gone: that was the reporter's own way round.
    { name = "the VPN hung up", at_most = 50, commands = {
      "ip -4 addr show eth0", "ping -c1 -W0.3 8.8.8.8", "ping -c1 -W0.3 {{p.gateway}}", { windows = "route print -4" },
      "dojo diagnose L2 vpn-steals-subnet", { windows = "rasdial /disconnect" }, "ping -c1 8.8.8.8",
    } },
    { name = "the metric of the adapter, not of the route", at_most = 50, commands = {
      "ip -4 addr show eth0", "ping -c1 -W0.3 8.8.8.8", "ping -c1 -W0.3 {{p.gateway}}", { windows = "route print -4" },
      "dojo diagnose L2 vpn-default-metric", { windows = "Set-NetIPInterface -InterfaceAlias '{{p.alias}}' -InterfaceMetric 20" },
      "ping -c1 -W0.3 8.8.8.8",
    } },
    { name = "the firewall opened", at_most = 40, commands = {
      "ip -4 addr show eth0", "ping -c1 -W0.3 8.8.8.8", "dojo diagnose L3 host-firewall-blocks-guest",
      { windows = "Set-NetFirewallProfile -Profile Public -Enabled False" }, "ping -c1 -W0.3 8.8.8.8",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      { windows = "Set-NetRoute -DestinationPrefix {{p.subnet}} -InterfaceAlias '{{p.alias}}' -RouteMetric 6000" }, "ping -c 1 8.8.8.8",
    } },
  },
}
