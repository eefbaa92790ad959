-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router 192.168.1.1 --- windows UDP 53 === wsl   resolv.conf: nameserver <gateway>
--   DNS by UDP and TCP   DNS by UDP and TCP     DNS proxy, no TCP
--
-- WSL without DNS tunnelling asks the Windows side's DNS proxy, which has never served anything but UDP.
-- A name's answer has grown past what fits into a datagram: it comes truncated, and the resolver asks again by TCP.
-- Nobody takes TCP on port 53 there, and Windows Firewall drops the attempt: such a name hangs, every smaller one is answered at once.
-- The limit is 512 bytes, or 1232 and 1200 with EDNS as dig and the C library ask; these answers are over 1400.
-- A server that takes TCP mends it: the home router's, a public one, the DNS tunnel, or a port proxy that brings the router's TCP to the gateway.

-- Pinned: IPv4 forwarding on windows and router, ICS (wsl2.nat), no DNS tunnelling.

-- n addresses of a documentation network, from its k-th on; 90 of them are 1440 bytes of an answer.
local function farm(network, k, n)
  local out = {}
  for i = 1, n do out[i] = ("%s.%d"):format(network, k + i - 1) end
  return out
end

local MANY = 90

-- A cut answer and a whole one, both before anything was changed: what the sizes of names do.
local function both_sizes(ev)
  local last = ev:changes()[#ev:changes()]
  local function answers(fn)
    return ev:packets("wsl", function(e)
      return e.what == "dns-answer" and e.dir ~= "out" and (not last or e.seq < last.seq) and fn(e)
    end)
  end
  local cut = answers(function(e) return e.tc == true end)
  local whole = answers(function(e) return not e.tc and #(e.answers or {}) > 0 end)
  if #cut == 0 or #whole == 0 then return false, {} end
  return true, { math.min(cut[1], whole[1]), math.max(cut[1], whole[1]) }
end

return scenario {
  api = 1,
  id = "dns-tcp-not-served",
  layer = "L2.5",
  mode = "nat",
  level = 4,
  chapter = 6,
  minutes = 15,
  tags = { "dns", "tcp", "windows" },
  title = {
    en = "Too much of an answer",
    ja = "答えが大きすぎる",
  },
  ticket = {
    en = "One single site is gone for my WSL: {{p.cloud}}, where I have to sign in before I can deploy anything. curl sits there for minutes, "
      .. "and getent too. Each other name I can think of is there at once, google, github, apt's mirrors, and Windows opens {{p.cloud}} in the "
      .. "browser without a hitch. I have not touched a thing, last Friday it still worked. Their support says that all is well: they have "
      .. "only added a lot of new servers over the weekend.",
    ja = "ひとつのサイトだけ、WSL から消えました。{{p.cloud}} です。ここにサインインしないと何もデプロイできません。curl は何分も止まったまま、"
      .. "getent も同じです。ほかの名前は google も github も apt のミラーも一瞬で引けますし、Windows のブラウザでは {{p.cloud}} が普通に"
      .. "開きます。こちらでは何も変えておらず、先週の金曜までは動いていました。先方のサポートは「問題ありません。週末にサーバーを大量に"
      .. "増やしただけです」と言います。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make {{p.cloud}} resolve in WSL, and whatever else is as large.", ja = "WSL で {{p.cloud}} と、同じくらい大きな答えの名前を解決できるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#7698", "microsoft/WSL#5991" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    local zone = seed:pick({ "cloud", "deploy", "fabric", "platform" }) .. "-" .. seed:letters(3, "abcdefghjkmnpqrstuvwxyz") .. ".example.org"
    return { cloud = "login." .. zone, storage = seed:pick({ "blobs", "storage", "objects" }) .. "." .. zone,
      first = seed:int(1, 100) }
  end,

  topology = function(p)
    return wsl2.nat {
      wsl = { dnsTunneling = false },
      internet = { records = {
        [p.cloud] = { A = farm("192.0.2", p.first, 4) },
        [p.storage] = { A = farm("192.0.2", p.first + 40, 3) },
      } },
    }
  end,

  fault = function(lab, p)
    local dns = lab:service("internet-dns")
    dns:record(p.cloud, { A = farm("192.0.2", p.first, MANY) })
    dns:record(p.storage, { A = farm("192.0.2", p.first + 40, MANY) })
  end,

  symptoms = {
    probe.lookup { name = "cloud-resolves", node = "wsl", host = "{{p.cloud}}", timeout = 0.3 },
    probe.lookup { name = "storage-resolves", node = "wsl", host = "{{p.storage}}", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "small-name-resolves", node = "wsl", host = "github.com" },
    probe.resolve { name = "proxy-answers-udp", node = "wsl", host = "google.com", server = "{{p.gateway}}" },
    probe.resolve { name = "public-server-answers-tcp", node = "wsl", host = "{{p.cloud}}", server = "8.8.8.8", tcp = true },
    probe.lookup { name = "windows-resolves-cloud", node = "windows", host = "{{p.cloud}}", timeout = 2.0 },
  },
  -- The second name is not in the ticket, so nobody has written it into /etc/hosts.
  fixed = {
    probe.lookup { name = "cloud-mended", node = "wsl", host = "{{p.cloud}}", timeout = 2.0,
      expect = function(r) return r.ok == true and #(r.addresses or {}) > 4 end },
    probe.lookup { name = "storage-mended", node = "wsl", host = "{{p.storage}}", timeout = 2.0,
      title = { en = "another name with as large an answer resolves on wsl", ja = "同じくらい大きな答えの別の名前も wsl で解決できる" },
      expect = function(r) return r.ok == true and #(r.addresses or {}) > 4 end },
  },
  truth = { { layer = "L2.5", cause = "dns-tcp-not-served", at = "windows" } },
  pass = 70,

  steps = {
    step.public_pinged { points = 5 },
    step.custom { id = "both-sizes-tried", group = "observe", points = 10, needs = { "packets" }, test = both_sizes,
      title = { en = "Tried a name that hangs and one that does not", ja = "止まる名前と、引ける名前の両方を試した" } },
    step.resolv_conf_read { points = 8 },
    step.looked_first { points = 7, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer", "syn-ack" } },
    step.care { points = 10, allow = { "file:/etc/resolv.conf", "file:/mnt/wsl/resolv.conf", "file:/etc/wsl.conf",
      "windows:portproxy", "windows:firewall.rule", "windows:wsl.shutdown" } },
  },

  hints = {
    { en = "Small names are answered, this one is not. Ask another server for it: how long is the answer?",
      ja = "ほかの名前は答えが返り、これだけ返りません。別のサーバーに聞いてみましょう。答えはどれくらいの長さですか。" },
    { en = "`dig {{p.cloud}}` says \"Truncated, retrying in TCP mode\". Does the configured nameserver take TCP? "
        .. "Compare `dig github.com` with `dig +tcp github.com`.",
      ja = "`dig {{p.cloud}}` は「Truncated, retrying in TCP mode」と言います。設定された nameserver は TCP を受けますか。`dig github.com` と `dig +tcp github.com` を比べましょう。" },
    { en = "The Windows DNS proxy at {{p.gateway}} serves UDP only, so an answer that needs TCP never comes. Ask a server that serves both: "
        .. "{{p.router}}, 8.8.8.8, or the DNS tunnel (dnsTunneling=true in .wslconfig, then wsl --shutdown).",
      ja = "{{p.gateway}} の Windows DNS プロキシは UDP だけなので、TCP が要る大きな答えは届きません。両方を受けるサーバーに聞きましょう。"
        .. "{{p.router}}、8.8.8.8、または DNS トンネル（.wslconfig に dnsTunneling=true と書いて wsl --shutdown）です。" },
  },
  look_alike = { "host-dns-proxy-dead", "host-firewall-drops-dns", "mtu-vpn-blackhole", "dns-wrong-answer" },

  solution = {
    "ping -c 1 8.8.8.8",
    "timeout 0.7 getent hosts {{p.cloud}}",
    "getent hosts github.com",
    "cat /etc/resolv.conf",
    "timeout 0.3 bash -c '</dev/tcp/{{p.gateway}}/53'",
    "dojo diagnose L2.5 dns-tcp-not-served",
    "echo nameserver {{p.router}} | sudo tee /etc/resolv.conf",
    "getent ahostsv4 {{p.cloud}} | wc -l",
  },
  alternatives = {
    -- The tunnel, from WSL's next start on: it serves both, and Windows asks on by both.
    {
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "wsl timeout 0.7 getent hosts {{p.cloud}}" },
      { windows = "wsl getent hosts google.com" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "nslookup {{p.cloud}}" },
      { windows = "wsl dojo diagnose L2.5 dns-tcp-not-served" },
      { windows = "Set-Content C:\\Users\\learner\\.wslconfig \"[wsl2]`nnetworkingMode=nat`ndnsTunneling=true\"" },
      { windows = "wsl --shutdown" },
      { windows = "wsl getent hosts {{p.cloud}}" },
    },
    -- A file of one's own with a public server.
    {
      "ping -c1 -W0.3 1.1.1.1",
      "getent hosts google.com",
      "timeout 0.7 getent ahostsv4 {{p.cloud}}",
      "grep nameserver /etc/resolv.conf",
      "dojo diagnose 2.5 dns-tcp-not-served",
      "sudo rm /etc/resolv.conf",
      "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf",
      "printf '[network]\\ngenerateResolvConf=false\\n' | sudo tee -a /etc/wsl.conf",
      "getent hosts {{p.storage}}",
    },
    -- TCP brought to where it is missing: a port proxy at the gateway leads to the router's server, and the firewall lets it in.
    {
      "ping -c 1 8.8.8.8",
      "getent hosts google.com",
      "timeout 0.7 getent hosts {{p.cloud}}",
      "cat /etc/resolv.conf",
      "dojo diagnose L2.5 dns-tcp-not-served",
      { windows = "netsh interface portproxy add v4tov4 listenaddress={{p.gateway}} listenport=53 connectaddress={{p.router}} connectport=53" },
      { windows = "New-NetFirewallRule -DisplayName 'WSL DNS over TCP' -Direction Inbound -Protocol TCP "
        .. "-LocalAddress {{p.gateway}} -LocalPort 53 -Action Allow" },
      "getent hosts {{p.cloud}}",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 host-dns-proxy-dead", "dojo diagnose L2.5 host-firewall-drops-dns", "dojo diagnose L2 mtu-vpn-blackhole",
      "dojo diagnose L3 guest-filter", "dojo diagnose L2.5 dns-tcp-not-served",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      "echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf", "getent hosts {{p.cloud}}",
    } },
    { name = "the name faked in /etc/hosts", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "getent hosts google.com", "timeout 0.3 getent hosts {{p.cloud}}", "cat /etc/resolv.conf",
      "dojo diagnose L2.5 dns-tcp-not-served",
      "echo '192.0.2.{{p.first}} {{p.cloud}}' | sudo tee -a /etc/hosts", "getent hosts {{p.cloud}}",
    } },
    -- The door is open, and nobody stands behind it: the attempt is refused now, and the name fails at once.
    { name = "the firewall opened for TCP 53", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "getent hosts google.com", "timeout 0.3 getent hosts {{p.cloud}}", "cat /etc/resolv.conf",
      "dojo diagnose L2.5 dns-tcp-not-served",
      { windows = "New-NetFirewallRule -DisplayName 'DNS TCP' -Direction Inbound -Protocol TCP -LocalPort 53 -Action Allow" },
      "timeout 0.3 getent hosts {{p.cloud}}",
    } },
    { name = "larger datagrams by EDNS", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "getent hosts google.com", "timeout 0.3 getent hosts {{p.cloud}}", "cat /etc/resolv.conf",
      "dojo diagnose L2.5 dns-tcp-not-served", "echo 'options edns0' | sudo tee -a /etc/resolv.conf", "timeout 0.3 getent hosts {{p.cloud}}",
    } },
    { name = "wrong layer: a smaller MTU", at_most = 45, commands = {
      "ping -c1 8.8.8.8", "getent hosts google.com", "timeout 0.3 getent hosts {{p.cloud}}", "cat /etc/resolv.conf",
      "dojo diagnose L2 mtu-vpn-blackhole", "sudo ip link set eth0 mtu 1280",
    } },
  },
}
