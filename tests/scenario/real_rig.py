# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the built netdojo with real labs, in folders of its own; skips where this machine can't run them."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ["NETDOJO_BUILD"]
SOURCE = os.environ["NETDOJO_SOURCE"]
NETDOJO = os.path.join(BUILD, "bin", "netdojo")
SCENARIO = "dns-host-proxy-dead"


def scenario_file(name=SCENARIO):
    for folder, _, files in os.walk(os.path.join(SOURCE, "scenarios")):
        if os.path.basename(folder) == name and "scenario.lua" in files:
            return os.path.join(folder, "scenario.lua")
    raise FileNotFoundError(name)


class RealTest(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="nd-real-")
        self.tmp = os.path.join(self.home, "tmp")
        for name in ("run", "tmp"):
            os.mkdir(os.path.join(self.home, name), 0o700)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.home, "LANG": "C.UTF-8", "TERM": "xterm-256color",
                    "XDG_STATE_HOME": os.path.join(self.home, "state"), "TMPDIR": self.tmp,
                    "XDG_RUNTIME_DIR": os.path.join(self.home, "run")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def tearDown(self):
        self.run_netdojo("down", "--all")
        shutil.rmtree(self.home, ignore_errors=True)

    def popen(self, *args, **more):
        return subprocess.Popen([NETDOJO, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=self.env, **more)

    def run_netdojo(self, *args):
        return subprocess.run([NETDOJO, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=600, env=self.env, check=False)

    def netdojo(self, *args, code=0):
        done = self.run_netdojo(*args)
        self.assertEqual(done.returncode, code, f"{args}: {done.stdout}{done.stderr}")
        return done

    def json(self, *args, code=0):
        return json.loads(self.netdojo(*args, code=code).stdout)

    def file(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def attempts(self):
        root = os.path.join(self.home, "state", "netdojo", "attempts")
        return sorted(os.path.join(root, name) for name in os.listdir(root))


def main():
    tried = subprocess.run([NETDOJO, "doctor", "--json"], capture_output=True, text=True, check=False)
    if tried.returncode == 3:
        print("this machine can't run labs: see netdojo doctor")
        sys.exit(77)
    unittest.main()
