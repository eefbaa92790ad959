/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model as a scenario gave it, made the lab's: what a scenario may not ask for is refused here, and what only the
 * command line may ask for is added. A scenario may come from a stranger.
 */
#ifndef NETDOJO_LAB_INTENT_H
#define NETDOJO_LAB_INTENT_H

#include "lab/lab.h"

/*
 * what begins the message of a refusal ("The scenario's fault"). A model without `windows` has the healthy one's. given must not
 * be changed afterwards. Caller frees *ret with model_free.
 */
int intent_model(const struct lab *lab, const json_t *given, const char *what, struct model **ret,
		 struct err *err);

#endif
