/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may have which port, where a guest shares its host's. */
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "lab/ports.h"

static struct ports p;
static json_t *host_sockets; /* the host's, as READ_SOCKETS gives them */
static unsigned asked;	     /* how often the host was looked at */

static json_t *rules(const char *text)
{
	json_error_t e;
	json_t *j = json_loads(text, 0, &e);

	ck_assert_msg(j != NULL, "%s: %s", text, e.text);
	return j;
}

static const char mirrored[] =
	"{\"with\": \"windows\", \"window\": [40960, 45055], \"ignored\": [7000, 9000], "
	"\"dynamic\": [60000, 60007],"
	" \"never\": [{\"proto\": \"udp\", \"port\": 68}, {\"proto\": \"tcp\", \"port\": 5357}]}";

static void begin(const char *text)
{
	auto_json json_t *j = rules(text);
	struct err err = {0};

	ck_assert_msg(ports_init(&p, j, &err) == 0, "%s", err.msg);
}

static void setup(void)
{
	host_sockets = json_array();
	asked = 0;
	begin(mirrored);
}

static void teardown(void)
{
	ports_done(&p);
	json_decref(host_sockets);
}

static bool host_has(void *arg, uint8_t proto, uint16_t port)
{
	struct ports_set has = {0};

	(void)arg;
	asked++;
	ports_set_sockets(&has, host_sockets);
	return ports_set_has(&has, proto, port);
}

static const struct ports_host host = {host_has, NULL};

static json_t *sock(const char *proto, const char *state, const char *local, int port)
{
	return json_pack("{s:s, s:s, s:s, s:i}", "proto", proto, "state", state, "local", local,
			 "local_port", port);
}

static int guest(const char *proto, const char *address, uint16_t port, double now)
{
	return ports_guest_binds(&p, &(struct port_bind){ports_proto(proto), address, port}, &host,
				 now);
}

static int of_host(const char *proto, const char *address, uint16_t port)
{
	return ports_host_binds(&p, &(struct port_bind){ports_proto(proto), address, port});
}

static void look(json_t *sockets, double now)
{
	ports_scan(&p, sockets, &host, now);
	json_decref(sockets);
}

static bool held(const char *proto, uint16_t port)
{
	for (size_t i = 0; i < p.n; i++)
		if (p.held[i].proto == ports_proto(proto) && p.held[i].port == port)
			return true;
	return false;
}

static bool steered(const char *proto, uint16_t port)
{
	auto_free struct port_range *r = NULL;
	size_t n;

	ck_assert_int_eq(ports_steered(&p, &r, &n), 0);
	for (size_t i = 0; i < n; i++)
		if (r[i].proto == ports_proto(proto) && port >= r[i].lo && port <= r[i].hi)
			return true;
	return false;
}

