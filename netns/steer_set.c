/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of a steering's ports in the host node, by nftables' own messages: a context of libnftables would cost more than
 * all else a bind(2) waits for. The set is read each time, and only what differs is written: in one transaction as long as a
 * message holds it, which several hundred ports at once do not fit; then in several, old ports out before new ones come in.
 */
#define _GNU_SOURCE
#include "netns/steer_set.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "netns/netns.h"
#include "netns/nlaux.h"

enum { BATCH_MAX = 65536, KEY_BYTES = 8 };

static const char table_name[] = "wslcore", set_name[] = "gp";

/* --- ranges
 * ---------------------------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
	const struct port_range *x = a, *y = b;

	if (x->proto != y->proto)
		return x->proto - y->proto;
	return x->lo != y->lo ? x->lo - y->lo : x->hi - y->hi;
}

/* The kernel refuses elements that overlap; those that touch are one element less. */
static size_t merge(struct port_range *r, size_t n)
{
	size_t out = 0;

	qsort(r, n, sizeof(*r), by_place);
	for (size_t i = 0; i < n; i++) {
		struct port_range *last = out ? &r[out - 1] : NULL;

		if (!last || last->proto != r[i].proto || r[i].lo > last->hi + 1)
			r[out++] = r[i];
		else if (r[i].hi > last->hi)
			last->hi = r[i].hi;
	}
	return out;
}

/* Ranges in order. */
struct found {
	struct port_range *v;
	size_t n;
};

static bool holds(const struct found *all, const struct port_range *r)
{
	return all->n && bsearch(r, all->v, all->n, sizeof(*r), by_place);
}

/* --- the socket
 * ------------------------------------------------------------------------------------------------- */

/* Kept open: closing one waits for what was deleted by anybody. */
static int open_socket(struct build *b, struct build_node *n, struct err *err)
{
	auto_visit v = NETNS_AT_HOME;
	int rc;

	if (n->nf)
		return 0;
	rc = netns_enter(&v, n->netns, b->home, err);
	if (rc < 0)
		return rc;
	n->nf = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!n->nf || mnl_socket_bind(n->nf, 0, MNL_SOCKET_AUTOPID) < 0)
		return err_sys(err, errno, "Can't open a socket to nftables");
	return 0;
}

static struct nlmsghdr *put_header(void *buf, int type, int flags, uint32_t seq)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nf = mnl_nlmsg_put_extra_header(h, sizeof(*nf));

	h->nlmsg_type = (uint16_t)type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	h->nlmsg_seq = seq;
	nf->nfgen_family = NFPROTO_IPV4;
	nf->version = NFNETLINK_V0;
	if (type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END) {
		nf->nfgen_family = AF_UNSPEC;
		nf->res_id = htons(NFNL_SUBSYS_NFTABLES);
	}
	return h;
}

static int set_message(int what)
{
	return NFNL_SUBSYS_NFTABLES << 8 | what;
}

static struct nlmsghdr *put_set_header(void *buf, int what, int flags, uint32_t seq)
{
	struct nlmsghdr *h = put_header(buf, set_message(what), flags, seq);

	mnl_attr_put_strz(h, NFTA_SET_ELEM_LIST_TABLE, table_name);
	mnl_attr_put_strz(h, NFTA_SET_ELEM_LIST_SET, set_name);
	return h;
}

/* --- reading
 * ----------------------------------------------------------------------------------------------------- */

/* protocol . port, each at the beginning of four bytes */
static bool read_key(const struct nlattr *key, uint8_t *proto, uint16_t *port)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, key)
	{
		const uint8_t *bytes = mnl_attr_get_payload(a);

		if (mnl_attr_get_type(a) != NFTA_DATA_VALUE ||
		    mnl_attr_get_payload_len(a) < KEY_BYTES)
			continue;
		*proto = bytes[0];
		*port = (uint16_t)(bytes[4] << 8 | bytes[5]);
		return true;
	}
	return false;
}

