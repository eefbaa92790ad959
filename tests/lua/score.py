#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Scoring over hand-made logs: each step with logs that earn it and logs that must not, and whole attempts."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from score_rig import DNS, FW, L2, SHOW_ALL, SOCKETS, Attempt, Log, hold, only, phone_served  # noqa: E402
from script_peer import read, scenario_paths  # noqa: E402

def kernel_hex(address):
    """As /proc/net/route has it."""
    return "".join(f"{int(part):02X}" for part in reversed(address.split(".")))


def typed(line):
    """A line of WSL's shell that shows nothing, and its first program."""
    def log(g, _):
        first = re.match(r"[^;>&]*[^;>& 2]", line)[0]
        g.output("", command=line)
        return g.run(first, cause=g.events[-1]["seq"])
    return log


def dojo_by_alias(log, a):
    """The map under another name: the program that was started tells."""
    log.output(f"eth0 {a.guest}/20", command="m")
    return log.run("dojo map", cause=log.events[-1]["seq"])


# What mends a fault, by its cause, else by its layer.
MENDS = {
    "portproxy-stale": lambda g, a: g.windows("portproxy.set"), "portproxy-no-rule": lambda g, a: g.windows("firewall.rule.add"),
    "resolvconf-overwritten": lambda g, a: g.file("/etc/resolv.conf", "nameserver 1.1.1.1\n").windows("wsl.shutdown"),
}
MENDS_OF_LAYER = {
    "L1": lambda g, a: g.change("link", flags=["UP"], action="set").change("address", **{"local": a.guest}).change("route"),
    "L2": lambda g, a: g.change("route", dst="default"), "L2.5": lambda g, a: g.file("/etc/resolv.conf", "nameserver 1.1.1.1\n"),
    "L3": lambda g, a: g.change("ruleset", action="del"),
}
OWN_RESOLV = L2.replace('remove_route("default")', 'file("/etc/resolv.conf", "nameserver 10.9.9.9\\n")', 1)  # the fault's, in no event
NOT_A_COMMAND = ("{0} : The term '{0}' is not recognized as the name of a cmdlet, function, script file, or operable program.")


def nested_reader(log, a):
    """A root shell is one long command, recorded when it ends: after the change that was made in it."""
    whole = len(log.events) + 4
    log.run("cat /etc/resolv.conf", cause=whole).file("/etc/resolv.conf", "nameserver 9.9.9.9\n")
    return log.output(f"# cat /etc/resolv.conf\nnameserver {a.server}\n", command="sudo -i")


