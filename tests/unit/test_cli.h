/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Suites of the command line. */
#ifndef NETDOJO_TESTS_TEST_CLI_H
#define NETDOJO_TESTS_TEST_CLI_H

#include <check.h>

Suite *suite_options(void);
Suite *suite_select(void);
Suite *suite_statedir(void);
Suite *suite_attempts(void);
Suite *suite_textwidth(void);
Suite *suite_tools(void);

#endif
