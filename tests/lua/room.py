#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists of the Windows side have an end, said in Windows' words; at that end an operation is still quick, and the engine takes the model."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import WSL, Lab, engine_takes, node  # noqa: E402

FULL = "Not enough memory resources are available to process this command."
SECONDS = 0.5  # of one operation, on a machine that has other things to do
MESSAGE = 212992  # bytes the kernel takes at once from an ordinary user


def proxy(n):
    return {"type": "v4tov4", "listenaddress": f"127.0.{n}.1", "listenport": 1000 + n, "connectaddress": "172.20.0.9", "connectport": 80}


# operation, its arguments for the nth, how many fit at most
LISTS = [
    ("firewall.rule.add", lambda n: {"Name": f"r{n}", "Enabled": False, "Protocol": "TCP", "LocalPort": [str(n + 1)]}, 500),
    ("hyperv.rule.add", lambda n: {"Name": f"h{n}", "Enabled": False, "VMCreatorId": WSL}, 200),
    ("portproxy.add", proxy, 100),
    ("nat.add", lambda n: {"Name": f"n{n}", "InternalIPInterfaceAddressPrefix": f"10.{n}.0.0/16"}, 32),
    ("route.add", lambda n: {"DestinationPrefix": f"10.{n}.0.0/16", "InterfaceAlias": "Ethernet", "NextHop": "192.168.1.1"}, 200),
    ("address.add", lambda n: {"InterfaceAlias": "Ethernet", "IPAddress": f"10.0.{n}.1", "PrefixLength": 24}, 32),
]


def fill(lab, op, args, most):
    """Adds until there is no room; how many went in, the last answer, the slowest of the last ten."""
    times, got = [], {}
    for n in range(most + 1):
        started = time.monotonic()
        got = lab.op(op, **args(n))
        times.append(time.monotonic() - started)
        if "error" in got:
            return n, got["error"], min(times[-10:])
    return most + 1, None, min(times[-10:])


def list_problem(op, args, most):
    with Lab() as lab:
        first = lab.model
        count, error, slow = fill(lab, op, args, most)
        print(f"{op}: {count}, {slow * 1000:.0f} ms each at the end")
        if not error or error["message"] != FULL or error["code"] != "Failed":
            return f"{count} went in, then {error}"
        if count < most // 2:
            return f"only {count} went in"
        if slow > SECONDS:
            return f"{slow:.2f} s for one"
        return engine_takes([first, lab.model])


def enabled(n):
    return {"Name": f"e{n}", "Protocol": "TCP", "LocalPort": [str(n + 1)], "RemoteAddress": ["LocalSubnet", "10.0.0.0/8"]}


def plain(n):
    return {"Name": f"s{n}", "Protocol": "TCP", "LocalPort": [str(n + 1)]}


def many_ports(n):
    return {"Name": f"p{n}", "Protocol": "TCP", "LocalPort": [f"{256 * n + 2 * i + 1}" for i in range(128)], "RemotePort": ["1-9", "20"]}


def ruleset_problem(args):
    """Rules in force fit into one message, or are refused before the kernel sees them."""
    with Lab() as lab:
        count, error, slow = fill(lab, "firewall.rule.add", args, 500)
        text = node(lab.model, "windows")["ruleset"]
        print(f"{args.__name__}: {count} rules, {len(text)} letters of nft, {slow * 1000:.0f} ms each at the end")
        if os.environ.get("NETDOJO_KEEP_RULESET"):
            with open(f"{os.environ['NETDOJO_KEEP_RULESET']}-{args.__name__}.nft", "w", encoding="utf-8") as f:
                f.write(text)
        if not error or error["message"] != FULL:
            return f"{count} went in, then {error}"
        if count < 16 or len(text) > MESSAGE:
            return f"{count} rules of {len(text)} letters"
        if slow > SECONDS:
            return f"{slow:.2f} s for one"
        got = lab.op("firewall.rule.remove", Names=[args(0)["Name"]])
        return f"no way back: {got}" if "error" in got else engine_takes([lab.model])


def main():
    problems = [f"{op}: {why}" for op, args, most in LISTS for why in [list_problem(op, args, most)] if why]
    problems += [f"{args.__name__}: {why}" for args in (enabled, plain, many_ports) for why in [ruleset_problem(args)] if why]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