def predicates(problems):
    """(step, options, extra steps, base, logs that earn, logs that don't); a log is a function of (log, attempt)."""
    end = lambda g, a: g.end(a.meta)  # noqa: E731
    cases = [
        ("address_seen", "", "", L2,
         [lambda g, a: g.output(f"    inet {a.guest}/20 brd x scope global eth0"),
          lambda g, a: g.output(a.guest + " "),
          lambda g, a: g.output(f"link/ether {a.mac} brd ff:ff:ff:ff:ff:ff"),
          lambda g, a: g.output(f"           |-- {a.guest}\n              /32 host LOCAL"),
          lambda g, a: g.run("ip -4 addr show eth0"), lambda g, a: g.run("ip -br a"), lambda g, a: g.run("ifconfig -a"),
          lambda g, a: g.run("ip a s eth0"), lambda g, a: g.run("ip l").change("route"), lambda g, a: g.run("hostname -I"),
          lambda g, a: g.run("busybox ip addr"), typed("ip -br a 2>/dev/null"), typed("ip a >/dev/null; x=$(ip a)"), lambda g, a: g.run("cat /sys/class/net/eth0/operstate"),
          lambda g, a: g.run("cat /proc/net/fib_trie"), lambda g, a: g.output(a.guest, command="dojo check; python3 me.py")],
         [lambda g, a: g.output("inet 172.16.0.1/20"), lambda g, a: g.output(a.guest + "9"),
          lambda g, a: g.output(a.guest, by="lab"), lambda g, a: g.run("ip -4 addr show eth0", by="lab"),
          lambda g, a: g.run("ip addr add 1.2.3.4/20 dev eth0"), lambda g, a: g.run("ip link set eth0 up"),
          typed("ip a >/dev/null"), typed("ip -4 a &> /dev/null; ip r"), lambda g, a: g.change("route").run("ip a"), lambda g, a: g.run("ip l s eth0 up"),
          lambda g, a: g.run("ip -4 addrr", status=255 << 8), lambda g, a: g.run("ip route"), lambda g, a: g.run("ls -a"),
          lambda g, a: g.output("", command=f"echo ip a {a.guest}"), lambda g, a: g.output(a.guest, command=f"echo {a.guest}"),
          lambda g, a: g.output("", command=f"echo {a.guest} > f").output(a.guest, command="cat f"),
          lambda g, a: g.output(f"eth0 {a.guest}/20", command="dojo map"), dojo_by_alias,
          lambda g, a: g.run("ip addr show lo"), lambda g, a: g.run("ip link show dev lo"), lambda g, a: g.run("hostname"),
          lambda g, a: g.run("ifconfig lo"), lambda g, a: g.run("ls /sys/class/net/eth0/operstate")]),
        ("gateway_seen", "", "", L2,
         [lambda g, a: g.output(f"default via {a.gateway} dev eth0 proto kernel"),
          lambda g, a: g.output(f"{a.base}/20 dev eth0 proto kernel scope link src {a.guest}"),
          lambda g, a: g.output(f"0.0.0.0         {a.gateway}    0.0.0.0         UG"),
          lambda g, a: g.run("ip r"), lambda g, a: g.run("ip -4 route show"), lambda g, a: g.run("ip r get 8.8.8.8"), lambda g, a: g.run("netstat -rn"),
          lambda g, a: g.run("busybox ip route"), lambda g, a: g.run("cat /proc/net/route"),
          lambda g, a: g.output(f"eth0\t{kernel_hex(a.base)}\t00000000\t0001")],
         [lambda g, a: g.output(f"nameserver {a.gateway}"), typed("ip r >/dev/null 2>&1"), lambda g, a: g.run("ip a"), lambda g, a: g.run("netstat -lnt"),
          lambda g, a: g.run("ip route", by="lab"), lambda g, a: g.run("ip route add default via 1.2.3.4"),
          lambda g, a: g.output(f"no line `default via`; the way out is {a.gateway}", command="dojo hint"),
          lambda g, a: g.output(f"WSL switch {a.base}/20", command="dojo map | tail"),
          lambda g, a: g.output(f"default via {a.gateway}", command=f"echo default via {a.gateway}")]),
        ("gateway_pinged", "", "", L2,
         [lambda g, a: g.packet("echo-request", dst=a.gateway), lambda g, a: g.run(f"ping -c1 {a.gateway}", status=256),
          lambda g, a: g.run("ip neigh"), lambda g, a: g.run("ip n"), lambda g, a: g.run(f"arping -c1 {a.gateway}")],
         [lambda g, a: g.packet("echo-request", dst="8.8.8.8"), lambda g, a: g.packet("echo-request", dst=a.gateway, by="lab"),
          lambda g, a: g.packet("echo-request", dst=a.gateway, node="router"), lambda g, a: g.run(f"echo {a.gateway}"),
          lambda g, a: g.run("ip netns"), lambda g, a: g.run("ip neigh add 1.2.3.4 dev eth0")]),
        ("public_pinged", "", "", L2,
         [lambda g, a: g.packet("echo-request", dst="8.8.8.8"), lambda g, a: g.packet("syn", dst="1.1.1.1", dport=53),
          lambda g, a: g.run("ping -c 1 8.8.8.8", status=512), lambda g, a: g.run("busybox ping 8.8.8.8", status=256),
          lambda g, a: g.run("curl -m 1 http://8.8.8.8/", status=1792), lambda g, a: g.run("dig @8.8.8.8 google.com", status=2304),
          lambda g, a: g.run("bash -c </dev/tcp/1.1.1.1/443", status=256), lambda g, a: g.packet("dns-query", dst="8.8.8.8"),
          lambda g, a: g.output("bash: connect: Network is unreachable", command=": </dev/tcp/1.1.1.1/443")],
         [lambda g, a: g.packet("echo-request", dst=a.gateway), lambda g, a: g.packet("echo-request", dst="192.168.1.1"),
          lambda g, a: g.packet("echo-request", dst="8.8.8.8", by="lab"), lambda g, a: g.run("ping google.com"),
          lambda g, a: g.run("curl http://192.168.1.1/"), lambda g, a: g.output("8.8.8.8", command="echo 8.8.8.8"),
          lambda g, a: g.output("Network is unreachable", command="echo 8.8.8.8 Network is unreachable"),
          lambda g, a: g.packet("dns-query", dst=a.server),
          lambda g, a: g.packet("dns-answer", dir="in", answers=["140.82.121.4"]).packet("syn", dst="140.82.121.4")]),
        ("name_looked_up", "", "", L2,
         [lambda g, a: g.packet("dns-query", dst=a.server, qname="google.com"), lambda g, a: g.run("getent hosts google.com", status=512),
          lambda g, a: g.run("ping -c1 github.com", status=512)],
         [lambda g, a: g.packet("dns-query", dst=a.server, by="lab"), lambda g, a: g.run("ping 8.8.8.8"),
          lambda g, a: g.run("cat resolv.conf"), lambda g, a: g.run("getent passwd root")]),
        ("resolv_conf_read", "", "", DNS,
         [nested_reader, lambda g, a: g.output(f"# by WSL\nnameserver {a.server}\n"), lambda g, a: g.output(f"nameserver {a.server}\r\n"),
          lambda g, a: g.file("/etc/resolv.conf", "nameserver 9.9.9.9\n").output("nameserver 9.9.9.9").file("/etc/resolv.conf")],
         [lambda g, a: g.output(f"nameserver {a.server}", command=f"echo nameserver {a.server}"),
          lambda g, a: g.output(f"nameserver {a.server} is", command="dojo hint"),
          lambda g, a: g.output("nameserver 8.8.8.8"), lambda g, a: g.output(f"via {a.server}"),
          lambda g, a: g.run("cat /etc/resolv.conf"), lambda g, a: g.output(f"nameserver {a.server}", by="lab")]),
        ("resolv_conf_read", "", "", OWN_RESOLV,
         [lambda g, a: g.output("nameserver 10.9.9.9\nnameserver 1.1.1.1\n")], [lambda g, a: g.output("nameserver 10.9.9.8")]),
        ("file_seen", ', path = "/etc/resolv.conf"', "", L2,
         [lambda g, a: g.run("ls -l /etc/resolv.conf"), lambda g, a: g.run("cat /etc/resolv.conf", status=256),
          lambda g, a: g.run("readlink -f resolv.conf"), lambda g, a: g.run("ls -la /etc"), lambda g, a: g.run("ls /etc/"),
          lambda g, a: g.output("lrwxrwxrwx 1 root root 20 Nov  1 10:00 resolv.conf -> ../run/resolvconf/resolv.conf")],
         [lambda g, a: g.run("ls -l /etc/hosts"), lambda g, a: g.run("ls /"), lambda g, a: g.run("echo /etc/resolv.conf"),
          lambda g, a: g.run("cat /etc/old-resolv.conf"), lambda g, a: g.run("ls /etc/resolv.conf", by="lab"),
          lambda g, a: g.file("/etc/resolv.conf").run("cat /etc/resolv.conf"),
          lambda g, a: g.output(" resolv.conf -> x", command="echo ' resolv.conf -> x'")]),
        ("listening_seen", ", port = 8080", "", L2,
         [lambda g, a: g.run("ss -lnt"), lambda g, a: g.run("ss --all"), lambda g, a: g.run("netstat -an"), lambda g, a: g.run("lsof -i"),
          lambda g, a: g.run("cat /proc/net/tcp"), lambda g, a: g.run("grep 0A /proc/1/net/tcp6"), lambda g, a: g.run("busybox netstat -l")],
         [lambda g, a: g.output("LISTEN 0 128 0.0.0.0:8080 0.0.0.0:*", command="echo LISTEN 0 128 0.0.0.0:8080"),
          lambda g, a: g.output("LISTEN 0 128 0.0.0.0:8080 0.0.0.0:*", command="cat made"), lambda g, a: g.run("ss"), lambda g, a: g.run("ss -lnt", status=256),
          lambda g, a: g.run("ls /proc/net/tcp"), lambda g, a: g.run("lsof /"), lambda g, a: g.run("ss -lnt", by="lab"),
          lambda g, a: g.exe("netstat.exe -ano", SOCKETS.format(8080)), lambda g, a: g.prompt("netstat -ano", SOCKETS.format(8080))]),
        ("vpn_seen", "", "", L2.replace("wsl2.nat {}", "wsl2.nat { vpn = {} }"),
         [lambda g, a: g.prompt("route print -4", "          0.0.0.0          0.0.0.0         On-link      10.71.160.66      2\n  corp.example"),
          lambda g, a: g.exe("ipconfig.exe /all", "   Connection-specific DNS Suffix  . : corp.example"),
          lambda g, a: g.prompt("Get-NetAdapter", "Ethernet 2   Cisco AnyConnect Virtual Miniport Ad...   4 Up"), lambda g, a: g.prompt("rasdial", "Connected to\nWork VPN\n")],
         [lambda g, a: g.prompt("route print -4", "          0.0.0.0          0.0.0.0      192.168.1.1      192.168.1.5      25"),
          lambda g, a: g.prompt("echo 'Ethernet 2'", "Ethernet 2"), lambda g, a: g.prompt("ping corp.example", "Pinging corp.example"),
          lambda g, a: g.prompt('rasdial "Work VPN"', "Connecting to Work VPN..."), lambda g, a: g.output("Work VPN", command="ip route")]),
        ("size_tried", "", "", L2,
         [lambda g, a: g.run("ping -M do -s 1472 8.8.8.8", status=256), lambda g, a: g.run("ping -c1 -Mdo -s1300 8.8.8.8"), lambda g, a: g.run("tracepath -n 8.8.8.8"),
          lambda g, a: g.prompt("ping -f -l 1300 8.8.8.8", "Packet needs to be fragmented but DF set.\n Packets: Sent = 4")],
         [lambda g, a: g.run("ping -c 1 8.8.8.8"), lambda g, a: g.run("echo tracepath"), lambda g, a: g.run("tracepath 8.8.8.8", by="lab"),
          lambda g, a: g.prompt("ping 8.8.8.8", "Packets: Sent = 4"), lambda g, a: g.prompt("echo ping -f -l 1300 4", "ping -f -l 1300 4")]),
        ("filters_seen", ', table = "no_telnet"', "", FW,
         [lambda g, a: g.output("table inet no_telnet {"), lambda g, a: g.run("nft list ruleset"), lambda g, a: g.run("iptables -nvL"),
          lambda g, a: g.run("iptables-save")],
         [lambda g, a: g.run("nft list ruleset", status=256), lambda g, a: g.run("nft flush ruleset"),
          lambda g, a: g.run("iptables -F"), lambda g, a: g.output("table inet other {"),
          lambda g, a: g.output("no_telnet"), lambda g, a: g.output("table inet no_telnet {", command="echo table inet no_telnet {"), lambda g, a: g.run("nft list ruleset", by="lab")]),
        ("named_server_asked", "", "", DNS,
         [lambda g, a: g.packet("dns-query", dst="8.8.8.8")],
         [lambda g, a: g.packet("dns-query", dst=a.server), lambda g, a: g.packet("dns-query", dst="8.8.8.8", by="lab"),
          lambda g, a: g.run("dig @8.8.8.8 google.com")]),
        ("looked_first", ", least = 1", "step.address_seen { points = 50 },", L2,
         [lambda g, a: g.run("ip a"), lambda g, a: g.run("ip a").change("route", dst="default"),
          lambda g, a: g.change("neigh", dst=a.gateway).run("ip a"),
          lambda g, a: g.change("address", **{"local": "fe80::1", "family": "inet6"}).run("ip a"),
          lambda g, a: g.change("route", dst="2001:db8::/64", family="inet6", protocol="kernel").run("ip a"),
          lambda g, a: g.change("route", dst="default", gateway="fe80::1", family="inet6", protocol="ra").run("ip a")],
         [lambda g, a: g, lambda g, a: g.change("route", dst="default", family="inet6", protocol="boot").run("ip a"),
          lambda g, a: g.change("route", dst="default", family="inet6", protocol="ra", action="del").run("ip a"),
          lambda g, a: g.change("address", **{"local": "2001:db8::5", "family": "inet6"}).run("ip a"),
          lambda g, a: g.change("rule", src="all", family="inet6", priority=99).run("ip a"),
          lambda g, a: g.change("route", dst="default").run("ip a"), lambda g, a: g.file("/etc/resolv.conf").run("ip a"),
          lambda g, a: g.run("ip r")]),
        ("layer_named", "", "", L2,
         [lambda g, a: g.diagnose(("L2", "x")), lambda g, a: g.diagnose(("2", "")), lambda g, a: g.diagnose(("l2", "y")),
          lambda g, a: g.diagnose(("L1", "")).diagnose(("L2", ""))],
         [lambda g, a: g, lambda g, a: g.diagnose(("L2.5", "")), lambda g, a: g.diagnose(("2/3", "")), lambda g, a: g.diagnose(("L1/L2/L2.5/L3/L4/L5/other", "")),
          lambda g, a: g.diagnose(("4/5", "")), lambda g, a: g.diagnose(("L2", ""), ("L3", "")), lambda g, a: g.diagnose(("L2", "")).diagnose(("L1", "")),
          lambda g, a: g.add("answer", none=True), lambda g, a: g.diagnose(("L1", "")).diagnose(("L3", ""))
          .diagnose(("L4", "")).diagnose(("L2", ""))]),
        ("cause_named", "", "", L2,
         [lambda g, a: g.diagnose(("L2", "no-default-route")), lambda g, a: g.diagnose(("", "No-Default-Route"))],
         [lambda g, a: g, lambda g, a: g.diagnose(("L2", "wrong-default-gateway")), lambda g, a: g.diagnose(("L2", ""))]),
        ("mended", "", "", L2,
         [lambda g, a: g.change("route", dst="default").end(a.meta), lambda g, a: g.run("python3 fix.py").end(a.meta)],
         [end, lambda g, a: g.change("route").end(a.meta, fixed=False), lambda g, a: g.change("route").end(a.meta, controls=False),
          lambda g, a: g.change("route"), lambda g, a: g.change("route", by="lab").end(a.meta)]),
        ("verified", "", "", L2,
         [lambda g, a: g.change("route").packet("echo-reply", dir="in", src="8.8.8.8").end(a.meta),
          lambda g, a: g.change("route").packet("dns-answer", dir="in", rcode="NOERROR", answers=["1.2.3.4"]).end(a.meta)],
         [lambda g, a: g.packet("echo-reply", dir="in").change("route").end(a.meta), lambda g, a: g.change("route").end(a.meta),
          lambda g, a: g.change("route").packet("echo-reply", dir="in", by="lab").end(a.meta),
          lambda g, a: g.change("route").packet("dns-answer", dir="in", rcode="SERVFAIL", answers=[]).end(a.meta),
          lambda g, a: g.change("route").packet("echo-request", dst="8.8.8.8").end(a.meta),
          lambda g, a: g.change("route").packet("echo-reply", dir="in").end(a.meta, fixed=False)]),
        ("care", ', allow = { "route" }', "", L2,
         [lambda g, a: g.change("route").end(a.meta), lambda g, a: g.change("route").change("link", flags=["UP"]).end(a.meta),
          lambda g, a: g.change("address", by="lab").change("route").end(a.meta)],
         [end, lambda g, a: g.change("route").change("address", **{"local": "1.2.3.4"}).end(a.meta),
          lambda g, a: g.change("route").file("/etc/hosts").end(a.meta),
          lambda g, a: g.change("route").change("ruleset", table="x").end(a.meta),
          lambda g, a: g.change("route").change("link", flags=["BROADCAST"], action="set").end(a.meta),
          lambda g, a: g.change("route").end(a.meta, controls=False)]),
    ]
    hold(cases, problems)


