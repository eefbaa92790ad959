/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a ruleset's text is made of: tables, and the chains, sets and other things in them. */
#ifndef NETDOJO_NETNS_RULESET_PARTS_H
#define NETDOJO_NETNS_RULESET_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { RULESET_NAME_MAX = 256 };

/* A piece of the text; borrowed. */
struct ruleset_span {
	const char *at;
	size_t len;
};

enum ruleset_kind {
	RULESET_CHAIN,
	RULESET_SET,
	RULESET_MAP,
	RULESET_FLOWTABLE,
	RULESET_COUNTER,
	RULESET_QUOTA,
	RULESET_LIMIT,
	RULESET_SECMARK,
	RULESET_SYNPROXY,
	RULESET_HELPER,
	RULESET_TIMEOUT,
	RULESET_EXPECTATION,
	N_RULESET_KINDS,
};
/* nft's word for it: "chain", "ct helper". */
const char *ruleset_kind_word(enum ruleset_kind kind);

/* One named thing of a table. */
struct ruleset_part {
	enum ruleset_kind kind;
	char name[RULESET_NAME_MAX];
	struct ruleset_span text;
	struct ruleset_span
		header; /* a chain's type, policy and comment; empty for one that is only jumped to */
	bool repeated; /* named once more further on, which is not listed */
};

struct ruleset_table {
	char family[8], name[RULESET_NAME_MAX];
	struct ruleset_part *parts;
	size_t n_parts;
};

/* `table ... { ... }`; several may be of one table. */
struct ruleset_statement {
	size_t table;
	struct ruleset_span text;
};

struct ruleset {
	struct ruleset_table *tables;
	size_t n_tables;
	struct ruleset_statement *statements;
	size_t n_statements;
};

/* Text may hold whole tables only, and no `include`: nft would read the host's files for it. The text must outlive *ret;
 * ruleset_done also after an error. */
int ruleset_parse(const char *text, struct ruleset *ret, struct err *err);
void ruleset_done(struct ruleset *r);
#define auto_ruleset nd_cleanup(ruleset_done) struct ruleset

/* NULL where it is not. */
const struct ruleset_table *ruleset_table(const struct ruleset *r, const char *family,
					  const char *name);
const struct ruleset_part *ruleset_part(const struct ruleset_table *t, enum ruleset_kind kind,
					const char *name);

#endif
