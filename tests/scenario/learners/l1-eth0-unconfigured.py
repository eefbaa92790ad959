# SPDX-License-Identifier: GPL-2.0-or-later
"""No network in WSL since a Windows update, not even by number; ipconfig shows 172.22.0.1/20; no restart allowed."""

LEARNERS = {
    "straight": r"""
ip -4 addr show eth0
ip link show eth0
ip route
ping -c1 -W1 8.8.8.8
dojo diagnose L1 eth0-unconfigured
sudo ip addr add 172.22.6.228/20 dev eth0
sudo ip link set eth0 up
sudo ip route add default via 172.22.0.1
ip -4 addr show eth0
ping -c1 -W1 172.22.0.1
ping -c1 -W5 8.8.8.8
getent hosts google.com
""",
    "wandering": r"""
dojo task
cat /etc/resolv.conf
timeout 1 getent hosts google.com
cat /etc/wsl.conf
PS> ping -n 1 8.8.8.8
PS> Get-NetNat
sudo nft list ruleset
ping -c1 -W1 8.8.8.8
dojo diagnose L2.5
ip route
dojo diagnose L2 no-default-route
sudo ip route add default via 172.22.0.1
ip addr
ip link
dojo diagnose L1 eth0-unconfigured
sudo ip addr add 172.22.6.228/20 dev eth0
sudo ip link set eth0 up
sudo ip route add default via 172.22.0.1
dojo check
ping -c1 -W5 8.8.8.8
ping -c1 -W5 google.com
""",
    "lucky": r"""
sudo ip link set eth0 up
sudo ip addr add 172.22.6.228/20 dev eth0
sudo ip route add default via 172.22.0.1
dojo check
""",
    "wrong-mend": r"""
ip -4 addr show eth0
ip link show eth0
ip route
ping -c1 -W1 8.8.8.8
cat /etc/resolv.conf
dojo diagnose L2.5 wrong-nameserver
echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf
timeout 1 getent hosts google.com
ping -c1 -W1 8.8.8.8
""",
    "diagnosis": r"""
ip -4 addr show eth0
ip link show eth0
ip route
ping -c1 -W1 8.8.8.8
dojo diagnose L1 eth0-unconfigured
""",
    "shotgun": r"""
dojo diagnose L2.5
dojo diagnose L2 no-default-route
dojo diagnose L3 guest-filter
sudo nft flush ruleset
sudo iptables -F
echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf
PS> netsh advfirewall set allprofiles state off
PS> Restart-Service hns
PS> wsl --shutdown
sudo ip link set lo down
sudo ip route flush table main
dojo diagnose L4 nat-missing
dojo diagnose L1 no-carrier
""",
    "hints": r"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ip link show eth0
ip route
ping -c1 -W1 8.8.8.8
dojo diagnose L1 eth0-unconfigured
sudo ip addr add 172.22.6.228/20 dev eth0
sudo ip link set eth0 up
sudo ip route add default via 172.22.0.1
ip -4 addr show eth0
ping -c1 -W5 8.8.8.8
getent hosts google.com
""",
    "windows-first": r"""
PS> ipconfig
PS> ping -n 1 8.8.8.8
PS> Get-NetIPAddress -AddressFamily IPv4
PS> Get-NetAdapter
PS> Get-NetRoute -AddressFamily IPv4
ip a
ip r
ping -c1 -W1 8.8.8.8
dojo diagnose L1 eth0-unconfigured
sudo ip addr add 172.22.6.228/20 dev eth0
sudo ip link set eth0 up
sudo ip route add default via 172.22.0.1
ping -c1 -W5 8.8.8.8
ping -c1 -W5 google.com
""",
    "python": r"""
cat /proc/net/fib_trie
cat /sys/class/net/eth0/operstate
python3 -c 'import fcntl,socket,struct; s=socket.socket(2,2); print(fcntl.ioctl(s, 0x8915, struct.pack("256s", b"eth0")))'
cat /proc/net/route
python3 -c 'import socket; socket.create_connection(("8.8.8.8", 53), 1)'
nc -vz -w1 8.8.8.8 53
dojo diagnose L1 eth0-unconfigured
sudo ifconfig eth0 172.22.6.228 netmask 255.255.240.0 up
sudo route add default gw 172.22.0.1
ifconfig eth0
python3 -c 'import socket; print(socket.create_connection(("8.8.8.8", 53), 5).getpeername())'
python3 -c 'import socket; print(socket.gethostbyname("google.com"))'
""",
    "nothing": r"""
dojo task
""",
}
