/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of a graded attempt, made from its folder: what `play`, `report` and `regrade` share. */
#ifndef NETDOJO_CLI_REPORTING_H
#define NETDOJO_CLI_REPORTING_H

#include "cli/cli.h"
#include "grade/attempt.h"

/* The attempt as "human", "md", "html" or "json"; malloc'ed. A drawing or a recording that can't be had is left out. */
int reporting_make(const struct cli *c, const char *dir, const struct attempt *a,
		   const char *format, char **ret, struct err *err);

/* Writes a whole file: never half of one, and never through a link. */
int reporting_write(const char *path, const char *text, struct err *err);

/* report.md and report.html into the attempt's folder. */
int reporting_save(const struct cli *c, const char *dir, const struct attempt *a, struct err *err);

/* Where they are, a line each, on out. */
void reporting_tell(const struct cli *c, const char *dir);

#endif
