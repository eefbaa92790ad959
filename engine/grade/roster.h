/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class's roster: a name a line, or CSV with each one's seed behind the name. Pure. */
#ifndef NETDOJO_GRADE_ROSTER_H
#define NETDOJO_GRADE_ROSTER_H

#include <stddef.h>

#include "base/err.h"

enum {
	ROSTER_MAX = 10000,    /* learners */
	ROSTER_FIELD_MAX = 256 /* bytes of a name or a seed */
};

struct learner {
	char *name, *seed; /* owned; seed NULL: the roster doesn't say */
};

/* Zero-initialise; roster_done frees. */
struct roster {
	struct learner *v;
	size_t n;
};
void roster_done(struct roster *r);
#define auto_roster nd_cleanup(roster_done) struct roster

/*
 * Reads text: blank lines and those that begin with '#' are left out, so is a first line "name,seed"; a field with a comma stands in
 * double quotes. A name twice, a control character, or a third field is ERR_USAGE with the line.
 */
int roster_parse(const char *text, size_t len, struct roster *ret, struct err *err);

/* The learner of that name, or NULL; of that seed. */
const struct learner *roster_find(const struct roster *r, const char *name);
const struct learner *roster_by_seed(const struct roster *r, const char *seed);

#endif
