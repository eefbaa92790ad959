/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What netdojo-capture was asked for. */
#ifndef NETDOJO_NETNS_CAPTURE_OPTIONS_H
#define NETDOJO_NETNS_CAPTURE_OPTIONS_H

#include <stddef.h>

#include "base/err.h"

enum { CAPTURE_MAX_NODES = 32, CAPTURE_SNAPLEN_MAX = 262144 };

/* NAME=NETNSFD[:IF[,IF]]; borrowed from argv, cut apart in place. */
struct capture_node {
	const char *name;
	int netns;
	char *ifaces; /* "eth0,eth1"; NULL = all */
};

struct capture_options {
	int userns, until; /* -1 = not given */
	struct capture_node nodes[CAPTURE_MAX_NODES];
	size_t n_nodes;
	const char *write;  /* a path, or "-" */
	const char *filter; /* "" = everything */
	int snaplen;
};

int capture_options_parse(int argc, char **argv, struct capture_options *ret, struct err *err);

#endif
