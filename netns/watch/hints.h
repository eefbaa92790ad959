/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent's children said they would run: their memory is closed to us until they have. */
#ifndef NETDOJO_NETNS_WATCH_HINTS_H
#define NETDOJO_NETNS_WATCH_HINTS_H

#include <sys/types.h>

#include "netns/watch/watch.h"

/* Takes over sock in any case; NULL when it can't be read from. */
struct hints *hints_new(struct wnode *n, int sock);
/* Takes NULL. */
void hints_free(struct hints *h);
/* What this process said last, {"path","argv"}, at most once; NULL when it said nothing. Caller
 * owns it. */
json_t *hints_take(struct hints *h, pid_t pid);

#endif
