#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two firewalls of Windows' and WSL's connections, by sockets: whose word counts (facts 6.2), in NAT and in mirrored mode alike."""
import os

import matrix
import real_rig

CREATOR = "{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}"
OTHER = "{9E288F02-CE00-4D9E-BE2B-14CE463B0298}"
HOST = "New-NetFirewallRule -Name h -DisplayName h -Direction Outbound -Protocol TCP -RemotePort 4201 -Action "
HYPERV = "New-NetFirewallHyperVRule -Name v -DisplayName v -Direction Outbound -Protocol TCP -RemotePorts 4201 -VMCreatorId '" + CREATOR + "' -Action "
SETTING = f"Set-NetFirewallHyperVVMSetting -Name '{CREATOR}' "
PROFILES = f"Set-NetFirewallHyperVProfile -Profile Public,Private -Name '{CREATOR}' -Enabled "
HOST_PROFILES = "Set-NetFirewallProfile -Profile Public,Private -Enabled "
UNDO = ("Remove-NetFirewallRule -Name h; Remove-NetFirewallHyperVRule -Name v; " + PROFILES + "NotConfigured; " + HOST_PROFILES + "True; "
        + SETTING + "-AllowHostPolicyMerge True -DefaultOutboundAction Allow -Enabled True")

# What is done at Windows, whether WSL then reaches the phone's TCP port 4201, why.
CASES = [
    ("", True, "nothing blocks"),
    (HOST + "Block", False, "a host's blocking rule is merged"),
    (HOST + "Block; " + SETTING + "-AllowHostPolicyMerge False", True, "unless merging is off"),
    (HYPERV + "Block", False, "a Hyper-V rule blocks"),
    (HYPERV + "Block; " + HOST + "Allow", False, "a block beats the host's allow"),
    (HOST + "Block; " + HYPERV + "Allow", False, "a host's block beats the Hyper-V allow"),
    (HYPERV.replace(CREATOR, OTHER) + "Block", True, "a rule for another creator is not WSL's"),
    (HYPERV + "Block; " + HOST + "Block; " + PROFILES + "False", True, "a Hyper-V profile that is off enforces nothing"),
    (HYPERV + "Block; " + PROFILES + "False; " + PROFILES + "NotConfigured", False, "NotConfigured inherits again"),
    (HYPERV + "Block; " + HOST_PROFILES + "False", True, "what the host's profile is, an unset one is too"),
    (HYPERV + "Block; " + HOST_PROFILES + "False; " + PROFILES + "True", False, "one set on stays on"),
    (HOST + "Block; " + HOST_PROFILES + "False; " + PROFILES + "True", True, "but then the host's rules do not count"),
    (SETTING + "-DefaultOutboundAction Block", False, "nothing goes out by itself"),
    (SETTING + "-DefaultOutboundAction Block; " + HYPERV + "Allow", True, "but what a rule allows"),
    (HOST.replace("Outbound", "Outbound -Program C:\\node.exe") + "Block", True, "a rule with a program is no rule for a packet"),
]


class Nat(matrix.Rig):
    def setUp(self):
        super().setUp()
        self.find_names()
        self.serve("phone", [(4201, "0.0.0.0", "tcp"), (4202, "0.0.0.0", "udp")])

    def test_precedence(self):
        wrong = []
        for commands, reached, why in CASES:
            if commands:
                self.ps(commands)
            if (self.visit("wsl", "PHONE", 4201, "tcp") == self.name("WINDOWS")) != reached:
                wrong.append(why)
            if self.visit("wsl", "PHONE", 4202, "udp") != self.name("WINDOWS") and "Default" not in commands:
                wrong.append(f"{why}: UDP is cut too")
            self.ps(UNDO, code=None)
        self.assertEqual(wrong, [])


class Mirrored(Nat):
    lab = os.path.join(real_rig.SOURCE, "tests/data/mirrored-lab.lua")


if __name__ == "__main__":
    real_rig.main()
