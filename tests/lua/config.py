#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
""".wslconfig and /etc/wsl.conf as a start of WSL reads them: every warning word for word, every key's effect on the next generation."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import HOSTS, WSLCONFIG, Lab, by, engine_takes, node, service  # noqa: E402

AT = "C:\\Users\\learner\\.wslconfig"
MODES = "bridged, mirrored, nat, none, virtioproxy"  # of the lab's own version

# text, its warnings without "wsl: " (LINE stands for the file's name), settings that must come of it
TEXTS = [
    ("", [], {"networkingMode": "nat", "dnsTunneling": True, "dnsProxy": True, "firewall": True, "localhostForwarding": True,
              "vmIdleTimeout": 60000, "dnsTunnelingIpAddress": "10.255.255.254"}),
    ("[wsl2]\ndnsProxy=false\n", [], {"dnsProxy": False}),
    ("[WSL2]\r\nDNSPROXY = 0 \r\n", [], {"dnsProxy": False}),
    ("\ufeff[wsl2]\nfirewall = FALSE # off\n", [], {"firewall": False}),
    ("# all\n\n   [wsl2]   # ours\n\tfirewall=1", [], {"firewall": True}),
    ("[wsl2]\nnetmode=nat", ["Unknown key 'wsl2.netmode' in @:2"], {}),
    ("networkingMode=none", ["Unknown key 'networkingMode' in @:1"], {"networkingMode": "nat"}),
    ("[wsl2]\ndnsProxy=yes", ["Invalid boolean value 'yes' for key 'wsl2.dnsProxy' in @:2"], {"dnsProxy": True}),
    ("[wsl2]\ndnsProxy=", ["Invalid boolean value '' for key 'wsl2.dnsProxy' in @:2"], {"dnsProxy": True}),
    ("[wsl2]\nvmIdleTimeout=1s", ["Invalid integer value '1s' for key 'wsl2.vmIdleTimeout' in @:2"], {"vmIdleTimeout": 60000}),
    ("[wsl2]\nvmIdleTimeout=0x10", [], {"vmIdleTimeout": 16}),
    ("[wsl2]\nvmIdleTimeout=010", [], {"vmIdleTimeout": 8}),
    ("[wsl2]\nvmIdleTimeout=-1", [], {"vmIdleTimeout": -1}),
    ("[wsl2]\nvmIdleTimeout=09", ["Invalid integer value '09' for key 'wsl2.vmIdleTimeout' in @:2"], {}),
    ("[wsl2]\nvmIdleTimeout=2147483648", ["Invalid integer value '2147483648' for key 'wsl2.vmIdleTimeout' in @:2"], {}),
    ("[wsl2]\nvmIdleTimeout=", ["Invalid integer value '' for key 'wsl2.vmIdleTimeout' in @:2"], {}),
    ("[experimental]\ndnsTunnelingIpAddress=10.255.255.256",
     ["Invalid IP value '10.255.255.256' for key 'experimental.dnsTunnelingIpAddress' in @:2"],
     {"dnsTunneling": False, "dnsTunnelingIpAddress": "10.255.255.254"}),
    *[(f"[experimental]\ndnsTunnelingIpAddress={a}", [f"Invalid IP value '{a}' for key 'experimental.dnsTunnelingIpAddress' in @:2"],
       {"dnsTunneling": False}) for a in ("0.0.0.0", "224.0.0.5", "255.255.255.255")],
    ("\n" * 200 + "a\n" * 30000, [f"Expected '=' in @:{n + 201}" for n in range(100)] + ["29900 more warnings are not shown"], {}),
    ("[experimental]\ndnsTunnelingIpAddress=fd00::1",
     ["Invalid IP value 'fd00::1' for key 'experimental.dnsTunnelingIpAddress' in @:2"], {"dnsTunneling": False}),
    ("[wsl2]\nnetworkingMode=natt",
     [f"Invalid value 'natt' for config key 'wsl2.networkingMode' in @:2 (Valid values: {MODES})"], {"networkingMode": "nat"}),
    ("[wsl2]\ndnsProxy=false\nfirewall=true\ndnsproxy=true",
     ["Duplicated config key 'wsl2.dnsproxy' in @:4 (Conflicting key: 'wsl2.dnsProxy' in @:2)"], {"dnsProxy": False}),
    ("[wsl2]\nfirewall=maybe\nfirewall=false",
     ["Invalid boolean value 'maybe' for key 'wsl2.firewall' in @:2",
      "Duplicated config key 'wsl2.firewall' in @:3 (Conflicting key: 'wsl2.firewall' in @:2)"], {"firewall": True}),
    ("[wsl2]\nfirewall=false\n[experimental]\nfirewall=true",
     ["Duplicated config key 'experimental.firewall' in @:4 (Conflicting key: 'wsl2.firewall' in @:2)"], {"firewall": False}),
    ("[wsl2\ndnsProxy=false", ["Expected ']' in @:1", "Unknown key 'dnsProxy' in @:2"], {}),
    ("[wsl-2]", ["Expected ']' in @:1"], {}),
    ("[]", ["Invalid section name in @:1"], {}),
    ("[2wsl]", ["Invalid section name in @:1"], {}),
    ("[wsl2] dnsProxy=false", ["Expected ' ' or '\\n' in @:1"], {"dnsProxy": True}),
    ("[wsl2]\n;dnsProxy=false", ["Invalid key name in @:2"], {"dnsProxy": True}),
    ("[wsl2]\n=1\n-x=2\ndnsProxy=0", ["Invalid key name in @:2", "Invalid key name in @:3"], {"dnsProxy": False}),
    ("[wsl2]\ndnsProxy\ndns_proxy=1", ["Expected '=' in @:2", "Expected '=' in @:3"], {}),
    ("[wsl2]\nkernel=C:\\wsl\\kernel", ["Invalid escaped character: 'w' in @:2"], {"kernel": ""}),
    ("[wsl2]\nkernel=C:\\\\wsl\\\\kernel", [], {"kernel": "C:\\wsl\\kernel"}),
    ("[wsl2]\nkernelCommandLine= a \\\n b  # c\nfirewall=0", [], {"kernelCommandLine": "a  b", "firewall": False}),
    ("[wsl2]\nkernelCommandLine=\" a # b \" \nfoo=1", ["Unknown key 'wsl2.foo' in @:3"], {"kernelCommandLine": " a # b "}),
    ("[wsl2]\nkernelCommandLine=\"a\nfirewall=0", ["Expected \" in @:2"], {"kernelCommandLine": "", "firewall": False}),
    ("[wsl2]\nkernelCommandLine=\"a\\q\"\nfirewall=0", ["Invalid escaped character: 'q' in @:2"], {"firewall": False}),
    ("[wsl2]\nkernelCommandLine=a\\\nb\nx=1", ["Unknown key 'wsl2.x' in @:4"], {"kernelCommandLine": "ab"}),
    ("[wsl2]\nkernelCommandLine=say \\\"x\\\"\\tt", [], {"kernelCommandLine": "say \"x\"\tt"}),
    ("[wsl2]\nmemory=4GB\nswap=1q", ["Invalid memory string '1q' for .wslconfig entry 'wsl2.swap' in @:3"], {"memory": "4GB"}),
    ("[experimental]\nignoredPorts=80,x,90", ["Invalid integer value 'x' for key 'experimental.ignoredPorts' in @:2"], {"ignoredPorts": ""}),
    ("[experimental]\nhostAddressLoopback=true", [], {"hostAddressLoopback": False}),
    ("[wsl2]\nsafeMode=true", ["SAFE MODE ENABLED - many features will be disabled"],
     {"networkingMode": "none", "dnsTunneling": False, "autoProxy": False}),
    ("[wsl2]\nnetworkingMode=Mirrored", [], {"networkingMode": "mirrored", "firewall": True}),
    ("[wsl2]\nnetworkingMode=consomme", [], {"networkingMode": "virtioproxy"}),
    ("[wsl2]\nnetworkingMode=VirtioProxy", [], {"networkingMode": "virtioproxy"}),
    ("[wsl2]\nnetworkingMode=consomme\nvirtio=false",
     ["VirtioProxy networking is not supported when wsl2.virtio is disabled; falling back to networkingMode Nat."],
     {"networkingMode": "nat", "dnsTunneling": True}),
    ("[wsl2]\nnetworkingMode=bridged", ["Bridged networking requires wsl2.vmSwitch to be set.",
     "Failed to configure network (networkingMode Bridged), falling back to networkingMode None."], {"networkingMode": "none"}),
    ("[wsl2]\nnetworkingMode=bridged\nvmSwitch=LAN",
     ["The VmSwitch 'LAN' was not found. Available switches: Default Switch, WSL (Hyper-V firewall)",
      "Failed to configure network (networkingMode Bridged), falling back to networkingMode None."], {"networkingMode": "none"}),
    ("[wsl2]\nnetworkingMode=bridged\nvmSwitch=Default Switch\ndnsTunneling=true\n[experimental]\nbestEffortDnsParsing=true", [],
     {"networkingMode": "bridged", "dnsTunneling": False, "bestEffortDnsParsing": False}),
    ("[wsl2]\ndnsTunneling=false\n[experimental]\nbestEffortDnsParsing=true\ndnsTunnelingIpAddress=10.255.255.1", [],
     {"bestEffortDnsParsing": False, "dnsTunnelingIpAddress": "10.255.255.254"}),
    ("[wsl2]\nmacAddress=00:15:5d:00:00:01", [], {"macAddress": "00:15:5d:00:00:01"}),
    ("[wsl2]\nmacAddress=00-15-5D-00-00-01", [], {}),
]
CONFS = [
    ("[network]\ngenerateHosts=maybe\n", ["Invalid boolean value 'maybe' for key 'network.generateHosts' in /etc/wsl.conf:2"]),
    ("[user]\ndefault=root\n[boot]\nsystemd=true\ncommand=service x start\n", []),
    ("[automount]\nenabled=true\n[interop]\nenabled=true\n", []),
    *[(f"[automount]\nroot={root}", [f"automount.root '{root}': no drive can be put there, /mnt/ is used"])
      for root in ("/proc", "mnt", "/a/../b", "/home/learner", "/init", "/mnt/wsl", "/./a", "/a b", "/\u00e4", "")],
    *[(f"[automount]\nroot={root}", []) for root in ("/", "/mnt", "/mnt/", "//win//", "/media/drives")],
    ("[user]\ndefault=bob", ["user.default 'bob': this netdojo has only the users root and learner here, learner is used"]),
    ("[user]\ndefault=learner", []),
    ("[boot]\ncommand=a\\\u00e4", ["Invalid escaped character: '\u00e4' in /etc/wsl.conf:2"]),
    ("[nat]\nx=1\n", ["Unknown key 'nat.x' in /etc/wsl.conf:2"]),
]


def started(lab, text=None, conf=None):
    """A whole new generation with these files; its warnings."""
    if conf is not None:
        lab.files["wsl", "/etc/wsl.conf"] = conf
    lab.must("wsl.shutdown")
    if text is not None:
        lab.files["windows", WSLCONFIG] = text
    return lab.must("wsl.start")["warnings"]


def text_problem(lab, text, warnings, settings):
    got = started(lab, text)
    want = ["wsl: " + w.replace("@", AT) for w in warnings]
    if got != want:
        return f"{text!r}: warned {got}, not {want}"
    have = lab.windows["wsl"]["started_with"]
    wrong = {k: have.get(k) for k, v in settings.items() if have.get(k) != v}
    return f"{text!r}: {wrong}" if wrong else None


def conf_problem(lab, conf, warnings):
    got = started(lab, "", conf)
    return None if got == ["wsl: " + w for w in warnings] else f"{conf!r}: warned {got}"


def files(lab):
    return {f["path"]: f for f in node(lab.model, "wsl")["files"]}


def resolv(lab):
    return [x for x in files(lab)["/mnt/wsl/resolv.conf"]["content"].split("\n") if x and x[0] != "#"]


def effects():
    """What each setting does to the generation: (what, it holds)."""
    with Lab() as lab:
        gateway = lab.windows["wsl"]["gateway"]
        yield "the tunnel's address", resolv(lab) == ["nameserver 10.255.255.254"]
        started(lab, "[wsl2]\ndnsTunneling=false")
        yield "the proxy", resolv(lab) == [f"nameserver {gateway}"] and not service(lab.model, "dns-tunnel")
        lab.must("dns.set", InterfaceAlias="Ethernet", ServerAddresses=["fd00::1", "1.1.1.1", "8.8.8.8", "9.9.9.9", "4.4.4.4"])
        started(lab, "[wsl2]\ndnsTunneling=false\ndnsProxy=false")
        yield "Windows' own, three", resolv(lab) == ["nameserver 1.1.1.1", "nameserver 8.8.8.8", "nameserver 9.9.9.9"]
        started(lab, "[experimental]\ndnsTunnelingIpAddress=10.255.255.1")
        lo = by(node(lab.model, "wsl")["ifaces"], "name", "lo")
        yield "another tunnel address", resolv(lab) == ["nameserver 10.255.255.1"] and lo["addresses"][0]["cidr"] == "10.255.255.1/32"
        lab.files["windows", HOSTS] = "127.0.0.1 localhost\r\n10.1.2.3\tnas  nas.home # box\r\nbad line\r\n"
        started(lab, "")
        records = service(lab.model, "dns-tunnel")["config"]["records"]
        yield "Windows' hosts by the tunnel", records == {"nas": {"A": ["10.1.2.3"]}, "nas.home": {"A": ["10.1.2.3"]}}
        yield "not in /etc/hosts then", "nas" not in files(lab)["/etc/hosts"]["content"]
        started(lab, "[wsl2]\ndnsTunneling=false")
        yield "Windows' hosts in /etc/hosts", "\n10.1.2.3\tnas\tnas.home\n\n#" in files(lab)["/etc/hosts"]["content"]
        started(lab, "[wsl2]\nnetworkingMode=none")
        wsl = node(lab.model, "wsl")
        yield "mode none", not by(wsl["ifaces"], "name", "eth0") and wsl["routes"] == [] and resolv(lab) == []
        yield "mode none's address", lab.windows["wsl"]["address"] == "" and lab.windows["wsl"]["networkingMode"] == "none"
        started(lab, "[wsl2]\nfirewall=false")
        yield "no Hyper-V firewall", "table inet vfp" not in node(lab.model, "windows")["ruleset"]
        yield "the network's name", by(lab.windows["interfaces"], "dev", "vEthernet")["InterfaceAlias"] == "vEthernet (WSL)"
        started(lab, "")
        yield "the firewall is back", "table inet vfp" in node(lab.model, "windows")["ruleset"]
        started(lab, "[wsl2]\nlocalhostForwarding=false")
        yield "localhostForwarding", lab.windows["wsl"]["localhostForwarding"] is False


def conf_effects():
    with Lab() as lab:
        started(lab, "", "[network]\ngenerateResolvConf=false\ngenerateHosts=false\nhostname=my_box..x")
        f = files(lab)
        yield "its own link is taken away", f["/etc/resolv.conf"].get("remove") is True and "/mnt/wsl/resolv.conf" not in f
        yield "no /etc/hosts", "/etc/hosts" not in f
        yield "the cleaned hostname", node(lab.model, "wsl")["hostname"] == "mybox.x" and f["/etc/hostname"]["content"] == "mybox.x\n"
        lab.files["wsl", "/etc/resolv.conf"] = "nameserver 1.1.1.1\n"
        started(lab)
        yield "a file of the user's stays", "/etc/resolv.conf" not in files(lab)
        yield "wsl.conf is the disk's", "/etc/wsl.conf" not in files(lab)
        started(lab, conf="[user]\ndefault=root\n[interop]\nenabled=false\n[automount]\nroot=/win/")
        wsl = node(lab.model, "wsl")
        started(lab, conf="[automount]\nroot=/")
        yield "drives at the top", node(lab.model, "wsl")["volumes"] == [{"name": "c", "target": "/c"}]
        started(lab, conf="[automount]\nroot=/proc\n[user]\ndefault=nobody\n[network]\nhostname=-..-")
        odd = node(lab.model, "wsl")
        yield "what can't be is the default", odd["volumes"] == [{"name": "c", "target": "/mnt/c"}] and odd["user"] == "learner" \
            and odd["hostname"].startswith("DESKTOP-") and engine_takes([lab.model]) == ""
        started(lab, conf="[user]\ndefault=root\n[interop]\nenabled=false\n[automount]\nroot=/win/")
        yield "user, interop, automount", wsl["user"] == "root" and not wsl["interop"] and wsl["volumes"] == [{"name": "c", "target": "/win/c"}]
        started(lab, conf="[automount]\nenabled=0")
        yield "no drive", node(lab.model, "wsl")["volumes"] == []


def life():
    topology = ('wsl2.nat { wsl = { guest_address = "moves" }, services = { { name = "mine", node = "wsl", kind = "echo", '
                'listens = { { proto = "tcp", address = "0.0.0.0", port = 7 } } } } }')
    with Lab(topology) as lab:
        seen, models = [lab.windows["wsl"]["address"]], [lab.model]
        for _ in range(4):
            lab.must("wsl.shutdown")
            models.append(lab.model)
            yield "its services stop with it", not service(lab.model, "mine")
            lab.must("wsl.start")
            models.append(lab.model)
            seen.append(lab.windows["wsl"]["address"])
            yield "and come back", service(lab.model, "mine") is not None
        yield "an address that moves", len(set(seen)) == 5
        yield f"models the engine takes: {engine_takes(models)}", engine_takes(models) == ""
    with Lab() as lab:
        address = lab.windows["wsl"]["address"]
        yield "no second start", lab.op("wsl.start") == {"re": lab.script.next_id, "result": {"started": False, "warnings": []}}
        lab.must("wsl.terminate", Distribution="Debian")
        lab.files["windows", WSLCONFIG] = "[wsl2]\nfoo=1\nfirewall=false"
        yield "terminate keeps .wslconfig", lab.must("wsl.start")["warnings"] == [] and lab.windows["wsl"]["firewall"]
        yield "the address is kept", started(lab) == [f"wsl: Unknown key 'wsl2.foo' in {AT}:2"] and lab.windows["wsl"]["address"] == address
        lab.must("wsl.shutdown")
        lab.must("service.set", Name="SharedAccess", Status="Stopped", StartType="Disabled")
        lab.files["windows", WSLCONFIG] = ""
        yield "ICS disabled", lab.must("wsl.start")["warnings"] == [
            "wsl: Failed to configure network (networkingMode Nat), falling back to networkingMode VirtioProxy."]
        lab.must("wsl.shutdown")
        lab.files["windows", WSLCONFIG] = "[wsl2]\nvirtio=false"
        yield "ICS disabled, no virtio", lab.must("wsl.start")["warnings"] == [
            "wsl: Failed to configure network (networkingMode Nat), falling back to networkingMode VirtioProxy.",
            "wsl: Failed to configure network (networkingMode VirtioProxy), falling back to networkingMode None."]
        lab.files["windows", WSLCONFIG] = ""
        lab.must("wsl.shutdown")
        lab.must("service.set", Name="SharedAccess", StartType="Manual")
        yield "ICS on demand", lab.must("wsl.start")["warnings"] == [] and "ics_nat" in node(lab.model, "windows")["ruleset"]
        lab.must("wsl.shutdown")
        lab.files["windows", WSLCONFIG] = "[wsl2]\nmacAddress=1"
        got = lab.op("wsl.start")
        yield f"a bad macAddress is fatal: {got}", got["error"]["message"] == f"Invalid mac address '1' for key 'wsl2.macAddress' in {AT}:2"
        yield "and WSL still stopped", node(lab.model, "wsl") is None


def main():
    problems = []
    with Lab() as lab:
        problems += [text_problem(lab, *t) for t in TEXTS]
        problems += [conf_problem(lab, *c) for c in CONFS]
    n = 0
    for part in (effects, conf_effects, life):
        for what, holds in part():
            n += 1
            problems.append(None if holds else f"{part.__name__}: {what}")
    problems = [p for p in problems if p]
    print("\n".join(problems))
    print(f"{len(TEXTS) + len(CONFS)} texts, {n} effects, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
