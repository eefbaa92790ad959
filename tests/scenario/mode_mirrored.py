#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mirrored mode: who reaches whom by which port and address, then the guest's state word for word (facts 2), then its following Windows."""
import os

import matrix
import real_rig
import windows_rig
from normalise import normalised

CONFIG = r"C:\Users\learner\.wslconfig"
CREATOR = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}"
GATEWAY = "169.254.73.152"  # of WSL before 2.9
NOWHERE = None

IN_WSL = [(4001, "0.0.0.0", "tcp"), (4002, "127.0.0.1", "tcp"), (4003, "::", "tcp"), (4004, "::1", "tcp"), (4005, "WINDOWS", "tcp"),
          (4006, "127.0.0.2", "tcp"), (4007, "0.0.0.0", "udp"), (4008, "127.0.0.1", "udp"), (4009, "::", "udp"), (5004, "0.0.0.0", "tcp")]
IN_WINDOWS = [(4101, "0.0.0.0", "tcp"), (4102, "127.0.0.1", "tcp"), (4103, "WINDOWS", "tcp"), (4104, "0.0.0.0", "udp"),
              (4105, "127.0.0.1", "udp"), (4106, "::", "tcp"), (4107, "::1", "tcp")]
ELSEWHERE = {"phone": [(4201, "0.0.0.0", "tcp"), (4202, "0.0.0.0", "udp"), (4203, "::", "tcp"), (4204, "::", "udp")],
             "internet": [(4301, "8.8.8.8", "tcp"), (4302, "8.8.8.8", "udp"), (4303, "2001:4860:4860::8888", "tcp")]}

# from, to, port, protocol, as whom (NOWHERE: nobody answers), why
LOOPBACK = [
    ("windows", "127.0.0.1", 4001, "tcp", "127.0.0.1", "Windows' localhost is WSL's"),
    ("windows", "127.0.0.1", 4002, "tcp", "127.0.0.1", "also for what listens on loopback only"),
    ("windows", "127.0.0.1", 4007, "udp", "127.0.0.1", "UDP alike"),
    ("windows", "127.0.0.1", 4008, "udp", "127.0.0.1", "UDP on loopback alike"),
    ("windows", "127.0.0.1", 4005, "tcp", NOWHERE, "what listens on the LAN's address is not at localhost"),
    ("windows", "::1", 4004, "tcp", NOWHERE, "::1 is not shared"),
    ("wsl", "127.0.0.1", 4101, "tcp", "127.0.0.1", "WSL's localhost is Windows'"),
    ("wsl", "127.0.0.1", 4102, "tcp", "127.0.0.1", "also for what listens on loopback only"),
    ("wsl", "127.0.0.1", 4104, "udp", "127.0.0.1", "UDP alike"),
    ("wsl", "127.0.0.1", 4105, "udp", "127.0.0.1", "UDP on loopback alike"),
    ("wsl", "::1", 4107, "tcp", NOWHERE, "::1 is not shared"),
    ("wsl", "127.0.0.1", 4001, "tcp", "127.0.0.1", "its own, by way of Windows"),
    ("wsl", "127.0.0.1", 4008, "udp", "127.0.0.1", "its own, UDP"),
    ("wsl", "::1", 4004, "tcp", "::1", "its own ::1 stays inside"),
    ("wsl", "127.0.0.2", 4006, "tcp", "127.0.0.1", "127.0.0.2 stays inside"),
    ("wsl", "127.0.0.2", 4101, "tcp", NOWHERE, "and is not Windows'"),
    ("wsl", "127.0.0.1", 5004, "tcp", NOWHERE, "5004 is never steered to WSL"),
    ("windows", "127.0.0.1", 5004, "tcp", NOWHERE, "from Windows neither"),
]
# Closed ports: from, to, port, what a program sees.
CLOSED = [("wsl", "127.0.0.1", 4999, "timeout"), ("wsl", "127.0.0.2", 4999, "ECONNREFUSED"), ("windows", "127.0.0.1", 4999, "ECONNREFUSED"),
          ("wsl", "::1", 4999, "ECONNREFUSED")]
