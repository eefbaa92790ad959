/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the attempt's own log tells its learner: what they proved, what they answered. Never why, never what is left. */
#ifndef NETDOJO_LAB_TOLD_H
#define NETDOJO_LAB_TOLD_H

#include "lab/lab.h"

/* evidence/proved.h's list; NULL where nothing is recorded, so that nothing can be known. Caller owns it. */
json_t *told_proved(struct lab *lab);
/* [{"t","answers":[..]} or {"t","none":true}], first answer first. Caller owns it, NULL when out of memory. */
json_t *told_answers(struct lab *lab);
void told_done(struct lab *lab);

#endif
