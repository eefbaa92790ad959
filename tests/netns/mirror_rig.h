/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two nodes with one address (tests/data/mirror.json), and who reaches whom there. */
#ifndef NETDOJO_TESTS_NETNS_MIRROR_RIG_H
#define NETDOJO_TESTS_NETNS_MIRROR_RIG_H

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "build_lab.h"

/* The guest's window: one aligned block of 4096. */
enum { WINDOW = 0xa000, WINDOW_END = 0xafff };

extern struct lab mirror_lab;
/* Both nodes, and Windows alone. */
extern struct model *mirror_whole, *mirror_alone;
/* The window's ranges: TCP's, UDP's. */
extern const struct port_range mirror_window[2];
/* IPv4 and IPv6 of the phone, and of both machines. */
extern const char *const mirror_phone[2], *const mirror_both[2];

void mirror_setup(void);
void mirror_teardown(void);

/* Caller frees. */
struct model *mirror_model(const json_t *j);
void mirror_change(const struct model *a, const struct model *b);
void mirror_steer(const struct port_range *ports, size_t n);
/* All of it, steered by the window. */
void mirror_build(void);

int mirror_open(const char *node, int type, const char *address, uint16_t port);
socklen_t mirror_fill(struct sockaddr_storage *ret, const char *address, uint16_t port);
bool mirror_ready(int fd, short what, int ms);
bool mirror_udp_goes(int server, int client);

/* A listener and a client of one protocol, and whether they reach each other. */
struct way {
	const char *from, *to, *address;
	uint16_t port;
	int type;
};
bool mirror_goes(const struct way *w);
/* Refused or not, nobody answers. */
bool mirror_hangs(const struct way *w);

#define GOES(...) ck_assert(mirror_goes(&(struct way){__VA_ARGS__}))

#endif