def building_does_not_count(problems):
    """What happened before the lab was ready is its own; what the learner did while the fault was verified is not."""
    attempt = Attempt(only("address_seen"))
    log = Log()
    log.events[2]["what"] = "building"
    log.run("ip a").add("lab", what="ready", by="lab")
    if attempt.score(log):
        problems.append("an event before the lab was ready earned points")
    if not attempt.score(Log().run("ip a").add("lab", what="fault-verified", by="lab")):
        problems.append("an event before the fault was verified did not count")
    attempt.close()


def a_name_is_not_a_program(problems):
    """A program of the learner's own making that is called ip shows nothing."""
    attempt = Attempt(only("address_seen"))
    log = Log().run("ip a")
    log.events[-2]["path"] = "/tmp/bin/ip"
    if attempt.score(log):
        problems.append("a program called ip outside the system's folders earned points")
    attempt.close()


def void_when_blind(problems):
    attempt = Attempt(only("named_server_asked", base=DNS))
    item = attempt.items(Log({"packets": False, "exec": True}))["named-server-asked"]
    lost = Log().add("lab", what="recorder-lost", recorder="packets", by="lab")
    if not item["void"]:
        problems.append("a step whose recorder is missing is not void")
    if attempt.items(lost)["named-server-asked"]["void"]:
        problems.append("a recorder that was flooded makes its steps void")
    if attempt.items(Log())["named-server-asked"]["void"]:
        problems.append("a step is void with its recorder there")
    attempt.close()


