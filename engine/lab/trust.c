/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's certificate authority. */
/*
 * Theory of operation. Making it costs 7.5 ms of processor time (OpenSSL 3.0), a quarter of all that `up` and `down` cost
 * together, and only a program that somebody runs in a node ever looks at the certificates. So serve is asked for it
 * when the first such program is to start, and that program waits.
 */
#define _GNU_SOURCE
#include "lab/trust.h"

#include <sys/queue.h>

struct waiter {
	STAILQ_ENTRY(waiter) link;
	trust_fn fn;
	void *arg;
};

struct trust {
	bool asked, stands;
	STAILQ_HEAD(, waiter) waiters;
};

static struct trust *trust_of(struct lab *lab)
{
	if (!lab->trust) {
		lab->trust = calloc(1, sizeof(*lab->trust));
		if (lab->trust)
			STAILQ_INIT(&lab->trust->waiters);
	}
	return lab->trust;
}

static void tell(struct trust *t, const struct err *err)
{
	struct waiter *w;

	while ((w = STAILQ_FIRST(&t->waiters))) {
		STAILQ_REMOVE_HEAD(&t->waiters, link);
		w->fn(w->arg, err);
		free(w);
	}
}

static void on_ca(void *arg, struct msg *m, const struct err *err)
{
	struct lab *lab = arg;
	struct err bad = {0};

	if (lab->phase == LAB_ENDING || !lab->trust)
		return;
	if (err)
		bad = *err;
	if (err || lab->ports.trust(lab->ports.trust_ctx, json_str(m->body, "pem", ""), &bad) < 0) {
		tell(lab->trust, &bad);
		lab_fail(lab, &bad);
		return;
	}
	lab->trust->stands = true;
	tell(lab->trust, NULL);
}

void trust_when(struct lab *lab, trust_fn fn, void *arg)
{
	struct trust *t = trust_of(lab);
	struct waiter *w = t ? calloc(1, sizeof(*w)) : NULL;
	struct err err = {0};

	if (!w) {
		err_sys(&err, ENOMEM, "Can't wait for the lab's certificates");
		fn(arg, &err);
		return;
	}
	*w = (struct waiter){.fn = fn, .arg = arg};
	STAILQ_INSERT_TAIL(&t->waiters, w, link);
	if (t->stands || !lab->ports.trust) {
		tell(t, NULL);
	} else if (!t->asked) {
		t->asked = true;
		peer_call(lab->serve, json_pack("{s:s}", "do", "ca"), NULL, 0, on_ca, lab);
	}
}

void trust_done(struct lab *lab)
{
	struct err err = {0};

	if (!lab->trust)
		return;
	err_set(&err, ERR_MACHINE, ECANCELED, "The lab has ended");
	tell(lab->trust, &err);
	free(lab->trust);
	lab->trust = NULL;
}
