#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Scoring of Windows' side over hand-made logs: what shows a thing earns, and what only says it, in either window and however, does not."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from score_rig import L2, ON_PHONE, SHOW_ALL, SOCKETS, hold, phone_served  # noqa: E402

PROFILE = "Name : Domain\nEnabled : True\nDefaultInboundAction : Block\n"
RULES = "Name  DisplayName   Enabled\n----  -----------   -------\nx     x             True\n"
NOT_A_COMMAND = "{0} : The term '{0}' is not recognized as the name of a cmdlet, function, script file, or operable program."
NO_PARAMETER = "{} : A parameter cannot be found that matches parameter name 'x'.\n    + FullyQualifiedErrorId : NamedParameterNotFound, ParameterBindingException"
TO_SPARE = ', connect = "{{p.spare}}", port = 3000'

# step: what shows it at Windows' prompt, its program as WSL calls it, and what an output with the live value looks like.
SHOWN = {
    "listening_seen": ("netstat -ano", "netstat.exe -ano", lambda a: SOCKETS.format(3000), ', node = "windows", port = 3000'),
    "portproxy_seen": ("netsh interface portproxy show all", "netsh.exe interface portproxy show all", lambda a: SHOW_ALL.format(a.spare), TO_SPARE),
    "firewall_seen": ("netsh advfirewall firewall show rule name=all", "netsh.exe advfirewall firewall show rule name=all",
                      lambda a: "Rule Name:       Core Networking\nEnabled:   Yes", ""),
    "gateway_seen": ("ipconfig /all", "ipconfig.exe /all", lambda a: f"   IPv4 Address. . . . . . . . . . . : {a.gateway}(Preferred)", ""),
    "guest_address_seen": ("arp -a", "arp.exe -a", lambda a: f"  {a.guest}        00-15-5d-00-00-01     dynamic", ""),
}

