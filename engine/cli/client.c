/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection to a lab: requests, answers, notices. */
#define _GNU_SOURCE
#include "cli/client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "cli/client_priv.h"
#include "cli/statedir.h"

static int gone(struct err *err)
{
	return err_set(err, ERR_MACHINE, EPIPE, "The lab is gone");
}

int client_new(int sock, struct client **ret, struct err *err)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c)
		c->queue = json_array();
	if (!c || !c->queue) {
		free(c);
		return err_sys(err, ENOMEM, "Can't connect to the lab");
	}
	c->sock = sock;
	c->dir = -1;
	*ret = c;
	return 0;
}

/* "3 labs are running: a, b, c" */
static int several(char *const *names, size_t n, struct err *err)
{
	char list[384] = "";

	for (size_t i = 0; i < n && strlen(list) < sizeof(list) - LAB_NAME_MAX - 8; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			 names[i]);
	err_set(err, ERR_USAGE, ENOTUNIQ, "%zu labs are running: %s", n, list);
	return err_mend(err, "Say which with --lab NAME");
}

static int connect_only(int dir, struct err *err)
{
	char **names;
	size_t n;
	int rc = statedir_names(dir, &names, &n, err);

	if (rc < 0)
		return rc;
	if (n == 1) {
		rc = statedir_connect(dir, names[0], err);
	} else if (n > 1) {
		rc = several(names, n, err);
	} else {
		rc = err_set(err, ERR_USAGE, ENOENT, "No lab is running");
		err_mend(err, "Start one with `netdojo up ID`");
	}
	statedir_names_free(names, n);
	return rc;
}

int client_open(const char *lab, struct client **ret, struct err *err)
{
	auto_fd dir = statedir_open(err), sock = -1;
	int rc;

	if (dir < 0)
		return dir;
	sock = lab ? statedir_connect(dir, lab, err) : connect_only(dir, err);
	if (sock < 0)
		return sock;
	rc = client_new(sock, ret, err);
	if (rc == 0)
		fd_steal(&sock);
	return rc;
}

/* Our end is shut; what the lab still says is thrown away until it is gone, or stays silent for
 * some seconds. */
static void await_end(int sock)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};

	shutdown(sock, SHUT_WR);
	while (poll(&p, 1, CLIENT_END_MS) > 0) {
		auto_msg m = {0};

		if (msg_recv(sock, &m, 0, NULL) <= 0)
			return;
	}
}

void client_free(struct client *c)
{
	if (!c)
		return;
	if (c->held)
		await_end(c->sock);
	close(c->sock);
	if (c->launcher > 0)
		waitpid(c->launcher, NULL, WNOHANG);
	if (c->held && c->dir >= 0)
		statedir_give_back(c->dir, c->lab, c->inode);
	fd_closep(&c->dir);
	json_decref(c->queue);
	free(c);
}

int client_await(struct client *c, int64_t id, struct msg *ret, struct err *err)
{
	for (;;) {
		auto_msg m = {0};
		json_t *error;
		int rc = msg_recv(c->sock, &m, 0, err);

		if (rc == 0)
			return gone(err);
		if (rc < 0)
			return rc;
		if (json_int(m.body, "re", 0) == id) {
			error = json_object_get(m.body, "error");
			if (error)
				return err_from_json(err, error);
			json_object_del(m.body, "re"); /* ours, and no part of the document */
			*ret = m;
			m = (struct msg){0};
			return 0;
		}
		/* Anything else with "re" answers a request that was given up. */
		if (!json_object_get(m.body, "re"))
			json_array_append(c->queue, m.body);
	}
}

int client_send(struct client *c, json_t *req, const int *fds, size_t n_fds, int64_t *ret_id,
		struct err *err)
{
	auto_json json_t *own = req;
	int rc;

	if (!own || json_object_set_new(own, "id", json_integer(++c->last_id)) < 0)
		return err_sys(err, ENOMEM, "Can't ask the lab");
	rc = msg_send(c->sock, own, fds, n_fds, err);
	if (rc == -EPIPE)
		return gone(err);
	*ret_id = c->last_id;
	return rc;
}

int client_call_msg(struct client *c, json_t *req, const int *fds, size_t n_fds, struct msg *ret,
		    struct err *err)
{
	int64_t id;
	int rc = client_send(c, req, fds, n_fds, &id, err);

	return rc < 0 ? rc : client_await(c, id, ret, err);
}

int client_call(struct client *c, json_t *req, const int *fds, size_t n_fds, json_t **ret_body,
		int *ret_fd, struct err *err)
{
	auto_msg m = {0};
	int rc = client_call_msg(c, req, fds, n_fds, &m, err);

	if (rc < 0)
		return rc;
	if (ret_body)
		*ret_body = ptr_steal(m.body);
	if (ret_fd)
		*ret_fd = msg_take_fd(&m, 0);
	return 0;
}

int client_set_patience(struct client *c, int ms, struct err *err)
{
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	if (setsockopt(c->sock, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) < 0)
		return err_sys(err, errno, "Can't bound the wait for the lab");
	return 0;
}

int client_notice(struct client *c, json_t **ret, struct err *err)
{
	auto_msg m = {0};
	int rc;

	if (client_pending(c)) {
		*ret = json_incref(json_array_get(c->queue, 0));
		json_array_remove(c->queue, 0);
		return 1;
	}
	rc = msg_recv(c->sock, &m, 0, err);
	if (rc == 1)
		*ret = ptr_steal(m.body);
	return rc;
}

int client_fd(const struct client *c)
{
	return c->sock;
}

bool client_pending(const struct client *c)
{
	return json_array_size(c->queue) > 0;
}
