#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""dojo in a live lab: the map's ticks, hints and their price, answers so far, check, other machines, completion."""
import json

import real_rig

LINES = """ip -4 addr show eth0
dojo map
dojo hint -y
dojo hint -y
dojo diagnose L3
dojo diagnose L2.5 host-dns-proxy-dead
echo | dojo diagnose
dojo p
dojo mapp
dojo on router
dojo phone sudo id
dojo internet ping -c 1 203.0.113.1
dojo phone sh -c 'dojo internet true'
dojo complete diagnose
dojo complete diagnose L2.5
dojo complete h
dojo check
echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf
getent hosts google.com
dojo ch
dojo m
dojo quit -y
"""


class Dojo(real_rig.RealTest):
    def played(self, text, *more):
        self.netdojo("play", real_rig.SCENARIO, "--seed", "t", *more, "--script", self.file("lines", text), code=1)
        with open(f"{self.attempts()[-1]}/events.jsonl", encoding="utf-8") as log:
            return [json.loads(line) for line in log]

    def test_all_of_it(self):
        events = self.played(LINES)
        self.said = {}
        for e in events:
            if e["kind"] == "command":
                self.said.setdefault(e["text"], []).append(e)
        self.assertEqual([e["n"] for e in events if e["kind"] == "hint"], [1, 2])
        for part in (self.maps, self.hints, self.answers, self.errors, self.elsewhere, self.completes, self.checks):
            with self.subTest(part.__name__):
                part()

    def output(self, text, which=0):
        return self.said[text][which]["output"]

    def ends(self, text, status):
        self.assertEqual(self.said[text][0]["exit"], status, self.output(text))

    def maps(self):
        before, after = self.output("dojo map"), self.output("dojo m")
        self.assertRegex(before, r"✓ Proved so far:\n +wsl [\d.]+: its address was shown")
        self.assertEqual(before.count("✓"), 2)
        self.assertRegex(after, r"internet 1\.1\.1\.1:[^\n]* it resolved a name")
        self.assertNotRegex(before + after, "(?i)fault|truth|fail|host-dns|proxy")

    def hints(self):
        one, two = (self.output("dojo hint -y", i) for i in (0, 1))
        self.assertRegex(one, r"^Hint 1 of 3 costs \d+ points\.\nHint 1/3:\n")
        self.assertRegex(two, r"(?s)^Hint 1/3:\n.*Hint 2 of 3 costs \d+ points\.\nHint 2/3:\n")

    def answers(self):
        self.assertRegex(self.output("echo | dojo diagnose"),
                         r"said so far.*\n +\d\d:\d\d  L3 \n +\d\d:\d\d  L2\.5 host-dns-proxy-dead\n")

    def errors(self):
        self.ends("dojo p", 2)
        self.assertRegex(self.output("dojo p"), "may be phone, .*pause")
        self.ends("dojo mapp", 2)
        self.assertIn("did you mean dojo map?", self.output("dojo mapp"))

    def elsewhere(self):
        self.ends("dojo on router", 3)
        self.assertIn("You can be at:", self.output("dojo on router"))
        self.assertIn("not in the sudoers file of phone", self.output("sudo id"))
        (ping,) = self.said["ping -c 1 203.0.113.1"]
        self.assertEqual((ping["node"], ping["exit"], ping["by"]), ("internet", 0, "learner"))
        self.assertIn("1 received", ping["output"])
        self.ends("dojo internet ping -c 1 203.0.113.1", 0)
        self.assertIn("This is phone already", self.output("sh -c dojo internet true"))

    def completes(self):
        self.assertIn("L2.5\tname resolution: DNS\n", self.output("dojo complete diagnose"))
        self.assertIn("none\t", self.output("dojo complete diagnose"))
        self.assertIn("host-dns-proxy-dead\t", self.output("dojo complete diagnose L2.5"))
        self.assertEqual(self.output("dojo complete h"), "")

    def checks(self):
        self.ends("dojo check", 1)
        self.assertRegex(self.output("dojo check"), r"FAIL .*(?s:.*)The complaint still shows: \d+ of \d+ hold\.\n")
        self.ends("dojo ch", 0)
        self.assertIn("All of it works now", self.output("dojo ch"))

    def test_in_japanese(self):
        events = self.played("dojo map\ndojo hint -y\ndojo internet hostname\ndojo on router\ndojo quit -y\n", "--lang", "ja")
        told = {e["text"]: e["output"] for e in events if e["kind"] == "command"}
        self.assertIn("まだ何も確かめられていません", told["dojo map"])
        self.assertIn("家庭内 LAN", told["dojo map"])
        self.assertRegex(told["dojo hint -y"], r"ヒント 1（全 3 個）は \d+ 点の減点です。")
        self.assertIn("router には入れません", told["dojo on router"])


if __name__ == "__main__":
    real_rig.main()
