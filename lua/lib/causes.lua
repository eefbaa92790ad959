-- SPDX-License-Identifier: GPL-2.0-or-later
-- The catalogue of causes a diagnosis can name: the same list in every lab, so it gives nothing away.

local causes = {}

-- id, layer, English, Japanese
local rows = {
  { "eth0-unconfigured", "L1", "eth0 was left without address and link", "eth0 に IP アドレスが付かず、リンクも上がっていない" },
  { "all-links-down", "L1", "every interface is down, lo too", "lo を含むすべてのインターフェースが落ちている" },
  { "eth0-missing", "L1", "there is no eth0, only lo", "eth0 がなく lo しかない" },
  { "no-carrier", "L1", "eth0 has no carrier", "eth0 にキャリアがない（NO-CARRIER）" },
  { "host-vnic-apipa", "L1", "the Windows side fell to a 169.254 address", "Windows 側の仮想 NIC が 169.254 のアドレスになった" },
  { "host-vnic-gone", "L1", "the Windows side of the switch is gone or disconnected", "Windows 側の仮想 NIC が無い、または切断されている" },
  { "address-is-broadcast", "L1", "the guest got its subnet's broadcast address", "ゲストにブロードキャストアドレスが割り当てられた" },
  { "duplicate-mac", "L1", "two machines share one MAC address", "2 台が同じ MAC アドレスを使っている" },
  { "no-default-route", "L2", "there is no default route", "デフォルトルートがない" },
  { "wrong-default-gateway", "L2", "the default route points at a wrong gateway", "デフォルトルートのゲートウェイが間違っている" },
  { "vpn-default-metric", "L2", "a VPN's default route wins on Windows", "Windows で VPN のデフォルトルートが優先されている" },
  { "vpn-steals-subnet", "L2", "a VPN took the WSL subnet's route", "VPN が WSL サブネットの経路を奪った" },
  { "vpn-overlap", "L2", "the WSL subnet overlaps a VPN or office network", "WSL のサブネットが VPN や社内網と重なっている" },
  { "docker-overlap", "L2", "a Docker bridge overlaps eth0's subnet", "Docker ブリッジが eth0 のサブネットと重なっている" },
  { "blackhole-route", "L2", "a blackhole route swallows the traffic", "blackhole ルートが通信を捨てている" },
  { "vpn-route-not-mirrored", "L2", "a route of Windows' has no copy in WSL", "Windows の経路の一部が WSL に写されていない" },
  { "ipv6-first", "L2", "IPv6 is tried first and has no route", "IPv6 が先に試されるが経路がない" },
  { "mtu-vpn-blackhole", "L2", "large packets vanish on a smaller MTU", "MTU の小さい区間で大きなパケットが消える" },
  { "guest-mtu-too-small", "L2", "the guest's MTU is too small", "ゲスト側の MTU が小さすぎる" },
  { "host-dns-proxy-dead", "L2.5", "the Windows DNS proxy does not answer", "Windows 側の DNS プロキシが応答しない" },
  { "host-firewall-drops-dns", "L2.5", "Windows Firewall drops DNS from the guest", "Windows ファイアウォールがゲストの DNS を落としている" },
  { "vpn-blocks-dns", "L2.5", "a VPN blocks the guest's DNS", "VPN がゲストの DNS を遮断している" },
  { "resolvconf-dangling", "L2.5", "resolv.conf is a dangling symlink", "resolv.conf のリンク先が存在しない" },
  { "resolvconf-overwritten", "L2.5", "resolv.conf is rewritten at each start", "resolv.conf が起動のたびに書き換えられる" },
  { "wrong-nameserver", "L2.5", "resolv.conf names a server that is none", "resolv.conf に DNS でないサーバーが書かれている" },
  { "first-nameserver-dead", "L2.5", "the first of several nameservers is dead", "複数の nameserver のうち先頭が死んでいる" },
  { "search-suffix-missing", "L2.5", "the search suffix is missing", "検索ドメイン（search）がない" },
  { "dns-tcp-not-served", "L2.5", "DNS over TCP is not served", "TCP の DNS が提供されていない" },
  { "dns-tunnel-dead", "L2.5", "the DNS tunnel does not answer", "DNS トンネルが応答しない" },
  { "dns-wrong-answer", "L2.5", "the server answers with a wrong address", "DNS サーバーが誤ったアドレスを返す" },
  { "hosts-file-override", "L2.5", "an old line in /etc/hosts wins", "/etc/hosts の古い行が優先されている" },
  { "config-wrong-section", "L2.5", "a setting in the wrong section of .wslconfig has no effect",
    ".wslconfig のセクションが違い、設定が効いていない" },
  { "config-wrong-file", "L2.5", "a setting in the wrong file (.wslconfig or wsl.conf) has no effect",
    "書くファイル（.wslconfig と wsl.conf）が違い、設定が効いていない" },
  { "guest-filter", "L3", "a filter inside the guest drops the traffic", "ゲスト内のフィルタが通信を落としている" },
  { "host-firewall-blocks-guest", "L3", "Windows Firewall blocks the guest", "Windows ファイアウォールがゲストを遮断している" },
  { "hyperv-firewall-inbound", "L3", "the Hyper-V firewall blocks inbound traffic", "Hyper-V ファイアウォールが受信を遮断している" },
  { "security-suite", "L3", "a third-party security suite drops the traffic", "他社製セキュリティソフトが通信を落としている" },
  { "rp-filter", "L3", "reverse-path filtering drops the traffic", "rp_filter が通信を落としている" },
  { "sysctl-override", "L3", "kernel parameters that WSL's networking needs were changed", "WSL のネットワークに必要なカーネルパラメーターが変えられている" },
  { "nat-missing", "L4", "Windows does not translate the guest's addresses", "Windows がゲストのアドレスを変換していない" },
  { "ics-disabled", "L4", "Internet Connection Sharing is disabled", "インターネット接続の共有（ICS）が無効" },
  { "forwarding-dead", "L4", "Windows does not forward, though it answers itself", "Windows 自身は応答するが転送していない" },
  { "nat-port-exhaustion", "L4", "the ports for outgoing connections ran out", "送信用ポートが枯渇している" },
  { "nat-icmp-only", "L4", "ping is translated, TCP is not", "ping は変換されるが TCP は変換されない" },
  { "portproxy-stale", "L5", "portproxy points at an old guest address", "portproxy が古いゲストの IP を指している" },
  { "portproxy-no-rule", "L5", "portproxy without a firewall rule", "portproxy はあるがファイアウォール規則がない" },
  { "app-on-loopback", "L5", "the application listens on 127.0.0.1 only", "アプリが 127.0.0.1 だけで待ち受けている" },
  { "localhost-ipv6", "L5", "published on the IPv6 localhost (::1) only", "IPv6 の localhost（::1）だけに公開されている" },
  { "localhost-only", "L5", "published on Windows' localhost only, not on the LAN", "Windows の localhost だけに公開され、LAN には出ていない" },
  { "localhost-relay-off", "L5", "localhost forwarding is off", "localhostForwarding が無効" },
  { "nothing-listens", "L5", "nothing listens on that port", "そのポートで待ち受けているものがない" },
  { "docker-misses-loopback0", "L5", "what comes in by loopback0 misses a container's published port",
    "loopback0 から入る通信が、コンテナの公開ポートに向けられない" },
  { "host-address-loopback", "L5", "Windows' own address does not lead back into WSL", "Windows 自身のアドレスからは WSL に戻れない" },
  { "clock-behind", "other", "the clock is behind", "時計が遅れている" },
  { "proxy-unreachable", "other", "a configured proxy can't be reached", "設定されたプロキシに届かない" },
  { "tls-unknown-ca", "other", "a TLS inspection certificate is not trusted", "TLS 検査の証明書が信頼されていない" },
}

causes.by_id = {}

for _, row in ipairs(rows) do
  local cause = { cause = row[1], layer = row[2], title = { en = row[3], ja = row[4] } }
  causes.by_id[row[1]] = cause
end

-- In the guide's order of layers.
function causes.list()
  local out = core.array({})
  for i, row in ipairs(rows) do out[i] = causes.by_id[row[1]] end
  return out
end

return causes
