/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a lab that is reset to the one that takes its place. */
#define _GNU_SOURCE
#include "cli/follow.h"

#include <errno.h>
#include <poll.h>

enum { FOLLOW_TRIES = 500, FOLLOW_PAUSE_MS = 20, FOLLOW_END_MS = 10000 };

void follow_end(struct client *old)
{
	json_t *notice = NULL;

	client_set_patience(old, FOLLOW_END_MS, NULL);
	while (client_notice(old, &notice, NULL) == 1)
		json_decref(notice);
}

static bool is_ready(struct client *lab)
{
	auto_json json_t *info = NULL;

	return client_call(lab, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, NULL) ==
		       0 &&
	       json_flag(info, "ready", false);
}

/* A lab that is being built may end; one that is not there yet can't be watched at all. */
static void await_change(const struct client *lab)
{
	struct pollfd p = {.fd = lab ? client_fd(lab) : -1, .events = POLLIN};

	poll(&p, 1, FOLLOW_PAUSE_MS);
}

int follow_reset(struct client *old, const char *lab, struct client **ret, struct err *err)
{
	follow_end(old);
	for (int i = 0; i < FOLLOW_TRIES; i++) {
		auto_client *next = NULL;

		if (client_open(lab, &next, NULL) == 0 && is_ready(next)) {
			*ret = ptr_steal(next);
			return 0;
		}
		await_change(next);
	}
	return err_set(err, ERR_MACHINE, ETIMEDOUT, "Lab '%s' did not come back", lab);
}
