/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs across the line between WSL and Windows. */
#define _GNU_SOURCE
#include "lab/interop.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>

#include "base/paths.h"
#include "lab/conn.h"
#include "lab/guest.h"
#include "lab/windows.h"
#include "lab/wsl_life.h"

#define DRIVE "/mnt/c" /* C: in the Windows node */

/* What runs every Windows program (docs/protocol.md), and where it is in the node. */
static const char program[] = "netdojo-windows", installed_at[] = "/init";

static int open_program(struct lab *lab, struct err *err)
{
	auto_free char *path = path_libexec(program);

	if (lab->windows_program >= 0)
		return 0;
	if (path)
		lab->windows_program = open(path, O_RDONLY | O_CLOEXEC);
	if (lab->windows_program >= 0)
		return 0;
	err_sys(err, path ? errno : ENOMEM, "Can't open %s", path ? path : program);
	return err_mend(err, "Install netdojo again: this file is part of it");
}

bool interop_is_program(const json_t *argv)
{
	const char *first = json_string_value(json_array_get(argv, 0));

	return first && !strcmp(first, installed_at);
}

/* The node may be another generation by now: then that one is asked anew anyway. */
static void on_installed(void *arg, json_t *result, const struct err *err)
{
	struct lab *lab = arg;
	const struct node *n = windows_node(lab);
	struct lab_node *standing = n ? node_find(lab, n->name) : NULL;

	if (standing && (err || !json_flag(result, "ok", false)))
		standing->installed = false;
}

/* The agent serves requests in order: what is spawned after this finds it. */
int interop_prepare(struct lab_node *windows, struct err *err)
{
	int rc;

	if (windows->installed)
		return 0;
	rc = open_program(windows->lab, err);
	if (rc < 0)
		return rc;
	windows->installed = true;
	node_install(windows, windows->lab->windows_program, installed_at, 0755, on_installed,
		     windows->lab);
	return 0;
}

/* A line as somebody would type it: the words, parted by blanks. */
static json_t *line_of(const json_t *argv)
{
	size_t size = 0, i, used = 0;
	auto_free char *line = NULL;
	const json_t *word;

	json_array_foreach (argv, i, word)
		size += json_string_length(word) + 1;
	line = calloc(1, size + 1);
	json_array_foreach (argv, i, word)
		if (line && json_is_string(word))
			used += (size_t)snprintf(line + used, size + 1 - used, "%s%s",
						 used ? " " : "", json_string_value(word));
	return line ? json_string(line) : NULL;
}

json_t *interop_exec(struct lab_node *windows, const json_t *body, struct err *err)
{
	const json_t *argv = json_object_get(body, "argv");
	size_t n = json_array_size(argv);
	bool session = json_object_get(body, "session") != NULL;
	json_t *out = json_copy((json_t *)body);

	if (json_flag(body, "powershell", false))
		json_object_set_new(out, "argv",
				    n ? json_pack("[s, s, o]", installed_at, "--", line_of(argv))
				      : json_pack("[s]", installed_at));
	else if (session && n == 0)
		json_object_set_new(out, "argv", json_pack("[s]", installed_at));
	else if (!session && !interop_is_program(argv))
		return out;
	if (out && interop_prepare(windows, err) == 0)
		return out;
	json_decref(out);
	return NULL;
}

static int refuse_user(struct conn *c, struct err *err)
{
	if (guest_may_command(c))
		return 0;
	return err_set(err, ERR_USAGE, EPERM, "Only the learner and root may start programs there");
}

/* Adds what the session's terminal host wants a further shell to have. */
static void add_env(json_t *body, const json_t *more)
{
	json_t *env = json_copy(json_object_get(body, "env"));

	if (!env)
		env = json_object();
	json_object_update_missing(env, (json_t *)json_object_get(more, "env"));
	json_object_set_new(body, "env", env);
}

/* --- a Windows program from WSL */

/* What is typed at a terminal is told to the log; what a pipe feeds is no session. */
static bool is_typed(const json_t *asked)
{
	bool tty[3];

	guest_tty(asked, tty);
	return tty[0];
}

static bool is_prompt(const char *exe)
{
	const char *base = strrchr(exe, '/') ? strrchr(exe, '/') + 1 : exe;

	return !strcasecmp(base, "powershell.exe") || !strcasecmp(base, "cmd.exe");
}

/* The folder of Windows' that WSL has at cwd: the drive may be anywhere there. NULL for none. */
static json_t *windows_cwd(const struct conn *c, const char *cwd)
{
	const struct node *n = c->lab->now ? model_node(c->lab->now, c->node->name) : NULL;

	for (size_t i = 0; n && i < n->n_volumes; i++) {
		const char *target = n->volumes[i].target;
		size_t len = strlen(target);

		if (!strcmp(n->volumes[i].name, "c") && !strncmp(cwd, target, len) &&
		    (!cwd[len] || cwd[len] == '/'))
			return json_sprintf(DRIVE "%s", cwd + len);
	}
	return NULL;
}

/* ["/init","--interop","--cwd",CWD,"--",EXE,ARG...]; NULL when argv is none. */
static json_t *interop_argv(const struct conn *c, const json_t *body)
{
	const json_t *argv = json_object_get(body, "argv");
	const char *cwd = json_str(body, "cwd", "/");
	auto_json json_t *there = windows_cwd(c, cwd);
	json_t *out;

	if (json_array_size(argv) == 0)
		return NULL;
	out = json_pack("[s, s, s, s, s]", installed_at, "--interop", "--cwd",
			there ? json_string_value(there) : cwd, "--");
	json_array_extend(out, (json_t *)argv);
	return out;
}

