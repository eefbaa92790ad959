#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""NAT mode's state, word for word (facts 1.2 to 1.7), and its DNS by setting, asked through the file it writes. Who reaches whom: matrix.py."""
import mode_rig
import real_rig
from mode_rig import GENERATED, LO, LO6, LO_ROUTES, STOCK_RULES

TUNNEL = """    inet 10.255.255.254/32 brd 10.255.255.254 scope global lo
       valid_lft forever preferred_lft forever
"""


class Nat(mode_rig.ModeTest):
    def addresses(self, tunnel=True, mtu=1500):
        g = self.address("wsl", "eth0")
        return LO + (TUNNEL if tunnel else "") + LO6 + f"""N: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu {mtu} qdisc mq state UP group default qlen 1000
    link/ether 00:15:5d:XX:XX:XX brd ff:ff:ff:ff:ff:ff
    inet {g.ip}/20 brd {g.network.broadcast_address} scope global eth0
       valid_lft forever preferred_lft forever
    inet6 {self.link_local()}/64 scope link
       valid_lft forever preferred_lft forever
"""

    def routes(self):
        g, gateway = self.address("wsl", "eth0"), self.address("windows", "vEthernet").ip
        return f"""default via {gateway} dev eth0 proto kernel
{g.network} dev eth0 proto kernel scope link src {g.ip}
local 10.255.255.254 dev lo table local proto kernel scope host src 10.255.255.254
broadcast 10.255.255.254 dev lo table local proto kernel scope link src 10.255.255.254
local {g.ip} dev eth0 table local proto kernel scope host src {g.ip}
broadcast {g.network.broadcast_address} dev eth0 table local proto kernel scope link src {g.ip}
{LO_ROUTES}fe80::/64 dev eth0 proto kernel metric 256 pref medium
local ::1 dev lo table local proto kernel metric 0 pref medium
local {self.link_local()} dev eth0 table local proto kernel metric 0 pref medium
multicast ff00::/8 dev eth0 table local proto kernel metric 256 pref medium
"""

    def test_state(self):
        gateway = self.address("windows", "vEthernet")
        self.assertEqual(gateway.network.prefixlen, 20)
        self.assertEqual(gateway.ip, gateway.network.network_address + 1)
        self.assertIn(self.address("wsl", "eth0").ip, gateway.network)
        self.wsl("ping -c 1 8.8.8.8")
        self.holds_state(addresses=self.addresses(), routes=self.routes(), rules=STOCK_RULES, ruleset="", mode="nat\n",
                         neighbours=f"{gateway.ip} dev eth0 lladdr 00:15:5d:XX:XX:XX REACHABLE\n",
                         resolv=GENERATED + "nameserver 10.255.255.254\n")
        self.sysctls(net__ipv6__conf__all__disable_ipv6=0, net__ipv6__conf__all__accept_ra=1, net__ipv4__conf__eth0__accept_local=0,
                     net__ipv4__conf__all__arp_filter=0)
        self.assertIn("vEthernet (WSL (Hyper-V firewall))", self.ps("ipconfig"))

    def test_mtu_is_the_least(self):
        self.ps("netsh interface ipv4 set subinterface Ethernet mtu=1350 store=active")
        self.holds_state(addresses=self.addresses(mtu=1350))

    def test_dns(self):
        """Rows of facts 1.5: which server the file names, and that names are resolved by it."""
        gateway = self.address("windows", "vEthernet").ip
        rows = [
            (["dnsTunneling=true"], "nameserver 10.255.255.254\n"),
            (["[experimental]", "dnsTunnelingIpAddress=10.255.255.1"], "nameserver 10.255.255.1\n"),
            (["dnsTunneling=false"], f"nameserver {gateway}\n"),
            (["dnsTunneling=false", "dnsProxy=false"], "nameserver 192.168.1.1\n"),
        ]
        for settings, want in rows:
            self.assertEqual(self.restart(*settings), [])
            self.holds_state(resolv=GENERATED + want)
            self.wsl("getent hosts google.com")
        # the proxy of ICS has UDP only
        self.assertNotIn(f"{gateway}:53 ", self.raw("windows", "ss", "-Hlnt"))
        self.assertIn(f"{gateway}:53 ", self.raw("windows", "ss", "-Hlnu"))

    def test_own_resolv_conf(self):
        """Facts 3.4: the listener stays, nothing points to it; a file of the user's own wins until WSL links again."""
        self.wsl("printf '[network]\\ngenerateResolvConf=false\\n' | sudo tee /etc/wsl.conf")
        self.restart()
        self.assertIn("No such file", self.wsl("cat /etc/resolv.conf", code=1))
        self.assertIn("10.255.255.254:53", self.wsl("ss -Hlnt; ss -Hlnu"))
        self.wsl("echo 'nameserver 10.255.255.254' | sudo tee /etc/resolv.conf; getent hosts google.com")
        self.wsl("sudo rm /etc/wsl.conf; sudo rm /etc/resolv.conf; echo 'nameserver 192.0.2.1' | sudo tee /etc/resolv.conf")
        self.assertEqual(self.wsl("cat /etc/resolv.conf"), "nameserver 192.0.2.1\n")
        self.restart()
        self.assertEqual(self.wsl("readlink /etc/resolv.conf"), "/mnt/wsl/resolv.conf\n")


if __name__ == "__main__":
    real_rig.main()
