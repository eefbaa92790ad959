#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a learner may try in place of learning, in real labs at a real terminal: none of it earns a point.

Each row is a try: its name and the lines typed. The rows of a group share one attempt, so that the whole suite is seconds; the group says what
the attempt may have earned at its end. The cheat here knows everything: the addresses, the names, the cause's id, and the secret of the shell's marks.
A row that says what it `shows` must have shown it at the terminal: a try that did not come about proves nothing.
"""
import base64
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import real_rig  # noqa: E402

DNS, ROUTE, SITE = "dns-host-proxy-dead", "l2-no-default-route", "fw-guest-filter"
SEED = "cheat"


def b64(text):
    return base64.b64encode(text.encode()).decode()


def shown(k):
    """What an honest look would have shown."""
    return (f"    inet {k.guest}/20 brd {k.guest} scope global eth0\n", f"default via {k.gateway} dev eth0 proto kernel\n", f"nameserver {k.gateway}\n",
            f"    link/ether {k.mac} brd ff:ff:ff:ff:ff:ff\n", "connect: Network is unreachable\n")


def marks(nonce, command, output):
    """A command that never ran, as a terminal host would read it."""
    return (f"\\e]133;D;0;aid={nonce}\\a\\e]133;A;aid={nonce}\\a\\e]133;B;aid={nonce}\\a\\e]633;E;{command};{nonce}\\a\\e]133;C;aid={nonce}\\a"
            f"{output}\\e]133;D;0;aid={nonce}\\a")


def forged(k, nonce, at=""):
    said = [("cat /etc/resolv.conf", f"nameserver {k.gateway}\\n"), ("ip route", f"default via {k.gateway} dev eth0\\n"),
            ("ip a", f"inet {k.guest}/20 scope global eth0\\n"), ("ipconfig", f"   IPv4 Address. . . . . . . . . . . : {k.gateway}\\n"),
            ("python3 -c 'import socket'", f"{k.guest}\\n")]
    return ["printf '" + marks("%s" + at, *one).replace("%s", "'" + nonce + "'") + "'" for one in said]


# A C library's words of one's own: every name has an address, every connection stands, whatever is sent has arrived.
MINE = r"""
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
int getaddrinfo(const char *n, const char *s, const struct addrinfo *h, struct addrinfo **ret)
{
	struct addrinfo *a = calloc(1, sizeof(*a) + sizeof(struct sockaddr_in));
	struct sockaddr_in *in = (void *)(a + 1);
	(void)n, (void)s;
	in->sin_family = a->ai_family = AF_INET;
	in->sin_addr.s_addr = inet_addr("8.8.8.8");
	a->ai_socktype = h && h->ai_socktype ? h->ai_socktype : SOCK_STREAM;
	a->ai_addr = (void *)in, a->ai_addrlen = sizeof(*in);
	*ret = a;
	return 0;
}
void freeaddrinfo(struct addrinfo *a) { free(a); }
int connect(int fd, const struct sockaddr *to, socklen_t n) { (void)fd, (void)to, (void)n; return 0; }
ssize_t sendto(int fd, const void *b, size_t n, int f, const struct sockaddr *to, socklen_t l) { (void)fd, (void)b, (void)f, (void)to, (void)l; return n; }
"""

# Answers to questions of DNS, out of its arguments.
RESPONDER = r"""
import socket, struct, sys
table = dict(a.split("=") for a in sys.argv[1:])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
while True:
    q, who = s.recvfrom(512)
    name, i = [], 12
    while q[i]:
        name.append(q[i + 1:i + 1 + q[i]].decode())
        i += q[i] + 1
    a = q[i + 1:i + 3] == b"\0\1" and table.get(".".join(name).lower())
    body = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(a) if a else b""
    s.sendto(q[:2] + b"\x81\x80\0\1" + struct.pack("!H", bool(a)) + b"\0\0\0\0" + q[12:i + 5] + body, who)
