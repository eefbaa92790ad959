/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table `host`: all that a Windows program has of the machine.
 *
 * host.ask(request) -> answer         raises { code =, message = } (the lab's error object; no lab: code "Failed")
 * host.array(t) -> t                  marks a list, so that it is a list for the lab even when it is empty
 * host.wsl(t, stdin, emit) -> status  t = { argv = {}, user =, cwd = Windows path, env = {} }; a start's warnings go to standard error
 * host.spawn(argv, stdin, emit) -> status    a Linux program of the node; nil where it is missing
 *                                     stdin: a string, nil: our own. emit(line): each line of output as it comes, may yield; nil: our own
 * host.readline(prompt, more) -> line, nil at the end of input    raises "interrupted" at Ctrl-C; more: the rest of an unfinished line
 * host.completer(function(line, cursor) -> start, list)    bytes; what Tab offers: the list replaces line from start (from 1) to cursor
 * host.entered(text)                  before a whole command of the prompt runs: history, and marks for the terminal host
 * host.left(status, folder)           after it: its exit status and where the prompt stands; for the marks
 * host.write(text) host.write_error(text)    standard output and error, at once; \n becomes CR LF where WSL's pipe or file gets it
 * host.write_bytes(text)              the same, not a byte changed
 * host.read_stdin_line() -> line, nil at its end
 * host.now() host.clock() host.sleep(s)      seconds since 1970; monotonic seconds; sleep raises "interrupted"
 * host.date(format, t) -> text        as os.date does
 * host.columns() host.rows()          of the terminal; 120 and 30 without one
 * host.read_file(path) -> text        these four: nil, message, code ("NotFound", "Denied", "Exists", "InvalidArgument", "Failed") on failure
 * host.write_file(path, text, append) -> true
 * host.remove_file(path) -> true      an empty folder too
 * host.make_folder(path) -> true      with its parents
 * host.list_folder(path) -> { { name =, is_folder =, size =, mtime = } }, sorted by name
 * host.stat(path) -> { is_folder =, size =, mtime =, path = as it is spelt }, nil
 * host.edit(path) -> true             $VISUAL, $EDITOR, nano or vi on this terminal; nil, message
 * host.folder() host.chdir(path)      the current folder, as a Windows path; relative paths begin there
 * host.exit(status)                   ends the program, at once
 * host.interop host.tty host.input_tty host.marks    booleans: called from WSL; standard output, input are a terminal; there is a terminal host
 * host.lang host.env host.user        "en" or "ja"; the environment; "learner"
 * "interrupted" is raised once for each Ctrl-C, by every function that waits and within moments in Lua itself: pass it on
 * (coroutine.wrap puts the place before it, as before every string; coroutine.resume does not).
 */
#define _GNU_SOURCE
#include "windows/host.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "guest/lang.h"
#include "windows/ask.h"
#include "windows/files.h"
#include "windows/interrupt.h"
#include "windows/line.h"
#include "windows/marks.h"
#include "windows/output.h"
#include "windows/process.h"

enum { NO_COLUMNS = 120, NO_ROWS = 30 };

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int host_now(lua_State *L)
{
	lua_pushnumber(L, seconds(CLOCK_REALTIME));
	return 1;
}

static int host_clock(lua_State *L)
{
	lua_pushnumber(L, seconds(CLOCK_MONOTONIC));
	return 1;
}

static int host_sleep(lua_State *L)
{
	double until = seconds(CLOCK_MONOTONIC) + luaL_checknumber(L, 1), left;

	while ((left = until - seconds(CLOCK_MONOTONIC)) > 0) {
		int ms = left > 3600 ? 3600 * 1000 : (int)ceil(left * 1000);

		if (interrupt_wait(-1, 0, ms) == -EINTR && !interrupt_resized())
			interrupt_check(L);
	}
	interrupt_check(L);
	return 0;
}

static int host_date(lua_State *L)
{
	const char *format = luaL_checkstring(L, 1);
	time_t t = (time_t)luaL_optnumber(L, 2, seconds(CLOCK_REALTIME));
	char text[256];
	struct tm tm;

	localtime_r(&t, &tm);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* what strftime is for */
	lua_pushlstring(L, text, strftime(text, sizeof(text), format, &tm));
#pragma GCC diagnostic pop
	return 1;
}

static int push_side(lua_State *L, bool rows)
{
	struct winsize ws = {.ws_col = 0};
	int n = 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0)
		n = rows ? ws.ws_row : ws.ws_col;
	lua_pushinteger(L, n ? n : rows ? NO_ROWS : NO_COLUMNS);
	return 1;
}

static int host_columns(lua_State *L)
{
	return push_side(L, false);
}

static int host_rows(lua_State *L)
{
	return push_side(L, true);
}

static int host_exit(lua_State *L)
{
	int status = (int)luaL_optinteger(L, 1, 0);

	line_done();
	exit(status & 255);
}

static const luaL_Reg functions[] = {
	{"ask", ask_lua},
	{"array", ask_lua_array},
	{"wsl", process_lua_wsl},
	{"spawn", process_lua_spawn},
	{"edit", process_lua_edit},
	{"readline", line_lua_read},
	{"completer", line_lua_completer},
	{"entered", line_lua_entered},
	{"left", line_lua_left},
	{"write", output_lua_write},
	{"write_bytes", output_lua_write_bytes},
	{"write_error", output_lua_write_error},
	{"read_stdin_line", output_lua_read_line},
	{"now", host_now},
	{"clock", host_clock},
	{"sleep", host_sleep},
	{"date", host_date},
	{"columns", host_columns},
	{"rows", host_rows},
	{"exit", host_exit},
	{NULL, NULL},
};

static void set_flag(lua_State *L, const char *name, bool value)
{
	lua_pushboolean(L, value);
	lua_setfield(L, -2, name);
}

static void set_env(lua_State *L)
{
	lua_newtable(L);
	for (char **e = environ; *e; e++) {
		const char *eq = strchr(*e, '=');

		if (!eq)
			continue;
		lua_pushlstring(L, *e, (size_t)(eq - *e));
		lua_pushstring(L, eq + 1);
		lua_rawset(L, -3);
	}
	lua_setfield(L, -2, "env");
}

void host_push(lua_State *L, bool interop)
{
	process_open(L);
	lua_newtable(L);
	luaL_setfuncs(L, functions, 0);
	luaL_setfuncs(L, files_functions, 0);
	set_flag(L, "interop", interop);
	set_flag(L, "tty", isatty(STDOUT_FILENO));
	set_flag(L, "input_tty", isatty(STDIN_FILENO));
	set_flag(L, "marks", marks_wanted());
	lua_pushstring(L, lang_is_ja() ? "ja" : "en");
	lua_setfield(L, -2, "lang");
	lua_pushliteral(L, "learner");
	lua_setfield(L, -2, "user");
	set_env(L);
}