# What a scenario's further observing steps want to have been looked at.
LOOKS = {
    "gateway-pinged": lambda g, a: g.run("ip neigh"),
    "file-seen": lambda g, a: g.run("ls -l /etc/resolv.conf").run("cat /etc/wsl.conf"),
    "both-sizes-tried": lambda g, a: (g.packet("dns-answer", dir="in", rcode="NOERROR", answers=[], tc=True)
                                      .packet("dns-answer", dir="in", rcode="NOERROR", answers=["1.2.3.4"])),
    "listening-seen": lambda g, a: g.prompt("netstat -ano", "".join(SOCKETS.format(port) for port in a.ports)).run("ss -lnt"),
    "firewall-seen": lambda g, a: g.prompt("Get-NetFirewallPortFilter | ? LocalPort -eq 53", ""),
}


# The scenarios with an attempt made by hand, at least one of each layer. All prove themselves in real labs (netdojo check).
BY_HAND = {
    "l1-eth0-unconfigured", "l2-no-default-route", "l2-wrong-default-gateway", "l2-docker-bridge-overlaps-eth0", "dns-host-proxy-dead",
    "dns-host-firewall-drops-53", "dns-resolvconf-dangling-symlink", "dns-resolvconf-wiped-each-start", "dns-slow-first-nameserver-dead",
    "dns-tcp-not-served", "fw-guest-filter", "pub-portproxy-stale-guest-ip", "pub-portproxy-without-firewall-rule",
}


