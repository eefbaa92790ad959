#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who reaches whom in NAT mode: one table, real sockets at both ends of each row.

Every server says who it thinks its visitor is, so a row holds not only whether it is reached but as whom.
"""
import real_rig
import windows_rig

# Servers on ADDRESS PORT PROTO triples; each answers with the visitor's address.
SERVE = r"""
import select, socket, struct, sys
socks = []
for address, port, proto in zip(*[iter(sys.argv[1:])] * 3):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if proto == "mcast":
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4s", socket.inet_aton("224.0.0.251"), bytes(4)))
    s.bind((address, int(port)))
    if proto == "tcp": s.listen()
    socks.append(s)
print("ready", flush=True)
while True:
    for s in select.select(socks, [], [])[0]:
        if s.type == socket.SOCK_STREAM:
            c, peer = s.accept()
            c.sendall(peer[0].encode())
            c.close()
        else:
            _, peer = s.recvfrom(100)
            s.sendto(peer[0].encode(), peer)
"""

# One visit; prints the answer or the error's name. Like a Windows program, tries localhost's both addresses.
VISIT = r"""
import errno, socket, sys
where, port, proto = sys.argv[1], int(sys.argv[2]), sys.argv[3]
said = "?"
for address in ("127.0.0.1", "::1") if where == "localhost" else (where,):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM)
    s.settimeout(0.6)
    try:
        s.connect((address, port)) if proto != "mcast" else None
        if proto == "udp": s.send(b"?")
        if proto == "mcast": s.sendto(b"?", (address, port))
        said = (s.recv(100) if proto != "mcast" else s.recvfrom(100)[0]).decode() or "closed"
        break
    except TimeoutError:
        said = "timeout"
    except OSError as e:
        said = errno.errorcode.get(e.errno, "?")
