/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo check [SELECT]... */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/catalogue.h"
#include "cli/check.h"
#include "cli/commands.h"

enum { MAX_JOBS = 512 };

static void check_done(struct check *k)
{
	for (size_t i = 0; i < k->n; i++)
		check_scenario_done(&k->scenarios[i]);
	free(k->scenarios);
	fd_closep(&k->tokens[0]);
	fd_closep(&k->tokens[1]);
	if (k->base && !k->keep)
		rmdir(k->base);
	free(k->base);
	kernel_done(&k->kernel);
}

/* One more to prove; id and path are copied, variant NULL is the plain one. */
static int add(struct check *k, const struct catalogue_entry *e, const char *variant,
	       struct err *err)
{
	struct check_scenario *more = reallocarray(k->scenarios, k->n + 1, sizeof(*k->scenarios));
	struct check_scenario *s;
	int rc = 0;

	if (!more)
		return err_sys(err, ENOMEM, "Can't check");
	k->scenarios = more;
	s = &k->scenarios[k->n++];
	*s = (struct check_scenario){.id = strdup(e->id), .path = strdup(e->path)};
	if (variant) {
		s->variant = strdup(variant);
		rc = asprintf(&s->title, "%s/%s", e->id, variant);
	} else {
		s->title = strdup(e->id);
	}
	return rc < 0 || !s->id || !s->path || !s->title ? err_sys(err, ENOMEM, "Can't check") : 0;
}

/* A scenario and its variants, each to be proved by itself. */
static int add_all(struct check *k, const struct catalogue_entry *e, struct err *err)
{
	const json_t *names = json_object_get(e->meta, "variants"), *name;
	size_t i;
	int rc = add(k, e, NULL, err);

	json_array_foreach (names, i, name)
		if (rc == 0)
			rc = add(k, e, json_string_value(name), err);
	return rc;
}

/* The selected scenarios; one whose metadata can't be read is kept, to be reported as failed. */
static int select_scenarios(struct check *k, struct err *err)
{
	auto_catalogue list = {0};
	int rc = catalogue_select(k->cli->args, k->cli->n_args, &list, err);

	for (size_t i = 0; i < list.n && rc == 0; i++)
		rc = add_all(k, &list.v[i], err);
	return rc;
}

static int make_tokens(struct check *k, struct err *err)
{
	long jobs, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int rc = cli_opt_long(k->cli, "jobs", 1, MAX_JOBS,
			      cpus < 1		? 1
			      : cpus < MAX_JOBS ? cpus
						: MAX_JOBS,
			      &jobs, err);

	if (rc < 0)
		return rc;
	if (pipe2(k->tokens, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't make a pipe");
	while (jobs-- > 0)
		if (write(k->tokens[1], "t", 1) != 1)
			return err_sys(err, errno, "Can't fill a pipe");
	return 0;
}

static int make_base(struct check *k, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	if (asprintf(&k->base, "%s/netdojo-check-XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0) {
		k->base = NULL;
		return err_sys(err, ENOMEM, "Can't check");
	}
	if (mkdtemp(k->base))
		return 0;
	return err_sys(err, errno, "Can't make the folder %s", k->base);
}

int cmd_check(struct cli *c)
{
	nd_cleanup(check_done) struct check k = {
		.cli = c, .kernel = {.cli = c}, .tokens = {-1, -1}, .keep = cli_flag(c, "keep")};
	struct err err = {0};

	if (make_tokens(&k, &err) < 0 || select_scenarios(&k, &err) < 0 ||
	    make_base(&k, &err) < 0 || check_run(&k, &err) < 0) {
		cli_fail(c, &err);
		return k.interrupted ? 128 + k.interrupted : (int)err.kind;
	}
	return check_report(&k);
}
