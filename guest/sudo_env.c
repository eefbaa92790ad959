/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command and environment sudo asks for. The lab adds the target user's own (PATH, HOME, USER,
 * SHELL). */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest/sudo.h"

enum { ENV_KEPT_MAX = 200, VALUE_MAX = 4096 };

/* env_keep of Ubuntu's sudo; with -E all but what describes the target user. */
static bool kept(const char *entry, bool all)
{
	static const char *const keep[] = {
		"TERM=",   "TERMINFO=", "LANG=",       "LANGUAGE=",  "LC_",
		"COLORS=", "DISPLAY=",	"XAUTHORITY=", "LS_COLORS=", "COLORTERM="};
	static const char *const target[] = {
		"PATH=", "HOME=",   "USER=", "LOGNAME=", "SHELL=",   "MAIL=",
		"PWD=",	 "OLDPWD=", "_=",    "LD_",	 "BASH_ENV="};
	const char *const *list = all ? target : keep;
	size_t n = all ? ARRAY_SIZE(target) : ARRAY_SIZE(keep);

	for (size_t i = 0; i < n; i++)
		if (!strncmp(entry, list[i], strlen(list[i])))
			return !all;
	return all;
}

static void put(json_t *env, const char *entry)
{
	const char *eq = strchr(entry, '=');

	if (eq && strlen(eq) < VALUE_MAX)
		json_object_setn_new(env, entry, (size_t)(eq - entry), json_string(eq + 1));
}

/* What sudo tells the command of who called. */
static void put_caller(json_t *env, const struct sudo_args *a)
{
	const char *user = getenv("USER");
	char id[16], line[VALUE_MAX] = "";
	size_t len = 0;

	for (char **w = a->command; *w && len < sizeof(line); w++)
		len += (size_t)snprintf(line + len, sizeof(line) - len, "%s%s", len ? " " : "", *w);
	json_object_set_new(env, "SUDO_COMMAND", json_string(line));
	json_object_set_new(env, "SUDO_USER", json_string(user ? user : "learner"));
	snprintf(id, sizeof(id), "%u", getuid());
	json_object_set_new(env, "SUDO_UID", json_string(id));
	snprintf(id, sizeof(id), "%u", getgid());
	json_object_set_new(env, "SUDO_GID", json_string(id));
}

json_t *sudo_env(const struct sudo_args *a)
{
	json_t *env = json_object();

	for (char **e = environ; *e && json_object_size(env) < ENV_KEPT_MAX; e++)
		if (kept(*e, a->keep_env))
			put(env, *e);
	put_caller(env, a);
	for (int i = 0; i < a->n_assign; i++)
		put(env, a->assign[i]);
	return env;
}

/* One shell word of a command, quoted as sudo -i and -s do: each odd character behind a backslash.
 */
static void append_quoted(char **line, const char *word)
{
	auto_free char *quoted = malloc(strlen(word) * 2 + 1);
	char *joined, *q = quoted;

	if (!quoted)
		return;
	for (; *word; word++) {
		if (!isalnum((unsigned char)*word) && !strchr("_-$", *word) && !(*word & 0x80))
			*q++ = '\\';
		*q++ = *word;
	}
	*q = '\0';
	if (asprintf(&joined, "%s%s%s", *line ? *line : "", *line ? " " : "", quoted) < 0)
		return;
	free(*line);
	*line = joined;
}

json_t *sudo_argv(const struct sudo_args *a)
{
	const char *shell = a->shell && getenv("SHELL") ? getenv("SHELL") : "/bin/bash";
	auto_free char *line = NULL;
	json_t *argv = json_array();

	if (!a->login && !a->shell) {
		for (char **w = a->command; *w; w++)
			json_array_append_new(argv, json_string(*w));
		return argv;
	}
	json_array_append_new(argv, json_string(shell));
	if (a->login)
		json_array_append_new(argv, json_string("-l"));
	for (char **w = a->command; *w; w++)
		append_quoted(&line, *w);
	if (line) {
		json_array_append_new(argv, json_string("-c"));
		json_array_append_new(argv, json_string(line));
	}
	return argv;
}
