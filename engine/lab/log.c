/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attempt's log. */
#define _GNU_SOURCE
#include "lab/log.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

double log_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int log_open(struct log *log, int dirfd, const char *name, struct err *err)
{
	struct stat st;

	*log = (struct log){.fd = -1, .zero = log_now(), .max = LOG_MAX};
	chain_init(&log->chain);
	if (dirfd < 0)
		return 0;
	log->fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log->fd < 0 || fstat(log->fd, &st) < 0)
		return err_sys(err, errno, "Can't create the attempt's %s", name);
	log->size = st.st_size;
	return 0;
}

/* What a crash left of a last line goes; a disk that is full by now must not leave a hole. */
static int go_on(struct log *log, struct past *past, struct err *err)
{
	int rc = past_read(log->fd, past, err);

	if (rc < 0)
		return rc;
	if (past->damaged)
		return err_set(err, ERR_MACHINE, EBADMSG,
			       "The attempt's log is damaged after event %llu",
			       (unsigned long long)past->seq);
	if (past->closed)
		return err_set(err, ERR_USAGE, EALREADY,
			       "The attempt was ended: its grade has been shown");
	if (ftruncate(log->fd, past->size) < 0)
		return err_sys(err, errno, "Can't go on with the attempt's log");
	log->size = past->size;
	log->seq = past->seq;
	log->zero = log_now() - past->t;
	log->chain = past->chain;
	return 0;
}

int log_resume(struct log *log, int dirfd, const char *name, struct past *ret, struct err *err)
{
	*log = (struct log){.fd = -1, .zero = log_now(), .max = LOG_MAX};
	chain_init(&log->chain);
	*ret = (struct past){0};
	log->fd = openat(dirfd, name, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	if (log->fd < 0)
		return err_sys(err, errno, "Can't open the attempt's %s", name);
	return go_on(log, ret, err);
}

void log_done(struct log *log)
{
	fd_closep(&log->fd);
}

/* seq and t first, so that a person reading the file finds them. */
static json_t *stamped(const struct log *log, json_t *event)
{
	double t = json_num(event, "mono", log_now()) - log->zero;
	json_t *out = json_pack("{s:I, s:f}", "seq", (json_int_t)log->seq + 1, "t",
				floor(t * 1e6 + 0.5) / 1e6);

	json_object_del(event, "mono");
	json_object_del(event, "h"); /* the line's own comes at its end */
	json_object_update_missing(out, event);
	return out;
}

/* What a grade can't do without is little, so a flood of the rest leaves room for it. */
static bool is_small_kind(const json_t *event)
{
	static const char *const kinds[] = {"lab", "answer", "hint", "probe"};
	const char *kind = json_str(event, "kind", "");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i], kind))
			return true;
	return false;
}

/* One write a line, so that a killed init leaves whole lines; what a full disk took in part is cut off again. */
static bool put_line(struct log *log, const char *line, size_t n)
{
	if (write(log->fd, line, n) == (ssize_t)n) {
		log->size += (off_t)n;
		return true;
	}
	if (ftruncate(log->fd, log->size) < 0)
		log->size += (off_t)n; /* a reader leaves out what is no line */
	return false;
}

/* The event as a line with its h and newline (caller frees *ret), and the chain after it. 0: out of memory. */
static size_t sealed_line(const struct log *log, const json_t *e, char **ret, struct chain *after)
{
	auto_free char *text = json_dumps(e, JSON_COMPACT | JSON_REAL_PRECISION(12));
	size_t n = text ? strlen(text) : 0;
	char *more = n ? realloc(text, n + CHAIN_SUFFIX) : NULL;

	if (!more)
		return 0;
	text = more;
	n = chain_seal(&log->chain, text, n, after);
	text[n] = '\n';
	*ret = ptr_steal(text);
	return n + 1;
}

static bool put_event(struct log *log, const json_t *e, bool small)
{
	auto_free char *text = NULL;
	struct chain after;
	size_t n = sealed_line(log, e, &text, &after);

	if (!n || log->size + (off_t)n > log->max + (small ? LOG_RESERVE : 0) ||
	    !put_line(log, text, n))
		return false;
	log->chain = after; /* only of what is in the file */
	return true;
}

static bool put_numbered(struct log *log, json_t *event)
{
	auto_json json_t *e = stamped(log, event);
	bool put = log->fd < 0 || put_event(log, e, is_small_kind(event));

	if (put)
		log->seq++; /* a number is never left out */
	return put;
}

/* With events missing from here, no recorder can be held to have seen all. */
static bool put_losses(struct log *log)
{
	static const char *const recorders[] = {"packets", "changes", "exec", "files"};

	for (size_t i = 0; i < ARRAY_SIZE(recorders); i++) {
		auto_json json_t *e =
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "kind", "lab", "by", "lab",
				  "what", "recorder-lost", "recorder", recorders[i], "why",
				  "the log could not be written", "events", (int)log->lost);

		if (!e || !put_numbered(log, e))
			return false;
	}
	log->lost = 0;
	return true;
}

uint64_t log_put(struct log *log, json_t *event)
{
	auto_json json_t *own = event;
	/* Where there is no room for it anyway, its loss is told before the next of those there is room for. */
	bool room = log->fd < 0 || is_small_kind(event) || log->size < log->max;

	if (event && room && (!log->lost || put_losses(log)) && put_numbered(log, own))
		return log->seq;
	log->lost++;
	return 0;
}
