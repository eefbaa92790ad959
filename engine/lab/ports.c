/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may have which port. */
#include "lab/ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { DNS = 53, MDNS = 5353, LLMNR = 5355 };

static const uint8_t protos[2] = {IPPROTO_TCP, IPPROTO_UDP};

static bool has_bit(const uint8_t *bits, uint16_t port)
{
	return bits[port / 8] >> port % 8 & 1;
}

static void set_bit(uint8_t *bits, uint16_t port)
{
	bits[port / 8] |= (uint8_t)(1u << port % 8);
}

static bool within(const struct ports_range *r, uint16_t port)
{
	return port >= r->lo && port <= r->hi;
}

uint8_t ports_proto(const char *name)
{
	if (!strcmp(name, "tcp"))
		return IPPROTO_TCP;
	return !strcmp(name, "udp") ? IPPROTO_UDP : 0;
}

static bool read_port(const json_t *j, uint16_t *ret)
{
	json_int_t n = json_is_integer(j) ? json_integer_value(j) : 0;

	if (n < 1 || n > 65535)
		return false;
	*ret = (uint16_t)n;
	return true;
}

static bool read_range(const json_t *j, struct ports_range *ret)
{
	return json_array_size(j) == 2 && read_port(json_array_get(j, 0), &ret->lo) &&
	       read_port(json_array_get(j, 1), &ret->hi) && ret->lo <= ret->hi;
}

static bool read_ignored(const json_t *list, uint8_t *bits)
{
	const json_t *one;
	uint16_t port;
	size_t i;

	json_array_foreach (list, i, one) {
		if (!read_port(one, &port))
			return false;
		set_bit(bits, port);
	}
	return true;
}

static bool read_never(const json_t *list, uint8_t (*bits)[65536 / 8])
{
	const json_t *one;
	uint16_t port;
	size_t i;

	json_array_foreach (list, i, one) {
		uint8_t proto = ports_proto(json_str(one, "proto", ""));

		if (!proto || !read_port(json_object_get(one, "port"), &port))
			return false;
		set_bit(bits[proto == IPPROTO_UDP], port);
	}
	return true;
}

int ports_init(struct ports *p, const json_t *port_space, struct err *err)
{
	const json_t *dynamic = json_object_get(port_space, "dynamic");

	*p = (struct ports){.dynamic = {49152, 65535}};
	set_bit(p->ignored, DNS); /* for Docker Desktop */
	if (!read_range(json_object_get(port_space, "window"), &p->window))
		return err_set(err, ERR_USAGE, EINVAL, "port_space.window: Not two ports");
	if (dynamic && !read_range(dynamic, &p->dynamic))
		return err_set(err, ERR_USAGE, EINVAL, "port_space.dynamic: Not two ports");
	if (!read_ignored(json_object_get(port_space, "ignored"), p->ignored))
		return err_set(err, ERR_USAGE, EINVAL, "port_space.ignored: Not ports");
	if (!read_never(json_object_get(port_space, "never"), p->never))
		return err_set(err, ERR_USAGE, EINVAL, "port_space.never: Not protocols and ports");
	return 0;
}

void ports_done(struct ports *p)
{
	free(p->held);
	p->held = NULL;
	p->n = p->room = 0;
}

/* The first that is not before it. */
static size_t place_of(const struct ports *p, uint8_t proto, uint16_t port)
{
	size_t lo = 0, hi = p->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct port_held *h = &p->held[mid];

		if (h->proto < proto || (h->proto == proto && h->port < port))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct port_held *find(const struct ports *p, uint8_t proto, uint16_t port)
{
	size_t at = place_of(p, proto, port);
	struct port_held *h = at < p->n ? &p->held[at] : NULL;

	return h && h->proto == proto && h->port == port ? h : NULL;
}

static bool hold(struct ports *p, const struct port_held *h)
{
	size_t at = place_of(p, h->proto, h->port);

	if (p->n == p->room) {
		size_t room = p->room ? p->room * 2 : 16;
		struct port_held *more = realloc(p->held, room * sizeof(*more));

		if (!more)
			return false;
		p->held = more;
		p->room = room;
	}
	memmove(&p->held[at + 1], &p->held[at], (p->n - at) * sizeof(*p->held));
	p->held[at] = *h;
	p->n++;
	p->changes++;
	return true;
}

/* 127.0.0.2 and its like never leave the guest, so the host has no say; 127.0.0.1 is common to both. */
static bool stays_inside(const char *address)
{
	struct in_addr a;

	return inet_pton(AF_INET, address, &a) == 1 && ntohl(a.s_addr) >> 24 == IN_LOOPBACKNET &&
	       ntohl(a.s_addr) != INADDR_LOOPBACK;
}

static bool is_multicast(const char *address)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, address, &four) == 1)
		return IN_MULTICAST(ntohl(four.s_addr));
	return inet_pton(AF_INET6, address, &six) == 1 && IN6_IS_ADDR_MULTICAST(&six);
}

