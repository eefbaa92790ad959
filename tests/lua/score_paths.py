#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Scoring of looks at the way of a packet: Windows' routes, the Hyper-V firewall, a sysctl."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from score_rig import L2, hold  # noqa: E402

ROUTES = "          0.0.0.0          0.0.0.0         On-link     10.71.160.20      2\n"
SETTING = "Name                  : {40E0AC32}\nDefaultInboundAction  : Block\n"
KEY = "net.ipv4.conf.eth0.rp_filter"

CASES = [
    ("windows_routes_seen", ', text = "10.71.160.20"', "", L2,
     [lambda g, a: g.prompt("route print", ROUTES), lambda g, a: g.prompt("route print -4 | findstr 0.0.0.0", ROUTES),
      lambda g, a: g.prompt("Get-NetRoute | sort RouteMetric", ROUTES), lambda g, a: g.exe("route.exe print", ROUTES),
      lambda g, a: g.prompt("netsh interface ipv4 show route", ROUTES), lambda g, a: g.prompt("netstat -rn", ROUTES)],
     [lambda g, a: g.prompt("gc made.txt", ROUTES), lambda g, a: g.prompt("route print", "192.168.1.1"), lambda g, a: g.prompt("ipconfig", ROUTES),
      lambda g, a: g.output(ROUTES, command="ip route"), lambda g, a: g.prompt("route print > $null; gc made.txt", ROUTES)]),
    ("hyperv_seen", "", "", L2,
     [lambda g, a: g.prompt("Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore -Name '{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}'", SETTING),
      lambda g, a: g.exe("powershell.exe -Command Get-NetFirewallHyperVVMSetting", SETTING)],
     [lambda g, a: g.prompt("Get-NetFirewallProfile", SETTING), lambda g, a: g.prompt("Get-NetFirewallHyperVVMSetting", "No objects found"),
      lambda g, a: g.prompt("gc made.txt", SETTING)]),
    ("sysctl_seen", f', key = "{KEY}"', "", L2,
     [lambda g, a: g.run(f"sysctl {KEY}"), lambda g, a: g.run("sysctl -a"),
      lambda g, a: g.run("cat /proc/sys/net/ipv4/conf/eth0/rp_filter"), lambda g, a: g.run("grep . /proc/sys/net/ipv4/conf/all/rp_filter")],
     [lambda g, a: g.run("sysctl net.ipv4.ip_forward"), lambda g, a: g.run(f"sysctl -w {KEY}=0"),
      lambda g, a: g.run("tee /proc/sys/net/ipv4/conf/eth0/rp_filter"), lambda g, a: g.output(KEY + " = 1", command="echo x")]),
]


def main():
    problems = []
    hold(CASES, problems)
    for p in problems:
        print(p)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
