-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   .wslconfig (Windows)               /etc/wsl.conf (wsl)
--   [network]                          nothing about resolv.conf
--   generateResolvConf=false           so WSL writes resolv.conf at each start: its own DNS tunnel
--
-- The home router knows a name that no server on the internet does. Windows asks servers of the internet here, and so does the tunnel.
-- In WSL the user has a resolv.conf of his own that names the router; WSL is to leave it alone, by generateResolvConf=false.
-- That key is one of the distribution's file /etc/wsl.conf. In .wslconfig, the file of WSL's machine, it is an unknown key:
-- WSL says so in one line when it starts, and writes resolv.conf as ever.
-- The key has to go into /etc/wsl.conf, and the user's resolv.conf has to be written once more.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.
local windows_file = "/mnt/c/Users/learner/.wslconfig"
local names = { "nas.home", "printer.home", "pi.home", "camera.home" }

-- Does wsl.conf tell WSL to leave resolv.conf alone?
local function left_alone(r)
  local section, key, value
  for line in ((r.content or "") .. "\n"):gmatch("(.-)\r?\n") do
    section = line:match("^%s*%[(%w+)%]") or section
    key, value = line:match("^%s*(%w+)%s*=%s*(%w+)%s*$")
    if key and section == "network" and key:lower() == "generateresolvconf" then return value:lower() == "false" or value == "0" end
  end
  return false
end

