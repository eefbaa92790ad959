/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of live labs: $XDG_RUNTIME_DIR/netdojo, else /tmp/netdojo-UID (the host's number);
 * 0700, ours, no symlink. A lab is there as NAME.sock; it is alive as long as somebody listens on
 * it. Making and removing names happens under flock on the folder.
 */
#ifndef NETDOJO_CLI_STATEDIR_H
#define NETDOJO_CLI_STATEDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

enum { LAB_NAME_MAX = 63 };

/* [a-z0-9][a-z0-9.-]{0,62}; ERR_USAGE otherwise. */
int lab_name_check(const char *name, struct err *err);

/* Opens the folder, making it when it is not there; a descriptor or a negative errno. */
int statedir_open(struct err *err);

/* The same for the folder name below a directory; what is its path in messages. */
int statedir_open_at(int parent, const char *name, const char *what, struct err *err);

/* Binds and listens as NAME.sock; -EADDRINUSE (ERR_USAGE) when a live lab has the name. Caller owns
 * the descriptor. */
int statedir_bind(int dir, const char *name, struct err *err);

/* The socket file's inode: whose a name is. 0 when it is not there. */
ino_t statedir_inode(int dir, const char *name);
/*
 * Gives a name of ours back, whether or not its lab is quite gone (a process that ends closes one
 * descriptor after the other); a file that is another's by now stays.
 */
void statedir_give_back(int dir, const char *name, ino_t inode);

/* Connects; -ENOENT when no such lab lives. A dead lab's socket file is removed on the way. */
int statedir_connect(int dir, const char *name, struct err *err);

/* Removes NAME.sock unless a live lab listens there. */
void statedir_forget(int dir, const char *name);

/* Names of the labs there, sorted, dead ones left out; caller frees with statedir_names_free. */
int statedir_names(int dir, char ***ret, size_t *ret_n, struct err *err);
void statedir_names_free(char **names, size_t n);

#endif
