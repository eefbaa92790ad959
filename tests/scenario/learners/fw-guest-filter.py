# SPDX-License-Identifier: GPL-2.0-or-later
"""Web and https hang in WSL, ping works, Windows is fine; a hardening tutorial; telnet is to stay closed."""

LEARNERS = {
    "straight": r"""
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
getent hosts github.com
curl -sS -m1 -o /dev/null https://github.com
sudo nft list ruleset
PS> Test-NetConnection github.com -Port 443
dojo diagnose L3 guest-filter
sudo nft delete table inet baseline
sudo nft list ruleset
curl -sS -m5 http://198.51.100.44/
nc -vz -w5 github.com 443
""",
    "wandering": r"""
cat /etc/resolv.conf
cat /etc/hosts
env
cat /etc/wsl.conf
PS> Get-NetFirewallProfile
PS> Get-NetNat
PS> Test-NetConnection github.com -Port 443
dojo diagnose L4 nat-icmp-only
ip link
ping -c1 -W1 -M do -s 1472 8.8.8.8
curl -sS -m1 -o /dev/null https://github.com
sudo iptables -S
sudo ufw status
ip route
getent hosts github.com
ping -c1 -W1 github.com
sudo nft -a list ruleset
dojo diagnose L3 guest-filter
sudo nft flush chain inet baseline input
dojo check
nc -vz -w5 github.com 443
""",
    "lucky": r"""
sudo nft delete table inet baseline
dojo check
""",
    "wrong-mend": r"""
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
getent hosts github.com
curl -sS -m1 -o /dev/null https://github.com
sudo nft list ruleset
PS> Test-NetConnection github.com -Port 443
dojo diagnose L2 mtu-vpn-blackhole
sudo ip link set dev eth0 mtu 1400
curl -sS -m1 -o /dev/null https://github.com
""",
    "diagnosis": r"""
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
getent hosts github.com
curl -sS -m1 -o /dev/null https://github.com
sudo nft list ruleset
PS> Test-NetConnection github.com -Port 443
dojo diagnose L3 guest-filter
""",
    "shotgun": r"""
dojo diagnose L2.5
dojo diagnose L2 mtu-vpn-blackhole
sudo iptables -F
sudo ip link set eth0 mtu 1280
echo nameserver 8.8.8.8 | sudo tee /etc/resolv.conf
PS> netsh advfirewall set allprofiles state off
PS> Restart-Service hns
PS> Restart-Service SharedAccess
dojo diagnose L4 nat-missing
sudo nft flush ruleset
PS> wsl --shutdown
sudo ip route flush table main
dojo diagnose L3 host-firewall-blocks-guest
dojo diagnose other
""",
    "hints": r"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ip route
ping -c1 -W1 8.8.8.8
getent hosts github.com
curl -sS -m1 -o /dev/null https://github.com
sudo nft list ruleset
PS> Test-NetConnection github.com -Port 443
dojo diagnose L3 guest-filter
sudo nft delete table inet baseline
sudo nft list ruleset
curl -sS -m5 http://198.51.100.44/
nc -vz -w5 github.com 443
""",
    "windows-first": r"""
PS> Test-NetConnection github.com -Port 443
PS> Get-NetFirewallProfile
PS> Get-NetFirewallRule -Direction Outbound -Action Block
PS> Get-NetNat
ping -c1 -W1 8.8.8.8
curl -sS -m1 -o /dev/null https://github.com
sudo ufw status verbose
sudo nft list ruleset
dojo diagnose L3 guest-filter
sudo nft delete table inet baseline
curl -sS -m5 http://198.51.100.44/
curl -sS -m5 -k -o /dev/null https://github.com
""",
    "python": r"""
cat /proc/net/fib_trie
cat /proc/net/route
python3 -c 'import socket; print(socket.create_connection(("8.8.8.8", 53), 1).getpeername())'
python3 -c 'import socket; print(socket.gethostbyname("github.com"))'
python3 -c 'import socket; socket.create_connection(("github.com", 443), 1)'
nc -vz -w1 140.82.121.4 443
sudo python3 -c 'import subprocess; print(subprocess.run(["nft", "-j", "list", "ruleset"], capture_output=True).stdout)'
powershell.exe -Command Test-NetConnection github.com -Port 443
dojo diagnose L3 guest-filter
sudo python3 -c 'import subprocess; subprocess.run(["nft", "delete", "table", "inet", "baseline"])'
python3 -c 'import socket; print(socket.create_connection(("github.com", 443), 5).getpeername())'
printf 'GET / HTTP/1.0\r\n\r\n' | nc -w5 198.51.100.44 80
""",
    "nothing": r"""
dojo task
""",
}
