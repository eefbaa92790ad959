/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of the host's that must work in a node, in both id maps; each is passed over where it is
 * not installed. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node_fixture.h"
#include "test_node.h"

static const struct {
	const char *program, *user, *line, *expect;
} uses[] = {
	{"ping", "learner", "ping -c1 -W1 127.0.0.1", "1 received"},
	{"ping", "root", "ping -c1 -W1 127.0.0.1", "1 received"},
	{"tcpdump", "root",
	 "tcpdump -i lo -c1 -w /tmp/x.pcap 'icmp[0] == 8' 2>/tmp/log & "
	 "while kill -0 $! 2>/dev/null; do ping -c1 -W1 127.0.0.1 >/dev/null; done; wait; tcpdump "
	 "-nr /tmp/x.pcap; cat /tmp/log",
	 "ICMP echo request"},
	{"traceroute", "learner", "traceroute -n -q1 -m2 127.0.0.1", " 1  127.0.0.1"},
	{"dig", "learner", "dig +tries=1 +time=1 @127.0.0.1 example.com", "connection refused"},
	{"ufw", "root", "ufw --force enable; ufw allow 22/tcp; ufw status",
	 "22/tcp                     ALLOW"},
	{"git", "learner",
	 "cd /tmp; git init -q g; cd g; echo x > f; git add f; git -c user.name=a -c "
	 "user.email=a@b commit -qm m; "
	 "git log --oneline | wc -l",
	 "1\n"},
	{"ssh-keygen", "learner",
	 "ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/k; ssh-keygen -lf ~/.ssh/k", "(ED25519)"},
	{"nft", "root", "nft add table ip t; nft list tables", "table ip t"},
	{"ss", "learner", "ss -tln", "State"},
	{"getent", "learner", "getent hosts localhost", "localhost"},
	{"curl", "learner", "curl -sS http://127.0.0.1:9/ || echo refused", "refused"},
	{"python3", "learner", "python3 -c 'print(6*7)'", "42"},
	{"su", "root", "su nobody -s /bin/sh -c 'echo ok'", "ok"},
	{"ps", "learner", "ps ax", "/init"},
	{"hostname", "learner", "hostname", "wsl"},
};

static bool installed(const char *program)
{
	static const char *const dirs[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin"};
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], program);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

START_TEST(a_tool_works)
{
	struct node n = lab_plain("wsl", ROLE_WSL);
	struct lab_node l;
	struct outcome *o;

	if (!installed(uses[_i].program))
		return;
	l = lab_start(&n);
	ck_assert_int_eq(lab_sh(&l, "root", "ip link set lo up")->status, 0);
	o = lab_sh(&l, uses[_i].user, uses[_i].line);
	ck_assert_msg(strstr(o->out, uses[_i].expect), "%s\n%s", uses[_i].line, o->out);
	if (!strcmp(uses[_i].program, "ufw"))
		ck_assert_msg(!strstr(o->out, "WARN"), "%s", o->out);
	lab_stop(&l);
}
END_TEST

TCase *node_tools_case(void)
{
	TCase *t = tcase_create("tools");

	tcase_add_loop_test(t, a_tool_works, 0, (int)ARRAY_SIZE(uses));
	return t;
}
