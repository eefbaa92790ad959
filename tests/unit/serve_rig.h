/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plays the lab's init to a real netdojo-serve, on loopback sockets. */
#ifndef NETDOJO_TESTS_SERVE_RIG_H
#define NETDOJO_TESTS_SERVE_RIG_H

#include <check.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/json.h"
#include "base/msg.h"

struct rig {
	pid_t pid;
	int sock;
	int answers[2]; /* a pipe of json_t pointers from the thread that plays init */
	json_int_t id;
	pthread_t thread;
};

extern const char *rig_program;

void rig_up(struct rig *r);
/* Ends the program by closing its boss socket, and checks that it ended well. */
void rig_down(struct rig *r);

/* Sends a request (stolen) and returns the answer, the caller's. */
json_t *rig_call(struct rig *r, json_t *request, const int *fds, size_t n_fds);

/* A socket bound on 127.0.0.1 at a free port. */
int rig_bind(int type, uint16_t *ret_port);

/* Starts a service on one or two listens (udp and tcp of one port where both); returns the port. */
enum { RIG_UDP = 1, RIG_TCP = 2, RIG_UPSTREAM = 4, RIG_TLS = 8, RIG_V6 = 16 /* on ::1 */ };
uint16_t rig_start(struct rig *r, const char *kind, const char *name, const char *config, int what);
/* As rig_start, but returns the answer. */
json_t *rig_try(struct rig *r, const char *kind, const char *name, const char *config, int what,
		uint16_t *ret_port);
void rig_set(struct rig *r, const char *name, const char *config);
void rig_stop(struct rig *r, const char *name);

/* A TCP connection with a receive time-out of 5 s; -1 with errno. */
int rig_connect(uint16_t port);
int rig_connect6(uint16_t port);
/* Whether this machine has ::1. */
bool rig_has_v6(void);
/* Sends all, and reads to the end of the stream (or fewer than size bytes). */
void rig_send(int fd, const void *data, size_t len);
size_t rig_read(int fd, void *buf, size_t size);

void suite_dns(Suite *s);
void suite_dns_ask(Suite *s);
void suite_web(Suite *s);

#endif
