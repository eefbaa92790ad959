#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One running lab goes from mode to mode by .wslconfig and wsl --shutdown: the right state each time, and nothing is left of what was."""
import collections
import os
import re
import subprocess

import mode_rig
import real_rig

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
        return []  # gone, or another user's


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
        want = {"nat": {"eth0": str(self.nat)}, "mirrored": {"eth0": str(self.windows)}, "none": {},
                "virtioproxy": {"eth0": str(self.windows), "loopback0": "169.254.73.153/30"}}.get(mode)
        if want is not None:
            self.assertEqual({dev: a for dev, a in have.items() if dev != "lo"}, want, mode)
        self.assertEqual("loopback0" in self.links("wsl"), mode in ("mirrored", "virtioproxy"), mode)

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
        """Of all the lab's processes. Into init only root of the machine may look; anybody sees how many there are."""
        pids = family(self.init)
        if os.geteuid() != 0:
            return {"processes": len(pids)}
        fds = collections.Counter(d.split(":")[0] for pid in pids for d in descriptors(pid))
        return {"processes": len(pids), "descriptors": sum(fds.values()), "namespaces": len(namespaces(pids)), "hub": self.hub_links()}

    def settled(self, before, windows):
        """Nothing more than before; what still ends has a moment to."""
        self.until("WSL's page on Windows' localhost", lambda: "127.0.0.1:3000" in self.raw("windows", "ss", "-Hlnt"))
        end = {}

        def same():
            end.update(self.count())
            few = end.get("descriptors", 0) <= before.get("descriptors", 0) + LOOSE
            return few and {**end, "descriptors": 0} == {**before, "descriptors": 0}
        try:
            self.until("as before", same, seconds=10)
        except AssertionError:
            self.assertEqual(end, before)
        self.assertEqual(self.windows_side(), windows)

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
        self.until("WSL's page on Windows' localhost", lambda: "127.0.0.1:3000" in self.raw("windows", "ss", "-Hlnt"))
        before, windows = self.count(), self.windows_side()
        for mode in ALL:
            self.switch_to(mode)
        self.settled(before, windows)


if __name__ == "__main__":
    real_rig.main()
