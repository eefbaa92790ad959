/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel in small, for testing the planner: it applies operations to a state with the side
 * effects the real one has (model/fate.h lists them), and is strict: adding what is there, deleting
 * what is not, a route with an unreachable gateway, all fail. The state is JSON, so two states
 * compare with json_equal().
 */
#ifndef NETDOJO_TEST_SIM_H
#define NETDOJO_TEST_SIM_H

#include "model/plan.h"

/* {"nodes":{name:{..}},"segments":{..},"services":{..}}; caller owns. */
json_t *sim_new(void);
/* What the kernel must hold for a model, written from the model with no planner; caller owns. */
json_t *sim_of(const struct model *m);
/* Applies one operation; what was wrong goes to err. */
int sim_apply(json_t *state, const struct op *op, struct err *err);
/* Sets a node's ruleset, or the switch's (NULL), whatever it was: as transactions of the kernel do. */
void sim_put_ruleset(json_t *state, const char *node, const char *ruleset);
/*
 * Makes the two comparable: forgets what `want` leaves open (MACs it does not fix, sysctls it does
 * not name) and the order of addresses of different subnets.
 */
void sim_settle(json_t *state, json_t *want);

#endif
