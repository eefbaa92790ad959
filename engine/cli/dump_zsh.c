/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion for zsh. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/dump.h"

static const char head[] =
	"#compdef netdojo\n"
	"# zsh completion for netdojo: made by `netdojo --dump zsh`, don't edit.\n\n"
	"_netdojo_ask() {\n"
	"\tlocal -a found lab\n"
	"\t(( ${+opt_args[--lab]} )) && lab=(--lab $opt_args[--lab])\n"
	"\t(( ${+opt_args[-l]} )) && lab=(--lab $opt_args[-l])\n"
	"\tfound=(${(f)\"$(netdojo --complete $1 $lab 2>/dev/null)\"})\n"
	"\tcompadd -a found\n"
	"}\n\n"
	"# KIND, or OTHER where one of the flags is given\n"
	"_netdojo_ask_either() {\n"
	"\tlocal kind=$1 other=$2 flag\n"
	"\tshift 2\n"
	"\tfor flag; do\n"
	"\t\t(( ${+opt_args[$flag]} )) && kind=$other\n"
	"\tdone\n"
	"\t_netdojo_ask $kind\n"
	"}\n\n";

static void put_quoted(FILE *f, const char *s)
{
	for (; *s; s++) {
		if (strchr("[]:", *s))
			fputc('\\', f);
		fputs(*s == '\'' ? "'\\''" : (char[]){*s, '\0'}, f);
	}
}

static void put_action(FILE *f, const char *const *choices, enum complete_kind kind)
{
	const char *ask = complete_name(kind);

	if (choices) {
		fputc('(', f);
		for (size_t i = 0; choices[i]; i++)
			fprintf(f, "%s%s", i ? " " : "", choices[i]);
		fputc(')', f);
	} else if (ask) {
		fprintf(f, "{_netdojo_ask %s}", ask);
		return;
	} else if (kind == COMPLETE_FILE) {
		fputs("_files", f);
	} else if (kind == COMPLETE_DIR) {
		fputs("_files -/", f);
	}
}

/* "--lab=" takes "--lab x" and "--lab=x"; "-l+" takes "-l x" and "-lx". */
static void put_option(FILE *f, const struct command_spec *cmd, const struct option_spec *o,
		       const char *name, const char *joint)
{
	fprintf(f, "\t\t'%s%s%s[", o->many ? "*" : "", name, o->arg ? joint : "");
	put_quoted(f, o->help.en);
	fputc(']', f);
	if (o->arg) {
		fprintf(f, ":%s:", o->arg);
		put_action(f, options_choices(cmd, o), o->complete);
	}
	fputs("' \\\n", f);
}

static void put_both(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	char name[64];

	snprintf(name, sizeof(name), "--%s", o->long_name);
	put_option(arg, cmd, o, name, "=");
	if (!o->short_name)
		return;
	snprintf(name, sizeof(name), "-%c", o->short_name);
	put_option(arg, cmd, o, name, "+");
}

static void put_operand(FILE *f, const struct command_spec *cmd, const struct operand_spec *op)
{
	const struct option_spec *turn = options_turning(cmd);

	if (!turn) {
		put_action(f, op->choices, op->complete);
		return;
	}
	fprintf(f, "{_netdojo_ask_either %s %s --%s", complete_name(op->complete),
		complete_name(turn->complete), turn->long_name);
	if (turn->short_name)
		fprintf(f, " -%c", turn->short_name);
	fputc('}', f);
}

static void put_operands(FILE *f, const struct command_spec *cmd)
{
	for (unsigned i = 0; i < COMMAND_MAX_OPERANDS && cmd->operands[i].name; i++) {
		bool last = i + 1 == COMMAND_MAX_OPERANDS || !cmd->operands[i + 1].name;

		fprintf(f, "\t\t'%s:%s:", last && cmd->max >= COMMAND_ANY ? "*" : "",
			cmd->operands[i].name);
		put_operand(f, cmd, &cmd->operands[i]);
		fputs("' \\\n", f);
	}
	if (cmd->rest != REST_NONE)
		fputs("\t\t'*::command:_normal' \\\n", f);
}

static void put_command(FILE *f, const struct command_spec *cmd)
{
	fprintf(f, "_netdojo_%s() {\n\t_arguments -s -S \\\n", cmd->name);
	options_each(cmd, put_both, f);
	put_operands(f, cmd);
	fputs("\t\t&& return 0\n\treturn 1\n}\n\n", f);
}

void dump_zsh(FILE *f)
{
	fputs(head, f);
	for (const struct command_spec *const *p = commands; *p; p++)
		put_command(f, *p);
	fputs("_netdojo() {\n\tlocal -a commands\n\tcommands=(\n", f);
	for (const struct command_spec *const *p = commands; *p; p++) {
		fprintf(f, "\t\t'%s:", (*p)->name);
		put_quoted(f, (*p)->summary.en);
		fputs("'\n", f);
	}
	fputs("\t)\n"
	      "\tif (( CURRENT == 2 )); then\n"
	      "\t\t_describe command commands\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\tlocal cmd=$words[2]\n"
	      "\tshift words\n"
	      "\t(( CURRENT-- ))\n"
	      "\t(( $+functions[_netdojo_$cmd] )) && _netdojo_$cmd\n"
	      "}\n\n"
	      "_netdojo \"$@\"\n",
	      f);
}
