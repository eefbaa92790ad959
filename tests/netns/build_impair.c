/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Impaired segments, by counting what really arrives. With the argument "netem" only what takes
 * netem, skipped where the kernel has it not; without one, all that holds on any kernel.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "build_choose.h"
#include "build_lab.h"

enum { PORT = 4000, BATCH = 40, MARKS = 64, PAYLOAD = 1400, DEADLINE_MS = 20000 };

static const char lab_text[] =
	"{\"name\": \"line\", \"segments\": [{\"name\": \"line\"%s}], \"nodes\": ["
	"{\"name\": \"a\", \"ifaces\": [{\"name\": \"eth0\", \"segment\": \"line\","
	" \"mac\": \"02:00:00:00:00:01\", \"addresses\": [{\"cidr\": \"10.9.0.1/24\"}]}],"
	" \"neighs\": [{\"dev\": \"eth0\", \"address\": \"10.9.0.2\","
	" \"mac\": \"02:00:00:00:00:02\"}]},"
	"{\"name\": \"b\", \"ifaces\": [{\"name\": \"eth0\", \"segment\": \"line\","
	" \"mac\": \"02:00:00:00:00:02\", \"addresses\": [{\"cidr\": \"10.9.0.2/24\"}]}],"
	" \"neighs\": [{\"dev\": \"eth0\", \"address\": \"10.9.0.1\","
	" \"mac\": \"02:00:00:00:00:01\"}]}]}";

static struct lab lab;
static struct model *now;

static struct model *model_of(const char *format, const char *cable)
{
	struct model *m = NULL;
	struct err err = {0};
	auto_free char *text = NULL;
	auto_json json_t *j = NULL;
	size_t gap = strcspn(format, "%");

	ck_assert_int_gt(asprintf(&text, "%.*s%s%s", (int)gap, format, cable, format + gap + 2), 0);
	j = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(j);
	ck_assert_msg(model_from_json(j, &m, &err) == 0, "%s", err.msg);
	return m;
}

/* Takes to; false with err where the kernel can't. */
static bool change(struct model *to, struct err *err)
{
	auto_plan p = {0};
	bool ok = true;

	ck_assert_int_eq(plan_make(now, to, &p, NULL), 0);
	for (size_t i = 0; i < p.n && ok; i++)
		ok = lab.port.apply(lab.port.ctx, &p.ops[i], err) == 0;
	model_free(now);
	now = to;
	return ok;
}

static void change_to(struct model *to)
{
	struct err err = {0};

	ck_assert_msg(change(to, &err), "%s", err.msg);
}

/* Brings the lab to another cable, or to nothing. */
static bool become(const char *cable, struct err *err)
{
	return change(cable ? model_of(lab_text, cable) : NULL, err);
}

static void must_become(const char *cable)
{
	struct err err = {0};

	ck_assert_msg(become(cable, &err), "%s", err.msg);
}

static void setup(void)
{
	lab_open(&lab);
}

static void teardown(void)
{
	model_free(now);
	lab_close(&lab);
}

/* --- frames that are counted
 * ----------------------------------------------------------------------------------- */

struct flow {
	int from, to;
	struct sockaddr_in dst;
	uint32_t batch;
};

struct datagram {
	uint32_t batch, is_mark;
	char rest[PAYLOAD - 8];
};

static int open_udp(const char *node, const char *address, uint16_t port)
{
	struct err err = {0};
	int fd = lab.port.open_socket(lab.port.ctx, node, SOCK_DGRAM, address, port, &err);

	ck_assert_msg(fd >= 0, "%s", err.msg);
	return fd;
}

static void flow_open(struct flow *f, bool forth)
{
	const char *here = forth ? "a" : "b", *there = forth ? "b" : "a";
	const char *address = forth ? "10.9.0.2" : "10.9.0.1";

	*f = (struct flow){.dst = {.sin_family = AF_INET, .sin_port = htons(PORT)}};
	inet_pton(AF_INET, address, &f->dst.sin_addr);
	f->from = open_udp(here, "", 0);
	f->to = open_udp(there, address, PORT);
}

