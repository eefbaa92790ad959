/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo diagnose: the learner's stated answer. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "guest/causes.h"
#include "guest/dojo.h"
#include "guest/lang.h"
#include "guest/layers.h"
#include "guest/page.h"

enum { WRONG = 2 };

/* "02:31  L2 mtu-too-big". */
static void print_said(const json_t *one)
{
	int t = (int)json_num(one, "t", 0);
	const json_t *a;
	size_t i;

	printf("  %02d:%02d  ", t / 60, t % 60);
	if (json_flag(one, "none", false))
		fputs(lang_text("it is not your network", "ネットワークの問題ではない"), stdout);
	json_array_foreach (json_object_get(one, "answers"), i, a)
		printf("%s%s %s", i ? ", " : "", json_str(a, "layer", ""),
		       json_str(a, "cause", ""));
	putchar('\n');
}

void dojo_said(void)
{
	auto_json json_t *answer = dojo_ask(json_pack("{s:s}", "do", "said"));
	const json_t *said = json_object_get(answer, "said"), *one;
	size_t i;

	if (json_array_size(said))
		puts(lang_text("You have said so far (all of it is kept; the first answer counts "
			       "too):",
			       "これまでの答え（すべて残ります。最初の答えも採点に入ります）:"));
	json_array_foreach (said, i, one)
		print_said(one);
	if (json_array_size(said))
		putchar('\n');
}

int dojo_answer(const char *layer, const char *cause)
{
	json_t *one = json_pack("{s:s}", "layer", layer);
	json_t *answer;

	if (cause)
		json_object_set_new(one, "cause", json_string(cause));
	answer = dojo_ask(json_pack("{s:s, s:[o]}", "do", "diagnose", "answers", one));
	if (!answer)
		return 3;
	json_decref(answer);
	printf("%s %s%s%s\n", lang_text("Noted:", "記録しました:"), layer, cause ? " " : "",
	       cause ? cause : "");
	return 0;
}

int dojo_answer_none(void)
{
	json_t *answer = dojo_ask(json_pack("{s:s, s:b}", "do", "diagnose", "none", 1));

	if (!answer)
		return 3;
	json_decref(answer);
	puts(lang_text("Noted: it is not your network",
		       "記録しました: ネットワークの問題ではない"));
	return 0;
}

static int usage(void)
{
	page_error(
		lang_text("Say: dojo diagnose LAYER [CAUSE], or dojo diagnose none; dojo diagnose "
			  "alone lets you choose",
			  "入力の形: dojo diagnose レイヤー [原因]、または dojo diagnose none。"
			  "引数なしなら一覧から選べます"));
	return WRONG;
}

/* Shows causes under a heading; nothing for none. */
static void offer(const char *heading, const struct causes *some, bool layer)
{
	if (!some->n)
		return;
	fprintf(stderr, "%s\n", heading);
	causes_print(stderr, some, false, layer);
}

/* A word where the layer belongs: what it may have meant. */
static int no_layer(const json_t *catalogue, const char *word)
{
	struct causes some = causes_find(catalogue, NULL, word);

	fprintf(stderr, "dojo: '%s' %s\n", word,
		lang_text("is no layer. The layers are:",
			  "というレイヤーはありません。レイヤーは次のとおりです。"));
	layers_print(stderr);
	offer(lang_text("Causes with that word:", "その語を含む原因:"), &some, true);
	return usage();
}

/* The cause whose name is nearest; NULL for none near. */
static const char *near_cause(const json_t *catalogue, const char *id)
{
	struct causes all = causes_find(catalogue, NULL, NULL);
	const char *known[CAUSES_MAX];

	for (size_t i = 0; i < all.n; i++)
		known[i] = cause_id(all.v[i]);
	return nearest(id, known, all.n);
}

/* A cause the layer does not have, or none has. */
static int no_cause(const json_t *catalogue, const char *layer, const char *id)
{
	const json_t *elsewhere = causes_by_id(catalogue, id);
	struct causes some = causes_find(catalogue, layer, NULL);
	const char *near = near_cause(catalogue, id);

	if (elsewhere) {
		fprintf(stderr,
			lang_is_ja() ? "dojo: '%s' は %s の原因です\n"
				     : "dojo: '%s' is a cause of %s\n",
			id, cause_layer(elsewhere));
		return WRONG;
	}
	fprintf(stderr,
		lang_is_ja() ? "dojo: '%s' という原因はありません。"
			     : "dojo: No cause is called '%s'. ",
		id);
	if (near)
		fprintf(stderr, lang_is_ja() ? "もしかして: %s\n" : "Did you mean '%s'?\n", near);
	offer(lang_text("Those of this layer:", "このレイヤーの原因:"), &some, false);
	return WRONG;
}

static int answer_words(const char *word, const char *id)
{
	auto_json json_t *catalogue = causes_ask();
	const char *layer = layer_proper(word);
	const json_t *cause;

	if (!catalogue)
		return 3;
	if (!layer)
		return no_layer(catalogue, word);
	if (!id)
		return dojo_answer(layer, NULL);
	cause = causes_by_id(catalogue, id);
	if (!cause || !layer_is(layer, cause_layer(cause)))
		return no_cause(catalogue, layer, id);
	return dojo_answer(layer, cause_id(cause));
}

int dojo_diagnose(int argc, char **argv)
{
	if (argc == 0) {
		dojo_said();
		return dojo_choose();
	}
	if (argc > 2)
		return usage();
	if (argc == 1 && !strcasecmp(argv[0], "none"))
		return dojo_answer_none();
	return answer_words(argv[0], argc == 2 ? argv[1] : NULL);
}
