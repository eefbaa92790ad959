/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A build port that touches no kernel. */
#define _GNU_SOURCE
#include "tests/fake/fake_build.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static int fake_apply(void *ctx, const struct op *op, struct err *err)
{
	struct fake_build *f = ctx;

	if (f->calls++ == f->fail_at) {
		auto_free char *line = op_describe(op);

		return err_sys(err, EPERM, "Fake failure at \"%s\"", line);
	}
	if (f->n_applied == FAKE_OPS_MAX)
		return err_sys(err, ENOSPC, "The fake is full");
	f->applied[f->n_applied++] = op_describe(op);
	return 0;
}

static void fake_undo(void *ctx, const struct op *op)
{
	struct fake_build *f = ctx;

	if (f->n_undone < FAKE_OPS_MAX)
		f->undone[f->n_undone++] = op_describe(op);
}

static void answer_key(char *ret, size_t size, const char *node, const char *what, const char *arg)
{
	snprintf(ret, size, "%s %s%s%s", node, what, arg[0] ? " " : "", arg);
}

static int fake_read(void *ctx, const char *node, enum read_what what, const char *arg,
		     json_t **ret, struct err *err)
{
	struct fake_build *f = ctx;
	json_t *value;
	char key[256];

	answer_key(key, sizeof(key), node, read_what_name(what), arg);
	json_object_set_new(f->reads, key, json_integer(json_int(f->reads, key, 0) + 1));
	value = json_object_get(f->answers, key);
	if (!value)
		return err_set(err, ERR_MACHINE, ENOENT, "The fake has no answer for '%s'", key);
	*ret = json_deep_copy(value);
	return 0;
}

static int fake_open_socket(void *ctx, const char *node, int type, const char *address,
			    uint16_t port, struct err *err)
{
	struct fake_build *f = ctx;
	int fd;

	snprintf(f->last_socket, sizeof(f->last_socket), "%s %s %s:%u", node,
		 type == SOCK_DGRAM ? "udp" : "tcp", address, port);
	if (f->fail_socket && !strcmp(f->fail_socket, f->last_socket))
		return err_sys(err, EADDRNOTAVAIL, "Fake failure of %s", f->last_socket);
	/* Any descriptor of a socket will do; this one reaches nothing. */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(err, errno, "Can't open the fake's socket");
	f->sockets_opened++;
	return fd;
}

static void put(char *text, size_t size, const struct port_range *r)
{
	size_t n = strlen(text);

	n += (size_t)snprintf(text + n, size - n, " %s %u", r->proto == IPPROTO_TCP ? "tcp" : "udp",
			      r->lo);
	if (r->hi != r->lo && n < size)
		snprintf(text + n, size - n, "-%u", r->hi);
}

static int fake_steer(void *ctx, const struct steering *s, struct err *err)
{
	struct fake_build *f = ctx;

	f->steers++;
	if (f->fail_steer)
		return err_sys(err, ENODEV, "The fake does not steer");
	snprintf(f->steered, sizeof(f->steered), "%s %s", s->guest, s->host);
	for (size_t i = 0; i < s->n; i++)
		if (strlen(f->steered) < sizeof(f->steered) - 32)
			put(f->steered, sizeof(f->steered), &s->ports[i]);
	return 0;
}

static int fake_netns_fd(void *ctx, const char *node)
{
	const struct fake_build *f = ctx;
	char added[80];

	snprintf(added, sizeof(added), "%s: add node", node);
	/* Standard input is as good as any descriptor for code that only passes it on. */
	return fake_build_stands(f, added) ? STDIN_FILENO : -ENOENT;
}

void fake_build_init(struct fake_build *f)
{
	*f = (struct fake_build){
		.port = {.ctx = f,
			 .apply = fake_apply,
			 .undo = fake_undo,
			 .read = fake_read,
			 .open_socket = fake_open_socket,
			 .steer = fake_steer,
			 .netns_fd = fake_netns_fd},
		.fail_at = FAKE_NEVER,
		.answers = json_object(),
		.reads = json_object(),
	};
}

static void free_all(char **lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(lines[i]);
}

void fake_build_done(struct fake_build *f)
{
	free_all(f->applied, f->n_applied);
	free_all(f->undone, f->n_undone);
	json_decref(f->answers);
	json_decref(f->reads);
	f->n_applied = f->n_undone = 0;
	f->answers = NULL;
}

void fake_build_answer(struct fake_build *f, const char *node, const char *what, const char *arg,
		       json_t *value)
{
	char key[256];

	answer_key(key, sizeof(key), node, what, arg);
	json_object_set_new(f->answers, key, value);
}

static size_t count(char *const *lines, size_t n, const char *text)
{
	size_t hits = 0;

	for (size_t i = 0; i < n; i++)
		hits += lines[i] && strstr(lines[i], text);
	return hits;
}

bool fake_build_stands(const struct fake_build *f, const char *text)
{
	return count(f->applied, f->n_applied, text) > count(f->undone, f->n_undone, text);
}
