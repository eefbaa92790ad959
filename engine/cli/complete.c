/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for completion. */
#include "cli/complete.h"

#include <assert.h>
#include <string.h>

#include "cli/attempt_find.h"
#include "cli/catalogue.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/course.h"
#include "cli/dump.h"
#include "cli/script_client.h"
#include "cli/statedir.h"

enum { PATIENCE_MS = 1000 }; /* nobody waits longer for a Tab */

static void scenarios(FILE *f, const char *lab)
{
	auto_catalogue all = {0};

	(void)lab;
	if (catalogue_scan(&all, NULL) < 0)
		return;
	for (size_t i = 0; i < all.n; i++)
		fprintf(f, "%s\n", all.v[i].id);
}

static void layers(FILE *f, const char *lab)
{
	(void)lab;
	fputs("L1\nL2\nL2.5\nL3\nL4\nL5\nother\n", f);
}

static void selections(FILE *f, const char *lab)
{
	static const char *const words[] = {"L1", "L2", "L2.5", "L3", "L4", "L5", "other"};

	scenarios(f, lab);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		fprintf(f, "layer:%s\n", words[i]);
	fputs("mode:nat\nmode:mirrored\ntag:\n", f);
}

static void lab_names(FILE *f, const char *lab)
{
	auto_fd dir = statedir_open(NULL);
	char **names;
	size_t n;

	(void)lab;
	if (dir < 0 || statedir_names(dir, &names, &n, NULL) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s\n", names[i]);
	statedir_names_free(names, n);
}

static json_t *ask_lab(const char *lab, const char *verb)
{
	auto_client *client = NULL;
	json_t *answer = NULL;

	if (client_open(lab, &client, NULL) < 0 ||
	    client_set_patience(client, PATIENCE_MS, NULL) < 0)
		return NULL;
	client_call(client, json_pack("{s:s}", "do", verb), NULL, 0, &answer, NULL, NULL);
	return answer;
}

static void put_each(FILE *f, const json_t *list, const char *key)
{
	json_t *one;
	size_t i;

	json_array_foreach ((json_t *)list, i, one)
		fprintf(f, "%s\n", json_str(one, key, ""));
}

static void nodes(FILE *f, const char *lab)
{
	auto_json json_t *info = ask_lab(lab, "info");

	put_each(f, json_object_get(info, "nodes"), "name");
}

/* The list is the same in every lab, and without one. */
static json_t *ask_script(void)
{
	auto_script_client *s = NULL;
	json_t *answer = NULL;

	if (script_client_start(&s, NULL) == 0)
		script_client_call(s, json_pack("{s:s}", "do", "causes"), &answer, NULL);
	return answer;
}

static void causes(FILE *f, const char *lab)
{
	auto_json json_t *answer = ask_lab(lab, "causes");

	if (!answer)
		answer = ask_script();
	put_each(f, json_object_get(answer, "causes"), "cause");
}

/* The short ids first: they are what people type. */
static void attempts(FILE *f, const char *lab)
{
	auto_attempt_names all = {0};

	(void)lab;
	if (attempt_names_read(&all, NULL) < 0)
		return;
	for (size_t i = 0; i < all.n; i++) {
		const char *dash = strrchr(all.v[i], '-');

		if (dash)
			fprintf(f, "%s\n", dash + 1);
	}
	for (size_t i = 0; i < all.n; i++)
		fprintf(f, "%s\n", all.v[i]);
}

static void course_ids(FILE *f, const char *lab)
{
	(void)lab;
	courses_put_ids(f);
}

static void names_of_commands(FILE *f, const char *lab)
{
	(void)lab;
	for (const struct command_spec *const *p = commands; *p; p++)
		fprintf(f, "%s\n", (*p)->name);
}

static const struct kind {
	const char *name;
	void (*print)(FILE *f, const char *lab);
} kinds[] = {
	[COMPLETE_NONE] = {0},
	[COMPLETE_FILE] = {0},
	[COMPLETE_DIR] = {0},
	[COMPLETE_SCENARIO] = {"scenario", scenarios},
	[COMPLETE_SELECT] = {"select", selections},
	[COMPLETE_LAB] = {"lab", lab_names},
	[COMPLETE_NODE] = {"node", nodes},
	[COMPLETE_LAYER] = {"layer", layers},
	[COMPLETE_CAUSE] = {"cause", causes},
	[COMPLETE_ATTEMPT] = {"attempt", attempts},
	[COMPLETE_COURSE] = {"course", course_ids},
	[COMPLETE_COMMAND] = {"command", names_of_commands},
};
static_assert(ARRAY_SIZE(kinds) == N_COMPLETE_KINDS, "an entry for each kind");

const char *complete_name(enum complete_kind k)
{
	return kinds[k].name;
}

int complete_run(struct cli *c, int argc, char **argv)
{
	const char *lab = argc == 4 && strcmp(argv[2], "--lab") == 0 ? argv[3] : NULL;

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(kinds); i++) {
		if (!kinds[i].name || strcmp(kinds[i].name, argv[1]) != 0)
			continue;
		kinds[i].print(c->out, lab);
		return EXIT_DONE;
	}
	return EXIT_USAGE;
}