print(said)
"""

# Listeners in WSL: port, address (GUEST is its own), protocol.
IN_WSL = [(4001, "0.0.0.0", "tcp"), (4002, "127.0.0.1", "tcp"), (4003, "::", "tcp"), (4004, "::1", "tcp"), (4005, "GUEST", "tcp"),
          (4006, "127.0.0.2", "tcp"), (4007, "0.0.0.0", "udp"), (4008, "GUEST", "udp"), (5353, "0.0.0.0", "mcast"), (4099, "0.0.0.0", "tcp")]
IN_WINDOWS = [(4101, "0.0.0.0", "tcp"), (4102, "127.0.0.1", "tcp"), (4103, "GATEWAY", "tcp"), (4104, "0.0.0.0", "udp")]
ELSEWHERE = {"phone": [(4201, "0.0.0.0", "tcp"), (4202, "0.0.0.0", "udp")], "internet": [(4301, "8.8.8.8", "tcp"), (4302, "8.8.8.8", "udp")]}

NOWHERE = None  # reached by nobody

# from, to, port, protocol, as whom (or NOWHERE), why
MATRIX = [
    ("windows", "localhost", 4001, "tcp", "127.0.0.1", "the relay, for what listens everywhere"),
    ("windows", "localhost", 4002, "tcp", "127.0.0.1", "the relay, for what listens on loopback"),
    ("windows", "localhost", 4003, "tcp", "::1", "the relay, for IPv6's everywhere"),
    ("windows", "localhost", 4004, "tcp", "::1", "the relay, for IPv6's loopback"),
    ("windows", "localhost", 4005, "tcp", NOWHERE, "the relay leaves alone what listens on the guest's address only"),
    ("windows", "localhost", 4006, "tcp", NOWHERE, "127.0.0.2 is not relayed"),
    ("windows", "localhost", 4007, "udp", NOWHERE, "the relay is for TCP only"),
    ("windows", "GUEST", 4001, "tcp", "GATEWAY", "directly connected"),
    ("windows", "GUEST", 4005, "tcp", "GATEWAY", "directly connected, to what listens on that address only"),
    ("windows", "GUEST", 4002, "tcp", NOWHERE, "what listens on WSL's loopback is not at its address"),
    ("windows", "GUEST", 4007, "udp", "GATEWAY", "UDP, directly"),
    ("windows", "GUEST", 4008, "udp", "GATEWAY", "UDP, to the one address"),
    ("wsl", "127.0.0.1", 4101, "tcp", NOWHERE, "WSL's localhost is not Windows'"),
    ("wsl", "127.0.0.1", 4102, "tcp", NOWHERE, "WSL's localhost is not Windows'"),
    ("wsl", "GATEWAY", 4101, "tcp", NOWHERE, "Windows Firewall: no rule lets it in"),
    ("wsl", "GATEWAY", 4104, "udp", NOWHERE, "Windows Firewall, for UDP alike"),
    ("wsl", "PHONE", 4201, "tcp", "WINDOWS", "translated: the LAN sees Windows"),
    ("wsl", "PHONE", 4202, "udp", "WINDOWS", "translated, UDP alike"),
    ("wsl", "8.8.8.8", 4301, "tcp", "WAN", "translated twice: the internet sees the home router"),
    ("wsl", "8.8.8.8", 4302, "udp", "WAN", "translated twice, UDP alike"),
    ("wsl", "2001:db8::8", 4301, "tcp", NOWHERE, "no IPv6 leaves a NAT network"),
    ("phone", "GUEST", 4001, "tcp", NOWHERE, "nobody outside has a way to the guest"),
    ("phone", "WINDOWS", 4001, "tcp", NOWHERE, "nothing passes the port on"),
    ("phone", "WINDOWS", 4002, "tcp", NOWHERE, "the relay listens on Windows' loopback only"),
    ("phone", "WINDOWS", 4101, "tcp", NOWHERE, "Windows Firewall"),
    ("phone", "224.0.0.251", 5353, "mcast", NOWHERE, "multicast of the LAN is not passed on"),
]

# The same after a rule that lets Windows' ports in.
LET_IN = [
    ("wsl", "GATEWAY", 4101, "tcp", "GUEST", "let in, for what listens everywhere"),
    ("wsl", "GATEWAY", 4103, "tcp", "GUEST", "let in, for what listens there"),
    ("wsl", "GATEWAY", 4102, "tcp", NOWHERE, "what listens on Windows' loopback is not at the gateway"),
    ("wsl", "GATEWAY", 4104, "udp", "GUEST", "let in, UDP"),
    ("phone", "WINDOWS", 4101, "tcp", "PHONE", "let in from the LAN too"),
    ("phone", "WINDOWS", 4002, "tcp", NOWHERE, "a rule makes no listener: the relay is on loopback"),
    ("phone", "WINDOWS", 4003, "tcp", NOWHERE, "still nothing passes the port on"),
]

# And after a port proxy: Windows asks WSL in the visitor's place.
PASSED_ON = [
    ("phone", "WINDOWS", 4090, "tcp", "GATEWAY", "the port proxy, to the guest's address"),
    ("phone", "WINDOWS", 4091, "tcp", "127.0.0.1", "the port proxy, by way of the relay"),
    ("phone", "WINDOWS", 4092, "tcp", NOWHERE, "the port proxy, where no rule lets it in"),
    ("windows", "localhost", 4092, "tcp", "GATEWAY", "no rule is asked on the PC itself"),
]


# Echo requests: from, to, who sees it, as whom, why.
PINGS = [
    ("wsl", "ROUTER", "router", "WINDOWS", "translated: the home router sees Windows"),
    ("wsl", "PHONE", "phone", "WINDOWS", "translated: so does the phone"),
    ("wsl", "8.8.8.8", "internet", "WAN", "translated twice: the internet sees the home router"),
    ("windows", "GUEST", "wsl", "GATEWAY", "directly connected"),
    ("windows", "PHONE", "phone", "WINDOWS", "the same home network"),
    ("phone", "GUEST", NOWHERE, NOWHERE, "nobody outside has a way to the guest"),
]

# Prints where the first echo request that comes in on this node is from.
WATCH_ECHO = r"""
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s.settimeout(3)
print("ready", flush=True)
while True:
    packet, peer = s.recvfrom(2000)
    if packet[(packet[0] & 15) * 4] == 8:
        print(peer[0], flush=True)
        break
