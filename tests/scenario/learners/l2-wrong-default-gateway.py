# SPDX-License-Identifier: GPL-2.0-or-later
"""Cut off since a Windows update: "No route to host", though a default route is there and names resolve."""

LEARNERS = {
    "straight": r"""
ip -4 addr show eth0
ip route
ip neigh
ping -c1 -W1 8.8.8.8
PS> ipconfig
dojo diagnose L2 wrong-default-gateway
sudo ip route replace default via 172.22.0.1
ip route
ping -c1 -W5 8.8.8.8
curl -sS -m5 -o /dev/null http://github.com
""",
    "wandering": r"""
timeout 1 ping -c1 -W1 github.com
cat /etc/resolv.conf
getent hosts github.com
cat /etc/hosts
sudo nft list ruleset
PS> Get-NetNat
PS> Get-Service SharedAccess
PS> Test-NetConnection github.com -Port 443
dojo diagnose L4 nat-missing
ip -4 addr
ip route
ping -c1 -W1 172.22.0.1
timeout 2 ping -c1 -W1 172.22.10.1
ip neigh
PS> ipconfig /all
dojo diagnose L2 wrong-default-gateway
sudo ip route del default
sudo ip route add default via 172.22.0.1 dev eth0
dojo check
ping -c1 -W5 8.8.8.8
ping -c1 -W5 github.com
""",
    "lucky": r"""
sudo ip route replace default via 172.22.0.1
dojo check
""",
    "wrong-mend": r"""
ip -4 addr show eth0
ip route
ip neigh
ping -c1 -W1 8.8.8.8
PS> ipconfig
dojo diagnose L3 guest-filter
sudo iptables -P INPUT ACCEPT
sudo nft flush ruleset
ping -c1 -W1 8.8.8.8
""",
    "diagnosis": r"""
ip -4 addr show eth0
ip route
ip neigh
ping -c1 -W1 8.8.8.8
PS> ipconfig
dojo diagnose L2 wrong-default-gateway
""",
    "shotgun": r"""
dojo diagnose L2.5
dojo diagnose L3 host-firewall-blocks-guest
echo nameserver 1.1.1.1 | sudo tee /etc/resolv.conf
sudo nft flush ruleset
sudo ip link set eth0 mtu 1400
PS> netsh advfirewall set allprofiles state off
PS> Restart-Service SharedAccess
PS> Restart-Service hns
dojo diagnose L4 nat-missing
sudo ip addr add 172.22.10.9/20 dev eth0
sudo ip route flush table main
dojo diagnose L2 no-default-route
dojo diagnose L1
""",
    "hints": r"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ip route
ip neigh
ping -c1 -W1 8.8.8.8
PS> ipconfig
dojo diagnose L2 wrong-default-gateway
sudo ip route replace default via 172.22.0.1
ip route
ping -c1 -W5 8.8.8.8
curl -sS -m5 -o /dev/null http://github.com
""",
    "windows-first": r"""
PS> ipconfig
PS> ping -n 1 8.8.8.8
PS> Get-NetIPAddress -AddressFamily IPv4
PS> Get-NetRoute -AddressFamily IPv4
PS> Get-NetNat
ip a
ip r
ping -c1 -W1 8.8.8.8
ip n
dojo diagnose L2 wrong-default-gateway
sudo ip route replace default via 172.22.0.1
ping -c1 -W5 8.8.8.8
ping -c1 -W5 github.com
""",
    "python": r"""
cat /proc/net/fib_trie
cat /proc/net/route
python3 -c 'import socket; s=socket.create_connection(("8.8.8.8", 53), 1)'
nc -vz -w1 140.82.121.4 443
cat /proc/net/arp
powershell.exe -Command Get-NetIPAddress
dojo diagnose L2 wrong-default-gateway
sudo route del default
sudo route add default gw 172.22.0.1
cat /proc/net/route
python3 -c 'import socket; print(socket.create_connection(("8.8.8.8", 53), 5).getpeername())'
nc -vz -w5 github.com 443
""",
    "nothing": r"""
dojo task
""",
}
