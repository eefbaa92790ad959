#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mirrored mode as models: what refuses it, what it makes of Windows' routes and addresses, and that it leaves nothing behind."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import WSL, WSLCONFIG, Lab, by, engine_takes, node, service, touched  # noqa: E402

FALLBACK = "Falling back to NAT networking."


def not_supported(why):
    return [f"wsl: Mirrored networking mode is not supported: {why}.", FALLBACK]


# topology's keys, mode in effect, warnings of a start
STARTS = [
    ("", "mirrored", []),
    ("ipv6 = false", "mirrored", []),
    ("windows = { registry = { DisabledComponents = 255 } }", "nat", not_supported(
        "IPv6 is disabled on the host in an unsupported way (HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip6\\Parameters DisabledComponents=0xff)")),
    ("windows = { registry = { DisabledComponents = 32 } }", "mirrored", []),
    ("windows = { version = '10.0.22000.2538' }", "nat", not_supported("Windows version 22000.2538 does not have the required features")),
    ("windows = { version = '10.0.22621.2361' }", "mirrored", []),
    ("windows = { registry = { HyperVFirewallDisable = 1 } }", "nat", not_supported("Windows version 26100.4061 does not have the required features")),
    ("wsl = { kernel = '5.4.72-microsoft-standard-WSL2' }", "nat", not_supported("Linux Kernel version 5.10 or newer is required")),
    ("wsl = { kernel = '5.15.153.1-microsoft-standard-WSL2' }", "mirrored", []),
    ("windows = { services = { FSE = 'Disabled' } }", "none",
     ["wsl: Failed to configure network (networkingMode Mirrored), falling back to networkingMode None."]),
]
NAT_ONLY = "wsl: The wsl2.localhostForwarding setting has no effect when using mirrored networking mode"
# Windows' operations, and what WSL's eth0 and routes have then: (destination, gateway, metric), addresses' keys.
ETH = {"InterfaceAlias": "Ethernet"}
FOLLOWS = [
    ([("address.add", {**ETH, "IPAddress": "10.9.8.7", "PrefixLength": 24})], [("10.9.8.0/24", None, 281)], [], {"10.9.8.7/24": {}}),
    ([("address.add", {**ETH, "IPAddress": "10.9.8.7"})], [], ["10.9.8.7/32"], {"10.9.8.7/32": {"broadcast": "10.9.8.7"}}),
    ([("address.add", {**ETH, "IPAddress": "169.254.8.7", "PrefixLength": 16})], [("169.254.0.0/16", None, 281)], [],
     {"169.254.8.7/16": {"scope": "link"}}),
    ([("address.add", {**ETH, "IPAddress": "2001:db8:9::7", "PrefixLength": 64})], [("2001:db8:9::/64", None, 281)], [],
     {"2001:db8:9::7/64": {"nodad": True}}),
    ([("route.add", {**ETH, "DestinationPrefix": "10.50.0.0/16", "NextHop": "192.168.1.7", "RouteMetric": 5})],
     [("10.50.0.0/16", "192.168.1.7", 30), ("192.168.1.7/32", None, 30)], [], {}),
    ([("route.add", {**ETH, "DestinationPrefix": "10.60.0.0/16", "RouteMetric": 5})], [("10.60.0.0/16", None, 30)], [], {}),
    ([("route.add", {**ETH, "DestinationPrefix": "224.9.0.0/16"})], [], ["224.9.0.0/16"], {}),
    ([("route.add", {**ETH, "DestinationPrefix": "0.0.0.0/1", "NextHop": "192.168.1.7", "RouteMetric": 65535})],
     [("0.0.0.0/1", "192.168.1.7", 65535)], [], {}),
    ([("interface.set", {**ETH, "set": {"InterfaceMetric": 50}})], [("default", "192.168.1.1", 50), ("192.168.1.1/32", None, 50),
     ("192.168.1.0/24", None, 306), ("default", "fe80::1", 306)], [], {}),
    ([("interface.set", {**ETH, "set": {"NlMtu": 1279}})], [("192.168.1.0/24", None, 281)], ["fe80::/64", "fe80::1/128"], {}),
    ([("adapter.set", {"Name": "Ethernet", "Status": "Disabled"})], [], ["192.168.1.0/24", "default", "fe80::/64"], {}),
]

problems = 0


def problem(fmt, *args):
    global problems
    problems += 1
    print(fmt % args)


def restart(lab, text=None):
    if text is not None:
        lab.files["windows", WSLCONFIG] = text
    lab.must("wsl.shutdown")
    return lab.must("wsl.start")["warnings"]


