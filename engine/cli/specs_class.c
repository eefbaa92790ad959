/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of the class's commands: submit, score and course. */
#include "cli/commands.h"

static const struct option_spec submit_options[] = {
	{.long_name = "output",
	 .short_name = 'o',
	 .arg = "FILE",
	 .complete = COMPLETE_FILE,
	 .help = {"write FILE (default: NAME-ID.tar.gz, or with the attempt's word where that is "
		  "there)",
		  "FILE に書く (既定: 名前-ID.tar.gz、すでにあれば演習の語を付けた名前)"}},
	{.long_name = "force",
	 .short_name = 'f',
	 .help = {"write over a file that is there", "すでにあるファイルに上書きする"}},
	{.long_name = "name",
	 .short_name = 'n',
	 .arg = "NAME",
	 .help = {"your name as the teacher's roster has it (default: the user's)",
		  "名簿にある自分の名前 (既定: ユーザー名)"}},
	{.long_name = "unfinished",
	 .help = {"also the attempt named, where it was not finished",
		  "指定した演習を、終えていなくても提出する"}},
	{0},
};

static const char *const submit_formats[] = {"human", "json", NULL};

static const struct example submit_examples[] = {
	{"netdojo submit", {"pack the newest attempt", "最も新しい演習をまとめる"}},
	{"netdojo submit --name hanako -o hanako.tar.gz",
	 {"under the name in the roster", "名簿の名前で"}},
	{0},
};

static const struct exit_spec submit_exits[] = {
	{"0", {"the file is there", "ファイルができた"}},
	{"2",
	 {"wrong usage, or an attempt that can't be handed in",
	  "使い方の誤り、または提出できない演習"}},
	{"3",
	 {"this machine can't do it; the message says what is missing",
	  "このマシンでは実行できない (足りないものを表示)"}},
	{0},
};

const struct command_spec spec_submit = {
	.name = "submit",
	.synopsis = "[ATTEMPT]",
	.summary = {"pack an attempt as one file for the teacher",
		    "演習を提出用の 1 ファイルにまとめる"},
	.about = {"Packs an attempt (a folder, or a name that `netdojo attempts` lists; the newest "
		  "that is over otherwise) as a gzipped tar, and tells what is in it: what was "
		  "typed and "
		  "answered in "
		  "the lab, the scenario, the grade, your name. Packets are not, nor anything "
		  "from outside the lab. The teacher grades it anew with `netdojo score`.",
		  "演習 (フォルダー、または `netdojo attempts` "
		  "に出る名前。省略すると終わったもののうち最新) を gzip "
		  "した tar "
		  "にまとめ、中身を表示します: "
		  "ラボの中で入力したことと表示されたもの、シナリオ、採点"
		  "結果、名前。パケットやラボの外のものは入りません。教師は `netdojo score` "
		  "で採点し直し"
		  "ます。"},
	.operands = {{"ATTEMPT", COMPLETE_ATTEMPT}},
	.max = 1,
	.options = submit_options,
	.formats = submit_formats,
	.examples = submit_examples,
	.exits = submit_exits,
	.run = cmd_submit,
};

static const struct option_spec score_options[] = {
	{.long_name = "roster",
	 .short_name = 'r',
	 .arg = "NAMES",
	 .complete = COMPLETE_FILE,
	 .help = {"the class: a name a line, or CSV name,seed",
		  "クラスの名簿: 1 行に 1 人、または CSV 名前,シード"}},
	{.long_name = "seed-from",
	 .arg = "name|any|FILE",
	 .complete = COMPLETE_FILE,
	 .help = {"each one's seed: the name, not looked at, or from a CSV name,seed (default: the "
		  "roster's second column, else the name)",
		  "各自のシード: 名前、調べない、または CSV 名前,シード (既定: 名簿の 2 "
		  "列目、なければ"
		  "名前)"}},
	{.long_name = "accept",
	 .short_name = 'a',
	 .arg = "FILE|NAME",
	 .complete = COMPLETE_FILE,
	 .many = true,
	 .help = {"you have looked: this file, or this learner's, counts whatever was named",
		  "確認済み: 指摘があってもこのファイル (この学習者) の点数を数える"}},
	{.long_name = "lenient",
	 .help = {"every file's score counts, whatever was named",
		  "指摘があってもすべての点数を数える"}},
	{0},
};

static const char *const score_formats[] = {"human", "json", "csv", "moodle", "gradescope", NULL};

static const struct example score_examples[] = {
	{"netdojo score handed-in/*.tar.gz --roster class.txt",
	 {"grade the class, and name what is missing or odd",
	  "クラスを採点し、未提出や不審な点を示す"}},
	{"netdojo score *.tar.gz --roster class.csv --format moodle > grades.csv",
	 {"for Moodle's grade import", "Moodle の評定インポート用"}},
	{0},
};

