#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A VPN on the Windows node of real labs: what fits into the tunnel, black holes and their mends, who still reaches whom, and names."""
import re

import real_rig
import windows_rig

TEXT = windows_rig.TEXT
HEADERS = 28  # IPv4 and ICMP
PATIENCE = 30  # seconds for what must arrive, on a loaded machine too
STALLED = 2  # for what never does


class Vpn(windows_rig.WindowsTest):
    lab = None

    def begin(self, vpn, more=""):
        self.up(self.file("lab.lua", TEXT % f"vpn = {{ {vpn} }}, {more}"), healthy=True)

    def fits(self, size):
        return self.run_netdojo("exec", "--lab", "w", "wsl", "--", "ping", "-M", "do", "-n", "-c1", "-W1", "-s", str(size),
                                "intranet.corp.example").returncode == 0

    def largest_payload(self):
        """By bisection, as a person does it."""
        low, high = 500, 1473
        self.assertTrue(self.fits(low))
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.fits(middle) else (low, middle)
        return low

    def fetched(self, url="http://intranet.corp.example/large.bin", seconds=PATIENCE, node="wsl"):
        raw = ["--raw"] if node == "windows" else []
        out = self.run_netdojo("exec", "--lab", "w", *raw, node, "--", "curl", "-s", "-m", str(seconds), "-o", "/dev/null", "-w",
                               "%{size_download}", url).stdout
        return int(out or 0)

    def pings(self, address, node="wsl"):
        raw = ["--raw"] if node == "windows" else []
        return self.run_netdojo("exec", "--lab", "w", *raw, node, "--", "ping", "-n", "-c1", "-W1", address).returncode == 0

    def connect(self):
        self.assertIn("Successfully connected to Work VPN.", self.ps('rasdial "Work VPN"'))

    # What fits -------------------------------------------------------------------------------------------------

    def test_payload_is_the_tunnel_less_headers(self):
        self.begin("mtu = 1350, connected = false")
        self.assertEqual(self.links("wsl")["eth0"]["mtu"], 1500)
        self.connect()
        self.assertEqual(self.links("wsl")["eth0"]["mtu"], 1350)
        self.assertEqual(self.largest_payload(), 1350 - HEADERS)
        self.ps('netsh interface ipv4 set subinterface "Ethernet 2" mtu=1300')
        self.assertEqual(self.links("wsl")["eth0"]["mtu"], 1300)
        self.assertEqual(self.largest_payload(), 1300 - HEADERS)
        self.assertEqual(self.fetched(), 8000000)
        self.ps('rasdial "Work VPN" /disconnect')
        self.assertEqual(self.links("wsl")["eth0"]["mtu"], 1500)
        self.assertNotIn("vpn0", self.links("windows"))

    def test_a_path_that_says_its_size_is_no_black_hole(self):
        self.begin("mtu = 1300", 'wsl = { mtu_from = "switch" }')
        self.assertEqual(self.links("wsl")["eth0"]["mtu"], 1500)
        self.assertEqual(self.largest_payload(), 1300 - HEADERS)
        self.assertEqual(self.fetched(), 8000000)
        if windows_rig.has_tool("tracepath"):
            self.assertRegex(self.wsl("tracepath -n intranet.corp.example"), r"pmtu 1300")

    def hole(self, swallows):
        self.begin(f'mtu = 1300, swallows = "{swallows}", git = true', 'wsl = { mtu_from = "switch" }')

    def upload(self, seconds=PATIENCE):
        """A request of 20 kB, which only the way out can stop."""
        return self.run_netdojo("exec", "--lab", "w", "wsl", "--", "sh", "-c",
                                f"head -c 20000 /dev/zero | curl -s -m {seconds} -o /dev/null -w '%{{http_code}}' -H Expect: --data-binary @- "
                                "http://intranet.corp.example/").stdout not in ("000", "")

    def test_black_hole_in_both_directions(self):
        self.hole("both")
        self.assertIn("Intranet", self.wsl("curl -s -m 10 http://intranet.corp.example/"))
        self.assertEqual(self.fetched(seconds=STALLED), 0)
        self.assertFalse(self.upload(STALLED))
        self.assertEqual(self.fetched(node="windows"), 8000000)
        clone = "rm -rf /tmp/big; timeout 2 git clone -q git://git.corp.example/big.git /tmp/big"
        self.assertNotEqual(self.run_netdojo("exec", "--lab", "w", "wsl", "--", "sh", "-c", clone).returncode, 0)
        self.wsl("sudo ip link set dev eth0 mtu 1300")
        self.assertEqual(self.fetched(), 8000000)
        self.assertTrue(self.upload())
        self.wsl("rm -rf /tmp/big; git clone -q git://git.corp.example/big.git /tmp/big; test $(stat -c %s /tmp/big/assets.bin) = 6291456")

    def test_one_direction_alone(self):
        self.hole("in")
        self.assertFalse(self.upload(STALLED))
        self.assertEqual(self.fetched(), 8000000)

    def test_the_other_direction_alone(self):
        self.hole("out")
        self.assertEqual((self.fetched(seconds=STALLED), self.upload()), (0, True))

    def test_clamping_mends(self):
        self.hole("both")
        self.wsl("sudo nft 'add table ip clamp; add chain ip clamp out { type filter hook output priority 0; }; "
                 "add chain ip clamp in { type filter hook input priority 0; }; "
                 "add rule ip clamp out tcp flags syn tcp option maxseg size set 1260; "
                 "add rule ip clamp in tcp flags syn tcp option maxseg size set 1260'")
        self.assertEqual((self.fetched(), self.upload()), (8000000, True))

    def test_the_windows_side_mends(self):
        self.hole("both")
        self.ps('netsh interface ipv4 set subinterface "vEthernet (WSL (Hyper-V firewall))" mtu=1300')
        self.assertEqual((self.fetched(), self.upload()), (8000000, True))

    # Who reaches whom ------------------------------------------------------------------------------------------

    def test_metric_decides(self):
        """Breakage 13: the tunnel's default route wins and takes nothing of WSL's; with a worse metric the wire has it back."""
        self.begin("connected = false, masquerade = false")
        self.assertTrue(self.pings("8.8.8.8"))
        self.connect()
        self.assertFalse(self.pings("8.8.8.8"))
        self.assertTrue(self.pings("8.8.8.8", "windows"))
        self.assertTrue(self.pings("192.168.1.1"))
        self.ps("Get-NetAdapter | ? InterfaceDescription -Match 'Cisco AnyConnect' | Set-NetIPInterface -InterfaceMetric 6000")
        self.assertRegex(self.ps("route print -4"), r"0\.0\.0\.0 +0\.0\.0\.0 +On-link +10\.71\.\S+ +6001")
        self.assertTrue(self.pings("8.8.8.8"))

    def test_stolen_subnet(self):
        """Breakage 14, and the routes of its mends."""
        self.begin("connected = false, steals_subnet = true")
        gateway = str(self.address("windows", "vEthernet").ip)
        guest = str(self.address("wsl", "eth0").ip)
        self.assertTrue(self.pings(guest, "windows"))
        self.connect()
        self.assertFalse(self.pings(guest, "windows"))
        index = self.links("windows")["vEthernet"]["ifindex"]
        self.ps(f"route add {guest} mask 255.255.255.255 {gateway} metric 1 if {index}")
        self.assertTrue(self.pings(guest, "windows"))
        self.ps(f"route delete {guest}")
        self.assertFalse(self.pings(guest, "windows"))
        self.ps('Get-NetRoute -InterfaceAlias "Ethernet 2" -DestinationPrefix 172* | Set-NetRoute -RouteMetric 6000')
        self.assertTrue(self.pings(guest, "windows"))

    def test_without_the_wire(self):
        """WireGuard's packets need the wire; where the kernel has none and the tunnel is a pair, nothing travels (docs/fidelity.md)."""
        self.begin('routes = { "10.0.0.0/8" }')
        intranet = next(n for n in self.model["nodes"] if n["name"] == "corp")["ifaces"][0]["addresses"][0]["cidr"].split("/")[0]
        self.assertTrue(self.pings(intranet, "windows"))
        wireguard = self.links("windows")["vpn0"]["link_type"] == "none"
        self.ps("Disable-NetAdapter Ethernet -Confirm:$false")
        self.assertFalse(self.pings("192.168.1.1", "windows"))
        self.assertEqual(self.pings(intranet, "windows"), not wireguard)
        self.ps("Enable-NetAdapter Ethernet")
        self.until("the tunnel again", lambda: self.pings(intranet, "windows"), PATIENCE)

    def test_filters(self):
        self.begin('routes = { "10.0.0.0/8" }, kill_switch = true, connected = false')
        self.connect()
        self.assertEqual([self.pings(a) for a in ("8.8.8.8", "192.168.1.1")], [False, True])
        self.assertFalse(self.pings("8.8.8.8", "windows"))
        self.assertIn("Intranet", self.wsl("curl -s -m 10 http://intranet.corp.example/"))
        self.assertNotIn("vpn", self.ps("Get-NetFirewallRule | % DisplayName").lower())
        self.ps('rasdial /disconnect')
        self.assertTrue(self.pings("8.8.8.8"))

    def test_local_lan(self):
        self.begin("block_lan = true")
        self.assertEqual([self.pings(a) for a in ("8.8.8.8", "192.168.1.1")], [True, False])

    # Names -----------------------------------------------------------------------------------------------------

    def resolves(self, name, node="wsl"):
        raw = ["--raw"] if node == "windows" else []
        done = self.run_netdojo("exec", "--lab", "w", *raw, node, "--", "timeout", "-s", "KILL", "3", "getent", "ahostsv4", name)
        return done.stdout.split()[0] if done.stdout else None

    def test_split_dns(self):
        self.begin('routes = { "10.0.0.0/8" }, nrpt = true, connected = false')
        self.assertIsNone(self.resolves("intranet.corp.example"))
        self.assertNotIn("search", self.wsl("cat /etc/resolv.conf"))
        self.connect()
        web = self.resolves("intranet.corp.example")
        self.assertRegex(web, r"^10\.")
        self.assertIn("search corp.example", self.wsl("cat /etc/resolv.conf"))
        self.assertEqual(self.resolves("intranet"), web)
        self.assertTrue(self.resolves("google.com"))
        self.assertIn(web, self.ps("Resolve-DnsName intranet.corp.example"))
        self.assertIn(f"[{web}]", self.ps("ping -n 1 intranet"))
        self.assertRegex(self.ps("Get-DnsClientNrptRule"), r"Namespace +: \{\.corp\.example\}")
        self.assertRegex(self.ps("nslookup intranet.corp.example", code=None), "Non-existent domain")

    def test_guest_dns_is_cut(self):
        self.begin("blocks_guest_dns = true, connected = false", "wsl = { dnsTunneling = false }")
        self.assertTrue(self.resolves("google.com"))
        self.connect()
        self.assertIsNone(self.resolves("google.com"))
        self.assertTrue(self.pings("8.8.8.8"))
        self.assertTrue(self.resolves("google.com", "windows"))

    def test_tunnel_is_cut_in_silence(self):
        self.begin("blocks_tunnel_dns = true, connected = false")
        self.connect()
        out = self.wsl("dig +tries=1 +time=1 google.com", code=None)
        self.assertRegex(out, "timed out")
        self.assertNotIn("SERVFAIL", out)
        self.assertIn("NOERROR", self.wsl("dig +tries=1 +time=2 @8.8.8.8 google.com"))

    def test_only_the_routers_resolver(self):
        self.begin("connected = false", "router = { blocks_dns = true }")
        self.assertTrue(self.resolves("google.com"))
        for transport in ("", "+tcp"):
            self.assertRegex(self.wsl(f"dig {transport} +tries=1 +time=1 @8.8.8.8 google.com", code=None), "timed out")
        self.assertTrue(self.pings("8.8.8.8"))
        self.connect()
        self.assertIn("NOERROR", self.wsl("dig +tries=1 +time=2 @8.8.8.8 google.com"))

    def test_hosts_file_of_windows(self):
        self.begin("connected = false", 'windows = { hosts = "192.0.2.77 printer.office" }')
        out = self.wsl("dig +tries=1 +time=2 printer.office")
        self.assertRegex(out, r"flags: qr aa rd ad;")
        self.assertRegex(out, re.escape("192.0.2.77"))
        self.assertNotIn("printer.office", self.wsl("cat /etc/hosts"))
        self.assertRegex(self.wsl("ss -Hltn"), r"LISTEN +0 +1000 +10\.255\.255\.254:53")


if __name__ == "__main__":
    real_rig.main()
