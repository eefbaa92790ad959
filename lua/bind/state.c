/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State creation. Two worlds of globals share a state: the library's (registry LUA_RIDX_GLOBALS,
 * with `require` for embedded modules and `core`) and the scenario's, a locked table which
 * lib/env.lua makes from the first. Neither has io, os, debug, package, load, dofile or
 * string.dump.
 */
#include "bind/state.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "bind/core.h"
#include "bind/jsonlua.h"
#include "bind/library.h"

struct state *state_of(lua_State *L)
{
	return *(struct state **)lua_getextraspace(L);
}

/* What of Lua's own libraries nobody gets, with the reason where it is not plain. */
static const struct removed {
	const char *table, *name;
} removed[] = {
	{"_G", "load"},		  {"_G", "loadfile"}, {"_G", "dofile"},
	{"_G", "collectgarbage"}, /* "stop" and "step" would defeat the heap's ceiling being a soft
				     failure */
	{"_G", "print"},	  {"_G", "warn"},     {"string", "dump"},
	{"math", "random"}, /* a lab comes from its seed and nothing else */
	{"math", "randomseed"},
};

static void open_libraries(lua_State *L)
{
	static const luaL_Reg libs[] = {
		{LUA_GNAME, luaopen_base},	  {LUA_TABLIBNAME, luaopen_table},
		{LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
		{LUA_UTF8LIBNAME, luaopen_utf8},  {LUA_COLIBNAME, luaopen_coroutine},
	};

	for (size_t i = 0; i < ARRAY_SIZE(libs); i++) {
		luaL_requiref(L, libs[i].name, libs[i].func, 1);
		lua_pop(L, 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(removed); i++) {
		lua_getglobal(L, removed[i].table);
		lua_pushnil(L);
		lua_setfield(L, -2, removed[i].name);
		lua_pop(L, 1);
	}
}

/* Strings share one metatable; hidden, a scenario can't reach the method table through it. */
static void hide_string_metatable(lua_State *L)
{
	lua_pushliteral(L, "");
	lua_getmetatable(L, -1);
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 2);
}

static int open_state(lua_State *L)
{
	/* Off until the scenario is loaded (state_loaded): there is nothing to collect yet. At its
	 * ceiling the heap collects anyway. */
	lua_gc(L, LUA_GCSTOP);
	open_libraries(L);
	hide_string_metatable(L);
	jsonlua_open(L);
	core_open(L);
	library_open(L);
	return 0;
}

int state_new(const json_t *load, struct ask *ask, struct state **ret, struct err *err)
{
	struct state *s = calloc(1, sizeof(*s));

	if (!s)
		return err_sys(err, ENOMEM, "Can't make a Lua state");
	s->heap.limit = HEAP_LIMIT;
	s->ask = ask;
	s->load = json_incref((json_t *)load);
	s->file = json_str(load, "file", "scenario.lua");
	s->L = lua_newstate(heap_alloc, &s->heap);
	if (!s->L) {
		state_free(s);
		return err_sys(err, ENOMEM, "Can't make a Lua state");
	}
	*(struct state **)lua_getextraspace(s->L) = s;
	lua_pushcfunction(s->L, open_state);
	if (lua_pcall(s->L, 0, 0, 0) != LUA_OK) {
		err_set(err, ERR_MACHINE, ENOMEM, "Can't open the Lua libraries: %s",
			lua_type(s->L, -1) == LUA_TSTRING ? lua_tostring(s->L, -1) : "?");
		state_free(s);
		return -ENOMEM;
	}
	*ret = s;
	return 0;
}

void state_loaded(struct state *s)
{
	lua_gc(s->L, LUA_GCRESTART);
}

/* Outside any call: a scenario has no finalizers (core.c), so nothing of its own runs. */
void state_collect(struct state *s)
{
	lua_gc(s->L, LUA_GCCOLLECT);
}

void state_free(struct state *s)
{
	if (!s)
		return;
	if (s->L)
		lua_close(s->L);
	json_decref(s->load);
	free(s);
}
