/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grading an attempt folder and showing the grade: what `grade` and `play` share. */
#ifndef NETDOJO_CLI_GRADING_H
#define NETDOJO_CLI_GRADING_H

#include "cli/cli.h"
#include "cli/client.h"
#include "grade/attempt.h"

/* Grades a folder with a script process of its own. */
int grading_run(const struct cli *c, const char *dir, struct attempt *ret, struct err *err);
/* The same for a folder somebody named: an attempt that could go on is ended by it (closing.h), and that is said. */
int grading_show(const struct cli *c, const char *dir, struct attempt *ret, struct err *err);
/* Ends the attempt of a live lab (verb finish); *ret_dir: its folder, caller frees. */
int grading_finish(struct client *lab, char **ret_dir, struct err *err);
/* Prints the grade in the command's format (the score card without one); returns the exit code. */
int grading_print(const struct cli *c, const struct attempt *a);
/* The score card as this terminal wants it; malloc'ed. */
char *grading_card(const struct cli *c, const struct attempt *a);
/* Keeps the reports in the attempt's folder and says where they are; that they can't be written is said, and no more. */
void grading_keep(const struct cli *c, const char *dir, const struct attempt *a);

#endif
