/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which links of the hub the kernel is asked to see as they are before a lab is ready; what it would do unasked is a matter of luck. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "netns/link.h"
#include "netns/mirror.h"

static char asked[256];

/* The linker has the library call this one (settle.cmake). */
void __wrap_rtsock_settle(const struct rtsock *s, const char *ifname);
void __wrap_rtsock_settle(const struct rtsock *s, const char *ifname)
{
	size_t n = strlen(asked);

	(void)s;
	snprintf(asked + n, sizeof(asked) - n, "%s ", ifname);
}

static void put(struct build *b, size_t at, const char *iface)
{
	snprintf(b->mirrors[at].node, sizeof(b->mirrors[at].node), "wsl");
	snprintf(b->mirrors[at].iface, sizeof(b->mirrors[at].iface), "%s", iface);
}

START_TEST(every_port_between_two_machines)
{
	struct build *b = calloc(1, sizeof(*b));

	ck_assert_ptr_nonnull(b);
	put(b, 0, "eth0");
	put(b, 2, "eth1");
	mirror_settle(b);
	ck_assert_str_eq(asked, "g-eth0 m-eth0 u-eth0 g-eth1 m-eth1 u-eth1 ");
	free(b);
}
END_TEST

/* With what was raised in nodes, and not before something was. */
START_TEST(when_links_are_up)
{
	struct build *b = calloc(1, sizeof(*b));

	ck_assert_ptr_nonnull(b);
	put(b, 0, "eth0");
	b->next_port = 1;
	link_settle(b);
	ck_assert_str_eq(asked, "p1 ");
	b->n_raised = 1; /* of a node that has gone */
	link_settle(b);
	ck_assert_str_eq(asked, "p1 g-eth0 m-eth0 u-eth0 ");
	free(b);
}
END_TEST

int main(void)
{
	SRunner *runner = srunner_create(suite_create("settle"));
	TCase *t = tcase_create("settle");
	Suite *s = suite_create("links");
	int failed;

	tcase_add_test(t, every_port_between_two_machines);
	tcase_add_test(t, when_links_are_up);
	suite_add_tcase(s, t);
	srunner_add_suite(runner, s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
