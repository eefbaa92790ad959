/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lab as plain data: what should be. Lua describes it, this parses and validates it, the planner
 * compares two of them, and only then does anything touch the kernel. The JSON form
 * (docs/formats/model.md) has the same names.
 *
 * Ownership: a model owns everything below it; model_free() frees all. Strings are never NULL
 * unless said. Names are unique: nodes in a lab, interfaces, sysctls and files in a node, services
 * in a lab.
 */
#ifndef NETDOJO_MODEL_MODEL_H
#define NETDOJO_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

enum {
	MODEL_MAX_NODES = 32,
	MODEL_MAX_IFACES = 16, /* of one node */
	MODEL_IFNAME_MAX = 15, /* IFNAMSIZ - 1 */
};

enum node_role {
	ROLE_OTHER,
	ROLE_INTERNET,
	ROLE_ROUTER,
	ROLE_LAN, /* a device on the home network: phone */
	ROLE_WINDOWS,
	ROLE_WSL,
	N_ROLES,
};

enum iface_kind {
	IFACE_LOOPBACK, /* "lo", in every node; listed only to carry addresses or to be down */
	IFACE_VETH,	/* one end on a segment */
	IFACE_DUMMY,
	IFACE_BRIDGE, /* a bridge of the node's own (docker0) */
	IFACE_TUNNEL, /* one end of a VPN on a segment: WireGuard where the kernel has it, else a pair
			 of the same MTU */
	N_IFACE_KINDS,
};

struct address {
	char *cidr;	 /* "172.27.43.151/20" or "fe80::1/64" */
	char *broadcast; /* "" = computed for IPv4 */
	char *scope;	 /* "" = global (IPv6 link-local: link), "link", "host" */
	bool noprefixroute;
	bool nodad;	 /* IPv6: taken at once, nobody is asked whether it is in use */
	bool deprecated; /* preferred lifetime 0: no source for new connections */
};

struct iface {
	char *name;  /* kernel name, at most 15 bytes */
	char *label; /* what a person calls it: "vEthernet (WSL)"; "" = name */
	enum iface_kind kind;
	char *segment;	 /* segment joined; "" for none */
	char *master;	 /* the node's own bridge it is a port of (docker0); "" for none */
	char *mirrors;	 /* "windows/eth0": shares that interface's port of the segment, which is a
			    bridge (decision 9); "" for none */
	char *loopback;	 /* with mirrors: the segment where frames for the host itself go; "" for
			    none */
	char *endpoint;	 /* of a tunnel: "203.0.113.50:51820", where its peers find it; "" = it
			    goes to them */
	bool carried;	 /* of a tunnel: its packets travel by the node's own ways, whatever the
			    kernel has */
	char *mac;	 /* "00:15:5d:21:8f:3b"; "" = the kernel's choice */
	uint32_t mtu;	 /* bytes, 68-65535; 0 = 1500 (lo: 65536) */
	uint32_t queues; /* tx/rx queues, 1-8; over 1 gives "qdisc mq" */
	bool up;
	struct address *addresses;
	size_t n_addresses;
};

struct route {
	char *dst;	/* "default" or a CIDR */
	char *via;	/* "" for none */
	char *dev;	/* "" = found by the kernel */
	char *src;	/* "" for none */
	char *protocol; /* "kernel", "boot", "static"; rtnetlink's names */
	char *scope;	/* "" = what the kernel would choose: "global" with via, else "link" */
	char *type;	/* "unicast", "blackhole", "unreachable", "prohibit" */
	uint32_t table; /* 254 = main */
	uint32_t metric;
	bool onlink;
	bool ipv6;
};

/* A policy rule: ip rule's words. The three stock rules are not listed. */
struct rule {
	uint32_t priority;
	char *from, *to, *iif;	 /* "" for any */
	char *ipproto;		 /* "tcp", "udp", "icmp"; "" for any */
	uint32_t fwmark, fwmask; /* both 0 = none */
	uint32_t table;
	bool ipv6;
};

struct neigh {
	char *dev, *address, *mac; /* always permanent */
};

struct sysctl {
	char *name; /* "net.ipv4.ip_forward"; must begin with "net." */
	char *value;
};

struct file {
	char *path;    /* absolute, inside the node */
	char *content; /* text; "" when symlink is set */
	char *symlink; /* target; "" = a regular file */
	uint32_t mode; /* 0644 unless said */
	bool remove;   /* true: the path must not exist */
};

struct env_var {
	char *name, *value;
};

/* A read-only tree of the host's shown inside a node at the same or another path (a tool's
 * virtualenv, /opt/x). */
