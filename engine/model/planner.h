/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner's phases: each emits the operations of its kinds, in an order that plan.c knows. */
#ifndef NETDOJO_MODEL_PLANNER_H
#define NETDOJO_MODEL_PLANNER_H

#include "model/fate.h"
#include "model/plan.h"

struct planner {
	struct change c;
	struct op *ops;
	size_t n, room;
	bool failed; /* out of memory: later emits do nothing */
};

void planner_emit(struct planner *p, struct op op);

/* Nodes, segments, links (plan_links.c). */
void plan_links_del(struct planner *p);
void plan_segments_del(struct planner *p);
void plan_nodes_del(struct planner *p);
void plan_nodes_add(struct planner *p);
void plan_segments_add(struct planner *p);
void plan_links_add(struct planner *p);
void plan_segments_set(struct planner *p);
void plan_links_set(struct planner *p);
void plan_mirrors_set(struct planner *p);

/* What is configured in a node (plan_config.c). */
void plan_routes_del(struct planner *p);
void plan_neighs_del(struct planner *p);
void plan_rules_del(struct planner *p);
void plan_addresses_del(struct planner *p);
void plan_sysctls_set(struct planner *p);
void plan_addresses_add(struct planner *p);
void plan_local_rules_set(struct planner *p);
void plan_rules_add(struct planner *p);
void plan_neighs_add(struct planner *p);
void plan_routes_add(struct planner *p);
void plan_switch_ruleset_set(struct planner *p);
void plan_rulesets_set(struct planner *p);

/* What the lab itself does (plan_files.c). */
void plan_services_stop(struct planner *p);
void plan_files_del(struct planner *p);
void plan_files_set(struct planner *p);
void plan_services_start(struct planner *p);
void plan_services_set(struct planner *p);

#endif
