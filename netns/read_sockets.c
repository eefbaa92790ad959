/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads TCP and UDP sockets by sock_diag. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>

#include "netns/build_read.h"
#include "netns/dump.h"
#include "netns/nlaux.h"

struct reading {
	const char *proto;
	json_t *out;
};

static void put_end(json_t *o, const char *address, const char *port, int family,
		    const uint32_t *ip, uint16_t net_port)
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(family, ip, text, sizeof(text));
	json_object_set_new(o, address, json_string(text));
	json_object_set_new(o, port, json_integer(ntohs(net_port)));
}

static int one_socket(const struct nlmsghdr *h, void *arg)
{
	const struct inet_diag_msg *d = mnl_nlmsg_get_payload(h);
	const struct reading *r = arg;
	json_t *o = json_object();

	json_object_set_new(o, "proto", json_string(r->proto));
	read_put_name(o, "family", names_family, d->idiag_family);
	read_put_name(o, "state", names_tcp_state, d->idiag_state);
	put_end(o, "local", "local_port", d->idiag_family, d->id.idiag_src, d->id.idiag_sport);
	put_end(o, "peer", "peer_port", d->idiag_family, d->id.idiag_dst, d->id.idiag_dport);
	json_object_set_new(o, "uid", json_integer(d->idiag_uid));
	json_object_set_new(o, "inode", json_integer(d->idiag_inode));
	return json_array_append_new(r->out, o) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

/* The request of before Linux 3.3 gives both families in one walk. */
static int read_tcp(json_t *out, struct build *b, struct build_node *n, uint32_t states,
		    struct err *err)
{
	struct inet_diag_req q = {.idiag_states = states};
	struct dump_ask ask = {NETLINK_SOCK_DIAG, TCPDIAG_GETSOCK, &q, sizeof(q)};
	struct reading r = {"tcp", out};

	return dump_run(n->netns, b->home, &ask, one_socket, &r, err);
}

static int read_udp(json_t *out, struct build *b, struct build_node *n, int family, struct err *err)
{
	struct inet_diag_req_v2 q = {.sdiag_family = (uint8_t)family,
				     .sdiag_protocol = IPPROTO_UDP,
				     .idiag_states = ~0u};
	struct dump_ask ask = {NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, &q, sizeof(q)};
	struct reading r = {"udp", out};

	return dump_run(n->netns, b->home, &ask, one_socket, &r, err);
}

/* TCP's in these states, and UDP's. */
static int read_both(struct build *b, struct build_node *n, uint32_t states, json_t **ret,
		     struct err *err)
{
	auto_json json_t *out = json_array();
	int rc = read_tcp(out, b, n, states, err);

	if (rc == 0)
		rc = read_udp(out, b, n, AF_INET, err);
	if (rc == 0)
		rc = read_udp(out, b, n, AF_INET6, err);
	if (rc == 0)
		*ret = ptr_steal(out);
	return rc;
}

int read_sockets(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	return read_both(b, n, ~0u, ret, err);
}

int read_open(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	return read_both(b, n, 1u << TCP_LISTEN, ret, err);
}

/*
 * Those that listen are in a table of their own: asked for other states too, the kernel walks its table of connections, one
 * for the whole machine. Init asks once a second.
 */
int read_listeners(struct build *b, struct build_node *n, json_t **ret, struct err *err)
{
	auto_json json_t *out = json_array();
	int rc = read_tcp(out, b, n, 1u << TCP_LISTEN, err);

	if (rc == 0)
		*ret = ptr_steal(out);
	return rc;
}
