/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dojo diagnose: the learner's stated answer, from words or chosen from the catalogue of causes. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "guest/dojo.h"
#include "guest/lang.h"

static const struct {
	const char *layer, *en, *ja;
} layers[] = {
	{"L1", "interface and address", "インターフェースとアドレス"},
	{"L2", "routing (MTU too)", "ルーティング(MTU を含む)"},
	{"L2.5", "name resolution", "名前解決"},
	{"L3", "firewall", "ファイアウォール"},
	{"L4", "NAT", "NAT"},
	{"L5", "publishing to the outside", "外部への公開"},
	{"other", "clock, proxy, TLS", "時刻・プロキシ・TLS"},
};

static const char *without_l(const char *s)
{
	return (*s == 'l' || *s == 'L') && isdigit((unsigned char)s[1]) ? s + 1 : s;
}

bool dojo_layer_is(const char *given, const char *layer)
{
	const char *want = without_l(layer);

	for (;;) {
		size_t n = strcspn(given, "/");
		const char *one = without_l(given);

		n -= (size_t)(one - given);
		if (n == strlen(want) && !strncasecmp(one, want, n))
			return true;
		given = strchr(given, '/');
		if (!given)
			return false;
		given++;
	}
}

/* The catalogue is an array, or an object with one. Borrowed. */
static const json_t *cause_list(const json_t *answer)
{
	return json_is_array(answer) ? answer : json_object_get(answer, "causes");
}

static const char *cause_id(const json_t *cause)
{
	return json_str(cause, "cause", json_str(cause, "id", ""));
}

static int send_answer(const char *layer, const char *cause)
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

static int send_none(void)
{
	json_t *answer = dojo_ask(json_pack("{s:s, s:b}", "do", "diagnose", "none", 1));

	if (!answer)
		return 3;
	json_decref(answer);
	puts(lang_text("Noted: it is not your network",
		       "記録しました: ネットワークの問題ではない"));
	return 0;
}

/* A number from 0 to max typed by the learner; -1 for anything else. */
static int ask_number(const char *prompt, size_t max)
{
	char line[32], *end;
	long n;

	printf("%s [0-%zu] ", prompt, max);
	if (!dojo_line(line, sizeof(line)) || !line[0])
		return -1;
	n = strtol(line, &end, 10);
	return *end || n < 0 || (size_t)n > max ? -1 : (int)n;
}

static int choose_cause(const char *layer)
{
	auto_json json_t *answer = dojo_ask(json_pack("{s:s}", "do", "causes"));
	const json_t *list = cause_list(answer), *cause;
	const char *ids[64];
	size_t i, n = 0;
	int k;

	json_array_foreach (list, i, cause) {
		if (n == ARRAY_SIZE(ids) || !dojo_layer_is(layer, json_str(cause, "layer", "")))
			continue;
		ids[n++] = cause_id(cause);
		printf("  %2zu  %-24s %s\n", n, cause_id(cause),
		       lang_pick(json_object_get(cause, "title")));
	}
	printf("   0  %s\n", lang_text("I don't know the cause", "原因までは分からない"));
	k = ask_number(lang_text("Cause?", "原因は?"), n);
	if (k < 0)
		return 2;
	return send_answer(layer, k ? ids[k - 1] : NULL);
}

static int choose(void)
{
	int k;

	for (size_t i = 0; i < ARRAY_SIZE(layers); i++)
		printf("  %2zu  %-6s %s\n", i + 1, layers[i].layer,
		       lang_text(layers[i].en, layers[i].ja));
	printf("   0  %s\n",
	       lang_text("nothing is wrong with the network", "ネットワークに異常はない"));
	k = ask_number(lang_text("Layer?", "層は?"), ARRAY_SIZE(layers));
	if (k < 0)
		return 2;
	return k ? choose_cause(layers[k - 1].layer) : send_none();
}

/* The layer as design.md writes it; "4/5" stays as it is. NULL for no layer. */
static const char *proper_layer(const char *given)
{
	const char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(layers); i++)
		if (dojo_layer_is(given, layers[i].layer))
			found = found ? given : layers[i].layer;
	return found;
}

int dojo_diagnose(int argc, char **argv)
{
	const char *layer;

	if (argc == 0)
		return choose();
	if (argc == 1 && !strcasecmp(argv[0], "none"))
		return send_none();
	layer = proper_layer(argv[0]);
	if (layer && argc <= 2)
		return send_answer(layer, argc == 2 ? argv[1] : NULL);
	fprintf(stderr, "dojo: %s\n",
		lang_text("say dojo diagnose LAYER [CAUSE], with LAYER one of L1 L2 L2.5 L3 L4 L5 "
			  "other; or none",
			  "dojo diagnose 層 [原因] の形で入力してください (層: L1 L2 L2.5 L3 L4 L5 "
			  "other)。または none"));
	return 2;
}

int dojo_causes(int argc, char **argv)
{
	auto_json json_t *answer = dojo_ask(json_pack("{s:s}", "do", "causes"));
	const json_t *cause;
	size_t i;

	json_array_foreach (cause_list(answer), i, cause)
		if (argc == 0 || dojo_layer_is(argv[0], json_str(cause, "layer", "")))
			puts(cause_id(cause));
	return answer ? 0 : 3;
}
