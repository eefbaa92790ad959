/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo up ID|FILE.lua */
#include <string.h>

#include "base/textwidth.h"
#include "cli/catalogue.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/kernel.h"
#include "cli/progress.h"
#include "cli/tools.h"
#include "cli/trees.h"

static const struct option_spec options[] = {
	{.long_name = "lab",
	 .short_name = 'l',
	 .arg = "NAME",
	 .help = {"name the lab (default: the scenario's id)", "ラボの名前 (既定: シナリオの ID)"}},
	{.long_name = "healthy",
	 .help = {"build the network without the fault", "故障のないネットワークを作る"}},
	{.long_name = "seed",
	 .short_name = 's',
	 .arg = "SEED",
	 .help = {"any string: the same seed gives the same lab (default: drawn)",
		  "文字列: 同じシードなら同じラボ (既定: 毎回変わる)"}},
	{.long_name = "variant",
	 .arg = "NAME",
	 .help = {"a variant of the scenario", "シナリオの変種"}},
	{.long_name = "tree",
	 .arg = "DIR",
	 .complete = COMPLETE_DIR,
	 .many = true,
	 .help = {"show a folder of this machine in the lab, read-only: [NODE=]DIR[:PATH]",
		  "このマシンのフォルダーをラボに見せる (読み取り専用): [NODE=]DIR[:PATH]"}},
	{.long_name = "no-record",
	 .help = {"record nothing: no log, no packets, no grade", "何も記録しない (採点もなし)"}},
	{.long_name = "dry-run",
	 .short_name = 'n',
	 .help = {"print the plan and build nothing", "計画だけを表示し、何も作らない"}},
	{0},
};

static const char *const formats[] = {"human", "json", NULL};

static const struct example examples[] = {
	{"netdojo up dns-host-proxy-dead",
	 {"build the lab; then exec, shell, map, down",
	  "ラボを作る。その後 exec, shell, map, down"}},
	{"netdojo up fw-guest-filter --healthy --lab well",
	 {"the same network with nothing broken, under another name", "故障なしで、別の名前で"}},
	{"netdojo up dns-host-proxy-dead --tree ~/src/tool:/opt/tool",
	 {"with a tool of your own, for `netdojo exec`", "自作のツールを見えるようにして"}},
	{"netdojo up my-scenario.lua --dry-run",
	 {"what a scenario of your own would build", "自作のシナリオが何を作るか"}},
	{0},
};

const struct command_spec spec_up = {
	.name = "up",
	.synopsis = "ID|FILE.lua",
	.summary = {"build a lab and leave it running", "ラボを作って動かしておく"},
	.about = {"Builds the scenario's network, breaks it as the scenario says, and returns when "
		  "every service in it "
		  "answers. The lab runs until `netdojo down`. It is sealed: no interface of it is "
		  "joined to this "
		  "machine's network, and of this machine's files only the system's programs are "
		  "in it, and what --tree names.",
		  "シナリオのネットワークを作り、故障を入れ、すべてのサービスが応答したら戻ります。"
		  "`netdojo down` まで動き続けます。"
		  "このマシンのネットワークにはつながらず、見えるファイルは"
		  "システムのプログラムと --tree で指定したものだけです。"},
	.operands = {{"ID", COMPLETE_SCENARIO}},
	.min = 1,
	.max = 1,
	.options = options,
	.formats = formats,
	.examples = examples,
	.run = cmd_up,
};

static void print_addresses(const struct cli *c, const json_t *list)
{
	json_t *a;
	size_t i;

	json_array_foreach ((json_t *)list, i, a)
		fprintf(c->out, "%s%s", i ? ", " : "", json_string_value(a));
	fputc('\n', c->out);
}

static void print_up(const struct cli *c, const json_t *up)
{
	const char *lab = json_str(up, "lab", "");
	json_t *node;
	size_t i;

	fprintf(c->out, "%s%s%s %s %s, %.0f ms\n", cli_style(c, STYLE_BOLD), lab,
		cli_style(c, STYLE_NONE),
		cli_tr(c, (struct text){"is up: seed", "ができました: シード"}),
		json_str(up, "seed", ""), json_num(up, "seconds", 0) * 1000);
	json_array_foreach (json_object_get(up, "nodes"), i, node) {
		fputs("  ", c->out);
		text_pad(c->out, json_str(node, "name", ""), 10);
		print_addresses(c, json_object_get(node, "addresses"));
	}
	fputs(cli_tr(c, (struct text){"Next: netdojo show, map, shell, exec NODE -- CMD; netdojo "
				      "down ends it\n",
				      "次: netdojo show, map, shell, exec NODE -- CMD。終了は "
				      "netdojo down\n"}),
	      c->out);
}

static void tell_unrecorded(const struct cli *c)
{
	cli_note(c, "%s",
		 cli_tr(c,
			(struct text){"Nothing is recorded (--no-record): this lab can't be graded",
				      "何も記録しません (--no-record)。このラボは採点できません"}));
}

static int print_plan(const struct cli *c, json_t *plan)
{
	json_t *line;
	size_t i;

	if (c->json)
		return cli_print_json(c, "plan", json_incref(plan));
	json_array_foreach (json_object_get(plan, "text"), i, line)
		fprintf(c->out, "%s\n", json_string_value(line));
	return EXIT_DONE;
}

/* Every step can be reached without them, so this is a note and no failure. */
static void note_lacking(const struct cli *c, json_t *up)
{
	auto_json json_t *lacking = tools_lacking(json_object_get(up, "requires"));
	char what[512], packages[256];

	json_object_del(up, "requires");
	if (json_array_size(lacking) == 0)
		return;
	tools_describe(lacking, what, sizeof(what));
	tools_packages(lacking, packages, sizeof(packages));
	cli_note(c, "This scenario is easier with %s: apt-get install %s", what, packages);
}

int cmd_up(struct cli *c)
{
	auto_catalogue_entry e = {0};
	auto_client *client = NULL;
	auto_json json_t *up = NULL, *trees = NULL;
	struct err err = {0};
	struct boot b = {.lab = cli_opt(c, "lab"),
			 .seed = cli_opt(c, "seed"),
			 .variant = cli_opt(c, "variant"),
			 .lang = cli_lang(c),
			 .healthy = cli_flag(c, "healthy"),
			 .dry_run = cli_flag(c, "dry-run"),
			 .unrecorded = cli_flag(c, "no-record")};
	int rc = catalogue_find(c->args[0], &e, &err);

	if (rc == 0)
		rc = trees_parse(c, &trees, &err);
	if (rc == 0)
		rc = kernel_need(c, e.path, &err);
	if (rc < 0)
		return cli_fail(c, &err);
	b.scenario_path = e.path;
	b.scenario_id = e.id;
	b.trees = json_array_size(trees) ? trees : NULL;
	rc = client_boot(&b, progress_show, c, &client, &up, &err);
	progress_clear(c);
	if (rc < 0)
		return cli_fail(c, &err);
	if (b.dry_run)
		return print_plan(c, up);
	/* Which one was drawn is the answer. */
	if (!b.variant)
		json_object_del(up, "variant");
	note_lacking(c, up);
	if (b.unrecorded)
		tell_unrecorded(c);
	if (c->json)
		return cli_print_json(c, "up", json_incref(up));
	print_up(c, up);
	return EXIT_DONE;
}
