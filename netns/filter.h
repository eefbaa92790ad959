/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traffic filters of a port in the hub: clsact, u32 and mirred, which every kernel that netdojo meets has. Private to netns/.
 */
#ifndef NETDOJO_NETNS_FILTER_H
#define NETDOJO_NETNS_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "netns/rtsock.h"

/* Where filters hang: one priority and protocol of one side of a port. */
struct filter_at {
	unsigned int port; /* ifindex */
	bool ingress;	   /* of frames the port received, else of those it will send */
	uint16_t priority;
	uint16_t protocol; /* ETH_P_... */
};

enum filter_act {
	FILTER_PASS,	 /* no later filter sees the frame */
	FILTER_COPY,	 /* the frame goes on, a copy is sent by `to` */
	FILTER_REDIRECT, /* sent by `to` */
	FILTER_INJECT,	 /* as if `to` had received it */
	FILTER_TABLE,	 /* goes on in table `to`, whose offsets count behind the header */
};

/* Four bytes of a frame, counted from its network header (or, in a table, from where that begins). */
struct filter_key {
	int offset;
	uint32_t value, mask; /* host order */
};

enum { FILTER_KEYS_MAX = 2 };

struct filter {
	uint16_t number;    /* its own in its table, 1-2047: lower ones are asked first */
	unsigned int table; /* 0: the first */
	struct filter_key keys[FILTER_KEYS_MAX];
	unsigned int n_keys; /* 0: every frame */
	enum filter_act act;
	unsigned int to;
	unsigned int header; /* FILTER_TABLE: bytes of the header; 0: as IPv4's length says */
};

/* Makes a port able to hold filters; one that is so already is fine. */
int filter_prepare(struct rtsock *rt, unsigned int port, struct err *err);
/* A table (1-2047) that filters of any priority on this side of the port can go on in. */
int filter_add_table(struct rtsock *rt, const struct filter_at *at, unsigned int table,
		     struct err *err);
int filter_add(struct rtsock *rt, const struct filter_at *at, const struct filter *f,
	       struct err *err);
/* One of a table other than the first; gone already is success. */
int filter_del(struct rtsock *rt, const struct filter_at *at, const struct filter *f,
	       struct err *err);
/* All of one priority, with their tables; a port or filters that are gone are fine. */
void filter_clear(struct rtsock *rt, const struct filter_at *at);

#endif
