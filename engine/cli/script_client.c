/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script process without a lab. */
#define _GNU_SOURCE
#include "cli/script_client.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/msg.h"
#include "base/helper.h"

enum { SCENARIO_MAX = 1024 * 1024 }; /* bytes of one scenario file */

struct script_client {
	int sock;
	pid_t pid;
	int64_t last_id;
};

int script_client_start(struct script_client **ret, struct err *err)
{
	struct script_client *s;
	int pair[2], rc = msg_pair(pair, err);
	pid_t pid;

	if (rc < 0)
		return rc;
	pid = helper_start("netdojo-script", pair[1], NULL, err);
	close(pair[1]);
	s = pid < 0 ? NULL : calloc(1, sizeof(*s));
	if (!s) {
		close(pair[0]);
		return pid < 0 ? pid : err_sys(err, ENOMEM, "Can't start the script");
	}
	*s = (struct script_client){.sock = pair[0], .pid = pid};
	*ret = s;
	return 0;
}

void script_client_free(struct script_client *s)
{
	if (!s)
		return;
	close(s->sock); /* the script ends at EOF */
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(s);
}

static int port_fd(void *ctx)
{
	return ((struct script_client *)ctx)->sock;
}

static int port_send(void *ctx, const json_t *body, struct err *err)
{
	return msg_send(((struct script_client *)ctx)->sock, body, NULL, 0, err);
}

static int port_recv(void *ctx, struct msg *ret, struct err *err)
{
	return msg_recv(((struct script_client *)ctx)->sock, ret, 0, err);
}

static pid_t port_pid(void *ctx)
{
	return ((struct script_client *)ctx)->pid;
}

struct script_port script_client_port(struct script_client *s)
{
	return (struct script_port){s, port_fd, port_send, port_recv, port_pid};
}

/* The script asks for something of a lab: there is none. */
static int refuse(struct script_client *s, const json_t *body, struct err *err)
{
	struct err why = {0};
	auto_json json_t *answer = NULL;

	if (!json_object_get(body, "id"))
		return 0;
	err_set(&why, ERR_USAGE, ENOTCONN, "There is no lab to ask");
	answer = json_pack("{s:O, s:o}", "re", json_object_get(body, "id"), "error",
			   err_to_json(&why));
	return msg_send(s->sock, answer, NULL, 0, err);
}

static int await(struct script_client *s, json_t **ret, struct err *err)
{
	for (;;) {
		auto_msg m = {0};
		int rc = msg_recv(s->sock, &m, 0, err);

		if (rc == 0)
			return err_set(err, ERR_MACHINE, EPIPE,
				       "The script process ended unexpectedly");
		if (rc < 0)
			return rc;
		if (json_int(m.body, "re", 0) != s->last_id) {
			rc = refuse(s, m.body, err);
			if (rc < 0)
				return rc;
			continue;
		}
		if (json_object_get(m.body, "error"))
			return err_from_json(err, json_object_get(m.body, "error"));
		if (ret)
			*ret = ptr_steal(m.body);
		return 0;
	}
}

int script_client_call(struct script_client *s, json_t *req, json_t **ret, struct err *err)
{
	auto_json json_t *own = req;
	int rc;

	if (!own || json_object_set_new(own, "id", json_integer(++s->last_id)) < 0)
		return err_sys(err, ENOMEM, "Can't ask the script");
	rc = msg_send(s->sock, own, NULL, 0, err);
	/* A script that died left its reason unsaid; EPIPE and EOF are the same to the user. */
	return rc < 0 && rc != -EPIPE ? rc : await(s, ret, err);
}

int script_read_file(const char *path, char **ret, struct err *err)
{
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	auto_free char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(err, ERR_USAGE, errno, "Can't read %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > SCENARIO_MAX)
		return err_set(err, ERR_USAGE, EINVAL,
			       "%s is not a scenario file (a text of at most %d KiB)", path,
			       SCENARIO_MAX / 1024);
	text = calloc(1, (size_t)st.st_size + 1);
	if (!text)
		return err_sys(err, ENOMEM, "Can't read %s", path);
	n = read(fd, text, (size_t)st.st_size);
	if (n != st.st_size || strlen(text) != (size_t)n)
		return err_set(err, ERR_USAGE, EINVAL, "%s is not a text", path);
	*ret = ptr_steal(text);
	return 0;
}

int script_client_load(struct script_client *s, const char *path, const char *seed,
		       const char *variant, const char *lang, json_t **ret_meta, struct err *err)
{
	auto_free char *text = NULL;
	auto_json json_t *answer = NULL;
	json_t *req;
	int rc = script_read_file(path, &text, err);

	if (rc < 0)
		return rc;
	req = json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:s}", "do", "load", "text", text, "file",
			path, "seed", seed ? seed : "", "draw", !variant, "variant",
			variant ? variant : "", "lang", lang ? lang : "en");
	if (!req)
		return err_set(err, ERR_USAGE, EILSEQ, "%s is not UTF-8", path);
	rc = script_client_call(s, req, &answer, err);
	if (rc == 0 && ret_meta)
		*ret_meta = json_incref(json_object_get(answer, "meta"));
	return rc;
}
