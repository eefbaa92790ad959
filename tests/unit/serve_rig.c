/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plays the lab's init to a real netdojo-serve. */
#include "serve_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

static void answer_socket(struct rig *r, const json_t *ask)
{
	bool v6 = strchr(json_str(ask, "address", ""), ':') != NULL;
	auto_fd fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	auto_json json_t *body = json_pack("{s:I}", "re", json_int(ask, "id", 0));

	msg_send(r->sock, body, &fd, 1, NULL);
}

static void *play_init(void *arg)
{
	struct rig *r = arg;

	for (;;) {
		auto_msg m = {0};
		json_t *body;

		if (msg_recv(r->sock, &m, 0, NULL) <= 0)
			return NULL;
		if (json_object_get(m.body, "do")) {
			answer_socket(r, m.body);
			continue;
		}
		body = json_incref(m.body);
		if (write(r->answers[1], &body, sizeof(body)) != sizeof(body))
			return NULL;
	}
}

void rig_up(struct rig *r)
{
	int pair[2];

	*r = (struct rig){0};
	ck_assert_int_eq(msg_pair(pair, NULL), 0);
	ck_assert_int_eq(pipe2(r->answers, O_CLOEXEC), 0);
	r->pid = fork();
	if (r->pid == 0) {
		dup2(pair[1], 3);
		if (pair[1] == 3)
			fcntl(3, F_SETFD, 0);
		execl(rig_program, "netdojo-serve", (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	r->sock = pair[0];
	ck_assert_int_eq(pthread_create(&r->thread, NULL, play_init, r), 0);
}

void rig_down(struct rig *r)
{
	int status;

	shutdown(r->sock, SHUT_WR);
	ck_assert_int_eq(waitpid(r->pid, &status, 0), r->pid);
	ck_assert_int_eq(status, 0);
	pthread_join(r->thread, NULL);
	close(r->sock);
	close(r->answers[0]);
	close(r->answers[1]);
}

json_t *rig_call(struct rig *r, json_t *request, const int *fds, size_t n_fds)
{
	json_t *answer;

	json_object_set_new(request, "id", json_integer(++r->id));
	ck_assert_int_eq(msg_send(r->sock, request, fds, n_fds, NULL), 0);
	json_decref(request);
	ck_assert_int_eq(read(r->answers[0], &answer, sizeof(answer)), sizeof(answer));
	ck_assert_int_eq(json_int(answer, "re", 0), r->id);
	return answer;
}

static void fill_addr(struct sockaddr_in *sa, uint16_t port)
{
	*sa = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
	sa->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static struct sockaddr_in6 addr6(uint16_t port)
{
	return (struct sockaddr_in6){.sin6_family = AF_INET6,
				     .sin6_port = htons(port),
				     .sin6_addr = IN6ADDR_LOOPBACK_INIT};
}

static int bind6(uint16_t *ret_port)
{
	struct sockaddr_in6 sa = addr6(0);
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &len) < 0) {
		fd_closep(&fd);
		return -1;
	}
	*ret_port = ntohs(sa.sin6_port);
	return fd;
}

bool rig_has_v6(void)
{
	uint16_t port;
	auto_fd fd = bind6(&port);

	return fd >= 0;
}

int rig_connect6(uint16_t port)
{
	struct timeval tv = {.tv_sec = 5};
	struct sockaddr_in6 sa = addr6(port);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return fd;
	fd_closep(&fd);
	return -1;
}

static int bind_at(int type, uint16_t port)
{
	struct sockaddr_in sa;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int on = 1;

	ck_assert_int_ge(fd, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	fill_addr(&sa, port);
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return fd;
	close(fd);
	return -1;
}

int rig_bind(int type, uint16_t *ret_port)
{
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);
	int fd = bind_at(type, 0);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*ret_port = ntohs(sa.sin_port);
	return fd;
}

/* Both protocols of one port: another process may own the other half, so it is tried again. */
static uint16_t bind_what(int what, int *fds, size_t *n)
{
	uint16_t port;

	if (what & RIG_V6) {
		fds[0] = bind6(&port);
		*n = 1;
		return port;
	}
	for (;;) {
		int first = rig_bind(what & RIG_UDP ? SOCK_DGRAM : SOCK_STREAM, &port);
		int second = -1;

		fds[0] = first;
		*n = 1;
		if ((what & (RIG_UDP | RIG_TCP)) != (RIG_UDP | RIG_TCP))
			return port;
		second = bind_at(SOCK_STREAM, port);
		if (second >= 0) {
			fds[(*n)++] = second;
			return port;
		}
		close(first);
	}
}

static json_t *listens(int what, uint16_t port)
{
	json_t *list = json_array();

	if (what & RIG_UDP)
		json_array_append_new(list, json_pack("{s:s, s:s, s:i}", "proto", "udp", "address",
						      "127.0.0.1", "port", (int)port));
	if (what & RIG_TCP)
		json_array_append_new(list, json_pack("{s:s, s:s, s:i}", "proto", "tcp", "address",
						      what & RIG_V6 ? "::1" : "127.0.0.1", "port",
						      what & RIG_TLS ? 443 : (int)port));
	return list;
}

json_t *rig_try(struct rig *r, const char *kind, const char *name, const char *config, int what,
		uint16_t *ret_port)
{
	json_t *parsed = NULL;
	json_t *answer;
	int fds[4];
	size_t n;

	ck_assert_int_eq(json_parse(config, strlen(config), &parsed, NULL), 0);
	*ret_port = bind_what(what, fds, &n);
	if (what & RIG_UPSTREAM)
		fds[n++] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	answer = rig_call(r,
			  json_pack("{s:s, s:{s:s, s:s, s:o, s:o, s:s}}", "do", "start", "service",
				    "name", name, "kind", kind, "config", parsed, "listens",
				    listens(what, *ret_port), "node", "n"),
			  fds, n);
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	return answer;
}

static void assert_no_error(json_t *answer)
{
	const json_t *e = json_object_get(answer, "error");

	ck_assert_msg(!e, "%s", json_str(e, "message", "?"));
	json_decref(answer);
}

uint16_t rig_start(struct rig *r, const char *kind, const char *name, const char *config, int what)
{
	uint16_t port;

	assert_no_error(rig_try(r, kind, name, config, what, &port));
	return port;
}

void rig_set(struct rig *r, const char *name, const char *config)
{
	json_t *parsed = NULL;

	ck_assert_int_eq(json_parse(config, strlen(config), &parsed, NULL), 0);
	assert_no_error(rig_call(
		r, json_pack("{s:s, s:s, s:o}", "do", "set", "name", name, "config", parsed), NULL,
		0));
}

void rig_stop(struct rig *r, const char *name)
{
	assert_no_error(rig_call(r, json_pack("{s:s, s:s}", "do", "stop", "name", name), NULL, 0));
}

int rig_connect(uint16_t port)
{
	struct timeval tv = {.tv_sec = 5};
	struct sockaddr_in sa;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	fill_addr(&sa, port);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
		return fd;
	fd_closep(&fd);
	return -1;
}

void rig_send(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		ck_assert_int_gt(n, 0);
		p += n;
		len -= (size_t)n;
	}
}

size_t rig_read(int fd, void *buf, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = recv(fd, (char *)buf + got, size - got, 0);

		if (n <= 0)
			break;
		got += (size_t)n;
	}
	return got;
}
