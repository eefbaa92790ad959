#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line against real labs: every document fits its schema, exec on terminals, capture, and a clean end."""
import fcntl
import json
import os
import tempfile
import shutil
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios

import rig

VALIDATE = os.path.join(rig.SOURCE, "tests", "validate.py")
ID = "dns-host-proxy-dead"


def children(pid):
    """The network namespaces that processes of ours are in; those of labs are not the host's."""
    spaces = set()
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.stat(f"/proc/{entry}").st_uid == os.geteuid():
                    spaces.add(os.readlink(f"/proc/{entry}/ns/net"))
            except OSError:
                pass
    return spaces


class RealTest(rig.CliTest):
    program = rig.REAL

    def fits(self, text, *args):
        done = subprocess.run([sys.executable, VALIDATE, *args], input=text, capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 77), done.stderr + text)


class NoLab(RealTest):
    def test_documents_without_a_lab(self):
        self.fits(self.netdojo("list", "--json").stdout)
        self.fits(self.netdojo("show", ID, "--json").stdout)
        self.fits(self.netdojo("up", ID, "--dry-run", "--json").stdout)
        self.fits(self.netdojo("ps", "--json").stdout)
        self.fits(self.run_netdojo("doctor", "--json").stdout)

    def test_show_never_names_the_answer(self):
        for form in ("human", "json"):
            shown = self.netdojo("show", ID, "--format", form).stdout
            for word in (r"L2\.5", "host-dns-proxy-dead", r"\bsolution", "truth"):
                self.assertNotRegex(shown, word)

    def test_select(self):
        ids = [s["id"] for s in self.json("list", "layer:2.5", "--json")["scenarios"]]
        self.assertIn(ID, ids)
        self.assertNotIn("fw-guest-filter", ids)
        self.assertEqual([s["id"] for s in self.json("list", "fw-guest-*", "--json")["scenarios"]], ["fw-guest-filter"])
        every = self.json("list", "--json")["scenarios"]
        text = self.netdojo("list", "--titles").stdout
        self.assertEqual(len(text.splitlines()), len(every) + 1)
        for n, one in enumerate(every, 1):
            self.assertRegex(text, rf"(?m)^ *{n}  {one['mode']} .*  {re.escape(one['title']['en'])}$")
            self.assertNotIn(one["id"], text)
        n = [s["id"] for s in every].index("fw-guest-filter") + 1
        self.assertRegex(self.netdojo("list", "fw-guest-*", "--titles").stdout.splitlines()[1], rf"^ *{n}  ")
        self.assertEqual(self.json("list", str(n), "--json")["scenarios"], [every[n - 1]])
        self.assertEqual(self.json("show", str(n), "--json")["id"], "fw-guest-filter")
        for wrong in ("0", str(len(every) + 1), "9" * 40):
            for command in ("list", "show", "play"):
                self.one_line_error(command, wrong, code=2, words=["number", f"1 to {len(every)}"])
        self.one_line_error("list", "tag:no-such-tag", code=2, words=["no-such-tag"])
        self.one_line_error("list", "dns-host-p", code=2, words=[ID])

    def test_catalogue_page(self):
        table = self.netdojo("list", "--format", "markdown").stdout
        # The first page has a column for each kernel more, which is too much for the other.
        short = "".join(re.sub(r"^(\|(?: [^|]+ \|){6}).*", r"\1", line) + "\n" for line in table.splitlines())
        for page, want in (("docs/catalogue.md", table), ("README.md", short)):
            with open(os.path.join(rig.SOURCE, page), encoding="utf-8") as f:
                self.assertIn(want, f.read(), f"{page}: netdojo list --format markdown")

    def test_a_mode_implies_what_it_takes_of_the_kernel(self):
        path = self.scenario('mode = "nat"', 'mode = "mirrored"', "implied")
        shown = self.netdojo("show", path).stdout
        self.assertIn("\nKernel\n  bridge, clsact, u32, mirred, nft-netdev\n", shown)
        checks = json.loads(self.run_netdojo("doctor", "--json").stdout)["checks"]
        lacks = [c["id"] for c in checks if not c["ok"] and c["id"] in ("bridge", "clsact", "u32", "mirred", "nft-netdev")]
        (row,) = self.json("list", path, "--json")["scenarios"]
        self.assertEqual([x["kernel"] for x in row["lacks"]], lacks)
        self.assertNotIn("\nKernel\n", self.netdojo("show", ID).stdout)
        row = self.netdojo("list", path, "--format", "markdown").stdout.splitlines()[-1]
        self.assertTrue(row.endswith("| no: nft-netdev | yes | yes | yes | yes | yes |"), row)

    def scenario(self, old, new, name="mine"):
        """A scenario file like ours but for one change."""
        with open(os.path.join(rig.SOURCE, "scenarios", "dns", ID, "scenario.lua"), encoding="utf-8") as f:
            text = f.read()
        self.assertIn(old, text)
        path = os.path.join(self.home.path, name + ".lua")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))
        return path

    def requiring(self, kernel, name="mine"):
        return self.scenario("requires = {", f'requires = {{ kernel = {{ "{kernel}" }},', name)

    def test_requires_something_nobody_knows(self):
        path = self.requiring("bridg")
        for command in (["up", path], ["play", path], ["check", path], ["list", path], ["up", "-n", path]):
            self.one_line_error(*command, code=2, words=["mine.lua:", "'bridg'", "'bridge'"])
        self.assertEqual(self.home.attempts(), [])

    def test_requires_what_is_here(self):
        (row,) = self.json("list", self.requiring("tool-ip"), "--json")["scenarios"]
        self.assertEqual((row["runnable"], row["lacks"]), (True, []))
        self.netdojo("up", "--dry-run", self.requiring("tool-ip"))

    def test_requires_what_is_not_here(self):
        checks = json.loads(self.run_netdojo("doctor", "--json").stdout)["checks"]
        missing = [c for c in checks if not c["ok"] and c["mend"]]
        if not missing:
            self.skipTest("this machine lacks nothing")
        one = missing[0]
        path = self.requiring(one["id"], "lacking")
        listed = self.netdojo("list", path, "--json").stdout
        self.fits(listed)
        (row,) = json.loads(listed)["scenarios"]
        self.assertEqual((row["runnable"], row["lacks"]), (False, [{"kernel": one["id"], "mend": one["mend"]}]))
        self.assertIn(f"kernel lacks: {one['id']}", self.netdojo("list", path).stdout)
        for command in ("up", "play"):
            self.one_line_error(command, path, code=3, words=[one["id"], one["mend"]])
        done = self.netdojo("check", path, "--json")
        self.fits(done.stdout)
        document = json.loads(done.stdout)
        self.assertEqual((document["passed"], document["failed"], document["skipped"]), (0, 0, 1))
        self.assertEqual(document["scenarios"][0]["skipped"], f"kernel lacks {one['id']}")
        self.assertEqual(self.home.attempts(), [])

    def test_a_cable_that_this_kernel_can_not_do(self):
        """Never a lab whose cable silently does nothing."""
        path = self.scenario('lab:service("windows-dns-proxy")',
                             'lab:segment("lan"):set { delay_ms = 40 }\n    lab:service("windows-dns-proxy")', "late")
        checks = json.loads(self.run_netdojo("doctor", "--json").stdout)["checks"]
        if next(c["ok"] for c in checks if c["id"] == "netem"):
            self.netdojo("up", path)
            try:
                rtt = self.netdojo("exec", "phone", "--", "ping", "-n", "-q", "-c3", "192.168.1.1").stdout
                self.assertGreaterEqual(float(re.search(r"= ([\d.]+)/", rtt).group(1)), 80)
            finally:
                self.netdojo("down")
        else:
            self.one_line_error("up", path, code=3, words=["lab: segment lan: delay 40 ms: ", "netem", "sudo modprobe sch_netem"])
            self.assertEqual(self.json("ps", "--json")["labs"], [])

    def test_check_of_a_wrong_scenario(self):
        self.one_line_error("check", self.scenario("title =", "titl ="), code=2, words=["mine.lua:", "'titl'"])
        self.one_line_error("check", self.scenario("title =", "titl ="), "--json", code=2, words=["mine.lua:"])

    def test_a_scenario_with_a_typo(self):
        path = self.scenario("title =", "titl =")
        for command in (["up", path], ["show", path], ["up", path, "--dry-run"], ["list", path]):
            done = self.netdojo(*command, code=2)
            self.assertIn("unknown key 'titl'", done.stderr)
            self.assertIn("did you mean 'title'?", done.stderr)
            self.assertIn("mine.lua:", done.stderr)
        self.assertEqual(self.home.attempts(), [])
        self.assertEqual(self.home.sockets(), [])


