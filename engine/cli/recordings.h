/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recordings in an attempt's folder, read for the page. */
#ifndef NETDOJO_CLI_RECORDINGS_H
#define NETDOJO_CLI_RECORDINGS_H

#include "base/json.h"
#include "grade/page.h"

struct recordings {
	struct page_cast *v; /* in the order they began; what they point to is owned */
	size_t n;
};
void recordings_done(struct recordings *r);
#define auto_recordings nd_cleanup(recordings_done) struct recordings

/*
 * Reads dir/transcript*.cast; events tell when each began. A line that is no event is left out, as the last one of a
 * killed terminal's; of what is very long the beginning is taken. What can't be read is not there.
 */
void recordings_read(const char *dir, const json_t *events, struct recordings *ret);

#endif
