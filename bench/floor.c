/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The floor: just the system calls for the five nodes of tests/data/nat.json, then letting go by
 * exit. */
/*
 * What netdojo's `up` and `down` are measured against. One user namespace with its id map; five
 * nodes, each with its own network, mount, UTS, IPC, cgroup and PID namespace, a tmpfs root with
 * /usr bound, its own proc and sysfs, pivot_root; the links, addresses, routes, sysctls and
 * rulesets; one bound UDP socket a service. Nothing is checked beyond each call's own answer,
 * nothing is logged, nothing answers. Exits 0 when all of it stood.
 *
 * One namespace's requests travel in one datagram; the nodes make their roots side by side. Those
 * are what a straightforward program would do too, and netdojo is free to do the same.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <nftables/libnftables.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INTERNET, ROUTER, PHONE, WINDOWS, WSL, N_NODES };
enum {
	HUB_PORTS = 3,
	ETH0 = 2,
	ETH1 = 3
}; /* the first interfaces of a fresh namespace are 2 and 3 */

static const char *const hostnames[N_NODES] = {"internet", "router", "phone", "DESKTOP-7Q2M1KP",
					       "DESKTOP-7Q2M1KP"};

static const struct end {
	int node;
	const char *name, *mac;
	int queues;
} wan[2] = {{INTERNET, "eth0", "\x52\x54\x00\xcb\x71\x01", 1},
	    {ROUTER, "eth0", "\x52\x54\x00\xcb\x71\x02", 1}},
  lan[HUB_PORTS] = {{ROUTER, "eth1", "\x52\x54\x00\xa8\x01\x01", 1},
		    {PHONE, "wlan0", "\x3e\x9a\x51\x0c\x77\x23", 1},
		    {WINDOWS, "eth0", "\xa4\xbb\x6d\x3f\x20\x50", 1}},
  vswitch[2] = {{WINDOWS, "vEthernet", "\x00\x15\x5d\xa0\x2c\x01", 1},
		{WSL, "eth0", "\x00\x15\x5d\x21\x8f\x3b", 2}};

static const struct {
	int node, link;
	const char *address;
	int prefix;
} addresses[] = {
	{INTERNET, 1, "8.8.8.8", 32},	      {INTERNET, 1, "1.1.1.1", 32},
	{INTERNET, 1, "142.250.179.142", 32}, {INTERNET, 1, "140.82.121.4", 32},
	{INTERNET, 1, "198.51.100.10", 32},   {INTERNET, ETH0, "203.0.113.1", 24},
	{ROUTER, ETH0, "203.0.113.2", 24},    {ROUTER, ETH1, "192.168.1.1", 24},
	{PHONE, ETH0, "192.168.1.23", 24},    {WINDOWS, ETH0, "192.168.1.50", 24},
	{WINDOWS, ETH1, "172.27.32.1", 20},   {WSL, ETH0, "172.27.43.151", 20},
};

static const struct {
	int node;
	const char *via;
	int link, protocol, metric;
} routes[] = {
	{ROUTER, "203.0.113.1", ETH0, RTPROT_STATIC, 0},
	{PHONE, "192.168.1.1", ETH0, RTPROT_DHCP, 0},
	{WINDOWS, "192.168.1.1", ETH0, RTPROT_DHCP, 25},
	{WSL, "172.27.32.1", ETH0, RTPROT_KERNEL, 0},
};

static const struct {
	int node;
	const char *text;
} rulesets[] = {
	{ROUTER, "table ip home_nat {\n\tchain postrouting {\n"
		 "\t\ttype nat hook postrouting priority srcnat; policy accept;\n"
		 "\t\tip saddr 192.168.1.0/24 oifname \"eth0\" masquerade\n\t}\n}\n"},
	{WINDOWS, "table ip ics_nat {\n\tchain postrouting {\n"
		  "\t\ttype nat hook postrouting priority srcnat; policy accept;\n"
		  "\t\tip saddr 172.27.32.0/20 oifname \"eth0\" masquerade\n\t}\n}\n"},
};

static const struct {
	int node;
	const char *address;
	uint16_t port;
} services[] = {{INTERNET, "8.8.8.8", 53},
		{INTERNET, "142.250.179.142", 80},
		{INTERNET, "198.51.100.10", 7},
		{ROUTER, "192.168.1.1", 53},
		{WINDOWS, "172.27.32.1", 53}};

static void die(const char *what)
{
	perror(what);
	_exit(1);
}

static void need(bool ok, const char *what)
{
	if (!ok)
		die(what);
}

static pid_t clone_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

