/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's packets as a file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_watch.h"
#include "watch_rig.h"

enum { SHB = 0x0a0d0d0a, IDB = 1, EPB = 6, SNAPLEN = 256 };

static struct rig rig;
static char path[96];

/* The node wired, its packets going to fd (owned). */
static void observe(int fd)
{
	struct watch_node n = {.name = "wsl",
			       .generation = 1,
			       .listener = -1,
			       .etc_dir = -1,
			       .wsl_dir = -1,
			       .capture = true};

	rig_wire(&rig);
	n.netns = rig.node;
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(rig.port.capture(rig.port.ctx, fd, NULL), 0);
	close(fd);
	ck_assert(json_flag(rig_add(&rig, &n), "capture", false));
}

static void setup(void)
{
	rig_start(&rig);
	snprintf(path, sizeof(path), "%s/capture.pcap", rig.dir);
	observe(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

static void teardown(void)
{
	rig_stop(&rig);
}

/* What a file holds; whole: it ends where a block does. */
struct found {
	size_t sections, ifaces, packets, longest;
	bool whole, names_eth0;
};

static struct found read_file(void)
{
	auto_free uint8_t *bytes = malloc(4 << 20);
	auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, bytes, 4 << 20);
	struct found f = {.whole = true};
	size_t off = 0;

	while (off + 12 <= (size_t)n) {
		uint32_t type, len, captured, again;

		memcpy(&type, bytes + off, 4);
		memcpy(&len, bytes + off + 4, 4);
		if (len < 12 || off + len > (size_t)n)
			break;
		memcpy(&again, bytes + off + len - 4, 4);
		ck_assert_uint_eq(len, again);
		f.sections += type == SHB;
		f.ifaces += type == IDB;
		f.packets += type == EPB;
		if (type == IDB && memmem(bytes + off, len, "wsl:eth0", 8))
			f.names_eth0 = true;
		if (type == EPB) {
			memcpy(&captured, bytes + off + 20, 4);
			f.longest = captured > f.longest ? captured : f.longest;
		}
		off += len;
	}
	f.whole = off == (size_t)n;
	return f;
}

/* Everything that waited is in the file when a sync is answered. */
static void catch_up(void)
{
	ck_assert_int_eq(rig.port.sync(rig.port.ctx, 7, NULL), 0);
	rig_expect(&rig, "{\"what\":\"synced\",\"n\":7}");
}

START_TEST(packets_are_in_the_file_as_they_come)
{
	struct found f;

	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "2", "-i", "0.2", "-s", "1000", "10.9.0.1"),
			 0);
	catch_up();
	f = read_file();
	ck_assert(f.whole && f.names_eth0);
	ck_assert_uint_eq(f.sections, 1);
	ck_assert_uint_ge(f.packets, 4);
	ck_assert_uint_eq(f.longest, SNAPLEN);
}
END_TEST

/* As tcpdump and Wireshark do, by libpcap. */
START_TEST(other_programs_read_it)
{
	const char *const tun[] = {"sh", "-c",
				   "ip tuntap add t0 mode tun && ip addr add 10.5.0.1/24 dev t0 && "
				   "ip link set t0 up && "
				   "ping -c1 -W1 127.0.0.1",
				   NULL};
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const uint8_t *data;
	unsigned echoes = 0;
	pcap_t *p;

	rig_run(rig.node,
		tun); /* of another kind of link; where this machine has no tun, without */
	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "1", "10.9.0.1"), 0);
	catch_up();
	p = pcap_open_offline(path, why);
	ck_assert_msg(p != NULL, "%s", why);
	ck_assert_int_eq(pcap_datalink(p), DLT_EN10MB);
	while (pcap_next_ex(p, &h, &data) == 1)
		echoes += h->caplen > 34 && data[23] == IPPROTO_ICMP && data[29] == 2 &&
			  data[33] == 1;
	ck_assert_str_eq(pcap_geterr(p), "");
	ck_assert_uint_eq(echoes, 1); /* from 10.9.0.2 to .1 */
	pcap_close(p);
}
END_TEST

START_TEST(a_flood_is_thinned_and_that_is_told)
{
	struct found f;

	ck_assert_int_eq(RUN(rig.node, "ping", "-q", "-f", "-c", "3000", "10.9.0.1"), 0);
	rig_expect(&rig, "{\"kind\":\"lab\",\"what\":\"capture-thinned\",\"node\":\"wsl\"}");
	catch_up();
	f = read_file();
	ck_assert(f.whole);
	ck_assert_uint_ge(f.packets, 400);
	ck_assert_uint_lt(f.packets, 6000);
}
END_TEST

START_TEST(a_disk_that_is_full_is_told)
{
	rig_stop(&rig);
	rig_start(&rig);
	observe(open("/dev/full", O_WRONLY | O_CLOEXEC));
	rig_expect(&rig, "{\"kind\":\"lab\",\"what\":\"capture-full\",\"by\":\"lab\"}");
	ck_assert_int_eq(RUN(rig.node, "ping", "-c", "1", "10.9.0.1"), 0);
}
END_TEST

/* Whoever kills the recorder in the middle of it leaves whole blocks. */
START_TEST(a_killed_recorder_leaves_a_whole_file)
{
	pid_t flood = fork();
	int status;

	if (flood == 0)
		_exit(RUN(rig.node, "ping", "-q", "-f", "-c", "100000", "10.9.0.1"));
	rig_expect(&rig, "{\"what\":\"capture-thinned\"}");
	kill(rig.watch, SIGKILL);
	kill(flood, SIGKILL);
	waitpid(flood, NULL, 0);
	ck_assert_int_eq(waitpid(rig.watch, &status, 0), rig.watch);
	ck_assert(read_file().whole);
	ck_assert_uint_ge(read_file().packets, 300);
	watch_port_done(&rig.port);
	rig_start(&rig); /* for the teardown */
}
END_TEST

TCase *watch_capture_case(void)
{
	TCase *c = tcase_create("capture");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, packets_are_in_the_file_as_they_come);
	tcase_add_test(c, other_programs_read_it);
	tcase_add_test(c, a_flood_is_thinned_and_that_is_told);
	tcase_add_test(c, a_disk_that_is_full_is_told);
	tcase_add_test(c, a_killed_recorder_leaves_a_whole_file);
	return c;
}
