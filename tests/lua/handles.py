#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the fault's handles do to a model: an interface joined to nothing, what a DNS server says of a name, a bad cable."""
import sys

from ops_rig import Lab, by, engine_takes, node, service

BRIDGE = ('lab:node("wsl"):add_iface { name = "docker0", kind = "bridge", mac = "02:42:8d:10:5e:01", '
          'addresses = { "172.17.0.1/16" } }')
RECORD = 'lab:service("internet-dns"):record("big.example.org", { A = { "198.51.100.7", "198.51.100.8" } })'
REFUSED = {
    "a second eth0": ('lab:node("wsl"):add_iface { name = "eth0", kind = "dummy" }', "has an interface 'eth0' already"),
    "a veth": ('lab:node("wsl"):add_iface { name = "x0", kind = "veth" }', "kind"),
    "no kind": ('lab:node("wsl"):add_iface { name = "x0" }', "kind"),
    "a record of a web server": ('lab:service("web"):record("x.example", { A = { "1.2.3.4" } })', "is no DNS server"),
    "no such segment": ('lab:segment("lam"):set { loss = 1 }', "no segment 'lam', did you mean 'lan'?"),
    "a cable's unknown key": ('lab:segment("lan"):set { los = 1 }', "unknown key 'los', did you mean 'loss'?"),
    "a cable's wrong type": ('lab:segment("lan"):set { loss = 0.5 }', "'loss' must be an integer"),
    "a record without types": ('lab:service("internet-dns"):record("x.example", "1.2.3.4")', "a name and a table"),
}


def interface():
    with Lab() as healthy, Lab(fault=BRIDGE) as lab:
        made = by(node(lab.model, "wsl")["ifaces"], "name", "docker0")
        yield "the bridge", made == {"name": "docker0", "kind": "bridge", "up": True, "mac": "02:42:8d:10:5e:01",
                                     "addresses": [{"cidr": "172.17.0.1/16"}]}
        yield "the healthy lab has none", by(node(healthy.model, "wsl")["ifaces"], "name", "docker0") is None
        yield "the engine takes it", engine_takes([healthy.model, lab.model]) == ""


def record():
    with Lab() as healthy, Lab(fault=RECORD) as lab:
        before = service(healthy.model, "internet-dns")["config"]["records"]
        after = service(lab.model, "internet-dns")["config"]["records"]
        yield "the name", after.pop("big.example.org", None) == {"A": ["198.51.100.7", "198.51.100.8"]}
        yield "the others stay", after.keys() == before.keys() and "big.example.org" not in before


def cable():
    fault = 'lab:segment("lan"):set { loss = 30, rate_kbit = 2000 }\nlab:segment("lan"):set { loss = 20 }'
    with Lab(fault=fault) as lab:
        lan, wan = by(lab.model["segments"], "name", "lan"), by(lab.model["segments"], "name", "wan")
        yield "the cable", (lan.get("loss"), lan.get("rate_kbit"), lan.get("delay_ms", 0)) == (20, 2000, 0)
        yield "no other cable", not wan.get("loss")
        yield "the engine takes the cable", engine_takes([lab.model]) == ""


def refused():
    for what, (fault, why) in REFUSED.items():
        try:
            with Lab(fault=fault):
                yield what, False
        except SystemExit as e:
            yield what, why in str(e)


def main():
    bad = [what for test in (interface, record, cable, refused) for what, ok in test() if not ok]
    for what in bad:
        print(f"wrong: {what}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