static void flow_close(struct flow *f)
{
	close(f->from);
	close(f->to);
}

static void send_one(struct flow *f, bool is_mark, size_t size)
{
	struct datagram d = {.batch = f->batch, .is_mark = is_mark};

	ck_assert_int_eq(sendto(f->from, &d, size, 0, (struct sockaddr *)&f->dst, sizeof(f->dst)),
			 (ssize_t)size);
}

/*
 * Sends n and counts how many arrive. What comes after them in the queue tells when the last has
 * come: of the marks one arrives, whatever is lost. BATCH and MARKS fit into a socket's buffer.
 */
static unsigned pass(struct flow *f, unsigned n, size_t size)
{
	unsigned got = 0;
	bool marked = false;

	f->batch++;
	for (unsigned i = 0; i < n; i++)
		send_one(f, false, size);
	for (unsigned i = 0; i < MARKS; i++)
		send_one(f, true, 8);
	while (!marked) {
		struct pollfd p = {.fd = f->to, .events = POLLIN};
		struct datagram d;

		ck_assert_msg(poll(&p, 1, DEADLINE_MS) == 1, "nothing arrives any more");
		while (recv(f->to, &d, sizeof(d), MSG_DONTWAIT) >= 8) {
			if (d.batch != f->batch)
				continue;
			got += !d.is_mark;
			marked = marked || d.is_mark;
		}
	}
	return got;
}

static unsigned pass_many(bool forth, unsigned batches)
{
	struct flow f;
	unsigned got = 0;

	flow_open(&f, forth);
	for (unsigned i = 0; i < batches; i++)
		got += pass(&f, BATCH, 64);
	flow_close(&f);
	return got;
}

/* --- on any kernel
 * --------------------------------------------------------------------------------------------- */

/*
 * Of 4000 frames 300 in a thousand: 1200 lost, deviation 29. 6.5 of them are gone beyond in one run
 * of 10^10.
 */
static void expect_loss(bool forth)
{
	unsigned lost = 4000 - pass_many(forth, 4000 / BATCH);

	ck_assert_msg(lost >= 1012 && lost <= 1388, "%u of 4000 were lost", lost);
}

START_TEST(a_share_is_lost_in_each_direction)
{
	must_become(", \"loss\": 300");
	expect_loss(true);
	expect_loss(false);
}
END_TEST

START_TEST(a_clean_cable_loses_nothing)
{
	must_become("");
	ck_assert_uint_eq(pass_many(true, 10), 10 * BATCH);
	must_become(", \"bridge\": true");
	ck_assert_uint_eq(pass_many(true, 10), 10 * BATCH);
}
END_TEST

/* On a bridge, whose links stay, and on a pair, which becomes one and is a pair again. */
START_TEST(loss_comes_and_goes_live)
{
	static const char *const cables[][2] = {
		{", \"bridge\": true, \"loss\": 300", ", \"bridge\": true"},
		{", \"loss\": 300", ""}};

	must_become(cables[_i][1]);
	for (int round = 0; round < 2; round++) {
		ck_assert_uint_eq(pass_many(true, 10), 10 * BATCH);
		must_become(cables[_i][0]);
		expect_loss(true);
		must_become(cables[_i][1]);
	}
	ck_assert_uint_eq(pass_many(false, 10), 10 * BATCH);
}
END_TEST

START_TEST(all_is_lost)
{
	const char *const ping[] = {"ping", "-n", "-c1", "-W1", "10.9.0.2", NULL};

	must_become(", \"loss\": 1000");
	ck_assert_int_ne(lab_run(&lab, "a", ping), 0);
	must_become("");
	ck_assert_int_eq(lab_run(&lab, "a", ping), 0);
}
END_TEST

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
 * 4 MB a second: what arrived in a time is never more than its share and the burst, on however slow
 * a machine; without a rate the same takes some milliseconds, and is hundreds of times its share.
 */
