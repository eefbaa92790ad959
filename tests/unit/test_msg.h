/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages' test case, a part of the base suite. */
#ifndef NETDOJO_TEST_MSG_H
#define NETDOJO_TEST_MSG_H

#include <check.h>

TCase *msg_case(void);

#endif
