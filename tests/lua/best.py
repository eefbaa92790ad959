#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The reference's way: each item of each rubric is served by a line of the solution, and every line stands at its place."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from script_peer import Script, read, scenario_paths  # noqa: E402

KINDS = {"look", "try", "change", "answer", "hint", "check"}


def text_of(line):
    return line if isinstance(line, str) else line["line"]


def check(name, meta, answer, problems):
    way, items = answer["path"]["best"], {i["id"]: i for i in answer["items"]}
    if [e["text"] for e in way] != [text_of(line) for line in meta["solution"]]:
        problems.append(f"{name}: the way is not the solution")
    served = {item for e in way for item in e["items"]}
    for item in items.values():
        # Care is what was not done, and nothing done is nothing harmed.
        if item["id"] not in served and item["group"] != "care" and (item["group"] != "mend" or meta["truth"]):
            problems.append(f"{name}: no line of the solution is for {item['id']}")
        lesson = item["lesson"]
        if not lesson["text"]["en"] or not lesson["text"]["ja"]:
            problems.append(f"{name}: {item['id']} teaches nothing")
        if item["group"] == "observe" and not lesson["commands"]:
            problems.append(f"{name}: {item['id']} has no command of a professional")
    if served - set(items):
        problems.append(f"{name}: lines for items that are none: {served - set(items)}")
    answered = [e["kind"] for e in way].index("answer")
    for n, e in enumerate(way):
        if e["kind"] not in KINDS or (e["kind"] == "change") != (answered < n < len(way) - 1 and e["kind"] != "check"):
            problems.append(f"{name}: line {n + 1} is a {e['kind']}: {e['text']}")


def main():
    problems, n = [], 0
    for path in sorted(scenario_paths()):
        text = read(path)
        with Script() as script:
            variants = script.load(text, seed="check")["meta"].get("variants", [])
        for variant in ["", *variants]:
            with Script() as script:
                meta = script.load(text, seed="check", variant=variant)["meta"]
                check(f"{meta['id']} {variant}".strip(), meta, script.ask("score", events=[]), problems)
                n += 1
    for p in problems:
        print(p)
    return 1 if problems or n < 33 else 0


if __name__ == "__main__":
    sys.exit(main())