static void expect_rate(bool forth, unsigned batches)
{
	struct flow f;
	double begin, bytes, most;
	unsigned got = 0;

	flow_open(&f, forth);
	begin = seconds();
	for (unsigned i = 0; i < batches; i++)
		got += pass(&f, BATCH, PAYLOAD);
	most = (seconds() - begin) * 4e6 + 50000;
	flow_close(&f);
	bytes = (double)got * PAYLOAD;
	ck_assert_msg(bytes <= most, "%g bytes where %g are the most", bytes, most);
	ck_assert_msg(got == batches * BATCH, "%u of %u arrived", got, batches * BATCH);
}

START_TEST(a_rate_holds_in_each_direction)
{
	must_become(", \"rate_kbit\": 32000");
	expect_rate(true, 15);
	expect_rate(false, 15);
}
END_TEST

START_TEST(rate_and_loss_at_once)
{
	struct flow f;
	double begin, bytes;
	unsigned got = 0;

	must_become(", \"rate_kbit\": 32000, \"loss\": 300");
	flow_open(&f, true);
	begin = seconds();
	for (int i = 0; i < 15; i++)
		got += pass(&f, BATCH, PAYLOAD);
	bytes = (double)got * PAYLOAD;
	ck_assert(bytes <= (seconds() - begin) * 4e6 + 50000);
	flow_close(&f);
	/* 600 frames, 180 lost, deviation 11.2: within 6.5 of them */
	ck_assert_msg(got >= 347 && got <= 493, "%u of 600 arrived", got);
}
END_TEST

/* Its port's own qdisc is looked at: what a lab's nodes see is not it. */
START_TEST(the_nodes_see_nothing_of_it)
{
	auto_json json_t *before = NULL;
	auto_json json_t *after = NULL;

	must_become(", \"bridge\": true");
	lab_wait_settled(&lab, "a");
	before = lab_read(&lab, "a", READ_LINKS, "");
	must_become(", \"bridge\": true, \"loss\": 300, \"rate_kbit\": 512");
	after = lab_read(&lab, "a", READ_LINKS, "");
	ck_assert(json_equal(before, after));
	ck_assert_int_eq(lab_run(&lab, "a",
				 (const char *[]){"sh", "-c",
						  "! tc qdisc | grep -E 'tbf|netem' && "
						  "! nft list ruleset | grep cable",
						  NULL}),
			 0);
}
END_TEST

START_TEST(an_impaired_segment_goes_without_a_trace)
{
	must_become(", \"loss\": 300, \"rate_kbit\": 512");
	must_become(NULL);
	must_become("");
	ck_assert_uint_eq(pass_many(true, 5), 5 * BATCH);
	ck_assert_int_ne(system("nft list ruleset | grep -q cable"), 0);
}
END_TEST

/* The guest's part of a shared port has a way in of its own. */
START_TEST(a_mirrored_interface_is_on_the_cable_too)
{
	static const char with[] =
		"{\"name\": \"shared\", \"segments\": [{\"name\": \"line\", \"bridge\": true%s}], "
		"\"nodes\": [{\"name\": \"a\", \"ifaces\": [{\"name\": \"eth0\", \"segment\": "
		"\"line\"}]}, {\"name\": \"b\", \"ifaces\": [{\"name\": \"eth0\", \"segment\": "
		"\"line\", \"mac\": \"02:00:00:00:00:02\"}]}, {\"name\": \"c\", \"ifaces\": "
		"[{\"name\": \"eth7\", \"segment\": \"line\", \"mirrors\": \"b/eth0\", \"mac\": "
		"\"02:00:00:00:00:02\"}]}]}";

	change_to(model_of(with, ""));
	change_to(model_of(with, ", \"rate_kbit\": 512, \"loss\": 10"));
	ck_assert_int_eq(system("tc qdisc show dev g-eth7 | grep -q -e tbf -e netem"), 0);
	change_to(model_of(with, ""));
	ck_assert_int_ne(system("tc qdisc show dev g-eth7 | grep -q -e tbf -e netem"), 0);
}
END_TEST

