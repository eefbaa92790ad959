/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab from a model, in a hub of the test's own. */
#define _GNU_SOURCE
#include "build_lab.h"

#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void lab_open(struct lab *l)
{
	struct err err = {0};

	*l = (struct lab){0};
	prctl(PR_SET_DUMPABLE, 1); /* a leak checker looks into its own process */
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	ck_assert_msg(build_open(&l->port, &err) == 0, "%s", err.msg);
}

void lab_apply(struct lab *l, const struct op *op)
{
	struct err err = {0};

	ck_assert_msg(l->port.apply(l->port.ctx, op, &err) == 0, "%s", err.msg);
	ck_assert_int_eq(err.code, 0);
}

static bool is_ours(enum op_kind k)
{
	return k != OP_FILE_SET && k != OP_SERVICE_START;
}

void lab_build_nat(struct lab *l)
{
	struct err err = {0};
	json_error_t je;
	auto_json json_t *j = json_load_file(NAT_JSON, 0, &je);

	ck_assert_msg(j != NULL, "%s", je.text);
	ck_assert_msg(model_from_json(j, &l->model, &err) == 0, "%s", err.msg);
	ck_assert_msg(plan_make(NULL, l->model, &l->plan, &err) == 0, "%s", err.msg);
	for (size_t i = 0; i < l->plan.n; i++)
		if (is_ours(l->plan.ops[i].kind))
			lab_apply(l, &l->plan.ops[i]);
}

void lab_close(struct lab *l)
{
	plan_done(&l->plan);
	model_free(l->model);
	build_close(&l->port);
}

const struct op *lab_op(const struct lab *l, enum op_kind kind, const char *node)
{
	for (size_t i = 0; i < l->plan.n; i++)
		if (l->plan.ops[i].kind == kind && l->plan.ops[i].node &&
		    !strcmp(l->plan.ops[i].node->name, node))
			return &l->plan.ops[i];
	ck_abort_msg("the plan has no %s on %s", op_kind_name(kind), node);
	return NULL;
}

json_t *lab_read(struct lab *l, const char *node, enum read_what what, const char *arg)
{
	struct err err = {0};
	json_t *j = NULL;

	ck_assert_msg(l->port.read(l->port.ctx, node, what, arg, &j, &err) == 0, "%s", err.msg);
	return j;
}

json_t *lab_look(json_t *array, const char *key, const char *value)
{
	json_t *o;
	size_t i;

	json_array_foreach (array, i, o)
		if (!strcmp(json_str(o, key, ""), value))
			return o;
	return NULL;
}

json_t *lab_find(json_t *array, const char *key, const char *value)
{
	json_t *o = lab_look(array, key, value);
	char *all = o ? NULL : json_dumps(array, JSON_INDENT(1));

	ck_assert_msg(o != NULL, "nothing with %s %s in %s", key, value, all ? all : "");
	return o;
}

/* A routing socket that hears of links, opened in a node. */
static int open_monitor(struct lab *l, const char *node)
{
	struct sockaddr_nl nl = {.nl_family = AF_NETLINK,
				 .nl_groups = RTMGRP_LINK | RTMGRP_IPV6_IFADDR};
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd;

	ck_assert_int_ge(home, 0);
	ck_assert_int_eq(setns(l->port.netns_fd(l->port.ctx, node), CLONE_NEWNET), 0);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&nl, sizeof(nl)), 0);
	ck_assert_int_eq(setns(home, CLONE_NEWNET), 0);
	close(home);
	return fd;
}

static bool has_settled_fe80(json_t *link)
{
	json_t *a = lab_look(json_object_get(link, "addr_info"), "scope", "link");

	return a && !json_flag(a, "tentative", false);
}

static bool is_settled(json_t *links)
{
	json_t *l;
	size_t i;

	json_array_foreach (links, i, l)
		if (!strcmp(json_str(l, "kind", ""), "veth") &&
		    (strcmp(json_str(l, "operstate", ""), "UP") != 0 || !has_settled_fe80(l)))
			return false;
	return true;
}

void lab_wait_settled(struct lab *l, const char *node)
{
	struct pollfd p = {.fd = open_monitor(l, node), .events = POLLIN};
	char buf[8192];

	for (;;) {
		auto_json json_t *links = lab_read(l, node, READ_LINKS, "");

		if (is_settled(links))
			break;
		ck_assert_msg(poll(&p, 1, 5000) == 1, "%s does not settle", node);
		ck_assert_int_gt(recv(p.fd, buf, sizeof(buf), 0), 0);
	}
	close(p.fd);
}

int lab_run(struct lab *l, const char *node, const char *const argv[])
{
	int status, null;
	pid_t pid = fork();

	if (pid == 0) {
		if (setns(l->port.netns_fd(l->port.ctx, node), CLONE_NEWNET) < 0)
			_exit(126);
		null = open("/dev/null", O_RDWR);
		dup2(null, 1);
		execvp(argv[0], (char **)argv);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
