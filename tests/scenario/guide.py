#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The guide's command blocks, as they stand there, in the shell each names.

tests/data/guide-blocks.json has them word for word. Each runs in the healthy lab, where its output is compared with the live namespaces,
and in the scenario its chapter is about, where it has to show what is broken.
"""
import ipaddress
import json
import os
import re

import real_rig
import windows_rig

with open(os.path.join(real_rig.SOURCE, "tests/data/guide-blocks.json"), encoding="utf-8") as f:
    BLOCKS = json.load(f)

BLANK = "<WSLのIP>"


def block(chapter, shell):
    (one,) = [b["text"] for b in BLOCKS if (b["chapter"], b["shell"]) == (chapter, shell)]
    return one


def mask(network):
    return str(network.netmask)


class Guide(windows_rig.WindowsTest):
    """Runs the blocks; the two classes below say what must come of it."""

    def bash(self, chapter, code=0):
        return self.wsl(block(chapter, "bash"), code=code)

    def powershell(self, chapter, code=0):
        return self.ps(block(chapter, "powershell").replace(BLANK, str(self.address("wsl", "eth0").ip)), code=code)


class Healthy(Guide):
    def setUp(self):
        super().setUp()
        self.guest, self.gateway = self.address("wsl", "eth0"), self.address("windows", "vEthernet")

    def shows_link(self, out, mtu=1500):
        self.assertRegex(out, rf"2: eth0\S*: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu {mtu} qdisc mq state UP")

    def shows_address(self, out):
        self.assertIn(f"    inet {self.guest} brd {self.guest.network.broadcast_address} scope global eth0\n", out)

    def shows_routes(self, out):
        self.assertIn(f"default via {self.gateway.ip} dev eth0 proto kernel", out)
        self.assertIn(f"{self.guest.network} dev eth0 proto kernel scope link src {self.guest.ip}", out)

    def shows_ping(self, out, n):
        self.assertEqual(out.count("1 packets transmitted, 1 received, 0% packet loss"), n)

    def test_04_interface_and_address(self):
        out = self.bash(4)
        self.shows_address(out)
        self.shows_link(out)
        self.assertIn(f"link/ether {self.links('wsl')['eth0']['address']} brd ff:ff:ff:ff:ff:ff", out)

    def test_05_routes_and_neighbours(self):
        self.wsl("ping -c 1 8.8.8.8")
        out = self.bash(5)
        self.shows_routes(out)
        self.assertRegex(out, rf"(?m)^{self.gateway.ip} dev eth0 lladdr {self.links('windows')['vEthernet']['address']} ")

    def test_06_names(self):
        out = self.bash(6)
        self.assertRegex(out, r"(?m)^nameserver 10\.255\.255\.254$")
        self.shows_ping(out, 2)
        self.assertRegex(out, r"(?m)^\S+ +google\.com$")

    def test_07_listening(self):
        out = self.bash(7, code=None)
        self.assertRegex(out, r"(?m)^LISTEN +0 +\d+ +0\.0\.0\.0:3000 +0\.0\.0\.0:\*")
        if windows_rig.has_tool("ufw"):
            self.assertIn("Status: inactive", out)

    def test_09_evidence_on_windows(self):
        out = self.powershell(9)
        config, rest = out.split("Name  ", 1) if "Name  " in out else (out, "")
        self.shows_ipconfig(config)
        self.assertRegex(rest, r"(?m)^ *: WSLNat$")
        self.assertRegex(rest, rf"(?m)^InternalIPInterfaceAddressPrefix +: {re.escape(str(self.gateway.network))}$")
        self.assertRegex(rest, r"(?m)^Active +: True$")
        self.assertRegex(rest, rf"(?m)^IPAddress         : {re.escape(str(self.gateway.ip))}$")
        self.assertRegex(rest, r"(?m)^InterfaceAlias    : vEthernet \(WSL.*\)$")
        self.assertRegex(rest, rf"(?m)^PrefixLength      : {self.gateway.network.prefixlen}$")
        self.assertNotIn("Ethernet\n", rest.replace("vEthernet", ""))

    def shows_ipconfig(self, out):
        self.assertIn("Windows IP Configuration", out)
        for dev in ("eth0", "vEthernet"):
            live, label = self.address("windows", dev), next(
                i["label"] for n in self.model["nodes"] if n["name"] == "windows" for i in n["ifaces"] if i["name"] == dev)
            (part,) = re.findall(rf"(?ms)^Ethernet adapter {re.escape(label)}:\n\n(.*?)(?=^\S|\Z)", out)
            mac = self.links("windows")[dev]["address"].upper().replace(":", "-")
            for key, value in (("Physical Address. . . . . . . . . :", mac), ("IPv4 Address. . . . . . . . . . . :", f"{live.ip}(Preferred)"),
                               ("Subnet Mask . . . . . . . . . . . :", mask(live.network))):
                self.assertRegex(part, rf"(?m)^   {re.escape(key)} {re.escape(value)} ?$")
        via = next(r["gateway"] for r in self.routes("windows") if r["dst"] == "default")
        self.assertIn(f"   Default Gateway . . . . . . . . . : {via}\n", out)

    def test_10_port_proxy(self):
        out = self.powershell(10)
        self.assertRegex(out, r"(?m)^Listen on ipv4: +Connect to ipv4:$")
        self.assertRegex(out, r"(?m)^Address         Port        Address         Port$")
        self.assertRegex(out, r"(?m)^-{15} -{10}  -{15} -{10}$")
        self.assertRegex(out, rf"(?m)^0\.0\.0\.0         3000        {str(self.guest.ip):<15} 3000$")
        self.assertRegex(self.raw("windows", "ss", "-Hlnt"), r"0\.0\.0\.0:3000")

    def test_10_and_the_firewall_it_speaks_of(self):
        """The note below the block: not let in, the phone gets nowhere; let in, it does."""
        self.powershell(10)
        fetch = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=0.7).read().decode())"
        url = f"http://{self.address('windows', 'eth0').ip}:3000/"
        self.assertNotEqual(self.run_netdojo("exec", "--lab", "w", "phone", "--", "python3", "-c", fetch, url).returncode, 0)
        self.ps("New-NetFirewallRule -DisplayName 'WSL 3000' -Direction Inbound -Protocol TCP -LocalPort 3000 -Action Allow")
        self.assertIn("a page of WSL's", self.python("phone", fetch, url))

    def test_11_shutdown_and_start(self):
        before = self.raw("wsl", "readlink", "/proc/self/ns/net")
        self.assertEqual(self.powershell(11).strip(), "")
        self.assertRegex(self.ps("wsl -l -v"), r"(?m)^\* Debian +Stopped +2")
        self.assertEqual(self.ps("wsl hostname -I").split()[0], str(self.address("wsl", "eth0").ip))
        self.assertNotEqual(self.raw("wsl", "readlink", "/proc/self/ns/net"), before)

    def test_12_mtu(self):
        self.shows_link(self.bash(12), mtu=1400)
        self.assertEqual(self.links("wsl")["eth0"]["mtu"], 1400)

    def test_13_the_straight_path(self):
        out = self.bash(13)
        self.shows_address(out)
        self.shows_routes(out)
        self.shows_ping(out, 2)

    def test_15_summary(self):
        out = self.bash(15)
        self.shows_address(out)
        self.shows_routes(out)
        self.assertEqual(self.links("wsl")["eth0"]["mtu"], 1400)
        out = self.powershell(15)
        self.assertRegex(out, r"(?m)^Name +: WSLNat$")
        self.assertRegex(self.ps("wsl --list --running", code=None), "There are no running distributions")


class Broken(Guide):
    """In the scenario a chapter is about, its block shows what is wrong."""
    lab = None

    def broken(self, scenario):
        self.up(scenario)

    def test_04(self):
        self.broken("l1-eth0-unconfigured")
        out = self.bash(4)
        self.assertNotIn("inet ", out)
        self.assertIn("state DOWN", out)

    def test_05(self):
        self.broken("l2-no-default-route")
        out = self.bash(5)
        self.assertNotIn("default via", out)
        self.assertIn("scope link src", out)

    def test_06(self):
        """The block as it stands; the resolver's own three time-outs of ten seconds are cut short by what the shell was started with."""
        self.broken("dns-host-proxy-dead")
        shell = ("env", "RES_OPTIONS=timeout:1 attempts:1", "bash", "-c", block(6, "bash"))
        out = self.run_netdojo("exec", "--lab", "w", "wsl", "--", *shell).stdout
        self.assertRegex(out, rf"(?m)^nameserver {self.address('windows', 'vEthernet').ip}$")
        self.assertEqual(out.count("1 received"), 1)
        self.assertNotRegex(out, r"(?m)^\S+ +google\.com$")

    def test_07(self):
        self.broken("fw-guest-filter")
        self.assertNotIn("LISTEN", self.bash(7, code=None))
        self.assertIn("drop", self.wsl("sudo nft list ruleset"))

    def test_09_the_nat_is_gone(self):
        """What the block's Get-NetNat is for: without the object nothing of WSL's gets out, while all else on Windows is as before."""
        self.up(windows_rig.LAB_FILE, healthy=True)
        self.wsl("ping -c 1 -W 1 8.8.8.8")
        self.assertIn("masquerade", self.raw("windows", "nft", "list", "ruleset"))
        self.ps("Remove-NetNat -Name WSLNat -Confirm:$false")
        out = self.powershell(9)
        self.assertNotRegex(out, r"(?m)^Name +:|WSLNat")
        self.assertIn(f"IPAddress         : {self.address('windows', 'vEthernet').ip}\n", out)
        self.assertNotIn("masquerade", self.raw("windows", "nft", "list", "ruleset"))
        self.assertIn("100% packet loss", self.wsl("ping -c 1 -W 1 8.8.8.8", code=1))

    def test_09_where_the_nat_is_no_object(self):
        """Today's Windows: its NAT for WSL is ICS, so that Get-NetNat shows nothing and the packets are translated all the same."""
        self.broken("pub-portproxy-without-firewall-rule")
        out = self.powershell(9)
        self.assertIn(f": {self.address('windows', 'vEthernet').ip}(Preferred)", out)
        self.assertNotRegex(out, r"(?m)^Name +:|WSLNat")
        self.assertIn("masquerade", self.raw("windows", "nft", "list", "ruleset"))
        self.wsl("ping -c 1 -W 1 8.8.8.8")

    def test_10(self):
        self.broken("pub-portproxy-stale-guest-ip")
        shown = self.ps("netsh interface portproxy show all")
        (stale,) = re.findall(r"(?m)^0\.0\.0\.0 +3000 +(\S+) +3000", shown)
        guest = self.address("wsl", "eth0")
        self.assertIn(ipaddress.ip_address(stale), guest.network)
        self.assertNotEqual(stale, str(guest.ip))
        self.assertIn(f" {guest.ip} ", self.powershell(10))

    def test_15(self):
        self.broken("pub-portproxy-stale-guest-ip")
        before = self.address("wsl", "eth0")
        self.assertIn("3000", self.powershell(15))
        self.ps("wsl true")
        self.assertNotEqual(self.address("wsl", "eth0"), before)


class Blocks(real_rig.unittest.TestCase):
    def test_all_are_run(self):
        """A block that is added to the data has to be run somewhere above."""
        with open(__file__, encoding="utf-8") as own:
            text = own.read()
        for b in BLOCKS:
            self.assertIn(f"self.{b['shell']}({b['chapter']}", text)


if __name__ == "__main__":
    real_rig.main()
