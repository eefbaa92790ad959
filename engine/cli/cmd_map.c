/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo map */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/lab_option.h"
#include "model/draw.h"

static const struct option_spec options[] = {LAB_OPTION, {0}};

static const char *const formats[] = {"text", "ascii", "dot", "mermaid", "json", NULL};

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
		  "addresses. What is broken is "
		  "not in the drawing.",
		  "あるべき姿のネットワークを描きます: "
		  "ノード、セグメント、インターフェース、アドレス。故障は描きません。"},
	.options = options,
	.formats = formats,
	.examples = examples,
	.run = cmd_map,
};

/* The forms draw_model makes, by name. */
static const char *const drawings[] = {[DRAW_TEXT] = "text",
				       [DRAW_ASCII] = "ascii",
				       [DRAW_FLAT] = "flat",
				       [DRAW_DOT] = "dot",
				       [DRAW_MERMAID] = "mermaid"};
static_assert(ARRAY_SIZE(drawings) == N_DRAW_FORMATS, "a name for each drawing");

static int draw(const struct cli *c, const json_t *info)
{
	auto_model *m = NULL;
	auto_free char *text = NULL;
	struct err err = {0};
	size_t f = 0;

	while (f + 1 < ARRAY_SIZE(drawings) && strcmp(drawings[f], c->format) != 0)
		f++;
	if (model_from_json(json_object_get(info, "model"), &m, &err) < 0)
		return cli_fail(c, &err);
	text = draw_model(m, (enum draw_format)f);
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
	auto_json json_t *info = NULL;
	struct err err = {0};

	if (client_open(cli_opt(c, "lab"), &client, &err) < 0 ||
	    client_call(client, json_pack("{s:s}", "do", "info"), NULL, 0, &info, NULL, &err) < 0)
		return cli_fail(c, &err);
	if (c->json)
		return cli_print_json(c, "map",
				      json_pack("{s:O, s:O}", "lab", json_object_get(info, "lab"),
						"model", json_object_get(info, "model")));
	return draw(c, info);
}
