#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A grade tells what was wrong: showing that of an attempt which could go on ends it, once, and is said."""
import fcntl
import json
import os

import class_rig
import rig

NOTE = "has ended it"
BUSY = "is being played"
WAYS = (("grade", "--attempt"), ("report",), ("regrade",))
FOLDER = "20260101T000000Z-dns-host-proxy-dead-abcd"


class Closing(rig.CliTest):
    program = rig.REAL

    def tearDown(self):
        self.home.close()  # there are no labs here

    def attempt(self, more=(), **how):
        folder = os.path.join(self.home.state, "netdojo", "attempts", FOLDER)
        os.makedirs(folder)
        log = class_rig.events("a", finished=False, **how)
        log += [{"seq": len(log) + 1, "t": log[-1]["t"], "kind": "lab", "by": "lab", **e} for e in more]
        self.put(folder, "events.jsonl", class_rig.chain(log) + '{"seq":99,"t":3')  # as kill -9 may leave it
        self.put(folder, "scenario.lua", class_rig.scenario_text())
        return folder

    @staticmethod
    def put(folder, name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)

    @staticmethod
    def log(folder):
        with open(os.path.join(folder, "events.jsonl"), encoding="utf-8") as file:
            return file.read()

    def state(self):
        (row,) = self.json("attempts", "--json")["attempts"]
        return row["state"]

    def again(self):
        self.tearDown()
        self.setUp()

    def test_each_way_ends_it_once(self):
        ends = ([], [{"what": "paused", "why": "asked"}], [{"what": "end", "why": "quit"}])
        for way, end in ((way, end) for way in WAYS for end in ends):
            with self.subTest(way=way, end=end):
                folder = self.attempt(end)
                before = self.log(folder)
                first = self.run_netdojo(*way, folder)
                self.assertIn(NOTE, first.stderr)
                self.assertEqual(first.stderr.count("\n"), 1, first.stderr)
                after = self.log(folder).splitlines()
                self.assertEqual(after[:-1], before.splitlines()[:-1])
                closed = json.loads(after[-1])
                self.assertEqual((closed["what"], closed["why"], closed["seq"]), ("closed", "graded", len(after)))
                self.assertEqual(class_rig.chain([line[:-40] + "}" for line in after]), self.log(folder))
                second = self.run_netdojo(*way, folder)
                self.assertEqual((second.stdout, second.returncode, second.stderr), (first.stdout, first.returncode, ""))
                self.assertEqual(self.state(), "closed")
                self.refused(folder)
                self.again()

    def refused(self, folder):
        self.one_line_error("play", "--resume", code=2, words=("no unfinished attempt",))
        self.one_line_error("play", "--resume", "abcd", code=2, words=("its grade has been shown", class_rig.ID))
        self.one_line_error("play", "--resume", folder, code=2, words=("its grade has been shown",))

    def test_what_is_over_stays_as_it_is(self):
        folder = self.attempt([{"what": "finished"}])
        before = self.log(folder)
        for way in WAYS:
            self.assertEqual(self.run_netdojo(*way, folder).stderr, "")
        self.assertEqual(self.log(folder), before)

    def test_one_that_is_played_is_refused(self):
        folder = self.attempt()
        before = self.log(folder)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, lock)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.one_line_error("report", folder, code=2, words=(BUSY, "`dojo grade`"))  # a lab that is ending is waited for
        self.assertEqual((self.log(folder), self.state()), (before, "playing"))

    def test_one_that_cant_be_ended_is_not_shown(self):
        folder = self.attempt()
        log = os.path.join(folder, "events.jsonl")
        os.rename(log, log + ".1")
        os.symlink("events.jsonl.1", log)
        for way in WAYS:
            self.one_line_error(*way, folder, code=2, words=("could go on, and can't be ended",))
        self.assertFalse(os.path.exists(os.path.join(folder, "score.json")))

    def test_a_newest_one_that_waits_is_passed_over(self):
        self.attempt()
        self.one_line_error("report", code=2, words=("no attempt that is over",))
        self.run_netdojo("report", "abcd")
        self.assertIn("/100", self.netdojo("report").stdout)

    def test_in_japanese(self):
        self.assertIn("採点結果を表示したため終了", self.run_netdojo("report", self.attempt(), "--lang", "ja").stderr)

    def test_it_is_still_handed_in(self):
        folder = self.attempt()
        self.run_netdojo("grade", "--attempt", folder)
        out = os.path.join(self.home.path, "h.tar.gz")
        self.netdojo("submit", "abcd", "--unfinished", "--name", "a", "-o", out)
        (row,) = json.loads(self.netdojo("score", out, "--json", code=1).stdout)["submissions"]
        self.assertEqual([p["id"] for p in row["problems"]], ["unfinished"])


if __name__ == "__main__":
    rig.main()
