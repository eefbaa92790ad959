/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of the learner's commands: play, hint, diagnose, grade and check. */
#include "cli/commands.h"
#include "cli/lab_option.h"

static const struct option_spec play_options[] = {
	{.long_name = "resume",
	 .short_name = 'r',
	 .complete = COMPLETE_ATTEMPT,
	 .help = {"go on with an attempt that was paused or cut off (default: the newest)",
		  "中断した、または途切れた練習を再開する (既定: 最も新しいもの)"}},
	{.long_name = "lab",
	 .short_name = 'l',
	 .arg = "NAME",
	 .help = {"name the lab (default: the scenario's id)", "ラボの名前 (既定: シナリオの ID)"}},
	{.long_name = "seed",
	 .short_name = 's',
	 .arg = "SEED",
	 .help = {"any string: the same seed gives the same lab (default: drawn)",
		  "文字列: 同じシードなら同じラボ (既定: 毎回変わる)"}},
	{.long_name = "variant",
	 .arg = "NAME",
	 .help = {"a variant of the scenario", "シナリオの変種"}},
	{.long_name = "attempt",
	 .arg = "DIR",
	 .complete = COMPLETE_DIR,
	 .help = {"keep the attempt's files in DIR", "記録を DIR に保存"}},
	{.long_name = "no-record",
	 .help = {"record nothing: no log, no packets, no grade", "何も記録しない (採点もなし)"}},
	{.long_name = "shell",
	 .arg = "SHELL",
	 .choices = (const char *const[]){"bash", "zsh", "fish", "sh", NULL},
	 .help = {"the learner's shell (default: bash)", "学習者のシェル (既定: bash)"}},
	{.long_name = "script",
	 .arg = "FILE",
	 .complete = COMPLETE_FILE,
	 .help = {"a reference learner types the commands in FILE", "FILE のコマンドを自動で入力"}},
	{.long_name = "pace",
	 .arg = "MS",
	 .help = {"with --script: milliseconds between keys (default: at once)",
		  "--script の打鍵間隔 (ミリ秒、既定: 一度に入力)"}},
	{0},
};

static const struct example play_examples[] = {
	{"netdojo play 1",
	 {"the first of `netdojo list --titles`, which doesn't tell the answer as ids do",
	  "`netdojo list --titles` の 1 番。ID と違い、答えの手がかりがない"}},
	{"netdojo play dns-host-proxy-dead",
	 {"a shell in a broken network; `dojo task` shows the ticket, Ctrl-D ends",
	  "壊れたネットワークの中のシェル。`dojo task` で依頼文、Ctrl-D で終了"}},
	{"netdojo play l1-eth0-unconfigured --lang ja --seed class-7",
	 {"in Japanese, with the addresses everybody in the class has",
	  "日本語で、クラス全員が同じアドレスで"}},
	{"netdojo play dns-host-proxy-dead --seed \"$USER\"",
	 {"in a class: each learner's own addresses and variant",
	  "授業で: 学習者ごとに違うアドレスと変種で"}},
	{"netdojo play --resume",
	 {"go on with the attempt that was left last, broken anew",
	  "最後に中断した練習を、壊れた状態から再開"}},
	{0},
};

static const struct exit_spec grade_exits[] = {
	{"0", {"passed", "合格"}},
	{"1", {"the grade fell short", "不合格"}},
	{"2", {"wrong usage, or a wrong scenario", "使い方かシナリオの誤り"}},
	{"3",
	 {"this machine can't do it; the message says what is missing",
	  "このマシンでは実行できない (足りないものを表示)"}},
	{0},
};

