/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of WSL's environment a Windows program gets. */
#define _GNU_SOURCE
#include "guest/wslenv.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "guest/winpath.h"

/* One path; as it is when it can't be said in Windows' words. */
static void add_path(FILE *f, const char *path)
{
	char windows[PATH_MAX];

	fputs(winpath_to_windows(path, '\\', windows, sizeof(windows)) == 0 ? windows : path, f);
}

/* a:b of WSL's is a;b of Windows'. */
static void add_list(FILE *f, const char *list)
{
	auto_free char *copy = strdup(list);
	char *rest = copy, *one;

	for (bool first = true; rest && (one = strsep(&rest, ":")); first = false) {
		if (!first)
			fputc(';', f);
		add_path(f, one);
	}
}

static json_t *translated(const char *value, const char *flags)
{
	auto_free char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	if (strchr(flags, 'l'))
		add_list(f, value);
	else if (strchr(flags, 'p'))
		add_path(f, value);
	else
		fputs(value, f);
	fclose(f);
	return json_string(text);
}

json_t *wslenv_shared(void)
{
	static const char *const terminal[] = {"TERM", "TERMINFO", "COLORTERM", "LANGUAGE", "LANG"};
	const char *all = getenv("WSLENV");
	auto_free char *copy = strdup(all ? all : "");
	char *rest = copy, *one;
	json_t *env = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(terminal); i++)
		if (getenv(terminal[i]))
			json_object_set_new(env, terminal[i], json_string(getenv(terminal[i])));
	if (all && all[0])
		json_object_set_new(env, "WSLENV", json_string(all));
	while (rest && (one = strsep(&rest, ":"))) {
		char *flags = strchr(one, '/');
		const char *value;

		if (flags)
			*flags++ = '\0';
		value = one[0] ? getenv(one) : NULL;
		if (value && !(flags && strchr(flags, 'u')))
			json_object_set_new(env, one, translated(value, flags ? flags : ""));
	}
	return env;
}
