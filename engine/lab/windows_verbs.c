/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a Windows program may ask of init. */
#define _GNU_SOURCE
#include "lab/windows_verbs.h"

#include <string.h>

#include "lab/guest.h"
#include "lab/localhost.h"
#include "lab/service.h"
#include "lab/windows.h"
#include "lab/wsl_life.h"

enum { OP_NAME_MAX = 64 }; /* bytes */

/* Who waits, by numbers: the connection may be gone when the answer comes. */
struct asker {
	struct lab *lab;
	uint64_t conn, id;
};

static struct asker *asker_new(struct conn *c, uint64_t id)
{
	struct asker *a = malloc(sizeof(*a));
	struct err err = {0};

	if (a) {
		*a = (struct asker){c->lab, c->serial, id};
		return a;
	}
	err_sys(&err, ENOMEM, "Can't answer");
	peer_answer_err(c->peer, id, &err);
	return NULL;
}

/* --- reading */

static json_t *wsl_state(const struct lab *lab)
{
	const char *name = wsl_name(lab);

	return json_pack("{s:b, s:I}", "running", name && !wsl_is_stopped(lab, name), "generation",
			 (json_int_t)(name ? json_int(lab->generations, name, 0) : 0));
}

void windows_verb_model(struct conn *c, uint64_t id, struct msg *m)
{
	const struct lab *lab = c->lab;

	(void)m;
	peer_answer(c->peer, id,
		    json_pack("{s:O?, s:o, s:o, s:o}", "windows", lab->now->windows, "wsl",
			      wsl_state(lab), "relays", localhost_json(lab), "waiting",
			      service_waiting(lab)),
		    NULL, 0);
}

void windows_verb_read(struct conn *c, uint64_t id, struct msg *m)
{
	const struct build_port *b = &c->lab->ports.build;
	const char *name = json_str(m->body, "what", "");
	int what = read_what_from_name(name);
	auto_json json_t *value = NULL;
	struct err err = {0};
	int rc;

	if (what < 0)
		rc = err_set(&err, ERR_USAGE, EINVAL, "There is no state named '%.32s' to read",
			     name);
	else
		rc = b->read(b->ctx, c->node->name, (enum read_what)what,
			     json_str(m->body, "arg", ""), &value, &err);
	if (rc < 0)
		peer_answer_err(c->peer, id, &err);
	else
		peer_answer(c->peer, id, json_pack("{s:O}", "value", value), NULL, 0);
}

/* --- probing */

static void on_probed(void *arg, json_t *result, const struct err *err)
{
	struct asker *a = arg;
	struct conn *c = conn_find(a->lab, a->conn);

	a->lab->windows_probes--;
	if (c && err)
		peer_answer_err(c->peer, a->id, err);
	else if (c)
		peer_answer(c->peer, a->id, json_pack("{s:O}", "result", result), NULL, 0);
	free(a);
}

/* Those that only send packets, and no longer than a person waits. */
static int check_probe(const struct lab *lab, const char *kind, const json_t *args, struct err *err)
{
	static const char *const kinds[] = {"ping", "lookup", "resolve", "connect", "http", "pmtu"};
	double timeout = json_num(args, "timeout", 1.0);
	int64_t count = json_int(args, "count", 1);
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		known = known || !strcmp(kinds[i], kind);
	if (!known || !json_is_object(args))
		return err_set(err, ERR_USAGE, EINVAL, "There is no probe '%.32s' for Windows",
			       kind);
	if (timeout <= 0 || count < 1 || timeout * (double)count > WINDOWS_PROBE_SECONDS)
		return err_set(err, ERR_USAGE, EINVAL, "A probe takes at most %d seconds",
			       WINDOWS_PROBE_SECONDS);
	if (lab->windows_probes >= WINDOWS_PROBES)
		return err_set(err, ERR_USAGE, EAGAIN, "Too many probes are under way");
	return 0;
}

void windows_verb_probe(struct conn *c, uint64_t id, struct msg *m)
{
	const char *kind = json_str(m->body, "kind", "");
	const json_t *args = json_object_get(m->body, "args");
	struct asker *a;
	struct err err = {0};

	if (check_probe(c->lab, kind, args, &err) < 0) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	a = asker_new(c, id);
	if (!a)
		return;
	c->lab->windows_probes++;
	node_probe(c->node, kind, args, on_probed, a);
}

/* --- changing */

static void on_changed(void *arg, const json_t *result, const json_t *error)
{
	struct asker *a = arg;
	struct conn *c = conn_find(a->lab, a->conn);

	if (c)
		peer_answer(c->peer, a->id,
			    error ? json_pack("{s:O}", "error", error)
				  : json_pack("{s:O}", "result", result),
			    NULL, 0);
	free(a);
}

void windows_verb_change(struct conn *c, uint64_t id, struct msg *m)
{
	const char *op = json_str(m->body, "op", "");
	json_t *args = json_object_get(m->body, "args");
	struct asker *a;
	struct err err = {0};

	if (!guest_may_command(c))
		err_set(&err, ERR_USAGE, EPERM, "Only the learner and root may change Windows");
	else if (!op[0] || strlen(op) > OP_NAME_MAX || (args && !json_is_object(args)))
		err_set(&err, ERR_USAGE, EINVAL, "A change is an operation and its arguments");
	if (err.kind) {
		peer_answer_err(c->peer, id, &err);
		return;
	}
	a = asker_new(c, id);
	if (a)
		windows_change(c->lab, op, json_incref(args), guest_by(c->lab), on_changed, a);
}
