/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grading an attempt folder: events.jsonl and scenario.lua in, score.json out. The lab may be long
 * gone. */
#ifndef NETDOJO_GRADE_ATTEMPT_H
#define NETDOJO_GRADE_ATTEMPT_H

#include "base/err.h"
#include "base/json.h"
#include "port/script.h"

/* A graded attempt. Zero-initialise; attempt_done frees. */
struct attempt {
	json_t *events; /* joined (owned) */
	json_t *meta;	/* the scenario's, as `load` gives it (owned) */
	json_t *grade;	/* grade_make's document (owned) */
};

void attempt_done(struct attempt *a);
#define auto_attempt nd_cleanup(attempt_done) struct attempt

/* Asks a script one thing and waits for its answer. req is stolen; caller owns *ret. */
int script_ask(struct script_port *script, json_t *req, json_t **ret, struct err *err);

/* Loads text as a scenario into a script that has none yet; caller owns *ret_meta (may be NULL). */
int script_load(struct script_port *script, const char *text, const char *file, const char *seed,
		const char *variant, const char *lang, json_t **ret_meta, struct err *err);

/*
 * Grades with a script that has the scenario loaded already, with the attempt's own seed: reads
 * dir's events, joins them, asks for the score. meta is borrowed.
 */
int attempt_score(const char *dir, struct script_port *script, const json_t *meta,
		  struct attempt *ret, struct err *err);

/* The same from events in memory (stolen), read whole up to their end. */
int attempt_score_events(json_t *events, struct script_port *script, const json_t *meta,
			 struct attempt *ret, struct err *err);

/*
 * The same from the folder alone: the script is a fresh one; scenario.lua of the folder is loaded
 * with the seed of the first event. Writes score.json into the folder (failing to is not an error
 * where the folder is read-only).
 */
int attempt_grade(const char *dir, const char *lang, struct script_port *script,
		  struct attempt *ret, struct err *err);

#endif
