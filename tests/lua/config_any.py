#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever stands in .wslconfig, /etc/wsl.conf and Windows' hosts file: WSL starts, but for a bad macAddress, and the engine takes the model."""
import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import HOSTS, WSLCONFIG, Lab, engine_takes  # noqa: E402
from script_peer import SOURCE, read  # noqa: E402

KEYS = re.findall(r'"((?:wsl2|general|experimental|automount|interop|user|time|network|boot|gpu|filesystem)\.\w+)"',
                  read(os.path.join(SOURCE, "lua/lib/wsl2/config.lua")))
VALUES = ["true", "false", "0", "1", "-1", "", " ", "none", "nat", "mirrored", "/", "/mnt", "mnt", "/a/../b", "/proc", "//x//y/", "/.", "/" + "a" * 300,
          "root", "learner", "nobody", "../..", "-", ".", "..", "a" * 200, "a.b-c", "\u00e4\u65e5", "\U0001f600", "\ufffd", "10.0.0.1", "0.0.0.0",
          "255.255.255.255", "224.1.1.1", "127.0.0.1", "172.20.0.1", "fd00::1", "::", "00:15:5d:01:02:03", "nope", "4GB", "99999999999999999999",
          "1,2,x,70000,", "\"quoted # \"", "\"open", "\\", "\\n", "\\\u00e4", "\\\\", "a\\\nb", "$(reboot)", "';\"", "\t", "\x01", "\x7f", "%s%d%n", "[x]", "# c"]
LINES = ["[wsl2]", "[experimental]", "[automount]", "[user]", "[network]", "[x", "[]", "=", "a", "a=", "=b", "\x02", "\u3042=1", "\r", "\ufeff", "#"]
NAMES = ["nas", "NAS.home", "a" * 64, "a..b", ".", "*.x", "\u00e4.de", "x" * 300, "localhost", "_srv._tcp", "-", "a\\b"]
STARTS = 150


def text_of(rng):
    out = []
    for _ in range(rng.choice((0, 1, 3, 10, 40))):
        section, key = rng.choice(KEYS).split(".")
        if rng.random() < 0.8:
            out += [f"[{section}]", f"{key}{rng.choice(('=', ' = ', ''))}{rng.choice(VALUES)}"]
        else:
            out.append(rng.choice(LINES))
    text = "\n".join(out)
    if rng.random() < 0.05:
        text = text * (70000 // (len(text) + 1) + 1)
    return text


def hosts_of(rng):
    return "\r\n".join(f"{rng.choice(VALUES)} {rng.choice(NAMES)}\t{rng.choice(NAMES)}" for _ in range(rng.choice((0, 2, 20))))


def start_problem(lab, rng):
    was = lab.model
    conf, wslconfig = text_of(rng), text_of(rng)
    lab.files["wsl", "/etc/wsl.conf"] = conf
    lab.files["windows", WSLCONFIG] = wslconfig
    lab.files["windows", HOSTS] = hosts_of(rng)
    lab.must("wsl.shutdown")
    started = time.monotonic()
    got = lab.op("wsl.start")
    took = time.monotonic() - started
    if "error" in got:
        if got["error"].get("message", "").startswith("Invalid mac address "):
            lab.files["windows", WSLCONFIG] = ""
            lab.must("wsl.start")
            return None
        return f"{got['error']} of {wslconfig!r} and {conf!r}"
    warnings = got["result"]["warnings"]
    if len(warnings) > 220 or took > 1:
        return f"{len(warnings)} warnings, {took:.2f} s"
    refused = engine_takes([was, lab.model])
    return f"{refused} of {wslconfig!r} and {conf!r}" if refused else None


def main():
    seed = int(os.environ.get("NETDOJO_SEED", "1"))
    rng = random.Random(seed)
    with Lab() as lab:
        for n in range(STARTS):
            why = start_problem(lab, rng)
            if why:
                print(f"seed {seed}, start {n}: {why[:2000]}")
                return 1
    print(f"{STARTS} starts, {len(KEYS)} keys")
    return 0 if len(KEYS) > 50 else 1


if __name__ == "__main__":
    sys.exit(main())
