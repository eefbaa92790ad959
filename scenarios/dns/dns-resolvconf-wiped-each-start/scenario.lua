-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   internet 8.8.8.8 --- router 192.168.1.1 --- windows === wsl   /etc/resolv.conf -> /mnt/wsl/resolv.conf
--   no *.home            knows *.home           asks 8.8.8.8      written anew at every start
--
-- Windows asks a public server, by the company's order, and WSL's DNS tunnel asks Windows: so names of the home network are unknown.
-- The user writes his router into /etc/resolv.conf. It works at once, and is gone after every `wsl --shutdown`.
-- He has told WSL to leave the file alone, but with a misspelt key, in the wrong section or in the wrong file: the setting does not count.
-- What he writes goes through the link, too, into a file in memory.
-- It lasts only with both: generateResolvConf=false in [network] of /etc/wsl.conf, and a file of his own in the link's place.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.

local shapes = {
  { conf = "[boot]\nsystemd=false\n\n[network]\ngenerateResolveConf = false\n",
    en = "the key in /etc/wsl.conf is misspelt (generateResolveConf)", ja = "/etc/wsl.conf のキーの綴りが違います（generateResolveConf）" },
  { conf = "[boot]\nsystemd=false\ngenerateResolvConf = false\n",
    en = "the key in /etc/wsl.conf stands in [boot] instead of [network]", ja = "/etc/wsl.conf のキーが [network] ではなく [boot] に入っています" },
  { conf = "[boot]\nsystemd=false\n", wslconfig = "[wsl2]\nnetworkingMode=nat\n\n[network]\ngenerateResolvConf=false\n",
    en = "the key stands in Windows' .wslconfig instead of /etc/wsl.conf", ja = "キーが /etc/wsl.conf ではなく Windows の .wslconfig に入っています" },
}

local WSLCONFIG = "/mnt/c/Users/learner/.wslconfig"
local ROUTER_ONLY = "# The router knows the names of our machines.\nnameserver %s\n"

-- The home network's own names, known to the router alone.
local function with_home(model, p)
  for _, service in ipairs(model.services) do
    if service.name == "router-dns" then
      service.config.records["nas.home"] = { A = { p.router } }
      service.config.records[p.machine] = { A = { p.phone } }
    end
  end
  return model
end

local booleans = { ["false"] = false, ["0"] = false, ["true"] = true, ["1"] = true }

-- Does WSL leave resolv.conf alone at its next start, as it reads wsl.conf? Of two keys it takes the first.
local function left_alone(text)
  local section, value = "", nil
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    line = line:gsub("#.*", ""):lower()
    section = line:match("^%s*%[%s*(%w+)%s*%]") or section
    local key, word = line:match("^%s*(%w+)%s*=%s*\"?(%w+)")
    if section == "network" and key == "generateresolvconf" and value == nil then value = booleans[word] end
  end
  return value == false
end

-- A file of the disk's, not a link into memory.
local function of_ones_own(r)
  if r.type == "file" then return true end
  local target = r.type == "symlink" and r.target or "/run/"
  return not target:find("/mnt/wsl/", 1, true) and not target:find("/run/", 1, true)
end

-- An answer after WSL was stopped, and after whatever was changed then.
local function survived(ev)
  local stopped = false
  for _, e in ipairs(ev:changes()) do
    stopped = stopped or (e.kind == "windows" and (e.what == "wsl.shutdown" or e.what == "wsl.terminate"))
  end
  if not stopped or not ev:mended() then return false, {} end
  local since = ev:since()
  local seqs = ev:packets("wsl", function(e)
    return e.what == "dns-answer" and e.dir ~= "out" and (e.t or 0) >= since and #(e.answers or {}) > 0
  end)
  return #seqs > 0, seqs
end

