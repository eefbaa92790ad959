#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A right mend is a right mend, whichever tool made it: each scenario is mended by three tools and gets the same points.

ip or nft as a person would type it; Python speaking ioctl or raw netlink to the kernel; a file edited (resolv.conf, a ruleset file, a
batch file). What is a string is typed at the Windows prompt. Most of them are written in no scenario.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ["NETDOJO_BUILD"]
NETDOJO = os.path.join(BUILD, "bin", "netdojo")

# Interface up and addressed, default route: the ioctls ifconfig(8) and route(8) used.
IOCTL = r"""
import fcntl, socket, struct, sys
what, addr, mask, gw = sys.argv[1:5]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sin = lambda a: struct.pack("=HH4s8s", socket.AF_INET, 0, socket.inet_aton(a), b"")
if what == "address":
    fcntl.ioctl(s, 0x8916, struct.pack("16s", b"eth0") + sin(addr))                 # SIOCSIFADDR
    fcntl.ioctl(s, 0x891c, struct.pack("16s", b"eth0") + sin(mask))                 # SIOCSIFNETMASK
    flags = struct.unpack("16sh", fcntl.ioctl(s, 0x8913, struct.pack("16sh", b"eth0", 0)))[1]
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"eth0", flags | 1))                 # SIOCSIFFLAGS, IFF_UP
# struct rtentry: pad, dst, gateway, genmask, flags (RTF_UP | RTF_GATEWAY)
rt = struct.pack("=Q16s16s16sH", 0, sin("0.0.0.0"), sin(gw), sin("0.0.0.0"), 3)
fcntl.ioctl(s, 0x890b, rt + b"\0" * 64)                                             # SIOCADDRT
"""

# The same by rtnetlink, byte by byte.
NETLINK = r"""
import socket, struct, sys
what, addr, plen, gw = sys.argv[1:5]
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
index = socket.if_nametoindex("eth0")
attr = lambda t, d: struct.pack("=HH", 4 + len(d), t) + d + b"\0" * (-len(d) % 4)
def ask(kind, flags, body):
    s.send(struct.pack("=IHHII", 16 + len(body), kind, 0x5 | flags, 1, 0) + body)
    code = struct.unpack_from("=i", s.recv(4096), 16)[0]
    if code: raise SystemExit(f"netlink {kind}: {code}")
if what == "address":
    net = struct.unpack("!I", socket.inet_aton(addr))[0] | (1 << 32 - int(plen)) - 1
    body = struct.pack("=BBBBI", 2, int(plen), 0, 0, index) + attr(1, socket.inet_aton(addr)) \
        + attr(2, socket.inet_aton(addr)) + attr(4, struct.pack("!I", net))
    ask(20, 0x600, body)                                                            # RTM_NEWADDR
    ask(16, 0, struct.pack("=BBHiII", 0, 0, 0, index, 1, 1))                        # RTM_NEWLINK, IFF_UP
body = struct.pack("=BBBBBBBBI", 2, 0, 0, 0, 254, 3, 0, 1, 0) + attr(5, socket.inet_aton(gw)) + attr(4, struct.pack("=I", index))
ask(24, 0x600, body)                                                                # RTM_NEWROUTE
"""

# Deletes one nftables table of family inet, in one nfnetlink batch.
NFNETLINK = r"""
import socket, struct, sys
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
name = sys.argv[1].encode() + b"\0"
attr = struct.pack("=HH", 4 + len(name), 1) + name + b"\0" * (-len(name) % 4)      # NFTA_TABLE_NAME
def msg(kind, flags, family, res, body=b""):
    return struct.pack("=IHHII", 20 + len(body), kind, flags, 1, 0) + struct.pack("!BBH", family, 0, res) + body
s.send(msg(0x10, 1, 0, 10) + msg(0x0a02, 5, 1, 0, attr) + msg(0x11, 1, 0, 10))      # BATCH_BEGIN, DELTABLE, BATCH_END
code = struct.unpack_from("=i", s.recv(4096), 16)[0]
if code: raise SystemExit(f"nfnetlink: {code}")
"""

# The table that nobody asked to keep.
LEFTOVER = "t=$(sudo nft list tables | sed -n '/no_telnet/!s/^table inet //p')"

# Docker's bridge that a packet for the gateway would take.
BRIDGE = "b=$(ip -o route get {} | sed -n 's/.* dev \\(br-[0-9a-f]*\\) .*/\\1/p'); test $b"

# An interface down, by the ioctl of ifconfig(8).
DOWN = r"""
import fcntl, socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
name = sys.argv[1].encode()
flags = struct.unpack("16sh", fcntl.ioctl(s, 0x8913, struct.pack("16sh", name, 0)))[1]
fcntl.ioctl(s, 0x8914, struct.pack("16sh", name, flags & ~1))                       # SIOCSIFFLAGS, not IFF_UP
"""

