#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a node's root can do to its lab and to the machine: nothing that is not written down in SECURITY.md.

Each attack runs in the real node wsl of a real lab, as its root or as the learner, and must be refused; then the lab answers as ever.
"""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import real_rig  # noqa: E402

# Runs in the node; prints one JSON document. Nothing of the caller's is there but this text.
ATTACKS = r'''
import ctypes, errno, json, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
out = {}

def tries(name, fn):
    try:
        out[name] = ["done", str(fn())[:200]]
    except OSError as e:
        out[name] = ["refused", errno.errorcode.get(e.errno, str(e.errno))]
    except Exception as e:
        out[name] = ["refused", type(e).__name__]

def call(n, *args):
    rc = libc.syscall(n, *args)
    if rc < 0:
        raise OSError(ctypes.get_errno(), "")
    return rc

def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    return "written"

def mount(src, dst, kind):
    if libc.mount(src.encode(), dst.encode(), kind.encode(), 0, None) < 0:
        raise OSError(ctypes.get_errno(), "")
    return "mounted"

os.makedirs("/tmp/m", exist_ok=True)
tries("attach to init", lambda: call(101, 16, 1, 0, 0))
tries("read init's memory", lambda: open("/proc/1/mem", "rb").read(1))
tries("read init's maps", lambda: open("/proc/1/maps").read(10))
tries("init's files", lambda: os.listdir("/proc/1/fd") and os.readlink("/proc/1/fd/3"))
tries("init's root", lambda: os.listdir("/proc/1/root"))
tries("take init's descriptors", lambda: call(438, call(434, 1, 0), 3, 0))
for name in ("core_pattern", "hostname", "sysrq", "panic", "modprobe"):
    tries("write kernel/" + name, lambda: write("/proc/sys/kernel/" + name, "|/bin/true"))
tries("write /proc/sysrq-trigger", lambda: write("/proc/sysrq-trigger", "h"))
tries("write vm/drop_caches", lambda: write("/proc/sys/vm/drop_caches", "1"))
tries("socket AF_VSOCK", lambda: socket.socket(40, socket.SOCK_STREAM))
tries("socket AF_BLUETOOTH", lambda: socket.socket(31, socket.SOCK_RAW, 1))
tries("socket AF_ALG", lambda: socket.socket(38, socket.SOCK_SEQPACKET))
for dev in ("sda", "sda1", "vda", "vda1", "nvme0n1", "dm-0", "loop0"):
    tries("mount /dev/" + dev, lambda: (os.mknod("/tmp/" + dev, 0o60600, os.makedev(8, 0)), mount("/tmp/" + dev, "/tmp/m", "ext4")))
tries("make /dev/kmsg", lambda: (os.mknod("/tmp/kmsg", 0o20600, os.makedev(1, 11)), open("/tmp/kmsg")))
tries("load a module", lambda: call(175, 0, 0, b""))
tries("reboot", lambda: call(169, 0xfee1dead, 672274793, 0xffffffff))
tries("set the clock", lambda: __import__("time").clock_settime(0, 0))
tries("swapon", lambda: call(167, b"/tmp/x", 0))
tries("raise NPROC", lambda: __import__("resource").setrlimit(6, (10**6, 10**6)))
links = [n for n in os.listdir("/sys/class/net")]
out["links"] = links
def reach(port):
    s = socket.create_connection(("127.0.0.1", port), 1)
    return "connected"
for port in json.loads(sys.argv[1]):
    tries("host port %d" % port, lambda: reach(port))
with open("/proc/self/mountinfo") as f:
    out["mounts"] = [line.split(" - ")[0].split()[3:5] + [line.split(" - ")[1].split()[0]] for line in f]
out["abstract"] = [l.split()[-1] for l in open("/proc/net/unix") if "@" in l]
out["environ"] = dict(os.environ)
print(json.dumps(out))
'''

# At most so many sleeping children, then how many there were; the machine must not notice.
FORKS = r'''
import os, signal, sys
pids = []
try:
    for i in range(6000):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        pids.append(pid)
except OSError as e:
    print(len(pids), e.errno)
else:
    print(len(pids), 0)
for pid in pids:
    os.kill(pid, 9)
'''

MEMORY = r'''
import mmap
try:
    b = []
    for i in range(64):
        b.append(mmap.mmap(-1, 256 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    print("mapped")
except (MemoryError, OSError):
    print("refused", len(b))
'''

FLOOD = r'''
import os, random, socket, sys
path, rng = sys.argv[1], random.Random(1)
texts = [b"{", b"[]", b"\x01", b"{}", b'{"id":1,"do":"mode"}', b'{"id":1,"do":"map"}', b'{"re":1}',
         b'{"id":-1,"do":"down"}', b'{"id":1,"do":"down"}', b'{"id":1,"do":"sudo","argv":[]}', b"\xff" * 900, b"x" * 60000,
         b'{"id":1,"do":"' + b"a" * 50000 + b'"}', b'{"id":1,"do":"diagnose","answers":' + b"[" * 20000]
sent = 0
while sent < 10000:
    try:
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.settimeout(2)
        s.connect(path)
        for _ in range(rng.randrange(1, 20)):
            sent += 1
            s.send(rng.choice(texts))
    except OSError:
        pass
    finally:
        s.close()
print(sent)
'''


class Isolation(real_rig.RealTest):
    def setUp(self):
        super().setUp()
        self.netdojo("up", real_rig.SCENARIO, "--lab", "iso", "--seed", "iso")

    def inside(self, program, *args, user="root", node="wsl", seconds=60):
        done = subprocess.run([real_rig.NETDOJO, "exec", "--lab", "iso", "-u", user, node, "--", "python3", "-c", program, *args],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, env=self.env,
                              check=False)
        if done.returncode == 127:
            self.skipTest("no python3 on this machine's /usr")
        return done

    def alive(self):
        self.assertEqual(self.netdojo("exec", "--lab", "iso", "wsl", "--", "sudo", "id", "-un").stdout, "root\n")

    def host_ports(self):
        """Ports of this machine's loopback on which something listens, one of ours among them."""
        import socket
        self.ours = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.ours.close)
        return [self.ours.getsockname()[1]]

    @staticmethod
    def host_sysctl(name):
        try:
            with open("/proc/sys/kernel/" + name, encoding="utf-8") as f:
                return f.read()
        except OSError:
            return None

    def test_attacks(self):
        before = {name: self.host_sysctl(name) for name in ("core_pattern", "hostname", "sysrq", "panic", "modprobe")}
        for user in ("root", "learner"):
            for node in ("wsl", "internet") if user == "root" else ("wsl",):
                with self.subTest(user=user, node=node):
                    self.attack(user, node)
        for name, text in before.items():
            self.assertEqual(self.host_sysctl(name), text, name)
        self.alive()

    # The agent is the node's init: root of the node may look at it, as it may at any init; it holds nothing
    # of the host's. Its node's own host name is the node's to set.
    MAY_BE_DONE = {"write kernel/hostname", "init's root"}

    def attack(self, user, node):
        done = self.inside(ATTACKS, json.dumps(self.host_ports()), user=user, node=node)
        self.assertEqual(done.returncode, 0, done.stderr)
        out = json.loads(done.stdout)
        for what, result in out.items():
            if isinstance(result, list) and result and result[0] == "done" and what not in self.MAY_BE_DONE:
                self.fail(f"{user} on {node}: {what}: {result[1]}")
        for root, target, kind in out["mounts"]:
            self.assertNotIn(kind, ("virtiofs", "9p", "nfs") if root == "/" and target == "/" else (), target)
            self.assertFalse(root.startswith(("/home", "/root", self.home)), f"{root} of the host's is at {target}")
        self.assertNotIn(self.home, json.dumps(out["environ"]))
        self.assertLessEqual(set(out["links"]), {"lo", "eth0", "eth1", "loopback0", "docker0"})

    def test_fork_bomb(self):
        for user in ("learner", "root"):
            done = self.inside(FORKS, user=user)
            self.assertEqual(done.returncode, 0, done.stderr)
            count, code = map(int, done.stdout.split())
            self.assertEqual(code, 11, f"{user}: {count} processes and no end")
            self.assertLess(count, 4200)
            self.alive()

    def test_memory(self):
        done = self.inside(MEMORY)
        self.assertIn("refused", done.stdout, "16 GiB of one process")
        full = self.netdojo("exec", "--lab", "iso", "-u", "root", "wsl", "--", "sh", "-c",
                            "for d in /tmp /run /var/tmp /root /dev/shm /etc /mnt/c; do "
                            "head -c 5G /dev/zero > $d/full 2>/dev/null && echo $d; rm -f $d/full; done; true")
        self.assertEqual(full.stdout, "", "a file system of a node took 5 GiB")
        inodes = self.netdojo("exec", "--lab", "iso", "-u", "root", "wsl", "--", "python3", "-c",
                              "import os\nos.mkdir('/tmp/i')\ntry:\n for i in range(2000000): os.mknod('/tmp/i/%d' % i)\n"
                              "except OSError as e: print(i < 2000000)")
        self.assertEqual(inodes.stdout, "True\n")
        self.alive()

    def test_node_socket_flood(self):
        floods = [subprocess.Popen([real_rig.NETDOJO, "exec", "--lab", "iso", node, "--", "python3", "-c", FLOOD, path],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=self.env)
                  for node, path in (("wsl", "/run/WSL/1_interop"), ("internet", "/run/netdojo.sock"))]
        while floods[0].poll() is None and floods[1].poll() is None:
            began = time.monotonic()
            self.netdojo("ps")
            self.assertLess(time.monotonic() - began, 5, "init answers nobody while a node floods it")
        for flood in floods:
            self.assertGreaterEqual(int(flood.communicate(timeout=120)[0]), 10000)
            self.assertEqual(flood.returncode, 0)
        self.alive()
        with open(os.path.join(self.attempts()[-1], "events.jsonl"), encoding="utf-8") as f:
            for n, line in enumerate(f, 1):
                self.assertEqual(json.loads(line)["seq"], n)

    def test_loops_of_sudo(self):
        done = self.netdojo("exec", "--lab", "iso", "wsl", "--", "sh", "-c",
                            "seq 150 | xargs -P 50 -n 1 sudo echo | wc -l; for i in 1 2 3; do sudo true || echo bad; done; "
                            "echo a | sudo cat | sudo cat | sudo cat")
        self.assertEqual(done.stdout, "150\na\n")


if __name__ == "__main__":
    real_rig.main()
