/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages between netdojo's own processes. */
#define _GNU_SOURCE
#include "base/msg.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* The one byte that says "the document is in the last descriptor"; no JSON text begins with it. */
#define MSG_SPILLED '\x01'

void msg_done(struct msg *m)
{
	json_decref(m->body);
	m->body = NULL;
	for (size_t i = 0; i < m->n_fds; i++)
		fd_closep(&m->fds[i]);
	m->n_fds = 0;
}

int msg_take_fd(struct msg *m, size_t i)
{
	return i < m->n_fds ? fd_steal(&m->fds[i]) : -1;
}

int msg_pair(int ret_fds[2], struct err *err)
{
	int code;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds) == 0)
		return 0;
	code = errno;
	err_sys(err, code, "Can't make a socket pair");
	if (code == EMFILE)
		err_mend(err, "Raise the limit on open files: ulimit -n 4096");
	return -code;
}

static int spill(const char *text, size_t len, struct err *err)
{
	auto_fd fd = memfd_create("netdojo-msg", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	size_t off = 0;

	if (fd < 0)
		return err_sys(err, errno, "Can't make a memfd of %zu bytes", len);
	while (off < len) {
		ssize_t n = write(fd, text + off, len - off);

		if (n < 0)
			return err_sys(err, errno, "Can't fill a memfd");
		off += (size_t)n;
	}
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		return err_sys(err, errno, "Can't seal a memfd");
	return fd_steal(&fd);
}

static int send_packet(int sock, const void *data, size_t len, const int *fds, size_t n_fds,
		       struct err *err)
{
	union {
		char buf[CMSG_SPACE(sizeof(int) * MSG_MAX_FDS)];
		struct cmsghdr align;
	} ctl = {0};
	struct iovec iov = {.iov_base = (void *)data, .iov_len = len};
	struct msghdr mh = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	if (n_fds) {
		struct cmsghdr *c = &ctl.align;

		mh.msg_control = ctl.buf;
		mh.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n_fds);
	}
	do
		n = sendmsg(sock, &mh, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, errno, "Can't send a message");
	return 0;
}

int msg_send(int sock, const json_t *body, const int *fds, size_t n_fds, struct err *err)
{
	auto_free char *text = json_dumps(body, JSON_COMPACT);
	auto_fd mem = -1;
	int all[MSG_MAX_FDS];
	char mark = MSG_SPILLED;
	size_t len;

	if (!text)
		return err_sys(err, ENOMEM, "Can't encode a message");
	if (n_fds >= MSG_MAX_FDS)
		return err_sys(err, EINVAL, "Too many descriptors for one message");
	len = strlen(text);
	if (len <= MSG_INLINE_MAX)
		return send_packet(sock, text, len, fds, n_fds, err);
	mem = spill(text, len, err);
	if (mem < 0)
		return mem;
	if (n_fds)
		memcpy(all, fds, sizeof(int) * n_fds);
	all[n_fds] = mem;
	return send_packet(sock, &mark, 1, all, n_fds + 1, err);
}

static void take_sender(const struct cmsghdr *c, struct msg *m)
{
	struct ucred cred;

	memcpy(&cred, CMSG_DATA(c), sizeof(cred));
	m->pid = cred.pid;
}

/* Room for credentials beside them lets a sender smuggle in more descriptors than a message may have: those close. */
static bool take_fds(const struct cmsghdr *c, struct msg *m)
{
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	bool whole = m->n_fds + n <= MSG_MAX_FDS;

	for (size_t i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
		if (m->n_fds < MSG_MAX_FDS)
			m->fds[m->n_fds++] = fd;
		else
			close(fd);
	}
	return whole;
}

/* False when there were more descriptors than fit. */
static bool take_control(struct msghdr *mh, struct msg *m)
{
	bool whole = true;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(mh); c; c = CMSG_NXTHDR(mh, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS)
			take_sender(c, m);
		else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			whole = take_fds(c, m) && whole;
	}
	return whole;
}

/* Reads the document out of a memfd, trusting neither its size nor its seals. */
static int unspill(struct msg *m, size_t limit, struct err *err)
{
	auto_fd fd = m->n_fds ? msg_take_fd(m, m->n_fds - 1) : -1;
	void *map;
	off_t size;
	int seals, rc;

	if (m->n_fds)
		m->n_fds--;
	seals = fd < 0 ? -1 : fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & (F_SEAL_SHRINK | F_SEAL_WRITE)) != (F_SEAL_SHRINK | F_SEAL_WRITE))
		return err_sys(err, EBADMSG, "A long message came without a sealed memfd");
	/* lseek, not fstat: glibc's fstat is newfstatat, which the script's sandbox can't tell from a stat of any path. */
	size = lseek(fd, 0, SEEK_END);
	if (size <= 0 || (size_t)size > limit)
		return err_sys(err, EMSGSIZE, "A message is over %zu bytes", limit);
	map = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(err, errno, "Can't map a message");
	rc = json_parse(map, (size_t)size, &m->body, err);
	munmap(map, (size_t)size);
	return rc;
}

int msg_recv(int sock, struct msg *ret, size_t limit, struct err *err)
{
	union {
		char buf[CMSG_SPACE(sizeof(int) * MSG_MAX_FDS) + CMSG_SPACE(sizeof(struct ucred))];
		struct cmsghdr align;
	} ctl = {0};
	auto_free char *buf = malloc(MSG_INLINE_MAX);
	struct iovec iov = {.iov_base = buf, .iov_len = MSG_INLINE_MAX};
	struct msghdr mh = {.msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = ctl.buf,
			    .msg_controllen = sizeof(ctl.buf)};
	auto_msg m = {0};
	bool whole;
	ssize_t n;
	int rc;

	if (!buf)
		return err_sys(err, ENOMEM, "Can't receive a message");
	if (!limit || limit > MSG_TOTAL_MAX)
		limit = MSG_TOTAL_MAX;
	do
		n = recvmsg(sock, &mh, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == ECONNRESET)
		return 0;
	if (n < 0)
		return err_sys(err, errno, "Can't receive a message");
	whole = take_control(&mh, &m);
	if (n == 0)
		return 0;
	if (!whole || mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return err_sys(err, EMSGSIZE, "A message was cut");
	if (n == 1 && buf[0] == MSG_SPILLED)
		rc = unspill(&m, limit, err);
	else if ((size_t)n > limit)
		rc = err_sys(err, EMSGSIZE, "A message is over %zu bytes", limit);
	else
		rc = json_parse(buf, (size_t)n, &m.body, err);
	if (rc < 0)
		return rc;
	*ret = m;
	m = (struct msg){0};
	return 1;
}
