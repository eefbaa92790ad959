#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Starting, finding, asking and ending labs, against the fake lab."""
import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import termios
import time
import tty

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

    def test_windows_takes_a_command_line(self):
        """The fake lab runs the line in sh, as init would have the Windows program run it."""
        done = self.netdojo("exec", "windows", "--", "echo", "a", "|", "tr", "a", "b")
        self.assertEqual((done.stdout, done.stderr), ("b\n", "wsl: a warning\n"))
        self.netdojo("exec", "windows", "--", "exit 5", code=5)
        self.netdojo("exec", "--raw", "windows", "--", "test", "1", "-eq", "1")

    def test_streams(self):
        done = self.netdojo("exec", "wsl", "--", "sh", "-c", "cat; echo oops >&2", stdin="hello\n")
        self.assertEqual((done.stdout, done.stderr), ("hello\n", "oops\n"))

    def path(self, name, data=None):
        path = os.path.join(self.home.path, name)
        if data is not None:
            with open(path, "wb") as f:
                f.write(data)
        return path

    def shell(self, line, **more):
        """A line of our own shell."""
        return subprocess.run(["sh", "-c", line.replace("EXEC", f"{self.program} exec wsl --")], env=self.home.env,
                              cwd=self.home.path, capture_output=True, timeout=60, check=False, **more)

    def test_files_stay_ours(self):
        data = os.urandom(3 << 20) + b"no newline at the end"
        self.path("in", data)
        self.assertEqual(self.shell("EXEC cat < in > out").returncode, 0)
        self.assertEqual(self.read("out"), data)
        done = self.shell("EXEC sh -c 'for n in 0 1 2; do readlink /proc/$$/fd/$n; done' < in 2> err | cat")
        self.assertEqual([line.split(b":")[0] for line in done.stdout.splitlines()], [b"pipe"] * 3)
        done = self.shell("EXEC python3 -c 'import os; os.ftruncate(0, 0)' < in > out 2>&1")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"Error", self.read("out"))
        self.assertEqual(self.read("in"), data)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def test_appended_to(self):
        self.path("out", b"before\n")
        self.assertEqual(self.shell("EXEC echo after >> out").returncode, 0)
        self.assertEqual(self.read("out"), b"before\nafter\n")

    def test_the_order_of_both_outputs(self):
        self.shell("EXEC sh -c 'for i in 1 2 3; do echo $i; echo err $i >&2; done; exit 3' > out 2>&1")
        self.assertEqual(self.read("out"), b"1\nerr 1\n2\nerr 2\n3\nerr 3\n")

    def test_what_is_not_read_is_left_to_the_next(self):
        self.path("in", b"one\ntwo\nthree\n")
        done = self.shell("{ EXEC true; EXEC head -c 4; EXEC cat; } < in")
        self.assertEqual(done.stdout, b"one\ntwo\nthree\n")
        self.path("in", b"x" * (4 << 20))
        self.assertEqual(self.shell("{ EXEC head -c 1 > /dev/null; cat | wc -c; } < in").stdout.strip(), b"%d" % ((4 << 20) - 1))

    def test_folders_are_refused(self):
        for where in ("< /tmp", "0> /dev/null < ."):
            done = self.shell("EXEC true " + where)
            self.assertEqual((done.returncode, done.stderr),
                             (125, b"netdojo exec: Standard input is a folder\n"))

    def test_a_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("/dev/full is not there")
        done = self.shell("EXEC echo x > /dev/full")
        self.assertEqual(done.returncode, 125)
        self.assertIn(b"Standard output can't be written: No space left", done.stderr)

    def test_a_status_with_files(self):
        self.path("in", b"")
        self.assertEqual(self.shell("EXEC sh -c 'cat; exit 42' < in > out").returncode, 42)
        self.assertEqual(self.shell("EXEC sh -c 'echo last; kill -TERM $$' < in > out").returncode, 128 + 15)
        self.assertEqual(self.read("out"), b"last\n")

    def test_a_child_left_behind_is_not_waited_for(self):
        started = time.monotonic()
        self.assertEqual(self.shell("EXEC sh -c 'sleep 30 & yes & echo on' > out 2> /dev/null").returncode, 0)
        self.assertLess(time.monotonic() - started, 20)

    def test_a_terminal_beside_a_pipe(self):
        master, slave = pty.openpty()
        proc = subprocess.Popen([self.program, "exec", "wsl", "--", "sh", "-c", "readlink /proc/$$/fd/0; cat"],
                                env=self.home.env, stdin=slave, stdout=subprocess.PIPE, stderr=slave,
                                start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.assertTrue(proc.stdout.readline().startswith(b"pipe:"))
        os.write(master, b"typed\n")
        self.assertEqual(proc.stdout.readline(), b"typed\n")
        lines = termios.tcgetattr(slave)
        tty.setcbreak(slave)  # as less does beside us: then the keys are its
        os.write(master, b"q")
        self.assertEqual(select.select([proc.stdout], [], [], 0.3)[0], [])
        self.assertEqual(os.read(slave, 1), b"q")
        termios.tcsetattr(slave, termios.TCSANOW, lines)
        os.write(master, b"\x04")
        self.assertEqual((proc.stdout.read(), proc.wait(20)), (b"", 0))
        os.close(slave)
        proc.stdout.close()
        os.close(master)

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
