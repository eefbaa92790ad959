#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rubric can say beside a step: prices of hints, partial credit, order and time, a lab built anew, and a fault that went by itself."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from score_rig import DNS, FW, L2, Attempt, Log, hold, only  # noqa: E402



def lab(log, what, **keys):
    return log.add("lab", what=what, by="lab", **keys)


def anew(log, what):
    """Between these marks and the next `ready` everything is the lab's own."""
    lab(log, what)
    log.change("route", action="del").change("link", flags=["UP"])
    return lab(log, "ready")


def looked(g, a):
    return g.run("ip route").output(f"default via {a.gateway}")


CASES = [
    ("nat_seen", "", "", L2,
     [lambda g, a: g.prompt("Get-NetNat", "Name : WSLNat\nActive : True\n"), lambda g, a: g.prompt("Get-NetNat", ""),
      lambda g, a: g.prompt("Get-NetNat | Format-List", "Name : WSLNat\n"), lambda g, a: g.exe("powershell.exe -Command Get-NetNat", "Name : WSLNat")],
     [lambda g, a: g.prompt("Get-NetNat -Nme x", "Get-NetNat : A parameter cannot be found\n    + FullyQualifiedErrorId : NamedParameterNotFound,ParameterBinding"),
      lambda g, a: g.prompt("'Name : WSLNat'", "Name : WSLNat"), lambda g, a: g.output("Name : WSLNat", command="Get-NetNat"),
      lambda g, a: g.windows("nat.add").prompt("Get-NetNat", "Name : WSLNat")]),
    ("name_looked_up", ', server = "{{p.gateway}}"', "", DNS,
     [lambda g, a: g.packet("dns-query", dst=a.gateway, qname="google.com"),
      lambda g, a: g.output(f";; SERVER: {a.gateway}#53({a.gateway}) (UDP)", command="dig google.com"),
      lambda g, a: g.output(f"Server:\t\t{a.gateway}\nAddress:\t{a.gateway}#53", command="nslookup google.com")],
     [lambda g, a: g.packet("dns-query", dst="8.8.8.8", qname="google.com"), lambda g, a: g.run("getent hosts google.com"),
      lambda g, a: g.output(";; SERVER: 8.8.8.8#53(8.8.8.8) (UDP)", command="dig google.com"),
      lambda g, a: g.output(f"Server: {a.gateway}", command=f"echo 'Server: {a.gateway}'"), lambda g, a: g.packet("dns-query", dst=a.gateway, by="lab")]),
    ("sides_compared", ', what = "name"', "", DNS,
     [lambda g, a: g.run("getent hosts google.com", status=512).prompt("Resolve-DnsName google.com", "google.com A 300 Answer 1.2.3.4"),
      lambda g, a: g.prompt("nslookup google.com", "Address: 1.2.3.4").packet("dns-query", dst=a.server)],
     [lambda g, a: g.run("getent hosts google.com"), lambda g, a: g.prompt("Resolve-DnsName google.com", "1.2.3.4"),
      lambda g, a: g.run("getent hosts google.com").prompt("'Resolve-DnsName 1.2.3.4'", "1.2.3.4"),
      lambda g, a: g.run("getent hosts google.com").file("/etc/resolv.conf").prompt("Resolve-DnsName google.com", "1.2.3.4"),
      lambda g, a: g.run("getent hosts google.com").output("1.2.3.4", command="nslookup google.com")]),
    ("sides_compared", ', what = "routes"', "", L2,
     [lambda g, a: g.run("ip route").prompt("route print -4", f"{a.base} 255.255.240.0 On-link {a.gateway} 271")],
     [lambda g, a: g.run("ip route").prompt("ipconfig", f"IPv4 Address : {a.gateway}"), lambda g, a: g.run("ip route")]),
    ("hypothesis_tested", "", "", L2,
     [lambda g, a: g.packet("echo-request", dst="8.8.8.8").packet("dns-query", dst=a.server).change("route")],
     [lambda g, a: g.change("route").packet("echo-request", dst="8.8.8.8").packet("dns-query", dst=a.server), lambda g, a: g.run("ip a").run("ip route")]),
    ("diagnosed_first", "", "", L2,
     [lambda g, a: g.diagnose(("L1", "x")).change("route"), lambda g, a: g.diagnose(("L1", "x"))],
     [lambda g, a: g.change("route").diagnose(("L2", "no-default-route")), lambda g, a: g.run("ip route")]),
    # A relation is asked of any step.
    ("gateway_seen", ', after = "first"', 'step.public_pinged { points = 50, id = "first" },', L2,
     [lambda g, a: looked(g.packet("echo-request", dst="8.8.8.8"), a), lambda g, a: g.run("ip r").packet("echo-request", dst="8.8.8.8").run("ip r")],
     [lambda g, a: g.run("ip r").packet("echo-request", dst="8.8.8.8"), lambda g, a: g.run("ip r")]),
    ("gateway_seen", ', after = "first", within = 1', 'step.public_pinged { points = 50, id = "first" },', L2,
     [lambda g, a: g.packet("echo-request", dst="8.8.8.8").run("ip r")],
     [lambda g, a: g.packet("echo-request", dst="8.8.8.8").run("true").run("true").run("ip r")]),
    ("cause_named", ", before_change = true", "", L2,
     [lambda g, a: g.diagnose(("L2", "no-default-route")).change("route")], [lambda g, a: g.change("route").diagnose(("L2", "no-default-route"))]),
    # Seen before a reset is seen; mended and proved before it is neither.
    ("gateway_seen", "", "", L2, [lambda g, a: anew(g.run("ip r"), "reset"), lambda g, a: anew(g.change("route"), "reset").run("ip r").change("route")],
     [lambda g, a: lab(lab(g, "reset").run("ip r"), "ready")]),
    ("verified", "", "", L2,
     [lambda g, a: anew(g, "resumed").change("route").packet("echo-reply", dir="in", src="8.8.8.8").end(a.meta)],
     [lambda g, a: anew(g.change("route").packet("echo-reply", dir="in", src="8.8.8.8"), "resumed").run("x").end(a.meta),
      lambda g, a: anew(g.change("route"), "reset").change("route").end(a.meta)]),
    # Damage done before a reset is damage.
    ("care", ', allow = { "route" }', "", L2,
     [lambda g, a: anew(g.change("route"), "reset").change("route").end(a.meta)],
     [lambda g, a: anew(g.file("/etc/hosts"), "reset").change("route").end(a.meta)]),
]


