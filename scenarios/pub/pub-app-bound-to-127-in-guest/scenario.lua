-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   phone -----> windows 0.0.0.0:4200 ===portproxy===>  X  172.x.x.x:4200
--   home LAN     let in, listening                         wsl: the server is on 127.0.0.1:4200
--
-- The port proxy on Windows leads to WSL's address, as the guides have it, and Windows Firewall lets the port in.
-- The server in WSL listens on 127.0.0.1 only, as development servers do: at WSL's own address the connection is refused.
-- Windows accepts the phone, finds nobody to pass it on to, and resets it some seconds later. localhost on Windows works, by WSL's relay.
-- The server has to listen on 0.0.0.0, or the proxy has to lead to 127.0.0.1, where the relay is.

-- Pinned: IPv4 forwarding on windows and router, ICS (wsl2.nat); DNS tunnelling, WSL's default.
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }

-- The server, as somebody writes one in an afternoon: where it listens is said in a file.
local program = [[
#!/usr/bin/env python3
import socket, threading

with open("/etc/app.conf") as f:
    settings = dict(line.strip().split("=", 1) for line in f if "=" in line and not line.startswith("#"))
with open("/opt/app/index.html", "rb") as f:
    page = f.read()
host, port = settings.get("HOST", "localhost"), int(settings["PORT"])
server = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=64, dualstack_ipv6=host == "::")


def answer(connection):
    try:
        connection.settimeout(5)
        if connection.recv(4096):
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page)
        connection.close()
    except OSError:
        pass


while True:
    threading.Thread(target=answer, args=server.accept()[:1], daemon=True).start()
]]

local settings = "# where the server listens\nHOST=127.0.0.1\nPORT=4200\n"

local function proxy(address)
  return { type = "v4tov4", listenaddress = "0.0.0.0", listenport = 4200, connectaddress = address, connectport = 4200 }
end

