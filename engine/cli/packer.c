/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-pack, started for one file. */
#define _GNU_SOURCE
#include "cli/packer.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/helper.h"
#include "base/msg.h"

void unpacked_done(struct unpacked *u)
{
	for (size_t i = 0; i < u->n; i++)
		free(u->v[i].text);
	json_decref(u->files);
	*u = (struct unpacked){0};
}

const struct packed *unpacked_find(const struct unpacked *u, const char *name)
{
	for (size_t i = 0; i < u->n; i++)
		if (strcmp(u->v[i].name, name) == 0)
			return &u->v[i];
	return NULL;
}

static int await(int sock, json_t **ret, struct err *err)
{
	auto_msg m = {0};
	int rc = msg_recv(sock, &m, 0, err);

	if (rc == 0)
		return err_set(err, ERR_USAGE, EPIPE,
			       "Not a submission: reading it went over netdojo-pack's limits");
	if (rc < 0)
		return rc;
	if (json_object_get(m.body, "error"))
		return err_from_json(err, json_object_get(m.body, "error"));
	*ret = ptr_steal(m.body);
	return 0;
}

/* One request (stolen) to a process of its own. */
static int ask(json_t *req, int in, int out, json_t **ret, struct err *err)
{
	auto_json json_t *own = req;
	const int fds[] = {in, out};
	int pair[2], rc = msg_pair(pair, err);
	pid_t pid;

	if (rc < 0)
		return rc;
	pid = helper_start("netdojo-pack", pair[1], NULL, err);
	close(pair[1]);
	rc = pid < 0 ? pid : msg_send(pair[0], own, fds, ARRAY_SIZE(fds), err);
	if (rc == 0)
		rc = await(pair[0], ret, err);
	close(pair[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return rc;
}

static int put(int fd, const char *text, size_t n, struct err *err)
{
	while (n) {
		ssize_t done = write(fd, text, n);

		if (done < 0)
			return err_sys(err, errno, "Can't pack the attempt");
		text += done;
		n -= (size_t)done;
	}
	return 0;
}

int packer_write(const struct packed *files, size_t n, int out, struct err *err)
{
	auto_fd bytes = memfd_create("netdojo-submission", MFD_CLOEXEC);
	auto_json json_t *list = json_array(), *answer = NULL;
	int rc = bytes < 0 ? err_sys(err, errno, "Can't pack the attempt") : 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		json_array_append_new(list, json_pack("{s:s, s:I}", "name", files[i].name, "size",
						      (json_int_t)files[i].len));
		rc = put(bytes, files[i].text, files[i].len, err);
	}
	if (rc == 0 && lseek(bytes, 0, SEEK_SET) < 0)
		rc = err_sys(err, errno, "Can't pack the attempt");
	return rc < 0 ? rc
		      : ask(json_pack("{s:s, s:O}", "do", "pack", "files", list), bytes, out,
			    &answer, err);
}

/* The files one after the other in bytes, each as a text of its own. */
static int take(struct unpacked *u, int bytes, struct err *err)
{
	const json_t *file;
	off_t at = 0;
	size_t i;

	json_array_foreach (u->files, i, file) {
		size_t len = (size_t)json_int(file, "size", 0);
		struct packed *p = &u->v[u->n];

		if (u->n == PACKED_MAX)
			return err_set(err, ERR_USAGE, E2BIG, "Not a submission: too many files");
		*p = (struct packed){.name = json_str(file, "name", ""), .text = malloc(len + 1)};
		if (!p->text)
			return err_sys(err, ENOMEM, "Can't read the submission");
		u->n++;
		if (pread(bytes, p->text, len, at) != (ssize_t)len)
			return err_sys(err, errno ? errno : EIO, "Can't read the submission");
		p->text[len] = '\0';
		p->len = len;
		at += (off_t)len;
	}
	return 0;
}

int packer_read(int in, struct unpacked *ret, struct err *err)
{
	auto_fd bytes = memfd_create("netdojo-submission", MFD_CLOEXEC);
	auto_unpacked u = {0};
	auto_json json_t *answer = NULL;
	int rc = bytes < 0 ? err_sys(err, errno, "Can't read the submission") : 0;

	if (rc == 0)
		rc = ask(json_pack("{s:s}", "do", "unpack"), in, bytes, &answer, err);
	if (rc < 0)
		return rc;
	u.files = json_incref(json_object_get(answer, "files"));
	rc = take(&u, bytes, err);
	if (rc < 0)
		return rc;
	*ret = u;
	u = (struct unpacked){0};
	return 0;
}
