# SPDX-License-Identifier: GPL-2.0-or-later
"""The app in WSL opens at localhost:4200 on the PC; on the phone 192.168.1.50:4200 connects, waits and is reset, in spite of
a port proxy and a firewall rule; settings in /etc/app.conf."""

STOP = "while pkill -f serve.py; do sleep 0.1; done"
START = "(setsid python3 /opt/app/serve.py >/dev/null 2>&1 </dev/null &)"

LEARNERS = {
    "straight": rf"""
ip -4 addr show eth0
ss -lntp
curl -sS -m2 http://localhost:4200
curl -sS -m2 http://172.22.6.228:4200
PS> netsh interface portproxy show all
PS> Get-NetFirewallRule -DisplayName web-4200
cat /etc/app.conf
dojo check
dojo diagnose L5 app-on-loopback
sudo sed -i s/127.0.0.1/0.0.0.0/ /etc/app.conf
{STOP}
{START}
until ss -lnt | grep 0.0.0.0:4200; do sleep 0.1; done
dojo check
""",
    "wandering": rf"""
cat /etc/resolv.conf
ping -c1 -W1 8.8.8.8
sudo nft list ruleset
sudo ufw status
PS> ipconfig
PS> Get-NetFirewallProfile
PS> Get-NetFirewallRule -DisplayName web-4200
dojo diagnose L3 hyperv-firewall-inbound
PS> netsh interface portproxy show v4tov4
ip addr
dojo diagnose L5 portproxy-stale
ip route
ps aux
cat /opt/app/serve.py
curl -sS -m2 http://127.0.0.1:4200
ss -lntp
cat /etc/app.conf
dojo diagnose L5 app-on-loopback
sudo sed -i s/HOST=.*/HOST=172.22.6.228/ /etc/app.conf
sudo sed -i s/HOST=.*/HOST=0.0.0.0/ /etc/app.conf
{STOP}
{START}
until ss -lnt | grep 0.0.0.0:4200; do sleep 0.1; done
dojo check
""",
    "lucky": r"""
sudo sed -i s/127.0.0.1/0.0.0.0/ /etc/app.conf
PS> wsl --shutdown
dojo check
""",
    "wrong-mend": r"""
ip -4 addr show eth0
ss -lntp
curl -sS -m2 http://localhost:4200
PS> netsh interface portproxy show all
PS> Get-NetFirewallRule -DisplayName web-4200
dojo check
dojo diagnose L5 portproxy-stale
PS> netsh interface portproxy delete v4tov4 listenport=4200 listenaddress=0.0.0.0
PS> netsh interface portproxy add v4tov4 listenport=4200 listenaddress=0.0.0.0 connectport=4200 connectaddress=172.22.6.228
dojo check
""",
    "diagnosis": r"""
ip -4 addr show eth0
ss -lntp
curl -sS -m2 http://localhost:4200
curl -sS -m2 http://172.22.6.228:4200
PS> netsh interface portproxy show all
PS> Get-NetFirewallRule -DisplayName web-4200
cat /etc/app.conf
dojo check
dojo diagnose L5 app-on-loopback
""",
    "shotgun": r"""
dojo diagnose L5 portproxy-no-rule
dojo diagnose L5 portproxy-stale
sudo nft flush ruleset
sudo iptables -F
PS> netsh advfirewall set allprofiles state off
PS> netsh interface portproxy reset
PS> netsh interface portproxy add v4tov4 listenport=4200 listenaddress=127.0.0.1 connectport=4200 connectaddress=127.0.0.1
PS> New-NetFirewallRule -DisplayName all -Direction Inbound -Action Allow
PS> Restart-Service hns
PS> wsl --shutdown
dojo diagnose L4 nat-missing
dojo diagnose L3 host-firewall-blocks-guest
dojo diagnose L5 nothing-listens
""",
    "hints": rf"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ss -lntp
curl -sS -m2 http://localhost:4200
curl -sS -m2 http://172.22.6.228:4200
PS> netsh interface portproxy show all
PS> Get-NetFirewallRule -DisplayName web-4200
cat /etc/app.conf
dojo check
dojo diagnose L5 app-on-loopback
sudo sed -i s/127.0.0.1/0.0.0.0/ /etc/app.conf
{STOP}
{START}
until ss -lnt | grep 0.0.0.0:4200; do sleep 0.1; done
dojo check
""",
    "windows-first": r"""
PS> netsh interface portproxy show all
PS> Get-NetTCPConnection -State Listen
PS> Get-NetFirewallRule -DisplayName web-4200
PS> Test-NetConnection localhost -Port 4200
PS> Test-NetConnection 172.22.6.228 -Port 4200
ip a
ss -lntp
cat /etc/app.conf
dojo diagnose L5 app-on-loopback
sudo sed -i s/127.0.0.1/0.0.0.0/ /etc/app.conf
PS> wsl --shutdown
ss -lntp
dojo check
""",
    "python": rf"""
cat /proc/net/fib_trie
cat /proc/net/tcp
nc -vz -w1 127.0.0.1 4200
nc -vz -w1 172.22.6.228 4200
powershell.exe -Command netsh interface portproxy show all
powershell.exe -Command Get-NetFirewallRule -DisplayName web-4200
python3 -c 'print(open("/etc/app.conf").read())'
dojo check
dojo diagnose L5 app-on-loopback
sudo python3 -c 's = open("/etc/app.conf").read(); open("/etc/app.conf", "w").write(s.replace("127.0.0.1", "0.0.0.0"))'
{STOP}
{START}
until grep 00000000:1068 /proc/net/tcp; do sleep 0.1; done
nc -vz -w5 172.22.6.228 4200
dojo check
""",
    "nothing": r"""
dojo task
""",
}
