/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `netdojo score` names, in words. */
#define _GNU_SOURCE
#include "grade/problem.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* $a and $b are filled in. */
static const struct {
	const char *id, *en, *ja;
	bool holds; /* the grade waits until the teacher has looked */
} problems[] = {
	[PROBLEM_FILE] = {"broken-file", "the file can't be read: $a", "ファイルを読めません: $a"},
	[PROBLEM_CHAIN] =
		{"broken-chain",
		 "line $a of its log does not hold: it, or one before, was changed, put in or "
		 "taken out",
		 "記録の $a 行目が合いません: この行か前の行が変更、追加、削除されています"},
	[PROBLEM_UNCHAINED] =
		{"broken-chain",
		 "line $a of its log has no hash: it was not written by a lab of this netdojo",
		 "記録の $a 行目にハッシュがありません: この netdojo のラボの記録では"
		 "ありません"},
	[PROBLEM_LOG] = {"broken-log", "its log is no attempt: $a",
			 "記録が演習のものではありません: $a"},
	[PROBLEM_HEAD] = {"other-log",
			  "its manifest was made for another log, or lines were cut off since",
			  "マニフェストが別の記録のものか、あとで行が切り取られています", true},
	[PROBLEM_UNFINISHED] = {"unfinished",
				"the attempt was not finished: graded up to where it ends",
				"演習が終わっていません。記録のあるところまでを採点しました"},
	[PROBLEM_SEED] = {"wrong-seed", "its seed is '$a', the learner's is '$b'",
			  "シードが '$a' です。この学習者のシードは '$b' です", true},
	[PROBLEM_NAME] = {"not-in-roster", "'$a' is not in the roster", "'$a' は名簿にありません"},
	[PROBLEM_UNKNOWN] = {"unknown-scenario", "this netdojo has no scenario '$a'",
			     "この netdojo にシナリオ '$a' はありません"},
	[PROBLEM_SCENARIO] =
		{"other-scenario",
		 "its copy of the scenario differs from the catalogue's, which it was graded "
		 "with: first at line $a",
		 "シナリオの写しが一覧のものと違います ($a 行目から)。一覧のもので採点しました",
		 true},
	[PROBLEM_UNGRADED] = {"not-graded", "it can't be graded: $a", "採点できません: $a"},
	[PROBLEM_VOID] = {"void", "it says nothing about the learner: $a", "無効です: $a"},
	[PROBLEM_CLAIM] = {"other-score", "it claims $a points, its evidence gives $b",
			   "$a 点と書いてありますが、記録からは $b 点です"},
	[PROBLEM_DOUBLE] = {"double",
			    "the same learner handed in this scenario in '$a' too; the better one "
			    "counts",
			    "同じ学習者が '$a' も提出しています。よいほうを数えます"},
	[PROBLEM_SAME_LOG] = {"same-history",
			      "its log is that of $a: the first $b lines are the same",
			      "$a と同じ記録です: 先頭の $b 行が同じです", true},
	[PROBLEM_SAME_TIMES] =
		{"same-history",
		 "$b of the learner's actions came at the same thousandths of a second as in $a",
		 "学習者の操作のうち $b 回が $a とミリ秒まで同じ時刻です", true},
	[NOTE_SAME_COMMANDS] =
		{"same-commands",
		 "the same $b unusual commands as in $a, in the same order and the same letters "
		 "but for numbers; times and log are its own",
		 "珍しいコマンド $b 個が、数字以外は $a と一字一句同じ順です。"
		 "時刻と記録は別のものです"},
	[NOTE_RESUMED] = {"resumed", "taken up again $a times, after gaps of $b (h:mm:ss) in all",
			  "再開 $a 回。中断は合計 $b (時:分:秒) です"},
};
static_assert(sizeof(problems) / sizeof(problems[0]) == N_PROBLEMS, "a text for each problem");

const char *problem_id(enum problem p)
{
	return problems[p].id;
}

/* The form with $a and $b filled in; caller owns. */
static json_t *filled(const char *form, const char *a, const char *b)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	json_t *out;

	if (!f)
		return NULL;
	for (; *form; form++) {
		if (form[0] == '$' && (form[1] == 'a' || form[1] == 'b'))
			fputs((*++form == 'a' ? a : b) ?: "", f);
		else
			fputc(*form, f);
	}
	fclose(f);
	out = json_text(text);
	free(text);
	return out;
}

static void add(json_t *row, const char *key, enum problem p, const char *a, const char *b)
{
	json_t *list = json_object_get(row, key);

	if (!list && json_object_set_new(row, key, json_array()) == 0)
		list = json_object_get(row, key);
	json_array_append_new(list, json_pack("{s:s, s:{s:o, s:o}}", "id", problems[p].id, "text",
					      "en", filled(problems[p].en, a, b), "ja",
					      filled(problems[p].ja, a, b)));
}

void problem_add(json_t *row, enum problem p, const char *a, const char *b)
{
	add(row, "problems", p, a, b);
}

void note_add(json_t *row, enum problem p, const char *a, const char *b)
{
	add(row, "notes", p, a, b);
}

static bool id_holds(const char *id)
{
	for (size_t i = 0; i < N_PROBLEMS; i++)
		if (problems[i].holds && strcmp(problems[i].id, id) == 0)
			return true;
	return false;
}

bool problem_holds(const json_t *row)
{
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(row, "problems"), i, one)
		if (id_holds(json_str(one, "id", "")))
			return true;
	return false;
}

/* Those whose text names another file. */
static const struct {
	const char *id, *en, *ja;
} for_learner[] = {
	{"same-history", "the same history is in another file", "同じ記録が別のファイルにあります"},
	{"double", "handed in more than once", "2 回以上提出されています"},
};

const char *problem_for_learner(const json_t *problem, const char *lang)
{
	for (size_t i = 0; i < sizeof(for_learner) / sizeof(for_learner[0]); i++)
		if (strcmp(for_learner[i].id, json_str(problem, "id", "")) == 0)
			return strcmp(lang, "ja") == 0 ? for_learner[i].ja : for_learner[i].en;
	return json_str(json_object_get(problem, "text"), lang, "");
}

bool problem_has(const json_t *row, enum problem p)
{
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(row, "problems"), i, one)
		if (strcmp(json_str(one, "id", ""), problems[p].id) == 0)
			return true;
	return false;
}