return scenario {
  api = 1,
  id = "cfg-wslconf-vs-wslconfig",
  layer = "L2.5",
  mode = "nat",
  level = 3,
  chapter = 6,
  minutes = 12,
  tags = { "wslconfig", "wsl.conf", "dns", "resolv.conf" },
  title = {
    en = "Every restart undoes it",
    ja = "再起動のたびに元に戻る",
  },
  ticket = {
    en = "My backup script in WSL copies to {{p.local_name}}, a name our router hands out. Windows itself asks a public DNS server, that is meant to be so, "
      .. "so WSL has its own resolv.conf with the router, {{p.router}}, in it. That works, until the next start of WSL, then {{p.local_name}} is "
      .. "unknown again and my file is gone. I read that there is a setting against it and put it in, I even restarted, and it still happens. Now "
      .. "the backup failed for a week. Please make it so that it stays.",
    ja = "WSL のバックアップのスクリプトは、ルーターが配っている名前 {{p.local_name}} にコピーします。Windows は公開の DNS サーバーを使う設定で、これは"
      .. "わざとなので、WSL には自分の resolv.conf を置いて、ルーター {{p.router}} を書いています。それで動くのですが、次に WSL を起動すると、また "
      .. "{{p.local_name}} が見つからず、書いたファイルもなくなっています。それを防ぐ設定があると読んで書き足し、再起動もしたのに、まだ起きます。"
      .. "一週間もバックアップに失敗していました。元に戻らないようにしてください。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make {{p.local_name}} resolve in WSL, and let it stay so after the next start.",
      ja = "WSL で {{p.local_name}} を解決できるようにし、次の起動の後もそのままにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#13048", "microsoft/WSL#10892", "microsoft/WSL#10510", "microsoft/WSL#9884" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    return { local_name = seed:pick(names), local_address = "192.168.1." .. seed:int(200, 250) }
  end,

  topology = function(p)
    local model = wsl2.nat { windows = { dns = { "8.8.8.8", "1.1.1.1" } },
      wsl = { wslconfig = "[wsl2]\nmemory=8GB\n", wsl_conf = "[boot]\nsystemd=false\n\n[network]\ngenerateResolvConf=false\n" } }
    for _, node in ipairs(model.nodes) do
      for i, f in ipairs(node.name == "wsl" and node.files or {}) do
        if f.path == "/etc/resolv.conf" then node.files[i] = { path = f.path, content = "nameserver " .. p.router .. "\n" } end
      end
    end
    for _, s in ipairs(model.services) do
      if s.name == "router-dns" then s.config.records[p.local_name] = { A = { p.local_address } } end
    end
    return model
  end,

  fault = function(lab)
    lab:node("wsl"):file("/etc/wsl.conf", "[boot]\nsystemd=false\n")
    lab:windows("wsl.shutdown", {})
    lab:node("windows"):file(windows_file, "[wsl2]\nmemory=8GB\n\n[network]\ngenerateResolvConf=false\n")
    lab:windows("wsl.start", {})
  end,

  symptoms = {
    probe.lookup { name = "local-name-resolves", node = "wsl", host = "{{p.local_name}}", timeout = 0.5 },
    probe.file { name = "own-resolv-conf", node = "wsl", path = "/etc/resolv.conf",
      title = { en = "resolv.conf is the user's own", ja = "resolv.conf が自分のもの" },
      expect = function(r, p) return (r.content or ""):find("nameserver " .. p.router, 1, true) ~= nil end },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "public-name-resolves", node = "wsl", host = "github.com", timeout = 2.0 },
    probe.lookup { name = "windows-resolves", node = "windows", host = "google.com", timeout = 2.0 },
    probe.resolve { name = "router-knows", node = "wsl", host = "{{p.local_name}}", server = "{{p.router}}" },
  },
  fixed = {
    probe.lookup { name = "local-name-mended", node = "wsl", host = "{{p.local_name}}", timeout = 2.0, expect = function(r, p)
      return r.ok and r.addresses and r.addresses[1] == p.local_address
    end },
    probe.lookup { name = "other-name-mended", node = "wsl", host = "router.home", timeout = 2.0,
      title = { en = "the router's other names resolve on wsl", ja = "ルーターが知るほかの名前も wsl で解決できる" } },
    probe.file { name = "stays-at-next-start", node = "wsl", path = "/etc/wsl.conf", expect = left_alone,
      title = { en = "WSL will leave resolv.conf alone at its next start", ja = "次の起動で WSL が resolv.conf を書き換えない" } },
  },
  truth = { { layer = "L2.5", cause = "config-wrong-file", at = "windows" } },
  pass = 70,

  steps = {
    step.name_looked_up { points = 5 },
    step.resolv_conf_read { points = 6 },
    step.config_seen { points = 12, line = "generateResolvConf=false" },
    step.looked_first { points = 7, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer" } },
    step.care { points = 10, allow = { "file:/etc/resolv.conf", "file:/mnt/wsl/resolv.conf", "file:/etc/wsl.conf", "windows:wsl.shutdown",
      "windows:wsl.terminate" } },
  },

  hints = {
    { en = "Who wrote the resolv.conf that is there now? Its first line says so, and which setting, in which file, keeps it from that.",
      ja = "今の resolv.conf を書いたのは誰でしょう。先頭の行に、それを止める設定と、書くべきファイルが書いてあります。" },
    { en = "The setting is there, in C:\\Users\\learner\\.wslconfig. "
        .. "Is that the file that resolv.conf's first line names? WSL warns of unknown keys when it starts.",
      ja = "設定は C:\\Users\\learner\\.wslconfig にあります。resolv.conf の先頭の行が挙げているファイルでしょうか。WSL は知らないキーを起動時に警告します。" },
    { en = "generateResolvConf=false belongs under [network] in /etc/wsl.conf. "
        .. "Put it there, `wsl --shutdown`, and write `nameserver {{p.router}}` into a new /etc/resolv.conf.",
      ja = "generateResolvConf=false は /etc/wsl.conf の [network] の下に書くものです。そこに書いて `wsl --shutdown` し、新しい /etc/resolv.conf に "
        .. "`nameserver {{p.router}}` と書きましょう。" },
  },
  look_alike = { "resolvconf-overwritten", "config-wrong-section", "wrong-nameserver", "search-suffix-missing" },

  solution = {
    "getent hosts {{p.local_name}}",
    "cat /etc/resolv.conf",
    { windows = "type $HOME\\.wslconfig" },
    "cat /etc/wsl.conf",
    "dojo diagnose L2.5 config-wrong-file",
    "printf '\\n[network]\\ngenerateResolvConf=false\\n' | sudo tee -a /etc/wsl.conf",
    { windows = "wsl --shutdown" },
    { windows = "wsl hostname -I" },
    "echo nameserver {{p.router}} | sudo tee /etc/resolv.conf",
    "getent hosts {{p.local_name}}",
  },
  alternatives = {
    -- Without a restart: the link goes, the file comes, and the setting is there for the next start. The useless lines go too.
    {
      "ping -c1 -W0.3 {{p.local_name}}",
      "grep nameserver /etc/resolv.conf",
      "cat /mnt/c/Users/learner/.wslconfig",
      "sed -i '/network/,$d' /mnt/c/Users/learner/.wslconfig",
      "sudo rm /etc/resolv.conf",
      "printf 'nameserver {{p.router}}\\n' | sudo tee /etc/resolv.conf",
      "printf '[boot]\\nsystemd=false\\n[network]\\ngenerateResolvConf = false\\n' | sudo tee /etc/wsl.conf",
      "dojo diagnose 2.5 config-wrong-file",
      "getent hosts {{p.local_name}}",
    },
    -- From Windows' prompt alone, as root where it has to be.
    {
      { windows = "wsl getent hosts {{p.local_name}}" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "Get-Content C:\\Users\\learner\\.wslconfig" },
      { windows = "wsl dojo diagnose L2.5 config-wrong-file" },
      { windows = "'[network]', 'generateResolvConf=false' | wsl -u root tee -a /etc/wsl.conf" },
      { windows = "wsl --terminate Debian" },
      { windows = "'nameserver {{p.router}}' | wsl -u root tee /etc/resolv.conf" },
      { windows = "wsl getent hosts {{p.local_name}}" },
    },
    -- From WSL alone; the setting as WSL's own first line in resolv.conf has it.
    {
      "getent ahosts {{p.local_name}}",
      "head -4 /etc/resolv.conf",
      "cat /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose L2.5 config-wrong-file",
      "sudo sed -i '$a [network]\\ngenerateResolvConf = false' /etc/wsl.conf",
      "wsl.exe --shutdown",
      "printf 'nameserver {{p.router}}\\nnameserver 8.8.8.8\\n' | sudo tee /etc/resolv.conf",
      "getent hosts {{p.local_name}}",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 resolvconf-overwritten", "dojo diagnose L2.5 wrong-nameserver", "dojo diagnose L2.5 dns-tunnel-dead",
      "dojo diagnose L2.5 config-wrong-section", "dojo diagnose L2.5 config-wrong-file",
    } },
    { name = "resolv.conf written, as every week", at_most = 50, commands = {
      "getent hosts {{p.local_name}}", "cat /etc/resolv.conf", "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L2.5 config-wrong-file",
      "echo nameserver {{p.router}} | sudo tee /etc/resolv.conf", "getent hosts {{p.local_name}}",
    } },
    { name = "a line in /etc/hosts", at_most = 50, commands = {
      "getent hosts {{p.local_name}}", "cat /etc/resolv.conf", "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L2.5 config-wrong-file",
      "echo {{p.local_address}} {{p.local_name}} | sudo tee -a /etc/hosts", "getent hosts {{p.local_name}}",
    } },
    { name = "the setting put in, no resolv.conf written", at_most = 50, commands = {
      "getent hosts {{p.local_name}}", "cat /etc/resolv.conf", "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L2.5 config-wrong-file",
      "printf '\\n[network]\\ngenerateResolvConf=false\\n' | sudo tee -a /etc/wsl.conf", { windows = "wsl --shutdown" },
      "timeout 0.3 getent hosts {{p.local_name}}",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "printf '\\n[network]\\ngenerateResolvConf=false\\n' | sudo tee -a /etc/wsl.conf", "sudo rm /etc/resolv.conf",
      "echo nameserver {{p.router}} | sudo tee /etc/resolv.conf", "getent hosts {{p.local_name}}",
    } },
    { name = "wrong layer: the route thrown away and set again", at_most = 30, commands = {
      "getent hosts {{p.local_name}}", "cat /etc/resolv.conf", "sudo ip route del default", "sudo ip route add default via {{p.gateway}} dev eth0",
      "dojo diagnose L2 no-default-route",
    } },
  },
}
