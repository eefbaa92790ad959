# SPDX-License-Identifier: GPL-2.0-or-later
"""Hand-made logs, and attempts that score them."""
import itertools
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from script_peer import SOURCE, Script, read  # noqa: E402

L2 = read(os.path.join(SOURCE, "scenarios/l2/l2-no-default-route/scenario.lua"))
FW = read(os.path.join(SOURCE, "scenarios/fw/fw-guest-filter/scenario.lua"))
ON_PHONE = L2.replace("  fixed = {\n", '  fixed = {\n    probe.ping { name = "phone-out", node = "phone", address = "8.8.8.8" },\n')
DNS = read(os.path.join(SOURCE, "scenarios/dns/dns-host-proxy-dead/scenario.lua"))


class Log:
    """Events as they come; each method adds one."""

    def __init__(self, recorders=None):
        self.events = []
        self.pids = itertools.count(100)
        recorders = recorders or {"packets": True, "changes": True, "exec": True, "files": True}
        self.add("lab", what="start", by="lab")
        self.add("lab", what="recorders", by="lab", recorders=recorders)
        self.add("lab", what="ready", by="lab")
        self.add("lab", what="fault-verified", by="lab", shows=True, controls=True)

    def add(self, kind, **keys):
        n = len(self.events) + 1
        self.events.append({"seq": n, "t": n * 0.5, "kind": kind, "node": "wsl", "gen": 1, "by": "learner", **keys})
        return self

    def output(self, text, by="learner", command="?", **keys):
        return self.add("command", by=by, text=command, output=text, exit=0, **keys)

    def run(self, line, status=0, by="learner", **keys):
        argv = line.split()
        pid = next(self.pids)
        self.add("exec", by=by, path="/usr/bin/" + argv[0], argv=argv, pid=pid, uid=1000, **keys)
        return self.add("exec", by=by, what="exit", pid=pid, status=status)

    def packet(self, what, **keys):
        return self.add("packet", what=what, **{"dir": "out", **keys})

    def change(self, what, **keys):
        return self.add("change", what=what, action=keys.pop("action", "add"), **keys)

    def file(self, path, content=""):
        return self.add("file", path=path, action="write", content=content)

    def windows(self, what, ok=True, **args):
        """What somebody changed on Windows."""
        return self.add("windows", node="windows", what=what, args=args, ok=ok)

    def prompt(self, command, output):
        """A line typed at Windows' prompt, and what came of it."""
        return self.output(output, command=command, node="windows")

    def inside(self, command, ran, output, status=0):
        """A line typed at Windows' prompt that runs another in WSL: init starts that, so no command is its cause."""
        began = (len(self.events) + 1) * 0.5
        self.add("exec", node="windows", path="/init", argv=["/init"], pid=next(self.pids))
        self.add("exec", path="/bin/sh", argv=["/bin/sh", "-c", 'exec "${SHELL:-/bin/bash}" -c "$0"', ran], pid=next(self.pids), uid=1000)
        self.run(ran, status=status)
        return self.output(output, command=command, node="windows", started=began - 0.01, ended=len(self.events) * 0.5)

    def exe(self, command, output):
        """A line of WSL's shell that starts Windows programs, as Windows' side of the kernel's record tells."""
        for program in re.findall(r"[\w.-]+\.exe", command):
            self.add("exec", node="windows", path="/init", pid=next(self.pids), uid=0,
                     argv=["/init", "--interop", "--cwd", "/home/learner", "--", "/mnt/c/Windows/System32/" + program])
        return self.output(output, command=command)

    def tried(self, meta, ok=True, which="fixed"):
        """`dojo check`."""
        for name in meta[which]:
            self.add("probe", by="lab", set=which, name=name, ok=ok, ms=1.0, detail={})
        return self

    def diagnose(self, *answers):
        return self.add("answer", answers=[{"layer": a, "cause": c} for a, c in answers])

    def end(self, meta, fixed=True, controls=True):
        self.add("lab", what="end", by="lab")
        for which, ok in (("fixed", fixed), ("controls", controls)):
            for name in meta[which]:
                self.add("probe", by="lab", set=which, name=name, ok=ok, ms=1.0, detail={})
        return self