static bool is_shared(const struct port_bind *b)
{
	return (b->proto == IPPROTO_UDP && (b->port == MDNS || b->port == LLMNR)) ||
	       is_multicast(b->address);
}

static bool is_untracked(const struct ports *p, const struct port_bind *b)
{
	return !b->port || stays_inside(b->address) || has_bit(p->ignored, b->port) ||
	       within(&p->window, b->port);
}

/* The host needs some of its dynamic ports for itself. */
static bool has_half(const struct ports *p, uint8_t proto)
{
	size_t of_dynamic = place_of(p, proto, p->dynamic.hi) - place_of(p, proto, p->dynamic.lo) +
			    (find(p, proto, p->dynamic.hi) != NULL);

	return of_dynamic >= ((size_t)p->dynamic.hi - p->dynamic.lo + 1) / 2;
}

/* Whether one more of the protocol may be held. What was bound and closed at once, over and over, lets go of the oldest. */
static bool make_room(struct ports *p, uint8_t proto)
{
	size_t n = 0, unseen = 0, oldest = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct port_held *h = &p->held[i];

		n += h->proto == proto;
		if (h->proto != proto || h->seen || h->marked)
			continue;
		if (!unseen++ || h->since < p->held[oldest].since)
			oldest = i;
	}
	if (unseen < PORTS_UNSEEN_MAX)
		return n < PORTS_MAX;
	p->n--;
	memmove(&p->held[oldest], &p->held[oldest + 1], (p->n - oldest) * sizeof(*p->held));
	p->changes++;
	return true;
}

int ports_guest_binds(struct ports *p, const struct port_bind *b, const struct ports_host *host,
		      double now)
{
	struct port_held new = {
		.proto = b->proto, .port = b->port, .shared = is_shared(b), .since = now};
	struct port_held *old;

	if (is_untracked(p, b))
		return 0;
	old = find(p, b->proto, b->port);
	if (old) {
		old->seen = false;
		old->since = now;
		return 0;
	}
	if (within(&p->dynamic, b->port) && has_half(p, b->proto))
		return EADDRINUSE;
	new.hosts = host->has(host->arg, b->proto, b->port);
	if (new.hosts && !new.shared)
		return EADDRINUSE;
	return make_room(p, b->proto) && hold(p, &new) ? 0 : ENOBUFS;
}

int ports_host_binds(struct ports *p, const struct port_bind *b)
{
	struct port_held *h = find(p, b->proto, b->port);

	if (b->port && within(&p->window, b->port))
		return EADDRINUSE;
	if (!h)
		return 0;
	if (!h->shared)
		return EADDRINUSE;
	p->changes += !h->hosts;
	h->hosts = true;
	return 0;
}

static bool is_live(const json_t *s)
{
	return strcmp(json_str(s, "state", ""), "TIME-WAIT") != 0;
}

void ports_set_sockets(struct ports_set *set, const json_t *sockets)
{
	const json_t *s;
	size_t i;

	json_array_foreach (sockets, i, s) {
		uint8_t proto = ports_proto(json_str(s, "proto", ""));

		if (proto && is_live(s))
			set_bit(set->of[proto == IPPROTO_UDP],
				(uint16_t)json_int(s, "local_port", 0));
	}
}

