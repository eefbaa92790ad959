/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One submission: its manifest made, and a stranger's looked at (docs/formats/submission.md). Pure: texts in, JSON out; nothing of
 * it is believed but what its chain holds.
 */
#ifndef NETDOJO_GRADE_SUBMISSION_H
#define NETDOJO_GRADE_SUBMISSION_H

#include "base/err.h"
#include "base/json.h"
#include "evidence/chain.h"

/* A text and its length; text NULL: there is none. */
struct span {
	const char *text;
	size_t len;
};

struct submission_parts {
	struct span manifest, scenario, events;
};

/*
 * The manifest of an attempt: whose it is by name, which scenario and seed, the head of its chain, the score claimed (score: the grade
 * document, may be NULL). A chain or log that doesn't hold is an error; what follows the last whole line isn't part of it. *ret_len:
 * bytes of events to pack. Caller owns *ret.
 */
int submission_manifest(struct span events, struct span scenario, const char *name,
			const json_t *score, json_t **ret, size_t *ret_len, struct err *err);

/* A submission looked at. Zero-initialise; submission_done frees. */
struct submission {
	json_t *row;			 /* of the `score` document (owned) */
	json_t *events;			 /* as far as they hold (owned); NULL: it can't be graded */
	char (*links)[CHAIN_DIGITS + 1]; /* of each line that holds (owned) */
	size_t n_links;
	int64_t *times; /* of what the learner did: milliseconds, and of what kind (owned) */
	size_t n_times;
	json_t *typed; /* the commands, their numbers left out (owned) */
};
void submission_done(struct submission *s);

/* A file that could not be read at all. */
int submission_broken(const char *file, const struct err *why, struct submission *ret);

/* Looks at what was in file. What is wrong with it is in ret->row; negative only when out of memory. */
int submission_read(const char *file, const struct submission_parts *parts, struct submission *ret,
		    struct err *err);

/* Says, where scenario is not the catalogue's text, at which line they part. */
void submission_compare(struct submission *s, struct span copy, const char *catalogue);

/*
 * Leaves out of s->typed what the scenario's solution, its alternatives, its best way and its lessons (out of the guide) have: those
 * lines many a learner types.
 */
void submission_drop_usual(struct submission *s, const json_t *meta, const json_t *grade);

/* Puts what grading gave into the row: grade, or why there is none. Steals nothing. */
void submission_grade(struct submission *s, const json_t *grade, const struct err *why);

#endif
