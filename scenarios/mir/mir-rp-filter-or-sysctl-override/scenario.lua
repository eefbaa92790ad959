-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   windows 127.0.0.1 ===== loopback0 --X--> wsl   dst 127.0.0.1, from a wire: martian
--   wsl     127.0.0.1 --X-- loopback0 =====> windows
--   /etc/sysctl.d/NN-NAME.conf: net.ipv4.conf.loopback0.route_localnet = 0
--
-- Mirrored mode shares 127.0.0.1 by way of an interface, loopback0. Linux takes such packets from a wire only with route_localnet=1, which WSL
-- sets when it starts. A hardening script wrote 0 for every interface into sysctl.d, together with rp_filter=1 and more, and applied it.
-- What comes in by loopback0 for 127.0.0.1 is dropped as a martian without a word; LAN and internet go on working.
-- rp_filter is the line one suspects and is not at fault: nothing is counted there (nstat: TcpExtIPReversePathFilter).
-- The live value has to be set back, and the line has to go from the file, or it comes back with the next `sysctl --system`.

-- Pinned: mirrored mode (wsl2.mirrored). No systemd in WSL, so at a start of WSL nobody applies sysctl.d.
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }
local names = { "60-hardening", "90-baseline", "99-lockdown", "98-cis" }

local function path(p) return "/etc/sysctl.d/" .. p.file .. ".conf" end

-- An interface a line, as a script's loop writes it.
local function text(p)
  local out = { "# " .. p.file:match("%a+") .. ": applied by harden.sh\n" }
  local function line(name, value) out[#out + 1] = ("net.ipv4.conf.%s = %d\n"):format(name, value) end
  line("all.send_redirects", 0)
  line("all.accept_redirects", 0)
  for _, dev in ipairs({ "all", "eth0", "loopback0" }) do line(dev .. ".rp_filter", 1) end
  for _, dev in ipairs({ "all", "eth0", "loopback0" }) do line(dev .. ".route_localnet", 0) end
  line("all.log_martians", 0)
  return table.concat(out)
end

local function page(name, node, port, title)
  return { name = name, node = node, kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = port } },
    config = { default = name, sites = { [name] = { ["/"] = {
      status = 200, type = "text/html", body = "<!doctype html><title>" .. title .. "</title><h1>" .. title .. "</h1>\n" } } } } }
end

local key = "net.ipv4.conf.loopback0.route_localnet"
local set_back = "sudo sysctl -w net.ipv4.conf.loopback0.route_localnet=1 net.ipv4.conf.eth0.route_localnet=1"

