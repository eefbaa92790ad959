#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Scoring of looks from one side at the other: `wsl` at Windows' prompt, a Windows program in WSL's window. What was really looked at counts
wherever it was typed; that an address stood in some output does not."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from score_rig import DNS, FW, L2, hold  # noqa: E402


def conf(a):
    return f"# made by WSL\nnameserver {a.server}\n"


def route(a):
    return f"default via {a.gateway} dev eth0 proto kernel\n"


def endpoint(a):
    return f"LocalAddress     LocalPort\n------------     ---------\n{a.gateway}        53\n"


def routes_of_windows(a):
    return f"  {a.base}    255.255.240.0         On-link    {a.gateway}    5256\n"


def at_once(g):
    """A line at Windows' prompt that lasts until the next one begins."""
    g.add("exec", node="windows", path="/init", argv=["/init"], pid=9, t=0.1)
    return g.output("", command="wsl true", node="windows", started=0.1, ended=(len(g.events) + 1) * 0.5 + 0.3)


def asked_by_alias(log, a):
    """What is typed into dojo's questions comes back in its output."""
    log.output("No cause has 'localhostForwarding=false' in it.", command="d")
    return log.run("dojo diagnose", cause=log.events[-1]["seq"])


CONF = "cat /etc/resolv.conf"

CONFIG = "C:\\Users\\learner\\.wslconfig"
TEXT = "[wsl2]\r\nlocalhostForwarding=false\r\n"

