#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a learner does in a real lab is in its log and in its capture, however they do it; and nothing of it with --no-record."""
import json
import os
import struct
import time

import real_rig

WAYS = """
python3 -c 'import subprocess; subprocess.run(["/usr/bin/true", "child"])'
env -i /usr/bin/true bare
sh -c '/usr/bin/true shell; exit 7'
unshare -Ur /usr/bin/true userns
unshare -Ur chroot / /usr/bin/true chrooted
cp /usr/bin/true /tmp/mine && /tmp/mine copied
( while [ ! -e /tmp/go ]; do sleep 0.05; done; /usr/bin/true background; touch /tmp/gone ) >/dev/null 2>&1 &
"""
MARKS = {"child", "bare", "shell", "userns", "chrooted", "copied", "background"}
SERVE = "import socket; s = socket.create_server(('0.0.0.0', 8080)); c = socket.create_connection(('127.0.0.1', 8080)); s.accept(); c.close()"


def blocks(path):
    """Types of the blocks of a pcapng file; the last one must end where the file does."""
    with open(path, "rb") as f:
        data = f.read()
    out, at = [], 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length >= 12 and at + length <= len(data), "a broken block"
        out.append((kind, data[at:at + length]))
        at += length
    return out


class Evidence(real_rig.RealTest):
    def events(self, **keys):
        with open(os.path.join(self.attempts()[0], "events.jsonl"), encoding="utf-8") as f:
            every = [json.loads(line) for line in f]
        return [e for e in every if all(e.get(k) == v for k, v in keys.items())]

    def wait_for(self, missing, **keys):
        end = time.monotonic() + 20
        while not self.events(**keys):
            self.assertLess(time.monotonic(), end, missing)
            time.sleep(0.05)
        return self.events(**keys)[0]

    def test_what_is_recorded(self):
        self.netdojo("up", real_rig.SCENARIO, "--lab", "e")
        self.netdojo("exec", "wsl", "--", "sh", "-c", WAYS)
        self.netdojo("exec", "wsl", "--", "touch", "/tmp/go")
        self.netdojo("exec", "wsl", "--", "sh", "-c", "while [ ! -e /tmp/gone ]; do sleep 0.05; done")
        self.netdojo("exec", "phone", "--", "ping", "-c1", "-W2", "192.168.1.1")
        self.netdojo("exec", "internet", "--", "sh", "-c", "exit 3", code=3)
        self.netdojo("exec", "wsl", "--", "python3", "-c", SERVE)
        self.netdojo("exec", "-u", "root", "wsl", "--", "ip", "-6", "route", "add", "2001:db8::/48", "dev", "lo")
        self.wait_for("the IPv6 route", kind="change", what="route", dst="2001:db8::/48", by="learner")
        starts = [e for e in self.events(kind="exec", by="learner") if "argv" in e]
        told = {e["argv"][-1] for e in starts}
        self.assertLessEqual(MARKS, told)
        self.assertTrue([e for e in starts if e["node"] == "phone" and e["argv"][0] == "ping"])
        shell = [e for e in starts if e["node"] == "internet"][0]
        self.assertEqual([e["status"] for e in self.events(kind="exec", what="exit", pid=shell["pid"])], [3 << 8])
        self.assertEqual(self.wait_for("the listener", kind="socket", what="listen", by="learner")["port"], 8080)
        self.wait_for("its end", kind="socket", what="listen-end", port=8080)
        self.wait_for("the connection", kind="socket", what="connection", dport=8080, established=True)
        self.netdojo("down")
        kinds = blocks(os.path.join(self.attempts()[0], "capture.pcap"))
        self.assertTrue([1 for kind, block in kinds if kind == 1 and b"wsl:eth0" in block])
        self.assertGreater(len([1 for kind, _ in kinds if kind == 6]), 0)

    def test_nothing_is_recorded(self):
        up = self.netdojo("up", real_rig.SCENARIO, "--no-record")
        self.assertIn("--no-record", up.stderr)
        lab = self.json("ps", "--json")["labs"][0]
        self.assertEqual((lab["recorded"], lab["attempt"]), (False, ""))
        self.assertIn("microsoft", self.netdojo("exec", "wsl", "--", "uname", "-r").stdout)
        for ask in (["grade"], ["log"], ["exec", "wsl", "--", "dojo", "grade", "-y"]):
            done = self.run_netdojo(*ask)
            self.assertIn(done.returncode, (2, 3), done.stderr)
            self.assertIn("--no-record", done.stderr)
        self.netdojo("down")
        self.assertFalse(os.path.exists(os.path.join(self.home, "state", "netdojo", "attempts")))


if __name__ == "__main__":
    real_rig.main()
