/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One ICMP echo at a time over a datagram socket, with the errors routers send back. */
#ifndef NETDOJO_NETNS_PROBE_ECHO_H
#define NETDOJO_NETNS_PROBE_ECHO_H

#include <arpa/inet.h>

#include "netns/probe.h"

struct echo {
	int fd; /* owned */
	bool v6;
	struct sockaddr_storage to;
	socklen_t to_len;
	uint16_t seq;
	/* the last ICMP error: type and code, -1 = none; mtu of a "fragmentation needed" */
	int type, code;
	uint32_t mtu;
	int ttl;		     /* the last reply's; -1 = none */
	char from[INET6_ADDRSTRLEN]; /* who sent the last reply or ICMP error, "" = nobody */
	char error[64];		     /* the last local error, "" = none */
};

enum echo_answer { ECHO_REPLY, ECHO_ERROR, ECHO_SILENT, ECHO_UNSENT };

/* pmtudisc is IP_PMTUDISC_DO, _PROBE or _DONT. 0, or -1 with the probe failed. */
int echo_open(struct echo *e, struct probe *p, int pmtudisc);
void echo_close(struct echo *e);
/* Requests leave with this time to live. 0, or -1 with the probe failed. */
int echo_ttl(struct echo *e, struct probe *p, int ttl);
/* Sends payload bytes after the ICMP header and waits until the clock says `until`. */
enum echo_answer echo_once(struct echo *e, size_t payload, int64_t until);

#endif