OUTWARD = [
    ("wsl", "PHONE", 4201, "tcp", "WINDOWS", "WSL has Windows' address"),
    ("wsl", "PHONE", 4202, "udp", "WINDOWS", "UDP alike"),
    ("wsl", "PHONE6", 4203, "tcp", "WINDOWS6", "IPv6 alike"),
    ("wsl", "PHONE6", 4204, "udp", "WINDOWS6", "IPv6, UDP"),
    ("wsl", "8.8.8.8", 4301, "tcp", "WAN", "translated once, by the home router"),
    ("wsl", "8.8.8.8", 4302, "udp", "WAN", "UDP alike"),
    ("wsl", "2001:4860:4860::8888", 4303, "tcp", "WINDOWS6", "IPv6 is not translated"),
    ("windows", "PHONE", 4201, "tcp", "WINDOWS", "Windows as ever"),
    ("windows", "PHONE", 4202, "udp", "WINDOWS", "UDP alike"),
    ("windows", "PHONE6", 4203, "tcp", "WINDOWS6", "IPv6 alike"),
    ("windows", "8.8.8.8", 4301, "tcp", "WAN", "and far away"),
    ("windows", "2001:4860:4860::8888", 4303, "tcp", "WINDOWS6", "by IPv6 too"),
]
OWN_ADDRESS = [
    ("wsl", "WINDOWS", 4005, "tcp", "WINDOWS", "WSL's own, at its address"),
    ("wsl", "WINDOWS", 4103, "tcp", NOWHERE, "Windows' server is not at WSL's own address"),
    ("windows", "WINDOWS", 4103, "tcp", "WINDOWS", "Windows' own"),
    ("windows", "WINDOWS", 4001, "tcp", NOWHERE, "WSL's answer never comes out of WSL"),
    ("windows", "WINDOWS6", 4003, "tcp", NOWHERE, "IPv6 neither"),
]
BLOCKED = [
    ("phone", "WINDOWS", 4001, "tcp", NOWHERE, "the Hyper-V firewall: nothing comes in"),
    ("phone", "WINDOWS", 4007, "udp", NOWHERE, "UDP neither"),
    ("phone", "WINDOWS6", 4003, "tcp", NOWHERE, "IPv6 neither"),
    ("phone", "WINDOWS", 4101, "tcp", NOWHERE, "Windows Firewall, for Windows' own"),
    ("internet", "WAN", 4001, "tcp", NOWHERE, "the home router passes nothing on"),
    ("internet", "WINDOWS6", 4003, "tcp", NOWHERE, "IPv6 neither"),
]
# After DefaultInboundAction Allow, and a rule for Windows' ports.
LET_IN = [
    ("phone", "WINDOWS", 4001, "tcp", "PHONE", "WSL listens everywhere"),
    ("phone", "WINDOWS", 4005, "tcp", "PHONE", "and at the address"),
    ("phone", "WINDOWS", 4007, "udp", "PHONE", "UDP alike"),
    ("phone", "WINDOWS6", 4003, "tcp", "PHONE6", "IPv6 alike"),
    ("phone", "WINDOWS6", 4009, "udp", "PHONE6", "IPv6, UDP"),
    ("phone", "WINDOWS", 4002, "tcp", NOWHERE, "what listens on loopback is not at the address"),
    ("phone", "WINDOWS", 5004, "tcp", NOWHERE, "5004 is never steered to WSL"),
    ("phone", "WINDOWS", 4101, "tcp", "PHONE", "what WSL does not have is Windows'"),
    ("phone", "WINDOWS", 4104, "udp", "PHONE", "UDP alike"),
    ("phone", "WINDOWS6", 4106, "tcp", "PHONE6", "IPv6 alike"),
    ("internet", "WINDOWS6", 4003, "tcp", NOWHERE, "the home router still lets nobody in"),
]
HAIRPIN = [
    ("windows", "WINDOWS", 4001, "tcp", "WINDOWS", "hostAddressLoopback: Windows reaches WSL at its address"),
    ("windows", "WINDOWS", 4007, "udp", "WINDOWS", "UDP alike"),
    ("wsl", "WINDOWS", 4103, "tcp", "WINDOWS", "and WSL reaches Windows"),
    ("wsl", "WINDOWS", 4104, "udp", "WINDOWS", "UDP alike"),
    ("wsl", "WINDOWS", 4005, "tcp", "WINDOWS", "and itself, by way of Windows"),
    ("windows", "WINDOWS6", 4003, "tcp", NOWHERE, "IPv4 only"),
]


# What Windows keeps for itself (facts 2.9).
NEVER = [(68, "udp"), (135, "tcp"), (1900, "tcp"), (2869, "tcp"), (3702, "tcp"), (5004, "tcp"), (5357, "tcp"), (5358, "tcp")]


