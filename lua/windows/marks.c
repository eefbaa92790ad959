/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks for a terminal host. */
#define _GNU_SOURCE
#include "windows/marks.h"

#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "windows/output.h"

enum { SEAT_MAX = 48, NONCE_MAX = 64, TEXT_MAX = 8192, TIME_MAX = 32 };

static char nonce[NONCE_MAX + 1];
static char seat
	[SEAT_MAX +
	 1]; /* "NODE/UPTIME": the node, and the uptime at which the attempt began; "" = not told */
static bool running; /* a command was begun and its end not told */

/*
 * Nobody else of this node's may sign: the bytes go from where /proc/PID/environ reads them, and what was copied is in memory
 * that opens to CAP_SYS_PTRACE alone, which no editor, curl or shell started from here gets.
 */
void marks_begin(void)
{
	char *given = getenv(MARKS_ENV);
	const char *at = getenv(SEAT_ENV);

	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0);
	if (at && strlen(at) <= SEAT_MAX)
		memcpy(seat, at, strlen(at) + 1);
	unsetenv(SEAT_ENV);
	if (!given)
		return;
	if (strlen(given) <= NONCE_MAX)
		snprintf(nonce, sizeof(nonce), "%s", given);
	explicit_bzero(given, strlen(given));
	unsetenv(MARKS_ENV);
}

bool marks_wanted(void)
{
	return nonce[0] && isatty(STDOUT_FILENO);
}

static void put(const char *mark)
{
	output_write(STDOUT_FILENO, mark, strlen(mark), true);
}

/* OSC 633's escaping. */
static void escape(char *out, size_t size, const char *s)
{
	size_t n = 0;

	for (; *s && n + 8 < size; s++) {
		if (*s == '\\')
			n += (size_t)snprintf(out + n, size - n, "\\\\");
		else if (*s == ';' || (unsigned char)*s < ' ' || *s == 127)
			n += (size_t)snprintf(out + n, size - n, "\\x%02x", (unsigned char)*s);
		else
			out[n++] = *s;
	}
	out[n] = '\0';
}

/*
 * What a command starts in WSL is put down to it by the times of both, so its beginning and end are told as they are, not as
 * somebody comes to read them.
 */
static const char *time_of(char out[TIME_MAX])
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	snprintf(out, TIME_MAX, "t=%lld.%09ld", (long long)ts.tv_sec, ts.tv_nsec);
	return out;
}

/*
 * Node and time played go into the window's title: the prompt itself stays as PowerShell's is. A terminal that is dumb has no
 * title, and NETDOJO_PROMPT=plain wants none of it.
 */
static void title(char out[TITLE_MAX])
{
	const char *term = getenv("TERM"), *wanted = getenv("NETDOJO_PROMPT");
	const char *slash = strchr(seat, '/');
	struct timespec up;
	long long played;

	out[0] = '\0';
	if (!slash || !term || !strcmp(term, "dumb") || (wanted && !strcmp(wanted, "plain")))
		return;
	clock_gettime(CLOCK_BOOTTIME, &up);
	played = (long long)up.tv_sec - atoll(slash + 1);
	if (played < 0)
		played = 0;
	snprintf(out, TITLE_MAX, "\033]0;Windows PowerShell [%.*s %02lld:%02lld]\a",
		 (int)(slash - seat), seat, played / 60, played % 60);
}

void marks_prompt(bool more, char ret_before[MARK_MAX], char ret_after[MARK_MAX])
{
	char head[TITLE_MAX];

	ret_before[0] = ret_after[0] = '\0';
	if (more || !marks_wanted())
		return;
	if (running)
		marks_left(0, "");
	title(head);
	snprintf(ret_before, MARK_MAX, "%s\033]133;A;aid=%s\a", head, nonce);
	snprintf(ret_after, MARK_MAX, "\033]133;B;aid=%s\a", nonce);
}

void marks_entered(const char *text)
{
	char escaped[TEXT_MAX], mark[TEXT_MAX + 2 * MARK_MAX], t[TIME_MAX];

	if (!marks_wanted())
		return;
	escape(escaped, sizeof(escaped), text);
	snprintf(mark, sizeof(mark), "\033]633;E;%s;%s\a\033]133;C;%s;aid=%s\a", escaped, nonce,
		 time_of(t), nonce);
	put(mark);
	running = true;
}

void marks_left(int status, const char *folder)
{
	char escaped[TEXT_MAX], mark[TEXT_MAX + 2 * MARK_MAX], t[TIME_MAX];

	if (!marks_wanted())
		return;
	snprintf(mark, sizeof(mark), "\033]133;D;%d;%s;aid=%s\a", status & 255, time_of(t), nonce);
	put(mark);
	if (folder[0]) {
		escape(escaped, sizeof(escaped), folder);
		snprintf(mark, sizeof(mark), "\033]633;P;Cwd=%s;%s\a", escaped, nonce);
		put(mark);
	}
	running = false;
}
