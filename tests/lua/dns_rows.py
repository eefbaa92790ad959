#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a start of WSL makes of names: each row of facts 1.5, 3.2, 3.4 and 3.5, on models alone. tests/scenario/mode_*.py ask real servers."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import WSLCONFIG, Lab, by, node, service  # noqa: E402

SUFFIXES = 'wsl = { search = { "home.example", "corp.example" } }'
GSA = 'windows = { services = { GlobalSecureAccessTunnelingService = "Running" } }'
OLD = 'windows = { version = "10.0.19045.1" }'
TUNNEL = "10.255.255.254"

# topology, .wslconfig, nameservers (GATEWAY: the NAT's), where the tunnel listens (None: nowhere), warnings, which fact
ROWS = [
    ("", "", [TUNNEL], TUNNEL, [], "1.5 the tunnel unless said"),
    ("", "[wsl2]\ndnsTunneling=false", ["GATEWAY"], None, [], "1.5 the proxy of ICS"),
    ("", "[wsl2]\ndnsTunneling=false\ndnsProxy=false", ["192.168.1.1"], None, [], "1.5 Windows' own servers"),
    ("", "[experimental]\ndnsTunnelingIpAddress=10.255.255.9", ["10.255.255.9"], "10.255.255.9", [], "1.5 another address"),
    ("", "[wsl2]\ndnsProxy=false", [TUNNEL], TUNNEL, [], "3.4 dnsProxy is not asked while there is a tunnel"),
    ("", "[wsl2]\nnetworkingMode=none", [], None, [], "3.2 no tunnel in mode none"),
    ("", "[wsl2]\nnetworkingMode=bridged\nvmSwitch=Default Switch\ndnsTunneling=true", ["GATEWAY"], None, [], "3.2 nor in bridged mode"),
    ("", "[wsl2]\nnetworkingMode=virtioproxy", ["192.168.1.1"], "169.254.73.129", [], "4.1 the gateway's address"),
    ("", "[wsl2]\nnetworkingMode=virtioproxy\ndnsTunneling=false", ["192.168.1.1"], None, [], "4.1 Windows' own servers"),
    ("", "[wsl2]\nnetworkingMode=mirrored", [TUNNEL], TUNNEL, [], "3.1 the tunnel in mirrored mode"),
    ("", "[wsl2]\nsafeMode=true", [], None, ["SAFE MODE ENABLED - many features will be disabled"], "3.2 safe mode"),
    (GSA, "", ["GATEWAY"], None, [], "3.2 Global Secure Access, silently"),
    (GSA, "[wsl2]\ndnsTunneling=true", ["GATEWAY"], None, ["dnsTunneling is off while GlobalSecureAccessTunnelingService runs"],
     "3.2 Global Secure Access, where the key was written"),
    (OLD, "", ["GATEWAY"], None, [], "3.2 a Windows without, silently"),
    (OLD, "[wsl2]\ndnsTunneling=true", ["GATEWAY"], None, ["DNS Tunneling is not supported"], "3.2 a Windows without, where the key was written"),
    ("", "[experimental]\ndnsTunnelingIpAddress=example", ["GATEWAY"], None,
     ["Invalid IP value 'example' for key 'experimental.dnsTunnelingIpAddress' in C:\\Users\\learner\\.wslconfig:2"], "3.2 no address"),
]

LOCAL = "A localhost proxy configuration was detected but not mirrored into WSL. WSL in NAT mode does not support localhost proxies."

# the proxy's server, mode, what http_proxy is (None: not there), how a warning begins
PROXIES = [
    ("proxy.example:8080", "nat", "http://proxy.example:8080", None),
    ("http://192.0.2.8:3128", "nat", "http://192.0.2.8:3128", None),
    ("localhost:8080", "nat", None, LOCAL),
    ("http://127.0.0.5:8080", "nat", None, LOCAL),
    ("loopback:1", "nat", None, LOCAL),
    ("http://[2001:db8::1]:80", "nat", None, "An IPv6 proxy configuration"),
    ("http://[::1]:80", "nat", None, "A localhost IPv6 proxy configuration"),
    ("http://[::1]:80", "mirrored", None, "A localhost IPv6 proxy configuration"),
    ("127.0.0.1:8080", "mirrored", "http://127.0.0.1:8080", None),
    ("http://[2001:db8::1]:80", "mirrored", "http://[2001:db8::1]:80", None),
]


def started(lab, text):
    lab.must("wsl.shutdown")
    lab.files["windows", WSLCONFIG] = text
    return [w.removeprefix("wsl: ") for w in lab.must("wsl.start")["warnings"]]


def resolv(lab):
    (text,) = [f["content"] for f in node(lab.model, "wsl")["files"] if f["path"] == "/mnt/wsl/resolv.conf"]
    words = [line.split() for line in text.splitlines() if line[0] != "#"]
    return [w[1] for w in words if w[0] == "nameserver"], [w[1:] for w in words if w[0] == "search"]


def row_problem(topology, text, servers, listens, warnings, what):
    with Lab(f"wsl2.nat {{ {topology} }}") as lab:
        said = started(lab, text)
        gateway = lab.windows["wsl"]["gateway"]
        want = [gateway if s == "GATEWAY" else s for s in servers]
        tunnel = service(lab.model, "dns-tunnel")
        have = (resolv(lab)[0], sorted({(s["proto"], s["address"], s["port"]) for s in tunnel["listens"]}) if tunnel else None, said)
        wanted = (want, [("tcp", listens, 53), ("udp", listens, 53)] if listens else None, warnings)
        return None if have == wanted else f"{what}: {have}, not {wanted}"


def suffixes():
    """Facts 1.5 and 3.3: all suffixes with the tunnel or Windows' own servers."""
    with Lab(f"wsl2.nat {{ {SUFFIXES} }}") as lab:
        for text in ("", "[wsl2]\ndnsTunneling=false\ndnsProxy=false"):
            started(lab, text)
            yield f"suffixes with {text!r}", resolv(lab)[1] == [["home.example", "corp.example"]]


def proxies():
    for server, mode, want, warned in PROXIES:
        with Lab(f'wsl2.nat {{ windows = {{ proxy = {{ server = "{server}", bypass = {{ "a.example", "*.b" }}, pac = "http://pac" }} }} }}') as lab:
            said = started(lab, f"[wsl2]\nnetworkingMode={mode}")
            env = {e["name"]: e["value"] for e in node(lab.model, "wsl")["env"]}
            names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY")
            yield f"3.5 {server} in {mode}: {env}", [env.get(n) for n in names] == [want] * 4
            yield f"3.5 no_proxy with {server}", env.get("no_proxy") == env.get("NO_PROXY") == (want and "a.example,*.b")
            yield "3.5 the PAC file", env.get("WSL_PAC_URL") == "http://pac" and "wsl_pac_url" not in env
            yield f"3.5 warned {said}", [s[:len(warned or "")] for s in said] == ([warned] if warned else [])
            started(lab, f"[wsl2]\nnetworkingMode={mode}\nautoProxy=false")
            yield "3.5 autoProxy=false", by(node(lab.model, "wsl")["env"], "name", "WSL_PAC_URL") is None


def main():
    problems = [row_problem(*row) for row in ROWS]
    n = 0
    for part in (suffixes, proxies):
        for what, holds in part():
            n += 1
            problems.append(None if holds else what)
    problems = [p for p in problems if p]
    print("\n".join(problems))
    print(f"{len(ROWS)} rows, {n} effects, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
