/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words all score cards share, in both languages. */
#include "grade/words.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"

static const char *const words[][2] = {
	[W_OBSERVE] = {"Observe", "観察"},
	[W_DIAGNOSE] = {"Diagnose", "診断"},
	[W_MEND] = {"Mend", "修復"},
	[W_VERIFY] = {"Verify", "確認"},
	[W_CARE] = {"Care", "慎重さ"},
	[W_FULL] = {"full points", "満点"},
	[W_PART] = {"part of the points", "部分点"},
	[W_NONE] = {"no points", "得点なし"},
	[W_ITEM_VOID] = {"void, not counted", "無効 (集計外)"},
	[W_PASSED] = {"PASSED", "合格"},
	[W_SHORT] = {"NOT PASSED", "不合格"},
	[W_VOID] = {"VOID", "無効"},
	[W_PASS_MARK] = {"pass mark", "合格点"},
	[W_SCORE] = {"Score", "得点"},
	[W_CUT] = {"The attempt was cut short: it is graded up to its last moment, and what the "
		   "tests at the end would have shown is not earned",
		   "途中で切れた記録です。最後の時点まで採点し、終了時の検査で得られる点は入りませ"
		   "ん"},
	[W_RECORDER] = {"a recorder was absent", "記録できませんでした"},
	[W_DIAGNOSIS] = {"Diagnosis", "診断の答え"},
	[W_TRUTH] = {"Truth", "正解"},
	[W_ANSWER] = {"Your diagnosis", "あなたの診断"},
	[W_EARLIER] = {"Earlier answers", "以前の答え"},
	[W_NOTHING] = {"nothing is wrong", "ネットワークに異常なし"},
	[W_UNSAID] = {"none stated", "未回答"},
	[W_RIGHT] = {"right", "正しい"},
	[W_LAYER_RIGHT] = {"the layer is right, the cause is not named or another",
			   "レイヤーは正しいが、原因がないか違う"},
	[W_WRONG] = {"not right", "正しくない"},
	[W_FIXED] = {"Working again", "復旧"},
	[W_HOLDS] = {"holds", "成立"},
	[W_FAILS] = {"fails", "不成立"},
	[W_HINTS] = {"Hints taken", "使ったヒント"},
	[W_HINT_COST] = {"points taken off for hints", "ヒントによる減点"},
	[W_TIME] = {"Time", "時間"},
	[W_PAR] = {"par", "目安"},
	[W_TIME_FREE] = {"costs nothing", "採点には含めません"},
	[W_GAPS] = {"away, not counted", "中断 (時間に含めません)"},
	[W_WAYS] = {"Your way beside the best way", "あなたの道筋と模範の道筋"},
	[W_WALKED] = {"Your way", "あなたの道筋"},
	[W_BEST] = {"The best way", "模範の道筋"},
	[W_NO_LAYER] = {"Of no one layer", "レイヤーを問わないもの"},
	[W_MISSED] = {"not seen from you", "記録にありません"},
	[W_NOT_WALKED] = {"nothing", "なし"},
	[W_LOOK] = {"look", "観察"},
	[W_TRY] = {"try", "試行"},
	[W_CHANGE] = {"change", "変更"},
	[W_GIVE_ANSWER] = {"answer", "回答"},
	[W_TAKE_HINT] = {"hint", "ヒント"},
	[W_CHECK] = {"check", "目標の確認"},
	[W_RESET] = {"reset", "初期化"},
	[W_GAP] = {"gap", "中断"},
	[W_WHY] = {"Why", "理由"},
	[W_EVIDENCE] = {"Evidence", "根拠"},
	[W_LESSON] = {"Lesson", "要点"},
	[W_PRO] = {"A professional would have typed", "熟練者ならこう打つ"},
	[W_POINTS] = {"points", "点"},
	[W_EVENT] = {"event", "イベント"},
	[W_CARD] = {"Score card", "採点表"},
	[W_RECORDING] = {"Recording", "録画"},
	[W_SIGNS] = {"+ full points  ~ part of them  x none  - void",
		     "+ 満点  ~ 部分点  x 得点なし  - 無効"},
	[W_TIMELINE] = {"Timeline", "時系列"},
	[W_TRANSCRIPT] = {"Transcript", "文字の記録"},
	[W_PACKETS] = {"Packets", "パケット"},
	[W_NETWORK] = {"Network", "ネットワーク図"},
	[W_SKIP] = {"Skip to the score card", "採点表へ移動"},
	[W_CONTENTS] = {"Contents", "目次"},
	[W_TERMINAL] = {"Terminal", "ターミナル"},
	[W_NO_RECORDING] = {"There is no recording of a terminal in this attempt's folder.",
			    "この記録フォルダーにターミナルの録画はありません。"},
	[W_RECORDING_LONG] = {"The recording is longer than what is kept here: its end is in the "
			      "attempt's folder.",
			      "録画が長いため途中までです。残りは記録フォルダーにあります。"},
	[W_NO_SCRIPT] =
		{"The recording plays where scripts may run; the transcript below says the "
		 "same as text.",
		 "録画の再生にはスクリプトが必要です。下の文字の記録で同じ内容を読めます。"},
	[W_NO_PACKETS] = {"No packet was recorded.", "パケットの記録はありません。"},
	[W_NO_COMMANDS] = {"No command was recorded.", "コマンドの記録はありません。"},
	[W_TRUNCATED] = {"the output went on; the recording has it",
			 "出力は続きます (録画にあります)"},
	[W_NETWORK_NOTE] = {"The network as it should be.", "あるべき姿のネットワーク。"},
	[W_PLAY_FROM] = {"Play the recording from", "録画を再生:"},
	[W_COL_TIME] = {"Time", "時刻"},
	[W_COL_NODE] = {"Node", "ノード"},
	[W_COL_LAYER] = {"Layer", "レイヤー"},
	[W_COL_WHAT] = {"What", "内容"},
	[W_COL_IF] = {"Interface", "インターフェース"},
	[W_COL_FROM] = {"From", "送信元"},
	[W_COL_TO] = {"To", "宛先"},
	[W_EARNED] = {"earned points", "得点あり"},
	[W_IN] = {"in", "受信"},
	[W_OUT] = {"out", "送信"},
	[W_DATE] = {"Played", "実施"},
	[W_SEED] = {"Seed", "シード"},
	[W_VARIANT] = {"Variant", "変種"},
};
static_assert(ARRAY_SIZE(words) == N_GRADE_WORDS, "a word for each");

