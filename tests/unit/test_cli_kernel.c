/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario needs of a kernel, and which kernels people have run it. */
#include <check.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/kernel.h"
#include "cli/kernels.h"
#include "netns/doctor/doctor.h"

static const struct {
	const char *meta, *names;
} needs[] = {
	{"{\"mode\": \"nat\", \"requires\": {\"kernel\": [], \"tools\": [\"dig\"]}}", "[]"},
	{"{\"mode\": \"nat\"}", "[]"},
	{"{\"mode\": \"nat\", \"requires\": {\"kernel\": [\"loss\", \"netem\"]}}",
	 "[\"loss\", \"netem\"]"},
	{"{\"mode\": \"mirrored\"}",
	 "[\"bridge\", \"clsact\", \"u32\", \"mirred\", \"nft-netdev\"]"},
	{"{\"mode\": \"mirrored\", \"requires\": {\"kernel\": [\"rate\", \"u32\"]}}",
	 "[\"rate\", \"u32\", \"bridge\", \"clsact\", \"mirred\", \"nft-netdev\"]"},
	{"{\"mode\": \"nat\", \"requires\": {\"kernel\": [1]}}", "[\"?\"]"},
};

START_TEST(said_or_implied)
{
	auto_json json_t *meta = json_loads(needs[_i].meta, 0, NULL);
	auto_json json_t *want = json_loads(needs[_i].names, 0, NULL);
	auto_json json_t *got = kernel_names(meta);
	auto_free char *text = json_dumps(got, 0);

	ck_assert_msg(json_equal(got, want), "%s", text);
}
END_TEST

static const struct {
	const char *kernel, *names, *verdict;
} verdicts[] = {
	{"WSL 5.15", "[]", "yes"},
	{"WSL 5.15", "[\"bridge\", \"clsact\", \"u32\", \"mirred\", \"wireguard\"]", "yes"},
	{"WSL 5.15", "[\"bridge\", \"clsact\", \"u32\", \"mirred\", \"nft-netdev\"]",
	 "no: nft-netdev"},
	{"WSL 6.6", "[\"bridge\", \"clsact\", \"u32\", \"mirred\", \"nft-netdev\"]", "yes"},
	{"WSL 5.15", "[\"netem\"]", "no: netem"},
	{"WSL 5.15", "[\"rate\", \"u32\", \"loss\"]", "no: rate, loss"},
	{"WSL 6.6", "[\"netem\", \"loss\", \"rate\", \"wireguard\"]", "yes"},
	{"WSL 6.18", "[\"nft-netdev\", \"nft-bridge\"]", "no: nft-bridge"},
	{"Debian 12", "[\"netem\", \"nft-bridge\", \"u32\"]", "yes"},
	{"Debian 13", "[\"netem\", \"nft-bridge\", \"u32\"]", "yes"},
	{"Ubuntu 24.04", "[\"netem\", \"nft-bridge\", \"u32\"]", "yes"},
};

static const struct kernel_known *find(const char *name)
{
	for (size_t i = 0; i < n_kernels_known; i++)
		if (!strcmp(kernels_known[i].name, name))
			return &kernels_known[i];
	ck_abort_msg("no kernel %s", name);
	return NULL;
}

START_TEST(kernels_are_judged)
{
	auto_json json_t *names = json_loads(verdicts[_i].names, 0, NULL);
	char got[128];

	kernels_verdict(find(verdicts[_i].kernel), names, got, sizeof(got));
	ck_assert_str_eq(got, verdicts[_i].verdict);
}
END_TEST

/* A table's name that no check has would say "yes" for ever. */
START_TEST(the_table_names_checks)
{
	for (size_t i = 0; i < n_kernels_known; i++)
		for (size_t k = 0; k < ARRAY_SIZE(kernels_known[i].lacks); k++) {
			const char *name = kernels_known[i].lacks[k];
			bool is_check = !name;

			for (size_t c = 0; c < n_checks && name; c++)
				is_check = is_check || !strcmp(checks[c].id, name);
			ck_assert_msg(is_check, "%s", name);
		}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("kernel");
	TCase *t = tcase_create("kernel");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, said_or_implied, 0, ARRAY_SIZE(needs));
	tcase_add_loop_test(t, kernels_are_judged, 0, ARRAY_SIZE(verdicts));
	tcase_add_test(t, the_table_names_checks);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
