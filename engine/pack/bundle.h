/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A submission's file: a gzipped tar of the files of a table, and nothing else (docs/formats/submission.md). */
#ifndef NETDOJO_PACK_BUNDLE_H
#define NETDOJO_PACK_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"

enum {
	BUNDLE_N = 5,			     /* files there can be */
	BUNDLE_ENTRIES_MAX = 16,	     /* headers looked at before it is refused */
	BUNDLE_PACKED_MAX = 64 * 1024 * 1024 /* bytes of the file itself */
};

/* What may be in one, in this order, and how large; a reader refuses all else. */
struct bundle_rule {
	const char *name;
	size_t max; /* bytes */
	bool needed;
};
extern const struct bundle_rule bundle_rules[BUNDLE_N];

/* The rule of that name; NULL for none. */
const struct bundle_rule *bundle_rule_find(const char *name);

/*
 * Packs files ([{"name","size"}], their bytes one after the other from the start of in) into out: the same bytes for the same files.
 */
int bundle_write(int in, const json_t *files, int out, struct err *err);

/*
 * Reads a stranger's file: writes what is in it to out, one after the other, and tells *ret [{"name","size"}] (caller owns). No name
 * of it is ever used as one of ours. What is no submission is ERR_USAGE.
 */
int bundle_read(int in, int out, json_t **ret, struct err *err);

#endif
