/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of checks. */
#include "base/cleanup.h"
#include "doctor.h"

#define LAB	  "every lab"
#define NAT_CHAIN "table ip t { chain c { type nat hook postrouting priority srcnat; "
#define NETDEV_LOSS                                                                                \
	"table netdev t { chain c { type filter hook ingress device \"lo\" priority 0; "           \
	"numgen random mod 100 < 10 drop" END_CHAIN
#define INPUT_CHAIN "table inet t { chain c { type filter hook input priority filter; "
#define END_CHAIN   "\n}\n}\n"

#define HOST(i, need, req, fn, ...)                                                                \
	{                                                                                          \
		.id = i, .needed_by = need, .required = req, .place = CHECK_HOST, .attempt = fn,   \
		__VA_ARGS__                                                                        \
	}
#define INSIDE(i, need, req, fn, ...)                                                              \
	{                                                                                          \
		.id = i, .needed_by = need, .required = req, .place = CHECK_INSIDE, .attempt = fn, \
		__VA_ARGS__                                                                        \
	}
#define LINK(kind, need, req, mod, opt)                                                            \
	INSIDE(kind, need, req, try_link, .arg = kind, .module = mod, .options = opt)
#define QDISC(kind, need, mod, opt)                                                                \
	INSIDE(kind, need, false, try_qdisc, .arg = kind, .module = mod, .options = opt)
#define NFT(name, need, req, text, mod, opt)                                                       \
	INSIDE("nft-" name, need, req, try_nft, .arg = text, .module = mod, .options = opt)
#define TOOL(name, need, req, package)                                                             \
	HOST("tool-" name, need, req, try_tool, .arg = name,                                       \
	     .mend = "sudo apt-get install " package)