/* --- by netem, or refused
 * -------------------------------------------------------------------------------------- */

static bool kernel_has_netem(void)
{
	return system("tc qdisc add dev lo root netem delay 1ms 2>/dev/null && "
		      "tc qdisc del dev lo root") == 0;
}

static const struct {
	const char *cable, *what;
} refused[] = {
	{", \"delay_ms\": 50", "netem, which delay takes"},
	{", \"jitter_ms\": 5", "netem, which jitter takes"},
	{", \"duplicate\": 10", "netem, which duplicates take"},
	{", \"delay_ms\": 5, \"reorder\": 9", "netem, which delay, reordering take"},
};

/* Never a silent nothing. */
START_TEST(without_netem_it_is_refused)
{
	struct err err = {0};

	if (kernel_has_netem())
		return;
	ck_assert(!become(refused[_i].cable, &err));
	ck_assert_int_eq(err.kind, ERR_MACHINE);
	ck_assert_msg(strstr(err.msg, "lab: segment line: ") == err.msg, "%s", err.msg);
	ck_assert_msg(strstr(err.msg, refused[_i].what) != NULL, "%s", err.msg);
	ck_assert_ptr_nonnull(strstr(err.mend, "sudo modprobe sch_netem"));
}
END_TEST

/* Of one request and its answer: a slow machine adds to it, nothing takes away. */
static double round_trip(void)
{
	double begin = seconds();

	ck_assert_int_eq(
		lab_run(&lab, "a", (const char *[]){"ping", "-n", "-c1", "-W5", "10.9.0.2", NULL}),
		0);
	return seconds() - begin;
}

START_TEST(delay_is_there_in_each_direction)
{
	must_become(", \"delay_ms\": 300");
	ck_assert(round_trip() >= 0.6);
	must_become(", \"delay_ms\": 0");
	/* the best of many is not late */
	for (int i = 0; i < 50; i++)
		if (round_trip() < 0.3)
			return;
	ck_abort_msg("the delay does not go");
}
END_TEST

/* 4000 frames, 300 in a thousand twice; see expect_loss(). */
START_TEST(a_share_comes_twice)
{
	unsigned got;

	must_become(", \"duplicate\": 300");
	got = pass_many(true, 4000 / BATCH);
	ck_assert_msg(got >= 5012 && got <= 5388, "%u of 4000 came", got);
}
END_TEST

/* --- running
 * --------------------------------------------------------------------------------------------------- */

static TCase *any_case(void)
{
	TCase *c = tcase_create("any");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 100);
	tcase_add_test(c, a_share_is_lost_in_each_direction);
	tcase_add_test(c, a_clean_cable_loses_nothing);
	tcase_add_loop_test(c, loss_comes_and_goes_live, 0, 2);
	tcase_add_test(c, all_is_lost);
	tcase_add_test(c, a_rate_holds_in_each_direction);
	tcase_add_test(c, rate_and_loss_at_once);
	tcase_add_test(c, the_nodes_see_nothing_of_it);
	tcase_add_test(c, an_impaired_segment_goes_without_a_trace);
	tcase_add_test(c, a_mirrored_interface_is_on_the_cable_too);
	tcase_add_loop_test(c, without_netem_it_is_refused, 0, ARRAY_SIZE(refused));
	return c;
}

static TCase *netem_case(void)
{
	TCase *c = tcase_create("netem");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 100);
	tcase_add_test(c, delay_is_there_in_each_direction);
	tcase_add_test(c, a_share_comes_twice);
	return c;
}

int main(int argc, char **argv)
{
	static const struct build_choice choice = {any_case, "netem", kernel_has_netem, netem_case};

	return build_choose(argc, argv, &choice);
}
