-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   windows   0.0.0.0/1   -> tunnel      wsl   (no 0.0.0.0/1)  default -> router     10.x, 8.8.8.8: past the VPN
--             128.0.0.0/1 -> tunnel            128.0.0.0/1     -> eth1, the tunnel   140.x: through it
--
-- A VPN that takes everything without touching the default route brings two halves, 0.0.0.0/1 and 128.0.0.0/1. In mirrored mode WSL copies
-- Windows' routes; the lower half it takes for a default route, and default routes of this adapter are ignored, so it is left out.
-- Half of the addresses then go past the VPN: the company's 10.x leaves by the home router and is lost, 8.8.8.8 is reached in the open.
-- A restart of WSL copies again, and leaves out again. The half has to come by hand, as it is or in smaller pieces, or the mode must change.

-- Pinned: mirrored mode (wsl2.mirrored), a VPN of halves; its adapter ignores default routes.
local clients = { "wireguard", "globalprotect", "anyconnect" }
local halves = { "0.0.0.0/1", "128.0.0.0/1" }

-- Routes too small to look like a default route; together they are all of the lower half that is in use.
local function pieces(...)
  local out = {}
  for i, n in ipairs({ ... }) do
    out[i] = ("New-NetRoute -DestinationPrefix %s -InterfaceAlias '{{p.alias}}' -NextHop 0.0.0.0 -RouteMetric 1"):format(n)
  end
  return { windows = table.concat(out, "; ") }
end

-- Nothing larger than the tunnel's MTU gets through it, and the wire takes 1500.
local function through_the_tunnel(r) return r.ok == true and math.tointeger(r.mtu or r.pmtu or 0) ~= 0 and (r.mtu or r.pmtu) < 1500 end

