/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user's terminal can show. */
#define _GNU_SOURCE
#include "base/screen.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MS = 500, ANSWER_MAX = 64, NARROW = 2 /* column behind one character */ };

static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

static bool is_dumb(void)
{
	return !env("TERM")[0] || !strcmp(env("TERM"), "dumb");
}

bool screen_accessible(void)
{
	const char *value = env(SCREEN_ACCESSIBLE_ENV);

	return value[0] && strcmp(value, "0") != 0;
}

bool screen_color(int fd)
{
	return isatty(fd) && !is_dumb() && !env("NO_COLOR")[0];
}

/* By the locale's name: its tables need not be installed in a node. */
static bool is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = env(names[i]);

		if (value[0])
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

int screen_cursor_column(const char *s)
{
	int row, column;
	char end;

	for (; (s = strchr(s, '\033')); s++)
		if (sscanf(s, "\033[%d;%d%c", &row, &column, &end) == 3 && end == 'R')
			return column;
	return 0;
}

static long ms_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Reads until the answer is whole or its time is up. */
static int read_column(int fd)
{
	char text[ANSWER_MAX + 1] = "";
	size_t n = 0;
	long until = ms_now() + ANSWER_MS;

	while (n < ANSWER_MAX && !screen_cursor_column(text)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		long left = until - ms_now();
		ssize_t got;

		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			break;
		got = read(fd, text + n, ANSWER_MAX - n);
		if (got <= 0)
			break;
		n += (size_t)got;
		text[n] = '\0';
	}
	return screen_cursor_column(text);
}

static bool put(int fd, const char *s)
{
	return write(fd, s, strlen(s)) == (ssize_t)strlen(s);
}

/* Keys typed ahead would be read in the answer's stead and lost, and who is in the background must not touch the modes. */
static bool may_ask(int fd)
{
	struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};

	return isatty(STDIN_FILENO) && isatty(fd) && tcgetpgrp(STDIN_FILENO) == getpgrp() &&
	       poll(&keys, 1, 0) == 0;
}

/* True where a box character takes one column; false for two, and for no answer. */
static bool is_narrow(int fd)
{
	struct termios before, raw;
	int column = 0;

	if (!may_ask(fd) || tcgetattr(STDIN_FILENO, &before) < 0)
		return false;
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0)
		return false;
	if (put(fd, "\r\xe2\x94\x80\033[6n")) /* U+2500 */
		column = read_column(STDIN_FILENO);
	put(fd, "\r  \r");
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	return column == NARROW;
}

const char *screen_form(int fd)
{
	if (screen_accessible())
		return "flat";
	if (!is_utf8() || (isatty(fd) && is_dumb()))
		return "ascii";
	if (!isatty(fd))
		return "text";
	if (!env(SCREEN_AMBIGUOUS_ENV)[0])
		setenv(SCREEN_AMBIGUOUS_ENV, is_narrow(fd) ? "1" : "2", 1);
	return env(SCREEN_AMBIGUOUS_ENV)[0] == '1' ? "text" : "ascii";
}