static json_t *interop_body(const struct conn *c, const json_t *asked)
{
	json_t *argv = interop_argv(c, asked), *body = argv ? json_copy((json_t *)asked) : NULL;
	const char *exe = json_string_value(json_array_get(json_object_get(asked, "argv"), 0));

	if (!body) {
		json_decref(argv);
		return NULL;
	}
	json_object_set_new(body, "argv", argv);
	json_object_set_new(body, "cwd", json_string("/"));
	if (exe && is_prompt(exe) && is_typed(asked))
		add_env(body, json_object_get(exec_shells(c), "windows"));
	return body;
}

void interop_run(struct conn *c, uint64_t id, struct msg *m)
{
	const struct node *where = windows_node(c->lab);
	struct lab_node *n = where ? node_find(c->lab, where->name) : NULL;
	auto_json json_t *body = interop_body(c, m->body);
	struct exec_ask ask = {.body = body, .m = m, .user = "root", .by = guest_by(c->lab)};
	struct err err = {0};
	int rc = refuse_user(c, &err);

	if (rc == 0 && !n)
		rc = err_set(&err, ERR_USAGE, ENODEV, "There is no Windows in this lab");
	if (rc == 0 && !body)
		rc = err_set(&err, ERR_USAGE, EINVAL, "No command was given");
	if (rc == 0)
		rc = interop_prepare(n, &err);
	if (rc < 0) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	guest_tty(m->body, ask.tty);
	exec_start(c, n, id, &ask);
}

/* --- a program of WSL's from Windows */

struct caller {
	struct lab *lab;
	uint64_t conn, id;
	struct msg m; /* owned */
};

/* No words: the user's own shell, as the session's terminal host starts one, so that it is told what is typed there. */
static void own_shell(json_t *body, const json_t *recipe)
{
	const json_t *argv = json_object_get(recipe, "argv");

	if (json_array_size(argv) > 0)
		json_object_set(body, "argv", (json_t *)argv);
	else
		json_object_set_new(body, "argv", json_pack("[s, s]", "bash", "-l"));
	add_env(body, recipe);
}

/* Where WSL has the folder of Windows' that the asker is in: the drive may be anywhere, or nowhere, then it is the home. */
static void place_cwd(const struct lab *lab, const char *wsl, json_t *body)
{
	static const char drive[] = DRIVE;
	const char *cwd = json_str(body, "cwd", ""), *rest = cwd + sizeof(drive) - 1;
	const struct node *n = lab->now ? model_node(lab->now, wsl) : NULL;
	json_t *there = NULL;

	if (!n || strncmp(cwd, drive, sizeof(drive) - 1) || (*rest && *rest != '/'))
		return;
	for (size_t i = 0; i < n->n_volumes && !there; i++)
		if (!strcmp(n->volumes[i].name, "c"))
			there = json_sprintf("%s%s", n->volumes[i].target, rest);
	json_object_set_new(body, "cwd", there ? there : json_string(""));
}

static void run_in_wsl(struct conn *c, uint64_t id, struct msg *m, const json_t *warnings)
{
	const char *name = wsl_name(c->lab);
	struct lab_node *n = name ? node_find(c->lab, name) : NULL;
	auto_json json_t *body = json_copy(m->body);
	bool shell = json_array_size(json_object_get(body, "argv")) == 0;
	const json_t *recipe =
		shell && is_typed(body) ? json_object_get(exec_shells(c), "wsl") : NULL;
	const char *user = json_str(m->body, "user", "");
	struct exec_ask ask = {.body = body,
			       .m = m,
			       .by = guest_by(c->lab),
			       .say = warnings,
			       .files = json_object_get(recipe, "files")};
	struct err err = {0};

	if (!n) {
		err_set(&err, ERR_USAGE, ENODEV, "There is no WSL in this lab");
		peer_answer_err(c->peer, id, &err);
		return;
	}
	ask.user = user[0] ? user : n->user;
	place_cwd(c->lab, n->name, body);
	if (shell)
		own_shell(body, recipe);
	guest_tty(m->body, ask.tty);
	exec_start(c, n, id, &ask);
}

static void on_awake(void *arg, const json_t *warnings, const struct err *err)
{
	struct caller *k = arg;
	struct conn *c = conn_find(k->lab, k->conn);

	if (c && err)
		peer_answer_err(c->peer, k->id, err);
	else if (c)
		run_in_wsl(c, k->id, &k->m, warnings);
	msg_done(&k->m);
	free(k);
}

void interop_wsl(struct conn *c, uint64_t id, struct msg *m)
{
	const char *user = json_str(m->body, "user", "");
	struct caller *k;
	struct err err = {0};
	int rc = refuse_user(c, &err);

	if (rc == 0 && user[0] && strcmp(user, "root") && strcmp(user, "learner"))
		rc = err_set(&err, ERR_USAGE, EINVAL, "unknown user %.32s", user);
	k = rc == 0 ? malloc(sizeof(*k)) : NULL;
	if (rc == 0 && !k)
		rc = err_sys(&err, ENOMEM, "Can't run a command");
	if (rc < 0) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	*k = (struct caller){c->lab, c->serial, id, *m};
	*m = (struct msg){0};
	wsl_wake(c->lab, guest_by(c->lab), on_awake, k);
}
