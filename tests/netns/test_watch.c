/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-watch in a lab made by hand: as root and as an ordinary user. */
#include <stdio.h>
#include <stdlib.h>

#include "test_watch.h"
#include "watch_rig.h"

int main(int argc, char **argv)
{
	Suite *s = suite_create("watch");
	SRunner *sr = srunner_create(s);
	int failed, entered;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s NETDOJO-WATCH\n", argv[0]);
		return 2;
	}
	rig_program(argv[1]);
	entered = rig_enter();
	if (entered > 0)
		return entered - 1;
	suite_add_tcase(s, watch_exec_case());
	suite_add_tcase(s, watch_binds_case());
	suite_add_tcase(s, watch_net_case());
	suite_add_tcase(s, watch_flow_case());
	suite_add_tcase(s, watch_sockets_case());
	suite_add_tcase(s, watch_capture_case());
	suite_add_tcase(s, watch_files_case());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