"""


class Rig(windows_rig.WindowsTest):
    """Servers and visitors for any mode's table."""
    names = {}

    def find_names(self, **more):
        self.names = {"WINDOWS": self.address("windows", "eth0").ip, "PHONE": self.address("phone", "wlan0").ip,
                      "WAN": self.address("router", "eth0").ip, "ROUTER": "192.168.1.1", **more}

    def name(self, word):
        return str(self.names.get(word, word))

    def serve(self, node, listeners):
        words = [w for port, address, proto in listeners for w in (self.name(address), str(port), proto)]
        self.assertEqual(self.start(node, SERVE, *words).stdout.readline(), "ready\n")

    def visit(self, node, to, port, proto):
        return self.python(node, VISIT, self.name(to), str(port), proto)

    def holds(self, table):
        wrong = []
        for node, to, port, proto, as_whom, why in table:
            said = self.visit(node, to, port, proto)
            want = "nobody" if as_whom is NOWHERE else self.name(as_whom)
            reached = any(c in said for c in ".:")
            if said != want if as_whom else reached:
                wrong.append(f"{node} to {to}:{port} {proto}: {said}, not {want} ({why})")
        self.assertEqual(wrong, [])

    def pings(self, table):
        """As whom an echo request comes, by a raw socket where it arrives; and that it is answered."""
        for node, to, at, as_whom, why in table:
            watch = self.start_raw(at, WATCH_ECHO) if at else None
            if watch:
                self.assertEqual(watch.stdout.readline(), "ready\n")
            done = self.run_netdojo("exec", "--lab", "w", "--raw", node, "--", "ping", "-c", "1", "-W", "1", self.name(to))
            self.assertEqual(done.returncode == 0, at is not NOWHERE, f"{node} pings {to} ({why}): {done.stdout}{done.stderr}")
            if watch:
                self.assertEqual(watch.stdout.readline().strip(), self.name(as_whom), f"{node} pings {to}: {why}")

    def start_raw(self, node, code):
        p = self.popen("exec", "--lab", "w", "--raw", "-u", "root", node, "--", "python3", "-c", code)
        self.procs.append(p)
        return p


class Matrix(Rig):
    def setUp(self):
        super().setUp()
        self.find_names(GUEST=self.address("wsl", "eth0").ip, GATEWAY=self.address("windows", "vEthernet").ip)
        self.serve("windows", IN_WINDOWS)
        self.serve("wsl", IN_WSL)
        for node, listeners in ELSEWHERE.items():
            self.serve(node, listeners)
        # The last of WSL's listeners is relayed: so the relay has seen all of them.
        self.until("WSL's listeners on Windows' localhost", lambda: self.visit("windows", "127.0.0.1", 4099, "tcp") == "127.0.0.1")

    def test_matrix(self):
        self.holds(MATRIX)
        self.pings(PINGS)
        self.ps("New-NetFirewallRule -DisplayName t -Direction Inbound -Protocol TCP -LocalPort 4002,4003,4090,4091,4101-4103 -Action Allow")
        self.ps("New-NetFirewallRule -DisplayName u -Direction Inbound -Protocol UDP -LocalPort 4104 -Action Allow")
        self.holds(LET_IN)
        for port, to, at in ((4090, "GUEST", 4001), (4091, "127.0.0.1", 4001), (4092, "GUEST", 4001)):
            self.ps(f"netsh interface portproxy add v4tov4 listenport={port} listenaddress=0.0.0.0 connectport={at} connectaddress={self.name(to)}")
        self.holds(PASSED_ON)

    def test_relay_off(self):
        """localhostForwarding=false: what was relayed is not, after the next start; the guest's address is as before."""
        self.ps("Set-Content C:\\Users\\learner\\.wslconfig \"[wsl2]`nlocalhostForwarding=false\"")
        self.ps("wsl --shutdown; wsl true")
        self.names["GUEST"] = self.address("wsl", "eth0").ip
        self.serve("wsl", IN_WSL)
        self.holds([("windows", "GUEST", 4001, "tcp", "GATEWAY", "directly connected")])
        self.assertNotRegex(self.ps("netstat -ano"), r"127\.0\.0\.1:40\d\d +\S+ +LISTENING")
        self.holds([("windows", "localhost", 4001, "tcp", NOWHERE, "no relay")])


if __name__ == "__main__":
    real_rig.main()
