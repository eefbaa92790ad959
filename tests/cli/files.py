#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The man page and the completion files in the tree are what the option tables make of them."""
import os
import shutil
import subprocess
import unittest

import rig

FILES = {"man": "man/netdojo.1", "bash": "man/completions/netdojo.bash", "zsh": "man/completions/_netdojo",
         "fish": "man/completions/netdojo.fish"}


def read(form):
    with open(os.path.join(rig.SOURCE, FILES[form]), encoding="utf-8") as f:
        return f.read()


class Files(unittest.TestCase):
    maxDiff = None

    def test_are_made_from_the_tables(self):
        for form in FILES:
            made = subprocess.run([rig.FAKE, "--dump", form], capture_output=True, text=True, check=True).stdout
            self.assertEqual(read(form), made, f"run: cmake --build BUILD --target cli-files ({form})")

    def test_name_every_option_of_help(self):
        commands = [line.split()[0] for line in subprocess.run(
            [rig.FAKE, "help"], capture_output=True, text=True, check=True, env={"LANG": "C"}).stdout.split(
                "Commands:")[1].split("\n\n")[0].strip().splitlines()]
        self.assertGreater(len(commands), 10)
        for command in commands:
            text = subprocess.run([rig.FAKE, "help", command], capture_output=True, text=True, check=True,
                                  env={"LANG": "C"}).stdout
            options = {w.strip(",") for line in text.split("Options:")[1].split("\n\n")[0].splitlines()
                       for w in line.split()[:2] if w.startswith("--")}
            self.assertIn("--help", options)
            for option in options:
                self.assertIn(option, read("bash").split(f"[{command}]='")[1].split("'")[0].split())
                self.assertIn(f"'__netdojo_in {command}' -l {option[2:]}", read("fish"))
                self.assertRegex(read("zsh").split(f"_netdojo_{command}()")[1].split("\n}")[0],
                                 rf"'\*?{option}=?\[")
                if option not in ("--help", "--lang"):
                    self.assertIn(f"Fl -{option[2:]}", read("man").split(f'.Ss "{command}"')[1].split(".Ss")[0])

    def test_man_page_is_clean(self):
        if not shutil.which("mandoc"):
            self.skipTest("mandoc is not installed")
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "style", os.path.join(rig.SOURCE, FILES["man"])],
                              capture_output=True, text=True, check=False)
        # what other manuals this machine has is not ours to lint
        said = [line for line in (done.stdout + done.stderr).splitlines()
                if "outdated mandoc.db" not in line and "referenced manual not found" not in line]
        self.assertEqual(said, [])

    def test_completions_are_valid(self):
        for shell in ("bash", "zsh", "fish"):
            if shutil.which(shell):
                subprocess.run([shell, "-n", os.path.join(rig.SOURCE, FILES[shell])], check=True)


rig.main()