static void put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	need(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

/* A node's root. */

static void make_root(void)
{
	static const char *const dirs[] = {"usr", "proc", "sys", "dev",
					   "etc", "run",  "tmp", "root"};
	static const char *const links[][2] = {{"usr/bin", "bin"},
					       {"usr/sbin", "sbin"},
					       {"usr/lib", "lib"},
					       {"usr/lib64", "lib64"}};

	need(!mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=16m,nr_inodes=4096"),
	     "tmpfs");
	need(!chdir("/tmp"), "chdir");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		need(!mkdir(dirs[i], 0755), dirs[i]);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		need(!symlink(links[i][0], links[i][1]), links[i][1]);
	need(!mount("/usr", "usr", NULL, MS_BIND | MS_REC, NULL), "bind /usr");
	need(!mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "proc");
	need(!mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "sysfs");
	need(!syscall(SYS_pivot_root, ".", "."), "pivot_root");
	need(!umount2(".", MNT_DETACH) && !chdir("/"), "leave the old root");
}

static void start_node(int node, int ready, pid_t *pids)
{
	pid_t pid = clone_into(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |
			       CLONE_NEWCGROUP | CLONE_NEWPID);

	need(pid >= 0, "clone a node");
	pids[node] = pid;
	if (pid)
		return;
	make_root();
	need(!sethostname(hostnames[node], strlen(hostnames[node])), "sethostname");
	need(write(ready, "", 1) == 1, "ready");
	for (;;)
		pause();
}

/* Netlink: one datagram of requests a namespace. */

struct batch {
	struct mnl_socket *sock;
	unsigned int seq;
	size_t len;
	char buf[16384];
};

static struct mnl_socket *open_route(void)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);

	need(s && !mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID), "netlink");
	return s;
}

static struct nlmsghdr *request(struct batch *b, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(b->buf + b->len);

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	h->nlmsg_seq = ++b->seq;
	return h;
}

static void seal(struct batch *b, const struct nlmsghdr *h)
{
	b->len += NLMSG_ALIGN(h->nlmsg_len);
	b->buf[b->len] = 0;
}

/* The last request asks for an answer; a failed earlier one answers unasked. */
static void flush(struct batch *b, struct nlmsghdr *last, const char *what)
{
	char in[8192];
	ssize_t n;

	last->nlmsg_flags |= NLM_F_ACK;
	need(mnl_socket_sendto(b->sock, b->buf, b->len) == (ssize_t)b->len, what);
	n = mnl_socket_recvfrom(b->sock, in, sizeof(in));
	need(n > 0 && mnl_cb_run(in, (size_t)n, last->nlmsg_seq, 0, NULL, NULL) >= 0, what);
	b->len = 0;
}

static struct ifinfomsg *link_head(struct nlmsghdr *h, unsigned int flags)
{
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(h, sizeof(*ifi));

	ifi->ifi_flags = ifi->ifi_change = flags;
	return ifi;
}

static void put_end(struct nlmsghdr *h, const struct end *e, int fd)
{
	mnl_attr_put_strz(h, IFLA_IFNAME, e->name);
	mnl_attr_put(h, IFLA_ADDRESS, 6, e->mac);
	mnl_attr_put_u32(h, IFLA_NET_NS_FD, (uint32_t)fd);
	mnl_attr_put_u32(h, IFLA_NUM_TX_QUEUES, (uint32_t)e->queues);
	mnl_attr_put_u32(h, IFLA_NUM_RX_QUEUES, (uint32_t)e->queues);
}

/* A veth pair: `near` in its node, or a port of the bridge in this namespace when near is NULL. */
static struct nlmsghdr *add_pair(struct batch *b, const struct end *near, const struct end *far,
				 const int *fds, int bridge)
{
	struct nlmsghdr *h = request(b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info, *data, *peer;

	link_head(h, near ? 0 : IFF_UP);
	if (near)
		put_end(h, near, fds[near->node]);
	else
		mnl_attr_put_u32(h, IFLA_MASTER, (uint32_t)bridge);
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(h, VETH_INFO_PEER);
	link_head(h, 0);
	put_end(h, far, fds[far->node]);
	mnl_attr_nest_end(h, peer);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	seal(b, h);
	return h;
}

static struct nlmsghdr *add_bridge(struct batch *b, int index)
{
	struct nlmsghdr *h = request(b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info;

	link_head(h, IFF_UP)->ifi_index = index;
	mnl_attr_put_strz(h, IFLA_IFNAME, "lan");
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "bridge");
	mnl_attr_nest_end(h, info);
	seal(b, h);
	return h;
}

static struct nlmsghdr *set_up(struct batch *b, int index)
{
	struct nlmsghdr *h = request(b, RTM_NEWLINK, 0);

	link_head(h, IFF_UP)->ifi_index = index;
	seal(b, h);
	return h;
}

static struct nlmsghdr *add_address(struct batch *b, int index, const char *text, int prefix)
{
	struct nlmsghdr *h = request(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(h, sizeof(*ifa));
	uint32_t a = inet_addr(text);

	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = (uint8_t)prefix;
	ifa->ifa_index = (uint32_t)index;
	mnl_attr_put_u32(h, IFA_LOCAL, a);
	mnl_attr_put_u32(h, IFA_ADDRESS, a);
	mnl_attr_put_u32(h, IFA_BROADCAST, a | (prefix == 32 ? 0 : htonl(0xffffffffu >> prefix)));
	seal(b, h);
	return h;
}

static struct nlmsghdr *add_route(struct batch *b, const char *via, int index, int protocol,
				  int metric)
{
	struct nlmsghdr *h = request(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct rtmsg *r = mnl_nlmsg_put_extra_header(h, sizeof(*r));

	r->rtm_family = AF_INET;
	r->rtm_table = RT_TABLE_MAIN;
	r->rtm_protocol = (uint8_t)protocol;
	r->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(h, RTA_GATEWAY, inet_addr(via));
	mnl_attr_put_u32(h, RTA_OIF, (uint32_t)index);
	mnl_attr_put_u32(h, RTA_PRIORITY, (uint32_t)metric);
	seal(b, h);
	return h;
}

static struct nlmsghdr *add_mq(struct batch *b, int index)
{
	struct nlmsghdr *h = request(b, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE);
	struct tcmsg *t = mnl_nlmsg_put_extra_header(h, sizeof(*t));

	t->tcm_ifindex = index;
	t->tcm_parent = TC_H_ROOT;
	mnl_attr_put_strz(h, TCA_KIND, "mq");
	seal(b, h);
	return h;
}

/* The lab. */

static void make_links(const int *fds)
{
	struct batch b = {.sock = open_route()};
	struct nlmsghdr *last;

	add_pair(&b, &wan[0], &wan[1], fds, 0);
	add_bridge(&b, 100);
	for (int i = 0; i < HUB_PORTS; i++)
		add_pair(&b, NULL, &lan[i], fds, 100);
	last = add_pair(&b, &vswitch[0], &vswitch[1], fds, 0);
	flush(&b, last, "links");
	mnl_socket_close(b.sock);
}

static void apply_ruleset(const char *text)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);

	need(nft && !nft_run_cmd_from_buffer(nft, text), "ruleset");
	nft_ctx_free(nft);
}

static void bind_service(const char *address, uint16_t port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = inet_addr(address)};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	need(s >= 0 && !bind(s, (struct sockaddr *)&sin, sizeof(sin)), "bind");
}

