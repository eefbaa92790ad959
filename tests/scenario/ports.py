#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One port space on two nodes: real sockets of real programs, who gets which port, and when it is free again."""
import json
import os
import platform
import re
import subprocess
import sys
import unittest

import real_rig
import windows_rig

# Each argument: "tcp 0.0.0.0 8000"; says how its bind went, and keeps all of them until its standard input ends.
BINDER = """
import errno, socket, sys, threading
kept, said = [], []
def bind(arg):
    proto, address, port = arg.split()
    s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM if proto == "udp" else socket.SOCK_STREAM,
                      262 if proto == "mptcp" else 0)
    kept.append(s)
    try:
        s.bind((address, int(port)))
        if proto != "udp":
            s.listen()
        said.append(str(s.getsockname()[1]))
    except OSError as e:
        said.append(errno.errorcode[e.errno])
for arg in sys.argv[1:]:
    t = threading.Thread(target=bind, args=(arg,))
    t.start()
    t.join()
print(*said, flush=True)
if {keep}:
    import time
    time.sleep(600)
"""
TAKEN = "EADDRINUSE"

# Binds 900 UDP ports at once, every second one, then one that the kernel chooses, which it says; ends with its standard input.
MANY = """
import socket, sys
kept = []
for port in [*range(20000, 21800, 2), 0]:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("0.0.0.0", port))
    kept.append(s)
print(kept[-1].getsockname()[1], flush=True)
import time
time.sleep(600)
"""
ASK = """
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)
print("connected")
"""

# Runs its arguments as WSL's init in mirrored mode would: beneath a system call listener, of which a process can have but one over it.
BENEATH = """
import ctypes, os, platform, struct, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
allow = struct.pack("HBBI", 6, 0, 0, 0x7fff0000)
code = ctypes.create_string_buffer(allow)
program = struct.pack("HxxxxxxP", 1, ctypes.addressof(code))
if os.geteuid():
    libc.prctl(38, 1, 0, 0, 0)
if libc.syscall({"x86_64": 317, "aarch64": 277}[platform.machine()], 1, 8, program) < 0:
    sys.exit(77)
print(subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode, flush=True)
sys.stdin.read()
"""


