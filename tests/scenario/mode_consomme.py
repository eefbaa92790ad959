#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""networkingMode=consomme, virtioproxy before WSL 2.9 (facts 4.1): the state word for word, and who reaches whom, with real sockets."""
import mode_rig
import real_rig
from mode_rig import GENERATED, LO, LO6, LO_ROUTES

RULES = """0:	from all iif loopback0 ipproto tcp lookup local
0:	from all iif loopback0 ipproto udp lookup local
0:	from all iif eth0 ipproto tcp lookup local
0:	from all iif eth0 ipproto udp lookup local
1:	from all ipproto tcp lookup 127
1:	from all ipproto udp lookup 127
1:	from all ipproto tcp lookup 128
1:	from all ipproto udp lookup 128
2:	from all lookup local
32766:	from all lookup main
32767:	from all lookup default
"""

IN_WSL = [(4001, "0.0.0.0", "tcp"), (4002, "127.0.0.1", "tcp"), (4003, "GUEST", "tcp"), (4004, "127.0.0.2", "tcp"), (4005, "0.0.0.0", "udp"),
          (4099, "0.0.0.0", "tcp")]
IN_WINDOWS = [(4101, "0.0.0.0", "tcp"), (4102, "127.0.0.1", "tcp"), (4104, "0.0.0.0", "udp")]
ELSEWHERE = {"phone": [(4201, "0.0.0.0", "tcp"), (4202, "0.0.0.0", "udp")], "internet": [(4301, "8.8.8.8", "tcp"), (4302, "8.8.8.8", "udp")]}

MATRIX = [
    ("wsl", "PHONE", 4201, "tcp", "WINDOWS", "Windows asks in WSL's place"),
    ("wsl", "PHONE", 4202, "udp", "WINDOWS", "UDP alike"),
    ("wsl", "8.8.8.8", 4301, "tcp", "WAN", "and the home router in its place"),
    ("wsl", "8.8.8.8", 4302, "udp", "WAN", "UDP alike"),
    ("wsl", "127.0.0.1", 4101, "tcp", "127.0.0.1", "Windows' loopback is WSL's"),
    ("wsl", "127.0.0.1", 4102, "tcp", "127.0.0.1", "also what listens there only"),
    ("wsl", "127.0.0.1", 4104, "udp", None, "TCP only"),
    ("wsl", "127.0.0.1", 4001, "tcp", "127.0.0.1", "its own, by way of Windows"),
    ("wsl", "127.0.0.1", 4002, "tcp", "127.0.0.1", "its own on loopback"),
    ("wsl", "127.0.0.2", 4004, "tcp", "127.0.0.1", "127.0.0.2 stays inside"),
    ("wsl", "GUEST", 4003, "tcp", "GUEST", "its own address"),
    ("windows", "127.0.0.1", 4001, "tcp", "127.0.0.1", "WSL's port on Windows' loopback"),
    ("windows", "127.0.0.1", 4002, "tcp", "127.0.0.1", "what listens on loopback too"),
    ("windows", "127.0.0.1", 4102, "tcp", "127.0.0.1", "Windows' own as ever"),
    ("windows", "127.0.0.2", 4004, "tcp", None, "127.0.0.2 is not shared"),
    ("phone", "WINDOWS", 4001, "tcp", None, "Windows Firewall: no rule lets it in"),
    ("phone", "WINDOWS", 4101, "tcp", None, "Windows Firewall"),
]

LET_IN = [
    ("phone", "WINDOWS", 4001, "tcp", "127.0.0.1", "published on the wildcard, let in by a rule of Windows"),
    ("phone", "WINDOWS", 4003, "tcp", "GUEST", "what listens on WSL's address alike"),
    ("phone", "WINDOWS", 4002, "tcp", None, "what listens on loopback is nobody else's"),
    ("phone", "WINDOWS", 4101, "tcp", "PHONE", "Windows' own server"),
]

PINGS = [
    ("wsl", "ROUTER", "router", "WINDOWS", "as Windows"),
    ("wsl", "8.8.8.8", "internet", "WAN", "as Windows, then as the router"),
]

BIND = """
import errno, socket, sys
s = socket.socket()
try:
    s.bind(("0.0.0.0", int(sys.argv[1])))
    print("bound")
except OSError as e:
    print(errno.errorcode[e.errno])
"""


