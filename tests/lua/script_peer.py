# SPDX-License-Identifier: GPL-2.0-or-later
"""Speaks to netdojo-script as a lab's init would: JSON over SOCK_SEQPACKET on descriptor 3."""
import fcntl
import json
import mmap
import os
import signal
import socket
import subprocess

BUILD = os.environ.get("NETDOJO_BUILD", "/tmp/b-lua")
SOURCE = os.environ.get("NETDOJO_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
PROGRAM = os.path.join(BUILD, "libexec/netdojo/netdojo-script")
INLINE = 64 * 1024
F_ADD_SEALS, SEALS = 1033, 1 | 2 | 4 | 8


class Gone(Exception):
    """The script closed its end."""


class Script:
    """One netdojo-script process."""

    def __init__(self):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock = ours
        self.sock.settimeout(60)
        self.next_id = 0
        self.notices = []
        fd = theirs.fileno()

        def setup():
            os.dup2(fd, 3)

        self.proc = subprocess.Popen([PROGRAM], preexec_fn=setup, close_fds=False, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        theirs.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()
        try:
            self.proc.wait(10)
        except subprocess.TimeoutExpired:
            self.proc.send_signal(signal.SIGKILL)
            self.proc.wait()
        self.proc.stderr.close()

    def send(self, body):
        text = json.dumps(body).encode()
        if len(text) <= INLINE:
            self.sock.send(text)
            return
        fd = os.memfd_create("test", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.write(fd, text)
        fcntl.fcntl(fd, F_ADD_SEALS, SEALS)
        socket.send_fds(self.sock, [b"\x01"], [fd])
        os.close(fd)

    def recv(self):
        data, fds, _, _ = socket.recv_fds(self.sock, INLINE, 4)
        if not data:
            raise Gone()
        if data == b"\x01":
            with mmap.mmap(fds[-1], 0, prot=mmap.PROT_READ) as m:
                data = m[:]
        for fd in fds:
            os.close(fd)
        return json.loads(data)

    def ask(self, verb, answer=None, **keys):
        """Sends a request; answer(request) replies to what the script asks meanwhile."""
        self.next_id += 1
        mine = self.next_id
        self.send({"id": mine, "do": verb, **keys})
        while True:
            m = self.recv()
            if m.get("re") == mine:
                return m
            if "do" in m:
                self.send({"re": m["id"], **answer(m)})
            else:
                self.notices.append(m)

    def load(self, text, file="scenario.lua", seed="1", **keys):
        return self.ask("load", text=text, file=file, seed=seed, **keys)


def scenario_paths():
    root = os.path.join(SOURCE, "scenarios")
    found = []
    for folder, _, files in os.walk(root):
        found += [os.path.join(folder, f) for f in files if f == "scenario.lua"]
    return sorted(found)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()
