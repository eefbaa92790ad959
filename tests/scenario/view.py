#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The answer is nowhere in the learner's view: files, mounts, environment, argv, sockets, /proc, names.

Every scenario is brought up, and Windows commands are run in it so that Windows' program is there. Then its WSL and its Windows node
are searched as root (who sees all that the learner does) for the cause, the scenario's id, netdojo's own folders and the caller's home:
the files of either, C:, the program's own text, and what the Windows node's socket answers. The search must find what is put there on
purpose, in each of these places, or it proves nothing.
"""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ["NETDOJO_BUILD"]
SOURCE = os.environ["NETDOJO_SOURCE"]
NETDOJO = os.path.join(BUILD, "bin", "netdojo")

# Everything but the host's own /usr and what is not text; /proc of every process, and the kernel's lists.
SEARCH = r"""
words="$1"; shift
find / -xdev -path /usr -prune -o -path /proc -prune -o -path /sys -prune -o -print 2>/dev/null | grep -aE "$words" | sed 's/^/name: /'
for top in /etc /home /root /run /tmp /var /mnt /dev/shm /srv /opt; do
  [ -d "$top" ] && grep -raIlE "$words" "$top" 2>/dev/null | sed 's/^/file: /'
done
for f in /proc/[0-9]*; do
  case "$f" in /proc/$$) continue;; esac
  for part in cmdline environ mountinfo mounts maps comm cgroup; do
    tr '\0' '\n' < "$f/$part" 2>/dev/null | grep -aE "$words" | grep -av 'words=' | sed "s#^#$f/$part: #"
  done
  ls -l "$f/fd" "$f/exe" "$f/cwd" "$f/root" 2>/dev/null | grep -aE "$words" | sed "s#^#$f: #"
done
for f in net/unix net/packet net/netlink mounts filesystems sys/kernel/hostname keys; do
  grep -aE "$words" /proc/$f 2>/dev/null | sed "s#^#/proc/$f: #"
done
ip -d link 2>/dev/null | grep -aE "$words" | sed 's/^/link: /'
find /usr/bin /usr/sbin /usr/libexec /usr/share -maxdepth 2 2>/dev/null | grep -aE "$words" | sed 's/^/usr: /'
mount 2>/dev/null | grep -aE "$words" | sed 's/^/mount: /'
"""

# Windows' program, or WSL's /init: its whole text, other than the names of its own sources and the build's.
PROGRAM = r"""
[ -s /init ] || echo "there is no /init to search"
grep -aoE "$1" /init | sort -u | sed 's/^/init: /'
"""

# Everything a Windows program can be told, and every error that the operations answer with.
SOCKET = r"""
import array, json, os, re, socket, sys
words, ops = re.compile(sys.argv[1]), sys.argv[2].split()
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect("/run/netdojo.sock")
def ask(**request):
    s.send(json.dumps({"id": 1, **request}).encode())
    data, control, _, _ = s.recvmsg(1 << 18, 4096)
    for _, kind, raw in control:
        if kind == socket.SCM_RIGHTS:
            fd = array.array("i", raw)[0]
            data += os.pread(fd, os.fstat(fd).st_size, 0)
    return data.decode(errors="replace")
asked = [{"do": "windows.model"}]
asked += [{"do": "windows.read", "what": w, "arg": ""} for w in
          ("links", "routes", "rules", "neighs", "ruleset", "sockets", "listeners", "conntrack", "sysctl", "truth")]
asked += [{"do": "windows.change", "op": op, "args": args} for op in ops for args in ({}, {"Name": "x", "Names": ["x"], "set": {"x": 1}}, {"type": 7})]
asked += [{"do": w} for w in ("task", "map", "truth", "windows.truth", "model", "scenario", "rubric")]
answers = 0
for request in asked:
    said = ask(**request)
    answers += '"re"' in said
    for found in sorted(set(words.findall(said))):
        print(f"socket: {json.dumps(request)}: {found}")
if answers < len(asked):
    print(f"socket: {answers} of {len(asked)} questions were answered")
