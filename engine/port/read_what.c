/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the kinds of live state, as the protocols spell them. */
#include "port/build.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const names[] = {
	[READ_LINKS] = "links",		[READ_ROUTES] = "routes",   [READ_RULES] = "rules",
	[READ_NEIGHS] = "neighs",	[READ_RULESET] = "ruleset", [READ_SOCKETS] = "sockets",
	[READ_LISTENERS] = "listeners", [READ_OPEN] = "open",	    [READ_CONNTRACK] = "conntrack",
	[READ_SYSCTL] = "sysctl",
};
static_assert(ARRAY_SIZE(names) == N_READS, "a name for each kind of read");

int read_what_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

const char *read_what_name(enum read_what w)
{
	return names[w];
}
