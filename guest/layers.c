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

bool layer_is(const char *given, const char *layer)
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

const char *layer_proper(const char *given)
{
	const char *found = NULL;

	for (size_t i = 0; i < LAYERS; i++)
		if (layer_is(given, layers[i].name))
			found = found ? given : layers[i].name;
	return found;
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
