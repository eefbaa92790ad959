/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nft of ours in nodes of a host without one. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "node_fixture.h"
#include "test_node.h"

static const char *const host_nfts[] = {"/usr/sbin/nft", "/usr/bin/nft", "/sbin/nft", "/bin/nft"};

/* A file that is no program over each nft of the host's, and the lab built anew. */
static void hide_nft(void)
{
	lab_close();
	for (size_t i = 0; i < ARRAY_SIZE(host_nfts); i++)
		if (access(host_nfts[i], X_OK) == 0)
			ck_assert_int_eq(mount("/dev/null", host_nfts[i], NULL, MS_BIND, NULL), 0);
	lab_open();
}

START_TEST(ours_stands_in)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l;
	struct outcome *o;

	hide_nft();
	l = lab_start(&n);
	o = lab_sh(
		&l, "root",
		"cd /usr/bin && ./nft add table inet t && ./nft 'add chain inet t c { type filter "
		"hook input priority -5; }' && ./nft add rule inet t c tcp dport 22 drop && ./nft "
		"-a list ruleset");
	ck_assert_msg(o->status == 0 && strstr(o->out, "tcp dport 22 drop # handle "), "%s",
		      o->out);
	o = lab_sh(
		&l, "root",
		"cd /usr/bin && printf 'delete table inet t\\nadd table ip u\\n' | ./nft -f - && "
		"./nft -j list tables");
	ck_assert_msg(o->status == 0 && strstr(o->out, "\"name\": \"u\""), "%s", o->out);
	ck_assert_ptr_null(strstr(o->out, "\"name\": \"t\""));
	o = lab_sh(&l, "root", "/usr/bin/nft list table ip nope");
	ck_assert_msg(o->status != 0 && lab_starts(o, "Error: No such file or directory\n"), "%s",
		      o->out);
	ck_assert_int_ne(lab_sh(&l, "learner", "/usr/bin/nft add table ip v")->status, 0);
	lab_stop(&l);
}
END_TEST

/* Where the host has one it is the only one. */
START_TEST(the_hosts_comes_first)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l;
	struct stat host, seen;

	if (stat("/usr/sbin/nft", &host) < 0 || stat("/usr/bin/nft", &seen) == 0)
		return;
	l = lab_start(&n);
	ck_assert_int_eq(
		lab_sh(&l, "root", "test -x /usr/sbin/nft && test ! -e /usr/bin/nft")->status, 0);
	lab_stop(&l);
}
END_TEST

TCase *node_nft_case(void)
{
	TCase *t = tcase_create("nft");

	tcase_add_test(t, ours_stands_in);
	tcase_add_test(t, the_hosts_comes_first);
	return t;
}
