/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleanup attributes: a local that owns something says so in its type line. */
#ifndef NETDOJO_BASE_CLEANUP_H
#define NETDOJO_BASE_CLEANUP_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define nd_cleanup(fn) __attribute__((cleanup(fn)))

static inline void fd_closep(int *fd)
{
	if (*fd >= 0) {
		int saved = errno;

		close(*fd);
		errno = saved;
	}
	*fd = -1;
}

static inline void freep(void *p)
{
	free(*(void **)p);
}

static inline void file_closep(FILE **f)
{
	if (*f)
		fclose(*f);
}

/* An owned descriptor; initialise to -1. */
#define auto_fd nd_cleanup(fd_closep) int
/* An owned malloc'ed pointer: auto_free char *s = NULL; */
#define auto_free nd_cleanup(freep)
#define auto_file nd_cleanup(file_closep) FILE *

/* Hands a descriptor over: the local no longer owns it. */
static inline int fd_steal(int *fd)
{
	int out = *fd;

	*fd = -1;
	return out;
}

#define ptr_steal(p)                                                                               \
	({                                                                                         \
		__typeof__(p) *nd_pp_ = &(p);                                                      \
		__typeof__(p) nd_v_ = *nd_pp_;                                                     \
		*nd_pp_ = NULL;                                                                    \
		nd_v_;                                                                             \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
