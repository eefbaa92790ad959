#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A fault's timed parts come as notices with the changed model, in order, without anyone asking."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from script_peer import SOURCE, Script, read  # noqa: E402

GOOD = read(os.path.join(SOURCE, "scenarios/l2/l2-no-default-route/scenario.lua"))
OLD = 'lab:node("wsl"):remove_route("default")'


def mtu(notice):
    wsl = next(n for n in notice["model"]["nodes"] if n["name"] == "wsl")
    return next(i for i in wsl["ifaces"] if i["name"] == "eth0").get("mtu")


def main():
    fault = ('lab:after(0.06, function(l) l:node("wsl"):iface("eth0"):set { mtu = 1300 } end)\n'
             'lab:after(0.03, function(l) l:node("wsl"):iface("eth0"):set { mtu = 1400 }\n'
             '  lab:after(0.06, function() error("late") end) end)')
    with Script() as s:
        s.load(GOOD.replace(OLD, fault))
        first = s.ask("fault")
        got = [s.recv(), s.recv(), s.recv()]
        after = s.ask("causes")
    said = [mtu(first), mtu(got[0]), mtu(got[1])]
    if said != [None, 1400, 1300]:
        print(f"models: {said}")
        return 1
    if "late" not in got[2]["error"]["message"] or not after.get("causes"):
        print(f"a failing timed part: {got[2]}, then {after}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
