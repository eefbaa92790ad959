#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An attempt outlives its lab: kill -9, pause, a closed window, resume, reset, and terminals that join."""
import glob
import json
import os
import shutil
import signal
import termios
import threading

import real_rig
from learners_rig import Terminal

SCENARIO = real_rig.SCENARIO
PROMPT = r"\$ $"
MEND = "echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf"
LOOKS = ["ip -4 addr show eth0", "ip route", "ping -c 1 8.8.8.8", "timeout 2 getent hosts google.com", "cat /etc/resolv.conf"]
REST = ["dojo diagnose L2.5 host-dns-proxy-dead", MEND, "getent hosts google.com", "dojo grade -y"]


class Life(real_rig.RealTest):
    def sit(self, *args):
        t = Terminal([real_rig.NETDOJO, *args], self.env)
        self.addCleanup(self.rise, t)
        return t

    @staticmethod
    def rise(t):
        if t.process.poll() is None:
            t.process.kill()
            t.process.wait()
        try:
            os.close(t.master)
        except OSError:
            pass

    def at_prompt(self, *args):
        t = self.sit(*args)
        t.see(PROMPT, 0)
        return t

    @staticmethod
    def run_in(t, line, pattern=""):
        at = t.type(line)
        t.see(pattern + r"[\s\S]*" + PROMPT, at)
        return t.screen[at:]

    def folder(self):
        (folder,) = self.attempts()
        return folder

    def events(self):
        with open(os.path.join(self.folder(), "events.jsonl"), encoding="utf-8") as log:
            return [json.loads(line) for line in log]

    def marks(self):
        words = ("start", "paused", "resumed", "reset", "ready", "fault-verified", "finished")
        return [e["what"] for e in self.events() if e["kind"] == "lab" and e["what"] in words]

    def goes_on(self):
        """Numbers without a gap, times without a jump, whatever lay between."""
        events = self.events()
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))
        for before, after in zip(events, events[1:]):
            self.assertLess(abs(after["t"] - before["t"]), 30, (before, after))
        for cast in glob.glob(os.path.join(self.folder(), "*.cast")):
            with open(cast, encoding="utf-8") as f:
                self.assertTrue([json.loads(line) for line in f])

    def script(self, *lines):
        return self.file("lines", "".join(line + "\n" for line in lines))

    def test_killed_and_gone_on_with(self):
        play = self.at_prompt("play", SCENARIO, "--seed", "life")
        for line in LOOKS[:3]:
            self.run_in(play, line)
        taken = self.netdojo("play", "--resume", self.folder(), code=2).stderr
        self.assertIn("is being played", taken)
        self.assertIn("ends and grades it", self.netdojo("report", self.folder(), code=2).stderr)
        self.run_in(play, "dojo hint -y", "1/")
        os.kill(play.process.pid, signal.SIGKILL)
        play.wait()
        copy = shutil.copytree(self.folder(), os.path.join(self.home, "copy"))
        cut = self.json("grade", "--attempt", copy, "--json", code=1)  # up to that moment; the attempt itself it would end
        self.assertEqual((cut["finished"], cut["passed"], cut["void"], cut["hints"]), (False, False, False, 1))
        self.assertGreater(cut["score"], 0)
        with open(os.path.join(self.folder(), "events.jsonl"), "a", encoding="utf-8") as log:
            log.write('{"seq":9999,"t":12.')  # as a power cut leaves a line
        done = self.netdojo("play", "--resume", "--script", self.script("dojo hint -y", *LOOKS[3:], *REST))
        self.assertIn("2/", done.stdout)
        self.assertIn("Resumed: all is broken as it was at the start", done.stderr)
        grade = self.json("grade", "--attempt", self.folder(), "--json")
        self.assertEqual((grade["finished"], grade["hints"]), (True, 2))
        lost = [i for i in grade["items"] if i["points"] < i["max"]]
        self.assertEqual((grade["score"], lost), (round(100 - grade["hint_cost"]), []))
        self.assertEqual(self.marks(), ["start", "ready", "fault-verified", "resumed", "ready", "fault-verified", "finished"])
        (resumed,) = [e for e in self.events() if e.get("what") == "resumed"]
        self.assertGreaterEqual(resumed["gap"], 0)
        self.goes_on()
        self.over()

    def victim(self, play, what):
        if what == "init":
            return self.json("ps", "--json")["labs"][0]["pid"]
        with open(f"/proc/{play.process.pid}/task/{play.process.pid}/children", encoding="ascii") as f:
            kids = [int(pid) for pid in f.read().split()]
        for pid in kids:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if f.read().startswith(b"netdojo-term"):
                    return pid
        raise AssertionError("no terminal host")

    def test_whatever_is_killed_the_attempt_goes_on(self):
        args = ("play", SCENARIO, "--seed", "life")
        for what in ("terminal host", "init"):
            play = self.at_prompt(*args)
            self.run_in(play, LOOKS[0])
            os.kill(self.victim(play, what), signal.SIGKILL)
            play.wait()
            self.assertIn("netdojo play --resume", play.screen)
            self.goes_on()
            args = ("play", "--resume")
        self.netdojo("play", "--resume", "--script", self.script(*LOOKS, *REST))
        self.assertEqual([m for m in self.marks() if m in ("paused", "resumed")], ["paused", "resumed", "resumed"])
        self.goes_on()

    def over(self):
        """What is graded is no more played."""
        self.assertIn("no unfinished attempt", self.netdojo("play", "--resume", code=2).stderr)
        self.assertIn("graded already", self.netdojo("play", "--resume", self.folder()[-4:], code=2).stderr)
        self.assertIn("exclude each other", self.netdojo("play", "--resume", "--seed", "x", code=2).stderr)

    def test_a_grade_that_was_shown_ends_it(self):
        self.netdojo("play", SCENARIO, "--seed", "life", "--script", self.script(*LOOKS, "dojo pause"), code=1)
        shown = self.netdojo("grade", "--attempt", self.folder(), "--json", code=1)
        self.assertIn("has ended it", shown.stderr)
        grade = json.loads(shown.stdout)
        self.assertFalse(grade["finished"])
        self.assertGreater(grade["score"], 0)
        again = self.netdojo("report", "--json")
        self.assertEqual((json.loads(again.stdout)["items"], again.stderr), (grade["items"], ""))
        self.assertIn("no unfinished attempt", self.netdojo("play", "--resume", code=2).stderr)
        self.assertIn("its grade has been shown", self.netdojo("play", "--resume", self.folder(), code=2).stderr)
        self.assertEqual([a["state"] for a in self.json("attempts", "--json")["attempts"]], ["closed"])
        self.goes_on()

    def test_paused_in_one_part_and_reset_in_another(self):
        self.netdojo("play", SCENARIO, "--seed", "life", "--script", self.script(*LOOKS[:2], "dojo pause"), code=1)
        self.netdojo("play", "--resume", SCENARIO, "--script", self.script(*LOOKS[2:], MEND, "dojo reset -y", *REST))
        self.assertEqual([m for m in self.marks() if m not in ("ready", "fault-verified")],
                         ["start", "paused", "resumed", "reset", "finished"])
        self.assertEqual(self.marks().count("fault-verified"), 2)  # nothing runs beside a learner who goes on at once
        self.goes_on()

    def asks_before_a_hint(self):
        for answer, status in (("n", 1), ("y", 0)):
            hint = self.sit("hint")
            hint.see(r"Hint 1 of 3 costs \d+ points\. Take it\? \[y/N\] ", 0)
            hint.type(answer)
            self.assertEqual(hint.wait(), status)
        self.assertEqual([e["n"] for e in self.events() if e["kind"] == "hint"], [1])

    def test_terminals_follow_a_reset_and_end_with_a_pause(self):
        play = self.at_prompt("play", SCENARIO, "--seed", "life")
        before = termios.tcgetattr(play.master)
        joined = self.at_prompt("shell")
        self.run_in(joined, MEND)
        self.asks_before_a_hint()
        at = len(joined.screen)
        mark = play.type("dojo reset")
        play.see(r"\[y/N\] ", mark)
        mark = play.type("y")
        play.see(r"broken as it was at the start[\s\S]*" + PROMPT, mark)
        joined.see(r"was reset; this is a new shell in it[\s\S]*" + PROMPT, at)
        self.assertNotIn("1.1.1.1", self.run_in(joined, "cat /etc/resolv.conf", "nameserver"))
        self.assertIn("192.168", self.run_in(play, "netdojo-none; ip route get 192.168.1.1", "192.168"))
        self.assertEqual(termios.tcgetattr(play.master)[3] & termios.ICANON, 0)
        thread = threading.Thread(target=play.wait)
        thread.start()
        joined.type("dojo pause")
        joined.wait()
        thread.join()
        self.assertIn("The attempt was paused", joined.screen)
        self.assertRegex(play.screen, r"Paused\. To go on: netdojo play --resume \w{4}\b")
        self.assertTrue(before)
        sessions = {e["session"] for e in self.events() if e["kind"] == "command"}
        self.assertEqual(len(sessions), 2)
        self.assertEqual(len(glob.glob(os.path.join(self.folder(), "*.cast"))), 4)
        self.assertEqual(self.marks()[-1], "paused")
        self.goes_on()

    def test_a_closed_window_pauses(self):
        play = self.at_prompt("play", SCENARIO, "--seed", "life")
        self.run_in(play, LOOKS[0])
        joined = self.at_prompt("shell")
        os.close(play.master)
        play.process.wait()
        joined.wait()
        self.assertIn("The attempt was paused", joined.screen)
        (paused,) = [e for e in self.events() if e.get("what") == "paused"]
        self.assertEqual(paused["why"], "terminal-gone")
        self.assertEqual(self.json("ps", "--json")["labs"], [])
        again = self.at_prompt("play", SCENARIO, "--seed", "other")
        self.assertIn("An unfinished attempt waits", again.screen)
        at = again.type("exit")
        again.see(r"\[y/p/N\] ", at)
        again.type("p")
        again.wait()
        self.assertIn("Paused. To go on", again.screen)

    def test_a_lab_of_up(self):
        self.netdojo("up", SCENARIO, "--lab", "mine", "--seed", "life")
        self.netdojo("exec", "--lab", "mine", "--user", "root", "wsl", "--", "sh", "-c", "echo nameserver 1.1.1.1 > /etc/resolv.conf")
        self.assertIn("Say --yes", self.netdojo("reset", code=2).stderr)
        self.netdojo("reset", "--yes")
        self.assertNotIn("1.1.1.1", self.netdojo("exec", "wsl", "--", "cat", "/etc/resolv.conf").stdout)
        self.netdojo("pause")
        self.assertEqual(self.json("ps", "--json")["labs"], [])
        self.netdojo("play", "--resume", "--script", self.script(*LOOKS, *REST))
        self.goes_on()


if __name__ == "__main__":
    real_rig.main()
