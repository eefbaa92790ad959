/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One message connection: calls, answers, bounds, its end at any moment. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "tests/unit/lab_rig.h"

static struct event_base *base;
static struct peer *peer;
static int theirs;
static int requests, closes, answers, errors;
static uint64_t last_id;
static bool free_on_request, free_on_close, free_on_answer, answer_at_once;

static void drop_peer(void)
{
	peer_free(peer);
	peer = NULL;
}

static void on_request(void *arg, struct peer *p, const char *verb, uint64_t id, struct msg *m)
{
	(void)arg, (void)verb, (void)m;
	requests++;
	last_id = id;
	if (answer_at_once)
		peer_answer_ok(p, id);
	if (free_on_request)
		drop_peer();
}

static void on_closed(void *arg, struct peer *p)
{
	(void)arg, (void)p;
	closes++;
	if (free_on_close)
		drop_peer();
}

static const struct peer_owner owner = {on_request, on_closed, "The friend has gone"};

static void on_answer(void *arg, struct msg *m, const struct err *err)
{
	(void)arg;
	answers++;
	ck_assert(m || err);
	ck_assert_int_eq(m && json_object_get(m->body, "error"), m && err);
	if (err)
		errors++;
	if (free_on_answer && peer)
		drop_peer();
}

static void open_with(const struct peer_limits *limits)
{
	int pair[2];

	ck_assert_int_eq(msg_pair(pair, NULL), 0);
	theirs = pair[1];
	fcntl(theirs, F_SETFL, O_NONBLOCK);
	base = event_base_new();
	requests = closes = answers = errors = 0;
	free_on_request = free_on_close = free_on_answer = answer_at_once = false;
	ck_assert_int_eq(peer_new(base, pair[0], &owner, NULL, limits, &peer, NULL), 0);
}

static void setup(void)
{
	open_with(NULL);
}

static void teardown(void)
{
	peer_free(peer);
	fd_closep(&theirs);
	event_base_free(base);
}

static void turn(void)
{
	for (int i = 0; i < 5; i++)
		event_base_loop(base, EVLOOP_NONBLOCK);
}

static void say(const char *text)
{
	auto_json json_t *j = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(j);
	ck_assert_int_eq(msg_send(theirs, j, NULL, 0, NULL), 0);
	turn();
}

static json_t *hear(void)
{
	auto_msg m = {0};

	turn();
	return msg_recv(theirs, &m, 0, NULL) > 0 ? json_incref(m.body) : NULL;
}

START_TEST(calls_and_answers)
{
	auto_json json_t *asked = NULL, *answer = NULL;

	peer_call(peer, json_pack("{s:s}", "do", "x"), NULL, 0, on_answer, NULL);
	asked = hear();
	ck_assert_int_eq(json_int(asked, "id", 0), 1);
	say("{\"re\":99}");
	ck_assert_int_eq(answers, 0);
	say("{\"re\":1}");
	say("{\"re\":1}");
	ck_assert_int_eq(answers, 1);
	ck_assert_int_eq(errors, 0);
	say("{\"id\":5,\"do\":\"y\"}");
	ck_assert_uint_eq(last_id, 5);
	peer_answer_ok(peer, 5);
	answer = hear();
	ck_assert_int_eq(json_int(answer, "re", 0), 5);
}
END_TEST

START_TEST(errors_come_as_errors)
{
	auto_json json_t *asked = NULL;

	peer_call(peer, json_object(), NULL, 0, on_answer, NULL);
	asked = hear();
	say("{\"re\":1,\"error\":{\"message\":\"no\"}}");
	ck_assert_int_eq(errors, 1);
}
END_TEST

/* What can't be encoded is an error to whoever asks or waits, never silence and never {}. */
START_TEST(no_body_is_an_error)
{
	auto_json json_t *answer = NULL, *bad = NULL;
	struct err err = {0};

	peer_call(peer, NULL, NULL, 0, on_answer, NULL);
	ck_assert_int_eq(errors, 1);
	say("{\"id\":1,\"do\":\"x\"}");
	peer_answer(peer, 1, NULL, NULL, 0);
	answer = hear();
	ck_assert_ptr_nonnull(json_object_get(answer, "error"));
	err_set(&err, ERR_USAGE, EINVAL, "Unknown request '%.2s'", "\xe3\x81\x82");
	peer_answer_err(peer, 2, &err);
	bad = hear();
	ck_assert_str_eq(rig_error(bad), "Unknown request '\xef\xbf\xbd\xef\xbf\xbd'");
}
END_TEST

START_TEST(its_end_answers_every_call)
{
	for (int i = 0; i < 3; i++)
		peer_call(peer, json_object(), NULL, 0, on_answer, NULL);
	fd_closep(&theirs);
	turn();
	ck_assert_int_eq(errors, 3);
	ck_assert_int_eq(closes, 1);
	peer_call(peer, json_object(), NULL, 0, on_answer, NULL);
	ck_assert_int_eq(errors, 4);
	peer_notice(peer, json_object());
	peer_answer_ok(peer, 1);
	turn();
	ck_assert_int_eq(closes, 1);
}
END_TEST

START_TEST(freeing_answers_every_call)
{
	peer_call(peer, json_object(), NULL, 0, on_answer, NULL);
	drop_peer();
	ck_assert_int_eq(errors, 1);
	ck_assert_int_eq(closes, 0);
}
END_TEST

START_TEST(may_be_freed_anywhere)
{
	free_on_request = _i == 0;
	free_on_answer = _i == 1 || _i == 3;
	free_on_close = _i == 2;
	peer_call(peer, json_object(), NULL, 0, on_answer, NULL);
	peer_call(peer, json_object(), NULL, 0, on_answer, NULL);
	if (_i < 2) {
		say(_i == 0 ? "{\"id\":5,\"do\":\"y\"}" : "{\"re\":1}");
	} else {
		fd_closep(&theirs);
		turn();
	}
	ck_assert_ptr_null(peer);
	ck_assert_int_eq(answers, 2);
}
END_TEST