/* One bind of the guest's with Windows having TCP 80 and UDP 5353 and 500: its answer, and what follows. */
static const struct {
	const char *proto, *address;
	uint16_t port;
	int answer;
	bool held, steered;
	int then_host; /* the answer to the same bind on the host afterwards */
} cases[] = {
	{"tcp", "0.0.0.0", 8000, 0, true, true, EADDRINUSE},
	{"tcp", "127.0.0.1", 8000, 0, true, true, EADDRINUSE},
	{"tcp", "192.168.1.20", 8000, 0, true, true, EADDRINUSE},
	{"tcp", "::", 8000, 0, true, true, EADDRINUSE},
	{"tcp", "::1", 8000, 0, true, true, EADDRINUSE},
	{"udp", "0.0.0.0", 8000, 0, true, true, EADDRINUSE},
	{"tcp", "0.0.0.0", 80, EADDRINUSE, false, false, 0},
	{"tcp", "127.0.0.1", 80, EADDRINUSE, false, false, 0},
	{"tcp", "::1", 80, EADDRINUSE, false, false, 0},
	{"udp", "0.0.0.0", 80, 0, true, true, EADDRINUSE},
	{"udp", "0.0.0.0", 500, EADDRINUSE, false, false, 0},
	{"tcp", "0.0.0.0", 500, 0, true, true, EADDRINUSE},
	/* 1: the guest's own loopback */
	{"tcp", "127.0.0.2", 80, 0, false, false, 0},
	{"udp", "127.255.0.1", 500, 0, false, false, 0},
	/* 2: ignored */
	{"tcp", "0.0.0.0", 53, 0, false, false, 0},
	{"udp", "10.255.255.254", 53, 0, false, false, 0},
	{"tcp", "0.0.0.0", 7000, 0, false, false, 0},
	{"udp", "0.0.0.0", 9000, 0, false, false, 0},
	/* 3: the window */
	{"tcp", "0.0.0.0", 40960, 0, false, true, EADDRINUSE},
	{"udp", "0.0.0.0", 45055, 0, false, true, EADDRINUSE},
	{"tcp", "0.0.0.0", 40959, 0, true, true, EADDRINUSE},
	{"tcp", "0.0.0.0", 45056, 0, true, true, EADDRINUSE},
	/* 6: shared */
	{"udp", "0.0.0.0", 5353, 0, true, false, 0},
	{"udp", "0.0.0.0", 5355, 0, true, true, 0},
	{"tcp", "0.0.0.0", 5355, 0, true, true, EADDRINUSE},
	{"udp", "224.0.0.252", 500, 0, true, false, 0},
	{"udp", "ff02::fb", 6000, 0, true, true, 0},
	/* never steered */
	{"udp", "0.0.0.0", 68, 0, true, false, EADDRINUSE},
	{"tcp", "0.0.0.0", 68, 0, true, true, EADDRINUSE},
	{"tcp", "0.0.0.0", 5357, 0, true, false, EADDRINUSE},
	/* the kernel chooses */
	{"tcp", "0.0.0.0", 0, 0, false, false, 0},
};

START_TEST(one_bind)
{
	json_array_append_new(host_sockets, sock("tcp", "LISTEN", "0.0.0.0", 80));
	json_array_append_new(host_sockets, sock("udp", "UNCONN", "0.0.0.0", 5353));
	json_array_append_new(host_sockets, sock("udp", "UNCONN", "192.168.1.20", 500));
	ck_assert_int_eq(guest(cases[_i].proto, cases[_i].address, cases[_i].port, 0),
			 cases[_i].answer);
	ck_assert_int_eq(held(cases[_i].proto, cases[_i].port), cases[_i].held);
	ck_assert_int_eq(steered(cases[_i].proto, cases[_i].port), cases[_i].steered);
	ck_assert_int_eq(of_host(cases[_i].proto, "0.0.0.0", cases[_i].port), cases[_i].then_host);
}
END_TEST

/* A port that is already the guest's is not asked about again, whatever the host has since. */
START_TEST(already_the_guests)
{
	ck_assert_int_eq(guest("tcp", "127.0.0.1", 8000, 0), 0);
	json_array_append_new(host_sockets, sock("tcp", "ESTAB", "192.168.1.20", 8000));
	ck_assert_int_eq(guest("tcp", "::", 8000, 0), 0);
	ck_assert_uint_eq(asked, 1);
	ck_assert_uint_eq(p.n, 1);
}
END_TEST

/* Of eight dynamic ports the guest gets four for each protocol; those it has it may bind again. */
START_TEST(half_of_the_dynamic_ports)
{
	for (uint16_t i = 0; i < 8; i += 2)
		ck_assert_int_eq(guest("tcp", "0.0.0.0", (uint16_t)(60000 + i), 0), 0);
	ck_assert_int_eq(guest("tcp", "0.0.0.0", 60001, 0), EADDRINUSE);
	ck_assert_int_eq(guest("tcp", "0.0.0.0", 60007, 0), EADDRINUSE);
	ck_assert_int_eq(guest("tcp", "127.0.0.1", 60006, 0), 0);
	ck_assert_int_eq(guest("udp", "0.0.0.0", 60007, 0), 0);
	ck_assert_int_eq(guest("tcp", "0.0.0.0", 59999, 0), 0);
	ck_assert_int_eq(guest("tcp", "0.0.0.0", 60008, 0), 0);
	look(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 60000)), 60);
	ck_assert_int_eq(guest("tcp", "0.0.0.0", 60001, 60), 0);
}
END_TEST

