/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `netdojo score` names about a submission, in both languages. */
#ifndef NETDOJO_GRADE_PROBLEM_H
#define NETDOJO_GRADE_PROBLEM_H

#include <stdbool.h>

#include "base/json.h"

enum problem {
	PROBLEM_FILE,	    /* the file is no submission */
	PROBLEM_CHAIN,	    /* a line was changed, put in or taken out */
	PROBLEM_UNCHAINED,  /* a line has no hash */
	PROBLEM_LOG,	    /* the lines hold, but are no attempt */
	PROBLEM_HEAD,	    /* the manifest is of another log */
	PROBLEM_UNFINISHED, /* it was not graded to its end */
	PROBLEM_SEED,	    /* not the learner's */
	PROBLEM_NAME,	    /* not in the roster */
	PROBLEM_UNKNOWN,    /* no such scenario here */
	PROBLEM_SCENARIO,   /* played with another version than the catalogue's */
	PROBLEM_UNGRADED,   /* grading failed */
	PROBLEM_VOID,	    /* the lab failed, not the learner */
	PROBLEM_CLAIM,	    /* the score it came with is another */
	PROBLEM_DOUBLE,	    /* the learner handed in the scenario twice */
	PROBLEM_SAME_LOG,   /* another's log, or the beginning of it */
	PROBLEM_SAME_TIMES, /* another's commands at the same times */
	NOTE_SAME_COMMANDS, /* another's commands, letter by letter: a hint */
	NOTE_RESUMED,	    /* taken up again after a gap */
	N_PROBLEMS,
};

/* Adds a problem to row["problems"]; a and b fill in its text. */
void problem_add(json_t *row, enum problem p, const char *a, const char *b);
/* The same for row["notes"]: what says nothing against the learner by itself. */
void note_add(json_t *row, enum problem p, const char *a, const char *b);
/* Whether the teacher looks before the row's score counts. */
bool problem_holds(const json_t *row);
/* What the learner may read of a problem: nothing of others' files. */
const char *problem_for_learner(const json_t *problem, const char *lang);
/* Whether the row has it. */
bool problem_has(const json_t *row, enum problem p);
/* "wrong-seed" */
const char *problem_id(enum problem p);

#endif
