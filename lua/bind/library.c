/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The embedded modules and their `require`. */
#include "bind/library.h"

#include <lauxlib.h>
#include <string.h>

int luaopen_lpeg(lua_State *L); /* as in lua-lpeg.h, which lies beside another version's lua.h */

static const char loaded_key;

/* Modules in C, linked in; only lua/lib can name them, a scenario has no require. */
static const luaL_Reg c_modules[] = {{"lpeg", luaopen_lpeg}};

static const struct chunk *find(const char *name)
{
	for (size_t i = 0; i < n_chunks; i++)
		if (!strcmp(chunks[i].name, name))
			return &chunks[i];
	return NULL;
}

/* The only place that takes bytecode: our own, from this program's read-only data. */
static void run(lua_State *L, const struct chunk *c)
{
	if (luaL_loadbufferx(L, (const char *)c->code, c->len, c->name, "b") != LUA_OK)
		lua_error(L);
	lua_call(L, 0, 1);
}

static lua_CFunction find_c(const char *name)
{
	for (size_t i = 0; i < sizeof(c_modules) / sizeof(c_modules[0]); i++)
		if (!strcmp(c_modules[i].name, name))
			return c_modules[i].func;
	return NULL;
}

/* Leaves the module's value on the stack. */
static void open_module(lua_State *L, const char *name)
{
	const struct chunk *c = find(name);
	lua_CFunction open = find_c(name);

	if (c) {
		run(L, c);
	} else if (open) {
		lua_pushcfunction(L, open);
		lua_pushstring(L, name);
		lua_call(L, 1, 1);
	} else {
		luaL_error(L, "no module '%s' in netdojo", name);
	}
}

void library_push(lua_State *L, const char *name)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
	if (lua_getfield(L, -1, name) == LUA_TNIL) {
		lua_pop(L, 1);
		open_module(L, name);
		lua_pushvalue(L, -1);
		lua_setfield(L, -3, name);
	}
	lua_remove(L, -2);
}

static int require(lua_State *L)
{
	library_push(L, luaL_checkstring(L, 1));
	return 1;
}

void library_open(lua_State *L)
{
	lua_newtable(L);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &loaded_key);
	lua_pushcfunction(L, require);
	lua_setglobal(L, "require");
}
