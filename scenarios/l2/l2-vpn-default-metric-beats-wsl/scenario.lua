-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   wsl --- windows --+--(metric 25)--- router --- internet         translated: WSL gets answers
--                     +==(metric 2)==== VPN server --- company      not translated: nobody answers 172.x.y.z
--
-- The VPN's client puts a default route with the best metric on Windows, and Windows' NAT for WSL does not reach into its tunnel. So all that WSL
-- sends goes into the tunnel with WSL's own address, which the VPN's server drops. Windows speaks with the VPN's address and is fine;
-- so are names in WSL, which Windows asks for.
-- With a worse metric for the VPN's adapter the wire's default route wins again, and the company's own network still has its route. Or mirrored
-- mode: WSL then has the VPN's address itself.

-- Pinned: ICS, DNS tunnelling (WSL's default), a VPN with full tunnel and the company's network (wsl2.nat).
local clients = { "anyconnect", "pulse", "checkpoint" }
local aliases = { anyconnect = "Ethernet 2", pulse = "Ethernet 2", checkpoint = "Ethernet 2" }

return scenario {
  api = 1,
  id = "l2-vpn-default-metric-beats-wsl",
  layer = "L2",
  mode = "nat",
  level = 4,
  chapter = 4,
  minutes = 15,
  tags = { "vpn", "routing", "windows" },
  title = {
    en = "On the VPN, everything but WSL",
    ja = "VPN 中、WSL 以外は全部動く",
  },
  ticket = {
    en = "When I connect to work with our VPN client, WSL has no network at all: ping 8.8.8.8 100 % loss, the company's servers too. "
      .. "apt finds the names and then hangs at \"Connecting\". Windows is perfectly fine with both. I disconnect, and two seconds later WSL works. "
      .. "I have reinstalled WSL, which changed nothing. The help desk says WSL is not supported.",
    ja = "会社の VPN クライアントで接続すると、WSL がまったく通信できなくなります。ping 8.8.8.8 は 100 % ロス、社内のサーバーにも届きません。"
      .. "apt は名前は引けて、そのあと「Connecting」で止まります。Windows はどちらも完全に使えます。切断すると、2秒後には WSL が動きます。"
      .. "WSL を入れ直しても変わりませんでした。ヘルプデスクは WSL はサポート外だと言います。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let WSL reach the internet while the VPN stays connected, and Windows the company.",
      ja = "VPN をつないだまま、WSL からインターネットに、Windows から社内に届くようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#4277", "microsoft/WSL#5068", "microsoft/WSL#10380", "jacob-pro/wsl2-dns-agent#3", "MicrosoftDocs/WSL#1485" },
  requires = { tools = { "ip", "ping" } },

  params = function(seed)
    local client = seed:pick(clients)
    return { client = client, alias = aliases[client] }
  end,

  topology = function(p)
    return wsl2.nat { vpn = { client = p.client, connected = false, masquerade = false, routes = { "0.0.0.0/0", p.corp_network } } }
  end,

  fault = function(lab)
    lab:windows("vpn.connect", {})
  end,

  symptoms = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 },
    probe.connect { name = "web-reached", node = "wsl", address = "{{p.google}}", port = 80, timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "windows-public-ping", node = "windows", address = "8.8.8.8" },
    probe.lookup { name = "wsl-resolves", node = "wsl", host = "google.com", timeout = 2.0 },
  },
  fixed = {
    probe.ping { name = "public-ping-mended", node = "wsl", address = "8.8.8.8", timeout = 2.0 },
    probe.connect { name = "web-mended", node = "wsl", address = "{{p.site_address}}", port = 80, timeout = 2.0 },
    probe.connect { name = "intranet-reached", node = "windows", address = "{{p.corp_web}}", port = 80, timeout = 2.0,
      title = { en = "the VPN is still connected", ja = "VPN がつながったままである" } },
  },
  truth = { { layer = "L2", cause = "vpn-default-metric", at = "windows" } },
  pass = 70,

  steps = {
    step.address_seen { points = 4 },
    step.public_pinged { points = 6 },
    step.gateway_seen { points = 5 },
    step.windows_routes_seen { points = 10, text = "0.0.0.0" },
    step.looked_first { points = 5, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "echo-reply", "syn-ack" } },
    step.care { points = 10, allow = { "windows:interface.set", "windows:route", "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "WSL's own address and route are as ever. Where does Windows send what WSL gives it, with the VPN connected?",
      ja = "WSL のアドレスと経路はいつも通りです。VPN をつないでいるとき、Windows は WSL から受け取ったものをどこへ送るのでしょう。" },
    { en = "`route print -4` on Windows: there are two default routes. Which has the lower metric, and does Windows' NAT work that way?",
      ja = "Windows の `route print -4` にはデフォルトルートが2つあります。メトリックが小さいのはどちらで、そちらでも Windows の NAT は働いているでしょうか。" },
    { en = "The default route by '{{p.alias}}' wins, and Windows does not translate WSL's address there. Let the wire win: an interface's metric can be set.",
      ja = "'{{p.alias}}' のデフォルトルートが優先され、そちらでは WSL のアドレスが変換されません。有線側を優先させましょう。メトリックはインターフェースごとに変えられます。" },
  },
  look_alike = { "vpn-steals-subnet", "vpn-overlap", "nat-missing", "forwarding-dead", "host-firewall-blocks-guest" },

  solution = {
    "ip -4 addr show eth0",
    "ping -c 1 -W 0.3 8.8.8.8",
    "ip route",
    { windows = "route print -4" },
    "dojo diagnose L2 vpn-default-metric",
    { windows = "Set-NetIPInterface -InterfaceAlias '{{p.alias}}' -InterfaceMetric 6000" },
    "ping -c 1 8.8.8.8",
  },
  alternatives = {
    -- The route alone.
    {
      "hostname -I",
      "ping -c1 -W0.3 1.1.1.1",
      "ip r",
      { windows = "Get-NetRoute -DestinationPrefix 0.0.0.0/0" },
      "dojo diagnose 2 vpn-default-metric",
      { windows = "Set-NetRoute -DestinationPrefix 0.0.0.0/0 -InterfaceAlias '{{p.alias}}' -RouteMetric 6000" },
      "ping -c1 8.8.8.8",
    },
    -- As the reports have it, by the adapter's description, from WSL's window.
    {
      "ip a",
      "ping -c1 -W0.3 8.8.8.8",
      "ip route",
      "route.exe print -4",
      "dojo diagnose L2 vpn-default-metric",
      "powershell.exe -NoProfile -Command \"Get-NetAdapter | Where-Object Name -eq '{{p.alias}}' | Set-NetIPInterface -InterfaceMetric 6000\"",
      "ping -c1 1.1.1.1",
    },
    -- Mirrored mode: WSL is on the VPN itself.
    {
      { windows = "wsl ip -4 addr show eth0" },
      { windows = "wsl ping -c1 -W0.3 8.8.8.8" },
      { windows = "wsl ip route" },
      { windows = "route print -4" },
      { windows = "wsl dojo diagnose L2 vpn-default-metric" },
      { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nnetworkingMode=mirrored\"" },
      { windows = "wsl --shutdown" },
      { windows = "wsl ping -c1 8.8.8.8" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2 vpn-steals-subnet", "dojo diagnose L3 host-firewall-blocks-guest", "dojo diagnose L4 nat-missing",
      "dojo diagnose L4 forwarding-dead", "dojo diagnose L2 vpn-default-metric",
    } },
    { name = "the VPN hung up", at_most = 50, commands = {
      "ip -4 addr show eth0", "ping -c1 -W0.3 8.8.8.8", "ip route", { windows = "route print -4" },
      "dojo diagnose L2 vpn-default-metric", { windows = "rasdial /disconnect" }, "ping -c1 8.8.8.8",
    } },
    { name = "only restarted", at_most = 50, commands = {
      "ip -4 addr show eth0", "ping -c1 -W0.3 8.8.8.8", "ip route", { windows = "route print -4" },
      "dojo diagnose L2 vpn-default-metric", { windows = "wsl --shutdown" }, "ping -c1 -W0.3 8.8.8.8",
    } },
    { name = "the wrong interface's metric", at_most = 50, commands = {
      "ip -4 addr show eth0", "ping -c1 -W0.3 8.8.8.8", "ip route", { windows = "route print -4" }, "dojo diagnose L2 vpn-default-metric",
      { windows = "Set-NetIPInterface -InterfaceAlias Ethernet -InterfaceMetric 6000" }, "ping -c1 -W0.3 8.8.8.8",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      { windows = "Set-NetIPInterface -InterfaceAlias '{{p.alias}}' -InterfaceMetric 6000" }, "ping -c 1 8.8.8.8",
    } },
  },
}