void ports_set_list(struct ports_set *set, const char *list)
{
	unsigned lo, hi;
	int len;

	for (; sscanf(list, "%u%n", &lo, &len) == 1; list += *list == ',') {
		hi = lo;
		list += len;
		if (sscanf(list, "-%u%n", &hi, &len) == 1)
			list += len;
		for (; lo <= hi && lo <= UINT16_MAX; lo++) {
			set_bit(set->of[0], (uint16_t)lo);
			set_bit(set->of[1], (uint16_t)lo);
		}
	}
}

bool ports_set_has(const struct ports_set *set, uint8_t proto, uint16_t port)
{
	return has_bit(set->of[proto == IPPROTO_UDP], port);
}

bool ports_misses(const struct ports *p, const json_t *sockets)
{
	struct ports_set found = {0};

	ports_set_sockets(&found, sockets);
	for (size_t i = 0; i < p->n; i++)
		if (p->held[i].proto == IPPROTO_TCP &&
		    !ports_set_has(&found, IPPROTO_TCP, p->held[i].port))
			return true;
	return false;
}

/* A socket that others may send to unasked: what its program bound or listens on. */
static bool is_open(const json_t *s, uint8_t proto)
{
	return !strcmp(json_str(s, "state", ""), proto == IPPROTO_TCP ? "LISTEN" : "UNCONN");
}

/* A look under way. */
struct scan {
	const struct ports_host *host;
	double now;
	unsigned left; /* how many new ports it may take */
};

static struct port_held *take_new(struct ports *p, const struct port_bind *b, struct scan *scan)
{
	int refused = ports_guest_binds(p, b, scan->host, scan->now);
	struct port_held *h = refused ? NULL : find(p, b->proto, b->port);

	if (h)
		scan->left--;
	else if (refused == ENOBUFS)
		scan->left = 0;
	return h;
}

static void take_socket(struct ports *p, const json_t *s, struct scan *scan)
{
	struct port_bind b = {ports_proto(json_str(s, "proto", "")), json_str(s, "local", ""),
			      (uint16_t)json_int(s, "local_port", 0)};
	struct port_held *h = find(p, b.proto, b.port);

	if (!b.proto || !is_live(s))
		return;
	if (!h && scan->left && is_open(s, b.proto))
		h = take_new(p, &b, scan);
	if (h)
		h->seen = h->marked = true;
}

static bool is_over(const struct port_held *h, double now)
{
	return !h->marked && (h->seen || now - h->since >= PORTS_KEPT_S);
}

void ports_scan(struct ports *p, const json_t *sockets, const struct ports_host *host, double now)
{
	struct scan scan = {host, now, PORTS_NEW_MAX};
	const json_t *s;
	size_t i, kept = 0;

	for (i = 0; i < p->n; i++)
		p->held[i].marked = false;
	json_array_foreach (sockets, i, s)
		take_socket(p, s, &scan);
	for (i = 0; i < p->n; i++)
		if (!is_over(&p->held[i], now))
			p->held[kept++] = p->held[i];
	p->changes += kept != p->n;
	p->n = kept;
}

static bool is_steered(const struct ports *p, uint8_t proto, uint16_t port)
{
	return !has_bit(p->never[proto == IPPROTO_UDP], port);
}

/* The window, which is one range unless some of its ports are not steered. */
static size_t add_window(const struct ports *p, uint8_t proto, struct port_range *out)
{
	bool open = false;
	size_t n = 0;

	for (uint32_t port = p->window.lo; port <= p->window.hi; port++) {
		if (!is_steered(p, proto, (uint16_t)port)) {
			open = false;
			continue;
		}
		if (!open)
			out[n++] = (struct port_range){proto, (uint16_t)port, (uint16_t)port};
		out[n - 1].hi = (uint16_t)port;
		open = true;
	}
	return n;
}

int ports_steered(const struct ports *p, struct port_range **ret, size_t *ret_n)
{
	size_t window = (size_t)p->window.hi - p->window.lo + 1, n = 0;
	struct port_range *out = calloc(2 * window + p->n, sizeof(*out));

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++)
		n += add_window(p, protos[i], out + n);
	for (size_t i = 0; i < p->n; i++) {
		const struct port_held *h = &p->held[i];

		if (is_steered(p, h->proto, h->port) && !h->hosts)
			out[n++] = (struct port_range){h->proto, h->port, h->port};
	}
	*ret = out;
	*ret_n = n;
	return 0;
}
