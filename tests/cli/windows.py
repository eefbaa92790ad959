# SPDX-License-Identifier: GPL-2.0-or-later
"""netdojo-windows against an init played in Python: what Lua gets of the machine, the prompt, Ctrl-C, line ends, limits."""
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import unittest

import windows_rig
from windows_rig import Node, Window

PROMPT = "PS C:\\Users\\learner> "
HISTORY = "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"
NONCE = "0123456789abcdef0123456789abcdef"


class WindowsTest(unittest.TestCase):
    def setUp(self):
        self.node = Node()
        self.node.answers["windows.read"] = {"value": "eth0"}
        self.windows = []

    def tearDown(self):
        for w in self.windows:
            w.close()
        self.node.close()

    def line(self, text, **more):
        return self.node.run("--", text, **more)

    def said(self, text, **more):
        got = self.line(text, **more)
        self.assertEqual((got.returncode, got.stderr), (0, b""), got)
        return got.stdout.decode()

    def window(self, **more):
        w = Window(self.node, **more)
        self.windows.append(w)
        w.see(PROMPT.rstrip())
        return w


class Asking(WindowsTest):
    def test_an_answer(self):
        self.assertEqual(self.said("ask links"), "eth0\n")
        self.assertEqual(self.node.asked[0]["what"], "links")

    def test_an_empty_list_stays_a_list(self):
        self.node.answers["windows.change"] = {"result": {}}
        self.said("list")
        self.assertEqual(self.node.asked[0]["args"]["ServerAddresses"], [])

    def test_an_error_is_raised_with_its_name(self):
        for code, name in (("NotFound", "NotFound"), (2, "Failed")):
            self.node.answers["windows.read"] = {"error": {"message": "there is none", "code": code}}
            got = self.line("ask links")
            self.assertEqual((got.returncode, got.stderr.decode()), (1, f"error: {name} there is none\n"))

    def test_no_lab(self):
        self.node.listener.close()
        os.unlink(os.path.join(self.node.root, "run", "netdojo.sock"))
        got = self.line("ask links")
        self.assertIn(b"error: Failed The lab does not answer", got.stderr)
        self.assertEqual(got.returncode, 1)


class Interrupt(WindowsTest):
    def interrupted(self, text, ready=None):
        """SIGINT while it runs ends it within a moment, raised in Lua."""
        p = self.node.start("--", text)
        try:
            end = time.monotonic() + 10
            while ready and not ready() and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(0.5)
            self.assertIsNone(p.poll())
            began = time.monotonic()
            p.send_signal(signal.SIGINT)
            out, err = p.communicate(timeout=10)
            self.assertLess(time.monotonic() - began, 2)
            self.assertEqual((p.returncode, out, err), (130, b"^C was raised\n", b""), text)
        finally:
            p.kill()
            p.communicate()

    def test_wherever_it_is(self):
        self.node.answers["windows.read"] = None
        for text in ("loop", "pipeline", "sleep 60", "ask links", "lines sleep 60", "cat"):
            with self.subTest(text):
                self.interrupted(text)

    def test_the_next_question_gets_its_own_answer(self):
        self.node.answers["windows.read"] = None
        w = self.window()
        w.type("ask links\r")
        end = time.monotonic() + 10
        while not self.node.asked and time.monotonic() < end:
            w.read(0.05)
        at = w.type("\x03")
        at = w.see(PROMPT, w.see("^C was raised", at))
        self.node.answers["windows.read"] = {"value": "second"}
        w.type("ask links\r")
        w.see("second", at)

    def test_at_the_prompt_it_drops_the_line(self):
        w = self.window()
        w.type("sleep 60")
        w.see("sleep 60")
        at = w.type("\x03")
        at = w.see(PROMPT, w.see("^C", at))
        w.type("ask links\r")
        w.see("eth0\r\n" + PROMPT, at)

    def test_the_prompt_survives(self):
        w = self.window()
        at = w.type("loop\r")
        w.see("loop\r\n", at)
        time.sleep(0.2)
        at = w.type("\x03")
        w.see(PROMPT, w.see("^C was raised", at))
        w.type("exit 3\r")
        self.assertEqual(w.end(), 3)


