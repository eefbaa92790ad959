/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pseudo-terminal made from a node's own devpts, so that tty says /dev/pts/N there. */
#define _GNU_SOURCE
#include "netns/spawn.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { TTY_GID = 5, DEFAULT_ROWS = 24, DEFAULT_COLS = 80 };

static void set_size(int master, unsigned rows, unsigned cols)
{
	struct winsize ws = {.ws_row = (unsigned short)(rows ? rows : DEFAULT_ROWS),
			     .ws_col = (unsigned short)(cols ? cols : DEFAULT_COLS)};

	ioctl(master, TIOCSWINSZ, &ws);
}

/* Line editing that knows UTF-8, so that a backspace over a wide character removes all of it. */
static void set_utf8(int slave)
{
	struct termios t;

	if (tcgetattr(slave, &t) == 0) {
		t.c_iflag |= IUTF8;
		tcsetattr(slave, TCSANOW, &t);
	}
}

int spawn_pty(const struct identity *id, unsigned rows, unsigned cols, int *ret_master,
	      int *ret_slave, struct err *err)
{
	auto_fd master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	auto_fd slave = -1;
	int unlock = 0;

	if (master < 0)
		return err_sys(err, errno, "Can't open a terminal");
	if (ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return err_sys(err, errno, "Can't unlock a terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return err_sys(err, errno, "Can't open a terminal's other end");
	/* in a one-uid map this does nothing, and the terminal is everybody's already */
	if (fchown(slave, id->uid, TTY_GID) < 0 && errno != EINVAL)
		return err_sys(err, errno, "Can't give the terminal to '%s'", id->name);
	set_size(master, rows, cols);
	set_utf8(slave);
	*ret_master = fd_steal(&master);
	*ret_slave = fd_steal(&slave);
	return 0;
}
