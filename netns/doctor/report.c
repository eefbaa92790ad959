/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doctor's document, and the same for people. */
#include <string.h>

#include "base/cleanup.h"
#include "base/textwidth.h"
#include "doctor.h"

json_t *outcome_json(const struct check *c, bool ok, const char *have, const char *mend)
{
	return json_pack("{s:s, s:b, s:s, s:s, s:s, s:b}", "id", c->id, "ok", ok, "needed_by",
			 c->needed_by, "have", have, "mend", mend, "required", c->required);
}

json_t *report_json(json_t *entries)
{
	bool ok = true;
	json_t *e;
	size_t i;

	json_array_foreach (entries, i, e)
		if (!json_flag(e, "ok", false) && json_flag(e, "required", false))
			ok = false;
	return json_pack("{s:s, s:b, s:O}", "schema", "netdojo/doctor/1", "ok", ok, "checks",
			 entries);
}

/* What people read, in either language. */
static const struct words {
	const char *ok, *lacks, *can, *cannot, *mend, *for_whom;
} languages[] = {
	{"ok", "lacks", "Labs can run here", "Labs can't run here: mend what is marked with *",
	 "mend", "for"},
	{"ok", "なし", "ラボを実行できます", "ラボを実行できません: * の付いたものを直してください",
	 "直し方", "用途"},
};

/* What a check is for, and that it works; a command, an option and the kernel's own words stay as they are. */
static const char *const in_japanese[][2] = {
	{"works", "使えます"},
	{"every lab", "すべてのラボ"},
	{"the learner", "学習者の操作"},
	{"the learner's shell", "学習者のシェル"},
	{"the learner, firewall scenarios", "学習者の操作、ファイアウォールのシナリオ"},
	{"the learner, where a scenario says so", "学習者の操作（必要とするシナリオのみ）"},
	{".exe names run by the kernel, else as scripts",
	 ".exe をカーネルが実行（無ければスクリプトで代用）"},
	{"VPN scenarios", "VPN のシナリオ"},
	{"VPN scenarios with WireGuard", "WireGuard を使う VPN のシナリオ"},
	{"tunnels inside WSL: WireGuard, or VXLAN and mirred",
	 "WSL 内のトンネル: WireGuard、または VXLAN と mirred"},
	{"a segment of three nodes or more", "3 台以上のセグメント"},
	{"delay, duplicates and reordering", "遅延、重複、順序の入れ替わり"},
	{"evidence of file changes", "ファイル変更の記録"},
	{"evidence of flows, real NAT", "通信の流れの記録、本物の NAT"},
	{"evidence of packets", "パケットの記録"},
	{"evidence of programs run, uname of a WSL kernel",
	 "プログラム実行の記録、WSL カーネルの uname"},
	{"evidence of programs that get many signals", "多くのシグナルを受けるプログラムの記録"},
	{"firewall scenarios", "ファイアウォールのシナリオ"},
	{"firewall scenarios with a bridge's rules",
	 "ブリッジのルールを使うファイアウォールのシナリオ"},
	{"firewall scenarios with fib", "fib を使うファイアウォールのシナリオ"},
	{"firewall scenarios with log", "log を使うファイアウォールのシナリオ"},
	{"idle interfaces, else made of veth",
	 "使われないインターフェース（無ければ veth で代用）"},
	{"mirrored networking mode", "ミラーモード"},
	{"mirrored networking mode's firewall, packet loss without netem",
	 "ミラーモードのファイアウォール、netem なしのパケット損失"},
	{"our own commands over /usr", "/usr に重ねる netdojo のコマンド"},
	{"packet loss without netem", "netem なしのパケット損失"},
	{"packet loss: netem, or nftables' netdev family",
	 "パケット損失: netem、または nftables の netdev"},
	{"real file owners inside a lab", "ラボ内の本来のファイル所有者"},
	{"shells on a terminal", "端末でのシェル"},
	{"slow links without netem", "netem なしの低速回線"},
	{"slow links: netem or tbf", "低速回線: netem または tbf"},
};

static const char *tr(const struct words *w, const char *text)
{
	for (size_t i = 0; w == &languages[1] && i < ARRAY_SIZE(in_japanese); i++)
		if (strcmp(in_japanese[i][0], text) == 0)
			return in_japanese[i][1];
	return text;
}

/* "Use a kernel with CONFIG_X" is the mend of most. */
static void print_mend(FILE *out, const char *mend, const struct words *w)
{
	static const char kernel[] = "Use a kernel with ";
	size_t n = sizeof(kernel) - 1;

	if (w == &languages[1] && strncmp(mend, kernel, n) == 0)
		fprintf(out, "        %s: %s を有効にしたカーネルを使う\n", w->mend, mend + n);
	else
		fprintf(out, "        %s: %s\n", w->mend, mend);
}

static void print_one(FILE *out, const json_t *e, const struct words *w)
{
	bool ok = json_flag(e, "ok", false);

	fputs(!ok && json_flag(e, "required", false) ? "*" : " ", out);
	text_pad(out, ok ? w->ok : w->lacks, 7);
	fprintf(out, "%-18s %s\n", json_str(e, "id", ""), tr(w, json_str(e, "have", "")));
	if (ok)
		return;
	fprintf(out, "        %s: %s\n", w->for_whom, tr(w, json_str(e, "needed_by", "")));
	if (json_str(e, "mend", "")[0])
		print_mend(out, json_str(e, "mend", ""), w);
}

void report_print(FILE *out, const json_t *doc, bool ja)
{
	const struct words *w = &languages[ja];
	json_t *e;
	size_t i;

	json_array_foreach (json_object_get(doc, "checks"), i, e)
		print_one(out, e, w);
	fprintf(out, "%s\n", json_flag(doc, "ok", false) ? w->can : w->cannot);
}