class Output(WindowsTest):
    def test_crlf_for_wsl_alone(self):
        got = self.node.run("--interop", "--", "/mnt/c/x.exe", "ask", "links")
        self.assertEqual(got.stdout, b"/mnt/c/x.exe\r\n2 ask|links\r\nC:\\Users\\learner\r\neth0\r\n")
        self.assertEqual(self.line("ask links").stdout, b"eth0\n")
        got = self.node.run("--interop", "--", "/mnt/c/x.exe", "nothing")
        self.assertEqual((got.stderr, got.returncode), (b"unknown: nothing\r\n", 1))

    def test_the_folder_it_is_called_from(self):
        for cwd, folder in (("/mnt/c/Users", "C:\\Users"), ("/home/learner", "C:\\Windows"), ("C:\\", "C:\\")):
            got = self.node.run("--interop", "--cwd", cwd, "--", "x.exe", "ask", "links")
            self.assertEqual(got.stdout.decode().splitlines()[2], folder)

    def test_standard_input_by_lines(self):
        self.assertEqual(self.said("cat", given="a\r\nb\nlast"), "<a>\n<b>\n<last>\n")

    def test_who_reads_no_more_ends_it(self):
        p = self.node.start("--", "lines yes")
        p.stdout.readline()
        p.stdout.close()
        self.assertEqual(p.wait(timeout=20), -signal.SIGPIPE)
        p.stdin.close()
        p.stderr.close()

    def test_wrong_words(self):
        for words in (["-x"], ["--interop"], ["--"], ["--", "a", "b"], ["--interop", "--"]):
            got = self.node.run(*words)
            self.assertEqual(got.returncode, 2, words)
            self.assertIn(b"usage: netdojo-windows", got.stderr)


class Limits(WindowsTest):
    def test_memory_is_an_error(self):
        got = self.line("eat")
        self.assertEqual((got.returncode, got.stderr), (1, b"error: not enough memory\n"))


class Programs(WindowsTest):
    def test_lines_as_they_come_in_a_coroutine(self):
        self.assertEqual(self.said("lines echo a; printf 'b\\r\\nc'; exit 4"), "[a]\n[b]\n[c]\n[status 4]\n")

    def test_given_input(self):
        self.assertEqual(self.said("upper some words"), "[SOME WORDS]\n")

    def test_own_streams_and_status(self):
        got = self.line("run cat; echo err >&2; exit 5", given="in")
        self.assertEqual((got.returncode, got.stdout, got.stderr), (5, b"in", b"err\n"))

    def test_a_missing_one(self):
        self.assertEqual(self.said("missing"), "nil\n")


class Continuing(WindowsTest):
    """The real prompt: what a line leaves open goes on in the next."""

    def setUp(self):
        super().setUp()
        self.program = windows_rig.PROGRAM
        windows_rig.PROGRAM = os.path.join(windows_rig.BUILD, "libexec", "netdojo", "netdojo-windows")

    def tearDown(self):
        windows_rig.PROGRAM = self.program
        super().tearDown()

    def test_a_pasted_here_string(self):
        w = self.window()
        at = w.type('@"\r[wsl2]\r\rn=$(1+1)\r"@ | Set-Content w.txt\r')
        w.see(PROMPT, w.see(">> ", at))
        at = w.type("'so' + 'on'\r")
        w.see("soon", at)
        with open(os.path.join(self.node.home, "w.txt"), encoding="utf-8") as f:
            self.assertEqual(f.read(), "[wsl2]\n\nn=2\n")

    def test_a_backtick(self):
        w = self.window()
        at = w.type("Write-Output `\r")
        at = w.see(">> ", at)
        w.type("('a' + 'b')\r")
        w.see("ab\r\n", at)