class Mirrored(matrix.Rig):
    lab = os.path.join(real_rig.SOURCE, "tests/data/mirrored-lab.lua")

    def setUp(self):
        super().setUp()
        six = {node: self.address6(node, dev) for node, dev in (("windows", "eth0"), ("phone", "wlan0"))}
        self.names = {"WINDOWS": self.address("windows", "eth0").ip, "PHONE": self.address("phone", "wlan0").ip,
                      "WAN": self.address("router", "eth0").ip, "WINDOWS6": six["windows"], "PHONE6": six["phone"]}

    def address6(self, node, dev):
        return next(a["local"] for a in self.links(node)[dev]["addr_info"] if a["family"] == "inet6" and a["scope"] == "global")

    def servers(self):
        self.serve("wsl", IN_WSL)
        self.serve("windows", IN_WINDOWS)
        for node, listeners in ELSEWHERE.items():
            self.serve(node, listeners)

    def configure(self, *lines):
        """What the start with that file says."""
        text = "`n".join(("[wsl2]", "networkingMode=mirrored", *lines))
        self.ps(f'Set-Content {CONFIG} "{text}"; wsl --shutdown')
        done = self.run_netdojo("exec", "--lab", "w", "windows", "--", "wsl true")
        return [l for l in (done.stdout + done.stderr).replace("\r", "").splitlines() if "wsl: " in l]

    def root(self, script):
        return self.raw("wsl", "sh", "-c", script)

    def raw(self, node, *argv, code=0):
        return self.netdojo("exec", "--lab", "w", "--raw", "-u", "root", node, "--", *argv, code=code).stdout

    # Who reaches whom --------------------------------------------------------------------------------------------

    def test_reach(self):
        self.servers()
        self.holds(LOOPBACK)
        self.assertEqual([(n, to, port, self.visit(n, to, port, "tcp")) for n, to, port, _ in CLOSED], CLOSED)
        self.holds(OUTWARD + OWN_ADDRESS + BLOCKED)
        self.pings([("wsl", "192.168.1.1", "router", "WINDOWS", "WSL pings"), ("windows", "PHONE", "phone", "WINDOWS", "so does Windows"),
                    ("wsl", "8.8.8.8", "internet", "WAN", "far away"), ("phone", "WINDOWS", NOWHERE, NOWHERE, "echo requests are blocked")])
        self.ps(f"Set-NetFirewallHyperVVMSetting -Name '{CREATOR}' -DefaultInboundAction Allow")
        self.ps("New-NetFirewallRule -DisplayName t -Direction Inbound -Protocol TCP -LocalPort 4101-4199 -Action Allow; "
                "New-NetFirewallRule -DisplayName u -Direction Inbound -Protocol UDP -LocalPort 4104 -Action Allow")
        self.holds(LET_IN)
        self.pings([("phone", "WINDOWS", NOWHERE, NOWHERE, "an echo request is Windows' own matter, and its firewall's")])
        self.ps("Enable-NetFirewallRule -Name FPS-ICMP4-ERQ-In")
        self.pings([("phone", "WINDOWS", "windows", "PHONE", "which answers it")])

    def test_never_steered(self):
        """WSL may listen there, and hears only itself."""
        words = [w for port, proto in NEVER for w in ("0.0.0.0", str(port), proto)]
        server = self.popen("exec", "--lab", "w", "--raw", "-u", "root", "wsl", "--", "python3", "-c", matrix.SERVE, *words)
        self.procs.append(server)
        self.assertEqual(server.stdout.readline(), "ready\n")
        self.serve("wsl", IN_WSL[:1])
        self.ps(f"Set-NetFirewallHyperVVMSetting -Name '{CREATOR}' -DefaultInboundAction Allow")
        self.holds([("phone", "WINDOWS", 4001, "tcp", "PHONE", "any other port is let in"),
                    *(("wsl", "WINDOWS", port, proto, "WINDOWS", "WSL listens") for port, proto in NEVER),
                    *(("phone", "WINDOWS", port, proto, NOWHERE, "the LAN's go to Windows") for port, proto in NEVER),
                    *(("windows", "127.0.0.1", port, proto, NOWHERE, "loopback's stay with Windows") for port, proto in NEVER)])

    def test_a_rule_lets_in(self):
        self.servers()
        self.ps(f"New-NetFirewallHyperVRule -Name w -DisplayName w -Direction Inbound -VMCreatorId '{CREATOR}' -Protocol TCP -LocalPorts 4001 "
                "-Action Allow")
        self.holds([("phone", "WINDOWS", 4001, "tcp", "PHONE", "the rule"), ("phone", "WINDOWS", 4005, "tcp", NOWHERE, "another port"),
                    ("phone", "WINDOWS", 4007, "udp", NOWHERE, "another protocol")])

    def test_host_address_loopback(self):
        self.assertEqual(self.configure("[experimental]", "hostAddressLoopback=true"), [])
        self.servers()
        self.holds(HAIRPIN + LOOPBACK[:1] + OUTWARD[:1])
        me = self.name("WINDOWS")
        self.shows("ip route show table 128; ip neigh show nud permanent",
                   f"{me} via {GATEWAY} dev eth0 proto kernel src {me} onlink\n"
                   f"{GATEWAY} dev loopback0 lladdr 00:11:22:33:44:55 PERMANENT\n{GATEWAY} dev eth0 lladdr 00:11:22:33:44:55 PERMANENT\n")

    def test_loopback_off(self):
        self.servers()
        self.ps(f"Set-NetFirewallHyperVVMSetting -Name '{CREATOR}' -LoopbackEnabled False")
        self.holds([("windows", "127.0.0.1", 4001, "tcp", NOWHERE, "not to WSL"), ("wsl", "127.0.0.1", 4101, "tcp", NOWHERE, "not to Windows"),
                    ("wsl", "127.0.0.1", 4001, "tcp", "127.0.0.1", "to itself"), ("windows", "127.0.0.1", 4102, "tcp", "127.0.0.1", "Windows to itself")])
        self.ps(f"New-NetFirewallHyperVRule -Name w -DisplayName w -Direction Inbound -VMCreatorId '{CREATOR}' -Protocol TCP -LocalPorts 4001")
        self.holds([("windows", "127.0.0.1", 4001, "tcp", "127.0.0.1", "the rule"), ("windows", "127.0.0.1", 4002, "tcp", NOWHERE, "no rule")])

    # The state ---------------------------------------------------------------------------------------------------

    def words(self):
        lan6 = ":".join(self.name("WINDOWS6").split(":")[:4])
        near = next(a["local"] for a in self.links("windows")["eth0"]["addr_info"] if a["scope"] == "link")
        return {"WIN": self.name("WINDOWS"), "WIN6": self.name("WINDOWS6"), "NEAR": near, "LAN6": f"{lan6}::/64", "GW": GATEWAY}

    maxDiff = None

    def shows(self, script, literal):
        """Word for word; routes and neighbours in any order, which is the kernel's own."""
        have, want = normalised(self.root(script)), normalised(literal.format(**self.words()))
        if "route" in script or "neigh" in script:
            have, want = "\n".join(sorted(have.splitlines())), "\n".join(sorted(want.splitlines()))
        self.assertEqual(have, want, script)

    def test_state(self):
        for script, literal in STATE:
            with self.subTest(script):
                self.shows(script, literal)
        for name, value in SYSCTLS:
            with self.subTest(name):
                self.assertEqual(self.root(f"sysctl -n {name}").split(), value.split(), name)

    def test_names_of_the_mode(self):
        self.assertEqual(self.wsl("wslinfo --networking-mode"), "mirrored\n")
        self.assertEqual(self.json("map", "--lab", "w", "--format", "json").get("mode", "mirrored"), "mirrored")
        self.assertEqual(self.ps("wsl hostname -I").split(), [self.name("WINDOWS"), self.name("WINDOWS6")])

    def test_what_windows_shows(self):
        """Nothing of the lab's own machinery; no adapter of WSL's."""
        self.assertEqual([a["Name"] for a in self.objects("Get-NetAdapter -IncludeHidden | Select-Object Name")], ["Ethernet"])
        shown = self.ps("ipconfig /all; route print; netsh interface ipv4 show interfaces; Get-NetRoute; Get-NetNeighbor; arp -a; getmac; "
                        "Get-NetIPAddress; Get-NetIPInterface; netstat -rn; Get-NetIPConfiguration -All; systeminfo")
        self.assertNotRegex(shown, r"vEthernet|\bwl\b|169\.254\.73|00-11-22-33-44-55")
        self.assertEqual(self.ps("(Get-VMSwitch).Name").split("\n")[:2], ["Default Switch", "FSE Switch"])
        self.assertEqual(self.ps("(Get-Service FSE).Status").strip(), "Running")
        self.assertEqual(len(self.objects("Get-NetFirewallHyperVPort")), 1)
        self.assertRegex(self.ps("netsh interface ipv4 show excludedportrange protocol=tcp"), r"(?m)^ +40960 +45055$")
        self.assertRegex(self.ps("netsh interface ipv4 show dynamicport protocol=tcp"), r"Start Port +: 49152\nNumber of Ports +: 16384")

    def test_settings(self):
        said = "wsl: The wsl2.localhostForwarding setting has no effect when using mirrored networking mode"
        self.assertEqual(self.configure("localhostForwarding=true", "firewall=false"), [said])
        self.serve("wsl", IN_WSL)
        self.holds([("phone", "WINDOWS", 4001, "tcp", NOWHERE, "the firewall is always on"),
                    ("windows", "127.0.0.1", 4001, "tcp", "127.0.0.1", "localhost is shared whatever that key says")])

    def test_dns(self):
        self.configure("dnsTunneling=false")
        self.shows("cat /etc/resolv.conf", HEADER + "nameserver 192.168.1.1\n")
        self.wsl("getent hosts google.com")

    def test_systemd_is_kept_from_rp_filter(self):
        self.wsl("true")
        self.raw("wsl", "sh", "-c", "printf '[boot]\\nsystemd=true\\n' >/etc/wsl.conf")
        self.configure()
        self.assertEqual(self.root("cat /run/sysctl.d/wsl-networking.conf"), "net.ipv4.conf.all.rp_filter=0\nnet.ipv4.conf.loopback0.rp_filter=0\n")

    # Following Windows -------------------------------------------------------------------------------------------

    def test_follows_windows(self):
        self.ps("New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 10.9.8.7 -PrefixLength 24 | Out-Null")
        self.assertIn("inet 10.9.8.7/24 brd 10.9.8.255 scope global noprefixroute eth0", self.root("ip addr show eth0"))
        self.assertEqual(self.root("ip route show 10.9.8.0/24").strip(), "10.9.8.0/24 dev eth0 proto kernel scope link metric 281")
        self.ps("New-NetRoute -InterfaceAlias Ethernet -DestinationPrefix 10.50.0.0/16 -NextHop 192.168.1.1 -RouteMetric 5 | Out-Null")
        self.assertEqual(self.root("ip route show 10.50.0.0/16").strip(), "10.50.0.0/16 via 192.168.1.1 dev eth0 proto kernel metric 30")
        self.assertIn("192.168.1.1 dev eth0 proto kernel scope link metric 30", self.root("ip route"))
        self.ps("Set-NetIPInterface -InterfaceAlias Ethernet -InterfaceMetric 50")
        self.assertIn("default via 192.168.1.1 dev eth0 proto kernel metric 50", self.root("ip route"))
        self.ps("Set-NetIPInterface -InterfaceAlias Ethernet -NlMtuBytes 1400")
        self.assertEqual(self.links("wsl")["eth0"]["mtu"], 1400)
        self.ps(f"Set-NetIPAddress -IPAddress {self.name('WINDOWS6')} -PreferredLifetime 00:00:00")
        self.assertIn(f"inet6 {self.name('WINDOWS6')}/64 scope global nodad deprecated noprefixroute", self.root("ip addr show eth0"))
        self.ps("Remove-NetIPAddress -IPAddress 10.9.8.7 -Confirm:$false; Remove-NetRoute -DestinationPrefix 10.50.0.0/16 -Confirm:$false")
        self.assertNotIn("10.", self.root("ip route; ip -4 addr show eth0").replace("192.168.1.1", ""))
        self.serve("phone", ELSEWHERE["phone"])
        self.holds(OUTWARD[:3])

    def test_an_adapter_goes_and_comes(self):
        self.ps("Disable-NetAdapter Ethernet -Confirm:$false")
        self.assertRegex(self.root("ip link show eth0"), r"eth0\S*: <BROADCAST,MULTICAST> mtu 1500 .* state DOWN")
        self.assertNotIn("inet", self.root("ip addr show eth0"))
        self.assertEqual(self.root("ip route"), "")
        self.ps("Enable-NetAdapter Ethernet")
        self.serve("phone", ELSEWHERE["phone"])
        self.holds(OUTWARD[:4] + OUTWARD[7:10])
        self.shows(*STATE[0])