class Lab(RealTest):
    @classmethod
    def setUpClass(cls):
        home = rig.Home()
        done = subprocess.run([rig.REAL, "up", ID, "--healthy"], env=home.env, capture_output=True, text=True, check=False)
        subprocess.run([rig.REAL, "down", "--all"], env=home.env, check=False, capture_output=True)
        home.close()
        if done.returncode == 3:
            print(f"skipped: {done.stderr.strip()}")
            sys.exit(77)

    def setUp(self):
        super().setUp()
        self.spaces = children(os.getpid())
        self.up = self.netdojo("up", ID, "--seed", "cli-test", "--json").stdout

    def test_documents(self):
        self.fits(self.up)
        ps, attempts = (self.netdojo(what, "--json").stdout for what in ("ps", "attempts"))
        self.fits(ps)
        self.fits(attempts)
        # Which variant was drawn is the answer.
        rows = (json.loads(self.up), *json.loads(ps)["labs"], *json.loads(attempts)["attempts"])
        self.assertEqual(([r["scenario"] for r in rows], [r for r in rows if "variant" in r]), ([ID] * 3, []))
        self.fits(self.netdojo("map", "--json").stdout)
        self.fits(self.netdojo("log").stdout, "--lines", "log")
        for form in ("text", "ascii", "dot", "mermaid"):
            self.assertIn("wsl", self.netdojo("map", "--format", form).stdout)

    def test_same_seed_same_lab(self):
        self.netdojo("down")
        again = self.json("up", ID, "--seed", "cli-test", "--json")
        self.assertEqual(again["nodes"], json.loads(self.up)["nodes"])

    def test_the_issue(self):
        self.netdojo("exec", "wsl", "--", "ping", "-c1", "8.8.8.8")
        self.netdojo("exec", "wsl", "--", "env", "RES_OPTIONS=timeout:1 attempts:1", "getent", "hosts", "google.com",
                     code=2)
        self.assertRegex(self.netdojo("exec", "wsl", "--", "ip", "-4", "route").stdout,
                         r"default via 172\.\d+\.\d+\.\d+ dev eth0 proto kernel")

    def test_a_tree(self):
        # Not below the home, which is 0700: a lab that root starts is another user's.
        folder = tempfile.mkdtemp(prefix="nd-tree-")
        self.addCleanup(shutil.rmtree, folder)
        os.chmod(folder, 0o755)
        with open(os.path.join(folder, "hello"), "w", encoding="utf-8") as f:
            f.write("from the host\n")
        self.netdojo("up", ID, "--lab", "tree", "--tree", folder + ":/opt/tool", "--tree", "windows=" + folder)
        see = ["exec", "--lab", "tree"]
        self.assertEqual(self.netdojo(*see, "wsl", "--", "cat", "/opt/tool/hello").stdout, "from the host\n")
        self.assertEqual(self.netdojo(*see, "--raw", "windows", "--", "cat", folder + "/hello").stdout, "from the host\n")
        for command in ("echo x > /opt/tool/hello", "touch /opt/tool/new", "rm /opt/tool/hello"):
            done = self.run_netdojo(*see, "-u", "root", "wsl", "--", "sh", "-c", command)
            self.assertNotEqual(done.returncode, 0, command)
            self.assertIn("Read-only file system", done.stderr)
        self.netdojo(*see, "wsl", "--", "ls", self.home.path, code=2)
        self.netdojo("exec", "--lab", ID, "wsl", "--", "ls", "/opt/tool", code=2)
        self.one_line_error("up", ID, "--lab", "other", "--tree", "nowhere=/usr/share", code=2, words=["'nowhere'"])

    def test_our_failures(self):
        self.one_line_error("exec", "nowhere", "--", "true", code=125, words=["'nowhere'", "wsl"])
        self.one_line_error("exec", "wsl", "--", "no-such-program", code=127)
        self.one_line_error("exec", "wsl", "--", "/etc/passwd", code=126)
        self.one_line_error("exec", "-u", "nobody-here", "wsl", "--", "true", code=125)
        self.one_line_error("capture", "nowhere", "-w", "/dev/null", code=2, words=["'nowhere'"])
        self.one_line_error("up", ID, code=2, words=["running already"])

    def test_status_and_streams(self):
        done = self.netdojo("exec", "wsl", "--", "sh", "-c", "cat; echo err >&2; exit 7", stdin="ü あ\n", code=7)
        self.assertEqual((done.stdout, done.stderr), ("ü あ\n", "err\n"))
        self.netdojo("exec", "wsl", "--", "sh", "-c", "kill -KILL $$", code=128 + 9)

    def test_a_healthy_lab_tells_nothing_of_its_fault(self):
        self.netdojo("up", ID, "--healthy", "--lab", "well")
        self.one_line_error("hint", "--lab", "well", code=2, words=["healthy"])
        self.one_line_error("grade", "--lab", "well", code=2, words=["nothing to grade"])
        folder = [a for a in self.home.attempts() if "healthy\":true" in self.first_event(a)]
        self.assertEqual(len(folder), 1)
        self.one_line_error("grade", "--attempt", folder[0], code=2, words=["nothing to grade"])

    @staticmethod
    def first_event(folder):
        with open(os.path.join(folder, "events.jsonl"), encoding="utf-8") as f:
            return f.readline().replace(" ", "")

    def test_closed_descriptors(self):
        for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
            line = f'"$0" exec wsl -- cat {closed}'
            done = subprocess.run(["sh", "-c", line, self.program], env=self.home.env, timeout=30, check=False,
                                  stdin=subprocess.DEVNULL)
            self.assertEqual(done.returncode, 0, closed)

    def test_a_second_signal_ends_exec(self):
        proc = subprocess.Popen([self.program, "exec", "wsl", "--", "sh", "-c",
                                 "trap 'echo asked' TERM; echo ready; while :; do read x; done"],
                                env=self.home.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.assertEqual(proc.stdout.readline(), "ready\n")
        proc.send_signal(signal.SIGTERM)
        proc.stdin.write("\n" * 10)
        proc.stdin.flush()
        self.assertEqual(proc.stdout.readline(), "asked\n")
        proc.send_signal(signal.SIGTERM)
        proc.communicate(timeout=30)
        self.assertEqual(proc.returncode, 125)

    def test_no_file_of_ours_is_in_a_node(self):
        data = os.urandom(5 << 20)
        path = os.path.join(self.home.path, "mine")
        with open(path, "wb") as f:
            f.write(data)
        with open(path, "rb") as stdin, open(path + "-out", "w+b") as stdout:
            subprocess.run([self.program, "exec", "wsl", "--", "sh", "-c", "readlink /proc/$$/fd/[0-2]; cat"],
                           env=self.home.env, stdin=stdin, stdout=stdout, stderr=stdout, check=True, timeout=60)
            stdout.seek(0)
            for _ in range(3):
                self.assertRegex(stdout.readline(), rb"^pipe:")
            self.assertEqual(stdout.read(), data)
        with open(path, "r+b") as both:
            done = subprocess.run([self.program, "exec", "-u", "root", "wsl", "--", "python3", "-c",
                                   "import os; os.fchmod(0, 0o777); os.ftruncate(0, 0)"], env=self.home.env,
                                  stdin=both, capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertEqual((os.path.getsize(path), os.stat(path).st_mode & 0o111), (len(data), 0))

    def test_killed_exec_takes_its_command_only(self):
        proc = subprocess.Popen([self.program, "exec", "wsl", "--", "sh", "-c", "echo $$; exec sleep 1000"],
                                env=self.home.env, stdout=subprocess.PIPE, text=True)
        pid = proc.stdout.readline().strip()
        proc.kill()
        proc.wait()
        proc.stdout.read()  # the command's end of the pipe closes when it dies
        proc.stdout.close()
        self.netdojo("exec", "wsl", "--", "sh", "-c", f"! kill -0 {pid} 2>/dev/null || test -z \"$(cat /proc/{pid}/cmdline)\"")

    def test_terminal(self):
        pid, master = pty.fork()
        if pid == 0:
            os.execve(self.program, [self.program, "exec", "wsl", "--", "sh", "-c",
                                     "stty size; trap 'stty size; exit 5' WINCH; echo ready; while :; do read x; done"],
                      self.home.env)
        before = termios.tcgetattr(master)
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 111, 0, 0))
        shown = self.read_until(master, "ready")
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 44, 122, 0, 0))
        shown += self.read_until(master, None)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 5)
        self.assertIn("44 122", shown)
        self.assertEqual(termios.tcgetattr(master)[:4], before[:4])
        os.close(master)

    def read_until(self, fd, word):
        shown = ""
        while word is None or word not in shown:
            ready, _, _ = select.select([fd], [], [], 30)
            self.assertTrue(ready, f"no {word!r} in {shown!r}")
            try:
                more = os.read(fd, 4096).decode(errors="replace")
            except OSError:
                more = ""
            if not more:
                return shown
            shown += more
        return shown

    def test_capture(self):
        path = os.path.join(self.home.path, "lab.pcapng")
        proc = subprocess.Popen([self.program, "capture", "wsl", "windows:eth0", "-w", path], env=self.home.env,
                                stderr=subprocess.PIPE, text=True)
        while not (os.path.exists(path) and os.path.getsize(path)):
            self.assertIsNone(proc.poll(), "the capture ended by itself")
        self.netdojo("exec", "wsl", "--", "ping", "-c1", "8.8.8.8")
        proc.send_signal(signal.SIGINT)
        proc.communicate(timeout=20)
        self.assertEqual(proc.returncode, 0)
        with open(path, "rb") as f:
            data = f.read()
        self.assertEqual(data[:4], b"\x0a\x0d\x0d\x0a")
        self.assertIn(b"eth0", data)
        self.assertIn(b"windows", data)
        self.assertGreater(len(data), 400)

    def test_a_refused_capture_leaves_the_file(self):
        path = os.path.join(self.home.path, "lab.pcapng")
        with open(path, "w", encoding="utf-8") as f:
            f.write("of before")
        self.netdojo("capture", "nosuch", "-w", path, code=2)
        self.netdojo("capture", "wsl:eth9", "-w", path, code=2)
        with open(path, encoding="utf-8") as f:
            self.assertEqual(f.read(), "of before")

    def test_capture_ends_with_the_lab(self):
        path = os.path.join(self.home.path, "lab.pcapng")
        proc = subprocess.Popen([self.program, "capture", "wsl", "-w", path], env=self.home.env, stderr=subprocess.DEVNULL)
        while not (os.path.exists(path) and os.path.getsize(path)):
            self.assertIsNone(proc.poll(), "the capture ended by itself")
        self.netdojo("down")
        self.assertEqual(proc.wait(20), 0)

    def test_down_leaves_nothing(self):
        self.netdojo("down")
        self.assertEqual(children(os.getpid()) - self.spaces, set())
        self.assertEqual(self.home.sockets(), [])


rig.main()