# Asks a server for box.example's address; prints it, or "none".
ASK = """
import socket, struct, sys
q = struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + b"\\3box\\7example\\0" + struct.pack(">2H", 1, 1)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if sys.argv[2] == "tcp" else socket.SOCK_DGRAM)
s.settimeout(4)
s.connect((sys.argv[1], 53))
s.sendall((struct.pack(">H", len(q)) if sys.argv[2] == "tcp" else b"") + q)
answer = s.recv(4096)
print(socket.inet_ntoa(answer[-4:]) if answer.endswith(bytes([192, 0, 2, 77])) else "none")
"""


class Consomme(mode_rig.ModeTest):
    settings = ("networkingMode=virtioproxy",)

    def addresses(self, mtu=1500):
        w = self.address("windows", "eth0")
        return LO + LO6 + f"""N: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu {mtu} qdisc mq state UP group default qlen 1000
    link/ether 00:00:00:00:01:00 brd ff:ff:ff:ff:ff:ff
    inet {w} brd {w.network.broadcast_address} scope global eth0
       valid_lft forever preferred_lft forever
    inet6 fe80::200:ff:fe00:100/64 scope link
       valid_lft forever preferred_lft forever
N: loopback0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 00:15:5d:XX:XX:XX brd ff:ff:ff:ff:ff:ff
    inet 169.254.73.153/30 brd 169.254.73.155 scope link loopback0
       valid_lft forever preferred_lft forever
    inet6 {self.link_local("loopback0")}/64 scope link
       valid_lft forever preferred_lft forever
"""

    def routes(self):
        w, l0 = self.address("windows", "eth0"), self.link_local("loopback0")
        return f"""127.0.0.1 via 169.254.73.152 dev loopback0 table 127 proto kernel src 127.0.0.1 onlink
default via 192.168.1.1 dev eth0 proto kernel
169.254.73.152/30 dev loopback0 proto kernel scope link src 169.254.73.153
{w.network} dev eth0 proto kernel scope link src {w.ip}
local 169.254.73.153 dev loopback0 table local proto kernel scope host src 169.254.73.153
broadcast 169.254.73.155 dev loopback0 table local proto kernel scope link src 169.254.73.153
local {w.ip} dev eth0 table local proto kernel scope host src {w.ip}
broadcast {w.network.broadcast_address} dev eth0 table local proto kernel scope link src {w.ip}
{LO_ROUTES}fe80::/64 dev eth0 proto kernel metric 256 pref medium
fe80::/64 dev loopback0 proto kernel metric 256 pref medium
local ::1 dev lo table local proto kernel metric 0 pref medium
local fe80::200:ff:fe00:100 dev eth0 table local proto kernel metric 0 pref medium
local {l0} dev loopback0 table local proto kernel metric 0 pref medium
multicast ff00::/8 dev eth0 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev loopback0 table local proto kernel metric 256 pref medium
"""

    def test_state(self):
        self.wsl("ping -c 1 8.8.8.8")
        self.holds_state(
            addresses=self.addresses(), routes=self.routes(), rules=RULES, ruleset="", mode="virtioproxy\n",
            neighbours="169.254.73.152 dev loopback0 lladdr 00:11:22:33:44:55 PERMANENT\n"
                       "192.168.1.1 dev eth0 lladdr 00:11:22:33:44:55 REACHABLE\n",
            resolv=GENERATED + "nameserver 192.168.1.1\n")
        self.sysctls(**{f"net__ipv4__conf__{dev}__{key}": value for dev in ("eth0", "loopback0")
                        for key, value in (("accept_local", 1), ("route_localnet", 1))},
                     net__ipv4__conf__all__rp_filter=0, net__ipv4__conf__loopback0__rp_filter=0)
        self.assertEqual(self.ps("wsl hostname -I").split()[0], str(self.address("windows", "eth0").ip))

    def test_windows_shows_nothing_of_it(self):
        for line in ("ipconfig /all", "Get-NetAdapter -IncludeHidden", "route print", "Get-NetIPAddress", "Get-NetRoute", "netstat -ano",
                     "arp -a", "Get-NetNeighbor", "netsh interface ipv4 show interfaces", "Get-NetUDPEndpoint", "Get-NetTCPConnection"):
            self.assertNotRegex(self.ps(line), r"vnet0|\bwl\b|169\.254\.73|00-11-22-33-44-55|00-00-00-00-01-00", line)

    def test_reachability(self):
        self.find_names(GUEST=self.address("wsl", "eth0").ip)
        self.serve("windows", IN_WINDOWS)
        self.serve("wsl", IN_WSL)
        for node, listeners in ELSEWHERE.items():
            self.serve(node, listeners)
        self.until("WSL's listeners are published", lambda: ":4099 " in self.raw("windows", "ss", "-Hlnt"))
        self.holds(MATRIX)
        self.pings(PINGS)
        self.assertEqual(self.visit("wsl", "127.0.0.1", 4199, "tcp"), "ECONNREFUSED")  # nobody listens on Windows either
        self.ps("New-NetFirewallRule -DisplayName t -Direction Inbound -Protocol TCP -LocalPort 4001-4003,4101 -Action Allow")
        self.holds(LET_IN)
        self.ps("New-NetFirewallRule -DisplayName o -Direction Outbound -Protocol TCP -RemotePort 4301 -Action Block")
        self.holds([("wsl", "8.8.8.8", 4301, "tcp", None, "Windows' rules for what it sends itself"), ("wsl", "8.8.8.8", 4302, "udp", "WAN", "nothing else")])

    def test_ports_are_shared(self):
        """What WSL has Windows can't bind, and the other way about."""
        self.serve("wsl", [(4001, "0.0.0.0", "tcp")])
        self.serve("windows", [(4101, "0.0.0.0", "tcp")])
        self.assertEqual(self.python("windows", BIND, "4001"), "EADDRINUSE")
        self.assertEqual(self.python("wsl", BIND, "4101"), "EADDRINUSE")
        self.assertEqual(self.python("wsl", BIND, "4102"), "bound")

    def test_dns(self):
        """By the gateway's address it is Windows that answers: its hosts file counts, over UDP and TCP."""
        self.ps(r"Add-Content C:\Windows\System32\drivers\etc\hosts '192.0.2.77 box.example'")
        server = "192.168.1.1"
        for settings in (["networkingMode=virtioproxy"], ["networkingMode=virtioproxy", "dnsTunneling=false"]):
            self.assertEqual(self.restart(*settings), [])
            self.holds_state(resolv=GENERATED + f"nameserver {server}\n")
            self.wsl("getent hosts google.com")
            for proto in ("udp", "tcp"):
                self.assertEqual(self.python("wsl", ASK, server, proto), "192.0.2.77" if len(settings) == 1 else "none", (settings, proto))

    def test_follows_windows(self):
        """Windows' address, gateway and least MTU are WSL's while it runs."""
        self.ps("netsh interface ipv4 set subinterface Ethernet mtu=1400 store=active")
        self.holds_state(addresses=self.addresses(mtu=1400))
        self.ps("New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 192.168.1.77 -PrefixLength 24")
        old = str(self.address("windows", "eth0").ip)
        self.ps(f"Remove-NetIPAddress -InterfaceAlias Ethernet -IPAddress {old} -Confirm:$false")
        self.assertEqual(str(self.address("wsl", "eth0")), "192.168.1.77/24")
        self.wsl("ping -c 1 -W 2 192.168.1.1")


