/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back from a change that failed in the middle. */
#ifndef NETDOJO_LAB_ROLLBACK_H
#define NETDOJO_LAB_ROLLBACK_H

#include "model/plan.h"

/*
 * What brings the kernel back to `from` when of the plan from `from` to `to` the first n operations ran: the plan from
 * `to` to `from`, less what would make or remove something that the first n left alone. Of the rest every operation is kept,
 * as it does nothing where nothing is to be done (model/plan.h). With them goes what puts up again whatever the kernel dropped by
 * itself in the nodes that were touched. What a learner took away by hand there, and the model names, comes back too.
 * Borrows from both models, either of which may be NULL.
 */
int rollback_plan(const struct model *from, const struct model *to, const struct plan *forth,
		  size_t n, struct plan *ret, struct err *err);

#endif
