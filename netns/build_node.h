/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the build port holds: the hub and one network namespace a node. Private to netns/. */
#ifndef NETDOJO_NETNS_BUILD_NODE_H
#define NETDOJO_NETNS_BUILD_NODE_H

#include <net/if.h>

#include "model/plan.h"
#include "netns/rtsock.h"

struct mnl_socket;
struct port_range;

enum { BUILD_PINS_MAX = 24, BUILD_RAISED_MAX = 64 };

struct build_node {
	char *name;	       /* owned */
	int netns;	       /* owned */
	struct rtsock rt;      /* opened inside netns */
	struct mnl_socket *nf; /* to its nftables, once steer_set.c needed it */
};

/* An interface that shares another node's port (mirror.c). */
struct mirror {
	char node[IFNAMSIZ], iface[IFNAMSIZ]; /* whose it is; "" = a free place */
	unsigned int port, u, loopback;	      /* indexes in the hub; loopback 0 = none */
};

/* An end of a tunnel that VXLAN carries (carry.c). */
struct carried {
	char node[IFNAMSIZ], iface[IFNAMSIZ]; /* whose it is; "" = a free place */
	unsigned int number;		      /* of its links in the hub: p7, x7 */
};

/* Priorities of filters, and tables: those of the host's port, of u, of the loopback segment's. */
enum mirror_priority {
	MIRROR_ARP = 10,
	MIRROR_V4,
	MIRROR_V6,
	MIRROR_HOST = 10,
	MIRROR_OUT,
	MIRROR_BACK = 100, /* and more, one each */
};
enum mirror_table {
	MIRROR_ICMP = 1,
	MIRROR_TCP,
	MIRROR_UDP,
	MIRROR_ICMP6,
	MIRROR_TCP6,
	MIRROR_UDP6,
};

/* A filter for ports of which the bits of mask are value's. */
struct steer_key {
	uint8_t proto;
	uint16_t value, mask;
	uint16_t number; /* in its table, on every mirror */
};

/* The steering in force (steer.c). */
struct steer_state {
	char guest[IFNAMSIZ], host[IFNAMSIZ];
	struct steer_key *keys; /* owned */
	size_t n_keys;
	struct port_range *ranges; /* owned; none overlaps another */
	size_t n_ranges;
};

struct build {
	int home; /* owned: the hub's namespace */
	struct rtsock hub;
	struct build_node *nodes;
	size_t n_nodes;
	struct build_node spares[MODEL_MAX_NODES]; /* made ahead, nameless */
	size_t n_spares;
	unsigned int next_port;	   /* names the hub's ends: p1, p2, ... */
	unsigned int settled_port; /* link_settle has seen those up to here */
	struct {
		char node[IFNAMSIZ], iface[IFNAMSIZ];
	} raised[BUILD_RAISED_MAX]; /* up, not settled */
	size_t n_raised;
	struct mirror mirrors[MODEL_MAX_IFACES];
	struct carried carried[MODEL_MAX_IFACES];
	struct steer_state steer;
	bool no_netem;		  /* the kernel said so */
	char lossy[64][IFNAMSIZ]; /* segments whose cable loses frames by a table of nftables */
	uint32_t pins; /* bit i: a fresh namespace is not as our i-th pin says, so a node sets it */
};

/* Borrowed; NULL when there is none. */
struct build_node *build_node_find(struct build *b, const char *name);
/* As above; -ENOENT "No node NAME" in err. */
int build_node_need(struct build *b, const char *name, struct build_node **ret, struct err *err);
/* A namespace with lo up unless the model says down; a node that exists already is success. */
int build_node_add(struct build *b, const struct node *node, struct err *err);
/* Deletes the node's links at once (a namespace's own end would come later), then lets the
 * namespace go. */
int build_node_del(struct build *b, const char *name, struct err *err);
/* The first spare, in which is seen what the others will need pinned. */
int build_node_first(struct build *b, struct err *err);
/* One more spare. */
int build_node_spare(struct build *b, struct err *err);
void build_node_drop_spares(struct build *b);
void build_node_done(struct build_node *n);

#endif