return scenario {
  api = 1,
  id = "dns-resolvconf-wiped-each-start",
  layer = "L2.5",
  mode = "nat",
  level = 2,
  chapter = 6,
  minutes = 12,
  tags = { "dns", "resolv.conf", "wsl.conf" },
  title = {
    en = "Written today, gone tomorrow",
    ja = "今日書いて、明日には消えている",
  },
  ticket = {
    en = "Our machines at home have names that only the router knows, nas.home for one. My company wants Windows to ask 8.8.8.8, and that has to stay "
      .. "as it is, so in WSL I write `nameserver {{p.router}}` into /etc/resolv.conf. That helps at once, nas.home is there. But after the next "
      .. "`wsl --shutdown`, or simply next morning, the file is as it was before and nas.home is unknown again. I know that WSL can be told to keep "
      .. "its hands off and I did that weeks ago, from a blog. It does it all the same! My line is in /etc/resolv.conf.mine.",
    ja = "家の機器には nas.home のような、ルーターだけが知っている名前が付いています。会社の決まりで Windows は 8.8.8.8 に聞く設定になっていて、"
      .. "これは変えられません。そこで WSL の中で /etc/resolv.conf に `nameserver {{p.router}}` と書きます。書くとすぐ nas.home が引けます。"
      .. "でも次の `wsl --shutdown` のあとや翌朝には、ファイルは元どおりで、nas.home はまた引けません。WSL に「触るな」と設定できることは"
      .. "知っていて、何週間も前にブログを見て設定しました。それなのに書き換えられます。書きたい行は /etc/resolv.conf.mine にあります。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Have WSL ask the router for names, today and after every start.", ja = "WSL がルーターに名前を聞くようにする。今日だけでなく、起動のたびに。" },
    { en = "Prove that it survives `wsl --shutdown`.", ja = "`wsl --shutdown` のあとも効いていることを確かめる。" },
  },
  sources = { "microsoft/WSL#6977", "microsoft/WSL#4844", "microsoft/WSL#5527", "microsoft/WSL#1908" },
  requires = { tools = { "ip", "getent" } },

  params = function(seed)
    local n = seed:int(1, #shapes)
    return { shape = n, slip_en = shapes[n].en, slip_ja = shapes[n].ja,
      machine = seed:pick({ "tablet", "printer", "camera", "tv" }) .. "-" .. seed:letters(3, "abcdefghjkmnpqrstuvwxyz") .. ".home" }
  end,

  topology = function(p)
    return with_home(wsl2.nat {}, p)
  end,

  fault = function(lab, p)
    local shape, wsl = shapes[p.shape], lab:node("wsl")
    lab:windows("dns.set", { InterfaceAlias = "Ethernet", ServerAddresses = { "8.8.8.8" } })
    wsl:file("/etc/wsl.conf", shape.conf)
    wsl:file("/etc/resolv.conf.mine", ROUTER_ONLY:format(p.router))
    if shape.wslconfig then lab:node("windows"):file(WSLCONFIG, shape.wslconfig) end
  end,

  symptoms = {
    probe.lookup { name = "nas-resolves", node = "wsl", host = "nas.home", timeout = 0.3 },
    probe.lookup { name = "machine-resolves", node = "wsl", host = "{{p.machine}}", timeout = 0.3 },
  },
  controls = {
    probe.lookup { name = "public-name-resolves", node = "wsl", host = "github.com" },
    probe.resolve { name = "router-knows-nas", node = "wsl", host = "nas.home", server = "{{p.router}}" },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
  },
  -- Names now, one of which is in no ticket; and for every later start the two things without which WSL would write the file anew.
  fixed = {
    probe.lookup { name = "nas-mended", node = "wsl", host = "nas.home", timeout = 2.0 },
    probe.lookup { name = "machine-mended", node = "wsl", host = "{{p.machine}}", timeout = 2.0,
      title = { en = "any other name of the home network resolves on wsl", ja = "家のほかの機器の名前も wsl で解決できる" } },
    probe.file { name = "setting-counts", node = "wsl", path = "/etc/wsl.conf", timeout = 2.0,
      title = { en = "WSL is told to leave resolv.conf alone, in words it understands", ja = "resolv.conf を書き換えないよう、WSL に正しく設定されている" },
      expect = function(r) return r.ok == true and left_alone(r.content or "") end },
    probe.file { name = "file-of-its-own", node = "wsl", path = "/etc/resolv.conf", timeout = 2.0,
      title = { en = "/etc/resolv.conf is a file that outlives a restart", ja = "/etc/resolv.conf が再起動後も残るファイルになっている" },
      expect = function(r) return r.ok == true and of_ones_own(r) end },
  },
  truth = { { layer = "L2.5", cause = "resolvconf-overwritten", at = "wsl" } },
  pass = 70,

  steps = {
    step.name_looked_up { points = 5 },
    step.resolv_conf_read { points = 8 },
    step.file_seen { points = 10, path = "/etc/wsl.conf", title = { en = "Looked at /etc/wsl.conf", ja = "/etc/wsl.conf を確認した" } },
    step.looked_first { points = 7, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.custom { id = "survived-a-restart", group = "verify", points = 10, needs = { "packets" }, test = survived,
      title = { en = "Proved that it survives a restart", ja = "再起動後も効いていることを確かめた" } },
    step.care { points = 10, allow = { "file:/etc/resolv.conf", "file:/mnt/wsl/resolv.conf", "file:/etc/wsl.conf", "file:/etc/resolv.conf.mine",
      "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "Read the first line of /etc/resolv.conf: who wrote it, and how does that line want to be told off?",
      ja = "/etc/resolv.conf の 1 行目を読みましょう。書いたのは誰で、やめさせるにはどう設定せよと言っていますか。" },
    { en = "Compare that with /etc/wsl.conf, letter by letter. Also, `wsl --shutdown` and the next start say what they did not understand. "
        .. "And where does `ls -l /etc/resolv.conf` lead?",
      ja = "それと /etc/wsl.conf を一字ずつ比べましょう。`wsl --shutdown` 後の起動時には、理解できなかった設定も表示されます。"
        .. "そして `ls -l /etc/resolv.conf` の先はどこでしょう。" },
    { en = "The setting does not count: {{p.slip_en}}. Put generateResolvConf=false below [network] in /etc/wsl.conf, remove the link "
        .. "/etc/resolv.conf, write your own file in its place, and restart WSL to see it stay.",
      ja = "設定が効いていません。{{p.slip_ja}}。/etc/wsl.conf の [network] の下に generateResolvConf=false と書き、リンクの /etc/resolv.conf を消して"
        .. "自分のファイルを置き、WSL を再起動して残ることを確かめましょう。" },
  },
  look_alike = { "search-suffix-missing", "resolvconf-dangling", "dns-wrong-answer", "wrong-nameserver" },

  solution = {
    "getent hosts nas.home",
    "cat /etc/resolv.conf",
    "cat /etc/wsl.conf",
    "ls -l /etc/resolv.conf",
    "dojo diagnose L2.5 resolvconf-overwritten",
    "printf '[boot]\\nsystemd=false\\n\\n[network]\\ngenerateResolvConf=false\\n' | sudo tee /etc/wsl.conf",
    "sudo rm /etc/resolv.conf",
    "echo nameserver {{p.router}} | sudo tee /etc/resolv.conf",
    { windows = "wsl --shutdown" },
    { windows = "wsl getent hosts nas.home" },
  },
  alternatives = {
    -- A section of its own at the end, and the file copied into the link's place.
    {
      "getent ahosts nas.home",
      "grep nameserver /etc/resolv.conf",
      "grep -n . /etc/wsl.conf",
      "dojo diagnose 2.5 resolvconf-overwritten",
      "printf '\\n[Network]\\ngenerateResolvConf = false\\n' | sudo tee -a /etc/wsl.conf",
      "sudo cp --remove-destination /etc/resolv.conf.mine /etc/resolv.conf",
      { windows = "wsl --terminate Debian" },
      { windows = "wsl getent hosts {{p.machine}}" },
    },
    -- A link to a file of the disk's.
    {
      "getent hosts {{p.machine}}",
      "tail -n 3 /etc/resolv.conf",
      "cat /etc/wsl.conf",
      "dojo diagnose L2.5 resolvconf-overwritten",
      "printf '[network]\\ngenerateResolvConf=0\\n[boot]\\nsystemd=false\\n' | sudo tee /etc/wsl.conf",
      "sudo ln -sf /etc/resolv.conf.mine /etc/resolv.conf",
      { windows = "wsl --shutdown" },
      { windows = "wsl getent hosts nas.home" },
    },
    -- From Windows' prompt alone; the file is made after the restart, when WSL has taken its link away.
    {
      { windows = "wsl getent hosts nas.home" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "wsl cat /etc/wsl.conf" },
      { windows = "wsl dojo diagnose L2.5 resolvconf-overwritten" },
      { windows = "wsl -u root bash -c \"echo [network] > /etc/wsl.conf; echo generateResolvConf=false >> /etc/wsl.conf\"" },
      { windows = "wsl --shutdown" },
      { windows = "wsl -u root cp /etc/resolv.conf.mine /etc/resolv.conf" },
      { windows = "wsl getent hosts nas.home" },
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 wrong-nameserver", "dojo diagnose L2.5 search-suffix-missing", "dojo diagnose L2.5 dns-tunnel-dead",
      "dojo diagnose L3 guest-filter", "dojo diagnose L2.5 resolvconf-overwritten",
    } },
    { name = "mended without looking or a diagnosis", at_most = 50, commands = {
      "printf '[network]\\ngenerateResolvConf=false\\n' | sudo tee /etc/wsl.conf", "sudo rm /etc/resolv.conf",
      "echo nameserver {{p.router}} | sudo tee /etc/resolv.conf", { windows = "wsl --shutdown" }, { windows = "wsl getent hosts nas.home" },
    } },
    -- As every day: it works, until the next start.
    { name = "written once more", at_most = 50, commands = {
      "getent hosts nas.home", "cat /etc/resolv.conf", "cat /etc/wsl.conf", "dojo diagnose L2.5 resolvconf-overwritten",
      "sudo cp /etc/resolv.conf.mine /etc/resolv.conf", "getent hosts nas.home",
    } },
    -- WSL takes its link away at the next start, and no file is left.
    { name = "the setting right, the file still the link", at_most = 50, commands = {
      "getent hosts nas.home", "cat /etc/resolv.conf", "cat /etc/wsl.conf", "dojo diagnose L2.5 resolvconf-overwritten",
      "printf '[network]\\ngenerateResolvConf=false\\n' | sudo tee /etc/wsl.conf", "sudo cp /etc/resolv.conf.mine /etc/resolv.conf",
      { windows = "wsl --shutdown" }, { windows = "wsl getent hosts nas.home" },
    } },
    { name = "Windows made to ask the router", at_most = 50, commands = {
      "getent hosts nas.home", "cat /etc/resolv.conf", "cat /etc/wsl.conf", "dojo diagnose L2.5 resolvconf-overwritten",
      { windows = "Set-DnsClientServerAddress -InterfaceAlias Ethernet -ServerAddresses {{p.router}}" }, "getent hosts nas.home",
    } },
    { name = "the name faked in /etc/hosts", at_most = 50, commands = {
      "getent hosts nas.home", "cat /etc/resolv.conf", "cat /etc/wsl.conf", "dojo diagnose L2.5 resolvconf-overwritten",
      "echo '{{p.router}} nas.home' | sudo tee -a /etc/hosts", "getent hosts nas.home",
    } },
    { name = "wrong layer: the route thrown away and set again", at_most = 45, commands = {
      "getent hosts nas.home", "cat /etc/resolv.conf", "cat /etc/wsl.conf", "dojo diagnose L2 no-default-route",
      "sudo ip route del default", "sudo ip route add default via {{p.gateway}} dev eth0",
    } },
  },
}
