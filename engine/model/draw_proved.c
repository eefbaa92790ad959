/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the learner has proved so far, beside a drawing. What failed is not in the list, so it can't be told. */
#define _GNU_SOURCE
#include <string.h>

#include "base/textwidth.h"
#include "model/drawer.h"

enum { WIDE = 78, UNBROKEN = 10000, INDENT = 4 };

static bool is_address(const struct address *a, const char *plain)
{
	size_t n = strcspn(a->cidr, "/");

	return strlen(plain) == n && strncmp(a->cidr, plain, n) == 0;
}

bool draw_is_proved(const struct draw_look *look, const struct node *n, const struct address *a)
{
	const json_t *one;
	size_t i;

	json_array_foreach (look->proved, i, one)
		if (strcmp(json_str(one, "node", ""), n->name) == 0 &&
		    is_address(a, json_str(one, "address", "")))
			return true;
	return false;
}

static void put_ports(FILE *to, const json_t *ports)
{
	const json_t *port;
	size_t i;

	json_array_foreach (ports, i, port)
		fprintf(to, "%s%s", i ? ", " : "", json_string_value(port));
}

static void put_fact(FILE *to, bool *more, const char *text)
{
	fprintf(to, "%s%s", *more ? "; " : "", text);
	*more = true;
}

/* "wsl 172.27.35.10: its address was shown; it answered". */
static void put_facts(const json_t *one, const struct draw_look *look, FILE *to)
{
	const json_t *ports = json_object_get(one, "ports");
	bool more = false;

	fprintf(to, "%s %s: ", json_str(one, "node", ""), json_str(one, "address", ""));
	if (json_flag(one, "seen", false))
		put_fact(to, &more, draw_tr(look, "its address was shown", "アドレスを確認した"));
	if (json_flag(one, "answered", false))
		put_fact(to, &more, draw_tr(look, "it answered", "応答があった"));
	if (json_flag(one, "resolved", false))
		put_fact(to, &more, draw_tr(look, "it resolved a name", "名前解決の答えを返した"));
	if (json_array_size(ports) == 0)
		return;
	put_fact(to, &more, draw_tr(look, "accepted ", "接続を受け付けた: "));
	put_ports(to, ports);
}

static void put_one(const json_t *one, const struct draw_look *look, size_t columns, FILE *to)
{
	char *line = NULL;
	size_t len;
	FILE *f = open_memstream(&line, &len);

	if (!f)
		return;
	put_facts(one, look, f);
	if (fclose(f) == 0) {
		fputs("  ", to);
		text_wrap(to, line, INDENT, (int)columns);
	}
	free(line);
}

void draw_proved(const struct draw_look *look, const char *tick, FILE *to)
{
	size_t columns = look->columns && look->columns < WIDE ? look->columns : WIDE, i;
	const json_t *one;

	if (!look->proved)
		return;
	if (look->format == DRAW_FLAT)
		columns = UNBROKEN;
	if (json_array_size(look->proved) == 0) {
		text_wrap(
			to,
			draw_tr(look,
				"Nothing is proved yet. What has shown its address to you or "
				"has answered you is listed here.",
				"まだ何も確かめられていません。アドレスを確認したものや応答したもの"
				"がここに並びます。"),
			0, (int)columns);
		return;
	}
	fprintf(to, "%s%s%s\n", tick, *tick ? " " : "",
		draw_tr(look, "Proved so far:", "これまでに確かめたこと:"));
	json_array_foreach (look->proved, i, one)
		put_one(one, look, columns, to);
}
