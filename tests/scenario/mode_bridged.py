#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""networkingMode=bridged (facts 4.2): WSL on the LAN itself, by a Hyper-V switch on Windows' adapter."""
import ipaddress

import mode_rig
import real_rig
from mode_rig import GENERATED, LO, LO6, LO_ROUTES, STOCK_RULES

BRIDGED = ("networkingMode=bridged", "vmSwitch=Lan")

IN_WSL = [(4001, "0.0.0.0", "tcp"), (4002, "127.0.0.1", "tcp"), (4005, "0.0.0.0", "udp"), (4099, "0.0.0.0", "tcp")]
IN_WINDOWS = [(4101, "0.0.0.0", "tcp")]
ELSEWHERE = {"phone": [(4201, "0.0.0.0", "tcp"), (4202, "0.0.0.0", "udp")], "internet": [(4301, "8.8.8.8", "tcp"), (4302, "8.8.8.8", "udp")]}

MATRIX = [
    ("wsl", "PHONE", 4201, "tcp", "GUEST", "as itself: nobody translates on the LAN"),
    ("wsl", "PHONE", 4202, "udp", "GUEST", "UDP alike"),
    ("wsl", "8.8.8.8", 4301, "tcp", "WAN", "the home router translates"),
    ("wsl", "8.8.8.8", 4302, "udp", "WAN", "UDP alike"),
    ("phone", "GUEST", 4001, "tcp", "PHONE", "a machine of the LAN like any other"),
    ("phone", "GUEST", 4005, "udp", "PHONE", "UDP alike"),
    ("phone", "WINDOWS", 4001, "tcp", None, "Windows has nothing to do with it"),
    ("windows", "GUEST", 4001, "tcp", "WINDOWS", "over the LAN"),
    ("windows", "localhost", 4001, "tcp", "127.0.0.1", "the relay"),
    ("windows", "localhost", 4002, "tcp", "127.0.0.1", "the relay, for what listens on loopback"),
    ("windows", "localhost", 4005, "udp", None, "the relay is for TCP only"),
    ("wsl", "127.0.0.1", 4101, "tcp", None, "WSL's localhost is not Windows'"),
    ("wsl", "WINDOWS", 4101, "tcp", None, "Windows Firewall"),
]


