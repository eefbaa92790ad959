/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's log: numbers, times, a full disk, the bound. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/unit/lab_rig.h"

static struct rig r;
static struct log log_;

static void setup(void)
{
	auto_fd dir = -1;

	rig_init(&r);
	dir = open(r.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(log_open(&log_, dir, "events.jsonl", NULL), 0);
}

static void teardown(void)
{
	log_done(&log_);
	rig_done(&r);
}

static json_t *event(const char *kind, size_t size)
{
	auto_free char *text = calloc(1, size + 1);

	memset(text, 'x', size);
	return json_pack("{s:s, s:s}", "kind", kind, "text", text);
}

START_TEST(numbers_and_times_are_the_logs_own)
{
	auto_json json_t *all = NULL;

	log_put(&log_, json_pack("{s:s, s:i, s:f, s:f}", "kind", "packet", "seq", 77, "t", -5.0,
				 "mono", log_.zero + 1.5));
	ck_assert_uint_eq(log_put(&log_, json_pack("{s:s}", "kind", "hint")), 2);
	all = rig_log(&r);
	ck_assert_uint_eq(json_array_size(all), 2);
	ck_assert_double_eq_tol(json_num(json_array_get(all, 0), "t", 0), 1.5, 1e-5);
	ck_assert_ptr_null(json_object_get(json_array_get(all, 0), "mono"));
}
END_TEST

/* The kernel takes a part of the line, then no more: the part goes, and the numbers go on. */
START_TEST(full_disk_leaves_no_half_line)
{
	struct rlimit small = {0, RLIM_INFINITY}, none = {RLIM_INFINITY, RLIM_INFINITY};
	auto_json json_t *all = NULL;
	json_t *last;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_uint_eq(log_put(&log_, event("packet", 3000)), 1);
	small.rlim_cur = (rlim_t)log_.size + 50;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_uint_eq(log_put(&log_, event("packet", 3000)), 0);
	ck_assert_uint_eq(log_put(&log_, event("lab", 3000)), 0);
	ck_assert_uint_eq(log_.lost, 2);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	ck_assert_uint_eq(log_put(&log_, event("packet", 10)), 6);
	all = rig_log(&r);
	ck_assert_uint_eq(json_array_size(all), 6);
	last = json_array_get(all, 1);
	ck_assert_str_eq(json_str(last, "what", ""), "recorder-lost");
	ck_assert_str_eq(json_str(last, "recorder", ""), "packets");
	ck_assert_int_eq(json_int(last, "events", 0), 2);
}
END_TEST

/* Over its bound a flood is lost, what a grade needs is not, and the loss is told. */
START_TEST(bounded)
{
	struct stat st;
	char path[128];

	log_.max = 20000;
	for (int i = 0; i < 100; i++)
		log_put(&log_, event("packet", 1000));
	snprintf(path, sizeof(path), "%s/events.jsonl", r.dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_lt(st.st_size, 30000);
	ck_assert_uint_gt(log_.lost, 70);
	ck_assert_uint_ne(log_put(&log_, event("answer", 10)), 0);
	ck_assert_uint_ge(rig_logged(&r, "lab", "recorder-lost"), 4);
	ck_assert_uint_eq(rig_logged(&r, "answer", NULL), 1);
	log_.max = -LOG_RESERVE;
	ck_assert_uint_eq(log_put(&log_, event("answer", 10)), 0);
}
END_TEST

START_TEST(no_event_is_a_loss)
{
	ck_assert_uint_eq(log_put(&log_, NULL), 0);
	ck_assert_uint_eq(log_put(&log_, event("lab", 1)), 5);
}
END_TEST

static struct chain_found chain_of_file(void)
{
	struct chain_found f;
	auto_file in = NULL;
	char path[128], text[64 * 1024];
	size_t n;

	snprintf(path, sizeof(path), "%s/events.jsonl", r.dir);
	in = fopen(path, "re");
	ck_assert_ptr_nonnull(in);
	n = fread(text, 1, sizeof(text), in);
	chain_check(text, n, &f);
	return f;
}

/* What could not be written is no link; an "h" from outside is not one either. */
START_TEST(lines_are_chained)
{
	struct chain_found f;

	log_put(&log_, event("packet", 30));
	log_put(&log_, json_pack("{s:s, s:s}", "kind", "packet", "h", "00"));
	log_.max = 100;
	log_put(&log_, event("packet", 3000));
	log_.max = LOG_MAX;
	ck_assert_uint_eq(log_put(&log_, event("hint", 30)), 7);
	f = chain_of_file();
	ck_assert_uint_eq(f.broken, 0);
	ck_assert_uint_eq(f.lines, 7);
	ck_assert_str_eq(f.head.h, log_.chain.h);
}
END_TEST

/* What a crash cut off is no link; the next line follows the last whole one. */
START_TEST(a_resumed_log_goes_on_with_the_chain)
{
	auto_fd dir = open(r.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct chain_found f;
	auto_past past = {0};

	log_put(&log_, event("packet", 30));
	log_put(&log_, event("packet", 30));
	ck_assert_int_eq(write(log_.fd, "{\"seq\":3,", 9), 9);
	log_done(&log_);
	ck_assert_int_eq(log_resume(&log_, dir, "events.jsonl", &past, NULL), 0);
	ck_assert_uint_eq(log_put(&log_, event("hint", 30)), 3);
	f = chain_of_file();
	ck_assert_uint_eq(f.broken, 0);
	ck_assert(!f.cut);
	ck_assert_uint_eq(f.lines, 3);
}
END_TEST

/* Whoever was shown a grade has seen the answer. */
START_TEST(a_closed_log_does_not_go_on)
{
	auto_fd dir = open(r.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_fd fd = openat(dir, "events.jsonl", O_RDWR | O_CLOEXEC);
	struct past past = {0};
	struct err err = {0};
	struct chain_found f;

	log_put(&log_, event("packet", 30));
	ck_assert_int_eq(write(log_.fd, "{\"seq\":2,", 9), 9);
	log_done(&log_);
	ck_assert_int_eq(past_read(fd, &past, NULL), 0);
	ck_assert(!past.closed);
	ck_assert_int_eq(past_close(fd, &past, "graded", NULL), 0);
	past_done(&past);
	f = chain_of_file();
	ck_assert_uint_eq(f.broken, 0);
	ck_assert(!f.cut);
	ck_assert_uint_eq(f.lines, 2);
	ck_assert_int_lt(log_resume(&log_, dir, "events.jsonl", &past, &err), 0);
	ck_assert(past.closed && past.seq == 2);
	ck_assert_int_eq(err.kind, ERR_USAGE);
	past_done(&past);
}
END_TEST

TCase *lab_log_case(void)
{
	TCase *t = tcase_create("log");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, numbers_and_times_are_the_logs_own);
	tcase_add_test(t, full_disk_leaves_no_half_line);
	tcase_add_test(t, bounded);
	tcase_add_test(t, no_event_is_a_loss);
	tcase_add_test(t, lines_are_chained);
	tcase_add_test(t, a_resumed_log_goes_on_with_the_chain);
	tcase_add_test(t, a_closed_log_does_not_go_on);
	return t;
}
