/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages between processes: whole, long, with descriptors, and from somebody hostile. */
#define _GNU_SOURCE
#include "tests/unit/test_msg.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"

static int pair[2];
static int fds_before;

static int open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void setup(void)
{
	fds_before = open_fds();
	ck_assert_int_eq(msg_pair(pair, NULL), 0);
	fcntl(pair[1], F_SETFL, O_NONBLOCK);
}

/* Every test also proves that no descriptor leaked. */
static void teardown(void)
{
	fd_closep(&pair[0]);
	fd_closep(&pair[1]);
	ck_assert_int_eq(open_fds(), fds_before);
}

static json_t *text_of(size_t n)
{
	char *text = malloc(n + 1);
	json_t *j;

	memset(text, 'x', n);
	text[n] = '\0';
	j = json_pack("{s:s}", "text", text);
	free(text);
	return j;
}

START_TEST(small_ones_arrive)
{
	auto_json json_t *j = json_pack("{s:i, s:s}", "id", 1, "do", "info");
	auto_msg m = {0};

	ck_assert_int_eq(msg_send(pair[0], j, NULL, 0, NULL), 0);
	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), 1);
	ck_assert(json_equal(m.body, j));
	ck_assert_uint_eq(m.n_fds, 0);
}
END_TEST

/* Lengths round the edge of what travels inline. */
static const size_t lengths[] = {MSG_INLINE_MAX - 20, MSG_INLINE_MAX - 11, MSG_INLINE_MAX - 10,
				 MSG_INLINE_MAX,      200 * 1024,	   8 * 1024 * 1024};

START_TEST(long_ones_arrive)
{
	auto_json json_t *j = text_of(lengths[_i]);
	int fds[1] = {STDIN_FILENO};
	auto_msg m = {0};

	ck_assert_int_eq(msg_send(pair[0], j, fds, 1, NULL), 0);
	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), 1);
	ck_assert(json_equal(m.body, j));
	ck_assert_uint_eq(m.n_fds, 1);
}
END_TEST

START_TEST(descriptors_arrive_in_order)
{
	auto_json json_t *j = json_object();
	int fds[MSG_MAX_FDS];
	auto_msg m = {0};
	struct stat a, b;
	auto_fd taken = -1;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = open(i % 2 ? "/dev/null" : "/", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(msg_send(pair[0], j, fds, MSG_MAX_FDS, NULL), -EINVAL);
	ck_assert_int_eq(msg_send(pair[0], j, fds, MSG_MAX_FDS - 1, NULL), 0);
	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), 1);
	ck_assert_uint_eq(m.n_fds, MSG_MAX_FDS - 1);
	for (size_t i = 0; i < m.n_fds; i++) {
		fstat(fds[i], &a);
		fstat(m.fds[i], &b);
		ck_assert(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
		ck_assert_int_eq(fcntl(m.fds[i], F_GETFD), FD_CLOEXEC);
	}
	taken = msg_take_fd(&m, 3);
	ck_assert_int_ge(taken, 0);
	ck_assert_int_eq(msg_take_fd(&m, 3), -1);
	ck_assert_int_eq(msg_take_fd(&m, 99), -1);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}
END_TEST

START_TEST(ends_are_told)
{
	auto_json json_t *j = json_object();
	auto_msg m = {0};

	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), -EAGAIN);
	fd_closep(&pair[0]);
	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), 0);
	ck_assert_int_eq(msg_send(pair[1], j, NULL, 0, NULL), -EPIPE);
}
END_TEST

START_TEST(full_buffer_is_eagain)
{
	auto_json json_t *j = text_of(30000);
	int rc = 0;

	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 1000 && rc == 0; i++)
		rc = msg_send(pair[0], j, NULL, 0, NULL);
	ck_assert_int_eq(rc, -EAGAIN);
}
END_TEST

START_TEST(limit_holds)
{
	auto_json json_t *inlined = text_of(20000), *spilled = text_of(200000);
	auto_msg m = {0};

	ck_assert_int_eq(msg_send(pair[0], inlined, NULL, 0, NULL), 0);
	ck_assert_int_eq(msg_recv(pair[1], &m, 16384, NULL), -EMSGSIZE);
	ck_assert_int_eq(msg_send(pair[0], spilled, NULL, 0, NULL), 0);
	ck_assert_int_eq(msg_recv(pair[1], &m, 16384, NULL), -EMSGSIZE);
	ck_assert_int_eq(msg_send(pair[0], spilled, NULL, 0, NULL), 0);
	ck_assert_int_eq(msg_recv(pair[1], &m, 1 << 20, NULL), 1);
}
END_TEST

