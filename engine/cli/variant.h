/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which variant of a scenario is played. */
#ifndef NETDOJO_CLI_VARIANT_H
#define NETDOJO_CLI_VARIANT_H

#include "base/err.h"

/*
 * The variant's name, "" for the plain one; caller frees. asked: by the user, "plain" or "" for the
 * plain one, NULL: the seed draws.
 */
int variant_choose(const char *path, const char *seed, const char *asked, char **ret,
		   struct err *err);

#endif
