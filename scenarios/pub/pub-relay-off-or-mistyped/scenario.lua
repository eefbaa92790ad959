-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   windows 127.0.0.1:3000  X   wsl 0.0.0.0:3000
--           nobody listens      a web server
--           172.x.x.x:3000 ====>
--
-- The relay that makes WSL's servers answer at Windows' localhost is off: .wslconfig says localhostForwarding=false. Somebody may have
-- tried to turn it on again: by a key that is mistyped and so no key, or by a second line where the first one counts.
-- Windows refuses at localhost, at any port; WSL's own address goes on answering.
-- The line has to say true or go, and WSL has to start anew: .wslconfig is read when its machine starts.
-- A port proxy on localhost would mend one port, not the next.

-- Pinned: IPv4 forwarding on windows and router, ICS (wsl2.nat); DNS tunnelling, WSL's default.
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }

-- What stands there, and what WSL says of it when it starts.
local shapes = {
  { text = "[wsl2]\nmemory=8GB\nlocalhostForwarding=false\n", en = "localhostForwarding=false turns it off",
    ja = "localhostForwarding=false で無効になっています" },
  { text = "[wsl2]\nmemory=8GB\nlocalhostForwarding=false\nlocahostForwarding=true\n",
    en = "localhostForwarding=false turns it off, and the line that was to turn it on again has a typing error, so it is no key of WSL's",
    ja = "localhostForwarding=false で無効になっています。戻すつもりの行は綴りが違い、WSL のキーになっていません" },
  { text = "[wsl2]\nlocalhostForwarding=false\nmemory=8GB\nlocalhostForwarding=true\n",
    en = "of two lines localhostForwarding the first counts, and that one says false",
    ja = "localhostForwarding の行が二つあり、効くのは先の行、つまり false です" },
}
local mended = "[wsl2]\nmemory=8GB\nlocalhostForwarding=true\n"

local function page(name, node, port, title)
  return { name = name, node = node, kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = port } },
    config = { default = name, sites = { [name] = { ["/"] = {
      status = 200, type = "text/html", body = "<!doctype html><title>" .. title .. "</title><h1>" .. title .. "</h1>\n" } } } } }
end

