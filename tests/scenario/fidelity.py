#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/fidelity.md has a line for each point of sections 1 to 6, names tests that are there, and lists the normalisations there are."""
import os
import re
import unittest

from normalise import NORMALISATIONS

SOURCE = os.environ["NETDOJO_SOURCE"]
POINTS = {1: 9, 2: 10, 3: 5, 4: 4, 5: 4, 6: 4}  # section: its last point
MARKS = {"exact", "imitated", "missing", "exact or refused"}


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as f:
        return f.read()


def rows(text):
    """Those of a part's tables, without their heads."""
    found = [[c.strip() for c in line[1:-1].split("|")] for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [row for row in found if row[-1] not in ("test", "why", "how")]


def is_test(name):
    """A word of the last column: mode_nat, lua_config, windows_guide, unit test_ports, netns impair."""
    kind, _, rest = name.partition("_") if name.startswith(("lua_", "windows_")) else ("", "", name)
    if kind == "lua":
        return f" {rest} " in read("tests/lua/lua.cmake").replace(")", " ").replace("(t ", "(t  ") or name == "lua_windows"
    words = rest.split()
    if words[0] in ("unit", "netns"):
        return any(words[1] in f for f in os.listdir(os.path.join(SOURCE, "tests", words[0])))
    return os.path.exists(os.path.join(SOURCE, "tests/scenario", rest + ".py"))


class Fidelity(unittest.TestCase):
    def setUp(self):
        self.text = read("docs/fidelity.md")
        self.parts = re.split(r"(?m)^## ", self.text)

    def test_every_point_has_a_row(self):
        for section, last in POINTS.items():
            (part,) = [p for p in self.parts if p.startswith(f"{section}. ")]
            points = [m[1] for row in rows(part) if (m := re.match(r"(\d\.\d+) ", row[0]))]
            self.assertEqual(points, [f"{section}.{n}" for n in range(1, last + 1)])
            for row in rows(part):
                self.assertEqual(len(row), 4, row)
                self.assertIn(row[1], MARKS, row)

    def test_tests_are_there(self):
        named = 0
        for part in self.parts:
            for row in rows(part) if re.match(r"[1-6]\. ", part) else []:
                if row[1] not in MARKS or row[1] == "missing":
                    continue
                tests = [t for t in row[3].split(", ") if t != "the mode tests"]
                self.assertTrue(tests, row)
                for t in tests:
                    named += 1
                    self.assertTrue(is_test(t), f"{row[0]}: no test {t}")
        self.assertGreater(named, 50)

    def test_normalisations(self):
        (part,) = [p for p in self.parts if p.startswith("What is compared")]
        self.assertEqual(len(rows(part)), len(NORMALISATIONS))
        self.assertLessEqual(len(NORMALISATIONS), 10)


if __name__ == "__main__":
    unittest.main()
