/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doctor's judgement of a kernel by its config, its document, and the AppArmor profile. */
#define _GNU_SOURCE
#include <check.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "netns/doctor/doctor.h"

/* A config with every option any check names, each set to value. */
static char *whole_config(const char *value)
{
	char *text = NULL, option[64];
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int n;

	for (size_t i = 0; i < n_checks; i++)
		for (const char *at = checks[i].options;
		     at && sscanf(at, "%63s%n", option, &n) == 1; at += n)
			fprintf(f, "CONFIG_%s=%s\n", option, value);
	fclose(f);
	return text;
}

static json_t *judged(const char *text)
{
	json_t *entries = NULL, *doc;
	struct err err = {0};

	ck_assert_msg(config_judge(text, &entries, &err) == 0, "%s", err.msg);
	doc = report_json(entries);
	json_decref(entries);
	return doc;
}

static json_t *entry(json_t *doc, const char *id)
{
	json_t *e;
	size_t i;

	json_array_foreach (json_object_get(doc, "checks"), i, e)
		if (!strcmp(json_str(e, "id", ""), id))
			return e;
	ck_abort_msg("no check %s", id);
	return NULL;
}

START_TEST(a_whole_kernel_is_well)
{
	static const char *const values[] = {"y", "m"};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		auto_free char *text = whole_config(values[i]);
		auto_json json_t *doc = judged(text);

		ck_assert(json_flag(doc, "ok", false));
		ck_assert_str_eq(json_str(doc, "schema", ""), "netdojo/doctor/1");
		ck_assert_str_eq(json_str(entry(doc, "veth"), "have", ""),
				 i ? "CONFIG_VETH=m" : "built in");
	}
}
END_TEST

static char *without(const char *option)
{
	char *text = whole_config("y"), line[80];

	snprintf(line, sizeof(line), "CONFIG_%s=y\n", option);
	for (char *at; (at = strstr(text, line));)
		memmove(at, at + strlen(line), strlen(at + strlen(line)) + 1);
	return text;
}

/* As WSL2's 5.15 kernel is: no netem, no tbf. Labs run. */
START_TEST(optional_lacks_do_not_fail)
{
	auto_free char *text = without("NET_SCH_NETEM");
	auto_json json_t *doc = judged(text);

	ck_assert(json_flag(doc, "ok", false));
	ck_assert(!json_flag(entry(doc, "netem"), "ok", true));
	ck_assert_str_eq(json_str(entry(doc, "netem"), "have", ""),
			 "Not in this config: NET_SCH_NETEM");
	ck_assert_str_eq(json_str(entry(doc, "netem"), "mend", ""),
			 "Use a kernel with CONFIG_NET_SCH_NETEM");
}
END_TEST

START_TEST(required_lacks_fail)
{
	static const char *const required[] = {"USER_NS",   "VETH",	"BRIDGE",
					       "NF_TABLES", "NFT_MASQ", "OVERLAY_FS"};

	for (size_t i = 0; i < ARRAY_SIZE(required); i++) {
		auto_free char *text = without(required[i]);
		auto_json json_t *doc = judged(text);

		ck_assert_msg(!json_flag(doc, "ok", true), "well without %s", required[i]);
	}
}
END_TEST

static const struct {
	const char *config;
	bool loss, rate;
} alternatives[] = {
	{"CONFIG_NET_SCH_NETEM=m\n", true, true},
	{"CONFIG_NET_SCH_TBF=y\n", false, true},
	{"CONFIG_NF_TABLES_NETDEV=y\nCONFIG_NETFILTER_INGRESS=y\n", false, false},
	{"CONFIG_NF_TABLES_NETDEV=y\nCONFIG_NETFILTER_INGRESS=y\nCONFIG_NFT_NUMGEN=m\n", true,
	 false},
};

/* What one of two can do is there with either; the mend names the better one. */
START_TEST(either_will_do)
{
	auto_json json_t *doc = judged(alternatives[_i].config);
	json_t *loss = entry(doc, "loss");

	ck_assert_int_eq(json_flag(loss, "ok", false), alternatives[_i].loss);
	ck_assert_int_eq(json_flag(entry(doc, "rate"), "ok", false), alternatives[_i].rate);
	ck_assert_str_eq(json_str(loss, "mend", ""),
			 alternatives[_i].loss ? "" : "Use a kernel with CONFIG_NET_SCH_NETEM");
}
END_TEST

/* CONFIG_X is neither CONFIG_X_Y nor a comment about itself. */
START_TEST(options_are_whole_words)
{
	auto_json json_t *doc =
		judged("# CONFIG_VETH is not set\nCONFIG_VETH_MORE=y\n# CONFIG_VETH=y\n");

	ck_assert(!json_flag(entry(doc, "veth"), "ok", true));
}
END_TEST

/* Programs and limits are the machine's, not the kernel's. */
START_TEST(only_what_a_config_can_tell)
{
	auto_free char *text = whole_config("y");
	auto_json json_t *doc = judged(text);
	json_t *e;
	size_t i;

	json_array_foreach (json_object_get(doc, "checks"), i, e)
		ck_assert(strncmp(json_str(e, "id", ""), "tool-", 5) != 0);
}
END_TEST

START_TEST(files_that_are_no_config)
{
	struct err err = {0};
	json_t *entries = NULL;
	char *text = NULL;

	ck_assert_int_lt(config_judge("hello\n", &entries, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_int_lt(config_read("/no/such/config", &text, &err), 0);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_int_lt(config_read("/tmp", &text, &err), 0);
}
END_TEST

START_TEST(ids_are_unique_and_complete)
{
	for (size_t i = 0; i < n_checks; i++) {
		ck_assert_ptr_nonnull(checks[i].attempt);
		ck_assert_ptr_nonnull(checks[i].needed_by);
		/* A module's mend falls back on options. */
		ck_assert(!checks[i].module || checks[i].options);
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(checks[i].id, checks[k].id);
	}
}
END_TEST

START_TEST(profile_takes_paths_literally)
{
	const char *paths[] = {"/home/a b/[x]/netdojo-lab"};
	auto_free char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	apparmor_write(f, paths, 1);
	fclose(f);
	ck_assert_ptr_nonnull(strstr(text, "profile netdojo-lab \"/home/a b/\\[x\\]/netdojo-lab\" "
					   "flags=(unconfined) {\n  userns,\n}"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("doctor");
	TCase *c = tcase_create("config");
	SRunner *r;
	int failed;

	tcase_add_test(c, a_whole_kernel_is_well);
	tcase_add_test(c, optional_lacks_do_not_fail);
	tcase_add_test(c, required_lacks_fail);
	tcase_add_test(c, options_are_whole_words);
	tcase_add_loop_test(c, either_will_do, 0, ARRAY_SIZE(alternatives));
	tcase_add_test(c, only_what_a_config_can_tell);
	tcase_add_test(c, files_that_are_no_config);
	tcase_add_test(c, ids_are_unique_and_complete);
	tcase_add_test(c, profile_takes_paths_literally);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
