#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One running lab goes from mode to mode by .wslconfig and wsl --shutdown: the right state each time, and nothing is left of what was."""
import collections
import ipaddress
import os
import re
import subprocess
import sys

import mode_rig
import real_rig
import windows_rig

ROUNDS = 20
ROUND = ("nat", "mirrored", "nat", "none")
ALL = ("nat", "virtioproxy", "mirrored", "bridged`nvmSwitch=Default Switch", "none", "virtioproxy", "nat", "mirrored", "virtioproxy", "none", "mirrored",
       "bridged`nvmSwitch=Default Switch", "nat")

LOOSE = 4  # descriptors that come and go with what is just being answered; a leak would be one a start at least
MEMORY = 32 << 20  # bytes that all processes of a lab together may have grown by; a leak of a model a start would be more

# Mode, addresses, and as whom a server on the internet sees us.
LOOK = """
wslinfo --networking-mode
ip -br -4 addr | awk '{ sub("@.*", "", $1); print $1, $3 }'
exec 3<>/dev/tcp/8.8.8.8/4301 && cat <&3 || echo none
"""


def children(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as f:
            found += [int(x) for x in f.read().split()]
    return found


def family(pid):
    """A process and all below it."""
    out, rest = [], [pid]
    while rest:
        pid = rest.pop()
        try:
            rest += children(pid)
            out.append(pid)
        except OSError:
            pass  # gone while it was looked at
    return out


def descriptors(pid):
    try:
        return [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return []  # gone, or nobody but root may look


def closed(pids):
    """Those that this user can't look into."""
    return [pid for pid in pids if not os.access(f"/proc/{pid}/fd", os.R_OK | os.X_OK)]


def namespaces(pids):
    """All that a process is in, or keeps open."""
    out = set()
    for pid in pids:
        for kind in ("net", "mnt", "pid", "uts", "ipc"):
            try:
                out.add(os.readlink(f"/proc/{pid}/ns/{kind}"))
            except OSError:
                pass
        out |= {d for d in descriptors(pid) if d.split(":")[0] in ("net", "mnt", "pid", "uts", "ipc") and "[" in d}
    return out


def resident(pids):
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm", encoding="ascii") as f:
                total += int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            pass
    return total


class Switch(mode_rig.ModeTest):
    def setUp(self):
        super().setUp()
        self.serve("internet", [(4301, "8.8.8.8", "tcp")])
        self.find_names()
        self.windows = self.address("windows", "eth0")
        self.nat = self.address("wsl", "eth0")
        self.gateway = self.address("windows", "vEthernet").ip
        (lab,) = self.json("ps", "--json")["labs"]
        self.init = lab["pid"]

    def switch_to(self, mode):
        self.ps(f'Set-Content {mode_rig.CONFIG} "[wsl2]`nnetworkingMode={mode}"; wsl --shutdown')
        said = self.ps("wsl true", code=None)
        self.assertNotIn("wsl:", said)
        self.is_right(mode.split("`")[0])

    def is_right(self, mode):
        name, *addresses, seen = self.wsl(LOOK + "true").splitlines()
        have = dict(line.split(" ", 1) for line in addresses if " " in line)
        self.assertEqual(name, mode)
        self.assertEqual(seen, "none" if mode == "none" else str(self.names["WAN"]), (mode, have))
        if mode == "bridged":  # an address of the Default Switch's network, by a MAC that each start draws
            own = ipaddress.ip_interface(have.get("eth0", "0.0.0.0/0"))
            self.assertEqual((own.network, own.ip in (own.network.network_address, self.gateway)), (self.nat.network, False), have)
        want = {"nat": {"eth0": str(self.nat)}, "mirrored": {"eth0": str(self.windows)}, "none": {}, "bridged": {"eth0": have.get("eth0")},
                "virtioproxy": {"eth0": str(self.windows), "loopback0": "169.254.73.153/30"}}[mode]
        self.assertEqual({dev: a for dev, a in have.items() if dev != "lo"}, want, mode)
        self.assertEqual("loopback0" in self.links("wsl"), mode in ("mirrored", "virtioproxy"), mode)

    def localhost_is_shared(self, mode):
        """A server in WSL answers on Windows' localhost, by relay or by the loopback switch."""
        self.serve("wsl", [(4001, "0.0.0.0", "tcp")])
        self.until(f"{mode}: WSL's server on Windows' localhost", lambda: self.visit("windows", "127.0.0.1", 4001, "tcp") == "127.0.0.1")

    def hub_links(self):
        """The links of the lab's own namespace, where the segments are, without the numbers of ports."""
        done = subprocess.run(["nsenter", "-t", str(self.init), "-n", "ip", "-o", "link"], capture_output=True, text=True, check=True)
        return sorted(re.sub(r"\d+", "", line.split(": ")[1].split("@")[0]) for line in done.stdout.splitlines())

    def windows_side(self):
        """What of Windows' kernel a mode may have touched."""
        windows = self.links("windows")
        return {"links": sorted(windows), "index": windows["eth0"]["ifindex"], "rules": self.raw("windows", "ip", "rule"),
                "routes": self.raw("windows", "ip", "-4", "route", "show", "table", "all"), "neighbours": self.raw("windows", "ip", "neigh", "show", "nud", "permanent"),
                "ruleset": self.raw("windows", "nft", "list", "tables"), "listeners": sorted(self.raw("windows", "ss", "-Hlntu").splitlines())}

    def count(self):
        """Of all the lab's processes, as far as this user may look; note() says how far that was."""
        pids = family(self.init)
        fds = collections.Counter(d.split(":")[0] for pid in pids for d in descriptors(pid))
        out = {"processes": len(pids), "closed": len(closed(pids)), "descriptors": sum(fds.values()), "namespaces": len(namespaces(pids))}
        return {**out, "hub": self.hub_links()} if os.geteuid() == 0 else out

    def note(self, count):
        if os.geteuid() != 0:
            print(f"{self.id()}: in part, as this user is not root: descriptors and namespaces of {count['processes'] - count['closed']} of "
                  f"{count['processes']} processes were counted, links of the hub were not", file=sys.stderr, flush=True)

    def settled(self, before, windows):
        """Nothing more than before; what still ends has a moment to."""
        self.until("WSL's page on Windows' localhost", lambda: "127.0.0.1:3000" in self.raw("windows", "ss", "-Hlnt"))
        end = {}

        def same():
            end.update(self.count())
            few = end["descriptors"] <= before["descriptors"] + LOOSE
            return few and {**end, "descriptors": 0} == {**before, "descriptors": 0}
        try:
            self.until("as before", same, seconds=10)
        except AssertionError:
            self.assertEqual(end, before)
        self.assertEqual(self.windows_side(), windows)
        self.note(end)

    def test_twenty_rounds(self):
        for mode in (*ROUND, "nat"):
            self.switch_to(mode)
        self.until("WSL's page on Windows' localhost", lambda: "127.0.0.1:3000" in self.raw("windows", "ss", "-Hlnt"))
        before, windows, memory = self.count(), self.windows_side(), resident(family(self.init))
        for _ in range(ROUNDS):
            for mode in ROUND:
                self.switch_to(mode)
        self.switch_to("nat")
        self.settled(before, windows)
        if "ASAN_OPTIONS" not in self.env:  # a sanitizer keeps what was freed
            self.assertLess(resident(family(self.init)), memory + MEMORY)

    def test_every_way(self):
        for mode in ALL:
            self.switch_to(mode)
            if mode != "none":
                self.localhost_is_shared(mode)
        self.until("WSL's page on Windows' localhost", lambda: "127.0.0.1:3000" in self.raw("windows", "ss", "-Hlnt"))
        before, windows = self.count(), self.windows_side()
        for mode in ALL:
            self.switch_to(mode)
        self.localhost_is_shared(ALL[-1])
        self.settled(before, windows)


class WithVpn(mode_rig.ModeTest):
    """What a VPN does while WSL is mirrored is so back in NAT mode: routes, and names by Windows' own DNS proxy."""
    lab = None
    VPN = "vpn = { connected = false, steals_subnet = true }"

    def setUp(self):
        super().setUp()
        self.up(self.file("lab.lua", windows_rig.TEXT % self.VPN), healthy=True)

    def enters(self, mode):
        self.assertEqual(self.restart(f"networkingMode={mode}", "dnsTunneling=false"), [])

    def resolves(self, name):
        return self.run_netdojo("exec", "--lab", "w", "--raw", "wsl", "--", "timeout", "-s", "KILL", "3", "getent", "ahostsv4", name).returncode == 0

    def own_routes(self):
        gateway = self.address("windows", "vEthernet").network
        return sorted((r["dev"], r.get("metric")) for r in self.routes("windows") if r["dst"] == str(gateway))

    def reaches_gateway(self):
        return self.run_netdojo("exec", "--lab", "w", "wsl", "--", "ping", "-n", "-c1", "-W1", "8.8.8.8").returncode == 0

    def test_connected_in_mirrored_mode(self):
        self.enters("nat")
        before = self.own_routes()
        self.assertEqual(before, [("vEthernet", 256)])
        self.assertTrue(self.reaches_gateway())
        self.enters("mirrored")
        self.enters("nat")
        self.assertEqual(self.own_routes(), before)
        self.assertTrue(self.reaches_gateway())
        self.enters("mirrored")
        self.ps('rasdial "Work VPN"')
        self.assertTrue(self.resolves("intranet.corp.example"))
        self.enters("nat")
        self.assertEqual(self.own_routes(), [("vEthernet", 256), ("vpn0", 2)])
        self.ps('Get-NetRoute -InterfaceAlias "Ethernet 2" -DestinationPrefix 172* | Set-NetRoute -RouteMetric 6000')
        self.assertTrue(self.resolves("intranet.corp.example"))
        self.enters("mirrored")
        self.ps('rasdial "Work VPN" /disconnect')
        self.enters("nat")
        self.assertEqual(self.own_routes(), before)
        self.assertEqual([self.resolves("google.com"), self.resolves("intranet.corp.example")], [True, False])


if __name__ == "__main__":
    real_rig.main()
