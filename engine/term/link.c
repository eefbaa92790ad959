/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal host's connection to its lab. */
#include "term/link.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/msg.h"

int link_open(struct link *l, const char *path, struct err *err)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	auto_fd fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_sys(err, errno, "Can't make a socket");
	if (strlen(path) >= sizeof(sa.sun_path))
		return err_set(err, ERR_USAGE, ENAMETOOLONG, "The socket's path '%s' is too long",
			       path);
	memcpy(sa.sun_path, path, strlen(path));
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return err_sys(err, errno, "Can't reach the lab at '%s'", path);
	link_adopt(l, fd_steal(&fd));
	return 0;
}

void link_adopt(struct link *l, int fd)
{
	/* Ids far from those the command line used on the same connection before. */
	*l = (struct link){.fd = fd, .last_id = 1000000};
}

void link_done(struct link *l)
{
	fd_closep(&l->fd);
}

static enum link_notice of_session(const char *word)
{
	static const struct {
		const char *word;
		enum link_notice n;
	} words[] = {
		{"grade", LINK_GRADE},
		{"quit", LINK_QUIT},
		{"pause", LINK_PAUSE},
		{"reset", LINK_RESET},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].n;
	return LINK_NONE;
}

static enum link_notice notice_of(struct link *l, const json_t *body)
{
	shells_heard(&l->shells, body);
	if (l->exec && json_int(body, "exited", 0) == l->exec) {
		l->status = (int)json_int(body, "status", 0);
		l->stopped = json_flag(body, "stopped", false);
		return LINK_EXITED;
	}
	return of_session(json_str(body, "session", ""));
}

/* Remembers the weightiest: that the learner wants the grade outweighs that the shell ended. */
static void remember(struct link *l, enum link_notice n)
{
	if (n > l->pending)
		l->pending = n;
}

int link_call(struct link *l, json_t *req, json_t **ret, int *ret_fd, struct err *err)
{
	auto_json json_t *own = req;
	json_int_t id = ++l->last_id;
	int rc;

	if (!req || json_object_set_new(req, "id", json_integer(id)) < 0)
		return err_sys(err, ENOMEM, "Can't ask the lab");
	rc = msg_send(l->fd, req, NULL, 0, err);
	while (rc == 0) {
		auto_msg m = {.n_fds = 0};

		rc = msg_recv(l->fd, &m, 0, err);
		if (rc == 0)
			return err_set(err, ERR_MACHINE, EPIPE, "The lab is gone");
		if (rc < 0)
			return rc;
		rc = 0;
		if (json_int(m.body, "re", 0) != id) {
			if (!json_object_get(m.body, "re"))
				remember(l, notice_of(l, m.body));
			continue;
		}
		if (json_object_get(m.body, "error"))
			return err_from_json(err, json_object_get(m.body, "error"));
		if (ret)
			*ret = json_incref(m.body);
		if (ret_fd)
			*ret_fd = msg_take_fd(&m, 0);
		return 0;
	}
	return rc;
}

/* What a start of WSL has to say, as wsl.exe says it. */
static void link_warn(const json_t *answer)
{
	const json_t *line;
	size_t i;

	json_array_foreach (json_object_get(answer, "warnings"), i, line)
		if (json_is_string(line))
			fprintf(stderr, "%s\n", json_string_value(line));
}

int link_exec(struct link *l, json_t *req, struct err *err)
{
	auto_json json_t *answer = NULL, *own = req;
	auto_fd pty = -1;
	int rc;

	l->exec = 0;
	l->stopped = false;
	if (l->pending == LINK_EXITED)
		l->pending = LINK_NONE; /* of the shell before */
	rc = link_call(l, json_incref(own), &answer, &pty, err);
	if (rc < 0)
		return rc;
	l->exec = json_int(answer, "exec", 0);
	shells_opened(&l->shells, json_str(own, "node", ""), l->exec);
	link_warn(answer);
	if (pty < 0)
		return err_set(err, ERR_MACHINE, EPROTO, "The lab gave no terminal");
	return fd_steal(&pty);
}

int link_event(struct link *l, json_t *event, struct err *err)
{
	auto_json json_t *req =
		json_pack("{s:I, s:s, s:O}", "id", ++l->last_id, "do", "event", "event", event);

	if (!req)
		return err_sys(err, ENOMEM, "Can't tell the lab");
	return msg_send(l->fd, req, NULL, 0, err);
}

/* One waiting message; false when none waits. */
static bool take_one(struct link *l, enum link_notice *ret)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};
	auto_msg m = {.n_fds = 0};

	*ret = LINK_NONE;
	if (poll(&p, 1, 0) != 1)
		return false;
	if (msg_recv(l->fd, &m, 0, NULL) != 1)
		*ret = LINK_LOST;
	else if (!json_object_get(m.body, "re"))
		*ret = notice_of(l, m.body);
	return true;
}

bool link_stopped(struct link *l, const char *node)
{
	enum link_notice n;

	while (l->pending != LINK_LOST && take_one(l, &n))
		remember(l, n);
	return shells_stopped(&l->shells, node);
}

enum link_notice link_next(struct link *l)
{
	enum link_notice n = l->pending;

	l->pending = LINK_NONE;
	if (n == LINK_NONE)
		take_one(l, &n);
	return n;
}
