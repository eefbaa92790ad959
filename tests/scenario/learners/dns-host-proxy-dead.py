# SPDX-License-Identifier: GPL-2.0-or-later
"""Names time out in WSL since the lid was closed; the browser on Windows is fine."""

QUERY = r"b'\x12\x34\x01\0\0\1\0\0\0\0\0\0\6github\3com\0\0\1\0\1'"
ASK = f'''python3 -c "import socket; s=socket.socket(2,2); s.settimeout(1); s.sendto({QUERY}, ('SERVER',53)); print(s.recv(512))"'''

LEARNERS = {
    "straight": r"""
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
timeout 1 getent hosts github.com
cat /etc/resolv.conf
dig +time=1 +tries=1 github.com
dig +time=1 +tries=1 github.com @8.8.8.8
PS> Resolve-DnsName github.com
PS> ipconfig /all
dojo diagnose L2.5 host-dns-proxy-dead
PS> Restart-Service SharedAccess
dig +time=5 +tries=1 github.com
getent hosts github.com
""",
    "wandering": r"""
timeout 1 ping -c1 github.com
sudo nft list ruleset
ip link
ss -lnt
PS> Get-NetNat
PS> netsh interface portproxy show all
PS> Get-NetFirewallProfile
cat /etc/hosts
cat /etc/nsswitch.conf
dojo diagnose L3 host-firewall-blocks-guest
ip route
ping -c1 -W1 172.22.0.1
ping -c1 -W1 8.8.8.8
cat /etc/resolv.conf
timeout 1 host github.com
dig +time=1 +tries=1 github.com @1.1.1.1
PS> nslookup github.com
dojo diagnose L2.5 host-dns-proxy-dead
PS> Restart-Service SharedAccess
getent hosts google.com
dojo check
""",
    "lucky": r"""
PS> Restart-Service SharedAccess
dojo check
""",
    "wrong-mend": r"""
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
timeout 1 getent hosts github.com
cat /etc/resolv.conf
dig +time=1 +tries=1 github.com @8.8.8.8
PS> Resolve-DnsName github.com
dojo diagnose L2.5 hosts-file-override
echo 140.82.121.4 github.com | sudo tee -a /etc/hosts
timeout 1 getent hosts github.com
""",
    "diagnosis": r"""
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
timeout 1 getent hosts github.com
cat /etc/resolv.conf
dig +time=1 +tries=1 github.com
dig +time=1 +tries=1 github.com @8.8.8.8
PS> Resolve-DnsName github.com
dojo diagnose L2.5 host-dns-proxy-dead
""",
    "shotgun": r"""
dojo diagnose L2 no-default-route
dojo diagnose L3 guest-filter
sudo nft flush ruleset
sudo ip link set eth0 mtu 1280
PS> netsh advfirewall set allprofiles state off
PS> netsh advfirewall reset
PS> ipconfig /flushdns
PS> Restart-Service hns
dojo diagnose L4 nat-missing
sudo rm /etc/resolv.conf
echo nameserver 192.168.0.1 | sudo tee /etc/resolv.conf
sudo ip route flush table main
dojo diagnose L2.5 wrong-nameserver
dojo diagnose L1
""",
    "hints": r"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
timeout 1 getent hosts github.com
cat /etc/resolv.conf
dig +time=1 +tries=1 github.com
dig +time=1 +tries=1 github.com @8.8.8.8
PS> Resolve-DnsName github.com
PS> ipconfig /all
dojo diagnose L2.5 host-dns-proxy-dead
PS> Restart-Service SharedAccess
dig +time=5 +tries=1 github.com
getent hosts github.com
""",
    "windows-first": r"""
PS> ipconfig /all
PS> ping -n 1 8.8.8.8
PS> Resolve-DnsName github.com
PS> Get-Service SharedAccess
PS> Get-NetUDPEndpoint -LocalPort 53
ping -c1 -W1 8.8.8.8
cat /etc/resolv.conf
timeout 1 nslookup github.com
nslookup -timeout=1 github.com 8.8.8.8
dojo diagnose L2.5 host-dns-proxy-dead
PS> Restart-Service SharedAccess
nslookup github.com
ping -c1 -W5 github.com
""",
    "python": r"""
cat /proc/net/fib_trie
cat /proc/net/route
nc -vz -w1 8.8.8.8 53
timeout 1 python3 -c 'import socket; print(socket.gethostbyname("github.com"))'
python3 -c 'print(open("/etc/resolv.conf").read())'
""" + ASK.replace("SERVER", "172.22.0.1") + "\n" + ASK.replace("SERVER", "8.8.8.8") + r"""
powershell.exe -Command Resolve-DnsName github.com
dojo diagnose L2.5 host-dns-proxy-dead
powershell.exe -Command Restart-Service SharedAccess
""" + ASK.replace("SERVER", "172.22.0.1") + r"""
python3 -c 'import socket; print(socket.gethostbyname("github.com"))'
""",
    "nothing": r"""
dojo task
""",
}
