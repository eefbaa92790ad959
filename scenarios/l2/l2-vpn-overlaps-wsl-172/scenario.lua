-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   wsl 172.x.y.z/20 --- windows ===== VPN server --- company: wiki.corp.example, now at 172.x.w.v
--        \___ the wiki's address is in this very /20: nobody of that name on the switch
--
-- The company has moved its wiki into a network that lies inside the /20 Windows drew for WSL. Windows has the VPN's route for that
-- network, which is longer than the switch's /20, and reaches the wiki. WSL has only its /20, takes the wiki for a neighbour, and
-- asks the switch for it by ARP in vain: "Destination Host Unreachable". Everything else works.
-- Mends: a longer route in WSL by its gateway, or mirrored mode, where WSL has Windows' own routes.

-- Pinned: ICS, DNS tunnelling (WSL's default), a VPN with split tunnel (wsl2.nat).
local clients = { "anyconnect", "globalprotect", "pulse" }
local wiki = "wiki.corp.example"

-- A /24 of WSL's /20 without any address of the lab's own.
local function inside(seed, p)
  local a, b, c = p.subnet_base:match("^(%d+)%.(%d+)%.(%d+)%.")
  local taken = {}
  for _, address in ipairs({ p.gateway, p.guest, p.guest2, p.guest3, p.spare }) do taken[address:match("^%d+%.%d+%.(%d+)%.")] = true end
  local third = tonumber(c) + seed:int(1, 14)
  while taken[tostring(third)] do third = tonumber(c) + seed:int(1, 14) end
  return ("%s.%s.%d"):format(a, b, third)
end

return scenario {
  api = 1,
  id = "l2-vpn-overlaps-wsl-172",
  layer = "L2",
  mode = "nat",
  level = 4,
  chapter = 4,
  minutes = 15,
  tags = { "vpn", "routing" },
  title = {
    en = "One company server, and only from WSL",
    ja = "社内サーバー1台だけ、WSL からだけ",
  },
  ticket = {
    en = "Since our wiki moved to the new data centre last weekend I can't open it from WSL any more: curl http://wiki.corp.example says "
      .. "\"No route to host\" after a few seconds. "
      .. "The rest of the company works from WSL, the intranet for example, and so does the internet. On Windows the wiki opens, in the "
      .. "same minute, over the same VPN. Colleagues say it works in "
      .. "their WSL, others say it does not in theirs. The network people say their firewall lets me through.",
    ja = "先週末に社内 Wiki が新しいデータセンターに移ってから、WSL から開けなくなりました。curl http://wiki.corp.example は数秒後に「No route to host」と言います。"
      .. "イントラネットなど社内のほかのサーバーには WSL から届きますし、インターネットも使えます。Windows では同じときに同じ VPN で Wiki が開けます。"
      .. "同僚の WSL では開けるという人も、開けないという人もいます。ネットワーク部門は、ファイアウォールでは通していると言っています。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let WSL open http://wiki.corp.example while the VPN stays connected.",
      ja = "VPN をつないだまま、WSL から http://wiki.corp.example を開けるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#5764", "microsoft/WSL#4467", "microsoft/WSL#10380", "microsoft/WSL#12888", "MicrosoftDocs/WSL#1393" },
  requires = { tools = { "ip", "ping", "curl" } },

  params = function(seed, p)
    local net = inside(seed, p)
    return { client = seed:pick(clients), new_base = net .. ".0", new_network = net .. ".0/24", new_gateway = net .. ".1",
      wiki = ("%s.%d"):format(net, seed:int(20, 240)) }
  end,

  topology = function(p)
    local model = wsl2.nat { vpn = { client = p.client, routes = { p.corp_network, p.new_network } } }
    -- the new data centre stands ready; the wiki's name still leads to the old one
    for _, n in ipairs(model.nodes) do
      if n.name == "corp" then
        table.insert(n.ifaces[1].addresses, { cidr = p.wiki .. "/24" })
      elseif n.name == "vpngw" then
        for _, i in ipairs(n.ifaces) do
          if i.segment == "corp" then table.insert(i.addresses, { cidr = p.new_gateway .. "/24" }) end
        end
      end
    end
    for _, s in ipairs(model.services) do
      if s.name == "corp-web" then
        table.insert(s.listens, { proto = "tcp", address = p.wiki, port = 80 })
        s.config.sites[wiki] = { ["/"] = { status = 200, type = "text/html", body = "<!doctype html><title>Wiki</title><h1>Wiki</h1>\n" } }
      elseif s.name == "corp-dns" then
        s.config.records[wiki] = { A = { p.corp_web } }
      end
    end
    return model
  end,

  fault = function(lab, p)
    lab:service("corp-dns"):record(wiki, { A = { p.wiki } })
  end,

  symptoms = {
    probe.http { name = "wiki-opens", node = "wsl", url = "http://" .. wiki .. "/", timeout = 0.3 },
  },
  controls = {
    probe.http { name = "intranet-opens", node = "wsl", url = "http://intranet.corp.example/", timeout = 2.0 },
    probe.http { name = "windows-opens-wiki", node = "windows", url = "http://" .. wiki .. "/", timeout = 2.0 },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
  },
  -- By its address too: a line in /etc/hosts that names the old server does not help.
  fixed = {
    probe.http { name = "wiki-mended", node = "wsl", url = "http://" .. wiki .. "/", timeout = 2.0 },
    probe.connect { name = "new-address-reached", node = "wsl", address = "{{p.wiki}}", port = 80, timeout = 2.0,
      title = { en = "the wiki's new address answers on wsl", ja = "Wiki の新しいアドレスに wsl から届く" } },
  },
  truth = { { layer = "L2", cause = "vpn-overlap", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 6 },
    step.gateway_seen { points = 8 },
    step.name_looked_up { points = 4 },
    step.windows_routes_seen { points = 10, text = "{{p.new_base}}" },
    step.looked_first { points = 6, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 28 },
    step.verified { points = 8, by = { "syn-ack" } },
    step.care { points = 10, allow = { "route", "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "One address only, and \"No route to host\" comes from WSL itself. What does WSL think where that address is? `ip route get` tells.",
      ja = "届かないのは1つのアドレスだけで、「No route to host」は WSL 自身が言っています。WSL はそのアドレスがどこにあると思っているのでしょう。`ip route get` でわかります。" },
    { en = "Compare {{p.wiki}} with WSL's own network {{p.subnet}}, and with the routes Windows has for the VPN (`route print -4`).",
      ja = "{{p.wiki}} を WSL 自身のネットワーク {{p.subnet}}、そして Windows が持つ VPN の経路（`route print -4`）と見比べましょう。" },
    { en = "WSL looks for {{p.wiki}} on its own switch. Give it a longer route for {{p.new_network}} by {{p.gateway}}.",
      ja = "WSL は {{p.wiki}} を自分のスイッチ上で探しています。{{p.new_network}} への、より長いプレフィックスの経路を {{p.gateway}} 経由で加えましょう。" },
  },
  look_alike = { "docker-overlap", "vpn-steals-subnet", "blackhole-route", "wrong-default-gateway", "vpn-default-metric" },

  solution = {
    "getent hosts " .. wiki,
    "ip -4 addr show eth0",
    "ip route get {{p.wiki}}",
    "ip route",
    { windows = "route print -4" },
    "dojo diagnose L2 vpn-overlap",
    "sudo ip route add {{p.new_network}} via {{p.gateway}}",
    "curl -sI http://" .. wiki,
  },
  alternatives = {
    -- The one server alone.
    {
      "dig +short " .. wiki,
      "ip a",
      "ip r",
      "route.exe print -4",
      "dojo diagnose 2 vpn-overlap",
      "sudo ip route add {{p.wiki}}/32 via {{p.gateway}} dev eth0",
      "curl -sI http://{{p.wiki}}",
    },
    -- Windows' own routes in WSL: mirrored mode.
    {
      { windows = "wsl getent hosts " .. wiki },
      { windows = "wsl ip -4 addr show eth0" },
      { windows = "wsl ip route" },
      { windows = "Get-NetRoute -AddressFamily IPv4" },
      { windows = "wsl dojo diagnose L2 vpn-overlap" },
      { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nnetworkingMode=mirrored\"" },
      { windows = "wsl --shutdown" },
      { windows = "wsl curl -sI http://" .. wiki },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2 wrong-default-gateway", "dojo diagnose L2 docker-overlap", "dojo diagnose L3 host-firewall-blocks-guest",
      "dojo diagnose L2.5 dns-wrong-answer", "dojo diagnose L2 vpn-overlap",
    } },
    { name = "the old address in /etc/hosts", at_most = 55, commands = {
      "getent hosts " .. wiki, "ip -4 addr show eth0", "ip route", { windows = "route print -4" }, "dojo diagnose L2 vpn-overlap",
      "echo {{p.corp_web}} " .. wiki .. " | sudo tee -a /etc/hosts", "curl -sI http://" .. wiki,
    } },
    { name = "the VPN connected anew", at_most = 56, commands = {
      "getent hosts " .. wiki, "ip -4 addr show eth0", "ip route", { windows = "route print -4" }, "dojo diagnose L2 vpn-overlap",
      { windows = "rasdial /disconnect" }, { windows = "rasdial 'Work VPN'" }, "timeout 0.3 curl -sI http://" .. wiki,
    } },
    { name = "the whole default route again", at_most = 45, commands = {
      "ip route", "dojo diagnose L2 wrong-default-gateway", "sudo ip route replace default via {{p.gateway}} dev eth0",
      "timeout 0.3 curl -sI http://" .. wiki,
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "sudo ip route add {{p.new_network}} via {{p.gateway}}", "curl -sI http://" .. wiki,
    } },
  },
}