return scenario {
  api = 1,
  id = "mir-rp-filter-or-sysctl-override",
  layer = "L3",
  mode = "mirrored",
  level = 4,
  chapter = 8,
  minutes = 15,
  tags = { "mirrored", "sysctl", "localhost", "loopback0" },
  title = {
    en = "Hardened, and localhost went quiet",
    ja = "堅牢化したら localhost が黙った",
  },
  ticket = {
    en = "We have to harden our Linux machines, so I ran the script of our security people in WSL too. Since then "
      .. "http://localhost:{{p.port}} on Windows shows nothing of my page in WSL, it just hangs. The other way round as well: a server on "
      .. "Windows, port {{p.windows_port}}, can't be had from WSL at "
      .. "127.0.0.1, and even WSL does not get its own page at 127.0.0.1. But everything else is fine: internet, names, the printer. The script "
      .. "says it only turns on what every guide recommends, redirects off and so on. That part has to stay on, please. It told me that it "
      .. "puts its lines under /etc/sysctl.d.",
    ja = "Linux を堅牢化する決まりがあり、セキュリティ担当のスクリプトを WSL でも実行しました。それ以来、Windows で http://localhost:{{p.port}} を開いても"
      .. "WSL のページが出ず、止まったままです。逆もだめで、Windows のポート {{p.windows_port}} のサーバーに WSL の 127.0.0.1 から届きません。WSL 自身の"
      .. "ページも WSL の 127.0.0.1 では開きません。ほかは全部正常です。インターネットも名前解決もプリンターも。スクリプトはリダイレクトを無効にするなど、"
      .. "どのガイドも勧めることしかしないはずです。その部分は残してください。設定は /etc/sysctl.d の下に書くと言っていました。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make 127.0.0.1 work again in both directions, so that the next `sysctl --system` does not break it again; ICMP redirects stay refused.",
      ja = "127.0.0.1 が双方向で再び使えるようにし、次の `sysctl --system` でまた壊れないようにする。ICMP リダイレクトの拒否は残す。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#14063" },
  requires = { tools = { "ip", "ping", "curl", "sysctl" } },

  params = function(seed)
    return { page = seed:pick(titles), file = seed:pick(names), port = seed:pick({ 3000, 5173, 8000, 8123 }),
      windows_port = seed:pick({ 4000, 5432, 6000, 9090 }) }
  end,

  topology = function(p)
    return wsl2.mirrored { services = { page("page", "wsl", p.port, p.page), page("own", "windows", p.windows_port, "Windows") } }
  end,

  fault = function(lab, p)
    local wsl = lab:node("wsl")
    wsl:file(path(p), text(p))
    wsl:sysctl("net.ipv4.conf.all.accept_redirects", 0)
    for _, dev in ipairs({ "all", "eth0", "loopback0" }) do
      wsl:sysctl("net.ipv4.conf." .. dev .. ".rp_filter", 1)
      wsl:sysctl("net.ipv4.conf." .. dev .. ".route_localnet", 0)
    end
  end,

  symptoms = {
    probe.http { name = "windows-opens-localhost", node = "windows", url = "http://127.0.0.1:{{p.port}}/", timeout = 0.3 },
    probe.connect { name = "wsl-reaches-windows", node = "wsl", address = "127.0.0.1", port = function(p) return p.windows_port end, timeout = 0.3 },
  },
  controls = {
    probe.http { name = "windows-serves", node = "windows", url = "http://127.0.0.1:{{p.windows_port}}/", timeout = 2.0 },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.connect { name = "web-connect", node = "wsl", address = "{{p.github}}", port = 443, timeout = 2.0 },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com", timeout = 2.0 },
  },
  fixed = {
    probe.http { name = "windows-opens-mended", node = "windows", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
    probe.connect { name = "wsl-reaches-windows-mended", node = "wsl", address = "127.0.0.1", timeout = 2.0,
      port = function(p) return p.windows_port end },
    probe.http { name = "wsl-opens-own-page", node = "wsl", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0 },
    probe.run { name = "not-set-again", node = "wsl", argv = { "sh", "-c", "cat /etc/sysctl.d/*.conf 2>/dev/null; true" }, timeout = 2.0,
      title = { en = "no file sets route_localnet to 0 again", ja = "route_localnet を再び 0 にするファイルがない" },
      expect = function(r)
        for line in (r.stdout or ""):gmatch("[^\n]+") do
          if line:find("^%s*%-?%s*net[./]ipv4[./]conf[./]loopback0[./]route_localnet%s*=%s*0") then return false end
        end
        return type(r.stdout) == "string"
      end },
  },
  truth = { { layer = "L3", cause = "sysctl-override", at = "wsl" } },
  pass = 70,

  steps = {
    step.gateway_seen { points = 4 },
    step.listening_seen { points = 4 },
    step.file_seen { points = 6, path = "/etc/sysctl.d/{{p.file}}.conf" },
    step.sysctl_seen { points = 8, key = key },
    step.looked_first { points = 6, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 32 },
    step.verified { points = 10, by = { "syn-ack" } },
    step.care { points = 10, allow = { "file:/etc/sysctl.d/60-hardening.conf", "file:/etc/sysctl.d/90-baseline.conf", "file:/etc/sysctl.d/99-lockdown.conf",
      "file:/etc/sysctl.d/98-cis.conf", "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "127.0.0.1 is dead in both directions, everything by eth0 is fine. By which interface does mirrored mode carry 127.0.0.1? `ip "
      .. "route show table 127`.",
      ja = "127.0.0.1 は双方向とも届かず、eth0 を通るものは正常です。ミラーモードで 127.0.0.1 を運ぶのはどのインターフェースでしょう。"
        .. "`ip route show table 127` で分かります。" },
    { en = "Packets for 127.0.0.1 come in by loopback0, and the kernel must be willing to take them there. Compare the file in /etc/sysctl.d with "
        .. "`sysctl -a | grep loopback0`. rp_filter would count what it drops: `nstat -az TcpExtIPReversePathFilter`.",
      ja = "127.0.0.1 宛ての通信は loopback0 から入るので、カーネルがそれを受け取る設定が必要です。/etc/sysctl.d のファイルと "
        .. "`sysctl -a | grep loopback0` を見比べましょう。rp_filter が落としたなら `nstat -az TcpExtIPReversePathFilter` が増えます。" },
    { en = "`net.ipv4.conf.loopback0.route_localnet` has to be 1. Take its line out of /etc/sysctl.d/{{p.file}}.conf and set it back, "
        .. "or restart WSL.",
      ja = "`net.ipv4.conf.loopback0.route_localnet` は 1 でなければなりません。/etc/sysctl.d/{{p.file}}.conf からその行を消し、"
        .. "値を元に戻すか、WSL を再起動しましょう。" },
  },
  look_alike = { "rp-filter", "guest-filter", "hyperv-firewall-inbound", "localhost-relay-off", "host-address-loopback" },

  solution = {
    "ip route show table all",
    "ss -lnt",
    "cat /etc/sysctl.d/{{p.file}}.conf",
    "sysctl net.ipv4.conf.loopback0.route_localnet net.ipv4.conf.eth0.route_localnet",
    "dojo diagnose L3 sysctl-override",
    "sudo sed -i /route_localnet/d /etc/sysctl.d/{{p.file}}.conf",
    set_back,
    "timeout 3 bash -c '</dev/tcp/127.0.0.1/{{p.windows_port}}' && echo open",
  },
  alternatives = {
    -- The values right in the file, and the file applied.
    {
      "ip r",
      "ss -lntp",
      "grep -n . /etc/sysctl.d/{{p.file}}.conf",
      "cat /proc/sys/net/ipv4/conf/loopback0/route_localnet",
      "dojo diagnose 3 sysctl-override",
      "sudo sed -i '/route_localnet/s/0$/1/' /etc/sysctl.d/{{p.file}}.conf",
      "sudo sysctl -p /etc/sysctl.d/{{p.file}}.conf",
      "curl -s -m 3 http://127.0.0.1:{{p.port}}/",
    },
    -- Only the file; a start of WSL sets all it needs.
    {
      { windows = "wsl ip route" },
      { windows = "wsl ss -lnt" },
      { windows = "wsl cat /etc/sysctl.d/{{p.file}}.conf" },
      { windows = "wsl sysctl net.ipv4.conf.loopback0.route_localnet" },
      { windows = "wsl dojo diagnose L3 sysctl-override" },
      "sudo sed -i /route_localnet/d /etc/sysctl.d/{{p.file}}.conf",
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "curl -s -m 3 http://127.0.0.1:{{p.windows_port}}/",
    },
    -- By way of /proc, with what is recommended kept in a file without the harmful half.
    {
      "ip -4 route",
      "ss -lnt",
      "cat /etc/sysctl.d/{{p.file}}.conf",
      "sysctl -a 2>/dev/null | grep route_localnet",
      "dojo diagnose L3 sysctl-override",
      "printf 'net.ipv4.conf.all.accept_redirects = 0\\nnet.ipv4.conf.all.send_redirects = 0\\n' | sudo tee /etc/sysctl.d/{{p.file}}.conf",
      "echo 1 | sudo tee /proc/sys/net/ipv4/conf/loopback0/route_localnet",
      "timeout 3 bash -c '</dev/tcp/127.0.0.1/{{p.port}}' && echo open",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L3 rp-filter", "dojo diagnose L3 guest-filter", "dojo diagnose L5 localhost-relay-off",
      "dojo diagnose L3 hyperv-firewall-inbound", "dojo diagnose L3 sysctl-override",
    } },
    { name = "rp_filter blamed and switched off", at_most = 35, commands = {
      "ip r", "ss -lnt", "cat /etc/sysctl.d/{{p.file}}.conf", "sysctl net.ipv4.conf.all.rp_filter", "dojo diagnose L3 rp-filter",
      "sudo sed -i /rp_filter/d /etc/sysctl.d/{{p.file}}.conf", "sudo sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.loopback0.rp_filter=0",
    } },
    { name = "set back for now, the file left", at_most = 50, commands = {
      "ip r", "ss -lnt", "cat /etc/sysctl.d/{{p.file}}.conf", "sysctl net.ipv4.conf.loopback0.route_localnet", "dojo diagnose L3 sysctl-override",
      set_back, "curl -s -m 3 http://127.0.0.1:{{p.port}}/",
    } },
    { name = "only restarted", at_most = 50, commands = {
      "ip r", "ss -lnt", "cat /etc/sysctl.d/{{p.file}}.conf", "sysctl net.ipv4.conf.loopback0.route_localnet", "dojo diagnose L3 sysctl-override",
      { windows = "wsl --shutdown" }, { windows = "wsl hostname -I" }, "curl -s -m 3 http://127.0.0.1:{{p.port}}/",
    } },
    { name = "the file gone, nothing set back", at_most = 50, commands = {
      "ip r", "ss -lnt", "cat /etc/sysctl.d/{{p.file}}.conf", "sysctl net.ipv4.conf.loopback0.route_localnet", "dojo diagnose L3 sysctl-override",
      "sudo rm /etc/sysctl.d/{{p.file}}.conf", "timeout 0.3 bash -c '</dev/tcp/127.0.0.1/{{p.port}}'",
    } },
    { name = "wrong layer: the Hyper-V firewall opened", at_most = 30, commands = {
      "ip r", "ss -lnt", "dojo diagnose L3 hyperv-firewall-inbound",
      { windows = "Set-NetFirewallHyperVVMSetting -Name '{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}' -DefaultInboundAction Allow" },
    } },
    { name = "mended without looking or a diagnosis", at_most = 58, commands = {
      "sudo sed -i /route_localnet/d /etc/sysctl.d/{{p.file}}.conf", set_back, "curl -s -m 3 http://127.0.0.1:{{p.port}}/",
    } },
  },
}
