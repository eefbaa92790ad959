#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Help texts as golden files, both languages; make them anew with NETDOJO_GOLDEN=write."""
import os
import unittest

import rig

GOLDEN = os.path.join(rig.SOURCE, "tests", "cli", "golden")


class Help(rig.CliTest):
    maxDiff = None

    def compare(self, name, text):
        path = os.path.join(GOLDEN, name)
        if os.environ.get("NETDOJO_GOLDEN") == "write":
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        with open(path, encoding="utf-8") as f:
            self.assertEqual(f.read(), text, name)

    def test_overview(self):
        for lang in ("en", "ja"):
            self.compare(f"help.{lang}.txt", self.netdojo("help", "--lang", lang).stdout)

    def test_commands(self):
        for command in ("up", "exec", "play", "grade"):
            for lang in ("en", "ja"):
                self.compare(f"help-{command}.{lang}.txt", self.netdojo("help", command, "--lang", lang).stdout)

    def test_every_way_to_ask(self):
        text = self.netdojo("help", "up").stdout
        self.assertEqual(self.netdojo("up", "--help").stdout, text)
        self.assertEqual(self.netdojo("up", "-h", "whatever").stdout, text)
        self.assertEqual(self.netdojo("--help").stdout, self.netdojo("help").stdout)
        self.assertEqual(self.netdojo("-h").stdout, self.netdojo("help").stdout)

    def test_language_of_the_locale(self):
        ja = self.netdojo("help", "--lang", "ja").stdout
        self.assertEqual(self.netdojo("help", env={"LANG": "ja_JP.UTF-8"}).stdout, ja)
        self.assertEqual(self.netdojo("help", env={"LC_MESSAGES": "ja_JP.UTF-8"}).stdout, ja)
        self.assertNotEqual(self.netdojo("help", env={"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}).stdout, ja)

    def test_no_line_is_too_wide(self):
        names = [line.split()[0] for line in self.netdojo("--complete", "command").stdout.splitlines()]
        for name in names:
            for line in self.netdojo("help", name).stdout.splitlines():
                if not line.startswith(("  netdojo", "  tar", "Usage")):
                    self.assertLessEqual(len(line), 80, f"{name}: {line}")

    def test_version(self):
        self.assertRegex(self.netdojo("--version").stdout, r"^netdojo \d+\.\d+\.\d+\n$")

    def test_no_colour_in_a_pipe(self):
        self.assertNotIn("\033", self.netdojo("help", "up").stdout)


unittest.TestLoader.sortTestMethodsUsing = None
rig.main()
