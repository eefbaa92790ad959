/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo hint */
#include "base/textwidth.h"
#include "cli/client.h"
#include "cli/commands.h"

enum { COLUMNS = 78 };

int cmd_hint(struct cli *c)
{
	auto_client *lab = NULL;
	auto_json json_t *hint = NULL;
	struct err err = {0};

	if (client_open(cli_opt(c, "lab"), &lab, &err) < 0 ||
	    client_call(lab, json_pack("{s:s}", "do", "hint"), NULL, 0, &hint, NULL, &err) < 0)
		return cli_fail(c, &err);
	fprintf(c->out, "%d/%d  ", (int)json_int(hint, "n", 1), (int)json_int(hint, "of", 1));
	text_wrap(c->out, cli_tr_json(c, json_object_get(hint, "text")), 5, COLUMNS);
	return EXIT_DONE;
}
