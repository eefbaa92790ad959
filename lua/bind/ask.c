/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversation with the peer. */
#include "bind/ask.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <time.h>

#include "base/msg.h"

enum { WAITING_MAX = 256 }; /* requests kept while an answer is awaited */

int ask_init(struct ask *a, int peer, struct err *err)
{
	*a = (struct ask){.peer = peer, .waiting = json_array()};
	return a->waiting ? 0 : err_sys(err, ENOMEM, "Can't make a queue");
}

void ask_done(struct ask *a)
{
	json_decref(a->waiting);
	a->waiting = NULL;
}

double ask_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int64_t ask_send(struct ask *a, json_t *req, struct err *err)
{
	int rc;

	json_object_set_new(req, "id", json_integer(++a->last_id));
	rc = msg_send(a->peer, req, NULL, 0, err);
	return rc < 0 ? rc : a->last_id;
}

/* One message's document; descriptors that came along are closed: the script has no use for any. */
static int receive(struct ask *a, json_t **ret, struct err *err)
{
	auto_msg m = {0};
	int rc = msg_recv(a->peer, &m, 0, err);

	if (rc > 0)
		*ret = ptr_steal(m.body);
	return rc;
}

int ask_answer(struct ask *a, json_t **ret, struct err *err)
{
	for (;;) {
		auto_json json_t *body = NULL;
		int rc = receive(a, &body, err);

		if (rc == 0)
			return err_set(err, ERR_MACHINE, EPIPE, "The lab is gone");
		if (rc < 0)
			return rc;
		if (json_object_get(body, "re")) {
			*ret = ptr_steal(body);
			return 0;
		}
		if (json_array_size(a->waiting) >= WAITING_MAX)
			return err_set(err, ERR_MACHINE, EBUSY, "Too many requests at once");
		json_array_append(a->waiting, body);
	}
}

/* 1 readable, 0 the deadline came. */
static int wait_readable(int fd, double deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n;

	do {
		double left = deadline - ask_now();
		int ms = deadline == 0 ? -1
			 : left <= 0   ? 0
			 : left > 1e6  ? 1000000000
				       : (int)ceil(left * 1000);

		n = poll(&p, 1, ms);
	} while (n < 0 && errno == EINTR);
	return n;
}

int ask_request(struct ask *a, double deadline, json_t **ret, struct err *err)
{
	if (json_array_size(a->waiting)) {
		*ret = json_incref(json_array_get(a->waiting, 0));
		json_array_remove(a->waiting, 0);
		return 1;
	}
	if (wait_readable(a->peer, deadline) == 0)
		return -ETIMEDOUT;
	return receive(a, ret, err);
}
