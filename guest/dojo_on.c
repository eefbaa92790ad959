/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo phone, internet, on: the learner at another machine. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/dojo.h"
#include "guest/lang.h"
#include "guest/remote.h"

/* What a terminal's programs look at; the rest of the environment is this machine's. */
static json_t *screen_env(void)
{
	static const char *const names[] = {"TERM",	"COLORTERM",	  "TERMINFO",
					    "NO_COLOR", "NETDOJO_PROMPT", "NETDOJO_ACCESSIBLE",
					    "LANG",	"LANGUAGE",	  "NETDOJO_AMBIGUOUS"};
	json_t *env = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value)
			json_object_set_new(env, names[i], json_string(value));
	}
	return env;
}

static int go(const char *node, int argc, char **argv)
{
	struct err err = {0};
	json_t *words = json_array();
	int rc;

	for (int i = 0; i < argc; i++)
		json_array_append_new(words, json_string(argv[i]));
	rc = remote_run(json_pack("{s:s, s:s, s:o, s:o}", "do", "on", "node", node, "argv", words,
				  "env", screen_env()),
			true, &err);
	if (rc >= 0)
		return rc;
	if (rc == -EALREADY && lang_is_ja())
		fputs("dojo: ここはすでに別のマシンです。exit で戻れます\n", stderr);
	else if (rc == -ENODEV && lang_is_ja())
		fprintf(stderr, "dojo: %s には入れません。使えるのは phone と internet です\n",
			node);
	else
		fprintf(stderr, "dojo: %s%s%s\n", err.msg, err.mend[0] ? ". " : "", err.mend);
	return 3;
}

int dojo_phone(int argc, char **argv)
{
	return go("phone", argc, argv);
}

int dojo_internet(int argc, char **argv)
{
	return go("internet", argc, argv);
}

int dojo_on(int argc, char **argv)
{
	if (argc > 0)
		return go(argv[0], argc - 1, argv + 1);
	fprintf(stderr, "dojo: %s\n",
		lang_text("Say where: dojo on phone, or dojo on internet",
			  "場所を指定してください: dojo on phone、または dojo on internet"));
	return 2;
}
