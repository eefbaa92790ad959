/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of rtnetlink and iproute2's words for them, both ways. Private to netns/. */
#ifndef NETDOJO_NETNS_BUILD_NAMES_H
#define NETDOJO_NETNS_BUILD_NAMES_H

#include <stddef.h>

struct name_of {
	int value;
	const char *name;
};

/* Tables end with a NULL name. */
extern const struct name_of names_protocol[], names_scope[], names_route_type[], names_operstate[],
	names_link_flag[], names_nud[], names_family[], names_tcp_state[], names_ipproto[];

/* The number of a name, or -1. */
int names_value(const struct name_of *table, const char *name);
/* The name of a number, or NULL. */
const char *names_name(const struct name_of *table, int value);

#endif