class Ports:
    """What holds wherever two nodes share their ports."""
    lab = os.path.join(real_rig.SOURCE, "tests/data/ports-lab.lua")

    def bind(self, node, *what, prefix=()):
        """What each bind gave: its port, or the error's name. They end at once."""
        raw = ["--raw"] if node == "windows" else []
        done = self.netdojo("exec", "--lab", "w", *raw, node, "--", *prefix, "python3", "-c", BINDER.replace("{keep}", "False"), *what)
        return done.stdout.split()

    def serve(self, node, *what, expect=None):
        """The same, kept: the process."""
        p = self.start(node, BINDER.replace("{keep}", "True"), *what)
        got = p.stdout.readline().split()
        self.assertEqual(got, expect or [w.split()[2] for w in what], what)
        return p

    def test_both_ways(self):
        self.serve("wsl", "tcp 0.0.0.0 8000", "udp 127.0.0.1 8001", "tcp ::1 8002", "mptcp 0.0.0.0 8003", "tcp :: 8004")
        self.serve("windows", "tcp 0.0.0.0 9000", "udp 127.0.0.1 9001", "tcp ::1 9002")
        self.assertEqual(self.bind("windows", "tcp 0.0.0.0 8000", "tcp 127.0.0.1 8000", "tcp ::1 8000", "udp 0.0.0.0 8001", "tcp 0.0.0.0 8002",
                                   "tcp 0.0.0.0 8003", "tcp 0.0.0.0 8004"), [TAKEN] * 7)
        self.assertEqual(self.bind("wsl", "tcp 127.0.0.1 9000", "tcp :: 9000", "udp 0.0.0.0 9001", "tcp 0.0.0.0 9002"), [TAKEN] * 4)
        # TCP and UDP are two, and what is neither's is free
        self.assertEqual(self.bind("windows", "udp 0.0.0.0 8000", "tcp 0.0.0.0 8001"), ["8000", "8001"])
        self.assertEqual(self.bind("wsl", "udp 0.0.0.0 9000", "tcp 0.0.0.0 9001"), ["9000", "9001"])

    def test_services_of_the_lab(self):
        self.assertEqual(self.bind("windows", "tcp 127.0.0.2 3000"), [TAKEN])
        self.assertEqual(self.bind("wsl", "tcp 127.0.0.1 3001"), [TAKEN])

    def test_what_is_not_arbitrated(self):
        self.serve("windows", "tcp 0.0.0.0 7000", "udp 0.0.0.0 5353")
        self.serve("wsl", "tcp 127.0.0.2 3001", "tcp 0.0.0.0 7000", "udp 0.0.0.0 5353", "tcp 127.0.0.3 8100")
        self.assertEqual(self.bind("windows", "tcp 0.0.0.0 8100"), ["8100"])
        self.assertEqual(self.bind("wsl", "tcp 127.0.0.1 53", prefix=("sudo",)), ["53"])
        self.assertEqual(self.bind("windows", "tcp 127.0.0.1 53"), ["53"])
        # a network of its own has ports of its own
        self.assertEqual(self.bind("wsl", "tcp 0.0.0.0 3001", "tcp 0.0.0.0 8101", prefix=("sudo", "unshare", "-n")), ["3001", "8101"])
        self.assertEqual(self.bind("windows", "tcp 0.0.0.0 8101"), ["8101"])

    def test_the_window(self):
        self.assertEqual(self.bind("windows", "tcp 0.0.0.0 40960", "udp 0.0.0.0 45055", "tcp 0.0.0.0 40959", "tcp 0.0.0.0 45056"),
                         [TAKEN, TAKEN, "40959", "45056"])
        self.assertEqual(self.bind("wsl", "tcp 0.0.0.0 40960", "udp 0.0.0.0 45055"), ["40960", "45055"])

    def looked(self, p):
        """A look at WSL's sockets has come by since p said so: it found the port the kernel chose for it."""
        found = p.stdout.readline().split()[-1]
        self.until("the chosen port is WSL's", lambda: self.bind("windows", f"udp 0.0.0.0 {found}") == [TAKEN], 20)

    def test_free_again(self):
        self.wsl("sudo sysctl -qw net.ipv4.ip_local_port_range='50000 50100'")
        for port, end in ((8201, "exit"), (8202, "kill")):
            p = self.start("wsl", BINDER.replace("{keep}", "True"), f"tcp 0.0.0.0 {port}", f"udp 0.0.0.0 {port}", "udp 0.0.0.0 0")
            self.looked(p)
            self.assertEqual(self.bind("windows", f"tcp 0.0.0.0 {port}", f"udp 0.0.0.0 {port}"), [TAKEN] * 2)
            self.wsl(f"pkill -{'9' if end == 'kill' else 'INT'} -f '[0].0.0.0 {port}'")
            p.wait(10)
            # within a minute it would be free without a look too
            self.until("free again", lambda: self.bind("windows", f"tcp 0.0.0.0 {port}", f"udp 0.0.0.0 {port}") == [str(port)] * 2, 20)


class Arbiter(Ports, windows_rig.WindowsTest):
    """The arbiter by itself, in a network that knows nothing of it."""

    def test_half_of_the_dynamic_ports(self):
        self.serve("wsl", "tcp 0.0.0.0 60000", "tcp 0.0.0.0 60001", "tcp 0.0.0.0 60002", "udp 0.0.0.0 60003", expect=["60000", "60001", TAKEN, "60003"])


