/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netdojo-lab: becomes an ordinary user, makes the lab's namespaces, and in them runs the lab with the real ports.
 * Descriptor 3 is the boss socket.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/helper.h"
#include "lab/lab.h"
#include "netns/build.h"
#include "netns/leave_root.h"
#include "netns/node_port.h"
#include "netns/userns.h"
#include "netns/watch_port.h"

/* Namespaces made while the script loads, so that a usual lab finds them there. */
enum { USUAL_NODES = 5 };

/* What helper processes see of our environment: nothing. */
static char *const no_env[] = {NULL};

/* Answers the boot request, the first message there, with err. */
static void refuse(int boss, const struct err *err)
{
	auto_json json_t *answer = NULL;
	auto_msg m = {0};

	if (msg_recv(boss, &m, 0, NULL) <= 0)
		return;
	answer =
		json_pack("{s:I, s:o}", "re", json_int(m.body, "id", 1), "error", err_to_json(err));
	msg_send(boss, answer, NULL, 0, NULL);
}

/* Starts a helper with its end of a new pair as descriptor 3; *ret is ours. Returns its pid. */
static int start_helper(const char *name, int *ret, struct err *err)
{
	int pair[2], rc = msg_pair(pair, err);

	if (rc < 0)
		return rc;
	rc = helper_start(name, pair[1], no_env, err);
	close(pair[1]);
	if (rc < 0) {
		close(pair[0]);
		return rc;
	}
	*ret = pair[0];
	return rc;
}

/* The helpers load side by side with what we do next, which is why they come first. */
static int open_ports(struct lab_ports *p, enum idmap_kind map, struct err *err)
{
	struct node_setup setup = {.range_map = map == IDMAP_RANGE};
	pid_t watch;
	int rc;

	*p = (struct lab_ports){.script = -1, .serve = -1};
	rc = p->script_pid = start_helper("netdojo-script", &p->script, err);
	if (rc >= 0)
		rc = start_helper("netdojo-serve", &p->serve, err);
	if (rc >= 0)
		rc = watch_port_start(&p->watch, &watch, err);
	if (rc == 0)
		rc = build_open(&p->build, err);
	if (rc == 0)
		build_prepare(&p->build, USUAL_NODES);
	if (rc == 0)
		rc = node_port_open(&setup, &p->proc, err);
	if (rc < 0)
		return rc;
	p->trust = node_port_trust;
	p->trust_ctx = p->proc.ctx;
	p->id_map = map == IDMAP_RANGE ? "range" : "one";
	return 0;
}

/* What crosses the clone. */
struct launch {
	int boss;
	bool for_root;
};

static int init_main(enum idmap_kind map, void *arg)
{
	const struct launch *l = arg;
	int boss = l->boss;
	struct lab_ports ports;
	struct err err = {0};

	prctl(PR_SET_NAME, "netdojo-lab");
	signal(SIGPIPE, SIG_IGN);
	if (open_ports(&ports, map, &err) < 0) {
		refuse(boss, &err);
		return err.kind;
	}
	ports.for_root = l->for_root;
	return lab_run(boss, &ports);
}

int main(void)
{
	int boss = fcntl(HELPER_FD, F_DUPFD_CLOEXEC, 10);
	struct launch launch = {boss, geteuid() == 0};
	struct err err = {0};
	pid_t init;

	if (boss < 0) {
		dprintf(STDERR_FILENO, "netdojo-lab: is started by netdojo, not by hand\n");
		return ERR_USAGE;
	}
	close(HELPER_FD);
	if (leave_root(&err) < 0 || userns_clone(init_main, &launch, &init, NULL, &err) < 0) {
		refuse(boss, &err);
		return err.kind;
	}
	/* init lives on; whoever adopts orphans adopts it. */
	return 0;
}
