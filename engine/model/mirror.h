/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces that share another node's: its port of the segment, its address and MAC (decision 9). */
#ifndef NETDOJO_MODEL_MIRROR_H
#define NETDOJO_MODEL_MIRROR_H

#include "model/model.h"

enum {
	MIRROR_NAME_MAX = MODEL_IFNAME_MAX - 2, /* the switch's own names have two bytes more */
};

/* "windows/eth0" in two. */
struct mirror_name {
	char node[16], iface[MODEL_IFNAME_MAX + 1];
};
/* False when text is nothing like that. */
bool mirror_parse(const char *text, struct mirror_name *ret);

/* What an interface mirrors; all NULL when nothing. */
struct mirrored {
	const struct node *node;
	const struct iface *iface;
	const struct iface *loopback; /* that node's interface on the segment `loopback` */
};
struct mirrored mirror_find(const struct model *m, const struct iface *f);

#endif