static int note_element(const struct nlattr *element, struct found *f)
{
	struct port_range r = {0}, *grown;
	const struct nlattr *a;
	bool ended = false;
	uint8_t unused;

	mnl_attr_for_each_nested(a, element)
	{
		if (mnl_attr_get_type(a) == NFTA_SET_ELEM_KEY)
			read_key(a, &r.proto, &r.lo);
		else if (mnl_attr_get_type(a) == NFTA_SET_ELEM_KEY_END)
			ended = read_key(a, &unused, &r.hi);
	}
	if (!ended)
		r.hi = r.lo;
	grown = reallocarray(f->v, f->n + 1, sizeof(*grown));
	if (!grown)
		return MNL_CB_ERROR;
	f->v = grown;
	f->v[f->n++] = r;
	return MNL_CB_OK;
}

static int note_elements(const struct nlmsghdr *h, void *arg)
{
	const struct nlattr *a, *element;

	mnl_attr_for_each(a, h, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(a) != NFTA_SET_ELEM_LIST_ELEMENTS)
			continue;
		mnl_attr_for_each_nested(element, a)
		{
			if (note_element(element, arg) != MNL_CB_OK)
				return MNL_CB_ERROR;
		}
	}
	return MNL_CB_OK;
}

/* -ENOENT: no such table or set. */
static int read_set(struct build_node *n, struct found *ret)
{
	char buf[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *h = put_set_header(buf, NFT_MSG_GETSETELEM, NLM_F_DUMP, 1);
	int rc = mnl_socket_sendto(n->nf, h, h->nlmsg_len) < 0 ? MNL_CB_ERROR : MNL_CB_OK;

	while (rc == MNL_CB_OK) {
		ssize_t got = mnl_socket_recvfrom(n->nf, buf, sizeof(buf));

		rc = got < 0 ? MNL_CB_ERROR
			     : mnl_cb_run(buf, (size_t)got, 1, mnl_socket_get_portid(n->nf),
					  note_elements, ret);
	}
	return rc == MNL_CB_ERROR ? -errno : 0;
}

/* --- writing
 * ----------------------------------------------------------------------------------------------------- */

static void put_key(struct nlmsghdr *h, uint16_t type, uint8_t proto, uint16_t port)
{
	uint8_t bytes[KEY_BYTES] = {proto, 0, 0, 0, (uint8_t)(port >> 8), (uint8_t)port, 0, 0};
	struct nlattr *key = mnl_attr_nest_start(h, type);

	mnl_attr_put(h, NFTA_DATA_VALUE, sizeof(bytes), bytes);
	mnl_attr_nest_end(h, key);
}

static void put_element(struct nlmsghdr *h, const struct port_range *r)
{
	struct nlattr *element = mnl_attr_nest_start(h, NFTA_LIST_ELEM);

	put_key(h, NFTA_SET_ELEM_KEY, r->proto, r->lo);
	put_key(h, NFTA_SET_ELEM_KEY_END, r->proto, r->hi);
	mnl_attr_nest_end(h, element);
}

/*
 * What the kernel refused is there when it has taken the batch; what it took it says nothing of, for a few hundred answers are
 * more than the socket holds. Reads to the end in any case: what is left would be taken for the next answer.
 */
static int hear(struct build_node *n)
{
	char buf[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	int fd = mnl_socket_get_fd(n->nf), first = 0;

	for (;;) {
		ssize_t got = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		const struct nlmsghdr *h = (const void *)buf;
		int left = (int)got;

		if (got < 0 && errno == ENOBUFS)
			first = first ? first : -ENOBUFS;
		else if (got < 0)
			return errno == EAGAIN ? first : -errno;
		for (; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
			const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

			if (h->nlmsg_type == NLMSG_ERROR && e->error && !first)
				first = e->error;
		}
	}
}

/* What is being written. */
struct batch {
	struct build_node *node;
	char *buf, *at; /* owned; up to where it is filled, NULL: nothing is in it */
};

static int batch_send(struct batch *b, struct err *err)
{
	char *end = b->at;
	int rc;

	if (!end)
		return 0;
	b->at = NULL;
	end += put_header(end, NFNL_MSG_BATCH_END, 0, 3)->nlmsg_len;
	if (mnl_socket_sendto(b->node->nf, b->buf, (size_t)(end - b->buf)) < 0)
		return err_sys(err, errno, "Can't ask nftables");
	rc = hear(b->node);
	return rc < 0 ? err_sys(err, -rc, "Set %s of table ip %s", set_name, table_name) : 0;
}

/* A message of its own for each element: however many, none gets too long. r NULL: all of the set. */
static int batch_put(struct batch *b, int what, const struct port_range *r, struct err *err)
{
	enum { ONE_MAX = 160 };
	int rc = b->at && b->buf + BATCH_MAX - b->at < 2 * ONE_MAX ? batch_send(b, err) : 0;
	struct nlmsghdr *h;

	if (rc < 0)
		return rc;
	if (!b->at)
		b->at = b->buf + put_header(b->buf, NFNL_MSG_BATCH_BEGIN, 0, 0)->nlmsg_len;
	h = put_set_header(b->at, what, what == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0, 2);
	if (r) {
		struct nlattr *list = mnl_attr_nest_start(h, NFTA_SET_ELEM_LIST_ELEMENTS);

		put_element(h, r);
		mnl_attr_nest_end(h, list);
	}
	b->at += h->nlmsg_len;
	return 0;
}

/* The elements of a that b has not. */
static int put_difference(struct batch *batch, int what, const struct found *a,
			  const struct found *b, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < a->n && rc == 0; i++)
		if (!holds(b, &a->v[i]))
			rc = batch_put(batch, what, &a->v[i], err);
	return rc;
}

static int write_set(struct build_node *n, const struct found *have, const struct found *want,
		     struct err *err)
{
	auto_free char *buf = malloc(BATCH_MAX);
	struct batch b = {.node = n, .buf = buf};
	int rc;

	if (!buf)
		return err_sys(err, ENOMEM, "Can't steer ports");
	if (have->n && !want->n)
		rc = batch_put(&b, NFT_MSG_DELSETELEM, NULL, err);
	else
		rc = put_difference(&b, NFT_MSG_DELSETELEM, have, want, err);
	if (rc == 0)
		rc = put_difference(&b, NFT_MSG_NEWSETELEM, want, have, err);
	return rc < 0 ? rc : batch_send(&b, err);
}

/* --- the steering's
 * ----------------------------------------------------------------------------------------------- */

int steer_set_again(struct build *b, const char *node, struct err *err)
{
	struct build_node *n = build_node_find(b, node);
	struct found want = {b->steer.ranges, b->steer.n_ranges}, have = {0};
	int rc;

	if (!n || strcmp(node, b->steer.host) != 0)
		return 0;
	rc = open_socket(b, n, err);
	if (rc < 0)
		return rc;
	rc = read_set(n, &have);
	if (have.n)
		qsort(have.v, have.n, sizeof(*have.v), by_place);
	if (rc == 0)
		rc = write_set(n, &have, &want, err);
	else
		rc = rc == -ENOENT ? 0 : err_sys(err, -rc, "Set %s", set_name);
	free(have.v);
	return rc;
}

int steer_set_remember(struct build *b, const struct steering *s, struct err *err)
{
	struct port_range *copy = calloc(s->n + 1, sizeof(*copy));

	if (!copy)
		return err_sys(err, ENOMEM, "Can't steer ports");
	for (size_t i = 0; i < s->n; i++)
		copy[i] = s->ports[i];
	free(b->steer.ranges);
	b->steer.ranges = copy;
	b->steer.n_ranges = merge(copy, s->n);
	snprintf(b->steer.host, sizeof(b->steer.host), "%s", s->host);
	return steer_set_again(b, s->host, err);
}