static const struct exit_spec score_exits[] = {
	{"0", {"all are there and in order", "すべてそろい、問題がない"}},
	{"1", {"something was named", "指摘したものがある"}},
	{"2", {"wrong usage", "使い方の誤り"}},
	{"3",
	 {"this machine can't do it; the message says what is missing",
	  "このマシンでは実行できない (足りないものを表示)"}},
	{0},
};

const struct command_spec spec_score = {
	.name = "score",
	.synopsis = "FILE...",
	.summary = {"grade a class's submissions from their evidence",
		    "クラスの提出物を記録から採点する"},
	.about =
		{"Grades what `netdojo submit` packed, from the events and with this netdojo's "
		 "own copy of the "
		 "scenario: the score, name and scenario that come with a file are never "
		 "believed. Names "
		 "what is missing from the roster, double, of another's seed, broken, unfinished, "
		 "or the same "
		 "history as another's, and why. What speaks against a file (another's seed, log, "
		 "scenario or history) holds its score: csv, moodle and gradescope have none "
		 "until --accept.\n\n"
		 "--format gradescope grades one file, as its autograder does: with --roster it "
		 "looks up that learner's name and seed, and nobody is missing. What a learner who "
		 "owns the machine can still forge stands in docs/classroom.md.",
		 "`netdojo submit` のファイルを、記録と、この netdojo "
		 "のシナリオで採点します。ファイルに書かれ"
		 "た点数や名前やシナリオは信用しません。名簿にあって未提出のもの、二重、他人のシー"
		 "ド、破損、"
		 "未完了、他人と同じ記録を、理由とともに示します。他人のシード、別の記録やシナリオ"
		 "、"
		 "他人と同じ記録のものは保留になり、--accept を付けるまで csv、moodle、gradescope "
		 "に点数は出ません。\n\n"
		 "--format gradescope は 1 "
		 "ファイルだけを採点し、--roster "
		 "はその学習者の名前とシードの確認だけに使います。マシンを管理する学習者がなお偽造"
		 "できる"
		 "ことは docs/classroom.ja.md にあります。"},
	.operands = {{"FILE", COMPLETE_FILE}},
	.min = 1,
	.max = COMMAND_ANY,
	.options = score_options,
	.formats = score_formats,
	.examples = score_examples,
	.exits = score_exits,
	.run = cmd_score,
};

static const struct option_spec course_options[] = {
	{.long_name = "list",
	 .help = {"only show where you stand", "どこまで進んだかを表示するだけ"}},
	{.long_name = "next",
	 .help = {"only print the next scenario's id", "次のシナリオの ID だけ表示"}},
	{.long_name = "seed",
	 .short_name = 's',
	 .arg = "SEED",
	 .help = {"for the next scenario: in a class, your id",
		  "次のシナリオのシード。授業では自分の ID"}},
	{0},
};

static const char *const course_formats[] = {"human", "json", NULL};

static const struct example course_examples[] = {
	{"netdojo course", {"which there are", "コースの一覧"}},
	{"netdojo course wsl2-network --seed \"$USER\"",
	 {"go on where you left off", "前回の続きから"}},
	{"netdojo course wsl2-network --list", {"where you stand", "進み具合を見る"}},
	{0},
};

static const struct exit_spec course_exits[] = {
	{"0", {"shown, or the scenario played was passed", "表示した、または演習に合格した"}},
	{"1",
	 {"the grade fell short, or --next: nothing is left",
	  "不合格、または --next で残りがない"}},
	{"2", {"wrong usage, or a wrong course", "使い方かコースの誤り"}},
	{"3",
	 {"this machine can't do it; the message says what is missing",
	  "このマシンでは実行できない (足りないものを表示)"}},
	{0},
};

const struct command_spec spec_course = {
	.name = "course",
	.synopsis = "[COURSE|FILE.lua]",
	.summary = {"scenarios in an order: go on where you left off",
		    "コースに沿って、続きから練習する"},
	.about = {"Lists the courses, or shows where you stand in one (from your attempts' grades: "
		  "passed, best "
		  "score, unfinished) by numbers and titles, and plays the next scenario, or goes "
		  "on with the one you "
		  "left. A unit "
		  "opens when the units before it are done.",
		  "コースの一覧を表示します。コースを指定すると、これまでの採点結果から進み具合 "
		  "(合格、最高点、"
		  "途中) "
		  "を表示し、次のシナリオを始めるか、中断したものを再開します。前の単元を修了すると"
		  "次の"
		  "単元が開きます。"},
	.operands = {{"COURSE", COMPLETE_COURSE}},
	.max = 1,
	.options = course_options,
	.formats = course_formats,
	.examples = course_examples,
	.exits = course_exits,
	.run = cmd_course,
};
