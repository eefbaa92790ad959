/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model as a scenario gave it, made the lab's. */
#include "lab/intent.h"

#include <string.h>

/* A tree shows the host's files, the caller's own among them: never on a scenario's word. */
static int refuse_trees(const json_t *model, struct err *err)
{
	const json_t *nodes = json_object_get(model, "nodes"), *n;
	size_t i;

	json_array_foreach (nodes, i, n)
		if (json_array_size(json_object_get(n, "trees")) > 0)
			return err_set(
				err, ERR_USAGE, EPERM,
				"Node '%s' asks for files of the host, which a scenario may not",
				json_str(n, "name", ""));
	return 0;
}

static json_t *node_named(json_t *model, const char *name)
{
	json_t *nodes = json_object_get(model, "nodes"), *n;
	size_t i;

	json_array_foreach (nodes, i, n)
		if (!strcmp(json_str(n, "name", ""), name))
			return n;
	return NULL;
}

/* The boot request's own trees: [{"node","source","target"}]. */
static int add_trees(json_t *model, const json_t *trees, struct err *err)
{
	const json_t *t;
	size_t i;

	json_array_foreach (trees, i, t) {
		json_t *n = node_named(model, json_str(t, "node", "wsl")), *list;

		if (!n)
			return err_set(err, ERR_USAGE, ENOENT,
				       "There is no node '%s' to show a tree in",
				       json_str(t, "node", "wsl"));
		list = json_object_get(n, "trees");
		if (!list)
			json_object_set_new(n, "trees", list = json_array());
		json_array_append_new(list,
				      json_pack("{s:s, s:s}", "source", json_str(t, "source", ""),
						"target", json_str(t, "target", "")));
	}
	return 0;
}

/* To add to: what the boot request's trees go into is deep inside, all else stays shared. */
static json_t *own(const struct lab *lab, const json_t *given)
{
	bool deep = json_array_size(json_object_get(lab->boot, "trees")) > 0;
	json_t *model = deep ? json_deep_copy(given) : json_copy((json_t *)given);

	if (lab->healthy && !json_object_get(model, "windows"))
		json_object_set(model, "windows", lab->healthy->windows);
	return model;
}

int intent_model(const struct lab *lab, const json_t *given, const char *what, struct model **ret,
		 struct err *err)
{
	auto_json json_t *model = own(lab, given);
	int rc = refuse_trees(model, err);

	if (rc == 0)
		rc = add_trees(model, json_object_get(lab->boot, "trees"), err);
	if (rc == 0)
		rc = model_from_json(model, ret, err);
	return rc < 0 ? err_wrap(err, "%s", what) : 0;
}
