/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Lua allocator with a ceiling. */
#include "bind/heap.h"

#include <stdlib.h>

void *heap_alloc(void *arg, void *p, size_t old_size, size_t new_size)
{
	struct heap *h = arg;
	size_t held =
		p ? old_size : 0; /* without p, old_size is Lua's name for the object's type */
	void *out;

	if (new_size == 0) {
		free(p);
		h->used -= held;
		return NULL;
	}
	if (new_size > held && new_size - held > h->limit - h->used)
		return NULL;
	out = realloc(p, new_size);
	if (out)
		h->used += new_size - held;
	return out;
}
