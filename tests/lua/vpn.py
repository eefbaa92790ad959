#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A VPN on Windows: what connecting and disconnecting puts into the model, what follows, and what each setting filters."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import Lab, by, engine_takes, node, service  # noqa: E402

problems = 0


def want(what, got, wanted):
    global problems
    if got != wanted:
        problems += 1
        print(f"{what}: {got!r}, not {wanted!r}")


def iface(lab, where, name):
    return by(node(lab.model, where)["ifaces"], "name", name)


def routes(lab, **keys):
    return [r for r in node(lab.model, "windows")["routes"] if all(r.get(k) == v for k, v in keys.items())]


def resolv(lab):
    return by(node(lab.model, "wsl")["files"], "path", "/mnt/wsl/resolv.conf")["content"].splitlines()[3:]


def connecting():
    """Connected and not, nothing of it is left over; the guest follows live."""
    with Lab("wsl2.nat { vpn = { connected = false, mtu = 1350 } }") as lab:
        before = lab.model
        want("no adapter yet", iface(lab, "windows", "vpn0"), None)
        want("connects", lab.must("vpn.connect"), {"connected": True})
        engine_takes(lab.model)
        server = by(node(lab.model, "vpngw")["ifaces"], "name", "eth0")["addresses"][0]["cidr"].split("/")[0]
        want("adapter", (iface(lab, "windows", "vpn0")["kind"], iface(lab, "windows", "vpn0")["mtu"]), ("tunnel", 1350))
        want("other end", (iface(lab, "vpngw", "tun0")["mtu"], iface(lab, "vpngw", "tun0")["endpoint"]), (1350, server + ":51820"))
        want("metrics of the default routes", sorted(r["metric"] for r in routes(lab, dst="default")), [2, 25])
        want("the server's own route", [(r["via"], r["dev"]) for r in routes(lab, dst=server + "/32")], [("192.168.1.1", "eth0")])
        want("guest's MTU", iface(lab, "wsl", "eth0").get("mtu"), 1350)
        want("guest's resolv.conf", resolv(lab), ["nameserver 10.255.255.254", "search corp.example"])
        corp_dns = by(lab.windows["interfaces"], "dev", "vpn0")["ServerAddresses"]
        want("tunnel asks", service(lab.model, "dns-tunnel")["config"]["upstream"], corp_dns + ["192.168.1.1"])
        want("translated", 'oifname "vpn0" masquerade' in node(lab.model, "windows")["ruleset"], True)
        want("connects once", lab.must("vpn.connect", Name="work vpn"), {"connected": False})
        want("listed", lab.windows["vpn"][0]["ConnectionStatus"], "Connected")
        lab.must("interface.set", InterfaceAlias="Ethernet 2", set={"InterfaceMetric": 6000})
        want("another metric", sorted(r["metric"] for r in routes(lab, dst="default")), [25, 6001])
        want("disconnects", lab.must("vpn.disconnect"), {"disconnected": True})
        engine_takes(lab.model)
        after = {**lab.model, "windows": {**lab.windows, "processes": before["windows"]["processes"]}}
        want("as before", diff(before, after), [])
        want("disconnects once", lab.must("vpn.disconnect"), {"disconnected": False})
        want("another name", lab.op("vpn.connect", Name="x")["error"]["message"],
             "Remote Access error 623 - The system could not find the phone book entry for this connection.")
        lab.must("adapter.set", Name="Ethernet", Status="Disabled")
        want("no way out", lab.op("vpn.connect")["error"]["message"][:23], "Remote Access error 868")


