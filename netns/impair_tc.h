/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queueing disciplines of an impaired cable, on one port. */
#ifndef NETDOJO_NETNS_IMPAIR_TC_H
#define NETDOJO_NETNS_IMPAIR_TC_H

#include "model/model.h"
#include "netns/rtsock.h"

/* Requests that put a root qdisc on an interface, in place of the one there. netem does all that a
 * cable does, tbf its rate alone. Caller frees; NULL without memory. */
struct nl_msg *impair_tc_netem(unsigned int index, const struct segment *s);
struct nl_msg *impair_tc_tbf(unsigned int index, const struct segment *s);
/* The request that takes it away; the kernel answers ENOENT where there was none. */
struct nl_msg *impair_tc_none(unsigned int index);

#endif
