/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state folder: who may own it, what a name is, and that one name is one lab. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "cli/statedir.h"
#include "test_cli.h"

static char base[64];
static int parent;

static void setup(void)
{
	strcpy(base, "/tmp/nd-statedir-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(base));
	parent = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(parent, 0);
}

static void teardown(void)
{
	static const char *const left[] = {"dir/a.sock", "dir/b.sock", "dir/note", "other", "dir"};

	for (size_t i = 0; i < ARRAY_SIZE(left); i++)
		if (unlinkat(parent, left[i], 0) < 0)
			unlinkat(parent, left[i], AT_REMOVEDIR);
	close(parent);
	rmdir(base);
}

static int open_dir(struct err *err)
{
	return statedir_open_at(parent, "dir", "dir", err);
}

START_TEST(is_made_private)
{
	auto_fd dir = open_dir(NULL);
	struct stat st;

	ck_assert_int_ge(dir, 0);
	ck_assert_int_eq(fstat(dir, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
}
END_TEST

START_TEST(a_link_is_refused)
{
	struct err err = {0};

	ck_assert_int_eq(mkdirat(parent, "other", 0700), 0);
	ck_assert_int_eq(symlinkat("other", parent, "dir"), 0);
	ck_assert_int_lt(open_dir(&err), 0);
	ck_assert_int_eq(err.kind, ERR_MACHINE);
	ck_assert_ptr_nonnull(strstr(err.msg, "link"));
	ck_assert_ptr_nonnull(strstr(err.mend, "XDG_RUNTIME_DIR"));
}
END_TEST

START_TEST(a_file_is_refused)
{
	struct err err = {0};

	close(openat(parent, "dir", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	ck_assert_int_lt(open_dir(&err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, "not a folder"));
}
END_TEST

START_TEST(an_open_one_is_refused)
{
	struct err err = {0};

	ck_assert_int_eq(mkdirat(parent, "dir", 0700), 0);
	ck_assert_int_eq(fchmodat(parent, "dir", 0755, 0), 0);
	ck_assert_int_lt(open_dir(&err), 0);
	ck_assert_ptr_nonnull(strstr(err.mend, "chmod 700"));
}
END_TEST

START_TEST(anothers_is_refused)
{
	struct err err = {0};

	if (geteuid() != 0)
		return; /* only root can make one; the suite runs as root too */
	ck_assert_int_eq(mkdirat(parent, "dir", 0700), 0);
	ck_assert_int_eq(fchownat(parent, "dir", 1, 1, 0), 0);
	ck_assert_int_lt(open_dir(&err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, "uid 1"));
}
END_TEST

START_TEST(a_name_is_one_lab)
{
	auto_fd dir = open_dir(NULL), again = open_dir(NULL);
	auto_fd first = statedir_bind(dir, "a", NULL), second = -1;
	struct err err = {0};

	ck_assert_int_ge(first, 0);
	second = statedir_bind(again, "a", &err);
	ck_assert_int_lt(second, 0);
	ck_assert_int_eq(err.code, EADDRINUSE);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	ck_assert_ptr_nonnull(strstr(err.msg, "'a'"));
	ck_assert_ptr_nonnull(strstr(err.mend, "netdojo down --lab a"));
}
END_TEST

START_TEST(a_dead_labs_name_is_free)
{
	auto_fd dir = open_dir(NULL), again = -1;
	int first = statedir_bind(dir, "a", NULL);

	close(first);
	again = statedir_bind(dir, "a", NULL);
	ck_assert_int_ge(again, 0);
}
END_TEST

START_TEST(names_are_of_living_labs)
{
	auto_fd dir = open_dir(NULL), b = statedir_bind(dir, "b", NULL);
	int a = statedir_bind(dir, "a", NULL);
	char **names;
	size_t n;

	close(openat(dir, "note", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	ck_assert_int_eq(statedir_names(dir, &names, &n, NULL), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(names[0], "a");
	ck_assert_str_eq(names[1], "b");
	statedir_names_free(names, n);
	close(a);
	ck_assert_int_eq(statedir_names(dir, &names, &n, NULL), 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(names[0], "b");
	statedir_names_free(names, n);
	ck_assert_int_lt(faccessat(dir, "a.sock", F_OK, 0), 0);
}
END_TEST

START_TEST(connecting_tells_who_is_there)
{
	auto_fd dir = open_dir(NULL), a = statedir_bind(dir, "a", NULL);
	auto_fd fd = statedir_connect(dir, "a", NULL);
	struct err err = {0};

	ck_assert_int_ge(fd, 0);
	ck_assert_int_lt(statedir_connect(dir, "b", &err), 0);
	ck_assert_int_eq(err.code, ENOENT);
	ck_assert_ptr_nonnull(strstr(err.mend, "netdojo ps"));
}
END_TEST

static const char *const good[] = {
	"pub-portproxy-without-firewall-rule", "a", "0", "dns-host-proxy-dead", "a.b-c",
	"abcdefghijklmnopqrstuvwxyz012345"};
static const char *const bad[] = {
	"", "-a", ".a", "A", "a/b", "../a", "a b", "a_b", "\xe3\x81\x82",
	/* 64 */
	"abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01"};

START_TEST(names_have_a_form)
{
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(lab_name_check(good[i], NULL) == 0, "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_msg(lab_name_check(bad[i], &err) < 0, "%s", bad[i]);
		ck_assert_int_eq(err.kind, ERR_USAGE);
	}
}
END_TEST

Suite *suite_statedir(void)
{
	Suite *s = suite_create("statedir");
	TCase *t = tcase_create("statedir");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, is_made_private);
	tcase_add_test(t, a_link_is_refused);
	tcase_add_test(t, a_file_is_refused);
	tcase_add_test(t, an_open_one_is_refused);
	tcase_add_test(t, anothers_is_refused);
	tcase_add_test(t, a_name_is_one_lab);
	tcase_add_test(t, a_dead_labs_name_is_free);
	tcase_add_test(t, names_are_of_living_labs);
	tcase_add_test(t, connecting_tells_who_is_there);
	tcase_add_test(t, names_have_a_form);
	suite_add_tcase(s, t);
	return s;
}
