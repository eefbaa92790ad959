/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verbs that the host's side and a node's side share: what a learner may ask. */
#ifndef NETDOJO_LAB_ANSWERS_H
#define NETDOJO_LAB_ANSWERS_H

#include "lab/conn.h"

/* {"title","ticket","goals"}, each in the scenario's languages. */
void answer_task(struct conn *c, uint64_t id, struct msg *m);
/*
 * The next hint: {"n","of","price","text"}; after the last, the last again. Logged. {"n"}: one that was given, again;
 * {"peek":true}: only the next one's n (0: none is left), of and price. Neither is logged.
 */
void answer_hint(struct conn *c, uint64_t id, struct msg *m);
/* {"text","proved"}: the drawing of the healthy topology, ticked with what the learner has proved. */
void answer_map(struct conn *c, uint64_t id, struct msg *m);
/* {"probes":[{"name","ok"}]} of fixed and controls, by title; never a cause. */
void answer_check(struct conn *c, uint64_t id, struct msg *m);
/* {"answers":[{"layer","cause"}]} or {"none":true}; logged. */
void answer_diagnose(struct conn *c, uint64_t id, struct msg *m);
/* {"said":[{"t","answers":[..]} or {"t","none":true}]}: what was answered so far. */
void answer_said(struct conn *c, uint64_t id, struct msg *m);
/* The catalogue of causes, the same in every lab. */
void answer_causes(struct conn *c, uint64_t id, struct msg *m);

#endif
