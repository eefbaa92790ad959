#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion: the names netdojo gives, and what bash, zsh's and fish's files make of them."""
import os
import shutil
import subprocess

import rig

BASH = os.path.join(rig.SOURCE, "man", "completions", "netdojo.bash")
FISH = os.path.join(rig.SOURCE, "man", "completions", "netdojo.fish")
ZSH = os.path.join(rig.SOURCE, "man", "completions")


class Shells(rig.CliTest):
    def names(self, *args):
        return self.netdojo("--complete", *args).stdout.split()

    def env(self):
        return {**self.home.env, "PATH": os.path.dirname(self.program) + ":" + os.environ["PATH"]}

    def bash(self, *words):
        script = f'''source {BASH}
COMP_WORDS=({" ".join(f"'{w}'" for w in words)}); COMP_CWORD={len(words) - 1}
_netdojo; printf '%s\\n' "${{COMPREPLY[@]}}"'''
        return subprocess.run(["bash", "--norc", "-c", script], env=self.env(), capture_output=True, text=True,
                              check=False).stdout.split()

    def fish(self, line):
        script = f"source {FISH}; complete -C '{line}'"
        done = subprocess.run(["fish", "--no-config", "-c", script], env=self.env(), capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.stderr, "")
        return [row.split("\t")[0] for row in done.stdout.splitlines()]


class Complete(Shells):
    def test_names(self):
        self.assertIn("fine-one", self.names("scenario"))
        self.assertIn("layer:L2.5", self.names("select"))
        self.assertEqual(self.names("lab"), [])
        self.assertEqual(self.names("node"), [])
        self.assertIn("L2.5", self.names("layer"))
        self.assertIn("play", self.names("command"))
        self.assertEqual(self.names("attempt"), [])

    def played(self):
        name = "20260101T000000Z-fine-one-k3v9"
        os.makedirs(os.path.join(self.home.state, "netdojo", "attempts", name))
        return name

    def test_names_of_a_live_lab(self):
        self.netdojo("up", "fine-one")
        self.assertEqual(self.names("lab"), ["fine-one"])
        self.assertEqual(self.names("node"), ["wsl", "windows"])
        self.assertEqual(self.names("cause"), ["wrong-gateway"])
        self.netdojo("up", "fine-two")
        self.assertEqual(self.names("node"), [])
        self.assertEqual(self.names("node", "--lab", "fine-two"), ["wsl", "windows"])

    def test_bash(self):
        if not shutil.which("bash"):
            self.skipTest("bash is not installed")
        self.netdojo("up", "fine-one")
        self.assertEqual(self.bash("netdojo", "pl"), ["play"])
        self.assertEqual(self.bash("netdojo", "up", "fine-t"), ["fine-two"])
        self.assertEqual(self.bash("netdojo", "up", "--hea"), ["--healthy"])
        self.assertEqual(self.bash("netdojo", "up", "x", "--format", "j"), ["json"])
        self.assertEqual(self.bash("netdojo", "exec", "--lab", "f"), ["fine-one"])
        self.assertEqual(self.bash("netdojo", "exec", "w"), ["wsl", "windows"])
        self.assertEqual(self.bash("netdojo", "exec", "-l", "fine-one", "ws"), ["wsl"])
        self.assertEqual(self.bash("netdojo", "exec", "wsl", "--", "w"), [])
        self.assertEqual(self.bash("netdojo", "diagnose", "L2", "wr"), ["wrong-gateway"])
        self.assertEqual(self.bash("netdojo", "capture", "wsl", "wi"), ["windows"])
        name = self.played()
        for words in (("--resume",), ("-r",), ("--lab", "x", "--resume")):
            self.assertEqual(self.bash("netdojo", "play", *words, "k3"), ["k3v9"])
            self.assertEqual(self.bash("netdojo", "play", *words, "20260101T"), [name])
        self.assertIn("fine-two", self.bash("netdojo", "play", ""))

    def test_fish(self):
        if not shutil.which("fish"):
            self.skipTest("fish is not installed")
        self.netdojo("up", "fine-one")
        self.assertEqual(self.fish("netdojo pl"), ["play"])
        self.assertEqual(self.fish("netdojo up --hea"), ["--healthy"])
        self.assertEqual(self.fish("netdojo up fine-t"), ["fine-two"])
        self.assertEqual(self.fish("netdojo exec --lab f"), ["fine-one"])
        name = self.played()
        for word in ("--resume", "-r"):
            self.assertEqual(self.fish(f"netdojo play {word} k3"), ["k3v9"])
            self.assertEqual(self.fish(f"netdojo play {word} 20260101T"), [name])
        self.assertEqual(self.fish("netdojo play fine-t"), ["fine-two"])
        with open(os.path.join(self.home.path, "here.pcapng"), "w", encoding="utf-8"):
            pass
        self.assertEqual(self.fish(f"netdojo capture -w {self.home.path}/he"), [f"{self.home.path}/here.pcapng"])

    def test_zsh(self):
        if not shutil.which("zsh"):
            self.skipTest("zsh is not installed")
        script = f'''fpath=({ZSH} $fpath); autoload -U compinit; compinit -u -d {self.home.path}/zcompdump
whence -v _netdojo; print -l $_comps[netdojo]'''
        out = subprocess.run(["zsh", "-f", "-c", script], env=self.env(), capture_output=True, text=True,
                             check=False).stdout
        self.assertIn("_netdojo", out.splitlines()[-1])


class Courses(Shells):
    program = rig.REAL

    def tearDown(self):
        self.home.close()  # there are no labs here

    def test_their_ids(self):
        self.assertIn("wsl2-network", self.names("course"))
        for shell, ask in (("bash", lambda: self.bash("netdojo", "course", "wsl2-n")), ("fish", lambda: self.fish("netdojo course wsl2-n"))):
            if shutil.which(shell):
                self.assertEqual(ask(), ["wsl2-network"])


rig.main()