struct tree {
	char *source, *target;
};

/* A folder that every node naming it shares, and that outlives them (Windows' C:). */
struct volume {
	char *name, *target;
};

struct node {
	char *name; /* [a-z][a-z0-9-]{0,14} */
	enum node_role role;
	char *hostname;
	char *user;    /* default user of exec and shell: "root" or "learner" */
	char *kernel;  /* what uname -r says; "" = the host's */
	bool observed; /* packets, changes and file writes here become evidence */
	struct iface *ifaces;
	size_t n_ifaces;
	struct route *routes;
	size_t n_routes;
	struct rule *rules;
	size_t n_rules;
	struct neigh *neighs;
	size_t n_neighs;
	struct sysctl *sysctls;
	size_t n_sysctls;
	char *ruleset; /* nft syntax, whole tables; "" for none. Tables named here are ours, others
			  the learner's */
	struct file *files;
	size_t n_files;
	struct env_var *env;
	size_t n_env;
	struct tree *trees;
	size_t n_trees;
	char *disk; /* the node's own files live on under this name, for its next generation; "" =
		       gone with the node */
	struct volume *volumes;
	size_t n_volumes;
	bool interop;	     /* .exe files run here as Windows programs */
	uint32_t local_rule; /* priority of the IPv4 rule "from all lookup local"; 0 = the kernel's
				own stands */
	json_t *port_space;  /* the ports it shares with another node (docs/formats/model.md), an
				object (owned); {} = its own */
};

struct segment {
	char *name; /* [a-z][a-z0-9-]{0,14}; members are the interfaces that name it: 2 = veth pair,
		       3+ = bridge */
	char *label; /* "Home LAN" */
	char *cidr;  /* for drawings; "" for none */
	bool bridge; /* a bridge whatever the number of members: one may go, the others stay */
	/* What its cable does to frames, in each direction; 0 = nothing. */
	uint32_t rate_kbit, delay_ms, jitter_ms;
	uint32_t loss, duplicate, reorder; /* in thousandths of the frames */
};

enum service_kind {
	SERVICE_DNS,
	SERVICE_HTTP,
	SERVICE_ECHO,
	SERVICE_RELAY,
	SERVICE_PROGRAM, /* a real program */
	N_SERVICE_KINDS,
};

struct listen_on {
	char *proto;   /* "udp" or "tcp" */
	char *address; /* "0.0.0.0" */
	uint16_t port; /* 1-65535 */
};

struct service {
	char *name;
	char *node;
	enum service_kind kind;
	bool running; /* false: stopped, its sockets closed */
	struct listen_on *listens;
	size_t n_listens;
	char *via;	/* the node whose sockets it uses onward; "" = its own */
	bool optional;	/* sockets that can't be had are no error: tried again at each change */
	json_t *config; /* kind's own settings, an object; for a program
			   {"argv":[..],"ready":{"tcp":port}} (owned) */
};

struct model {
	char *name; /* topology's name: "wsl2.nat" */
	char *mode; /* "nat", "mirrored", ... */
	struct node *nodes;
	size_t n_nodes;
	struct segment *segments;
	size_t n_segments;
	struct service *services;
	size_t n_services;
	char *switch_ruleset; /* nft syntax, tables where the segments' bridges are: the Hyper-V
				 firewall of mirrored interfaces; "" for none */
	json_t *windows; /* what Windows is (docs/formats/windows.md), an object carried as it is
			    (owned) */
};

/*
 * Builds a model from its JSON form (borrowed). Unknown and missing keys, bad names, values out of
 * range, routes whose gateway is on no connected subnet of an interface that is up, two ends with
 * one address on one segment, services on unknown nodes: ERR_USAGE with the path of the value
 * ("nodes[4].ifaces[0].mtu: ..."). Caller frees *ret with model_free.
 */
int model_from_json(const json_t *j, struct model **ret, struct err *err);
/* The JSON form; caller owns it. */
json_t *model_to_json(const struct model *m);
/* Takes NULL. */
void model_free(struct model *m);
static inline void model_freep(struct model **m)
{
	model_free(*m);
}
#define auto_model nd_cleanup(model_freep) struct model

/* Borrowed look-ups; NULL when there is none. */
const struct node *model_node(const struct model *m, const char *name);
const struct iface *node_iface(const struct node *n, const char *name);
const struct service *model_service(const struct model *m, const char *name);
const char *node_role_name(enum node_role r);
const char *iface_kind_name(enum iface_kind k);
const char *service_kind_name(enum service_kind k);

#endif