def check_starts():
    for keys, mode, warnings in STARTS:
        with Lab(f"wsl2.mirrored {{ {keys} }}") as lab:
            models, first = [lab.model], lab.windows["wsl"]["networkingMode"]
            got = restart(lab)
            models.append(lab.model)
            if (first, lab.windows["wsl"]["networkingMode"], lab.model["mode"]) != (mode, mode, mode) or got != warnings:
                problem("%s: %s, %s", keys, lab.windows["wsl"]["networkingMode"], got)
            why = engine_takes(models)
            if why:
                problem("%s: the engine says %s", keys, why)


def check_follows():
    for ops, there, gone, addresses in FOLLOWS:
        with Lab("wsl2.mirrored {}") as lab:
            models = [lab.model]
            for op, args in ops:
                if op == "interface.set" and args["set"].get("NlMtu", 1500) < 1280:  # Windows refuses it beside an IPv6 address
                    own = node(lab.model, "windows")["ifaces"][0]["addresses"][1]["cidr"].split("/")[0]
                    lab.must("address.remove", **ETH, IPAddress=own)
                lab.must(op, **args)
                models.append(lab.model)
            guest = node(lab.model, "wsl")
            routes = {(r["dst"], r.get("via"), r.get("metric")) for r in guest["routes"] if r.get("table", 254) == 254}
            eth0 = {a["cidr"]: a for a in by(guest["ifaces"], "name", "eth0")["addresses"]}
            for r in there:
                if r not in routes:
                    problem("%s: no %s in %s", ops, r, sorted(routes, key=str))
            if {r[0] for r in routes} & set(gone):
                problem("%s: %s should not be in %s", ops, gone, sorted(routes, key=str))
            if not all(r.get("protocol") == "kernel" for r in guest["routes"]):
                problem("%s: a route of another protocol", ops)
            for cidr, keys in addresses.items():
                if {**eth0.get(cidr, {}), **keys, "cidr": cidr, "noprefixroute": True} != eth0.get(cidr):
                    problem("%s: %s is %s", ops, cidr, eth0.get(cidr))
            why = engine_takes(models)
            if why:
                problem("%s: the engine says %s", ops, why)


def check_faults_stay():
    """What a fault did by hand outlives an operation on something else."""
    with Lab("wsl2.mirrored {}", fault='lab:node("wsl"):remove_route("default"); lab:node("wsl"):sysctl("net.ipv4.conf.all.rp_filter", "1")') as lab:
        lab.must("address.add", **ETH, IPAddress="10.9.8.7", PrefixLength=24)
        guest = node(lab.model, "wsl")
        if any(r["dst"] == "default" and not r.get("ipv6") for r in guest["routes"]):
            problem("a default route came back")
        if by(guest["sysctls"], "name", "net.ipv4.conf.all.rp_filter")["value"] != "1":
            problem("rp_filter was set back")
        if not any(r["dst"] == "10.9.8.0/24" for r in guest["routes"]):
            problem("a new address' route is missing")


def check_switching():
    """From mode to mode and back: the same as before, and all of Windows' end with it."""
    with Lab("wsl2.nat {}") as lab:
        restart(lab, "")
        models, first = [lab.model], lab.model
        for mode, says in (("mirrored", [NAT_ONLY]), ("mirrored", [NAT_ONLY]), ("none", []), ("mirrored", [NAT_ONLY]), ("nat", [])):
            got = restart(lab, f"[wsl2]\nnetworkingMode={mode}\nlocalhostForwarding=true\n")
            models.append(lab.model)
            if got != says:
                problem("%s says %s", mode, got)
            switch = by(lab.windows["interfaces"], "dev", "vEthernet")
            if (mode == "mirrored") != (switch is None) or (mode == "mirrored") != (service(lab.model, "windows-dns-proxy") is None):
                problem("%s: the switch is %s", mode, switch)
            if bool(lab.model.get("switch_ruleset")) != (mode == "mirrored"):
                problem("%s: the switch's rules", mode)
        why = engine_takes(models)
        if why:
            problem("the engine says %s", why)
        restart(lab, "")
        left = touched(first, lab.model) - {"windows.sysctls", "windows.rules", "windows.neighs", "W.services", "W.processes"}
        if left:
            problem("left behind: %s", left)
        for n in ("rules", "neighs"):
            if node(lab.model, "windows").get(n):
                problem("left behind on Windows: %s", node(lab.model, "windows")[n])


def check_firewall():
    with Lab("wsl2.mirrored {}") as lab:
        before = lab.model
        lab.must("hyperv.rule.add", Name="t", Protocol="TCP", LocalPorts=["8080"])
        if "tcp dport 8080 goto theirs" not in lab.model["switch_ruleset"]:
            problem("no rule at the switch: %s", lab.model["switch_ruleset"])
        if touched(before, lab.model) != {"W.hyperv.rules"}:
            problem("a rule touches %s", touched(before, lab.model))
        lab.must("hyperv.setting.set", Name=WSL, set={"Enabled": False})
        if lab.model.get("switch_ruleset"):
            problem("rules though it is off: %s", lab.model["switch_ruleset"])


