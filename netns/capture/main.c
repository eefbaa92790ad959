/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netdojo-capture: packets of a lab's interfaces as one pcapng file or stream.
 *
 * netdojo-capture [--userns FD] --node NAME=NETNSFD[:IF[,IF]]... -w FILE|- [--snaplen N] [--filter
 * BPF] [--until FD]
 *
 * Started by `netdojo capture` as the caller, who owns the output; only then it enters the lab. The
 * headers are on the output as soon as every interface is captured from. Ends at SIGINT, SIGTERM,
 * the end of what --until names (a pidfd, or a socket's peer), and when all interfaces are gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/stdio_fds.h"
#include "netns/capture/batch.h"

struct capture {
	struct capture_options options;
	struct sources sources;
	struct batch batch;
	struct pcapng file;
	int signals;
	short until_events; /* of poll(2), on options.until */
};

/* Without touching what an existing file has: see clear_output. */
static FILE *open_file(const char *path)
{
	auto_fd fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (f)
		fd_steal(&fd);
	return f;
}

/* A file of before is given up only when there is something to capture from. */
static int clear_output(FILE *f, struct err *err)
{
	struct stat st;

	if (f == stdout || fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return ftruncate(fileno(f), 0) < 0 ? err_sys(err, errno, "Can't empty the file") : 0;
}

static int open_output(const char *path, FILE **ret, struct err *err)
{
	FILE *f = strcmp(path, "-") == 0 ? stdout : open_file(path);

	if (!f)
		return err_sys(err, errno, "Can't write '%s'", path);
	if (isatty(fileno(f)))
		return err_set(err, ERR_USAGE, EINVAL,
			       "Packets are not for a terminal: give -w a file, or a pipe");
	*ret = f;
	return 0;
}

static int block_signals(struct err *err)
{
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? err_sys(err, errno, "Can't wait for signals") : fd;
}

static int write_headers(struct capture *c)
{
	int rc = pcapng_begin(&c->file, "netdojo " NETDOJO_VERSION);

	for (size_t i = 0; rc == 0 && i < c->sources.n; i++) {
		const struct source *s = &c->sources.list[i];

		rc = pcapng_iface(&c->file, s->name, (uint16_t)pcap_datalink(s->pcap),
				  (uint32_t)c->options.snaplen);
	}
	if (rc == 0 && fflush(c->file.out))
		rc = -errno;
	return rc;
}

static uint64_t wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* A socket's peer is gone by its hang-up, whatever it said before; a pidfd is readable at the end.
 */
static short until_events(int until)
{
	struct stat st;

	return fstat(until, &st) == 0 && S_ISSOCK(st.st_mode) ? POLLRDHUP : POLLIN;
}

static bool anything_left(const struct capture *c)
{
	for (size_t i = 0; i < c->sources.n; i++)
		if (c->sources.list[i].pcap)
			return true;
	return false;
}

/* All that waits, in order. */
static int pump(struct capture *c)
{
	int rc;

	for (size_t i = 0; i < c->sources.n; i++) {
		struct source *s = &c->sources.list[i];

		if (s->pcap && batch_read(&c->batch, s, (uint32_t)i) == -ENODEV)
			source_close(s);
	}
	rc = batch_write(&c->batch, &c->file);
	if (rc == 0 && fflush(c->file.out))
		rc = -errno;
	return rc;
}

/* Waits for packets. True when the capture is to end. */
static bool wait_more(struct capture *c)
{
	struct pollfd p[SOURCES_MAX + 2] = {
		{.fd = c->signals, .events = POLLIN},
		{.fd = c->options.until, .events = c->until_events},
	};

	for (size_t i = 0; i < c->sources.n; i++)
		p[i + 2] = (struct pollfd){.fd = c->sources.list[i].fd, .events = POLLIN};
	if (poll(p, c->sources.n + 2, -1) < 0)
		return errno != EINTR;
	return p[0].revents || p[1].revents;
}

static int write_stats(struct capture *c)
{
	uint64_t now = wall_ns();
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->sources.n; i++) {
		struct source *s = &c->sources.list[i];

		source_close(s);
		rc = pcapng_stats(&c->file, (uint32_t)i, now, s->last.ps_recv, s->last.ps_drop);
	}
	if (rc == 0 && fflush(c->file.out))
		rc = -errno;
	return rc;
}

static int run(struct capture *c, struct err *err)
{
	bool end = false;
	int rc = write_headers(c);

	while (rc == 0 && !end && anything_left(c)) {
		end = wait_more(c);
		rc = pump(c);
	}
	if (rc == 0)
		rc = write_stats(c);
	if (rc == -EPIPE)
		return 0; /* the reader has seen enough */
	return rc < 0 ? err_sys(err, -rc, "Can't write the capture") : 0;
}

/* The output first, while we are still the caller; then the lab. */
static int start(struct capture *c, int argc, char **argv, struct err *err)
{
	int rc = capture_options_parse(argc, argv, &c->options, err);

	if (rc == 0)
		rc = open_output(c->options.write, &c->file.out, err);
	if (rc < 0)
		return rc;
	c->signals = block_signals(err);
	if (c->signals < 0)
		return c->signals;
	c->until_events = until_events(c->options.until);
	if (c->options.userns >= 0 && setns(c->options.userns, CLONE_NEWUSER) < 0)
		return err_sys(err, errno, "Can't enter the lab's user namespace");
	rc = sources_open(&c->options, &c->sources, err);
	return rc < 0 ? rc : clear_output(c->file.out, err);
}

int main(int argc, char **argv)
{
	auto_free struct capture *c = calloc(1, sizeof(*c));
	struct err err = {0};
	int rc;

	stdio_fds_fill();
	if (!c)
		return ERR_MACHINE;
	c->signals = -1;
	rc = start(c, argc, argv, &err);
	if (rc == 0)
		rc = run(c, &err);
	sources_done(&c->sources);
	fd_closep(&c->signals);
	if (c->file.out)
		fclose(c->file.out);
	if (rc < 0)
		fprintf(stderr, "netdojo capture: %s\n", err.msg);
	return rc < 0 ? (int)err.kind : 0;
}
