/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo task and map: what the lab tells, printed. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/screen.h"
#include "guest/dojo.h"
#include "guest/lang.h"
#include "guest/page.h"

/* One goal a line; the scenario gives a list of texts, or one text. */
static void print_goals(const json_t *goals)
{
	const json_t *goal;
	size_t i;

	if (!goals || json_is_null(goals))
		return;
	if (!json_is_array(goals)) {
		putchar('\n');
		page_text(lang_pick(goals), 0);
		return;
	}
	if (json_array_size(goals))
		printf("\n%s\n", lang_text("Goals", "目標"));
	json_array_foreach (goals, i, goal) {
		fputs("  - ", stdout);
		page_text(lang_pick(goal), 4);
	}
}

int dojo_task(int argc, char **argv)
{
	auto_json json_t *answer = dojo_ask(json_pack("{s:s}", "do", "task"));

	(void)argc;
	(void)argv;
	if (!answer)
		return 3;
	printf("%s\n\n", lang_pick(json_object_get(answer, "title")));
	page_text(lang_pick(json_object_get(answer, "ticket")), 0);
	print_goals(json_object_get(answer, "goals"));
	return 0;
}

int dojo_map(int argc, char **argv)
{
	auto_json json_t *answer = dojo_ask(
		json_pack("{s:s, s:s, s:i, s:b, s:s}", "do", "map", "format",
			  screen_form(STDOUT_FILENO), "columns", page_columns(), "color",
			  screen_color(STDOUT_FILENO), "lang", lang_is_ja() ? "ja" : "en"));

	(void)argc;
	(void)argv;
	if (!answer)
		return 3;
	fputs(json_str(answer, "text", ""), stdout);
	return 0;
}
