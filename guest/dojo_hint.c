/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo hint: what was given before is free; the next one says its price first. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest/dojo.h"
#include "guest/lang.h"
#include "guest/page.h"

enum { NO_ANSWER = 3 };

static void print_hint(const json_t *hint)
{
	printf("%s %d/%d:\n  ", lang_text("Hint", "ヒント"), (int)json_int(hint, "n", 0),
	       (int)json_int(hint, "of", 0));
	page_text(lang_pick(json_object_get(hint, "text")), 2);
}

/* Those given so far; false when the lab does not answer. */
static bool print_given(int given)
{
	for (int n = 1; n <= given; n++) {
		auto_json json_t *hint = dojo_ask(json_pack("{s:s, s:i}", "do", "hint", "n", n));

		if (!hint)
			return false;
		print_hint(hint);
	}
	return true;
}

/* "Hint 2 of 3 costs 5 points. Take it?"; where nobody can answer it is only said. */
static bool agreed(const json_t *next, bool sure)
{
	char question[256];

	snprintf(question, sizeof(question),
		 lang_is_ja() ? "ヒント %d（全 %d 個）は %d 点の減点です。"
			      : "Hint %d of %d costs %d points.",
		 (int)json_int(next, "n", 0), (int)json_int(next, "of", 0),
		 (int)json_int(next, "price", 0));
	if (sure || !isatty(STDIN_FILENO)) {
		puts(question);
		return true;
	}
	strncat(question, lang_text(" Take it?", "見ますか?"),
		sizeof(question) - strlen(question) - 1);
	return dojo_yes(question);
}

int dojo_hint(int argc, char **argv)
{
	bool sure = argc > 0 && (!strcmp(argv[0], "-y") || !strcmp(argv[0], "--yes"));
	auto_json json_t *next = dojo_ask(json_pack("{s:s, s:b}", "do", "hint", "peek", 1));
	auto_json json_t *hint = NULL;
	int n = (int)json_int(next, "n", 0), of = (int)json_int(next, "of", 0);

	if (!next || !print_given(n ? n - 1 : of))
		return NO_ANSWER;
	if (!n) {
		puts(lang_text("That was the last hint.", "ヒントは以上です。"));
		return 0;
	}
	if (!agreed(next, sure))
		return 1;
	hint = dojo_ask(json_pack("{s:s}", "do", "hint"));
	if (!hint)
		return NO_ANSWER;
	print_hint(hint);
	return 0;
}
