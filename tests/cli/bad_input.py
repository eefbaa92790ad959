#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every bad input: one line that says the mend, the exit code as designed, nothing left behind."""
import os

import rig

WRONG = [
    ([], ["netdojo list"]),
    (["plya"], ["'plya'", "'play'"]),
    (["frobnicate"], ["netdojo help"]),
    (["--frob"], ["netdojo help"]),
    (["help", "upp"], ["'up'"]),
    (["up"], ["ID is missing", "Usage"]),
    (["up", "a", "b"], ["'b'", "Usage"]),
    (["up", "fine-on"], ["'fine-on'", "'fine-one'"]),
    (["up", "fine"], ["'fine-one'"]),
    (["up", "zzz"], ["netdojo list"]),
    (["up", ""], ["''"]),
    (["up", "../fake/fine-one"], ["../fake/fine-one", "No such file"]),
    (["up", "/etc"], ["not a scenario"]),
    (["up", "no-such.lua"], ["no-such.lua", "No such file"]),
    (["up", "fine-one", "--helthy"], ["'--healthy'"]),
    (["up", "fine-one", "--lab", "Bad_Name"], ["'Bad_Name'", "a-z"]),
    (["up", "fine-one", "--lab"], ["needs NAME"]),
    (["up", "fine-one", "--format", "yaml"], ["human, json"]),
    (["map", "--format", "svg"], ["text, ascii, flat, dot, mermaid, json"]),
    (["map", "--lang", "fr"], ["en, ja"]),
    (["down", "--all", "--lab", "x"], ["--all"]),
    (["down", "fine-one"], ["'fine-one'", "Use --lab fine-one"]),
    (["grade", "fine-one"], ["Use --lab fine-one"]),
    (["capture", "wsl"], ["-w"]),
    (["log", "--kind", "packets"], ["'packet'"]),
    (["play"], ["ID is missing"]),
    (["play", "fine-one", "--script", "/no/such"], ["/no/such", "No such file"]),
    (["play", "fine-one", "--pace", "fast"], ["'fast'", "--pace"]),
    (["up", "fine-one", "--tree"], ["needs DIR"]),
    (["up", "fine-one", "--json=x"], ["takes no value"]),
    (["check", "--jobs", "0"], ["--jobs", "from 1"]),
    (["list", "layr:L3"], ["'layer:L3'"]),
    (["list", "layer:L7"], ["L2.5"]),
    (["show"], ["ID is missing"]),
    (["show", "fine-on"], ["'fine-one'"]),
    (["diagnose"], ["LAYER is missing"]),
    (["--dump", "pdf"], ["man, bash, zsh, fish"]),
]


class BadInput(rig.CliTest):
    def test_wrong_lines(self):
        for args, words in WRONG:
            with self.subTest(args=args):
                self.one_line_error(*args, code=2, words=words)
        self.assertEqual(self.home.attempts(), [])
        self.assertEqual(self.home.sockets(), [])

    def test_control_characters_do_not_reach_the_terminal(self):
        said = self.one_line_error("up", "a\033[31m\nb", code=2)
        self.assertNotIn("\033", said)

    def test_state_folder_that_is_not_ours(self):
        os.symlink("/tmp", os.path.join(self.home.run_dir, "netdojo"))
        self.one_line_error("ps", code=3, words=["link", "XDG_RUNTIME_DIR"])
        self.one_line_error("up", "fine-one", code=3, words=["link"])
        os.unlink(os.path.join(self.home.run_dir, "netdojo"))

    def test_open_state_folder(self):
        folder = os.path.join(self.home.run_dir, "netdojo")
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        self.one_line_error("ps", code=3, words=["chmod 700"])
        os.chmod(folder, 0o700)

    def test_no_home(self):
        self.one_line_error("up", "fine-one", code=3, words=["HOME"], env={"HOME": "", "XDG_STATE_HOME": ""})

    def test_state_home_that_can_not_be_written(self):
        self.one_line_error("up", "fine-one", code=3, words=["/proc/nd", "XDG_STATE_HOME"],
                            env={"XDG_STATE_HOME": "/proc/nd"})
        self.assertEqual(self.home.sockets(), [])

    def test_half_an_installation(self):
        self.one_line_error("doctor", code=3, words=["netdojo-doctor", "install it again"])
        self.one_line_error("list", code=3, words=["netdojo-script"])

    def test_output_that_can_not_be_written(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("/dev/full is not there")
        import subprocess
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([self.program, "ps", "--json"], stdout=full, stderr=subprocess.PIPE,
                                  env=self.home.env, check=False, text=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("standard output", done.stderr)


rig.main()
