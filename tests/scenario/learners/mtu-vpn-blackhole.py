# SPDX-License-Identifier: GPL-2.0-or-later
"""Over the company's VPN small things pass and large ones hang in WSL, Windows is fast; leave the VPN connected."""

FETCH = ('python3 -c \'import socket; s=socket.socket(); s.settimeout(2); MSS'
         's.connect(("intranet.corp.example", 80)); s.sendall(b"GET /large.bin HTTP/1.0\\r\\n\\r\\n"); '
         'print(sum(len(b) for b in iter(lambda: s.recv(65536), b"")))\'')

LEARNERS = {
    "straight": r"""
ip -4 addr show eth0
ip link show eth0
ip route
getent hosts git.corp.example
ping -c1 -W1 git.corp.example
ping -c1 -W1 -M do -s 1472 git.corp.example
ping -c1 -W1 -M do -s 1372 git.corp.example
ping -c1 -W1 -M do -s 1252 git.corp.example
ping -c1 -W1 -M do -s 1253 git.corp.example
PS> netsh interface ipv4 show subinterfaces
dojo diagnose L2 mtu-vpn-blackhole
sudo ip link set dev eth0 mtu 1280
ip link show eth0
curl -sS -m5 -o /dev/null http://intranet.corp.example/large.bin
timeout 5 git clone -q git://git.corp.example/big.git
""",
    "wandering": r"""
cat /etc/resolv.conf
getent hosts intranet.corp.example
cat /etc/hosts
sudo nft list ruleset
sudo iptables -S
PS> Get-VpnConnection
PS> ipconfig /all
PS> Get-NetFirewallProfile
dojo diagnose L3 guest-filter
ip addr
ip route
curl -sS -m1 -o /dev/null http://intranet.corp.example/
curl -sS -m1 -o /dev/null http://intranet.corp.example/large.bin
dojo diagnose L2 vpn-default-metric
PS> Get-NetIPInterface
ping -c1 -W1 intranet.corp.example
ping -c1 -W1 -M do -s 1472 intranet.corp.example
ping -c1 -W1 -M do -s 1300 intranet.corp.example
ping -c1 -W1 -M do -s 1200 intranet.corp.example
ip link show eth0
dojo diagnose L2 mtu-vpn-blackhole
sudo ip link set dev eth0 mtu 1200
curl -sS -m5 -o /dev/null http://intranet.corp.example/large.bin
dojo check
""",
    "lucky": r"""
sudo ip link set dev eth0 mtu 1280
dojo check
""",
    "wrong-mend": r"""
ip -4 addr show eth0
ip link show eth0
ip route
getent hosts git.corp.example
ping -c1 -W1 git.corp.example
ping -c1 -W1 -M do -s 1472 git.corp.example
ping -c1 -W1 -M do -s 1252 git.corp.example
PS> netsh interface ipv4 show subinterfaces
dojo diagnose L2 guest-mtu-too-small
sudo ip link set dev eth0 mtu 1400
curl -sS -m1 -o /dev/null http://intranet.corp.example/large.bin
""",
    "diagnosis": r"""
ip -4 addr show eth0
ip link show eth0
ip route
getent hosts git.corp.example
ping -c1 -W1 git.corp.example
ping -c1 -W1 -M do -s 1472 git.corp.example
ping -c1 -W1 -M do -s 1372 git.corp.example
ping -c1 -W1 -M do -s 1252 git.corp.example
PS> netsh interface ipv4 show subinterfaces
dojo diagnose L2 mtu-vpn-blackhole
""",
    "shotgun": r"""
dojo diagnose L2.5
dojo diagnose L3 guest-filter
sudo nft flush ruleset
sudo iptables -F
echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf
PS> netsh advfirewall set allprofiles state off
PS> Restart-Service SharedAccess
PS> Restart-Service hns
PS> wsl --shutdown
PS> rasdial "Work VPN" /disconnect
dojo diagnose L4 nat-missing
sudo ip route flush table main
dojo diagnose L2 vpn-overlap
dojo diagnose L3 security-suite
""",
    "hints": r"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ip link show eth0
ip route
getent hosts git.corp.example
ping -c1 -W1 git.corp.example
ping -c1 -W1 -M do -s 1472 git.corp.example
ping -c1 -W1 -M do -s 1372 git.corp.example
ping -c1 -W1 -M do -s 1252 git.corp.example
ping -c1 -W1 -M do -s 1253 git.corp.example
PS> netsh interface ipv4 show subinterfaces
dojo diagnose L2 mtu-vpn-blackhole
sudo ip link set dev eth0 mtu 1280
ip link show eth0
curl -sS -m5 -o /dev/null http://intranet.corp.example/large.bin
timeout 5 git clone -q git://git.corp.example/big.git
""",
    "windows-first": r"""
PS> Get-VpnConnection
PS> ipconfig /all
PS> netsh interface ipv4 show subinterfaces
PS> ping -n 1 -f -l 1472 git.corp.example
PS> ping -n 1 -f -l 1252 git.corp.example
ip link show eth0
ping -c1 -W1 git.corp.example
ping -c1 -W1 -M do -s 1472 git.corp.example
ping -c1 -W1 -M do -s 1252 git.corp.example
dojo diagnose L2 mtu-vpn-blackhole
sudo ip link set dev eth0 mtu 1280
curl -sS -m5 -o /dev/null http://intranet.corp.example/large.bin
""",
    "python": r"""
cat /proc/net/fib_trie
cat /sys/class/net/eth0/mtu
cat /proc/net/route
python3 -c 'import socket; print(socket.gethostbyname("git.corp.example"))'
nc -vz -w1 git.corp.example 9418
""" + FETCH.replace("MSS", "") + "\n" + FETCH.replace("MSS", "s.setsockopt(6, 2, 1400); ") + "\n"
    + FETCH.replace("MSS", "s.setsockopt(6, 2, 1240); ") + r"""
powershell.exe -Command netsh interface ipv4 show subinterfaces
dojo diagnose L2 mtu-vpn-blackhole
sudo python3 -c 'import fcntl,socket,struct; fcntl.ioctl(socket.socket(2,2), 0x8922, struct.pack("16si12x", b"eth0", 1280))'
cat /sys/class/net/eth0/mtu
""" + FETCH.replace("MSS", "") + "\n",
    "nothing": r"""
dojo task
""",
}
