/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo report [ATTEMPT] */
#include <errno.h>
#include <string.h>

#include "cli/attempt_find.h"
#include "cli/commands.h"
#include "cli/grading.h"
#include "cli/reporting.h"

/* Without --format: the reports in the folder made anew, and the card. */
static int renew(const struct cli *c, const char *dir, const struct attempt *a)
{
	struct err err = {0};

	if (reporting_save(c, dir, a, &err) < 0)
		return cli_fail(c, &err);
	grading_print(c, a);
	fputc('\n', c->out);
	reporting_tell(c, dir);
	return EXIT_DONE;
}

static int give(const struct cli *c, const char *dir, const struct attempt *a)
{
	const char *to = cli_opt(c, "output");
	auto_free char *text = NULL;
	struct err err = {0};

	if (reporting_make(c, dir, a, c->format, &text, &err) < 0)
		return cli_fail(c, &err);
	if (to && strcmp(to, "-") != 0)
		return reporting_write(to, text, &err) < 0 ? cli_fail(c, &err) : EXIT_DONE;
	if (fputs(text, c->out) < 0 || fflush(c->out) == EOF) {
		err_sys(&err, errno, "Can't write to standard output");
		return cli_fail(c, &err);
	}
	return EXIT_DONE;
}

int cmd_report(struct cli *c)
{
	bool asked = cli_opt(c, "format") || cli_opt(c, "output") || c->json;
	auto_attempt a = {0};
	auto_free char *dir = NULL;
	struct err err = {0};

	if (attempt_find(c->n_args ? c->args[0] : NULL, &dir, &err) < 0 ||
	    grading_show(c, dir, &a, &err) < 0)
		return cli_fail(c, &err);
	return asked ? give(c, dir, &a) : renew(c, dir, &a);
}
