/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a subcommand reads its options and speaks to the user. */
#include "cli/cli.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *cli_opt_nth(const struct cli *c, const char *long_name, size_t n)
{
	for (size_t i = 0; i < c->n_values; i++)
		if (strcmp(c->values[i].opt->long_name, long_name) == 0 && n-- == 0)
			return c->values[i].value;
	return NULL;
}

const char *cli_opt(const struct cli *c, const char *long_name)
{
	const char *value = NULL;

	for (size_t i = 0; i < c->n_values; i++)
		if (strcmp(c->values[i].opt->long_name, long_name) == 0)
			value = c->values[i].value;
	return value;
}

bool cli_flag(const struct cli *c, const char *long_name)
{
	return cli_opt(c, long_name) != NULL;
}

int cli_opt_long(const struct cli *c, const char *long_name, long min, long max, long dflt,
		 long *ret, struct err *err)
{
	const char *text = cli_opt(c, long_name);
	char *end;
	long v;

	if (!text) {
		*ret = dflt;
		return 0;
	}
	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < min || v > max)
		return err_set(err, ERR_USAGE, EINVAL,
			       "Wrong value '%s' for --%s: a number from %ld to %ld is wanted",
			       text, long_name, min, max);
	*ret = v;
	return 0;
}

const char *cli_tr(const struct cli *c, struct text t)
{
	return c->lang == LANG_JA && t.ja ? t.ja : t.en ? t.en : "";
}

const char *cli_lang(const struct cli *c)
{
	return c->lang == LANG_JA ? "ja" : "en";
}

const char *cli_tr_json(const struct cli *c, const json_t *t)
{
	if (json_is_string(t))
		return json_string_value(t);
	return json_str(t, cli_lang(c), json_str(t, "en", ""));
}

/* One line whatever the message holds: control characters would break it (or the terminal). */
static void put_line(FILE *f, const char *s)
{
	for (; *s; s++)
		fputc((unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s, f);
}

static void put_head(const struct cli *c)
{
	fflush(c->out);
	fprintf(c->err, "netdojo%s%s: ", c->cmd ? " " : "", c->cmd ? c->cmd->name : "");
}

int cli_fail(const struct cli *c, const struct err *err)
{
	put_head(c);
	put_line(c->err, err->msg[0] ? err->msg : "Unknown failure");
	if (err->mend[0]) {
		fputs(". ", c->err);
		put_line(c->err, err->mend);
	}
	fputc('\n', c->err);
	if (c->cmd && c->cmd->failure)
		return c->cmd->failure;
	return err->kind ? (int)err->kind : EXIT_MACHINE;
}

void cli_note(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	put_head(c);
	va_start(ap, fmt);
	vfprintf(c->err, fmt, ap);
	va_end(ap);
	fputc('\n', c->err);
}

int cli_print_json(const struct cli *c, const char *name, json_t *doc)
{
	auto_json json_t *own = doc;
	auto_json json_t *all = json_pack("{s:s++}", "schema", "netdojo/", name, "/1");
	struct err err = {0};

	if (!own || !all || json_object_update(all, own) < 0)
		err_sys(&err, ENOMEM, "Can't make the JSON document");
	else if (json_dumpf(all, c->out, JSON_INDENT(2)) < 0 || fputc('\n', c->out) == EOF ||
		 fflush(c->out) == EOF)
		err_sys(&err, errno, "Can't write to standard output");
	else
		return EXIT_DONE;
	return cli_fail(c, &err);
}

const char *cli_style(const struct cli *c, enum cli_style s)
{
	static const char *const sequence[] = {
		[STYLE_NONE] = "\033[0m",  [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
		[STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[31m", [STYLE_WARN] = "\033[33m",
	};
	static_assert(ARRAY_SIZE(sequence) == N_STYLES, "a sequence for each style");

	return c->color ? sequence[s] : "";
}