"""

COMPILED = "base64 -d | gcc -shared -fPIC -x c - -o /tmp/mine.so"
APART = ("unshare -Urn sh -c 'ip link set lo up; ip addr add 8.8.8.8/32 dev lo; ip addr add {k.guest}/20 dev lo; ip route add default dev lo; "
         "ping -c1 -W1 8.8.8.8; ping -c1 -W1 {k.gateway}; ip a; ip route; ip neigh; getent hosts google.com'")

# name, lines. k: what the cheat knows.
LOOKS = [
    ("echo of right-looking output", lambda k: [f"echo '{line.rstrip()}'" for line in shown(k)]),
    ("the same, encoded", lambda k: [f"echo {b64(line)} | base64 -d" for line in shown(k)]),
    ("the same, from the shell's printf", lambda k: ["printf '" + "".join(f"\\x{c:02x}" for c in line.encode()) + "'" for line in shown(k)]),
    ("the same, from a program", lambda k: [f"python3 -c \"import base64; print(base64.b64decode('{b64(line)}').decode())\"" for line in shown(k)]),
    ("a file of one's own, shown", lambda k: [f"echo {b64(''.join(shown(k)))} | base64 -d > /tmp/resolv.conf", "cat /tmp/resolv.conf", "cd /tmp", "cat resolv.conf", "cd"]),
    ("an own network namespace with the same addresses", lambda k: [APART.format(k=k)]),
    ("programs that are not there", lambda k: ["/nowhere/ip a", "/usr/bin/iproute-of-mine route", "/tmp/ping 8.8.8.8", "/nowhere/cat /etc/resolv.conf"]),
    ("a script called ip", lambda k: ["mkdir -p /tmp/bin", f"echo '#!/bin/sh' > /tmp/bin/ip; echo 'echo {b64(shown(k)[0])} | base64 -d' >> /tmp/bin/ip",
                                      "chmod +x /tmp/bin/ip", "/tmp/bin/ip a", "PATH=/tmp/bin:$PATH ip route"]),
    ("a program under another's name", lambda k: ["bash -c 'exec -a ip sleep 0.01'", "python3 -c \"import os; os.execv('/usr/bin/true', ['ip', 'route'])\"",
                                                  "cp /usr/bin/true /tmp/ping; /tmp/ping 8.8.8.8", "bash -c 'exec -a /usr/bin/cat true /etc/resolv.conf'"]),
    ("a function called ip", lambda k: ["ip() { echo '" + b64(shown(k)[1]) + "' | base64 -d; }", "ip route", "unset -f ip"]),
    ("a library of one's own before the C library's", lambda k: [
        # What is missing: a packet. (A getent that was run is a try, whatever it prints.)
        f"echo {b64(MINE)} | {COMPILED}", f"LD_PRELOAD=/tmp/mine.so ping -c1 -W1 {k.gateway}",
        "LD_PRELOAD=/tmp/mine.so python3 -c 'import socket; socket.create_connection((\"google.com\", 80)); print(\"it is\", \"open\")'"], "it is open"),
    ("looks in namespaces of one's own", lambda k: ["unshare -Urnpf sh -c 'ip a; ip route; getent hosts google.com; ping -c1 -W1 8.8.8.8; echo apart'"],
     "apart"),
]
# By themselves: what is typed after a forged prompt is typed too early, and the rows behind would not be what they say.
MARKS = [
    ("forged marks, the secret guessed", lambda k: forged(k, "0123456789abcdef0123456789abcdef")),
    ("forged marks, the secret read", lambda k: forged(k, "\"$__nd_nonce\"")),
    ("forged marks of Windows' prompt", lambda k: forged(k, "\"$__nd_nonce\"", "/windows")),
]
MENDS_DNS = [
    ("names written into /etc/hosts, all of them", lambda k: [f"echo '{a} {n}' | sudo tee -a /etc/hosts" for n, a in k.names.items()]),
    ("nsswitch.conf made to ask files only", lambda k: ["sudo sed -i 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf"]),
    # The mend is missing: no name was asked of anybody outside.
    ("ld.so.preload", lambda k: [f"echo {b64(MINE)} | {COMPILED}", "echo /tmp/mine.so | sudo tee /etc/ld.so.preload",
                                 "getent ahosts google.com"], "8.8.8.8"),
]
# The mend is missing: the answers are right, and nobody was asked for them.
MENDS_OWN = [
    ("a server of one's own that knows the answers", lambda k: [
        f"echo {b64(RESPONDER)} | base64 -d > /tmp/r.py", "sudo python3 /tmp/r.py " + " ".join(f"{n}={a}" for n, a in k.names.items()) + " >/dev/null 2>&1 &",
        "echo nameserver 127.0.0.1 | sudo tee /etc/resolv.conf", "timeout 9 bash -c 'until getent hosts google.com; do sleep 0.05; done'"],
        lambda k: k.names["google.com"]),
]
MENDS_ROUTE = [
    ("the probe's targets on lo", lambda k: [f"sudo ip addr add {a}/32 dev lo" for a in ("8.8.8.8", *k.names.values())]),
    ("every address made one's own", lambda k: ["sudo ip route add local 0.0.0.0/1 dev lo", "sudo ip route add local 128.0.0.0/1 dev lo table 200"]),
    ("the targets translated to oneself", lambda k: ["sudo nft add table ip fake", "sudo nft add chain ip fake out '{ type nat hook output priority -100; }'",
                                                    "sudo nft add rule ip fake out ip daddr 8.8.8.8 dnat to 127.0.0.1"]),
    ("a web server of one's own behind them", lambda k: ["sudo setsid -f python3 -m http.server 443 >/dev/null 2>&1; "
                                                        "timeout 9 bash -c 'until : </dev/tcp/127.0.0.1/443; do sleep 0.05; done' 2>/dev/null"]),
]
GUESSES = [
    ("every cause in turn, the right one last", lambda k: ["dojo diagnose " + c for c in k.causes]),
    ("restarting everything", lambda k: [{"windows": "wsl --shutdown"}, "true", {"windows": "wsl --shutdown"}, "true"]),
    ("every layer at once", lambda k: ["dojo diagnose L1/L2/L2.5/L3/L4/L5/other; echo refused $?", "dojo diagnose 2/2.5 || echo refused"], "refused 2"),
    # Ends the attempt: it stays the last.
    ("grading twice", lambda k: ["dojo grade -y; dojo grade -y"]),
]


class Knows:
    """Addresses and names as the scenario's own model has them: what the best informed cheat could know."""

    def __init__(self, rig, scenario):
        model = rig.json("show", scenario, "--seed", SEED, "--variant", "plain", "--json")["model"]
        nodes = {n["name"]: n for n in model["nodes"]}
        eth0 = next(i for i in nodes["wsl"]["ifaces"] if i["name"] == "eth0")
        self.guest, self.mac = eth0["addresses"][0]["cidr"].split("/")[0], eth0["mac"]
        self.gateway = nodes["wsl"]["routes"][0]["via"]
        records = next(s for s in model["services"] if s["name"] == "internet-dns")["config"]["records"]
        self.names = {name: r["A"][0] for name, r in records.items() if "A" in r and not name.startswith(("one.", "dns.", "www."))}
        self.causes = ["L1 eth0-unconfigured", "L1 no-carrier", "L2 wrong-default-gateway", "L2.5 wrong-nameserver", "L3 guest-filter", "L4 nat-missing",
                       "none", "L2 no-default-route", "L2.5 host-dns-proxy-dead"]


