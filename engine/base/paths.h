/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where netdojo's own files are, found from this program's own path; the same layout in the build tree and installed. */
#ifndef NETDOJO_BASE_PATHS_H
#define NETDOJO_BASE_PATHS_H

#include "base/err.h"

/* "PREFIX/libexec/netdojo/NAME"; caller frees. NULL only when /proc is not there or memory ran out. */
char *path_libexec(const char *name);
/* "PREFIX/share/netdojo/NAME"; caller frees. */
char *path_share(const char *name);
/* "PREFIX"; caller frees. */
char *path_prefix(void);

#endif