def points(problems, name, text, step, make, wanted):
    attempt = Attempt(text)
    log = Log()
    make(log, attempt)
    item = attempt.items(log)[step]
    if item["points"] != wanted:
        problems.append(f"{name}: {item['points']} points instead of {wanted}: {item}")
    attempt.close()


def partial_credit(problems):
    end = lambda g, a, **held: g.end(a.meta, **held)  # noqa: E731
    half = only("custom", ', id = "half", group = "observe", title = "x", test = function() return 0.5, {} end')
    points(problems, "half", half, "half", lambda g, a: g, 50)
    points(problems, "one look of two", only("looked_first", ", least = 2", 'step.gateway_seen { points = 50 },'), "looked-first",
           lambda g, a: g.run("ip r").change("route"), 25)
    points(problems, "one try of two", only("hypothesis_tested"), "hypothesis-tested", lambda g, a: g.packet("echo-request", dst="8.8.8.8"), 50)
    probe = re.search(r"(?s)fixed = \{.*?name = \"([\w-]+)\"", L2).group(1)
    parts = only("mended", f', parts = {{ "{probe}" }}')

    def part_back(g, a, controls=True):
        end(g.change("route"), a, fixed=False, controls=controls)
        next(e for e in g.events if e.get("name") == probe)["ok"] = True

    points(problems, "a part of the mend", parts, "mended", part_back, 50)
    points(problems, "a part of the mend, and something broke", parts, "mended", lambda g, a: part_back(g, a, False), 0)
    points(problems, "no part of the mend", parts, "mended", lambda g, a: end(g.change("route"), a, fixed=False), 0)
    points(problems, "a cut attempt", only("mended"), "mended", lambda g, a: g.change("route").tried(a.meta).tried(a.meta, which="controls"), 0)


