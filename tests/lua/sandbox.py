#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The walls around the script process as the kernel reports them, and its manners towards its peer."""
import os
import re
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from script_peer import PROGRAM, SOURCE, Script, read  # noqa: E402

GOOD = read(os.path.join(SOURCE, "scenarios/l2/l2-no-default-route/scenario.lua"))


def status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)


def limits(pid):
    with open(f"/proc/{pid}/limits", encoding="ascii") as f:
        return {m[1].strip(): m[2] for m in re.finditer(r"^(Max [a-z ]+?)\s{2,}(\S+)", f.read(), re.M)}


def walls(problems):
    with Script() as s:
        s.load(GOOD)
        st, lim = status(s.proc.pid), limits(s.proc.pid)
        if st["Seccomp"] != "2" or st["NoNewPrivs"] != "1":
            problems.append(f"Seccomp {st['Seccomp']}, NoNewPrivs {st['NoNewPrivs']}")
        if st["Threads"] != "1":
            problems.append(f"{st['Threads']} threads")
        if lim["Max open files"] != "32" or lim["Max core file size"] != "0" or lim["Max file size"] != "67108864":
            problems.append(f"limits: {lim}")
        try:
            fds = sorted(os.listdir(f"/proc/{s.proc.pid}/fd"), key=int)
            if fds != ["2", "3"]:
                problems.append(f"descriptors {fds}")
        except PermissionError:
            pass  # not dumpable, and we are not root: just as it should be
        try:
            os.close(os.open(f"/proc/{s.proc.pid}/mem", os.O_RDONLY))
            if os.geteuid() != 0:
                problems.append("the process is open to its user")
        except OSError:
            pass


def long_messages(problems):
    """Documents over 64 KiB go through memfds both ways; none is left open."""
    with Script() as s:
        s.load(GOOD)
        events = [{"seq": i, "t": i * 0.01, "kind": "packet", "by": "learner", "node": "wsl", "what": "echo-request",
                   "dir": "out", "dst": "8.8.8.8"} for i in range(1, 3001)]
        for _ in range(40):  # over RLIMIT_NOFILE, were one kept
            answer = s.ask("score", events=events)
            if "items" not in answer:
                problems.append(f"score of a long log: {answer}")
                return
        big = GOOD.replace("return scenario", "-- " + "x" * 200000 + "\nreturn scenario")
        if "meta" not in s.load(big):
            problems.append("a long scenario does not load")


def interleaved(problems):
    """A request that comes while a probe waits is served afterwards."""
    with Script() as s:
        s.load(GOOD)
        asked = []

        def answer(q):
            if not asked:
                s.send({"id": 9001, "do": "causes"})
            asked.append(q)
            return {"ok": True, "ms": 0.5, "value": []}

        got = s.ask("probe", answer=answer, set="symptoms")
        later = s.recv()
        if len(got.get("probes", [])) != 2 or later.get("re") != 9001 or not later.get("causes"):
            problems.append(f"interleaved: {got}, {later}")


def all_at_once(problems):
    """Every probe of a set is asked before the first answer is needed; a node that fails is a failed probe."""
    with Script() as s:
        s.load(GOOD)
        s.send({"id": 500, "do": "probe", "set": "all"})
        asked = [s.recv() for _ in range(8)]
        for q in reversed(asked):
            s.send({"re": q["id"], "error": {"message": "Node is gone", "mend": "", "code": 2, "kind": 3}}
                   if q["node"] == "windows" else {"re": q["id"], "ok": True, "ms": 1.5, "value": []})
        probes = s.recv()["probes"]
        bad = [p["name"] for p in probes if not p["ok"]]
        if len(probes) != 8 or bad != ["windows-public-ping"]:
            problems.append(f"all at once: {probes}")


def no_socket(problems):
    """Started by hand it says so and does nothing."""
    for fd3 in ("/dev/null", None):
        kw = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 10}
        shell = f"exec '{PROGRAM}' " + (f"3<{fd3}" if fd3 else "3<&-")
        run = subprocess.run(["sh", "-c", shell], check=False, **{k: v for k, v in kw.items() if k != "stdin"})
        if run.returncode != 2 or "Descriptor 3" not in run.stderr:
            problems.append(f"by hand: {run.returncode} {run.stderr}")


def peer_gone(problems):
    """It ends when its peer does, quietly."""
    s = Script()
    s.sock.shutdown(socket.SHUT_RDWR)
    s.sock.close()
    code = s.proc.wait(10)
    said = s.proc.stderr.read()
    s.proc.stderr.close()
    if code != 0 or said:
        problems.append(f"peer gone: {code} {said}")


def main():
    problems = []
    for test in (walls, long_messages, interleaved, all_at_once, no_socket, peer_gone):
        test(problems)
    for p in problems:
        print(p)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
