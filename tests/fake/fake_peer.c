/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other end of a message pair, answering from a table. */
#include "tests/fake/fake_peer.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/msg.h"

static json_t *known_answer(const struct fake_peer *f, const char *verb, const char *op)
{
	char key[128];
	json_t *known;

	snprintf(key, sizeof(key), "%s %s", verb, op);
	known = json_object_get(f->answers, key);
	return known ? known : json_object_get(f->answers, verb);
}

static int answer(struct fake_peer *f, const json_t *request)
{
	const char *verb = json_str(request, "do", "");
	json_t *known = known_answer(f, verb, json_str(request, "op", ""));
	auto_json json_t *body = known ? json_deep_copy(known) : json_object();

	json_array_append(f->asked, (json_t *)request);
	if (!json_int(request, "id", 0))
		return 0;
	if (!known) {
		struct err e = {0};

		err_set(&e, ERR_MACHINE, ENOSYS, "Unknown verb '%s'", verb);
		json_object_set_new(body, "error", err_to_json(&e));
	}
	json_object_set_new(body, "re", json_integer(json_int(request, "id", 0)));
	return msg_send(f->ours, body, NULL, 0, NULL);
}

int fake_peer_serve(struct fake_peer *f)
{
	for (;;) {
		auto_msg m = {0};
		int rc = msg_recv(f->ours, &m, 0, NULL);

		if (rc == -EAGAIN)
			return 0;
		if (rc <= 0)
			return rc < 0 ? rc : -EPIPE;
		rc = answer(f, m.body);
		if (rc < 0)
			return rc;
	}
}

int fake_peer_init(struct fake_peer *f, struct err *err)
{
	int fds[2];
	int rc = msg_pair(fds, err);

	if (rc < 0)
		return rc;
	*f = (struct fake_peer){
		.ours = fds[0], .theirs = fds[1], .answers = json_object(), .asked = json_array()};
	if (fcntl(f->ours, F_SETFL, O_NONBLOCK) < 0)
		return err_sys(err, errno, "Can't make the fake's socket non-blocking");
	return 0;
}

void fake_peer_done(struct fake_peer *f)
{
	fd_closep(&f->ours);
	fd_closep(&f->theirs);
	json_decref(f->answers);
	json_decref(f->asked);
}

void fake_peer_answer(struct fake_peer *f, const char *verb, json_t *body)
{
	json_object_set_new(f->answers, verb, body);
}

size_t fake_peer_asked(const struct fake_peer *f, const char *verb)
{
	size_t i, n = 0;
	json_t *request;

	json_array_foreach (f->asked, i, request)
		n += strcmp(json_str(request, "do", ""), verb) == 0;
	return n;
}

static int script_fd(void *ctx)
{
	const struct fake_peer *f = ctx;

	return f->theirs;
}

/* The real script answers in its own time; here it has answered by the time send returns. */
static int script_send(void *ctx, const json_t *body, struct err *err)
{
	struct fake_peer *f = ctx;
	int rc = msg_send(f->theirs, body, NULL, 0, err);

	return rc < 0 ? rc : fake_peer_serve(f);
}

static int script_recv(void *ctx, struct msg *ret, struct err *err)
{
	struct fake_peer *f = ctx;

	return msg_recv(f->theirs, ret, 0, err);
}

static pid_t script_pid(void *ctx)
{
	(void)ctx;
	return 1;
}

struct script_port fake_peer_script(struct fake_peer *f)
{
	return (struct script_port){.ctx = f,
				    .fd = script_fd,
				    .send = script_send,
				    .recv = script_recv,
				    .pid = script_pid};
}
