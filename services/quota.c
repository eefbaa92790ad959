/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounds on what clients may hold at once. */
#include "services/quota.h"

#include <stddef.h>

bool quota_take(struct quota *q)
{
	for (const struct quota *up = q; up; up = up->parent)
		if (up->used >= up->max)
			return false;
	for (; q; q = q->parent)
		q->used++;
	return true;
}

void quota_give(struct quota *q)
{
	for (; q; q = q->parent)
		q->used--;
}
