# SPDX-License-Identifier: GPL-2.0-or-later
"""Which facts a recorded log truly shows: asked of the raw events and of what was on the screen, without the rubric's own code."""
import re

PUBLIC = re.compile(r"(?<![\d.])(?!10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|0\.)\d+\.\d+\.\d+\.\d+(?![\d.])")
NAME = re.compile(r"(?:^|[/@])(?:[\w-]+\.)+[a-z]{2,}(?:[:/]|$)")


class Shown:
    """A log's learner: what they ran, what it printed, what they sent."""

    def __init__(self, events, place):
        mine = [e for e in events if e.get("by") != "lab"]
        self.place = place  # guest, mac, gateway, base: of the lab the rubric thinks it is in
        self.commands = [e for e in mine if e["kind"] == "command"]
        self.packets = [e for e in mine if e["kind"] == "packet"]
        self.execs = [e for e in mine if e["kind"] == "exec" and e.get("what") != "exit"]
        self.answers = [e for e in mine if e["kind"] == "answer"]
        finishing = next((i for i, e in enumerate(events) if e.get("what") == "finishing"), len(events))
        self.held = {(e["set"], e["name"]) for e in events[finishing:] if e["kind"] == "probe" and e["ok"]}

    def screen(self, *words, node=None):
        """Did an output hold a line with all of these?"""
        for c in self.commands:
            if node in (None, c.get("node", "wsl")):
                for line in str(c.get("output") or "").lower().splitlines():
                    if all(re.search(w, line) if isinstance(w, re.Pattern) else w.lower() in line for w in words):
                        return True
        return False

    def typed(self, pattern):
        return any(re.search(pattern, c.get("text") or "", re.I) for c in self.commands)

    def silent(self, pattern):
        """A command of this kind that had nothing to print."""
        return any(re.search(pattern, c.get("text") or "", re.I) and not str(c.get("output") or "").strip() for c in self.commands)

    def argument(self, pattern, program=None):
        return any(re.search(pattern, a) for e in self.execs if program in (None, (e.get("path") or "").rsplit("/", 1)[-1]) for a in e.get("argv", [])[1:])

    def sent(self, *kinds, node="wsl", **keys):
        return any(e.get("what") in kinds and e.get("node", "wsl") == node and all(e.get(k) == v for k, v in keys.items()) for e in self.packets)


def address(s, _):
    return s.screen(s.place["guest"]) or s.screen(s.place["mac"]) or s.screen(s.place["mac"].replace(":", "-")) or s.screen(re.compile(r"\binet |eth0.*(mtu|up|down)")) \
        or s.argument("^-I$", "hostname") or s.typed("fib_trie|/sys/class/net")


def routes(s, _):
    return s.screen(re.compile(r"(^default| via | dev \w+ |scope link|^0\.0\.0\.0)")) or s.screen(s.place["gateway"]) or s.screen(s.place["base"]) \
        or s.silent(r"\bip\b.*\br|\broute\b")


def gateway_tried(s, _):
    return s.sent("echo-request", dst=s.place["gateway"]) or s.argument(re.escape(s.place["gateway"]), "ping") or s.screen(re.compile(r"reachable|stale|failed|delay|permanent")) \
        or s.silent(r"\bip\b.*\bn")


def public_tried(s, _):
    return any(e.get("what") in ("echo-request", "syn", "dns-query") and PUBLIC.search(e.get("dst") or "") for e in s.packets) or s.argument(PUBLIC)


def name_tried(s, o):
    if o.get("server"):
        return s.sent("dns-query", dst=o["server"]) or s.screen("server", o["server"])
    return s.sent("dns-query") or s.argument(NAME)


def nameserver(s, _):
    return s.screen(re.compile(r"^\s*nameserver\s+\d"))


def listening(s, o):
    if o.get("node") != "windows":
        return s.screen(re.compile(r"\blisten\b|unconn|state\s+recv-q|netid|^command\s+pid")) or s.silent(r"\bss\b|\blsof\b")
    port = re.compile(rf"\b{o['port']}\b") if "port" in o else re.compile(r"\d")
    return s.screen(port) and s.screen(re.compile("listen|localport"))