class Attempt:
    """A loaded scenario that scores logs."""

    def __init__(self, text):
        self.script = Script()
        answer = self.script.load(text)
        if "meta" not in answer:
            raise SystemExit(answer)
        self.meta = answer["meta"]
        nodes = {n["name"]: n for n in self.script.ask("model")["model"]["nodes"]}
        wsl = nodes["wsl"]
        self.windows, self.phone = (next(a["cidr"].split("/")[0] for i in nodes[name]["ifaces"] for a in i["addresses"]
                                         if a["cidr"].startswith("192.168.")) for name in ("windows", "phone"))
        eth0 = next(i for i in wsl["ifaces"] if i["name"] == "eth0")
        self.guest, self.mac = eth0["addresses"][0]["cidr"].split("/")[0], eth0["mac"]
        self.gateway = wsl["routes"][0]["via"]
        self.base = self.gateway.rsplit(".", 1)[0] + ".0"
        wrong = re.findall(r"default via ([\d.]+)\"", json.dumps(self.meta["missteps"]))
        self.spare = wrong[-1] if wrong else None
        broken = {**self.script.ask("model")["model"], **self.script.ask("fault")["model"]}
        self.ports = sorted({x["port"] for i in broken["services"] if i["node"] in ("windows", "wsl") for x in i.get("listens", [])
                             if x["proto"] == "tcp"} | {3000})
        self.connects = [r["connectaddress"] for r in broken.get("windows", {}).get("portproxy", [])]
        content = next(f["content"] for f in wsl["files"] if f["path"].endswith("/resolv.conf") and "content" in f)
        self.server = re.search(r"^nameserver (\S+)", content, re.M)[1]

    def items(self, log):
        answer = self.script.ask("score", events=log.events)
        if "items" not in answer:
            raise SystemExit(answer)
        return {i["id"]: i for i in answer["items"]}

    def score(self, log):
        return sum(i["points"] for i in self.items(log).values())

    def close(self):
        self.script.__exit__()


def only(step, options="", extra="", base=L2):
    """The scenario with this one step, worth all."""
    points = 50 if extra else 100
    steps = f"  steps = {{ {extra} step.{step} {{ points = {points}{options} }} }},\n"
    return re.sub(r"(?ms)^  steps = \{$.*?^  \},\n", lambda _: steps, base, count=1)


def hold(cases, problems):
    """Each of (step, options, extra steps, base, logs that earn, logs that don't); a log is a function of (log, attempt)."""
    for name, options, extra, base, good, bad in cases:
        attempt = Attempt(only(name, options, extra, base))
        step_id = name.replace("_", "-")
        for earned, logs in ((True, good), (False, bad)):
            for n, make in enumerate(logs):
                log = Log()
                make(log, attempt)
                item = attempt.items(log)[step_id]
                if (item["points"] > 0) != earned:
                    problems.append(f"{name}: log {n} that {'earns' if earned else 'must not earn'} it gave {item}")
                if earned and not item["evidence"]:
                    problems.append(f"{name}: log {n} earned it without evidence")
        attempt.close()


SHOW_ALL = """
Listen on ipv4:             Connect to ipv4:

Address         Port        Address         Port
--------------- ----------  --------------- ----------
0.0.0.0         3000        {}  3000

"""
SOCKETS = "  Proto  Local Address          Foreign Address        State           PID\n  TCP    0.0.0.0:{}           0.0.0.0:0              LISTENING       3412\n"


def phone_served(g, a, port=3000, **keys):
    return g.packet("syn-ack", **{"node": "windows", "src": a.windows, "sport": port, "dst": a.phone, "dport": 40000, **keys})
