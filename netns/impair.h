/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a segment's cable does to frames: rate, delay, jitter, loss, duplicates, reordering. */
#ifndef NETDOJO_NETNS_IMPAIR_H
#define NETDOJO_NETNS_IMPAIR_H

#include "netns/build_node.h"

/*
 * Puts op->segment's cable in force on every port its bridge has now, in place of what was there.
 * What this kernel can't do is refused (ENOTSUP, with the mend).
 */
int impair_set(struct build *b, const struct op *op, struct err *err);

/* The segment goes: so does what is left in the hub. */
void impair_forget(struct build *b, const struct segment *s);

/* The rules that lose the frames coming in by these ports; "" where none are lost. Caller frees
 * *ret. */
int impair_rules(const struct segment *s, const char *const ports[], size_t n, bool replace,
		 char **ret, struct err *err);

#endif
