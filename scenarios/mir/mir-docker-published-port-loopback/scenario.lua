-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   phone   192.168.1.x:PORT -> eth0 ------> DNAT -> container 172.17.0.2:80            answers
--   windows 127.0.0.1:PORT -> loopback0 ---> DNAT -> container, from 127.0.0.1 ---X     answers itself
--                                            (docker-proxy on 0.0.0.0:PORT would answer)
--
-- In mirrored mode 127.0.0.1 does not go by lo but by loopback0, in from a wire as far as the kernel is concerned. Docker's rule for a published
-- port turns all that comes in from outside to the container; the container gets a packet from 127.0.0.1 and answers to itself.
-- A Docker that knows the mode leaves what comes by loopback0 for 127.0.0.0/8 to docker-proxy. It looks once, when it starts: here it
-- started before loopback0 was there, so the rule is missing. Windows' connections hang; the home network and the container's own address
-- are fine, and so is 127.0.0.1 in WSL, whose packets the kernel has seen go out and does not translate when they come back.
-- Mends: the missing rule, one of one's own before Docker's, or a start at which Docker finds the mode.

-- Pinned: mirrored mode (wsl2.mirrored); Docker's nftables backend and userland proxy, as the topology makes them.
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }

local function healthy(p)
  return wsl2.mirrored {
    windows = { firewall = { rules = { { Name = "web", DisplayName = "Web container", Direction = "Inbound", Action = "Allow", Protocol = "TCP",
      LocalPort = { tostring(p.port) } } } } },
    containers = { { name = "web", publish = { p.port .. ":80" }, page = p.page } },
  }
end

-- All rules of WSL's but the one that a Docker which found the mode writes first.
local function rules_of_early_docker(p)
  for _, node in ipairs(healthy(p).nodes) do
    if node.name == "wsl" then return (node.ruleset:gsub('[^\n]*iifname "loopback0" ip daddr 127.0.0.0/8 counter return\n', "")) end
  end
end

