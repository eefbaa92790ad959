#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""WSL's life as Windows has it: shut down, started, configured, asked about; what outlives it and what does not."""
import os
import pty
import re
import select
import signal
import subprocess
import time

import real_rig
import windows_rig

CONFIG = r"C:\Users\learner\.wslconfig"


class Life(windows_rig.WindowsTest):
    def configure(self, *lines):
        text = "`n".join(lines)
        self.ps(f'Set-Content {CONFIG} "{text}"')

    def restart(self):
        """What the start says: its warnings."""
        self.ps("wsl --shutdown")
        done = self.run_netdojo("exec", "--lab", "w", "windows", "--", "wsl true")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [l for l in (done.stdout + done.stderr).replace("\r", "").splitlines() if l.startswith("wsl: ")]

    def test_shutdown_ends_all_and_a_start_is_new(self):
        sleeper = self.start("wsl", "import time; print(1, flush=True); time.sleep(600)")
        sleeper.stdout.readline()
        self.wsl("sudo ip addr add 192.0.2.8/32 dev lo")  # a namespace's number may be given again, so it says nothing
        gateway = self.links("windows")["vEthernet"]
        self.ps("wsl --shutdown")
        sleeper.wait(5)
        self.assertIn("There are no running distributions", self.ps("wsl --list --running", code=None))
        self.assertRegex(self.ps("wsl -l -v"), r"(?m)^\* Debian +Stopped +2$")
        self.ps("wsl true")
        self.assertRegex(self.ps("wsl -l -v"), r"(?m)^\* Debian +Running +2$")
        self.assertNotIn("192.0.2.8", self.wsl("ip addr show dev lo"))
        # vEthernet outlives it: the same index, MAC and address
        after = self.links("windows")["vEthernet"]
        self.assertEqual([gateway[k] for k in ("ifindex", "address")], [after[k] for k in ("ifindex", "address")])
        self.wsl("ping -c 1 8.8.8.8; curl -sf http://127.0.0.1:3000/ || getent hosts google.com")

    def test_disk_lives_on_memory_does_not(self):
        self.wsl("echo kept > ~/file; echo gone > /tmp/file; sudo sh -c 'echo kept > /root/file; echo gone > /run/file'; sudo ip addr add 192.0.2.9/32 dev lo")
        self.restart()
        self.assertEqual(self.wsl("cat ~/file; sudo cat /root/file"), "kept\nkept\n")
        self.assertEqual(self.wsl("cat /tmp/file /run/file 2>/dev/null; ip addr | grep 192.0.2.9; true"), "")

    def test_what_windows_makes_the_learner_may_change(self):
        self.ps(f"Remove-Item {CONFIG} -ErrorAction SilentlyContinue; Set-Content {CONFIG} '[wsl2]'; mkdir C:\\made | Out-Null")
        self.wsl("echo '# more' >>/mnt/c/Users/learner/.wslconfig; touch /mnt/c/made/file")
        self.assertEqual(self.wsl("stat -c '%U %a' /mnt/c/Users/learner/.wslconfig /mnt/c/made"), "learner 666\nlearner 777\n")
        self.ps(f"Remove-Item {CONFIG}")

    def test_terminate(self):
        self.ps("wsl --terminate Debian")
        self.assertRegex(self.ps("wsl -l -v"), r"(?m)^\* Debian +Stopped +2$")
        self.assertRegex(self.ps("wsl --terminate Nobody", code=None), "There is no distribution with the supplied name")

    def test_addresses_are_kept(self):
        before = self.address("wsl", "eth0")
        self.restart()
        self.assertEqual(self.address("wsl", "eth0"), before)

    def test_asking(self):
        self.assertEqual(self.ps("wsl hostname -I"), f"{self.address('wsl', 'eth0').ip} \n")
        self.assertEqual(len([l for l in self.ps("wsl --version").splitlines() if ": " in l]), 7)
        self.assertRegex(self.ps("wsl --status"), r"(?m)^Default Distribution: Debian\s+Default Version: 2")
        self.assertEqual(self.ps("wsl -u root whoami").strip(), "root")
        self.assertEqual(self.ps("wsl whoami").strip(), "learner")
        self.assertEqual(self.ps("wsl -e sh -c 'exit 7'; $LASTEXITCODE").strip(), "7")
        self.assertEqual(self.wsl("wslinfo --networking-mode").strip(), "nat")
        self.assertIn("WSL version: " + self.wsl("wslinfo --version").strip(), self.ps("wsl --version"))

    def test_warnings(self):
        self.configure("[wsl2]", "netmode=nat", "dnsTunneling=yes", "localhostForwarding=true")
        self.assertEqual(self.restart(), [f"wsl: Unknown key 'wsl2.netmode' in {CONFIG}:2",
                                          f"wsl: Invalid boolean value 'yes' for key 'wsl2.dnsTunneling' in {CONFIG}:3"])
        self.assertEqual(self.ps("wsl echo hi").strip(), "hi")  # only the start that made it says so

    def test_no_file_keeps_it_down(self):
        config = "/mnt/c/Users/learner/.wslconfig"
        self.wsl(f"printf 'a\\0b\\n' > {config}; printf 'a\\0b\\n' | sudo tee /etc/hosts >/dev/null")
        self.assertEqual(len(self.restart()), 1)
        self.wsl(f"printf '[wsl2]\\r\\nnetworkingMode=none\\r\\n' | iconv -t UTF-16 > {config}")
        self.assertEqual(self.restart(), [])
        self.assertEqual(self.wsl("wslinfo --networking-mode").strip(), "none")
        self.wsl(f"rm {config}; cat /dev/zero > ~/x 2>/dev/null; sudo rm -f /etc/hosts; sudo mkdir -p /etc/hosts/a")
        self.assertEqual(self.restart(), ["wsl: Can't replace '/etc/hosts': Is a directory"])
        self.wsl("rm ~/x; sudo rm -r /etc/hosts; sudo mv /etc/passwd /etc/passwd.old")
        self.assertEqual(self.restart(), [])
        self.assertEqual(self.wsl("id -u; mv /etc/passwd.old /etc/passwd"), "0\n")
        self.assertEqual(self.wsl("id -un; grep -c ^127.0.0.1 /etc/hosts"), "learner\n1\n")

    def test_a_drive_elsewhere(self):
        for text, folder in (("root=/win", "/win/c/Users/learner"), ("root=/", "/c/Users/learner"), ("enabled=false", "/home/learner")):
            self.wsl(f"printf '[automount]\\n{text}\\n' | sudo tee /etc/wsl.conf")
            self.restart()
            self.assertEqual(self.ps("wsl pwd").strip(), folder)
            if "root" in text:
                self.assertEqual(self.wsl("hostname.exe").strip(), self.ps("hostname").strip())

    def test_windows_has_no_files_of_linux(self):
        for url in ("file:///proc/self/environ", "FILE:/etc/passwd", "file:///C:/../../etc/passwd", "file://localhost/etc/passwd"):
            self.assertIn("(37)", self.ps(f"curl.exe {url}; exit $LASTEXITCODE", code=37), url)
        self.ps("Set-Content C:\\Users\\learner\\f.txt mine")
        self.assertEqual(self.ps("curl.exe -s file:///C:/Users/learner/f.txt").strip(), "mine")

    def test_what_runs_in_windows_reads_no_prompt(self):
        """A glob gets a file URL past the prompt's own check: what holds then is the kernel's."""
        line = "curl.exe -s --proto =all '{file:///proc/self/status,}'"
        status = self.ps(line, code=None)
        self.assertEqual(int(re.search(r"CapEff:\s*(\w+)", status)[1], 16) >> 19 & 1, 0, status)
        parent = re.search(r"PPid:\s*(\d+)", status)[1]
        for name in ("environ", "maps"):
            self.assertEqual(self.ps(line.replace("self/status", f"{parent}/{name}"), code=None).strip(), "", name)

    def test_modes(self):
        self.configure("[wsl2]", "networkingMode=natt")
        self.assertRegex("".join(self.restart()), r"^wsl: Invalid value 'natt' for config key .* \(Valid values: bridged, mirrored, nat, none, virtioproxy\)$")
        self.assertEqual(self.wsl("wslinfo --networking-mode").strip(), "nat")
        self.configure("[wsl2]", "networkingMode=none")
        self.assertEqual(self.restart(), [])
        self.assertEqual(self.wsl("wslinfo --networking-mode").strip(), "none")
        self.assertNotIn("eth0", self.links("wsl"))
        self.configure("[wsl2]", "networkingMode=nat")
        self.restart()
        self.wsl("ping -c 1 8.8.8.8")

    def nameserver(self):
        return re.findall(r"(?m)^nameserver (\S+)$", self.wsl("cat /etc/resolv.conf"))

    def test_dns_keys(self):
        gateway = str(self.address("windows", "vEthernet").ip)
        self.assertEqual(self.nameserver(), ["10.255.255.254"])
        for lines, want in ((["dnsTunneling=false"], [gateway]), (["dnsTunneling=false", "dnsProxy=false"], ["192.168.1.1"])):
            self.configure("[wsl2]", *lines)
            self.assertEqual(self.restart(), [])
            self.assertEqual(self.nameserver(), want)
            self.wsl("getent hosts google.com")

    def test_firewall_key_names_the_network(self):
        self.assertIn("vEthernet (WSL (Hyper-V firewall))", self.ps("ipconfig"))
        self.configure("[wsl2]", "firewall=false")
        self.restart()
        self.assertIn("vEthernet (WSL):", self.ps("ipconfig"))

    def test_wsl_conf(self):
        self.wsl("printf '[network]\\nhostname=box\\ngenerateHosts=false\\ngenerateResolvConf=false\\n' | sudo tee /etc/wsl.conf; "
                 "sudo rm -f /etc/resolv.conf; echo '192.0.2.1 mine' | sudo tee /etc/hosts")
        self.restart()
        self.assertEqual(self.wsl("hostname; cat /etc/hosts; ls /etc/resolv.conf 2>&1 | grep -c 'No such'"), "box\n192.0.2.1 mine\n1\n")
        self.wsl("sudo rm /etc/wsl.conf")
        self.restart()
        self.assertEqual(self.nameserver(), ["10.255.255.254"])
        self.assertIn("127.0.1.1", self.wsl("cat /etc/hosts"))

    def test_nothing_is_left_of_twenty_lives(self):
        """No process, namespace, descriptor, link or rule more after twenty lives than after two."""
        def count():
            init = self.init_pid()
            return {"children": len(subprocess.run(["pgrep", "-P", str(init)], capture_output=True, check=False).stdout.split()),
                    "fds": len(os.listdir(f"/proc/{init}/fd")) if os.access(f"/proc/{init}/fd", os.R_OK) else 0,
                    "links": len(self.links("windows")), "rules": self.raw("windows", "nft", "list", "ruleset").count("\n"),
                    "sockets": self.raw("windows", "ss", "-Hant").count("LISTEN")}
        for _ in range(2):
            self.restart()
        self.until("the relay", lambda: "127.0.0.1:3000" in self.raw("windows", "ss", "-Hlnt"))
        before = count()
        for _ in range(20):
            self.assertEqual(self.restart(), [])
        self.until("the relay", lambda: "127.0.0.1:3000" in self.raw("windows", "ss", "-Hlnt"))
        self.assertEqual(count(), before)
        self.wsl("ping -c 1 8.8.8.8")

    def init_pid(self):
        (lab,) = self.json("ps", "--json")["labs"]
        return lab["pid"]

    def test_a_window_in_wsl_falls_back_to_windows(self):
        """A person's window says what Windows Terminal would and becomes a Windows prompt; wsl there opens a new shell."""
        pid, screen = pty.fork()
        if pid == 0:
            os.execve(real_rig.NETDOJO, [real_rig.NETDOJO, "play", windows_rig.LAB_FILE], self.env)
        try:
            seen = self.see(screen, r"learner@\S+.*\$ ")
            for typed, wanted in (("echo $((40 + 2))", "42\r"), ("wsl.exe --shutdown", r"process exited with code 1[\s\S]*PS C:\\Users\\learner> "),
                                  ("40 + 3", "43\r"), ("wsl", r"learner@\S+.*\$ "), ("echo $((40 + 4))", "44\r")):
                os.write(screen, typed.encode() + b"\r")
                seen = self.see(screen, wanted, seen)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.close(screen)
            os.waitpid(pid, 0)

    def see(self, screen, wanted, seen=""):
        """Reads the terminal until it shows that."""
        shown, end = "", time.monotonic() + 20
        while not re.search(wanted, shown):
            self.assertLess(time.monotonic(), end, f"no {wanted} in {seen + shown}")
            if select.select([screen], [], [], 0.1)[0]:
                shown += os.read(screen, 65536).decode("utf-8", "replace")
        return seen + shown

    def test_typed_lines_go_on_after_a_shutdown(self):
        lines = self.file("lines", "echo first\nPS> wsl --shutdown\necho $((40 + 5))\nwsl.exe --shutdown\necho $((40 + 6))\ndojo quit -y\n")
        shown = self.run_netdojo("play", windows_rig.LAB_FILE, "--script", lines).stdout
        for text in ("first", "\n45", "\n46"):
            self.assertIn(text, shown.replace("\x1b[?2004l", "").replace("\r", ""))


class Moves(windows_rig.WindowsTest):
    """A WSL whose address changes over a restart, and the port proxy that does not know."""
    lab = "pub-portproxy-stale-guest-ip"

    def page_on_phone(self):
        lan = self.ps("(Get-NetIPAddress -InterfaceAlias Ethernet -AddressFamily IPv4).IPAddress").strip()
        return self.run_netdojo("exec", "--lab", "w", "phone", "--", "curl", "-s", "-m", "5", f"http://{lan}:3000/").returncode == 0

    def test_a_restart_makes_the_port_proxy_stale(self):
        before = self.ps("wsl hostname -I").strip()
        self.assertTrue(self.page_on_phone())
        self.ps("wsl --shutdown")
        after = self.ps("wsl hostname -I").strip()
        self.assertNotEqual(after, before)
        self.assertIn(f" {before} ", self.ps("netsh interface portproxy show all"))
        self.assertFalse(self.page_on_phone())
        self.ps(f"netsh interface portproxy set v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 connectaddress={after}")
        self.assertTrue(self.page_on_phone())


if __name__ == "__main__":
    real_rig.main()
