/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person may type for a layer, and when an answer is right. */
#include <check.h>
#include <stdlib.h>

#include "grade/diagnosis.h"

static const struct {
	const char *typed, *layer;
} layers[] = {
	{"L2.5", "L2.5"},
	{"l2.5", "L2.5"},
	{"2.5", "L2.5"},
	{" L 2.5 ", "L2.5"},
	{"1", "L1"},
	{"l5", "L5"},
	{"4/5", "L4/5"},
	{"L4/5", "L4/5"},
	{"OTHER", "other"},
	{"other", "other"},
	{"L6", NULL},
	{"", NULL},
	{"L", NULL},
	{"none", NULL},
	{"2.5x", NULL},
	{"LL2", NULL},
	{"a very long word that is no layer", NULL},
};

START_TEST(normalises)
{
	const char *got = layer_normal(layers[_i].typed);

	if (layers[_i].layer)
		ck_assert_str_eq(got, layers[_i].layer);
	else
		ck_assert_ptr_null(got);
}
END_TEST

START_TEST(four_slash_five_matches_either)
{
	ck_assert(layer_names("4/5", "L4"));
	ck_assert(layer_names("L4/5", "L5"));
	ck_assert(layer_names("l4", "4/5"));
	ck_assert(!layer_names("4/5", "L3"));
	ck_assert(!layer_names("4/5", "other"));
	ck_assert(layer_names("2.5", "L2.5"));
	ck_assert(!layer_names("2", "L2.5"));
	ck_assert(!layer_names("x", "x"));
}
END_TEST

static const struct {
	const char *answers, *truth;
	bool right;
} cases[] = {
	{"[{'layer':'l2.5','cause':'a'}]", "[{'layer':'L2.5','cause':'a','at':'windows'}]", true},
	{"[{'layer':'L2','cause':'a'}]", "[{'layer':'L2.5','cause':'a'}]", false},
	{"[{'layer':'L2.5','cause':'b'}]", "[{'layer':'L2.5','cause':'a'}]", false},
	{"[{'layer':'L2.5'}]", "[{'layer':'L2.5','cause':'a'}]", false},
	{"[]", "[]", true},
	{"[]", "[{'layer':'L1','cause':'a'}]", false},
	{"[{'layer':'L1','cause':'a'}]", "[]", false},
	{"[{'layer':'4/5','cause':'a'}]", "[{'layer':'L5','cause':'a'}]", true},
	/* two faults: both, in any order, and nothing beside them */
	{"[{'layer':'1','cause':'x'},{'layer':'2','cause':'y'}]",
	 "[{'layer':'L2','cause':'y'},{'layer':'L1','cause':'x'}]", true},
	{"[{'layer':'1','cause':'x'}]", "[{'layer':'L2','cause':'y'},{'layer':'L1','cause':'x'}]",
	 false},
	{"[{'layer':'1','cause':'x'},{'layer':'2','cause':'y'}]", "[{'layer':'L1','cause':'x'}]",
	 false},
};

static json_t *quoted(const char *text)
{
	char buf[512];
	size_t i;

	for (i = 0; text[i] && i + 1 < sizeof(buf); i++)
		buf[i] = text[i] == '\'' ? '"' : text[i];
	buf[i] = '\0';
	return json_loads(buf, 0, NULL);
}

START_TEST(compares)
{
	auto_json json_t *answers = quoted(cases[_i].answers), *truth = quoted(cases[_i].truth);

	ck_assert(diagnosis_correct(answers, truth) == cases[_i].right);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("diagnosis");
	TCase *t = tcase_create("diagnosis");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, normalises, 0, ARRAY_SIZE(layers));
	tcase_add_test(t, four_slash_five_matches_either);
	tcase_add_loop_test(t, compares, 0, ARRAY_SIZE(cases));
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
