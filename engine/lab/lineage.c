/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a program is. */
#include "lab/lineage.h"

#include <stdio.h>
#include <string.h>

struct key {
	char text[24];
};

static struct key key_of(const json_t *event, const char *name)
{
	struct key k;

	snprintf(k.text, sizeof(k.text), "%lld", (long long)json_int(event, name, 0));
	return k;
}

/* One of the three words, which outlive any event. */
static const char *word(const char *by)
{
	return !strcmp(by, "learner") ? "learner" : !strcmp(by, "tool") ? "tool" : "lab";
}

static const char *known(const struct lineage *l, const json_t *event, const char *name)
{
	const char *by = json_str(l->by, key_of(event, name).text, NULL);

	return by ? word(by) : NULL;
}

static void remember(struct lineage *l, struct key pid, const char *by)
{
	if (!l->by || json_object_size(l->by) >= LINEAGE_KEPT) {
		json_decref(l->by);
		l->by = json_object();
	}
	json_object_set_new(l->by, pid.text, json_string(by));
}

const char *lineage_owner(struct lineage *l, const json_t *event, const char *by, bool of_agent)
{
	bool exec = !strcmp(json_str(event, "kind", ""), "exec");
	const char *own = known(l, event, "pid");
	const char *starter = exec && !of_agent ? known(l, event, "ppid") : NULL;

	if (!exec)
		return own ? own : by;
	if (!strcmp(json_str(event, "what", ""), "exit")) {
		if (l->by)
			json_object_del(l->by, key_of(event, "pid").text);
		return own ? own : by;
	}
	/* a program that execs another stays whose it was */
	by = own ? own : starter ? starter : word(by);
	remember(l, key_of(event, "pid"), by);
	/* a shell's copy of itself, which may run something else when the shell has gone */
	if (!of_agent && !starter)
		remember(l, key_of(event, "ppid"), by);
	return by;
}

void lineage_done(struct lineage *l)
{
	json_decref(l->by);
	l->by = NULL;
}