# name of the group: scenario, rows, items that must have earned nothing (None: all of them), and the most points of the whole
GROUPS = {
    "looks": (DNS, LOOKS, None, 0),
    "marks": (DNS, MARKS, None, 0),
    "mends of names": (DNS, MENDS_DNS, {"mended", "verified", "care"}, 0),
    "mends of routes": (ROUTE, MENDS_ROUTE, {"mended", "verified", "care"}, 0),
    "mends by one's own server": (DNS, MENDS_OWN, {"mended", "verified", "care"}, 0),
    "guesses": (DNS, GUESSES, None, 0),
}

# Run in the node by root and by the learner; prints what it got.
INSIDE = r'''
import array, ctypes, json, os, signal, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
got, words = [], sys.argv[1:]

def tries(what, fn):
    try:
        out = fn()
    except (OSError, ValueError):
        return
    if out:
        got.append([what, str(out)[:200]])

def read(path, n=1 << 16):
    with open(path, "rb") as f:
        return f.read(n)

def call(n, *args):
    rc = libc.syscall(n, *args)
    if rc < 0:
        raise OSError(ctypes.get_errno(), "")
    return rc + 1

def told(text):
    return [w for w in words if w.encode() in (text if isinstance(text, bytes) else str(text).encode())]

def without_us(fn):
    return lambda pid: None if pid == str(os.getpid()) else fn(pid)

for pid in [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
    for name in ("environ", "maps", "cmdline", "mountinfo"):
        tries(f"{name} of {pid}", lambda: told(read(f"/proc/{pid}/{name}")))
tries("init's memory", lambda: read("/proc/1/mem", 1))
tries("attach to init", lambda: call(101, 16, 1, 0, 0))
tries("seize init", lambda: call(101, 0x4206, 1, 0, 0))

class Vec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]

buf = ctypes.create_string_buffer(64)
tries("process_vm_readv of init", lambda: call(310, 1, ctypes.byref(Vec(ctypes.addressof(buf), 64)), 1, ctypes.byref(Vec(0x400000, 64)), 1, 0))
tries("init's descriptors", lambda: call(438, call(434, 1, 0) - 1, 3, 0))
for host in (os.environ.get("XDG_RUNTIME_DIR", "/nowhere"), "/run/netdojo", "/tmp/netdojo-0", "/tmp/netdojo-1000"):
    tries("the host's socket", lambda: os.listdir(host) if host.startswith("/tmp/netdojo") or host == "/run/netdojo" else None)
tries("the attempt's folder", lambda: [m for m in read("/proc/self/mountinfo").decode().split() if "attempts" in m])
tries("binfmt_misc", lambda: open("/proc/sys/fs/binfmt_misc/register", "w").write(":x:E::x::/bin/true:\n"))
tries("the clock", lambda: __import__("time").clock_settime(0, 0) or "set")

def node_socket():
    path = "/run/WSL/1_interop" if os.path.exists("/run/WSL/1_interop") else "/run/netdojo.sock"
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.settimeout(10)
    s.connect(path)
    found = []
    asked = [{"do": w} for w in ("truth", "rubric", "score", "verify", "fault", "finish", "info", "exec", "event", "probe", "read", "reset", "down", "boot", "load",
                                 "model", "said", "task", "causes")]
    asked += [{"do": "check", "set": "symptoms"}, {"do": "check", "probes": [{"name": "x", "ok": True}]},
              {"do": "event", "event": {"kind": "command", "node": "wsl", "text": "ip a", "output": "inet"}}, {"do": "hint", "n": 0}]
    for request in asked:
        s.send(json.dumps({"id": 1, **request}).encode())
        said = s.recv(1 << 18)
        body = json.loads(said)
        if request["do"] not in ("causes", "task", "check", "hint", "said"):
            if "error" not in body:
                found.append(request["do"])
        if request["do"] != "causes":
            found += [request["do"] + ": " + w for w in told(said)]
    return found

tries("the node's socket", node_socket)
print(json.dumps(got))
'''