def wrong_rubrics(problems):
    for text, said in ((only("gateway_seen", ', after = "fist"', 'step.public_pinged { points = 50, id = "first" },'), "did you mean 'first'"),
                       (only("mended", ', parts = { "no-such" }'), "no fixed-probe is called 'no-such'"),
                       (only("hypothesis_tested", ', of = { "public_pingd" }'), "did you mean 'public_pinged'"),
                       (L2.replace("  hints = {", "  hints = { { en = 'x', ja = 'x', prize = 3 },"), "unknown key 'prize'"),
                       (L2.replace("  hints = {", "  hints = { { en = 'x', ja = 'x', price = -3 },"), "must not be negative")):
        try:
            Attempt(text)
        except SystemExit as refused:
            if said not in str(refused):
                problems.append(f"'{said}' is not in {refused}")
        else:
            problems.append(f"no error says '{said}'")


def prices(problems):
    for text, wanted in ((L2, [3, 5, 8]), (L2.replace("  hints = {", "  hints = { { en = 'x', ja = 'x', price = 1 },"), [1, 5, 8, 8])):
        attempt = Attempt(text)
        got = attempt.script.ask("score", events=[])["hint_prices"]
        told = [attempt.script.ask("hint", n=n + 1)["price"] for n in range(len(wanted))]
        if got != wanted or told != wanted:
            problems.append(f"prices {got}, told {told}, not {wanted}")
        attempt.close()


def by_itself(problems):
    """A fault that is gone where nobody did anything is nobody's mend."""
    attempt = Attempt(L2)
    cases = [
        (True, lambda g: g.run("ip route").run("ping -c1 8.8.8.8")), (True, lambda g: g), (True, lambda g: anew(g.change("route"), "resumed").run("ip a")),
        (False, lambda g: g.change("route")), (False, lambda g: g.run("python3 mend.py")), (False, lambda g: g.windows("service.set")),
        (True, lambda g: g.run("ip -4 -br a").run("ip route get 8.8.8.8").run("ip l sh dev eth0").run("ip -n x r")),
        (False, lambda g: g.run("sudo ip route replace default via 172.23.160.1").run("ip route replace default via 172.23.160.1")),
        (False, lambda g: g.run("ip l s eth0 up")), (False, lambda g: g.run("ip -b lines")), (False, lambda g: g.run("ip -4 r a default dev eth0")),
        (False, lambda g: g.prompt("Restart-Service hns", "")), (False, lambda g: anew(g, "reset").change("route")),
    ]
    for n, (gone, make) in enumerate(cases):
        for held in (True, False):
            log = Log()
            make(log)
            log.end(attempt.meta, fixed=held)
            got = attempt.script.ask("score", events=log.events)["gone"]
            if got != (gone and held):
                problems.append(f"by itself {n}, held {held}: {got}")
    blind = Log({"packets": True, "changes": False, "exec": True, "files": True}).end(attempt.meta)
    if attempt.script.ask("score", events=blind.events)["gone"]:
        problems.append("by itself: said without the recorder of changes")
    attempt.close()


