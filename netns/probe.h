/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes run in a child of the agent, each kind in a file of its own; results as in port/proc.h. */
#ifndef NETDOJO_NETNS_PROBE_H
#define NETDOJO_NETNS_PROBE_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/json.h"
#include "netns/spawn.h"

struct probe {
	const json_t *args;
	const struct spawn_ctx *spawn;
	int64_t started;  /* CLOCK_MONOTONIC, microseconds */
	int64_t deadline; /* the same clock */
	json_t *result;	  /* "ok", "ms" and "error" are filled in by probe_run when absent */
};

struct probe_kind {
	const char *name;
	void (*run)(struct probe *p);
	double timeout;	 /* seconds, unless args say */
	bool keeps_time; /* ends by itself at its deadline; else it is killed there */
};

/* NULL for an unknown name. */
const struct probe_kind *probe_find(const char *name);
double probe_timeout(const struct probe_kind *k, const json_t *args);
/* Runs it in this (forked) process. Caller owns the result. */
json_t *probe_run(const struct probe_kind *k, const json_t *args, const struct spawn_ctx *spawn);
/* What to report of one that had to be killed at its deadline. Caller owns it. */
json_t *probe_killed(const struct probe_kind *k, double seconds);

/* For the probes. */
int64_t probe_now(void);
/* Milliseconds left until the deadline, rounded up, at least 0. */
int probe_left(const struct probe *p);
void probe_set(struct probe *p, const char *key, json_t *value); /* steals value */
int probe_fail(struct probe *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* poll() for one descriptor until the deadline: revents, or 0 at the deadline. */
int probe_poll(const struct probe *p, int fd, short events);
/* Parses a literal address; a link-local one may have its interface's index ("fe80::1%3"). 0 or -EINVAL. */
int probe_address(const char *text, uint16_t port, struct sockaddr_storage *ret,
		  socklen_t *ret_len);

/* Before getaddrinfo(): this process asks the kernel for no addresses of its own any more (probe_names.c). */
void probe_names(void);

void probe_ping(struct probe *p);
void probe_lookup(struct probe *p);
void probe_resolve(struct probe *p);
void probe_connect(struct probe *p);
void probe_http(struct probe *p);
void probe_pmtu(struct probe *p);
void probe_command(struct probe *p);
void probe_file(struct probe *p);

#endif
