/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on the learner's terminal. */
#include "guest/page.h"

#include <stdbool.h>
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

/* U+0080 to U+009F in UTF-8: a terminal may take them for control sequences. */
static bool is_c1(const unsigned char *s)
{
	return s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f;
}

void page_tame(char *s)
{
	char *to = s;

	for (const unsigned char *c = (const unsigned char *)s; *c; c++) {
		bool c1 = is_c1(c);

		*to++ = c1 || *c < 0x20 || *c == 0x7f ? '?' : (char)*c;
		c += c1;
	}
	*to = '\0';
}

void page_error(const char *s)
{
	text_wrap(stderr, s, 0, page_columns());
}
