/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back from a change that failed in the middle. */
#ifndef NETDOJO_LAB_ROLLBACK_H
#define NETDOJO_LAB_ROLLBACK_H

#include "model/plan.h"

/*
 * What brings the kernel back to `from` when of the plan from `from` to `to` the first n operations ran: the plan from
 * `to` to `from`, less what would make or remove something that the first n left alone. Of the rest every operation is kept,
 * as it does nothing where nothing is to be done (port/build.h); so what the kernel dropped on the way comes back too.
 * Borrows from both models, either of which may be NULL.
 */
int rollback_plan(const struct model *from, const struct model *to, const struct plan *forth, size_t n,
		  struct plan *ret, struct err *err);

#endif
