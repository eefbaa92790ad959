#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules of both Windows firewalls as nft lines: every condition, profiles, merging and precedence. The kernel takes each ruleset."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from ops_rig import WSL, Lab, chain, node  # noqa: E402

OTHER = "{00000000-0000-0000-0000-000000000001}"
SWITCH = "in_vEthernet"


def rule(**keys):
    return ("firewall.rule.add", {"Name": "t", "Protocol": "TCP", **keys})


def hv(**keys):
    return ("hyperv.rule.add", {"Name": "h", **keys})


def profile(name, **keys):
    return ("firewall.profile.set", {"Profiles": [name], "set": keys})


def setting(**keys):
    return ("hyperv.setting.set", {"Name": WSL, "set": keys})


def hv_profile(enabled, **keys):
    return ("hyperv.profile.set", {"Name": WSL, "Profiles": ["Public"], "set": {"Enabled": enabled, **keys}})


PROXY = ("portproxy.add", {"type": "v4tov4", "listenaddress": "", "listenport": 8080, "connectaddress": "10.0.0.1", "connectport": 80})
# operations, chain, lines it has (None: the chain is not there), lines it has not
WFP = [
    ([], "in_eth0", ["udp dport 53 accept", "drop", "ct state established,related accept"], ["meta nfproto ipv4 icmp type 8 accept"]),
    ([("firewall.rule.set", {"Names": ["FPS-ICMP4-ERQ-In"], "set": {"Enabled": True}})], SWITCH,
     ["ip saddr @subnet icmp type 8 accept"], []),
    ([rule(LocalPort=["80", "8000-8100"])], "in_eth0", ["tcp dport { 80, 8000-8100 } accept"], []),
    ([rule(RemotePort=["443"], LocalPort="80")], "in_eth0", ["tcp dport 80 tcp sport 443 accept"], []),
    ([rule(Protocol="UDP", RemoteAddress=["10.0.0.0/255.0.0.0", "10.1.1.1-10.1.1.9", "fd00::/8"])], "in_eth0",
     ["ip saddr { 10.0.0.0/8, 10.1.1.1-10.1.1.9 } meta l4proto udp accept", "ip6 saddr fd00::/8 meta l4proto udp accept"], []),
    ([rule(LocalAddress=["192.168.1.77"], RemoteAddress=["LocalSubnet"])], "in_eth0",
     ["ip daddr 192.168.1.77 ip saddr 192.168.1.0/24 meta l4proto tcp accept"], []),
    ([rule(Protocol="ICMPv4", IcmpType=["8", "13:0"], RemoteAddress=["DefaultGateway"])], "in_eth0",
     ["ip saddr 192.168.1.1 icmp type 8 accept", "ip saddr 192.168.1.1 icmp type 13 icmp code 0 accept"], []),
    ([rule(Protocol="Any")], "in_eth0", ["accept"], []),
    ([rule(Protocol="47")], "in_eth0", ["meta l4proto 47 accept"], []),
    ([rule(Profile=["Public"])], "in_eth0", ["drop"], ["meta l4proto tcp accept"]),
    ([rule(Profile=["Public"])], SWITCH, ["meta l4proto tcp accept"], []),
    ([rule(InterfaceAlias=["ethernet"])], SWITCH, ["drop"], ["meta l4proto tcp accept"]),
    ([rule(InterfaceAlias=["ethernet"])], "in_eth0", ["meta l4proto tcp accept"], []),
    ([rule(Enabled=False)], "in_eth0", ["drop"], ["meta l4proto tcp accept"]),
    ([rule(Action="Block", LocalPort=["53"], Protocol="UDP")], "in_eth0",
     ["ct direction original udp dport 53 drop", "udp dport 53 accept"], []),
    ([rule(Action="Block", Direction="Outbound", RemotePort=["80"])], "out_eth0", ["ct direction original tcp dport 80 drop"], ["drop"]),
    ([rule(Direction="Outbound", RemotePort=["443"]), profile("Private", DefaultOutboundAction="Block")], "out_eth0",
     ["tcp dport 443 accept", "drop"], []),
    ([], "out_eth0", None, []),
    ([profile("Private", Enabled=False)], "in_eth0", None, []),
    ([profile("Private", DefaultInboundAction="Allow")], "in_eth0", None, []),
    ([profile("Public", AllowInboundRules=False)], SWITCH, ["drop", "ct state established,related accept"], ["udp dport 53 accept"]),
    ([profile("Public", AllowLocalFirewallRules=False)], SWITCH, ["drop"], ["udp dport 53 accept", "meta l4proto 2 accept"]),
    ([profile("Public", AllowLocalFirewallRules=False), rule(PolicyStoreSource="GroupPolicy")], SWITCH, ["meta l4proto tcp accept"], []),
    ([("category.set", {"InterfaceAlias": "Ethernet", "NetworkCategory": "Public"}), profile("Private", Enabled=False)], "in_eth0",
     ["drop"], []),
    # A rule with a program is for its sockets and no others.
    ([rule(Program="C:\\Windows\\System32\\svchost.exe", Service="iphlpsvc")], "in_eth0", ["drop"], ["meta l4proto tcp accept"]),
    ([PROXY, rule(Program="%SystemRoot%\\System32\\svchost.exe", Service="iphlpsvc")], "in_eth0", ["tcp dport 8080 accept"], []),
    ([PROXY, rule(Service="iphlpsvc", LocalPort=["3000"])], "in_eth0", ["drop"], ["tcp dport 3000 accept"]),
    ([PROXY, rule(Program="C:\\node.exe")], "in_eth0", ["drop"], ["tcp dport 8080 accept", "meta l4proto tcp accept"]),
    ([rule(Program="C:\\node.exe", Direction="Outbound", Action="Block")], "out_eth0", None, []),
    # The address of an interface moves: its own subnet with it.
    ([("firewall.rule.set", {"Names": ["FPS-ICMP4-ERQ-In"], "set": {"Enabled": True}}),
      ("address.add", {"InterfaceAlias": "Ethernet", "IPAddress": "10.1.0.5", "PrefixLength": 16})], "in_eth0",
     ["ip saddr { 192.168.1.0/24, 10.1.0.0/16 } icmp type 8 accept"], []),
]
BLOCK80 = rule(Name="b", Action="Block", Direction="Outbound", RemotePort=["80"])
VFP = [
    ([], "guest_in", ["meta nfproto ipv4 icmp type 3 accept", "drop"], ["meta nfproto ipv4 icmp type 8 accept"]),
    ([], "guest_out", None, []),
    ([], "host_to_guest", None, []),
    ([hv(Direction="Inbound", Protocol="TCP", LocalPorts=["80"])], "guest_in", ["tcp dport 80 accept"], []),
    ([hv(Direction="Inbound", Protocol="TCP", LocalPorts=["80"], Action="Block"), rule(LocalPort=["80"])], "guest_in",
     ["ct direction original tcp dport 80 drop", "tcp dport 80 accept"], []),
    ([rule(LocalPort=["80"])], "guest_in", ["tcp dport 80 accept"], []),
    ([rule(LocalPort=["80"], Program="C:\\a.exe")], "guest_in", ["drop"], ["tcp dport 80 accept"]),
    ([rule(LocalPort=["80"]), setting(AllowHostPolicyMerge=False)], "guest_in", ["drop"], ["tcp dport 80 accept"]),
    ([BLOCK80], "guest_out", ["ct direction original tcp dport 80 drop"], ["drop"]),
    ([BLOCK80, setting(AllowHostPolicyMerge=False)], "guest_out", None, []),
    ([BLOCK80, hv_profile(False)], "guest_out", None, []),
    ([hv_profile(False)], "guest_in", None, []),
    ([setting(Enabled=False)], "guest_in", None, []),
    ([profile("Public", Enabled=False)], "guest_in", None, []),
    ([BLOCK80, profile("Public", Enabled=False), hv_profile(True)], "guest_in", ["drop"], []),
    ([BLOCK80, profile("Public", Enabled=False), hv_profile(True)], "guest_out", None, []),
    ([BLOCK80, profile("Public", Enabled=False), hv_profile(True), hv_profile("NotConfigured")], "guest_in", None, []),
    ([hv(Direction="Outbound", Protocol="TCP", RemotePorts=["80"], Action="Block", VMCreatorId=OTHER)], "guest_out", None, []),
    ([setting(DefaultInboundAction="Allow")], "guest_in", None, []),
    ([setting(DefaultOutboundAction="Block"), hv(Direction="Outbound", Protocol="UDP", RemotePorts=["53"])], "guest_out",
     ["udp dport 53 accept", "drop", "ct state established,related accept"], []),
    ([setting(DefaultInboundAction="Allow"), hv_profile(True, DefaultInboundAction="Block")], "guest_in", ["drop"], []),
    ([setting(DefaultInboundAction="Allow"), setting(DefaultInboundAction="NotConfigured")], "guest_in", ["drop"], []),
    ([setting(LoopbackEnabled=False)], "guest_to_host", ["drop"], []),
    ([setting(LoopbackEnabled=False), hv(Direction="Inbound", Protocol="TCP", LocalPorts=["22"])], "host_to_guest",
     ["tcp dport 22 accept", "drop"], []),
]
NFT = ["unshare", "-rn", "nft", "-f", "-"]


