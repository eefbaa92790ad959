#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Starting, finding, asking and ending labs, against the fake lab."""
import json
import os
import pty
import select
import signal
import subprocess
import time

import rig


class Up(rig.CliTest):
    def test_up_and_down(self):
        up = self.json("up", "fine-one", "--seed", "s1", "--json")
        self.assertEqual(up["schema"], "netdojo/up/1")
        self.assertEqual((up["lab"], up["scenario"], up["seed"]), ("fine-one", "fine-one", "s1"))
        self.assertEqual(self.home.sockets(), ["fine-one.sock"])
        self.assertEqual([row["lab"] for row in self.json("ps", "--json")["labs"]], ["fine-one"])
        self.netdojo("down")
        self.assertEqual(self.home.sockets(), [])
        self.assertEqual(self.json("ps", "--json")["labs"], [])

    def test_boot_tells_the_lab_everything(self):
        boot = self.json("up", "fine-one", "--healthy", "--variant", "v", "--lab", "n", "--lang", "ja",
                         "--json")["boot"]
        self.assertEqual((boot["lab"], boot["variant"], boot["healthy"], boot["hold"], boot["private"], boot["lang"]),
                         ("n", "v", True, False, False, "ja"))
        self.assertTrue(boot["seed"])
        self.assertEqual(boot["attempt"], self.home.attempts()[0])

    def test_trees(self):
        os.makedirs(os.path.join(self.home.path, "a", "b=c"))
        a = os.path.realpath(os.path.join(self.home.path, "a"))
        trees = self.json("up", "fine-one", "--tree", a, "--tree", f"{a}/b=c:/opt/x", "--tree", f"windows={a}/../a:/y",
                          "--json")["boot"]["trees"]
        self.assertEqual(trees, [{"node": "wsl", "source": a, "target": a},
                                 {"node": "wsl", "source": a + "/b=c", "target": "/opt/x"},
                                 {"node": "windows", "source": a, "target": "/y"}])
        self.assertNotIn("trees", self.json("up", "fine-two", "--json")["boot"])

    def test_trees_that_are_not_shown(self):
        for tree, words in ((self.home.path, ["whole home"]), ("/", ["whole home"]),
                            (self.home.path + "/..", ["whole home"]), ("/no/such", ["'/no/such'", "No such file"]),
                            ("/dev/null", ["no folder"]), ("", ["HOST_PATH"]), ("/usr:/opt/../etc", ["'/opt/../etc'"]),
                            ("/usr:/", ["'/'"]), ("/usr:opt", ["'/usr:opt'", "beginning with /"])):
            with self.subTest(tree):
                self.one_line_error("up", "fine-one", "--tree", tree, code=2, words=words)
        self.assertEqual(self.home.attempts(), [])

    def test_missing_tools_are_named(self):
        done = self.netdojo("up", "fine-one", "--json")
        self.assertIn("no-such-tool (package no-such-tool)", done.stderr)
        self.assertIn("apt-get install no-such-tool\n", done.stderr)
        self.assertNotIn("requires", json.loads(done.stdout))

    def test_attempt_holds_scenario_and_log(self):
        self.netdojo("up", "fine-one")
        (attempt,) = self.home.attempts()
        self.assertEqual(sorted(os.listdir(attempt)), ["events.jsonl", "scenario.lua"])
        self.assertEqual(os.stat(attempt).st_mode & 0o777, 0o700)

    def test_a_file_of_ones_own(self):
        path = os.path.join(self.home.path, "mine.lua")
        with open(path, "w", encoding="utf-8") as f:
            f.write("-- fake: fine\n")
        self.assertEqual(self.json("up", path, "--json")["lab"], "mine")

    def test_taken_name(self):
        self.netdojo("up", "fine-one")
        self.one_line_error("up", "fine-one", code=2, words=["'fine-one' is running already", "--lab"])
        self.assertEqual(len(self.home.attempts()), 1)
        self.netdojo("up", "fine-one", "--lab", "another")

    def test_failure_leaves_nothing(self):
        self.one_line_error("up", "will-refuse", code=2, words=["scenario.lua:3", "'titel'"])
        self.one_line_error("up", "will-die", code=3, words=["ended before it was ready", "doctor"])
        self.assertEqual(self.home.sockets(), [])
        self.assertEqual(self.home.attempts(), [])

    def test_interrupt_leaves_nothing(self):
        for sig in (signal.SIGINT, signal.SIGTERM):
            proc = subprocess.Popen([self.program, "up", "will-hang"], env=self.home.env, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE)
            while not (self.home.attempts() and "events.jsonl" in os.listdir(self.home.attempts()[0])):
                time.sleep(0.005)  # until the lab is at work; its folder can't be waited on
            proc.send_signal(sig)
            proc.communicate(timeout=20)
            self.assertEqual(proc.returncode, -sig)
            self.assertEqual(self.home.sockets(), [])
            self.assertEqual(self.home.attempts(), [])

    def test_dry_run_leaves_nothing(self):
        self.assertEqual(self.netdojo("up", "fine-one", "--dry-run").stdout, "wsl: node\n")
        self.assertEqual(self.json("up", "fine-one", "-n", "--json")["schema"], "netdojo/plan/1")
        self.assertEqual(self.home.sockets(), [])
        self.assertEqual(self.home.attempts(), [])

    def test_dead_labs_are_forgotten(self):
        self.netdojo("up", "fine-one")
        (row,) = self.json("ps", "--json")["labs"]
        os.kill(row["pid"], signal.SIGKILL)
        deadline = time.monotonic() + 10
        while self.json("ps", "--json")["labs"] and time.monotonic() < deadline:
            pass
        self.assertEqual(self.home.sockets(), [])
        self.netdojo("up", "fine-one")