def observe(log, a, text):
    """A good path: the guide's order."""
    table = re.search(r"nft list table inet (\w+)", " ".join(c for c in sum(a.meta["alternatives"], []) if isinstance(c, str)))
    log.run("ip -4 addr show eth0").run("ip route").run("ping -c 1 8.8.8.8")
    log.packet("echo-request", dst="8.8.8.8").run("getent hosts google.com").output(f"nameserver {a.server}\n")
    if table:
        log.run("nft list ruleset").output(f"table inet {table[1]} {{")
    if a.meta["layer"] == "L5":
        log.prompt("netsh interface portproxy show all", "".join(SHOW_ALL.format(c) for c in a.connects))
        log.prompt("netstat -ano", SOCKETS.format(3000)).prompt("Get-NetFirewallPortFilter | ? LocalPort -eq 3000", "").run("ss -lnt")
    for step in a.meta["steps"]:
        LOOKS.get(step["id"], lambda g, a: g)(log, a)
    return log


def mend(log, a):
    how = MENDS.get(a.meta["truth"][0]["cause"]) or MENDS_OF_LAYER[a.meta["layer"]]
    return how(log, a)


def in_the_wrong_window(log):
    """A Windows command in WSL, a Linux one on Windows: each gets its error, and costs nothing."""
    return (log.output("bash: Get-NetNat: command not found", command="Get-NetNat")
            .output("bash: ipconfig: command not found", command="ipconfig").prompt("ip addr", NOT_A_COMMAND.format("ip")))


