/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One shell in a node. */
#include "term/session.h"

#include <fcntl.h>
#include <string.h>

#include "base/screen.h"
#include "term/hooks.h"
#include "term/relay.h"
#include "term/terminfo.h"
#include "term/tty.h"
#include "term/typist.h"

/* What the caller says of the screen goes for programs in the lab too. */
static void screen_env(json_t *env)
{
	static const char *const names[] = {SCREEN_AMBIGUOUS_ENV, SCREEN_ACCESSIBLE_ENV,
					    "NETDOJO_PROMPT", "NO_COLOR"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			json_object_set_new(env, names[i], json_string(value));
	}
}

/* Adds what a program must know of the caller's terminal. */
static void terminal_env(json_t *env, bool typed)
{
	const char *term = getenv("TERM"), *color = getenv("COLORTERM");
	auto_free char *info = typed ? NULL : terminfo_env(term);

	if (typed || !term || !*term)
		term = typed ? "xterm-256color" : "dumb";
	json_object_set_new(env, "TERM", json_string(term));
	if (color && !typed)
		json_object_set_new(env, "COLORTERM", json_string(color));
	if (info)
		json_object_set_new(env, "TERMINFO", json_string(info));
	if (!typed)
		screen_env(env);
	else /* nobody is there to ask */
		json_object_set_new(env, SCREEN_AMBIGUOUS_ENV, json_string("1"));
}

static json_t *exec_request(const struct session *s, const char *node, const char *shell,
			    struct err *err)
{
	unsigned rows, cols;
	auto_json json_t *req = NULL;

	tty_size(&rows, &cols);
	req = json_pack("{s:s, s:s, s:s, s:b, s:i, s:i, s:s, s:s}", "do", "exec", "node", node,
			"user", s->user, "tty", 1, "rows", (int)rows, "cols", (int)cols, "by",
			"learner", "session", s->name);
	if (!req || hooks_request(shell, s->nonce, req, err) < 0)
		return NULL;
	terminal_env(json_object_get(req, "env"), s->lines != NULL);
	json_object_set_new(json_object_get(req, "env"), "LANGUAGE", json_string(s->lang));
	return json_incref(req);
}

static void tell(struct session *s, const char *what, unsigned rows, unsigned cols, bool wait)
{
	json_t *event = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i}", "kind", "session",
				  "what", what, "node", s->node, "session", s->name, "user",
				  s->user, "shell", s->shell, "rows", (int)rows, "cols", (int)cols);

	/* The answer to the last one says that all before it are in the log. */
	if (wait)
		link_call(s->link, json_pack("{s:s, s:O}", "do", "event", "event", event), NULL,
			  NULL, NULL);
	else
		link_event(s->link, event, NULL);
	json_decref(event);
}

static int typed_command(void *arg, json_t *event, struct err *err)
{
	struct session *s = arg;

	json_object_set_new(event, "kind", json_string("command"));
	json_object_set_new(event, "session", json_string(s->name));
	return link_event(s->link, event, err);
}

enum session_end session_end_of(enum link_notice n)
{
	static const enum session_end ends[] = {
		[LINK_NONE] = SESSION_EXITED, [LINK_EXITED] = SESSION_EXITED,
		[LINK_GRADE] = SESSION_GRADE, [LINK_QUIT] = SESSION_QUIT,
		[LINK_PAUSE] = SESSION_PAUSE, [LINK_RESET] = SESSION_RESET,
		[LINK_LOST] = SESSION_LOST,
	};

	return ends[n];
}

/* What the lab has said meanwhile; a typed session ends as `exit` would when it said nothing. */
static enum session_end typed_end(struct session *s, int *ret_status)
{
	enum link_notice n, most = LINK_NONE;

	for (int quiet = 0; quiet < 1;) {
		n = link_next(s->link);
		if (n == LINK_NONE)
			quiet++;
		else if (n > most)
			most = n;
		if (n == LINK_LOST)
			break;
	}
	*ret_status = s->link->status;
	return session_end_of(most);
}

/* A shell in a node; the PTY's master. */
static int open_shell(struct session *s, const char *node, const char *shell, struct err *err)
{
	json_t *req = exec_request(s, node, shell, err);
	int pty;

	if (!req)
		return err_wrap(err, "Can't ask for a shell");
	pty = link_exec(s->link, req, err);
	if (pty < 0)
		return err_wrap(err, "No shell in node '%s'", node);
	fcntl(pty, F_SETFL, O_NONBLOCK);
	return pty;
}

/* For the typist, in another node or again. The session's status stays that of its own node's shell. */
static int open_another(void *arg, const char *node, struct err *err)
{
	struct session *s = arg;
	json_int_t own = s->link->exec;
	bool same = strcmp(node, s->node) == 0, windows = strcmp(node, "windows") == 0;
	int pty = open_shell(s, node, same ? s->shell : windows ? "powershell" : "bash", err);

	if (!same)
		s->link->exec = own;
	return pty;
}

static bool node_stopped(void *arg, const char *node)
{
	return link_stopped(((struct session *)arg)->link, node);
}

static int type(struct session *s, int pty, struct err *err)
{
	struct typist t = {.pty = pty,
			   .node = s->node,
			   .open = open_another,
			   .stopped = node_stopped,
			   .lines = s->lines,
			   .nonce = s->nonce,
			   .echoed_only = hooks_echoed_only(s->shell),
			   .timeout = s->timeout,
			   .pace_ms = s->pace_ms,
			   .echo = s->quiet ? -1 : STDOUT_FILENO,
			   .cast = s->cast,
			   .arg = s,
			   .command = typed_command};

	return typist_run(&t, NULL, err);
}

int session_run(struct session *s, enum session_end *ret_end, int *ret_status, struct err *err)
{
	unsigned rows, cols;
	auto_fd pty = -1;
	int rc;

	tty_size(&rows, &cols);
	rc = hooks_nonce(s->nonce, err);
	if (rc < 0)
		return rc;
	pty = open_shell(s, s->node, s->shell, err);
	if (pty < 0)
		return pty;
	tell(s, "open", rows, cols, false);
	if (s->lines) {
		rc = type(s, pty, err);
		*ret_end = SESSION_EXITED;
	} else {
		rc = relay_run(s, pty, ret_end, ret_status, err);
	}
	if (*ret_end != SESSION_LOST)
		tell(s, "close", rows, cols, true);
	if (s->lines && rc == 0)
		*ret_end = typed_end(s, ret_status);
	return rc;
}