START_TEST(free_when_no_socket_has_it)
{
	guest("tcp", "0.0.0.0", 8000, 0);
	look(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 8000)), 0.5);
	look(json_pack("[o]", sock("tcp", "ESTAB", "192.168.1.20", 8000)), 1); /* accepted */
	ck_assert_int_eq(of_host("tcp", "0.0.0.0", 8000), EADDRINUSE);
	look(json_pack("[o, o]", sock("tcp", "TIME-WAIT", "192.168.1.20", 8000),
		       sock("udp", "UNCONN", "0.0.0.0", 8001)),
	     1.5);
	ck_assert_int_eq(of_host("tcp", "0.0.0.0", 8000), 0);
	ck_assert(!steered("tcp", 8000));
}
END_TEST

/* The server ended before a look could find it. */
START_TEST(kept_when_never_seen)
{
	guest("tcp", "0.0.0.0", 8000, 100);
	look(json_array(), 159.5);
	ck_assert_int_eq(of_host("tcp", "0.0.0.0", 8000), EADDRINUSE);
	look(json_array(), 160);
	ck_assert_int_eq(of_host("tcp", "0.0.0.0", 8000), 0);
}
END_TEST

/* One server ends, the next binds its port, and the look comes before that one listens. */
START_TEST(handed_on)
{
	guest("tcp", "0.0.0.0", 8000, 0);
	look(json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 8000)), 0.5);
	guest("tcp", "0.0.0.0", 8000, 0.7);
	look(json_array(), 1);
	ck_assert_int_eq(of_host("tcp", "0.0.0.0", 8000), EADDRINUSE);
}
END_TEST

/* What nobody asked about, because its port was 0 or nobody could ask. */
START_TEST(found_by_a_look)
{
	json_array_append_new(host_sockets, sock("tcp", "LISTEN", "0.0.0.0", 80));
	look(json_pack("[o, o, o, o, o, o]", sock("tcp", "LISTEN", "0.0.0.0", 50000),
		       sock("udp", "UNCONN", "::", 50001), sock("tcp", "ESTAB", "10.0.0.1", 50002),
		       sock("tcp", "LISTEN", "127.0.0.2", 50003), sock("tcp", "LISTEN", "::", 80),
		       sock("udp", "UNCONN", "0.0.0.0", 53)),
	     0);
	ck_assert(held("tcp", 50000) && held("udp", 50001));
	ck_assert_uint_eq(p.n, 2);
	look(json_array(), 0.5);
	ck_assert_uint_eq(p.n, 0);
}
END_TEST

START_TEST(changes_are_counted)
{
	unsigned before = p.changes;

	guest("tcp", "0.0.0.0", 53, 0);
	guest("tcp", "127.0.0.2", 80, 0);
	ck_assert_uint_eq(p.changes, before);
	guest("udp", "224.0.0.251", 6000, 0);
	ck_assert_uint_ne(p.changes, before);
	before = p.changes;
	look(json_pack("[o]", sock("udp", "UNCONN", "0.0.0.0", 6000)), 1);
	guest("udp", "0.0.0.0", 6000, 1);
	ck_assert_uint_eq(p.changes, before);
	ck_assert_int_eq(of_host("udp", "0.0.0.0", 6000), 0); /* shared, and the host's first now */
	ck_assert_uint_ne(p.changes, before);
	ck_assert(!steered("udp", 6000));
}
END_TEST

/* n sockets of UDP, on ports from first on. */
static json_t *udp_from(int first, size_t n)
{
	json_t *all = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(all, sock("udp", "UNCONN", "0.0.0.0", first + (int)i));
	return all;
}

