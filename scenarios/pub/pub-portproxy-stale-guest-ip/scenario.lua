-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   phone -----> windows 0.0.0.0:3000 ===portproxy===> (nobody at the address of yesterday)
--   home LAN     let in, listening                     wsl 0.0.0.0:3000, at another address by now
--
-- The port proxy on Windows names WSL's address as it was before the last start of WSL; WSL has another one now.
-- Windows accepts the phone's connection, finds nobody to pass it on to, and resets it some seconds later.
-- The page answers inside WSL, and at localhost on the PC by WSL's own relay.
-- WSL gets yet another address at each start here, so a further restart mends nothing.
-- The rule has to name today's address, or 127.0.0.1, where the relay listens and no address can go stale.

-- Pinned: IPv4 forwarding on windows and router, ICS, another guest address at each start (wsl2.nat); DNS tunnelling, WSL's default.
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }

return scenario {
  api = 1,
  id = "pub-portproxy-stale-guest-ip",
  layer = "L5",
  mode = "nat",
  level = 3,
  chapter = 10,
  minutes = 10,
  tags = { "publishing", "portproxy", "windows" },
  title = {
    en = "It worked until the restart",
    ja = "再起動するまでは見えていた",
  },
  ticket = {
    en = "My little web server in WSL was on my phone's home screen for weeks: http://{{p.windows}}:3000. Yesterday evening Windows installed something "
      .. "and restarted, and since then the phone can't open the page any more. It connects, waits, and then says the connection was reset. "
      .. "I started the server again of course, and in WSL itself `curl http://localhost:3000` prints the page. The setting on Windows that passes the port on "
      .. "to WSL is still there, and I have touched no firewall. What did the update break?",
    ja = "WSL で動かしている小さな Web サーバーを、何週間もスマホのホーム画面から開いていました。http://{{p.windows}}:3000 です。昨夜 Windows が何かを"
      .. "インストールして再起動し、それ以来スマホからページが開けません。つながって、しばらく待って、接続がリセットされたと言われます。"
      .. "サーバーはもちろん起動し直しました。WSL の中で `curl http://localhost:3000` とすればページが出ます。ポートを WSL に渡す Windows の設定は"
      .. "残っていますし、ファイアウォールには触っていません。更新で何が壊れたのでしょう。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let the phone open http://{{p.windows}}:3000 again.", ja = "スマホから http://{{p.windows}}:3000 をもう一度開けるようにする。" },
    { en = "Prove that it works; `dojo check` tries it from the phone.", ja = "直ったことを確かめる。`dojo check` はスマホから試す。" },
  },
  sources = { "microsoft/WSL#4150", "microsoft/WSL#8707", "microsoft/WSL#4467", "MicrosoftDocs/WSL#1890" },
  requires = { tools = { "ip" } },

  -- The address of the last generation: of the same network, and not today's nor one that comes later.
  params = function(seed, p)
    local a, b, c = p.subnet_base:match("^(%d+)%.(%d+)%.(%d+)%.")
    local former
    repeat
      former = ("%s.%s.%d.%d"):format(a, b, tonumber(c) + seed:int(1, 15), seed:int(2, 254))
    until former ~= p.guest and former ~= p.guest2 and former ~= p.guest3
    return { page = seed:pick(titles), former = former }
  end,

  topology = function(p)
    return wsl2.nat {
      windows = {
        nat = "ics",
        portproxy = { { type = "v4tov4", listenaddress = "0.0.0.0", listenport = 3000, connectaddress = p.guest, connectport = 3000 } },
        firewall = { rules = { { Name = "web-3000", DisplayName = "Web page of WSL", Direction = "Inbound", Action = "Allow",
          Protocol = "TCP", LocalPort = { "3000" } } } },
      },
      wsl = { guest_address = "moves" },
      services = {
        { name = "page", node = "wsl", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = 3000 } },
          config = { default = "page", sites = { page = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>" .. p.page .. "</title><h1>" .. p.page .. "</h1>\n" } } } } },
      },
    }
  end,

  fault = function(lab, p)
    lab:windows("portproxy.set", { type = "v4tov4", listenaddress = "0.0.0.0", listenport = 3000, connectaddress = p.former,
      connectport = 3000 })
  end,

  symptoms = {
    probe.http { name = "phone-opens-page", node = "phone", url = "http://{{p.windows}}:3000/", timeout = 0.3 },
  },
  controls = {
    probe.http { name = "wsl-serves-page", node = "wsl", url = "http://127.0.0.1:3000/" },
    probe.connect { name = "windows-accepts", node = "phone", address = "{{p.windows}}", port = 3000,
      title = { en = "Windows accepts the phone's connection", ja = "Windows がスマホの接続を受け入れる" } },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.ping { name = "phone-public-ping", node = "phone", address = "8.8.8.8" },
  },
  fixed = {
    -- Time for the relay on localhost, which looks once a second for what listens in WSL.
    probe.http { name = "phone-opens-page-mended", node = "phone", url = "http://{{p.windows}}:3000/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
  },
  truth = { { layer = "L5", cause = "portproxy-stale", at = "windows" } },
  pass = 70,

  steps = {
    step.portproxy_seen { points = 10, connect = "{{p.former}}", port = 3000 },
    step.guest_address_seen { points = 8 },
    step.listening_seen { points = 6, port = 3000 },
    step.looked_first { points = 6, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.published { points = 10, port = 3000 },
    step.care { points = 10, allow = { "windows:portproxy.add", "windows:portproxy.set", "windows:portproxy.delete" } },
  },

  hints = {
    { en = "The phone gets in, so the firewall is not in the way. Where does Windows pass port 3000 on to?",
      ja = "スマホの接続は受け入れられるので、ファイアウォールではありません。Windows は 3000 をどこへ渡しているのでしょう。" },
    { en = "Compare two outputs on Windows: `netsh interface portproxy show all` and `wsl hostname -I`.",
      ja = "Windows で二つの出力を比べましょう。`netsh interface portproxy show all` と `wsl hostname -I` です。" },
    { en = "The rule leads to {{p.former}}, where nobody is any more. Set it to WSL's address of now, or to 127.0.0.1, which outlives a restart.",
      ja = "規則の渡し先は {{p.former}} で、もう誰もいません。WSL の今のアドレスにするか、再起動しても変わらない 127.0.0.1 にしましょう。" },
  },
  look_alike = { "portproxy-no-rule", "nothing-listens", "app-on-loopback" },

  solution = {
    { windows = "netsh interface portproxy show all" },
    { windows = "wsl hostname -I" },
    "ss -lnt",
    "dojo diagnose L5 portproxy-stale",
    { windows = "netsh interface portproxy set v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 connectaddress={{p.guest}}" },
    "dojo check",
  },
  alternatives = {
    -- The rule goes and comes again, as the guide has it.
    {
      "ip -4 addr show eth0",
      "ss -lntp | grep 3000",
      { windows = "netsh interface portproxy show v4tov4" },
      "dojo diagnose 5 portproxy-stale",
      { windows = "netsh interface portproxy delete v4tov4 listenport=3000 listenaddress=0.0.0.0" },
      { windows = "netsh interface portproxy add v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 connectaddress={{p.guest}}" },
      "dojo check",
    },
    -- By way of WSL's own relay on localhost, so that no later start can make it stale.
    {
      "hostname -I",
      "ss -lnt",
      { windows = "netsh interface portproxy show all" },
      { windows = "netsh interface portproxy set v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 connectaddress=127.0.0.1" },
      "dojo diagnose L5 portproxy-stale",
      "dojo check",
    },
    -- As a script of one's own would do it at each start.
    {
      "ss -lnt",
      { windows = "netsh interface portproxy show all" },
      { windows = "$ip = (wsl hostname -I).Trim(); $ip" },
      "dojo diagnose L5 portproxy-stale",
      { windows = "netsh interface portproxy set v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 connectaddress=$ip" },
      "dojo check",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L5 portproxy-no-rule", "dojo diagnose L5 nothing-listens", "dojo diagnose L3 guest-filter",
      "dojo diagnose L4 nat-missing", "dojo diagnose L5 portproxy-stale",
    } },
    -- Yet another address: the rule is as stale as before.
    { name = "wsl --shutdown again", at_most = 50, commands = {
      { windows = "netsh interface portproxy show all" }, { windows = "wsl hostname -I" }, "ss -lnt",
      "dojo diagnose L5 portproxy-stale", { windows = "wsl --shutdown" }, { windows = "wsl hostname -I" },
    } },
    { name = "the firewall opened further", at_most = 40, commands = {
      { windows = "netsh interface portproxy show all" }, { windows = "wsl hostname -I" }, "ss -lnt",
      "dojo diagnose L5 portproxy-no-rule",
      { windows = "New-NetFirewallRule -DisplayName 'WSL 3000' -Direction Inbound -Protocol TCP -LocalPort 3000 -Action Allow" },
    } },
    { name = "a second rule beside the stale one", at_most = 50, commands = {
      { windows = "netsh interface portproxy show all" }, { windows = "wsl hostname -I" }, "ss -lnt",
      "dojo diagnose L5 portproxy-stale",
      { windows = "netsh interface portproxy add v4tov4 listenport=3001 listenaddress=0.0.0.0 connectport=3000 connectaddress={{p.guest}}" },
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      { windows = "netsh interface portproxy set v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 connectaddress={{p.guest}}" },
      "dojo check",
    } },
  },
}
