/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawings: golden files, and what holds for any model. NETDOJO_GOLDEN=write rewrites the files. */
#define _GNU_SOURCE
#include <check.h>
#include <string.h>

#include "base/width.h"
#include "model/draw.h"
#include "tests/unit/random_model.h"

static const char *const suffixes[N_DRAW_FORMATS] = {"txt", "ascii", "flat", "dot", "mmd"};
static const char *const models[] = {"nat", "odd", "mirror"};

static struct model *load(const char *name)
{
	auto_free char *path = NULL;
	auto_json json_t *j = NULL;
	struct model *m = NULL;
	struct err e = {0};

	ck_assert_int_gt(asprintf(&path, "%s/%s.json", TEST_DATA, name), 0);
	j = json_load_file(path, 0, NULL);
	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s: %s", path, e.msg);
	return m;
}

static char *slurp(const char *path)
{
	auto_file f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!f || getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		return strdup("");
	}
	return text;
}

static void spill(const char *path, const char *text)
{
	auto_file f = fopen(path, "w");

	ck_assert(f && fputs(text, f) >= 0);
}

START_TEST(golden_files_match)
{
	const char *name = models[_i / N_DRAW_FORMATS], *mode = getenv("NETDOJO_GOLDEN");
	int format = _i % N_DRAW_FORMATS;
	auto_model *m = load(name);
	auto_free char *got = draw_model(m, (enum draw_format)format);
	auto_free char *want = NULL;
	auto_free char *path = NULL;

	ck_assert_int_gt(asprintf(&path, "%s/%s.%s", TEST_DATA, name, suffixes[format]), 0);
	if (mode && strcmp(mode, "write") == 0)
		spill(path, got);
	want = slurp(path);
	ck_assert_msg(strcmp(got, want) == 0, "%s differs; now it is\n%s", path, got);
}
END_TEST

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

static void check_lines(const char *text, uint64_t seed)
{
	auto_free char *copy = strdup(text);
	char *rest, *line;

	for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		ck_assert_msg(width_columns(line) <= 78, "seed %llu: %zu columns: %s",
			      (unsigned long long)seed, width_columns(line), line);
}

START_TEST(any_model_fits)
{
	for (uint64_t seed = 1; seed < 400; seed++) {
		auto_model *m = random_model(seed, 0, 0);
		auto_free char *text = m ? draw_model(m, DRAW_TEXT) : NULL;
		auto_free char *ascii = m ? draw_model(m, DRAW_ASCII) : NULL;

		if (!m)
			continue;
		check_lines(text, seed);
		check_lines(ascii, seed);
		ck_assert_uint_eq(count(text, "┘"), m->n_nodes);
		for (const char *p = ascii; *p; p++)
			ck_assert((unsigned char)*p < 0x80);
	}
}
END_TEST

/* A chain of 32 nodes runs out of columns, and goes on below. */
START_TEST(long_chain_goes_on_below)
{
	auto_json json_t *j = json_pack("{s:s, s:[], s:[]}", "name", "chain", "nodes", "segments");
	auto_model *m = NULL;
	auto_free char *text = NULL;
	struct err e = {0};

	for (int i = 0; i < MODEL_MAX_NODES; i++) {
		json_t *n = json_pack("{s:o, s:[]}", "name", json_sprintf("n%d", i), "ifaces");

		for (int k = 0; k < 2; k++)
			json_array_append_new(
				json_object_get(n, "ifaces"),
				json_pack("{s:o, s:o, s:[{s:o}]}", "name", json_sprintf("eth%d", k),
					  "segment", json_sprintf("s%d", i + k), "addresses",
					  "cidr", json_sprintf("10.%d.%d.1/24", i, k)));
		json_array_append_new(json_object_get(j, "nodes"), n);
	}
	for (int i = 0; i <= MODEL_MAX_NODES; i++)
		json_array_append_new(json_object_get(j, "segments"),
				      json_pack("{s:o}", "name", json_sprintf("s%d", i)));
	ck_assert_msg(model_from_json(j, &m, &e) == 0, "%s", e.msg);
	text = draw_model(m, DRAW_TEXT);
	check_lines(text, 0);
	ck_assert_uint_eq(count(text, "┘"), MODEL_MAX_NODES);
	ck_assert_uint_gt(count(text, "(below)"), 0);
}
END_TEST