START_TEST(a_look_takes_so_many)
{
	json_t *all = udp_from(10000, PORTS_NEW_MAX + 10);

	look(json_incref(all), 0);
	ck_assert_uint_eq(p.n, PORTS_NEW_MAX);
	look(all, 0.5);
	ck_assert_uint_eq(p.n, PORTS_NEW_MAX + 10);
}
END_TEST

/* Those that programs hold. Then a bind is refused, by one protocol's number, and a look takes none. */
START_TEST(so_many_in_all)
{
	json_t *all = udp_from(10000, PORTS_MAX + 10);
	unsigned before;

	for (int i = 0; i < 2 * PORTS_MAX / PORTS_NEW_MAX; i++)
		look(json_incref(all), i);
	ck_assert_uint_eq(p.n, PORTS_MAX);
	asked = 0;
	before = p.changes;
	look(json_incref(all), 100);
	ck_assert_uint_le(asked, 1);
	ck_assert_uint_eq(p.changes, before);
	ck_assert_int_eq(guest("udp", "0.0.0.0", 8000, 100), ENOBUFS);
	ck_assert_int_eq(guest("udp", "0.0.0.0", 10000, 100), 0);
	ck_assert_int_eq(guest("tcp", "0.0.0.0", 8000, 100), 0);
	json_array_remove(all, 1);
	look(json_incref(all), 101);
	ck_assert(!held("udp", 10001));
	json_array_clear(all);
	look(all, 200);
	ck_assert_int_eq(guest("udp", "0.0.0.0", 8000, 200), 0);
	ck_assert_uint_eq(p.n, 1);
}
END_TEST

/* Bound and closed before a look: the oldest makes room, the newest and what a look saw stay. */
START_TEST(so_many_unseen)
{
	guest("udp", "0.0.0.0", 8000, 0);
	look(json_pack("[o]", sock("udp", "UNCONN", "0.0.0.0", 8000)), 0);
	for (int i = 0; i < 2100; i++)
		ck_assert_int_eq(guest("udp", "0.0.0.0", (uint16_t)(10000 + i), 1 + i / 1e3), 0);
	ck_assert_uint_eq(p.n, PORTS_UNSEEN_MAX + 1);
	ck_assert(held("udp", 8000) && held("udp", 12099) && !held("udp", 10000));
}
END_TEST

START_TEST(whether_listeners_tell_all)
{
	auto_json json_t *one = json_pack("[o]", sock("tcp", "LISTEN", "0.0.0.0", 8000));

	guest("udp", "0.0.0.0", 8000, 0);
	ck_assert(!ports_misses(&p, NULL));
	guest("tcp", "0.0.0.0", 8000, 0);
	ck_assert(ports_misses(&p, NULL) && !ports_misses(&p, one));
}
END_TEST

