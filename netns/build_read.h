/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads of a node's live state; each gives JSON with `ip -json`'s and ss's names. Private to
 * netns/. */
#ifndef NETDOJO_NETNS_BUILD_READ_H
#define NETDOJO_NETNS_BUILD_READ_H

#include "base/json.h"
#include "netns/build_node.h"
#include "netns/build_names.h"

struct nlattr;
struct nlmsghdr;

/* Each: caller owns *ret. */
int read_links(struct build *b, struct build_node *n, json_t **ret, struct err *err);
int read_routes(struct build *b, struct build_node *n, json_t **ret, struct err *err);
int read_rules(struct build *b, struct build_node *n, json_t **ret, struct err *err);
int read_neighs(struct build *b, struct build_node *n, json_t **ret, struct err *err);
int read_sockets(struct build *b, struct build_node *n, json_t **ret, struct err *err);
int read_listeners(struct build *b, struct build_node *n, json_t **ret, struct err *err);
int read_open(struct build *b, struct build_node *n, json_t **ret, struct err *err);
int read_conntrack(struct build *b, struct build_node *n, json_t **ret, struct err *err);

/* --- for the readers
 * ----------------------------------------------------------------------------------------- */

/* Attributes by type; those beyond max and nested deeper are passed over. tb has max + 1 places. */
void read_attrs(const struct nlmsghdr *h, size_t head, const struct nlattr **tb, int max);
void read_nested(const struct nlattr *nest, const struct nlattr **tb, int max);

/* Adds to obj where the attribute is there. */
void read_put_u32(json_t *obj, const char *key, const struct nlattr *a);
void read_put_str(json_t *obj, const char *key, const struct nlattr *a);
void read_put_mac(json_t *obj, const char *key, const struct nlattr *a);
void read_put_ip(json_t *obj, const char *key, int family, const struct nlattr *a);
/* "192.0.2.0/24", or without the length for a host, or "default". */
void read_put_prefix(json_t *obj, const char *key, int family, const struct nlattr *a,
		     unsigned int len);
/* The name of a number, or the number as text for one without. */
void read_put_name(json_t *obj, const char *key, const struct name_of *table, int value);
/* An array of the names of the bits set. */
json_t *read_bits(const struct name_of *table, unsigned int bits);

/* Interface names by index, of one namespace, for dumps that have only indexes. */
struct read_names {
	json_t *by_index; /* owned: {"2": "eth0"} */
};
int read_names_load(struct read_names *r, struct build *b, struct build_node *n, struct err *err);
void read_names_done(struct read_names *r);
void read_put_dev(json_t *obj, const char *key, const struct read_names *r, uint32_t index);

#endif
