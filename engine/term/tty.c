/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The person's own terminal. */
#include "term/tty.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"

/* What to go back to. Global because a handler of SIGSEGV has nothing else to look at. */
static struct {
	volatile sig_atomic_t raw;
	int fd;
	struct termios before;
} tty;

void tty_restore(void)
{
	/* Bracketed paste off, cursor shown, colours as before: what a killed program may have
	 * left. */
	static const char soft_reset[] = "\033[?2004l\033[?25h\033[0m";

	if (!tty.raw)
		return;
	tty.raw = 0;
	tcsetattr(tty.fd, TCSADRAIN, &tty.before);
	if (write(tty.fd, soft_reset, sizeof(soft_reset) - 1) < 0)
		return;
}

static void on_crash(int sig)
{
	tty_restore();
	/* SA_RESETHAND: the default action is back, so this ends us as it would have. */
	raise(sig);
}

static void catch_crashes(void)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
	struct sigaction sa = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND};

	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &sa, NULL);
}

bool tty_raw(int fd)
{
	struct termios raw;

	if (tty.raw || tcgetattr(fd, &tty.before) < 0)
		return false;
	tty.fd = fd;
	catch_crashes();
	raw = tty.before;
	cfmakeraw(&raw);
	tty.raw = 1;
	return tcsetattr(fd, TCSADRAIN, &raw) == 0;
}

void tty_size(unsigned *ret_rows, unsigned *ret_cols)
{
	static const int fds[] = {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO};
	struct winsize ws;

	*ret_rows = 24;
	*ret_cols = 80;
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (ioctl(fds[i], TIOCGWINSZ, &ws) < 0 || !ws.ws_row || !ws.ws_col)
			continue;
		*ret_rows = ws.ws_row;
		*ret_cols = ws.ws_col;
		return;
	}
}
