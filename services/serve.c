/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-serve: all imitated services of one lab in one process. */
#include "services/serve.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "services/boss.h"
#include "services/ca.h"
#include "services/service.h"

/*
 * Theory of operation. init holds the other end of descriptor 3 and sends sockets already bound in
 * the nodes' network namespaces; a socket stays in the namespace it was made in, so this process
 * never enters one and makes no network socket itself. One libevent loop serves everything; nothing
 * here blocks on the network, and all that clients may hold is bounded by quotas (quota.h). It ends
 * when init does.
 */
enum { BOSS_FD = 3 };

static int serve_open(struct serve *serve, struct err *err)
{
	serve->connections.max = QUOTA_TOTAL;
	serve->base = event_base_new();
	if (!serve->base)
		return err_sys(err, ENOMEM, "Can't make an event loop");
	return boss_open(serve, BOSS_FD, service_request, err);
}

static void serve_close(struct serve *serve)
{
	service_stop_all(serve);
	ca_free(serve);
	boss_close(serve);
	if (serve->base)
		event_base_free(serve->base);
}

/* The quotas are smaller than the usual soft limit of 1024; a smaller limit of the caller's is
 * lifted. */
static void lift_descriptor_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur < 1024) {
		rl.rlim_cur = rl.rlim_max < 1024 ? rl.rlim_max : 1024;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
}

int main(void)
{
	struct serve serve = {0};
	struct err err = {0};
	int rc;

	signal(SIGPIPE, SIG_IGN);
	lift_descriptor_limit();
	rc = serve_open(&serve, &err);
	if (rc < 0)
		fprintf(stderr, "netdojo-serve: %s\n", err.msg);
	else
		event_base_dispatch(serve.base);
	serve_close(&serve);
	return rc < 0 ? ERR_MACHINE : 0;
}
