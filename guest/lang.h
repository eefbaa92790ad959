/* SPDX-License-Identifier: GPL-2.0-or-later */
/* English or Japanese, by the locale's name. */
#ifndef NETDOJO_GUEST_LANG_H
#define NETDOJO_GUEST_LANG_H

#include <stdbool.h>

#include "base/json.h"

bool lang_is_ja(void);
/* One of the two. */
const char *lang_text(const char *en, const char *ja);
/* A text of a message: a string, or {"en","ja"}; "" when it is neither. Borrowed. */
const char *lang_pick(const json_t *text);

#endif
