# SPDX-License-Identifier: GPL-2.0-or-later
"""The page on port 3000 opens on the PC, by localhost; the phone spins at 192.168.1.50:3000 in spite of a port proxy;
the console on 9000 is to stay as it is."""

ALLOW = 'New-NetFirewallRule -DisplayName "web 3000" -Direction Inbound -Protocol TCP -LocalPort 3000 -Action Allow'

LEARNERS = {
    "straight": rf"""
ip -4 addr show eth0
ss -lnt
curl -sS -m2 http://localhost:3000
PS> netsh interface portproxy show all
PS> Get-NetTCPConnection -State Listen
PS> Get-NetFirewallRule -Direction Inbound
dojo check
dojo diagnose L5 portproxy-no-rule
PS> {ALLOW}
PS> Get-NetFirewallRule -DisplayName "web 3000"
dojo check
""",
    "wandering": rf"""
ping -c1 -W1 8.8.8.8
getent hosts github.com
cat /etc/resolv.conf
sudo nft list ruleset
sudo ufw status
PS> ipconfig
PS> ping -n 1 192.168.1.1
PS> Get-NetNat
dojo diagnose L5 portproxy-stale
ip addr
ip route
ss -lntp
curl -sS -m2 http://172.22.6.228:3000
PS> netsh interface portproxy show v4tov4
PS> netstat -ano
PS> Get-NetFirewallProfile
PS> netsh advfirewall firewall show rule name=all dir=in
dojo diagnose L5 portproxy-no-rule
PS> {ALLOW}
dojo check
""",
    "lucky": rf"""
PS> {ALLOW}
dojo check
""",
    "wrong-mend": r"""
ip -4 addr show eth0
ss -lnt
curl -sS -m2 http://localhost:3000
PS> netsh interface portproxy show all
PS> Get-NetTCPConnection -State Listen
PS> Get-NetFirewallRule -Direction Inbound
dojo check
dojo diagnose L5 portproxy-stale
PS> netsh interface portproxy delete v4tov4 listenport=3000 listenaddress=0.0.0.0
PS> netsh interface portproxy add v4tov4 listenport=3000 listenaddress=0.0.0.0 connectport=3000 connectaddress=172.22.6.228
dojo check
""",
    "diagnosis": r"""
ip -4 addr show eth0
ss -lnt
curl -sS -m2 http://localhost:3000
PS> netsh interface portproxy show all
PS> Get-NetTCPConnection -State Listen
PS> Get-NetFirewallRule -Direction Inbound
dojo check
dojo diagnose L5 portproxy-no-rule
""",
    "shotgun": r"""
dojo diagnose L5 nothing-listens
dojo diagnose L5 app-on-loopback
sudo nft flush ruleset
sudo iptables -F
PS> netsh interface portproxy reset
PS> netsh interface portproxy add v4tov4 listenport=3000 listenaddress=127.0.0.1 connectport=3000 connectaddress=127.0.0.1
PS> netsh advfirewall set allprofiles state off
PS> Restart-Service hns
PS> wsl --shutdown
dojo diagnose L4 nat-missing
PS> New-NetFirewallRule -DisplayName all -Direction Inbound -Action Allow
dojo diagnose L3 guest-filter
dojo diagnose L5 localhost-only
""",
    "hints": rf"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ss -lnt
curl -sS -m2 http://localhost:3000
PS> netsh interface portproxy show all
PS> Get-NetTCPConnection -State Listen
PS> Get-NetFirewallRule -Direction Inbound
dojo check
dojo diagnose L5 portproxy-no-rule
PS> {ALLOW}
PS> Get-NetFirewallRule -DisplayName "web 3000"
dojo check
""",
    "windows-first": rf"""
PS> Test-NetConnection localhost -Port 3000
PS> netsh interface portproxy show all
PS> netstat -ano
PS> Get-NetFirewallProfile
PS> Get-NetFirewallRule -Direction Inbound
ss -lnt
curl -sS -m2 http://localhost:3000
dojo diagnose L5 portproxy-no-rule
PS> {ALLOW}
dojo check
""",
    "python": rf"""
cat /proc/net/fib_trie
cat /proc/net/tcp
python3 -c 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:3000", timeout=2).read())'
powershell.exe -Command netsh interface portproxy show all
powershell.exe -Command Get-NetTCPConnection -State Listen
powershell.exe -Command netsh advfirewall firewall show rule name=all dir=in
dojo check
dojo diagnose L5 portproxy-no-rule
powershell.exe -Command netsh advfirewall firewall add rule name=web dir=in action=allow protocol=TCP localport=3000
dojo check
""",
    "nothing": r"""
dojo task
""",
}
