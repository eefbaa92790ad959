-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router --- windows === wsl   /etc/resolv.conf -> a file that does not exist
--                                               10.255.255.254, the DNS tunnel: answers
--
-- /etc/resolv.conf is a symbolic link, and what it leads to was never made: a tool's that is not running, or WSL's own that was told off.
-- Without the file the C library asks 127.0.0.1, where nobody listens: every name fails at once, none hangs.
-- `ls` shows the file, `cat` says that there is none. Addresses, and servers that are asked by their address, are well.
-- /etc/wsl.conf has generateResolvConf = false, so WSL does not make it anew at its next start either.
-- A file in the link's place mends it, the link's target made by hand too, and so does WSL with the setting taken out.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.

local own_conf = "[boot]\nsystemd=false\n\n[network]\ngenerateResolvConf = false\n"

-- Where it leads: what resolvconf or systemd-resolved would keep, or WSL's own.
local targets = { "../run/resolvconf/resolv.conf", "../run/systemd/resolve/resolv.conf", "/mnt/wsl/resolv.conf" }

return scenario {
  api = 1,
  id = "dns-resolvconf-dangling-symlink",
  layer = "L2.5",
  mode = "nat",
  level = 2,
  chapter = 6,
  minutes = 8,
  tags = { "dns", "resolv.conf", "wsl.conf" },
  title = {
    en = "ls says yes, cat says no",
    ja = "ls は「ある」、cat は「ない」",
  },
  ticket = {
    en = "I moved my WSL to the new laptop with export and import. It starts, all my projects are there, but no name is known to it: ping github.com "
      .. "says \"Temporary failure in name resolution\" right away, apt and curl the like. It doesn't even take a second to think. ping 8.8.8.8 "
      .. "works! On the old laptop I had fiddled with the DNS settings a year ago, and it ran well until the last day. What did not come along?",
    ja = "WSL を export と import で新しいノートPCに移しました。起動もして、プロジェクトも全部あります。ところが名前がひとつも引けません。"
      .. "ping github.com は即座に「Temporary failure in name resolution」、apt も curl も同じで、1 秒も考えてくれません。ping 8.8.8.8 は"
      .. "通ります。前の PC では 1 年ほど前に DNS の設定をいじりましたが、最後の日までちゃんと動いていました。何が引っ越せなかったのでしょうか。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make names resolve in WSL.", ja = "WSL で名前解決ができるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#11036", "microsoft/WSL#11928", "microsoft/WSL#6136", "microsoft/WSL#4383" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    return { target = seed:pick(targets) }
  end,

  topology = function()
    return wsl2.nat {}
  end,

  fault = function(lab, p)
    local wsl = lab:node("wsl")
    wsl:file("/etc/wsl.conf", own_conf)
    wsl:file("/mnt/wsl/resolv.conf", { remove = true })
    wsl:file("/etc/resolv.conf", { symlink = p.target })
  end,

  symptoms = {
    probe.lookup { name = "google-resolves", node = "wsl", host = "google.com", timeout = 0.3 },
    probe.lookup { name = "github-resolves", node = "wsl", host = "github.com", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.resolve { name = "public-server-answers", node = "wsl", host = "github.com", server = "8.8.8.8" },
    probe.lookup { name = "windows-resolves", node = "windows", host = "google.com", timeout = 2.0 },
  },
  -- The last name exists in this learner's lab alone: lines in /etc/hosts for the well-known ones do not help.
  fixed = {
    probe.lookup { name = "google-mended", node = "wsl", timeout = 2.0, host = "google.com", expect = function(r, p)
      return r.ok and r.addresses and table.concat(r.addresses, " "):find(p.google, 1, true) ~= nil
    end },
    probe.lookup { name = "other-name-mended", node = "wsl", timeout = 2.0, host = "{{p.site}}",
      title = { en = "any other name resolves on wsl", ja = "ほかの名前も wsl で解決できる" } },
  },
  truth = { { layer = "L2.5", cause = "resolvconf-dangling", at = "wsl" } },
  pass = 70,

  steps = {
    step.public_pinged { points = 5 },
    step.name_looked_up { points = 5 },
    step.file_seen { points = 12, path = "/etc/resolv.conf", title = { en = "Looked at /etc/resolv.conf", ja = "/etc/resolv.conf を確認した" } },
    step.looked_first { points = 8, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer" } },
    step.care { points = 10, allow = { "file:/etc/resolv.conf", "file:/mnt/wsl/resolv.conf", "file:/etc/wsl.conf",
      "windows:wsl.shutdown" } },
  },

  hints = {
    { en = "It fails at once: nobody was waited for. Whom does WSL ask for names, and where does it have that from?",
      ja = "すぐに失敗するのは、誰の返事も待っていないからです。WSL は名前を誰に聞くのか、それをどこで知るのでしょう。" },
    { en = "`cat /etc/resolv.conf` and `ls -l /etc/resolv.conf` seem to contradict each other. Follow the arrow.",
      ja = "`cat /etc/resolv.conf` と `ls -l /etc/resolv.conf` は矛盾して見えます。矢印の先をたどりましょう。" },
    { en = "/etc/resolv.conf leads to {{p.target}}, which does not exist. Remove the link and write a file with a nameserver line.",
      ja = "/etc/resolv.conf のリンク先 {{p.target}} は存在しません。リンクを消し、nameserver の行を書いたファイルを置きましょう。" },
  },
  look_alike = { "host-dns-proxy-dead", "dns-tunnel-dead", "resolvconf-overwritten", "wrong-nameserver" },

  solution = {
    "ping -c 1 8.8.8.8",
    "getent hosts google.com",
    "cat /etc/resolv.conf",
    "ls -l /etc/resolv.conf",
    "dojo diagnose L2.5 resolvconf-dangling",
    "sudo rm /etc/resolv.conf",
    "echo nameserver 10.255.255.254 | sudo tee /etc/resolv.conf",
    "getent hosts google.com",
  },
  alternatives = {
    -- What the link leads to, made by hand.
    {
      "ping -c1 -W0.3 1.1.1.1",
      "getent ahosts github.com",
      "readlink /etc/resolv.conf",
      "cat /etc/wsl.conf",
      "dojo diagnose 2.5 resolvconf-dangling",
      "sudo mkdir -p $(dirname $(readlink -m /etc/resolv.conf))",
      "echo nameserver 8.8.8.8 | sudo tee $(readlink -m /etc/resolv.conf)",
      "getent hosts github.com",
    },
    -- WSL makes it again, from its next start on.
    {
      "ping -c 1 8.8.8.8",
      "getent hosts {{p.site}}",
      "stat /etc/resolv.conf",
      "dojo diagnose L2.5 resolvconf-dangling",
      "sudo sed -i '/generateResolvConf/d' /etc/wsl.conf",
      { windows = "wsl --shutdown" },
      { windows = "wsl getent hosts {{p.site}}" },
    },
    -- From Windows' prompt alone, with the home router's server.
    {
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "wsl getent hosts google.com" },
      { windows = "wsl ls -l /etc/resolv.conf" },
      { windows = "wsl dojo diagnose L2.5 resolvconf-dangling" },
      { windows = "wsl -u root rm /etc/resolv.conf" },
      { windows = "wsl -u root bash -c \"echo nameserver {{p.router}} > /etc/resolv.conf\"" },
      { windows = "wsl getent hosts google.com" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 host-dns-proxy-dead", "dojo diagnose L2.5 dns-tunnel-dead", "dojo diagnose L2.5 wrong-nameserver",
      "dojo diagnose L3 guest-filter", "dojo diagnose L2.5 resolvconf-dangling",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      "sudo rm /etc/resolv.conf", "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf", "getent hosts google.com",
    } },
    -- The setting is off and the link is not WSL's own: it starts as it was. Where it is WSL's own, it is gone, and that is all.
    { name = "WSL restarted", at_most = 55, commands = {
      "ping -c1 8.8.8.8", "getent hosts google.com", "ls -l /etc/resolv.conf", "dojo diagnose L2.5 resolvconf-dangling",
      { windows = "wsl --shutdown" }, { windows = "wsl getent hosts google.com" },
    } },
    { name = "names faked in /etc/hosts", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 resolvconf-dangling",
      "printf '{{p.google}} google.com\\n{{p.github}} github.com\\n' | sudo tee -a /etc/hosts", "getent hosts google.com",
    } },
    { name = "wrong layer: the route thrown away and set again", at_most = 40, commands = {
      "ping -c1 8.8.8.8", "getent hosts google.com", "sudo ip route del default",
      "sudo ip route add default via {{p.gateway}} dev eth0", "dojo diagnose L2 no-default-route",
    } },
  },
}
