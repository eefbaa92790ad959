# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs netdojo from the fake prefix (a lab without a kernel) or the real one, in a home of its own."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ["NETDOJO_BUILD"]
SOURCE = os.environ["NETDOJO_SOURCE"]
FAKE = os.path.join(BUILD, "tests", "fake-prefix", "bin", "netdojo")
REAL = os.path.join(BUILD, "bin", "netdojo")


class Home:
    """State and run-time folders that nobody else uses."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="nd-cli-")
        self.state = os.path.join(self.path, "state")
        self.run_dir = os.path.join(self.path, "run")
        os.mkdir(self.run_dir, 0o700)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.path, "XDG_STATE_HOME": self.state,
                    "XDG_RUNTIME_DIR": self.run_dir, "LANG": "C.UTF-8", "TERM": "xterm"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def attempts(self):
        root = os.path.join(self.state, "netdojo", "attempts")
        return sorted(os.path.join(root, d) for d in os.listdir(root)) if os.path.isdir(root) else []

    def sockets(self):
        folder = os.path.join(self.run_dir, "netdojo")
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


class CliTest(unittest.TestCase):
    """A test with a home, whose labs are down at the end."""
    program = FAKE

    def setUp(self):
        self.home = Home()

    def tearDown(self):
        self.run_netdojo("down", "--all")
        self.home.close()

    def run_netdojo(self, *args, stdin="", env=None):
        return subprocess.run([self.program, *args], input=stdin, capture_output=True, text=True, timeout=60,
                              env={**self.home.env, **(env or {})}, check=False)

    def netdojo(self, *args, code=0, **more):
        done = self.run_netdojo(*args, **more)
        self.assertEqual(done.returncode, code, f"{args}: {done.stdout}{done.stderr}")
        return done

    def one_line_error(self, *args, code, words=(), **more):
        done = self.netdojo(*args, code=code, **more)
        self.assertEqual(done.stdout, "", args)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("netdojo"), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr

    def json(self, *args):
        return json.loads(self.netdojo(*args).stdout)


def main():
    unittest.main(module="__main__", argv=[sys.argv[0]])
