/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-script: the process that runs a scenario's Lua, with a message socket on descriptor 3 and
 * nothing else. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "bind/guard.h"
#include "bind/sandbox.h"
#include "bind/serve.h"

static int check_peer(struct err *err)
{
	int type = 0;
	socklen_t len = sizeof(type);

	if (getsockopt(SANDBOX_PEER, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
	    type != SOCK_SEQPACKET)
		return err_set(
			err, ERR_USAGE, EBADF,
			"Descriptor 3 is no message socket; netdojo starts this program itself");
	return 0;
}

int main(void)
{
	struct err err = {0};
	int rc = check_peer(&err);

	if (rc == 0) {
		json_object_seed(
			0); /* jansson opens /dev/urandom for it, which nothing can do later */
		guard_install(SANDBOX_PEER);
		rc = sandbox_enter(&err);
	}
	if (rc == 0)
		rc = serve_run(SANDBOX_PEER, &err);
	if (rc < 0 && rc != -EPIPE)
		fprintf(stderr, "netdojo-script: %s\n", err.msg);
	return rc < 0 ? (int)err.kind : 0;
}
