/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario's requirements against what the doctor finds. */
#define _GNU_SOURCE
#include "cli/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#include "base/helper.h"
#include "base/nearest.h"
#include "cli/script_client.h"

/* What a networking mode needs beyond what every lab does, whether its scenario says so or not. */
static const struct implied {
	const char *mode, *names[6];
} implied[] = {
	/* the shared network card and its firewall: docs/decisions/0009-mirrored-mode.md */
	{"mirrored", {"bridge", "clsact", "u32", "mirred", "nft-netdev"}},
};

static void add_name(json_t *names, const char *name)
{
	json_t *one;
	size_t i;

	json_array_foreach (names, i, one)
		if (!strcmp(json_string_value(one), name))
			return;
	json_array_append_new(names, json_string(name));
}

json_t *kernel_names(const json_t *meta)
{
	const json_t *said = json_object_get(json_object_get(meta, "requires"), "kernel"), *one;
	json_t *names = json_array();
	size_t i;

	json_array_foreach (said, i, one)
		add_name(names, json_is_string(one) ? json_string_value(one) : "?");
	for (i = 0; i < ARRAY_SIZE(implied); i++)
		for (size_t k = 0; implied[i].names[k]; k++)
			if (!strcmp(json_str(meta, "mode", ""), implied[i].mode))
				add_name(names, implied[i].names[k]);
	return names;
}

void kernel_done(struct kernel *k)
{
	json_decref(ptr_steal(k->checks));
}

static void child(const struct cli *c, const char *only, int out)
{
	char *words[] = {(char *)"netdojo-doctor",
			 (char *)"--json",
			 (char *)"--lang",
			 (char *)cli_lang(c),
			 only ? (char *)"--only" : NULL,
			 (char *)only,
			 NULL};
	struct err err = {0};

	dup2(out, STDOUT_FILENO);
	helper_exec(words, &err);
	cli_fail(c, &err);
	_exit(EXIT_MACHINE);
}

/* The doctor's document; that it finds something wrong is no failure. */
static int run_doctor(const struct cli *c, const char *only, json_t **ret, struct err *err)
{
	auto_file in = NULL;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't make a pipe");
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(c, only, ends[1]);
	close(ends[1]);
	in = fdopen(ends[0], "r");
	*ret = pid > 0 && in ? json_loadf(in, 0, NULL) : NULL;
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return *ret ? 0 : err_set(err, ERR_MACHINE, EPROTO, "`netdojo doctor --json` failed");
}

/* "clsact,u32" of some names; caller frees. */
static char *joined(const json_t *names)
{
	const json_t *one;
	char *text = NULL;
	size_t size = 0, i;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	json_array_foreach (names, i, one)
		fprintf(f, "%s%s", i ? "," : "", json_string_value(one));
	fclose(f);
	return text;
}

/* only: the names that will do; NULL = all there are. */
static int ask_doctor(struct kernel *k, const json_t *only, struct err *err)
{
	auto_json json_t *doc = NULL;
	auto_free char *text = only ? joined(only) : NULL;
	int rc = run_doctor(k->cli, text, &doc, err);

	if (doc) {
		json_decref(k->checks);
		k->checks = json_incref(json_object_get(doc, "checks"));
		k->whole = !only;
	}
	return rc;
}

static int unknown(const json_t *checks, const char *name, struct err *err)
{
	auto_free const char **ids = calloc(json_array_size(checks) + 1, sizeof(*ids));
	const char *near = NULL;
	const json_t *one;
	size_t i;

	json_array_foreach (checks, i, one)
		if (ids)
			ids[i] = json_str(one, "id", "");
	if (ids)
		near = nearest(name, ids, json_array_size(checks));
	err_set(err, ERR_USAGE, ENOENT, "requires.kernel: unknown name '%.64s'", name);
	if (near)
		return err_mend(err, "Did you mean '%s'?", near);
	return err_mend(err, "The names are the ids in `netdojo doctor --json`");
}

static int judge(struct kernel *k, const char *name, json_t *lacking, struct err *err)
{
	const json_t *one;
	size_t i;
	int rc;

	json_array_foreach (k->checks, i, one) {
		if (strcmp(json_str(one, "id", ""), name) != 0)
			continue;
		if (!json_flag(one, "ok", false))
			json_array_append_new(lacking,
					      json_pack("{s:s, s:s}", "kernel", name, "mend",
							json_str(one, "mend", "")));
		return 0;
	}
	if (k->whole)
		return unknown(k->checks, name, err);
	/* Those near it are known by asking for all. */
	rc = ask_doctor(k, NULL, err);
	return rc < 0 ? rc : judge(k, name, lacking, err);
}

int kernel_lacking(struct kernel *k, const json_t *meta, json_t *lacking, struct err *err)
{
	auto_json json_t *names = kernel_names(meta);
	const json_t *name;
	size_t i;
	int rc = 0;

	if (json_array_size(names) && !k->checks)
		rc = ask_doctor(k, k->once ? names : NULL, err);
	json_array_foreach (names, i, name)
		if (rc == 0)
			rc = judge(k, json_string_value(name), lacking, err);
	return rc;
}

void kernel_describe(const json_t *lacking, char *buf, size_t size)
{
	const json_t *one;
	size_t i;

	*buf = '\0';
	json_array_foreach (lacking, i, one) {
		const char *name = json_str(one, "kernel", NULL);
		size_t used = strlen(buf);

		if (name)
			snprintf(buf + used, size - used, "%s%s", used ? ", " : "", name);
	}
}

static int say_lacking(const json_t *lacking, struct err *err)
{
	char what[256];

	kernel_describe(lacking, what, sizeof(what));
	err_set(err, ERR_MACHINE, ENOTSUP, "This machine lacks what the scenario requires: %s",
		what);
	return err_mend(err, "%s", json_str(json_array_get(lacking, 0), "mend", ""));
}

/* Most scenarios require nothing of the kernel; those don't say the word, nor the name of a mode
 * that does, and cost no process. */
static bool may_require(const char *path)
{
	auto_free char *text = NULL;

	if (script_read_file(path, &text, NULL) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(implied); i++)
		if (strstr(text, implied[i].mode))
			return true;
	return strstr(text, "kernel");
}

int kernel_need(const struct cli *c, const char *path, struct err *err)
{
	auto_kernel k = {.cli = c, .once = true};
	auto_script_client *s = NULL;
	auto_json json_t *meta = NULL, *lacking = json_array();
	int rc;

	if (!may_require(path))
		return 0;
	rc = script_client_start(&s, err);
	if (rc == 0)
		rc = script_client_load(s, path, cli_opt(c, "seed"), cli_opt(c, "variant"),
					cli_lang(c), &meta, err);
	if (rc == 0)
		rc = kernel_lacking(&k, meta, lacking, err);
	if (rc < 0 && meta)
		return err_wrap(err, "%s", path);
	if (rc == 0 && json_array_size(lacking))
		rc = say_lacking(lacking, err);
	return rc;
}