def kernel_takes(text):
    """None, or what nft says to it."""
    run = subprocess.run(NFT, input=text, capture_output=True, text=True, check=False, timeout=20)
    return None if run.returncode == 0 else run.stderr.strip().split("\n")[0]


def can_load():
    return shutil.which("nft") and shutil.which("unshare") and kernel_takes("table inet a {\n}\n") is None


def case_problem(operations, where, has, has_not, table, load):
    with Lab() as lab:
        for name, args in operations:
            lab.must(name, **args)
        lines = chain(lab.model, where, table)
        if (lines is None) != (has is None):
            return f"{where}: {lines}"
        has = [h.replace("@subnet", lab.windows["wsl"]["subnet"]) for h in has or []]
        missing = [h for h in has if h not in lines]
        extra = [h for h in has_not if h in (lines or [])]
        if missing or extra:
            return f"{where} lacks {missing}, has {extra}: {lines}"
        return kernel_takes(node(lab.model, "windows")["ruleset"]) if load else None


def kept_problem():
    """What a fault added, and a piece it changed by hand, stay over operations on other pieces; a restart mends its own."""
    fault = ('lab:node("windows"):ruleset("table inet extra {\\n}\\n")\n'
             'lab:node("windows"):set_ruleset("table inet wfp {\\n\\tchain mine {\\n\\t}\\n}\\ntable inet extra {\\n}\\n")')
    with Lab(fault=fault) as lab:
        lab.must("portproxy.add", **PROXY[1])
        lab.must("service.set", Name="iphlpsvc", Status="Restart")
        text = node(lab.model, "windows")["ruleset"]
        if "chain mine" not in text or "table inet extra" not in text or "ics_nat" in text:
            return f"other pieces were made anew: {text}"
        lab.must("service.set", Name="SharedAccess", Status="Restart")
        text = node(lab.model, "windows")["ruleset"]
        if "chain mine" not in text or "table ip ics_nat" not in text:
            return f"SharedAccess did not set its NAT right, and that alone: {text}"
        lab.must(*["firewall.rule.add"], Name="x")
        text = node(lab.model, "windows")["ruleset"]
        if "chain mine" in text or "table inet extra" not in text or text.count("table inet wfp") != 1:
            return f"a new rule did not replace the table: {text}"
    return None


def main():
    load, problems = can_load(), []
    for table, cases in (("wfp", WFP), ("vfp", VFP)):
        for operations, where, has, has_not in cases:
            why = case_problem(operations, where, has, has_not, table, load)
            if why:
                problems.append(f"{table} {operations}: {why}")
    problems += [p for p in [kept_problem()] if p]
    print("\n".join(problems))
    print(f"{len(WFP) + len(VFP)} cases, {len(problems)} problems{'' if load else '; nft was not asked'}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