CASES = [
    ("config_seen", ', line = "localhostForwarding=false"', "", L2,
     [lambda g, a: g.output(TEXT, command="cat /mnt/c/Users/learner/.wslconfig"), lambda g, a: g.prompt("type " + CONFIG, TEXT),
      lambda g, a: g.prompt("Get-Content $env:USERPROFILE\\.wslconfig", TEXT), lambda g, a: g.prompt("gc ~/.wslconfig | findstr local", TEXT),
      lambda g, a: g.prompt("Select-String localhost " + CONFIG, CONFIG + ":2:localhostForwarding=false"), lambda g, a: g.prompt("cmd /c type .wslconfig", TEXT),
      lambda g, a: g.inside("wsl cat /etc/wsl.conf", "cat /etc/wsl.conf", TEXT), lambda g, a: g.exe("cmd.exe /c type .wslconfig", TEXT),
      lambda g, a: g.prompt("cat .wslconfig", TEXT.upper()), lambda g, a: g.output(TEXT, command="grep -n . /etc/wsl.conf")],
     [lambda g, a: g.prompt("type " + CONFIG, "[wsl2]\r\nlocalhostForwarding=true\r\n"), lambda g, a: g.prompt("type made.txt", TEXT),
      lambda g, a: g.output("wsl: Unknown key 'localhostForwarding=false' in " + CONFIG + ":2", command="cat x"),
      lambda g, a: g.output("", command="echo localhostForwarding=false > .wslconfig").output(TEXT, command="cat .wslconfig"),
      lambda g, a: g.prompt("'localhostForwarding=' + 'false' # .wslconfig", TEXT), lambda g, a: g.prompt(f"gc {CONFIG} > $null; gc made.txt", TEXT),
      lambda g, a: g.inside("wsl cat made", "cat made", TEXT), lambda g, a: g.output(TEXT, command="dojo hint"),
      lambda g, a: g.output("No cause has 'localhostForwarding=false' in it.", command="dojo diagnose"), asked_by_alias,
      lambda g, a: g.windows("wsl.shutdown").prompt("type " + CONFIG, TEXT)]),
    ("resolv_conf_read", "", "", DNS,
     [lambda g, a: g.inside("wsl " + CONF, CONF, conf(a)), lambda g, a: at_once(g).inside("wsl " + CONF, CONF, conf(a)), lambda g, a: g.inside("wsl.exe -- " + CONF, CONF, conf(a)),
      lambda g, a: g.inside("wsl -u root " + CONF, CONF, conf(a)), lambda g, a: g.inside(f"wsl -d Ubuntu -e {CONF}", CONF, conf(a)),
      lambda g, a: g.inside(f"wsl {CONF} | findstr name", CONF, conf(a)), lambda g, a: g.inside("wsl cat /mnt/wsl/resolv.conf", "cat /mnt/wsl/resolv.conf", conf(a)),
      lambda g, a: g.inside(f"$c = wsl {CONF}; $c", CONF, conf(a)), lambda g, a: g.inside(f"(wsl {CONF})", CONF, conf(a)),
      lambda g, a: g.inside(f"cmd /c wsl {CONF}", CONF, conf(a)), lambda g, a: g.inside("wsl grep nameserver /etc/resolv.conf", "grep nameserver /etc/resolv.conf", conf(a)),
      lambda g, a: g.inside(f"bash -c '{CONF}'", CONF, conf(a)), lambda g, a: g.exe("wsl.exe " + CONF, conf(a)),
      lambda g, a: g.inside("wsl " + CONF, CONF, conf(a)).windows("service.set")],
     [lambda g, a: g.prompt("wsl " + CONF, conf(a)), lambda g, a: g.inside("wsl cat made", "cat made", conf(a)),
      lambda g, a: g.inside(f"wsl {CONF} > $null; gc made.txt", CONF, conf(a)), lambda g, a: g.inside(f"wsl {CONF} | Out-Null; type made.txt", CONF, conf(a)),
      lambda g, a: g.inside("wsl " + CONF, CONF, ""), lambda g, a: g.inside("wsl " + CONF, CONF, "nameserver 9.9.9.9"),
      lambda g, a: g.inside("wsl true; gc made.txt", "true", conf(a)),
      lambda g, a: g.prompt("gc made.txt", conf(a)), lambda g, a: g.inside("wsl dojo hint", "dojo hint", f"nameserver {a.server} is"),
      lambda g, a: g.inside(f"wsl echo nameserver {a.server}", "echo /etc/resolv.conf", conf(a)),
      lambda g, a: g.prompt("Get-DnsClientServerAddress", f"vEthernet {a.server}"), lambda g, a: g.windows("service.set").inside("wsl " + CONF, CONF, conf(a))]),
    ("gateway_seen", "", "", L2,
     [lambda g, a: g.inside("wsl ip route", "ip route", route(a)), lambda g, a: g.inside("wsl -- ip r", "ip r", route(a)),
      lambda g, a: g.inside("wsl netstat -rn", "netstat -rn", f"0.0.0.0  {a.gateway}  0.0.0.0  UG"), lambda g, a: g.prompt("route print", routes_of_windows(a)),
      lambda g, a: g.prompt("route print -4 | findstr 172", routes_of_windows(a)), lambda g, a: g.prompt("Get-NetRoute", f"47  {a.gateway}/32  0.0.0.0  256"),
      lambda g, a: g.prompt("Get-NetIPConfiguration", f"IPv4Address : {a.gateway}"), lambda g, a: g.prompt("netsh interface ipv4 show route", routes_of_windows(a)),
      lambda g, a: g.prompt("netsh interface ipv4 show config", f"IP Address:  {a.gateway}"), lambda g, a: g.prompt("netsh int ip show addresses", f"IP Address:  {a.gateway}"),
      lambda g, a: g.prompt("netstat -rn", routes_of_windows(a)), lambda g, a: g.exe("route.exe print", routes_of_windows(a))],
     [lambda g, a: g.inside("wsl " + CONF, CONF, f"nameserver {a.gateway}"), lambda g, a: g.prompt("Get-NetUDPEndpoint -LocalPort 53", endpoint(a)),
      lambda g, a: g.exe("powershell.exe -Command Get-NetUDPEndpoint", endpoint(a)), lambda g, a: g.prompt("netstat -ano", f"  UDP  {a.gateway}:53  *:*  1180"),
      lambda g, a: g.prompt("Get-NetTCPConnection", f"{a.gateway}  53  0.0.0.0  0  Listen"), lambda g, a: g.prompt("arp -a", f"Interface: {a.gateway} --- 0x2f"),
      lambda g, a: g.prompt("netsh interface ipv4 show neighbors", f"{a.gateway}"), lambda g, a: g.prompt("netsh interface ipv4 show dnsservers", a.gateway),
      lambda g, a: g.prompt("ipconfig > $null; Get-NetUDPEndpoint", endpoint(a)), lambda g, a: g.inside("wsl echo x", "echo x", route(a)),
      lambda g, a: g.exe("powershell.exe -Command 'gc made.txt'", route(a)), lambda g, a: g.inside("wsl ip addr", "ip addr", f"inet {a.guest}/20"),
      lambda g, a: g.inside("wsl getent hosts host.example", "getent hosts host.example", a.gateway), lambda g, a: g.prompt(f"tracert {a.gateway}", f"  1  <1 ms  {a.gateway}")]),
    ("address_seen", "", "", L2,
     [lambda g, a: g.inside("wsl ip -4 addr show eth0", "ip -4 addr show eth0", f"inet {a.guest}/20"), lambda g, a: g.inside("wsl hostname -I", "hostname -I", a.guest),
      lambda g, a: g.inside("$ip = wsl hostname -I", "hostname -I", ""), lambda g, a: g.inside("wsl ip link", "ip link", f"link/ether {a.mac}")],
     [lambda g, a: g.inside("wsl cat made", "cat made", a.guest), lambda g, a: g.inside("wsl dojo map", "dojo map", f"eth0 {a.guest}/20"),
      lambda g, a: g.inside("wsl ip addr show lo", "ip addr show lo", "127.0.0.1"), lambda g, a: g.prompt("ipconfig", f"IPv4 Address : {a.gateway}")]),
    ("public_pinged", "", "", L2,
     [lambda g, a: g.inside("wsl ping -c1 8.8.8.8", "ping -c1 8.8.8.8", "", status=256), lambda g, a: g.inside("wsl curl -m1 http://1.1.1.1/", "curl -m1 http://1.1.1.1/", "")],
     [lambda g, a: g.prompt("ping 8.8.8.8", "Reply from 8.8.8.8: bytes=32"), lambda g, a: g.packet("echo-request", dst="8.8.8.8", node="windows"),
      lambda g, a: g.inside("wsl echo 8.8.8.8", "echo 8.8.8.8", "8.8.8.8"), lambda g, a: g.prompt("Test-NetConnection 8.8.8.8", "PingSucceeded : True")]),
    ("name_looked_up", "", "", DNS,
     [lambda g, a: g.inside("wsl getent hosts google.com", "getent hosts google.com", "", status=512), lambda g, a: g.inside("wsl ping -c1 github.com", "ping -c1 github.com", "")],
     [lambda g, a: g.prompt("nslookup google.com", "Address: 1.2.3.4"), lambda g, a: g.prompt("Resolve-DnsName google.com", "google.com A 300 Answer 1.2.3.4"),
      lambda g, a: g.packet("dns-query", dst="192.168.1.1", node="windows"), lambda g, a: g.inside("wsl getent passwd root", "getent passwd root", "")]),
    ("listening_seen", ", port = 8080", "", L2,
     [lambda g, a: g.inside("wsl ss -lnt", "ss -lnt", "LISTEN 0 128 0.0.0.0:8080"), lambda g, a: g.inside("wsl -u root lsof -i", "lsof -i", "")],
     [lambda g, a: g.prompt("wsl ss -lnt", "LISTEN 0 128 0.0.0.0:8080"), lambda g, a: g.inside("wsl cat made", "cat made", "LISTEN 0 128 0.0.0.0:8080")]),
    ("filters_seen", ', table = "no_telnet"', "", FW,
     [lambda g, a: g.inside("wsl -u root nft list ruleset", "nft list ruleset", "table inet no_telnet {"), lambda g, a: g.inside("wsl sudo iptables -nvL", "iptables -nvL", "")],
     [lambda g, a: g.prompt("gc made.txt", "table inet no_telnet {"), lambda g, a: g.inside("wsl nft list ruleset", "nft list ruleset", "", status=256)]),
]


def main():
    problems = []
    hold(CASES, problems)
    for p in problems:
        print(p)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
