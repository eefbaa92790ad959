/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name resolution and configuration files of the nodes, told of whenever somebody wrote them.
 */
#ifndef NETDOJO_NETNS_WATCH_FILES_H
#define NETDOJO_NETNS_WATCH_FILES_H

#include "netns/watch/watch.h"

enum files_dir { FILES_ETC, FILES_WSL, N_FILES_DIRS };

struct files *files_new(struct watch *w);
/* Takes NULL. */
void files_free(struct files *f);
/* Watches a node's /etc or /mnt/wsl; takes over dirfd in any case. */
int files_add(struct files *f, struct wnode *n, enum files_dir which, int dirfd, struct err *err);
/* Tells of all that was written by now. */
void files_catch_up(struct files *f);
/* Forgets everything of a node. */
void files_drop(struct files *f, const struct wnode *n);

#endif
