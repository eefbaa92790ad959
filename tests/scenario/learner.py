#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole attempt in a real lab: played, graded, graded again from its folder, told in every form."""
import json
import os
import xml.dom.minidom

import real_rig

SOLUTION = """# looks, names, mends, proves
ip -4 addr show eth0
ip route
ping -c 1 8.8.8.8
timeout 2 getent hosts google.com
cat /etc/resolv.conf
dojo diagnose L2.5 host-dns-proxy-dead
echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf
getent hosts google.com
dojo grade -y
"""


class Play(real_rig.RealTest):
    def played(self, text, code):
        done = self.netdojo("play", real_rig.SCENARIO, "--seed", "t", "--script", self.file("lines", text), code=code)
        (folder,) = self.attempts()
        return done.stdout, folder

    def test_full_marks_and_the_same_from_the_folder_alone(self):
        shown, folder = self.played(SOLUTION, 0)
        for part in ("Ticket", "The network when all is well", "Goals", "$ ip route", "100/100  PASSED"):
            self.assertIn(part, shown)
        self.assertEqual(self.json("ps", "--json")["labs"], [])
        with open(os.path.join(folder, "score.json"), encoding="utf-8") as saved:
            first = json.load(saved)
        again = self.json("grade", "--attempt", folder, "--json")
        self.assertEqual(first, again)
        self.assertEqual((again["score"], again["passed"], again["void"]), (100, True, False))
        self.assertTrue(again["diagnosis"]["correct"])
        self.every_form(folder)

    def every_form(self, folder):
        xml.dom.minidom.parseString(self.netdojo("grade", "--attempt", folder, "--format", "junit").stdout)
        tap = self.netdojo("grade", "--attempt", folder, "--format", "tap").stdout.splitlines()
        self.assertEqual(tap[1], f"1..{sum(line.startswith('ok ') for line in tap)}")
        scope = self.json("grade", "--attempt", folder, "--format", "gradescope")
        self.assertEqual(sum(t["score"] for t in scope["tests"]), sum(t["max_score"] for t in scope["tests"]))
        self.assertIn("合格", self.netdojo("grade", "--attempt", folder, "--lang", "ja").stdout)

    def test_the_log_says_who_did_what(self):
        _, folder = self.played(SOLUTION, 0)
        with open(os.path.join(folder, "events.jsonl"), encoding="utf-8") as log:
            events = [json.loads(line) for line in log]
        commands = [e for e in events if e["kind"] == "command"]
        self.assertEqual([c["text"] for c in commands], [l for l in SOLUTION.splitlines() if l[0] != "#"])
        self.assertTrue(all(0 < c["started"] <= c["ended"] < 60 for c in commands))
        self.assertIn("nameserver", commands[4]["output"])
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))

    def test_nothing_done_falls_short(self):
        shown, _ = self.played("true\n", 1)
        self.assertIn("NOT PASSED", shown)

    def test_leaving(self):
        done = self.netdojo("play", real_rig.SCENARIO, "--script", self.file("lines", "dojo quit -y\n"), code=1)
        self.assertIn("Left without a grade", done.stderr)
        self.assertNotIn("/100", done.stdout)


class Live(real_rig.RealTest):
    def test_diagnose_hint_and_grade_a_live_lab(self):
        self.netdojo("up", real_rig.SCENARIO)
        self.wrong("diagnose", "L9", words=["Unknown layer 'L9'", "L2.5"])
        self.wrong("diagnose", "2.5", "host-dns-proxy-ded", words=["host-dns-proxy-dead"])
        self.wrong("diagnose", "none", "x", words=["no cause"])
        self.netdojo("diagnose", "l2.5", "host-dns-proxy-dead")
        first = self.netdojo("hint")
        self.assertTrue(first.stdout.startswith("1/"))
        self.assertIn("costs 3 points", first.stderr)
        self.assertTrue(self.netdojo("hint", "--yes").stdout.startswith("2/"))
        grade = self.json("grade", "--json", code=1)
        self.assertEqual(grade["hints"], 2)
        self.assertEqual(grade["diagnosis"]["answers"], [[{"layer": "L2.5", "cause": "host-dns-proxy-dead"}]])
        self.assertTrue(grade["diagnosis"]["correct"])
        self.assertFalse(grade["void"])
        self.assertLess(grade["score"], 70)

    def wrong(self, *args, words):
        done = self.netdojo(*args, code=2)
        self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1))
        for word in words:
            self.assertIn(word, done.stderr)

    def test_wrong_usage_of_grade(self):
        self.wrong("grade", "--attempt", "/nonexistent", words=["No attempt in '/nonexistent'"])
        self.wrong("grade", "--attempt", "/tmp", "--lab", "x", words=["exclude each other"])


class Catalogue(real_rig.RealTest):
    """Every id of the catalogue is a name that a lab can have: `up ID` and `play ID`, nothing else said."""

    def ids(self):
        ids = [s["id"] for s in self.json("list", "--json")["scenarios"]]
        self.assertGreaterEqual(len(ids), 6)
        return ids

    def test_up_under_its_own_name(self):
        for scenario in self.ids():
            self.netdojo("up", scenario)
            (lab,) = self.json("ps", "--json")["labs"]
            self.assertEqual((lab["lab"], lab["scenario"]), (scenario, scenario))
            self.assertEqual(self.netdojo("exec", "--lab", scenario, "wsl", "--", "echo", "here").stdout, "here\n")
            self.netdojo("down", "--lab", scenario)

    def test_played_under_its_own_name(self):
        for scenario in self.ids():
            done = self.netdojo("play", scenario, "--script", self.file("look", "ip -4 addr show eth0\nhostname\ndojo grade -y\n"), code=1)
            self.assertRegex(done.stdout, r"\d+/100  NOT PASSED")
        self.assertEqual(self.json("ps", "--json")["labs"], [])


if __name__ == "__main__":
    real_rig.main()
