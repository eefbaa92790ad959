#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Containers in WSL: where they are, what dockerd's rules say, and that they come and go with WSL."""
import ipaddress
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import Lab, by, engine_takes, node, service  # noqa: E402

problems = 0


def want(what, got, wanted):
    global problems
    if got != wanted:
        problems += 1
        print(f"{what}: {got!r}, not {wanted!r}")


def bridge(lab):
    return ipaddress.ip_interface(by(node(lab.model, "wsl")["ifaces"], "name", "docker0")["addresses"][0]["cidr"])


TWO = '{ { name = "web", publish = { "8080:80", "127.0.0.1:8443:443" }, page = "hello" }, { name = "db", dns = { "1.1.1.1" } } }'


def life():
    with Lab(f'wsl2.nat {{ containers = {TWO}, services = {{ {{ name = "own", node = "db", kind = "echo", '
             'listens = { { proto = "tcp", address = "0.0.0.0", port = 7 } } } } }') as lab:
        engine_takes(lab.model)
        net = bridge(lab)
        want("beside WSL's network", net.network.overlaps(ipaddress.ip_network(lab.windows["wsl"]["subnet"])), False)
        want("addresses", [node(lab.model, n)["ifaces"][0]["addresses"][0]["cidr"] for n in ("web", "db")], [f"{net.ip + 1}/16", f"{net.ip + 2}/16"])
        want("ports of docker0", sum(i.get("master") == "docker0" for i in node(lab.model, "wsl")["ifaces"]), 2)
        rules = node(lab.model, "wsl")["ruleset"]
        want("published", f'iifname != "docker0" tcp dport 8080 counter dnat to {net.ip + 1}:80' in rules, True)
        want("published on one address", f'ip daddr 127.0.0.1 iifname != "docker0" tcp dport 8443 counter dnat to {net.ip + 1}:443' in rules, True)
        want("no loopback0 in NAT mode", "loopback0" in rules, False)
        want("docker-proxy", service(lab.model, "docker-proxy-8443")["listens"][0]["address"], "127.0.0.1")
        want("WSL's nameserver", by(node(lab.model, "web")["files"], "path", "/etc/resolv.conf")["content"], "nameserver 10.255.255.254\n")
        want("its own", by(node(lab.model, "db")["files"], "path", "/etc/resolv.conf")["content"], "nameserver 1.1.1.1\n")
        names = {s["name"] for s in lab.model["services"]}
        nodes = [n["name"] for n in lab.model["nodes"]]
        lab.must("wsl.shutdown")
        engine_takes(lab.model)
        want("gone", [n for n in ("wsl", "web", "db") if node(lab.model, n)], [])
        want("their servers", [s["name"] for s in lab.model["services"] if s["node"] in ("wsl", "web", "db")], [])
        want("their segments", [s["name"] for s in lab.model["segments"] if s["name"].startswith("docker")], [])
        lab.must("wsl.start")
        engine_takes(lab.model)
        want("again", [n["name"] for n in lab.model["nodes"]], nodes)
        want("servers again", {s["name"] for s in lab.model["services"]}, names)
    with Lab(f"wsl2.mirrored {{ containers = {TWO} }}") as lab:
        engine_takes(lab.model)
        rules = node(lab.model, "wsl")["ruleset"]
        early, published = rules.find('iifname "loopback0" ip daddr 127.0.0.0/8 counter return'), rules.find("tcp dport 8080 counter dnat")
        want("loopback0 comes first", 0 < early < published, True)


AT = "containers[2].publish[2]: "
WRONG = [("{ 80, 80 }", AT + "expected a string such as"), ("true", AT + "expected a string such as"), ("step.mended", AT + "expected a string such as"),
         ('"80"', AT + "'80' is no published port"), ("8080", AT + "'8080' is no published port")]


def settings():
    with Lab('wsl2.nat { containers = { { name = "web", publish = { "80:80" } } }, docker = { bridge = "172.30.0.1/24", userland_proxy = false, mtu = 1400 } }') as lab:
        engine_takes(lab.model)
        want("bridge", str(bridge(lab)), "172.30.0.1/24")
        want("no docker-proxy", service(lab.model, "docker-proxy"), None)
        want("mtu", {i.get("mtu") for i in node(lab.model, "wsl")["ifaces"] if i["name"] not in ("eth0", "lo")}, {1400})
    for bad in ('{ { name = "web", publish = { "80" } } }', '{ { name = "web", publish = { "0:80" } } }', '{ { name = "web", publish = { "x:80:80" } } }', "{ {} }"):
        try:
            Lab(f"wsl2.nat {{ containers = {bad} }}").__exit__()
            want(bad, "taken", "refused")
        except SystemExit:
            pass
    for bad, said in WRONG:
        try:
            Lab(f'wsl2.nat {{ containers = {{ {{ name = "db" }}, {{ name = "web", publish = {{ "80:80", {bad} }} }} }} }}').__exit__()
            want(bad, "taken", "refused")
        except SystemExit as e:
            want(f"{bad}: {said} in {e}", said in str(e).replace("\\'", "'"), True)
            want(f"{bad}: no heap address in {e}", "0x" in str(e), False)


life()
settings()
print(f"containers: {problems} problems")
sys.exit(1 if problems else 0)