const struct command_spec spec_play = {
	.name = "play",
	.synopsis = "ID|NUMBER|FILE.lua | --resume [ATTEMPT]",
	.summary = {"work in a broken network, then be graded",
		    "壊れたネットワークで練習し、採点する"},
	.about =
		{"Builds the scenario's lab, opens a shell in it as the user in trouble, and when "
		 "the shell "
		 "ends grades the work and takes the lab down. Nothing outside the lab is touched "
		 "and no "
		 "packet leaves it.\n\n"
		 "Inside, `dojo task` shows the ticket, `dojo map` the network, `dojo hint` a "
		 "hint, `dojo check` whether the goals are met, `dojo "
		 "diagnose LAYER [CAUSE]` states what you think is wrong, `dojo grade` ends with "
		 "the score card.\n\n"
		 "`dojo pause`, or closing the window, leaves the attempt for another time: "
		 "--resume "
		 "builds the same network again, broken again, and what was seen before counts on. "
		 "ATTEMPT is the end of its folder's name, a folder, or a scenario's id. "
		 "`dojo reset` does the same at once.",
		 "シナリオのラボを作り、困っている人の立場でシェルを開きます。シェルを終えると採点"
		 "し、ラボを片付けます。"
		 "ラボの外には何も影響せず、パケットも出ません。\n\n"
		 "中では `dojo task` が依頼文、`dojo map` が構成図、`dojo hint` がヒント、`dojo "
		 "check` が目標の確認、`dojo "
		 "diagnose レイヤー [原因]` が"
		 "診断、`dojo grade` が採点です。\n\n"
		 "`dojo pause` またはウィンドウを閉じると中断し、--resume "
		 "で同じネットワークを壊れた状態から作り直して再開します。それまでの観察は有効です"
		 "。"
		 "ATTEMPT は記録フォルダー、その名前の末尾、またはシナリオの ID です。`dojo reset` "
		 "はその場で壊れた状態に戻します。"},
	.operands = {{"ID", COMPLETE_SCENARIO}},
	.min = 0,
	.max = 1,
	.options = play_options,
	.examples = play_examples,
	.exits = grade_exits,
	.run = cmd_play,
};

static const struct option_spec lab_options[] = {
	{.long_name = "lab",
	 .short_name = 'l',
	 .arg = "NAME",
	 .complete = COMPLETE_LAB,
	 .help = {"the lab meant (default: the only one)",
		  "対象のラボ (既定: 動いている唯一のラボ)"}},
	{0},
};

static const struct option_spec hint_options[] = {
	LAB_OPTION,
	{.long_name = "yes", .short_name = 'y', .help = {"do not ask first", "確認せずに表示する"}},
	{0},
};

static const struct exit_spec hint_exits[] = {
	{"0", {"shown", "表示した"}},
	{"1", {"asked, and not wanted", "確認で断った"}},
	{"2", {"wrong usage, or a lab without hints", "使い方の誤り、またはヒントのないラボ"}},
	{"3",
	 {"this machine can't do it; the message says what is missing",
	  "このマシンでは実行できない (足りないものを表示)"}},
	{0},
};

static const struct example hint_examples[] = {
	{"netdojo hint",
	 {"the next hint; says its price and asks first", "次のヒント (減点を示して確認する)"}},
	{"netdojo hint --yes", {"without asking", "確認なしで"}},
	{0},
};

const struct command_spec spec_hint = {
	.name = "hint",
	.synopsis = "",
	.summary = {"show the next hint of a lab", "次のヒントを表示"},
	.about =
		{"Says what the next hint of the live lab's scenario costs, asks on a terminal, "
		 "shows it, and notes in the log that it was taken. When none is left the last one "
		 "comes again, for nothing.",
		 "動いているラボのシナリオの次のヒントの減点を示し、端末では確認してから表示し、"
		 "使ったことを記録します。残りがなければ、最後のヒントを減点なしでもう一度表示"
		 "します。"},
	.options = hint_options,
	.examples = hint_examples,
	.exits = hint_exits,
	.run = cmd_hint,
};

static const char *const layer_choices[] = {"L1", "L2",	   "L2.5", "L3", "L4",
					    "L5", "other", "none", NULL};

static const struct example diagnose_examples[] = {
	{"netdojo diagnose L2.5 host-dns-proxy-dead",
	 {"name the layer and the cause", "レイヤーと原因を答える"}},
	{"netdojo diagnose none", {"it is not the network", "ネットワークの問題ではない"}},
	{0},
};

const struct command_spec spec_diagnose = {
	.name = "diagnose",
	.synopsis = "LAYER [CAUSE] | none",
	.summary = {"state what is wrong: a layer and a cause", "診断を答える: レイヤーと原因"},
	.about = {"Notes the learner's diagnosis in the attempt's log. Layers: L1 interface and "
		  "address, L2 routing "
		  "and MTU, L2.5 name resolution, L3 firewall, L4 NAT, L5 publishing, other "
		  "(clock, proxy, TLS). Case "
		  "and the L may be left out; the last diagnosis before the grade counts.",
		  "診断を記録します。レイヤー: L1 インターフェースとアドレス、L2 経路と MTU、L2.5 "
		  "名前解決、L3 ファイアウォール、"
		  "L4 NAT、L5 公開、other (時計・プロキシ・TLS)。大文字小文字と L "
		  "は省略できます。最後の答えが採点されます。"},
	.operands = {{"LAYER", COMPLETE_LAYER, layer_choices}, {"CAUSE", COMPLETE_CAUSE}},
	.min = 1,
	.max = 2,
	.options = lab_options,
	.examples = diagnose_examples,
	.run = cmd_diagnose,
};

