/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of the build port: a lab from a model, in a hub of the test's own. */
#ifndef NETDOJO_TESTS_NETNS_BUILD_LAB_H
#define NETDOJO_TESTS_NETNS_BUILD_LAB_H

#include <check.h>

#include "model/plan.h"
#include "netns/build.h"

/* A model's strings are not const; a test's literals are never written. */
#define S(text) ((char *)(text))

struct lab {
	struct build_port port;
	struct model *model;
	struct plan plan;
};

/* Each test runs in a child of its own, so the kernel clears up after it. */
void lab_open(struct lab *l);
/* tests/data/nat.json, built. */
void lab_build_nat(struct lab *l);
void lab_close(struct lab *l);

/* The first operation of a kind on a node; fails the test when the plan has none. */
const struct op *lab_op(const struct lab *l, enum op_kind kind, const char *node);
void lab_apply(struct lab *l, const struct op *op);
/* Owned by the caller. */
json_t *lab_read(struct lab *l, const char *node, enum read_what what, const char *arg);
/* The element of an array of objects whose key is value; fails the test when there is none.
 * Borrowed. */
json_t *lab_find(json_t *array, const char *key, const char *value);
/* As lab_find, but NULL when there is none. */
json_t *lab_look(json_t *array, const char *key, const char *value);
/* Until the kernel's own workers have got to it: interfaces are called UP and have their fe80. */
void lab_wait_settled(struct lab *l, const char *node);
/* The exit status of a program run inside a node's network. */
int lab_run(struct lab *l, const char *node, const char *const argv[]);

TCase *build_nat_case(void);
TCase *build_ops_case(void);
TCase *build_errors_case(void);
TCase *build_bridge_case(void);
TCase *build_mirror_case(void);
TCase *build_steer_case(void);
TCase *build_manner_case(void);
TCase *build_ruleset_case(void);

#endif