class Which(rig.CliTest):
    def test_none(self):
        for args in (["map"], ["ps", "x"], ["down"], ["log"], ["shell"], ["down", "--lab", "x"]):
            self.one_line_error(*args, code=2)
        self.one_line_error("exec", "wsl", "--", "true", code=125, words=["No lab is running", "netdojo up"])
        self.netdojo("down", "--all")

    def test_several(self):
        self.netdojo("up", "fine-one")
        self.netdojo("up", "fine-two")
        self.one_line_error("down", code=2, words=["fine-one, fine-two", "--lab"])
        self.netdojo("exec", "--lab", "fine-two", "wsl", "--", "true")
        self.netdojo("down", "--all")
        self.assertEqual(self.home.sockets(), [])


class Exec(rig.CliTest):
    def setUp(self):
        super().setUp()
        self.netdojo("up", "fine-one")

    def test_status(self):
        for script, code in (("exit 0", 0), ("exit 42", 42), ("kill -TERM $$", 128 + 15)):
            self.netdojo("exec", "wsl", "--", "sh", "-c", script, code=code)

    def test_our_failures(self):
        self.one_line_error("exec", "nowhere", "--", "true", code=125, words=["no node"])
        self.one_line_error("exec", "--lab", "no-such", "wsl", "--", "true", code=125, words=["'no-such'"])
        self.one_line_error("exec", "wsl", "--", "/etc/passwd", code=126)
        self.one_line_error("exec", "wsl", "--", "no-such-program", code=127)
        self.one_line_error("exec", "windows", "--", "true", code=125, words=["not part of this version", "--raw"])
        self.netdojo("exec", "--raw", "windows", "--", "true")

    def test_streams(self):
        done = self.netdojo("exec", "wsl", "--", "sh", "-c", "cat; echo oops >&2", stdin="hello\n")
        self.assertEqual((done.stdout, done.stderr), ("hello\n", "oops\n"))

    def test_signals_are_passed(self):
        proc = subprocess.Popen([self.program, "exec", "wsl", "--", "sh", "-c",
                                 "trap 'exit 9' TERM; echo on; while :; do sleep 0.05; done"],
                                env=self.home.env, stdout=subprocess.PIPE, text=True)
        self.assertEqual(proc.stdout.readline(), "on\n")
        proc.send_signal(signal.SIGTERM)
        self.assertEqual(proc.wait(20), 9)
        proc.stdout.close()

    def on_terminal(self, *args):
        """Runs netdojo on a terminal; everything it showed, and its status."""
        pid, master = pty.fork()
        if pid == 0:
            os.execve(self.program, [self.program, *args], self.home.env)
        shown = b""
        while True:
            ready, _, _ = select.select([master], [], [], 30)
            try:
                more = os.read(master, 4096) if ready else b""
            except OSError:
                more = b""
            if not more:
                break
            shown += more
        os.close(master)
        return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def test_terminal(self):
        shown, code = self.on_terminal("exec", "wsl", "--", "sh", "-c", "test -t 0 && test -t 1 && echo yes; exit 3")
        self.assertIn("yes", shown)
        self.assertEqual(code, 3)


class Log(rig.CliTest):
    def test_log(self):
        self.netdojo("up", "fine-one")
        lines = [json.loads(line) for line in self.netdojo("log").stdout.splitlines()]
        self.assertEqual([e["seq"] for e in lines], [1, 2])
        lines = self.netdojo("log", "--kind", "packet", "--node", "wsl").stdout.splitlines()
        self.assertEqual(len(lines), 1)
        self.assertEqual(self.netdojo("log", "--kind", "packet", "--node", "windows").stdout, "")
        self.assertIn("what=syn", self.netdojo("log", "--format", "human").stdout)
        (attempt,) = self.home.attempts()
        self.netdojo("down")
        self.assertEqual(len(self.netdojo("log", "--attempt", attempt).stdout.splitlines()), 2)
        self.one_line_error("log", "--attempt", "/nonexistent", code=2, words=["/nonexistent/events.jsonl"])

    def test_follow(self):
        self.netdojo("up", "fine-one")
        (attempt,) = self.home.attempts()
        proc = subprocess.Popen([self.program, "log", "--follow", "--kind", "hint", "--kind", "lab"],
                                env=self.home.env, stdout=subprocess.PIPE, text=True)
        self.assertEqual(json.loads(proc.stdout.readline())["seq"], 1)
        with open(os.path.join(attempt, "events.jsonl"), "a", encoding="utf-8") as f:
            f.write('{"seq":3,"t":1.0,"kind":"hint","n"')
            f.flush()
            f.write(':1}\n{"seq":4,"t":2.0,"kind":"lab","what":"end"}\n')
        rest = proc.stdout.read().splitlines()
        self.assertEqual([json.loads(line)["seq"] for line in rest], [3, 4])
        self.assertEqual(proc.wait(20), 0)
        proc.stdout.close()

    def test_follow_ends_with_a_killed_lab(self):
        self.netdojo("up", "fine-one")
        (row,) = self.json("ps", "--json")["labs"]
        proc = subprocess.Popen([self.program, "log", "--follow"], env=self.home.env, stdout=subprocess.PIPE, text=True)
        proc.stdout.readline()
        os.kill(row["pid"], signal.SIGKILL)
        proc.stdout.read()
        self.assertEqual(proc.wait(20), 0)
        proc.stdout.close()


rig.main()
