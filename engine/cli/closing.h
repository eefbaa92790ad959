/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ending an attempt that could go on, because its grade is about to be shown. */
#ifndef NETDOJO_CLI_CLOSING_H
#define NETDOJO_CLI_CLOSING_H

#include "base/cleanup.h"
#include "cli/cli.h"
#include "evidence/past.h"

/* Begin with CLOSING_NONE; closing_done frees. As long as it stands nobody can go on with the attempt. */
struct closing {
	int dir,
		log; /* the folder, locked; its log, to be written. -1: the attempt is over, or none */
	struct past past;
};
#define CLOSING_NONE                                                                               \
	{                                                                                          \
		.dir = -1, .log = -1                                                               \
	}
void closing_done(struct closing *c);
#define auto_closing nd_cleanup(closing_done) struct closing

/*
 * Before the folder is graded: ERR_USAGE where a lab plays it, or where it could go on and can't be written to. One that is over
 * or can't go on anyway, a healthy lab's, and what is no attempt are left to the grading.
 */
int closing_begin(const char *dir, struct closing *ret, struct err *err);
/* The grade is made and will be shown: the attempt ends, and a line on err says so. */
int closing_end(const struct cli *c, struct closing *closing, struct err *err);

#endif
