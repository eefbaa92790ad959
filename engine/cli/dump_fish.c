/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion for fish. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/dump.h"

static const char head[] =
	"# fish completion for netdojo: made by `netdojo --dump fish`, don't edit.\n"
	"function __netdojo_ask\n"
	"\tset -l lab\n"
	"\tset -l words (commandline -opc)\n"
	"\tfor i in (seq (count $words))\n"
	"\t\tif contains -- $words[$i] -l --lab; and test $i -lt (count $words)\n"
	"\t\t\tset lab --lab $words[(math $i + 1)]\n"
	"\t\tend\n"
	"\tend\n"
	"\tnetdojo --complete $argv[1] $lab 2>/dev/null\n"
	"end\n"
	"function __netdojo_in\n"
	"\tset -l words (commandline -opc)\n"
	"\ttest (count $words) -ge 2; and test $words[2] = $argv[1]; and not contains -- -- "
	"$words\n"
	"end\n"
	"complete -c netdojo -f\n";

static void put_quoted(FILE *f, const char *s)
{
	fputc('\'', f);
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			fputc('\\', f);
		fputc(*s, f);
	}
	fputc('\'', f);
}

/* -a with what may stand there; -F lets files through. */
static void put_argument(FILE *f, const char *const *choices, enum complete_kind kind)
{
	const char *ask = complete_name(kind);

	if (choices) {
		fputs(" -a '", f);
		for (size_t i = 0; choices[i]; i++)
			fprintf(f, "%s%s", i ? " " : "", choices[i]);
		fputc('\'', f);
	} else if (ask) {
		fprintf(f, " -a '(__netdojo_ask %s)'", ask);
	} else if (kind == COMPLETE_FILE) {
		fputs(" -F", f);
	} else if (kind == COMPLETE_DIR) {
		fputs(" -a '(__fish_complete_directories)'", f);
	}
}

static void put_option(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	FILE *f = arg;

	fprintf(f, "complete -c netdojo -n '__netdojo_in %s' -l %s", cmd->name, o->long_name);
	if (o->short_name)
		fprintf(f, " -s %c", o->short_name);
	if (o->arg) {
		/* -x is -r and -f together, and the latter shuts files out: an error beside -F since 3.4 */
		fputs(o->complete == COMPLETE_FILE ? " -r" : " -x", f);
		put_argument(f, options_choices(cmd, o), o->complete);
	}
	fputs(" -d ", f);
	put_quoted(f, o->help.en);
	fputc('\n', f);
}

/* Where a flag turns the operands into something else: both, each under its condition. */
static void put_either(FILE *f, const struct command_spec *cmd, const struct option_spec *turn,
		       const struct operand_spec *op)
{
	char given[64] = "";

	if (turn->short_name)
		snprintf(given, sizeof(given), "-s %c ", turn->short_name);
	for (int is = 0; is < 2; is++) {
		fprintf(f,
			"complete -c netdojo -n '__netdojo_in %s; and %s__fish_contains_opt %s%s'",
			cmd->name, is ? "" : "not ", given, turn->long_name);
		put_argument(f, is ? NULL : op->choices, is ? turn->complete : op->complete);
		fputc('\n', f);
	}
}

static void put_operands(FILE *f, const struct command_spec *cmd)
{
	const struct option_spec *turn = options_turning(cmd);

	for (unsigned i = 0; i < COMMAND_MAX_OPERANDS && cmd->operands[i].name; i++) {
		if (!cmd->operands[i].choices && !complete_name(cmd->operands[i].complete))
			continue;
		if (turn) {
			put_either(f, cmd, turn, &cmd->operands[i]);
			continue;
		}
		fprintf(f, "complete -c netdojo -n '__netdojo_in %s'", cmd->name);
		put_argument(f, cmd->operands[i].choices, cmd->operands[i].complete);
		fputc('\n', f);
	}
}

void dump_fish(FILE *f)
{
	fputs(head, f);
	for (const struct command_spec *const *p = commands; *p; p++) {
		fprintf(f, "complete -c netdojo -n __fish_use_subcommand -a %s -d ", (*p)->name);
		put_quoted(f, (*p)->summary.en);
		fputc('\n', f);
	}
	for (const struct command_spec *const *p = commands; *p; p++) {
		options_each(*p, put_option, f);
		put_operands(f, *p);
	}
}
