/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was at work when: stretches, overlaps, late events. */
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

TCase *lab_actor_case(void)
{
	TCase *t = tcase_create("actor");

	tcase_add_test(t, a_late_event_stays_its_makers);
	tcase_add_test(t, overlapping_ones_are_one_stretch);
	tcase_add_test(t, old_stretches_are_forgotten);
	tcase_add_test(t, the_lab_comes_before_the_learner);
	return t;
}
