/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a ruleset, before nft sees it and after nft complained. */
#ifndef NETDOJO_NETNS_RULESET_TEXT_H
#define NETDOJO_NETNS_RULESET_TEXT_H

#include "base/err.h"

/*
 * Text without the chains at a device (`device "g-eth0"`) that is not there, its lines where they were: kernels before 6.16
 * refuse the whole table for one, and where nothing passes there is nothing to judge. Caller frees; NULL: no memory.
 */
typedef bool (*ruleset_device_fn)(void *arg, const char *device);
char *ruleset_text_present(const char *text, ruleset_device_fn there, void *arg);

/*
 * nft's first complaint about a buffer of one line and a text, in one line: "line 3: syntax error, unexpected foo".
 * Lines count from the first of text. Returns ret.
 */
char *ruleset_text_complaint(const char *nft_says, char *ret, size_t size);

#endif
