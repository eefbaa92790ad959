/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a ruleset: what it may hold, and the transaction that puts it in place of an older
 * one. */
#ifndef NETDOJO_NETNS_RULESET_TEXT_H
#define NETDOJO_NETNS_RULESET_TEXT_H

#include "base/err.h"

/*
 * One buffer for nft: its first line makes way for the tables of text, then text follows. Either
 * text may be "". Text may hold whole tables only, and no `include`: nft would read the host's
 * files for it. Caller frees *ret.
 *
 * RULESET_FRESH: a table of text that old does not name must not exist yet, or nft says "File
 * exists". RULESET_REPLACE: every table of either is deleted first (and made before that, so that
 * one already gone is no error). Deleting is the dear one: the kernel waits for a grace period,
 * some 10 ms, when the socket is closed.
 */
enum ruleset_way { RULESET_FRESH, RULESET_REPLACE };
int ruleset_text_render(const char *text, const char *old, enum ruleset_way way, char **ret,
			struct err *err);

/*
 * Text without the chains at a device (`device "g-eth0"`) that is not there, its lines where they were: kernels before 6.16
 * refuse the whole table for one, and where nothing passes there is nothing to judge. Caller frees; NULL: no memory.
 */
typedef bool (*ruleset_device_fn)(void *arg, const char *device);
char *ruleset_text_present(const char *text, ruleset_device_fn there, void *arg);

/*
 * nft's first complaint about such a buffer in one line: "line 3: syntax error, unexpected foo".
 * Lines count from the first of text. Returns ret.
 */
char *ruleset_text_complaint(const char *nft_says, char *ret, size_t size);

#endif
