/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion for bash. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/dump.h"

/* Tables in shell syntax, and one function that reads them: names that change are asked of netdojo.
 */
static const char head[] =
	"# bash completion for netdojo: made by `netdojo --dump bash`, don't edit.\n"
	"_netdojo_ask() {\n"
	"\tnetdojo --complete \"$1\" ${2:+--lab \"$2\"} 2>/dev/null\n"
	"}\n\n";

static const char tail[] =
	"_netdojo() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal cmd=${COMP_WORDS[1]} lab='' words='' instead='' key i operand=0\n"
	"\tCOMPREPLY=()\n"
	"\tif ((COMP_CWORD == 1)); then\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W \"$_netdojo_commands\" -- \"$cur\")\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
	"\t\tcase ${COMP_WORDS[i]} in\n"
	"\t\t--) return ;;\n"
	"\t\t-l | --lab) lab=${COMP_WORDS[i+1]} ;;\n"
	"\t\t-*) instead=${_netdojo_flag[$cmd ${COMP_WORDS[i]}]:-$instead} ;;\n"
	"\t\t*) [[ -n ${_netdojo_value[$cmd ${COMP_WORDS[i-1]}]} ]] || ((operand++)) ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\tif [[ $cur == -* ]]; then\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W \"${_netdojo_options[$cmd]}\" -- \"$cur\")\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tkey=${_netdojo_value[$cmd $prev]:-${instead:-${_netdojo_operand[$cmd "
	"$operand]:-${_netdojo_operand[$cmd +]}}}}\n"
	"\tcase $key in\n"
	"\t@file) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); compopt -o filenames "
	"2>/dev/null; return ;;\n"
	"\t@dir) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); compopt -o filenames "
	"2>/dev/null; return ;;\n"
	"\t@none | '') return ;;\n"
	"\t@*) words=$(_netdojo_ask \"${key#@}\" \"$lab\") ;;\n"
	"\t*) words=$key ;;\n"
	"\tesac\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	"\t[[ $cur == *:* ]] && declare -F __ltrim_colon_completions >/dev/null && "
	"__ltrim_colon_completions \"$cur\"\n"
	"\t[[ $key == @scenario || $key == @course ]] && compopt -o default 2>/dev/null\n"
	"}\n"
	"complete -F _netdojo netdojo\n";

/* What stands for an argument in the tables: choices, "@file", "@lab", ... */
static void put_argument(FILE *f, const char *const *choices, enum complete_kind kind)
{
	const char *ask = complete_name(kind);

	if (choices)
		for (size_t i = 0; choices[i]; i++)
			fprintf(f, "%s%s", i ? " " : "", choices[i]);
	else if (ask)
		fprintf(f, "@%s", ask);
	else
		fputs(kind == COMPLETE_FILE ? "@file" : kind == COMPLETE_DIR ? "@dir" : "@none", f);
}

static void put_name(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	FILE *f = arg;

	(void)cmd;
	fprintf(f, " --%s", o->long_name);
	if (o->short_name)
		fprintf(f, " -%c", o->short_name);
}

static void put_flag(FILE *f, const struct command_spec *cmd)
{
	const struct option_spec *o = options_turning(cmd);

	if (!o)
		return;
	fprintf(f, "\t['%s --%s']='@%s'\n", cmd->name, o->long_name, complete_name(o->complete));
	if (o->short_name)
		fprintf(f, "\t['%s -%c']='@%s'\n", cmd->name, o->short_name,
			complete_name(o->complete));
}

static void put_value(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	FILE *f = arg;

	if (!o->arg)
		return;
	fprintf(f, "\t['%s --%s']='", cmd->name, o->long_name);
	put_argument(f, options_choices(cmd, o), o->complete);
	fputs("'\n", f);
	if (!o->short_name)
		return;
	fprintf(f, "\t['%s -%c']='", cmd->name, o->short_name);
	put_argument(f, options_choices(cmd, o), o->complete);
	fputs("'\n", f);
}

static void put_operands(FILE *f, const struct command_spec *cmd)
{
	unsigned i;

	for (i = 0; i < COMMAND_MAX_OPERANDS && cmd->operands[i].name; i++) {
		fprintf(f, "\t['%s %u']='", cmd->name, i);
		put_argument(f, cmd->operands[i].choices, cmd->operands[i].complete);
		fputs("'\n", f);
	}
	if (cmd->max < COMMAND_ANY || i == 0)
		return;
	fprintf(f, "\t['%s +']='", cmd->name);
	put_argument(f, cmd->operands[i - 1].choices, cmd->operands[i - 1].complete);
	fputs("'\n", f);
}

void dump_bash(FILE *f)
{
	fputs(head, f);
	fputs("_netdojo_commands='", f);
	for (const struct command_spec *const *p = commands; *p; p++)
		fprintf(f, "%s%s", p == commands ? "" : " ", (*p)->name);
	fputs(" --help --version'\ndeclare -gA _netdojo_options=(\n", f);
	for (const struct command_spec *const *p = commands; *p; p++) {
		fprintf(f, "\t[%s]='", (*p)->name);
		options_each(*p, put_name, f);
		fputs("'\n", f);
	}
	fputs(")\ndeclare -gA _netdojo_value=(\n", f);
	for (const struct command_spec *const *p = commands; *p; p++)
		options_each(*p, put_value, f);
	fputs(")\ndeclare -gA _netdojo_flag=(\n", f);
	for (const struct command_spec *const *p = commands; *p; p++)
		put_flag(f, *p);
	fputs(")\ndeclare -gA _netdojo_operand=(\n", f);
	for (const struct command_spec *const *p = commands; *p; p++)
		put_operands(f, *p);
	fputs(")\n\n", f);
	fputs(tail, f);
}
