/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The netdojo command: finds the subcommand and runs it. */
#include <errno.h>
#include <string.h>

#include "base/screen.h"
#include "base/stdio_fds.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/dump.h"
#include "cli/help.h"

static enum lang locale_lang(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strncmp(v, "ja", 2) == 0 ? LANG_JA : LANG_EN;
	}
	return LANG_EN;
}

static void cli_init(struct cli *c)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool dumb = !term || !*term || strcmp(term, "dumb") == 0;

	c->out = stdout;
	c->err = stderr;
	c->lang = locale_lang();
	c->color = isatty(STDOUT_FILENO) && !dumb && !(no_color && *no_color);
	c->progress = isatty(STDERR_FILENO) && !dumb && !screen_accessible();
}

static int run_version(struct cli *c, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs("netdojo " NETDOJO_VERSION "\n", c->out);
	return EXIT_DONE;
}

/* Words that are not subcommands; the last two are for packagers and shells. */
static const struct builtin {
	const char *word;
	int (*run)(struct cli *c, int argc, char **argv);
} builtins[] = {
	{"--version", run_version},
	{"--dump", dump_run},
	{"--complete", complete_run},
};

static int run_command(struct cli *c, const struct command_spec *cmd, int argc, char **argv)
{
	struct err err = {0};

	if (options_parse(c, cmd, argc, argv, &err) < 0)
		return cli_fail(c, &err);
	if (c->help) {
		help_command(c, cmd);
		return EXIT_DONE;
	}
	return cmd->run(c);
}

static int no_command(const struct cli *c)
{
	struct err err = {0};

	err_set(&err, ERR_USAGE, EINVAL, "No command given");
	err_mend(&err, "Begin with `netdojo list` and `netdojo play ID`; `netdojo help` shows "
		       "every command");
	return cli_fail(c, &err);
}

int main(int argc, char **argv)
{
	struct cli c = {0};
	struct err err = {0};
	const struct command_spec *cmd;
	int rc;

	stdio_fds_fill();
	cli_init(&c);
	if (argc < 2)
		return no_command(&c);
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (strcmp(argv[1], builtins[i].word) == 0)
			return builtins[i].run(&c, argc - 1, argv + 1);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		cmd = &spec_help;
	else if (command_find_near(argv[1], &cmd, &err) < 0)
		return cli_fail(&c, &err);
	rc = run_command(&c, cmd, argc - 1, argv + 1);
	if (fflush(stdout) == EOF && rc == EXIT_DONE)
		rc = EXIT_MACHINE;
	return rc;
}
