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

/* The selected scenarios; one whose metadata can't be read is kept, to be reported as failed. */
static int select_scenarios(struct check *k, struct err *err)
{
	auto_catalogue list = {0};
	int rc = catalogue_select(k->cli->args, k->cli->n_args, &list, err);

	if (rc < 0)
		return rc;
	k->scenarios = calloc(list.n ? list.n : 1, sizeof(*k->scenarios));
	if (!k->scenarios)
		return err_sys(err, ENOMEM, "Can't check");
	for (size_t i = 0; i < list.n; i++) {
		k->scenarios[i].id = ptr_steal(list.v[i].id);
		k->scenarios[i].path = ptr_steal(list.v[i].path);
	}
	k->n = list.n;
	return 0;
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
