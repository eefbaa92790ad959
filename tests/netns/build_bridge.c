/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A segment that is a bridge by its own word: one end's node goes and comes, the other end never notices. */
#define _GNU_SOURCE
#include <string.h>

#include "build_lab.h"

static struct lab lab;
/* nat.json with a bridge for vswitch, and the same without WSL. */
static struct model *whole, *stopped;

static void setup(void)
{
	auto_json json_t *j = json_load_file(NAT_JSON, 0, NULL);
	struct err err = {0};

	json_object_set_new(lab_find(json_object_get(j, "segments"), "name", "vswitch"), "bridge",
			    json_true());
	ck_assert_msg(model_from_json(j, &whole, &err) == 0, "%s", err.msg);
	json_array_remove(json_object_get(j, "nodes"), 4);
	ck_assert_msg(model_from_json(j, &stopped, &err) == 0, "%s", err.msg);
	lab_open(&lab);
}

static void teardown(void)
{
	lab_close(&lab);
	model_free(whole);
	model_free(stopped);
}

static void change(const struct model *a, const struct model *b)
{
	auto_plan p = {0};

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++)
		if (!p.ops[i].file && !p.ops[i].service)
			lab_apply(&lab, &p.ops[i]);
}

static json_t *vethernet(void)
{
	auto_json json_t *links = lab_read(&lab, "windows", READ_LINKS, "");

	return json_incref(lab_find(links, "ifname", "vEthernet"));
}

static const char *const ping_guest[] = {"ping", "-n", "-c1", "-W2", "172.27.43.151", NULL};

START_TEST(the_other_end_stays)
{
	auto_json json_t *before = NULL, *routes = NULL;

	change(NULL, whole);
	lab_wait_settled(&lab, "windows");
	ck_assert_int_eq(lab_run(&lab, "windows", ping_guest), 0);
	before = vethernet();
	for (int generation = 0; generation < 3; generation++) {
		auto_json json_t *alone = NULL;
		auto_json json_t *after = NULL;

		change(whole, stopped);
		alone = vethernet();
		/* index, MAC, addresses, UP and LOWER_UP: nothing of it has changed */
		ck_assert(json_equal(alone, before));
		ck_assert_int_ne(lab_run(&lab, "windows",
					 (const char *[]){"ping", "-n", "-c1", "-W1",
							  "172.27.43.151", NULL}),
				 0);
		change(stopped, whole);
		after = vethernet();
		ck_assert(json_equal(after, before));
		ck_assert_int_eq(lab_run(&lab, "windows", ping_guest), 0);
	}
	routes = lab_read(&lab, "windows", READ_ROUTES, "");
	lab_find(routes, "dst", "172.27.32.0/20");
}
END_TEST

/* WSL may be stopped from the start. */
START_TEST(a_bridge_of_one)
{
	change(NULL, stopped);
	ck_assert_int_eq(lab_run(&lab, "windows",
				 (const char *[]){"ping", "-n", "-c1", "-W1", "172.27.32.1", NULL}),
			 0);
	change(stopped, whole);
	ck_assert_int_eq(lab_run(&lab, "windows", ping_guest), 0);
	change(whole, NULL);
}
END_TEST

TCase *build_bridge_case(void)
{
	TCase *c = tcase_create("bridge");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, the_other_end_stays);
	tcase_add_test(c, a_bridge_of_one);
	return c;
}
