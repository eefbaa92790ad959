# SPDX-License-Identifier: GPL-2.0-or-later
"""A lab's init played in Python for a Windows program, and a Windows node made of a mount namespace: /run and /mnt/c."""
import json
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

BUILD = os.environ["NETDOJO_BUILD"]
PROGRAM = os.environ.get("NETDOJO_WINDOWS", os.path.join(BUILD, "tests", "netdojo-windows-test"))
PATIENCE = 20
ENTER = 'mount --bind "$0/run" /run && mount --bind "$0/mnt" /mnt && exec "$@"'


def can_unshare():
    return subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode == 0


class Node:
    """The node's files and its socket; requests are kept, and answered by name from `answers`."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="nd-win-")
        self.home = os.path.join(self.root, "mnt", "c", "Users", "learner")
        os.makedirs(os.path.join(self.root, "run"))
        os.makedirs(self.home)
        os.makedirs(os.path.join(self.root, "mnt", "c", "Windows"))
        self.asked, self.answers = [], {}
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(os.path.join(self.root, "run", "netdojo.sock"))
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                conn, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        with conn:
            self.answer(conn)

    def answer(self, conn):
        while True:
            try:
                data, fds, _, _ = socket.recv_fds(conn, 65536, 8)
            except OSError:
                return
            if not data:
                return
            req = json.loads(data)
            self.asked.append(req)
            if req["do"] == "windows.wsl":
                self.wsl(conn, req, fds)
            elif req["do"] in self.answers and self.answers[req["do"]] is not None:
                conn.send(json.dumps({"re": req["id"], **self.answers[req["do"]]}).encode())

    @staticmethod
    def say(conn, body, fds=()):
        socket.send_fds(conn, [json.dumps(body).encode()], list(fds))

    def wsl(self, conn, req, fds):
        """Runs it here, on the given descriptors or a terminal, as init has it run in WSL."""
        if "warnings" in self.answers:
            self.say(conn, {"say": self.answers["warnings"]})
        argv = req["argv"] or ["cat"]
        master = slave = -1
        if any(req["tty"]):
            master, slave = pty.openpty()
        given = iter(fds)
        streams = [slave if t else next(given) for t in req["tty"]]
        child = subprocess.Popen(argv, stdin=streams[0], stdout=streams[1], stderr=streams[2],
                                 start_new_session=True)
        self.say(conn, {"re": req["id"], "exec": 7, "pid": child.pid}, [master] if master >= 0 else [])
        for fd in list(fds) + [f for f in (master, slave) if f >= 0]:
            os.close(fd)
        threading.Thread(target=self.reap, args=(conn, child), daemon=True).start()

    def reap(self, conn, child):
        code = child.wait()
        self.say(conn, {"exited": 7, "status": -code if code < 0 else code << 8})

    def command(self, *words):
        return ["unshare", "-rm", "sh", "-c", ENTER, self.root, PROGRAM, *words]

    def env(self, more=None):
        env = {"PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8", **(more or {})}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        return env

    def run(self, *words, given="", env=None):
        return subprocess.run(self.command(*words), input=given.encode(), capture_output=True,
                              timeout=PATIENCE * 2, env=self.env(env), check=False)

    def start(self, *words, env=None):
        return subprocess.Popen(self.command(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.env(env))

    def close(self):
        self.listener.close()
        shutil.rmtree(self.root, ignore_errors=True)


class Window:
    """The prompt on a terminal, typed at and read from."""

    def __init__(self, node, *words, env=None):
        self.screen = ""
        argv = node.command(*words)
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, node.env(env))

    def read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            self.screen += os.read(self.master, 65536).decode("utf-8", "replace")
        except OSError:
            return False
        return True

    def see(self, text, after=0):
        end = time.monotonic() + PATIENCE
        while text not in self.screen[after:]:
            if time.monotonic() > end:
                raise AssertionError(f"never saw {text!r} in {self.screen[after:]!r}")
            self.read(0.2)
        return self.screen.index(text, after) + len(text)

    def type(self, text):
        mark = len(self.screen)
        os.write(self.master, text.encode())
        return mark

    def end(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"did not end: {self.screen!r}")

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)
