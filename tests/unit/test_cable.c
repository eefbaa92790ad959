/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a segment's cable does to frames, in the model and in plans. */
#include <check.h>
#include <string.h>

#include "model/plan.h"

static json_t *nat;

static void setup(void)
{
	nat = json_load_file(TEST_DATA "/nat.json", 0, NULL);
	ck_assert_ptr_nonnull(nat);
}

static void teardown(void)
{
	json_decref(nat);
}

/* nat with a segment's keys set; NULL where the model is refused, with why in err. */
static struct model *impaired(const char *segment, const char *keys, struct err *err)
{
	auto_json json_t *m = json_deep_copy(nat);
	auto_json json_t *more = json_loads(keys, 0, NULL);
	struct model *out = NULL;
	size_t i;
	json_t *s;

	json_array_foreach (json_object_get(m, "segments"), i, s)
		if (strcmp(json_str(s, "name", ""), segment) == 0)
			json_object_update(s, more);
	return model_from_json(m, &out, err) < 0 ? NULL : out;
}

/* The plan's lines, joined. Caller frees. */
static char *lines_of(const struct model *a, const struct model *b)
{
	auto_plan p = {0};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	ck_assert_int_eq(plan_make(a, b, &p, NULL), 0);
	for (size_t i = 0; i < p.n; i++) {
		auto_free char *line = op_describe(&p.ops[i]);

		fprintf(f, "%s\n", line);
	}
	fclose(f);
	return text;
}

START_TEST(a_bridges_cable_is_set_and_cleared_alone)
{
	auto_model *clean = impaired("lan", "{}", NULL);
	auto_model *slow = impaired("lan", "{\"loss\": 25, \"rate_kbit\": 512}", NULL);
	auto_model *late = impaired("lan",
				    "{\"delay_ms\": 80, \"jitter_ms\": 5, \"reorder\": 10, "
				    "\"duplicate\": 1}",
				    NULL);
	auto_free char *set = lines_of(clean, slow), *same = lines_of(slow, slow);
	auto_free char *turn = lines_of(slow, late), *clear = lines_of(late, clean);

	ck_assert_str_eq(set, "lab: segment lan: loss 2.5%, rate 512 kbit/s\n");
	ck_assert_str_eq(same, "");
	ck_assert_str_eq(turn,
			 "lab: segment lan: duplicate 0.1%, reorder 1%, delay 80 ms ± 5 ms\n");
	ck_assert_str_eq(clear, "lab: segment lan: a clean cable\n");
}
END_TEST

/* It has no port to do it on, so it is made a bridge, and a pair again. */
START_TEST(a_pair_becomes_a_bridge)
{
	auto_model *clean = impaired("wan", "{}", NULL);
	auto_model *lossy = impaired("wan", "{\"loss\": 300}", NULL);
	auto_free char *set = lines_of(clean, lossy), *clear = lines_of(lossy, clean);
	auto_free char *build = lines_of(NULL, lossy);

	ck_assert_ptr_nonnull(strstr(set, "lab: add segment wan, 2 members\n"));
	ck_assert_ptr_nonnull(strstr(set, "internet: add link eth0 on segment wan\n"
					  "router: add link eth0 on segment wan\n"
					  "lab: segment wan: loss 30%\n"));
	ck_assert_ptr_nonnull(strstr(clear, "internet: add link eth0 to router eth0\n"));
	ck_assert_ptr_null(strstr(clear, "lab: segment wan:"));
	ck_assert_ptr_nonnull(strstr(build, "lab: segment wan: loss 30%\n"));
}
END_TEST

static void drop_node(json_t *m, const char *name)
{
	json_t *nodes = json_object_get(m, "nodes"), *n;
	size_t i;

	json_array_foreach (nodes, i, n)
		if (strcmp(json_str(n, "name", ""), name) == 0) {
			json_array_remove(nodes, i);
			return;
		}
}

/* Whose port is new, as WSL's of the next generation, has its frames lost like the others'. */
START_TEST(a_new_port_is_told)
{
	auto_json json_t *alone = NULL;
	auto_model *both = impaired("vswitch", "{\"loss\": 300}", NULL), *one = NULL;
	auto_free char *come = NULL;
	auto_free char *go = NULL;

	alone = model_to_json(both);
	drop_node(alone, "wsl");
	json_object_set_new(alone, "services", json_array());
	ck_assert_int_eq(model_from_json(alone, &one, NULL), 0);
	come = lines_of(one, both);
	go = lines_of(both, one);
	ck_assert_ptr_nonnull(strstr(come, "wsl: add link eth0 on segment vswitch\n"
					   "lab: segment vswitch: loss 30%\n"));
	ck_assert_ptr_null(strstr(go, "lab: segment"));
}
END_TEST

START_TEST(it_is_an_object_for_programs)
{
	auto_model *clean = impaired("lan", "{}", NULL);
	auto_model *slow = impaired("lan", "{\"loss\": 25, \"rate_kbit\": 512}", NULL);
	auto_plan p = {0};
	auto_json json_t *got = NULL, *want = NULL;

	ck_assert_int_eq(plan_make(clean, slow, &p, NULL), 0);
	ck_assert_uint_eq(p.n, 1);
	got = op_to_json(&p.ops[0]);
	want = json_pack("{s:s, s:s, s:i, s:i, s:i}", "op", "segment-set", "segment", "lan",
			 "members", 3, "loss", 25, "rate_kbit", 512);
	ck_assert(json_equal(got, want));
}
END_TEST

