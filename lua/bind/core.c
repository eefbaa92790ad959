/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table `core`: what lua/lib has of C. */
#include "bind/core.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/jsonlua.h"
#include "bind/state.h"

#define BOX "netdojo.json" /* a JSON value held across calls that may raise */

static int box_gc(lua_State *L)
{
	json_t **box = luaL_checkudata(L, 1, BOX);

	json_decref(*box);
	*box = NULL;
	return 0;
}

static json_t **box_new(lua_State *L)
{
	json_t **box = lua_newuserdatauv(L, sizeof(json_t *), 0);

	*box = NULL;
	luaL_setmetatable(L, BOX);
	return box;
}

/* An engine's failure, told apart from a wrong scenario by its kind. */
static int raise(lua_State *L, const struct err *err)
{
	lua_createtable(L, 0, 3);
	lua_pushstring(L, err->msg);
	lua_setfield(L, -2, "msg");
	lua_pushstring(L, err->mend);
	lua_setfield(L, -2, "mend");
	lua_pushinteger(L, err->kind);
	lua_setfield(L, -2, "kind");
	return lua_error(L);
}

/* core.array(t) -> t: an array, even when empty. */
static int core_array(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	jsonlua_mark_array(L);
	return 1;
}

/* core.ask(request) -> id: sends; the answer comes by core.answer(). */
static int core_ask(lua_State *L)
{
	struct state *s = state_of(L);
	struct err err = {0};
	json_t **box = box_new(L);
	int64_t id;

	if (!s->ask)
		return luaL_error(L, "there is no lab here to ask");
	if (jsonlua_read(L, 1, box, &err) < 0)
		return luaL_error(L, "%s", err.msg);
	id = ask_send(s->ask, *box, &err);
	if (id < 0)
		return raise(L, &err);
	lua_pushinteger(L, (lua_Integer)id);
	return 1;
}

/* core.answer() -> answer: waits for the next one; its "re" says to what. */
static int core_answer(lua_State *L)
{
	struct state *s = state_of(L);
	struct err err = {0};
	json_t **box = box_new(L);

	if (!s->ask)
		return luaL_error(L, "there is no lab here to ask");
	if (ask_answer(s->ask, box, &err) < 0)
		return raise(L, &err);
	jsonlua_push(L, *box);
	return 1;
}

/* core.where() -> line or nil: the line of the scenario that is running, seen from the innermost
 * call. */
static int core_where(lua_State *L)
{
	const char *file = state_of(L)->file;
	lua_Debug ar;

	for (int level = 1; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.source[0] == '@' && !strcmp(ar.source + 1, file) && ar.currentline > 0) {
			lua_pushinteger(L, ar.currentline);
			return 1;
		}
	}
	return 0;
}

/* core.source() -> text, file: the scenario's own. */
static int core_source(lua_State *L)
{
	struct state *s = state_of(L);
	const json_t *text = json_object_get(s->load, "text");

	lua_pushlstring(L, json_string_value(text) ? json_string_value(text) : "",
			json_string_length(text));
	lua_pushstring(L, s->file);
	return 2;
}

/* core.compile(env) -> function: the scenario's text, never bytecode, with env as its globals.
 * Raises its syntax error. */
static int core_compile(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	core_source(L);
	lua_pushfstring(L, "@%s", lua_tostring(L, 3));
	if (luaL_loadbufferx(L, lua_tostring(L, 2), lua_rawlen(L, 2), lua_tostring(L, 4), "t") !=
	    LUA_OK)
		return lua_error(L);
	lua_pushvalue(L, 1);
	lua_setupvalue(L, -2, 1);
	return 1;
}

/* core.now() -> CLOCK_MONOTONIC seconds. */
static int core_now(lua_State *L)
{
	lua_pushnumber(L, ask_now());
	return 1;
}

/* core.wake(t): the tick to come at CLOCK_MONOTONIC second t; 0 for none. */
static int core_wake(lua_State *L)
{
	state_of(L)->wake = luaL_checknumber(L, 1);
	return 0;
}

/* setmetatable without __gc: a finalizer runs with the instruction hook off, and could loop for
 * ever. */
static int guarded_setmetatable(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	if (!lua_isnil(L, 2))
		luaL_checktype(L, 2, LUA_TTABLE);
	lua_settop(L, 2);
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "cannot change a protected metatable");
	if (lua_istable(L, 2)) {
		lua_pushliteral(L, "__gc");
		if (lua_rawget(L, 2) != LUA_TNIL)
			return luaL_error(L, "metatables with __gc are not allowed here");
		lua_pop(L, 1);
	}
	lua_setmetatable(L, 1);
	return 1;
}

static const luaL_Reg core_functions[] = {
	{"array", core_array}, {"ask", core_ask},	{"answer", core_answer},
	{"where", core_where}, {"source", core_source}, {"compile", core_compile},
	{"now", core_now},     {"wake", core_wake},	{NULL, NULL},
};

void core_open(lua_State *L)
{
	luaL_newmetatable(L, BOX);
	lua_pushcfunction(L, box_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	luaL_newlib(L, core_functions);
	lua_pushlightuserdata(L, NULL);
	lua_setfield(L, -2, "null");
	lua_setglobal(L, "core");
	lua_pushcfunction(L, guarded_setmetatable);
	lua_setglobal(L, "setmetatable");
}
