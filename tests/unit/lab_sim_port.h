/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A build port over the small kernel of sim.h, as forgiving as port/build.h asks: setting what is set succeeds. */
#ifndef NETDOJO_TEST_LAB_SIM_PORT_H
#define NETDOJO_TEST_LAB_SIM_PORT_H

#include "port/build.h"

struct sim_port {
	struct build_port port;
	json_t *state; /* sim.h's; owned */
	int calls,
		fail_at; /* apply() number fail_at (from 0) does nothing and fails; -1 = none does */
	int fail_from;	 /* and from this one on all do; -1 = none */
};

/* The port's ctx is p, so p must not move. */
void sim_port_init(struct sim_port *p);
void sim_port_done(struct sim_port *p);
/* Where the state differs from what m asks for, less what the port does not make (files, services); "" = nowhere. */
void sim_port_differs(const struct sim_port *p, const struct model *m, char *ret, size_t size);

#endif
