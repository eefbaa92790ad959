#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A tunnel inside WSL: both ends, that it comes and goes with WSL, and that eth0's MTU follows the least of Windows'."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import WSLCONFIG, Lab, by, engine_takes, node  # noqa: E402

problems = 0


def want(what, got, wanted):
    global problems
    if got != wanted:
        problems += 1
        print(f"{what}: {got!r}, not {wanted!r}")


def ends(lab):
    found = {}
    for n in lab.model["nodes"]:
        for i in n["ifaces"]:
            if i["name"] == "tailscale0":
                found[n["name"]] = i
    return found


def life():
    with Lab("wsl2.nat { tailnet = {} }") as lab:
        engine_takes(lab.model)
        both = ends(lab)
        want("ends", sorted(both), ["peer", "wsl"])
        want("carried", [both[n]["carried"] for n in both], [True, True])
        want("MTU", [both[n]["mtu"] for n in both], [1280, 1280])
        want("found at", [n for n in both if both[n].get("endpoint")], ["peer"])
        want("Windows has none", [i["name"] for i in node(lab.model, "windows")["ifaces"]], ["eth0", "vEthernet"])
        names = [n["name"] for n in lab.model["nodes"]]
        want("WSL's links first", names[-2:], ["wsl", "peer"])
        rules = [(r["priority"], r["table"]) for r in node(lab.model, "wsl")["rules"]]
        want("rules", rules, [(5210, 254), (5230, 253), (5270, 52)])
        peer = node(lab.model, "peer")
        inside = by(peer["ifaces"], "name", "lo")["addresses"][0]["cidr"]
        want("route", [r["dst"] for r in node(lab.model, "wsl")["routes"] if r.get("table") == 52], [inside])
        want("name", by(lab.model["services"], "name", "internet-dns")["config"]["records"]["build.tailnet.example"], {"A": [inside[:-3]]})
        lab.must("wsl.shutdown")
        engine_takes(lab.model)
        want("gone", ends(lab), {})
        want("segment", [g["name"] for g in lab.model["segments"] if g["name"] == "tailnet"], [])
        want("the peer stays", [i["name"] for i in node(lab.model, "peer")["ifaces"]], ["eth0", "lo"])
        want("no way back", [r["dst"] for r in node(lab.model, "peer")["routes"]], ["default"])
        lab.must("wsl.start")
        engine_takes(lab.model)
        want("again", sorted(ends(lab)), ["peer", "wsl"])
        want("in this order", [n["name"] for n in lab.model["nodes"]], names)


def modes():
    with Lab("wsl2.nat { tailnet = { mtu = 1200, on_windows = true } }") as lab:
        for mode in ("mirrored", "none", "bridged", "nat"):
            lab.files["windows", WSLCONFIG] = f"[wsl2]\nnetworkingMode={mode}\n"
            lab.must("wsl.shutdown")
            lab.must("wsl.start")
            engine_takes(lab.model)
            effective = lab.windows["wsl"]["networkingMode"]
            want(f"ends in {effective}", len(ends(lab)), 0 if effective == "none" else 2)


def mtu():
    with Lab("wsl2.nat { tailnet = { on_windows = true } }",
             'lab:windows("interface.set", { InterfaceAlias = "Tailscale", set = { NlMtu = 1280 } })') as lab:
        engine_takes(lab.model)

        def eth0():
            return by(node(lab.model, "wsl")["ifaces"], "name", "eth0").get("mtu", 1500)

        want("Windows' least", eth0(), 1280)
        lab.must("interface.set", InterfaceAlias="Tailscale", set={"NlMtu": 1400})
        want("follows", eth0(), 1400)
        lab.must("adapter.set", Name="Tailscale", Status="Disabled")
        engine_takes(lab.model)
        want("without it", eth0(), 1500)
        want("the tunnel's own", ends(lab)["wsl"]["mtu"], 1280)


def refused():
    for bad in ("{ mtu = 'x' }", "{ windows = true }"):
        try:
            Lab(f"wsl2.nat {{ tailnet = {bad} }}").__exit__()
            want(bad, "taken", "refused")
        except SystemExit:
            pass


life()
modes()
mtu()
refused()
print(f"tailnet: {problems} problems")
sys.exit(1 if problems else 0)
