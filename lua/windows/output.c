/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard output and input of a Windows program. */
#define _GNU_SOURCE
#include "windows/output.h"

#include <errno.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "windows/interrupt.h"

enum { CHUNK = 4096 };

static struct {
	bool crlf;
	char last[3]; /* the last byte of each stream: a CR LF that is there already stays one */
} out;

void output_crlf(bool crlf)
{
	out.crlf = crlf;
}

/* Who wrote into a pipe nobody reads ends by it, as every program of a pipeline does. */
static void end_of_readers(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

static bool write_all(int fd, const char *s, size_t len)
{
	while (len) {
		ssize_t n = write(fd, s, len);

		if (n > 0) {
			s += n;
			len -= (size_t)n;
		} else if (n < 0 && errno == EPIPE) {
			end_of_readers();
			return false;
		} else if (n < 0 && errno == EAGAIN) {
			if (interrupt_wait(fd, POLLOUT, -1) == -EINTR && !interrupt_resized())
				return false;
		} else if (n < 0 && errno != EINTR) {
			return false;
		}
	}
	return true;
}

/* Text with CR LF for each lone LF. */
static bool write_crlf(int fd, const char *s, size_t len)
{
	char buf[CHUNK * 2];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\n' && out.last[fd] != '\r')
			buf[n++] = '\r';
		buf[n++] = s[i];
		out.last[fd] = s[i];
		if (n >= CHUNK) {
			if (!write_all(fd, buf, n))
				return false;
			n = 0;
		}
	}
	return write_all(fd, buf, n);
}

bool output_write(int fd, const char *text, size_t len, bool raw)
{
	return out.crlf && !raw && !isatty(fd) ? write_crlf(fd, text, len)
					       : write_all(fd, text, len);
}

static int lua_write(lua_State *L, int fd, bool raw)
{
	size_t len;
	const char *text = luaL_checklstring(L, 1, &len);

	interrupt_check(L);
	output_write(fd, text, len, raw);
	interrupt_check(L);
	return 0;
}

int output_lua_write(lua_State *L)
{
	return lua_write(L, STDOUT_FILENO, false);
}

int output_lua_write_bytes(lua_State *L)
{
	return lua_write(L, STDOUT_FILENO, true);
}

int output_lua_write_error(lua_State *L)
{
	return lua_write(L, STDERR_FILENO, false);
}

/* What was read of standard input and is not a whole line yet. */
static struct {
	char buf[CHUNK];
	size_t from, to;
	bool eof;
} in;

/* More input; false at its end. Raises when Ctrl-C comes. */
static bool fill(lua_State *L)
{
	ssize_t n = -1;

	while (n < 0 && !in.eof) {
		if (interrupt_wait(STDIN_FILENO, POLLIN, -1) == -EINTR) {
			interrupt_resized();
			interrupt_check(L);
			continue;
		}
		n = read(STDIN_FILENO, in.buf, sizeof(in.buf));
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			n = 0;
		in.eof = n == 0 && !isatty(STDIN_FILENO);
	}
	in.from = 0;
	in.to = n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* One line without its end, or nil. */
int output_lua_read_line(lua_State *L)
{
	bool any = false, whole = false;
	luaL_Buffer b;

	luaL_buffinit(L, &b);
	while (!whole && (in.from < in.to || fill(L))) {
		char *nl = memchr(in.buf + in.from, '\n', in.to - in.from);
		size_t n = (nl ? (size_t)(nl - in.buf) : in.to) - in.from;

		luaL_addlstring(&b, in.buf + in.from, n);
		in.from += n + (nl != NULL);
		any = true;
		whole = nl != NULL;
	}
	if (!any)
		return 0;
	if (luaL_bufflen(&b) && luaL_buffaddr(&b)[luaL_bufflen(&b) - 1] == '\r')
		luaL_buffsub(&b, 1);
	luaL_pushresult(&b);
	return 1;
}
