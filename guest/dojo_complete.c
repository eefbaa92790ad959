/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo complete WORD...: for the shells, what may come after these words, as "word TAB description". */
#include <stdio.h>
#include <string.h>

#include "guest/causes.h"
#include "guest/dojo.h"
#include "guest/lang.h"
#include "guest/layers.h"

static void put(const char *word, const char *about)
{
	printf("%s\t%s\n", word, about);
}

static void put_commands(void)
{
	const char *name, *about;

	for (size_t i = 0; dojo_command(i, &name, &about); i++)
		if (about)
			put(name, about);
}

static void put_layers(void)
{
	for (size_t i = 0; i < LAYERS; i++)
		put(layer_name(i), layer_about(i));
	put("none", lang_text("nothing is wrong with the network", "ネットワークに異常はない"));
}

static void put_causes(const char *layer)
{
	auto_json json_t *catalogue = causes_ask();
	struct causes some = causes_find(catalogue, layer, NULL);

	for (size_t i = 0; i < some.n; i++)
		put(cause_id(some.v[i]), lang_pick(json_object_get(some.v[i], "title")));
}

static void put_places(void)
{
	put("phone", lang_text("the phone on the home network", "家庭内 LAN のスマートフォン"));
	put("internet", lang_text("a host of the internet", "インターネットのホスト"));
}

static bool asks_first(const char *command)
{
	static const char *const asking[] = {"hint", "grade", "quit", "reset"};

	for (size_t i = 0; i < ARRAY_SIZE(asking); i++)
		if (!strcmp(asking[i], command))
			return true;
	return false;
}

int dojo_complete(int argc, char **argv)
{
	const char *command = argc ? dojo_command_name(argv[0]) : NULL;

	if (!argc)
		put_commands();
	else if (!command)
		return 0;
	else if (!strcmp(command, "diagnose") && argc == 1)
		put_layers();
	else if (!strcmp(command, "diagnose") && argc == 2 && layer_proper(argv[1]))
		put_causes(argv[1]);
	else if (!strcmp(command, "on") && argc == 1)
		put_places();
	else if (asks_first(command) && argc == 1)
		put("-y", lang_text("without asking", "確認なし"));
	return 0;
}
