/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watch's test cases, a file each. */
#ifndef NETDOJO_TESTS_NETNS_TEST_WATCH_H
#define NETDOJO_TESTS_NETNS_TEST_WATCH_H

#include <check.h>

TCase *watch_binds_case(void);
TCase *watch_exec_case(void);
TCase *watch_net_case(void);
TCase *watch_flow_case(void);
TCase *watch_sockets_case(void);
TCase *watch_capture_case(void);
TCase *watch_files_case(void);

#endif