def prove(log, a):
    for port in a.ports:
        phone_served(log, a, port)
    return (log.packet("echo-reply", dir="in").packet("syn-ack", dir="in")
            .packet("dns-answer", dir="in", rcode="NOERROR", answers=["1.2.3.4"]))


def whole_attempts(problems):
    """Full marks for the right way, under 20 for nothing, and the bounds the scenarios promise for careless ways."""
    paths = [path for path in scenario_paths() if os.path.basename(os.path.dirname(path)) in BY_HAND]
    if len(paths) < len(BY_HAND):
        problems.append("a scenario with an attempt made by hand is gone")
    for path in paths:
        a = Attempt(read(path))
        truth = a.meta["truth"][0]
        right = (truth["layer"], truth["cause"])
        full = prove(mend(observe(Log(), a, path).diagnose(right), a), a).end(a.meta)
        cases = {
            "full marks": (full, 100, 100),
            "wrong windows on the way": (prove(in_the_wrong_window(mend(observe(in_the_wrong_window(Log()), a, path).diagnose(right), a)), a)
                                         .end(a.meta), 100, 100),
            "nothing but the wrong windows": (in_the_wrong_window(Log()).end(a.meta, fixed=False), 0, 0),
            "nothing": (Log().end(a.meta, fixed=False), 0, 19),
            "nothing, and it is well again": (Log().end(a.meta), 0, 19),
            "looked and left": (observe(Log(), a, path).end(a.meta, fixed=False), 1, a.meta["pass"] - 1),
            "mended blindly": (prove(mend(Log(), a), a).end(a.meta), 40, 55),
            "guesses": (Log().diagnose(("L1", "x")).diagnose(("L2", "x")).diagnose(("L3", "x")).diagnose(right)
                        .end(a.meta, fixed=False), 0, 20),
            "controls broken": (prove(mend(observe(Log(), a, path).diagnose(right), a), a).end(a.meta, controls=False), 0, 55),
        }
        for name, (log, low, high) in cases.items():
            got = a.score(log)
            if not low <= got <= high:
                problems.append(f"{a.meta['id']}: {name}: {got}, not {low}-{high}: "
                                f"{[(k, v['points'], v['max']) for k, v in a.items(log).items()]}")
        if a.items(full) != a.items(full):
            problems.append(f"{a.meta['id']}: one log scored differently twice")
        a.close()