def the_way(problems):
    """Each piece of the way with the layer it was at, by what it showed, sent or changed."""
    attempt = Attempt(DNS)
    log = Log()
    looks = (("ip a", "L1", "look"), ("ip route", "L2", "look"), ("ping -c1 8.8.8.8", "L2", "try"), ("getent hosts google.com", "L2.5", "try"),
             ("nft list ruleset", "L3", "look"), ("ss -lnt", "L5", "look"), ("vim notes", None, "look"))
    wanted = []

    def typed(line, fill=None):
        seq = len(log.events)
        fill = fill or (lambda: log.run(line))
        fill()
        log.output("", command=line, started=(seq + 1) * 0.5 - 0.1, ended=len(log.events) * 0.5)
        for e in log.events[seq:-1]:
            e.setdefault("cause", log.events[-1]["seq"])

    for line, layer, kind in looks:
        typed(line)
        wanted.append((kind, layer, line))
    typed("./ask", lambda: log.packet("dns-query", dst="1.1.1.1"))
    log.prompt("nslookup google.com", "Address: 1.2.3.4").prompt("Get-NetNat", "Name : x").prompt("netsh interface portproxy show all", "")
    typed("dojo diagnose L3 guest-filter", lambda: log.run("dojo diagnose L3 guest-filter").diagnose(("L3", "guest-filter")))
    log.add("hint", n=1)
    typed("sudo nft flush ruleset", lambda: log.run("nft flush ruleset").change("ruleset"))
    # Refused, or in place already: nothing came of it.
    for line in ("ip link set eth0 up", "ip route add default via 1.2.3.4"):
        typed("sudo " + line, lambda line=line: log.run(line))
    typed("ip route show", lambda: log.run("ip route show"))
    typed("sudo iptables -F", lambda: log.run("iptables -F"))
    for line in ("dojo task", "dojo map --json", "dojo grade -y", "exit"):
        typed(line, lambda line=line: log.run(line) if line != "exit" else None)
    log.prompt("Restart-Service hns", "").prompt("netsh interface portproxy add v4tov4 80 x", "")
    anew(log, "reset")
    lab(log, "paused", why="asked")
    lab(log, "resumed", gap=3600.5)
    lab(log, "ready")
    for name in attempt.meta["fixed"]:
        log.add("probe", by="lab", set="fixed", name=name, ok=name != attempt.meta["fixed"][0], ms=1.0, detail={})
        log.events[-1]["t"] = log.events[-2]["t"] + 0.01
    n = len(attempt.meta["fixed"])
    wanted += [("try", "L2.5", "./ask"), ("try", "L2.5", "nslookup google.com"), ("look", "L4", "Get-NetNat"), ("look", "L5", "netsh interface portproxy show all"),
               ("answer", "L3", "L3 guest-filter"), ("hint", None, "1"), ("change", "L3", "sudo nft flush ruleset"), ("change", "L2", "sudo ip link set eth0 up"),
               ("change", "L2", "sudo ip route add default via 1.2.3.4"), ("look", "L2", "ip route show"), ("change", "L3", "sudo iptables -F"),
               ("change", None, "Restart-Service hns"), ("change", None, "netsh interface portproxy add v4tov4 80 x"),
               ("reset", None, ""), ("gap", None, "3600"), ("check", None, f"{n - 1}/{n}")]
    answer = attempt.script.ask("score", events=log.events)
    got = [(w["kind"], w["layer"], w["text"]) for w in answer["path"]["walked"]]
    if got != wanted:
        problems.append("the way:\n  " + "\n  ".join(f"{g} {'' if g == w else f'not {w}'}" for g, w in zip(got + [None] * 20, wanted)))
    earned = [w["items"] for w in answer["path"]["walked"][:4]]
    if not all(e for e in earned) or "gateway-seen" not in earned[1]:
        problems.append(f"what the way earned: {earned}")
    attempt.close()


def the_way_through_a_prompt(problems):
    """A line at the prompt that `dojo windows` opened has what it earned itself; a check counts each probe once, of whatever set."""
    attempt = Attempt(DNS)
    log = Log()
    log.inside("wsl ip -4 addr show eth0", "ip -4 addr show eth0", attempt.guest)
    line, n = log.events[-1], len(log.events)
    line["session"] = "main"
    log.output("", command="dojo windows", session="main", started=1.0, ended=n * 0.5 + 0.4)
    for e in log.events[4:n - 1]:
        e["cause"] = n + 1  # as evidence_join has it: it knows the window's line alone
    log.tried(attempt.meta, which="controls").tried(attempt.meta, ok=False).tried(attempt.meta, ok=False, which="symptoms")
    for i, e in enumerate(x for x in log.events if x["kind"] == "probe"):
        e["t"] = 50 + i * 0.01
    log.end(attempt.meta)
    shown = len(attempt.meta["controls"]) + len({*attempt.meta["fixed"], *attempt.meta["symptoms"]})
    walked = attempt.script.ask("score", events=log.events)["path"]["walked"]
    got = [(w["text"], w["layer"], "address-seen" in w["items"]) for w in walked]
    wanted = [(line["text"], "L1", True), (f"{len(attempt.meta['controls'])}/{shown}", None, False)]
    if [g for g in got if g[0] != "dojo windows"] != wanted:
        problems.append(f"the way through a prompt: {got}, not {wanted}")
    attempt.close()


def main():
    problems = []
    hold(CASES, problems)
    for test in (partial_credit, wrong_rubrics, prices, by_itself, the_way, the_way_through_a_prompt):
        test(problems)
    for p in problems:
        print(p)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
