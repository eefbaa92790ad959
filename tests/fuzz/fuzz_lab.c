/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lab of fakes for fuzzing what is said to it. */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz_lab.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "lab/node.h"
#include "tests/unit/lab_windows_rig.h"

enum { MESSAGES_MAX = 60 };

/* Told by the fake script in answers that a node gets pieces of. */
static const char secret[] = "the-secret-cause";

struct talk {
	struct rig *r;
	int fd;
	int host;
	const char *node; /* whose connections, where it stands */
	json_t *asked; /* ids of requests on this connection: how often asked and not answered; owned */
};

_Noreturn static void wrong(const char *what)
{
	fprintf(stderr, "fuzz_lab: %s\n", what);
	abort();
}

static void check_answer(struct talk *t, const json_t *body)
{
	auto_free char *text = json_dumps(body, JSON_COMPACT);
	char key[32];
	json_int_t left;

	if (!text || (!t->host && strstr(text, secret)))
		wrong("the truth was told, or nothing that can be told");
	if (!json_object_get(body, "re"))
		return;
	snprintf(key, sizeof(key), "%lld", (long long)json_int(body, "re", 0));
	left = json_int(t->asked, key, 0) - 1;
	if (left < 0)
		wrong("an answer to nothing that was asked");
	json_object_set_new(t->asked, key, json_integer(left));
}

/* Takes what came; false when the connection has ended. */
static bool take_all(struct talk *t)
{
	for (;;) {
		auto_msg m = {0};
		int rc;

		rig_turn(t->r);
		rc = msg_recv(t->fd, &m, 0, NULL);
		if (rc == -EAGAIN)
			return true;
		if (rc <= 0)
			return false;
		check_answer(t, m.body);
	}
}

static void open_anew(struct talk *t)
{
	fd_closep(&t->fd);
	json_object_clear(t->asked);
	if (!node_find(&t->r->lab, t->node)) /* WSL was shut down */
		t->node = "windows";
	t->fd = t->host ? rig_host(t->r) : rig_guest(t->r, t->node);
}

static void note_request(struct talk *t, const uint8_t *text, size_t len)
{
	auto_json json_t *j = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
	json_int_t id = json_int(j, "id", 0);
	char key[32];

	if (!json_is_object(j) || id <= 0 || json_int(j, "re", 0) > 0)
		return;
	snprintf(key, sizeof(key), "%lld", (long long)id);
	json_object_set_new(t->asked, key, json_integer(json_int(t->asked, key, 0) + 1));
}

static int document(const uint8_t *text, size_t len, bool sealed)
{
	int fd = memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		wrong("no memory");
	if (sealed)
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	return fd;
}

static void send_packet(int sock, const void *text, size_t len, const int *fds, size_t n)
{
	union {
		char buf[CMSG_SPACE(sizeof(int) * 3)];
		struct cmsghdr align;
	} ctl = {0};
	struct iovec iov = {(void *)text, len};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};

	if (n) {
		mh.msg_control = ctl.buf;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		*CMSG_FIRSTHDR(&mh) = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
						       .cmsg_type = SCM_RIGHTS,
						       .cmsg_len = CMSG_LEN(sizeof(int) * n)};
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&mh)), fds, sizeof(int) * n);
	}
	if (sendmsg(sock, &mh, MSG_NOSIGNAL) < 0 && errno == EAGAIN)
		return;
}

static void say(struct talk *t, enum fuzz_how how, const uint8_t *text, size_t len)
{
	int three[3] = {0, 1, 2}, fd;

	if (how == FUZZ_MEMFD || how == FUZZ_BAD_FD) {
		fd = document(text, len, how == FUZZ_MEMFD);
		if (how == FUZZ_MEMFD)
			note_request(t, text, len);
		send_packet(t->fd, "\x01", 1, &fd, 1);
		close(fd);
		return;
	}
	note_request(t, text, len);
	send_packet(t->fd, text, len, three, how == FUZZ_FDS ? 3 : 0);
}

static void end_commands(struct rig *r)
{
	for (uint64_t id = 1; id <= r->lab.next_exec; id++) {
		fake_proc_exit(&r->proc, "wsl", id, 0);
		fake_proc_exit(&r->proc, "windows", id, 0);
	}
}

/* One message; false when the lab has ended, as the host's side may ask. */
static bool step(struct talk *t, enum fuzz_how how, const uint8_t *text, size_t len)
{
	if (how == FUZZ_DEAF || how == FUZZ_HEAR)
		t->r->script_deaf = how == FUZZ_DEAF;
	else if (how == FUZZ_ENDS)
		end_commands(t->r);
	else if (how == FUZZ_ANEW || how == FUZZ_WINDOWS) {
		t->node = how == FUZZ_ANEW ? "wsl" : "windows";
		open_anew(t);
	}
	say(t, how, text, len);
	if (!take_all(t))
		open_anew(t);
	if (t->r->lab.phase == LAB_ENDING && !t->host)
		wrong("a node ended the lab");
	return t->r->lab.phase != LAB_ENDING;
}

static void all_answered(struct talk *t)
{
	const char *id;
	json_t *left;

	t->r->script_deaf = false;
	if (!take_all(t) || t->r->lab.phase == LAB_ENDING)
		return;
	json_object_foreach (t->asked, id, left)
		if (json_integer_value(left) > 0)
			wrong("a request was not answered");
}

static void feed(struct talk *t, const uint8_t *data, size_t size)
{
	for (int n = 0; n < MESSAGES_MAX && size >= 3; n++) {
		size_t len = (size_t)data[1] << 8 | data[2];
		enum fuzz_how how = data[0] % N_FUZZ_HOWS;

		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		if (n % 15 == 14) /* a connection's rate is bounded, and no time passes here */
			open_anew(t);
		if (!step(t, how, data, len))
			return;
		data += len;
		size -= len;
	}
	all_answered(t);
}

static void open_lab(struct rig *r)
{
	json_t *answer;

	rig_init(r);
	windows_script(r);
	windows_open(r);
	answer = rig_boot(r, NULL);
	if (r->lab.phase != LAB_READY)
		wrong(rig_error(answer));
	json_decref(answer);
}

void fuzz_lab(const uint8_t *data, size_t size, int host)
{
	struct rig r;
	struct talk t = {.r = &r, .fd = -1, .host = host, .node = "wsl", .asked = json_object()};

	open_lab(&r);
	r.proc.keep_running = true;
	open_anew(&t);
	feed(&t, data, size);
	fd_closep(&t.fd);
	json_decref(t.asked);
	rig_done(&r);
}
