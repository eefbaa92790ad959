# SPDX-License-Identifier: GPL-2.0-or-later
"""Mirrored mode: the page opens at localhost:5173 on Windows, not from the phone; firewall=false made no difference;
the console on 8443 has to stay closed to the house."""

ALLOW = ("New-NetFirewallHyperVRule -Name web5173 -DisplayName web5173 -Direction Inbound "
         "-VMCreatorId '{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}' -Protocol TCP -LocalPorts 5173 -Action Allow")
SETTING = "Get-NetFirewallHyperVVMSetting -PolicyStore ActiveStore -Name '{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}'"

LEARNERS = {
    "straight": rf"""
ip -4 addr show eth0
ip route
ss -lnt
curl -sS -m2 http://localhost:5173
sudo nft list ruleset
PS> Get-Content $env:USERPROFILE\.wslconfig
PS> Get-NetFirewallRule -Direction Inbound -Action Block
PS> {SETTING}
PS> Get-NetFirewallHyperVRule
dojo check
dojo diagnose L3 hyperv-firewall-inbound
PS> {ALLOW}
PS> Get-NetFirewallHyperVRule
dojo check
""",
    "wandering": rf"""
cat /etc/resolv.conf
ping -c1 -W1 8.8.8.8
getent hosts github.com
PS> netsh interface portproxy show all
PS> ipconfig
PS> Get-Content $env:USERPROFILE\.wslconfig
dojo diagnose L5 host-address-loopback
ip addr
ip route
ss -lntp
curl -sS -m2 http://192.168.1.50:5173
sudo iptables -S
PS> Test-NetConnection localhost -Port 5173
PS> Get-NetFirewallProfile
PS> Get-NetFirewallRule -Direction Inbound
dojo diagnose L3 host-firewall-blocks-guest
PS> {SETTING}
PS> Get-NetFirewallHyperVRule
dojo diagnose L3 hyperv-firewall-inbound
PS> {ALLOW}
dojo check
""",
    "lucky": rf"""
PS> {ALLOW}
dojo check
""",
    "wrong-mend": rf"""
ip -4 addr show eth0
ss -lnt
curl -sS -m2 http://localhost:5173
sudo nft list ruleset
PS> Get-Content $env:USERPROFILE\.wslconfig
PS> {SETTING}
PS> Get-NetFirewallHyperVRule
dojo check
dojo diagnose L3 host-firewall-blocks-guest
PS> netsh interface portproxy add v4tov4 listenport=5173 listenaddress=192.168.1.50 connectport=5173 connectaddress=127.0.0.1
dojo check
""",
    "diagnosis": rf"""
ip -4 addr show eth0
ss -lnt
curl -sS -m2 http://localhost:5173
sudo nft list ruleset
PS> Get-Content $env:USERPROFILE\.wslconfig
PS> Get-NetFirewallRule -Direction Inbound -Action Block
PS> {SETTING}
PS> Get-NetFirewallHyperVRule
dojo check
dojo diagnose L3 hyperv-firewall-inbound
""",
    "shotgun": r"""
dojo diagnose L5 nothing-listens
dojo diagnose L5 host-address-loopback
sudo iptables -F
sudo nft flush ruleset
PS> netsh advfirewall set allprofiles state off
PS> netsh interface portproxy add v4tov4 listenport=5173 listenaddress=0.0.0.0 connectport=5173 connectaddress=127.0.0.1
PS> Set-NetFirewallHyperVVMSetting -Name '{40E0AC32-46A5-438A-A0B2-2B479E8F2E90}' -DefaultInboundAction Allow
PS> Restart-Service hns
PS> wsl --shutdown
dojo diagnose L4 nat-missing
PS> New-NetFirewallRule -DisplayName all -Direction Inbound -Action Allow
dojo diagnose L3 rp-filter
dojo diagnose L3 guest-filter
""",
    "hints": rf"""
dojo hint -y
dojo hint -y
dojo hint -y
ip -4 addr show eth0
ip route
ss -lnt
curl -sS -m2 http://localhost:5173
sudo nft list ruleset
PS> Get-Content $env:USERPROFILE\.wslconfig
PS> Get-NetFirewallRule -Direction Inbound -Action Block
PS> {SETTING}
PS> Get-NetFirewallHyperVRule
dojo check
dojo diagnose L3 hyperv-firewall-inbound
PS> {ALLOW}
PS> Get-NetFirewallHyperVRule
dojo check
""",
    "windows-first": rf"""
PS> Test-NetConnection localhost -Port 5173
PS> ipconfig
PS> Get-NetFirewallProfile
PS> Get-NetFirewallRule -Direction Inbound -Action Block
PS> {SETTING}
PS> Get-NetFirewallHyperVRule
wslinfo --networking-mode
ss -lnt
curl -sS -m2 http://localhost:5173
sudo nft list ruleset
dojo diagnose L3 hyperv-firewall-inbound
PS> {ALLOW}
dojo check
""",
    "python": rf"""
cat /proc/net/fib_trie
cat /proc/net/route
cat /proc/net/tcp
python3 -c 'import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:5173", timeout=2).read())'
sudo python3 -c 'import subprocess; print(subprocess.run(["nft", "-j", "list", "ruleset"], capture_output=True).stdout)'
python3 -c 'print(open("/mnt/c/Users/learner/.wslconfig").read())'
powershell.exe -Command "{SETTING}"
powershell.exe -Command Get-NetFirewallHyperVRule
powershell.exe -Command Get-NetFirewallRule -Direction Inbound -Action Block
dojo check
dojo diagnose L3 hyperv-firewall-inbound
powershell.exe -Command "{ALLOW}"
dojo check
""",
    "nothing": r"""
dojo task
""",
}
