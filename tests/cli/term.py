# SPDX-License-Identifier: GPL-2.0-or-later
"""The terminal host on a real terminal: size, UTF-8, TERM, raw mode, Ctrl-D, notices, recordings, typing."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest

import term_rig
from term_rig import Lab, Person

PROMPT = term_rig.PROMPT
GRADE, QUIT, LOST, PAUSE, RESET = 80, 81, 82, 83, 84


class TermTest(unittest.TestCase):
    def setUp(self):
        self.lab = Lab()
        self.person = None

    def tearDown(self):
        if self.person:
            self.person.close()
        self.lab.close()

    def sit(self, *options, **more):
        self.person = Person(self.lab, *options, **more)
        return self.person

    def at_prompt(self, *options, **more):
        person = self.sit(*options, **more)
        person.see(PROMPT)
        return person


class Relay(TermTest):
    def test_size_at_the_start_and_when_it_changes(self):
        person = self.at_prompt(size=(30, 111))
        person.run("stty size", "30 111")
        term_rig.set_size(person.master, 40, 99)
        os.killpg(person.process.pid, signal.SIGWINCH)
        person.run("stty size", "40 99")

    def test_utf8_and_wide_text_untouched(self):
        person = self.at_prompt()
        person.run("echo 日本語と絵文字🐧 | od -An -c | head -1; echo 'あ'日本語", "あ日本語\r\n")
        self.assertEqual(self.lab.commands(1)[0]["text"],
                         "echo 日本語と絵文字🐧 | od -An -c | head -1; echo 'あ'日本語")

    def test_commands_reach_the_log(self):
        person = self.at_prompt("--session", "main", "--node", "wsl")
        person.run("(exit 3)", "")
        person.run("echo out; echo \"$((40+2))\"", "42")
        person.type("exit\r")
        self.assertEqual(person.end(), 0)
        first, second, last = self.lab.commands()
        self.assertEqual((first["text"], first["exit"]), ("(exit 3)", 3))
        self.assertEqual((second["output"], second["exit"], second["node"]), ("out\n42\n", 0, "wsl"))
        self.assertEqual((last["text"], last["exit"]), ("exit", -1))
        self.assertLessEqual(second["started"], second["ended"])
        whats = [e["what"] for e in self.lab.events if e["kind"] == "session"]
        self.assertEqual(whats, ["open", "close"])

    def test_a_long_paste_arrives_whole(self):
        person = self.at_prompt()
        person.type("cat > got\r")
        lines = "".join(f"line {i} {'x' * 60}\n" for i in range(3000))
        person.type(lines.replace("\n", "\r"))
        person.type("\x04")
        person.see(PROMPT, person.see("line 2999 x+"))
        with open(os.path.join(self.lab.home, "got"), encoding="utf-8") as got:
            self.assertEqual(got.read(), lines)

    def test_the_shells_own_status(self):
        person = self.at_prompt()
        person.type("exit 7\r")
        self.assertEqual(person.end(), 7)

    def test_a_missing_shell_is_an_error(self):
        person = self.sit("--shell", "csh")
        self.assertEqual(person.end(), 2)
        self.assertIn("No hooks for the shell 'csh'", person.screen)


class Prompt(TermTest):
    def test_node_and_time_in_every_shell(self):
        for shell in ("bash", "zsh", "fish", "sh"):
            if not shutil.which(shell):
                continue
            with self.subTest(shell):
                self.lab.played = 75 * 60
                person = self.sit("--shell", shell)
                at = person.see(r"\[wsl 75:\d\d\]")
                person.prompt = r"[$#%>] " # zsh's ends in % for all but root
                person.see(person.prompt, at)
                plain = "set -g NETDOJO_PROMPT plain" if shell == "fish" else "NETDOJO_PROMPT=plain"
                person.run(plain, "")
                self.lab.commands(1)
                mark = len(person.screen)
                person.run("env | grep -c SEAT", "0\r\n")
                self.assertEqual(self.lab.commands(2)[-1]["output"], "0\n")
                self.assertNotIn("[wsl", person.screen[mark:])
                self.tearDown()
                self.setUp()


class Terminal(TermTest):
    def test_raw_while_it_runs_and_restored_after(self):
        person = self.at_prompt()
        self.assertTrue(person.is_raw())
        person.type("exit\r")
        person.end()
        self.assertTrue(person.restored())

    def test_restored_after_signals_and_crashes(self):
        for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGSEGV, signal.SIGABRT):
            with self.subTest(sig):
                person = self.at_prompt()
                self.assertTrue(person.is_raw())
                person.process.send_signal(sig)
                self.assertNotEqual(person.end(), 0)
                self.assertTrue(person.restored())
                self.tearDown()
                self.setUp()

    def test_restored_when_the_lab_dies(self):
        person = self.at_prompt()
        self.lab.die()
        self.assertEqual(person.end(), LOST)
        self.assertTrue(person.restored())
        self.assertIn("The lab is gone", person.screen)

    def test_a_terminal_only_the_caller_knows(self):
        if not shutil.which("tic"):
            self.skipTest("tic (package ncurses-bin) is missing")
        source = subprocess.run(["infocmp", "xterm-256color"], capture_output=True, text=True, check=True).stdout
        with open(os.path.join(self.lab.home, "src"), "w", encoding="utf-8") as out:
            out.write("\n".join(["ndterm|a test's own,"] + source.split("\n")[2:]))
        own = os.path.join(self.lab.home, ".terminfo")
        subprocess.run(["tic", "-x", "-o", own, os.path.join(self.lab.home, "src")], check=True,
                       capture_output=True)
        with open(glob.glob(own + "/*/ndterm")[0], "rb") as entry:
            compiled = entry.read()
        shutil.move(own, self.lab.home + "-terminfo")
        try:
            person = self.at_prompt(env={"TERM": "ndterm", "TERMINFO": self.lab.home + "-terminfo"})
            env = self.lab.execs[0]["env"]
            self.assertEqual(env["TERM"], "ndterm")
            self.assertEqual(term_rig.terminfo_of(env["TERMINFO"]), compiled)
            person.run("tput colors", "256")
        finally:
            shutil.rmtree(self.lab.home + "-terminfo")

    def test_a_known_terminal_needs_nothing(self):
        self.at_prompt()
        self.assertNotIn("TERMINFO", self.lab.execs[0]["env"])


class Windows(TermTest):
    def test_the_prompt_of_a_windows_node(self):
        person = self.at_prompt("--node", "windows")
        req = self.lab.execs[0]
        self.assertEqual((req["powershell"], req["argv"], req["files"]), (True, [], []))
        self.assertRegex(req["env"]["TERM_MARKS"], "^[0-9a-f]{32}$")
        person.run("echo $((40+2))", "42")
        told = self.lab.commands(1)[0]
        self.assertEqual((told["node"], told["text"], told["output"]), ("windows", "echo $((40+2))", "42\n"))

    def test_shells_within_are_told_by_their_nodes(self):
        person = self.at_prompt("--node", "windows")
        shells = self.lab.execs[0]["shells"]
        self.assertRegex(shells["windows"]["env"]["TERM_MARKS"], "^[0-9a-f]{32}/windows$")
        for f in shells["wsl"]["files"]:
            path = self.lab.here(f["path"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as out:
                out.write(f["content"])
        inner = " ".join(self.lab.here(a) for a in shells["wsl"]["argv"])
        person.run(inner, "")
        person.run("echo in$((1+1))", "in2")
        person.run("exit", "exit")
        person.run("echo out", "out")
        self.assertEqual([(e["node"], e["text"]) for e in self.lab.commands(4)],
                         [("wsl", "echo in$((1+1))"), ("wsl", "exit"), ("windows", inner), ("windows", "echo out")])

    def stopped(self, *options):
        person = self.at_prompt("--play", *options)
        at = len(person.screen)
        self.lab.stop_node(self.lab.pids[0])
        at = person.see(r"\[process exited with code 1 \(0x00000001\)\]\r\n", at)
        return person, at

    def test_wsl_stops_and_the_window_goes_on(self):
        person, at = self.stopped()
        at = person.see(PROMPT, person.see("This is the Windows prompt: wsl opens it again", at))
        self.assertEqual([r["node"] for r in self.lab.execs], ["wsl", "windows"])
        person.run("echo still here", "still here")
        self.assertEqual(self.lab.commands(1)[0]["node"], "windows")
        self.assertTrue(person.is_raw())
        person.type("exit\r")
        person.see(r"Grade the work and end [\s\S]*\[y/p/N\] ", at)
        person.type("y\r")
        self.assertEqual(person.end(), GRADE)
        told = [(e["what"], e["node"]) for e in self.lab.events if e["kind"] == "session"]
        self.assertEqual(told, [("open", "wsl"), ("close", "wsl"), ("open", "windows"), ("close", "windows")])

    def test_it_says_so_in_japanese(self):
        person, at = self.stopped("--lang", "ja")
        person.see("WSL が停止しました。", at)

    def test_warnings_of_a_start(self):
        self.lab.warnings = ["wsl: something odd"]
        person = self.at_prompt()
        self.assertIn("wsl: something odd\r\n", person.screen)

    def test_typed_lines_go_to_their_nodes(self):
        path = os.path.join(self.lab.home, "lines")
        with open(path, "w", encoding="utf-8") as f:
            f.write("cd /tmp\nPS> cd /usr\npwd\nPS> pwd\n")
        person = self.sit("--type", path)
        self.assertEqual(person.end(), 0)
        self.assertEqual([(e["node"], e["text"], e["output"]) for e in self.lab.commands(4)],
                         [("wsl", "cd /tmp", ""), ("windows", "cd /usr", ""), ("wsl", "pwd", "/tmp\n"),
                          ("windows", "pwd", "/usr\n")])
        self.assertEqual(len(self.lab.execs), 2)

    def test_a_typed_line_after_a_shutdown_gets_a_new_shell(self):
        path = os.path.join(self.lab.home, "lines")
        with open(path, "w", encoding="utf-8") as f:
            f.write("kill -9 $$\nPS> echo between\necho again\n")
        person = self.sit("--type", path)
        person.end()
        self.assertEqual([r["node"] for r in self.lab.execs], ["wsl", "windows", "wsl"])
        self.assertEqual(self.lab.commands(3)[-1]["text"], "echo again")

    def test_no_line_is_typed_at_a_shell_that_is_being_shut_down(self):
        path = os.path.join(self.lab.home, "lines")
        self.lab.shut_down_at(1)
        with open(path, "w", encoding="utf-8") as f:
            f.write("old=1\nPS> cd; : > shutdown; cat told\necho old=$old\n")
        person = self.sit("--type", path)
        person.end()
        self.assertEqual([r["node"] for r in self.lab.execs], ["wsl", "windows", "wsl"])
        last = self.lab.commands(3)[-1]
        self.assertEqual((last["text"], last["output"], last["exit"]), ("echo old=$old", "old=\n", 0))


class WrongWindow(TermTest):
    CASES = (("Get-NetNat", "opens its prompt\r\n"), ("ipconfig", "ipconfig.exe runs it from here"))

    def told(self, shell, error):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is missing")
        person = self.sit("--shell", shell)
        person.see("[$#%>] ")
        for n, (command, line) in enumerate(self.CASES):
            at = len(person.screen)
            person.type(command + "\r")
            at = person.see(re.escape(error % command) + "\r\n", at)
            person.see(f"{command} is a Windows command: `dojo windows` .*{line}", at)
            self.assertEqual(self.lab.commands(n + 1)[n]["exit"], 127)
        person.type("get-no-such\r")
        self.assertNotIn("Windows", self.lab.commands(3)[2]["output"])

    def test_bash(self):
        self.told("bash", "bash: %s: command not found")

    def test_zsh(self):
        self.told("zsh", "zsh: command not found: %s")

    def test_fish(self):
        self.told("fish", "fish: Unknown command: %s")

    def test_in_japanese(self):
        person = self.at_prompt("--lang", "ja")
        person.run("netsh", "netsh は Windows のコマンドです。`dojo windows` でプロンプトが開きます。")


class Play(TermTest):
    def test_ctrl_d_by_mistake(self):
        person = self.at_prompt("--play")
        person.type("\x04")
        at = person.see(r"Grade the work and end \(y\), pause [\s\S]*\s\[y/p/N\] ")
        person.type("n\r")
        person.see(PROMPT, at)
        person.run("echo still here", "still here")
        person.type("\x04")
        person.see(r"\[y/p/N\] ", at)
        person.type("y\r")
        self.assertEqual(person.end(), GRADE)
        self.assertTrue(person.restored())

    def test_ctrl_d_to_pause(self):
        person = self.at_prompt("--play")
        person.type("\x04")
        person.see(r"\[y/p/N\] ")
        person.type("p\r")
        self.assertEqual(person.end(), PAUSE)

    def test_asks_in_japanese(self):
        person = self.at_prompt("--play", "--lang", "ja")
        person.type("\x04")
        person.see(r"採点して終わりますか")

    def test_notices_end_the_session(self):
        for word, code in (("grade", GRADE), ("quit", QUIT), ("pause", PAUSE), ("reset", RESET)):
            with self.subTest(word):
                person = self.at_prompt("--play")
                self.lab.send({"session": word})
                self.assertEqual(person.end(), code)
                self.assertTrue(person.restored())
                self.tearDown()
                self.setUp()


    def test_a_full_screen_program_left_behind(self):
        person = self.at_prompt("--play")
        at = person.type(r"printf '\033[?1049h\033[?1000h%s' up; cat" + "\r")
        person.see("\x1b\\[\\?1049h\x1b\\[\\?1000hup", at or 0)
        at = len(person.screen)
        self.lab.send({"session": "reset"})
        self.assertEqual(person.end(), RESET)
        self.assertIn("\x1b[?1000l", person.screen[at:])
        self.assertIn("\x1b[?1049l", person.screen[at:])


class NobodyTypes(TermTest):
    def host(self, data, *options):
        fd = self.lab.theirs.fileno()
        done = subprocess.run([term_rig.TERM, "--fd", str(fd), *options], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, pass_fds=[fd], timeout=60, check=False,
                              env={"HOME": self.lab.home, "PATH": os.environ["PATH"], "TERM": "xterm"})
        return done.returncode

    def test_the_shell_ends_at_end_of_file(self):
        for shell in ("bash", "sh"):
            with self.subTest(shell):
                self.assertEqual(self.host("", "--shell", shell), 0)
                self.tearDown()
                self.setUp()

    def test_play_ends_in_the_grade(self):
        self.assertEqual(self.host("", "--play"), GRADE)

    def test_commands_from_a_pipe(self):
        self.assertEqual(self.host("echo one > got\ncat >> got\n"), 0)
        self.assertEqual([c["text"] for c in self.lab.commands()[:2]], ["echo one > got", "cat >> got"])


class Recording(TermTest):
    def casts(self):
        return sorted(glob.glob(os.path.join(self.lab.home, "*.cast")))

    def test_an_asciicast(self):
        person = self.at_prompt("--record", self.lab.home, size=(20, 70))
        person.run("echo 録画", "録画")
        person.type("exit\r")
        person.end()
        with open(self.casts()[0], encoding="utf-8") as cast:
            head, *events = [json.loads(line) for line in cast]
        self.assertEqual((head["version"], head["width"], head["height"]), (2, 70, 20))
        self.assertEqual([e[0] for e in events], sorted(e[0] for e in events))
        self.assertLessEqual({e[1] for e in events}, {"o", "r"})
        shown = "".join(e[2] for e in events if e[1] == "o")
        self.assertIn("録画", shown)
        self.assertNotIn("aid=", shown)
        self.assertNotIn(self.lab.execs[0]["files"][0]["content"].split("__nd_nonce=")[1][:32], shown)

    def test_a_second_session_has_its_own_file(self):
        person = self.at_prompt("--record", self.lab.home)
        person.type("exit\r")
        person.end()
        second = Lab()
        again = Person(second, "--record", self.lab.home, "--session", "two")
        again.see(PROMPT)
        again.type("exit\r")
        again.end()
        again.close()
        second.close()
        self.assertEqual(len(self.casts()), 2)

    def test_asciinema_takes_it(self):
        if not shutil.which("asciinema"):
            self.skipTest("asciinema is not installed")
        person = self.at_prompt("--record", self.lab.home)
        person.run("echo to be seen", "to be seen")
        person.type("exit\r")
        person.end()
        shown = subprocess.run(["script", "-qec", f"asciinema cat {self.casts()[0]}", "/dev/null"], text=True,
                               capture_output=True, check=True, stdin=subprocess.DEVNULL).stdout
        self.assertIn("to be seen", shown)


class Typing(TermTest):
    def script(self, text):
        path = os.path.join(self.lab.home, "script")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def test_types_and_waits_for_each_prompt(self):
        person = self.sit("--type", self.script("# a comment\necho one\n\nsleep 0.2; echo two\nfalse\n"))
        self.assertEqual(person.end(), 0)
        self.assertEqual([(c["text"], c["output"], c["exit"]) for c in self.lab.commands()],
                         [("echo one", "one\n", 0), ("sleep 0.2; echo two", "two\n", 0), ("false", "", 1)])
        self.assertRegex(person.screen.replace("\x1b[00m", ""), r"[$#] echo one\r+\n")

    def test_quiet_shows_nothing(self):
        person = self.sit("--quiet", "--type", self.script("echo one\n"))
        self.assertEqual(person.end(), 0)
        self.assertEqual(person.screen, "")
        self.assertEqual(len(self.lab.commands()), 1)

    def test_a_pace(self):
        person = self.sit("--pace", "5", "--type", self.script("echo 日本\n"))
        self.assertEqual(person.end(), 0)
        self.assertEqual(self.lab.commands()[0]["output"], "日本\n")

    def test_a_hanging_command_is_interrupted(self):
        person = self.sit("--timeout", "0.3", "--type", self.script("sleep 30\necho on\n"))
        self.assertEqual(person.end(), 0)
        self.assertEqual([c["exit"] for c in self.lab.commands()], [130, 0])

    def test_play_ends_in_the_grade(self):
        person = self.sit("--play", "--type", self.script("echo one\n"))
        self.assertEqual(person.end(), GRADE)


if __name__ == "__main__":
    unittest.main()
