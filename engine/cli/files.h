/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files of a bounded size. */
#ifndef NETDOJO_CLI_FILES_H
#define NETDOJO_CLI_FILES_H

#include <stddef.h>

#include "base/err.h"

/*
 * Reads dir/name (dir NULL: name), a plain file of at most max bytes, NUL-terminated; caller frees *ret. -ENOENT, with the error set,
 * where there is none; all failures are ERR_USAGE.
 */
int file_read(const char *dir, const char *name, size_t max, char **ret, size_t *ret_len,
	      struct err *err);

#endif
