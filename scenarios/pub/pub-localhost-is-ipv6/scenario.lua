-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   windows [::1]:8025 ====relay====> wsl [::1]:8025 or [::]:8025
--           127.0.0.1:8025  X         a mail catcher's web page
--
-- WSL's relay makes of every listening socket in WSL one on Windows' localhost, of the same family. The server's is IPv6's,
-- so on Windows [::1]:8025 is there and 127.0.0.1:8025 is not. A browser that asks for localhost tries ::1 first and is content;
-- a program that is given 127.0.0.1 is refused.
-- The server has to listen on IPv4 (0.0.0.0 or 127.0.0.1). A port proxy from 127.0.0.1 to ::1 helps as well.

-- Pinned: IPv4 forwarding on windows and router, ICS (wsl2.nat); DNS tunnelling, WSL's default.
local titles = { "Caught mail", "Mail drawer", "Test post box" }

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

local proxy = { type = "v4tov6", listenaddress = "127.0.0.1", listenport = 8025, connectaddress = "::1", connectport = 8025 }

-- The page, as Windows showed it at 127.0.0.1 after the last change; or `dojo check`, which asks from there.
local function tried_by_number(ev)
  if not ev:mended() then return false, {} end
  local last = ev:changes()[#ev:changes()]
  local seqs = ev:tried_since("windows")
  for _, seq in ipairs(ev:output("any", function(out, e)
    return (not last or e.seq > last.seq) and (e.text or ""):find("127.0.0.1", 1, true) and (e.node == "windows" or e.text:find("%.exe"))
      and out:find(ev.p.page, 1, true)
  end)) do seqs[#seqs + 1] = seq end
  return #seqs > 0, seqs
end

return scenario {
  api = 1,
  id = "pub-localhost-is-ipv6",
  layer = "L5",
  mode = "nat",
  level = 3,
  chapter = 8,
  minutes = 12,
  tags = { "localhost", "ipv6", "listening", "windows" },
  title = {
    en = "localhost yes, 127.0.0.1 no",
    ja = "localhost なら開く、127.0.0.1 だと開かない",
  },
  ticket = {
    en = "I thought localhost and 127.0.0.1 are the same thing! My mail catcher runs in WSL (/opt/app, it starts with WSL, settings in /etc/app.conf). In the "
      .. "browser on Windows http://localhost:8025 shows the mails. Our Windows test tool only takes a number, so it has 127.0.0.1 port 8025, and gets "
      .. "\"connection refused\", at once, every time. I typed http://127.0.0.1:8025 into the browser: refused as well. One and the same machine!",
    ja = "localhost と 127.0.0.1 は同じものだと思っていました。メールを受け取る開発用のサーバーを WSL で動かしています（/opt/app、WSL と一緒に起動、設定は "
      .. "/etc/app.conf）。Windows のブラウザーで http://localhost:8025 を開くとメールが見えます。ところが Windows のテストツールは数字しか受け付けないので、"
      .. "127.0.0.1 のポート 8025 と設定すると、毎回すぐに「接続が拒否されました」となります。ブラウザーで http://127.0.0.1:8025 と打っても拒否されます。"
      .. "同じ PC なのに。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let Windows' programs open http://127.0.0.1:8025.", ja = "Windows のプログラムから http://127.0.0.1:8025 を開けるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#5978", "microsoft/WSL#10665", "microsoft/WSL#4851", "microsoft/WSL#7641", "microsoft/WSL#10803", "microsoft/WSL#5439" },
  requires = { tools = { "ip", "python3" } },

  params = function(seed) return { page = seed:pick(titles), host = seed:pick({ "::1", "::" }) } end,

  -- Healthy: a port proxy makes up for the family.
  topology = function(p)
    return wsl2.nat {
      windows = { nat = "ics", portproxy = { proxy } },
      wsl = { files = {
        { path = "/opt/app/serve.py", content = program, mode = 493 },
        { path = "/etc/app.conf", content = "# where the server listens\nHOST=" .. p.host .. "\nPORT=8025\n" },
        { path = "/opt/app/index.html", content = "<!doctype html><title>" .. p.page .. "</title><h1>" .. p.page .. "</h1>\n" },
      } },
      services = {
        { name = "app", node = "wsl", kind = "program", config = { argv = { "python3", "/opt/app/serve.py" }, user = "learner",
          cwd = "/opt/app", ready = { tcp = 8025 } } },
        { name = "backup", node = "windows", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = 9090 } },
          config = { default = "backup", sites = { backup = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>Backup</title>\n" } } } } },
      },
    }
  end,

  fault = function(lab)
    lab:windows("portproxy.delete", { type = "v4tov6", listenaddress = "127.0.0.1", listenport = 8025 })
  end,

  symptoms = {
    probe.http { name = "windows-opens-by-number", node = "windows", url = "http://127.0.0.1:8025/", timeout = 0.3 },
  },
  controls = {
    probe.http { name = "windows-own-server", node = "windows", url = "http://127.0.0.1:9090/" },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
  },
  fixed = {
    -- Time for the relay, which looks once a second for what listens in WSL: nothing may have been changed that tells it sooner.
    probe.http { name = "windows-opens-by-number-mended", node = "windows", url = "http://127.0.0.1:8025/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
  },
  truth = { { layer = "L5", cause = "localhost-ipv6", at = "wsl" } },
  pass = 70,

  steps = {
    step.listening_seen { points = 9, port = 8025 },
    step.listening_seen { points = 9, id = "windows-listening-seen", node = "windows", port = 8025,
      title = { en = "Checked what listens on Windows", ja = "Windows の待ち受けを確認した" } },
    step.looked_first { points = 6, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 36 },
    step.custom { points = 10, id = "tried-by-number", group = "verify", test = tried_by_number,
      title = { en = "Tried 127.0.0.1 on Windows after mending", ja = "直した後に Windows の 127.0.0.1 を試した" } },
    step.care { points = 10, allow = { "windows:portproxy", "windows:wsl.shutdown", "windows:wsl.terminate", "file:/etc/app.conf" } },
  },

  hints = {
    { en = "localhost is a name, and it has two addresses. Which of them does anybody listen on?",
      ja = "localhost は名前で、アドレスが二つあります。待ち受けがあるのはどちらでしょう。" },
    { en = "Windows' `netstat -ano | findstr :8025` shows [::1] and no 127.0.0.1. The relay follows the server: look at `ss -lnt` in WSL.",
      ja = "Windows の `netstat -ano | findstr :8025` に出るのは [::1] で、127.0.0.1 がありません。中継はサーバーに合わせます。WSL の `ss -lnt` を見ましょう。" },
    { en = "The server listens on {{p.host}}, IPv6's. HOST=0.0.0.0 (or 127.0.0.1) in /etc/app.conf and a new start mend it.",
      ja = "サーバーは IPv6 の {{p.host}} で待ち受けています。/etc/app.conf を HOST=0.0.0.0（または 127.0.0.1）にして起動し直しましょう。" },
  },
  look_alike = { "localhost-relay-off", "app-on-loopback", "nothing-listens", "ipv6-first" },

  solution = {
    { windows = "netstat -ano | findstr :8025" },
    "ss -lnt",
    "dojo diagnose L5 localhost-ipv6",
    "sudo sed -i 's/^HOST=.*/HOST=0.0.0.0/' /etc/app.conf",
    { windows = "wsl --shutdown" },
    { windows = "wsl hostname -I" },
    "dojo check",
  },
  alternatives = {
    -- The server alone is started anew, for IPv4's localhost.
    {
      "ss -lntp",
      "netstat.exe -ano | grep 8025",
      "sudo sed -i 's/^HOST=.*/HOST=127.0.0.1/' /etc/app.conf",
      "pkill -f serve.py; setsid -f python3 /opt/app/serve.py >/dev/null 2>&1",
      "dojo diagnose 5 localhost-ipv6",
      "timeout 9 bash -c 'until curl.exe -s -m 1 http://127.0.0.1:8025/; do sleep 0.1; done'",
    },
    -- On Windows alone: IPv4's localhost is passed on to IPv6's.
    {
      { windows = "Get-NetTCPConnection -State Listen" },
      { windows = "wsl ss -lnt" },
      "dojo diagnose L5 localhost-ipv6",
      { windows = "netsh interface portproxy add v4tov6 listenaddress=127.0.0.1 listenport=8025 connectaddress=::1 connectport=8025" },
      { windows = "curl.exe -s -m 3 http://127.0.0.1:8025/" },
    },
    -- Past the relay: to the server's new place at WSL's own address.
    {
      "netstat.exe -ano",
      "ss -lnt",
      "dojo diagnose L5 localhost-ipv6",
      "sudo sed -i 's/^HOST=.*/HOST={{p.guest}}/' /etc/app.conf",
      "pkill -f serve.py; setsid -f python3 /opt/app/serve.py >/dev/null 2>&1",
      "netsh.exe interface portproxy add v4tov4 listenaddress=127.0.0.1 listenport=8025 connectaddress={{p.guest}} connectport=8025",
      "timeout 9 bash -c 'until curl.exe -s -m 1 http://127.0.0.1:8025/; do sleep 0.1; done'",
      "dojo check",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L5 localhost-relay-off", "dojo diagnose L5 nothing-listens", "dojo diagnose L5 app-on-loopback",
      "dojo diagnose L2 ipv6-first", "dojo diagnose L5 localhost-ipv6",
    } },
    { name = "the setting changed, the server not started anew", at_most = 44, commands = {
      "ss -lnt", { windows = "netstat -ano" }, "dojo diagnose L5 localhost-ipv6",
      "sudo sed -i 's/^HOST=.*/HOST=0.0.0.0/' /etc/app.conf", "dojo check",
    } },
    { name = "only restarted", at_most = 44, commands = {
      "ss -lnt", { windows = "netstat -ano" }, "dojo diagnose L5 localhost-ipv6", { windows = "wsl --shutdown" }, "dojo check",
    } },
    { name = "wrong layer: the firewall opened", at_most = 30, commands = {
      "ss -lnt", { windows = "netstat -ano" }, "dojo diagnose L3 host-firewall-blocks-guest",
      { windows = "New-NetFirewallRule -DisplayName mail -Direction Inbound -Protocol TCP -LocalPort 8025 -Action Allow" }, "dojo check",
    } },
    { name = "mended without looking or a diagnosis", at_most = 56, commands = {
      { windows = "netsh interface portproxy add v4tov6 listenaddress=127.0.0.1 listenport=8025 connectaddress=::1 connectport=8025" }, "dojo check",
    } },
  },
}
