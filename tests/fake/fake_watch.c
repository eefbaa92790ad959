/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A watch port that sees only what a test pushes. */
#include "tests/fake/fake_watch.h"

#include <stdio.h>
#include <sys/eventfd.h>

#include "base/cleanup.h"

static void wake(struct fake_watch *f)
{
	uint64_t one = 1;

	if (write(f->waiting, &one, sizeof(one)) != sizeof(one))
		abort();
}

static int fake_add(void *ctx, const struct watch_node *n, struct err *err)
{
	struct fake_watch *f = ctx;
	int on = !f->refuse;

	(void)err;
	json_object_set_new(f->nodes, n->name, json_integer(n->generation));
	fake_watch_push(f, json_pack("{s:s, s:s, s:s, s:i, s:{s:b, s:b, s:b, s:b}}", "kind", "lab",
				     "what", "recorders", "node", n->name, "gen",
				     (int)n->generation, "recorders", "packets", on, "changes", on,
				     "exec", on, "files", on));
	return 0;
}

static void fake_remove(void *ctx, const char *name)
{
	struct fake_watch *f = ctx;

	json_object_del(f->nodes, name);
}

static int fake_answer(void *ctx, const char *node, unsigned gen, unsigned n, int error,
		       struct err *err)
{
	struct fake_watch *f = ctx;
	char key[64];

	(void)err;
	snprintf(key, sizeof(key), "%s %u %u", node, gen, n);
	json_object_set_new(f->answers, key, json_integer(error));
	return 0;
}

static int fake_fd(void *ctx)
{
	const struct fake_watch *f = ctx;

	return f->waiting;
}

static int fake_next(void *ctx, json_t **ret, struct err *err)
{
	struct fake_watch *f = ctx;
	json_t *batch = json_array_get(f->batches, 0);
	uint64_t one;

	if (f->dead)
		return err_sys(err, EPIPE, "The fake watch died");
	if (!batch)
		return 0;
	if (read(f->waiting, &one, sizeof(one)) != sizeof(one))
		abort();
	*ret = json_incref(batch);
	json_array_remove(f->batches, 0);
	return 1;
}

void fake_watch_init(struct fake_watch *f)
{
	*f = (struct fake_watch){
		.port = {.ctx = f,
			 .add = fake_add,
			 .remove = fake_remove,
			 .fd = fake_fd,
			 .next = fake_next,
			 .answer = fake_answer},
		.answers = json_object(),
		.batches = json_array(),
		.nodes = json_object(),
		.waiting = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE),
	};
}

void fake_watch_done(struct fake_watch *f)
{
	json_decref(f->batches);
	json_decref(f->answers);
	json_decref(f->nodes);
	fd_closep(&f->waiting);
}

void fake_watch_push(struct fake_watch *f, json_t *event)
{
	json_array_append_new(f->batches, json_pack("[o]", event));
	wake(f);
}

void fake_watch_die(struct fake_watch *f)
{
	f->dead = true;
	wake(f);
}
