/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When somebody was at work in the lab. */
#include "lab/actor.h"

#include "lab/log.h"

void actor_begin(struct actor_span *s)
{
	if (s->active++ > 0)
		return;
	s->past[s->n % ACTOR_PAST].began = log_now();
	s->n++;
}

void actor_end(struct actor_span *s)
{
	if (s->active > 0 && --s->active == 0)
		s->past[(s->n - 1) % ACTOR_PAST].ended = log_now();
}

bool actor_covers(const struct actor_span *s, double mono, double linger)
{
	unsigned kept = s->n < ACTOR_PAST ? s->n : ACTOR_PAST;

	for (unsigned back = 1; back <= kept; back++) {
		unsigned i = (s->n - back) % ACTOR_PAST;
		bool still = back == 1 && s->active > 0;

		if (mono >= s->past[i].began && (still || mono <= s->past[i].ended + linger))
			return true;
	}
	return false;
}
