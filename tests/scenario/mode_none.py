#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""networkingMode=none (facts 4.3): lo and nothing else, whoever asks for it; and what leads there when nothing else can be had (4.4)."""
import mode_rig
import real_rig
from mode_rig import GENERATED, LO, LO6, LO_ROUTES, STOCK_RULES

FELL = "wsl: Failed to configure network (networkingMode {}), falling back to networkingMode {}."
MISSING = ("wsl: Failed to start virtual networking - please install the optional component Virtual Machine Platform by running: "
           "wsl.exe --install --no-distribution")


class NoNetwork(mode_rig.ModeTest):
    def is_none(self):
        self.holds_state(addresses=LO + LO6, rules=STOCK_RULES, neighbours="", ruleset="", mode="none\n", resolv=GENERATED,
                         routes=LO_ROUTES + "local ::1 dev lo table local proto kernel metric 0 pref medium\n")

    def nothing_leaves(self):
        self.find_names()
        self.serve("wsl", [(4001, "0.0.0.0", "tcp"), (4002, "127.0.0.1", "udp")])
        self.serve("windows", [(4101, "0.0.0.0", "tcp")])
        self.serve("internet", [(4301, "8.8.8.8", "tcp")])
        self.holds([
            ("wsl", "127.0.0.1", 4001, "tcp", "127.0.0.1", "its own loopback"),
            ("wsl", "127.0.0.1", 4002, "udp", "127.0.0.1", "its own loopback, UDP"),
            ("wsl", "8.8.8.8", 4301, "tcp", None, "no network"),
            ("wsl", "WINDOWS", 4101, "tcp", None, "not to Windows either"),
            ("wsl", "127.0.0.1", 4101, "tcp", None, "nor by localhost"),
            ("windows", "localhost", 4001, "tcp", None, "no relay"),
            ("phone", "WINDOWS", 4001, "tcp", None, "nothing passes it on"),
        ])
        self.wsl("! getent hosts google.com")

    def test_asked_for(self):
        self.assertEqual(self.restart("networkingMode=none"), [])
        self.is_none()
        self.nothing_leaves()

    def test_safe_mode(self):
        self.assertEqual(self.restart("safeMode=true", "networkingMode=nat"), ["wsl: SAFE MODE ENABLED - many features will be disabled"])
        self.is_none()

    def test_nothing_else_can_be_had(self):
        self.ps("wsl --shutdown; Stop-Service SharedAccess; Set-Service SharedAccess -StartupType Disabled")
        self.assertEqual(self.restart("networkingMode=nat"), [FELL.format("Nat", "VirtioProxy")])
        self.assertEqual(self.wsl("wslinfo --networking-mode"), "virtioproxy\n")
        self.wsl("ping -c 1 8.8.8.8")
        self.assertEqual(self.restart("networkingMode=nat", "virtio=false"),
                         [FELL.format("Nat", "VirtioProxy"), FELL.format("VirtioProxy", "None")])
        self.is_none()
        self.ps("Set-Service SharedAccess -StartupType Manual")
        self.assertEqual(self.restart("networkingMode=nat"), [])
        self.wsl("ping -c 1 8.8.8.8")

    def test_bridged_without_a_switch(self):
        self.assertEqual(self.restart("networkingMode=bridged"),
                         ["wsl: Bridged networking requires wsl2.vmSwitch to be set.", FELL.format("Bridged", "None")])
        self.is_none()
        self.assertEqual(self.restart("networkingMode=bridged", "vmSwitch=Lan"),
                         ["wsl: The VmSwitch 'Lan' was not found. Available switches: Default Switch, WSL (Hyper-V firewall)",
                          FELL.format("Bridged", "None")])
        self.is_none()


class NoPlatform(mode_rig.ModeTest):
    """A Windows without the component that has HNS."""
    lab = None

    def test_line(self):
        with open(mode_rig.LAB_FILE, encoding="utf-8") as f:
            text = f.read().replace('nat = "winnat"', 'services = { hns = "Missing" }')
        self.up(self.file("scenario.lua", text), healthy=True)
        self.assertEqual(self.restart("networkingMode=bridged", "vmSwitch=Default Switch"), [MISSING])
        self.assertEqual(self.wsl("wslinfo --networking-mode"), "none\n")


if __name__ == "__main__":
    real_rig.main()