# WSL told to leave resolv.conf alone.
ALONE = "printf '[network]\\ngenerateResolvConf = false\\n'"

WRITE = r"""
import os, sys
p = "/etc/resolv.conf"
os.path.islink(p) and os.unlink(p)
open(p, "w").write("nameserver " + sys.argv[1] + "\n")
"""


def mends(values):
    a, plen, mask, gw = values["address"], values["plen"], values["mask"], values["gateway"]
    py = lambda text, *args: ["sudo", "python3", "-c", text, *args]
    sh = lambda text: ["bash", "-c", text]
    port = "listenport=3000 listenaddress=0.0.0.0"
    return {
        "pub-portproxy-without-firewall-rule": {
            "cmdlet": ["New-NetFirewallRule -DisplayName a -Direction Inbound -LocalPort 3000 -Protocol TCP -Action Allow"],
            "netsh": ["netsh advfirewall firewall add rule name=a dir=in action=allow protocol=TCP localport=3000-3000 profile=private"],
            "from WSL": [sh("netsh.exe advfirewall firewall add rule name=a dir=in action=allow protocol=TCP localport=3000")],
            "pipeline": ["New-NetFirewallRule -DisplayName a -Enabled False -Direction Inbound -Protocol TCP -LocalPort 80,3000; Get-NetFirewallRule -DisplayName a | "
                         "Enable-NetFirewallRule"],
        },
        "pub-portproxy-stale-guest-ip": {
            "set": [f"netsh interface portproxy set v4tov4 {port} connectaddress={a} connectport=3000"],
            "reset and add": ["netsh interface portproxy reset", f"netsh interface portproxy add v4tov4 {port} connectaddress={a} connectport=3000"],
            # The relay looks at the guest's listeners once a second.
            "localhost": [sh("for i in $(seq 60); do netstat.exe -ano | grep -q '127.0.0.1:3000 .*LISTENING' && exit; sleep 0.05; done; exit 1"),
                          f"netsh interface portproxy set v4tov4 {port} connectaddress=localhost connectport=3000"],
            "from WSL": [sh(f"netsh.exe interface portproxy set v4tov4 {port} connectport=3000 connectaddress=$(hostname -I | cut -d' ' -f1)")],
        },
        "l1-eth0-unconfigured": {
            "ip": [sh(f"sudo ip addr add {a}/{plen} brd + dev eth0; sudo ip link set eth0 up; sudo ip route add default via {gw}")],
            "ioctl": [py(IOCTL, "address", a, mask, gw)],
            "netlink": [py(NETLINK, "address", a, plen, gw)],
            "file": [sh(f"printf 'addr add {a}/{plen} brd + dev eth0\\nlink set eth0 up\\nroute add default via {gw}\\n' > /tmp/b; sudo ip -batch /tmp/b")],
        },
        "l2-no-default-route": {
            "ip": [["sudo", "ip", "route", "add", "default", "via", gw]],
            "ioctl": [py(IOCTL, "route", a, mask, gw)],
            "netlink": [py(NETLINK, "route", a, plen, gw)],
            "file": [sh(f"echo route add default via {gw} > /tmp/b; sudo ip -batch /tmp/b")],
        },
        "l2-wrong-default-gateway": {
            "ip": [["sudo", "ip", "route", "change", "default", "via", gw]],
            "netlink": [sh("sudo ip route del default"), py(NETLINK, "route", a, plen, gw)],
            "file": [sh(f"printf 'route del default\\nroute add default via {gw} dev eth0\\n' > /tmp/b; sudo ip -batch /tmp/b")],
        },
        "l2-docker-bridge-overlaps-eth0": {
            "link": [sh(f"{BRIDGE.format(gw)}; sudo ip link del $b")],
            "address": [sh(f"{BRIDGE.format(gw)}; sudo ip -4 addr del $(ip -4 -o addr show dev $b | awk '{{print $4}}') dev $b")],
            "ioctl": [sh(f"{BRIDGE.format(gw)}; sudo python3 -c '{DOWN}' $b")],
            "route": [sh(f"{BRIDGE.format(gw)}; sudo ip route del $(ip route show dev $b | cut -d' ' -f1) dev $b")],
        },
        "dns-host-firewall-drops-53": {
            "tee": [sh("sudo rm /etc/resolv.conf; echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf")],
            "python": [py(WRITE, "192.168.1.1")],
            "tunnel": [sh("printf '[wsl2]\\ndnsTunneling=true\\n' > /mnt/c/Users/learner/.wslconfig"), "wsl --shutdown", "wsl true"],
        },
        "dns-resolvconf-dangling-symlink": {
            "tee": [sh("sudo rm /etc/resolv.conf; echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf")],
            "python": [py(WRITE, "192.168.1.1")],
            "WSL's own": [sh("sudo rm /etc/wsl.conf"), "wsl --shutdown", "wsl true"],
        },
        "dns-resolvconf-wiped-each-start": {
            "tee": [sh(f"{ALONE} | sudo tee /etc/wsl.conf; sudo rm /etc/resolv.conf; echo nameserver 192.168.1.1 | sudo tee /etc/resolv.conf")],
            "python": [py(WRITE, "192.168.1.1"), sh(f"{ALONE} | sudo tee -a /etc/wsl.conf")],
            "install": [sh(f"{ALONE} > /tmp/w; sudo install -m 644 /tmp/w /etc/wsl.conf; sudo install -m 644 /etc/resolv.conf.mine /etc/resolv.conf"),
                        "wsl --shutdown", "wsl true"],
        },
        "dns-slow-first-nameserver-dead": {
            "sed": [sh("sudo sed -i '0,/^nameserver/{/^nameserver/d}' /etc/resolv.conf")],
            "tac": [sh("tac /etc/resolv.conf > /tmp/r; sudo cp /tmp/r /etc/resolv.conf")],
            "python": [py(WRITE, "192.168.1.1")],
        },
        "dns-tcp-not-served": {
            "tee": [sh("sudo rm /etc/resolv.conf; echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf")],
            "python": [py(WRITE, "8.8.8.8")],
            "port proxy": [f"netsh interface portproxy add v4tov4 listenaddress={gw} listenport=53 connectaddress=8.8.8.8 connectport=53",
                           "netsh advfirewall firewall add rule name=a dir=in action=allow protocol=TCP localport=53"],
        },
        "dns-host-proxy-dead": {
            "service": ["Restart-Service SharedAccess"],
            "tee": [sh("sudo rm /etc/resolv.conf; echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf")],
            "python": [py(WRITE, "8.8.8.8")],
            "sed": [sh("sudo sed -i 's/^nameserver.*/nameserver 192.168.1.1/' /mnt/wsl/resolv.conf")],
        },
        "fw-guest-filter": {
            "nft": [sh(f"{LEFTOVER}; sudo nft delete table inet $t")],
            "netlink": [sh(f"{LEFTOVER}; sudo python3 -c '{NFNETLINK}' $t")],
            "file": [sh("(echo flush ruleset; sudo nft list table inet no_telnet) > /tmp/rules.nft; sudo nft -f /tmp/rules.nft")],
        },
    }


