/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WireGuard's generic netlink. */
#define _GNU_SOURCE
#include "netns/wireguard.h"

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <string.h>
#include <sys/random.h>

#include "netns/nlaux.h"

enum { ANSWER = 8192 };

bool wireguard_parse_endpoint(const char *text, union wireguard_endpoint *ret)
{
	char host[64];
	unsigned int port;
	int end = 0;

	memset(ret, 0, sizeof(*ret));
	if (sscanf(text, "[%63[^]]]:%5u%n", host, &port, &end) == 2 && !text[end]) {
		ret->v6.sin6_family = AF_INET6;
		ret->v6.sin6_port = htons((uint16_t)port);
		return port > 0 && port <= 65535 &&
		       inet_pton(AF_INET6, host, &ret->v6.sin6_addr) == 1;
	}
	end = 0;
	if (sscanf(text, "%63[0-9.]:%5u%n", host, &port, &end) != 2 || text[end])
		return false;
	ret->v4.sin_family = AF_INET;
	ret->v4.sin_port = htons((uint16_t)port);
	return port > 0 && port <= 65535 && inet_pton(AF_INET, host, &ret->v4.sin_addr) == 1;
}

/* --- messages
 * -------------------------------------------------------------------------------------------------- */

static struct nlmsghdr *put_head(void *buf, uint16_t family, uint16_t flags, uint8_t cmd,
				 uint8_t version)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *g = mnl_nlmsg_put_extra_header(h, sizeof(*g));

	h->nlmsg_type = family;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	h->nlmsg_seq = 1;
	g->cmd = cmd;
	g->version = version;
	return h;
}

struct nlmsghdr *wireguard_put_device(void *buf, uint16_t family, const char *dev,
				      const uint8_t key[WIREGUARD_KEY], uint16_t port)
{
	struct nlmsghdr *h = put_head(buf, family, NLM_F_ACK, WG_CMD_SET_DEVICE, WG_GENL_VERSION);

	mnl_attr_put_strz(h, WGDEVICE_A_IFNAME, dev);
	mnl_attr_put(h, WGDEVICE_A_PRIVATE_KEY, WIREGUARD_KEY, key);
	mnl_attr_put_u32(h, WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
	mnl_attr_put_u16(h, WGDEVICE_A_LISTEN_PORT, port);
	return h;
}

/* Everything of a family: 0.0.0.0/0, ::/0. */
static void put_allowed(struct nlmsghdr *h, uint16_t number, uint16_t family, size_t size)
{
	static const uint8_t zero[sizeof(struct in6_addr)];
	struct nlattr *one = mnl_attr_nest_start(h, number);

	mnl_attr_put_u16(h, WGALLOWEDIP_A_FAMILY, family);
	mnl_attr_put(h, WGALLOWEDIP_A_IPADDR, size, zero);
	mnl_attr_put_u8(h, WGALLOWEDIP_A_CIDR_MASK, 0);
	mnl_attr_nest_end(h, one);
}

static void put_endpoint(struct nlmsghdr *h, const union wireguard_endpoint *at)
{
	if (at->any.sa_family == AF_INET)
		mnl_attr_put(h, WGPEER_A_ENDPOINT, sizeof(at->v4), &at->v4);
	else if (at->any.sa_family == AF_INET6)
		mnl_attr_put(h, WGPEER_A_ENDPOINT, sizeof(at->v6), &at->v6);
}

struct nlmsghdr *wireguard_put_peer(void *buf, uint16_t family, const char *dev,
				    const uint8_t public[WIREGUARD_KEY],
				    const union wireguard_endpoint *at)
{
	struct nlmsghdr *h = put_head(buf, family, NLM_F_ACK, WG_CMD_SET_DEVICE, WG_GENL_VERSION);
	struct nlattr *peers, *peer, *allowed;

	mnl_attr_put_strz(h, WGDEVICE_A_IFNAME, dev);
	mnl_attr_put_u32(h, WGDEVICE_A_FLAGS, WGDEVICE_F_REPLACE_PEERS);
	peers = mnl_attr_nest_start(h, WGDEVICE_A_PEERS);
	peer = mnl_attr_nest_start(h, 0);
	mnl_attr_put(h, WGPEER_A_PUBLIC_KEY, WIREGUARD_KEY, public);
	mnl_attr_put_u32(h, WGPEER_A_FLAGS, WGPEER_F_REPLACE_ALLOWEDIPS);
	put_endpoint(h, at);
	allowed = mnl_attr_nest_start(h, WGPEER_A_ALLOWEDIPS);
	put_allowed(h, 0, AF_INET, sizeof(struct in_addr));
	put_allowed(h, 1, AF_INET6, sizeof(struct in6_addr));
	mnl_attr_nest_end(h, allowed);
	mnl_attr_nest_end(h, peer);
	mnl_attr_nest_end(h, peers);
	return h;
}

/* --- asking
 * ---------------------------------------------------------------------------------------------------- */

static struct mnl_socket *open_here(struct err *err)
{
	auto_mnl *s = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);

	if (s && mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) == 0)
		return ptr_steal(s);
	err_sys(err, errno, "Can't open a socket to WireGuard");
	return NULL;
}