class Newest(mode_rig.ModeTest):
    """From 2.9 on the mode is called consomme, and its loopback is elsewhere."""
    lab = None

    def test_names(self):
        with open(mode_rig.LAB_FILE, encoding="utf-8") as f:
            text = f.read().replace('windows = { nat = "winnat" }', 'wsl = { version = "2.9.5.0" }')
        self.up(self.file("scenario.lua", text), healthy=True)
        for word in ("consomme", "virtioproxy"):
            self.assertEqual(self.restart(f"networkingMode={word}"), [])
            self.assertEqual(self.wsl("wslinfo --networking-mode; wslinfo --version"), "consomme\n2.9.5.0\n")
        self.assertEqual(str(self.address("wsl", "loopback0")), "169.254.73.250/28")
        self.assertEqual(self.wsl("ip route show default").strip(), "default via 192.168.1.1 dev eth0 proto kernel onlink")
        self.holds_state(neighbours="169.254.73.249 dev loopback0 lladdr 00:11:22:33:44:55 PERMANENT\n")
        self.assertEqual(self.restart("networkingMode=consomme", "virtio=false"),
                         ["wsl: Consomme networking is not supported when wsl2.virtio is disabled; falling back to networkingMode Nat."])
        gateway = self.address("windows", "vEthernet").ip
        self.assertEqual(self.wsl("wslinfo --networking-mode; ip route show default | sed 's/ *$//'"),
                         f"nat\ndefault via {gateway} dev eth0 proto kernel onlink\n")


if __name__ == "__main__":
    real_rig.main()