START_TEST(garbage_ends_it)
{
	static const char *const texts[] = {"{", "[1]", "3", "", "\xff\xfe", "{\"a\":1,\"a\":2}"};

	ck_assert_int_ge(send(theirs, texts[_i], strlen(texts[_i]), 0), 0);
	turn();
	ck_assert_int_eq(closes, 1);
	ck_assert_int_eq(requests, 0);
}
END_TEST

START_TEST(too_long_ends_it)
{
	const struct peer_limits l = {.message = 1000};
	auto_free char *text = calloc(1, 100001);
	auto_json json_t *j = NULL;

	teardown();
	open_with(&l);
	memset(text, 'x', _i ? 100000 : 1001);
	j = json_pack("{s:s}", "do", text);
	ck_assert_int_eq(msg_send(theirs, j, NULL, 0, NULL), 0);
	turn();
	ck_assert_int_eq(requests, 0);
	ck_assert_int_eq(closes, 1);
}
END_TEST

/* Over its rate it is not read: what it says waits for the next second, and nothing is lost. */
START_TEST(rate_makes_it_wait)
{
	const struct peer_limits l = {.per_second = 4};

	teardown();
	open_with(&l);
	for (int i = 0; i < 6; i++)
		say("{\"id\":5,\"do\":\"y\"}");
	ck_assert_int_eq(requests, 4);
	while (requests < 6) /* libevent's own timer */
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_eq(requests, 6);
}
END_TEST

START_TEST(under_way_makes_it_wait)
{
	const struct peer_limits l = {.under_way = 1};

	teardown();
	open_with(&l);
	for (int i = 1; i <= 3; i++)
		say("{\"id\":1,\"do\":\"y\"}");
	ck_assert_int_eq(requests, 1);
	peer_answer_ok(peer, 1);
	turn();
	ck_assert_int_eq(requests, 2);
	fd_closep(&theirs);
	turn();
	ck_assert_int_eq(closes, 0); /* its end too waits its turn */
	for (int i = 0; i < 2; i++) {
		peer_answer_ok(peer, 1);
		turn();
	}
	ck_assert_int_eq(requests, 3);
	ck_assert_int_eq(closes, 1);
}
END_TEST

/* Answers it does not read: it is not read either. */
START_TEST(unread_answers_make_it_wait)
{
	const struct peer_limits l = {.under_way = 2};
	json_t *j;
	int sent = 0, heard = 0;

	teardown();
	open_with(&l);
	answer_at_once = true;
	for (; sent < 5000; sent++) {
		auto_json json_t *ask = json_pack("{s:i, s:s}", "id", 1, "do", "y");

		if (msg_send(theirs, ask, NULL, 0, NULL) < 0)
			break;
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	ck_assert_int_lt(sent, 5000);
	ck_assert_int_eq(closes, 0);
	while ((j = hear())) {
		json_decref(j);
		heard++;
	}
	ck_assert_int_eq(heard, sent);
	ck_assert_int_eq(requests, sent);
}
END_TEST

/* A peer without limits that reads nothing is cut off, and whoever waits hears of it. */
START_TEST(backlog_cuts_off)
{
	for (int i = 0; i < 20000 && !closes; i++) {
		peer_call(peer, json_pack("{s:s}", "do", "x"), NULL, 0, on_answer, NULL);
		if (i % 1000 == 0)
			event_base_loop(base, EVLOOP_NONBLOCK);
	}
	turn();
	ck_assert_int_eq(closes, 1);
	ck_assert_int_gt(errors, 4000);
	ck_assert_int_eq(errors, answers);
}
END_TEST

START_TEST(descriptors_travel_both_ways)
{
	auto_fd fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	auto_msg m = {0};

	say("{\"id\":1,\"do\":\"y\"}");
	peer_answer(peer, 1, json_object(), &fd, 1);
	turn();
	ck_assert_int_eq(msg_recv(theirs, &m, 0, NULL), 1);
	ck_assert_uint_eq(m.n_fds, 1);
}
END_TEST

/* No descriptor left to keep a copy in: the asker gets an error for an answer. */
START_TEST(no_descriptors_left)
{
	struct rlimit old, none = {0, 0};
	auto_fd fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	auto_json json_t *answer = NULL;

	say("{\"id\":1,\"do\":\"y\"}");
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	none.rlim_max = old.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	peer_answer(peer, 1, json_object(), &fd, 1);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	answer = hear();
	ck_assert_int_eq(json_int(answer, "re", 0), 1);
	ck_assert_str_ne(rig_error(answer), "");
}
END_TEST

TCase *lab_peer_case(void)
{
	TCase *t = tcase_create("peer");

	tcase_set_timeout(t, 20);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, calls_and_answers);
	tcase_add_test(t, errors_come_as_errors);
	tcase_add_test(t, no_body_is_an_error);
	tcase_add_test(t, its_end_answers_every_call);
	tcase_add_test(t, freeing_answers_every_call);
	tcase_add_loop_test(t, may_be_freed_anywhere, 0, 4);
	tcase_add_loop_test(t, garbage_ends_it, 0, 6);
	tcase_add_loop_test(t, too_long_ends_it, 0, 2);
	tcase_add_test(t, rate_makes_it_wait);
	tcase_add_test(t, under_way_makes_it_wait);
	tcase_add_test(t, unread_answers_make_it_wait);
	tcase_add_test(t, backlog_cuts_off);
	tcase_add_test(t, descriptors_travel_both_ways);
	tcase_add_test(t, no_descriptors_left);
	return t;
}
