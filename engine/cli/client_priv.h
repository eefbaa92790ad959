/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What client.c and boot.c share. */
#ifndef NETDOJO_CLI_CLIENT_PRIV_H
#define NETDOJO_CLI_CLIENT_PRIV_H

#include <sys/types.h>

#include "cli/client.h"
#include "cli/statedir.h"

enum {
	CLIENT_END_MS = 5000
}; /* how long a held lab may take to end before we leave it to the kernel */

struct client {
	int sock;
	int64_t last_id;
	json_t *queue;	/* notices that came while an answer was awaited */
	bool held;	/* the lab dies with this connection */
	pid_t launcher; /* the netdojo-lab we started; ends by itself once the lab's init lives. 0 =
			   none */
	int dir;	/* state folder of a held, named lab; -1 = none */
	char lab[LAB_NAME_MAX + 1];
	ino_t inode; /* of its name in that folder */
};

/* A client over a connected socket, which it then owns. */
int client_new(int sock, struct client **ret, struct err *err);

/* Sends a request (stolen) and tells its id. */
int client_send(struct client *c, json_t *req, const int *fds, size_t n_fds, int64_t *ret_id,
		struct err *err);
/* Its answer, which is waited for; what comes before is kept for client_notice. */
int client_await(struct client *c, int64_t id, struct msg *ret, struct err *err);

#endif
