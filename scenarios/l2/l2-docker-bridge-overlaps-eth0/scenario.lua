-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet --- router --- windows <gateway>, an API on its port === eth0 <guest>/20  wsl
--                           172.x.y.1, inside ------------------>     br-... 172.x.y.254/24: the same addresses once more
--                                                                     docker0, br-...: networks of their own
--
-- A Docker network has a fixed /24, which lies in the /20 that WSL got from Windows at this start. Its bridge has no container on it.
-- The /24 is the longer prefix: whatever goes to Windows itself is sent out of the bridge, where nobody is ("linkdown" in ip route).
-- The internet is as well as ever, for a default route names its interface and only borrows the gateway's MAC address.
-- Windows in turn gets no answer from WSL: its address is in that /24 too.
-- Without that bridge, without its address or with a route of its own for Windows' address it works. Docker's other networks must stay.

-- Pinned: rp_filter 0, as WSL's kernel has it (all nodes); IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.

-- A /16 of Docker's own pool that is not WSL's.
local function pool(p, octet)
  local own = math.tointeger(tonumber(p.subnet_base:match("^172%.(%d+)%.")))
  return ("172.%d.0.1"):format(octet == own and octet + 2 or octet)
end

local compose = [[
services:
  shop:
    image: registry.example.com/shop:4
    networks: [shop]
networks:
  shop:
    ipam:
      config:
        - subnet: %s/24
          gateway: %s
]]

-- The networks that do no harm: the healthy lab has them too.
local function with_docker(model, p)
  for _, node in ipairs(model.nodes) do
    if node.name == "wsl" then
      for _, b in ipairs({ { "docker0", p.docker_mac, p.docker_address }, { p.import, p.import_mac, p.import_address } }) do
        table.insert(node.ifaces, { name = b[1], kind = "bridge", mac = b[2], addresses = { { cidr = b[3] .. "/16" } } })
      end
    end
  end
  return model
end

