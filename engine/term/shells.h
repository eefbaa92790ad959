/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shells a typist types into, as the lab numbers them: whether one's node was shut down under it. */
#ifndef NETDOJO_TERM_SHELLS_H
#define NETDOJO_TERM_SHELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

enum {
	SHELLS_MAX = 4,	      /* nodes with a terminal */
	SHELLS_NODE_MAX = 32, /* bytes of a node's name, its end included */
};

/* One a node, the one opened last. All zero is none. */
struct shells {
	struct {
		char node[SHELLS_NODE_MAX];
		json_int_t exec;
		bool stopped;
	} of[SHELLS_MAX];
	size_t n;
};

/* A shell was opened in the node; exec is its number in the lab's answer. */
void shells_opened(struct shells *s, const char *node, json_int_t exec);
/* A notice of the lab's (docs/protocol.md, "Host socket"); those about other things are passed over. */
void shells_heard(struct shells *s, const json_t *notice);
/* Whether the node of its last shell was shut down, going by what was heard. */
bool shells_stopped(const struct shells *s, const char *node);

#endif
