/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a ruleset: what it may hold, and the transaction that puts it in place of an older one. */
#ifndef NETDOJO_NETNS_RULESET_TEXT_H
#define NETDOJO_NETNS_RULESET_TEXT_H

#include "base/err.h"

/*
 * One buffer for nft: on its first line the tables named in old and text are deleted (made first, so that deleting one
 * that is gone is no error), and then text follows. Either may be "". Text may hold whole tables only, and no
 * `include`: nft would read the host's files for it. Caller frees *ret.
 */
int ruleset_text_render(const char *text, const char *old, char **ret, struct err *err);

/*
 * nft's first complaint about such a buffer in one line: "line 3: syntax error, unexpected foo". Lines count from
 * the first of text. Returns ret.
 */
char *ruleset_text_complaint(const char *nft_says, char *ret, size_t size);

#endif
