/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netdojo-capture over two joined namespaces, its output read back by libpcap. */
#define _GNU_SOURCE
#include <check.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "watch_rig.h"

static const char *program;
static struct rig rig;

/* A running capture and where it writes. */
struct running {
	pid_t pid;
	int out; /* read end of the pipe it writes to; -1 when it writes to a file */
	char head[64];
};

static void setup(void)
{
	rig_start(&rig);
	rig_wire(&rig);
}

static void teardown(void)
{
	rig_stop(&rig);
}

/* Starts it on both namespaces, and waits until its first block is there: every interface is
 * captured from then. */
static struct running start(const char *node_ifaces, const char *filter, int until)
{
	struct running r;
	char node[64], peer[64], end[16];
	int out[2];

	snprintf(node, sizeof(node), "wsl=%d%s", rig.node, node_ifaces);
	snprintf(peer, sizeof(peer), "router=%d:eth0", rig.peer);
	snprintf(end, sizeof(end), "%d", until);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	r.pid = fork();
	if (r.pid == 0) {
		fcntl(rig.node, F_SETFD, 0);
		fcntl(rig.peer, F_SETFD, 0);
		if (until >= 0)
			fcntl(until, F_SETFD, 0);
		dup2(out[1], 1);
		execl(program, "netdojo-capture", "--node", node, "--node", peer, "-w", "-",
		      "--filter", filter, until < 0 ? NULL : "--until", end, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	r.out = out[0];
	ck_assert_int_eq((int)read(r.out, r.head, 4), 4);
	return r;
}

/* All it writes from now on, as a file for libpcap. */
static pcap_t *finish(struct running *r, int sig)
{
	char why[PCAP_ERRBUF_SIZE] = "", buf[4096];
	FILE *f = tmpfile();
	ssize_t n;
	int status;

	ck_assert_ptr_nonnull(f);
	fwrite(r->head, 1, 4, f);
	if (sig)
		kill(r->pid, sig);
	while ((n = read(r->out, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, f);
	close(r->out);
	ck_assert_int_eq(waitpid(r->pid, &status, 0), r->pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "ended with %#x", status);
	rewind(f);
	pcap_t *p = pcap_fopen_offline(f, why);
	ck_assert_msg(p != NULL, "%s", why);
	return p;
}

static int count(pcap_t *p)
{
	struct pcap_pkthdr *h;
	const unsigned char *data;
	struct timeval last = {0};
	int n = 0, rc;

	while ((rc = pcap_next_ex(p, &h, &data)) == 1) {
		ck_assert(!timercmp(&h->ts, &last, <));
		last = h->ts;
		ck_assert_uint_eq(h->caplen, h->len);
		n++;
	}
	ck_assert_int_eq(rc, PCAP_ERROR_BREAK);
	pcap_close(p);
	return n;
}

START_TEST(a_ping_is_there_at_both_ends)
{
	struct running r = start(":eth0", "icmp", -1);

	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "2", "-i", "0.2", "10.9.0.1"), 0);
	ck_assert_int_eq(count(finish(&r, SIGINT)), 8);
}
END_TEST

START_TEST(all_interfaces_without_a_name)
{
	struct running r = start("", "icmp", -1);

	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "1", "127.0.0.1"), 0);
	ck_assert_int_eq(count(finish(&r, SIGTERM)), 2);
}
END_TEST

START_TEST(it_ends_with_the_lab)
{
	int pair[2];
	struct running r;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	r = start(":eth0", "icmp", pair[1]);
	ck_assert_int_eq((int)write(pair[0], "notice", 6), 6); /* is not the end */
	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "1", "10.9.0.1"), 0);
	close(pair[1]);
	close(pair[0]);
	ck_assert_int_eq(count(finish(&r, 0)), 4);
}
END_TEST

START_TEST(it_ends_when_the_interfaces_are_gone)
{
	struct running r = start(":eth0", "icmp", -1);

	ck_assert_int_eq(RUN(rig.node, "ip", "link", "del", "eth0"), 0);
	ck_assert_int_eq(count(finish(&r, 0)), 0);
}
END_TEST

START_TEST(mistakes_are_told_apart)
{
	char node[32];

	snprintf(node, sizeof(node), "wsl=%d:nosuch", rig.node);
	fcntl(rig.node, F_SETFD, 0);
	ck_assert_int_eq(RUN(-1, program, "--node", node, "-w", "/mnt/x"), 2);
	ck_assert_int_eq(RUN(-1, program, "-w", "/mnt/x"), 2);
	ck_assert_int_eq(RUN(-1, program, "--node", "wsl", "-w", "/mnt/x"), 2);
	ck_assert_int_eq(RUN(-1, program, "--node"), 2);
	ck_assert_int_eq(RUN(-1, program, "--color", "yes"), 2);
	snprintf(node, sizeof(node), "wsl=%d:lo", rig.node);
	ck_assert_int_eq(
		RUN(-1, program, "--node", node, "-w", "/mnt/x", "--filter", "nonsense here"), 2);
	ck_assert_int_eq(RUN(-1, program, "--node", node, "-w", "/mnt/no/such/dir/x"), 3);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("capture");
	TCase *c = tcase_create("capture");
	SRunner *sr = srunner_create(s);
	int failed, entered;

	if (argc != 3) {
		fprintf(stderr, "Usage: %s NETDOJO-WATCH NETDOJO-CAPTURE\n", argv[0]);
		return 2;
	}
	rig_program(argv[1]);
	program = argv[2];
	entered = rig_enter();
	if (entered > 0)
		return entered - 1;
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, a_ping_is_there_at_both_ends);
	tcase_add_test(c, all_interfaces_without_a_name);
	tcase_add_test(c, it_ends_with_the_lab);
	tcase_add_test(c, it_ends_when_the_interfaces_are_gone);
	tcase_add_test(c, mistakes_are_told_apart);
	suite_add_tcase(s, c);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
