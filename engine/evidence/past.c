/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an attempt's log ends. */
#define _GNU_SOURCE
#include "evidence/past.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * Theory of operation. A log may be hundreds of megabytes, and is read before the learner gets a shell: so a line is looked at
 * by its beginning, which init writes in one order ("seq", "t", for its own events "kind" next), and only the few that matter
 * here are parsed.
 */
enum { HEAD = 96 };

void past_done(struct past *p)
{
	json_decref(p->start);
	*p = (struct past){0};
}

static void take_lab(struct past *p, const json_t *e)
{
	const char *what = json_str(e, "what", ""), *why = json_str(e, "why", "");
	bool begins = !strcmp(what, "start") || !strcmp(what, "resumed") || !strcmp(what, "reset");

	if (begins) {
		p->wall = json_num(e, "wall", 0);
		p->wall_t = json_num(e, "t", 0);
		p->left = false;
	}
	if (!strcmp(what, "start") && !p->start)
		p->start = json_incref((json_t *)e);
	if (!strcmp(what, "finished"))
		p->finished = true;
	if (!strcmp(what, "closed"))
		p->closed = true;
	if (!strcmp(what, "end"))
		p->left = !strcmp(why, "down") || !strcmp(why, "quit");
}

static void take_event(struct past *p, const char *line, size_t n)
{
	auto_json json_t *e = NULL;

	if (json_parse(line, n, &e, NULL) < 0)
		return;
	if (!strcmp(json_str(e, "kind", ""), "lab"))
		take_lab(p, e);
	else if (json_int(e, "n", 0) > p->hints)
		p->hints = (unsigned)json_int(e, "n", 0);
}

/* A line without its newline; false when it is no event, or not the next: a power cut leaves such, and all behind it is lost. */
static bool take_line(struct past *p, const char *line, size_t n)
{
	size_t head = n < HEAD ? n : HEAD;
	char start[HEAD + 1];
	unsigned long long seq;
	double t;

	memcpy(start, line, head);
	start[head] = '\0';
	if (sscanf(start, "{\"seq\":%llu,\"t\":%lf", &seq, &t) != 2 || seq != p->seq + 1 ||
	    line[n - 1] != '}' || memchr(line, '\0', n))
		return false;
	p->seq = seq;
	p->t = t > p->t ? t : p->t;
	if (!chain_read(line, n, &p->chain))
		chain_init(&p->chain);
	if (strstr(start, "\"kind\":\"lab\"") || strstr(start, "\"kind\":\"hint\""))
		take_event(p, line, n);
	return true;
}

static void take_lines(struct past *p, const char *text, size_t len)
{
	const char *at = text, *end = text + len, *nl;

	while (at < end && (nl = memchr(at, '\n', (size_t)(end - at)))) {
		if (nl == at || !take_line(p, at, (size_t)(nl - at)))
			break;
		at = nl + 1;
	}
	p->size = at - text;
	p->damaged = memmem(at, (size_t)(end - at), "\n{\"seq\":", 8) != NULL;
}

int past_read(int fd, struct past *ret, struct err *err)
{
	struct stat st;
	char *text;

	*ret = (struct past){0};
	chain_init(&ret->chain);
	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, "Can't read the attempt's log");
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_USAGE, EINVAL, "The attempt's log is not a file");
	if (st.st_size == 0)
		return 0;
	text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (text == MAP_FAILED)
		return err_sys(err, errno, "Can't read the attempt's log");
	take_lines(ret, text, (size_t)st.st_size);
	munmap(text, (size_t)st.st_size);
	return 0;
}

/* The line with its h and newline, *ret_n bytes; caller frees. NULL: out of memory. */
static char *closing_line(const struct past *p, const char *why, size_t *ret_n)
{
	auto_json json_t *e =
		json_pack("{s:I, s:f, s:s, s:s, s:s, s:s, s:f}", "seq", (json_int_t)p->seq + 1, "t",
			  p->t, "kind", "lab", "by", "lab", "what", "closed", "why", why, "wall",
			  (double)time(NULL));
	auto_free char *text = e ? json_dumps(e, JSON_COMPACT | JSON_REAL_PRECISION(12)) : NULL;
	size_t n = text ? strlen(text) : 0;
	char *more = n ? realloc(text, n + CHAIN_SUFFIX) : NULL;
	struct chain after;

	if (!more)
		return NULL;
	text = more;
	n = chain_seal(&p->chain, text, n, &after);
	text[n] = '\n';
	*ret_n = n + 1;
	return ptr_steal(text);
}

int past_close(int fd, const struct past *p, const char *why, struct err *err)
{
	size_t n = 0;
	auto_free char *line = closing_line(p, why, &n);
	ssize_t put;

	if (!line)
		return err_sys(err, ENOMEM, "Can't end the attempt");
	if (ftruncate(fd, p->size) < 0)
		return err_sys(err, errno, "Can't end the attempt");
	put = pwrite(fd, line, n, p->size);
	if (put == (ssize_t)n)
		return 0;
	err_sys(err, put < 0 ? errno : ENOSPC, "Can't end the attempt");
	/* half a line would be cut off by the next reader all the same */
	return ftruncate(fd, p->size) < 0 ? -EIO : put < 0 ? -EIO : -ENOSPC;
}

double past_gap(const struct past *p, double now)
{
	double last = p->wall + (p->t - p->wall_t);

	return p->wall > 0 && now > last ? now - last : 0;
}
