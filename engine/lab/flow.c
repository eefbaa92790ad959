/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a packet is. */
#define _GNU_SOURCE
#include "lab/flow.h"

#include <stdio.h>
#include <string.h>

/* The same both ways, and apart for every node: NAT changes what a flow looks like from one to the next. */
static bool flow_key(const json_t *p, char *key, size_t size)
{
	const char *src = json_str(p, "src", ""), *dst = json_str(p, "dst", "");
	long long sport = json_int(p, "sport", 0), dport = json_int(p, "dport", 0);
	const char *proto = json_str(p, "proto", "");
	bool swap = strcmp(src, dst) > 0 || (!strcmp(src, dst) && sport > dport);

	if (!sport && !dport) {
		if (!json_object_get(p, "id"))
			return false;
		sport = dport = json_int(p, "id", 0);
	}
	snprintf(key, size, "%s %s %s %lld %s %lld", json_str(p, "node", ""), proto,
		 swap ? dst : src, swap ? dport : sport, swap ? src : dst, swap ? sport : dport);
	return true;
}

static void remember(struct flows *f, const char *key, const char *by)
{
	char **slot;

	if (!f->owner)
		f->owner = json_object();
	if (!f->keys)
		f->keys = calloc(FLOWS_KEPT, sizeof(*f->keys));
	if (!f->owner || !f->keys)
		return;
	slot = &f->keys[f->next++ % FLOWS_KEPT];
	if (*slot)
		json_object_del(f->owner, *slot);
	free(*slot);
	*slot = strdup(key);
	if (*slot)
		json_object_set_new(f->owner, key, json_string(by));
}

const char *flow_owner(struct flows *f, const json_t *packet, const char *by)
{
	char key[256];
	const char *owner;

	if (!flow_key(packet, key, sizeof(key)))
		return by;
	owner = json_str(f->owner, key, NULL);
	if (owner)
		return owner;
	remember(f, key, by);
	return by;
}

void flows_done(struct flows *f)
{
	for (unsigned i = 0; f->keys && i < FLOWS_KEPT; i++)
		free(f->keys[i]);
	free(f->keys);
	json_decref(f->owner);
	*f = (struct flows){0};
}
