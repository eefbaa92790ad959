# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs of real labs, read and joined as netdojo's grade has them (engine/evidence/join.c)."""
import json
import os

SLACK = 0.25
JOINED = ("exec", "packet", "change", "file", "socket", "flow")


def windows_of(events):
    """When each command ran, widened by what a mark may be late, never over its neighbour in the same session."""
    out = []
    for e in events:
        if e["kind"] != "command":
            continue
        started, ended = e.get("started", e["t"]), e.get("ended", e["t"])
        me = {"node": e.get("node", ""), "session": e.get("session", ""), "seq": e["seq"], "started": started, "from": started - SLACK, "to": ended + SLACK}
        for before in reversed(out):
            if (before["session"], before["node"]) == (me["session"], me["node"]):
                me["from"] = max(me["from"], before["to"] - SLACK)
                before["to"] = min(before["to"], me["from"])
                break
        out.append(me)
    return out


def join(events):
    commands = windows_of(events)
    for e in events:
        if e["kind"] not in JOINED or "cause" in e or e.get("by") == "lab":
            continue
        around = [c for c in commands if c["from"] <= e["t"] <= c["to"] and c["node"] == e.get("node", "")]
        if around:
            e["cause"] = max(around, key=lambda c: c["started"])["seq"]
    return events


def read_log(folder):
    with open(os.path.join(folder, "events.jsonl"), encoding="utf-8") as f:
        return join([json.loads(line) for line in f if line.strip()])
