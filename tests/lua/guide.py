#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/writing-scenarios.md: its scenario loads, its errors are the real ones, and with formats/course.md it names all that the
editor's types do."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from script_peer import SOURCE, Script, read  # noqa: E402

GUIDE = read(os.path.join(SOURCE, "docs/writing-scenarios.md"))
COURSE = read(os.path.join(SOURCE, "docs/formats/course.md"))
TYPES = read(os.path.join(SOURCE, "lua/types/netdojo.lua"))
SMALLEST = re.search(r"```lua\n(return scenario .*?)```", GUIDE, re.S)[1]

# Slips a table of the guide shows with what is printed: text to replace, by what.
SLIPS = [
    ("symptoms =", "symptons ="), ("points = 20 }", "points = 25 }"), ("step.gateway_seen", "step.gatway_seen"),
    ('no-default-route", at', 'no-defualt-route", at'), (":remove_route(", ":remove_rout("),
    ('lab:node("wsl"):remove', 'io.open("x") lab:node("wsl"):remove'),
]


def message(text):
    """What loading, or else the fault, says is wrong; None for nothing."""
    with Script() as script:
        answer = script.load(text, file="my-no-route.lua")
        if "error" not in answer:
            answer = script.ask("fault")
        return answer.get("error", {}).get("message")


def errors(problems):
    if message(SMALLEST) is not None:
        problems.append(f"the smallest scenario: {message(SMALLEST)}")
    for right, wrong in SLIPS:
        said = message(SMALLEST.replace(right, wrong))
        if right not in SMALLEST or not said or f"`{said}`" not in GUIDE:
            problems.append(f"'{wrong}' is answered '{said}', which the guide does not show")


def fields():
    """(class, field) of every class of the types, common ones of their parents left to these."""
    current = None
    for line in TYPES.splitlines():
        if m := re.match(r"---@class (netdojo[\w.]*)", line):
            current = m[1]
        elif m := re.match(r"---@field (\w+)\??\s", line):
            yield current, m[1]


def names(problems):
    code = " ".join(re.findall(r"`[^`\n]+`", GUIDE + COURSE))
    for cls, field in fields():
        if not re.search(rf"\b{field}\b", code):
            problems.append(f"{cls}: '{field}' is not in the guide")
    for owner, member in re.findall(r"^function ([\w.]+)[.:](\w+)\(", TYPES, re.M):
        owner = owner.replace("netdojo_", "")
        if not re.search(rf"\b{owner}[.:]{member}\b", code):
            problems.append(f"{owner}:{member} is not in the guide")
    for owner, member in re.findall(r"\b(probe|step|node|lab|iface|service|seed)[.:](\w+)", code):
        if owner in ("probe", "step") and f"function {owner}.{member}(" not in TYPES and member not in ("NAME", "KIND", "gatway_seen"):
            problems.append(f"the guide names {owner}.{member}, which is not there")
        if owner in ("node", "lab", "iface", "service", "seed") and f"netdojo_{owner}:{member}(" not in TYPES:
            problems.append(f"the guide names {owner}:{member}, which is not there")


def main():
    problems = []
    for test in (errors, names):
        test(problems)
    for p in problems:
        print(p)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