local function holds_page(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end

-- After the last change the page came at 127.0.0.1 on Windows; or `dojo check`, which asks from Windows.
local function tried_at_loopback(ev)
  if not ev:mended() then return false, {} end
  local last, seqs = ev:changes()[#ev:changes()], ev:tried_since("windows")
  for _, seq in ipairs(ev:output("any", function(out, e)
    local asked = (e.text or ""):find("localhost", 1, true) or (e.text or ""):find("127.0.0.1", 1, true)
    return last and e.seq > last.seq and asked and (e.node == "windows" or e.text:find("%.exe")) and out:find(ev.p.page, 1, true) and not ev:typed(ev.p.page, e)
  end)) do seqs[#seqs + 1] = seq end
  return #seqs > 0, seqs
end

local own_table = "sudo nft -f - <<< 'table ip wsl_docker { chain prerouting { type nat hook prerouting priority dstnat - 1; "
  .. "iifname \"loopback0\" ip daddr 127.0.0.1 counter dnat to 127.0.0.1; }; }'"

return scenario {
  api = 1,
  id = "mir-docker-published-port-loopback",
  layer = "L5",
  mode = "mirrored",
  level = 4,
  chapter = 8,
  minutes = 15,
  tags = { "mirrored", "docker", "containers", "localhost", "nftables", "loopback0" },
  title = {
    en = "The container is up, and localhost waits",
    ja = "コンテナは動いているのに localhost が待つ",
  },
  ticket = {
    en = "I run a container in WSL with -p {{p.port}}:80, and from my phone http://{{p.windows}}:{{p.port}} shows its page. But "
      .. "http://localhost:{{p.port}} in the "
      .. "browser of this PC hangs, though `curl 127.0.0.1:{{p.port}}` in WSL, right beside the container, has it at once. `ss` says that somebody listens on "
      .. "0.0.0.0:{{p.port}}, so 127.0.0.1 is included, isn't it? Yesterday it worked. Since then the PC was restarted, and Docker comes up "
      .. "by itself with WSL. "
      .. "Mirrored mode has been on for weeks. The container must go on reaching the internet, it fetches things all the time.",
    ja = "WSL で -p {{p.port}}:80 を付けてコンテナを動かしています。スマホからは http://{{p.windows}}:{{p.port}} でページが出ます。ところがこの PC のブラウザーで "
      .. "http://localhost:{{p.port}} を開くと止まります。コンテナのすぐ隣の WSL で `curl 127.0.0.1:{{p.port}}` をすればすぐ出るのにです。"
      .. "`ss` では 0.0.0.0:{{p.port}} で"
      .. "待ち受けているので、127.0.0.1 も含まれますよね。昨日は動いていました。その後 PC を再起動し、Docker は WSL と一緒に自動で起動しています。ミラーモードは"
      .. "何週間も前から使っています。コンテナは常に外から何かを取ってくるので、インターネットには届き続ける必要があります。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make http://127.0.0.1:{{p.port}} show the container's page on Windows.",
      ja = "Windows の http://127.0.0.1:{{p.port}} でコンテナのページが出るようにする。" },
    { en = "Prove that it works; `dojo check` tries it from Windows.", ja = "直ったことを確かめる。`dojo check` は Windows から試す。" },
  },
  sources = { "microsoft/WSL#10494", "microsoft/WSL#10584", "microsoft/WSL#11136", "microsoft/WSL#11468", "microsoft/WSL#13868", "microsoft/WSL#14063",
    "moby/moby#48056", "moby/moby#53382" },
  requires = { tools = { "ip", "ping", "curl", "nft" } },

  params = function(seed)
    return { page = seed:pick(titles), port = seed:pick({ 8025, 8080, 8888, 9000 }) }
  end,

  topology = healthy,

  fault = function(lab, p)
    lab:node("wsl"):set_ruleset(rules_of_early_docker(p))
  end,

  symptoms = {
    probe.http { name = "windows-opens-localhost", node = "windows", url = "http://127.0.0.1:{{p.port}}/", timeout = 0.3 },
  },
  controls = {
    probe.http { name = "wsl-opens-localhost", node = "wsl", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0 },
    probe.http { name = "phone-opens-page", node = "phone", url = "http://{{p.windows}}:{{p.port}}/", timeout = 2.0 },
    probe.http { name = "container-serves", node = "wsl", url = "http://{{p.container}}/", timeout = 2.0 },
    probe.ping { name = "container-gets-out", node = "web", address = "8.8.8.8", timeout = 2.0 },
    probe.connect { name = "container-gets-web", node = "web", address = "{{p.github}}", port = 443, timeout = 2.0 },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
  },
  fixed = {
    probe.http { name = "windows-opens-mended", node = "windows", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0, expect = holds_page },
    probe.http { name = "wsl-opens-mended", node = "wsl", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0, expect = holds_page },
    probe.run { name = "still-mirrored", node = "wsl", argv = { "wslinfo", "--networking-mode" }, timeout = 2.0,
      title = { en = "WSL is in mirrored mode", ja = "WSL がミラーモードのままである" },
      expect = function(r) return (r.stdout or ""):find("mirrored", 1, true) ~= nil end },
  },
  truth = { { layer = "L5", cause = "docker-misses-loopback0", at = "wsl" } },
  pass = 70,

  steps = {
    step.gateway_seen { points = 5 },
    step.listening_seen { points = 5 },
    step.filters_seen { points = 11, table = "docker-bridges" },
    step.looked_first { points = 7, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 32 },
    step.custom { id = "tried-at-loopback", group = "verify", points = 10, test = tried_at_loopback,
      title = { en = "Tried localhost on Windows after mending", ja = "直した後に Windows の localhost を試した" } },
    step.care { points = 10, allow = { "ruleset", "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "From outside the page comes, from Windows' localhost it doesn't. By which interface does a packet for 127.0.0.1 come in to WSL "
      .. "in mirrored mode? `ip rule`, "
        .. "`ip route show table 127`.",
      ja = "外からは開けて、Windows の localhost では開けません。ミラーモードで 127.0.0.1 宛ての通信は、どのインターフェースから WSL に入るでしょう。`ip rule` と "
        .. "`ip route show table 127` で分かります。" },
    { en = "It comes in by loopback0. Read Docker's rules with that in mind: `sudo nft list table ip docker-bridges`. Whom would the container answer?",
      ja = "loopback0 から入ります。それを念頭に Docker の規則を読みましょう。`sudo nft list table ip docker-bridges`。コンテナは誰に返事をするでしょう。" },
    { en = "What comes by loopback0 for 127.0.0.1 must not be turned to the container: docker-proxy would answer it. The chain nat-prerouting-and-output "
        .. "lacks a rule for that, at its head; Docker writes it where it finds loopback0 when it starts.",
      ja = "loopback0 から来る 127.0.0.1 宛ての通信は、コンテナに向けなければ docker-proxy が答えます。チェイン nat-prerouting-and-output の先頭に、"
        .. "そのための規則が欠けています。起動時に loopback0 があれば、Docker が自分で書く規則です。" },
  },
  look_alike = { "app-on-loopback", "nothing-listens", "guest-filter", "hyperv-firewall-inbound", "sysctl-override", "localhost-relay-off" },

  solution = {
    "ip route show table all",
    "ss -lnt",
    { windows = "curl.exe -s -m 0.3 http://localhost:{{p.port}}/" },
    "sudo nft list ruleset",
    "dojo diagnose L5 docker-misses-loopback0",
    "sudo nft insert rule ip docker-bridges nat-prerouting-and-output iifname loopback0 ip daddr 127.0.0.0/8 counter return",
    { windows = "curl.exe -s -m 3 http://localhost:{{p.port}}/" },
  },
  alternatives = {
    -- A table of one's own before Docker's, which a restart of Docker leaves alone.
    {
      "ip r",
      "ss -lntp",
      "sudo nft list table ip docker-bridges",
      "dojo diagnose 5 docker-misses-loopback0",
      own_table,
      { windows = "curl.exe -s -m 3 http://localhost:{{p.port}}/" },
    },
    -- WSL restarted: this time Docker starts when loopback0 is there.
    {
      { windows = "wsl ip route" },
      { windows = "wsl ss -lnt" },
      "sudo nft list ruleset",
      "dojo diagnose L5 docker-misses-loopback0",
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "curl.exe -s -m 3 http://127.0.0.1:{{p.port}}/",
    },
    -- Not translated because not tracked.
    {
      "ip -4 route",
      "ss -lnt",
      "sudo nft list table ip docker-bridges",
      "dojo diagnose L5 docker-misses-loopback0",
      "sudo nft add table ip loop",
      "sudo nft add chain ip loop pre '{ type filter hook prerouting priority raw; }'",
      "sudo nft add rule ip loop pre iifname loopback0 ip daddr 127.0.0.1 tcp dport {{p.port}} notrack",
      "dojo check",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L5 app-on-loopback", "dojo diagnose L5 nothing-listens", "dojo diagnose L3 hyperv-firewall-inbound",
      "dojo diagnose L5 localhost-relay-off", "dojo diagnose L5 docker-misses-loopback0",
    } },
    { name = "every rule flushed, and the container's way out with them", at_most = 50, commands = {
      "ip r", "ss -lnt", "sudo nft list ruleset", "dojo diagnose L5 docker-misses-loopback0", "sudo nft flush ruleset",
    } },
    { name = "back to NAT mode", at_most = 50, commands = {
      "ip r", "ss -lnt", "sudo nft list ruleset", "dojo diagnose L5 docker-misses-loopback0",
      { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nnetworkingMode=nat\"; wsl --shutdown" }, { windows = "wsl hostname -I" },
    } },
    { name = "the rule put last", at_most = 50, commands = {
      "ip r", "ss -lnt", "sudo nft list ruleset", "dojo diagnose L5 docker-misses-loopback0",
      "sudo nft add rule ip docker-bridges nat-prerouting-and-output iifname loopback0 ip daddr 127.0.0.0/8 counter return",
      { windows = "curl.exe -s -m 0.3 http://localhost:{{p.port}}/" },
    } },
    { name = "wrong layer: the Hyper-V firewall opened", at_most = 35, commands = {
      "ip r", "ss -lnt", "sudo nft list ruleset", "dojo diagnose L3 hyperv-firewall-inbound",
      { windows = "Set-NetFirewallHyperVVMSetting -Name '{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}' -DefaultInboundAction Allow" },
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      { windows = "wsl --shutdown" }, { windows = "wsl hostname -I" }, "dojo check",
    } },
  },
}
