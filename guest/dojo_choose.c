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
enum typed { T_LEAVE, T_UNKNOWN, T_NUMBER, T_NO_NUMBER, T_WORD };

/* False at the end of input, for an empty line and for q: nothing is noted. */
static bool ask_word(const char *prompt, char line[LINE])
{
	printf("%s ", prompt);
	if (dojo_line(line, LINE))
		return line[0] && strcasecmp(line, "q") && strcasecmp(line, "quit");
	putchar('\n');
	return false;
}

/* Asks for a number from 0 (back) to max, for - or for a word. */
static enum typed ask(const char *what, size_t max, char line[LINE], size_t *ret_number)
{
	char prompt[LINE], *end;

	snprintf(prompt, sizeof(prompt), "%s [0-%zu]", what, max);
	if (!ask_word(prompt, line))
		return T_LEAVE;
	if (!strcmp(line, "-"))
		return T_UNKNOWN;
	*ret_number = strtoul(line, &end, 10);
	if (*end)
		return T_WORD;
	return *ret_number > max ? T_NO_NUMBER : T_NUMBER;
}

static void none_with(const char *word)
{
	printf(lang_is_ja() ? "「%s」を含む原因はありません。\n" : "No cause has '%s' in it.\n",
	       word);
}

static void no_number(const char *number)
{
	printf(lang_is_ja() ? "%s という番号はありません。\n" : "There is no number %s.\n", number);
}

static void print_choices(const struct causes *found, const char *layer)
{
	causes_print(stdout, found, true, !layer);
	if (layer)
		printf("   -  %s\n", lang_text("I don't know the cause", "原因までは分からない"));
	printf("   0  %s\n", lang_text("back to the layers", "レイヤーの一覧に戻る"));
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
		case T_LEAVE:
			return CANCELLED;
		case T_NUMBER:
			if (!k)
				return BACK;
			return dojo_answer(cause_layer(found.v[k - 1]), cause_id(found.v[k - 1]));
		case T_NO_NUMBER:
			no_number(line);
			continue;
		case T_UNKNOWN:
			if (layer)
				return dojo_answer(layer, NULL);
			break;
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

/* A number that is no layer's; 2.5 is one. */
static bool is_number(const char *line)
{
	return line[strspn(line, "0123456789.")] == '\0';
}

/* Layers are chosen by their names, not by numbers of ours: 3 is L3. */
static int chosen(const json_t *catalogue, const char *line)
{
	const char *layer = layer_proper(line);

	if (!strcmp(line, "0"))
		return CANCELLED;
	if (!strcasecmp(line, "none"))
		return dojo_answer_none();
	if (!layer && is_number(line)) {
		no_number(line);
		return BACK;
	}
	return choose_cause(catalogue, layer, layer ? NULL : line);
}

static void print_layers(void)
{
	layers_print(stdout);
	printf("  %-6s %s\n", "none",
	       lang_text("nothing is wrong with the network", "ネットワークに異常はない"));
	printf("  %-6s %s\n", "0", lang_text("leave, nothing noted", "何も記録せずに戻る"));
}

int dojo_choose(void)
{
	auto_json json_t *catalogue = causes_ask();
	char line[LINE];
	int rc;

	if (!catalogue)
		return 3;
	do {
		print_layers();
		rc = ask_word(lang_text("Layer (3 is L3), or a word to search for?",
					"レイヤーは?（3 なら L3。または検索する語）"),
			      line)
			     ? chosen(catalogue, line)
			     : CANCELLED;
	} while (rc == BACK);
	return rc;
}
