-- SPDX-License-Identifier: GPL-2.0-or-later
-- The guide's one-way path: IP, gateway, ping, DNS, firewall, NAT, publishing; then VPNs and mirrored mode.
--
--   address --> gateway --> sizes --> names --+--> config --+
--                                    |        |             +--> vpn --> mirrored
--                                    firewall +--> publishing +

return course {
  api = 1,
  id = "wsl2-network",
  title = { en = "WSL2 networks, layer by layer", ja = "WSL2 ネットワークをレイヤー順に" },
  about = {
    en = "From the address up to the published service, in the order in which a professional looks.",
    ja = "アドレスから公開まで、プロが見る順番で一段ずつ進みます。",
  },
  pass = 70,
  units = {
    {
      id = "address", chapter = 4,
      title = { en = "Layer 1: your own address", ja = "レイヤー 1: 自分の住所" },
      text = {
        en = "Without an address of its own a machine can't even ask: look at the interface before all else.",
        ja = "自分のアドレスがなければ質問すらできません。まずインターフェースを見ます。",
      },
      scenarios = { "l1-eth0-unconfigured" },
    },
    {
      id = "gateway", chapter = 5, after = { "address" },
      title = { en = "Layer 2: the way out", ja = "レイヤー 2: 出口" },
      text = {
        en = "Who has an address needs a gateway, one that is really there and that no nearer route hides.",
        ja = "住所の次は出口です。本当にあるゲートウェイか、もっと近い経路に隠されていないかを確かめます。",
      },
      scenarios = {
        "l2-no-default-route", "l2-wrong-default-gateway", "l2-docker-bridge-overlaps-eth0", "l2-ipv6-aaaa-first-no-v6-route",
      },
      need = 3,
    },
    {
      id = "sizes", chapter = 12, after = { "gateway" },
      title = { en = "Small ones pass, large ones hang", ja = "小さいものは通り、大きいものは止まる" },
      text = {
        en = "A way can be open and still too narrow: sizes tell what a ping of the usual size doesn't.",
        ja = "道が開いていても狭いことがあります。普通の ping では分からないことを、サイズを変えて調べます。",
      },
      scenarios = { "mtu-vpn-blackhole", "mtu-guest-too-small" },
      need = 1,
    },
    {
      id = "names", chapter = 6, after = { "gateway" },
      title = { en = "Layer 2.5: names", ja = "レイヤー 2.5: 名前解決" },
      text = {
        en = "Numbers answer and names don't: ask whom you ask, whether he answers, and who wrote that down.",
        ja = "番号なら届くのに名前では届かない。誰に聞いているのか、答えるのか、誰がそう書いたのかを順に見ます。",
      },
      scenarios = {
        "dns-host-proxy-dead", "dns-resolvconf-dangling-symlink", "dns-resolvconf-wiped-each-start",
        "dns-slow-first-nameserver-dead", "dns-host-firewall-drops-53", "dns-tcp-not-served",
      },
      need = 4,
    },
    {
      id = "firewall", chapter = 7, after = { "names" },
      title = { en = "Layer 3: two firewalls", ja = "レイヤー 3: 二重のファイアウォール" },
      text = {
        en = "Linux filters and Windows filters: find out which of the two says no before you open either.",
        ja = "Linux 側にも Windows 側にもフィルターがあります。開ける前に、どちらが断っているのかを突き止めます。",
      },
      scenarios = { "fw-guest-filter", "fw-host-blocks-guest-to-windows" },
    },
    {
      id = "publishing", chapter = 10, after = { "firewall" },
      title = { en = "Layers 4 and 5: through the NAT, to the outside", ja = "レイヤー 4 と 5: NAT を越えて公開する" },
      text = {
        en = "A service is reached in steps: it listens, localhost finds it, Windows forwards, the firewall lets in.",
        ja = "公開は段階です。待ち受け、localhost、Windows の転送、ファイアウォールの許可を一つずつ確かめます。",
      },
      scenarios = {
        "pub-app-bound-to-127-in-guest", "pub-localhost-only-not-lan", "pub-portproxy-without-firewall-rule",
        "pub-relay-off-or-mistyped", "pub-localhost-is-ipv6", "pub-portproxy-stale-guest-ip",
      },
      need = 4,
    },
    {
      id = "config", chapter = 11, after = { "names" },
      title = { en = "The control room: .wslconfig and wsl.conf", ja = "コントロールルーム: .wslconfig と wsl.conf" },
      text = {
        en = "What is mended by hand and gone after a restart is decided in a file: know which, and which section.",
        ja = "手で直しても再起動で戻るなら、決めているのはファイルです。どのファイルの、どのセクションかを知りましょう。",
      },
      scenarios = { "cfg-key-in-wrong-section", "cfg-wslconf-vs-wslconfig" },
    },
    {
      id = "vpn", chapter = 12, after = { "names", "publishing" },
      title = { en = "The VPN's wall", ja = "VPN の壁" },
      text = {
        en = "A VPN takes routes, names and ports for itself: see what changes when it comes up.",
        ja = "VPN は経路も名前もポートも自分のものにします。つないだときに何が変わるかを見ます。",
      },
      scenarios = {
        "l2-vpn-default-metric-beats-wsl", "l2-vpn-overlaps-wsl-172", "l2-vpn-steals-wsl-subnet-route",
        "dns-vpn-blocks-guest-dns", "dns-tunnel-times-out-with-vpn",
      },
      need = 3,
    },
    {
      id = "mirrored", chapter = 8, after = { "publishing" },
      title = { en = "Mirrored mode", ja = "ミラーモード" },
      text = {
        en = "Windows and WSL share their addresses, and new walls stand where the NAT was.",
        ja = "Windows と WSL がアドレスを共有すると、NAT のあった場所に別の壁が立ちます。",
      },
      scenarios = {
        "fw-hyperv-inbound-block", "mir-vpn-route-not-mirrored", "mir-rp-filter-or-sysctl-override",
        "mir-docker-published-port-loopback", "mir-host-ip-hairpin",
      },
      need = 3,
    },
  },
}