class Vpn(matrix.Rig):
    """A VPN of Windows' comes and goes while WSL runs."""
    lab = os.path.join(real_rig.SOURCE, "tests/data/mirrored-vpn-lab.lua")

    def setUp(self):
        super().setUp()
        self.find_names()
        vpn = next(n for n in self.model["nodes"] if n["name"] == "corp")["ifaces"][0]["addresses"]
        self.names["CORP"] = vpn[0]["cidr"].split("/")[0]

    def routes_of(self, dev):
        return normalised(self.wsl(f"ip route show dev {dev}"))

    def test_vpn(self):
        without = self.wsl("ip addr; ip route; ip rule")
        self.serve("wsl", [(4001, "0.0.0.0", "tcp"), (4007, "0.0.0.0", "udp")])
        self.ps("rasdial 'Work VPN'")
        self.names["VPN"] = self.address("windows", "vpn0").ip
        self.assertEqual(self.address("wsl", "eth1").ip, self.names["VPN"])
        self.serve("corp", [(4401, "CORP", "tcp"), (4402, "CORP", "udp")])
        table = [(node, "CORP", port, proto, "VPN", "through the tunnel") for node in ("wsl", "windows")
                 for port, proto in ((4401, "tcp"), (4402, "udp"))]
        self.holds(table)
        self.pings([("wsl", "CORP", "corp", "VPN", "WSL pings"), ("windows", "CORP", "corp", "VPN", "so does Windows")])
        self.assertEqual(normalised(self.wsl("ip addr show eth1")), normalised(f"""\
4: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1390 qdisc mq state UP group default qlen 1000
    link/ether 00:05:9a:3c:7a:00 brd ff:ff:ff:ff:ff:ff
    inet {self.names['VPN']}/32 brd {self.names['VPN']} scope global noprefixroute eth1
       valid_lft forever preferred_lft forever
"""))
        self.assertEqual(self.routes_of("eth1"), "default proto kernel scope link metric 2\n")
        self.assertNotRegex(self.ps("ipconfig /all; route print; Get-NetAdapter"), r"wv0|vEthernet")
        self.holds([("corp", "VPN", 4001, "tcp", NOWHERE, "the Hyper-V firewall"), ("corp", "VPN", 4007, "udp", NOWHERE, "UDP alike")])
        self.ps(f"Set-NetFirewallHyperVVMSetting -Name '{CREATOR}' -DefaultInboundAction Allow")
        self.holds([("corp", "VPN", 4001, "tcp", "CORP", "let in"), ("corp", "VPN", 4007, "udp", "CORP", "UDP alike")])
        self.ps(f"New-NetFirewallHyperVRule -Name v -DisplayName v -Direction Outbound -Protocol TCP -RemotePorts 4401 -Action Block -VMCreatorId '{CREATOR}'")
        self.holds([("wsl", "CORP", 4401, "tcp", NOWHERE, "the rule"), table[1], table[2]])
        self.ps("rasdial 'Work VPN' /disconnect")
        self.assertEqual(self.wsl("ip addr; ip route; ip rule"), without)

    def learnt(self):
        """The rules of ufw and iptables, without what they counted."""
        return self.wsl("sudo iptables -S; sudo ip6tables -S; sudo iptables -t nat -S; sudo ufw status verbose")

    def test_the_learners_rules_stay(self):
        """They are in the tables where WSL has a chain of its own, one of which a tunnel changes."""
        self.serve("phone", [(4201, "0.0.0.0", "tcp"), (4202, "0.0.0.0", "tcp")])
        self.wsl(f"sudo ufw --force enable && sudo ufw deny out 4201/tcp && "
                 f"sudo iptables -t nat -A OUTPUT -p tcp --dport 4299 -j DNAT --to-destination {self.name('PHONE')}:4202")
        table = [("wsl", "PHONE", 4201, "tcp", NOWHERE, "ufw denies it"), ("wsl", "PHONE", 4299, "tcp", "WINDOWS", "translated")]
        rules = self.learnt()
        self.assertRegex(rules, r"(?s)-j ufw-.*--dport 4299.*4201/tcp +DENY OUT")
        self.holds(table)
        for command, there in (("rasdial 'Work VPN'", True), ("rasdial 'Work VPN' /disconnect", False)):
            self.ps(command)
            self.assertEqual('oif "eth1"' in self.wsl("sudo nft list chain ip nat WSLPOSTROUTING"), there)
            self.assertEqual(self.learnt(), rules)
            self.holds(table)
        self.assertRegex(self.wsl("sudo nft list chain ip filter WSLOUTPUT"), "counter packets [1-9]")

    def test_a_filter_at_each_interface(self):
        """The VPN's comes and goes; the wire's stands meanwhile, and knows the same rules."""
        self.serve("wsl", [(4001, "0.0.0.0", "tcp"), (4007, "0.0.0.0", "udp")])
        self.serve("phone", [(4201, "0.0.0.0", "tcp"), (4202, "0.0.0.0", "udp")])
        wire = [("phone", "WINDOWS", 4001, "tcp", NOWHERE, "at eth0"), ("phone", "WINDOWS", 4007, "udp", NOWHERE, "at eth0, UDP"),
                ("wsl", "PHONE", 4201, "tcp", "WINDOWS", "out by eth0"), ("wsl", "PHONE", 4202, "udp", "WINDOWS", "out by eth0, UDP")]
        self.holds(wire)
        for _ in range(2):
            self.ps("rasdial 'Work VPN'")
            self.names["VPN"] = self.address("windows", "vpn0").ip
            tunnel = [("corp", "VPN", 4001, "tcp", NOWHERE, "at eth1"), ("corp", "VPN", 4007, "udp", NOWHERE, "at eth1, UDP")]
            self.holds(wire + tunnel)
            self.ps(f"New-NetFirewallHyperVRule -Name v -DisplayName v -Direction Inbound -Protocol TCP -LocalPorts 4001 -VMCreatorId '{CREATOR}'")
            self.holds([("phone", "WINDOWS", 4001, "tcp", "PHONE", "the rule, at eth0"), ("corp", "VPN", 4001, "tcp", "CORP", "and at eth1"),
                        *wire[1:], tunnel[1]])
            self.ps("rasdial 'Work VPN' /disconnect")
            self.holds([("phone", "WINDOWS", 4001, "tcp", "PHONE", "the rule is still there"), *wire[1:]])
            self.ps("Remove-NetFirewallHyperVRule -Name v")
            self.holds(wire)


