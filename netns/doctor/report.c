/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doctor's document, and the same for people. */
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

static void print_one(FILE *out, const json_t *e, const struct words *w)
{
	bool ok = json_flag(e, "ok", false);

	fputs(!ok && json_flag(e, "required", false) ? "*" : " ", out);
	text_pad(out, ok ? w->ok : w->lacks, 7);
	fprintf(out, "%-18s %s\n", json_str(e, "id", ""), json_str(e, "have", ""));
	if (ok)
		return;
	fprintf(out, "        %s: %s\n", w->for_whom, json_str(e, "needed_by", ""));
	if (json_str(e, "mend", "")[0])
		fprintf(out, "        %s: %s\n", w->mend, json_str(e, "mend", ""));
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
