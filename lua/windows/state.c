/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Lua state of a Windows program: Lua's own libraries without files, processes or code from outside, LPeg, and the embedded
 * modules of lua/lib/windows. Its heap has a ceiling: a command that wants more gets an error.
 */
#include "windows/state.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "bind/heap.h"
#include "bind/jsonlua.h"
#include "bind/library.h"
#include "windows/host.h"
#include "windows/interrupt.h"
#include "windows/line.h"
#include "windows/output.h"

int luaopen_lpeg(lua_State *L);

static const char lpeg_key;

static void open_libraries(lua_State *L)
{
	static const luaL_Reg libs[] = {
		{LUA_GNAME, luaopen_base},	  {LUA_TABLIBNAME, luaopen_table},
		{LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
		{LUA_UTF8LIBNAME, luaopen_utf8},  {LUA_COLIBNAME, luaopen_coroutine},
	};
	static const char *const removed[] = {"load", "loadfile", "dofile", "print"};

	for (size_t i = 0; i < ARRAY_SIZE(libs); i++) {
		luaL_requiref(L, libs[i].name, libs[i].func, 1);
		lua_pop(L, 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(removed); i++) {
		lua_pushnil(L);
		lua_setglobal(L, removed[i]);
	}
}

/* LPeg is C, all else is embedded. */
static int require(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);

	if (strcmp(name, "lpeg")) {
		library_push(L, name);
		return 1;
	}
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &lpeg_key) == LUA_TNIL) {
		luaL_requiref(L, "lpeg", luaopen_lpeg, 0);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &lpeg_key);
	}
	return 1;
}

static void push_words(lua_State *L, char **words)
{
	lua_newtable(L);
	for (int i = 0; words[i]; i++) {
		lua_pushstring(L, words[i]);
		lua_rawseti(L, -2, i + 1);
	}
}

/* Calls the entry the job needs; the exit status on top. In a protected call, with the job as its argument. */
static int run(lua_State *L)
{
	const struct state_job *job = lua_touserdata(L, 1);

	open_libraries(L);
	jsonlua_open(L);
	library_open(L);
	lua_pushcfunction(L, require);
	lua_setglobal(L, "require");
	interrupt_hook(L);
	lua_pushcfunction(L, require);
	lua_pushliteral(L, "windows.main");
	lua_call(L, 1, 1);
	lua_getfield(L, -1, job->exe ? "exe" : job->line ? "line" : "prompt");
	host_push(L, job->interop);
	if (job->exe) {
		lua_pushstring(L, job->exe[0]);
		push_words(L, job->exe + 1);
		lua_call(L, 3, 1);
	} else if (job->line) {
		lua_pushstring(L, job->line);
		lua_call(L, 2, 1);
	} else {
		lua_call(L, 1, 1);
	}
	return 1;
}

static void complain(const char *text)
{
	output_write(STDERR_FILENO, text, strlen(text), false);
	output_write(STDERR_FILENO, "\n", 1, false);
}

/* What nobody caught. */
static int failed(lua_State *L)
{
	static const char word[] = "interrupted";
	const char *text = lua_tostring(L, -1);

	/* coroutine.wrap puts the place before it */
	if (text && strlen(text) >= strlen(word) &&
	    !strcmp(text + strlen(text) - strlen(word), word))
		return STATE_INTERRUPTED;
	if (!text && lua_istable(L, -1)) {
		lua_pushliteral(L, "message");
		lua_rawget(L, -2);
		text = lua_tostring(L, -1);
	}
	complain(text ? text : "The program failed");
	return 1;
}

int state_run(const struct state_job *job)
{
	struct heap heap = {.limit = HEAP_LIMIT};
	lua_State *L = lua_newstate(heap_alloc, &heap);
	int status;

	if (!L) {
		complain("Not enough memory resources are available to process this command.");
		return 1;
	}
	lua_pushcfunction(L, run);
	lua_pushlightuserdata(L, (void *)job);
	if (lua_pcall(L, 1, 1, 0) != LUA_OK)
		status = failed(L);
	else
		status = (int)lua_tointeger(L, -1);
	lua_close(L);
	line_done();
	return status & 255;
}
