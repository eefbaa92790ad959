/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was at work when: stretches, overlaps, late events. */
#include "lab/change.h"
#include "tests/unit/lab_rig.h"

START_TEST(a_late_event_stays_its_makers)
{
	struct actor_span s = {0};
	double inside;

	actor_begin(&s);
	inside = s.past[0].began;
	ck_assert(actor_covers(&s, inside, 0));
	actor_end(&s);
	ck_assert(!actor_covers(&s, s.past[0].ended + 0.02, 0.01));
	ck_assert(actor_covers(&s, s.past[0].ended + 0.005, 0.01));
	for (int i = 0; i < 20; i++) { /* a script's next commands */
		actor_begin(&s);
		actor_end(&s);
	}
	ck_assert(actor_covers(&s, inside, 0));
	ck_assert(!actor_covers(&s, inside - 0.001, 0));
}
END_TEST

START_TEST(overlapping_ones_are_one_stretch)
{
	struct actor_span s = {0};

	actor_end(&s); /* nothing began */
	ck_assert_uint_eq(s.active, 0);
	actor_begin(&s);
	actor_begin(&s);
	actor_end(&s);
	ck_assert(actor_covers(&s, s.past[0].began + 1000, 0));
	actor_end(&s);
	ck_assert_uint_eq(s.n, 1);
	ck_assert(!actor_covers(&s, s.past[0].began + 1000, 0));
}
END_TEST

START_TEST(old_stretches_are_forgotten)
{
	struct actor_span s = {0};

	for (int i = 0; i < ACTOR_PAST * 3; i++) {
		actor_begin(&s);
		s.past[(s.n - 1) % ACTOR_PAST].began = i + 1;
		actor_end(&s);
		s.past[(s.n - 1) % ACTOR_PAST].ended = i + 1.5;
	}
	ck_assert(actor_covers(&s, ACTOR_PAST * 3 + 0.2, 0));
	ck_assert(actor_covers(&s, ACTOR_PAST * 2 + 1.2, 0));
	ck_assert(!actor_covers(&s, ACTOR_PAST * 2 + 0.2, 0));
	ck_assert(!actor_covers(&s, ACTOR_PAST * 3 + 0.7, 0));
}
END_TEST

/* A probe of the lab's beside a learner: what is seen then is not held to be the learner's. */
START_TEST(the_lab_comes_before_the_learner)
{
	struct rig r;
	double now;

	rig_up(&r, NULL);
	now = log_now();
	ck_assert_str_eq(lab_actor(&r.lab, &r.lab.probing, now), "lab");
	actor_begin(&r.lab.tool);
	ck_assert_str_eq(lab_actor(&r.lab, &r.lab.probing, log_now()), "tool");
	actor_begin(&r.lab.learner);
	ck_assert_str_eq(lab_actor(&r.lab, &r.lab.probing, log_now()), "learner");
	actor_begin(&r.lab.probing);
	ck_assert_str_eq(lab_actor(&r.lab, &r.lab.probing, log_now()), "lab");
	actor_end(&r.lab.probing);
	actor_begin(&r.lab.changing);
	ck_assert_str_eq(lab_actor(&r.lab, &r.lab.probing, log_now()), "learner");
	rig_done(&r);
}
END_TEST

static json_t *route_change(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:f}", "kind", "change", "node", "wsl", "what",
			 "route", "by", "learner", "mono", log_now());
}

static int route_then_synced(void *ctx, unsigned n, struct err *err)
{
	(void)err;
	fake_watch_push(ctx, route_change());
	fake_watch_push(ctx, json_pack("{s:s, s:s, s:s, s:i}", "kind", "lab", "what", "synced",
				       "by", "lab", "n", (int)n));
	return 0;
}

static void on_changed(void *arg, const struct err *err)
{
	ck_assert_ptr_null(err);
	fake_watch_push(arg, route_change());
}

/* What was told by the end of the lab's own change is the lab's; what comes at once after it is not. */
START_TEST(who_is_quick_after_the_lab_is_not_the_lab)
{
	struct rig r;
	auto_json json_t *all = NULL;
	const json_t *first, *second;
	size_t n;

	rig_up(&r, NULL);
	r.lab.ports.watch.sync = route_then_synced;
	actor_begin(&r.lab.learner);
	change_start(&r.lab, r.lab.healthy, NULL, on_changed, &r.watch);
	rig_turn(&r);
	all = rig_log(&r);
	n = json_array_size(all);
	first = json_array_get(all, n - 2);
	second = json_array_get(all, n - 1);
	ck_assert_uint_eq(rig_logged(&r, "change", "route"), 2);
	ck_assert_str_eq(json_str(first, "by", ""), "lab");
	ck_assert_str_eq(json_str(second, "by", ""), "learner");
	rig_done(&r);
}
END_TEST

/* Whose an exec event {"pid","ppid"} is. */
static const char *whose(struct lineage *l, int pid, int ppid, const char *by, bool of_agent)
{
	auto_json json_t *e =
		json_pack("{s:s, s:i, s:i}", "kind", "exec", "pid", pid, "ppid", ppid);

	return lineage_owner(l, e, by, of_agent);
}

START_TEST(a_program_is_its_starters)
{
	struct lineage l = {0};
	auto_json json_t *gone =
		json_pack("{s:s, s:s, s:i}", "kind", "exec", "what", "exit", "pid", 30);
	auto_json json_t *socket = json_pack("{s:s, s:i}", "kind", "socket", "pid", 31);

	ck_assert_str_eq(whose(&l, 30, 9, "learner", true), "learner"); /* their shell */
	ck_assert_str_eq(whose(&l, 31, 30, "lab", false), "learner");	/* while a probe runs */
	ck_assert_str_eq(lineage_owner(&l, socket, "lab", false), "learner");
	ck_assert_str_eq(lineage_owner(&l, gone, "lab", false), "learner");
	ck_assert_str_eq(whose(&l, 32, 31, "lab", false), "learner"); /* when the shell has gone */
	ck_assert_str_eq(whose(&l, 40, 9, "lab", true), "lab");	      /* a probe's program */
	ck_assert_str_eq(whose(&l, 41, 40, "learner", false), "lab");
	ck_assert_str_eq(whose(&l, 50, 9, "tool", true), "tool");
	lineage_done(&l);
}
END_TEST

/* A subshell in the background: known by what it ran first, an orphan when it runs the next. */
START_TEST(a_shells_copy_is_the_shells)
{
	struct lineage l = {0};

	ck_assert_str_eq(whose(&l, 61, 60, "learner", false), "learner");
	ck_assert_str_eq(whose(&l, 60, 9, "lab", true), "learner");
	lineage_done(&l);
}
END_TEST

TCase *lab_actor_case(void)
{
	TCase *t = tcase_create("actor");

	tcase_add_test(t, a_late_event_stays_its_makers);
	tcase_add_test(t, overlapping_ones_are_one_stretch);
	tcase_add_test(t, old_stretches_are_forgotten);
	tcase_add_test(t, the_lab_comes_before_the_learner);
	tcase_add_test(t, who_is_quick_after_the_lab_is_not_the_lab);
	tcase_add_test(t, a_program_is_its_starters);
	tcase_add_test(t, a_shells_copy_is_the_shells);
	return t;
}
