#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every value Windows' commands print is a live one: changed by netlink or by another command, it changes in each that shows it.

The pipelines are made from what Get-Command lists: every Get- cmdlet, filtered by every property with a value that it has, selected, projected,
sorted and counted, against the same done here with the cmdlet's unfiltered objects.
"""
import ipaddress
import json
import re

import real_rig
import windows_rig

MARK = "@@"


def netmask(cidr):
    return str(ipaddress.ip_interface(cidr).netmask)


class Live(windows_rig.WindowsTest):
    def shown(self, commands, *patterns):
        """Each of the commands shows each of the patterns."""
        for line in commands:
            out = self.ps(line)
            for p in patterns:
                self.assertRegex(out, p, f"{line} does not show {p}")

    def not_shown(self, commands, *patterns):
        for line in commands:
            out = self.ps(line, code=None)
            for p in patterns:
                self.assertNotRegex(out, p, f"{line} still shows {p}")

    def ip(self, *argv):
        self.raw("windows", "ip", *argv)

    def test_address_by_netlink(self):
        where = ["ipconfig", "ipconfig /all", "Get-NetIPAddress -AddressFamily IPv4", "Get-NetIPConfiguration -All", "route print -4", "Get-NetRoute -AddressFamily IPv4",
                 "netsh interface ipv4 show addresses", "arp -a"]
        here = [r"\b10\.9\.8\.7\b"]
        self.not_shown(where, *here)
        self.ip("addr", "add", "10.9.8.7/24", "dev", "eth0")
        self.shown([w for w in where if w != "arp -a"], *here)
        self.shown(["ipconfig"], netmask("10.9.8.7/24").replace(".", r"\."))
        self.ip("addr", "del", "10.9.8.7/24", "dev", "eth0")
        self.not_shown(where, *here)

    def test_address_by_cmdlet(self):
        self.ps("New-NetIPAddress -InterfaceAlias Ethernet -IPAddress 10.9.8.7 -PrefixLength 24")
        self.assertIn("10.9.8.7", [a["local"] for a in self.links("windows")["eth0"]["addr_info"]])
        self.shown(["ipconfig", "Get-NetIPAddress -IPAddress 10.9.8.7", "route print"], r"10\.9\.8\.7")
        self.ps("Remove-NetIPAddress -IPAddress 10.9.8.7 -Confirm:$false")
        self.assertNotIn("10.9.8.7", [a["local"] for a in self.links("windows")["eth0"]["addr_info"]])

    def test_route(self):
        where = ["route print", "Get-NetRoute", "netsh interface ipv4 show route"]
        self.ip("route", "add", "10.77.0.0/16", "via", "192.168.1.1", "metric", "41")
        self.shown(where, r"10\.77\.0\.0")
        self.shown(["route print"], r"10\.77\.0\.0 +255\.255\.0\.0 +192\.168\.1\.1")
        self.ip("route", "del", "10.77.0.0/16")
        self.not_shown(where, r"10\.77\.0\.0")
        self.ps("New-NetRoute -DestinationPrefix 10.78.0.0/16 -InterfaceAlias Ethernet -NextHop 192.168.1.1")
        self.assertIn("10.78.0.0/16", [r["dst"] for r in self.routes("windows")])
        self.shown(where, r"10\.78\.0\.0")
        self.ps("Remove-NetRoute -DestinationPrefix 10.78.0.0/16 -Confirm:$false")
        self.assertNotIn("10.78.0.0/16", [r["dst"] for r in self.routes("windows")])

    def test_mtu(self):
        self.ip("link", "set", "vEthernet", "mtu", "1391")
        self.shown(["netsh interface ipv4 show subinterfaces", "Get-NetIPInterface -AddressFamily IPv4", "netsh interface ipv4 show interfaces"], r"\b1391\b")
        alias = self.objects("Get-NetAdapter | ? Name -like '*WSL*'")[0]["Name"]
        self.ps(f'netsh interface ipv4 set subinterface "{alias}" mtu=1402')
        self.assertEqual(self.links("windows")["vEthernet"]["mtu"], 1402)
        self.ps(f"Set-NetIPInterface -InterfaceAlias '{alias}' -NlMtuBytes 1403")
        self.assertEqual(self.links("windows")["vEthernet"]["mtu"], 1403)
        self.shown(["netsh interface ipv4 show subinterfaces", "Get-NetIPInterface -AddressFamily IPv4"], r"\b1403\b")

    def test_neighbour(self):
        where = ["arp -a", "Get-NetNeighbor -AddressFamily IPv4", "netsh interface ipv4 show neighbors"]
        self.ip("neigh", "replace", "192.168.1.213", "lladdr", "02:11:22:33:44:55", "dev", "eth0", "nud", "permanent")
        self.shown(where, r"192\.168\.1\.213 +02-11-22-33-44-55")
        self.ip("neigh", "del", "192.168.1.213", "dev", "eth0")
        self.not_shown(where, r"02-11-22-33-44-55")

    def test_listener(self):
        where = ["netstat -ano", "netstat -an", "Get-NetTCPConnection -State Listen"]
        serve = "import socket, time; s = socket.socket(); s.bind(('0.0.0.0', 4777)); s.listen(); print(1, flush=True); time.sleep(60)"
        self.not_shown(where, r"\b4777\b")
        p = self.start("windows", serve)
        p.stdout.readline()
        self.shown(where, r"\b4777\b")
        p.kill()
        p.wait()
        self.until("the listener is gone", lambda: "4777" not in self.raw("windows", "ss", "-Hlnt"))
        self.not_shown(where, r"\b4777\b")
        self.ps("netsh interface portproxy add v4tov4 listenport=4777 listenaddress=0.0.0.0 connectport=80 connectaddress=192.168.1.1")
        self.shown(where, r"\b4777\b")
        (conn,) = self.objects("Get-NetTCPConnection -State Listen -LocalPort 4777")
        self.shown(["sc.exe queryex iphlpsvc"], rf"PID +: {conn['OwningProcess']}\b")
        self.shown(["netstat -ano"], rf"0\.0\.0\.0:4777 +0\.0\.0\.0:0 +LISTENING +{conn['OwningProcess']}\b")
        self.ps("Stop-Service iphlpsvc")
        self.not_shown(where, r"\b4777\b")
        self.assertNotIn(":4777", self.raw("windows", "ss", "-Hlnt"))

    def test_firewall_rule(self):
        rules = lambda: self.raw("windows", "nft", "list", "ruleset")  # noqa: E731
        before = rules()
        self.assertNotIn("4888", before)
        self.ps("New-NetFirewallRule -DisplayName one -Direction Inbound -Protocol TCP -LocalPort 4888 -Action Allow")
        self.assertIn("4888", rules())
        self.shown(["Get-NetFirewallRule -DisplayName one", "netsh advfirewall firewall show rule name=one"], "one")
        self.shown(["Get-NetFirewallRule -DisplayName one | Get-NetFirewallPortFilter", "netsh advfirewall firewall show rule name=one"], "4888")
        self.ps("Disable-NetFirewallRule -DisplayName one")
        self.assertNotIn("4888", rules())
        self.shown(["netsh advfirewall firewall show rule name=one"], r"Enabled: +No")
        self.ps("netsh advfirewall firewall delete rule name=one")
        self.assertEqual(rules(), before)
        self.not_shown(["Get-NetFirewallRule -DisplayName one"], r"DisplayName +: one")

    def test_link(self):
        self.ps("Disable-NetAdapter -Name Ethernet -Confirm:$false")
        self.assertNotIn("UP", self.links("windows")["eth0"]["flags"])
        self.shown(["Get-NetAdapter", "netsh interface show interface"], "Disabled")
        self.ps("Enable-NetAdapter -Name Ethernet")
        self.assertIn("UP", self.links("windows")["eth0"]["flags"])
        self.ip("link", "set", "eth0", "address", "02:aa:bb:cc:dd:ee")
        self.shown(["Get-NetAdapter", "getmac", "ipconfig /all"], "02-AA-BB-CC-DD-EE")

    def test_the_guest_seen_from_windows(self):
        """A guest that is addressed otherwise by netlink: what asks it says so, what names it by rule does not."""
        self.wsl("sudo ip addr add 172.16.99.99/32 dev eth0")
        self.assertIn("172.16.99.99", self.ps("wsl hostname -I"))


def same(a, b):
    return a.lower() == b.lower() if isinstance(a, str) and isinstance(b, str) else a == b and isinstance(a, bool) == isinstance(b, bool)


def literal(v):
    if isinstance(v, bool):
        return "$true" if v else "$false"
    return str(v) if isinstance(v, (int, float)) else "'" + v.replace("'", "''") + "'"


def plain(v):
    return isinstance(v, (str, int, float, bool)) and v != ""


class Pipelines(windows_rig.WindowsTest):
    """(pipeline over $o, what it must give) for a cmdlet's objects."""

    def made(self, objects):
        for name in {k: None for o in objects for k in o}:
            values = []
            for o in objects:
                if plain(o.get(name)) and not any(same(o[name], v) for v in values):
                    values.append(o[name])
            for v in values[:2]:
                hit = [o for o in objects if same(o.get(name), v)]
                yield f"? {{$_.{name} -eq {literal(v)}}}", hit
                yield f"Where-Object {name} -eq {literal(v)}", hit
                yield f"? {name} -ne {literal(v)}", [o for o in objects if not same(o.get(name), v)]
                if isinstance(v, str) and not re.search(r"[\[\]`*?]", v):
                    yield f"? {name} -like {literal('*' + v[1:])}", [o for o in objects if isinstance(o.get(name), str) and o[name].lower().endswith(v[1:].lower())]
                if isinstance(v, int) and not isinstance(v, bool) and all(isinstance(o.get(name), int) for o in objects):
                    yield f"? {name} -gt {v}", [o for o in objects if o[name] > v]
            yield f"Select-Object {name}", [{name: o.get(name)} for o in objects]
            if all(plain(o.get(name)) for o in objects):
                yield f"select -ExpandProperty {name}", [o[name] for o in objects]
                yield f"% {{ $_.{name} }}", [o[name] for o in objects]
                yield f"Sort-Object {name} | select -First 1 -ExpandProperty {name}", [least([o[name] for o in objects])]
        for n in (1, 2):
            yield f"Select-Object -First {n}", objects[:n]
            yield f"Select-Object -Last {n}", objects[-n:]
        yield "Measure-Object | select -ExpandProperty Count", [len(objects)]

    def test_every_get_cmdlet(self):
        names = self.ps("Get-Command -Verb Get -CommandType Cmdlet | Select-Object -ExpandProperty Name").split()
        self.assertGreater(len([n for n in names if n.startswith("Get-Net")]), 15, names)
        tried, wrong = 0, []
        for name in names:
            if not name.startswith(("Get-Net", "Get-Dns", "Get-VM", "Get-Service", "Get-Process")):
                continue
            objects = self.objects(name)
            pipelines = list(self.made(objects)) if objects and all(isinstance(o, dict) for o in objects) else []
            for (line, want), got in zip(pipelines, self.run_all(name, pipelines)):
                tried += 1
                if not alike(got, want):
                    wrong.append(f"{name} | {line}: {str(got)[:200]}, not {str(want)[:200]}")
        self.assertEqual(wrong[:10], [], f"{len(wrong)} of {tried} pipelines")
        self.assertGreater(tried, 500)

    def run_all(self, name, pipelines):
        """All of one cmdlet's pipelines over one set of its objects; a few at a time, for a command line has an end."""
        out = []
        for at in range(0, len(pipelines), 60):
            lines = [f"$o = @({name})"]
            for line, _ in pipelines[at:at + 60]:
                lines.append(f"'{MARK}'\nConvertTo-Json -Compress -InputObject @($o | {line})")
            parts = self.ps("\n".join(lines)).split(MARK)[1:]
            out += [windows_rig.as_list(json.loads(p.strip() or "null")) for p in parts]
        return out

    def test_straight_from_the_cmdlet(self):
        """The same without a variable between: the objects come one by one."""
        for line in ("Get-NetAdapter | ? Status -eq Up | Select-Object -ExpandProperty Name", "Get-NetRoute | ? DestinationPrefix -eq '0.0.0.0/0' | select -First 1 | % NextHop",
                     "Get-NetIPAddress | ? AddressFamily -eq IPv4 | measure | % Count"):
            cmdlet, rest = line.split(" | ", 1)
            self.assertEqual(self.ps(line), self.ps(f"$o = @({cmdlet})\n$o | {rest}"))
            self.assertNotEqual(self.ps(line).strip(), "")


def least(values):
    return sorted(values, key=lambda v: v.lower() if isinstance(v, str) else v)[0]


def alike(got, want):
    if len(got) != len(want):
        return False
    return all(g == w or (isinstance(w, str) and same(g, w)) for g, w in zip(got, want))


if __name__ == "__main__":
    real_rig.main()
