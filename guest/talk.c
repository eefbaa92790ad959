/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The node's socket, from the inside. */
#define _GNU_SOURCE
#include "guest/talk.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

static int try_connect(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	auto_fd fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return fd_steal(&fd);
}

int talk_open(struct err *err)
{
	static const char *const paths[] = {"/run/WSL/1_interop", "/run/netdojo.sock"};
	int fd = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		fd = try_connect(paths[i]);
		if (fd >= 0)
			return fd;
		if (fd != -ENOENT)
			break;
	}
	return err_sys(err, -fd, "The lab does not answer");
}

void talk_say(const json_t *notice)
{
	const json_t *line;
	size_t i;

	json_array_foreach (json_object_get(notice, "say"), i, line)
		if (json_is_string(line))
			fprintf(stderr, "%s\n", json_string_value(line));
}

int talk_ask(int sock, json_t *request, const int *fds, size_t n_fds, struct msg *ret,
	     struct err *err)
{
	auto_json json_t *own = request;
	int rc;

	if (!own)
		return err_set(err, ERR_USAGE, EILSEQ, "The request is not UTF-8");
	json_object_set_new(own, "id", json_integer(1));
	rc = msg_send(sock, own, fds, n_fds, err);
	while (rc == 0) {
		auto_msg m = {0};

		rc = msg_recv(sock, &m, 0, err);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return err_set(err, ERR_MACHINE, EPIPE, "The lab has ended");
		rc = 0;
		if (json_int(m.body, "re", 0) != 1) {
			talk_say(m.body); /* a notice */
			continue;
		}
		if (json_object_get(m.body, "error"))
			return err_from_json(err, json_object_get(m.body, "error"));
		*ret = m;
		m = (struct msg){0};
		return 0;
	}
	return rc;
}

int talk_once(json_t *request, json_t **ret, struct err *err)
{
	auto_fd sock = talk_open(err);
	auto_msg m = {0};
	int rc;

	if (sock < 0) {
		json_decref(request);
		return sock;
	}
	rc = talk_ask(sock, request, NULL, 0, &m, err);
	if (rc == 0)
		*ret = json_incref(m.body);
	return rc;
}
