/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows' paths: C: is the folder /mnt/c of the node, names are found whatever their case, and \ and / are the same. */
#ifndef NETDOJO_WINDOWS_PATHS_H
#define NETDOJO_WINDOWS_PATHS_H

#include <stddef.h>

#define PATHS_DRIVE   "/mnt/c"
#define PATHS_PROFILE "C:\\Users\\learner"

/*
 * The node's path of a Windows path, with the spelling of what is there already. A path without a drive is below the current
 * folder. 0, or -ENOENT for a drive or a share there is none of, -EINVAL for a name Windows doesn't take.
 */
int paths_unix(const char *windows, char *ret, size_t size);
/* The Windows path of a folder of the node below /mnt/c; C:\ for another. */
void paths_windows(const char *unix_path, char *ret, size_t size);

#endif
