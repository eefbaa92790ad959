-- SPDX-License-Identifier: GPL-2.0-or-later
-- What each step teaches, earned or lost: one sentence, the guide's chapter, what a professional would have typed.

local best = require("best")
local text = require("text")

local lessons = {}

-- By a step's name: the guide's chapter (nil: the scenario's), one sentence in English and in Japanese, and what a professional types where the
-- scenario's own solution has no line for it.
local teaching = {
  address_seen = { 4, "`ip -4 addr show eth0` shows whether it is up and has an address",
    "`ip -4 addr show eth0` で、UP かどうかとアドレスが分かる", { "ip -4 addr show eth0" } },
  gateway_seen = { 5, "`ip route` shows the way out, in the line that begins with default",
    "`ip route` の default で始まる行が出口", { "ip route" } },
  gateway_pinged = { 5, "`ip neigh` after any try tells whether the first hop is there; Windows drops pings to it",
    "何か試した後の `ip neigh` で、最初の中継先がいるか分かる。ping は Windows が落とす", { "ip neigh" } },
  public_pinged = { 13, "`ping -c 1 8.8.8.8` needs no name, so it parts routing from name resolution",
    "`ping -c 1 8.8.8.8` は名前を使わないので、経路と名前解決を切り分けられる", { "ping -c 1 8.8.8.8" } },
  name_looked_up = { 6, "`getent hosts google.com` asks the way programs do",
    "`getent hosts google.com` はプログラムと同じ方法で名前を引く", { "getent hosts google.com" } },
  resolv_conf_read = { 6, "`cat /etc/resolv.conf` names the server that is asked", "`cat /etc/resolv.conf` に問い合わせ先が書かれている", { "cat /etc/resolv.conf" } },
  listening_seen = { 7, "`ss -lnt` lists what listens, and on which address", "`ss -lnt` で待ち受けとそのアドレスが分かる", { "ss -lntp" } },
  guest_address_seen = { 10, "`wsl hostname -I` on Windows, or `ip -4 addr show eth0` in WSL, tells the address of now",
    "Windows の `wsl hostname -I` か、WSL の `ip -4 addr show eth0` で今のアドレスが分かる", { "ip -4 addr show eth0", { windows = "wsl hostname -I" } } },
  portproxy_seen = { 10, "`netsh interface portproxy show all` on Windows lists what is passed on, and where to",
    "Windows の `netsh interface portproxy show all` で、どこからどこへ渡すかが分かる", { { windows = "netsh interface portproxy show all" } } },
  firewall_seen = { 7, "`Get-NetFirewallRule -Direction Inbound -Enabled True` on Windows lists what is let in",
    "Windows の `Get-NetFirewallRule -Direction Inbound -Enabled True` で、何を通しているかが分かる",
    { { windows = "Get-NetFirewallRule -Direction Inbound -Enabled True" } } },
  windows_routes_seen = { 5, "`route print -4` on Windows shows which way it sends what WSL gives it: of two equal destinations the lower metric wins",
    "Windows の `route print -4` で、WSL から受け取ったものをどこへ送るかが分かる。宛先が同じならメトリックの小さいほうが勝つ", { { windows = "route print -4" } } },
  hyperv_seen = { 7, "`Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore` on Windows shows what is let in to WSL",
    "Windows の `Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore` で、WSL への受信をどう扱うかが分かる",
    { { windows = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore" } } },
  sysctl_seen = { nil, "`sysctl -a --pattern rp_filter` lists a setting for every interface",
    "`sysctl -a --pattern rp_filter` で、インターフェースごとの設定値が並ぶ",
    { "sysctl -a --pattern rp_filter" } },
  vpn_seen = { 12, "`route print -4` and `Get-NetIPInterface` on Windows show the VPN's routes, metric and MTU",
    "Windows の `route print -4` と `Get-NetIPInterface` で、VPN の経路、メトリック、MTU が分かる", { { windows = "route print -4" }, { windows = "Get-NetIPInterface" } } },
  size_tried = { 12, "`ping -M do -s 1472 -c 1 HOST` sends a packet of 1500 bytes that nobody may cut; smaller ones tell where it ends",
    "`ping -M do -s 1472 -c 1 相手` は分割禁止の 1500 バイトを送る。小さくしていけば、通る上限が分かる", { "ping -M do -s 1472 -c 1 8.8.8.8" } },
  filters_seen = { 7, "`sudo nft list ruleset` shows every filter of the guest", "`sudo nft list ruleset` でゲスト側のフィルタがすべて見える", { "sudo nft list ruleset" } },
  named_server_asked = { 6, "`dig @8.8.8.8 google.com` asks that server directly", "`dig @8.8.8.8 google.com` はそのサーバーに直接聞く", { "dig @8.8.8.8 google.com" } },
  nat_seen = { 9, "`Get-NetNat` on Windows lists its NAT objects; where it shows none, Internet Connection Sharing may translate for WSL",
    "Windows の `Get-NetNat` で NAT が分かる。何も出なくても、インターネット接続の共有（ICS）が WSL のために変換していることがある",
    { { windows = "Get-NetNat" } } },
  sides_compared = { 9, "Ask Windows the same as WSL: what only one of them can do tells on which side the fault is",
    "WSL と Windows に同じことを聞く。片方だけができないなら、障害はその側にある" },
  hypothesis_tested = { 13, "Two tries that differ in one thing part the layers: an outside address, then a name",
    "一点だけ違う二つの試行がレイヤーを分ける。外部の IP アドレスの次に、名前を試す", { "ping -c 1 8.8.8.8", "ping -c 1 google.com" } },
  diagnosed_first = { 3, "Say what it is before you change anything: then the change is a test of what you said",
    "変更する前に原因を言う。そうすれば、変更がその診断の検証になる", { "dojo diagnose" } },
  looked_first = { 3, "Look from L1 upward first: a change hides what was wrong", "まず L1 から順に見る。変更すると、元の異常が見えなくなる" },
  layer_named = { 3, "`dojo diagnose` alone lists the layers", "引数なしの `dojo diagnose` でレイヤーの一覧が出る", { "dojo diagnose" } },
  cause_named = { 3, "`dojo diagnose` alone lists the causes of a layer and finds them by a word",
    "引数なしの `dojo diagnose` で、レイヤーごとの原因を一覧・検索できる", { "dojo diagnose" } },
  mended = { nil, "`dojo check` tells at any time which of them hold", "`dojo check` でいつでも現状を確かめられる", { "dojo check" } },
  verified = { 13, "After the mend, run again what had failed", "直した後に、失敗していた操作をもう一度試す" },
  published = { 8, "`dojo check` tries it from the phone, which a look from the PC itself can't stand for",
    "`dojo check` はスマホから試す。PC 自身から見えても、その代わりにはならない", { "dojo check" } },
  care = { 13, "Change only what the diagnosis names, and put back what was only a try",
    "診断した箇所だけを変更し、試しただけの変更は元に戻す" },
  config_seen = { 11, "`cat /etc/wsl.conf` in WSL, `type $HOME\\.wslconfig` on Windows show each setting and its section: one in the wrong place does nothing",
    "WSL の `cat /etc/wsl.conf` と Windows の `type $HOME\\.wslconfig` で、設定とそのセクションが分かる。場所を間違えた設定は効かない",
    { "cat /etc/wsl.conf", { windows = "type $HOME\\.wslconfig" } } },
  file_seen = { nil, "`ls -l` tells what a file is, `cat` what it says: a link that leads nowhere shows only in the first",
    "`ls -l` でファイルの正体が、`cat` で中身が分かる。行き先のないリンクは `ls -l` でしか分からない", { "ls -l /etc/resolv.conf" } },
  complaint_tried = { nil, "Try yourself what the user says fails, word for word, before looking for a reason",
    "利用者が失敗すると言う操作を、原因を探す前に、書かれたとおりに自分で試す" },
  answer_came = { 3, "What answers rules out every layer below it: try the same with another address, another name, from another machine",
    "応答があれば、それより下のレイヤーはすべて正常だと分かる。別のアドレス、別の名前、別の機器からも試す", { "ping -c 1 8.8.8.8", "getent hosts google.com" } },
  unharmed = { 13, "Where every layer answers there is nothing to mend: say so with `dojo diagnose none`, and show what answered",
    "どのレイヤーも応答するなら、直すものはない。`dojo diagnose none` と答え、応答したものを示す", { "dojo diagnose none" } },
  custom = { nil, "What differs between what works and what does not tells where the fault is",
    "うまくいくものといかないものの違いが、障害の場所を教えてくれる" },
}

local MOST = 3 -- commands of a professional an item shows

-- Commands of the table, as the reference's way has its own.
local function usual(list, p)
  local out = core.array({})
  for i, line in ipairs(list or {}) do
    local windows = type(line) == "table"
    out[i] = { node = windows and "windows" or "wsl", line = text.fill(windows and line.windows or line, p) }
  end
  return out
end

-- A step's lesson. way: the reference's, whose lines for it come first; the scenario's author may have a sentence of their own.
function lessons.of(step, way, p, chapter)
  local row, own = teaching[step.name] or {}, step.options.lesson
  local commands = best.commands(way, step.id, MOST)
  return {
    text = text.both(text.fill(own or { en = row[2] or "", ja = row[3] or "" }, p)),
    chapter = row[1] or chapter or core.null,
    commands = #commands > 0 and commands or usual(row[4], p),
  }
end

return lessons
