/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words all score cards share, in both languages. */
#ifndef NETDOJO_GRADE_WORDS_H
#define NETDOJO_GRADE_WORDS_H

#include <stddef.h>
#include <stdio.h>

enum grade_word {
	/* groups, in order */
	W_OBSERVE,
	W_DIAGNOSE,
	W_MEND,
	W_VERIFY,
	W_CARE,
	/* how an item came out */
	W_FULL,
	W_PART,
	W_NONE,
	W_ITEM_VOID,
	/* the verdict */
	W_PASSED,
	W_SHORT,
	W_VOID,
	W_PASS_MARK,
	W_SCORE,
	W_CUT,
	W_RECORDER,
	/* diagnosis */
	W_DIAGNOSIS,
	W_TRUTH,
	W_ANSWER,
	W_EARLIER,
	W_NOTHING,
	W_UNSAID,
	W_RIGHT,
	W_LAYER_RIGHT,
	W_WRONG,
	W_FIXED,
	W_HOLDS,
	W_FAILS,
	/* what it cost */
	W_HINTS,
	W_HINT_COST,
	W_TIME,
	W_PAR,
	W_TIME_FREE,
	W_GAPS,
	/* the ways */
	W_WAYS,
	W_WALKED,
	W_BEST,
	W_NO_LAYER,
	W_MISSED,
	W_NOT_WALKED,
	/* kinds of steps, in the order of kind_ids */
	W_LOOK,
	W_TRY,
	W_CHANGE,
	W_GIVE_ANSWER,
	W_TAKE_HINT,
	W_CHECK,
	W_RESET,
	W_GAP,
	/* under an item */
	W_WHY,
	W_EVIDENCE,
	W_LESSON,
	W_PRO,
	W_POINTS,
	W_EVENT,
	/* the page */
	W_CARD,
	W_RECORDING,
	W_SIGNS,
	W_TIMELINE,
	W_TRANSCRIPT,
	W_PACKETS,
	W_NETWORK,
	W_SKIP,
	W_CONTENTS,
	W_TERMINAL,
	W_NO_RECORDING,
	W_RECORDING_LONG,
	W_NO_SCRIPT,
	W_NO_PACKETS,
	W_NO_COMMANDS,
	W_TRUNCATED,
	W_NETWORK_NOTE,
	W_PLAY_FROM,
	W_COL_TIME,
	W_COL_NODE,
	W_COL_LAYER,
	W_COL_WHAT,
	W_COL_IF,
	W_COL_FROM,
	W_COL_TO,
	W_EARNED,
	W_IN,
	W_OUT,
	W_DATE,
	W_SEED,
	W_VARIANT,
	N_GRADE_WORDS,
};

/* lang: "en" or "ja". */
const char *grade_word(enum grade_word w, const char *lang);
/* The group's and the kind of step's word; the id itself where it is unknown. */
const char *grade_group(const char *id, const char *lang);
const char *grade_kind(const char *id, const char *lang);
/* What a layer is about, beside its name: "name resolution"; "" for an unknown one. */
const char *grade_layer(const char *layer, const char *lang);
/* Why an attempt is void, in the language: the grade document says it in English. */
const char *grade_why(const char *why, const char *lang);

/* Phrases with a number: "3 more", "The first 500 are shown", "exit status 1", "guide, chapter 4". */
void grade_put_more(FILE *f, size_t n, const char *lang);
void grade_put_only_first(FILE *f, size_t n, const char *lang);
void grade_put_exit(FILE *f, int status, const char *lang);
void grade_put_chapter(FILE *f, int chapter, const char *lang);

#endif
