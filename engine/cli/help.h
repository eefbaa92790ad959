/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help texts, made from the option tables. */
#ifndef NETDOJO_CLI_HELP_H
#define NETDOJO_CLI_HELP_H

#include "cli/cli.h"

/* What `netdojo help` shows: every command in one line, and where to begin. */
void help_all(const struct cli *c);
/* What `netdojo help CMD` and `netdojo CMD --help` show. */
void help_command(const struct cli *c, const struct command_spec *cmd);

/* "a|b|c" of choices into buf; "" for NULL. */
void help_choices(const char *const *choices, char *buf, size_t size);
/* The exit codes of a command: its own or the usual ones. */
const struct exit_spec *help_exits(const struct command_spec *cmd);

#endif
