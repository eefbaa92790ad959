/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal's description that only the caller has. */
#define _GNU_SOURCE
#include "term/terminfo.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

enum { ENTRY_MAX = 32 * 1024 }; /* ncurses' own limit for a compiled entry */

/* An open entry of that name under dir, by letter (Linux) or by hex code (macOS, some installs). */
static FILE *entry_in(const char *dir, size_t dir_len, const char *term)
{
	auto_free char *letter = NULL, *hex = NULL;
	FILE *f = NULL;

	if (!dir_len)
		return NULL;
	if (asprintf(&letter, "%.*s/%c/%s", (int)dir_len, dir, term[0], term) > 0)
		f = fopen(letter, "re");
	if (!f && asprintf(&hex, "%.*s/%02x/%s", (int)dir_len, dir, term[0], term) > 0)
		f = fopen(hex, "re");
	return f;
}

static FILE *entry_in_list(const char *dirs, const char *term)
{
	FILE *f = NULL;

	while (!f && dirs && *dirs) {
		size_t n = strcspn(dirs, ":");

		f = entry_in(dirs, n, term);
		dirs += n + (dirs[n] == ':');
	}
	return f;
}

/* Whether a node has it too: these are under its /usr. */
static bool known_in_node(const char *term)
{
	auto_file f = entry_in_list("/usr/share/terminfo:/usr/lib/terminfo", term);

	return f != NULL;
}

static FILE *callers_own(const char *term)
{
	auto_free char *home = NULL;
	const char *var = getenv("TERMINFO");
	FILE *f = var ? entry_in(var, strlen(var), term) : NULL;

	if (!f && getenv("HOME") && asprintf(&home, "%s/.terminfo", getenv("HOME")) > 0)
		f = entry_in(home, strlen(home), term);
	if (!f)
		f = entry_in_list(getenv("TERMINFO_DIRS"), term);
	return f ? f : entry_in_list("/etc/terminfo:/lib/terminfo:/usr/local/share/terminfo", term);
}

static char *base64(const uint8_t *data, size_t len, const char *prefix)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t at = strlen(prefix);
	char *out = malloc(at + (len + 2) / 3 * 4 + 1);

	if (!out)
		return NULL;
	memcpy(out, prefix, at);
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)data[i] << 16;

		if (have > 1)
			v |= (uint32_t)data[i + 1] << 8;
		if (have > 2)
			v |= data[i + 2];
		for (size_t k = 0; k < 4; k++)
			out[at++] = k <= have ? digits[v >> (18 - 6 * k) & 63] : '=';
	}
	out[at] = '\0';
	return out;
}

char *terminfo_env(const char *term)
{
	const char *var = getenv("TERMINFO");
	auto_file f = NULL;
	auto_free uint8_t *data = NULL;
	size_t n;

	if (!term || !*term || strchr(term, '/') || term[0] == '.')
		return NULL;
	if (var && (strncmp(var, "b64:", 4) == 0 || strncmp(var, "hex:", 4) == 0))
		return strdup(var);
	if (known_in_node(term))
		return NULL;
	f = callers_own(term);
	data = malloc(ENTRY_MAX);
	if (!f || !data)
		return NULL;
	n = fread(data, 1, ENTRY_MAX, f);
	return n && feof(f) ? base64(data, n, "b64:") : NULL;
}
