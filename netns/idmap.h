/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The id map of a user namespace, written by its parent. */
#ifndef NETDOJO_NETNS_IDMAP_H
#define NETDOJO_NETNS_IDMAP_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum idmap_kind {
	IDMAP_ONE = 1,	 /* lab 0 is the caller, no other id exists, setgroups is denied */
	IDMAP_RANGE = 2, /* lab 0 is the caller, lab 1.. are the caller's subordinate ids */
};

enum { IDMAP_RANGE_MIN = 1000, IDMAP_RANGE_MAX = 65535 };

/* A user's subordinate ids. */
struct idmap_range {
	uint32_t start, count;
};

/*
 * The largest range of a user in an /etc/subuid-like file, by name or by number. 0 and *ret, or
 * -ENOENT when there is none of at least IDMAP_RANGE_MIN ids.
 */
int idmap_find(const char *file, const char *name, uid_t uid, struct idmap_range *ret);

/* Writes both maps of pid's user namespace: a range by newuidmap and newgidmap where possible, else
 * the one id. */
int idmap_write(pid_t pid, enum idmap_kind *ret, struct err *err);

#endif
