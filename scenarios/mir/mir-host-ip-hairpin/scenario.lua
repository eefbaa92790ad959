-- SPDX-License-Identifier: GPL-2.0-or-later
--
--   phone ---------------> 192.168.1.x:PORT ------> wsl 0.0.0.0:PORT      a way in from the wire
--   windows 127.0.0.1 ----------------------------> wsl                   shared loopback
--   windows 192.168.1.x:PORT ---------------------> wsl ----X             its answer goes to its own lo
--
-- Mirrored mode: Windows and WSL have the same address. Asked from Windows at that address, WSL gets the SYN, with that address as the
-- sender, too; its answer is for an address of its own, so it goes to lo and never leaves WSL. Windows waits for ever.
-- hostAddressLoopback=true in [experimental] gives WSL a route for that address, back to Windows (table 128). In [wsl2] it is no key.
-- The page has a fixed link with the address in it, so 127.0.0.1 is no way out for this user.

-- Pinned: mirrored mode (wsl2.mirrored) and WSL 2.5.9, whose loopback gateway is 169.254.73.152.
local windows_file = "/mnt/c/Users/learner/.wslconfig"
local titles = { "Meal planner", "Photo wall", "Plant diary", "Kite club" }
local function port(p) return p.port end

local function text(key) return "[wsl2]\nmemory=8GB\nnetworkingMode=mirrored\n" .. key end
local key = "[experimental]\nhostAddressLoopback="

-- The new PC's file: the line is not there, or says no.
local shapes = { text(""), text("\n" .. key .. "false\n") }