struct named {
	const char *id;
	enum grade_word word;
};

static const struct named groups[] = {{"observe", W_OBSERVE},
				      {"diagnose", W_DIAGNOSE},
				      {"mend", W_MEND},
				      {"verify", W_VERIFY},
				      {"care", W_CARE}};

static const struct named kinds[] = {
	{"look", W_LOOK},      {"try", W_TRY},	   {"change", W_CHANGE}, {"answer", W_GIVE_ANSWER},
	{"hint", W_TAKE_HINT}, {"check", W_CHECK}, {"reset", W_RESET},	 {"gap", W_GAP}};

static const char *const layers[][3] = {
	{"L1", "interface and address", "インターフェースとアドレス"},
	{"L2", "routing and MTU", "経路と MTU"},
	{"L2.5", "name resolution", "名前解決"},
	{"L3", "firewall", "ファイアウォール"},
	{"L4", "NAT", "NAT"},
	{"L5", "publishing", "公開"},
	{"other", "clock, proxy, TLS", "時計・プロキシ・TLS"},
};

static const char *const whys[][2] = {
	{"the lab failed", "ラボ自体に障害がありました"},
	{"the fault was gone without the learner's doing", "故障が本人の操作なしに消えていました"},
	{"the fault was not verified when the attempt began", "開始時に故障を確認できませんでした"},
	{"the fault did not show when the attempt began", "開始時に故障が現れていませんでした"},
	{"no recorder was there to see anything", "何も記録できませんでした"},
};

static bool ja(const char *lang)
{
	return strcmp(lang, "ja") == 0;
}

const char *grade_word(enum grade_word w, const char *lang)
{
	return words[w][ja(lang)];
}

static const char *find(const struct named *of, size_t n, const char *id, const char *lang)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(id, of[i].id) == 0)
			return grade_word(of[i].word, lang);
	return id;
}

const char *grade_group(const char *id, const char *lang)
{
	return find(groups, ARRAY_SIZE(groups), id, lang);
}

const char *grade_kind(const char *id, const char *lang)
{
	return find(kinds, ARRAY_SIZE(kinds), id, lang);
}

const char *grade_layer(const char *layer, const char *lang)
{
	for (size_t i = 0; i < ARRAY_SIZE(layers); i++)
		if (strcmp(layer, layers[i][0]) == 0)
			return layers[i][1 + ja(lang)];
	return "";
}

const char *grade_why(const char *why, const char *lang)
{
	for (size_t i = 0; ja(lang) && i < ARRAY_SIZE(whys); i++)
		if (strcmp(why, whys[i][0]) == 0)
			return whys[i][1];
	return why;
}

void grade_put_more(FILE *f, size_t n, const char *lang)
{
	fprintf(f, ja(lang) ? "ほか %zu 件" : "%zu more", n);
}

void grade_put_only_first(FILE *f, size_t n, const char *lang)
{
	fprintf(f,
		ja(lang) ? "最初の %zu 件を表示しています。すべては events.jsonl にあります。"
			 : "The first %zu are shown; all are in events.jsonl.",
		n);
}

void grade_put_exit(FILE *f, int status, const char *lang)
{
	fprintf(f, ja(lang) ? "終了コード %d" : "exit status %d", status);
}

void grade_put_chapter(FILE *f, int chapter, const char *lang)
{
	fprintf(f, ja(lang) ? "ガイド %d 章" : "guide, chapter %d", chapter);
}