static void fill_batch(struct batch *b, int node)
{
	bool two = node == ROUTER || node == WINDOWS;
	struct nlmsghdr *last;

	set_up(b, 1);
	last = set_up(b, ETH0);
	if (two)
		last = set_up(b, ETH1);
	if (node == WSL)
		last = add_mq(b, ETH0);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++)
		if (addresses[i].node == node)
			last = add_address(b, addresses[i].link, addresses[i].address,
					   addresses[i].prefix);
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++)
		if (routes[i].node == node)
			last = add_route(b, routes[i].via, routes[i].link, routes[i].protocol,
					 routes[i].metric);
	flush(b, last, hostnames[node]);
}

static void configure(int node, int fd)
{
	struct batch b = {0};

	need(!setns(fd, CLONE_NEWNET), "setns");
	if (node == ROUTER || node == WINDOWS)
		put_file("/proc/sys/net/ipv4/ip_forward", "1");
	b.sock = open_route();
	fill_batch(&b, node);
	mnl_socket_close(b.sock);
	for (size_t i = 0; i < sizeof(rulesets) / sizeof(*rulesets); i++)
		if (rulesets[i].node == node)
			apply_ruleset(rulesets[i].text);
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (services[i].node == node)
			bind_service(services[i].address, services[i].port);
}

static int open_netns(pid_t pid)
{
	char path[48];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	need(fd >= 0, path);
	return fd;
}

/* PID 1 of the lab. Its exit is the letting go: the kernel ends every node with it. */
static void lab(int mapped)
{
	int ready[2], fds[N_NODES];
	pid_t pids[N_NODES];
	char byte;

	need(read(mapped, &byte, 1) == 1, "the id map");
	need(!mount("proc", "/proc", "proc", 0, NULL), "the lab's proc");
	need(!pipe2(ready, O_CLOEXEC), "pipe");
	for (int i = 0; i < N_NODES; i++)
		start_node(i, ready[1], pids);
	for (int i = 0; i < N_NODES; i++)
		fds[i] = open_netns(pids[i]);
	make_links(fds);
	for (int i = 0; i < N_NODES; i++)
		configure(i, fds[i]);
	for (int i = 0; i < N_NODES; i++)
		need(read(ready[0], &byte, 1) == 1, "a node");
	_exit(0);
}

static void write_map(pid_t pid, const char *file, unsigned int id)
{
	char path[48], text[32];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	snprintf(text, sizeof(text), "0 %u 1", id);
	put_file(path, text);
}

int main(void)
{
	char setgroups[48];
	int mapped[2], status;
	pid_t pid;

	need(!pipe2(mapped, O_CLOEXEC), "pipe");
	pid = clone_into(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
			 CLONE_NEWUTS | CLONE_NEWCGROUP);
	need(pid >= 0, "clone the lab");
	if (!pid)
		lab(mapped[0]);
	snprintf(setgroups, sizeof(setgroups), "/proc/%d/setgroups", pid);
	put_file(setgroups, "deny");
	write_map(pid, "uid_map", getuid());
	write_map(pid, "gid_map", getgid());
	need(write(mapped[1], "", 1) == 1, "pipe");
	need(waitpid(pid, &status, 0) == pid, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
