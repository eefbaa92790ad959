/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw mode. */
#include "cli/rawterm.h"

#include <errno.h>
#include <sys/ioctl.h>

int rawterm_enter(struct rawterm *t, int fd, struct err *err)
{
	struct termios raw;

	if (tcgetattr(fd, &t->before) < 0)
		return err_sys(err, errno, "Can't read the terminal's mode");
	raw = t->before;
	cfmakeraw(&raw);
	if (tcsetattr(fd, TCSADRAIN, &raw) < 0)
		return err_sys(err, errno, "Can't set the terminal's mode");
	t->fd = fd;
	return 0;
}

void rawterm_leave(struct rawterm *t)
{
	if (t->fd >= 0)
		tcsetattr(t->fd, TCSADRAIN, &t->before);
	t->fd = -1;
}

void rawterm_size(int fd, unsigned *ret_rows, unsigned *ret_cols)
{
	struct winsize w;
	bool known = ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_row && w.ws_col;

	*ret_rows = known ? w.ws_row : 24;
	*ret_cols = known ? w.ws_col : 80;
}

void rawterm_copy_size(int from, int to)
{
	struct winsize w;

	if (ioctl(from, TIOCGWINSZ, &w) == 0)
		ioctl(to, TIOCSWINSZ, &w);
}
