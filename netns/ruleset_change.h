/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From one ruleset of ours to another, as a transaction that leaves alone what others made. */
#ifndef NETDOJO_NETNS_RULESET_CHANGE_H
#define NETDOJO_NETNS_RULESET_CHANGE_H

#include "netns/ruleset_parts.h"

struct ruleset_change {
	struct ruleset old, new;
	bool rebind;	  /* interfaces the texts name are new */
	bool *shared;	  /* of each table of old: others have something in it */
	const char *text; /* the new one; borrowed */
};

/* Both texts must outlive *ret; ruleset_change_done also after an error. rebind: tables with numbers of interfaces or with
 * chains at a device are put in place anew, also those whose text is the same. */
int ruleset_change_make(const char *text, const char *old, bool rebind, struct ruleset_change *ret,
			struct err *err);
void ruleset_change_done(struct ruleset_change *c);
#define auto_ruleset_change nd_cleanup(ruleset_change_done) struct ruleset_change

/* Table number i of old that the new text does not name, from *i on; NULL at the end. */
const struct ruleset_table *ruleset_change_gone(const struct ruleset_change *c, size_t *i);
/* What `nft list table` says of it. */
void ruleset_change_listed(struct ruleset_change *c, size_t i, const char *listing);

/*
 * RULESET_FRESH: none of the tables exists yet, or nft says "File exists". For a change from nothing.
 * RULESET_REFILL: a table with the same text in both is left alone. In others our chains are emptied and filled again, in
 *	place; sets and the like stay where their text did; what only the old text names is deleted, a table with nothing
 *	else in it too.
 * RULESET_KEEP: the same, but what others' rules may refer to is emptied, not deleted.
 * RULESET_REPLACE: tables that differ are deleted whole, for when others have changed ours so that nothing else works. The
 *	new text begins on its second line, so that nft's complaints have a line to tell.
 *
 * Each is one transaction. Deleting is the dear part: the kernel waits for a grace period, some 10 ms, when the socket is
 * closed. Caller frees; "" where there is nothing to do; NULL: no memory.
 */
enum ruleset_way { RULESET_FRESH, RULESET_REFILL, RULESET_KEEP, RULESET_REPLACE, N_RULESET_WAYS };
char *ruleset_change_render(const struct ruleset_change *c, enum ruleset_way way);

#endif
