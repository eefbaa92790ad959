/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Port: make and remove kernel objects, and read them back. The engine calls; netns/ implements; tests use
 * tests/fake/. An implementation runs inside the lab's init (root of the lab's user namespace) and never blocks on
 * anything but the kernel's own answer.
 */
#ifndef NETDOJO_PORT_BUILD_H
#define NETDOJO_PORT_BUILD_H

#include "model/plan.h"

/* What of a node's live state to read; JSON uses the field names of `ip -json`, `ss` and sysctl. */
enum read_what {
	READ_LINKS, /* [{ifname,flags[],mtu,operstate,address,kind,master,addr_info[{family,local,prefixlen,broadcast,scope}]}] */
	READ_ROUTES, /* every table, both families: [{dst,gateway,dev,protocol,scope,prefsrc,metric,table,flags[],type,family}] */
	READ_RULES,  /* [{priority,src,dst,fwmark,iif,ipproto,table,family}] */
	READ_NEIGHS, /* [{dst,dev,lladdr,state[]}] */
	READ_RULESET,	/* {"text": what `nft list ruleset` prints} */
	READ_SOCKETS,	/* TCP and UDP: [{proto,state,local,local_port,peer,peer_port,uid,inode}] */
	READ_LISTENERS, /* those of TCP that listen; far cheaper, for the kernel has all others of the machine in one table */
	READ_OPEN, /* those and UDP's: all that somebody may send to unasked, without that table either */
	READ_CONNTRACK, /* [{proto,src,dst,sport,dport,reply_src,reply_dst,reply_sport,reply_dport}] */
	READ_SYSCTL,	/* arg = name: {"value"} */
	N_READS,
};

/* Ports lo to hi of one protocol (IPPROTO_TCP, IPPROTO_UDP). */
struct port_range {
	uint8_t proto;
	uint16_t lo, hi;
};

/* What of two nodes' one port space is the guest's: frames and loopback traffic for these go to it, the rest to the host. */
struct steering {
	const char *guest, *host;
	const struct port_range *ports;
	size_t n;
};

struct build_port {
	void *ctx;
	/* Executes one operation other than OP_FILE_* and OP_SERVICE_*; those belong to the lab. */
	int (*apply)(void *ctx, const struct op *op, struct err *err);
	/* Undoes an applied one; best effort, never fails the caller. */
	void (*undo)(void *ctx, const struct op *op);
	/* Reads live state; arg is "" unless said. Caller owns *ret. */
	int (*read)(void *ctx, const char *node, enum read_what what, const char *arg, json_t **ret,
		    struct err *err);
	/*
	 * Opens and binds a socket inside a node's network namespace: type SOCK_STREAM listens (backlog 128),
	 * SOCK_DGRAM binds; address "" (IPv4) or "::" (IPv6) and port 0 = unbound (for a client). Non-blocking, close-on-exec.
	 * Two listening ones of ours may have one port where only one address is a wildcard, which gets the rest; the very same
	 * address twice is not refused, so whoever could ask for that looks first.
	 * Returns the descriptor or a negative errno. Caller owns it.
	 */
	int (*open_socket)(void *ctx, const char *node, int type, const char *address,
			   uint16_t port, struct err *err);
	/*
	 * Puts a steering in force, in place of the one before: at the switch ports that the guest's interfaces mirror, and
	 * as elements of the set `gp` of table `ip wslcore` in the host node, where that table is there. Nodes that are gone
	 * are no error.
	 */
	int (*steer)(void *ctx, const struct steering *s, struct err *err);
	/* A borrowed descriptor of the node's network namespace; -ENOENT when there is no such node. */
	int (*netns_fd)(void *ctx, const char *node);
};

/* Names as the node and script protocols spell them: "links", "routes", ... ; -1 for an unknown name. */
int read_what_from_name(const char *name);
const char *read_what_name(enum read_what w);

#endif
