-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router 192.168.1.1 --- windows === vEthernet ====== eth0  wsl
--   web :80 :443                                                             nft: a leftover table
--                                                                            drops web traffic
--
-- A table of nft rules that some tool left behind in the guest drops TCP to (or from) ports 80 and 443.
-- Ping and DNS go on working, so the lower layers are sound.
-- Connections hang in SYN-SENT and the rule's counter rises with every try.
-- A second table, no_telnet, is the user's own and must survive the mend.
-- Deleting the rule, the chain's rules or the table, or accepting the traffic before it, all mend it.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.

-- Two ways to break the same traffic: on its way out, or its answers on their way in.
local shapes = {
  { hook = "output", match = "tcp dport" },
  { hook = "input", match = "tcp sport" },
}

local own_rules = [[
table inet no_telnet {
	chain input {
		type filter hook input priority filter; policy accept;
		tcp dport 23 drop
	}
}
]]

local leftover = [[
table inet %s {
	chain %s {
		type filter hook %s priority filter; policy accept;
		%s { 80, 443 } counter drop
	}
}
]]

return scenario {
  api = 1,
  id = "fw-guest-filter",
  layer = "L3",
  mode = "nat",
  level = 2,
  chapter = 7,
  minutes = 10,
  tags = { "firewall", "nftables", "web" },
  title = {
    en = "Ping yes, web no",
    ja = "ping は通る、Web は通らない",
  },
  ticket = {
    en = "No web page and no package server answers from my WSL any more, curl and apt and git over https just sit there until I press "
      .. "Ctrl-C. But ping works, to 8.8.8.8 and to github.com! And Windows opens all the same pages without a hitch, in the very same "
      .. "minute. Last week I went through some hardening tutorial and then undid it again, I believe. I still want to keep telnet "
      .. "closed, that one is our company's rule. Could it be the server side?",
    ja = "WSL から Web ページもパッケージのサーバーも応答しなくなりました。curl も apt も https の git も、Ctrl-C を押すまで止まったままです。"
      .. "でも ping は通ります。8.8.8.8 にも github.com にも。しかも同じ時刻に Windows からは同じページが普通に開きます。"
      .. "先週、どこかのセキュリティ強化の手順を試して、その後元に戻したつもりです。telnet を閉じておく設定は会社の決まりなので残したいです。"
      .. "サーバー側の問題でしょうか。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`. If it is not the network: `dojo diagnose none`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。ネットワークのせいでないなら `dojo diagnose none` と答える。" },
    { en = "Mend what has to be mended, and nothing else.", ja = "直すべきものだけを直す。" },
    { en = "Prove that it works.", ja = "確かに動くことを証明する。" },
  },
  sources = { "moby/moby#53382", "microsoft/WSL#4185", "microsoft/WSL#4769" },
  requires = { tools = { "ip", "ping", "getent", "nft" } },

  params = function(seed)
    local shape = seed:pick(shapes)
    return {
      leftover = seed:pick({ "hardening", "lockdown", "egress_guard", "host_shield", "baseline" }),
      hook = shape.hook,
      match = shape.match,
    }
  end,

  topology = function()
    return wsl2.nat { wsl = { ruleset = own_rules } }
  end,

  fault = function(lab, p)
    lab:node("wsl"):ruleset(leftover:format(p.leftover, p.hook, p.hook, p.match))
  end,

  symptoms = {
    probe.connect { name = "web-connect", node = "wsl", address = "{{p.github}}", port = 443, timeout = 0.3 },
    probe.http { name = "web-fetch", node = "wsl", url = "http://{{p.downloads}}/", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
    probe.connect { name = "windows-web-connect", node = "windows", address = "{{p.github}}", port = 443 },
    probe.ruleset { name = "telnet-closed", node = "wsl",
      title = { en = "the rule that closes telnet stands", ja = "telnet を閉じる規則が残っている" },
      expect = function(r)
        return type(r.text) == "string" and r.text:find("no_telnet", 1, true) ~= nil
          and r.text:find("tcp dport 23 drop", 1, true) ~= nil
      end },
  },
  fixed = {
    probe.connect { name = "web-mended", node = "wsl", timeout = 2.0, address = "{{p.github}}", port = 443 },
    probe.http { name = "fetch-mended", node = "wsl", timeout = 2.0, url = "http://{{p.downloads}}/" },
    probe.connect { name = "other-web-mended", node = "wsl", timeout = 2.0, address = "{{p.site_address}}", port = 80 },
  },
  truth = { { layer = "L3", cause = "guest-filter", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 4 },
    step.gateway_seen { points = 4 },
    step.public_pinged { points = 4 },
    step.name_looked_up { points = 4 },
    step.filters_seen { points = 8, table = "{{p.leftover}}" },
    step.looked_first { points = 6, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "syn-ack" } },
    step.care { points = 10, allow = { "ruleset" } },
  },

  hints = {
    { en = "Address, route, ping and names are fine. What is left between a program and the wire?",
      ja = "アドレスも経路も ping も名前解決も正常です。プログラムと回線の間に残るのは何でしょう。" },
    { en = "Windows opens the same pages, so the trouble is inside WSL. List the filters there: `sudo nft list ruleset`.",
      ja = "Windows では同じページが開くので、問題は WSL の中です。フィルタを一覧しましょう。`sudo nft list ruleset`" },
    { en = "The table `{{p.leftover}}` drops ports 80 and 443; try a connection and watch its counter rise. Remove that rule, and only that.",
      ja = "テーブル `{{p.leftover}}` が 80 と 443 を落としています。接続を試すとカウンタが増えます。その規則だけを消しましょう。" },
  },
  look_alike = { "host-firewall-blocks-guest", "security-suite", "nat-icmp-only" },

  solution = {
    "ip -4 addr show eth0",
    "ip route",
    "ping -c 1 -W 0.3 8.8.8.8",
    "getent hosts github.com",
    "timeout 0.3 bash -c '</dev/tcp/{{p.github}}/443'",
    "sudo nft list ruleset",
    "dojo diagnose L3 guest-filter",
    "handle=$(sudo nft -a list table inet {{p.leftover}} | sed -n 's/.*counter.*drop # handle //p')",
    "sudo nft delete rule inet {{p.leftover}} {{p.hook}} handle $handle",
    "timeout 3 bash -c '</dev/tcp/{{p.github}}/443' && echo open",
  },
  alternatives = {
    -- The whole leftover table goes.
    {
      "ip a",
      "ip r",
      "ping -c1 -W0.3 1.1.1.1",
      "ping -c1 -W0.3 github.com",
      "sudo nft list tables",
      "sudo nft list table inet {{p.leftover}}",
      "dojo diagnose L3 guest-filter",
      "sudo nft delete table inet {{p.leftover}}",
      "timeout 3 bash -c '</dev/tcp/{{p.downloads}}/80' && echo open",
    },
    -- The traffic is accepted before the drop is met.
    {
      "hostname -I",
      "ip route show default",
      "ping -c 1 -W 0.3 8.8.8.8",
      "getent ahosts google.com",
      "sudo nft list ruleset",
      "sudo nft insert rule inet {{p.leftover}} {{p.hook}} {{p.match}} '{ 80, 443 }' accept",
      "dojo diagnose 3 guest-filter",
      "timeout 3 bash -c '</dev/tcp/{{p.site_address}}/80' && echo open",
    },
    -- The chain is emptied, the table stays.
    {
      "ip -br addr",
      "ip -4 route",
      "ping -c 1 -W 0.3 8.8.8.8",
      "getent hosts google.com",
      "sudo nft list ruleset",
      "sudo nft flush chain inet {{p.leftover}} {{p.hook}}",
      "dojo diagnose L3 guest-filter",
      "timeout 3 bash -c '</dev/tcp/{{p.google}}/443' && echo open",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L1 eth0-unconfigured", "dojo diagnose L2 no-default-route", "dojo diagnose L2.5 host-dns-proxy-dead",
      "dojo diagnose L4 nat-icmp-only", "dojo diagnose L3 guest-filter",
    } },
    { name = "every rule flushed", at_most = 50, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "getent hosts github.com", "sudo nft list ruleset",
      "dojo diagnose L3 guest-filter", "sudo nft flush ruleset",
      "timeout 3 bash -c '</dev/tcp/{{p.github}}/443' && echo open",
    } },
    { name = "Windows blamed, nothing mended", at_most = 40, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "getent hosts github.com",
      "dojo diagnose L3 host-firewall-blocks-guest",
    } },
    { name = "wrong layer: resolv.conf rewritten", at_most = 30, commands = {
      "ip a", "ip route", "ping -c1 -W0.3 8.8.8.8", "getent hosts github.com",
      "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf", "dojo diagnose L2.5 wrong-nameserver",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "sudo nft delete table inet {{p.leftover}}", "timeout 3 bash -c '</dev/tcp/{{p.github}}/443' && echo open",
    } },
  },

  -- The same symptom at one site, and it is that site: its web server is not running.
  variants = {
    ["site-refuses"] = {
      ticket = {
        en = "The package server downloads.example.com does not answer my WSL any more, curl and apt stop at once. But ping works, to 8.8.8.8 and to "
          .. "downloads.example.com itself! So the machine is there, and something in my WSL must keep the web away from it. Last week I went through "
          .. "some hardening tutorial and then undid it again, I believe. I still want to keep telnet closed, that one is our company's rule.",
        ja = "パッケージのサーバー downloads.example.com が WSL に応答しなくなりました。curl も apt もすぐに止まります。でも ping は通ります。8.8.8.8 にも、"
          .. "downloads.example.com そのものにも。つまり相手は動いていて、私の WSL の何かが Web だけを止めているはずです。先週、どこかのセキュリティ強化の"
          .. "手順を試して、その後元に戻したつもりです。telnet を閉じておく設定は会社の決まりなので残したいです。",
      },
      fault = function(lab, p)
        lab:node("internet"):ruleset(("table inet stopped {\n\tchain in {\n\t\ttype filter hook input priority filter; policy accept;\n"
          .. "\t\tip daddr %s tcp dport { 80, 443 } reject with tcp reset\n\t}\n}\n"):format(p.downloads))
      end,
      symptoms = {
        probe.connect { name = "packages-connect", node = "wsl", address = "{{p.downloads}}", port = 80, timeout = 0.5 },
        probe.http { name = "packages-page", node = "wsl", url = "http://downloads.example.com/", timeout = 0.5 },
      },
      controls = {
        probe.ping { name = "packages-ping", node = "wsl", address = "{{p.downloads}}" },
        probe.lookup { name = "name-resolves", node = "wsl", host = "github.com" },
        probe.connect { name = "other-web-connect", node = "wsl", address = "{{p.github}}", port = 443 },
        probe.http { name = "other-web-page", node = "wsl", url = "http://{{p.site}}/" },
        probe.ruleset { name = "telnet-closed", node = "wsl",
          title = { en = "the rule that closes telnet stands", ja = "telnet を閉じる規則が残っている" },
          expect = function(r) return type(r.text) == "string" and r.text:find("tcp dport 23 drop", 1, true) ~= nil end },
      },
      truth = {},
      steps = {
        step.address_seen { points = 3 },
        step.gateway_seen { points = 3 },
        step.answer_came { points = 5, id = "way-out-works", by = { "echo-reply" },
          title = { en = "Showed that the way out works", ja = "外まで届くことを示した" } },
        step.answer_came { points = 5, id = "names-work", by = { "dns-answer" }, title = { en = "Showed that names resolve", ja = "名前解決が動くことを示した" } },
        step.filters_seen { points = 9, table = "no_telnet" },
        step.complaint_tried { points = 5, address = "{{p.downloads}}", port = 80 },
        step.answer_came { points = 9, id = "web-works", by = { "syn-ack" }, but_not = { "{{p.downloads}}" },
          title = { en = "Showed that the web works at another site", ja = "ほかのサイトなら Web が通ることを示した" } },
        step.looked_first { points = 4, least = 4 },
        step.cause_named { points = 34, title = { en = "Said that it is not the network", ja = "ネットワークのせいではないと答えた" } },
        step.unharmed { points = 3 },
        step.care { points = 20 },
      },
      hints = {
        { en = "Is it the web, or this one site? Try another. And does anything in WSL stop web traffic at all?",
          ja = "Web が全部だめなのか、このサイトだけなのか。ほかのサイトも試しましょう。そもそも WSL に Web を止めるものはありますか。" },
        { en = "`sudo nft list ruleset` shows the telnet rule and no other. The refusal comes at once: a machine that has no such server says so.",
          ja = "`sudo nft list ruleset` には telnet の規則しかありません。拒否はすぐ返ります。サーバーが動いていない機器はそう答えます。" },
        { en = "github.com opens, downloads.example.com refuses, Windows is refused too: its web server is not running. `dojo diagnose none`.",
          ja = "github.com は開き、downloads.example.com は拒否し、Windows も拒否されます。先方の Web サーバーが動いていません。`dojo diagnose none`" },
      },
      look_alike = { "guest-filter", "host-firewall-blocks-guest", "nat-icmp-only" },
      solution = {
        "ip -4 addr show eth0",
        "ip route",
        "ping -c 1 -W 2 downloads.example.com",
        "timeout 1 bash -c '</dev/tcp/{{p.downloads}}/80'",
        "sudo nft list ruleset",
        "timeout 3 bash -c '</dev/tcp/{{p.github}}/443' && echo open",
        "dojo diagnose none",
      },
      alternatives = {
        {
          "ip a",
          "ip r",
          "ping -c1 -W2 8.8.8.8",
          "curl -sI -m 2 http://downloads.example.com/",
          "sudo nft list tables; sudo nft list table inet no_telnet",
          "curl -sI -m 3 http://{{p.site}}/",
          "dojo diagnose none",
        },
      },
      missteps = {
        { name = "none said without a look", at_most = 34, commands = { "dojo diagnose none" } },
        { name = "every rule flushed to be sure", at_most = 80, commands = {
          "ip a", "ip route", "ping -c1 -W2 downloads.example.com", "timeout 1 bash -c '</dev/tcp/{{p.downloads}}/80'", "sudo nft list ruleset",
          "timeout 3 bash -c '</dev/tcp/{{p.github}}/443'", "sudo nft flush ruleset", "dojo diagnose none",
        } },
        { name = "the filters blamed", at_most = 66, commands = {
          "ip a", "ip route", "ping -c1 -W2 downloads.example.com", "timeout 1 bash -c '</dev/tcp/{{p.downloads}}/80'", "sudo nft list ruleset",
          "timeout 3 bash -c '</dev/tcp/{{p.github}}/443'", "dojo diagnose L3 guest-filter",
        } },
      },
    },
  },
}