class Wsl(WindowsTest):
    def test_streams_are_passed(self):
        got = self.line("wsl tr a-z A-Z", given="through\n")
        self.assertEqual((got.returncode, got.stdout), (0, b"THROUGH\n"))
        self.assertEqual(self.node.asked[0]["tty"], [False, False, False])

    def test_status_and_warnings(self):
        self.node.answers["warnings"] = ["wsl: one", "wsl: two"]
        got = self.line("wsl true")
        self.assertEqual(got.returncode, 0)
        self.assertEqual(got.stderr, b"wsl: one\nwsl: two\n")
        self.assertEqual(self.line("wsl false").returncode, 1)

    def test_lines_to_a_pipeline(self):
        self.assertEqual(self.said("wslines cat"), "[given]\nstatus 0\n")

    def test_on_the_terminal(self):
        w = self.window()
        at = w.type("wsl cat\r")
        w.see("cat\r\n", at)
        at = w.type("typed\r")
        at = w.see("typed\r\ntyped\r\n", at)
        w.type("\x04")
        w.see(PROMPT, at)
        self.assertEqual(self.node.asked[-1]["tty"], [True, True, True])


class Files(WindowsTest):
    def test_by_windows_paths(self):
        self.assertEqual(self.said("files").splitlines(), [
            "C:\\Users\\learner\\A\\b 12", "One.txt 2", "C:\\Users\\learner\\A\\b\\One.txt", "NotFound",
            "InvalidArgument", "The system cannot find the path specified.", "nil"])


    def test_what_is_made_is_everybodys(self):
        self.assertEqual(self.said("mode new.txt new").splitlines(), ["0000", "666 0", "777 0"])
        self.assertEqual(os.stat(os.path.join(self.node.home, "new.txt")).st_mode & 0o777, 0o666)


class Notepad(WindowsTest):
    """Editors are scripts of the test's, first in PATH."""

    def editors(self, *names):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder, True)
        for tool in ("unshare", "sh", "bash", "chroot", "mount", "env"):
            os.symlink(shutil.which(tool), os.path.join(folder, tool))
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(f'#!/bin/sh\necho "[{name} runs]"; echo text >"$1"\n')
            os.chmod(path, 0o755)
        return folder

    def edited(self, name, **env):
        w = self.window(env=env)
        at = w.type(f"edit {name}\r")
        return w, at

    def test_the_callers_own(self):
        folder = self.editors("mine", "other")
        w, at = self.edited("a.txt", VISUAL=f"{folder}/mine", EDITOR=f"{folder}/other")
        w.see("edited", w.see("[mine runs]", at))
        self.assertNotIn(":wq", w.screen)
        self.assertTrue(os.path.exists(os.path.join(self.node.home, "a.txt")))

    def test_nano_before_vi(self):
        w, at = self.edited("a.txt", PATH=self.editors("nano", "vi"))
        w.see("edited", w.see("[nano runs]", at))
        self.assertNotIn(":wq", w.screen)

    def test_vi_says_how_to_leave_and_waits(self):
        for lang, words in (("en", "saves and leaves"), ("ja", "保存して終了")):
            w, at = self.edited("a.txt", PATH=self.editors("vi"), LANGUAGE=lang)
            w.see(words, w.see(":wq Enter" if lang == "en" else "vi", at))
            self.assertNotIn("[vi runs]", w.screen[at:])
            w.type("\r")
            w.see("edited", w.see("[vi runs]", at))

    def test_ctrl_c_before_it_opens(self):
        w, at = self.edited("a.txt", PATH=self.editors("vi"))
        w.see(":wq Enter", at)
        w.type("\x03")
        w.see(PROMPT, w.see("^C was raised", at))
        self.assertNotIn("[vi runs]", w.screen)

    def test_windows_words(self):
        w, at = self.edited("no\\such.txt")
        at = w.see("nil The system cannot find the path specified.", at)
        w.type("edit C:\\Users\r")
        w.see("nil Access is denied.", at)


