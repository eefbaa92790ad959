# SPDX-License-Identifier: GPL-2.0-or-later
"""resolv.conf with the router (192.168.1.1) for printer.home is gone after each start, in spite of "a setting"."""

LEARNERS = {
    "straight": r"""
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
ls -l /etc/resolv.conf
cat /etc/resolv.conf
getent hosts printer.home
dig +time=1 +tries=1 printer.home @192.168.1.1
cat /etc/wsl.conf
PS> Get-Content $env:USERPROFILE\.wslconfig
dojo diagnose L2.5 config-wrong-file
printf '[network]\ngenerateResolvConf=false\n' | sudo tee -a /etc/wsl.conf
sudo rm /etc/resolv.conf
echo 'nameserver 192.168.1.1' | sudo tee /etc/resolv.conf
PS> wsl --shutdown
cat /etc/resolv.conf
getent hosts printer.home
""",
    "wandering": r"""
ip route
ping -c1 -W1 192.168.1.1
ping -c1 -W1 8.8.8.8
cat /etc/hosts
sudo nft list ruleset
PS> ipconfig /all
PS> nslookup printer.home
PS> Get-NetFirewallProfile
timeout 1 host printer.home
dojo diagnose L2.5 resolvconf-overwritten
cat /etc/resolv.conf
cat /etc/wsl.conf
host -W1 printer.home 192.168.1.1
cat /mnt/c/Users/learner/.wslconfig
dojo diagnose L2.5 config-wrong-file
sudo sh -c 'echo "[network]" >> /etc/wsl.conf'
sudo sh -c 'echo "generateResolvConf=false" >> /etc/wsl.conf'
sudo rm -f /etc/resolv.conf
sudo sh -c 'echo "nameserver 192.168.1.1" > /etc/resolv.conf'
getent hosts printer.home
PS> wsl --shutdown
cat /etc/resolv.conf
getent hosts printer.home
dojo check
""",
    "lucky": r"""
printf '[network]\ngenerateResolvConf=false\n' | sudo tee -a /etc/wsl.conf
sudo rm /etc/resolv.conf
echo 'nameserver 192.168.1.1' | sudo tee /etc/resolv.conf
dojo check
""",
    "wrong-mend": r"""
ip -4 addr show eth0
ping -c1 -W1 8.8.8.8
ls -l /etc/resolv.conf
cat /etc/resolv.conf
getent hosts printer.home
dig +time=1 +tries=1 printer.home @192.168.1.1
cat /etc/wsl.conf
PS> Get-Content $env:USERPROFILE\.wslconfig
dojo diagnose L2.5 resolvconf-overwritten
sudo rm /etc/resolv.conf
echo 'nameserver 192.168.1.1' | sudo tee /etc/resolv.conf
getent hosts printer.home
""",
    "diagnosis": r"""
ip -4 addr show eth0
ping -c1 -W1 8.8.8.8
ls -l /etc/resolv.conf
cat /etc/resolv.conf
getent hosts printer.home
dig +time=1 +tries=1 printer.home @192.168.1.1
cat /etc/wsl.conf
PS> Get-Content $env:USERPROFILE\.wslconfig
dojo diagnose L2.5 config-wrong-file
""",
    "shotgun": r"""
dojo diagnose L2.5 wrong-nameserver
dojo diagnose L2 no-default-route
echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf
echo 192.168.1.77 printer.home | sudo tee -a /etc/hosts
PS> netsh advfirewall set allprofiles state off
PS> Restart-Service SharedAccess
PS> wsl --shutdown
sudo nft flush ruleset
PS> Restart-Service hns
dojo diagnose L3 guest-filter
PS> Set-Content $env:USERPROFILE\.wslconfig "[wsl2]"
PS> wsl --shutdown
dojo diagnose L2.5 search-suffix-missing
dojo diagnose L2.5 host-dns-proxy-dead
""",
    "hints": r"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
ls -l /etc/resolv.conf
cat /etc/resolv.conf
getent hosts printer.home
dig +time=1 +tries=1 printer.home @192.168.1.1
cat /etc/wsl.conf
PS> Get-Content $env:USERPROFILE\.wslconfig
dojo diagnose L2.5 config-wrong-file
printf '[network]\ngenerateResolvConf=false\n' | sudo tee -a /etc/wsl.conf
sudo rm /etc/resolv.conf
echo 'nameserver 192.168.1.1' | sudo tee /etc/resolv.conf
PS> wsl --shutdown
cat /etc/resolv.conf
getent hosts printer.home
""",
    "windows-first": r"""
PS> ipconfig /all
PS> Resolve-DnsName printer.home
PS> nslookup printer.home 192.168.1.1
PS> Get-Content $env:USERPROFILE\.wslconfig
cat /etc/resolv.conf
nslookup printer.home
cat /etc/wsl.conf
dojo diagnose L2.5 config-wrong-file
printf '[network]\ngenerateResolvConf=false\n' | sudo tee -a /etc/wsl.conf
sudo rm /etc/resolv.conf
echo 'nameserver 192.168.1.1' | sudo tee /etc/resolv.conf
PS> wsl --shutdown
nslookup printer.home
ping -c1 -W5 printer.home
""",
    "python": r"""
cat /proc/net/fib_trie
cat /proc/net/route
nc -vz -w1 8.8.8.8 53
python3 -c 'import os; print(os.readlink("/etc/resolv.conf"), open("/etc/resolv.conf").read())'
python3 -c 'import socket; print(socket.gethostbyname("printer.home"))'
python3 -c "import socket; s=socket.socket(2,2); s.settimeout(1); s.sendto(b'\x12\x34\x01\0\0\1\0\0\0\0\0\0\7printer\4home\0\0\1\0\1', ('192.168.1.1',53)); print(s.recv(512))"
python3 -c 'print(open("/etc/wsl.conf").read(), open("/mnt/c/Users/learner/.wslconfig").read())'
dojo diagnose L2.5 config-wrong-file
sudo python3 -c 'open("/etc/wsl.conf", "a").write("[network]\ngenerateResolvConf=false\n")'
sudo python3 -c 'import os; os.unlink("/etc/resolv.conf"); open("/etc/resolv.conf", "w").write("nameserver 192.168.1.1\n")'
PS> wsl --shutdown
python3 -c 'print(open("/etc/resolv.conf").read())'
python3 -c 'import socket; print(socket.gethostbyname("printer.home"))'
""",
    "nothing": r"""
dojo task
""",
}
