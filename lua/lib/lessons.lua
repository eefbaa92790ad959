-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a lost step teaches: why it was lost, and one sentence on what to try, with the guide's chapter.

local text = require("text")

local lessons = {}

-- Why nothing was earned, for the steps that can be lost in more than one way. %s and %d are filled in by `why`; `alone`:
-- what to try would be beside the point.
local reasons = {
  looked_too_little = { "Looked at %d of the %d things wanted before the first change", "最初の変更までに見たのは %d 項目だけ（%d 項目以上が必要）" },
  looked_too_little_unchanged = { "Nothing was changed, but only %d of the %d things wanted were looked at",
    "何も変更していないが、見たのは %d 項目だけ（%d 項目以上が必要）" },
  no_answer = { "No diagnosis was stated", "診断が答えられていない" },
  guessed = { "%d diagnoses were stated; more than %d count as guessing", "診断が %d 回答えられた（%d 回を超えると当てずっぽうとみなす）" },
  wrong_layer = { "The last diagnosis names another layer", "最後の診断のレイヤーが違う" },
  no_cause = { "The layer was named, but no cause", "レイヤーだけで、原因が答えられていない" },
  wrong_cause = { "The last diagnosis names another cause", "最後の診断の原因が違う" },
  not_ended = { "The attempt has not ended yet", "まだ終了していない", alone = true },
  nothing_done = { "Nothing was done in the lab", "ラボの中で何も実行していない" },
  unmended = { "Still failing: %s", "まだ失敗している: %s" },
  broke = { "It worked before and fails now: %s", "前は正常だったのに失敗している: %s" },
  nothing_to_prove = { "It was not mended, so there was nothing to prove", "直っていないので、確かめるものがない", alone = true },
  nothing_to_judge = { "It was not mended, so care can't be judged", "直っていないので、慎重さは判定できない", alone = true },
  wsl_restarted = { "WSL was restarted, which ends every program in it, and the fault was elsewhere",
    "原因は別なのに WSL を再起動し、中のプログラムをすべて終わらせた" },
  firewall_off = { "A whole firewall profile was changed where one rule was wanted", "規則が一つあれば足りるのに、プロファイル全体を変更した" },
  portproxy_reset = { "Every rule of the port proxy was thrown away", "ポートプロキシの規則をすべて消した" },
  nothing_changed = { "Nothing was changed and nothing was mended, so care can't be judged",
    "何も変更しておらず直ってもいないので、慎重さは判定できない", alone = true },
}

-- The reason with its values; a value may be a text {en, ja} itself.
function lessons.why(name, ...)
  local en, ja = { ... }, { ... }
  for i, v in ipairs(en) do
    if type(v) == "table" then en[i], ja[i] = v.en, v.ja end
  end
  local reason = reasons[name]
  return { en = reason[1]:format(table.unpack(en)), ja = reason[2]:format(table.unpack(ja)), alone = reason.alone }
end