"""


def netdojo(env, *args, **kw):
    return subprocess.run([NETDOJO, *args], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, **kw)


def search(env, lab, node, words):
    # The words come by standard input's stand-in, an argument of a shell that is left out of the search by its own pid.
    p = netdojo(env, "exec", "--lab", lab, "--raw", "-u", "root", node, "--", "bash", "-c", SEARCH, "bash", "|".join(words))
    found = [line for line in p.stdout.splitlines() if "bash -c" not in line]
    return found, p


def operations():
    """The names in the table of operations."""
    with open(os.path.join(SOURCE, "docs/formats/windows.md"), encoding="utf-8") as f:
        rows = [line.split("|")[1] for line in f if line.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`(\w+\.[\w.]+)`", row)]
    # What ends WSL, or the questions' own program, would end the search.
    return [n for n in names if not n.startswith("wsl.")]


def inside(env, lab, node, *argv):
    return netdojo(env, "exec", "--lab", lab, "--raw", "-u", "root", node, "--", *argv)


def told(env, lab, truth_words):
    """What Windows' program holds, what it is told, and what WSL's holds."""
    pattern, found = "|".join(truth_words), []
    for node, argv in (("windows", ("bash", "-c", PROGRAM, "bash", pattern)), ("wsl", ("bash", "-c", PROGRAM, "bash", pattern)),
                       ("windows", ("python3", "-c", SOCKET, pattern, " ".join(operations())))):
        p = inside(env, lab, node, *argv)
        found += [f"{node}: {line}" for line in p.stdout.splitlines()]
        if p.returncode:
            found.append(f"{node}: the search failed: {p.stderr}")
    return found


def windows_at_work(env, lab):
    """Windows commands at the prompt and from WSL, so that their program is in the node. What went wrong, if anything."""
    done = [netdojo(env, "exec", "--lab", lab, "windows", "--", "netsh interface portproxy show all; Get-NetFirewallRule > C:\\rules.txt; wsl hostname"),
            netdojo(env, "exec", "--lab", lab, "wsl", "--", "bash", "-c", "ipconfig.exe && powershell.exe -Command 'Get-Service'")]
    return [p.stderr for p in done if p.returncode != 0 or not p.stdout]


def leaks_are_found(env, lab):
    """Each place is really searched: a word is left in each, one after the other."""
    missed = []
    word = "leaked-on-purpose"
    for node, where in (("windows", "/mnt/c/Users/learner/note"), ("wsl", "/mnt/c/Users/learner/note"), ("windows", "/root/note"), ("wsl", "/home/note")):
        inside(env, lab, node, "bash", "-c", f"echo {word} > {where}")
        found, _ = search(env, lab, node, [word])
        if not any(where in line for line in found):
            missed.append(f"a word in {where} of {node}")
        inside(env, lab, node, "rm", where)
    netdojo(env, "exec", "--lab", lab, "windows", "--", f"New-NetFirewallRule -DisplayName {word} -Direction Inbound -Action Block | Out-Null")
    if not any("windows.model" in line for line in told(env, lab, [word])):
        missed.append("a word in the model")
    inside(env, lab, "windows", "bash", "-c", f"cp /init /tmp/i && printf {word} >> /tmp/i && rm /init && cp /tmp/i /init && rm /tmp/i")
    if not any("init:" in line for line in told(env, lab, [word])):
        missed.append("a word in Windows' program")
    return missed


def main():
    if netdojo(dict(os.environ), "doctor").returncode == 3:
        print("SKIP: this machine can't run a lab; netdojo doctor says why")
        return 77
    home = tempfile.mkdtemp(prefix="nd-view-")
    env = dict(os.environ, XDG_RUNTIME_DIR=home, XDG_STATE_HOME=home, NETDOJO_MARK="caller-only-mark")
    catalogue = netdojo(env, "list", "--json")
    scenarios = [s["id"] for s in json.loads(catalogue.stdout)["scenarios"]]
    try:
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            finds = list(pool.map(lambda s: searched(env, home, s, s == scenarios[-1]), scenarios))
    finally:
        netdojo(env, "down", "--all")
        shutil.rmtree(home, ignore_errors=True)
    for line in (line for found in finds for line in found):
        print(line)
    failed = sum(bool(found) for found in finds)
    print(f"{len(scenarios)} scenarios searched, {failed} with a find")
    return 1 if failed or not scenarios else 0


def searched(env, home, scenario, with_leaks):
    """One scenario in a lab of its own: what was found, or went wrong."""
    lab, found = "v-" + scenario, []
    up = netdojo(env, "up", scenario, "--lab", lab, "--seed", "view", "--variant", "plain", "--json")
    if up.returncode != 0:
        return [f"{scenario}: up: {up.stderr}"]
    found += [f"Windows' commands did not run: {wrong}" for wrong in windows_at_work(env, lab)]
    truth = cause_of(scenario)
    # The lab's name is the caller's to choose, and stands nowhere either; the id within it is what is looked for.
    words = [truth, scenario, "caller-only-mark", BUILD, os.path.join(SOURCE, "scenarios"), "netdojo-lab", home]
    words += variants_of(scenario)
    for node in ("wsl", "windows", "phone", "internet"):
        found += [f"{node}: {line}" for line in search(env, lab, node, words)[0]]
    found += told(env, lab, [truth, scenario, "caller-only-mark", home, *variants_of(scenario)])
    if with_leaks:
        found += ["not found: " + what for what in leaks_are_found(env, lab)]
    netdojo(env, "down", "--lab", lab)
    return [f"{scenario}: {line}" for line in found]


def text_of(scenario):
    for top, _, files in os.walk(os.path.join(SOURCE, "scenarios")):
        if os.path.basename(top) == scenario and "scenario.lua" in files:
            with open(os.path.join(top, "scenario.lua"), encoding="utf-8") as f:
                return f.read()
    raise SystemExit(f"no file for {scenario}")


def cause_of(scenario):
    """The cause as the scenario's file names it."""
    return text_of(scenario).split("cause = \"", 1)[1].split("\"", 1)[0]


def variants_of(scenario):
    """The names of its variants."""
    return re.findall(r'^    \["([a-z0-9-]+)"\] = \{$', text_of(scenario).partition("  variants = {\n")[2], re.M)


sys.exit(main())
