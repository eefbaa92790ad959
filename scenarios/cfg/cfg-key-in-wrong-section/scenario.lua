-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   .wslconfig                         wsl
--   [wsl2]                             resolv.conf: nameserver ADDRESS, the user's own file
--   dnsTunnelingIpAddress=ADDRESS      lo: 10.255.255.254, where the DNS tunnel listens
--
-- The DNS tunnel is to listen at an address of the user's choice, and resolv.conf, which WSL does not write here, names that address.
-- The key is one of the section [experimental]. Under [wsl2] it is no key at all: WSL says so in one line when it starts,
-- "Unknown key", and the tunnel listens at its usual address.
-- Nobody is at the address of resolv.conf, so every name hangs; addresses go on working.
-- The key has to be moved, and WSL started anew. resolv.conf belongs to the company's image and stays as it is.

-- Pinned: IPv4 forwarding on windows and router (wsl2.nat); DNS tunnelling, WSL's default.
local windows_file = "/mnt/c/Users/learner/.wslconfig"
local own_conf = "[boot]\nsystemd=false\n\n[network]\ngenerateResolvConf=false\n"

local function resolv(p) return "# Managed by the developer image, do not edit\nnameserver " .. p.listener .. "\n" end
local function right(p) return "[wsl2]\nmemory=8GB\n\n[experimental]\nsparseVhd=true\ndnsTunnelingIpAddress=" .. p.listener .. "\n" end
local function wrong(p) return "[wsl2]\nmemory=8GB\ndnsTunnelingIpAddress=" .. p.listener .. "\n\n[experimental]\nsparseVhd=true\n" end

