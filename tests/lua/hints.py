#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every scenario has three hints, in both languages, and none types the mend."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from script_peer import Script, read, scenario_paths  # noqa: E402

WANTED = 3
# Said by itself it is no mend: what was written before it is.
RESTART = ("wsl --shutdown", "wsl --terminate")


def text_of(line):
    return line if isinstance(line, str) else line["line"]


def mends(run):
    """The lines after the answer, but for the last, which proves."""
    lines = [text_of(line) for line in run]
    after = next((i for i, line in enumerate(lines) if "dojo diagnose" in line), len(lines)) + 1
    plain = [line.removeprefix("wsl -u root ").removeprefix("wsl ").removeprefix("sudo ") for line in lines[after:-1]]
    return [line for line in plain if not line.startswith(RESTART) and "hostname" not in line]


def beginning(line):
    """A command and its first words: enough to be typed on, too much to be in a question's words."""
    return " ".join(line.split()[:4])


def check(scenario, meta, hints, problems):
    if len(hints) != WANTED:
        problems.append(f"{scenario}: {len(hints)} hints")
    for n, hint in enumerate(hints):
        if not hint["en"].strip() or not hint["ja"].strip() or hint["en"] == hint["ja"]:
            problems.append(f"{scenario}: hint {n + 1} is not in both languages")
        for run in [meta["solution"], *meta["alternatives"]]:
            for line in mends(run):
                if len(line.split()) > 2 and any(beginning(line) in hint[lang] for lang in ("en", "ja")):
                    problems.append(f"{scenario}: hint {n + 1} types the mend: {line}")


def main():
    problems, n = [], 0
    for path in sorted(scenario_paths()):
        with Script() as script:
            meta = script.load(read(path), seed="check")["meta"]
            for variant in ["", *meta.get("variants", [])]:
                with Script() as own:
                    mine = own.load(read(path), seed="check", variant=variant)["meta"]
                    hints = [own.ask("hint", n=i + 1)["text"] for i in range(mine["hints"])]
                    check(f"{mine['id']} {variant}".strip(), mine, hints, problems)
                    n += 1
    for p in problems:
        print(p)
    return 1 if problems or n < 33 else 0


if __name__ == "__main__":
    sys.exit(main())
