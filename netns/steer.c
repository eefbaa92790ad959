/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which ports of two nodes' one port space are the guest's: filters at the ports that its interfaces mirror, and the set
 * of the host's loopback rules (steer_set.c). What is in force is remembered, so that a call costs what differs. New filters come
 * before old ones go: a connection whose port is in both never meets a moment without. Only where there is no room for both
 * the old ones go first; and they go whatever becomes of the new ones.
 */
#define _GNU_SOURCE
#include "netns/steer.h"

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#include "netns/filter.h"
#include "netns/steer_set.h"

enum { NUMBER_MAX = 2047 };

/* --- ports as masks
 * -------------------------------------------------------------------------------------------------- */

struct wanted {
	struct steer_key *keys; /* in order */
	size_t n;
};

static int by_key(const void *a, const void *b)
{
	const struct steer_key *x = a, *y = b;

	if (x->proto != y->proto)
		return x->proto - y->proto;
	return x->value != y->value ? x->value - y->value : x->mask - y->mask;
}

/* In keys that are in order. */
static bool has_key(const struct steer_key *keys, size_t n, const struct steer_key *key)
{
	return n && bsearch(key, keys, n, sizeof(*keys), by_key);
}

static void sort_keys(struct steer_key *keys, size_t n)
{
	if (n)
		qsort(keys, n, sizeof(*keys), by_key);
}

static int put_key(struct steer_key **keys, size_t *n, const struct steer_key *key, struct err *err)
{
	struct steer_key *grown = reallocarray(*keys, *n + 1, sizeof(*grown));

	if (!grown)
		return err_sys(err, ENOMEM, "Can't steer ports");
	*keys = grown;
	grown[(*n)++] = *key;
	return 0;
}

/* A range as aligned blocks of powers of two, the largest first that fits. */
static int split(const struct port_range *r, struct wanted *w, struct err *err)
{
	uint32_t lo = r->lo, size;
	int rc = 0;

	while (lo <= r->hi && rc == 0) {
		struct steer_key key = {.proto = r->proto, .value = (uint16_t)lo};

		size = lo ? lo & -lo : 65536;
		while (lo + size - 1 > r->hi)
			size /= 2;
		key.mask = (uint16_t) ~(size - 1);
		rc = put_key(&w->keys, &w->n, &key, err);
		lo += size;
	}
	return rc;
}

/* Those of all ranges, each once. */
static int want_keys(const struct steering *s, struct wanted *w, struct err *err)
{
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < s->n && rc == 0; i++)
		rc = split(&s->ports[i], w, err);
	sort_keys(w->keys, w->n);
	for (size_t i = 0; i < w->n; i++)
		if (!i || by_key(&w->keys[i], &w->keys[n - 1]) != 0)
			w->keys[n++] = w->keys[i];
	w->n = n;
	return rc;
}

/* --- filters
 * ------------------------------------------------------------------------------------------------------ */

static struct filter filter_of(const struct mirror *m, const struct steer_key *key, bool v6)
{
	bool tcp = key->proto == IPPROTO_TCP;

	return (struct filter){
		.number = key->number,
		.table = v6 ? (tcp ? MIRROR_TCP6 : MIRROR_UDP6) : (tcp ? MIRROR_TCP : MIRROR_UDP),
		.keys = {{0, key->value, key->mask}}, /* the lower half of the first four bytes */
		.n_keys = 1,
		.act = FILTER_REDIRECT,
		.to = m->u,
	};
}

static struct filter_at place(const struct mirror *m, bool v6)
{
	return (struct filter_at){m->port, false, v6 ? MIRROR_V6 : MIRROR_V4,
				  v6 ? ETH_P_IPV6 : ETH_P_IP};
}

typedef int (*filter_fn)(struct rtsock *rt, const struct filter_at *at, const struct filter *f,
			 struct err *err);

/* The host's interface may be gone, by a learner's hand too. */
static int on_mirror(struct build *b, const struct mirror *m, const struct steer_key *key,
		     filter_fn fn, struct err *err)
{
	int rc = 0;

	for (int v6 = 0; v6 < 2 && rc == 0; v6++) {
		struct filter_at at = place(m, v6);
		struct filter f = filter_of(m, key, v6);
		struct err why = {0};

		rc = fn(&b->hub, &at, &f, &why);
		if (rc == -ENODEV)
			return 0;
		if (rc < 0 && err)
			*err = why;
	}
	return rc;
}

