/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of unknown origin as JSON strings. */
#ifndef NETDOJO_NETNS_WATCH_TEXT_H
#define NETDOJO_NETNS_WATCH_TEXT_H

#include "base/json.h"

/* The bytes as a string; where they are not UTF-8, every byte outside ASCII becomes U+FFFD. Caller
 * owns it. */
json_t *text_json(const char *bytes, size_t len);

#endif
