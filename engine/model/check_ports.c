/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a node's port_space must be. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/check_say.h"
#include "model/words.h"

typedef int (*value_check)(const json_t *value, const struct where *w, struct err *err);

static bool is_port(const json_t *j)
{
	return json_is_integer(j) && json_integer_value(j) >= 1 && json_integer_value(j) <= 65535;
}

static struct where item_of(const struct where *list, size_t i)
{
	struct where out;

	snprintf(out.text, sizeof(out.text), "%.150s[%zu]", list->text, i);
	return out;
}

static int check_range(const json_t *value, const struct where *w, struct err *err)
{
	const json_t *lo = json_array_get(value, 0), *hi = json_array_get(value, 1);

	if (json_array_size(value) != 2 || !is_port(lo) || !is_port(hi) ||
	    json_integer_value(lo) > json_integer_value(hi))
		return check_wrong(err, w, "Not two ports, the lower first");
	return 0;
}

/* One mask to the switch. */
static int check_window(const json_t *value, const struct where *w, struct err *err)
{
	int rc = check_range(value, w, err);
	json_int_t lo = json_integer_value(json_array_get(value, 0));
	json_int_t size = json_integer_value(json_array_get(value, 1)) - lo + 1;

	if (rc == 0 && ((size & (size - 1)) || lo % size))
		return check_wrong(err, w, "Not one aligned block of a power of two");
	return rc;
}

static int check_ports(const json_t *value, const struct where *w, struct err *err)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(value))
		return check_wrong(err, w, "Not an array");
	json_array_foreach (value, i, one) {
		struct where here = item_of(w, i);

		if (!is_port(one))
			return check_wrong(err, &here, "Not a port");
	}
	return 0;
}

static int check_never(const json_t *value, const struct where *w, struct err *err)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(value))
		return check_wrong(err, w, "Not an array");
	json_array_foreach (value, i, one) {
		struct where here = item_of(w, i);
		const char *proto = json_str(one, "proto", "");

		if ((strcmp(proto, "tcp") && strcmp(proto, "udp")) ||
		    !is_port(json_object_get(one, "port")) || json_object_size(one) != 2)
			return check_wrong(err, &here,
					   "Not {\"proto\": \"tcp\" or \"udp\", \"port\"}");
	}
	return 0;
}

static int check_publish(const json_t *value, const struct where *w, struct err *err)
{
	const char *how = json_is_string(value) ? json_string_value(value) : "";

	if (strcmp(how, "steer") && strcmp(how, "relay"))
		return check_wrong(err, w, "Neither 'steer' nor 'relay'");
	return 0;
}

static int check_text(const json_t *value, const struct where *w, struct err *err)
{
	return json_is_string(value) ? 0 : check_wrong(err, w, "Not a string");
}

static const struct {
	const char *key;
	bool required;
	value_check check;
} keys[] = {
	{"with", true, check_text},	 {"window", true, check_window},
	{"ignored", false, check_ports}, {"never", false, check_never},
	{"dynamic", false, check_range}, {"publish", false, check_publish},
};

static bool is_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].key, name))
			return true;
	return false;
}

static int check_keys(json_t *space, const struct where *w, struct err *err)
{
	const char *name;
	json_t *value;
	int rc = 0;

	json_object_foreach (space, name, value)
		if (!is_key(name))
			return word_plain(name) ? check_wrong(err, w, "Unknown key")
						: check_wrong(err, w, "Unknown key '%.40s'", name);
	for (size_t i = 0; i < ARRAY_SIZE(keys) && rc == 0; i++) {
		struct where here = where_down(w, keys[i].key, -1);

		value = json_object_get(space, keys[i].key);
		if (value)
			rc = keys[i].check(value, &here, err);
		else if (keys[i].required)
			rc = check_wrong(err, w, "The port space has no '%s'", keys[i].key);
	}
	return rc;
}

/* The node with which it shares, and no other that does so too. */
static int check_others(const struct model *m, const struct node *n, const struct where *w,
			struct err *err)
{
	const char *with = json_str(n->port_space, "with", "");
	struct where here = where_down(w, "with", -1);

	if (!model_node(m, with))
		return check_wrong(err, &here, "Unknown node '%s'", with);
	if (!strcmp(with, n->name))
		return check_wrong(err, &here, "A node shares its ports with another one");
	for (const struct node *o = m->nodes; o < n; o++)
		if (json_object_size(o->port_space))
			return check_wrong(err, w,
					   "'%s' shares its ports already: one node of a lab may",
					   o->name);
	return 0;
}

int check_port_space(const struct model *m, const struct node *n, const struct where *w,
		     struct err *err)
{
	struct where here = where_down(w, "port_space", -1);
	int rc;

	if (json_object_size(n->port_space) == 0)
		return 0;
	rc = check_keys(n->port_space, &here, err);
	return rc < 0 ? rc : check_others(m, n, &here, err);
}
