/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every usual way of writing a file, seen as what it leaves. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test_watch.h"
#include "watch_rig.h"

static struct rig rig;

static int make_dir(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", rig.dir, name);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void setup(void)
{
	auto_fd etc = -1, wsl = -1;
	struct watch_node n = {
		.name = "wsl", .generation = 1, .netns = -1, .listener = -1, .observed = true};

	rig_start(&rig);
	etc = make_dir("etc");
	wsl = make_dir("wsl");
	ck_assert_int_eq(chdir(rig.dir), 0);
	ck_assert_int_eq(RUN(-1, "sh", "-c", "echo nameserver 10.255.255.254 >etc/resolv.conf"), 0);
	n.etc_dir = etc;
	n.wsl_dir = wsl;
	ck_assert(json_flag(rig_add(&rig, &n), "files", false));
}

static void teardown(void)
{
	rig_stop(&rig);
}

START_TEST(a_redirection_is_a_write)
{
	ck_assert_int_eq(RUN(-1, "sh", "-c", "echo nameserver 1.1.1.1 >etc/resolv.conf"), 0);
	rig_expect(&rig, "{\"kind\":\"file\",\"path\":\"/etc/resolv.conf\",\"action\":\"write\","
			 "\"content\":\"nameserver 1.1.1.1\\n\",\"by\":\"learner\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"file\"}"), 1);
}
END_TEST

START_TEST(any_bytes_are_text)
{
	ck_assert_int_eq(RUN(-1, "sh", "-c", "printf 'a\\000b\\377\\n' >etc/hosts"), 0);
	rig_expect(&rig, "{\"kind\":\"file\",\"path\":\"/etc/hosts\",\"content\":\"a\xef\xbf\xbd"
			 "b\xef\xbf\xbd\\n\"}");
}
END_TEST

START_TEST(sed_in_place_is_a_write)
{
	ck_assert_int_eq(RUN(-1, "sed", "-i", "s/10.255.255.254/8.8.8.8/", "etc/resolv.conf"), 0);
	rig_expect(
		&rig,
		"{\"kind\":\"file\",\"action\":\"write\",\"content\":\"nameserver 8.8.8.8\\n\"}");
	ck_assert_int_eq(RUN(-1, "sed", "-i", "s/8.8.8.8/9.9.9.9/", "etc/resolv.conf"), 0);
	rig_expect(
		&rig,
		"{\"kind\":\"file\",\"action\":\"write\",\"content\":\"nameserver 9.9.9.9\\n\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"file\"}"), 2);
}
END_TEST

START_TEST(a_link_is_told_with_its_target)
{
	ck_assert_int_eq(RUN(-1, "ln", "-sf", "/mnt/wsl/resolv.conf", "etc/resolv.conf"), 0);
	rig_expect(&rig, "{\"kind\":\"file\",\"path\":\"/etc/resolv.conf\",\"target\":\"/mnt/wsl/"
			 "resolv.conf\"}");
}
END_TEST

START_TEST(python_writes_too)
{
	if (RUN(-1, "python3", "-c", "open('etc/hosts','w').write('127.0.0.1 localhost\\n')") != 0)
		return; /* no python3 on this machine */
	rig_expect(&rig, "{\"kind\":\"file\",\"path\":\"/etc/hosts\",\"action\":\"write\","
			 "\"content\":\"127.0.0.1 localhost\\n\"}");
}
END_TEST

START_TEST(removal_and_the_other_folder)
{
	ck_assert_int_eq(RUN(-1, "sh", "-c",
			     "rm etc/resolv.conf; echo a >wsl/resolv.conf; echo b >wsl/hosts"),
			 0);
	rig_expect(&rig, "{\"kind\":\"file\",\"path\":\"/etc/resolv.conf\",\"action\":\"remove\"}");
	rig_expect(&rig,
		   "{\"kind\":\"file\",\"path\":\"/mnt/wsl/resolv.conf\",\"content\":\"a\\n\"}");
	ck_assert_uint_eq(rig_count(&rig, "{\"kind\":\"file\"}"), 2);
}
END_TEST

START_TEST(long_files_and_pipes_do_no_harm)
{
	const json_t *e;

	ck_assert_int_eq(RUN(-1, "sh", "-c",
			     "mkfifo etc/wsl.conf; head -c 9000 /dev/zero | tr '\\0' x >etc/hosts"),
			 0);
	e = rig_expect(&rig, "{\"kind\":\"file\",\"path\":\"/etc/hosts\",\"truncated\":true}");
	ck_assert_uint_eq(strlen(json_str(e, "content", "")), 4096);
	ck_assert_uint_eq(rig_count(&rig, "{\"path\":\"/etc/wsl.conf\"}"), 0);
}
END_TEST

TCase *watch_files_case(void)
{
	TCase *c = tcase_create("files");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, a_redirection_is_a_write);
	tcase_add_test(c, any_bytes_are_text);
	tcase_add_test(c, sed_in_place_is_a_write);
	tcase_add_test(c, a_link_is_told_with_its_target);
	tcase_add_test(c, python_writes_too);
	tcase_add_test(c, removal_and_the_other_folder);
	tcase_add_test(c, long_files_and_pipes_do_no_harm);
	return c;
}
