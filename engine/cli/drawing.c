/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network as this user's terminal can show it. */
#include "cli/drawing.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/screen.h"

enum { COLUMNS = 78, LEAST = 30 };

unsigned drawing_columns(const struct cli *c)
{
	struct winsize size;

	if (ioctl(fileno(c->out), TIOCGWINSZ, &size) < 0 || !size.ws_col || size.ws_col > COLUMNS)
		return COLUMNS;
	return size.ws_col < LEAST ? LEAST : size.ws_col;
}

char *drawing_of(const struct cli *c, const struct model *m, const json_t *proved)
{
	int fd = fileno(c->out);
	struct draw_look look = {.format = DRAW_TEXT,
				 .columns = drawing_columns(c),
				 .color = c->color,
				 .ja = c->lang == LANG_JA,
				 .proved = proved};

	if (screen_accessible() || isatty(fd)) {
		fflush(c->out);
		look.format = draw_format_from_name(screen_form(fd));
	}
	return draw_look(m, &look);
}
