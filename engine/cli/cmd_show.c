/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo show ID */
#include <string.h>

#include "base/textwidth.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/drawing.h"
#include "cli/kernel.h"
#include "cli/script_client.h"

static const struct option_spec options[] = {
	{.long_name = "seed",
	 .short_name = 's',
	 .arg = "SEED",
	 .help = {"show the lab this seed gives (default: an example's)",
		  "このシードのラボを表示 (既定: 例)"}},
	{.long_name = "variant",
	 .arg = "NAME",
	 .help = {"a variant of the scenario", "シナリオの変種"}},
	{0},
};

static const char *const formats[] = {"human", "json", NULL};

static const struct example examples[] = {
	{"netdojo show dns-host-proxy-dead",
	 {"what the user in trouble wrote, and the network", "困っている人の依頼文とネットワーク"}},
	{0},
};

const struct command_spec spec_show = {
	.name = "show",
	.synopsis = "ID|NUMBER|FILE.lua",
	.summary = {"show a scenario's ticket, drawing and goals",
		    "シナリオの依頼文・構成図・目標を表示"},
	.about = {"Shows what the learner is told: the ticket, a drawing of the healthy network "
		  "and the goals; never the "
		  "answer. Needs no lab and builds none.",
		  "学習者に伝える内容を表示します: "
		  "依頼文、正常なネットワークの図、目標。答えは表示しません。ラボは作りません。"},
	.operands = {{"ID", COMPLETE_SCENARIO}},
	.min = 1,
	.max = 1,
	.options = options,
	.formats = formats,
	.examples = examples,
	.run = cmd_show,
};

/* What a scenario says, as far as the learner may know it. */
struct shown {
	json_t *meta;	   /* owned */
	struct model *net; /* owned */
};

static void shown_done(struct shown *s)
{
	json_decref(s->meta);
	model_free(s->net);
}

static int load(const struct cli *c, const char *path, struct shown *ret, struct err *err)
{
	const char *seed = cli_opt(c, "seed"), *variant = cli_opt(c, "variant");
	auto_script_client *s = NULL;
	auto_json json_t *answer = NULL;
	int rc = script_client_start(&s, err);

	if (rc == 0)
		rc = script_client_load(s, path, seed ? seed : "example",
					variant || seed ? variant : "", cli_lang(c), &ret->meta,
					err);
	if (rc == 0)
		rc = script_client_call(s, json_pack("{s:s}", "do", "model"), &answer, err);
	if (rc == 0)
		rc = model_from_json(json_object_get(answer, "model"), &ret->net, err);
	return rc;
}

static int print_json(const struct cli *c, const struct shown *s)
{
	/* Not the layer: it is half the answer. `list` tells it to those who choose by it. */
	static const char *const keys[] = {"id",      "title",	  "mode",   "level", "chapter",
					   "minutes", "requires", "ticket", "goals", "pass"};
	json_t *doc = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_set(doc, keys[i], json_object_get(s->meta, keys[i]));
	json_object_set_new(doc, "model", model_to_json(s->net));
	return cli_print_json(c, "show", doc);
}

static void heading(const struct cli *c, struct text t)
{
	fprintf(c->out, "\n%s%s%s\n", cli_style(c, STYLE_BOLD), cli_tr(c, t),
		cli_style(c, STYLE_NONE));
}

static void print_goals(const struct cli *c, const json_t *goals)
{
	json_t *g;
	size_t i;

	if (json_is_array(goals) && json_array_size(goals))
		heading(c, (struct text){"Goals", "目標"});
	json_array_foreach ((json_t *)goals, i, g) {
		fputs("  - ", c->out);
		text_wrap(c->out, cli_tr_json(c, g), 4, (int)drawing_columns(c));
	}
	if (json_is_array(goals) || !*cli_tr_json(c, goals))
		return;
	heading(c, (struct text){"Goal", "目標"});
	fputs("  ", c->out);
	text_wrap(c->out, cli_tr_json(c, goals), 2, (int)drawing_columns(c));
}

/* What of the kernel it takes, where that is more than every lab does; and what of it is missing here. */
static int print_kernel(const struct cli *c, const struct shown *s, struct err *err)
{
	auto_kernel k = {.cli = c, .once = true};
	auto_json json_t *names = kernel_names(s->meta), *lacking = json_array();
	const json_t *one;
	char what[256];
	size_t i;
	int rc = json_array_size(names) ? kernel_lacking(&k, s->meta, lacking, err) : 0;

	if (rc < 0 || !json_array_size(names))
		return rc;
	heading(c, (struct text){"Kernel", "カーネル"});
	json_array_foreach (names, i, one)
		fprintf(c->out, "%s%s", i ? ", " : "  ", json_string_value(one));
	fputc('\n', c->out);
	if (!json_array_size(lacking))
		return 0;
	kernel_describe(lacking, what, sizeof(what));
	fprintf(c->out, "  %s%s %s%s\n", cli_style(c, STYLE_WARN),
		cli_tr(c, (struct text){"this machine lacks:", "このマシンに無いもの:"}), what,
		cli_style(c, STYLE_NONE));
	return 0;
}

static int print_human(const struct cli *c, const struct shown *s, const char *id, struct err *err)
{
	auto_free char *drawing = drawing_of(c, s->net, NULL);
	int rc;

	fprintf(c->out, "%s%s%s  %s\n", cli_style(c, STYLE_BOLD), id, cli_style(c, STYLE_NONE),
		cli_tr_json(c, json_object_get(s->meta, "title")));
	heading(c, (struct text){"Ticket", "依頼文"});
	fputs("  ", c->out);
	text_wrap(c->out, cli_tr_json(c, json_object_get(s->meta, "ticket")), 2,
		  (int)drawing_columns(c));
	heading(c, (struct text){"Network", "ネットワーク"});
	fputs(drawing ? drawing : "", c->out);
	print_goals(c, json_object_get(s->meta, "goals"));
	rc = print_kernel(c, s, err);
	if (rc == 0)
		fprintf(c->out, "\n%s netdojo play %s\n",
			cli_tr(c, (struct text){"Play it:", "練習:"}), id);
	return rc;
}

int cmd_show(struct cli *c)
{
	auto_catalogue_entry e = {0};
	nd_cleanup(shown_done) struct shown s = {0};
	struct err err = {0};

	if (catalogue_find(c->args[0], &e, &err) < 0 || load(c, e.path, &s, &err) < 0)
		return cli_fail(c, &err);
	if (c->json)
		return print_json(c, &s);
	return print_human(c, &s, c->args[0], &err) < 0 ? cli_fail(c, &err) : EXIT_DONE;
}
