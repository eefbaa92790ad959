#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Drawings on terminals of all kinds: a box character one column wide, two, one that does not say; and none at all."""
import os
import pty
import select
import time
import unittest

import rig

QUESTION = b"\x1b[6n"
PATIENCE = 60
SHOW = 'stty -g; "$0" show l2-no-default-route; stty -g'


def sit(env, column, cols):
    """What a shell on a terminal wrote that says, when it is asked, that its cursor is in that column."""
    pid, master = pty.fork()
    if pid == 0:
        os.execvpe("sh", ["sh", "-c", f"stty cols {cols} rows 50; {SHOW}", rig.REAL], env)
    seen, said, until = b"", False, time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not select.select([master], [], [], 1)[0]:
            continue
        try:
            seen += os.read(master, 65536)
        except OSError:
            break
        if column and not said and QUESTION in seen:
            said = True
            os.write(master, f"\x1b[1;{column}R".encode())
    os.waitpid(pid, 0)
    os.close(master)
    return seen.decode()


class Screen(rig.CliTest):
    program = rig.REAL

    def show(self, column=None, cols=80, **env):
        text = sit({**self.home.env, "TERM": "xterm-256color", **env}, column, cols)
        lines = text.replace("\r", "").strip().split("\n")
        self.assertEqual(lines[0], lines[-1], "the terminal's modes are not as before")
        return text

    def test_one_column(self):
        text = self.show(2)
        self.assertIn("┌─", text)
        self.assertIn("\x1b[1m", text)

    def test_two_columns(self):
        text = self.show(3)
        self.assertNotIn("┌", text)
        self.assertRegex(text, r"\+-+\+")

    def test_no_answer(self):
        text = self.show()
        self.assertIn(QUESTION.decode(), text)
        self.assertNotIn("┌", text)

    def test_said_by_hand(self):
        text = self.show(NETDOJO_AMBIGUOUS="1")
        self.assertNotIn(QUESTION.decode(), text)
        self.assertIn("┌─", text)

    def test_dumb_and_no_utf8(self):
        for env in ({"TERM": "dumb"}, {"LANG": "C"}):
            text = self.show(**env)
            self.assertNotIn(QUESTION.decode(), text)
            self.assertNotIn("┌", text)
        self.assertNotIn("\x1b", self.show(TERM="dumb"))

    def test_accessible(self):
        text = self.show(NETDOJO_ACCESSIBLE="1")
        self.assertRegex(text, r"wsl eth0 [\d./]+ by WSL virtual switch")
        self.assertNotIn("┌", text)
        self.assertNotIn(QUESTION.decode(), text)

    def test_narrow(self):
        lines = self.show(2, 60, NO_COLOR="1").replace("\r", "\n").split("\n")
        box = [line for line in lines if set(line) & set("┌│└├")]
        self.assertGreater(len(box), 10)
        self.assertLessEqual(max(map(len, box)), 60)


if __name__ == "__main__":
    unittest.main()
