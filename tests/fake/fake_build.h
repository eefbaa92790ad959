/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A build port that touches no kernel: it writes down what it is told, and fails where a test says.
 */
#ifndef NETDOJO_FAKE_BUILD_H
#define NETDOJO_FAKE_BUILD_H

#include "port/build.h"

enum { FAKE_NEVER = -1, FAKE_OPS_MAX = 4096 };

struct fake_build {
	struct build_port port; /* hand this to the code under test */
	int fail_at;		/* apply() number fail_at (from 0) fails with EPERM; FAKE_NEVER */
	int calls;		/* of apply() so far */
	char *applied[FAKE_OPS_MAX]; /* op_describe() of each that succeeded */
	size_t n_applied;
	char *undone[FAKE_OPS_MAX];
	size_t n_undone;
	json_t *answers; /* {"wsl routes": [...], "wsl sysctl net.ipv4.ip_forward": {...}} for
			    read(); owned */
	int sockets_opened;
	char last_socket[128]; /* "wsl tcp 127.0.0.1:80" */
	char steered[512];     /* "wsl windows tcp 40960-45055 tcp 80" */
	json_t *reads;	       /* {"windows sockets": 3}: how often each was read */
	int steers;	       /* calls of steer() */
	bool fail_steer;
	const char *fail_socket; /* one of these lines can't be had; NULL = none */
};

/* The port's ctx is f, so f must not move. */
void fake_build_init(struct fake_build *f);
void fake_build_done(struct fake_build *f);
/* What read() gives for a node; value is stolen. */
void fake_build_answer(struct fake_build *f, const char *node, const char *what, const char *arg,
		       json_t *value);
/* Whether an operation whose line contains text was applied and not undone. */
bool fake_build_stands(const struct fake_build *f, const char *text);

#endif
