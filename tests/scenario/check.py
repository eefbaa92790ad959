#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`netdojo check` proves every scenario, and finds the fault in one that is wrong on purpose."""
import glob
import json
import os
import re
import signal
import time
import xml.dom.minidom

import across
import real_rig


class Check(real_rig.RealTest):
    def test_the_catalogue_proves_itself(self):
        done = self.run_netdojo("check", "--json", "--keep")
        doc = json.loads(done.stdout)
        # First, and alone: what a run that can't be looked at again has to tell.
        self.assertEqual({s["id"] + " " + s["variant"]: s["why"] for s in doc["scenarios"] if s["why"]}, {})
        self.assertEqual((doc["schema"], done.returncode), ("netdojo/check/1", 0), done.stderr)
        self.assertEqual((doc["failed"], doc["skipped"]), (0, 0))
        self.assertGreaterEqual(doc["passed"], 4)
        self.assertGreaterEqual(sum(bool(s["variant"]) for s in doc["scenarios"]), 4)
        for s in doc["scenarios"]:
            with self.subTest(s["id"], variant=s["variant"]):
                self.assertTrue(s["ok"] and s["healthy"] and s["broken"] and s["controls"], s)
                self.assertEqual(s["solution"], 100)
                self.assertGreaterEqual(len(s["alternatives"]), 1 if s["variant"] else 2)
                self.assertEqual(set(s["alternatives"]), {100})
                self.assertGreaterEqual(len(s["missteps"]), 3)
                self.assertTrue(all(m["ok"] and m["score"] <= m["at_most"] for m in s["missteps"]))
                self.assertLess(s["nothing"], 20)
        self.steps_across_the_labs(glob.glob(os.path.join(self.tmp, "netdojo-check-*"))[0], len(doc["scenarios"]))

    def steps_across_the_labs(self, folder, n):
        """Of that one run: no step of any scenario is earned by a log that does not show its fact."""
        wrong, tally, n_logs = across.compare(folder)
        self.assertEqual(wrong, [])
        self.assertEqual(n_logs, n)
        self.assertEqual(across.walked_otherwise(folder), [])
        steps = {step for step, _ in tally if step != "custom"}
        self.assertGreaterEqual(len(steps), 25)
        self.cut(os.path.join(folder, f"{real_rig.SCENARIO}-2"))
        # A step that is always earned, or never, was not asked anything.
        self.assertEqual([s for s in sorted(steps) if not tally.get((s, True)) or not tally.get((s, False))], [])

    def cut(self, folder):
        """The attempt as a `kill -9` leaves it: its log stops in the middle of a line, before anything was looked at in the end."""
        path = os.path.join(folder, "events.jsonl")
        with open(path, encoding="utf-8") as log:
            lines = log.readlines()
        end = next(i for i, line in enumerate(lines) if json.loads(line).get("what") == "finishing")
        with open(path, "w", encoding="utf-8") as log:
            log.writelines([*lines[:end], lines[end][:20]])
        grade = self.json("grade", "--attempt", folder, "--json", code=1)
        points = {i["id"]: i["points"] for i in grade["items"]}
        self.assertEqual((grade["finished"], grade["void"], grade["passed"]), (False, False, False))
        self.assertTrue(points["cause-named"] and points["gateway-seen"] and not points["mended"], points)
        self.assertFalse(any(p["ok"] for p in grade["fixed"]))

    def broken_copy(self, *changes):
        with open(real_rig.scenario_file(), encoding="utf-8") as original:
            text = original.read()
        for pattern, replacement in changes:
            text, n = re.subn(pattern, replacement, text, count=1, flags=re.S)
            self.assertEqual(n, 1, pattern)
        return self.file("copy.lua", text)

    def reasons(self, *changes):
        doc = self.json("check", self.broken_copy(*changes), "--json", code=1)
        self.assertEqual((doc["passed"], doc["failed"]), (0, 1))
        return doc["scenarios"][0], " ".join(doc["scenarios"][0]["why"])

    def test_a_solution_that_does_not_mend(self):
        # The last "nameserver" line of the solution, made to do nothing.
        scenario, why = self.reasons((r'"echo nameserver [^"]*tee /etc/resolv.conf",\n(\s+)"getent', r'"true",\n\1"getent'))
        self.assertLess(scenario["solution"], 100)
        self.assertIn("solution: expected 100 points and passed, got", why)
        self.assertIn("mended 0/", why)
        self.assertIn("fixed-probe google-mended fails", why)

    def test_a_bound_too_low(self):
        scenario, why = self.reasons((r"at_most = \d+, commands = \{(\s+)\"ip a\"", r'at_most = 0, commands = {\1"ip a"'))
        self.assertFalse(all(m["ok"] for m in scenario["missteps"]))
        self.assertIn("expected at most 0 points, got", why)

    def test_a_fault_that_does_nothing(self):
        scenario, why = self.reasons((r'kind = "silent"', 'kind = "ok"'))
        self.assertFalse(scenario["broken"])
        self.assertIn("symptoms google-resolves passes", why)
        self.assertIn("the fault did not show", why)

    def test_one_that_does_not_load(self):
        done = self.netdojo("check", self.broken_copy((r"level = 2", "levle = 2")), code=2)
        self.assertIn("levle", done.stderr)

    def test_a_topology_that_can_not_be_made_is_told_once(self):
        done = self.netdojo("check", self.broken_copy((r"wsl2\.nat \{", "wsl2.mirrored { vpm = 1,")), code=2)
        self.assertEqual((done.stdout + done.stderr).count("wsl2.mirrored: unknown key 'vpm'"), 1)

    def test_another_mode_than_promised(self):
        done = self.netdojo("check", self.broken_copy((r'mode = "nat"', 'mode = "bridged"')), code=2)
        self.assertIn("the scenario's mode is 'bridged', but the topology's WSL is in mode 'nat'", done.stderr)

    def test_junit_and_tap(self):
        done = self.netdojo("check", real_rig.SCENARIO, "--format", "junit")
        suite = xml.dom.minidom.parseString(done.stdout).getElementsByTagName("testsuite")[0]
        self.assertEqual((suite.getAttribute("tests"), suite.getAttribute("failures")), ("1", "0"))
        self.assertEqual(self.netdojo("check", real_rig.SCENARIO, "--format", "tap").stdout,
                         f"TAP version 13\n1..1\nok 1 - {real_rig.SCENARIO}\n")

    def test_interrupted_it_leaves_nothing(self):
        for delay in (0.05, 0.4, 1.5):
            child = self.popen("check", start_new_session=True)
            time.sleep(delay)  # whatever it is at then
            os.killpg(child.pid, signal.SIGINT)
            child.communicate(timeout=30)
            self.assertNotEqual(child.returncode, 0)
            self.assertEqual(os.listdir(self.tmp), [])
            self.assertEqual(self.left_of(child.pid), [])

    def left_of(self, session):
        end = time.monotonic() + 10
        while True:
            left = [pid for pid in os.listdir("/proc") if pid.isdigit() and self.session_of(pid) == session]
            if not left or time.monotonic() > end:
                return left
            time.sleep(0.01)

    @staticmethod
    def session_of(pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
                return int(stat.read().rsplit(")", 1)[1].split()[3])
        except (OSError, ValueError):
            return 0


if __name__ == "__main__":
    real_rig.main()
