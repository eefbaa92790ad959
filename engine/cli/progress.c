/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One moving line on the terminal. */
#include "cli/progress.h"

void progress_show(void *arg, const char *phase, int done, int of)
{
	const struct cli *c = arg;

	if (!c->progress)
		return;
	fprintf(c->err, "\r\033[K%.40s", phase);
	if (of > 0)
		fprintf(c->err, " %d/%d", done, of);
	fflush(c->err);
}

void progress_clear(const struct cli *c)
{
	if (!c->progress)
		return;
	fputs("\r\033[K", c->err);
	fflush(c->err);
}