-- By a step's name: the guide's chapter, English, Japanese.
local hints = {
  address_seen = { 4, "`ip -4 addr show eth0` shows whether it is up and has an address",
    "`ip -4 addr show eth0` で、UP かどうかとアドレスが分かる" },
  gateway_seen = { 5, "`ip route` shows the way out, in the line that begins with default",
    "`ip route` の default で始まる行が出口" },
  gateway_pinged = { 5, "`ip neigh` after any try tells whether the first hop is there; Windows drops pings to it",
    "何か試した後の `ip neigh` で、最初の中継先がいるか分かる。ping は Windows が落とす" },
  public_pinged = { 13, "`ping -c 1 8.8.8.8` needs no name, so it parts routing from name resolution",
    "`ping -c 1 8.8.8.8` は名前を使わないので、経路と名前解決を切り分けられる" },
  name_looked_up = { 6, "`getent hosts google.com` asks the way programs do", "`getent hosts google.com` はプログラムと同じ方法で名前を引く" },
  resolv_conf_read = { 6, "`cat /etc/resolv.conf` names the server that is asked", "`cat /etc/resolv.conf` に問い合わせ先が書かれている" },
  listening_seen = { 7, "`ss -lnt` lists what listens, and on which address", "`ss -lnt` で待ち受けとそのアドレスが分かる" },
  guest_address_seen = { 10, "`wsl hostname -I` on Windows, or `ip -4 addr show eth0` in WSL, tells the address of now",
    "Windows の `wsl hostname -I` か、WSL の `ip -4 addr show eth0` で今のアドレスが分かる" },
  portproxy_seen = { 10, "`netsh interface portproxy show all` on Windows lists what is passed on, and where to",
    "Windows の `netsh interface portproxy show all` で、どこからどこへ渡すかが分かる" },
  firewall_seen = { 7, "`Get-NetFirewallRule -Direction Inbound -Enabled True` on Windows lists what is let in",
    "Windows の `Get-NetFirewallRule -Direction Inbound -Enabled True` で、何を通しているかが分かる" },
  windows_routes_seen = { 5, "`route print -4` on Windows shows which way it sends what WSL gives it: of two equal destinations the lower metric wins",
    "Windows の `route print -4` で、WSL から受け取ったものをどこへ送るかが分かる。宛先が同じならメトリックの小さいほうが勝つ" },
  hyperv_seen = { 7, "`Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore` on Windows shows what is let in to WSL",
    "Windows の `Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore` で、WSL への受信をどう扱うかが分かる" },
  sysctl_seen = { 13, "`sysctl -a --pattern rp_filter` lists a setting for every interface", "`sysctl -a --pattern rp_filter` で、インターフェースごとの設定値が並ぶ" },
  vpn_seen = { 13, "`route print -4` and `Get-NetIPInterface` on Windows show the VPN's routes, metric and MTU",
    "Windows の `route print -4` と `Get-NetIPInterface` で、VPN の経路、メトリック、MTU が分かる" },
  size_tried = { 13, "`ping -M do -s 1472 -c 1 HOST` sends a packet of 1500 bytes that nobody may cut; smaller ones tell where it ends",
    "`ping -M do -s 1472 -c 1 相手` は分割禁止の 1500 バイトを送る。小さくしていけば、通る上限が分かる" },
  filters_seen = { 7, "`sudo nft list ruleset` shows every filter of the guest", "`sudo nft list ruleset` でゲスト側のフィルタがすべて見える" },
  named_server_asked = { 6, "`dig @8.8.8.8 google.com` asks that server directly", "`dig @8.8.8.8 google.com` はそのサーバーに直接聞く" },
  looked_first = { 3, "Look from L1 upward first: a change hides what was wrong", "まず L1 から順に見る。変更すると、元の異常が見えなくなる" },
  layer_named = { 3, "`dojo diagnose` alone lists the layers", "引数なしの `dojo diagnose` でレイヤーの一覧が出る" },
  cause_named = { 3, "`dojo diagnose` alone lists the causes of a layer and finds them by a word",
    "引数なしの `dojo diagnose` で、レイヤーごとの原因を一覧・検索できる" },
  mended = { nil, "`dojo check` tells at any time which of them hold", "`dojo check` でいつでも現状を確かめられる" },
  verified = { 13, "After the mend, run again what had failed", "直した後に、失敗していた操作をもう一度試す" },
  published = { 8, "`dojo check` tries it from the phone, which a look from the PC itself can't stand for",
    "`dojo check` はスマホから試す。PC 自身から見えても、その代わりにはならない" },
  care = { 13, "Change only what the diagnosis names, and put back what was only a try",
    "診断した箇所だけを変更し、試しただけの変更は元に戻す" },
}

local function chapter_words(n)
  if not n then return { en = "", ja = "" } end
  return { en = (" (guide, chapter %d)"):format(n), ja = ("（ガイド %d 章）"):format(n) }
end

-- A lost step's reason with what to try next, for the score card. chapter: the scenario's, where the step has none.
function lessons.lost(name, reason, p, chapter)
  local hint = hints[name]
  if not hint or reason.alone then return text.both(reason) end
  local where = chapter_words(hint[1] or chapter)
  local en, ja = text.fill(hint[2], p), text.fill(hint[3], p)
  return { en = ("%s. %s%s"):format(reason.en, en, where.en), ja = ("%s。%s%s"):format(reason.ja, ja, where.ja) }
end

return lessons
