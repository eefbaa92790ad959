/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grade document as every score card reads it: what is said, not how it looks. */
#ifndef NETDOJO_GRADE_VIEW_H
#define NETDOJO_GRADE_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "base/json.h"
#include "grade/words.h"

/* How an item came out. */
enum outcome { OUTCOME_FULL, OUTCOME_PART, OUTCOME_NONE, OUTCOME_VOID, N_OUTCOMES };

enum outcome view_outcome(const json_t *item);
/* One character that says it without colour, and the words. */
const char *view_sign(enum outcome o);
const char *view_outcome_word(enum outcome o, const char *lang);

/* The word for the whole: passed, not passed, void. */
const char *view_verdict(const json_t *grade, const char *lang);
bool view_passed(const json_t *grade);
/* Why it is void, that it was cut: a line each; "" for none. Caller frees; NULL when out of memory. */
char *view_reservations(const json_t *grade, const char *lang);

/* "4:05", "1:02:03". */
void view_time(FILE *f, double seconds);
/* "4:05 (par 15:00; costs nothing)"; nothing where the document has no time. Returns whether there was any. */
bool view_put_time(FILE *f, const json_t *grade, const char *lang);
/* "2 (-10 points taken off for hints)". Returns whether a hint was taken. */
bool view_put_hints(FILE *f, const json_t *grade, const char *lang);

/* "L2.5 host-dns-proxy-dead (windows), ..." of a list of causes. */
void view_put_causes(FILE *f, const json_t *list, const char *lang);
/* The last answer, NULL for none. */
const json_t *view_answer(const json_t *grade);
/* What is to be said of it. */
const char *view_answer_word(const json_t *grade, const char *lang);

/* "L1 > L2.5 > L1": the layers in the order they were gone through. Returns how many. */
size_t view_put_route(FILE *f, const json_t *way);
/*
 * Whether this step of the best way was taken: by the items it stands for, those left out that no one line earns. Unmarked: it
 * stands for none.
 */
enum step_mark { STEP_UNMARKED, STEP_TAKEN, STEP_PARTLY, STEP_MISSED };
enum step_mark view_step_mark(const json_t *step, const json_t *grade);
/* ' ', '+', '~', 'x' */
char view_step_sign(enum step_mark mark);
/* What is said of a step that was not, or not wholly, taken; false: nothing. */
bool view_step_word(enum step_mark mark, enum grade_word *ret);

/* "wsl$ ip route": a step's text, with where it is typed where it is a command. */
void view_put_step(FILE *f, const json_t *step, const char *lang);

/* The layers a way can be in, in the guide's order; the last is "", of no one layer. */
extern const char *const view_layers[];
enum { N_VIEW_LAYERS = 8 };
/* Whether a step of a way belongs to that layer. */
bool view_in_layer(const json_t *step, const char *layer);
/* Whether either way has anything in that layer. */
bool view_layer_used(const json_t *grade, const char *layer);

/* The lesson of an item: its sentence, its chapter (0: none), its commands. */
const char *view_lesson(const json_t *item, const char *lang);
int view_chapter(const json_t *item);
const json_t *view_commands(const json_t *item);
/* "wsl$ ip route": a command and where it is typed. */
void view_put_command(FILE *f, const json_t *command);

#endif
