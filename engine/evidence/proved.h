/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the learner has proved so far, for the drawing: an address that a command of theirs showed, an address that
 * answered them, a port that accepted, a server that resolved a name. Only what succeeded is told, whatever the scenario
 * is about, so that nothing here names a fault; a probe of the lab's own proves nothing.
 */
#ifndef NETDOJO_EVIDENCE_PROVED_H
#define NETDOJO_EVIDENCE_PROVED_H

#include "base/json.h"
#include "model/model.h"

struct proved;

/* Of the addresses of a model, which is borrowed for the call. NULL when out of memory. */
struct proved *proved_new(const struct model *m);
/* Takes NULL. */
void proved_free(struct proved *p);
static inline void proved_freep(struct proved **p)
{
	proved_free(*p);
}
#define auto_proved nd_cleanup(proved_freep) struct proved

/* The next event of the log, in its order. Borrowed. */
void proved_see(struct proved *p, const json_t *event);
/*
 * [{"node","address","seen":true,"answered":true,"resolved":true,"ports":["tcp/80"]}]: what is not proved has no key, an
 * address of which nothing is has no row. Caller owns it.
 */
json_t *proved_json(const struct proved *p);
/* All at once: of an array of events. */
json_t *proved_of(const struct model *m, const json_t *events);

#endif
