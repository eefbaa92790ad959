/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shells by the lab's numbers. */
#include "term/shells.h"

#include <string.h>

static size_t place_of(const struct shells *s, const char *node)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->of[i].node, node) != 0)
		i++;
	return i;
}

void shells_opened(struct shells *s, const char *node, json_int_t exec)
{
	size_t i = place_of(s, node);

	if (i == SHELLS_MAX || strlen(node) >= SHELLS_NODE_MAX)
		return; /* one more than a typist types into */
	if (i == s->n)
		s->n++;
	memcpy(s->of[i].node, node, strlen(node) + 1);
	s->of[i].exec = exec;
	s->of[i].stopped = false;
}

void shells_heard(struct shells *s, const json_t *notice)
{
	json_int_t exec = json_int(notice, "exited", 0);

	if (!exec || !json_flag(notice, "stopped", false))
		return;
	for (size_t i = 0; i < s->n; i++)
		if (s->of[i].exec == exec)
			s->of[i].stopped = true;
}

bool shells_stopped(const struct shells *s, const char *node)
{
	size_t i = place_of(s, node);

	return i < s->n && s->of[i].stopped;
}
