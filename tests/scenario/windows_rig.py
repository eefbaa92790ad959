# SPDX-License-Identifier: GPL-2.0-or-later
"""A real lab seen from its windows: lines typed at the PowerShell prompt, commands in WSL, and the kernel's own state beside them."""
import ipaddress
import json
import os
import subprocess
import time

import real_rig

LAB_FILE = os.path.join(real_rig.SOURCE, "tests/data/windows-lab.lua")


# A lab whose topology a test writes: the keys of wsl2.nat's table stand for %s.
TEXT = """
return scenario {
  api = 1, id = "written", layer = "L2", mode = "nat", level = 1,
  title = { en = "A lab", ja = "ラボ" }, ticket = { en = "Nothing is wrong.", ja = "異常はありません。" },
  topology = function() return wsl2.nat { %s } end,
  fault = function(lab) lab:node("wsl"):remove_route("default") end,
  symptoms = { probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 } },
  controls = { probe.ping { name = "itself", node = "wsl", address = "127.0.0.1" } },
  truth = { { layer = "L2", cause = "no-default-route", at = "wsl" } },
  steps = { step.mended { points = 100 } },
  solution = { "sudo ip route add default via {{p.gateway}}" },
}
"""


class WindowsTest(real_rig.RealTest):
    lab = LAB_FILE
    healthy = True
    seed = "windows"

    def setUp(self):
        super().setUp()
        self.procs = []
        if self.lab:
            self.up(self.lab, healthy=self.healthy)

    def tearDown(self):
        for p in self.procs:
            p.kill()
            p.communicate()
        super().tearDown()

    def up(self, lab, healthy=False):
        self.netdojo("up", lab, "--lab", "w", "--seed", self.seed, "--variant", "plain", *(["--healthy"] if healthy else []))
        self.model = self.json("map", "--lab", "w", "--format", "json")
        self.model = self.model.get("model", self.model)

    # Windows ---------------------------------------------------------------------------------------------------

    def ps(self, line, code=0):
        """One PowerShell command line; what it wrote."""
        done = self.run_netdojo("exec", "--lab", "w", "windows", "--", line)
        if code is not None:
            self.assertEqual(done.returncode, code, f"{line}: {done.stdout}{done.stderr}")
        return done.stdout if code == 0 else done.stdout + done.stderr

    def objects(self, line):
        """The objects of a pipeline, as dictionaries."""
        return as_list(json.loads(self.ps(f"ConvertTo-Json -Compress -InputObject @({line})") or "null"))

    # WSL -------------------------------------------------------------------------------------------------------

    def wsl(self, script, code=0):
        done = self.run_netdojo("exec", "--lab", "w", "wsl", "--", "bash", "-c", script)
        if code is not None:
            self.assertEqual(done.returncode, code, f"{script}: {done.stdout}{done.stderr}")
        return done.stdout if code == 0 else done.stdout + done.stderr

    # What is really so -----------------------------------------------------------------------------------------

    def raw(self, node, *argv, code=0):
        return self.netdojo("exec", "--lab", "w", "--raw", node, "--", *argv, code=code).stdout

    def links(self, node):
        return {i["ifname"]: i for i in json.loads(self.raw(node, "ip", "-j", "addr"))}

    def routes(self, node):
        return json.loads(self.raw(node, "ip", "-j", "-4", "route"))

    def address(self, node, dev):
        """The first IPv4 address of an interface, with its network."""
        (first, *_) = [a for a in self.links(node)[dev]["addr_info"] if a["family"] == "inet"]
        return ipaddress.ip_interface(f"{first['local']}/{first['prefixlen']}")

    def start(self, node, code, *args):
        """A Python program in a node, running until the test ends."""
        p = self.popen("exec", "--lab", "w", *(["--raw"] if node == "windows" else []), node, "--", "python3", "-c", code, *args)
        self.procs.append(p)
        return p

    def python(self, node, code, *args):
        raw = ["--raw"] if node == "windows" else []
        return self.netdojo("exec", "--lab", "w", *raw, node, "--", "python3", "-c", code, *args).stdout.strip()

    def until(self, what, fn, seconds=5):
        """Asks until it holds."""
        end = time.monotonic() + seconds
        while not fn():
            self.assertLess(time.monotonic(), end, f"not within {seconds} s: {what}")
            time.sleep(0.05)


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def has_tool(name):
    return subprocess.run(["sh", "-c", f"command -v {name}"], capture_output=True, check=False).returncode == 0
