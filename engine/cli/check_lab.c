/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One case of `check`: a fresh private lab, broken on purpose, worked on by a typist. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cli/check.h"
#include "cli/client.h"
#include "cli/hosting.h"
#include "term/hooks.h"
#include "term/shells.h"
#include "term/typist.h"

/*
 * A command that says nothing for so long is interrupted, as an impatient learner would: what it
 * hangs on is on the wire already, and a resolver would wait ten seconds and more. On a busy
 * machine that may hit one that was only slow: a case that failed so is tried again with patience
 * (check_run.c).
 */
enum { COMMAND_SECONDS = 20 };
static const double silent_seconds = 2.0, patient_seconds = 15;

struct lab_case {
	const struct check *k;
	const struct check_case *c;
	struct client *lab;
	char node[32];
	char nonce[33];
	bool token; /* held by us */
	struct shells shells;
};

static void token_take(struct lab_case *l)
{
	char byte;

	if (!l->token)
		while (read(l->k->tokens[0], &byte, 1) < 0 && errno == EINTR)
			;
	l->token = true;
}

static void token_give(struct lab_case *l)
{
	if (l->token)
		while (write(l->k->tokens[1], "t", 1) < 0 && errno == EINTR)
			;
	l->token = false;
}

static int ask(struct lab_case *l, json_t *req, json_t **ret, struct err *err)
{
	return client_call(l->lab, req, NULL, 0, ret, NULL, err);
}

/* A call that mostly waits for time-outs: others may work meanwhile. */
static int ask_waiting(struct lab_case *l, json_t *req, json_t **ret, struct err *err)
{
	int rc;

	token_give(l);
	rc = ask(l, req, ret, err);
	token_take(l);
	return rc;
}

static int boot(struct lab_case *l, struct err *err)
{
	const struct boot b = {.scenario_path = l->c->scenario->path,
			       .scenario_id = l->c->scenario->id,
			       .lab = "check",
			       .seed = CHECK_SEED,
			       .variant = l->c->scenario->variant ? l->c->scenario->variant : "",
			       .lang = "en",
			       .attempt_dir = l->c->dir,
			       .hold = true,
			       .private_lab = true,
			       .capture = l->k->keep,
			       .defer_fault = true};
	auto_json json_t *up = NULL;

	return client_boot(&b, NULL, NULL, &l->lab, &up, err);
}

/* Breaks the lab and has it verified; *ret is the verify's answer. */
static int inject(struct lab_case *l, json_t **ret, struct err *err)
{
	int rc = ask(l, json_pack("{s:s}", "do", "fault"), NULL, err);

	return rc < 0 ? rc : ask_waiting(l, json_pack("{s:s}", "do", "verify"), ret, err);
}

/* Whether all probes of a set came out as wanted; f is told of the others, and in which lab. */
static bool all_are(const char *lab, const json_t *probes, const char *set, bool want, FILE *f)
{
	const json_t *p;
	bool all = true;
	size_t i;

	json_array_foreach (probes, i, p) {
		if (strcmp(json_str(p, "set", ""), set) != 0 || json_flag(p, "ok", !want) == want)
			continue;
		fprintf(f, "%s%s: %s %s %s", ftell(f) ? "; " : "", lab, set,
			json_str(p, "name", "?"), want ? "fails" : "passes");
		all = false;
	}
	return all;
}

/* Where nothing is wrong, what the user complains of need not be the world's doing: a name that never existed. */
static bool complaint_is_there_always(const struct lab_case *l)
{
	return json_array_size(json_object_get(l->c->scenario->meta, "truth")) == 0;
}

static int prove(struct lab_case *l, json_t **ret, struct err *err)
{
	auto_json json_t *healthy = NULL, *broken = NULL;
	auto_free char *why = NULL;
	const json_t *probes;
	bool well, shows, controls;
	size_t len;
	FILE *f;
	int rc = ask_waiting(l, json_pack("{s:s, s:s}", "do", "probe", "set", "symptoms,controls"),
			     &healthy, err);

	if (rc == 0)
		rc = inject(l, &broken, err);
	f = rc == 0 ? open_memstream(&why, &len) : NULL;
	if (!f)
		return rc ? rc : err_sys(err, ENOMEM, "Can't judge a case");
	probes = json_object_get(healthy, "probes");
	well = complaint_is_there_always(l) || all_are("healthy lab", probes, "symptoms", true, f);
	well &= all_are("healthy lab", probes, "controls", true, f);
	probes = json_object_get(broken, "probes");
	shows = all_are("broken lab", probes, "symptoms", false, f);
	controls = all_are("broken lab", probes, "controls", true, f);
	fclose(f);
	*ret = json_pack("{s:b, s:b, s:b, s:s}", "healthy", (int)well, "broken", (int)shows,
			 "controls", (int)controls, "why", why);
	return 0;
}

