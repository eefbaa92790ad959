/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls no program of a node has, whatever its arguments. */
#ifndef NETDOJO_NETNS_SECCOMP_REFUSED_H
#define NETDOJO_NETNS_SECCOMP_REFUSED_H

#include <stddef.h>

/*
 * code: ENOSYS for what programs know to do without, since older kernels have it not; EPERM for what they know to be
 * refused.
 */
struct refused_call {
	int nr, code;
};

extern const struct refused_call refused_calls[];
extern const size_t n_refused_calls;

#endif
