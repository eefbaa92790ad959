/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of a model share: how they complain, and that names differ. */
#ifndef NETDOJO_MODEL_CHECK_SAY_H
#define NETDOJO_MODEL_CHECK_SAY_H

#include "model/field.h"
#include "model/model.h"

/* "nodes[2].routes[0]: message", ERR_USAGE */
int check_wrong(struct err *err, const struct where *w, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The path of item i of a list. */
struct where check_item(const struct where *w, const char *list, size_t i);
/* The n names at base, step bytes apart (each the char * at offset), must differ. */
int check_unique(const void *base, size_t n, size_t step, size_t offset, const char *list,
		 const struct where *w, struct err *err);

#define UNIQUE(owner, list, key, w, err)                                                           \
	check_unique((owner)->list, (owner)->n_##list, sizeof(*(owner)->list),                     \
		     (owner)->n_##list ? (size_t)((const char *)&(owner)->list->key -              \
						  (const char *)(owner)->list)                     \
				       : 0,                                                        \
		     #list, w, err)

/* One node by itself: its interfaces, routes, rules, neighbours, files (check_node.c). */
int check_node(const struct model *m, const struct node *n, const struct where *w, struct err *err);
/* An interface's `mirrors` and `loopback` (check_mirror.c). */
int check_mirror(const struct model *m, const struct node *n, const struct iface *f,
		 const struct where *w, struct err *err);
/* A node's port_space (check_ports.c). */
int check_port_space(const struct model *m, const struct node *n, const struct where *w,
		     struct err *err);

#endif
