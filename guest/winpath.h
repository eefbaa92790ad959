/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths between WSL and Windows: /mnt/c is C:, the rest is \\wsl.localhost\DISTRO. */
#ifndef NETDOJO_GUEST_WINPATH_H
#define NETDOJO_GUEST_WINPATH_H

#include <stdbool.h>
#include <stddef.h>

/* What the distribution is called: WSL_DISTRO_NAME. */
const char *winpath_distro(void);
/*
 * A path of WSL's as Windows writes it, with this separator; a relative one stays so. It need not exist. 0, -EINVAL for what
 * can't be said, -ENAMETOOLONG.
 */
int winpath_to_windows(const char *path, char separator, char *ret, size_t size);
/* A path of Windows' as WSL writes it, in the spelling of what is there; a relative one stays so. */
int winpath_to_wsl(const char *windows, char *ret, size_t size);

#endif
