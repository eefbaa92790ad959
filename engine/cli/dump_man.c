/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo(1), as mdoc(7). */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/dump.h"
#include "cli/help.h"

static const char head[] = ".\\\" SPDX-License-Identifier: GPL-2.0-or-later\n"
			   ".\\\" Made by `netdojo --dump man`, don't edit.\n"
			   ".Dd November 23, 2026\n"
			   ".Dt NETDOJO 1\n"
			   ".Os\n"
			   ".Sh NAME\n"
			   ".Nm netdojo\n"
			   ".Nd real, broken networks on one machine, to learn and to test on\n"
			   ".Sh SYNOPSIS\n";

static const char description[] =
	".Sh DESCRIPTION\n"
	".Nm\n"
	"builds a small, real network on one Linux machine from network namespaces,\n"
	"veth pairs and nftables,\n"
	"shapes it like a Windows PC that runs WSL2, and breaks something in it on\n"
	"purpose.\n"
	"A learner works in a real shell, finds the layer at fault, mends it, and is\n"
	"graded on the steps.\n"
	".Pp\n"
	"It needs no root, no daemon and no container engine.\n"
	"A lab is sealed: none of its interfaces is joined to the host's network and no\n"
	"packet leaves it.\n"
	".Pp\n"
	"Options common to all commands are\n"
	".Fl -lang Ar en|ja\n"
	"and\n"
	".Fl -help .\n"
	"Where a command has\n"
	".Fl -json ,\n"
	"standard output is one JSON document whose\n"
	".Dq schema\n"
	"names its form; the schema files are installed.\n"
	"SELECT means an id of a scenario, a pattern of ids with *, ? and [...],\n"
	".Cm layer:L3 , mode:nat\n"
	"or\n"
	".Cm tag:dns .\n";

static const char tail[] =
	".Sh ENVIRONMENT\n"
	".Bl -tag -width XDG_RUNTIME_DIR\n"
	".It Ev XDG_RUNTIME_DIR\n"
	"Where the sockets of live labs are, in\n"
	".Pa netdojo/ ;\n"
	".Pa /tmp/netdojo-UID/\n"
	"without it.\n"
	".It Ev XDG_STATE_HOME\n"
	"Where attempts are kept, in\n"
	".Pa netdojo/attempts/ ;\n"
	".Pa ~/.local/state\n"
	"without it.\n"
	".It Ev LC_ALL , LC_MESSAGES , LANG\n"
	"Beginning with\n"
	".Dq ja ,\n"
	"texts are in Japanese.\n"
	".It Ev NO_COLOR\n"
	"No colours, even on a terminal.\n"
	".El\n"
	".Sh FILES\n"
	".Bl -tag -width Ds\n"
	".It Pa share/netdojo/scenarios/AREA/ID/scenario.lua\n"
	"The scenarios.\n"
	".It Pa share/netdojo/schemas/\n"
	"The forms of the JSON documents.\n"
	".It Pa ~/.local/state/netdojo/attempts/TIME-ID-RANDOM/\n"
	"One attempt: the scenario, events.jsonl with the evidence, recordings of the\n"
	"terminals (*.cast, for\n"
	".Xr asciinema 1 ) ,\n"
	"and score.json.\n"
	".El\n"
	".Sh EXIT STATUS\n"
	".Bl -tag -width Ds\n"
	".It 0\n"
	"Done, or passed.\n"
	".It 1\n"
	"A grade or check fell short.\n"
	".It 2\n"
	"Wrong usage, or a wrong scenario.\n"
	".It 3\n"
	"This machine can't run it; the message says what is missing.\n"
	".El\n"
	".Pp\n"
	".Nm\n"
	".Cm exec\n"
	"exits with the command's own status, 128+n where signal n ended it, and 125,\n"
	"126 and 127 as\n"
	".Xr env 1\n"
	"does.\n"
	".Sh EXAMPLES\n"
	"Learn:\n"
	".Bd -literal -offset indent\n"
	"netdojo list\n"
	"netdojo play dns-host-proxy-dead\n"
	".Ed\n"
	".Pp\n"
	"Look at a broken network by hand:\n"
	".Bd -literal -offset indent\n"
	"netdojo up dns-host-proxy-dead\n"
	"netdojo exec wsl -- ping -c1 8.8.8.8\n"
	"netdojo exec wsl -- getent hosts google.com\n"
	"netdojo exec windows -- Get-NetIPAddress\n"
	"netdojo down\n"
	".Ed\n"
	".Sh LIMITATIONS\n"
	"Windows is imitated, not run: its effects on the network are real, its\n"
	"programs are stand-ins that look at it and change it, and print what the real\n"
	"ones would.\n"
	"What each of them lacks is in docs/windows.md.\n"
	".Sh SEE ALSO\n"
	".Xr network_namespaces 7 ,\n"
	".Xr user_namespaces 7 ,\n"
	".Xr ip 8 ,\n"
	".Xr nft 8\n";

