/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's log. */
#define _GNU_SOURCE
#include "lab/log.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <time.h>

double log_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int log_open(struct log *log, int dirfd, const char *name, struct err *err)
{
	*log = (struct log){.fd = -1, .zero = log_now()};
	if (dirfd < 0)
		return 0;
	log->fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log->fd < 0)
		return err_sys(err, errno, "Can't create the attempt's %s", name);
	return 0;
}

void log_done(struct log *log)
{
	fd_closep(&log->fd);
}

/* seq and t first, so that a person reading the file finds them. */
static json_t *stamped(struct log *log, json_t *event)
{
	double t = json_num(event, "mono", log_now()) - log->zero;
	json_t *out = json_pack("{s:I, s:f}", "seq", (json_int_t)++log->seq, "t",
				floor(t * 1e6 + 0.5) / 1e6);

	json_object_del(event, "mono");
	json_object_update_missing(out, event);
	json_decref(event);
	return out;
}

uint64_t log_put(struct log *log, json_t *event)
{
	auto_json json_t *e = stamped(log, event);
	auto_free char *text = NULL;
	size_t n;

	if (log->fd < 0)
		return log->seq;
	text = json_dumps(e, JSON_COMPACT | JSON_REAL_PRECISION(12));
	if (!text)
		return 0;
	n = strlen(text);
	text[n] = '\n'; /* one write a line: a killed init leaves whole lines */
	if (write(log->fd, text, n + 1) != (ssize_t)n + 1)
		return 0;
	return log->seq;
}