return scenario {
  api = 1,
  id = "l2-docker-bridge-overlaps-eth0",
  layer = "L2",
  mode = "nat",
  level = 3,
  chapter = 5,
  minutes = 12,
  tags = { "route", "docker", "bridge" },
  title = {
    en = "The whole world, but not the house next door",
    ja = "世界中に届くのに、隣の家に届かない",
  },
  ticket = {
    en = "My shop's containers in WSL use a stock API that runs on Windows, at http://{{p.gateway}}:{{p.port}}. Since the PC was restarted this "
      .. "morning it can't be reached from WSL any more: \"No route to host\". The colleague who runs it says it is up, in the browser on Windows it "
      .. "opens, and the firewall has had a rule for it for months. The internet works from WSL without any trouble! I have already corrected the "
      .. "address, as WSL's network is another one after each restart. A long calculation is running in my other window, so please no restart of WSL, "
      .. "and leave Docker's other networks alone: the nightly import needs them.",
    ja = "WSL の中のコンテナから、Windows で動いている在庫 API http://{{p.gateway}}:{{p.port}} を使っています。今朝 PC を再起動してから、WSL から"
      .. "届かなくなり、「No route to host」と出ます。API の担当者は動いていると言い、Windows のブラウザでは開きますし、ファイアウォールの規則も"
      .. "何か月も前から入っています。WSL からインターネットへは何の問題もありません。WSL のネットワークは再起動のたびに変わるので、接続先は新しいものに"
      .. "直してあります。別のウィンドウで長い計算が走っているので、WSL の再起動はしないでください。Docker のほかのネットワークも、夜間の取り込みで"
      .. "使うので残してください。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let WSL reach the API on Windows again, and leave Docker's other networks as they are.",
      ja = "WSL から Windows の API に届くようにする。Docker のほかのネットワークは残す。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#13584", "microsoft/WSL#4602", "microsoft/WSL#6175", "docker/for-win#9168" },
  requires = { tools = { "ip", "ping" } },

  params = function(seed, p)
    local hex = "0123456789abcdef"
    local function mac() return ("02:42:%s:%s:%s:%s"):format(seed:letters(2, hex), seed:letters(2, hex), seed:letters(2, hex), seed:letters(2, hex)) end
    return {
      port = seed:pick({ 8090, 5080, 7070, 9200 }),
      bridge = "br-" .. seed:letters(12, hex), bridge_mac = mac(), bridge_address = (p.subnet_base:gsub("%d+$", "254")),
      import = "br-" .. seed:letters(12, hex), import_mac = mac(), import_address = pool(p, seed:int(18, 21)),
      docker_mac = mac(), docker_address = pool(p, 17),
    }
  end,

  topology = function(p)
    return with_docker(wsl2.nat {
      windows = { firewall = { rules = { { Name = "stock-api", DisplayName = "Stock API", Direction = "Inbound", Action = "Allow",
        Protocol = "TCP", LocalPort = { tostring(p.port) } } } } },
      services = {
        { name = "stock", node = "windows", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.port } },
          config = { default = "stock", sites = { stock = { ["/"] = { status = 200, type = "application/json", body = '{"stock":"ok"}\n' } } } } },
      },
    }, p)
  end,

  fault = function(lab, p)
    local wsl = lab:node("wsl")
    wsl:add_iface { name = p.bridge, kind = "bridge", mac = p.bridge_mac, addresses = { p.bridge_address .. "/24" } }
    wsl:file("/srv/shop/compose.yaml", compose:format(p.subnet_base, p.bridge_address))
  end,

  symptoms = {
    probe.http { name = "stock-api-answers", node = "wsl", url = "http://{{p.gateway}}:{{p.port}}/", timeout = 0.3 },
    probe.ping { name = "windows-pings-wsl", node = "windows", address = "{{p.guest}}", timeout = 0.3 },
  },
  controls = {
    probe.http { name = "stock-api-runs", node = "windows", url = "http://{{p.gateway}}:{{p.port}}/" },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
    probe.ping { name = "docker0-stands", node = "wsl", address = "{{p.docker_address}}",
      title = { en = "Docker's own network stands", ja = "Docker 標準のネットワークが残っている" } },
    probe.ping { name = "import-network-stands", node = "wsl", address = "{{p.import_address}}",
      title = { en = "the network of the import's containers stands", ja = "取り込みのコンテナのネットワークが残っている" } },
  },
  fixed = {
    probe.http { name = "stock-api-mended", node = "wsl", url = "http://{{p.gateway}}:{{p.port}}/", timeout = 2.0,
      expect = function(r) return r.ok == true and (r.body or ""):find("stock", 1, true) ~= nil end },
    probe.ping { name = "windows-pings-wsl-mended", node = "windows", address = "{{p.guest}}", timeout = 2.0 },
  },
  truth = { { layer = "L2", cause = "docker-overlap", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 5 },
    step.gateway_seen { points = 12 },
    step.gateway_pinged { points = 5 },
    step.listening_seen { points = 3, node = "windows" },
    step.looked_first { points = 5, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "syn-ack", "echo-reply" } },
    step.care { points = 10, allow = { "link", "address", "route" } },
  },

  hints = {
    { en = "The internet lies behind Windows and is reached; Windows itself is not. Which way does a packet to {{p.gateway}} take?",
      ja = "インターネットは Windows の向こう側で、届いています。届かないのは Windows 自身です。{{p.gateway}} 宛てのパケットはどの道を通るのでしょう。" },
    { en = "Ask the kernel: `ip route get {{p.gateway}}`. Then read `ip route` and look for two lines that hold that address.",
      ja = "カーネルに聞きましょう。`ip route get {{p.gateway}}`。次に `ip route` で、そのアドレスを含む行を二つ探しましょう。" },
    { en = "{{p.bridge}}, a Docker network with {{p.subnet_base}}/24, lies inside eth0's {{p.subnet}} and wins. Take that bridge, or its address, away; "
        .. "its subnet is fixed in /srv/shop/compose.yaml.",
      ja = "Docker ネットワーク {{p.bridge}} の {{p.subnet_base}}/24 が eth0 の {{p.subnet}} の中にあり、そちらが優先されています。"
        .. "そのブリッジかアドレスを外しましょう。サブネットは /srv/shop/compose.yaml に固定されています。" },
  },
  look_alike = { "host-firewall-blocks-guest", "nothing-listens", "wrong-default-gateway", "vpn-overlap" },

  solution = {
    "ip -4 -br addr",
    "ip route",
    "timeout 0.3 bash -c '</dev/tcp/{{p.gateway}}/{{p.port}}'",
    "ip route get {{p.gateway}}",
    "ip neigh",
    { windows = "netstat -ano | findstr LISTENING" },
    "dojo diagnose L2 docker-overlap",
    "sudo ip link del {{p.bridge}}",
    "timeout 3 bash -c '</dev/tcp/{{p.gateway}}/{{p.port}}' && echo open",
  },
  alternatives = {
    -- The bridge stays, without the address that is in the way.
    {
      "ip a",
      "ip r",
      "ping -c1 -W0.3 {{p.gateway}}",
      { windows = "Get-NetTCPConnection -State Listen" },
      "dojo diagnose 2 docker-overlap",
      "sudo ip addr flush dev {{p.bridge}}",
      "ping -c 1 -W 2 8.8.8.8",
    },
    -- Down, until the compose file has another subnet.
    {
      "ip -4 addr",
      "ip route | grep -F {{p.subnet_base}}",
      "ip neigh show dev {{p.bridge}}",
      "netstat.exe -ano",
      "dojo diagnose L2 docker-overlap",
      "sudo sed -i '/subnet:/s/172.*$/10.210.0.0\\/24/;/gateway:/d' /srv/shop/compose.yaml",
      "sudo ip link set {{p.bridge}} down",
      "timeout 3 bash -c '</dev/tcp/{{p.gateway}}/{{p.port}}' && echo open",
    },
    -- The longest prefix of all: a way of its own to Windows' address.
    {
      { windows = "wsl ip -4 addr" },
      { windows = "wsl ip route" },
      { windows = "wsl ip neigh" },
      { windows = "netstat -ano" },
      { windows = "wsl dojo diagnose L2 docker-overlap" },
      { windows = "wsl -u root ip route add {{p.gateway}} dev eth0" },
      { windows = "wsl ping -c1 -W2 8.8.8.8" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L3 host-firewall-blocks-guest", "dojo diagnose L5 nothing-listens", "dojo diagnose L2 wrong-default-gateway",
      "dojo diagnose L4 nat-missing", "dojo diagnose L2 docker-overlap",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      "sudo ip link del {{p.bridge}}", "ping -c 1 -W 2 8.8.8.8",
    } },
    -- The nightly import finds its network gone.
    { name = "every Docker network removed", at_most = 50, commands = {
      "ip a", "ip route", "ip neigh", { windows = "netstat -ano" }, "dojo diagnose L2 docker-overlap",
      "for b in docker0 {{p.import}} {{p.bridge}}; do sudo ip link del $b; done", "ping -c 1 -W 2 8.8.8.8",
    } },
    { name = "the default route set once more", at_most = 50, commands = {
      "ip a", "ip route", "ip neigh", { windows = "netstat -ano" }, "dojo diagnose L2 docker-overlap",
      "sudo ip route replace default via {{p.gateway}} dev eth0 onlink", "timeout 0.3 bash -c '</dev/tcp/{{p.gateway}}/{{p.port}}'",
    } },
    { name = "wrong layer: the firewall opened further", at_most = 40, commands = {
      "ip a", "ip route", "ip neigh", { windows = "netstat -ano" }, "dojo diagnose L3 host-firewall-blocks-guest",
      { windows = "New-NetFirewallRule -DisplayName WSL -Direction Inbound -InterfaceAlias 'vEthernet (WSL (Hyper-V firewall))' -Action Allow" },
      "timeout 0.3 bash -c '</dev/tcp/{{p.gateway}}/{{p.port}}'",
    } },
    { name = "WSL restarted", at_most = 50, commands = {
      "ip a", "ip route", "ip neigh", { windows = "netstat -ano" }, "dojo diagnose L2 docker-overlap",
      { windows = "wsl --shutdown" }, { windows = "wsl ping -c1 -W2 8.8.8.8" },
    } },
  },
}