class ClientFilters(matrix.Rig):
    """What a VPN client's filters cut of WSL's, though its frames pass Windows by."""
    lab = None

    def begin(self, vpn):
        text = windows_rig.TEXT.replace("wsl2.nat", "wsl2.mirrored") % f'vpn = {{ connected = false, routes = {{ "10.0.0.0/8" }}, {vpn} }}'
        self.up(self.file("lab.lua", text), healthy=True)
        self.find_names()
        six = next(a["local"] for a in self.links("phone")["wlan0"]["addr_info"] if a["family"] == "inet6" and a["scope"] == "global")
        self.names["PHONE6"] = six
        self.serve("wsl", IN_WSL[:1])
        self.serve("windows", IN_WINDOWS[:2])
        for node, listeners in ELSEWHERE.items():
            self.serve(node, listeners)
        self.ps(f"Set-NetFirewallHyperVVMSetting -Name '{CREATOR}' -DefaultInboundAction Allow")
        self.holds(self.rows("plmt"))

    def rows(self, who):
        """The same six visits; those named in who are answered."""
        all_rows = [("p", "wsl", "8.8.8.8", 4301, "tcp", "WAN"), ("p", "wsl", "8.8.8.8", 4302, "udp", "WAN"), ("l", "wsl", "PHONE", 4201, "tcp", "WINDOWS"),
                    ("l", "wsl", "PHONE", 4202, "udp", "WINDOWS"), ("m", "phone", "WINDOWS", 4001, "tcp", "PHONE"),
                    ("t", "wsl", "127.0.0.1", 4102, "tcp", "127.0.0.1"), ("t", "windows", "127.0.0.1", 4001, "tcp", "127.0.0.1")]
        return [(node, to, port, proto, whom if key in who else NOWHERE, f"answered: {who}") for key, node, to, port, proto, whom in all_rows]

    def connected(self, who):
        self.ps("rasdial 'Work VPN'")
        self.holds(self.rows(who))
        self.wsl("curl -s -m 10 http://intranet.corp.example/ | grep -q Intranet")
        self.ps("rasdial 'Work VPN' /disconnect")
        self.holds(self.rows("plmt"))

    def test_kill_switch(self):
        self.begin("kill_switch = true")
        self.holds([("wsl", "PHONE6", 4203, "tcp", self.wsl("hostname -I").split()[1], "IPv6 while it is not connected")])
        self.ps("rasdial 'Work VPN'")
        self.holds([("wsl", "PHONE6", 4203, "tcp", NOWHERE, "IPv6 is cut altogether")])
        self.ps("rasdial 'Work VPN' /disconnect")
        self.connected("lmt")

    def test_block_lan(self):
        self.begin("block_lan = true")
        self.connected("pt")

    def test_both(self):
        self.begin("kill_switch = true, block_lan = true")
        self.connected("t")


