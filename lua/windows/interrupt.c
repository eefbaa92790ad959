/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ctrl-C, and waiting that it ends. */
#define _GNU_SOURCE
#include "windows/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum { STEP = 5000 }; /* Lua instructions between two looks: well under a millisecond */

static volatile sig_atomic_t came, resized;
static int wake[2] = {-1, -1};

static void on_signal(int sig)
{
	int saved = errno;

	if (sig == SIGWINCH)
		resized = 1;
	else
		came = 1;
	(void)!write(wake[1], "", 1);
	errno = saved;
}

int interrupt_install(struct err *err)
{
	struct sigaction sa = {.sa_handler = on_signal};

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(err, errno, "Can't make a pipe");
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGWINCH, &sa, NULL);
	/* Windows knows no job control, and Ctrl-\ is only a key. */
	signal(SIGTSTP, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

void interrupt_child(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGWINCH, SIG_DFL);
}

bool interrupt_take(void)
{
	bool was = came;

	came = 0;
	return was;
}

bool interrupt_resized(void)
{
	bool was = resized;

	resized = 0;
	return was;
}

int interrupt_raise(lua_State *L)
{
	lua_pushliteral(L, "interrupted");
	return lua_error(L);
}

void interrupt_check(lua_State *L)
{
	if (interrupt_take())
		interrupt_raise(L);
}

static void on_count(lua_State *L, lua_Debug *ar)
{
	(void)ar;
	interrupt_check(L);
}

void interrupt_hook(lua_State *L)
{
	lua_sethook(L, on_count, LUA_MASKCOUNT, STEP);
}

static void drain(void)
{
	char buf[64];

	while (read(wake[0], buf, sizeof(buf)) > 0)
		;
}

int interrupt_wait(int fd, short events, int ms)
{
	struct pollfd p[] = {{.fd = wake[0], .events = POLLIN}, {.fd = fd, .events = events}};
	int n;

	if (came)
		return -EINTR;
	n = poll(p, 2, ms);
	if (n < 0 || p[0].revents || came) {
		drain();
		return -EINTR;
	}
	return n > 0;
}
