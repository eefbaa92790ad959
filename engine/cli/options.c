/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing a command line against its option table. */
#include "cli/options.h"

#include <errno.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/cli.h"

static const char *const lang_choices[] = {"en", "ja", NULL};

const struct option_spec options_common[] = {
	{.long_name = "lang",
	 .arg = "LANG",
	 .choices = lang_choices,
	 .help = {"language of texts (default: the locale's)", "表示の言語 (既定: ロケール)"}},
	{.long_name = "help",
	 .short_name = 'h',
	 .help = {"show this help and exit", "この説明を表示して終了"}},
	{0},
};

const struct option_spec options_format[] = {
	{.long_name = "format", .arg = "FORMAT", .help = {"form of the output", "出力の形式"}},
	{.long_name = "json",
	 .help = {"the same as --format json: one JSON document on stdout",
		  "--format json と同じ: 標準出力に JSON 文書を 1 つ"}},
	{0},
};

static bool has_format(const struct command_spec *cmd, const char *name)
{
	for (size_t i = 0; cmd->formats && cmd->formats[i]; i++)
		if (strcmp(cmd->formats[i], name) == 0)
			return true;
	return false;
}

void options_each(const struct command_spec *cmd,
		  void (*fn)(void *arg, const struct command_spec *cmd,
			     const struct option_spec *o),
		  void *arg)
{
	for (const struct option_spec *o = cmd->options; o && o->long_name; o++)
		fn(arg, cmd, o);
	for (const struct option_spec *o = options_format; cmd->formats && o->long_name; o++)
		if (strcmp(o->long_name, "json") != 0 || has_format(cmd, "json"))
			fn(arg, cmd, o);
	for (const struct option_spec *o = options_common; o->long_name; o++)
		fn(arg, cmd, o);
}

const char *const *options_choices(const struct command_spec *cmd, const struct option_spec *o)
{
	return o == &options_format[0] ? cmd->formats : o->choices;
}

/* A look through a command's options by name or letter. */
struct look {
	const char *name;
	size_t len;
	char letter;
	const struct option_spec *found;
};

static void look_at(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	struct look *l = arg;

	(void)cmd;
	if (l->letter
		    ? o->short_name == l->letter
		    : strlen(o->long_name) == l->len && strncmp(o->long_name, l->name, l->len) == 0)
		l->found = o;
}

/* The names of a command's options. */
struct names {
	const char *v[CLI_MAX_VALUES];
	size_t n;
};

static void add_name(void *arg, const struct command_spec *cmd, const struct option_spec *o)
{
	struct names *names = arg;

	(void)cmd;
	if (names->n < ARRAY_SIZE(names->v))
		names->v[names->n++] = o->long_name;
}

static const struct option_spec *find_n(const struct command_spec *cmd, const char *name,
					size_t len)
{
	struct look l = {.name = name, .len = len};

	options_each(cmd, look_at, &l);
	return l.found;
}

const struct option_spec *options_turning(const struct command_spec *cmd)
{
	for (const struct option_spec *o = cmd->options; o && o->long_name; o++)
		if (!o->arg && o->complete != COMPLETE_NONE)
			return o;
	return NULL;
}

const struct option_spec *options_find(const struct command_spec *cmd, const char *long_name)
{
	return find_n(cmd, long_name, strlen(long_name));
}

static const struct option_spec *find_letter(const struct command_spec *cmd, char letter)
{
	struct look l = {.letter = letter};

	options_each(cmd, look_at, &l);
	return l.found;
}

static int unknown_option(const struct command_spec *cmd, const char *word, size_t len,
			  struct err *err)
{
	auto_free char *name = strndup(word, len);
	struct names names = {0};
	const char *near;

	options_each(cmd, add_name, &names);
	near = name ? nearest(name, names.v, names.n) : NULL;
	err_set(err, ERR_USAGE, EINVAL, "Unknown option '--%.*s'", (int)len, word);
	if (near)
		return err_mend(err, "Did you mean '--%s'?", near);
	return err_mend(err, "See `netdojo help %s`", cmd->name);
}

static int check_choice(const struct command_spec *cmd, const struct option_spec *o,
			const char *value, struct err *err)
{
	const char *const *choices = options_choices(cmd, o);
	const char *near;
	char all[256] = "";
	size_t n = 0;

	if (!choices)
		return 0;
	for (; choices[n]; n++) {
		size_t used = strlen(all);

		if (strcmp(choices[n], value) == 0)
			return 0;
		snprintf(all + used, sizeof(all) - used, "%s%s", n ? ", " : "", choices[n]);
	}
	near = nearest(value, choices, n);
	err_set(err, ERR_USAGE, EINVAL, "Wrong value '%s' for --%s", value, o->long_name);
	if (near)
		return err_mend(err, "Did you mean '%s'?", near);
	return err_mend(err, "Use one of: %s", all);
}

static int put_value(struct cli *c, const struct option_spec *o, const char *value, struct err *err)
{
	int rc = o->arg ? check_choice(c->cmd, o, value, err) : 0;

	if (rc < 0)
		return rc;
	if (c->n_values == CLI_MAX_VALUES)
		return err_set(err, ERR_USAGE, E2BIG, "More than %d options", CLI_MAX_VALUES);
	c->values[c->n_values++] = (struct cli_value){o, value};
	return 0;
}