def netdojo(env, *args):
    return subprocess.run([NETDOJO, *args], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def healthy_values(env):
    model = json.loads(netdojo(env, "map", "--lab", "m", "--format", "json").stdout)
    model = model.get("model", model)
    wsl = next(n for n in model["nodes"] if n["name"] == "wsl")
    eth0 = next(i for i in wsl["ifaces"] if i["name"] == "eth0")
    address, plen = eth0["addresses"][0]["cidr"].split("/")
    gateway = next(r["via"] for r in wsl["routes"] if r["dst"] == "default")
    bits = (0xFFFFFFFF << 32 - int(plen)) & 0xFFFFFFFF
    mask = ".".join(str(bits >> s & 255) for s in (24, 16, 8, 0))
    return {"address": address, "plen": plen, "mask": mask, "gateway": gateway}


def mend_points(env, scenario, tool):
    up = netdojo(env, "up", scenario, "--lab", "m", "--seed", "mends", "--variant", "plain")
    if up.returncode != 0:
        raise SystemExit(f"{scenario}: up: {up.stderr}")
    try:
        for argv in mends(healthy_values(env))[scenario][tool]:
            where = ["windows", "--", argv] if isinstance(argv, str) else ["wsl", "--", *argv]
            p = netdojo(env, "exec", "--lab", "m", *where)
            if p.returncode != 0:
                return f"{argv[:3]}: exit {p.returncode}: {p.stderr.strip()}"
        grade = json.loads(netdojo(env, "grade", "--lab", "m", "--json").stdout)
    finally:
        netdojo(env, "down", "--lab", "m")
    return {i["id"]: i["points"] for i in grade["items"] if i["group"] == "mend"}, \
           sum(i["max"] for i in grade["items"] if i["group"] == "mend")


def main():
    if netdojo(dict(os.environ), "doctor").returncode == 3:
        print("SKIP: this machine can't run a lab; netdojo doctor says why")
        return 77
    home = tempfile.mkdtemp(prefix="nd-mends-")
    env = dict(os.environ, XDG_RUNTIME_DIR=home, XDG_STATE_HOME=home)
    dummy = {"address": "", "plen": "20", "mask": "", "gateway": ""}
    failed = 0
    try:
        for scenario, tools in mends(dummy).items():
            for tool in tools:
                got = mend_points(env, scenario, tool)
                ok = isinstance(got, tuple) and sum(got[0].values()) == got[1] > 0
                print(f"{'ok ' if ok else 'BAD'} {scenario}: {tool}: {got}")
                failed += not ok
    finally:
        netdojo(env, "down", "--all")
        shutil.rmtree(home, ignore_errors=True)
    return 1 if failed else 0


sys.exit(main())
