#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of a lab's processes and of the command line at random instants: afterwards nothing is left.

Every orphan of a lab comes to this process (PR_SET_CHILD_SUBREAPER), so "nothing is left" is a statement about all of
them: no process, and with no process and no named object no namespace, link or mount. The log must be whole lines.
"""
import ctypes
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROUNDS = int(os.environ.get("NETDOJO_KILL_ROUNDS", "200"))
BUILD = os.environ["NETDOJO_BUILD"]
NETDOJO = os.path.join(BUILD, "bin", "netdojo")
SCENARIO = "dns-host-proxy-dead"
PR_SET_CHILD_SUBREAPER = 36


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(x) for x in f.read().split()]
    except OSError:
        return []


def descendants():
    out, todo = [], [os.getpid()]
    while todo:
        kids = children(todo.pop())
        out += kids
        todo += kids
    return out


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def wait_until(what, ok, seconds):
    end = time.monotonic() + seconds
    while not ok():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def host_state():
    with open("/proc/self/mountinfo") as f:
        mounts = sorted(line.split(" ", 2)[2] for line in f)
    netns = sorted(os.listdir("/run/netns")) if os.path.isdir("/run/netns") else []
    return mounts, sorted(os.listdir("/sys/class/net")), netns


def log_is_whole(attempts):
    for path in glob.glob(os.path.join(attempts, "*", "events.jsonl")):
        with open(path, "rb") as f:
            data = f.read()
        if data and not data.endswith(b"\n"):
            return f"{path}: the last line is cut"
        for n, line in enumerate(data.splitlines(), 1):
            event = json.loads(line)
            if event["seq"] != n:
                return f"{path}: event {n} has seq {event['seq']}"
    return None


class Round:
    def __init__(self, n, rng, home):
        self.n, self.rng, self.home = n, rng, home
        self.env = dict(os.environ, XDG_RUNTIME_DIR=home, XDG_STATE_HOME=home)
        self.lab = f"k{n}"

    def start(self, *args):
        # No process of ours reaps the command line but reap(), so that pids are not reused under us.
        return subprocess.Popen([NETDOJO, *args], env=self.env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def up(self):
        p = self.start("up", SCENARIO, "--lab", self.lab, "--seed", "kill9")
        p.wait()
        return p.returncode

    def pick(self, cli):
        """A living process: the command line, or any of the lab's."""
        pids = descendants()
        return self.rng.choice(pids) if pids else cli

    def run(self):
        phase = self.rng.choice(["up", "exec", "down"])
        if phase == "up":
            p = self.start("up", SCENARIO, "--lab", self.lab, "--seed", "kill9")
            longest = 0.06
        elif self.up() != 0:
            return "up failed"
        elif phase == "exec":
            p = self.start("exec", "--lab", self.lab, "wsl", "--", "ping", "-c", "2", "-i", "0.02", "1.1.1.1")
            longest = 0.04
        else:
            p = self.start("down", "--lab", self.lab)
            longest = 0.02
        end = time.monotonic() + self.rng.uniform(0, longest)
        while time.monotonic() < end:
            pass
        victim = self.pick(p.pid)
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass
        if not wait_until("cli", lambda: p.poll() is not None, 10):
            return f"{phase}: the command line hangs after {victim} was killed"
        return self.clean_up(phase)

    def clean_up(self, phase):
        def gone():
            reap()
            return not descendants()
        # A killed exec leaves its lab alive, and so may a killed down or an up that was ready: end it as a user would.
        if not wait_until("gone", gone, 0.15):
            d = self.start("down", "--lab", self.lab)
            d.wait()
            if not wait_until("gone", gone, 5):
                names = [open(f"/proc/{x}/comm").read().strip() for x in descendants()]
                return f"{phase}: left behind: {names}"
        return log_is_whole(os.path.join(self.home, "netdojo", "attempts"))


def main():
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        print("SKIP: can't become a subreaper")
        return 77
    doctor = subprocess.run([os.path.join(BUILD, "bin", "netdojo"), "doctor", "--json"], capture_output=True, text=True)
    if doctor.returncode == 3:
        print("SKIP: kernel lacks what a lab needs:", doctor.stdout[:300])
        return 77
    seed = os.environ.get("NETDOJO_KILL_SEED", str(time.time_ns()))
    print(f"seed {seed}, {ROUNDS} rounds")
    rng = random.Random(seed)
    home = tempfile.mkdtemp(prefix="nd-kill9-")
    before = host_state()
    failed = 0
    try:
        for n in range(ROUNDS):
            why = Round(n, rng, home).run()
            if why:
                print(f"round {n}: {why}")
                failed += 1
            shutil.rmtree(os.path.join(home, "netdojo", "attempts"), ignore_errors=True)
            if failed > 5:
                break
        if host_state() != before:
            print("mounts, links or /run/netns of the host differ")
            failed += 1
    finally:
        for pid in descendants():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        reap()
        shutil.rmtree(home, ignore_errors=True)
    print(f"{failed} of {ROUNDS} rounds left something" if failed else f"{ROUNDS} rounds, nothing left")
    return 1 if failed else 0


sys.exit(main())
