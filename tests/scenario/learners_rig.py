# SPDX-License-Identifier: GPL-2.0-or-later
"""One learner at a terminal: what they type, what the attempt's folder then holds."""
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import time

from real_rig import NETDOJO

PATIENCE = 90
PS = "PS> "
SHUTDOWN = PS + "wsl --shutdown"
PROMPT = r"\n[^\n]*[$>] $"
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>])|\r")


def own_terminal():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """netdojo on a terminal of its own, as a person has it: typed at once a prompt shows, and read all the while."""

    def __init__(self, argv, env):
        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.screen = ""
        self.end = time.monotonic() + PATIENCE
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, env=env,
                                        start_new_session=True, preexec_fn=own_terminal)
        os.close(slave)

    def read(self):
        if time.monotonic() > self.end:
            self.process.kill()
            raise AssertionError(f"no prompt, no end: {self.screen[-3000:]}")
        if not select.select([self.master], [], [], 0.2)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.screen += ESCAPES.sub("", data.decode("utf-8", "replace"))
        return bool(data)

    def see(self, pattern, after):
        """The prompt of a shell, at the end of what is on the screen, after that place."""
        while not re.search(pattern, self.screen[after:]):
            if not self.read():
                raise AssertionError(f"never saw {pattern!r}: {self.screen[-3000:]}")

    def type(self, line):
        """Types a line and reads until it has been echoed; the place behind it."""
        before = len(self.screen)
        os.write(self.master, line.encode() + b"\r")
        self.see(r"\n", before)
        return self.screen.index("\n", before)

    def wait(self):
        while self.read():
            pass
        os.close(self.master)
        return self.process.wait()


class Learner:
    """Plays in a folder of their own; then `score`, `passed`, `items`, `events`, and the card as `shown` and in one line, are what came of it."""

    def __init__(self, test, kind, scenario, seed, text, shell=None):
        self.kind, self.lines = kind, text.strip().split("\n")
        self.home = tempfile.mkdtemp(prefix=kind + "-", dir=test.home)
        for name in ("run", "tmp"):
            os.mkdir(os.path.join(self.home, name), 0o700)
        self.env = {**test.env, "HOME": self.home, "XDG_RUNTIME_DIR": os.path.join(self.home, "run"),
                    "XDG_STATE_HOME": os.path.join(self.home, "state"), "TMPDIR": os.path.join(self.home, "tmp")}
        self.attempt = os.path.join(self.home, "attempt")
        self.argv = [NETDOJO, "play", scenario, "--seed", seed, "--variant", "plain", "--attempt", self.attempt, "--lang", "en"]
        if shell:
            self.argv += ["--shell", shell]
        self.score = self.passed = self.items = self.events = self.shown = self.card = None

    def play(self):
        # The one who wanders is a person at a terminal in every respect; the others are typed for by netdojo-term.
        shown = self.by_hand() if self.kind == "wandering" else self.by_script()
        graded = subprocess.run([NETDOJO, "grade", "--attempt", self.attempt, "--json"], capture_output=True, text=True,
                                env=self.env, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        try:
            document = json.loads(graded.stdout)
        except ValueError:
            raise AssertionError(f"{self.kind}: no grade: {graded.stderr}\n{shown}") from None
        if document["void"]:
            raise AssertionError(f"{self.kind}: the attempt is void: {shown}")
        self.score, self.passed, self.items = document["score"], document["passed"], document["items"]
        self.shown = self.card_in(shown)
        self.card = " ".join(self.shown.split())
        self.all_typed()
        return self

    @staticmethod
    def card_in(shown):
        found = list(re.finditer(r"^Observe +\d+/\d+$", shown, re.M))
        if not found:
            raise AssertionError(f"no score card: {shown[-3000:]}")
        return shown[found[-1].start():]

    def by_script(self):
        path = os.path.join(self.home, "script")
        with open(path, "w", encoding="utf-8") as out:
            out.write("\n".join([*self.lines, "dojo grade -y"]) + "\n")
        done = subprocess.run([*self.argv, "--script", path], capture_output=True, text=True, env=self.env,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False)
        return ESCAPES.sub("", done.stdout + done.stderr)

    def by_hand(self):
        terminal, at = Terminal(self.argv, self.env), 0
        windows, back = False, "exit"
        try:
            for line in [*self.lines, "dojo grade -y"]:
                if line.startswith(PS) != windows:
                    windows = not windows
                    terminal.see(PROMPT, at)
                    at = terminal.type("dojo windows" if windows else back)
                terminal.see(PROMPT, at)
                at = terminal.type(line.removeprefix(PS))
                if line == SHUTDOWN:
                    # The shell this prompt was opened from is gone, and another prompt stands in its place.
                    terminal.see(r"WSL was stopped", at)
                    back = "wsl"
            terminal.wait()
        finally:
            if terminal.process.poll() is None:
                terminal.process.kill()
                terminal.process.wait()
        return terminal.screen

    def all_typed(self):
        """Nothing that was typed got lost: each line is a command of the log, in this order."""
        with open(os.path.join(self.attempt, "events.jsonl"), encoding="utf-8") as log:
            self.events = [json.loads(line) for line in log]
        told = iter([e["text"].strip() for e in self.events if e["kind"] == "command"])
        for line in self.lines:
            if line.removeprefix(PS) not in told:
                raise AssertionError(f"{self.kind}: {line!r} is not among the log's commands, or out of order")