class Prompt(WindowsTest):
    def test_utf8_and_editing(self):
        w = self.window()
        w.type("ask 日本\x7f語\r")
        w.see("eth0")
        self.assertEqual(self.node.asked[0]["what"], "日語")

    def test_history_in_its_file(self):
        path = os.path.join(self.node.home, HISTORY)
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as f:
            f.write("ask before\n")
        w = self.window()
        w.type("\x1b[A")
        w.see("ask before")
        at = w.type("\r")
        at = w.see(PROMPT, w.see("eth0", at))
        w.type("ask now\r")
        w.see(PROMPT, w.see("eth0", at))
        with open(path, encoding="utf-8") as f:
            self.assertEqual(f.read(), "ask before\nask before\nask now\n")

    def test_completion(self):
        w = self.window()
        w.type("get-n\t")
        w.see("Get-NetR")
        at = w.type("\t")
        w.see("Get-NetRoute", at)
        w.see("Get-NetRule", at)
        at = w.type("o\t")
        w.see("ute", at)
        at = w.type("\x15日\t")
        w.see("本語", at)

    def test_ctrl_d_ends_it(self):
        w = self.window()
        w.type("\x04")
        self.assertEqual(w.end(), 0)

    def test_ctrl_d_before_the_prompt_ends_it(self):
        for early, late in (("\x04", ""), ("\x04", "\x04"), ("ask x\n\x04", "")):
            with self.subTest(early):
                w = Window(self.node)
                self.windows.append(w)
                w.type(early)
                if late:
                    w.see(PROMPT.rstrip())
                    os.write(w.master, late.encode())
                self.assertEqual(w.end(), 0)
                self.assertEqual("eth0" in w.screen, "ask" in early)

    def test_ctrl_space_is_no_end(self):
        w = self.window()
        w.type("\0ask x\r")
        w.see("eth0")
        w.type("\0\x04")
        self.assertEqual(w.end(), 0)

    def test_lines_from_a_pipe(self):
        got = self.node.run(given="ask a\nask b\n")
        self.assertEqual(got.stdout.decode(), f"{PROMPT}eth0\n{PROMPT}eth0\n{PROMPT}")


class Marks(WindowsTest):
    def test_around_prompts_and_commands(self):
        w = self.window(env={"TERM_MARKS": NONCE, "X": "y"})
        w.see(f"\x1b]133;B;aid={NONCE}\a")
        self.assertIn(f"\x1b]133;A;aid={NONCE}\a", w.screen)
        at = w.type("unknown; 1\r")
        at = w.see(f"\x1b]633;E;unknown\\x3b 1;{NONCE}\a\x1b]133;C;t=", at)
        at = w.see("\x1b]133;D;1;t=", at)
        at = w.see(f";aid={NONCE}\a\x1b]633;P;Cwd=C:\\\\Users\\\\learner;{NONCE}\a", at)
        w.see(PROMPT.rstrip(), at)
        at = w.type("env\r")
        w.see("nil en y", at)
        at = w.type("ask `\r")
        at = w.see(">> ", at)
        w.type("links\r")
        at = w.see(f"E;ask links;{NONCE}", at)

    def test_the_times_of_a_command_are_when_it_ran(self):
        w = self.window(env={"TERM_MARKS": NONCE, "X": "y"})
        w.see(f"\x1b]133;B;aid={NONCE}\a")
        before = time.monotonic()
        at = w.type("unknown\r")
        w.see(f"\x1b]133;B;aid={NONCE}\a", at)
        began, ended = (float(t) for t in re.findall(r"\x1b\]133;(?:C|D;1);t=([0-9.]+);aid=", w.screen[at:]))
        self.assertEqual([before, began, ended], sorted([before, began, ended]))
        self.assertLessEqual(ended, time.monotonic())

    def test_nobody_else_reads_the_signature(self):
        w = self.window(env={"TERM_MARKS": NONCE, "X": "y"})
        w.see(f"\x1b]133;B;aid={NONCE}\a")
        with open(f"/proc/{w.pid}/environ", encoding="utf-8") as f:
            environ = f.read()
        self.assertIn("X=y", environ)
        self.assertNotIn(NONCE, environ)

    def test_none_without_a_reader(self):
        w = self.window()
        at = w.type("ask x\r")
        w.see(PROMPT, w.see("eth0", at))
        self.assertNotIn("\x1b]133", w.screen)


if __name__ == "__main__":
    if not windows_rig.can_unshare():
        print("user namespaces can't be made here")
        sys.exit(77)
    unittest.main()