static int log_command(void *arg, json_t *event, struct err *err)
{
	struct lab_case *l = arg;

	json_object_set_new(event, "kind", json_string("command"));
	json_object_set_new(event, "session", json_string("check"));
	return ask(l, json_pack("{s:s, s:O}", "do", "event", "event", event), NULL, err);
}

static void on_waiting(void *arg, bool waiting)
{
	if (waiting)
		token_give(arg);
	else
		token_take(arg);
}

/* A terminal for the typist; in Windows it is the prompt. */
static int open_shell(void *arg, const char *node, struct err *err)
{
	struct lab_case *l = arg;
	const char *shell = strcmp(node, "windows") ? "bash" : "powershell";
	json_t *req = json_pack("{s:s, s:s, s:s, s:b, s:i, s:i, s:s, s:s}", "do", "exec", "node",
				node, "user", "", "tty", 1, "rows", 24, "cols", 120, "by",
				"learner", "session", "check");
	auto_json json_t *answer = NULL;
	int pty = -1, rc = hooks_request(shell, l->nonce, req, err);

	if (rc == 0) {
		json_object_set_new(json_object_get(req, "env"), "TERM",
				    json_string("xterm-256color"));
		rc = client_call(l->lab, json_incref(req), NULL, 0, &answer, &pty, err);
	}
	json_decref(req);
	if (rc == 0 && pty < 0)
		rc = err_set(err, ERR_MACHINE, EPROTO, "The lab gave no terminal");
	if (rc < 0)
		return rc;
	shells_opened(&l->shells, node, json_int(answer, "exec", 0));
	fcntl(pty, F_SETFL, O_NONBLOCK);
	return pty;
}

static bool notice_waits(const struct lab_case *l)
{
	struct pollfd p = {.fd = client_fd(l->lab), .events = POLLIN};

	return client_pending(l->lab) || poll(&p, 1, 0) == 1;
}

/* Where the lab is gone, the next one who asks it is told. */
static bool node_stopped(void *arg, const char *node)
{
	struct lab_case *l = arg;
	json_t *notice = NULL;

	while (notice_waits(l) && client_notice(l->lab, &notice, NULL) == 1) {
		shells_heard(&l->shells, notice);
		json_decref(ptr_steal(notice));
	}
	return shells_stopped(&l->shells, node);
}

static int type(struct lab_case *l, int *timed_out, struct err *err)
{
	auto_fd pty = -1;
	struct typist t = {.node = l->node,
			   .lines = l->c->commands,
			   .nonce = l->nonce,
			   .timeout = COMMAND_SECONDS,
			   .silence = l->c->patient ? patient_seconds : silent_seconds,
			   .echo = -1,
			   .arg = l,
			   .open = open_shell,
			   .stopped = node_stopped,
			   .command = log_command,
			   .waiting = on_waiting};
	int rc = hooks_nonce(l->nonce, err);

	if (rc == 0)
		rc = hosting_learners_node(l->lab, l->node, sizeof(l->node), err);
	if (rc < 0)
		return rc;
	pty = open_shell(l, l->node, err);
	if (pty < 0)
		return pty;
	t.pty = pty;
	return typist_run(&t, timed_out, err);
}

static int work(struct lab_case *l, json_t **ret, struct err *err)
{
	int timed_out = 0, rc = inject(l, NULL, err);

	if (rc == 0 && json_array_size(l->c->commands))
		rc = type(l, &timed_out, err);
	if (rc == 0)
		rc = ask_waiting(l, json_pack("{s:s}", "do", "finish"), NULL, err);
	if (rc == 0)
		*ret = json_pack("{s:i}", "timed_out", timed_out);
	return rc;
}

int check_lab_run(const struct check *k, const struct check_case *c, json_t **ret, struct err *err)
{
	struct lab_case l = {.k = k, .c = c, .token = true};
	int rc = boot(&l, err);

	if (rc == 0)
		rc = c->kind == CASE_PROOF ? prove(&l, ret, err) : work(&l, ret, err);
	token_give(&l);
	client_free(l.lab);
	return rc;
}
