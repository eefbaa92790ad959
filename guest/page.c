/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on the learner's terminal. */
#include "guest/page.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/textwidth.h"

enum { NO_TERMINAL = 78, LEAST = 30, MOST = 100 };

int page_columns(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col)
		return NO_TERMINAL;
	return size.ws_col < LEAST ? LEAST : size.ws_col > MOST ? MOST : size.ws_col;
}

void page_text(const char *s, int indent)
{
	text_wrap(stdout, s, indent, page_columns());
}

void page_error(const char *s)
{
	text_wrap(stderr, s, 0, page_columns());
}
