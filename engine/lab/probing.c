/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a scenario's probes and logs their outcomes. */
#define _GNU_SOURCE
#include "lab/probing.h"

#include <string.h>

#include "lab/scripting.h"
#include "lab/wsl_life.h"

struct probing {
	struct lab *lab;
	char *set;
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

	free(run.set);
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

/* A WSL that can't start shows as what the probes in it come to. */
static void on_awake(void *arg, const json_t *warnings, const struct err *err)
{
	struct probing *run = arg;

	(void)warnings;
	(void)err;
	actor_begin(&run->lab->probing);
	if (run->lab->phase == LAB_ENDING) /* there is nobody to be asked any more */
		on_probed(run, NULL, err);
	else
		scripting_call(run->lab, json_pack("{s:s, s:s}", "do", "probe", "set", run->set),
			       on_probed, run);
}

/*
 * Where WSL is stopped it is started first, as its user would by opening a terminal: here and not when a probe asks for it,
 * for the script, which works the start out, answers nothing else while its probes are under way.
 */
void probing_run(struct lab *lab, const char *set, probing_fn fn, void *arg)
{
	struct probing *run = calloc(1, sizeof(*run));

	struct err err = {0};

	if (run)
		run->set = strdup(set);
	if (!run || !run->set) {
		free(run);
		err_sys(&err, ENOMEM, "Can't run the probes");
		fn(arg, NULL, &err);
		return;
	}
	run->lab = lab;
	run->fn = fn;
	run->arg = arg;
	wsl_wake(lab, "lab", on_awake, run);
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
