/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help texts, made from the option tables. */
#include "cli/help.h"

#include <string.h>

#include "base/textwidth.h"
#include "cli/commands.h"

enum { COLUMNS = 78, OPTION_COLUMN = 26, CHOICES_COLUMNS = 50 };

static const struct exit_spec usual_exits[] = {
	{"0", {"done", "成功"}},
	{"2", {"wrong usage, or a wrong scenario", "使い方かシナリオの誤り"}},
	{"3",
	 {"this machine can't do it; the message says what is missing",
	  "このマシンでは実行できない (足りないものを表示)"}},
	{NULL},
};

const struct exit_spec *help_exits(const struct command_spec *cmd)
{
	return cmd->exits ? cmd->exits : usual_exits;
}

void help_choices(const char *const *choices, char *buf, size_t size)
{
	*buf = '\0';
	for (size_t i = 0; choices && choices[i]; i++) {
		size_t used = strlen(buf);

		snprintf(buf + used, size - used, "%s%s", i ? "|" : "", choices[i]);
	}
}

static void heading(const struct cli *c, struct text t)
{
	fprintf(c->out, "\n%s%s%s\n", cli_style(c, STYLE_BOLD), cli_tr(c, t),
		cli_style(c, STYLE_NONE));
}

/* "a|b" as "a b", in place, so that it can be wrapped. */
static const char *choices_spaced(char *choices)
{
	for (char *p = choices; *p; p++)
		if (*p == '|')
			*p = ' ';
	return choices;
}

static void put_option(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	const struct cli *c = arg;
	char choices[160], left[256], letter[8] = "    ";

	help_choices(options_choices(cmd, o), choices, sizeof(choices));
	if (o->short_name)
		snprintf(letter, sizeof(letter), "-%c, ", o->short_name);
	snprintf(left, sizeof(left), "  %s--%s%s%s", letter, o->long_name, o->arg ? " " : "",
		 !o->arg					 ? ""
		 : *choices && strlen(choices) < CHOICES_COLUMNS ? choices
								 : o->arg);
	text_pad(c->out, left, OPTION_COLUMN);
	if (text_width(left) >= OPTION_COLUMN)
		fprintf(c->out, "\n%*s", OPTION_COLUMN, "");
	text_wrap(c->out, cli_tr(c, o->help), OPTION_COLUMN, COLUMNS);
	if (strlen(choices) < CHOICES_COLUMNS)
		return;
	/* Too many for the left side. */
	fprintf(c->out, "%*s", OPTION_COLUMN, "");
	text_wrap(c->out, choices_spaced(choices), OPTION_COLUMN, COLUMNS);
}

static void put_examples(const struct cli *c, const struct command_spec *cmd)
{
	if (!cmd->examples)
		return;
	heading(c, (struct text){"Examples:", "例:"});
	for (const struct example *e = cmd->examples; e->line; e++) {
		fprintf(c->out, "  %s\n      ", e->line);
		text_wrap(c->out, cli_tr(c, e->what), 6, COLUMNS);
	}
}

static void put_exits(const struct cli *c, const struct command_spec *cmd)
{
	heading(c, (struct text){"Exit status:", "終了コード:"});
	for (const struct exit_spec *e = help_exits(cmd); e->code; e++) {
		fputs("  ", c->out);
		text_pad(c->out, e->code, 8);
		text_wrap(c->out, cli_tr(c, e->what), 10, COLUMNS);
	}
}

void help_command(const struct cli *c, const struct command_spec *cmd)
{
	fprintf(c->out, "%s netdojo %s [OPTION]...%s%s\n\n",
		cli_tr(c, (struct text){"Usage:", "使い方:"}), cmd->name, *cmd->synopsis ? " " : "",
		cmd->synopsis);
	text_wrap(c->out, cli_tr(c, cmd->about), 0, COLUMNS);
	heading(c, (struct text){"Options:", "オプション:"});
	options_each(cmd, put_option, (void *)c);
	put_examples(c, cmd);
	put_exits(c, cmd);
}

void help_all(const struct cli *c)
{
	fprintf(c->out, "%s netdojo COMMAND [OPTION]... [ARG]...\n\n",
		cli_tr(c, (struct text){"Usage:", "使い方:"}));
	text_wrap(c->out,
		  cli_tr(c,
			 (struct text){
				 "A small, real, broken network on this machine: find the layer at "
				 "fault, mend it, and be graded on the steps.",
				 "このマシンの中に、小さくて本物の、壊れたネットワークを作ります。"
				 "故障したレイヤーを"
				 "見つけて直すと、手順が採点されます。"}),
		  0, COLUMNS);
	heading(c, (struct text){"Commands:", "コマンド:"});
	for (const struct command_spec *const *p = commands; *p; p++) {
		fputs("  ", c->out);
		text_pad(c->out, (*p)->name, 10);
		text_wrap(c->out, cli_tr(c, (*p)->summary), 12, COLUMNS);
	}
	heading(c, (struct text){"Begin with:", "はじめに:"});
	fputs("  netdojo list\n  netdojo play dns-host-proxy-dead\n", c->out);
	fputc('\n', c->out);
	text_wrap(c->out,
		  cli_tr(c,
			 (struct text){
				 "`netdojo help COMMAND` explains one command; netdojo(1) is the "
				 "whole manual.",
				 "`netdojo help コマンド` で各コマンドの説明、netdojo(1) "
				 "に全体の説明があります。"}),
		  0, COLUMNS);
}