def diff(a, b, where=""):
    if isinstance(a, dict) and isinstance(b, dict):
        return [d for k in sorted({*a, *b}) for d in diff(a.get(k), b.get(k), f"{where}.{k}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in diff(x, y, f"{where}[{i}]")]
    return [] if (a or None) == (b or None) else [where]


# the vpn table's keys, then what the Windows node's rules have of it, and what they have not
FILTERS = [
    ("", [], ["table inet vpn"]),
    ("kill_switch = true", ['oifname "eth0" ip daddr != {', "192.168.1.0/24"], []),
    ("kill_switch = true, block_lan = true", ['oifname "eth0" ip daddr != {', 'iifname "eth0" ip saddr { 192.168.1.0/24 } ct state new drop'],
     [", 192.168.1.0/24 } drop"]),
    ("block_lan = true", ['oifname "eth0" ip daddr { 192.168.1.0/24 } drop'], ["!="]),
    ("blocks_guest_dns = true", ['iifname { "vEthernet", "wv0" } meta l4proto { tcp, udp } th dport 53 drop'], []),
    ('swallows = "in"', ['oifname "vEthernet" icmp type destination-unreachable icmp code frag-needed drop'], []),
    ('swallows = "out"', [], ["table inet vpn"]),
    ("masquerade = false", [], ['oifname "vpn0" masquerade']),
]


def filters():
    for keys, has, lacks in FILTERS:
        with Lab(f"wsl2.nat {{ vpn = {{ {keys} }} }}") as lab:
            engine_takes(lab.model)
            text = node(lab.model, "windows")["ruleset"]
            table = text[text.find("table inet vpn"):] if "table inet vpn" in text else ""
            for line in has:
                want(f"{keys}: {line}", line in table, True)
            for line in lacks:
                want(f"{keys}: no {line}", line in (table if line in ("!=", ", 192.168.1.0/24 } drop") else text), False)
            lab.must("vpn.disconnect")
            want(f"{keys}: gone", "table inet vpn" in node(lab.model, "windows")["ruleset"], False)


# in mirrored mode: what the switch's rules have of it
AT_SWITCH = [
    ("", []),
    ("kill_switch = true", ['device "g-eth0" priority -20', "ip daddr != { ", ", 192.168.1.0/24 } drop", "ip6 daddr != { fe80::/10, ff00::/8 } drop"]),
    ("kill_switch = true, block_lan = true", ["ip daddr != { ", "ip saddr { 192.168.1.0/24 } ip protocol != icmp drop", 'device "m-eth0" priority -20']),
    ("block_lan = true", ["\t\tip daddr { 192.168.1.0/24 } drop", "ip saddr { 192.168.1.0/24 } icmp type echo-request drop"]),
    ("blocks_guest_dns = true", ["meta l4proto { tcp, udp } th dport 53 drop"]),
]


def at_switch():
    for keys, has in AT_SWITCH:
        with Lab(f"wsl2.mirrored {{ vpn = {{ {keys} }} }}") as lab:
            models = [lab.model]
            text = lab.model["switch_ruleset"]
            want(f"{keys}: a table of its own", "table netdev vpn {" in text, has != [])
            for line in has:
                want(f"{keys}: {line}", line in text[text.find("table netdev vpn"):], True)
            for op in ("vpn.disconnect", "vpn.connect", "wsl.shutdown"):
                lab.must(op)
                models.append(lab.model)
                want(f"{keys}: after {op}", "table netdev vpn" in lab.model.get("switch_ruleset", ""), has != [] and op == "vpn.connect")
            want("the engine", engine_takes(models), "")


def settings():
    with Lab('wsl2.nat { vpn = { steals_subnet = true, nrpt = true, routes = { "10.0.0.0/8" }, swallows = "both" }, '
             'wsl = { mtu_from = "switch" } }') as lab:
        engine_takes(lab.model)
        subnet = lab.windows["wsl"]["subnet"]
        want("WSL's network twice", sorted((r["dev"], r["metric"]) for r in routes(lab, dst=subnet)), [("vEthernet", 256), ("vpn0", 2)])
        want("no default route by the tunnel", [r["dev"] for r in routes(lab, dst="default")], ["eth0"])
        want("an older WSL keeps its MTU", iface(lab, "wsl", "eth0").get("mtu"), None)
        want("policy", lab.windows["dns"]["Nrpt"][0]["Namespace"], [".corp.example"])
        want("the tunnel's suffixes", list(service(lab.model, "dns-tunnel")["config"]["suffixes"]), [".corp.example"])
        want("the proxy has none", service(lab.model, "windows-dns-proxy")["config"].get("suffixes"), None)
        for hook in ('oifname "tun0" icmp', 'oifname "eth1" icmp'):
            want("swallowed: " + hook, node(lab.model, "vpngw")["ruleset"].count(hook), 2)
        want("only a scenario sets it", lab.op("vpn.set", set={"mtu": 1300})["error"]["code"], "NotSupported")
        lab.must("interface.set", InterfaceAlias=by(lab.windows["interfaces"], "dev", "vEthernet")["InterfaceAlias"], set={"NlMtu": 1350})
        want("and follows its switch", iface(lab, "wsl", "eth0").get("mtu"), 1350)
        lab.must("vpn.disconnect")
        want("suffixes go", service(lab.model, "dns-tunnel")["config"].get("suffixes"), None)
    with Lab("wsl2.nat { vpn = { blocks_tunnel_dns = true, connected = false } }",
             'lab:windows("vpn.set", { set = { mtu = 1300 } }) lab:windows("vpn.connect", {})') as lab:
        want("cut off", service(lab.model, "dns-tunnel")["config"].get("behaviour"), {"kind": "silent"})
        want("set by the fault", iface(lab, "windows", "vpn0")["mtu"], 1300)
        lab.must("wsl.shutdown")
        lab.must("wsl.start")
        want("cut off after a start", service(lab.model, "dns-tunnel")["config"].get("behaviour"), {"kind": "silent"})
        want("MTU after a start", iface(lab, "wsl", "eth0").get("mtu"), 1300)
        lab.must("vpn.disconnect")
        want("not cut off", service(lab.model, "dns-tunnel")["config"].get("behaviour"), None)


connecting()
filters()
at_switch()
settings()
print(f"vpn: {problems} problems")
sys.exit(1 if problems else 0)
