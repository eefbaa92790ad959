/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of nodes as processes: test_node one|range says which id map. Run as root or as an ordinary
 * user. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node_fixture.h"
#include "test_node.h"

static int run(void)
{
	Suite *s = suite_create(lab_is_range() ? "node, ids 0-65535" : "node, one id");
	TCase *cases[] = {node_life_case(),  node_seal_case(),	 node_terminal_case(),
			  node_tools_case(), node_probe_case(),	 node_dojo_case(),
			  node_trees_case(), node_kernel_case(), node_nft_case(),
			  node_drive_case()};
	SRunner *r = srunner_create(s);
	int failed;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tcase_add_checked_fixture(cases[i], lab_open, lab_close);
		tcase_set_timeout(cases[i], 60);
		suite_add_tcase(s, cases[i]);
	}
	suite_add_tcase(s, node_disk_case(true));
	suite_add_tcase(s, node_disk_case(false));
	suite_add_tcase(s, node_interop_case(false));
	suite_add_tcase(s, node_interop_case(true));
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	fflush(stdout);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	setenv("NETDOJO_TEST_SECRET", "inherited", 1);
	return lab_enter(argc > 1 && !strcmp(argv[1], "range"), run);
}
