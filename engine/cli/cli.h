/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a subcommand gets: its parsed command line, and how to speak to the user. */
#ifndef NETDOJO_CLI_CLI_H
#define NETDOJO_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "cli/options.h"

enum {
	CLI_MAX_VALUES = 64, /* options on one command line */
	EXIT_DONE = 0,
	EXIT_SHORT = ERR_SHORT,
	EXIT_USAGE = ERR_USAGE,
	EXIT_MACHINE = ERR_MACHINE,
};

struct cli_value {
	const struct option_spec *opt;
	const char *value; /* "" for a flag */
};

struct cli {
	const struct command_spec *cmd;
	struct cli_value values[CLI_MAX_VALUES];
	size_t n_values;
	const char *const *args; /* operands */
	size_t n_args;
	char **rest; /* the other program's command line, NULL-terminated; n_rest 0 = none */
	size_t n_rest;
	const char *format; /* one of cmd->formats; NULL where the command has none */
	bool json;	    /* format is "json" */
	bool help;	    /* --help was given */
	enum lang lang;
	bool color;    /* escape sequences are welcome on out */
	bool progress; /* err is a terminal: a moving line is welcome there */
	FILE *out, *err;
};

/* The value of an option, by long name; NULL when it was not given. The last one wins. */
const char *cli_opt(const struct cli *c, const char *long_name);
/* True when the option was given. */
bool cli_flag(const struct cli *c, const char *long_name);
/* The nth (from 0) value of a repeated option; NULL past the end. */
const char *cli_opt_nth(const struct cli *c, const char *long_name, size_t n);
/* A whole number between min and max, dflt when absent; ERR_USAGE otherwise. */
int cli_opt_long(const struct cli *c, const char *long_name, long min, long max, long dflt,
		 long *ret, struct err *err);

/* The text in the user's language. */
const char *cli_tr(const struct cli *c, struct text t);
/* The same from a JSON object {"en","ja"} (or a plain string); "" for NULL. */
const char *cli_tr_json(const struct cli *c, const json_t *t);
/* "en" or "ja". */
const char *cli_lang(const struct cli *c);

/* Prints the error as one line, "netdojo CMD: what. mend", and returns its exit code: `return
 * cli_fail(c, &err);` */
int cli_fail(const struct cli *c, const struct err *err);
/* A line on err that is not an error: "netdojo CMD: fmt". */
void cli_note(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints the document (stolen) on out with "schema":"netdojo/NAME/1" first; returns 0, or
 * EXIT_MACHINE when out is full. */
int cli_print_json(const struct cli *c, const char *name, json_t *doc);

enum cli_style { STYLE_NONE, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_BAD, STYLE_WARN, N_STYLES };
/* The escape sequence that begins a style ("" without colour); STYLE_NONE ends it. */
const char *cli_style(const struct cli *c, enum cli_style s);

#endif