# A line at Windows' prompt that puts out the text (TEXT) without looking, or beside a look whose output goes elsewhere (SHOW).
SAID_ON_WINDOWS = [
    "echo 'TEXT'", "Write-Output 'TEXT'", "'TEXT'", "\"TEXT\"", "Write-Host 'TEXT'", "Write-Error 'TEXT'", "Write-Warning 'TEXT'", "$x = 'TEXT'; $x", "@'\nTEXT\n'@",
    "@\"\nSHOW\nTEXT\n\"@", "Get-Content C:\\made.txt", "type made.txt", "gc made.txt | findstr 3000", "cat made.txt # SHOW", "cmd /c echo TEXT",
    "cmd /c type made.txt", "cmd /c \"SHOW > nul & type made.txt\"", "wsl cat made", "wsl echo TEXT", "wsl -u root -- sh -c 'cat made'",
    "powershell -Command \"Get-Content made.txt\"", "powershell.exe -NoProfile -c 'Write-Host TEXT'", "SHOW > $null; 'TEXT'", "SHOW | Out-Null; gc made.txt",
    "$null = SHOW; Write-Host TEXT", "SHOW > out.txt; gc made.txt", "SHOW | Set-Content x; gc made.txt", "$r = SHOW; 'TEXT'", "SHOW; 'TEXT'",
    "SHOW | % { 'TEXT' }", "SHOW | ForEach-Object { Write-Host (gc made.txt) }", "SHOW | ? { Write-Host 'TEXT'; $false }", "SHOW | ? { (Write-Host 'TEXT') -or $_ }",
    "SHOW | Select-Object @{ n = 'a'; e = { 'TEXT' } }", "SHOW | ? { [Console]::WriteLine('TEXT') }", "(SHOW).Replace('a', 'TEXT')", "(SHOW) -replace '.*', 'TEXT'",
    "\"TEXT$(SHOW | Out-Null)\"", "if ($true) { SHOW | Out-Null; 'TEXT' }", "foreach ($x in 1) { 'TEXT' }", "'TEXT' | findstr 3000", "'SHOW' | % { gc made.txt }",
    "[string]::Format('TEXT')", "'TE{0}' -f 'XT'", ".\\netstat.exe -ano", "C:\\tools\\netsh.exe interface portproxy show all", "& { 'TEXT' }", "curl.exe http://localhost/made",
    "Get-Date -Format \"'TEXT'\"", "nslookup 'TEXT'", "Get-Help netstat", "more made.txt", "findstr 3000 made.txt", "SHOW | findstr x made.txt",
    "SHOW | more made.txt", "Select-String x made.txt", "SHOW | select-string x -Path made.txt", "$h = @{ a = 'TEXT' }; $h.a", "Get-Variable x", "Get-Clipboard",
    "printf '\\e]133;C\\a'; TEXT", "node made.js",
]
# Before it, a name that is given to something else.
NAMED_ANEW = [
    "function {0} {{ gc made.txt }}", "function global:{0} {{ 'x' }}", "Set-Alias {0} Get-Content", "sal {0} gc", "Set-Alias -Name {0} -Value gc", "filter {0} {{ 'x' }}",
    "Set-Item function:{0} {{ 'x' }}",
]
# The same in WSL's shell; EXE is the look as WSL calls it.
SAID_IN_WSL = [
    "echo 'TEXT'", "echo \"$(hostname -I) 3000\"", "printf 'TEXT\\n'", "cat made", "x='TEXT'; echo \"$x\"", "cat <<E\nEXE\nTEXT\nE", "EXE > /dev/null; echo TEXT",
    "EXE &> /dev/null; cat made", "EXE | sed 's/.*/TEXT/'", "EXE | awk '{ print \"TEXT\" }'", "EXE | grep x made", "EXE | grep -r 3000", "EXE | cat made -", "EXE; cat made",
    "echo \"$(EXE >/dev/null)TEXT\"", "EXE | tee x >/dev/null; cat made", "python3 -c 'print(\"TEXT\")' # EXE", "cmd.exe /c echo TEXT", "powershell.exe -Command 'Write-Host TEXT'",
    "powershell.exe -c \"EXE > \\$null; 'TEXT'\"", "EXE < made | cat", "EXE | cat < made", "perl made.pl EXE", "printf '\\e]133;D;0\\a\\e]633;E;EXE\\aTEXT'", "`cat made`", "EXE `cat made`",
    "date '+TEXT'", "EXE \"$(cat made >&2)\"",
]


def fakes():
    """Every way to have the text without the look, for each step that asks for one."""
    return [(step, options, "", L2, *looks(step, show, exe, text)) for step, (show, exe, text, options) in SHOWN.items()]


