/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo doctor */
#include "base/helper.h"
#include "cli/commands.h"

static const struct option_spec options[] = {
	{.long_name = "kernel-config",
	 .arg = "FILE",
	 .complete = COMPLETE_FILE,
	 .help = {"judge another kernel by its config file (plain or .gz)",
		  "別のカーネルを設定ファイルから判定 (.gz 可)"}},
	{.long_name = "apparmor-profile",
	 .help = {"print the profile that lets this netdojo use user namespaces",
		  "この netdojo にユーザー名前空間を許す AppArmor プロファイルを表示"}},
	{0},
};

static const char *const formats[] = {"human", "json", NULL};

static const struct example examples[] = {
	{"netdojo doctor",
	 {"what works here, and how to mend what doesn't", "動くもの、動かないものと直し方"}},
	{"netdojo doctor --apparmor-profile | sudo apparmor_parser -r",
	 {"on Ubuntu 24.04, where AppArmor takes capabilities away", "Ubuntu 24.04 で必要な設定"}},
	{"netdojo doctor --kernel-config /boot/config-$(uname -r)",
	 {"from a config alone, nothing is tried", "設定ファイルだけで判定 (試さない)"}},
	{0},
};

static const struct exit_spec exits[] = {
	{"0", {"labs can run here", "ラボを実行できる"}},
	{"2", {"wrong usage", "使い方の誤り"}},
	{"3", {"something that every lab needs is missing", "必要なものが足りない"}},
	{0},
};

const struct command_spec spec_doctor = {
	.name = "doctor",
	.synopsis = "",
	.summary = {"tell what this machine can run", "このマシンで実行できるか調べる"},
	.about = {"Tries each thing a lab needs, in a throw-away child: user namespaces and "
		  "capabilities in them, links, "
		  "rulesets, mounts, system-call notification, capture. What fails is shown with "
		  "its cause and the command "
		  "that mends it. Nothing is changed.",
		  "ラボに必要なことを 1 つずつ実際に試します: "
		  "ユーザー名前空間、リンク、ルールセット、マウント、システムコール"
		  "通知、キャプチャー。失敗は原因と直すコマンドを表示します。何も変更しません。"},
	.options = options,
	.formats = formats,
	.examples = examples,
	.exits = exits,
	.run = cmd_doctor,
};

int cmd_doctor(struct cli *c)
{
	const char *config = cli_opt(c, "kernel-config");
	struct err err = {0};
	char *words[8] = {(char *)"netdojo-doctor"};
	size_t n = 1;

	if (c->json)
		words[n++] = (char *)"--json";
	if (c->lang == LANG_JA) {
		words[n++] = (char *)"--lang";
		words[n++] = (char *)"ja";
	}
	if (config) {
		words[n++] = (char *)"--kernel-config";
		words[n++] = (char *)config;
	}
	if (cli_flag(c, "apparmor-profile"))
		words[n++] = (char *)"--apparmor-profile";
	helper_exec(words, &err);
	return cli_fail(c, &err);
}
