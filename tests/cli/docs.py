#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of decisions names every page of them, and nothing else, by its title."""
import os
import re
import unittest

FOLDER = os.path.join(os.environ["NETDOJO_SOURCE"], "docs", "decisions")


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
        return f.read()


class Decisions(unittest.TestCase):
    def test_list(self):
        pages = sorted(name for name in os.listdir(FOLDER) if name.endswith(".md") and name != "README.md")
        listed = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", read("README.md"), re.MULTILINE)
        self.assertEqual([page for _, _, page in listed], pages)
        for number, title, page in listed:
            self.assertEqual(int(number), int(page[:4]), page)
            self.assertIn(title, read(page).split("\n", 1)[0], page)


unittest.main()