def check_vpn():
    """A tunnel comes and goes, with a client that would take the WSL network's route, and through a restart of services."""
    with Lab("wsl2.mirrored { vpn = { steals_subnet = true } }") as lab:
        models, first = [lab.model], lab.model
        for op, args in (("vpn.disconnect", {}), ("vpn.connect", {}), ("service.set", {"Name": "hns", "Status": "Restart"})):
            lab.must(op, **args)
            models.append(lab.model)
            there = by(node(lab.model, "wsl")["ifaces"], "name", "eth1") is not None
            if there == (op == "vpn.disconnect") or there != (by(node(lab.model, "windows")["ifaces"], "name", "wv0") is not None):
                problem("%s: WSL's eth1 is there: %s", op, there)
        left = touched(first, lab.model) - {"W.services", "W.processes"}
        if any(not w.startswith(("windows.", "wsl.")) for w in left):
            problem("after a VPN came back: %s", left)
        why = engine_takes(models)
        if why:
            problem("the engine says %s", why)


def routes_of(lab):
    """Windows' routes to WSL's network: destination, interface, metric."""
    subnet = lab.windows["wsl"]["subnet"]
    return sorted((r["dev"], r.get("metric"), r.get("scope")) for r in node(lab.model, "windows")["routes"] if r["dst"] == subnet)


OWN, STOLEN = ("vEthernet", 256, "link"), ("vpn0", 2, None)
CORP = [("vpn.connect", {})]
# what is so at first, what happens in mirrored mode, Windows' routes to WSL's network at first and back in NAT mode
ACROSS = [
    ("connected = false", [], [OWN], [OWN]),
    ("connected = false", CORP, [OWN], [OWN, STOLEN]),
    ("", [], [OWN, STOLEN], [OWN, STOLEN]),
    ("", [("vpn.disconnect", {})], [OWN, STOLEN], [OWN]),
    ("", [("vpn.disconnect", {}), *CORP], [OWN, STOLEN], [OWN, STOLEN]),
]


def check_across():
    """What happens to a VPN in mirrored mode, and what Windows has of it back in NAT mode: routes, and whom ICS's proxy asks."""
    for keys, ops, first, last in ACROSS:
        with Lab(f"wsl2.nat {{ wsl = {{ dnsTunneling = false }}, vpn = {{ steals_subnet = true, {keys} }} }}") as lab:
            models = [lab.model]
            if routes_of(lab) != first:
                problem("%s: at first %s", keys, routes_of(lab))
            restart(lab, "[wsl2]\nnetworkingMode=mirrored\ndnsTunneling=false\n")
            models.append(lab.model)
            for op, args in (*ops, ("service.set", {"Name": "SharedAccess", "Status": "Stopped"})):
                lab.must(op, **args)
            models.append(lab.model)
            restart(lab, "[wsl2]\ndnsTunneling=false\n")
            models.append(lab.model)
            if routes_of(lab) != last:
                problem("%s, %s: back in NAT mode %s", keys, ops, routes_of(lab))
            servers = [s for i in sorted(lab.windows["interfaces"], key=lambda i: i["InterfaceMetric"]) for s in i["ServerAddresses"]]
            proxy = service(lab.model, "windows-dns-proxy")
            if list(dict.fromkeys(servers)) != proxy["config"]["upstream"]:
                problem("%s, %s: the proxy asks %s, not %s", keys, ops, proxy["config"]["upstream"], servers)
            ics = by(lab.windows["services"], "Name", "SharedAccess")["Status"]
            if proxy["running"] != (ics == "Running"):
                problem("%s, %s: SharedAccess is %s, its proxy runs: %s", keys, ops, ics, proxy["running"])
            why = engine_takes(models)
            if why:
                problem("the engine says %s", why)


def check_disabled_switch():
    """An adapter that was off before mirrored mode is off after it, and has its routes once it is on."""
    with Lab("wsl2.nat { vpn = { steals_subnet = true, connected = false } }") as lab:
        alias = by(lab.windows["interfaces"], "dev", "vEthernet")["InterfaceAlias"]
        lab.must("adapter.set", Name=alias, Status="Disabled")
        restart(lab, "[wsl2]\nnetworkingMode=mirrored\n")
        restart(lab, "")
        lab.must("adapter.set", Name=alias, Status="Up")
        if routes_of(lab) != [OWN]:
            problem("the switch's route after a way through mirrored mode: %s", routes_of(lab))


check_starts()
check_across()
check_disabled_switch()
check_vpn()
check_follows()
check_faults_stay()
check_switching()
check_firewall()
print(f"{len(STARTS)} starts, {len(FOLLOWS)} changes, {problems} problems")
sys.exit(problems != 0)