class Mirrored(Ports, windows_rig.WindowsTest):
    def setUp(self):
        super().setUp()
        self.ps(r'Set-Content C:\Users\learner\.wslconfig "[wsl2]`nnetworkingMode=mirrored`n[experimental]`nignoredPorts=7000"; wsl --shutdown')
        self.assertEqual(self.wsl("wslinfo --networking-mode").strip(), "mirrored")

    def test_shut_down_and_started(self):
        """What WSL had is free with it; what Windows took meanwhile WSL can't have."""
        self.serve("wsl", "tcp 0.0.0.0 8400")
        self.assertEqual(self.bind("windows", "tcp 0.0.0.0 8400", "tcp 0.0.0.0 40960"), [TAKEN] * 2)
        self.ps("wsl --shutdown")
        self.serve("windows", "tcp 0.0.0.0 8400", "tcp 0.0.0.0 40960", "tcp 0.0.0.0 3000")
        self.assertEqual(self.bind("wsl", "tcp 0.0.0.0 8400", "tcp 0.0.0.0 3000"), [TAKEN] * 2)  # 3000 is a service's, which waits

    def asks(self, port):
        """Whether Windows' 127.0.0.1 has that TCP port."""
        return self.python("windows", ASK, str(port)) == "connected"

    def steered(self):
        return len(re.findall(r"udp \. 2[01]\d{3}\b", self.raw("windows", "nft", "list", "set", "ip", "wslcore", "gp")))

    def test_many_come_and_go(self):
        """More than nftables takes in one message: no two of them are one range."""
        self.wsl("sudo sysctl -qw net.ipv4.ip_local_port_range='50000 50100'")
        p = self.start("wsl", MANY)
        self.looked(p)
        self.assertEqual(self.steered(), 900)
        self.wsl("pkill -INT -f 'rang[e].20000, 21800'")
        p.wait(10)
        self.until("all are free", lambda: self.steered() == 0, 20)
        self.assertEqual(self.bind("windows", "udp 0.0.0.0 20000", "udp 0.0.0.0 21798"), ["20000", "21798"])
        self.serve("wsl", "tcp 0.0.0.0 8123")
        self.assertTrue(self.asks(8123))
        self.start("wsl", MANY)
        self.until("all are back", lambda: self.steered() == 900, 20)
        self.ps("wsl --shutdown")
        self.assertEqual(self.steered(), 0)
        self.serve("wsl", "tcp 0.0.0.0 8123")
        self.assertTrue(self.asks(8123))

    def test_excluded_on_windows(self):
        self.raw("windows", "sysctl", "-qw", "net.ipv4.ip_local_reserved_ports=8500-8599")
        self.assertEqual(self.bind("wsl", "tcp 0.0.0.0 8550", "udp 0.0.0.0 8550", "tcp 0.0.0.0 8600"), [TAKEN, TAKEN, "8600"])


class Beneath(windows_rig.WindowsTest):
    """A lab where no bind can be asked about: nothing is refused, and the ports are found."""
    lab = None

    def up(self, lab, healthy=False):
        p = subprocess.Popen([sys.executable, "-c", BENEATH, real_rig.NETDOJO, "up", lab, "--lab", "w", "--seed", self.seed, "--healthy"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.env)
        self.addCleanup(p.communicate)
        said = p.stdout.readline()
        if not said:
            self.skipTest("no system call listener to be beneath")
        self.assertEqual(said, "0\n")

    def steered(self):
        return self.raw("windows", "nft", "list", "set", "ip", "wslcore", "gp")

    @unittest.skipIf(platform.machine() not in ("x86_64", "aarch64"), "the system call's number")
    def test_found_by_a_look(self):
        self.up(windows_rig.LAB_FILE)
        self.ps(r'Set-Content C:\Users\learner\.wslconfig "[wsl2]`nnetworkingMode=mirrored"; wsl --shutdown')
        p = self.start("wsl", BINDER.replace("{keep}", "True"), "tcp 0.0.0.0 8000")
        self.assertEqual(p.stdout.readline(), "8000\n")
        self.until("found", lambda: "tcp . 8000" in self.steered(), 20)
        self.assertEqual(self.python("windows", BINDER.replace("{keep}", "False"), "tcp 127.0.0.1 8000"), "8000")
        with open(os.path.join(self.attempts()[-1], "events.jsonl"), encoding="utf-8") as log:
            said = [e for e in map(json.loads, log) if e.get("what") == "recorders" and "binds" in e["recorders"]]
        self.assertEqual({e["node"] for e in said}, {"windows", "wsl"})
        for e in said:
            self.assertFalse(e["recorders"]["binds"])
            self.assertIn("no system call listener", e["why"]["binds"])


if __name__ == "__main__":
    real_rig.main()