enum { MAN_COLUMNS = 78 };

/* One word: a leading dot or quote would be a request, a backslash an escape. Returns its columns
 * in the source. */
static int put_word(FILE *f, const char *s, size_t n, bool first)
{
	int columns = (int)n;

	if (first && (*s == '.' || *s == '\''))
		fputs("\\&", f);
	for (size_t i = 0; i < n; i++) {
		const char *out = s[i] == '\\' ? "\\e" : s[i] == '`' ? "\\(ga" : NULL;

		if (out)
			columns += fprintf(f, "%s", out) - 1;
		else
			fputc(s[i], f);
	}
	return columns;
}

static bool ends_sentence(const char *s, size_t n)
{
	return n > 1 && strchr(".?!", s[n - 1]) && s[n - 2] != '.';
}

/* Text as roff wants it: a new line for each sentence, none too long, ".Pp" between paragraphs. */
static void put_text(FILE *f, const char *s)
{
	int at = 0;

	while (*s) {
		size_t blanks = strspn(s, " \n"), n;
		bool paragraph = blanks > 1 && s[0] == '\n';

		s += blanks;
		n = strcspn(s, " \n");
		if (paragraph && n)
			fputs(at ? "\n.Pp\n" : ".Pp\n", f);
		else if (at && at + (int)n + 1 > MAN_COLUMNS)
			fputc('\n', f);
		else if (at && n)
			at += fprintf(f, " ");
		if (paragraph || at + (int)n > MAN_COLUMNS)
			at = 0;
		at += put_word(f, s, n, at == 0);
		if (ends_sentence(s, n)) {
			fputc('\n', f);
			at = 0;
		}
		s += n;
	}
	if (at)
		fputc('\n', f);
}

/* An argument of a macro: quoted, so that no word of it is taken for another macro. */
static void put_quoted(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"')
			fputs("\\(dq", f);
		else if (*s == '-')
			fputs("\\-", f);
		else if (*s == '\\')
			fputs("\\e", f);
		else
			fputc(*s, f);
	}
	fputc('"', f);
}

static void put_option(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	FILE *f = arg;
	char choices[160];

	/* Every command has these two; DESCRIPTION says so once. */
	if (o >= options_common && o < options_common + 2)
		return;
	help_choices(options_choices(cmd, o), choices, sizeof(choices));
	fputs(".It", f);
	if (o->short_name)
		fprintf(f, " Fl %c ,", o->short_name);
	fprintf(f, " Fl -%s", o->long_name);
	if (o->arg) {
		fputs(" Ar ", f);
		put_quoted(f, *choices ? choices : o->arg);
	}
	fputc('\n', f);
	put_text(f, o->help.en);
}

static void put_examples(FILE *f, const struct command_spec *cmd)
{
	for (const struct example *e = cmd->examples; e && e->line; e++) {
		fputs(".Pp\nExample:\n", f);
		put_text(f, e->what.en);
		fputs(".Dl ", f);
		put_quoted(f, e->line);
		fputc('\n', f);
	}
}

static void put_exits(FILE *f, const struct command_spec *cmd)
{
	if (!cmd->exits)
		return;
	fputs(".Pp\nIts exit status:\n.Bl -tag -width 128+n -compact\n", f);
	for (const struct exit_spec *e = cmd->exits; e->code; e++) {
		fputs(".It ", f);
		put_quoted(f, e->code);
		fputc('\n', f);
		put_text(f, e->what.en);
	}
	fputs(".El\n", f);
}

static void put_command(FILE *f, const struct command_spec *cmd)
{
	fprintf(f, ".Ss ");
	put_quoted(f, cmd->name);
	fputs("\n.Nm\n.Cm ", f);
	put_quoted(f, cmd->name);
	fputs("\n.Op Ar option ...\n", f);
	if (*cmd->synopsis) {
		fputs(".Ar ", f);
		put_quoted(f, cmd->synopsis);
		fputc('\n', f);
	}
	fputs(".Pp\n", f);
	put_text(f, cmd->about.en);
	if (cmd->options || cmd->formats) {
		fputs(".Bl -tag -width Ds\n", f);
		options_each(cmd, put_option, f);
		fputs(".El\n", f);
	}
	put_exits(f, cmd);
	put_examples(f, cmd);
}

void dump_man(FILE *f)
{
	fputs(head, f);
	for (const struct command_spec *const *p = commands; *p; p++) {
		fputs(".Nm\n.Cm ", f);
		put_quoted(f, (*p)->name);
		fputs("\n.Op Ar option ...\n", f);
		if (*(*p)->synopsis) {
			fputs(".Ar ", f);
			put_quoted(f, (*p)->synopsis);
			fputc('\n', f);
		}
	}
	fputs(description, f);
	fputs(".Sh COMMANDS\n", f);
	for (const struct command_spec *const *p = commands; *p; p++)
		put_command(f, *p);
	fputs(tail, f);
}