class Bridged(mode_rig.ModeTest):
    def setUp(self):
        super().setUp()
        self.ps("New-VMSwitch -Name Lan -NetAdapterName Ethernet")

    def guest(self):
        return self.address("wsl", "eth0")

    def addresses(self, mac="00:15:5d:XX:XX:XX"):
        g = self.guest()
        return LO + f"""N: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether {mac} brd ff:ff:ff:ff:ff:ff
    inet {g.ip}/24 brd 192.168.1.255 scope global noprefixroute eth0
       valid_lft forever preferred_lft forever
"""

    def test_state(self):
        self.assertEqual(self.restart(*BRIDGED), [])
        g = self.guest()
        self.assertIn(g.ip, ipaddress.ip_network("192.168.1.0/24"))
        self.assertNotIn(g.ip, [self.address("windows", "eth0").ip, self.address("phone", "wlan0").ip])
        self.wsl("ping -c 1 8.8.8.8; getent hosts google.com")
        self.holds_state(
            addresses=self.addresses(), rules=STOCK_RULES, ruleset="", mode="bridged\n", resolv=GENERATED + "nameserver 192.168.1.1\n",
            neighbours=f"192.168.1.1 dev eth0 lladdr {self.links('router')['eth1']['address']} REACHABLE\n",
            routes=f"""default via 192.168.1.1 dev eth0 proto dhcp src {g.ip} metric 1002
192.168.1.0/24 dev eth0 proto dhcp scope link src {g.ip} metric 1002
local {g.ip} dev eth0 table local proto kernel scope host src {g.ip}
broadcast 192.168.1.255 dev eth0 table local proto kernel scope link src {g.ip}
{LO_ROUTES}""")
        self.sysctls(net__ipv6__conf__all__disable_ipv6=1)
        self.assertEqual(self.wsl("ss -Hlnu; ss -Hlnt").count(":53 "), 0)  # no tunnel

    def test_reachability(self):
        self.restart(*BRIDGED)
        self.find_names(GUEST=self.guest().ip)
        self.serve("windows", IN_WINDOWS)
        self.serve("wsl", IN_WSL)
        for node, listeners in ELSEWHERE.items():
            self.serve(node, listeners)
        self.until("WSL's listeners on Windows' localhost", lambda: self.visit("windows", "127.0.0.1", 4099, "tcp") == "127.0.0.1")
        self.holds(MATRIX)
        self.pings([("wsl", "PHONE", "phone", "GUEST", "as itself"), ("phone", "GUEST", "wsl", "PHONE", "a machine of the LAN"),
                    ("wsl", "8.8.8.8", "internet", "WAN", "by the home router")])

    def test_an_address_somebody_has_is_not_given(self):
        own = "macAddress=00:15:5d:01:02:03"  # the same MAC is given the same address
        self.assertEqual(self.restart(*BRIDGED, own), [])
        first = self.guest().ip
        self.ps("wsl --shutdown")
        self.ps(f"New-NetIPAddress -InterfaceAlias Ethernet -IPAddress {first} -PrefixLength 24")
        shown = self.ps(f"Get-NetIPAddress -IPAddress {first} | Format-List; (Get-NetIPInterface -InterfaceAlias Ethernet -AddressFamily IPv4).Dhcp")
        self.assertRegex(shown, r"(?s)PrefixOrigin +: Manual.*SuffixOrigin +: Manual.*Disabled")
        self.assertEqual(self.restart(), [])
        self.assertNotEqual(self.guest().ip, first)
        self.wsl("ping -c 1 8.8.8.8")

    def test_settings(self):
        for mac in ("00:15:5d:01:02:03", "00-15-5D-01-02-03"):
            self.assertEqual(self.restart(*BRIDGED, f"macAddress={mac}"), [])
            self.assertEqual(self.links("wsl")["eth0"]["address"], "00:15:5d:01:02:03")
        self.assertEqual(self.restart(*BRIDGED, "ipv6=true", "dnsTunneling=true"), [])
        self.sysctls(net__ipv6__conf__all__disable_ipv6=0)
        self.assertIn(self.link_local(), self.wsl("ip -6 addr show dev eth0"))
        self.assertEqual(self.restart(*BRIDGED, "dhcp=false"), [])
        self.holds_state(addresses=LO + """N: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000
    link/ether 00:15:5d:XX:XX:XX brd ff:ff:ff:ff:ff:ff
""", routes=LO_ROUTES, resolv=GENERATED)
        done = self.run_netdojo("exec", "--lab", "w", "windows", "--",
                                f'wsl --shutdown; Set-Content {mode_rig.CONFIG} "[wsl2]`nmacAddress=1"; wsl true')
        self.assertIn(rf"Invalid mac address '1' for key 'wsl2.macAddress' in {mode_rig.CONFIG}:2", done.stdout + done.stderr)

    def test_default_switch(self):
        """Windows routes for it, as for NAT's switch."""
        self.assertEqual(self.restart("networkingMode=bridged", "vmSwitch=Default Switch"), [])
        gateway = self.address("windows", "vEthernet")
        self.assertIn(self.guest().ip, gateway.network)
        self.holds_state(resolv=GENERATED + f"nameserver {gateway.ip}\n")
        self.wsl("ping -c 1 8.8.8.8")
        self.assertEqual(LO6 in mode_rig.normalised(self.wsl("ip addr")), False)

    def test_from_the_topology(self):
        self.netdojo("down", "--lab", "w")
        with open(mode_rig.LAB_FILE, encoding="utf-8") as f:
            text = f.read().replace('windows = { nat = "winnat" }',
                                    'windows = { switches = { "Office" } }, wsl = { wslconfig = { wsl2 = { networkingMode = "bridged", vmSwitch = "Office" } } }')
        self.up(self.file("scenario.lua", text), healthy=True)
        self.assertIn(self.guest().ip, ipaddress.ip_network("192.168.1.0/24"))
        self.wsl("wslinfo --networking-mode | grep -qx bridged; ping -c 1 8.8.8.8")
        self.assertRegex(self.ps("Get-VMSwitch -SwitchType External | % Name"), "(?m)^Office$")


if __name__ == "__main__":
    real_rig.main()
