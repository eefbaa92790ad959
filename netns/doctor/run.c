/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the checks, each in a child that ends right after. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "doctor.h"
#include "netns/userns.h"

/* What a child says; through a pipe, in one write. */
struct outcome {
	bool ok;
	struct err err;
};
_Static_assert(sizeof(struct outcome) <= 4096, "one write to a pipe is whole");

static void put_mend(const struct check *c, struct outcome *o)
{
	char text[sizeof(o->err.mend)];

	if (o->ok || o->err.mend[0])
		return;
	if (c->mend) {
		err_mend(&o->err, "%s", c->mend);
	} else if (c->options) {
		c->module ? module_mend(c, text, sizeof(text))
			  : options_mend(c->options, text, sizeof(text));
		err_mend(&o->err, "%s", text);
	}
}

static void attempt(const struct check *c, int out)
{
	struct outcome o = {0};

	if (c->place == CHECK_INSIDE && unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
		err_sys(&o.err, errno, "Can't make namespaces");
	else
		o.ok = c->attempt(c, &o.err) == 0;
	put_mend(c, &o);
	if (write(out, &o, sizeof(o)) != sizeof(o))
		_exit(1);
	_exit(0);
}

/* One check in one child. A child that dies says so by the pipe's end. */
static struct outcome run_one(const struct check *c)
{
	struct outcome o = {0}, got;
	int pipefd[2];
	pid_t pid;

	err_set(&o.err, ERR_MACHINE, EIO, "The attempt died");
	fflush(NULL);
	if (pipe2(pipefd, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		return o;
	if (pid == 0)
		attempt(c, pipefd[1]);
	close(pipefd[1]);
	if (read(pipefd[0], &got, sizeof(got)) == sizeof(got))
		o = got;
	close(pipefd[0]);
	waitpid(pid, NULL, 0);
	return o;
}

static void add(json_t *entries, const struct check *c, const struct outcome *o)
{
	json_array_append_new(entries, outcome_json(c, o->ok, o->ok ? "works" : o->err.msg,
						    o->ok ? "" : o->err.mend));
}

/* only: ids with commas between; NULL = all. */
static bool is_wanted(const struct check *c, const char *only)
{
	size_t n = strlen(c->id);

	for (const char *at = only; at; at = strchr(at, ','), at += at ? 1 : 0)
		if (!strncmp(at, c->id, n) && (at[n] == ',' || at[n] == '\0'))
			return true;
	return !only;
}

static void run_place(json_t *entries, enum check_place place, const char *only)
{
	for (size_t i = 0; i < n_checks; i++) {
		struct outcome o;

		if (checks[i].place != place || !is_wanted(&checks[i], only))
			continue;
		o = run_one(&checks[i]);
		add(entries, &checks[i], &o);
	}
}

struct inside {
	int out;
	const char *only;
};

/* PID 1 of a user namespace made as a lab's is. */
static int inside(enum idmap_kind map, void *arg)
{
	auto_json json_t *entries = json_array();
	const struct inside *in = arg;
	auto_file out = fdopen(in->out, "w");

	(void)map;
	run_place(entries, CHECK_INSIDE, in->only);
	return !out || json_dumpf(entries, out, 0) < 0;
}

static void add_untried(json_t *entries, const char *only, const struct err *why)
{
	struct outcome o = {.err = *why};

	for (size_t i = 0; i < n_checks; i++)
		if (checks[i].place == CHECK_INSIDE && is_wanted(&checks[i], only))
			add(entries, &checks[i], &o);
}

static int run_inside(json_t *entries, const char *only, struct err *err)
{
	struct inside what = {.only = only};
	auto_json json_t *got = NULL;
	auto_file in = NULL;
	json_error_t je;
	int pipefd[2], rc;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't make a pipe");
	what.out = pipefd[1];
	rc = userns_clone(inside, &what, &pid, NULL, err);
	close(pipefd[1]);
	in = fdopen(pipefd[0], "r");
	if (rc < 0)
		return rc;
	got = in ? json_loadf(in, 0, &je) : NULL;
	waitpid(pid, NULL, 0);
	if (!got)
		return err_set(err, ERR_MACHINE, EIO, "The attempts in a user namespace died");
	json_array_extend(entries, got);
	return 0;
}

/* Back into the table's order: host checks were run first. */
static json_t *sorted(const json_t *entries)
{
	json_t *out = json_array(), *e;
	size_t k;

	for (size_t i = 0; i < n_checks; i++)
		json_array_foreach ((json_t *)entries, k, e)
			if (!strcmp(json_str(e, "id", ""), checks[i].id))
				json_array_append(out, e);
	return out;
}

int run_checks(const char *only, json_t **ret, struct err *err)
{
	auto_json json_t *entries = json_array();
	struct err why = {0};

	run_place(entries, CHECK_HOST, only);
	if (run_inside(entries, only, &why) < 0)
		add_untried(entries, only, &why);
	*ret = sorted(entries);
	return *ret ? 0 : err_sys(err, ENOMEM, "Can't report");
}