return scenario {
  api = 1,
  id = "pub-app-bound-to-127-in-guest",
  layer = "L5",
  mode = "nat",
  level = 2,
  chapter = 8,
  minutes = 12,
  tags = { "publishing", "portproxy", "listening" },
  title = {
    en = "It runs, and yet it resets",
    ja = "動いているのにリセットされる",
  },
  ticket = {
    en = "I want to see my web app on the phone while I work on it. It runs in WSL from /opt/app (it starts with WSL, settings in /etc/app.conf), and "
      .. "http://localhost:4200 opens in the browser of this PC. "
      .. "I told Windows to pass 4200 on to WSL's address, {{p.guest}}, and made the firewall rule. On the "
      .. "phone http://{{p.windows}}:4200 connects, waits a while, and then the connection is reset. The very same steps worked at a "
      .. "friend's with nginx. What is wrong with mine?",
    ja = "作っている Web アプリを、作業しながらスマホで確かめたいのです。アプリは WSL の /opt/app で動いていて（WSL と一緒に起動、設定は /etc/app.conf）、この PC の"
      .. "ブラウザーでは http://localhost:4200 が開きます。Windows が 4200 を WSL のアドレス {{p.guest}} に渡すように設定し、ファイアウォールの規則も作りました。"
      .. "ところがスマホで http://{{p.windows}}:4200 を開くと、つながってしばらく待ち、接続がリセットされます。友人の nginx では、まったく同じ手順で"
      .. "うまくいきました。私のは何が違うのでしょう。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let the phone open http://{{p.windows}}:4200.", ja = "スマホから http://{{p.windows}}:4200 を開けるようにする。" },
    { en = "Prove that it works; `dojo check` tries it from the phone.", ja = "直ったことを確かめる。`dojo check` はスマホから試す。" },
  },
  sources = { "microsoft/WSL#4353", "microsoft/WSL#4636", "microsoft/WSL#6882", "microsoft/WSL#4885" },
  requires = { tools = { "ip", "python3" } },

  params = function(seed) return { page = seed:pick(titles) } end,

  -- Healthy: the proxy leads to the relay, so the same server is seen.
  topology = function(p)
    return wsl2.nat {
      windows = {
        nat = "ics", portproxy = { proxy("127.0.0.1") },
        firewall = { rules = { { Name = "web-4200", DisplayName = "Web app of WSL", Direction = "Inbound", Action = "Allow",
          Protocol = "TCP", LocalPort = { "4200" } } } },
      },
      wsl = { files = {
        { path = "/opt/app/serve.py", content = program, mode = 493 },
        { path = "/etc/app.conf", content = settings },
        { path = "/opt/app/index.html", content = "<!doctype html><title>" .. p.page .. "</title><h1>" .. p.page .. "</h1>\n" },
      } },
      services = {
        { name = "app", node = "wsl", kind = "program", config = { argv = { "python3", "/opt/app/serve.py" }, user = "learner",
          cwd = "/opt/app", ready = { tcp = 4200 } } },
      },
    }
  end,

  fault = function(lab, p)
    lab:windows("portproxy.set", proxy(p.guest))
  end,

  symptoms = {
    probe.http { name = "phone-opens-page", node = "phone", url = "http://{{p.windows}}:4200/", timeout = 0.3 },
  },
  controls = {
    probe.http { name = "windows-opens-localhost", node = "windows", url = "http://127.0.0.1:4200/", timeout = 2.0 },
    probe.connect { name = "windows-accepts", node = "phone", address = "{{p.windows}}", port = 4200,
      title = { en = "Windows accepts the phone's connection", ja = "Windows がスマホの接続を受け入れる" } },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
  },
  fixed = {
    probe.http { name = "phone-opens-page-mended", node = "phone", url = "http://{{p.windows}}:4200/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
  },
  truth = { { layer = "L5", cause = "app-on-loopback", at = "wsl" } },
  pass = 70,

  steps = {
    step.listening_seen { points = 10, port = 4200 },
    step.portproxy_seen { points = 8, connect = "{{p.guest}}", port = 4200 },
    step.looked_first { points = 6, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 34 },
    step.published { points = 12, port = 4200 },
    step.care { points = 10, allow = { "windows:portproxy.add", "windows:portproxy.set", "windows:portproxy.delete", "windows:wsl.shutdown",
      "windows:wsl.terminate", "file:/etc/app.conf" } },
  },

  hints = {
    { en = "Windows lets the phone in and passes it on to {{p.guest}}:4200. Does anybody answer there? Try that very address.",
      ja = "Windows はスマホを受け入れて {{p.guest}}:4200 に渡しています。そこで誰か答えるでしょうか。そのアドレスそのものを試しましょう。" },
    { en = "`ss -lnt` in WSL: read the local address of port 4200, not just the port.",
      ja = "WSL で `ss -lnt` を実行し、ポート 4200 の番号だけでなく、待ち受けているアドレスを読みましょう。" },
    { en = "The server listens on 127.0.0.1 alone. HOST=0.0.0.0 in /etc/app.conf and a new start mend it; so does a port proxy that leads to 127.0.0.1.",
      ja = "サーバーは 127.0.0.1 だけで待ち受けています。/etc/app.conf を HOST=0.0.0.0 にして起動し直すか、ポートプロキシの渡し先を 127.0.0.1 にしましょう。" },
  },
  look_alike = { "portproxy-stale", "portproxy-no-rule", "nothing-listens", "guest-filter" },

  solution = {
    { windows = "netsh interface portproxy show all" },
    "ss -lnt",
    "dojo diagnose L5 app-on-loopback",
    "sudo sed -i 's/^HOST=.*/HOST=0.0.0.0/' /etc/app.conf",
    "pkill -f serve.py; setsid -f python3 /opt/app/serve.py >/dev/null 2>&1; "
      .. "timeout 5 bash -c 'until : </dev/tcp/{{p.guest}}/4200; do sleep 0.05; done' 2>/dev/null",
    "dojo check",
  },
  alternatives = {
    -- The app starts with WSL, so a new start of WSL is one of the app's.
    {
      "ss -lntp",
      { windows = "netsh interface portproxy show v4tov4" },
      "sudo sed -i 's/127.0.0.1/0.0.0.0/' /etc/app.conf",
      "dojo diagnose 5 app-on-loopback",
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "dojo check",
    },
    -- By way of WSL's own relay: the server stays as it is.
    {
      "ss -lnt",
      { windows = "netsh interface portproxy show all" },
      "dojo diagnose L5 app-on-loopback",
      { windows = "netsh interface portproxy set v4tov4 listenport=4200 listenaddress=0.0.0.0 connectport=4200 connectaddress=127.0.0.1" },
      "dojo check",
    },
    -- A second server of the same page, on WSL's own address; the first stays where it is.
    {
      "netsh.exe interface portproxy show all",
      "ss -lnt",
      "dojo diagnose L5 app-on-loopback",
      "setsid -f python3 -m http.server 4200 --bind {{p.guest}} --directory /opt/app >/dev/null 2>&1; "
        .. "timeout 9 bash -c 'until : </dev/tcp/{{p.guest}}/4200; do sleep 0.05; done' 2>/dev/null",
      "dojo check",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L5 portproxy-stale", "dojo diagnose L5 nothing-listens", "dojo diagnose L5 portproxy-no-rule",
      "dojo diagnose L3 guest-filter", "dojo diagnose L5 app-on-loopback",
    } },
    { name = "the setting changed, the server not started anew", at_most = 44, commands = {
      "ss -lnt", { windows = "netsh interface portproxy show all" }, "dojo diagnose L5 app-on-loopback",
      "sudo sed -i 's/^HOST=.*/HOST=0.0.0.0/' /etc/app.conf", "dojo check",
    } },
    { name = "only restarted", at_most = 44, commands = {
      "ss -lnt", { windows = "netsh interface portproxy show all" }, "dojo diagnose L5 app-on-loopback", { windows = "wsl --shutdown" }, "dojo check",
    } },
    { name = "the whole firewall switched off", at_most = 44, commands = {
      "ss -lnt", { windows = "netsh interface portproxy show all" }, "dojo diagnose L5 app-on-loopback",
      { windows = "Set-NetFirewallProfile -Profile Domain,Private,Public -Enabled False" }, "dojo check",
    } },
    { name = "mended without looking or a diagnosis", at_most = 56, commands = {
      { windows = "netsh interface portproxy set v4tov4 listenport=4200 listenaddress=0.0.0.0 connectport=4200 connectaddress=127.0.0.1" }, "dojo check",
    } },
  },
}
