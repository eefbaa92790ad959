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

/* False at the end of input and for an empty line. */
static bool ask_word(const char *prompt, char line[LINE])
{
	printf("%s ", prompt);
	if (dojo_line(line, LINE))
		return line[0];
	putchar('\n');
	return false;
}

/* Asks for a number from 0 to max or a word; a number out of range is a word nothing matches. */
static enum typed ask(const char *what, size_t max, char line[LINE], size_t *ret_number)
{
	char prompt[LINE], *end;

	snprintf(prompt, sizeof(prompt), "%s [0-%zu]", what, max);
	if (!ask_word(prompt, line))
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

/* Layers are chosen by their names, not by numbers of ours: 3 is L3. */
static int chosen(const json_t *catalogue, const char *line)
{
	const char *layer;

	if (!strcasecmp(line, "none") || !strcmp(line, "0"))
		return dojo_answer_none();
	layer = layer_proper(line);
	return choose_cause(catalogue, layer, layer ? NULL : line);
}

int dojo_choose(void)
{
	auto_json json_t *catalogue = causes_ask();
	char line[LINE];
	int rc;

	if (!catalogue)
		return 3;
	do {
		layers_print(stdout);
		printf("  %-6s %s\n", "none",
		       lang_text("nothing is wrong with the network", "ネットワークに異常はない"));
		rc = ask_word(lang_text("Layer (3 is L3), or a word to search for?",
					"レイヤーは?（3 なら L3。または検索する語）"),
			      line)
			     ? chosen(catalogue, line)
			     : CANCELLED;
	} while (rc == BACK);
	return rc;
}
