-- SPDX-License-Identifier: GPL-2.0-or-later
-- The wrong window: a Linux command typed at the Windows prompt gets Windows' error and one line that says where it belongs.

local wrong = {}

local linux = {}
for name in ([[ip ss ufw sudo apt apt-get dpkg grep egrep awk sed systemctl journalctl iptables ip6tables iptables-legacy nft ifconfig dig host
  traceroute mtr tcpdump ethtool brctl nmcli resolvectl resolvconf conntrack sysctl service uname touch chmod chown head tail less nano vim vi
  which bash sh zsh env export hostnamectl nc ncat ping6 tracepath wslpath wslinfo lsof mount umount dmesg su id
  iwconfig arping bridge tc ssh-keyscan python3 wget openssl getent]]):gmatch("%S+") do linux[name] = true end

local text = {
  en = "netdojo: %s is a Linux command: it belongs in the WSL shell. Type wsl to open it.\n",
  ja = "netdojo: %s は Linux のコマンドです。WSL のシェルで実行してください。wsl と打つと開きます。\n",
}

-- The line to add, or nil.
function wrong.window(world, name)
  if not linux[name:lower()] then return nil end
  return (text[world.lang] or text.en):format(name)
end

return wrong
