#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""WSL's /init by its names, in a mount namespace with a drive C: and an init played in Python: wslpath, and .exe files."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

BUILD = os.environ["NETDOJO_BUILD"]
INIT = os.path.join(BUILD, "libexec", "netdojo", "node", "init")
ENTER = 'mount --bind "$0/run" /run && mount --bind "$0/mnt" /mnt && cd "$1" && shift && exec "$@"'


class Init(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="nd-init-")
        os.makedirs(os.path.join(self.root, "run", "WSL"))
        os.makedirs(os.path.join(self.root, "mnt", "c", "Users", "Learner"))
        self.tool("wslpath")
        self.asked = []

    def tearDown(self):
        shutil.rmtree(self.root)

    def tool(self, name):
        path = os.path.join(self.root, "mnt", name)
        shutil.copy(INIT, path)
        os.chmod(path, 0o755)

    def run_in(self, cwd, *words, given=b""):
        env = {"PATH": os.environ["PATH"], "WSL_DISTRO_NAME": "Debian", "WSLENV": "SHARED/p", "SHARED": "/mnt/c/x",
               "LANG": "C.UTF-8"}
        return subprocess.run(["unshare", "-rm", "sh", "-c", ENTER, self.root, cwd, *words], capture_output=True,
                              input=given, timeout=30, env=env, check=False)

    def test_wslpath(self):
        for words, out in (
                (["C:\\Users"], "/mnt/c/Users"), (["c:\\users\\LEARNER\\new"], "/mnt/c/Users/Learner/new"),
                (["-u", "C:"], "/mnt/c"), (["C:\\"], "/mnt/c/"), (["C:/Users"], "/mnt/c/Users"),
                (["-w", "/mnt/c"], "C:\\"), (["-w", "/mnt/c/Users"], "C:\\Users"),
                (["-m", "/mnt/c/Users"], "C:/Users"), (["-w", "/tmp"], "\\\\wsl.localhost\\Debian\\tmp"),
                (["-w", "Users"], "Users"), (["-aw", "Users"], "C:\\Users"), (["-w", "-a", "."], "C:\\")):
            got = self.run_in("/mnt/c", "/mnt/wslpath", *words)
            self.assertEqual((got.returncode, got.stdout.decode(), got.stderr), (0, out + "\n", b""), words)

    def test_wslpath_errors(self):
        for words in (["D:\\x"], ["-w", "/no/such"], ["C:x"], [""], ["\\\\server\\x"]):
            got = self.run_in("/mnt/c", "/mnt/wslpath", *words)
            self.assertEqual((got.returncode, got.stderr.decode()), (1, f"wslpath: {words[-1]}: Invalid argument\n"))
        for words in ([], ["-x", "a"], ["a", "b"]):
            got = self.run_in("/", "/mnt/wslpath", *words)
            self.assertEqual(got.returncode, 1)
            self.assertTrue(got.stderr.startswith(b"wslpath usage:\n"))

    def answer(self, listener, reply):
        conn, _ = listener.accept()
        with conn:
            data, fds, _, _ = socket.recv_fds(conn, 65536, 8)
            req = json.loads(data)
            self.asked.append(req)
            if reply:
                for fd in fds:
                    os.close(fd)
                conn.send(json.dumps({"re": req["id"], **reply}).encode())
                return
            done = subprocess.run(["tr", "a-z", "A-Z"], stdin=fds[0], stdout=fds[1], stderr=fds[2], check=False)
            for fd in fds:
                os.close(fd)
            conn.send(json.dumps({"re": req["id"], "exec": 3, "pid": 1}).encode())
            conn.send(json.dumps({"exited": 3, "status": (done.returncode + 9) << 8}).encode())

    def call(self, *words, reply=None, given=b""):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(os.path.join(self.root, "run", "WSL", "1_interop"))
            listener.listen()
            thread = threading.Thread(target=self.answer, args=(listener, reply))
            thread.start()
            got = self.run_in("/mnt/c/Users", *words, given=given)
            thread.join()
        return got

    def script(self):
        """A .exe file that the kernel hands to init by its first line."""
        self.tool("init")
        path = os.path.join(self.root, "mnt", "c", "Users", "tool.exe")
        with open(path, "w", encoding="utf-8") as f:
            f.write("#!/mnt/init\n")
        os.chmod(path, 0o755)

    def test_a_windows_program(self):
        self.script()
        got = self.call("./tool.exe", "one", "two words", given=b"input\n")
        self.assertEqual((got.returncode, got.stdout, got.stderr), (9, b"INPUT\n", b""))
        req = self.asked[0]
        self.assertEqual(req["do"], "interop")
        self.assertEqual(req["argv"], ["/mnt/c/Users/tool.exe", "one", "two words"])
        self.assertEqual((req["cwd"], req["tty"]), ("/mnt/c/Users", [False] * 3))
        self.assertEqual(req["env"], {"LANG": "C.UTF-8", "WSLENV": "SHARED/p", "SHARED": "C:\\x"})

    def test_refused(self):
        self.script()
        got = self.call("./tool.exe", reply={"error": {"message": "There is no Windows in this lab", "code": 19}})
        self.assertEqual((got.returncode, got.stderr.decode()),
                         (1, "init: Windows programs can't be run: There is no Windows in this lab\n"))

    def test_no_lab(self):
        self.script()
        got = self.run_in("/mnt/c/Users", "./tool.exe")
        self.assertEqual(got.returncode, 1)
        self.assertIn("init: Windows programs can't be run: The lab does not answer", got.stderr.decode())


if __name__ == "__main__":
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        print("user namespaces can't be made here")
        sys.exit(77)
    unittest.main()