/* Sends raw bytes with an optional descriptor, as a peer that does not use msg_send. */
static void send_raw(const void *data, size_t len, const int *fds, size_t n)
{
	union {
		char buf[CMSG_SPACE(sizeof(int) * 64)];
		struct cmsghdr align;
	} ctl = {0};
	struct iovec iov = {(void *)data, len};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};

	if (n) {
		mh.msg_control = ctl.buf;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		ctl.align.cmsg_level = SOL_SOCKET;
		ctl.align.cmsg_type = SCM_RIGHTS;
		ctl.align.cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(&ctl.align), fds, sizeof(int) * n);
	}
	ck_assert_int_eq(sendmsg(pair[0], &mh, MSG_NOSIGNAL), (ssize_t)len);
}

static const struct {
	const char *data;
	size_t len;
} hostile[] = {
	{"x", 1},
	{"{", 1},
	{"{}{}", 4},
	{"\0\0\0", 3},
	{"\x01", 1},
	{"\x01{}", 3},
	{"\xff\xff", 2},
	{"{\"a\":\"\\u0000\"}", 14},
	{"{\"a\":1,\"a\":2}", 13},
	{"7", 1},
};

START_TEST(hostile_text_is_refused)
{
	auto_msg m = {0};
	struct err e = {0};

	send_raw(hostile[_i].data, hostile[_i].len, NULL, 0);
	ck_assert_int_lt(msg_recv(pair[1], &m, 0, &e), 0);
	ck_assert_ptr_null(m.body);
	ck_assert(e.msg[0] != '\0');
}
END_TEST

/* A memfd that could still change, or is none at all, is never mapped. */
START_TEST(unsealed_memory_is_refused)
{
	auto_fd mem = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	auto_fd dir = open("/", O_RDONLY | O_CLOEXEC);
	auto_msg m = {0};
	int fd = _i == 0 ? mem : dir;

	ck_assert_int_eq(write(mem, "{}", 2), 2);
	send_raw("\x01", 1, &fd, 1);
	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), -EBADMSG);
}
END_TEST

START_TEST(empty_memory_is_refused)
{
	auto_fd mem = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	auto_msg m = {0};

	fcntl(mem, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	send_raw("\x01", 1, &mem, 1);
	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), -EMSGSIZE);
}
END_TEST

START_TEST(too_many_descriptors_are_closed)
{
	int many[40];
	auto_msg m = {0};

	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = STDIN_FILENO;
	send_raw("{}", 2, many, _i ? ARRAY_SIZE(many) : MSG_MAX_FDS + 1);
	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), -EMSGSIZE);
}
END_TEST

START_TEST(oversized_packet_is_refused)
{
	size_t n = MSG_INLINE_MAX + 100;
	char *big = malloc(n);
	auto_msg m = {0};

	memset(big, ' ', n);
	send_raw(big, n, NULL, 0);
	free(big);
	ck_assert_int_eq(msg_recv(pair[1], &m, 0, NULL), -EMSGSIZE);
}
END_TEST

TCase *msg_case(void)
{
	TCase *t = tcase_create("msg");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, small_ones_arrive);
	tcase_add_loop_test(t, long_ones_arrive, 0, ARRAY_SIZE(lengths));
	tcase_add_test(t, descriptors_arrive_in_order);
	tcase_add_test(t, ends_are_told);
	tcase_add_test(t, full_buffer_is_eagain);
	tcase_add_test(t, limit_holds);
	tcase_add_loop_test(t, hostile_text_is_refused, 0, ARRAY_SIZE(hostile));
	tcase_add_loop_test(t, unsealed_memory_is_refused, 0, 2);
	tcase_add_test(t, empty_memory_is_refused);
	tcase_add_loop_test(t, too_many_descriptors_are_closed, 0, 2);
	tcase_add_test(t, oversized_packet_is_refused);
	return t;
}
