/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the build port makes of text: complaints about rulesets, sysctl names, subordinate id files. */
#define _GNU_SOURCE
#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "netns/idmap.h"
#include "netns/ruleset_text.h"
#include "netns/sysctl.h"

static bool is_m(void *arg, const char *device)
{
	(*(int *)arg)++;
	return device[0] == 'm';
}

START_TEST(chains_at_devices_that_are_gone)
{
	static const char text[] =
		"table netdev x {\n"
		"chain a { type filter hook ingress device \"m-eth0\" priority 0; drop }\n"
		"chain b { type filter hook ingress device \"g-eth0\" priority 0;\n"
		"tcp dport { 1, 2 } log prefix \"}\" drop }\n"
		"chain c { drop }\n}\n";
	int asked = 0;
	auto_free char *got = ruleset_text_present(text, is_m, &asked);
	auto_free char *none = ruleset_text_present("", is_m, &asked);
	auto_free char *open = ruleset_text_present("chain x { device \"g", is_m, &asked);

	ck_assert_int_eq(asked, 3);
	ck_assert_uint_eq(strlen(got), strlen(text));
	ck_assert_ptr_nonnull(strstr(got, "chain a { type filter hook ingress device \"m-eth0\" "
					  "priority 0; drop }\n "));
	ck_assert_ptr_nonnull(strstr(got, " \nchain c { drop }\n}\n"));
	ck_assert_ptr_null(strstr(got, "chain b"));
	ck_assert_ptr_null(strstr(got, "prefix"));
	ck_assert_str_eq(none, "");
	ck_assert_str_eq(open, "                   ");
}
END_TEST

START_TEST(complaints_in_one_line)
{
	char out[64];

	ck_assert_str_eq(
		ruleset_text_complaint("/proc/self/fd/4:5:13-13: Error: bad thing\n\tx\n\t^\n", out,
				       sizeof(out)),
		"line 4: bad thing");
	ck_assert_str_eq(ruleset_text_complaint("Error: bad thing\nx\n", out, sizeof(out)),
			 "bad thing");
	ck_assert_str_eq(ruleset_text_complaint("nonsense", out, sizeof(out)), "nonsense");
	ck_assert_str_eq(ruleset_text_complaint("", out, sizeof(out)), "");
	/* Cut, never past the end. */
	ck_assert_str_eq(ruleset_text_complaint("f:12:1-2: Error: 0123456789", out, 14),
			 "line 11: 0123");
}
END_TEST

START_TEST(sysctl_paths)
{
	char path[PATH_MAX];
	struct err err = {0};
	static const char *const bad[] = {
		"kernel.core_pattern", "net",	     "net.",	    "net..ipv4", "net./etc",
		"net.ipv4.",	       "net.ipv4/x", "net.ipv4.\n", "vm.net.x",	 "Net.ipv4"};

	ck_assert_int_eq(sysctl_path("net.ipv4.conf.eth0.rp_filter", path, &err), 0);
	ck_assert_str_eq(path, "/proc/sys/net/ipv4/conf/eth0/rp_filter");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(sysctl_path(bad[i], path, &err) == -EINVAL, "'%s' passed", bad[i]);
}
END_TEST

static int find(const char *text, const char *name, uid_t uid, struct idmap_range *ret)
{
	auto_fd fd = memfd_create("subuid", MFD_CLOEXEC);
	char path[32];

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return idmap_find(path, name, uid, ret);
}

START_TEST(subordinate_ids)
{
	struct idmap_range r = {0};

	ck_assert_int_eq(find("a:1:70000\nme:100000:65536\n", "me", 1000, &r), 0);
	ck_assert_uint_eq(r.start, 100000);
	ck_assert_uint_eq(r.count, IDMAP_RANGE_MAX);
	/* By number; the largest of several. */
	ck_assert_int_eq(find("1000:5000:1000\n1000:9000:2000\n", "me", 1000, &r), 0);
	ck_assert_uint_eq(r.start, 9000);
	ck_assert_uint_eq(r.count, 2000);
	/* Too few to count; the host's root is never given; nonsense. */
	ck_assert_int_eq(find("me:100000:999\n", "me", 1000, &r), -ENOENT);
	ck_assert_int_eq(find("me:0:65536\n", "me", 1000, &r), -ENOENT);
	ck_assert_int_eq(find("me\nme:\n::\n#me:100000:65536\n\n", "me", 1000, &r), -ENOENT);
	ck_assert_int_eq(idmap_find("/no/such/file", "me", 1000, &r), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("netns_text");
	TCase *c = tcase_create("text");
	SRunner *r;
	int failed;

	tcase_add_test(c, chains_at_devices_that_are_gone);
	tcase_add_test(c, complaints_in_one_line);
	tcase_add_test(c, sysctl_paths);
	tcase_add_test(c, subordinate_ids);
	suite_add_tcase(s, c);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