/* Sends h and hands each message of the answer to fn, up to its end or its acknowledgement. */
static int ask(struct mnl_socket *s, const struct nlmsghdr *h, mnl_cb_t fn, void *arg,
	       struct err *err)
{
	char buf[ANSWER] __attribute__((aligned(NLMSG_ALIGNTO)));
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(s, h, h->nlmsg_len) < 0)
		return err_sys(err, errno, "Can't ask WireGuard");
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(s, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		more = n < 0 ? MNL_CB_ERROR
			     : mnl_cb_run(buf, (size_t)n, h->nlmsg_seq, mnl_socket_get_portid(s),
					  fn, arg);
	}
	return more < 0 ? err_sys(err, errno, "WireGuard refuses") : 0;
}

static int note_family(const struct nlmsghdr *h, void *arg)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, h, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID)
			*(uint16_t *)arg = mnl_attr_get_u16(a);
	}
	return MNL_CB_OK;
}

static int find_family(struct mnl_socket *s, uint16_t *ret, struct err *err)
{
	char buf[WIREGUARD_MESSAGE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *h = put_head(buf, GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY, 1);
	int rc;

	*ret = 0;
	mnl_attr_put_strz(h, CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME);
	rc = ask(s, h, note_family, ret, err);
	return rc < 0 || *ret ? rc : err_sys(err, ENOENT, "No WireGuard to ask");
}

static int note_public(const struct nlmsghdr *h, void *arg)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, h, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(a) == WGDEVICE_A_PUBLIC_KEY &&
		    mnl_attr_get_payload_len(a) == WIREGUARD_KEY)
			memcpy(arg, mnl_attr_get_payload(a), WIREGUARD_KEY);
	}
	return MNL_CB_OK;
}

static int read_public(struct mnl_socket *s, uint16_t family, const char *dev,
		       uint8_t ret[WIREGUARD_KEY], struct err *err)
{
	static const uint8_t none[WIREGUARD_KEY];
	char buf[WIREGUARD_MESSAGE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *h = put_head(buf, family, NLM_F_DUMP, WG_CMD_GET_DEVICE, WG_GENL_VERSION);
	int rc;

	memset(ret, 0, WIREGUARD_KEY);
	mnl_attr_put_strz(h, WGDEVICE_A_IFNAME, dev);
	rc = ask(s, h, note_public, ret, err);
	if (rc == 0 && !memcmp(ret, none, WIREGUARD_KEY))
		return err_set(err, ERR_MACHINE, EPROTO, "WireGuard tells no public key of %s",
			       dev);
	return rc;
}

/* As Curve25519 wants it. */
static int draw_key(uint8_t ret[WIREGUARD_KEY], struct err *err)
{
	if (getrandom(ret, WIREGUARD_KEY, 0) != WIREGUARD_KEY)
		return err_sys(err, errno, "Can't draw a key");
	ret[0] &= 248;
	ret[31] = (uint8_t)((ret[31] & 127) | 64);
	return 0;
}

int wireguard_init(const char *dev, uint16_t port, uint8_t ret_public[WIREGUARD_KEY],
		   struct err *err)
{
	char buf[WIREGUARD_MESSAGE] __attribute__((aligned(NLMSG_ALIGNTO)));
	uint8_t key[WIREGUARD_KEY];
	auto_mnl *s = open_here(err);
	uint16_t family;
	int rc = s ? find_family(s, &family, err) : -EIO;

	if (rc == 0)
		rc = draw_key(key, err);
	if (rc == 0)
		rc = ask(s, wireguard_put_device(buf, family, dev, key, port), NULL, NULL, err);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(buf, sizeof(buf));
	return rc < 0 ? rc : read_public(s, family, dev, ret_public, err);
}

int wireguard_set_peer(const char *dev, const uint8_t public[WIREGUARD_KEY],
		       const union wireguard_endpoint *at, struct err *err)
{
	char buf[WIREGUARD_MESSAGE] __attribute__((aligned(NLMSG_ALIGNTO)));
	auto_mnl *s = open_here(err);
	uint16_t family;
	int rc = s ? find_family(s, &family, err) : -EIO;

	return rc < 0 ? rc
		      : ask(s, wireguard_put_peer(buf, family, dev, public, at), NULL, NULL, err);
}
