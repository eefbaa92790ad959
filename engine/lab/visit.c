/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The learner at another machine. */
#define _GNU_SOURCE
#include "lab/visit.h"

#include <stdio.h>
#include <string.h>

#include "lab/exec.h"
#include "lab/guest.h"

/* In a recipe of the terminal host's for a shell that is neither WSL's nor Windows': the node's name. */
#define NODE_WORD "@NODE@"

/* A learner's account is in every node. */
static const char visitor[] = "learner";

/* Windows and WSL have their own doors; the router is nobody's to log in to. */
bool visit_is_place(enum node_role role)
{
	return role == ROLE_LAN || role == ROLE_INTERNET;
}

/* s with each NODE_WORD replaced; caller frees, NULL without memory. */
static char *named(const char *s, const char *node)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	for (const char *at; (at = strstr(s, NODE_WORD)); s = at + sizeof(NODE_WORD) - 1)
		fprintf(f, "%.*s%s", (int)(at - s), s, node);
	fputs(s, f);
	fclose(f);
	return out;
}

/* How the session's terminal host wants a shell in that node started; NULL where nobody reads its marks. Caller owns it. */
static json_t *recipe_of(const struct conn *c, const json_t *asked, const char *node)
{
	const json_t *other = json_object_get(exec_shells(c), "other");
	auto_free char *text = NULL, *ours = NULL;
	bool tty[3];

	guest_tty(asked, tty);
	if (!other || !tty[1])
		return NULL;
	text = json_dumps(other, JSON_COMPACT);
	ours = text ? named(text, node) : NULL;
	return ours ? json_loads(ours, 0, NULL) : NULL;
}

/* OSC 633's escaping. */
static void put_escaped(FILE *f, const char *s)
{
	for (; *s; s++)
		if (*s == '\\')
			fputs("\\\\", f);
		else if (*s == ';' || (unsigned char)*s < ' ' || *s == 127)
			fprintf(f, "\\x%02x", (unsigned char)*s);
		else
			fputc(*s, f);
}

/* What a shell with hooks prints when this command was entered; caller frees. */
static char *marks_before(const json_t *argv, const char *sign)
{
	char *out = NULL;
	size_t len, i;
	const json_t *word;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	fputs("\033]633;E;", f);
	json_array_foreach (argv, i, word) {
		if (i)
			fputc(' ', f);
		put_escaped(f, json_is_string(word) ? json_string_value(word) : "");
	}
	fprintf(f, ";%s\a\033]133;C;aid=%s\a", sign, sign);
	fclose(f);
	return out;
}

/* The command between marks of its own: no shell with hooks runs it. */
static json_t *marked(const json_t *argv, const char *sign)
{
	static const char script[] = "printf %s \"$1\"; n=$2; shift 2; \"$@\"; s=$?; "
				     "printf '\\033]133;D;%d;aid=%s\\a' \"$s\" \"$n\"; exit $s";
	auto_free char *before = marks_before(argv, sign);
	json_t *out = json_pack("[s, s, s, s, s, s]", "sh", "-c", script, "sh",
				before ? before : "", sign);

	json_array_extend(out, (json_t *)argv);
	return out;
}

static json_t *argv_of(const json_t *argv, const json_t *recipe)
{
	const json_t *shell = json_object_get(recipe, "argv");
	const char *sign = json_str(recipe, "sign", "");

	if (json_array_size(argv) > 0)
		return sign[0] ? marked(argv, sign) : json_incref((json_t *)argv);
	return shell ? json_incref((json_t *)shell) : json_pack("[s, s]", "bash", "-l");
}

/* The request as exec_start has it. Caller owns it. */
static json_t *body_of(const json_t *asked, const json_t *recipe)
{
	json_t *body = json_copy((json_t *)asked);
	json_t *env = json_copy(json_object_get(asked, "env"));

	if (!json_is_object(env)) {
		json_decref(env);
		env = json_object();
	}
	json_object_update(env, json_object_get(recipe, "env"));
	json_object_set_new(body, "env", env);
	json_object_set_new(body, "argv", argv_of(json_object_get(asked, "argv"), recipe));
	json_object_set_new(body, "cwd", json_string(""));
	return body;
}

/* "phone, internet". */
static void places(const struct lab *lab, char *ret, size_t size)
{
	struct lab_node *n;
	size_t used = 0;

	ret[0] = '\0';
	TAILQ_FOREACH(n, &lab->nodes, link)
	if (visit_is_place(n->role) && used < size)
		used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? ", " : "",
					 n->name);
}

static struct lab_node *place_of(struct conn *c, const char *name, struct err *err)
{
	struct lab_node *n = node_find(c->lab, name);
	char all[256];

	if (c->node && visit_is_place(c->node->role)) {
		err_set(err, ERR_USAGE, EALREADY, "This is %s already", c->node->name);
		err_mend(err, "exit comes back");
		return NULL;
	}
	if (n && visit_is_place(n->role))
		return n;
	places(c->lab, all, sizeof(all));
	err_set(err, ERR_USAGE, ENODEV, "Nobody sits at '%.32s'", name);
	err_mend(err, "You can be at: %s", all);
	return NULL;
}

void visit_run(struct conn *c, uint64_t id, struct msg *m)
{
	struct err err = {0};
	struct lab_node *n = place_of(c, json_str(m->body, "node", ""), &err);
	auto_json json_t *recipe = n ? recipe_of(c, m->body, n->name) : NULL;
	auto_json json_t *body = n ? body_of(m->body, recipe) : NULL;
	struct exec_ask ask = {.body = body,
			       .m = m,
			       .user = visitor,
			       .by = guest_by(c->lab),
			       .files = json_object_get(recipe, "files")};

	if (n && !guest_may_command(c))
		err_set(&err, ERR_USAGE, EPERM, "Only the learner and root may go there");
	if (err.kind) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	guest_tty(m->body, ask.tty);
	exec_start(c, n, id, &ask);
}
