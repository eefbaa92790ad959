/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WSL's relay of Windows' localhost: for each port that a program in WSL listens on, one on 127.0.0.1 or ::1 of the Windows
 * node that leads to it; on every address there where its ports are published (port_space.h).
 */
#ifndef NETDOJO_LAB_LOCALHOST_H
#define NETDOJO_LAB_LOCALHOST_H

#include "lab/lab.h"

/* The lab has changed: relays while WSL runs and localhostForwarding is on, or its ports are to be published, not else. */
void localhost_update(struct lab *lab);
/* Has quiet called once serve has answered for every relay that begins or ends; false when there is none to wait for. */
bool localhost_settle(struct lab *lab, void (*quiet)(void *arg), void *arg);
/* Whether it has one of that port on Windows, or is about to. */
bool localhost_relays(const struct lab *lab, uint16_t port);
/* Looks at what listens in WSL, as it does each second. */
void localhost_look(struct lab *lab);
/* Where a relay of that name connects: a node's name; NULL when it is none of ours. */
const char *localhost_onward(const struct lab *lab, const char *service);
/* [{"address":"127.0.0.1","port":8000}]: what listens now. Caller owns it. */
json_t *localhost_json(const struct lab *lab);
/* The lab ends. */
void localhost_done(struct lab *lab);

#endif
