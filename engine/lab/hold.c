/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests that wait until the lab has shown its own fault. */
#include "lab/hold.h"

struct held {
	TAILQ_ENTRY(held) link;
	uint64_t conn, id;
	struct msg m;
	void (*run)(struct conn *c, uint64_t id, struct msg *m);
};

TAILQ_HEAD(held_list, held);

void hold_begin(struct lab *lab)
{
	lab->held = malloc(sizeof(*lab->held));
	if (lab->held)
		TAILQ_INIT(lab->held);
}

bool hold_request(struct conn *c, uint64_t id, struct msg *m,
		  void (*run)(struct conn *c, uint64_t id, struct msg *m))
{
	struct held *h = c->lab->held ? malloc(sizeof(*h)) : NULL;

	if (!h)
		return false;
	*h = (struct held){.conn = c->serial, .id = id, .m = *m, .run = run};
	*m = (struct msg){0};
	TAILQ_INSERT_TAIL(c->lab->held, h, link);
	return true;
}

static void drop(struct held_list *list, struct lab *run_in)
{
	struct held *h;

	while ((h = TAILQ_FIRST(list))) {
		struct conn *c = run_in ? conn_find(run_in, h->conn) : NULL;

		TAILQ_REMOVE(list, h, link);
		if (c)
			h->run(c, h->id, &h->m);
		msg_done(&h->m);
		free(h);
	}
	free(list);
}

void hold_end(struct lab *lab)
{
	struct held_list *list = lab->held;

	lab->held = NULL;
	if (list)
		drop(list, lab);
}

void hold_done(struct lab *lab)
{
	if (lab->held)
		drop(lab->held, NULL);
	lab->held = NULL;
}