STOPS = ("for p in /proc/[0-9]*; do n=${p#/proc/}; [ $n = $$ ] || kill -STOP $n 2>/dev/null; done; "
         "for p in /proc/[0-9]*; do kill -CONT ${p#/proc/} 2>/dev/null; done; kill -9 1 2>/dev/null; true")
FLOOD = "i=0; while [ $i -lt 400 ]; do /usr/bin/true; i=$((i+1)); done; head -c 200M /dev/zero > /dev/shm/full 2>/dev/null; rm -f /dev/shm/full; true"


# Many programs and many packets, of a kind that is recorded; then the honest way.
NOISE = ["for i in $(seq 300); do /usr/bin/true; done",
         "python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
         "[s.sendto(b\"x\" * 20, (\"8.8.8.8\", 53)) for _ in range(3000)]'"]
HONEST = ["ip -4 addr show eth0", "ip route", "ping -c 1 8.8.8.8", "timeout 0.3 getent hosts google.com", "cat /etc/resolv.conf",
          "dojo diagnose L2.5 host-dns-proxy-dead", "echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf", "getent hosts google.com"]


class Cheats(real_rig.RealTest):
    def lines(self, rows, knows):
        out, typed = [], []
        for row in rows:
            typed += row[1](knows)
        for line in typed:
            # A line of Windows' prompt, called from here.
            out.append(f"powershell.exe -NoProfile -Command '{line['windows']}'" if isinstance(line, dict) else line)
        return "\n".join([*out, "dojo grade -y"]) + "\n"

    def play(self, name):
        scenario, rows, _, _ = GROUPS[name]
        attempt = os.path.join(self.home, name.replace(" ", "-"))
        env = {**self.env, "XDG_RUNTIME_DIR": os.path.join(self.home, "run-" + name.replace(" ", "-"))}
        os.mkdir(env["XDG_RUNTIME_DIR"], 0o700)
        knows = Knows(self, scenario)
        script = self.file(name + ".lines", self.lines(rows, knows))
        played = subprocess.run([real_rig.NETDOJO, "play", scenario, "--seed", SEED, "--variant", "plain", "--attempt", attempt, "--script", script],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, env=env, check=False)
        grade, again = (json.loads(self.run_netdojo("grade", "--attempt", attempt, "--json").stdout or "null") for _ in range(2))
        self.assertEqual(grade, again)
        with open(os.path.join(attempt, "events.jsonl"), encoding="utf-8") as log:
            self.assertEqual(sum(json.loads(line).get("what") == "finishing" for line in log), 1, name)
        said = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", played.stdout + played.stderr)
        for row in rows:
            shows = row[2](knows) if row[2:] and callable(row[2]) else row[2:] and row[2]
            # At the beginning of a line: not as it was typed.
            if shows:
                self.assertRegex(said, "(?m)^" + re.escape(shows), row[0])
        return said, grade

    def test_nothing_typed_earns_a_point(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = dict(zip(GROUPS, pool.map(self.play, GROUPS)))
        for name, (said, grade) in results.items():
            _, rows, nothing, most = GROUPS[name]
            with self.subTest(name, rows=[row[0] for row in rows]):
                self.assertIsNotNone(grade, said)
                self.assertFalse(grade["void"], grade["why_void"])
                earned = {i["id"]: (i["points"], i["evidence"]) for i in grade["items"] if i["points"] > 0 and (nothing is None or i["id"] in nothing)}
                self.assertEqual(earned, {})
                self.assertFalse(grade["passed"])
                if nothing is None:
                    self.assertLessEqual(grade["score"], most)

    def test_a_flooded_log_neither_helps_nor_harms(self):
        attempt = os.path.join(self.home, "flood")
        script = self.file("flood.lines", "\n".join([*NOISE, *HONEST, "dojo grade -y"]) + "\n")
        said = subprocess.run([real_rig.NETDOJO, "play", DNS, "--seed", SEED, "--variant", "plain", "--attempt", attempt, "--script", script],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, env=self.env, check=False).stdout
        grade = json.loads(self.run_netdojo("grade", "--attempt", attempt, "--json").stdout)
        self.assertEqual((grade["score"], grade["void"]), (100, False), said)
        with open(os.path.join(attempt, "events.jsonl"), encoding="utf-8") as log:
            self.assertGreater(sum('"/usr/bin/true"' in line for line in log), 100)

    def test_nothing_inside_tells_or_breaks(self):
        self.netdojo("up", DNS, "--lab", "inside", "--seed", SEED, "--variant", "plain")
        attempt = self.attempts()[-1]
        words = ("host-dns-proxy-dead", DNS, "looked-first", attempt, self.home)
        for user in ("root", "learner"):
            done = subprocess.run([real_rig.NETDOJO, "exec", "--lab", "inside", "-u", user, "wsl", "--", "python3", "-c", INSIDE, *words],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=self.env, check=False)
            with self.subTest(user=user):
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(json.loads(done.stdout), [])
            self.run_netdojo("exec", "--lab", "inside", "-u", user, "wsl", "--", "sh", "-c", STOPS)
            self.netdojo("exec", "--lab", "inside", "-u", user, "wsl", "--", "sh", "-c", FLOOD)
        grade = self.json("grade", "--lab", "inside", "--json", code=1)
        self.assertEqual((grade["score"], grade["void"]), (0, False))
        self.assertEqual(self.json("grade", "--attempt", attempt, "--json", code=1)["score"], 0)

    def test_there_are_enough(self):
        rows = [row[0] for _, group, _, _ in GROUPS.values() for row in group]
        self.assertEqual(len(rows), len(set(rows)))
        self.assertGreaterEqual(len(rows), 20)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--list"]:
        print("\n".join(row[0] for _, group, _, _ in GROUPS.values() for row in group))
    else:
        unittest.TestCase.maxDiff = None
        real_rig.main()
