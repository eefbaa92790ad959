#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The network of tests/data/nat.json the way a careful shell script does it: ip netns, ip -batch and nft; built, then
# deleted again; with arguments, a command to run meanwhile. It runs itself in a user, network and mount namespace of
# its own, so the machine is not touched.
set -eu

if [ "${1-}" != --inside ]; then
	exec unshare --user --map-root-user --net --mount -- "$0" --inside "$@"
fi
shift

# ip netns keeps its names under /run/netns; ours are on a tmpfs nobody else sees.
mount -t tmpfs tmpfs /run
mkdir /run/netns

ip -batch - <<'EOF'
netns add internet
netns add router
netns add phone
netns add windows
netns add wsl
link add name lan type bridge
link set lan up
link add eth0 netns internet address 52:54:00:cb:71:01 type veth peer name eth0 netns router address 52:54:00:cb:71:02
link add p1 type veth peer name eth1 netns router address 52:54:00:a8:01:01
link add p2 type veth peer name wlan0 netns phone address 3e:9a:51:0c:77:23
link add p3 type veth peer name eth0 netns windows address a4:bb:6d:3f:20:50
link set p1 master lan up
link set p2 master lan up
link set p3 master lan up
link add vEthernet netns windows address 00:15:5d:a0:2c:01 type veth peer name eth0 netns wsl address 00:15:5d:21:8f:3b numtxqueues 2 numrxqueues 2
EOF

ip -n internet -batch - <<'EOF'
link set lo up
link set eth0 up
addr add 8.8.8.8/32 dev lo
addr add 1.1.1.1/32 dev lo
addr add 142.250.179.142/32 dev lo
addr add 140.82.121.4/32 dev lo
addr add 198.51.100.10/32 dev lo
addr add 203.0.113.1/24 brd + dev eth0
EOF

ip -n router -batch - <<'EOF'
link set lo up
link set eth0 up
link set eth1 up
addr add 203.0.113.2/24 brd + dev eth0
addr add 192.168.1.1/24 brd + dev eth1
route add default via 203.0.113.1 dev eth0 proto static
EOF

ip -n phone -batch - <<'EOF'
link set lo up
link set wlan0 up
addr add 192.168.1.23/24 brd + dev wlan0
route add default via 192.168.1.1 dev wlan0 proto dhcp
EOF

ip -n windows -batch - <<'EOF'
link set lo up
link set eth0 up
link set vEthernet up
addr add 192.168.1.50/24 brd + dev eth0
addr add 172.27.32.1/20 brd + dev vEthernet
route add default via 192.168.1.1 dev eth0 proto dhcp metric 25
EOF

ip -n wsl -batch - <<'EOF'
link set lo up
link set eth0 up
addr add 172.27.43.151/20 brd + dev eth0
route add default via 172.27.32.1 dev eth0 proto kernel
EOF

ip netns exec router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; exec nft -f -' <<'EOF'
table ip home_nat {
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr 192.168.1.0/24 oifname "eth0" masquerade
	}
}
EOF
ip netns exec windows sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; exec nft -f -' <<'EOF'
table ip ics_nat {
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr 172.27.32.0/20 oifname "eth0" masquerade
	}
}
EOF

status=0
[ $# -eq 0 ] || "$@" || status=$?

ip -batch - <<'EOF'
netns del wsl
netns del windows
netns del phone
netns del router
netns del internet
link del lan
EOF
exit $status
