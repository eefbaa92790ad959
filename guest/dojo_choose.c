/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo diagnose without words: the answer chosen from lists, or found by a word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/causes.h"
#include "guest/dojo.h"
#include "guest/lang.h"
#include "guest/layers.h"

enum { LINE = 128, CANCELLED = 2, BACK = -1 };

/* What was typed at a prompt. */
enum typed { T_NOTHING, T_NUMBER, T_WORD };

/* Asks for a number from 0 to max or a word; a number out of range is a word nothing matches. */
static enum typed ask(const char *prompt, size_t max, char line[LINE], size_t *ret_number)
{
	char *end;

	printf("%s [0-%zu] ", prompt, max);
	if (!dojo_line(line, LINE)) {
		putchar('\n');
		return T_NOTHING;
	}
	if (!line[0])
		return T_NOTHING;
	*ret_number = strtoul(line, &end, 10);
	return *end || *ret_number > max ? T_WORD : T_NUMBER;
}

static void none_with(const char *word)
{
	printf(lang_is_ja() ? "「%s」を含む原因はありません。\n" : "No cause has '%s' in it.\n",
	       word);
}

static void print_choices(const struct causes *found, const char *layer)
{
	causes_print(stdout, found, true, !layer);
	printf("   0  %s\n", layer ? lang_text("I don't know the cause", "原因までは分からない")
				   : lang_text("back to the layers", "レイヤーの一覧に戻る"));
}

/* Chooses among the causes of a layer, or among those with a word. BACK: choose the layer again. */
static int choose_cause(const json_t *catalogue, const char *layer, const char *word)
{
	struct causes found = causes_find(catalogue, layer, word);
	char line[LINE];
	size_t k;

	if (!found.n) {
		none_with(word ? word : "");
		return BACK;
	}
	print_choices(&found, layer);
	for (;;) {
		struct causes fewer;

		switch (ask(lang_text("Cause, or a word to search for?",
				      "原因は?（番号、または検索する語）"),
			    found.n, line, &k)) {
		case T_NOTHING:
			return CANCELLED;
		case T_NUMBER:
			if (!k)
				return layer ? dojo_answer(layer, NULL) : BACK;
			return dojo_answer(cause_layer(found.v[k - 1]), cause_id(found.v[k - 1]));
		case T_WORD:
			break;
		}
		fewer = causes_find(catalogue, layer, line);
		if (!fewer.n) {
			none_with(line);
			continue;
		}
		found = fewer;
		print_choices(&found, layer);
	}
}

static int chosen(const json_t *catalogue, enum typed typed, const char *line, size_t k)
{
	const char *layer;

	if (typed == T_NOTHING)
		return CANCELLED;
	if (typed == T_NUMBER)
		return k ? choose_cause(catalogue, layer_name(k - 1), NULL) : dojo_answer_none();
	if (!strcasecmp(line, "none"))
		return dojo_answer_none();
	layer = layer_proper(line);
	return choose_cause(catalogue, layer, layer ? NULL : line);
}

int dojo_choose(void)
{
	auto_json json_t *catalogue = causes_ask();
	char line[LINE];
	size_t k = 0;
	int rc;

	if (!catalogue)
		return 3;
	do {
		enum typed typed;

		layers_print(stdout, true);
		printf("   0  %s\n",
		       lang_text("nothing is wrong with the network", "ネットワークに異常はない"));
		typed = ask(lang_text("Layer, or a word to search for?",
				      "レイヤーは?（番号、または検索する語）"),
			    LAYERS, line, &k);
		rc = chosen(catalogue, typed, line, k);
	} while (rc == BACK);
	return rc;
}
