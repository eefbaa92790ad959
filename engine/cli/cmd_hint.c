/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo hint: as `dojo hint`, the next one says its price first. */
#include <unistd.h>

#include "base/textwidth.h"
#include "cli/ask.h"
#include "cli/client.h"
#include "cli/commands.h"

enum { COLUMNS = 78 };

/* The price is said; who sits at a terminal is asked. Where none is left the last one comes again, for nothing. */
static bool agreed(const struct cli *c, const json_t *next)
{
	int n = (int)json_int(next, "n", 0), of = (int)json_int(next, "of", 0);
	int points = (int)json_int(next, "price", 0);
	char text[256];
	bool ask = isatty(STDIN_FILENO) && !cli_flag(c, "yes");

	if (!n)
		return true;
	if (c->lang == LANG_JA)
		snprintf(text, sizeof(text), "ヒント %d（全 %d 個）は %d 点の減点です。%s", n, of,
			 points, ask ? "見ますか?" : "");
	else
		snprintf(text, sizeof(text), "Hint %d of %d costs %d points.%s", n, of, points,
			 ask ? " Take it?" : "");
	if (ask)
		return ask_yes(c, text);
	cli_note(c, "%s", text);
	return true;
}

int cmd_hint(struct cli *c)
{
	auto_client *lab = NULL;
	auto_json json_t *next = NULL, *hint = NULL;
	struct err err = {0};

	if (client_open(cli_opt(c, "lab"), &lab, &err) < 0 ||
	    client_call(lab, json_pack("{s:s, s:b}", "do", "hint", "peek", 1), NULL, 0, &next, NULL,
			&err) < 0)
		return cli_fail(c, &err);
	if (!agreed(c, next))
		return EXIT_SHORT;
	if (client_call(lab, json_pack("{s:s}", "do", "hint"), NULL, 0, &hint, NULL, &err) < 0)
		return cli_fail(c, &err);
	fprintf(c->out, "%d/%d  ", (int)json_int(hint, "n", 1), (int)json_int(hint, "of", 1));
	text_wrap(c->out, cli_tr_json(c, json_object_get(hint, "text")), 5, COLUMNS);
	return EXIT_DONE;
}