-- The page, as Windows showed it at localhost after the last change; or `dojo check`, which asks from there.
local function tried_at_localhost(ev)
  if not ev:mended() then return false, {} end
  local last = ev:changes()[#ev:changes()]
  local seqs = ev:tried_since("windows")
  for _, seq in ipairs(ev:output("any", function(out, e)
    local asked = (e.text or ""):find("localhost", 1, true) or (e.text or ""):find("127.0.0.1", 1, true)
    return last and e.seq > last.seq and asked and (e.node == "windows" or e.text:find("%.exe")) and out:find(ev.p.page, 1, true)
  end)) do seqs[#seqs + 1] = seq end
  return #seqs > 0, seqs
end

return scenario {
  api = 1,
  id = "pub-relay-off-or-mistyped",
  layer = "L5",
  mode = "nat",
  level = 2,
  chapter = 8,
  minutes = 12,
  tags = { "localhost", "wslconfig", "windows" },
  title = {
    en = "localhost refuses",
    ja = "localhost に拒否される",
  },
  ticket = {
    en = "All my colleagues start their server in WSL and open http://localhost:3000 in the browser on Windows. Here the browser says that localhost "
      .. "refused to connect, with every server I try. In WSL `curl localhost:3000` prints the page. If I ask WSL for its address and type that into "
      .. "the browser, it works too, but nobody can remember {{p.guest}}. I once changed some settings of WSL after a talk about security, "
      .. "and I think I put them back.",
    ja = "同僚はみんな、WSL でサーバーを動かして Windows のブラウザーで http://localhost:3000 を開いています。私の PC では、どのサーバーを試しても"
      .. "「localhost で接続が拒否されました」と出ます。WSL の中で `curl localhost:3000` とすればページが出ます。WSL のアドレスを調べてブラウザーに打ち込めば"
      .. "それでも開きますが、{{p.guest}} なんて覚えられません。以前、セキュリティの講演を聞いて WSL の設定をいくつか変えましたが、"
      .. "元に戻したつもりです。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let Windows open WSL's servers at localhost, whatever their port.", ja = "WSL のどのサーバーも、Windows から localhost で開けるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#10225", "microsoft/WSL#4619", "vscodenpa/testissues#42601" },
  requires = { tools = { "ip", "curl" } },

  params = function(seed)
    local n = seed:int(1, #shapes)
    return { page = seed:pick(titles), shape = n, other = seed:pick({ 4321, 5000, 8888 }), why_en = shapes[n].en, why_ja = shapes[n].ja }
  end,

  topology = function(p)
    return wsl2.nat {
      wsl = { wslconfig = mended },
      services = { page("page", "wsl", 3000, p.page), page("notes", "wsl", p.other, "Notes"), page("backup", "windows", 9090, "Backup") },
    }
  end,

  fault = function(lab, p)
    lab:windows("wsl.shutdown", {})
    lab:node("windows"):file("/mnt/c/Users/learner/.wslconfig", shapes[p.shape].text)
    lab:windows("wsl.start", {})
  end,

  symptoms = {
    probe.http { name = "localhost-opens-page", node = "windows", url = "http://127.0.0.1:3000/", timeout = 0.3 },
    probe.connect { name = "localhost-connects", node = "windows", address = "127.0.0.1", port = 3000, timeout = 0.3 },
  },
  controls = {
    probe.http { name = "wsl-serves-page", node = "wsl", url = "http://127.0.0.1:3000/" },
    probe.http { name = "windows-opens-guest-address", node = "windows", url = "http://{{p.guest}}:3000/" },
    probe.http { name = "windows-own-server", node = "windows", url = "http://127.0.0.1:9090/" },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
  },
  fixed = {
    probe.http { name = "localhost-mended", node = "windows", url = "http://127.0.0.1:3000/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
    probe.http { name = "other-port-mended", node = "windows", url = "http://127.0.0.1:{{p.other}}/", timeout = 2.0,
      title = { en = "any other server of WSL's opens at localhost", ja = "WSL のほかのサーバーも localhost で開く" } },
  },
  truth = { { layer = "L5", cause = "localhost-relay-off", at = "windows" } },
  pass = 70,

  steps = {
    step.listening_seen { points = 5 },
    step.listening_seen { points = 5, id = "windows-listening-seen", node = "windows",
      title = { en = "Checked what listens on Windows", ja = "Windows の待ち受けを確認した" } },
    step.config_seen { points = 10, line = "localhostForwarding=false" },
    step.looked_first { points = 6, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 34 },
    step.custom { points = 10, id = "tried-at-localhost", group = "verify", test = tried_at_localhost,
      title = { en = "Tried localhost on Windows after mending", ja = "直した後に Windows の localhost を試した" } },
    step.care { points = 10, allow = { "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "The server runs, and its own address answers. What makes localhost on Windows lead into WSL at all?",
      ja = "サーバーは動いていて、WSL のアドレスなら答えます。そもそも Windows の localhost を WSL につないでいるのは何でしょう。" },
    { en = "`netstat -ano` on Windows has no listener on 127.0.0.1:3000: WSL's relay is not there. Read C:\\Users\\learner\\.wslconfig.",
      ja = "Windows の `netstat -ano` に 127.0.0.1:3000 の待ち受けがありません。WSL の中継が動いていないのです。C:\\Users\\learner\\.wslconfig を読みましょう。" },
    { en = "In .wslconfig {{p.why_en}}. Let it say localhostForwarding=true once, or nothing at all, then `wsl --shutdown` and open WSL again.",
      ja = ".wslconfig では {{p.why_ja}}。localhostForwarding=true を一行だけにするか、行ごと消して、`wsl --shutdown` の後に WSL を開き直しましょう。" },
  },
  look_alike = { "app-on-loopback", "localhost-ipv6", "nothing-listens", "localhost-only" },

  solution = {
    "ss -lnt",
    { windows = "netstat -ano" },
    { windows = "type $HOME\\.wslconfig" },
    "dojo diagnose L5 localhost-relay-off",
    { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nmemory=8GB`nlocalhostForwarding=true\"" },
    { windows = "wsl --shutdown" },
    { windows = "wsl hostname -I" },
    "dojo check",
  },
  alternatives = {
    -- From WSL, where the file is under /mnt/c; every line of that key goes, and what isn't said is on.
    {
      "ss -lntp",
      "netstat.exe -ano",
      "cat /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose L5 localhost-relay-off",
      "sed -i '/^loca.*orwarding/d' /mnt/c/Users/learner/.wslconfig",
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "dojo check",
    },
    -- The lines made right by PowerShell, tried with curl.exe.
    {
      { windows = "wsl ss -lnt" },
      { windows = "Get-NetTCPConnection -State Listen" },
      { windows = "Get-Content C:\\Users\\learner\\.wslconfig" },
      { windows = "(Get-Content $HOME\\.wslconfig) -replace 'localhostForwarding=false', 'localhostForwarding=true' | Set-Content $HOME\\.wslconfig" },
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "dojo diagnose 5 localhost-relay-off",
      { windows = "curl.exe -s -m 3 --retry 3 --retry-connrefused --retry-delay 0 http://localhost:3000/" },
      "dojo check",
    },
    -- The file goes altogether.
    {
      "ss -lnt",
      { windows = "netstat -ano | findstr LISTENING" },
      { windows = "findstr /i local C:\\Users\\learner\\.wslconfig" },
      { windows = "del C:\\Users\\learner\\.wslconfig" },
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "dojo diagnose L5 localhost-relay-off",
      "dojo check",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L5 app-on-loopback", "dojo diagnose L5 nothing-listens", "dojo diagnose L5 localhost-only",
      "dojo diagnose L5 portproxy-no-rule", "dojo diagnose L5 localhost-relay-off",
    } },
    { name = "the file mended, WSL not restarted", at_most = 46, commands = {
      "ss -lnt", { windows = "netstat -ano" }, "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L5 localhost-relay-off",
      "sed -i '/^loca.*orwarding/d' /mnt/c/Users/learner/.wslconfig", "dojo check",
    } },
    { name = "only restarted", at_most = 46, commands = {
      "ss -lnt", { windows = "netstat -ano" }, "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L5 localhost-relay-off",
      { windows = "wsl --shutdown" }, "dojo check",
    } },
    { name = "a port proxy for the one port", at_most = 46, commands = {
      "ss -lnt", { windows = "netstat -ano" }, "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L5 localhost-relay-off",
      { windows = "netsh interface portproxy add v4tov4 listenaddress=127.0.0.1 listenport=3000 connectaddress={{p.guest}} connectport=3000" },
      "dojo check",
    } },
    { name = "mended without looking or a diagnosis", at_most = 54, commands = {
      { windows = "del C:\\Users\\learner\\.wslconfig" }, { windows = "wsl --shutdown" }, "dojo check",
    } },
    { name = "wrong layer: the firewall opened", at_most = 30, commands = {
      "ss -lnt", { windows = "netstat -ano" }, "dojo diagnose L3 host-firewall-blocks-guest",
      { windows = "New-NetFirewallRule -DisplayName web -Direction Inbound -Protocol TCP -LocalPort 3000 -Action Allow" },
    } },
  },
}
