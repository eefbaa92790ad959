/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Lua allocator with a ceiling, so that a scenario can't eat the machine's memory. */
#ifndef NETDOJO_BIND_HEAP_H
#define NETDOJO_BIND_HEAP_H

#include <stddef.h>

enum { HEAP_LIMIT = 64 * 1024 * 1024 }; /* bytes of one scenario's state */

struct heap {
	size_t used, limit;
};

/* A lua_Alloc; arg is a struct heap. */
void *heap_alloc(void *arg, void *p, size_t old_size, size_t new_size);

#endif
