/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: the phases in order, and the list they fill. */
#include "model/plan.h"

#include "model/planner.h"

void planner_emit(struct planner *p, struct op op)
{
	if (p->failed)
		return;
	if (p->n == p->room) {
		size_t room = p->room ? p->room * 2 : 128;
		struct op *ops = reallocarray(p->ops, room, sizeof(*ops));

		if (!ops) {
			p->failed = true;
			return;
		}
		p->ops = ops;
		p->room = room;
	}
	p->ops[p->n++] = op;
}

/* plan.h says why in this order. */
/* clang-format off */
static void (*const phases[])(struct planner *p) = {
	plan_services_stop,
	plan_routes_del, plan_neighs_del, plan_rules_del, plan_addresses_del,
	plan_links_del, plan_segments_del, plan_nodes_del,
	plan_nodes_add, plan_segments_add, plan_links_add, plan_segments_set,
	plan_switch_ruleset_set, plan_sysctls_set, plan_links_set, plan_mirrors_set,
	plan_addresses_add, plan_neighs_add, plan_routes_add,
	plan_local_rules_set, plan_rules_add, plan_rulesets_set,
	plan_files_del, plan_files_set,
	plan_services_start, plan_services_set,
};
/* clang-format on */

int plan_make(const struct model *from, const struct model *to, struct plan *ret, struct err *err)
{
	struct planner p = {.c = {from, to}};

	for (size_t i = 0; i < ARRAY_SIZE(phases); i++)
		phases[i](&p);
	if (p.failed) {
		free(p.ops);
		return err_sys(err, ENOMEM, "Can't plan a change");
	}
	*ret = (struct plan){.ops = p.ops, .n = p.n};
	return 0;
}

void plan_done(struct plan *p)
{
	free(p->ops);
	*p = (struct plan){0};
}