/* Where the parser is. */
struct cursor {
	char **argv;
	int argc, i;
};

static const char *next_word(struct cursor *at)
{
	return at->i + 1 < at->argc ? at->argv[++at->i] : NULL;
}

static int no_argument(const struct option_spec *o, struct err *err)
{
	return err_set(err, ERR_USAGE, EINVAL, "Option '--%s' needs %s", o->long_name, o->arg);
}

static int parse_long(struct cli *c, struct cursor *at, struct err *err)
{
	const char *word = at->argv[at->i] + 2;
	size_t len = strcspn(word, "=");
	const struct option_spec *o = find_n(c->cmd, word, len);
	const char *value = word[len] ? word + len + 1 : NULL;

	if (!o)
		return unknown_option(c->cmd, word, len, err);
	if (!o->arg && value)
		return err_set(err, ERR_USAGE, EINVAL, "Option '--%s' takes no value",
			       o->long_name);
	if (o->arg && !value)
		value = next_word(at);
	if (o->arg && !value)
		return no_argument(o, err);
	return put_value(c, o, value ? value : "", err);
}

static int parse_letters(struct cli *c, struct cursor *at, struct err *err)
{
	for (const char *p = at->argv[at->i] + 1; *p; p++) {
		const struct option_spec *o = find_letter(c->cmd, *p);
		const char *value = "";
		int rc;

		if (!o) {
			err_set(err, ERR_USAGE, EINVAL, "Unknown option '-%c'", *p);
			return err_mend(err, "See `netdojo help %s`", c->cmd->name);
		}
		if (o->arg) {
			value = p[1] ? p + 1 : next_word(at);
			if (!value)
				return no_argument(o, err);
		}
		rc = put_value(c, o, value, err);
		if (rc < 0 || o->arg)
			return rc;
	}
	return 0;
}

/* The words settled by themselves: language, format, help. */
static void settle(struct cli *c)
{
	const char *lang = cli_opt(c, "lang");

	if (lang)
		c->lang = strcmp(lang, "ja") == 0 ? LANG_JA : LANG_EN;
	c->help = cli_flag(c, "help");
	c->format = c->cmd->formats ? c->cmd->formats[0] : NULL;
	for (size_t i = 0; i < c->n_values; i++) {
		if (c->values[i].opt == &options_format[0])
			c->format = c->values[i].value;
		else if (c->values[i].opt == &options_format[1])
			c->format = "json";
	}
	c->json = c->format && strcmp(c->format, "json") == 0;
}

static int count_operands(const struct cli *c, struct err *err)
{
	const struct command_spec *cmd = c->cmd;
	const struct option_spec *lab;

	if (c->help)
		return 0;
	if (c->n_args < cmd->min)
		err_set(err, ERR_USAGE, EINVAL, "%s is missing", cmd->operands[c->n_args].name);
	else if (c->n_args > cmd->max)
		err_set(err, ERR_USAGE, EINVAL, "'%s' is one word too many", c->args[cmd->max]);
	else if (cmd->rest != REST_NONE && !c->n_rest)
		err_set(err, ERR_USAGE, EINVAL, "CMD is missing");
	else
		return 0;
	/* who names a live lab as an operand wants to be told the option */
	lab = options_find(cmd, "lab");
	if (c->n_args > cmd->max && lab && lab->complete == COMPLETE_LAB)
		return err_mend(err, "Use --lab %s to name the lab; usage: netdojo %s%s%s",
				c->args[cmd->max], cmd->name, *cmd->synopsis ? " " : "",
				cmd->synopsis);
	return err_mend(err, "Usage: netdojo %s%s%s", cmd->name, *cmd->synopsis ? " " : "",
			cmd->synopsis);
}

int options_parse(struct cli *c, const struct command_spec *cmd, int argc, char **argv,
		  struct err *err)
{
	struct cursor at = {.argv = argv, .argc = argc, .i = 1};
	bool only_operands = false;
	int rc = 0;

	c->cmd = cmd;
	/* Operands are gathered at the front of argv, over words already read. */
	c->args = (const char *const *)argv;
	for (; at.i < argc && rc >= 0; at.i++) {
		char *word = argv[at.i];
		bool full = cmd->rest == REST_AFTER_OPERANDS && c->n_args >= cmd->min;

		if (!only_operands && strcmp(word, "--") == 0 && !full)
			only_operands = true;
		else if (full && (word[0] != '-' || !word[1] || strcmp(word, "--") == 0))
			break;
		else if (!only_operands && word[0] == '-' && word[1] == '-')
			rc = parse_long(c, &at, err);
		else if (!only_operands && word[0] == '-' && word[1])
			rc = parse_letters(c, &at, err);
		else
			argv[c->n_args++] = word;
	}
	if (rc < 0)
		return rc;
	if (at.i < argc && strcmp(argv[at.i], "--") == 0)
		at.i++;
	c->rest = argv + at.i;
	c->n_rest = (size_t)(argc - at.i);
	settle(c);
	return count_operands(c, err);
}
