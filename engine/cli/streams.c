/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carrying the caller's files and terminals to a command in a node, and back. */
#define _GNU_SOURCE
#include "cli/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>

#include "base/cleanup.h"

enum {
	PIPE_BYTES = 1024 * 1024, /* asked for; the user's limit may give less */
	SLOT = 4096,		  /* what a pipe that polls writable surely takes */
	REST_MS = 100,		  /* until a terminal that is another's is looked at again */
};

static const char *const names[N_STREAMS] = {"Standard input", "Standard output", "Standard error"};

void streams_init(struct streams *s)
{
	*s = (struct streams){.failed = {.code = 0}};
	for (int i = 0; i < N_STREAMS; i++)
		s->v[i] = (struct stream){.from = -1, .to = -1, .theirs = -1};
}

static bool may_be_passed(int fd, const struct stat *st)
{
	struct statfs fs;

	if (S_ISCHR(st->st_mode))
		return st->st_rdev == makedev(1, 3); /* /dev/null */
	/* A named pipe has a path, as a file has. */
	return fstatfs(fd, &fs) == 0 && (fs.f_type == PIPEFS_MAGIC || fs.f_type == SOCKFS_MAGIC);
}

static int carry_by_pipe(struct stream *s, int fd, const struct stat *st, struct err *err)
{
	int ends[2], ours;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "Can't make a pipe");
	ours = fd == STDIN_FILENO ? 1 : 0;
	fcntl(ends[ours], F_SETPIPE_SZ, PIPE_BYTES);
	fcntl(ends[ours], F_SETFL, O_NONBLOCK); /* this end's alone */
	*s = (struct stream){.from = ours ? fd : ends[0],
			     .to = ours ? ends[1] : fd,
			     .theirs = ends[!ours],
			     .input = ours,
			     .regular = S_ISREG(st->st_mode),
			     .plain = !S_ISREG(st->st_mode),
			     .terminal = isatty(fd)};
	return 0;
}

/* "2>&1": one pipe for both keeps the order of what is written. */
static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       fcntl(STDOUT_FILENO, F_GETFL) == fcntl(STDERR_FILENO, F_GETFL);
}

int streams_open(struct streams *s, int fds[N_STREAMS], struct err *err)
{
	struct stat st[N_STREAMS];

	signal(SIGPIPE, SIG_IGN); /* a command need not read all of its input */
	for (int i = 0; i < N_STREAMS; i++) {
		fds[i] = i;
		if (fstat(i, &st[i]) < 0)
			return err_sys(err, errno, "%s can't be used", names[i]);
		if (S_ISDIR(st[i].st_mode))
			return err_set(err, ERR_USAGE, ENOTSUP, "%s is a folder", names[i]);
		if (may_be_passed(i, &st[i]))
			continue;
		if (i == STDERR_FILENO && s->v[1].from >= 0 && is_same(&st[1], &st[2])) {
			fds[i] = s->v[1].theirs;
			continue;
		}
		if (carry_by_pipe(&s->v[i], i, &st[i], err) < 0)
			return -err->code;
		fds[i] = s->v[i].theirs;
	}
	return 0;
}

void streams_sent(struct streams *s)
{
	for (int i = 0; i < N_STREAMS; i++)
		if (!s->v[i].input || !s->v[i].regular)
			fd_closep(&s->v[i].theirs);
}

/* Closes our end of the pipe: the command sees the end of its input, or that nobody listens. */
static void end_stream(struct stream *s)
{
	fd_closep(s->input ? &s->to : &s->from);
	s->from = s->to = -1;
}

int streams_want(const struct streams *s, struct pollfd *p)
{
	int timeout = -1;

	for (int i = 0; i < N_STREAMS; i++) {
		const struct stream *v = &s->v[i];
		bool sink = v->input && (v->regular || v->full);

		p[i] = (struct pollfd){.fd = sink ? v->to : v->from,
				       .events = sink ? POLLOUT : POLLIN};
		if (v->resting) {
			p[i].fd = -1;
			timeout = REST_MS;
		}
	}
	return timeout;
}