-- After the last change Windows got the page at its own address, or `dojo check` did from there.
local function tried_from_windows(ev)
  if not ev:mended() then return false, {} end
  local last, seqs = ev:changes()[#ev:changes()], ev:tried_since("windows")
  for _, seq in ipairs(ev:output("any", function(out, e)
    return last and e.seq > last.seq and (e.node == "windows" or e.text:find("%.exe")) and (e.text or ""):find(ev.p.windows, 1, true)
      and out:find(ev.p.page, 1, true)
  end)) do seqs[#seqs + 1] = seq end
  return #seqs > 0, seqs
end

return scenario {
  api = 1,
  id = "mir-host-ip-hairpin",
  layer = "L5",
  mode = "mirrored",
  level = 4,
  chapter = 8,
  minutes = 15,
  tags = { "mirrored", "publishing", "localhost", ".wslconfig", "windows" },
  title = {
    en = "Everybody opens it but the PC it runs on",
    ja = "動かしている当の PC からだけ開かない",
  },
  ticket = {
    en = "New PC, WSL in mirrored mode as on the old one, the .wslconfig typed in again by hand. My page in WSL runs on port {{p.port}}. The phone opens "
      .. "http://{{p.windows}}:{{p.port}}, and this PC is {{p.windows}}. http://127.0.0.1:{{p.port}} works here as well. "
      .. "But http://{{p.windows}}:{{p.port}} in the browser of this very PC never comes, and the page's own links all have that address "
      .. "in them, so I can't just take 127.0.0.1. On the old PC it "
      .. "worked. I looked for a firewall rule, but the phone gets in with it, doesn't it?",
    ja = "PC を買い替え、前と同じく WSL をミラーモードにしました。.wslconfig は手で打ち直しました。WSL のページはポート {{p.port}} で動いています。"
      .. "スマホからは http://{{p.windows}}:{{p.port}} で開きます。{{p.windows}} はこの PC です。ここでも http://127.0.0.1:{{p.port}} なら開きます。ところが、"
      .. "当のこの PC のブラウザーで http://{{p.windows}}:{{p.port}} を開くと、いつまでたっても出ません。ページの中のリンクはどれもこのアドレスなので、"
      .. "127.0.0.1 で済ませるわけにもいきません。前の PC では動いていました。ファイアウォールかと思いましたが、スマホからは入れていますよね。",
  },
  goals = {
    { en = "Find out which layer is at fault, and name the cause with `dojo diagnose`.",
      ja = "どのレイヤーが悪いのかを突き止め、`dojo diagnose` で原因を答える。" },
    { en = "Let Windows itself open http://{{p.windows}}:{{p.port}}, with WSL in mirrored mode as it is.",
      ja = "WSL はミラーモードのまま、Windows 自身から http://{{p.windows}}:{{p.port}} を開けるようにする。" },
    { en = "Prove that it works; `dojo check` tries it from Windows.", ja = "直ったことを確かめる。`dojo check` は Windows から試す。" },
  },
  sources = { "microsoft/WSL#11034", "microsoft/WSL#13367", "microsoft/WSL#13013", "microsoft/WSL#41284", "microsoft/WSL#10632", "microsoft/WSL#11758",
    "microsoft/WSL#12255", "microsoft/WSL#10611" },
  requires = { tools = { "ip", "ping", "curl" } },

  params = function(seed)
    return { shape = seed:int(1, #shapes), page = seed:pick(titles), port = seed:pick({ 3000, 5173, 8000, 8123 }) }
  end,

  topology = function(p)
    return wsl2.mirrored {
      windows = { firewall = { rules = { { Name = "wsl-page", DisplayName = "WSL page", Direction = "Inbound", Action = "Allow", Protocol = "TCP",
        LocalPort = { tostring(p.port) } } } } },
      wsl = { wslconfig = text("\n" .. key .. "true\n") },
      services = {
        { name = "page", node = "wsl", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = p.port } },
          config = { default = "page", sites = { page = { ["/"] = {
            status = 200, type = "text/html", body = "<!doctype html><title>" .. p.page .. "</title><h1>" .. p.page .. "</h1>\n" } } } } },
      },
    }
  end,

  fault = function(lab, p)
    lab:windows("wsl.shutdown", {})
    lab:node("windows"):file(windows_file, shapes[p.shape])
    lab:windows("wsl.start", {})
  end,

  symptoms = {
    probe.http { name = "windows-opens-own-address", node = "windows", url = "http://{{p.windows}}:{{p.port}}/", timeout = 0.3 },
    probe.connect { name = "windows-connects", node = "windows", address = "{{p.windows}}", port = port, timeout = 0.3 },
  },
  controls = {
    probe.http { name = "phone-opens-page", node = "phone", url = "http://{{p.windows}}:{{p.port}}/", timeout = 2.0 },
    probe.http { name = "windows-opens-localhost", node = "windows", url = "http://127.0.0.1:{{p.port}}/", timeout = 2.0 },
    probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8" },
    probe.lookup { name = "name-resolves", node = "wsl", host = "github.com", timeout = 2.0 },
  },
  fixed = {
    probe.http { name = "windows-opens-mended", node = "windows", url = "http://{{p.windows}}:{{p.port}}/", timeout = 2.0,
      expect = function(r, p) return r.ok == true and (r.body or ""):find(p.page, 1, true) ~= nil end },
    probe.connect { name = "windows-connects-mended", node = "windows", address = "{{p.windows}}", port = port, timeout = 2.0 },
    probe.run { name = "still-mirrored", node = "wsl", argv = { "wslinfo", "--networking-mode" }, timeout = 2.0,
      title = { en = "WSL is in mirrored mode", ja = "WSL がミラーモードのままである" },
      expect = function(r) return (r.stdout or ""):find("mirrored", 1, true) ~= nil end },
  },
  truth = { { layer = "L5", cause = "host-address-loopback", at = "wsl" } },
  pass = 70,

  steps = {
    step.address_seen { points = 5 },
    step.listening_seen { points = 5 },
    step.config_seen { points = 10, line = "networkingMode=mirrored" },
    step.looked_first { points = 8, least = 2 },
    step.layer_named { points = 8 },
    step.cause_named { points = 12 },
    step.mended { points = 32 },
    step.custom { id = "tried-at-own-address", group = "verify", points = 10, test = tried_from_windows,
      title = { en = "Tried Windows' own address after mending", ja = "直した後に Windows 自身のアドレスを試した" } },
    step.care { points = 10, allow = { "route", "neigh", "windows:wsl.shutdown", "windows:wsl.terminate" } },
  },

  hints = {
    { en = "The phone gets in, so the page, its port and the firewalls are fine. Who sends the packet when Windows itself asks, and where does WSL answer to?",
      ja = "スマホから開けるので、ページもポートもファイアウォールも正常です。Windows 自身が開くとき、送り主は誰で、WSL の返事はどこへ行くでしょう。" },
    { en = "Both have {{p.windows}}. WSL's answer to that address stays in WSL: `ip route get {{p.windows}}`, `ip route show table 128`. "
        .. ".wslconfig has a setting for just this.",
      ja = "{{p.windows}} は両方のアドレスなので、WSL の返事は WSL の中にとどまります。`ip route get {{p.windows}}` と `ip route show table 128` を見ましょう。"
        .. ".wslconfig にはこのための設定があります。" },
    { en = "`hostAddressLoopback=true` has to stand under [experimental]; under [wsl2] it is an unknown key. Then `wsl --shutdown`.",
      ja = "`hostAddressLoopback=true` を [experimental] の下に書きます。[wsl2] の下では知らないキーになります。その後で `wsl --shutdown` です。" },
  },
  look_alike = { "hyperv-firewall-inbound", "localhost-only", "app-on-loopback", "host-firewall-blocks-guest" },

  solution = {
    "ip -4 addr show eth0",
    "ss -lnt",
    { windows = "curl.exe -s -m 0.3 http://{{p.windows}}:{{p.port}}/" },
    { windows = "type $HOME\\.wslconfig" },
    "dojo diagnose L5 host-address-loopback",
    { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nmemory=8GB`nnetworkingMode=mirrored`n`n[experimental]`nhostAddressLoopback=true\"" },
    { windows = "wsl --shutdown" },
    { windows = "wsl hostname -I" },
    { windows = "curl.exe -s -m 3 http://{{p.windows}}:{{p.port}}/" },
  },
  alternatives = {
    -- From WSL: what there is of it goes, the section comes at the end.
    {
      "ip a",
      "ss -lntp",
      "cat /mnt/c/Users/learner/.wslconfig",
      "sed -i -e '/experimental/d' -e '/hostAddress/d' /mnt/c/Users/learner/.wslconfig",
      "printf '[experimental]\\nhostAddressLoopback=true\\n' >> /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose 5 host-address-loopback",
      { windows = "wsl --shutdown" },
      { windows = "wsl hostname -I" },
      "dojo check",
    },
    -- The route that the setting would make, by hand and for now; the rest at Windows' prompt.
    {
      { windows = "wsl hostname -I" },
      { windows = "wsl ss -lnt" },
      { windows = "Get-Content C:\\Users\\learner\\.wslconfig" },
      { windows = "wsl dojo diagnose L5 host-address-loopback" },
      "sudo ip neigh replace 169.254.73.152 lladdr 00:11:22:33:44:55 dev eth0 nud permanent",
      "sudo ip route add {{p.windows}} via 169.254.73.152 dev eth0 src {{p.windows}} onlink table 128",
      "dojo check",
    },
    -- Written anew from WSL, and WSL stopped from there.
    {
      "hostname -I",
      "ss -lnt",
      "grep -n . /mnt/c/Users/learner/.wslconfig",
      "dojo diagnose L5 host-address-loopback",
      "printf '[wsl2]\\nnetworkingMode = mirrored\\n[experimental]\\nhostAddressLoopback = true\\n' > /mnt/c/Users/learner/.wslconfig",
      "wsl.exe --shutdown",
      "curl.exe -s -m 3 http://{{p.windows}}:{{p.port}}/",
    },
  },
  missteps = {
    { name = "guessing", at_most = 20, commands = {
      "dojo diagnose L3 hyperv-firewall-inbound", "dojo diagnose L5 app-on-loopback", "dojo diagnose L5 localhost-only",
      "dojo diagnose L3 host-firewall-blocks-guest", "dojo diagnose L5 host-address-loopback",
    } },
    { name = "the key in the wrong section", at_most = 50, commands = {
      "ip a", "ss -lnt", "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L5 host-address-loopback",
      "printf '[wsl2]\\nnetworkingMode=mirrored\\nhostAddressLoopback=true\\n' > /mnt/c/Users/learner/.wslconfig",
      { windows = "wsl --shutdown" }, { windows = "wsl hostname -I" },
    } },
    { name = "the key written, WSL not restarted", at_most = 50, commands = {
      "ip a", "ss -lnt", "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L5 host-address-loopback",
      "printf '[wsl2]\\nnetworkingMode=mirrored\\n[experimental]\\nhostAddressLoopback=true\\n' > /mnt/c/Users/learner/.wslconfig",
    } },
    { name = "back to NAT mode", at_most = 50, commands = {
      "ip a", "ss -lnt", "cat /mnt/c/Users/learner/.wslconfig", "dojo diagnose L5 host-address-loopback",
      { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nnetworkingMode=nat\"; wsl --shutdown" }, { windows = "wsl hostname -I" },
    } },
    { name = "wrong layer: every door opened", at_most = 30, commands = {
      "ip a", "ss -lnt", "dojo diagnose L3 hyperv-firewall-inbound",
      { windows = "Set-NetFirewallHyperVVMSetting -Name '{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}' -DefaultInboundAction Allow" },
    } },
    { name = "mended without looking or a diagnosis", at_most = 55, commands = {
      { windows = "Set-Content $HOME\\.wslconfig \"[wsl2]`nnetworkingMode=mirrored`n[experimental]`nhostAddressLoopback=true\"; wsl --shutdown" },
      { windows = "wsl hostname -I" }, "dojo check",
    } },
  },
}
