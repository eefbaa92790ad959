/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the small kernel does by itself, after an operation. */
#ifndef NETDOJO_TEST_SIM_EFFECT_H
#define NETDOJO_TEST_SIM_EFFECT_H

#include "tests/unit/sim_value.h"

bool sim_is_v6(const char *text);
/* Removes what fn says of an object of objects. */
void sim_sweep(json_t *all, bool (*fn)(const char *key, const json_t *v, const void *arg),
	       const void *arg);
/* Routes and neighbours of a device; sim_flush_neighs() takes the neighbours alone. */
void sim_flush_dev(json_t *node, const char *dev, bool v4_only);
void sim_flush_neighs(json_t *node, const char *dev);
void sim_drop_v6(json_t *link);
/* Does any interface have the address? */
bool sim_address_left(const json_t *node, const char *ip);
bool sim_has_v4(const json_t *link);
/* What becomes of routes whose source no interface has any more: IPv4's go, IPv6's stay without. */
void sim_sources(json_t *node);
void sim_blank_v6_sources(json_t *node);
/* Something mirrors it, and would be left with half of its plumbing. */
bool sim_is_mirrored(const json_t *state, const char *node, const char *iface);
/* Does a ruleset name the mirror that random models have? Is it there? */
bool sim_names_mirror(const char *ruleset);
bool sim_has_mirror(const json_t *state);
/* A link goes, with all that hangs on it. */
void sim_drop_link(json_t *state, const char *node, const char *iface);

#endif