static int write_all(int fd, const char *buf, size_t n)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	while (n) {
		ssize_t done = write(fd, buf, n);

		if (done < 0 && errno == EAGAIN)
			poll(&p, 1, -1);
		else if (done < 0 && errno != EINTR)
			return -1;
		if (done > 0) {
			buf += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

/* An input's pipe has room for a slot: it polled writable. */
static ssize_t copy(const struct stream *s)
{
	char buf[16 * SLOT];
	ssize_t n = read(s->from, buf, s->input ? SLOT : sizeof(buf));

	return n > 0 && write_all(s->to, buf, (size_t)n) < 0 ? -1 : n;
}

/* Some bytes: how many, 0 at the end, -1 with errno. */
static ssize_t move(struct stream *s)
{
	ssize_t n;

	if (s->plain)
		return copy(s);
	n = splice(s->from, NULL, s->to, NULL, PIPE_BYTES, SPLICE_F_NONBLOCK);
	/* Not every file system knows it, nor a file opened to append. */
	s->plain = n < 0 && errno == EINVAL;
	return s->plain ? copy(s) : n;
}

static bool takes_more(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) > 0;
}

/*
 * A terminal is read only while it is ours and by lines: in `netdojo exec wsl -- dmesg | less` the
 * keys are for less, and in the background they are the shell's.
 */
static bool is_ours(int fd)
{
	struct termios t;

	return tcgetattr(fd, &t) < 0 || ((t.c_lflag & ICANON) && tcgetpgrp(fd) == getpgrp());
}

static void fail(struct streams *s, int i)
{
	if (!s->failed.code)
		err_sys(&s->failed, errno, "%s can't be %s", names[i],
			s->v[i].input ? "read" : "written");
}

/* Whether an input is to be read now. */
static bool is_wanted(struct stream *s)
{
	bool was_full = s->full;

	s->resting = s->terminal && !is_ours(s->from);
	s->full = !takes_more(s->to);
	/* Room was waited for: whether there is something to read is still to be asked. */
	return !s->resting && !s->full && (!was_full || s->regular);
}

/* Returns how many bytes were carried. */
static size_t carry(struct streams *s, int i)
{
	struct stream *v = &s->v[i];
	ssize_t n;

	if (v->input && !is_wanted(v))
		return 0;
	n = move(v);
	if (n > 0)
		return (size_t)n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	/* A command need not read its input, nor we have one; a terminal may hang up. */
	if (n < 0 && !(v->input && (errno == EPIPE || errno == EBADF || errno == EIO)))
		fail(s, i);
	end_stream(v);
	return 0;
}

void streams_carry(struct streams *s, const struct pollfd *p)
{
	for (int i = 0; i < N_STREAMS; i++) {
		if (s->v[i].from < 0)
			continue;
		if (p[i].revents)
			carry(s, i);
		else
			s->v[i].resting = false;
	}
}

/* Whoever reads the file after us begins where the command ended. */
static void put_back(struct stream *s)
{
	int unread = 0;

	if (s->regular && s->input && ioctl(s->theirs, FIONREAD, &unread) == 0 && unread > 0)
		lseek(STDIN_FILENO, -unread, SEEK_CUR);
}

/* What is in the pipe now: a child the command left behind may write for ever. */
static void drain(struct streams *s, int i)
{
	int left = 0;

	ioctl(s->v[i].from, FIONREAD, &left);
	while (left > 0 && s->v[i].from >= 0)
		left -= (int)carry(s, i);
}

int streams_end(struct streams *s, struct err *err)
{
	drain(s, STDOUT_FILENO);
	drain(s, STDERR_FILENO);
	put_back(&s->v[STDIN_FILENO]);
	if (!s->failed.code)
		return 0;
	*err = s->failed;
	return -err->code;
}

void streams_done(struct streams *s)
{
	for (int i = 0; i < N_STREAMS; i++) {
		if (s->v[i].from >= 0)
			end_stream(&s->v[i]);
		fd_closep(&s->v[i].theirs);
	}
}
