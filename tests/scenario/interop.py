#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows programs called from inside WSL, as a learner's shell and as a diagnostic tool call them."""
import real_rig
import windows_rig


class Interop(windows_rig.WindowsTest):
    def as_root(self, script, code=0):
        """sudo's PATH has no Windows folders, as on any WSL: a root shell that wants them sets it."""
        folders = "PATH=$PATH:/mnt/c/Windows/System32:/mnt/c/Windows/System32/WindowsPowerShell/v1.0; "
        return self.wsl(f"sudo -n bash -c {quote(folders + script)}", code=code)

    def both(self, script, want):
        """The same for the learner and for root."""
        for who in (self.wsl, self.as_root):
            self.assertEqual(who(script), want, f"{who.__name__}: {script}")

    def test_found_by_name_and_by_path(self):
        self.both("command -v ipconfig.exe >/dev/null && echo found", "found\n")
        for name in ("ipconfig.exe", "netsh.exe", "cmd.exe", "wsl.exe"):
            self.assertEqual(self.wsl(f"test -x /mnt/c/Windows/System32/{name} && echo there"), "there\n")
        self.assertIn("Windows IP Configuration", self.wsl("/mnt/c/Windows/System32/ipconfig.exe"))
        self.assertIn("Windows IP Configuration", self.as_root("/mnt/c/Windows/System32/ipconfig.exe"))

    def test_lines_end_as_on_windows(self):
        out = self.wsl("ipconfig.exe | od -c | head -3")
        self.assertIn("\\r  \\n", out)
        self.both("ipconfig.exe | grep -c $'\\r$' | grep -qv '^0$' && echo crlf", "crlf\n")

    def test_words_arrive_as_they_were(self):
        self.both("powershell.exe -NoProfile -Command \"Write-Output 'two words'\" | tr -d '\\r'", "two words\n")
        self.both("cmd.exe /c echo a b 'c  d' 2>/dev/null | tr -d '\\r'", self.wsl("cmd.exe /c echo a b 'c  d' 2>/dev/null | tr -d '\\r'"))
        self.assertEqual(self.wsl("powershell.exe -NoProfile -Command 'Write-Output \"日本語 é $(1 + 1)\"' | tr -d '\\r'"), "日本語 é 2\n")

    def test_standard_input(self):
        self.both("printf 'one\\ntwo\\n' | powershell.exe -NoProfile -Command '$input | % { \"<$_>\" }' | tr -d '\\r'", "<one>\n<two>\n")
        self.both("printf 'Write-Output stdin\\n' | powershell.exe -NoProfile -Command - | tr -d '\\r' | grep -o stdin", "stdin\n")

    def test_exit_codes(self):
        for code in (0, 1, 7, 255):
            self.both(f"powershell.exe -NoProfile -Command 'exit {code}'; echo $?", f"{code}\n")
            self.both(f"cmd.exe /c 'exit {code}' 2>/dev/null; echo $?", f"{code}\n")
        self.assertNotEqual(self.wsl("powershell.exe -NoProfile -Command No-SuchThing 2>/dev/null; echo $?"), "0\n")

    def test_standard_error_is_apart(self):
        self.assertEqual(self.wsl("powershell.exe -NoProfile -Command No-SuchThing 2>/dev/null", code=1), "")
        self.assertIn("is not recognized", self.wsl("powershell.exe -NoProfile -Command No-SuchThing 2>&1 >/dev/null; true"))

    def test_pipes_both_ways(self):
        gateway = str(self.address("windows", "vEthernet").ip)
        self.assertEqual(self.wsl("powershell.exe -NoProfile -Command \"Get-NetIPAddress -AddressFamily IPv4 | ? InterfaceAlias -like '*WSL*' | % IPAddress\" "
                                  "| tr -d '\\r'"), gateway + "\n")
        self.assertEqual(self.wsl("ip route | awk '/default/ {print $3}'"), gateway + "\n")
        self.assertIn("3000", self.wsl("netsh.exe interface portproxy add v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 "
                                       "connectaddress=$(hostname -I | cut -d' ' -f1); netsh.exe interface portproxy show all | grep 3000"))
        self.assertEqual(self.ps("wsl cat /proc/self/comm | Select-String cat").strip(), "cat")

    def test_folders(self):
        self.assertEqual(self.wsl("cd /mnt/c/Users/learner && cmd.exe /c cd 2>/dev/null | tr -d '\\r'"), "C:\\Users\\learner\n")
        self.assertEqual(self.wsl("wslpath -w /mnt/c/Users/learner; wslpath -u 'C:\\Windows\\System32'; wslpath -m /mnt/c/Windows"),
                         "C:\\Users\\learner\n/mnt/c/Windows/System32\nC:/Windows\n")
        self.assertRegex(self.wsl("wslpath -w /home"), r"^\\\\wsl(\.localhost|\$)\\Debian\\home\n$")
        self.wsl("echo from-wsl > /mnt/c/Users/learner/note.txt")
        self.assertEqual(self.ps("Get-Content C:\\Users\\learner\\note.txt").strip(), "from-wsl")
        self.ps("Set-Content $env:USERPROFILE\\note.txt from-windows")
        self.assertEqual(self.wsl("tr -d '\\r' < /mnt/c/Users/learner/note.txt"), "from-windows\n")

    def test_shared_variables(self):
        self.assertEqual(self.wsl("export SHARED=yes ALONE=no WSLENV=SHARED; powershell.exe -NoProfile -Command '\"$env:SHARED-$env:ALONE\"' | tr -d '\\r'"),
                         "yes-\n")
        self.assertEqual(self.wsl("export AT=/mnt/c/Windows WSLENV=AT/p; powershell.exe -NoProfile -Command '$env:AT' | tr -d '\\r'"), "C:\\Windows\n")

    def test_the_wrong_window(self):
        """The usual error, and one line that says where it belongs; nothing else happens."""
        done = self.run_netdojo("play", windows_rig.LAB_FILE, "--script", self.file("lines", "Get-NetNat\nipconfig\ndojo quit -y\n"))
        for name in ("Get-NetNat", "ipconfig"):
            self.assertRegex(done.stdout, rf"{name}: command not found\n.*Windows")
        out = self.ps("ufw status", code=None)
        self.assertIn("The term 'ufw' is not recognized", out)
        self.assertIn("WSL", out)

    def test_a_wrong_line_never_kills_the_lab(self):
        for line in ("'", "{", "$(", "@{a=", "| |", "if (", "wsl --no-such", "netsh interface portproxy add", "\x01\x02", "x" * 20000):
            self.ps(line, code=None)
        self.assertEqual(self.ps("1 + 1").strip(), "2")
        self.wsl("ping -c 1 8.8.8.8")


def quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


if __name__ == "__main__":
    real_rig.main()
