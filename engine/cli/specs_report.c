/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of the commands about attempts that were played: attempts, report and regrade. */
#include "cli/commands.h"

static const char *const attempts_formats[] = {"human", "json", NULL};

static const struct example attempts_examples[] = {
	{"netdojo attempts", {"every attempt, the newest first", "すべての記録 (新しい順)"}},
	{"netdojo attempts 'dns-*' layer:L3",
	 {"those at some scenarios", "一部のシナリオの記録だけ"}},
	{0},
};

const struct command_spec spec_attempts = {
	.name = "attempts",
	.synopsis = "[SELECT]...",
	.summary = {"list what you have played", "これまでの記録の一覧"},
	.about = {"Lists the attempts kept on this machine, newest first: the id that the other "
		  "commands take, when it "
		  "was begun, its score or how far it is, and its scenario. SELECT is as in "
		  "`netdojo list`.",
		  "このマシンに残っている記録を新しい順に表示します: "
		  "ほかのコマンドで使う ID、開始日時、得点または状態、シナリオ。SELECT は "
		  "`netdojo list` と同じです。"},
	.operands = {{"SELECT", COMPLETE_SELECT}},
	.max = COMMAND_ANY,
	.formats = attempts_formats,
	.examples = attempts_examples,
	.run = cmd_attempts,
};

static const char *const report_formats[] = {"human", "md", "html", "json", NULL};

static const struct option_spec report_options[] = {
	{.long_name = "output",
	 .short_name = 'o',
	 .arg = "FILE",
	 .complete = COMPLETE_FILE,
	 .help = {"write to FILE (- is standard output)", "FILE に書き出す (- は標準出力)"}},
	{0},
};

static const struct example report_examples[] = {
	{"netdojo report",
	 {"the newest attempt: its card, and report.md and report.html made anew",
	  "最新の記録: 採点表を表示し、report.md と report.html を作り直す"}},
	{"netdojo report k3v9 --format html -o k3v9.html",
	 {"one page with the recording in it, to be sent or printed",
	  "録画の入った 1 ページ。送付や印刷に"}},
	{"netdojo report k3v9 --format md", {"to be pasted into an issue", "Issue への貼り付け用"}},
	{0},
};

const struct command_spec spec_report = {
	.name = "report",
	.synopsis = "[ATTEMPT]",
	.summary = {"the score card of an attempt, as text, Markdown or one page",
		    "記録の採点表をテキスト・Markdown・1 ページの HTML で"},
	.about =
		{"Grades an attempt by the rubric it was played under and shows the card: your way "
		 "beside the best one, each item "
		 "with its evidence and what it teaches. ATTEMPT is a folder, its name or the end "
		 "of it; the newest that is over where "
		 "it is left out. Without --format and -o the reports in the attempt's folder are "
		 "made anew. An attempt that could still go on is ended by it.\n\n"
		 "The page needs no network and no other file: the recording, the player, the "
		 "packets and the drawing are in it.",
		 "実施したときの採点基準で採点し、採点表を表示します: "
		 "あなたの道筋と模範の道筋、項目ごとの根拠と要点。ATTEMPT はフォルダー、その名前、"
		 "または名前の末尾で、省略すると終了した最新の記録です。--format も -o もなければ、"
		 "記録フォルダーのレポートを作り直します。まだ再開できる練習はこれで終了します。\n"
		 "\n"
		 "HTML のページはネットワークもほかのファイルも使いません。"
		 "録画、再生機能、パケット、構成図がすべて入っています。"},
	.operands = {{"ATTEMPT", COMPLETE_ATTEMPT}},
	.max = 1,
	.options = report_options,
	.formats = report_formats,
	.examples = report_examples,
	.run = cmd_report,
};

static const char *const regrade_formats[] = {"human", "json", NULL};

static const struct option_spec regrade_options[] = {
	{.long_name = "scenario",
	 .arg = "FILE",
	 .complete = COMPLETE_FILE,
	 .help = {"the rubric of this scenario file (default: the catalogue's)",
		  "このシナリオファイルの採点基準 (既定: カタログのもの)"}},
	{0},
};

static const struct example regrade_examples[] = {
	{"netdojo regrade k3v9",
	 {"the attempt under the rubric that is installed now", "今の採点基準で採点し直す"}},
	{"netdojo regrade k3v9 p2xa --scenario ./scenario.lua --json",
	 {"two attempts under a rubric that is being written",
	  "作成中の採点基準で 2 つの記録を採点"}},
	{0},
};

const struct command_spec spec_regrade = {
	.name = "regrade",
	.synopsis = "[ATTEMPT]...",
	.summary = {"grade attempts again under a newer rubric", "新しい採点基準で採点し直す"},
	.about = {"Grades stored attempts under the rubric of the catalogue, or of a file, as far "
		  "as their evidence allows, and "
		  "shows which items changed and why. An item that rests on a recorder the attempt "
		  "did not have is void. The "
		  "attempt's grade and reports stay as they are: `grade --attempt` and `report` go "
		  "on with the rubric it was played under. An attempt that could still go on is "
		  "ended "
		  "by it.",
		  "残っている記録を、カタログまたはファイルの採点基準で、根拠のある範囲で採点し直し"
		  "、"
		  "変わった項目とその理由を表示します。必要な記録がない項目は無効になります。"
		  "採点結果とレポートは変わりません。`grade --attempt` と `report` "
		  "は実施したときの採点基準を使い続けます。まだ再開できる練習はこれで終了します。"},
	.operands = {{"ATTEMPT", COMPLETE_ATTEMPT}},
	.max = COMMAND_ANY,
	.options = regrade_options,
	.formats = regrade_formats,
	.examples = regrade_examples,
	.run = cmd_regrade,
};