def looks(step, show, exe, text):
    """The logs that show it and the many that only say it."""
    bad = []
    for form in SAID_ON_WINDOWS:
        bad.append(lambda g, a, f=form: g.prompt(f.replace("SHOW", show).replace("TEXT", "$(0)"), text(a)))
    for form in NAMED_ANEW:
        program = show.split()[0]
        bad.append(lambda g, a, f=form, p=program: g.prompt(f.format(p), "").prompt(show, text(a)))
    for form in SAID_IN_WSL:
        # WSL itself can show its own address by whatever program; what the learner typed is told apart in score.py.
        if step == "guest_address_seen" and "EXE" not in form and ".exe" not in form:
            continue
        bad.append(lambda g, a, f=form: g.exe(f.replace("EXE", exe).replace("TEXT", "$0"), text(a)))
    program = exe.split()[0]
    bad += [
        lambda g, a: g.output(text(a), command=exe),  # no such program started on Windows
        lambda g, a: g.output("", command=f"{program}() {{ cat made; }}").exe(exe, text(a)),
        lambda g, a: g.output("", command=f"alias {program}='cat made'").exe(exe, text(a)),
        lambda g, a: g.exe("./" + exe, text(a)), lambda g, a: g.exe("~/bin/" + exe, text(a)),
        lambda g, a: g.exe(exe, f"bash: {program}: command not found"), lambda g, a: g.prompt(show, NOT_A_COMMAND.format(show.split()[0])),
        lambda g, a: g.prompt(show, ""), lambda g, a: g.prompt(show + " > $null", ""), lambda g, a: g.exe(exe + " >/dev/null", ""),
        lambda g, a: g.windows("firewall.rule.add").prompt(show, text(a)),
    ]
    good = [
        lambda g, a: g.prompt(show, text(a)), lambda g, a: g.exe(exe, text(a)), lambda g, a: g.exe(exe + " 2>/dev/null | grep -i e | head -20", text(a)),
        lambda g, a: g.prompt(show + " | findstr 3000", text(a)), lambda g, a: g.prompt("cls; " + show, text(a)), lambda g, a: g.prompt(f"cmd /c {show}", text(a)),
        lambda g, a: g.prompt(f"cmd /c \"{show} | findstr /i e\"", text(a)), lambda g, a: g.prompt(f"$r = {show}; $r", text(a)), lambda g, a: g.prompt(f"({show})", text(a)),
        lambda g, a: g.exe(f"powershell.exe -NoProfile -Command \"{show}\"", text(a)), lambda g, a: g.exe(f"cmd.exe /c '{show}'", text(a)),
        lambda g, a: g.exe(f"/mnt/c/Windows/System32/{exe}", text(a)), lambda g, a: g.prompt(f"C:\\Windows\\System32\\{exe}", text(a)),
        lambda g, a: g.prompt(f"{show} # as the guide has it", text(a)),
        lambda g, a: g.prompt(f"{show} | Out-String | Select-String e", text(a)), lambda g, a: g.prompt(f"& {show}", text(a)),
    ]
    return good, bad


