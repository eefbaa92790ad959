/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question on the terminal. */
#include "cli/ask.h"

#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/textwidth.h"
#include "cli/drawing.h"

bool ask_yes(const struct cli *c, const char *question)
{
	char line[64];

	tcflush(STDIN_FILENO, TCIFLUSH);
	text_question(c->err, question, "[y/N]", (int)drawing_columns(c));
	fflush(c->err);
	if (!fgets(line, sizeof(line), stdin)) {
		fputc('\n', c->err);
		return false;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return !strcasecmp(line, "y") || !strcasecmp(line, "yes") || !strcmp(line, "はい");
}