def portproxy(s, o):
    return s.screen(*[str(o[k]) for k in ("connect", "port") if k in o], re.compile(r"\d+\.\d+\.\d+\.\d+"))


def firewall(s, _):
    return s.screen(re.compile(r"inboundaction|rule name|display\w*\s*:|localport|no rules match|direction\s*:|firewall policy|objects found|-----")) \
        or s.silent(r"firewall|findstr|netsh")


def filters(s, _):
    return s.screen(re.compile(r"table \w+ \w+|^chain |^-p input|^status: ")) or any("list" in " ".join(e["argv"]) for e in s.execs if e.get("path", "").endswith("/nft"))


def file(s, o):
    folder, name = o["path"].rsplit("/", 1)
    return s.argument(rf"(^|/){re.escape(name)}$") or s.argument(rf"^{re.escape(folder)}/?$", "ls") or s.screen(name, "->")


def sysctl(s, o):
    word = o["key"].rsplit(".", 1)[-1]
    return s.argument(re.escape(word)) or s.argument("^(-a|-A|--all)$", "sysctl")


def size(s, _):
    return any(e.get("what") == "echo-request" and e.get("size", 0) > 500 for e in s.packets) or any(e.get("mss") for e in s.packets) or s.argument(r"^-\w*s\d*$", "ping") \
        or any(e.get("path", "").endswith("/tracepath") for e in s.execs) or s.typed(r"ping.*[-/]l\b")


def complaint(s, o):
    words = [o[k].lower() for k in ("host", "address") if k in o]
    seen = [e for e in s.packets if e.get("qname", "").rstrip(".").lower() in words or e.get("dst") in words]
    return bool(seen) or any(s.argument(re.escape(w)) for w in words)


def last_answer(s):
    return s.answers[-1].get("answers", []) if s.answers else None


FACTS = {
    "address_seen": address, "guest_address_seen": address, "gateway_seen": routes, "gateway_pinged": gateway_tried, "public_pinged": public_tried,
    "name_looked_up": name_tried, "resolv_conf_read": nameserver, "named_server_asked": lambda s, o: s.sent("dns-query"),
    "config_seen": lambda s, o: s.screen(o["line"]), "file_seen": file, "listening_seen": listening, "portproxy_seen": portproxy, "firewall_seen": firewall,
    "windows_routes_seen": lambda s, o: s.screen(o.get("text", ""), re.compile(r"\d+\.\d+")), "hyperv_seen": lambda s, o: s.screen(o.get("text", "DefaultInboundAction")),
    "sysctl_seen": sysctl, "vpn_seen": lambda s, o: s.screen(re.compile("vpn|anyconnect|ethernet 2|wireguard|pangp|check point|juniper|corp")), "size_tried": size,
    "filters_seen": filters, "nat_seen": lambda s, o: s.typed("netnat|hnsdiag|hnsnetwork|sharedaccess"),
    "sides_compared": lambda s, o: len({c.get("node", "wsl") for c in s.commands}) > 1,
    "hypothesis_tested": lambda s, o: public_tried(s, o) or name_tried(s, o) or gateway_tried(s, o) or size(s, o),
    "looked_first": lambda s, o: bool(s.commands or s.execs), "complaint_tried": complaint,
    "answer_came": lambda s, o: s.sent("dns-answer", "echo-reply", "syn-ack"), "custom": lambda s, o: bool(s.commands),
    "diagnosed_first": lambda s, o: bool(s.answers),
    "layer_named": lambda s, o: last_answer(s) is not None and (any(a["layer"] in (t["layer"], "L4/5") for a in last_answer(s) for t in o["truth"]) or not o["truth"]),
    "cause_named": lambda s, o: last_answer(s) is not None and (any(a.get("cause") == t["cause"] for a in last_answer(s) for t in o["truth"]) or not o["truth"]),
}


def mended(s, o):
    """The outcome's steps: what has to work does."""
    return all(("fixed", name) in s.held for name in o["fixed"])


for name in ("mended", "verified", "published", "care", "unharmed"):
    FACTS[name] = mended
