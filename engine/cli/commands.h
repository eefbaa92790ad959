/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of subcommands: one file each, listed once. */
#ifndef NETDOJO_CLI_COMMANDS_H
#define NETDOJO_CLI_COMMANDS_H

#include "cli/cli.h"

/* In the order help shows them; NULL-terminated. */
extern const struct command_spec *const commands[];

/* NULL for an unknown name. */
const struct command_spec *command_find(const char *name);
/* The same, with an error that names the nearest one. */
int command_find_near(const char *name, const struct command_spec **ret, struct err *err);

/* Implemented in cmd_NAME.c; each returns the exit code. */
int cmd_capture(struct cli *c);
int cmd_check(struct cli *c);
int cmd_course(struct cli *c);
int cmd_diagnose(struct cli *c);
int cmd_doctor(struct cli *c);
int cmd_down(struct cli *c);
int cmd_exec(struct cli *c);
int cmd_grade(struct cli *c);
int cmd_help(struct cli *c);
int cmd_hint(struct cli *c);
int cmd_list(struct cli *c);
int cmd_log(struct cli *c);
int cmd_map(struct cli *c);
int cmd_pause(struct cli *c);
int cmd_play(struct cli *c);
int cmd_ps(struct cli *c);
int cmd_reset(struct cli *c);
int cmd_score(struct cli *c);
int cmd_shell(struct cli *c);
int cmd_show(struct cli *c);
int cmd_submit(struct cli *c);
int cmd_up(struct cli *c);
int cmd_attempts(struct cli *c);
int cmd_report(struct cli *c);
int cmd_regrade(struct cli *c);

/* The tables of the learner's commands: specs_learn.c. */
extern const struct command_spec spec_play, spec_hint, spec_diagnose, spec_grade, spec_check;
/* Those about attempts that were played: specs_report.c. */
extern const struct command_spec spec_attempts, spec_report, spec_regrade;
/* A class's: specs_class.c. */
extern const struct command_spec spec_submit, spec_score, spec_course;
/* The others stand in their own cmd_NAME.c. */
extern const struct command_spec spec_capture, spec_doctor, spec_down, spec_exec, spec_help,
	spec_list, spec_log, spec_map, spec_pause, spec_ps, spec_reset, spec_shell, spec_show,
	spec_up;

#endif
