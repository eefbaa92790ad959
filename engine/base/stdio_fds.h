/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors 0, 1 and 2 always exist. */
#ifndef NETDOJO_BASE_STDIO_FDS_H
#define NETDOJO_BASE_STDIO_FDS_H

/*
 * First thing in main: /dev/null stands in for those the caller closed, so that no descriptor of
 * ours is ever handed on as somebody's input or output.
 */
void stdio_fds_fill(void);

#endif
