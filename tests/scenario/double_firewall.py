#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows' rules, Hyper-V rules, ufw, iptables-nft and nft, one beside the other in a real lab: what each of them stops and lets through."""
import itertools

import real_rig
import windows_rig

PAGE = ('services = {{ {{ name = "page", node = "wsl", kind = "http", listens = {{ {{ proto = "tcp", address = "0.0.0.0", port = {0} }} }}, '
        'config = {{ default = "page", sites = {{ page = {{ ["/"] = {{ status = 200, type = "text/html", body = "here" }} }} }} }} }} }}')
WSL = "'{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}'"
PORT = 3000

# Who may stop what comes in for the port proxy: how it lets it through, how it stops it.
UFW = ("sudo ufw --force enable && sudo ufw allow 3000/tcp", "sudo ufw --force reset && sudo ufw --force enable")


class DoubleFirewall(windows_rig.WindowsTest):
    lab = None

    def setUp(self):
        super().setUp()
        self.up(self.file("lab.lua", windows_rig.TEXT % PAGE.format(PORT)), healthy=True)
        self.guest = str(self.address("wsl", "eth0").ip)

    def from_phone(self):
        windows = str(self.address("windows", "eth0").ip)
        done = self.run_netdojo("exec", "--lab", "w", "phone", "--", "curl", "-s", "-m", "1", f"http://{windows}:{PORT}/")
        return done.stdout == "here"

    def from_windows(self):
        done = self.run_netdojo("exec", "--lab", "w", "--raw", "windows", "--", "curl", "-s", "-m", "1", f"http://{self.guest}:{PORT}/")
        return done.stdout == "here"

    def out(self, url="http://google.com/"):
        return self.run_netdojo("exec", "--lab", "w", "wsl", "--", "curl", "-s", "-m", "1", "-o", "/dev/null", url).returncode == 0

    def test_inbound_by_the_port_proxy(self):
        """The proxy's connection is Windows' own: profile rules judge the phone's, and only the guest's filters the proxy's."""
        self.ps(f"netsh interface portproxy add v4tov4 listenaddress=0.0.0.0 listenport={PORT} connectaddress={self.guest} connectport={PORT}")
        self.assertFalse(self.from_phone())
        self.ps(f"New-NetFirewallRule -Name in -DisplayName in -Direction Inbound -Protocol TCP -LocalPort {PORT} -Action Allow")
        self.assertTrue(self.from_phone())
        for profile, ufw in itertools.product((True, False), repeat=2):
            self.ps(f"Set-NetFirewallRule -Name in -Enabled {profile}")
            self.wsl(UFW[0] if ufw else UFW[1])
            with self.subTest(profile=profile, ufw=ufw):
                self.assertEqual(self.from_phone(), profile and ufw)
        self.wsl("sudo ufw disable")
        self.ps("Set-NetFirewallRule -Name in -Enabled True")
        self.assertTrue(self.from_phone())
        self.ps(f"New-NetFirewallHyperVRule -Name hv -DisplayName hv -Direction Inbound -VMCreatorId {WSL} -Protocol TCP -LocalPorts {PORT} -Action Block")
        self.assertTrue(self.from_phone()) # host and guest are each other's loopback
        self.ps(f"New-NetFirewallRule -Name no -DisplayName no -Direction Inbound -Protocol TCP -LocalPort {PORT} -Action Block")
        self.assertFalse(self.from_phone()) # a block beats an allow

    def test_in_the_guest(self):
        """ufw, iptables and nft each may stop a packet; none can let through what another drops."""
        self.assertTrue(self.from_windows())
        self.wsl(UFW[0])
        self.assertIn("3000/tcp", self.wsl("sudo ufw status verbose"))
        self.assertTrue(self.from_windows())
        self.wsl("sudo nft 'add table inet mine; add chain inet mine in { type filter hook input priority 10; }; add rule inet mine in tcp dport 3000 drop'")
        self.assertFalse(self.from_windows())
        self.wsl("sudo nft delete table inet mine")
        self.assertTrue(self.from_windows())
        self.wsl("sudo iptables -I INPUT -p tcp --dport 3000 -j DROP")
        self.assertFalse(self.from_windows())
        self.wsl("sudo iptables -D INPUT -p tcp --dport 3000 -j DROP")
        self.assertTrue(self.from_windows())
        self.wsl("sudo ufw delete allow 3000/tcp")
        self.assertFalse(self.from_windows())
        self.wsl("sudo ufw disable")
        self.assertIn("inactive", self.wsl("sudo ufw status"))
        self.assertTrue(self.from_windows())

    def test_outbound(self):
        """A host's rule on ports is merged into the Hyper-V firewall, and any block wins (facts 6.2)."""
        self.assertTrue(self.out())
        self.ps("New-NetFirewallRule -Name out -DisplayName out -Direction Outbound -Protocol TCP -RemotePort 80 -Action Block")
        self.assertFalse(self.out())
        self.ps(f"New-NetFirewallHyperVRule -Name hv -DisplayName hv -Direction Outbound -VMCreatorId {WSL} -Protocol TCP -RemotePorts 80 -Action Allow")
        self.assertFalse(self.out())
        self.ps(f"Set-NetFirewallHyperVVMSetting -Name {WSL} -AllowHostPolicyMerge False")
        self.assertTrue(self.out())
        self.ps(f"Set-NetFirewallHyperVVMSetting -Name {WSL} -AllowHostPolicyMerge True")
        self.ps("Remove-NetFirewallRule -Name out")
        self.assertTrue(self.out())
        self.wsl("sudo ufw --force enable && sudo ufw deny out 80/tcp")
        self.assertFalse(self.out())
        self.wsl("sudo ufw disable")
        self.assertTrue(self.out())


if __name__ == "__main__":
    if windows_rig.has_tool("ufw"):
        real_rig.main()
    print("ufw is not installed here")
    raise SystemExit(77)