return scenario {
  api = 1,
  id = "mir-vpn-route-not-mirrored",
  layer = "L2",
  mode = "mirrored",
  level = 4,
  chapter = 9,
  minutes = 15,
  tags = { "mirrored", "vpn", "routes", "windows" },
  title = {
    en = "Half of the internet is in the tunnel",
    ja = "インターネットの半分だけがトンネルに入る",
  },
  ticket = {
    en = "Our new VPN sends all traffic through the company, that is the rule here. On Windows it does. In WSL (mirrored mode, the "
      .. "\"compatible\" one!) the intranet "
      .. "does not answer: http://intranet.corp.example has the right address, {{p.corp_web}}, and then nothing. At the same time "
      .. "github.com goes through the company, "
      .. "they told me that they see it in their logs. But they do not see my WSL asking 8.8.8.8, and that one is answered! So what is it, in or out? "
      .. "I restarted WSL and reconnected, it is the same each time. The VPN has to stay on, and all of WSL is to go through it.",
    ja = "会社の新しい VPN は、すべての通信を会社経由にします。そういう決まりです。Windows ではそうなっています。ところが WSL（互換性が高いというミラーモードです）"
      .. "では社内サイトが応答しません。http://intranet.corp.example は正しいアドレス {{p.corp_web}} に解決されるのに、その先が止まります。一方で github.com への"
      .. "通信は会社を通っていて、記録に残っていると言われました。でも、WSL から 8.8.8.8 への通信は会社の記録になく、それなのに返事は来ます。入っているのか"
      .. "いないのか、どちらでしょう。WSL の再起動も VPN の再接続も試しましたが、毎回同じです。VPN はつないだまま、WSL の通信を全部通してください。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let WSL reach http://{{p.corp_web}} and send everything through the VPN, which stays connected.",
      ja = "VPN をつないだまま、WSL から http://{{p.corp_web}} に届き、すべての通信が VPN を通るようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#41272", "microsoft/WSL#12678", "microsoft/WSL#13626" },
  requires = { tools = { "ip", "ping", "curl" } },

  params = function(seed)
    local client = seed:pick(clients)
    return { client = client, alias = ({ wireguard = "work", globalprotect = "Ethernet 3", anyconnect = "Ethernet 2" })[client] }
  end,

  topology = function(p)
    return wsl2.mirrored { vpn = { client = p.client, routes = halves } }
  end,

  fault = function(lab)
    lab:windows("vpn.set", { set = { ignores_default_routes = true } })
  end,

  symptoms = {
    probe.connect { name = "intranet-connect", node = "wsl", address = "{{p.corp_web}}", port = 80, timeout = 0.3 },
    probe.http { name = "intranet-page", node = "wsl", url = "http://{{p.corp_web}}/", timeout = 0.3 },
  },
  controls = {
    probe.connect { name = "windows-intranet", node = "windows", address = "{{p.corp_web}}", port = 80, timeout = 2.0,
      title = { en = "Windows reaches the intranet: the VPN is connected", ja = "Windows から社内サイトに届く（VPN がつながっている）" } },
    probe.connect { name = "web-connect", node = "wsl", address = "{{p.github}}", port = 443, timeout = 2.0 },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "intranet.corp.example", timeout = 2.0 },
  },
  fixed = {
    probe.connect { name = "intranet-mended", node = "wsl", address = "{{p.corp_web}}", port = 80, timeout = 2.0 },
    probe.http { name = "intranet-page-mended", node = "wsl", url = "http://intranet.corp.example/", timeout = 2.0 },
    -- A route for the company's network alone leaves the rest of the half in the open.
    probe.pmtu { name = "lower-half-in-tunnel", node = "wsl", address = "8.8.8.8", low = 1200, high = 1500, timeout = 2.0,
      title = { en = "what WSL sends to 8.8.8.8 goes through the VPN", ja = "WSL から 8.8.8.8 への通信が VPN を通る" }, expect = through_the_tunnel },
    probe.pmtu { name = "upper-half-in-tunnel", node = "wsl", address = "{{p.github}}", low = 1200, high = 1500, timeout = 2.0,
      title = { en = "what WSL sends to GitHub goes through the VPN", ja = "WSL から GitHub への通信が VPN を通る" }, expect = through_the_tunnel },
  },
  truth = { { layer = "L2", cause = "vpn-route-not-mirrored", at = "wsl" } },
  pass = 70,

  steps = {
    step.gateway_seen { points = 7 },
    step.windows_routes_seen { points = 10 },
    step.public_pinged { points = 4 },
    step.looked_first { points = 7, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 32 },
    step.verified { points = 10, by = { "syn-ack" } },
    step.care { points = 10, allow = { "route", "windows:route", "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "Some addresses go through the VPN and some do not. What do those have in common? `ip route get` tells the way of each.",
      ja = "VPN を通るアドレスと通らないアドレスがあります。それぞれに共通するのは何でしょう。`ip route get` で経路が分かります。" },
    { en = "Put Windows' routes (`route print`) and WSL's (`ip route`) beside each other. Which row is missing in WSL?",
      ja = "Windows の経路（`route print`）と WSL の経路（`ip route`）を並べて見ましょう。WSL に無い行はどれでしょう。" },
    { en = "WSL has 128.0.0.0/1 and no 0.0.0.0/1. It has to go by the same interface as the other half.",
      ja = "WSL には 128.0.0.0/1 だけがあり、0.0.0.0/1 がありません。もう半分と同じインターフェースに向ける経路が要ります。" },
  },
  look_alike = { "vpn-default-metric", "vpn-overlap", "vpn-steals-subnet", "no-default-route", "security-suite" },

  solution = {
    "ip route",
    "ping -c 1 -W 0.3 8.8.8.8",
    { windows = "route print -4" },
    "ip route get {{p.corp_web}}",
    "dojo diagnose L2 vpn-route-not-mirrored",
    "sudo ip route add 0.0.0.0/1 dev eth1 src {{p.vpn_address}} metric 6",
    "timeout 3 bash -c '</dev/tcp/{{p.corp_web}}/80' && echo open",
  },
  alternatives = {
    -- In WSL too, as quarters.
    {
      "ip r",
      "ping -c1 -W0.3 1.1.1.1",
      { windows = "Get-NetRoute -AddressFamily IPv4" },
      "dojo diagnose 2 vpn-route-not-mirrored",
      "sudo ip route add 0.0.0.0/2 dev eth1",
      "sudo ip route add 64.0.0.0/2 dev eth1",
      "curl -s -m 3 http://intranet.corp.example/",
    },
    -- On Windows: routes that don't look like a default route, which WSL then copies.
    {
      { windows = "wsl ip route" },
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "route print" },
      "dojo diagnose L2 vpn-route-not-mirrored",
      pieces("1.0.0.0/8", "2.0.0.0/7", "4.0.0.0/6"),
      pieces("8.0.0.0/5", "16.0.0.0/4"),
      pieces("32.0.0.0/3", "64.0.0.0/2"),
      "curl -s -m 3 http://{{p.corp_web}}/",
    },
    -- NAT mode, where all that WSL sends takes Windows' own routes.
    {
      "ip -4 route",
      "ping -c1 -W0.3 8.8.8.8",
      "route.exe print",
      "dojo diagnose L2 vpn-route-not-mirrored",
      "printf '[wsl2]\\nnetworkingMode=nat\\n' > /mnt/c/Users/learner/.wslconfig",
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "curl -s -m 3 http://{{p.corp_web}}/",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2 vpn-default-metric", "dojo diagnose L2 vpn-overlap", "dojo diagnose L2 no-default-route",
      "dojo diagnose L3 security-suite", "dojo diagnose L2 vpn-route-not-mirrored",
    } },
    { name = "a route for the company alone", at_most = 50, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", { windows = "route print" }, "dojo diagnose L2 vpn-route-not-mirrored",
      "sudo ip route add {{p.corp_network}} dev eth1", "curl -s -m 3 http://{{p.corp_web}}/",
    } },
    { name = "only restarted", at_most = 50, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", { windows = "route print" }, "dojo diagnose L2 vpn-route-not-mirrored",
      { windows = "wsl --shutdown" }, { windows = "wsl hostname -I" }, "timeout 0.3 bash -c '</dev/tcp/{{p.corp_web}}/80'",
    } },
    { name = "reconnected", at_most = 50, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", { windows = "route print" }, "dojo diagnose L2 vpn-route-not-mirrored",
      { windows = "rasdial /disconnect; rasdial 'Work VPN'" }, "timeout 0.3 bash -c '</dev/tcp/{{p.corp_web}}/80'",
    } },
    { name = "the VPN hung up", at_most = 50, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", { windows = "route print" }, "dojo diagnose L2 vpn-route-not-mirrored",
      { windows = "rasdial /disconnect" }, "ping -c1 -W0.3 8.8.8.8",
    } },
    { name = "wrong layer: resolv.conf rewritten", at_most = 30, commands = {
      "ip r", "ping -c1 -W0.3 8.8.8.8", "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf", "dojo diagnose L2.5 vpn-blocks-dns",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "sudo ip route add 0.0.0.0/1 dev eth1", "curl -s -m 3 http://{{p.corp_web}}/",
    } },
  },
}
