/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * msg_recv(), fed with anything: the first byte says how the rest arrives (inline, or in a memfd,
 * sealed or not) and with how many descriptors. No input may crash it, pass a limit, or leave a
 * descriptor open.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/msg.h"

enum { LIMIT = 4096, FDS_MOST = 31 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* The lowest free descriptor: the same before and after when nothing leaked. */
static int lowest(void)
{
	int fd = dup(STDIN_FILENO);

	must(fd >= 0);
	close(fd);
	return fd;
}

static void send_raw(int sock, const void *data, size_t len, const int *fds, size_t n)
{
	union {
		char buf[CMSG_SPACE(sizeof(int) * (FDS_MOST + 1))];
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
	must(sendmsg(sock, &mh, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len);
}

static int memory_with(const uint8_t *data, size_t size, bool sealed)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	if (sealed)
		must(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0);
	return fd;
}

/* Bits of the first byte: 0-4 descriptors, 5 in memory, 6 sealed. */
static void deliver(int sock, const uint8_t *data, size_t size)
{
	uint8_t how = data[0];
	size_t n = how & FDS_MOST;
	bool memory = how & 0x20;
	int fds[FDS_MOST + 1], mem = -1;

	for (size_t i = 0; i < n; i++)
		fds[i] = STDIN_FILENO;
	if (memory) {
		mem = memory_with(data + 1, size - 1, how & 0x40);
		fds[n++] = mem;
		send_raw(sock, "\x01", 1, fds, n);
		close(mem);
	} else {
		send_raw(sock, data + 1, size - 1, fds, n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int before = lowest(), pair[2], rc;
	struct msg m = {0};
	struct err err = {0};

	if (size < 2 || size > 100 * 1024)
		return 0;
	must(msg_pair(pair, NULL) == 0);
	deliver(pair[0], data, size);
	fcntl(pair[1], F_SETFL, O_NONBLOCK);
	rc = msg_recv(pair[1], &m, LIMIT, &err);
	must(rc == 1 ? m.body && size - 1 <= LIMIT : rc < 0 && !m.body && err.msg[0]);
	msg_done(&m);
	close(pair[0]);
	close(pair[1]);
	must(lowest() == before);
	return 0;
}