/* One range a protocol, which is one mask to the switch, unless a port in it is never the guest's. */
START_TEST(the_window_is_one_range)
{
	auto_free struct port_range *r = NULL, *split = NULL;
	size_t n;

	ck_assert_int_eq(ports_steered(&p, &r, &n), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert(r[0].lo == 40960 && r[0].hi == 45055 && r[1].lo == 40960 && r[1].hi == 45055);
	ports_done(&p);
	begin("{\"window\": [16, 31], \"never\": [{\"proto\": \"tcp\", \"port\": 20}]}");
	ck_assert_int_eq(ports_steered(&p, &split, &n), 0);
	ck_assert_uint_eq(n, 3);
	ck_assert(!steered("tcp", 20) && steered("tcp", 19) && steered("tcp", 31) &&
		  steered("udp", 20));
}
END_TEST

static const char *const wrong[] = {
	"{}",
	"{\"window\": [1]}",
	"{\"window\": [2, 1]}",
	"{\"window\": [0, 15]}",
	"{\"window\": [1, 65536]}",
	"{\"window\": [1, 2], \"dynamic\": [5]}",
	"{\"window\": [1, 2], \"ignored\": [0]}",
	"{\"window\": [1, 2], \"ignored\": [\"x\"]}",
	"{\"window\": [1, 2], \"never\": [{\"proto\": \"icmp\", \"port\": 1}]}",
	"{\"window\": [1, 2], \"never\": [{\"proto\": \"udp\"}]}",
};

START_TEST(wrong_rules)
{
	auto_json json_t *j = rules(wrong[_i]);
	struct ports q;
	struct err err = {0};

	ck_assert_int_eq(ports_init(&q, j, &err), -EINVAL);
	ck_assert_int_eq(err.kind, ERR_USAGE);
}
END_TEST

static const struct {
	const char *list;
	uint16_t port;
	bool in;
} lists[] = {
	{"", 1, false},
	{"\n", 1, false},
	{"80", 80, true},
	{"80", 8, false},
	{"25313-25412\n", 25340, true},
	{"25313-25412", 25413, false},
	{"1,5-7,9", 6, true},
	{"1,5-7,9", 8, false},
	{"1,5-7,9\n", 9, true},
	{"1-,5", 5, false},
	{"65530-65535,1", 65535, true},
	{"65530-4294967295,1", 2, false},
};

START_TEST(in_a_list)
{
	struct ports_set set = {0};

	ports_set_list(&set, lists[_i].list);
	ck_assert_int_eq(ports_set_has(&set, IPPROTO_TCP, lists[_i].port), lists[_i].in);
	ck_assert_int_eq(ports_set_has(&set, IPPROTO_UDP, lists[_i].port), lists[_i].in);
}
END_TEST

/* --- against a naive model: a flag for each port --------------------------------------------------------------- */

enum { LOW = 5350, N_PORTS = 10, STEPS = 20000 }; /* with 5353, 5355 and 5357 among them */

static struct {
	bool held, shared, hosts, seen;
	double since;
} naive[2][N_PORTS];
static bool hosts[2][N_PORTS];

static unsigned seed;

static unsigned draw(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static const char *const addresses[] = {"0.0.0.0", "127.0.0.1",	  "127.0.0.2", "::",
					"::1",	   "224.0.0.251", "ff02::fb",  "192.168.1.20"};
enum { EXEMPT = 2, MULTICAST = 5, MULTICAST6 = 6 };

static const char *const names[] = {"tcp", "udp"};

/* The dynamic ports are 5356 to 5359: two for the guest. */
static int naive_bind(unsigned proto, unsigned port, unsigned address, double now)
{
	unsigned n = 0;

	if (address == EXEMPT || LOW + port == 5351 /* ignored */ ||
	    LOW + port == 5350 /* the window */)
		return 0;
	if (naive[proto][port].held) {
		naive[proto][port].seen = false;
		naive[proto][port].since = now;
		return 0;
	}
	for (unsigned i = 6; i < 10; i++)
		n += naive[proto][i].held;
	if (port >= 6 && n >= 2)
		return EADDRINUSE;
	naive[proto][port].shared = address == MULTICAST || address == MULTICAST6 ||
				    (proto == 1 && (port == 3 || port == 5));
	naive[proto][port].hosts = hosts[proto][port];
	if (hosts[proto][port] && !naive[proto][port].shared)
		return EADDRINUSE;
	naive[proto][port].held = true;
	naive[proto][port].seen = false;
	naive[proto][port].since = now;
	return 0;
}

static int naive_host(unsigned proto, unsigned port)
{
	if (port == 0)
		return EADDRINUSE;
	if (naive[proto][port].held && !naive[proto][port].shared)
		return EADDRINUSE;
	naive[proto][port].hosts = true;
	return 0;
}

static bool naive_steered(unsigned proto, unsigned port)
{
	if (port == 0)
		return true;
	return naive[proto][port].held && !naive[proto][port].hosts && !(proto == 0 && port == 7);
}

static void naive_look(const bool (*open)[N_PORTS], double now)
{
	for (unsigned i = 0; i < 2 * N_PORTS; i++) {
		unsigned proto = i / N_PORTS, port = i % N_PORTS;

		if (open[proto][port] && !naive[proto][port].held)
			naive_bind(proto, port, 0, now);
	}
	for (unsigned i = 0; i < 2 * N_PORTS; i++) {
		unsigned proto = i / N_PORTS, port = i % N_PORTS;

		if (open[proto][port])
			naive[proto][port].seen = true;
		else if (naive[proto][port].seen || now - naive[proto][port].since >= 60)
			naive[proto][port].held = false;
	}
}

static void do_look(double now)
{
	bool open[2][N_PORTS] = {{false}};
	json_t *sockets = json_array();

	for (unsigned proto = 0; proto < 2; proto++)
		for (unsigned port = 0; port < N_PORTS; port++) {
			open[proto][port] = draw(3) == 0;
			if (open[proto][port])
				json_array_append_new(sockets, sock(names[proto],
								    proto ? "UNCONN" : "LISTEN",
								    "0.0.0.0", (int)(LOW + port)));
		}
	look(sockets, now);
	naive_look(open, now);
}

static void do_step(double now)
{
	unsigned proto = draw(2), port = draw(N_PORTS), address = draw(ARRAY_SIZE(addresses));
	uint16_t number = (uint16_t)(LOW + port);

	switch (draw(8)) {
	case 0:
		do_look(now);
		break;
	case 1:
		ck_assert_int_eq(of_host(names[proto], addresses[address], number),
				 naive_host(proto, port));
		break;
	case 2:
		hosts[proto][port] = !hosts[proto][port];
		json_array_clear(host_sockets);
		for (unsigned i = 0; i < 2 * N_PORTS; i++)
			if (hosts[i / N_PORTS][i % N_PORTS])
				json_array_append_new(host_sockets,
						      sock(names[i / N_PORTS], "UNCONN", "0.0.0.0",
							   (int)(LOW + i % N_PORTS)));
		break;
	default:
		ck_assert_int_eq(guest(names[proto], addresses[address], number, now),
				 naive_bind(proto, port, address, now));
	}
}

START_TEST(as_a_naive_model)
{
	double now = 0;

	seed = (unsigned)_i + 1;
	ports_done(&p);
	begin("{\"window\": [5350, 5350], \"ignored\": [5351], \"dynamic\": [5356, 5359],"
	      " \"never\": [{\"proto\": \"tcp\", \"port\": 5357}]}");
	memset(naive, 0, sizeof(naive));
	memset(hosts, 0, sizeof(hosts));
	for (int i = 0; i < STEPS; i++) {
		unsigned proto = draw(2), port = draw(N_PORTS);

		now += draw(10);
		do_step(now);
		ck_assert_msg(
			steered(names[proto], (uint16_t)(LOW + port)) == naive_steered(proto, port),
			"seed %u, step %d: %s %u", (unsigned)_i + 1, i, names[proto], LOW + port);
	}
}
END_TEST

int main(void)
{
	SRunner *runner = srunner_create(suite_create("ports"));
	TCase *t = tcase_create("ports");
	Suite *s = suite_create("decisions");
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, one_bind, 0, ARRAY_SIZE(cases));
	tcase_add_test(t, already_the_guests);
	tcase_add_test(t, half_of_the_dynamic_ports);
	tcase_add_test(t, free_when_no_socket_has_it);
	tcase_add_test(t, kept_when_never_seen);
	tcase_add_test(t, handed_on);
	tcase_add_test(t, found_by_a_look);
	tcase_add_test(t, changes_are_counted);
	tcase_add_test(t, a_look_takes_so_many);
	tcase_add_test(t, so_many_in_all);
	tcase_add_test(t, so_many_unseen);
	tcase_add_test(t, whether_listeners_tell_all);
	tcase_add_test(t, the_window_is_one_range);
	tcase_add_loop_test(t, wrong_rules, 0, ARRAY_SIZE(wrong));
	tcase_add_loop_test(t, in_a_list, 0, ARRAY_SIZE(lists));
	tcase_add_loop_test(t, as_a_naive_model, 0, 5);
	suite_add_tcase(s, t);
	srunner_add_suite(runner, s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
