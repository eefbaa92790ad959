/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A build port over the small kernel of sim.h. */
#define _GNU_SOURCE
#include "tests/unit/lab_sim_port.h"

#include <string.h>
#include <sys/socket.h>

#include "tests/unit/sim.h"

/* What can't be there twice, or be missed: everything else may be asked for as often as one likes. */
static bool is_strict(enum op_kind k)
{
	return k == OP_NODE_ADD || k == OP_NODE_DEL || k == OP_SEGMENT_ADD || k == OP_SEGMENT_DEL ||
	       k == OP_LINK_ADD || k == OP_LINK_DEL;
}

/* As the kernel's transactions are: tables of the old text go if they are there. */
static void force_ruleset(struct sim_port *p, const struct op *op)
{
	sim_put_ruleset(p->state, op->node ? op->node->name : NULL, op->ruleset);
}

static int sim_port_apply(void *ctx, const struct op *op, struct err *err)
{
	struct sim_port *p = ctx;
	int n = p->calls++;
	int rc;

	if (n == p->fail_at || (p->fail_from >= 0 && n >= p->fail_from))
		return err_sys(err, EPERM, "Operation %d fails", n);
	rc = sim_apply(p->state, op, err);
	if (rc < 0 && op->kind == OP_RULESET_SET)
		force_ruleset(p, op);
	return rc < 0 && is_strict(op->kind) ? rc : 0;
}

static void sim_port_undo(void *ctx, const struct op *op)
{
	struct sim_port *p = ctx;
	struct op back = *op;

	back.kind = OP_NODE_DEL; /* the lab undoes nothing else so */
	sim_apply(p->state, &back, NULL);
}

static int sim_port_read(void *ctx, const char *node, enum read_what what, const char *arg,
			 json_t **ret, struct err *err)
{
	(void)ctx, (void)node, (void)what, (void)arg, (void)ret;
	return err_set(err, ERR_MACHINE, ENOSYS, "Nothing to read");
}

static int sim_port_socket(void *ctx, const char *node, int type, const char *address,
			   uint16_t port, struct err *err)
{
	(void)ctx, (void)node, (void)type, (void)address, (void)port, (void)err;
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int sim_port_netns(void *ctx, const char *node)
{
	(void)ctx, (void)node;
	return STDIN_FILENO;
}

void sim_port_init(struct sim_port *p)
{
	*p = (struct sim_port){.port = {.ctx = p,
					.apply = sim_port_apply,
					.undo = sim_port_undo,
					.read = sim_port_read,
					.open_socket = sim_port_socket,
					.netns_fd = sim_port_netns},
			       .state = sim_new(),
			       .fail_at = -1,
			       .fail_from = -1};
}

void sim_port_done(struct sim_port *p)
{
	json_decref(p->state);
	p->state = NULL;
}

static void forget(json_t *state)
{
	const char *name;
	json_t *node;

	json_object_clear(json_object_get(state, "services"));
	json_object_clear(json_object_get(state, "ghosts"));
	json_object_foreach (json_object_get(state, "nodes"), name, node)
		json_object_clear(json_object_get(node, "files"));
}

static bool first(const json_t *got, const json_t *want, const char *path, char *ret, size_t size)
{
	auto_free char *a = NULL, *b = NULL;
	char down[400];
	const char *key;
	json_t *v;

	if (json_equal(got, want))
		return false;
	json_object_foreach ((json_t *)got, key, v) {
		snprintf(down, sizeof(down), "%.300s/%.60s", path, key);
		if (first(v, json_object_get(want, key), down, ret, size))
			return true;
	}
	json_object_foreach ((json_t *)want, key, v) {
		snprintf(down, sizeof(down), "%.300s/%.60s", path, key);
		if (first(json_object_get(got, key), v, down, ret, size))
			return true;
	}
	a = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;
	b = want ? json_dumps(want, JSON_ENCODE_ANY) : NULL;
	snprintf(ret, size, "%s: got %s, wanted %s", path, a ? a : "nothing", b ? b : "nothing");
	return true;
}

void sim_port_differs(const struct sim_port *p, const struct model *m, char *ret, size_t size)
{
	auto_json json_t *got = json_deep_copy(p->state);
	auto_json json_t *want = m ? sim_of(m) : sim_new();

	forget(got);
	forget(want);
	sim_settle(got, want);
	ret[0] = '\0';
	first(got, want, "", ret, size);
}
