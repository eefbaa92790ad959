/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the tests of nodes. */
#ifndef NETDOJO_TESTS_TEST_NODE_H
#define NETDOJO_TESTS_TEST_NODE_H

#include <check.h>
#include <stdbool.h>

TCase *node_life_case(void);
TCase *node_seal_case(void);
TCase *node_terminal_case(void);
TCase *node_tools_case(void);
TCase *node_probe_case(void);
TCase *node_dojo_case(void);
TCase *node_trees_case(void);
TCase *node_kernel_case(void);
TCase *node_nft_case(void);
TCase *node_drive_case(void);
/* With fixtures of their own. */
TCase *node_disk_case(bool overlay);
TCase *node_interop_case(bool scripts);

#endif
