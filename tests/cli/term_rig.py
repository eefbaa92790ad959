# SPDX-License-Identifier: GPL-2.0-or-later
"""A lab played in Python for the terminal host, and a terminal that a person would sit at."""
import base64
import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import time
import tty

BUILD = os.environ["NETDOJO_BUILD"]
TERM = os.path.join(BUILD, "libexec", "netdojo", "netdojo-term")
PATIENCE = 20
PROMPT = r"[$#] "


def set_size(fd, rows, cols):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


class Lab(threading.Thread):
    """Speaks the host socket: exec gives a PTY with the asked shell, in a home of its own; events are kept."""

    def __init__(self):
        super().__init__(daemon=True)
        self.theirs, self.ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.home = tempfile.mkdtemp(prefix="nd-term-")
        self.events, self.execs, self.pids = [], [], []
        self.stopped, self.warnings = set(), []
        self.played = 0  # seconds, when a shell begins
        self.lock = threading.Lock()
        self.start()

    def send(self, body, fds=()):
        with self.lock:
            socket.send_fds(self.ours, [json.dumps(body).encode()], list(fds))

    def run(self):
        while True:
            try:
                data = self.ours.recv(65536)
            except OSError:
                return
            if not data:
                return
            req = json.loads(data)
            if req["do"] == "exec":
                self.exec(req)
            else:
                self.events.append(req["event"])
                self.send({"re": req["id"], "seq": len(self.events)})

    def here(self, text):
        return text.replace("/run/term", os.path.join(self.home, "run"))

    @staticmethod
    def as_prompt(req):
        """For a Windows prompt: a shell that signs as the prompt would."""
        nonce = req["env"]["TERM_MARKS"]
        inner = json.loads(json.dumps(req["shells"]["wsl"]).replace(nonce + "/wsl", nonce))
        return {**req, **inner}

    def exec(self, req):
        self.execs.append(req)
        if req.get("powershell"):
            req = self.as_prompt(req)
        for f in req["files"]:
            path = self.here(f["path"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as out:
                out.write(f["content"])
        with open("/proc/uptime", encoding="ascii") as up:
            began = int(float(up.read().split()[0])) - self.played
        env = {"HOME": self.home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "NETDOJO_SEAT": f"wsl/{began}"}
        env.update({k: self.here(v) for k, v in req["env"].items()})
        argv = [self.here(a) for a in req["argv"]]
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(self.home)
            os.execvpe(argv[0], argv, env)
        set_size(master, req["rows"], req["cols"])
        self.pids.append(pid)
        number = len(self.execs)
        warnings = {"warnings": self.warnings} if self.warnings else {}
        self.send({"re": req["id"], "exec": number, "pid": pid, **warnings}, [master])
        os.close(master)
        threading.Thread(target=self.reap, args=(pid, number), daemon=True).start()

    def reap(self, pid, number):
        _, status = os.waitpid(pid, 0)
        try:
            stopped = {"stopped": True} if pid in self.stopped else {}
            self.send({"exited": number, "status": status, **stopped})
        except OSError:
            pass

    def stop_node(self, pid):
        """Shuts the node down under that shell."""
        self.stopped.add(pid)
        os.kill(pid, signal.SIGKILL)

    def tell_stopped(self, number):
        """Says that the node of that shell is shut down; the shell itself lives on, as one does for some milliseconds."""
        self.send({"exited": number, "status": signal.SIGKILL, "stopped": True})

    def shut_down_at(self, number):
        """The same when somebody writes into the fifo "shutdown" of the lab's home; "told" then ends."""
        asked, told = (os.path.join(self.home, name) for name in ("shutdown", "told"))
        os.mkfifo(asked)
        os.mkfifo(told)

        def serve():
            with open(asked, "rb") as f:
                f.read()
            self.tell_stopped(number)
            with open(told, "wb"):
                pass

        threading.Thread(target=serve, daemon=True).start()

    def commands(self, at_least=0):
        """The commands told so far; with at_least, once there are that many: the mark follows the output."""
        end = time.monotonic() + 10
        while True:
            found = [e for e in self.events if e["kind"] == "command"]
            if len(found) >= at_least or time.monotonic() > end:
                return found
            time.sleep(0.005)

    def die(self):
        self.ours.shutdown(socket.SHUT_RDWR)
        self.ours.close()

    def close(self):
        for pid in self.pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            self.die()
        except OSError:
            pass
        self.theirs.close()
        subprocess.run(["rm", "-rf", self.home], check=False)


class Person:
    """netdojo-term on a terminal of its own, typed at and read from."""

    def __init__(self, lab, *options, env=None, size=(24, 80)):
        self.lab = lab
        self.master, self.slave = pty.openpty()
        set_size(self.master, *size)
        self.before = termios.tcgetattr(self.slave)
        self.screen = ""
        self.prompt = PROMPT
        fd = lab.theirs.fileno()
        home = {"HOME": lab.home, "PATH": os.environ["PATH"], "TERM": "xterm-256color"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                home[name] = os.environ[name]
        self.process = subprocess.Popen([TERM, "--fd", str(fd), *options], stdin=self.slave, stdout=self.slave,
                                        stderr=self.slave, pass_fds=[fd], env={**home, **(env or {})},
                                        start_new_session=True, preexec_fn=self.own_terminal)
        lab.theirs.close()

    @staticmethod
    def own_terminal():
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            self.screen += os.read(self.master, 65536).decode("utf-8", "surrogateescape")
        except OSError:
            return False
        return True

    def see(self, pattern, after=0):
        """Waits until the pattern is on the screen; the place behind it."""
        end = time.monotonic() + PATIENCE
        while True:
            found = re.compile(pattern).search(self.screen, after)
            if found:
                return found.end()
            if time.monotonic() > end or (not self.read(0.5) and self.process.poll() is not None):
                raise AssertionError(f"never saw {pattern!r} in {self.screen[after:]!r}")

    def type(self, text):
        data = text.encode()
        while data:
            self.read(0)
            if select.select([], [self.master], [], 0.05)[1]:
                data = data[os.write(self.master, data[:512]):]

    def run(self, line, pattern):
        mark = len(self.screen)
        self.type(line + "\r")
        at = self.see(pattern, mark + len(line))
        return self.see(self.prompt, at)

    def end(self):
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            self.read(0.1)
            if time.monotonic() > end:
                raise AssertionError(f"did not end: {self.screen!r}")
        while self.read(0):
            pass
        return self.process.returncode

    def restored(self):
        return termios.tcgetattr(self.slave)[:6] == self.before[:6]

    def is_raw(self):
        return not termios.tcgetattr(self.slave)[tty.LFLAG] & (termios.ECHO | termios.ICANON)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


def terminfo_of(value):
    assert value.startswith("b64:"), value
    return base64.b64decode(value[4:])
