/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the suites of the command line. */
#include <stdlib.h>

#include "test_cli.h"

int main(void)
{
	SRunner *r = srunner_create(suite_options());
	int failed;

	srunner_add_suite(r, suite_select());
	srunner_add_suite(r, suite_statedir());
	srunner_add_suite(r, suite_attempts());
	srunner_add_suite(r, suite_textwidth());
	srunner_add_suite(r, suite_tools());
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
