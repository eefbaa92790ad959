/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One routing socket of one network namespace: opened inside it once, kept, and asked one request
 * at a time. */
#ifndef NETDOJO_NETNS_RTSOCK_H
#define NETDOJO_NETNS_RTSOCK_H

#include <stdint.h>

#include "base/err.h"

struct nl_sock;
struct nl_msg;

struct rtsock {
	struct nl_sock *sk; /* NULL = not open */
};

/* Opens it in the caller's current network namespace. */
int rtsock_open(struct rtsock *ret, struct err *err);
void rtsock_close(struct rtsock *s);

/*
 * Sends one request and waits for the kernel's answer. A refusal is a negative errno, and err has
 * the kernel's own sentence (its extended acknowledgement, which libnl drops) or else strerror's.
 */
int rtsock_call(struct rtsock *s, struct nl_msg *msg, struct err *err);

/* As rtsock_call, but a refusal with -fine is success: the thing is there already, or gone already.
 */
int rtsock_call_but(struct rtsock *s, struct nl_msg *msg, int fine, struct err *err);

/* The index of an interface; 0 when there is none of that name. Works from any namespace. */
unsigned int rtsock_ifindex(const struct rtsock *s, const char *ifname);

/* As above, but a missing interface is -ENODEV "No interface eth0". */
int rtsock_need_ifindex(const struct rtsock *s, const char *ifname, unsigned int *ret,
			struct err *err);

/* An ioctl about an interface of the socket's namespace, from any: 0 or a negative errno. */
struct ifreq;
int rtsock_ioctl(const struct rtsock *s, unsigned long request, struct ifreq *ifr);

/*
 * Has the kernel do now what it does a moment after a change of carrier (linkwatch_sync_dev, which asking for the carrier
 * implies): until then a link drops packets, and a bridge's port forwards none.
 */
void rtsock_settle(const struct rtsock *s, const char *ifname);

/* Turns one of libnl's own error numbers into a struct err; the only place that knows them. */
int rtsock_nlerr(struct err *err, int nlerr, const char *what);

#endif