def reasons(problems):
    """A lost item says what was lost and how, in both languages."""
    end = lambda g, a: g.end(a.meta, fixed=False)  # noqa: E731
    many = lambda g, a: g.diagnose(("L1", "x")).diagnose(("L3", "x")).diagnose(("L4", "x")).diagnose(("L2", "x"))  # noqa: E731
    cases = [
        ("looked-first", lambda g, a: end(g.run("ip a"), a), "Nothing was changed, but only 1 of the 2", "何も変更していない"),
        ("looked-first", lambda g, a: g.change("route").run("ip a"), "Looked at 0 of the 2", "最初の変更まで"),
        ("layer-named", end, "No diagnosis was stated", "診断が答えられていない"),
        ("layer-named", lambda g, a: g.diagnose(("L1", "x")), "names another layer", "レイヤーが違う"),
        ("layer-named", many, "4 diagnoses were stated; more than 3", "4 回"),
        ("cause-named", lambda g, a: g.diagnose(("L2", "")), "no cause", "原因が答えられていない"),
        ("cause-named", lambda g, a: g.diagnose(("L2", "x")), "names another cause", "原因が違う"),
        ("mended", end, "Still failing: 8.8.8.8 answers ping from wsl", "まだ失敗している"),
        ("mended", lambda g, a: g.change("route").end(a.meta, controls=False), "worked before and fails now", "前は正常だった"),
        ("mended", lambda g, a: g.end(a.meta), "Nothing was done", "何も実行していない"),
        ("verified", end, "not mended, so there was nothing to prove", "確かめるものがない"),
        ("verified", lambda g, a: g.change("route").end(a.meta), "Nothing came back after the last change", "確かめた記録がない"),
        ("care", end, "Nothing was changed and nothing was mended", "何も変更しておらず"),
        ("care", lambda g, a: end(g.change("link", flags=["UP"], action="set"), a), "It was not mended, so care can't be judged", "判定できない"),
        ("care", lambda g, a: g.change("route").file("/etc/hosts").end(a.meta), "nothing to do with the fault", "関係のない"),
    ]
    attempt = Attempt(L2)
    for n, (step, make, en, ja) in enumerate(cases):
        log = Log()
        make(log, attempt)
        item = attempt.items(log)[step]
        if item["points"] or not re.search(en, item["why"]["en"]) or ja not in item["why"]["ja"]:
            problems.append(f"reason {n} of {step}: {item['why']}, not '{en}' and '{ja}'")
    attempt.close()


def lessons(problems):
    """Every item teaches, earned or lost: a sentence in both languages, the guide's chapter, what a professional types."""
    attempt = Attempt(L2)
    for log in (Log().end(attempt.meta, fixed=False), Log().run("ip a").end(attempt.meta, fixed=False)):
        item = attempt.items(log)["address-seen"]["lesson"]
        if item["chapter"] != 4 or "eth0" not in item["text"]["en"] or "分かる" not in item["text"]["ja"]:
            problems.append(f"the lesson of address-seen: {item}")
        if item["commands"] != [{"node": "wsl", "line": "ip -4 addr show eth0"}]:
            problems.append(f"the professional's commands of address-seen: {item}")
    mended = attempt.items(Log())["mended"]["lesson"]
    if mended["chapter"] != 5 or mended["commands"] != [{"node": "wsl", "line": f"sudo ip route add default via {attempt.gateway}"}]:
        problems.append(f"the lesson of mended: {mended}")
    attempt.close()


def main():
    problems = []
    for test in (reasons, lessons, predicates, building_does_not_count, a_name_is_not_a_program, void_when_blind, whole_attempts):
        test(problems)
    for p in problems:
        print(p)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