static const struct {
	const char *keys, *why;
} refused[] = {
	{"{\"reorder\": 10}", "segments[1]: 'reorder' needs a 'delay_ms'"},
	{"{\"loss\": 1001}", "segments[1].loss"},
	{"{\"delay_ms\": 60001}", "segments[1].delay_ms"},
};

START_TEST(what_no_cable_does)
{
	struct err err = {0};

	ck_assert_ptr_null(impaired("lan", refused[_i].keys, &err));
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_msg(strstr(err.msg, refused[_i].why) != NULL, "%s", err.msg);
}
END_TEST

/* nat with a segment "vpn" and tunnels on it, each an interface of a node. */
static struct model *with_tunnels(const char *segment, const char *const ends[], struct err *err)
{
	static const char *const nodes[] = {"windows", "internet", "phone"};
	auto_json json_t *m = json_deep_copy(nat);
	struct model *out = NULL;
	json_t *n;
	size_t i;

	json_array_append_new(json_object_get(m, "segments"), json_loads(segment, 0, NULL));
	for (size_t k = 0; k < 3 && ends[k]; k++)
		json_array_foreach (json_object_get(m, "nodes"), i, n)
			if (strcmp(json_str(n, "name", ""), nodes[k]) == 0)
				json_array_append_new(json_object_get(n, "ifaces"),
						      json_loads(ends[k], 0, NULL));
	return model_from_json(m, &out, err) < 0 ? NULL : out;
}

#define END(more) "{\"name\": \"tun0\", \"kind\": \"tunnel\", \"segment\": \"vpn\"" more "}"
#define SERVER	  END(", \"endpoint\": \"203.0.113.1:51820\"")
#define CARRIED	  END(", \"endpoint\": \"203.0.113.1:51820\", \"carried\": true")
#define VPN(more) "{\"name\": \"vpn\"" more "}"

static const struct {
	const char *segment, *ends[3], *why; /* NULL: it is right */
} tunnels[] = {
	{VPN(""), {END(""), SERVER}, NULL},
	{VPN(""), {SERVER, SERVER}, NULL},
	{VPN(""), {END("")}, NULL},
	{VPN(""), {END(""), END(", \"endpoint\": \"[2001:db8::1]:1\"")}, NULL},
	{VPN(""), {END(", \"carried\": true"), CARRIED}, NULL},
	{VPN(""), {END(""), CARRIED}, "segments[3]: Both ends of a tunnel are 'carried', or"},
	{VPN(""),
	 {END(", \"carried\": true, \"mac\": \"02:00:00:00:00:01\""), CARRIED},
	 "and then it has no MAC"},
	{VPN(""), {END(""), END("")}, "segments[3]: Neither end of the tunnel has an 'endpoint'"},
	{VPN(""), {END(""), SERVER, END("")}, "segments[3]: A tunnel has two ends"},
	{VPN(""),
	 {END(""), SERVER, "{\"name\": \"eth7\", \"segment\": \"vpn\"}"},
	 "segments[3]: A tunnel has two ends"},
	{VPN(", \"bridge\": true"), {END(""), SERVER}, "segments[3]: A tunnel has two ends"},
	{VPN(", \"loss\": 9"), {END(""), SERVER}, "segments[3]: A tunnel has no cable of its own"},
	{VPN(""), {END(""), END(", \"endpoint\": \"203.0.113.1\"")}, "is no endpoint"},
	{VPN(""), {END(""), END(", \"endpoint\": \"203.0.113.1:70000\"")}, "is no endpoint"},
	{VPN(""), {END(""), END(", \"endpoint\": \"2001:db8::1:51820\"")}, "is no endpoint"},
	{VPN(""), {END(""), END(", \"endpoint\": \"vpn.example:51820\"")}, "is no endpoint"},
};

START_TEST(a_tunnel_has_two_ends)
{
	struct err err = {0};
	auto_model *m = with_tunnels(tunnels[_i].segment, tunnels[_i].ends, &err);

	ck_assert_msg((m != NULL) == !tunnels[_i].why, "%s", err.msg);
	if (!tunnels[_i].why)
		return;
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_msg(strstr(err.msg, tunnels[_i].why) != NULL, "%s", err.msg);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cable");
	TCase *t = tcase_create("cable");
	SRunner *run;
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_bridges_cable_is_set_and_cleared_alone);
	tcase_add_test(t, a_pair_becomes_a_bridge);
	tcase_add_test(t, a_new_port_is_told);
	tcase_add_test(t, it_is_an_object_for_programs);
	tcase_add_loop_test(t, what_no_cable_does, 0, ARRAY_SIZE(refused));
	tcase_add_loop_test(t, a_tunnel_has_two_ends, 0, ARRAY_SIZE(tunnels));
	suite_add_tcase(s, t);
	run = srunner_create(s);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed ? 1 : 0;
}
