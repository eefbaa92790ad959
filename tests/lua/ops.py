#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every operation of docs/formats/windows.md on a model: what it changes, that it changes nothing else, how it fails, and that
an undone one leaves no trace."""
import fnmatch
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import WSL, Lab, by, engine_takes, node, service, touched  # noqa: E402
from script_peer import SOURCE, read  # noqa: E402

VSWITCH = "vEthernet (WSL (Hyper-V firewall))"
PROXY = {"type": "v4tov4", "listenaddress": "0.0.0.0", "listenport": 3000, "connectaddress": "172.20.0.9", "connectport": 80}
RULE = {"Name": "t", "DisplayName": "T", "Direction": "Inbound", "Action": "Allow", "Protocol": "TCP", "LocalPort": ["3000"]}
HV = {"Name": "h", "Direction": "Outbound", "Action": "Block", "Protocol": "TCP", "RemotePorts": ["80"]}
ECHO = ("firewall.rule.set", {"Names": ["FPS-ICMP4-ERQ-In"], "set": {"Enabled": True}})  # a rule for the local subnet
RULES, NFT = "W.firewall.rules", "windows.ruleset"


def iface(m, dev):
    return by(node(m, "windows")["ifaces"], "name", dev)


def alias(m, name):
    return by(m["windows"]["interfaces"], "InterfaceAlias", name)


def route(m, dst):
    return by(node(m, "windows")["routes"], "dst", dst)


def win_service(m, name):
    return by(m["windows"]["services"], "Name", name)


# operations before, the operation, its arguments, what it may touch, what must then hold
CASES = [
    ([], "firewall.rule.add", RULE, {RULES, NFT}, lambda m: "tcp dport 3000 accept" in node(m, "windows")["ruleset"]),
    ([], "firewall.rule.add", {"DisplayName": "no name"}, {RULES, NFT}, lambda m: m["windows"]["firewall"]["rules"][-1]["Name"][0] == "{"),
    ([("firewall.rule.add", RULE)], "firewall.rule.set", {"Names": ["t"], "set": {"Enabled": False}}, {RULES, NFT},
     lambda m: "dport 3000" not in node(m, "windows")["ruleset"]),
    ([("firewall.rule.add", RULE)], "firewall.rule.set", {"Names": ["T"], "set": {"Description": "said"}}, {RULES},
     lambda m: by(m["windows"]["firewall"]["rules"], "Name", "t")["Description"] == "said"),
    ([("firewall.rule.add", RULE)], "firewall.rule.remove", {"Names": ["t"]}, {RULES, NFT},
     lambda m: not by(m["windows"]["firewall"]["rules"], "Name", "t")),
    ([], "firewall.profile.set", {"Profiles": ["Private", "Public"], "set": {"Enabled": "False"}},
     {"W.firewall.profiles", NFT}, lambda m: "table inet wfp" not in node(m, "windows")["ruleset"]),
    ([("firewall.rule.add", RULE), ("firewall.profile.set", {"Profiles": ["Public"], "set": {"Enabled": False}})], "firewall.reset", {},
     {RULES, "W.firewall.profiles", NFT}, lambda m: not by(m["windows"]["firewall"]["rules"], "Name", "t")
     and by(m["windows"]["firewall"]["rules"], "Name", "WSLCore-SharedAccess-Allow-Rule")
     and m["windows"]["firewall"]["profiles"]["Public"]["Enabled"] is True),
    ([], "hyperv.rule.add", HV, {"W.hyperv.rules", NFT}, lambda m: "tcp dport 80 drop" in node(m, "windows")["ruleset"]),
    ([("hyperv.rule.add", HV)], "hyperv.rule.set", {"Names": ["h"], "set": {"RemotePorts": ["81"]}}, {"W.hyperv.rules", NFT},
     lambda m: "tcp dport 81 drop" in node(m, "windows")["ruleset"]),
    ([("hyperv.rule.add", HV)], "hyperv.rule.remove", {"Names": ["h"]}, {"W.hyperv.rules", NFT},
     lambda m: "dport 80 drop" not in node(m, "windows")["ruleset"]),
    ([], "hyperv.setting.set", {"Name": WSL, "set": {"LoopbackEnabled": False}}, {"W.hyperv.settings", NFT},
     lambda m: "chain host_to_guest" in node(m, "windows")["ruleset"]),
    ([], "hyperv.profile.set", {"Name": WSL, "Profiles": ["Public"], "set": {"Enabled": False}}, {"W.hyperv.profiles", NFT},
     lambda m: "table inet vfp" not in node(m, "windows")["ruleset"]),
    ([], "portproxy.add", PROXY, {"W.portproxy", "W.processes", "service.portproxy-3000-*"},
     lambda m: service(m, "portproxy-3000-")["config"]["to"] == {"address": "172.20.0.9", "port": 80}
     and service(m, "portproxy-3000-")["running"] and service(m, "portproxy-3000-")["optional"]),
    # several spellings of one address are several rules, as on Windows: a service each, of which one gets the port
    ([("portproxy.add", PROXY), ("portproxy.add", {**PROXY, "listenaddress": "*"}),
      ("portproxy.add", {**PROXY, "listenaddress": "127.0.0.1"})], "portproxy.add", {**PROXY, "listenaddress": "localhost"},
     {"W.portproxy", "W.processes", "service.portproxy-3000-*"},
     lambda m: len({s["name"] for s in m["services"] if s["name"].startswith("portproxy-3000-")}) == 4 == len(m["windows"]["portproxy"])),
    ([("portproxy.add", PROXY)], "portproxy.add", {**PROXY, "connectport": 81}, {"W.portproxy", "service.portproxy-3000-*"},
     lambda m: len(m["windows"]["portproxy"]) == 1 and service(m, "portproxy-3000-")["config"]["to"]["port"] == 81),
    ([("portproxy.add", PROXY)], "portproxy.set", {**PROXY, "connectaddress": "172.20.0.10"},
     {"W.portproxy", "service.portproxy-3000-*"}, lambda m: m["windows"]["portproxy"][0]["connectaddress"] == "172.20.0.10"),
    ([("portproxy.add", PROXY)], "portproxy.delete", {"type": "v4tov4", "listenaddress": "0.0.0.0", "listenport": 3000},
     {"W.portproxy", "W.processes", "service.portproxy-3000-*"}, lambda m: not service(m, "portproxy-")),
    ([("portproxy.add", PROXY), ("portproxy.add", {**PROXY, "type": "v6tov4", "listenaddress": "*"})], "portproxy.reset",
     {"type": "v6tov4"}, {"W.portproxy", "W.processes", "service.portproxy-3000-*"},
     lambda m: [r["type"] for r in m["windows"]["portproxy"]] == ["v4tov4"]),
    ([("portproxy.add", PROXY)], "portproxy.reset", {"type": ""}, {"W.portproxy", "W.processes", "service.portproxy-3000-*"},
     lambda m: m["windows"]["portproxy"] == []),
    ([], "nat.add", {"Name": "n", "InternalIPInterfaceAddressPrefix": "192.168.100.7/24"}, {"W.nat", NFT},
     lambda m: 'ip saddr 192.168.100.0/24 oifname "eth0" masquerade' in node(m, "windows")["ruleset"]),
    ([("nat.add", {"Name": "n", "InternalIPInterfaceAddressPrefix": "192.168.100.0/24"})], "nat.remove", {"Name": "N"},
     {"W.nat", NFT}, lambda m: "table ip winnat" not in node(m, "windows")["ruleset"]),
    ([ECHO], "address.add", {"InterfaceAlias": "Ethernet", "IPAddress": "10.9.0.1", "PrefixLength": 24, "DefaultGateway": ""},
     {"windows.ifaces", "W.interfaces", NFT},
     lambda m: iface(m, "eth0")["addresses"][-1]["cidr"] == "10.9.0.1/24" and by(m["windows"]["interfaces"], "dev", "eth0")["Dhcp"] is False),
    ([ECHO, ("address.add", {"InterfaceAlias": "ethernet", "IPAddress": "10.9.0.1", "PrefixLength": 24})], "address.set",
     {"InterfaceAlias": "Ethernet", "IPAddress": "10.9.0.1", "set": {"PrefixLength": 16}}, {"windows.ifaces", NFT},
     lambda m: "10.9.0.0/16" in node(m, "windows")["ruleset"]),
    ([ECHO], "address.remove", {"InterfaceAlias": "Ethernet", "IPAddress": "@windows"}, {"windows.ifaces", "windows.routes", NFT},
     lambda m: route(m, "default") is None and iface(m, "eth0")["addresses"] == []),
    ([], "route.add", {"DestinationPrefix": "10.50.0.0/16", "InterfaceAlias": "Ethernet", "NextHop": "192.168.1.1", "RouteMetric": 5,
                       "Persistent": True}, {"windows.routes", "W.routes"}, lambda m: route(m, "10.50.0.0/16")["metric"] == 30),
    ([("route.add", {"DestinationPrefix": "10.50.0.0/16", "InterfaceAlias": "Ethernet", "NextHop": "192.168.1.1"})], "route.set",
     {"DestinationPrefix": "10.50.0.0/16", "InterfaceAlias": "Ethernet", "NextHop": "192.168.1.1", "RouteMetric": 1},
     {"windows.routes"}, lambda m: route(m, "10.50.0.0/16")["metric"] == 26),
    # two defaults whose metrics meet: the kernel has one route for a metric
    ([("route.add", {"DestinationPrefix": "0.0.0.0/0", "InterfaceAlias": VSWITCH, "NextHop": "@guest", "RouteMetric": 20})],
     "interface.set", {"InterfaceAlias": "Ethernet", "set": {"InterfaceMetric": 35}}, {"W.interfaces", "windows.routes"},
     lambda m: sorted(r["metric"] for r in node(m, "windows")["routes"] if r["dst"] == "default") == [35, 36]),
    ([], "route.add", {"DestinationPrefix": "fd00:1::7/64", "InterfaceAlias": "Ethernet", "NextHop": "fe80::9"}, {"windows.routes"},
     lambda m: route(m, "fd00:1::/64")["via"] == "fe80::9"),
    ([], "route.remove", {"DestinationPrefix": "0.0.0.0/0", "InterfaceAlias": "Ethernet", "NextHop": "192.168.1.1"},
     {"windows.routes"}, lambda m: route(m, "default") is None),
    ([], "interface.set", {"InterfaceAlias": "Ethernet", "set": {"InterfaceMetric": 50}}, {"W.interfaces", "windows.routes"},
     lambda m: route(m, "default")["metric"] == 50),
    ([], "interface.set", {"InterfaceAlias": "Ethernet", "set": {"NlMtu": 1400}},
     {"W.interfaces", "windows.ifaces", "wsl.ifaces"},
     lambda m: iface(m, "eth0")["mtu"] == 1400 and by(node(m, "wsl")["ifaces"], "name", "eth0")["mtu"] == 1400),
    ([("interface.set", {"InterfaceAlias": "Ethernet", "set": {"Forwarding": "Enabled"}})], "interface.set",
     {"InterfaceAlias": VSWITCH, "set": {"Forwarding": "Enabled"}}, {"W.interfaces", NFT},
     lambda m: "ct state new drop" not in node(m, "windows")["ruleset"]),
    ([], "adapter.set", {"Name": "Ethernet", "Status": "Disabled"},
     {"W.interfaces", "windows.ifaces", "windows.routes", "windows.files", "service.windows-dns-proxy", "service.dns-tunnel"},
     lambda m: iface(m, "eth0")["up"] is False and service(m, "dns-tunnel")["config"]["upstream"] == []),
    ([("adapter.set", {"Name": "Ethernet", "Status": "Disabled"})], "adapter.set", {"Name": "Ethernet", "Status": "Up"},
     {"W.interfaces", "windows.ifaces", "windows.routes", "windows.files", "service.windows-dns-proxy", "service.dns-tunnel"},
     lambda m: route(m, "default")["via"] == "192.168.1.1"),
    ([], "dns.set", {"InterfaceAlias": "Ethernet", "ServerAddresses": ["1.1.1.1"]},
     {"W.interfaces", "windows.files", "service.windows-dns-proxy", "service.dns-tunnel"},
     lambda m: service(m, "windows-dns-proxy")["config"]["upstream"] == ["1.1.1.1"]),
    ([("dns.set", {"InterfaceAlias": "Ethernet", "ServerAddresses": []})], "dns.set", {"InterfaceAlias": "Ethernet", "Reset": True},
     {"W.interfaces", "windows.files", "service.windows-dns-proxy", "service.dns-tunnel"},
     lambda m: alias(m, "Ethernet")["ServerAddresses"] == ["192.168.1.1"]),
    ([("portproxy.add", PROXY)], "service.set", {"Name": "iphlpsvc", "Status": "Stopped"},
     {"W.services", "W.processes", "service.portproxy-3000-*"}, lambda m: service(m, "portproxy-")["running"] is False),
    ([], "service.set", {"Name": "SharedAccess", "Status": "Stopped"},
     {"W.services", "W.processes", "service.windows-dns-proxy", "windows.ruleset", "windows.sysctls"},
     lambda m: "ics_nat" not in node(m, "windows")["ruleset"] and node(m, "windows")["sysctls"][0]["value"] == "0"),
    ([], "service.set", {"Name": "iphlpsvc", "StartType": "Disabled"}, {"W.services"},
     lambda m: win_service(m, "iphlpsvc")["StartType"] == "Disabled"),
    ([], "service.set", {"Name": "hns", "Status": "Restart"}, {"W.services", "W.processes", "wsl.ifaces", "wsl.routes"},
     lambda m: by(node(m, "wsl")["ifaces"], "name", "eth0")["up"] is False),
    ([("address.add", {"InterfaceAlias": VSWITCH, "IPAddress": "10.8.0.1", "PrefixLength": 24}),
      ("route.add", {"DestinationPrefix": "10.7.0.0/16", "InterfaceAlias": VSWITCH, "NextHop": "10.8.0.2"})], "service.set",
     {"Name": "hns", "Status": "Restart"}, {"W.services", "W.processes", "windows.ifaces", "windows.routes", "wsl.ifaces", "wsl.routes"},
     lambda m: route(m, "10.7.0.0/16") is None),
    ([], "service.set", {"Name": "WslService", "Status": "Stopped"},
     {"wsl.*", "W.wsl.*", "W.services", "W.processes", "service.dns-tunnel"}, lambda m: node(m, "wsl") is None),
    ([("firewall.rule.add", {**RULE, "Profile": ["Private"]})], "category.set", {"InterfaceAlias": VSWITCH, "NetworkCategory": "Private"}, {"W.interfaces", NFT},
     lambda m: alias(m, VSWITCH)["NetworkCategory"] == "Private"),
    ([], "wsl.shutdown", {}, {"wsl.*", "W.wsl.*", "service.dns-tunnel"},
     lambda m: node(m, "wsl") is None and iface(m, "vEthernet")["addresses"] and not m["windows"]["wsl"]["running"]),
    ([], "wsl.terminate", {"Distribution": "debian"}, {"wsl.*", "W.wsl.*", "service.dns-tunnel"},
     lambda m: node(m, "wsl") is None),
    ([("wsl.shutdown", {})], "wsl.start", {}, {"wsl.*", "W.wsl.*", "service.dns-tunnel"},
     lambda m: service(m, "dns-tunnel")["via"] == "windows" and node(m, "wsl")["disk"] == "debian"),
]

FAILURES = [
    ("no.such", {}, "NotSupported"),
    ("firewall.rule.add", {"Name": "CoreNet-IGMP-In"}, "Exists"),
    ("firewall.rule.add", {"Name": "x", "LocalPort": ["3000"]}, "InvalidArgument"),
    ("firewall.rule.add", {"Name": "x", "Protocol": "TCP", "LocalPort": ["70000"]}, "InvalidArgument"),
    ("firewall.rule.add", {"Name": "x", "Protocol": "TCP", "LocalPort": ["9-1"]}, "InvalidArgument"),
    ("firewall.rule.add", {"Name": "x", "RemoteAddress": ["300.1.1.1"]}, "InvalidArgument"),
    ("firewall.rule.add", {"Name": "x", "RemoteAddress": ["10.0.0.9-10.0.0.1"]}, "InvalidArgument"),
    ("firewall.rule.add", {"Name": "x", "Protocol": "TCPP"}, "InvalidArgument"),
    ("firewall.rule.add", {"Name": "x", "LocalPorts": ["80"]}, "InvalidArgument"),
    ("firewall.rule.add", {"Name": "x\ny"}, "InvalidArgument"),
    ("firewall.rule.add", {"Name": "x", "IcmpType": ["8"], "Protocol": "TCP"}, "InvalidArgument"),
    ("firewall.rule.set", {"Names": ["none"], "set": {}}, "NotFound"),
    ("firewall.rule.remove", {"Names": ["CoreNet-IGMP-In", "none"]}, "NotFound"),
    ("firewall.profile.set", {"Profiles": ["Home"], "set": {}}, "InvalidArgument"),
    ("firewall.profile.set", {"Profiles": ["Public"], "set": {"DefaultInboundAction": "Maybe"}}, "InvalidArgument"),
    ("hyperv.setting.set", {"Name": "{0}", "set": {"Enabled": True}}, "NotFound"),
    ("hyperv.rule.add", {"Name": "x", "LocalPort": ["80"]}, "InvalidArgument"),
    ("hyperv.rule.add", {"Name": "x", "LocalPorts": ["80"]}, "InvalidArgument"),
    ("hyperv.rule.remove", {"Names": ["x"]}, "NotFound"),
    ("hyperv.profile.set", {"Name": "{0}", "Profiles": ["Public"], "set": {}}, "NotFound"),
    ("portproxy.add", {**PROXY, "listenport": 0}, "InvalidArgument"),
    ("portproxy.add", {**PROXY, "listenport": 65536}, "InvalidArgument"),
    ("portproxy.add", {**PROXY, "type": "v4tov5"}, "InvalidArgument"),
    ("portproxy.add", {**PROXY, "connectaddress": "::1"}, "InvalidArgument"),
    ("portproxy.add", {**PROXY, "connectaddress": "example.com"}, "NotSupported"),
    ("portproxy.set", PROXY, "NotFound"),
    ("portproxy.delete", {"type": "v4tov4", "listenport": 3000}, "NotFound"),
    ("nat.add", {"Name": "x", "InternalIPInterfaceAddressPrefix": "fd00::/64"}, "InvalidArgument"),
    ("nat.remove", {"Name": "x"}, "NotFound"),
    ("address.add", {"InterfaceAlias": "Wi-Fi", "IPAddress": "10.0.0.1", "PrefixLength": 8}, "NotFound"),
    ("address.add", {"InterfaceAlias": "Ethernet", "IPAddress": "10.0.0.256", "PrefixLength": 8}, "InvalidArgument"),
    ("address.add", {"InterfaceAlias": "Ethernet", "IPAddress": "10.0.0.1", "PrefixLength": 64}, "InvalidArgument"),
    ("address.add", {"InterfaceAlias": "Ethernet", "IPAddress": "@windows", "PrefixLength": 24}, "Exists"),
    ("address.remove", {"InterfaceAlias": "Ethernet", "IPAddress": "10.0.0.1"}, "NotFound"),
    ("address.set", {"InterfaceAlias": "Ethernet", "IPAddress": "10.0.0.1", "set": {}}, "NotFound"),
    ("route.add", {"DestinationPrefix": "10.0.0.0/33", "InterfaceAlias": "Ethernet"}, "InvalidArgument"),
    ("route.add", {"DestinationPrefix": "10.0.0.0/8", "InterfaceAlias": "Ethernet", "NextHop": "fe80::1"}, "InvalidArgument"),
    ("route.add", {"DestinationPrefix": "0.0.0.0/0", "InterfaceAlias": "Ethernet", "NextHop": "192.168.1.1"}, "Exists"),
    # no neighbours: the network's broadcast address, Windows' own, a group, nobody
    *[("route.add", {"DestinationPrefix": "10.5.0.0/16", "InterfaceAlias": "Ethernet", "NextHop": hop}, "InvalidArgument")
      for hop in ("192.168.1.255", "@windows", "224.0.0.1", "255.255.255.255", "127.0.0.1", "0.1.2.3", "x", "192.168.1.1/24")],
    *[("route.add", {"DestinationPrefix": "fd00::/16", "InterfaceAlias": "Ethernet", "NextHop": hop}, "InvalidArgument")
      for hop in ("::1", "ff02::1")],
    *[("address.add", {"InterfaceAlias": "Ethernet", "IPAddress": a, "PrefixLength": 24}, "InvalidArgument")
      for a in ("0.0.0.0", "127.0.0.9", "224.0.0.1", "255.255.255.255", "::", "::1", "ff02::5")],
    ("route.remove", {"DestinationPrefix": "10.0.0.0/8", "InterfaceAlias": "Ethernet"}, "NotFound"),
    ("route.set", {"DestinationPrefix": "10.0.0.0/8", "InterfaceAlias": "Ethernet", "RouteMetric": 1}, "NotFound"),
    ("interface.set", {"InterfaceAlias": "Ethernet", "set": {"NlMtu": 100}}, "InvalidArgument"),
    ("interface.set", {"InterfaceAlias": "Ethernet", "set": {"Mtu": 1400}}, "InvalidArgument"),
    ("adapter.set", {"Name": "Ethernet 9", "Status": "Up"}, "NotFound"),
    ("adapter.set", {"Name": "Ethernet", "Status": "Broken"}, "InvalidArgument"),
    ("dns.set", {"InterfaceAlias": "Ethernet"}, "InvalidArgument"),
    ("dns.set", {"InterfaceAlias": "Ethernet", "ServerAddresses": ["router"]}, "InvalidArgument"),
    ("service.set", {"Name": "nosuch", "Status": "Running"}, "NotFound"),
    ("service.set", {"Name": "Dnscache", "Status": "Stopped"}, "Denied"),
    ("service.set", {"Name": "mpssvc", "Status": "Restart"}, "Denied"),
    ("category.set", {"InterfaceAlias": "Ethernet", "NetworkCategory": "DomainAuthenticated"}, "Denied"),
    ("wsl.terminate", {"Distribution": "Ubuntu"}, "NotFound"),
]


def filled(args, lab):
    """"@windows" stands for this lab's own address of Windows, "@guest" for WSL's."""
    own = iface(lab.model, "eth0")["addresses"][0]["cidr"].split("/")[0]
    return json.loads(json.dumps(args).replace("@windows", own).replace("@guest", lab.windows["wsl"]["address"]))


def case_problem(before, op, args, may, then):
    with Lab() as lab:
        for name, a in before:
            lab.must(name, **filled(a, lab))
        was = lab.model
        got = lab.op(op, **filled(args, lab))
        if "error" in got:
            return f"failed: {got['error']}"
        if "model" not in got:
            return "changed nothing"
        changed = touched(was, lab.model)
        over = {c for c in changed if not any(fnmatch.fnmatch(c, p) for p in may)}
        under = {p for p in may if not any(fnmatch.fnmatch(c, p) for c in changed)}
        if over or under:
            return f"touched {sorted(over)} too, left {sorted(under)} alone"
        if not then(lab.model):
            return "what should hold does not"
        refused = engine_takes([was, lab.model])
        if refused:
            return f"the engine: {refused}"
        return undo_problem(lab, got, was)


def undo_problem(lab, got, was):
    answer = lab.script.ask("windows.undo", undo=got["undo"])
    if "error" in answer:
        return f"undo: {answer['error']}"
    again = lab.op("category.set", InterfaceAlias="Ethernet", NetworkCategory="Public")
    if touched(was, again["model"]) - {"W.interfaces", NFT}:
        return f"undo left {touched(was, again['model'])}"
    return None if "error" in lab.script.ask("windows.undo", undo=got["undo"]) else "an older operation was undone"


def failures():
    with Lab() as lab:
        was = lab.model
        for op, args, code in FAILURES:
            got = lab.op(op, **filled(args, lab))
            error = got.get("error", {})
            if error.get("code") != code or not error.get("message") or "model" in got:
                yield f"{op} {args}: expected {code}, got {got.get('error', got)}"
        after = lab.op("dns.set", InterfaceAlias="Ethernet", ServerAddresses=["1.1.1.1"])["model"]
        left = touched(was, after) - {"W.interfaces", "windows.files", "service.windows-dns-proxy", "service.dns-tunnel"}
        if left:
            yield f"failed operations changed {left}"


def uncovered():
    said = set(re.findall(r"`([a-z]+\.[a-z.]+)`", read(os.path.join(SOURCE, "docs/formats/windows.md")).split("## What follows")[0]))
    said = {s for s in said if s.split(".")[0] in ("firewall", "hyperv", "portproxy", "nat", "address", "route", "interface", "adapter",
                                                   "dns", "service", "category", "wsl") and s != "windows.change"}
    return sorted(said - {c[1] for c in CASES})


def main():
    problems = [f"no case for {op}" for op in uncovered()]
    for before, op, args, may, then in CASES:
        why = case_problem(before, op, args, may, then)
        if why:
            problems.append(f"{op} {args}: {why}")
    problems += failures()
    print("\n".join(problems))
    print(f"{len(CASES)} operations, {len(FAILURES)} failures, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