static const char *const grade_formats[] = {"human", "json", "junit", "tap", "gradescope", NULL};

static const struct option_spec grade_options[] = {
	{.long_name = "lab",
	 .short_name = 'l',
	 .arg = "NAME",
	 .complete = COMPLETE_LAB,
	 .help = {"the lab meant (default: the only one)",
		  "対象のラボ (既定: 動いている唯一のラボ)"}},
	{.long_name = "attempt",
	 .arg = "DIR",
	 .complete = COMPLETE_DIR,
	 .help = {"grade an attempt folder; its lab may be gone",
		  "記録フォルダーを採点 (ラボは不要)"}},
	{0},
};

static const struct example grade_examples[] = {
	{"netdojo grade", {"the score card of the live lab", "動いているラボの採点表"}},
	{"netdojo grade --attempt "
	 "~/.local/state/netdojo/attempts/20260101T120000Z-fw-guest-filter-k3v9 --json",
	 {"the same attempt again, from its folder alone", "記録だけからもう一度採点"}},
	{0},
};

const struct command_spec spec_grade = {
	.name = "grade",
	.synopsis = "",
	.summary = {"the score card, with the evidence under each item", "採点表と、その根拠"},
	.about = {"Ends the attempt and prints its score card: what was observed, diagnosed, "
		  "mended and verified, and "
		  "the evidence of each point. With --attempt nothing but the folder is needed; "
		  "showing the grade of an attempt that could still go on ends it.",
		  "練習を終えて採点表を表示します: "
		  "観察、診断、修復、確認と、それぞれの根拠。--attempt なら記録フォルダー"
		  "だけで採点できます。まだ再開できる練習の採点結果を表示すると、その練習は終了"
		  "します。"},
	.options = grade_options,
	.formats = grade_formats,
	.examples = grade_examples,
	.exits = grade_exits,
	.run = cmd_grade,
};

static const char *const check_formats[] = {"human", "json", "junit", "tap", NULL};

static const struct option_spec check_options[] = {
	{.long_name = "jobs",
	 .short_name = 'j',
	 .arg = "N",
	 .help = {"scenarios at work at once (default: the processors)",
		  "同時に調べる数 (既定: プロセッサー数)"}},
	{.long_name = "keep",
	 .help = {"keep the attempt folders and name them", "記録フォルダーを残して表示"}},
	{0},
};

static const struct example check_examples[] = {
	{"netdojo check", {"every scenario proves itself", "すべてのシナリオを検査"}},
	{"netdojo check 'dns-*' layer:L3 --jobs 2", {"some of them", "一部だけ"}},
	{0},
};

static const struct exit_spec check_exits[] = {
	{"0", {"every scenario is as it says", "すべて正しい"}},
	{"1", {"at least one is not", "正しくないものがある"}},
	{"2", {"wrong usage, or a wrong scenario", "使い方かシナリオの誤り"}},
	{"3",
	 {"this machine can't do it; the message says what is missing",
	  "このマシンでは実行できない (足りないものを表示)"}},
	{0},
};

const struct command_spec spec_check = {
	.name = "check",
	.synopsis = "[SELECT]...",
	.summary = {"every scenario proves itself in labs of its own",
		    "シナリオが正しいかを実際に確かめる"},
	.about = {"For each scenario: the healthy lab is well, the fault shows, the reference "
		  "solution and every "
		  "alternative score full marks, doing nothing and every known wrong way stay "
		  "under their bounds.",
		  "シナリオごとに、正常なラボが正常であること、故障が現れること、模範解答と別解が満"
		  "点になること、何もしない場合と"
		  "誤った手順が上限以下であることを確かめます。"},
	.operands = {{"SELECT", COMPLETE_SELECT}},
	.max = COMMAND_ANY,
	.options = check_options,
	.formats = check_formats,
	.examples = check_examples,
	.exits = check_exits,
	.run = cmd_check,
};
