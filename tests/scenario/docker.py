#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Containers in the WSL of real labs, by sockets from every side, in NAT, mirrored and virtioproxy mode."""
import real_rig
import windows_rig

CONTAINERS = 'containers = { { name = "web", publish = { "8080:80" }, page = "from the container" }, { name = "db" } }'
OUT = "curl -s -m 1 -o /dev/null http://142.250.179.142/"  # google.com, without asking for the name
TIMED_OUT = 28
URL = "curl -s -m 2 http://%s:8080/"


class Docker(windows_rig.WindowsTest):
    lab = None

    def begin(self, topology):
        text = windows_rig.TEXT % CONTAINERS
        self.up(self.file("lab.lua", text.replace("wsl2.nat", topology)), healthy=True)

    def inside(self, script, code=0):
        return self.netdojo("exec", "--lab", "w", "web", "--", "sh", "-c", script, code=code).stdout

    def gateway(self):
        return str(self.address("wsl", "docker0").ip)

    def reaches_out(self):
        self.inside("ping -n -c1 -W1 8.8.8.8")
        self.inside("getent ahostsv4 google.com")
        self.inside("curl -s -m 2 http://google.com/")
        self.inside("ping -n -c1 -W1 " + self.gateway())

    def test_nat(self):
        self.begin("wsl2.nat")
        self.reaches_out()
        guest = str(self.address("wsl", "eth0").ip)
        for where in ("127.0.0.1", guest):
            self.assertIn("from the container", self.wsl(URL % where))
        for where in ("localhost", guest):
            self.until(f"Windows reaches {where}", lambda where=where: "from the container" in self.raw_curl(where))
        self.inside("ping -n -c1 -W1 " + str(self.address("db", "eth0").ip))
        self.ps("wsl --shutdown")
        self.assertNotEqual(self.run_netdojo("exec", "--lab", "w", "--raw", "web", "--", "true").returncode, 0)
        self.ps("wsl true")
        self.reaches_out()

    def raw_curl(self, where, node="windows"):
        return self.run_netdojo("exec", "--lab", "w", "--raw", node, "--", *(URL % where).split()).stdout

    def test_mirrored(self):
        self.begin("wsl2.mirrored")
        self.reaches_out()
        self.assertIn("from the container", self.wsl(URL % "127.0.0.1"))
        self.until("Windows reaches it by loopback", lambda: "from the container" in self.raw_curl("127.0.0.1"))

    def test_virtioproxy(self):
        """loopback0 is there, yet wslinfo does not say "mirrored": dockerd lacks its rule, and turns aside what Windows sends by
        loopback, whose answer the container has no way for."""
        self.begin("wsl2.nat")
        self.ps(r'Set-Content C:\Users\learner\.wslconfig "[wsl2]`nnetworkingMode=virtioproxy"; wsl --shutdown; wsl true')
        self.reaches_out()
        for where in (self.address("wsl", "eth0").ip, "127.0.0.1"):
            self.assertIn("from the container", self.wsl(URL % where))
        windows = str(self.address("windows", "eth0").ip)
        self.ps("New-NetFirewallRule -DisplayName t -Direction Inbound -Protocol TCP -LocalPort 8080 -Action Allow")
        self.until("the port is published", lambda: ":8080 " in self.run_netdojo("exec", "--lab", "w", "--raw", "windows", "--", "ss", "-Hlnt").stdout)
        self.assertEqual(self.raw_curl("127.0.0.1"), "")
        self.assertIn("from the container", self.raw_curl(windows, "phone"))
        self.wsl("sudo nft insert rule ip docker-bridges nat-prerouting-and-output iifname loopback0 ip daddr 127.0.0.0/8 return")
        self.until("Windows reaches it by loopback", lambda: "from the container" in self.raw_curl("127.0.0.1"))
        self.assertIn("from the container", self.wsl(URL % "127.0.0.1"))

    def test_ufw_and_the_containers(self):
        """ufw's policy for what is passed on holds beside Docker's own table: both must let a packet through."""
        self.begin("wsl2.nat")
        self.wsl("sudo ufw --force enable")
        self.inside(OUT, code=TIMED_OUT)
        self.wsl("sudo ufw default allow routed")
        self.inside(OUT)
        self.wsl("sudo ufw disable")


if __name__ == "__main__":
    real_rig.main()