/* Graphviz makes up a box for what an edge names and nobody declared. */
START_TEST(what_an_edge_names_is_declared)
{
	auto_model *m = load(models[_i]);
	auto_free char *text = draw_model(m, DRAW_DOT);
	const char *p = text;

	while ((p = strstr(p, "-- \"segment "))) {
		auto_free char *declared = NULL;

		p += strlen("-- \"");
		ck_assert_int_gt(
			asprintf(&declared, "\t\"%.*s\" [shape=ellipse", (int)strcspn(p, "\""), p),
			0);
		ck_assert_msg(strstr(text, declared) != NULL, "%s", declared);
	}
}
END_TEST

/* Services, rulesets, files, routes: nothing of them may show, since the learner sees the drawing.
 */
START_TEST(settings_stay_hidden)
{
	static const char *const secret[] = {"masquerade", "dns-proxy",	 "large.bin", "resolv",
					     "learner",	   "ip_forward", "metric"};
	auto_model *m = load("nat");

	for (int f = 0; f < N_DRAW_FORMATS; f++) {
		auto_free char *text = draw_model(m, (enum draw_format)f);

		for (size_t i = 0; i < ARRAY_SIZE(secret); i++)
			ck_assert_ptr_null(strstr(text, secret[i]));
	}
}
END_TEST

/* A tick where it is proved and nowhere else, the words below; whatever the width, the box stays whole. */
START_TEST(what_is_proved_is_ticked)
{
	static const char *const ticks[] = {"✓", "*"};
	auto_model *m = load("nat");
	auto_json json_t *proved =
		json_pack("[{s:s, s:s, s:b, s:b, s:[s]}]", "node", "wsl", "address",
			  "172.27.43.151", "seen", 1, "answered", 1, "ports", "tcp/80");

	for (unsigned columns = 40; columns < 90; columns += 7)
		for (int f = DRAW_TEXT; f <= DRAW_ASCII; f++) {
			struct draw_look look = {.format = (enum draw_format)f,
						 .columns = columns,
						 .proved = proved};
			auto_free char *text = draw_look(m, &look);
			auto_free char *copy = strdup(text);
			char *rest;

			ck_assert_uint_eq(count(text, ticks[f]), 2);
			ck_assert_ptr_nonnull(strstr(text, "shown"));
			for (char *l = strtok_r(copy, "\n", &rest); l;
			     l = strtok_r(NULL, "\n", &rest))
				ck_assert_uint_le(width_columns(l), columns);
		}
}
END_TEST

START_TEST(without_proof_nothing_is_ticked)
{
	auto_model *m = load("nat");
	auto_json json_t *proved = json_array();
	auto_free char *none = draw_look(m, &(struct draw_look){.proved = proved, .ja = true});
	auto_free char *plain = draw_look(m, &(struct draw_look){.color = true});

	ck_assert_uint_eq(count(none, "✓"), 0);
	ck_assert_ptr_nonnull(strstr(none, "まだ何も"));
	ck_assert_ptr_nonnull(strstr(none, "家庭内 LAN"));
	ck_assert_ptr_nonnull(strstr(plain, "\033[1mrouter\033[0m"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("draw");
	TCase *t = tcase_create("draw");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, golden_files_match, 0, (int)ARRAY_SIZE(models) * N_DRAW_FORMATS);
	tcase_add_loop_test(t, what_an_edge_names_is_declared, 0, ARRAY_SIZE(models));
	tcase_add_test(t, any_model_fits);
	tcase_add_test(t, long_chain_goes_on_below);
	tcase_add_test(t, settings_stay_hidden);
	tcase_add_test(t, what_is_proved_is_ticked);
	tcase_add_test(t, without_proof_nothing_is_ticked);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}
