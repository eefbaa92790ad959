#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The nodes and links of tests/data/nat.json with Mininet 2.3, built and stopped. As root.

Mininet works in the namespace it is started in, so this starts itself in a network and mount namespace of its own: no
interface of the machine's is seen, and what a killed run leaves goes with the namespace.
"""
import ctypes
import os
import sys

# This file's own name would hide the package it wants.
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != HERE]

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
NODES = ("internet", "router", "phone", "windows", "wsl")
# Mininet names interfaces NODE-NAME within one namespace first: at most 15 bytes.
LINKS = (
    ("internet", "i-eth0", "router", "r-eth0"),
    ("router", "r-eth1", "lan", "lan-p1"),
    ("phone", "p-wlan0", "lan", "lan-p2"),
    ("windows", "w-eth0", "lan", "lan-p3"),
    ("windows", "w-veth", "wsl", "l-eth0"),
)


def leave_the_host():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET | CLONE_NEWNS) < 0:
        sys.exit("mininet.py: " + os.strerror(ctypes.get_errno()))


def build():
    from mininet.net import Mininet

    # Its first start raises limits of the whole machine, which a benchmark has no business with.
    Mininet.inited = True
    net = Mininet(build=False, controller=None, autoSetMacs=False, waitConnected=False)
    for name in NODES:
        net.addHost(name, ip=None)
    # Mininet's own switches want Open vSwitch or brctl; a bridge made by ip is the lightest there can be.
    net.addHost("lan", inNamespace=False, ip=None)
    for a, port_a, b, port_b in LINKS:
        net.addLink(net[a], net[b], intfName1=port_a, intfName2=port_b)
    net["lan"].cmd(
        "ip link add lan type bridge; ip link set lan up;"
        " for p in lan-p1 lan-p2 lan-p3; do ip link set $p master lan up; done"
    )
    return net


def main():
    try:
        import mininet.net  # noqa: F401
    except ImportError:
        print("mininet.py: Mininet is not installed (apt-get install mininet)")
        return 77
    if os.geteuid() != 0:
        print("mininet.py: Mininet needs root")
        return 77
    leave_the_host()
    build().stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
