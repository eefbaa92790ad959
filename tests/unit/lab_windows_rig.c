/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab of fakes with a Windows side. */
#define _GNU_SOURCE
#include "tests/unit/lab_windows_rig.h"

#include <string.h>
#include <sys/mman.h>

void windows_wsl_set(json_t *model, const char *key, json_t *value)
{
	json_object_set_new(json_object_get(json_object_get(model, "windows"), "wsl"), key, value);
}

json_t *windows_running(void)
{
	json_t *j = rig_nat(), *s;
	size_t i;

	json_array_foreach (json_object_get(j, "segments"), i, s)
		if (!strcmp(json_str(s, "name", ""), "vswitch"))
			json_object_set_new(s, "bridge", json_true());
	json_object_set_new(j, "windows",
			    json_pack("{s:s, s:{s:b, s:s, s:s, s:b}}", "hostname", "DESKTOP", "wsl",
				      "running", 1, "networkingMode", "nat", "version", "2.6.0.0",
				      "localhostForwarding", 1));
	return j;
}

json_t *windows_stopped(void)
{
	json_t *j = windows_running(), *nodes = json_object_get(j, "nodes"), *n;
	size_t i;

	json_array_foreach (nodes, i, n)
		if (!strcmp(json_str(n, "name", ""), "wsl"))
			break;
	json_array_remove(nodes, i);
	windows_wsl_set(j, "running", json_false());
	return j;
}

void windows_answer(struct rig *r, const char *op, json_t *result, json_t *model)
{
	json_t *body = json_pack("{s:o, s:i}", "result", result, "undo", 5);
	char key[128];

	if (model)
		json_object_set_new(body, "model", model);
	snprintf(key, sizeof(key), "windows %s", op);
	fake_peer_answer(&r->script, key, body);
}

void windows_script(struct rig *r)
{
	fake_peer_answer(&r->script, "model", json_pack("{s:o}", "model", windows_running()));
	fake_peer_answer(&r->script, "fault", json_pack("{s:o}", "model", windows_running()));
	fake_peer_answer(&r->script, "windows.undo", json_object());
	fake_peer_answer(&r->script, "windows.done", json_object());
	windows_answer(r, "wsl.shutdown", json_object(), windows_stopped());
	windows_answer(r, "wsl.start",
		       json_pack("{s:b, s:[s]}", "started", 1, "warnings", "wsl: Unknown key"),
		       windows_running());
}

void windows_open(struct rig *r)
{
	rig_open(r);
	/* stands for the program, which another part of the tree builds */
	r->lab.windows_program = memfd_create("windows", MFD_CLOEXEC);
}

void windows_up(struct rig *r)
{
	json_t *answer;

	rig_init(r);
	windows_script(r);
	windows_open(r);
	answer = rig_boot(r, json_pack("{s:b}", "healthy", 1));
	ck_assert_msg(r->lab.phase == LAB_READY, "%s", rig_error(answer));
	json_decref(answer);
}

json_t *windows_do(struct rig *r, int fd, const char *op)
{
	return rig_ask(
		r, fd,
		json_pack("{s:s, s:s, s:{s:i}}", "do", "windows.change", "op", op, "args", "x", 1));
}

json_t *windows_logged(const struct rig *r)
{
	auto_json json_t *all = rig_log(r);
	json_t *e, *last = NULL;
	size_t i;

	json_array_foreach (all, i, e)
		if (!strcmp(json_str(e, "kind", ""), "windows"))
			last = e;
	return json_incref(last);
}
