/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One spelling for every value, so that comparing two models is comparing strings. */
#ifndef NETDOJO_MODEL_NORMAL_H
#define NETDOJO_MODEL_NORMAL_H

#include "model/model.h"

/*
 * Fills in the defaults that depend on other values (host name, user, a route's family) and
 * rewrites addresses, networks and MACs in their canonical form. The strings are already known to
 * be well formed.
 */
int model_normalise(struct model *m, struct err *err);

#endif