static int on_mirrors(struct build *b, const struct steer_key *key, filter_fn fn, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(b->mirrors) && rc == 0; i++)
		if (b->mirrors[i].node[0] && !strcmp(b->mirrors[i].node, b->steer.guest))
			rc = on_mirror(b, &b->mirrors[i], key, fn, err);
	return rc;
}

/* The numbers that keys have, by protocol: TCP's, UDP's. */
struct numbers {
	bool taken[2][NUMBER_MAX + 2]; /* there is an end to every search */
	uint16_t next[2];
};

static void numbers_read(const struct steer_state *s, struct numbers *ret)
{
	*ret = (struct numbers){.next = {1, 1}};
	for (size_t i = 0; i < s->n_keys; i++)
		ret->taken[s->keys[i].proto == IPPROTO_UDP][s->keys[i].number] = true;
}

/* The lowest that is free; over NUMBER_MAX: none is. */
static uint16_t numbers_take(struct numbers *n, uint8_t proto)
{
	bool udp = proto == IPPROTO_UDP;
	uint16_t number = n->next[udp];

	while (n->taken[udp][number] && number <= NUMBER_MAX)
		number++;
	n->next[udp] = number <= NUMBER_MAX ? (uint16_t)(number + 1) : number;
	return number;
}

static int add_key(struct build *b, struct steer_key key, struct numbers *numbers, struct err *err)
{
	int rc;

	key.number = numbers_take(numbers, key.proto);
	if (key.number > NUMBER_MAX)
		return err_set(err, ERR_MACHINE, ENOSPC, "Too many ports to steer");
	rc = on_mirrors(b, &key, filter_add, err);
	if (rc == 0)
		rc = put_key(&b->steer.keys, &b->steer.n_keys, &key, err);
	if (rc < 0)
		on_mirrors(b, &key, filter_del, NULL);
	return rc;
}

static int add_new(struct build *b, const struct wanted *w, struct err *err)
{
	size_t old = b->steer.n_keys; /* those are in order */
	struct numbers numbers;
	int rc = 0;

	numbers_read(&b->steer, &numbers);
	for (size_t i = 0; i < w->n && rc == 0; i++)
		if (!has_key(b->steer.keys, old, &w->keys[i]))
			rc = add_key(b, w->keys[i], &numbers, err);
	sort_keys(b->steer.keys, b->steer.n_keys);
	return rc;
}

static void del_old(struct build *b, const struct wanted *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->steer.n_keys; i++)
		if (has_key(w->keys, w->n, &b->steer.keys[i]))
			b->steer.keys[kept++] = b->steer.keys[i];
		else
			on_mirrors(b, &b->steer.keys[i], filter_del, NULL);
	b->steer.n_keys = kept;
}

/* Whether those that are there and the new ones have not numbers enough together. */
static bool is_crowded(const struct steer_state *s, const struct wanted *w)
{
	size_t n[2] = {0};

	for (size_t i = 0; i < s->n_keys; i++)
		n[s->keys[i].proto == IPPROTO_UDP]++;
	for (size_t i = 0; i < w->n; i++)
		n[w->keys[i].proto == IPPROTO_UDP] += !has_key(s->keys, s->n_keys, &w->keys[i]);
	return n[0] > NUMBER_MAX || n[1] > NUMBER_MAX;
}

static int set_filters(struct build *b, const struct steering *s, struct err *err)
{
	static const struct wanted nothing;
	struct wanted w = {0};
	int rc;

	if (strcmp(b->steer.guest, s->guest) != 0)
		del_old(b, &nothing);
	snprintf(b->steer.guest, sizeof(b->steer.guest), "%s", s->guest);
	rc = want_keys(s, &w, err);
	if (rc == 0) {
		if (is_crowded(&b->steer, &w))
			del_old(b, &w);
		rc = add_new(b, &w, err);
		del_old(b, &w);
	}
	free(w.keys);
	return rc;
}

int steer_join(struct build *b, const struct mirror *m, struct err *err)
{
	int rc = 0;

	if (strcmp(b->steer.guest, m->node) != 0)
		return 0;
	for (size_t i = 0; i < b->steer.n_keys && rc == 0; i++)
		rc = on_mirror(b, m, &b->steer.keys[i], filter_add, err);
	return rc;
}

int steer_set(struct build *b, const struct steering *s, struct err *err)
{
	int rc = set_filters(b, s, err);
	int set = steer_set_remember(b, s, rc < 0 ? NULL : err);

	/* each is brought as far as it goes: what is not the guest's any more must not stay with it in either */
	return rc < 0 ? rc : set;
}

void steer_done(struct build *b)
{
	free(b->steer.keys);
	free(b->steer.ranges);
	b->steer = (struct steer_state){0};
}
