/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layers a diagnosis can name, in the guide's words. */
#include "guest/layers.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "guest/lang.h"

static const struct {
	const char *name, *en, *ja;
} layers[] = {
	{"L1", "interface and address", "インターフェースとアドレス"},
	{"L2", "routing: the way out, MTU", "ルーティング（出口、MTU）"},
	{"L2.5", "name resolution: DNS", "名前解決（DNS）"},
	{"L3", "firewall: filters in the guest or on Windows",
	 "ファイアウォール（ゲスト側、Windows 側）"},
	{"L4", "NAT: Windows passes traffic on and translates it",
	 "NAT（Windows による転送と変換）"},
	{"L5", "publishing: being reached from outside", "公開（外からの到達）"},
	{"other", "clock, proxy, TLS", "時刻、プロキシ、TLS"},
};
static_assert(ARRAY_SIZE(layers) == LAYERS, "one row a layer");

static const char *without_l(const char *s)
{
	return (*s == 'l' || *s == 'L') && isdigit((unsigned char)s[1]) ? s + 1 : s;
}

static bool same_name(const char *given, const char *layer)
{
	return !strcasecmp(without_l(given), without_l(layer));
}

/* The one answer that is two layers: the guide speaks of them together. Any other two are a guess. */
static const char both[] = "4/5";

static bool is_both(const char *given)
{
	const char *slash = strchr(given, '/');

	return slash && !strncasecmp(without_l(given), both, 2) &&
	       !strcasecmp(without_l(slash + 1), both + 2);
}

bool layer_is(const char *given, const char *layer)
{
	return same_name(given, layer) ||
	       (is_both(given) && (same_name("4", layer) || same_name("5", layer)));
}

const char *layer_proper(const char *given)
{
	for (size_t i = 0; i < LAYERS; i++)
		if (same_name(given, layers[i].name))
			return layers[i].name;
	return is_both(given) ? both : NULL;
}

const char *layer_name(size_t i)
{
	return layers[i].name;
}

const char *layer_about(size_t i)
{
	return lang_text(layers[i].en, layers[i].ja);
}

void layers_print(FILE *f)
{
	for (size_t i = 0; i < LAYERS; i++)
		fprintf(f, "  %-6s %s\n", layers[i].name, lang_text(layers[i].en, layers[i].ja));
}
