-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 1.1.1.1, 8.8.8.8 --- router --- windows === wsl   resolv.conf: nameserver <of a VPN that is gone>
--   (nobody has the first)                                                  nameserver <a public one>
--
-- resolv.conf is the user's own and names two servers; the first was a VPN's, and nobody has its address any more.
-- Every look-up asks it first, waits 5 s (the C library's time-out) and only then asks the second, which answers at once.
-- So nothing fails and all is slow: 5 s a name, 10 s where a program looks up twice. Addresses are as quick as ever.
-- A question put to the second server itself is answered in milliseconds.
-- Without the dead server, with it behind the other, or with a short time-out names are quick again.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default, which the user's own resolv.conf goes past.

local own_conf = "[boot]\nsystemd=false\n\n[network]\ngenerateResolvConf = false\n"

-- Networks VPNs like to have; nobody here has them.
local vpns = { "10.8.0.%d", "10.20.0.%d", "10.91.7.%d", "100.100.100.%d" }

return scenario {
  api = 1,
  id = "dns-slow-first-nameserver-dead",
  layer = "L2.5",
  mode = "nat",
  level = 2,
  chapter = 6,
  minutes = 8,
  tags = { "dns", "resolv.conf", "vpn" },
  title = {
    en = "Everything works, five seconds later",
    ja = "全部動く、ただし 5 秒後に",
  },
  ticket = {
    en = "My WSL has become terribly slow on the net, but only at the beginning of things. git fetch sits there for about five seconds and "
      .. "then goes like lightning. curl the same, for every page again. apt update takes ages before it prints its first line. I have measured the "
      .. "line with a download and it is as fast as ever, and Windows is quick too. Our project with the other company ended last week, so I "
      .. "removed their VPN client, that is all I changed.",
    ja = "WSL のネットがひどく遅くなりました。ただし、何かを始めるときだけです。git fetch は 5 秒ほど止まってから一気に進みます。curl も同じで、"
      .. "ページごとに毎回です。apt update は最初の 1 行が出るまで長く待たされます。ダウンロードの速度を測ると前と変わらず速く、Windows も"
      .. "快適です。先週で他社との共同プロジェクトが終わったので、その会社の VPN クライアントを消しました。変えたのはそれだけです。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make names resolve quickly in WSL again.", ja = "WSL の名前解決をまた速くする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#3917", "microsoft/WSL#2724", "microsoft/WSL#6365", "tailscale/tailscale#2815" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    return { dead = seed:pick(vpns):format(seed:int(1, 60)), second = seed:pick({ "1.1.1.1", "8.8.8.8" }) }
  end,

  topology = function()
    return wsl2.nat {}
  end,

  fault = function(lab, p)
    local wsl = lab:node("wsl")
    wsl:file("/etc/wsl.conf", own_conf)
    wsl:file("/etc/resolv.conf", ("nameserver %s\nnameserver %s\n"):format(p.dead, p.second))
  end,

  symptoms = {
    probe.lookup { name = "google-resolves-quickly", node = "wsl", host = "google.com", timeout = 0.3,
      title = { en = "google.com resolves within 0.3 s on wsl", ja = "google.com を wsl で 0.3 秒以内に解決できる" } },
    probe.lookup { name = "other-name-resolves-quickly", node = "wsl", host = "{{p.site}}", timeout = 0.3,
      title = { en = "another name resolves within 0.3 s on wsl", ja = "ほかの名前も wsl で 0.3 秒以内に解決できる" } },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.resolve { name = "second-server-answers", node = "wsl", host = "github.com", server = "{{p.second}}" },
    probe.lookup { name = "windows-resolves", node = "windows", host = "google.com", timeout = 2.0 },
  },
  -- The last name exists in this learner's lab alone: lines in /etc/hosts for the well-known ones do not help.
  fixed = {
    probe.lookup { name = "google-mended", node = "wsl", timeout = 2.0, host = "google.com",
      title = { en = "google.com resolves without the wait on wsl", ja = "google.com を wsl で待たされずに解決できる" },
      expect = function(r, p) return r.ok and r.addresses and table.concat(r.addresses, " "):find(p.google, 1, true) ~= nil end },
    probe.lookup { name = "other-name-mended", node = "wsl", timeout = 2.0, host = "{{p.site}}",
      title = { en = "any other name resolves without the wait on wsl", ja = "ほかの名前も wsl で待たされずに解決できる" } },
  },
  truth = { { layer = "L2.5", cause = "first-nameserver-dead", at = "wsl" } },
  pass = 70,

  steps = {
    step.public_pinged { points = 5 },
    step.name_looked_up { points = 8 },
    step.resolv_conf_read { points = 10 },
    step.looked_first { points = 7, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer" } },
    step.care { points = 10, allow = { "file:/etc/resolv.conf", "file:/mnt/wsl/resolv.conf", "file:/etc/wsl.conf",
      "windows:wsl.shutdown" } },
  },

  hints = {
    { en = "Is it slow by address too? `time ping -c1 8.8.8.8` and `time getent hosts google.com`: what does the second wait for?",
      ja = "IP アドレスでも遅いですか。`time ping -c1 8.8.8.8` と `time getent hosts google.com` を比べましょう。後者は何を待っているのでしょう。" },
    { en = "Five seconds to the tick is a time-out: somebody was asked and did not answer. Who is asked first? Read /etc/resolv.conf.",
      ja = "きっちり 5 秒はタイムアウトの時間です。誰かに聞いて、返事がなかったのです。最初に聞かれるのは誰ですか。/etc/resolv.conf を読みましょう。" },
    { en = "The first nameserver, {{p.dead}}, was the VPN's and is gone; {{p.second}} behind it answers. Take the dead line out.",
      ja = "先頭の nameserver {{p.dead}} は VPN のもので、もうありません。次の {{p.second}} は答えます。死んでいる行を取り除きましょう。" },
  },
  look_alike = { "host-dns-proxy-dead", "wrong-nameserver", "ipv6-first", "dns-tunnel-dead" },

  solution = {
    "ping -c 1 8.8.8.8",
    "timeout 0.3 getent hosts google.com",
    "cat /etc/resolv.conf",
    "dojo diagnose L2.5 first-nameserver-dead",
    "sudo sed -i '/{{p.dead}}/d' /etc/resolv.conf",
    "getent hosts google.com",
  },
  alternatives = {
    -- The dead one behind the living one: it stays for the day the VPN is back.
    {
      "ping -c1 -W0.3 1.1.1.1",
      "timeout 0.3 getent ahosts github.com",
      "grep nameserver /etc/resolv.conf",
      "dojo diagnose 2.5 first-nameserver-dead",
      "printf 'nameserver {{p.second}}\\nnameserver {{p.dead}}\\n' | sudo tee /etc/resolv.conf",
      "getent hosts github.com",
    },
    -- WSL's own file once more, by the link it had made.
    {
      "ping -c 1 8.8.8.8",
      "timeout 0.3 getent hosts {{p.site}}",
      "tail -n 5 /etc/resolv.conf",
      "dojo diagnose L2.5 first-nameserver-dead",
      "sudo ln -sf /mnt/wsl/resolv.conf /etc/resolv.conf",
      "getent hosts {{p.site}}",
    },
    -- No file of one's own any more: WSL writes it again, from its next start on. From Windows' prompt.
    {
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "wsl timeout 0.3 getent hosts google.com" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "wsl dojo diagnose L2.5 first-nameserver-dead" },
      { windows = "wsl -u root rm /etc/wsl.conf" },
      { windows = "wsl --shutdown" },
      { windows = "wsl getent hosts google.com" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 host-dns-proxy-dead", "dojo diagnose L2.5 wrong-nameserver", "dojo diagnose L2 ipv6-first",
      "dojo diagnose L3 guest-filter", "dojo diagnose L2.5 first-nameserver-dead",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf", "getent hosts google.com",
    } },
    -- A third server is never the first.
    { name = "another server added at the end", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 first-nameserver-dead",
      "echo nameserver 9.9.9.9 | sudo tee -a /etc/resolv.conf",
    } },
    { name = "names faked in /etc/hosts", at_most = 50, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2.5 first-nameserver-dead",
      "printf '{{p.google}} google.com\\n{{p.github}} github.com\\n' | sudo tee -a /etc/hosts", "getent hosts google.com",
    } },
    { name = "wrong layer: a smaller MTU", at_most = 40, commands = {
      "ping -c1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "dojo diagnose L2 mtu-vpn-blackhole",
      "sudo ip link set eth0 mtu 1280",
    } },
  },
}