HEADER = """\
# This file was automatically generated by WSL. To stop automatic generation of this file, add the following entry to /etc/wsl.conf:
# [network]
# generateResolvConf = false
"""

NFT = "".join(f"""\
table {family} filter {{{{
	chain WSLOUTPUT {{{{
		type filter hook output priority filter; policy accept;
		counter packets N bytes N meta mark set 0x00000001
	}}}}
}}}}
table {family} nat {{{{
	chain WSLPOSTROUTING {{{{
		type nat hook postrouting priority srcnat - 1; policy accept;
		oif "eth0" udp sport 1-65535 meta mark != 0x00000001 counter packets N bytes N masquerade to :40960-45055
		oif "eth0" tcp sport 1-65535 meta mark != 0x00000001 counter packets N bytes N masquerade to :40960-45055
	}}}}
}}}}
""" for family in ("ip", "ip6"))

STATE = [
    ("ip addr", """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet 10.255.255.254/32 brd 10.255.255.254 scope global lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host
       valid_lft forever preferred_lft forever
2: loopback0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 00:15:5d:00:00:00 brd ff:ff:ff:ff:ff:ff
3: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether a4:bb:6d:00:00:00 brd ff:ff:ff:ff:ff:ff
    inet {WIN}/24 brd 192.168.1.255 scope global noprefixroute eth0
       valid_lft forever preferred_lft forever
    inet6 {WIN6}/64 scope global nodad noprefixroute
       valid_lft forever preferred_lft forever
    inet6 {NEAR}/64 scope link nodad noprefixroute
       valid_lft forever preferred_lft forever
"""),
    ("ip route show table all", """\
127.0.0.1 via {GW} dev loopback0 table 127 proto kernel src 127.0.0.1 onlink
default via 192.168.1.1 dev eth0 proto kernel metric 25
192.168.1.0/24 dev eth0 proto kernel scope link metric 281
192.168.1.1 dev eth0 proto kernel scope link metric 25
local 10.255.255.254 dev lo table local proto kernel scope host src 10.255.255.254
broadcast 10.255.255.254 dev lo table local proto kernel scope link src 10.255.255.254
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
broadcast 127.255.255.255 dev lo table local proto kernel scope link src 127.0.0.1
local {WIN} dev eth0 table local proto kernel scope host src {WIN}
broadcast 192.168.1.255 dev eth0 table local proto kernel scope link src {WIN}
{LAN6} dev eth0 proto kernel metric 281 pref medium
fe80::1 dev eth0 proto kernel metric 281 pref medium
fe80::/64 dev eth0 proto kernel metric 281 pref medium
default via fe80::1 dev eth0 proto kernel metric 281 pref medium
local ::1 dev lo table local proto kernel metric 0 pref medium
local {WIN6} dev eth0 table local proto kernel metric 0 pref medium
local {NEAR} dev eth0 table local proto kernel metric 0 pref medium
multicast ff00::/8 dev loopback0 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev eth0 table local proto kernel metric 256 pref medium
"""),
    ("ip rule show", """\
0:	from all iif loopback0 ipproto tcp lookup local
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
"""),
    ("ip -6 rule show", "0:	from all lookup local\n32766:	from all lookup main\n"),
    ("ip neigh show nud permanent", "{GW} dev loopback0 lladdr 00:11:22:33:44:55 PERMANENT\n"),
    ("cat /etc/resolv.conf", HEADER + "nameserver 10.255.255.254\n"),
    ("nft list ruleset", NFT),
]

# Facts 2.6.
SYSCTLS = [
    *((f"net.ipv4.conf.{dev}.{key}", "1") for dev in ("loopback0", "eth0") for key in ("accept_local", "route_localnet")),
    *((f"net.ipv4.conf.{dev}.rp_filter", "0") for dev in ("loopback0", "all")),
    *((f"net.ipv4.conf.{dev}.arp_filter", "1") for dev in ("all", "default")),
    *((f"net.ipv6.conf.{dev}.{key}", value) for dev in ("all", "default")
      for key, value in (("accept_ra", "0"), ("dad_transmits", "0"), ("autoconf", "0"), ("use_tempaddr", "0"), ("addr_gen_mode", "1"))),
    *((f"net.ipv6.conf.{dev}.{key}", value) for dev in ("loopback0", "eth0")
      for key, value in (("accept_ra", "0"), ("autoconf", "0"), ("use_tempaddr", "0"), ("addr_gen_mode", "1"))),
    ("net.ipv4.ip_local_port_range", "40960 45055"),
]


if __name__ == "__main__":
    real_rig.main()
