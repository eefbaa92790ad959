/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lab of fakes in this very process: real engine/lab, its loop turned by the test, which is the boss, the script, serve and
 * whoever else connects. Nothing here waits for time.
 */
#ifndef NETDOJO_TEST_LAB_RIG_H
#define NETDOJO_TEST_LAB_RIG_H

#include <check.h>

#include "lab/lab.h"
#include "tests/fake/fake_build.h"
#include "tests/fake/fake_peer.h"
#include "tests/fake/fake_proc.h"
#include "tests/fake/fake_watch.h"

struct rig {
	struct lab lab;
	struct lab_ports ports; /* may be changed before rig_open */
	struct fake_build build;
	struct fake_proc proc;
	struct fake_watch watch;
	struct fake_peer script, serve;
	bool script_deaf, serve_deaf; /* answer nothing */
	int boss;		      /* our end */
	char dir[64];		      /* the attempt's */
	uint64_t next_id;
	json_t *notices; /* what came in between to whom we asked for; owned */
};

/* The ports and helpers, with answers for a healthy and a broken NAT lab. */
void rig_init(struct rig *r);
/* The lab, not yet asked to boot. */
void rig_open(struct rig *r);
void rig_done(struct rig *r);
/* Everybody has their turn until nobody has anything to do. */
void rig_turn(struct rig *r);

/* The boot request with these keys over the usual ones (stolen; NULL = none), and its answer, NULL when none came. Caller owns. */
json_t *rig_boot(struct rig *r, json_t *more);
/* init, open and boot, asserting that it is ready. */
void rig_up(struct rig *r, json_t *more);

/* Sends and takes the answer that comes without time passing; NULL when there is none. body is stolen; caller owns. */
json_t *rig_ask(struct rig *r, int fd, json_t *body);
json_t *rig_ask_fds(struct rig *r, int fd, json_t *body, const int *fds, size_t n);
/* One that is not waited for: its id. */
uint64_t rig_send(struct rig *r, int fd, json_t *body);
/* What has come on fd and was not yet taken; NULL when nothing. *ret_closed (may be NULL): its end. Caller owns. */
json_t *rig_next(struct rig *r, int fd, bool *ret_closed);
/* The error's message in an answer; "" when it is none. */
const char *rig_error(const json_t *answer);

/* A connection as a program in the node has; our end. */
int rig_guest(struct rig *r, const char *node);
/* A connection as the command line has. */
int rig_host(struct rig *r);
/* The attempt's log, asserted to be whole lines numbered from 1. Caller owns. */
json_t *rig_log(const struct rig *r);
/* How many events in it have this kind and, unless NULL, this "what". */
size_t rig_logged(const struct rig *r, const char *kind, const char *what);
/* tests/data/nat.json; caller owns. */
json_t *rig_nat(void);
/* The same with wsl's default route gone. */
json_t *rig_nat_broken(void);
/* A node of a model's JSON. Borrowed. */
json_t *rig_node(const json_t *model, const char *name);

/* The uid that programs in a node are known by must be 0: in a user namespace where we are not. False when that can't be had. */
bool rig_be_root(void);

TCase *lab_actor_case(void);
TCase *lab_boot_case(void);
TCase *lab_change_case(void);
TCase *lab_device_case(void);
TCase *lab_exec_case(void);
TCase *lab_fair_case(void);
TCase *lab_guest_case(void);
TCase *lab_host_case(void);
TCase *lab_life_case(void);
TCase *lab_localhost_case(void);
TCase *lab_log_case(void);
TCase *lab_peer_case(void);
TCase *lab_port_space_case(void);
TCase *lab_verify_case(void);
TCase *lab_windows_case(void);
TCase *lab_wsl_life_case(void);

#endif
