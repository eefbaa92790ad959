/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a scenario's probes and logs their outcomes. */
#define _GNU_SOURCE
#include "lab/probing.h"

#include <string.h>

#include "lab/scripting.h"

struct probing {
	struct lab *lab;
	probing_fn fn;
	void *arg;
};

static void log_probe(struct lab *lab, const json_t *p)
{
	static const char *const keys[] = {"set", "name", "ok", "ms", "detail"};
	json_t *e = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_set(e, keys[i], json_object_get(p, keys[i]));
	lab_event(lab, "probe", NULL, "lab", e);
}

static void on_probed(void *arg, struct msg *m, const struct err *err)
{
	struct probing run = *(struct probing *)arg;
	const json_t *probes = m ? json_object_get(m->body, "probes") : NULL;
	struct err bad = {0};
	const json_t *p;
	size_t i;

	free(arg);
	actor_end(&run.lab->probing);
	json_array_foreach (probes, i, p)
		log_probe(run.lab, p);
	if (!err && !json_is_array(probes)) {
		err_set(&bad, ERR_MACHINE, EPROTO, "The scenario's process gave no probes");
		err = &bad;
	}
	run.fn(run.arg, err ? NULL : probes, err);
}

void probing_run(struct lab *lab, const char *set, probing_fn fn, void *arg)
{
	struct probing *run = malloc(sizeof(*run));

	struct err err = {0};

	if (!run) {
		err_sys(&err, ENOMEM, "Can't run the probes");
		fn(arg, NULL, &err);
		return;
	}
	*run = (struct probing){lab, fn, arg};
	actor_begin(&lab->probing);
	scripting_call(lab, json_pack("{s:s, s:s}", "do", "probe", "set", set), on_probed, run);
}

bool probing_all(const json_t *probes, const char *set, bool want)
{
	const json_t *p;
	bool any = false;
	size_t i;

	json_array_foreach (probes, i, p) {
		if (strcmp(json_str(p, "set", ""), set))
			continue;
		any = true;
		if (json_flag(p, "ok", !want) != want)
			return false;
	}
	return any;
}
