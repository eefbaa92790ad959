/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo map */
#include <errno.h>
#include <string.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/drawing.h"
#include "cli/lab_option.h"

static const struct option_spec options[] = {LAB_OPTION, {0}};

static const char *const formats[] = {"text", "ascii", "flat", "dot", "mermaid", "json", NULL};

static const struct example examples[] = {
	{"netdojo map", {"the healthy network, drawn", "正常なネットワークの図"}},
	{"netdojo map --format dot | dot -Tsvg > lab.svg",
	 {"as a picture, by Graphviz", "Graphviz で画像に"}},
	{0},
};

const struct command_spec spec_map = {
	.name = "map",
	.synopsis = "",
	.summary = {"draw a lab's network", "ラボのネットワークを描く"},
	.about = {"Draws the lab's network as it should be: nodes, segments, interfaces and "
		  "addresses; what you have proved so "
		  "far has a tick. What is broken is "
		  "not in the drawing.",
		  "あるべき姿のネットワークを描きます: "
		  "ノード、セグメント、インターフェース、アドレス。これまでに確かめたものには印が付"
		  "きます。故障は描きません。"},
	.options = options,
	.formats = formats,
	.examples = examples,
	.run = cmd_map,
};

static int draw(const struct cli *c, const json_t *info, const json_t *map)
{
	auto_model *m = NULL;
	auto_free char *text = NULL;
	const json_t *proved = json_object_get(map, "proved");
	struct draw_look look = {.format = draw_format_from_name(c->format),
				 .ja = c->lang == LANG_JA,
				 .proved = proved};
	struct err err = {0};

	if (model_from_json(json_object_get(info, "model"), &m, &err) < 0)
		return cli_fail(c, &err);
	text = look.format == DRAW_TEXT ? drawing_of(c, m, proved) : draw_look(m, &look);
	if (!text) {
		err_sys(&err, ENOMEM, "Can't draw the lab");
		return cli_fail(c, &err);
	}
	fputs(text, c->out);
	return EXIT_DONE;
}

int cmd_map(struct cli *c)
{
	auto_client *client = NULL;
	auto_json json_t *info = NULL, *map = NULL;
	struct err err = {0};

	if (client_open(cli_opt(c, "lab"), &client, &err) < 0 ||
	    client_call(client, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, &err) < 0 ||
	    client_call(client, json_pack("{s:s}", "do", "map"), NULL, 0, &map, NULL, &err) < 0)
		return cli_fail(c, &err);
	if (c->json)
		return cli_print_json(c, "map",
				      json_pack("{s:O, s:O, s:O*}", "lab",
						json_object_get(info, "lab"), "model",
						json_object_get(info, "model"), "proved",
						json_object_get(map, "proved")));
	return draw(c, info, map);
}
