/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WSL's own life. */
#define _GNU_SOURCE
#include "lab/wsl_life.h"

#include <string.h>

#include "lab/node.h"
#include "lab/windows.h"

struct waker {
	struct lab *lab;
	wsl_awake_fn fn;
	void *arg;
};

static const char *wsl_in(const struct model *m)
{
	for (size_t i = 0; m && i < m->n_nodes; i++)
		if (m->nodes[i].role == ROLE_WSL)
			return m->nodes[i].name;
	return NULL;
}

const char *wsl_name(const struct lab *lab)
{
	const char *name = wsl_in(lab->now);

	if (!name)
		name = wsl_in(lab->healthy);
	/* a lab that began with it stopped, and whose model so far only says that there is one */
	if (!name && windows_wsl(lab))
		name = "wsl";
	return name;
}

bool wsl_is_stopped(const struct lab *lab, const char *name)
{
	const char *wsl = wsl_name(lab);

	/* one that a change is just making runs when the change is done */
	return lab->phase == LAB_READY && wsl && !strcmp(wsl, name) &&
	       (!node_find((struct lab *)lab, name) || !model_node(lab->now, name));
}

int wsl_stopped_err(struct err *err)
{
	err_set(err, ERR_USAGE, EHOSTDOWN, "WSL is stopped");
	return err_mend(err, "Start it with `wsl` at the Windows prompt, or netdojo shell wsl");
}

static void on_started(void *arg, const json_t *result, const json_t *error)
{
	struct waker w = *(struct waker *)arg;
	const char *name = wsl_name(w.lab);
	struct err err = {0};

	free(arg);
	if (error) {
		err_from_json(&err, error);
		err_wrap(&err, "WSL did not start");
	} else if (!name || !node_find(w.lab, name)) {
		err_set(&err, ERR_MACHINE, EHOSTDOWN, "WSL did not start");
	}
	w.fn(w.arg, err.msg[0] ? NULL : json_object_get(result, "warnings"),
	     err.msg[0] ? &err : NULL);
}

void wsl_wake(struct lab *lab, const char *by, wsl_awake_fn fn, void *arg)
{
	const char *name = wsl_name(lab);
	struct waker *w;
	struct err err = {0};

	if (!name || !wsl_is_stopped(lab, name)) {
		fn(arg, NULL, NULL);
		return;
	}
	w = malloc(sizeof(*w));
	if (!w) {
		err_sys(&err, ENOMEM, "WSL did not start");
		fn(arg, NULL, &err);
		return;
	}
	*w = (struct waker){lab, fn, arg};
	windows_change(lab, "wsl.start", json_object(), by, on_started, w);
}
