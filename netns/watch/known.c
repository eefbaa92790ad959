/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a node's links, addresses and permanent neighbours were. A link is announced again when its
 * carrier settles, up to a second after it was set up, and an IPv6 address when its duplicate
 * detection ends. Neighbours are probed, fail and are forgotten all the time. None of this is
 * anyone's doing, and a change nobody made would spoil an attempt's account.
 */
#include "netns/watch/known.h"

#include <stdio.h>
#include <string.h>

void known_done(struct known *k)
{
	json_decref(k->links);
	json_decref(k->addresses);
	json_decref(k->neighs);
	*k = (struct known){0};
}

/* Without what follows from others: the carrier is the peer's, the state follows from both. */
static json_t *set_by_somebody(const json_t *link)
{
	json_t *copy = json_deep_copy(link), *flags = json_object_get(copy, "flags");

	json_object_del(copy, "action");
	json_object_del(copy, "operstate");
	for (size_t i = json_array_size(flags); i-- > 0;)
		if (strcmp(json_string_value(json_array_get(flags, i)), "LOWER_UP") == 0)
			json_array_remove(flags, i);
	return copy;
}

static bool link_news(struct known *k, json_t *change, bool gone)
{
	char index[24];
	json_t *state = set_by_somebody(change), *before;
	bool same;

	snprintf(index, sizeof(index), "%lld", (long long)json_int(change, "ifindex", 0));
	if (!k->links)
		k->links = json_object();
	before = json_object_get(k->links, index);
	same = before && json_equal(before, state);
	if (gone) {
		json_decref(state);
		json_object_del(k->links, index);
		return true;
	}
	json_object_set_new(change, "action", json_string(before ? "set" : "add"));
	json_object_set_new(k->links, index, state);
	return !same;
}

static bool address_news(struct known *k, const json_t *change, bool gone)
{
	auto_json json_t *copy = json_copy((json_t *)change);
	auto_free char *text = NULL;

	json_object_del(copy, "action");
	text = json_dumps(copy, JSON_SORT_KEYS | JSON_COMPACT);
	if (!k->addresses)
		k->addresses = json_object();
	if (!text)
		return true;
	if (gone) {
		json_object_del(k->addresses, text);
		return true;
	}
	if (json_object_get(k->addresses, text))
		return false;
	json_object_set_new(k->addresses, text, json_true());
	return true;
}

static bool has_state(const json_t *neigh, const char *name)
{
	const json_t *states = json_object_get(neigh, "state"), *s;
	size_t i;

	json_array_foreach (states, i, s) {
		if (strcmp(json_string_value(s), name) == 0)
			return true;
	}
	return false;
}

/* Only what somebody made permanent, and its end, however that is announced: as failed, or deleted.
 */
static bool neigh_news(struct known *k, json_t *change, bool gone)
{
	const char *mac = json_str(change, "lladdr", "");
	auto_json json_t *key =
		json_sprintf("%s %s", json_str(change, "dev", ""), json_str(change, "dst", ""));
	const char *before;

	if (!k->neighs)
		k->neighs = json_object();
	before = json_string_value(json_object_get(k->neighs, json_string_value(key)));
	if (!gone && has_state(change, "PERMANENT")) {
		if (before && strcmp(before, mac) == 0)
			return false;
		json_object_set_new(change, "action", json_string(before ? "set" : "add"));
		json_object_set_new(k->neighs, json_string_value(key), json_string(mac));
		return true;
	}
	if (!before)
		return false;
	json_object_set_new(change, "action", json_string("del"));
	json_object_del(k->neighs, json_string_value(key));
	return true;
}

bool known_news(struct known *k, json_t *change)
{
	const char *what = json_str(change, "what", "");
	bool gone = strcmp(json_str(change, "action", ""), "del") == 0;

	if (strcmp(what, "link") == 0)
		return link_news(k, change, gone);
	if (strcmp(what, "address") == 0)
		return address_news(k, change, gone);
	if (strcmp(what, "neigh") == 0)
		return neigh_news(k, change, gone);
	return true;
}
