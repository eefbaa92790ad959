#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The answer is nowhere in the learner's view: files, mounts, environment, argv, sockets, /proc, names.

Every scenario is brought up and its WSL node searched as root (who sees all that the learner does) for the cause, the
scenario's id, netdojo's own folders and the caller's home. The search must find a word that is there, or it proves nothing.
"""
import json
import os
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


def netdojo(env, *args, **kw):
    return subprocess.run([NETDOJO, *args], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, **kw)


def search(env, lab, node, words):
    # The words come by standard input's stand-in, an argument of a shell that is left out of the search by its own pid.
    p = netdojo(env, "exec", "--lab", lab, "--raw", "-u", "root", node, "--", "bash", "-c", SEARCH, "bash", "|".join(words))
    found = [line for line in p.stdout.splitlines() if "bash -c" not in line]
    return found, p


def main():
    if netdojo(dict(os.environ), "doctor").returncode == 3:
        print("SKIP: this machine can't run a lab; netdojo doctor says why")
        return 77
    home = tempfile.mkdtemp(prefix="nd-view-")
    env = dict(os.environ, XDG_RUNTIME_DIR=home, XDG_STATE_HOME=home, NETDOJO_MARK="caller-only-mark")
    failed = 0
    catalogue = netdojo(env, "list", "--json")
    scenarios = [s["id"] for s in json.loads(catalogue.stdout)["scenarios"]]
    try:
        for scenario in scenarios:
            up = netdojo(env, "up", scenario, "--lab", "v", "--seed", "view", "--json")
            if up.returncode != 0:
                print(f"{scenario}: up: {up.stderr}")
                failed += 1
                continue
            truth = cause_of(scenario)
            words = [truth, scenario, "caller-only-mark", BUILD, os.path.join(SOURCE, "scenarios"), "netdojo-lab", home]
            for node in ("wsl", "windows"):
                found, p = search(env, "v", node, words)
                for line in found:
                    print(f"{scenario}: {node}: {line}")
                failed += bool(found)
            found, p = search(env, "v", "wsl", ["nameserver"])
            if not found:
                print(f"{scenario}: the search finds nothing at all: {p.stderr}")
                failed += 1
            netdojo(env, "down", "--lab", "v")
    finally:
        netdojo(env, "down", "--all")
        shutil.rmtree(home, ignore_errors=True)
    print(f"{len(scenarios)} scenarios searched, {failed} with a find")
    return 1 if failed or not scenarios else 0


def cause_of(scenario):
    """The cause as the scenario's file names it."""
    for top, _, files in os.walk(os.path.join(SOURCE, "scenarios")):
        if os.path.basename(top) == scenario and "scenario.lua" in files:
            with open(os.path.join(top, "scenario.lua"), encoding="utf-8") as f:
                text = f.read()
            return text.split("cause = \"", 1)[1].split("\"", 1)[0]
    raise SystemExit(f"no file for {scenario}")


sys.exit(main())
