/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class's submissions beside its roster and beside each other. Pure. */
#ifndef NETDOJO_GRADE_CLASS_H
#define NETDOJO_GRADE_CLASS_H

#include "grade/roster.h"
#include "grade/submission.h"

enum seed_rule {
	SEED_ROSTER, /* the roster's second column, else the name */
	SEED_NAME,
	SEED_ANY,
};

struct class_rules {
	const struct roster *roster; /* NULL: there is none, nobody is missing */
	const struct roster *seeds;  /* each one's seed; NULL: as seed_rule says */
	enum seed_rule seed;
	const char *const *
		accept; /* files and names whose score the teacher lets count; NULL at the end; NULL: none */
	bool lenient; /* all of them */
	bool alone;   /* one learner's file, as an autograder sees it: nobody else is missing */
};

/*
 * Names in the rows who is who, the wrong seeds, what is double and what is another's, and which row counts. Returns the `score`
 * document of docs/formats/submission.md: {"submissions","groups","missing","named"}; caller owns it.
 */
json_t *class_make(struct submission *v, size_t n, const struct class_rules *rules);

/* The document as text (malloc'ed) for other programs: a line a row. */
char *class_csv(const json_t *doc);
/* A line a learner, a grade and a feedback column a scenario, in the language of lang. */
char *class_moodle(const json_t *doc, const char *lang);

#endif