const struct check checks[] = {
	HOST("userns", LAB, true, try_userns, .options = "USER_NS PID_NS NET_NS UTS_NS IPC_NS"),
	HOST("userns-power", LAB, true, try_power),
	HOST("id-range", "real file owners inside a lab", false, try_id_range),
	HOST("inotify", "evidence of file changes", false, try_inotify, .options = "INOTIFY_USER"),

	INSIDE("netns", LAB, true, try_netns, .options = "NET_NS"),
	LINK("veth", LAB, true, "veth", "VETH"),
	LINK("bridge", "a segment of three nodes or more", true, "bridge", "BRIDGE"),
	LINK("dummy", "idle interfaces, else made of veth", false, "dummy", "DUMMY"),
	LINK("wireguard", "VPN scenarios with WireGuard", false, "wireguard", "WIREGUARD"),
	INSIDE("tun", "VPN scenarios", false, try_tun, .module = "tun", .options = "TUN"),
	INSIDE("clsact", "mirrored networking mode", false, try_clsact, .module = "sch_ingress",
	       .options = "NET_SCH_INGRESS NET_CLS_ACT"),
	INSIDE("u32", "mirrored networking mode", false, try_u32, .module = "cls_u32",
	       .options = "NET_SCH_INGRESS NET_CLS_ACT NET_CLS_U32"),
	INSIDE("mirred", "mirrored networking mode", false, try_mirred, .module = "act_mirred",
	       .options = "NET_SCH_INGRESS NET_CLS_ACT NET_CLS_U32 NET_ACT_MIRRED"),
	INSIDE("carry", "tunnels inside WSL: WireGuard, or VXLAN and mirred", false, try_carry,
	       .module = "vxlan",
	       .options =
		       "WIREGUARD | VXLAN NET_SCH_INGRESS NET_CLS_ACT NET_CLS_U32 NET_ACT_MIRRED"),
	QDISC("netem", "delay, duplicates and reordering", "sch_netem", "NET_SCH_NETEM"),
	QDISC("tbf", "slow links without netem", "sch_tbf", "NET_SCH_TBF"),
	INSIDE("rate", "slow links: netem or tbf", false, try_rate, .module = "sch_tbf",
	       .options = "NET_SCH_TBF | NET_SCH_NETEM"),
	INSIDE("loss", "packet loss: netem, or nftables' netdev family", false, try_loss,
	       .arg = NETDEV_LOSS, .module = "sch_netem",
	       .options = "NET_SCH_NETEM | NF_TABLES_NETDEV NETFILTER_INGRESS NFT_NUMGEN"),

	NFT("table", LAB, true, INPUT_CHAIN "accept" END_CHAIN, "nf_tables",
	    "NF_TABLES NF_TABLES_INET"),
	NFT("nat", LAB, true, NAT_CHAIN "masquerade" END_CHAIN, "nft_masq",
	    "NF_NAT NFT_NAT NFT_MASQ"),
	NFT("ct", LAB, true, INPUT_CHAIN "ct state established accept" END_CHAIN, "nft_ct",
	    "NF_CONNTRACK NFT_CT"),
	NFT("counter", "firewall scenarios", false, INPUT_CHAIN "counter" END_CHAIN, "nf_tables",
	    "NF_TABLES"),
	NFT("reject", "firewall scenarios", false, INPUT_CHAIN "reject" END_CHAIN,
	    "nft_reject_inet", "NFT_REJECT"),
	NFT("meta", "mirrored networking mode", false, INPUT_CHAIN "meta mark set 7" END_CHAIN,
	    "nf_tables", "NF_TABLES"),
	NFT("set", "mirrored networking mode", false,
	    "table inet t { set s { type inet_service; elements = { 80 }\n}\nchain c { type filter "
	    "hook input "
	    "priority filter; tcp dport @s accept" END_CHAIN,
	    "nf_tables", "NF_TABLES"),
	NFT("netdev", "mirrored networking mode's firewall, packet loss without netem", false,
	    "table netdev t { chain c { type filter hook ingress device \"lo\" priority 0; "
	    "accept" END_CHAIN,
	    "nf_tables", "NF_TABLES_NETDEV NETFILTER_INGRESS"),
	NFT("bridge", "firewall scenarios with a bridge's rules", false,
	    "table bridge t { chain c { type filter hook forward priority 0; accept" END_CHAIN,
	    "nf_tables_bridge", "NF_TABLES_BRIDGE"),
	NFT("fib", "firewall scenarios with fib", false,
	    INPUT_CHAIN "fib daddr type local accept" END_CHAIN, "nft_fib_inet", "NFT_FIB_INET"),
	NFT("numgen", "packet loss without netem", false,
	    INPUT_CHAIN "numgen random mod 100 < 10 drop" END_CHAIN, "nft_numgen", "NFT_NUMGEN"),
	NFT("log", "firewall scenarios with log", false, INPUT_CHAIN "log prefix \"x\"" END_CHAIN,
	    "nft_log", "NFT_LOG"),

	INSIDE("procfs", LAB, true, try_procfs, .options = "PROC_FS"),
	INSIDE("sysfs", LAB, true, try_mount, .arg = "sysfs", .options = "SYSFS"),
	INSIDE("root", LAB, true, try_root, .options = "TMPFS"),
	INSIDE("devpts", "shells on a terminal", true, try_mount,
	       .arg = "devpts newinstance,ptmxmode=0666", .options = "UNIX98_PTYS"),
	INSIDE("overlay", "our own commands over /usr", true, try_overlay, .module = "overlay",
	       .options = "OVERLAY_FS"),
	INSIDE("binfmt", ".exe names run by the kernel, else as scripts", false, try_mount,
	       .arg = "binfmt_misc", .module = "binfmt_misc", .options = "BINFMT_MISC",
	       .mend = "Use Linux 6.7 or later, the first with binfmt_misc in a user namespace"),

	INSIDE("seccomp-listener", "evidence of programs run, uname of a WSL kernel", false,
	       try_listener, .options = "SECCOMP_FILTER"),
	INSIDE("seccomp-killable", "evidence of programs that get many signals", false,
	       try_killable, .options = "SECCOMP_FILTER", .mend = "Use Linux 6.0 or later"),
	INSIDE("capture", "evidence of packets", false, try_capture, .module = "af_packet",
	       .options = "PACKET"),
	INSIDE("conntrack", "evidence of flows, real NAT", false, try_conntrack,
	       .module = "nf_conntrack_netlink", .options = "NF_CT_NETLINK NF_CONNTRACK_EVENTS"),

	TOOL("bash", "the learner's shell", true, "bash"),
	TOOL("ip", "the learner", true, "iproute2"),
	TOOL("ping", "the learner", true, "iputils-ping"),
	TOOL("getent", "the learner", true, "libc-bin"),
	TOOL("dig", "the learner, where a scenario says so", false, "bind9-dnsutils"),
	TOOL("tcpdump", "the learner, where a scenario says so", false, "tcpdump"),
	TOOL("nft", "the learner, firewall scenarios", false, "nftables"),
	TOOL("iptables", "the learner, where a scenario says so", false, "iptables"),
	TOOL("curl", "the learner, where a scenario says so", false, "curl"),
	TOOL("git", "the learner, where a scenario says so", false, "git"),
	TOOL("ufw", "the learner, where a scenario says so", false, "ufw"),
	TOOL("python3", "the learner, where a scenario says so", false, "python3"),
};
const size_t n_checks = ARRAY_SIZE(checks);
