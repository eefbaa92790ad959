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


def meanwhile():
    """A timed part works on the model of its moment: after what somebody did at the Windows side, and while WSL is stopped."""
    fault = ('local wsl, windows = lab:node("wsl"), lab:node("windows")\n'
             'lab:after(0.2, function() wsl:iface("eth0"):set { mtu = 1300 } windows:sysctl("net.ipv4.ip_default_ttl", 64) end)')
    with Script() as s:
        s.load(GOOD.replace(OLD, fault))
        s.ask("fault")
        answer = {"result": {"ok": True, "exists": False}}
        s.ask("windows", op="nat.add", args={"Name": "n", "InternalIPInterfaceAddressPrefix": "10.0.0.0/8"})
        done = s.ask("windows", answer=lambda _: answer, op="wsl.shutdown", args={})
        s.ask("windows.done", undo=done["undo"])
        model = s.recv().get("model", {"nodes": [], "windows": {"nat": []}})
    names = {n["name"]: n for n in model["nodes"]}
    ttl = [x["value"] for x in names.get("windows", {}).get("sysctls", []) if x["name"].endswith("default_ttl")]
    return [n["Name"] for n in model["windows"]["nat"]] == ["n"] and "wsl" not in names and ttl == ["64"]


def ttl_of(model):
    windows = next(n for n in model["nodes"] if n["name"] == "windows")
    return [x["value"] for x in windows["sysctls"] if x["name"].endswith("default_ttl")][0]


def nats(model):
    return [n["Name"] for n in model["windows"]["nat"]]


def quiet(script, seconds):
    """True when nothing comes for that long."""
    script.sock.settimeout(seconds)
    try:
        script.recv()
        return False
    except TimeoutError:
        return True
    finally:
        script.sock.settimeout(60)


def unsettled(verdict):
    """While the kernel has not taken an operation, what comes due waits; then it builds on what stands."""
    fault = 'lab:after(0.05, function(l) l:node("windows"):sysctl("net.ipv4.ip_default_ttl", 64) end)'
    with Script() as s:
        s.load(GOOD.replace(OLD, fault))
        s.ask("fault")
        first = s.ask("windows", op="nat.add", args={"Name": "n", "InternalIPInterfaceAddressPrefix": "10.0.0.0/8"})
        if not quiet(s, 0.3) or s.notices:
            return False
        if verdict == "next":
            s.ask("windows", op="nat.remove", args={"Name": "none"})
        else:
            s.ask("windows." + verdict, undo=first["undo"])
        model = s.notices[0]["model"] if s.notices else s.recv()["model"]
    return ttl_of(model) == "64" and nats(model) == ([] if verdict == "undo" else ["n"])


def main():
    for verdict in ("done", "undo", "next"):
        if not unsettled(verdict):
            print(f"a timed part did not wait for an operation that ends with {verdict}")
            return 1
    if not meanwhile():
        print("a timed part undid what was done, or failed on a stopped WSL")
        return 1
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
