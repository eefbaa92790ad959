#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every JSON document of the command line, from a real lab, against its installed schema."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ["NETDOJO_SOURCE"]
BUILD = os.environ["NETDOJO_BUILD"]
os.environ["NETDOJO_SCHEMAS"] = os.path.join(BUILD, "share/netdojo/schemas")
sys.path.insert(0, os.path.join(SOURCE, "tests"))
sys.dont_write_bytecode = True
import validate  # noqa: E402

NETDOJO = os.path.join(BUILD, "bin/netdojo")
SCENARIO = "dns-host-proxy-dead"


class Documents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.TemporaryDirectory(prefix="netdojo-documents-")
        os.chmod(cls.home.name, 0o755)
        cls.env = {**os.environ, "XDG_STATE_HOME": cls.home.name + "/state", "XDG_RUNTIME_DIR": cls.home.name,
                   "NO_COLOR": "1"}
        cls.doctor = cls.run_one("doctor", "--json")
        if not json.loads(cls.doctor.stdout)["ok"]:
            print("skipped: netdojo doctor says that labs can't run here")
            sys.exit(77)
        cls.up = cls.run_one("up", SCENARIO, "--json", "--seed", "documents")

    @classmethod
    def tearDownClass(cls):
        cls.run_one("down", "--all")
        cls.home.cleanup()

    @classmethod
    def run_one(cls, *args):
        return subprocess.run([NETDOJO, *args], env=cls.env, capture_output=True, text=True, timeout=60)

    def valid(self, done, codes=(0,), name=None):
        self.assertIn(done.returncode, codes, done.stderr)
        self.assertIsNone(validate.problem(json.loads(done.stdout), name))

    def test_catalogue(self):
        self.valid(self.doctor)
        self.valid(self.run_one("list", "--json"))
        self.valid(self.run_one("show", SCENARIO, "--json"))
        self.valid(self.run_one("up", SCENARIO, "--lab", "planned", "--dry-run", "--json"))

    def test_lab(self):
        self.valid(self.up)
        self.valid(self.run_one("ps", "--json"))
        self.valid(self.run_one("map", "--json"))

    def test_log_and_grade(self):
        self.run_one("exec", "wsl", "--", "ping", "-c1", "8.8.8.8")
        self.run_one("diagnose", "none")
        log = self.run_one("log")
        self.assertGreater(len(log.stdout.splitlines()), 5)
        for line in log.stdout.splitlines():
            self.assertIsNone(validate.problem(json.loads(line), "log"), line)
        self.valid(self.run_one("grade", "--json"), codes=(0, 1))

    def test_check(self):
        self.valid(self.run_one("check", "l1-eth0-unconfigured", "--json"))


if __name__ == "__main__":
    unittest.main()