return scenario {
  api = 1,
  id = "cfg-key-in-wrong-section",
  layer = "L2.5",
  mode = "nat",
  level = 3,
  chapter = 6,
  minutes = 12,
  tags = { "wslconfig", "dns", "tunnel", "windows" },
  title = {
    en = "Tidied up, and names are gone",
    ja = "設定を整理したら名前が引けない",
  },
  ticket = {
    en = "No name resolves in WSL since I tidied up. git: \"Could not resolve host\", after a long wait. What I did: .wslconfig on Windows was a mess, so I "
      .. "sorted the lines, dropped the comments, and restarted WSL as one has to. Every setting is still in there, I compared! When WSL started it "
      .. "printed something in yellow, but it started. Our image's resolv.conf in WSL has named {{p.listener}} since the day I got this PC and must "
      .. "stay as it is, a check of the company's complains otherwise. Pings go out, Windows is fine.",
    ja = "設定を整理してから、WSL で名前が引けません。git は長く待った後に「Could not resolve host」です。やったことは、Windows の .wslconfig がごちゃごちゃ"
      .. "していたので、行を並べ替えてコメントを消し、決まりどおり WSL を再起動しただけです。設定は全部残っています。見比べました。起動のときに何か一行"
      .. "出ましたが、WSL は動いています。WSL の resolv.conf は会社のイメージのもので、PC を受け取った日からずっと {{p.listener}} です。会社の検査に"
      .. "引っかかるので、これは変えられません。ping は外に届き、Windows は普通に使えます。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Make names resolve again in WSL, with resolv.conf as it is.", ja = "resolv.conf を変えずに、WSL でもう一度名前解決ができるようにする。" },
    { en = "Prove that it works.", ja = "直ったことを確かめる。" },
  },
  sources = { "microsoft/WSL#10965", "microsoft/WSL#11034", "microsoft/WSL#12133", "microsoft/WSL#10743", "microsoft/WSL#11540" },
  requires = { tools = { "ip", "ping", "getent" } },

  params = function(seed)
    return { listener = seed:pick({ "10.255.255.53", "10.254.0.53", "10.253.253.253" }) }
  end,

  topology = function(p)
    local model = wsl2.nat { wsl = { wslconfig = right(p), wsl_conf = own_conf } }
    for _, node in ipairs(model.nodes) do
      for i, f in ipairs(node.name == "wsl" and node.files or {}) do
        if f.path == "/etc/resolv.conf" then node.files[i] = { path = f.path, content = resolv(p) } end
      end
    end
    return model
  end,

  fault = function(lab, p)
    lab:windows("wsl.shutdown", {})
    lab:node("windows"):file(windows_file, wrong(p))
    lab:windows("wsl.start", {})
    lab:node("wsl"):file("/etc/resolv.conf", resolv(p))
  end,

  symptoms = {
    probe.lookup { name = "google-resolves", node = "wsl", host = "google.com", timeout = 0.3 },
    probe.resolve { name = "tunnel-answers", node = "wsl", host = "github.com", server = "{{p.listener}}", timeout = 0.3 },
  },
  controls = {
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "windows-resolves", node = "windows", host = "google.com", timeout = 2.0 },
    probe.file { name = "image-resolv-conf", node = "wsl", path = "/etc/resolv.conf",
      title = { en = "resolv.conf is the image's", ja = "resolv.conf が会社のイメージのまま" },
      expect = function(r, p) return r.content == resolv(p) end },
  },
  fixed = {
    probe.lookup { name = "google-mended", node = "wsl", timeout = 2.0, host = "google.com", expect = function(r, p)
      return r.ok and r.addresses and table.concat(r.addresses, " "):find(p.google, 1, true) ~= nil
    end },
    -- It exists in this learner's lab alone: lines in /etc/hosts for the well-known ones do not help.
    probe.lookup { name = "other-name-mended", node = "wsl", timeout = 2.0, host = "{{p.site}}",
      title = { en = "any other name resolves on wsl", ja = "ほかの名前も wsl で解決できる" } },
  },
  truth = { { layer = "L2.5", cause = "config-wrong-section", at = "windows" } },
  pass = 70,

  steps = {
    step.public_pinged { points = 4 },
    step.name_looked_up { points = 4 },
    step.resolv_conf_read { points = 4 },
    step.config_seen { points = 12, line = "dnsTunnelingIpAddress={{p.listener}}" },
    step.looked_first { points = 6, least = 3 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 30 },
    step.verified { points = 10, by = { "dns-answer" } },
    step.care { points = 10, allow = { "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "resolv.conf asks {{p.listener}}. Who was to answer there, and is anybody listening? `ss -lnu` and `ip addr show lo` tell.",
      ja = "resolv.conf は {{p.listener}} に聞きます。そこで答えるはずなのは誰で、今は誰か待ち受けているでしょうか。`ss -lnu` と `ip addr show lo` で分かります。" },
    { en = "The DNS tunnel listens at 10.255.255.254, as if dnsTunnelingIpAddress had not been said. Read .wslconfig, with an eye on the lines in brackets. "
        .. "WSL says what it does not know when it starts.",
      ja = "DNS トンネルは 10.255.255.254 で待ち受けていて、dnsTunnelingIpAddress が書かれていないかのようです。.wslconfig を、角括弧の行に注意して"
        .. "読みましょう。WSL は知らないキーを起動時に警告します。" },
    { en = "dnsTunnelingIpAddress belongs under [experimental]; under [wsl2] it is an unknown key. Move the line, `wsl --shutdown`, and open WSL again.",
      ja = "dnsTunnelingIpAddress は [experimental] のキーで、[wsl2] の下では知らないキーです。行を移し、`wsl --shutdown` の後に WSL を開き直しましょう。" },
  },
  look_alike = { "dns-tunnel-dead", "wrong-nameserver", "config-wrong-file", "host-dns-proxy-dead" },

  solution = {
    "ping -c 1 -W 0.3 8.8.8.8",
    "timeout 0.3 getent hosts google.com",
    "cat /etc/resolv.conf",
    "ss -lnu",
    { windows = "type $HOME\\.wslconfig" },
    "dojo diagnose L2.5 config-wrong-section",
    { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nmemory=8GB`n`n[experimental]`nsparseVhd=true`ndnsTunnelingIpAddress={{p.listener}}\"" },
    { windows = "wsl --shutdown" },
    { windows = "wsl hostname -I" },
    "getent hosts google.com",
  },
  alternatives = {
    -- From WSL: the line taken out, and put under the other heading.
    {
      "ping -c1 -W0.3 1.1.1.1",
      "timeout 0.3 getent ahosts github.com",
      "grep nameserver /etc/resolv.conf",
      "cat /mnt/c/Users/learner/.wslconfig",
      "sed -i -e '/^dnsTunneling/d' -e 's/^.experimental.*/&\\ndnsTunnelingIpAddress={{p.listener}}/' /mnt/c/Users/learner/.wslconfig",
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "dojo diagnose 2.5 config-wrong-section",
      "getent hosts {{p.site}}",
    },
    -- The right line comes at the end, the wrong one stays, as one that says nothing; all at Windows' prompt.
    {
      { windows = "wsl ping -c1 8.8.8.8" },
      { windows = "wsl timeout 0.3 getent hosts google.com" },
      { windows = "wsl cat /etc/resolv.conf" },
      { windows = "Get-Content C:\\Users\\learner\\.wslconfig" },
      { windows = "wsl dojo diagnose L2.5 config-wrong-section" },
      { windows = "Add-Content C:\\Users\\learner\\.wslconfig 'dnsTunnelingIpAddress={{p.listener}}'" },
      { windows = "wsl --shutdown" },
      { windows = "wsl getent hosts google.com" },
    },
    -- Written anew from WSL, and WSL stopped from there.
    {
      "ping -c 1 8.8.8.8",
      "timeout 0.3 getent hosts google.com",
      "cat /etc/resolv.conf",
      "grep -n . /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose L2.5 config-wrong-section",
      "printf '[experimental]\\ndnsTunnelingIpAddress = {{p.listener}}\\n' > /mnt/c/Users/learner/.wslconfig",
      "wsl.exe --shutdown",
      "getent hosts {{p.site}}",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L2.5 dns-tunnel-dead", "dojo diagnose L2.5 wrong-nameserver", "dojo diagnose L2.5 host-dns-proxy-dead",
      "dojo diagnose L2.5 config-wrong-file", "dojo diagnose L2.5 config-wrong-section",
    } },
    { name = "another server in resolv.conf", at_most = 50, commands = {
      "ping -c1 -W0.3 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "cat /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose L2.5 config-wrong-section", "echo nameserver 10.255.255.254 | sudo tee /etc/resolv.conf", "getent hosts google.com",
    } },
    { name = "the line moved, WSL not restarted", at_most = 50, commands = {
      "ping -c1 -W0.3 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "cat /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose L2.5 config-wrong-section", "echo 'dnsTunnelingIpAddress={{p.listener}}' >> /mnt/c/Users/learner/.wslconfig",
      "timeout 0.3 getent hosts google.com",
    } },
    { name = "only restarted", at_most = 50, commands = {
      "ping -c1 -W0.3 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf", "cat /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose L2.5 config-wrong-section", { windows = "wsl --shutdown" }, "timeout 0.3 getent hosts google.com",
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      "echo 'dnsTunnelingIpAddress={{p.listener}}' >> /mnt/c/Users/learner/.wslconfig", { windows = "wsl --shutdown" }, "getent hosts google.com",
    } },
    { name = "wrong layer: the route thrown away and set again", at_most = 30, commands = {
      "ping -c1 -W0.3 8.8.8.8", "timeout 0.3 getent hosts google.com",
      "sudo ip route del default", "sudo ip route add default via {{p.gateway}} dev eth0", "dojo diagnose L2 no-default-route",
    } },
  },
}