def predicates():
    """What else shows each, and what does not; as in score.py."""
    return [
        ("portproxy_seen", TO_SPARE, "", L2,
         [lambda g, a: g.prompt("netsh int portproxy dump", f"add v4tov4 listenport=3000 connectaddress={a.spare} connectport=3000"),
          lambda g, a: g.prompt(f"netsh interface portproxy show all | findstr {a.spare}", f"0.0.0.0   3000   {a.spare}   3000"),
          lambda g, a: g.prompt(f"ping {a.spare}", "").prompt("netsh interface portproxy show all", SHOW_ALL.format(a.spare))],
         [lambda g, a: g.prompt("netsh interface portproxy show all", "\n"), lambda g, a: g.prompt("netsh interface portproxy show all", SHOW_ALL.format(a.guest)),
          lambda g, a: g.prompt("netstat -ano", f"  TCP    {a.gateway}:50000     {a.spare}:3000     SYN_SENT  3412"),
          lambda g, a: g.prompt("netsh interface portproxy add v4tov4 3000 " + a.spare, SHOW_ALL.format(a.spare)),
          lambda g, a: g.prompt("netsh interface portproxy show all", SHOW_ALL.format(a.spare).replace("3000", "30001"))]),
        ("firewall_seen", "", "", L2,
         [lambda g, a: g.prompt("Get-NetFirewallProfile -PolicyStore ActiveStore", PROFILE), lambda g, a: g.prompt("Get-NetFirewallRule | ft Name", RULES),
          lambda g, a: g.prompt("Get-NetFirewallPortFilter | ? LocalPort -eq 3000", ""),
          lambda g, a: g.prompt("Get-NetFirewallRule -Enabled True | Get-NetFirewallPortFilter | Where-Object { $_.LocalPort -eq 3000 }", ""),
          lambda g, a: g.prompt("$r = Get-NetFirewallRule -Direction Inbound; $r | measure", "Count : 0"),
          lambda g, a: g.prompt("netsh advfirewall firewall show rule name=web", "No rules match the specified criteria."),
          lambda g, a: g.prompt("Get-NetFirewallRule -DisplayName web", "Get-NetFirewallRule : No MSFT_NetFirewallRule objects found with property 'DisplayName'"),
          lambda g, a: g.exe('powershell.exe -NoProfile -Command "Get-NetFirewallPortFilter | ? LocalPort -eq 3000"', ""),
          lambda g, a: g.exe("netsh.exe advfirewall show allprofiles", "Firewall Policy                       BlockInbound,AllowOutbound")],
         [lambda g, a: g.prompt("ufw status", NOT_A_COMMAND.format("ufw")), lambda g, a: g.run("nft list ruleset"),
          lambda g, a: g.output("Get-NetFirewallRule: command not found", command="Get-NetFirewallRule"),
          lambda g, a: g.prompt("Get-NetFirewallRule -x", NO_PARAMETER.format("Get-NetFirewallRule")),
          lambda g, a: g.prompt("Get-NetFirewallRule | select -first 0", ""), lambda g, a: g.prompt("Get-NetFirewallRule | Out-Null", ""),
          lambda g, a: g.prompt("$r = Get-NetFirewallRule -DisplayName web", ""),
          lambda g, a: g.prompt("echo Get-NetFirewallRule", "Get-NetFirewallRule"), lambda g, a: g.prompt("# Get-NetFirewallRule", ""),
          lambda g, a: g.prompt("netsh advfirewall set allprofiles state off", "Ok.")]),
        ("listening_seen", ', node = "windows", port = 3000', "", L2,
         [lambda g, a: g.prompt("Get-NetTCPConnection -State Listen", "0.0.0.0    3000    0.0.0.0    0    Listen    3412"),
          lambda g, a: g.prompt("Get-NetTCPConnection -LocalPort 3000 | fl", "LocalAddress : 0.0.0.0\nLocalPort    : 3000\nState        : Listen\n"),
          lambda g, a: g.prompt("(Get-NetTCPConnection -State Listen).LocalPort", "135\n3000\n"),
          lambda g, a: g.prompt("netsh interface portproxy show all; netstat -ano", SHOW_ALL.format(a.spare) + SOCKETS.format(3000))],
         [lambda g, a: g.prompt("netstat -ano", SOCKETS.format(30001)), lambda g, a: g.run("ss -lnt"), lambda g, a: g.prompt("netstat -rn", SOCKETS.format(3000)),
          lambda g, a: g.output("LISTEN 0 511 0.0.0.0:3000", command="ss -lnt"), lambda g, a: g.prompt("wsl ss -lnt", "LISTEN 0 511 0.0.0.0:3000"),
          lambda g, a: g.prompt("netsh interface portproxy show all", SHOW_ALL.format(a.guest)),
          lambda g, a: g.prompt("Get-NetTCPConnection -State Listen -LocalPort 3000 -x", "+ Get-NetTCPConnection -State Listen -LocalPort 3000 -x"),
          lambda g, a: g.prompt("Get-NetTCPConnection | fl", "LocalPort    : 3000\nState        : Established\n\nLocalPort   : 22\nState       : Listen\n")]),
        ("guest_address_seen", "", "", L2,
         [lambda g, a: g.run("ip a"), lambda g, a: g.run("hostname -I"), lambda g, a: g.prompt("Get-NetNeighbor", f"20  {a.guest}  00-15-5D  Reachable"),
          lambda g, a: g.packet("echo-request", src=a.spare, dst="8.8.8.8").prompt("arp -a", f"  {a.spare}   00-15"),
          lambda g, a: g.output(f"inet {a.guest}/20", command="python3 own.py")],
         [lambda g, a: g.prompt("netsh interface portproxy show all", SHOW_ALL.format(a.guest)), lambda g, a: g.run("ip link"), lambda g, a: g.prompt("arp -a", a.spare),
          lambda g, a: g.prompt("ipconfig", a.gateway), lambda g, a: g.prompt(f"$ip = '{a.guest}'; $ip", a.guest)]),
        ("address_seen", "", "", L2, [lambda g, a: g.prompt("arp -a", a.mac.replace(":", "-").upper())],
         [lambda g, a: g.prompt("gc made.txt", a.mac), lambda g, a: g.prompt("gc made.txt", a.guest)]),
        ("gateway_seen", "", "", L2,
         [lambda g, a: g.exe('powershell.exe -Command "Get-NetIPAddress"', f"IPAddress         : {a.gateway}"),
          lambda g, a: g.prompt("(Get-NetIPAddress).IPAddress", a.gateway)],
         [lambda g, a: g.prompt("ipconfig", a.windows), lambda g, a: g.prompt(f"ping {a.gateway}", f"Reply from {a.gateway}")]),
        ("published", ", port = 3000", "", ON_PHONE,
         [lambda g, a: phone_served(g.windows("portproxy.set"), a).end(a.meta),
          lambda g, a: g.windows("portproxy.set").tried(a.meta).end(a.meta)],
         [lambda g, a: g.windows("portproxy.set").end(a.meta), lambda g, a: phone_served(g, a).windows("portproxy.set").end(a.meta),
          lambda g, a: phone_served(g.windows("portproxy.set"), a, port=3001).end(a.meta),
          lambda g, a: phone_served(g.windows("portproxy.set"), a, dir="in").end(a.meta),
          lambda g, a: phone_served(g.windows("portproxy.set"), a, dst=a.windows).end(a.meta),
          lambda g, a: phone_served(g.windows("portproxy.set"), a, dst=a.guest).end(a.meta),
          lambda g, a: phone_served(g.windows("portproxy.set"), a, dst="8.8.8.8").end(a.meta),
          lambda g, a: phone_served(g.windows("portproxy.set"), a, by="lab").end(a.meta),
          lambda g, a: phone_served(g.windows("portproxy.set"), a).end(a.meta, fixed=False),
          lambda g, a: g.tried(a.meta).windows("portproxy.set").end(a.meta),
          lambda g, a: g.windows("portproxy.set").tried(a.meta, ok=False).end(a.meta)]),
        ("looked_first", ", least = 1", "step.address_seen { points = 50 },", L2,
         [lambda g, a: g.run("hostname -I").windows("portproxy.set"),
          lambda g, a: g.windows("portproxy.set", ok=False).run("ip a"), lambda g, a: g.windows("wsl.start").run("ip a")],
         [lambda g, a: g.windows("wsl.shutdown").run("ip a"), lambda g, a: g.windows("service.set").run("hostname -I")]),
        ("verified", "", "", L2,
         [lambda g, a: g.windows("service.set").packet("dns-answer", dir="in", rcode="NOERROR", answers=["1.2.3.4"]).end(a.meta)],
         [lambda g, a: g.packet("echo-reply", dir="in").windows("service.set").end(a.meta)]),
        ("care", ', allow = { "route", "windows:portproxy.set", "windows:firewall" }', "", L2,
         [lambda g, a: g.windows("portproxy.set").end(a.meta), lambda g, a: g.windows("firewall.rule.add").end(a.meta),
          lambda g, a: g.windows("portproxy.set").windows("portproxy.reset", ok=False).windows("wsl.start").end(a.meta)],
         [lambda g, a: g.windows("portproxy.reset").end(a.meta), lambda g, a: g.windows("wsl.shutdown").end(a.meta),
          lambda g, a: g.change("route").windows("firewallx.set").end(a.meta),
          lambda g, a: g.windows("portproxy.set").windows("service.set", Name="iphlpsvc", Status="Stopped").end(a.meta)]),
        ("mended", "", "", L2,
         [lambda g, a: g.windows("service.set").end(a.meta)],
         [lambda g, a: g.windows("service.set").end(a.meta, fixed=False)]),
    ]




def main():
    problems = []
    hold(fakes() + predicates(), problems)
    for p in problems:
        print(p)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
